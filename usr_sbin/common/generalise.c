// SPDX-License-Identifier: GPL-2.0
/* Names to patterns. */
#include "generalise_inside.h"

struct kl_names *kl_names_new(const struct kl_generalise *how)
{
	struct kl_names *names = kl_xalloc(1, sizeof(*names));

	names->how = *how;
	return names;
}

static void pattern_free(struct kl_name_pattern *pattern)
{
	u32 i;

	for (i = 0; i < KL_REASONS; i++)
		free(pattern->shown[i]);
	kl_pattern_free(pattern->matcher);
	free(pattern->word);
	free(pattern);
}

void kl_names_free(struct kl_names *names)
{
	u32 i;

	if (!names)
		return;
	for (i = 0; i < names->pattern_count; i++)
		pattern_free(names->patterns[i]);
	forget_pieces(names);
	free(names->patterns);
	free(names->names);
	free(names->order);
	free(names->tasks);
	free(names->places);
	free(names->pieces);
	kl_buffer_free(&names->keys);
	free(names);
}

u32 kl_names_add(struct kl_names *names, struct kl_text raw, u32 tag, u64 count)
{
	struct name *name;

	KL_GROW(names->names, names->count, names->room);
	name = &names->names[names->count];
	memset(name, 0, sizeof(*name));
	name->raw = raw;
	name->tag = tag;
	name->count = count;
	return names->count++;
}

static int compare_piece(const void *a, const void *b)
{
	const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;

	if (x->piece != y->piece)
		return x->piece < y->piece ? -1 : 1;
	return is_last(x) - is_last(y);
}

static void push(struct kl_names *names, const struct task *parent,
		 const struct piece *piece, u32 from, u32 to)
{
	bool last = is_last(names->order[from]);
	struct task task = { .from = from, .to = to };
	struct kl_buffer prefix = { 0 };
	u32 i;

	kl_buffer_printf(&prefix, "%s%s%s", parent->prefix, piece->word, last ? "" : "/");
	task.prefix = prefix.data;
	task.wildcards = parent->wildcards + piece->wildcards;
	why_merge(&task.why, &parent->why);
	why_merge(&task.why, &piece->why);
	for (i = from; i < to; i++)
		names->order[i]->at += names->order[i]->length + 1;
	KL_GROW(names->tasks, names->task_count, names->task_room);
	names->tasks[names->task_count++] = task;
}

/* Names with a common beginning, one component further. */
static void look_at(struct kl_names *names, const struct task *task)
{
	u32 i, from, to;

	find_places(names, task);
	join_shapes(names, task);
	for (i = task->from; i < task->to; i++)
		names->order[i]->piece = names->places[names->order[i]->piece].piece;
	join_entries(names, task);
	qsort(names->order + task->from, task->to - task->from, sizeof(*names->order),
	      compare_piece);
	for (from = task->from; from < task->to; from = to) {
		for (to = from + 1; to < task->to; to++)
			if (compare_piece(&names->order[to], &names->order[from]))
				break;
		push(names, task, &names->pieces[names->order[from]->piece], from, to);
	}
	forget_pieces(names);
}

static bool is_finished(const struct name *name)
{
	return name->at > name->raw.length;
}

/* The names that are too long, or empty, go to the end. Returns where they begin. */
static u32 sort_out(struct kl_names *names)
{
	u32 i, good = 0, end = names->count;

	names->order = kl_xalloc(names->count + 1, sizeof(*names->order));
	for (i = 0; i < names->count; i++) {
		struct name *name = &names->names[i];

		if (name->raw.length && name->raw.length <= KL_GENERALISE_LENGTH)
			names->order[good++] = name;
		else
			names->order[--end] = name;
	}
	return good;
}

void kl_names_generalise(struct kl_names *names)
{
	u32 good = sort_out(names);
	struct task task = { .to = good };

	if (good < names->count) {
		qsort(names->order + good, names->count - good, sizeof(*names->order),
		      compare_raw);
		keep_literal(names, names->order + good, names->count - good);
	}
	if (!good)
		return;
	task.prefix = kl_xstrdup("");
	KL_GROW(names->tasks, names->task_count, names->task_room);
	names->tasks[names->task_count++] = task;
	while (names->task_count) {
		task = names->tasks[--names->task_count];
		if (is_finished(names->order[task.from]))
			finish_names(names, &task);
		else
			look_at(names, &task);
		why_free(&task.why);
		free(task.prefix);
	}
}

const struct kl_name_pattern *kl_names_pattern(const struct kl_names *names, u32 number)
{
	return names->names[number].pattern;
}

struct kl_text kl_names_raw(const struct kl_names *names, u32 number)
{
	return names->names[number].raw;
}
