// SPDX-License-Identifier: GPL-2.0
/* Names to patterns. */
#include "engine/lex.h"
#include "generalise.h"
#include "limits.h"

const char *const kl_generalise_kept[] = {
	"/", "/boot/", "/dev/", "/etc/", "/home/", "/root/", "/proc/", "proc:/", "sysfs:/",
	"/sys/", NULL,
};

/**
 * struct name - a name that was seen
 * @raw: its bytes
 * @tag, @count: as added
 * @at: offset of its next component; beyond the end: there is none
 * @length: of that component
 * @piece: what that component became
 * @pattern: what the whole became
 */
struct name {
	struct kl_text raw;
	u32 tag;
	u64 count;
	u32 at, length;
	u32 piece;
	struct kl_name_pattern *pattern;
};

/**
 * struct why - reasons gathered on the way down
 * @different, @shown: as in struct kl_name_pattern
 */
struct why {
	u32 different[KL_REASONS];
	char *shown[KL_REASONS];
};

/**
 * struct task - names that have a common beginning, still to be looked at
 * @from, @to: these of kl_names.order
 * @prefix: the pattern so far; owned
 * @wildcards: that count for KL_WILDCARDS_MAX in it
 * @why: reasons so far
 */
struct task {
	u32 from, to;
	char *prefix;
	u32 wildcards;
	struct why why;
};

/**
 * struct place - a component that stands in the folder at hand
 * @shape: the component and its holes
 * @key: offset of the shape's key in kl_names.keys
 * @key_length: of it
 * @piece: what becomes of it
 */
struct place {
	struct kl_shape shape;
	u32 key, key_length;
	u32 piece;
};

/**
 * struct piece - a component of a pattern
 * @word: encoded
 * @wildcards: that count for KL_WILDCARDS_MAX
 * @why: reasons for these
 */
struct piece {
	char *word;
	u32 wildcards;
	struct why why;
};

/**
 * struct kl_names - names on their way to patterns
 * @how: the caller's wishes
 * @names, @count, @room: in the order in which they were added
 * @order: these, sorted
 * @tasks, @task_count, @task_room: a stack
 * @places, @place_count, @place_room: of the folder at hand
 * @pieces, @piece_count, @piece_room: of the folder at hand
 * @keys: text of shapes of the folder at hand
 * @patterns, @pattern_count, @pattern_room: results
 */
struct kl_names {
	struct kl_generalise how;
	struct name *names;
	u32 count, room;
	struct name **order;
	struct task *tasks;
	u32 task_count, task_room;
	struct place *places;
	u32 place_count, place_room;
	struct piece *pieces;
	u32 piece_count, piece_room;
	struct kl_buffer keys;
	struct kl_name_pattern **patterns;
	u32 pattern_count, pattern_room;
};

static void why_free(struct why *why)
{
	u32 i;

	for (i = 0; i < KL_REASONS; i++)
		free(why->shown[i]);
}

/* @shown: what the wildcard looks like; kept from the place that varies most */
static void why_add(struct why *why, enum kl_reason reason, u32 different,
		    const char *shown)
{
	if (different <= why->different[reason])
		return;
	why->different[reason] = different;
	free(why->shown[reason]);
	why->shown[reason] = kl_xstrdup(shown);
}

static bool why_any(const struct why *why)
{
	u32 i;

	for (i = 0; i < KL_REASONS; i++)
		if (why->different[i])
			return true;
	return false;
}

static void why_merge(struct why *why, const struct why *more)
{
	u32 i;

	for (i = 0; i < KL_REASONS; i++)
		if (more->different[i])
			why_add(why, i, more->different[i], more->shown[i]);
}

struct kl_names *kl_names_new(const struct kl_generalise *how)
{
	struct kl_names *names = kl_xalloc(1, sizeof(*names));

	names->how = *how;
	return names;
}

static void forget_pieces(struct kl_names *names)
{
	u32 i;

	for (i = 0; i < names->piece_count; i++) {
		free(names->pieces[i].word);
		why_free(&names->pieces[i].why);
	}
	names->piece_count = 0;
	names->place_count = 0;
	kl_buffer_clear(&names->keys);
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

static int compare_text(struct kl_text a, struct kl_text b)
{
	u32 common = min(a.length, b.length);
	int order = common ? memcmp(a.data, b.data, common) : 0;

	return order ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_raw(const void *a, const void *b)
{
	const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;

	return compare_text(x->raw, y->raw);
}

static void add_encoded(struct kl_buffer *out, struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);

	kl_buffer_room(out, length);
	kl_encode(raw, out->data + out->length, length);
	out->length += length;
	out->data[out->length] = '\0';
}

static char *encoded(struct kl_text raw)
{
	struct kl_buffer out = { 0 };

	add_encoded(&out, raw);
	return out.data;
}

static struct kl_name_pattern *new_pattern(struct kl_names *names, char *word)
{
	struct kl_name_pattern *pattern = kl_xalloc(1, sizeof(*pattern));

	pattern->word = word;
	KL_GROW(names->patterns, names->pattern_count, names->pattern_room);
	names->patterns[names->pattern_count++] = pattern;
	return pattern;
}

/* @run: names in order of their bytes that became this pattern */
static void finish_pattern(struct kl_name_pattern *pattern, struct name **run, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		run[i]->pattern = pattern;
		pattern->requests += run[i]->count;
		if (!i || !kl_text_equal(run[i]->raw, run[i - 1]->raw))
			pattern->names++;
	}
	pattern->examples[0] = run[0]->raw;
	if (pattern->names > 1)
		pattern->examples[1] = run[count - 1]->raw;
}

/* As they are, each for itself. */
static void keep_literal(struct kl_names *names, struct name **run, u32 count)
{
	u32 from, to;

	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (!kl_text_equal(run[to]->raw, run[from]->raw))
				break;
		finish_pattern(new_pattern(names, encoded(run[from]->raw)), run + from,
			       to - from);
	}
}

static struct kl_pattern *matcher_of(const char *word)
{
	struct kl_pattern *matcher;
	const char *why;
	u32 position;

	if (kl_word_check(kl_text_of(word), &position, &why))
		return NULL;
	matcher = kl_pattern_new(kl_text_of(word));
	if (!matcher) {
		fputs("out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return matcher;
}

/* Does a pattern do what it is made for? Then it is set. */
static struct kl_pattern *verified(const char *word, struct name **run, u32 count)
{
	struct kl_pattern *matcher = matcher_of(word);
	u32 i;

	for (i = 0; matcher && i < count; i++)
		if (!kl_pattern_match(matcher, run[i]->raw)) {
			kl_pattern_free(matcher);
			matcher = NULL;
		}
	return matcher;
}

/* Names that have no further component. */
static void finish_names(struct kl_names *names, const struct task *task)
{
	struct name **run = names->order + task->from;
	u32 count = task->to - task->from;
	struct kl_name_pattern *pattern;
	struct kl_pattern *matcher;
	struct why why = { 0 };

	qsort(run, count, sizeof(*run), compare_raw);
	matcher = why_any(&task->why) ? verified(task->prefix, run, count) : NULL;
	if (!matcher) {
		keep_literal(names, run, count);
		return;
	}
	pattern = new_pattern(names, kl_xstrdup(task->prefix));
	pattern->matcher = matcher;
	why_merge(&why, &task->why);
	memcpy(pattern->different, why.different, sizeof(why.different));
	memcpy(pattern->shown, why.shown, sizeof(why.shown));
	finish_pattern(pattern, run, count);
}

static struct kl_text component_of(const struct name *name)
{
	struct kl_text text = { name->raw.data + name->at, name->length };

	return text;
}

static bool is_last(const struct name *name)
{
	return name->at + name->length == name->raw.length;
}

static int compare_component(const void *a, const void *b)
{
	const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;

	return compare_text(component_of(x), component_of(y));
}

static void measure_components(struct name **run, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		struct kl_text rest = kl_text_from(run[i]->raw, run[i]->at);
		const char *slash = memchr(rest.data, '/', rest.length);

		run[i]->length = slash ? slash - rest.data : rest.length;
	}
}

/* The places of a folder; name.piece is the number of its place for now. */
static void find_places(struct kl_names *names, const struct task *task)
{
	struct name **run = names->order + task->from;
	u32 i, count = task->to - task->from;
	struct place *place = NULL;

	measure_components(run, count);
	qsort(run, count, sizeof(*run), compare_component);
	for (i = 0; i < count; i++) {
		if (!i || compare_component(&run[i], &run[i - 1])) {
			KL_GROW(names->places, names->place_count, names->place_room);
			place = &names->places[names->place_count++];
			memset(place, 0, sizeof(*place));
			kl_shape_read(&place->shape, component_of(run[i]),
				      kl_text_of(task->prefix), names->how.level);
			place->key = names->keys.length;
			kl_shape_key(&place->shape, &names->keys);
			place->key_length = names->keys.length - place->key;
		}
		run[i]->piece = names->place_count - 1;
	}
}

/* A piece of that word, made unless there is one. */
static u32 find_piece(struct kl_names *names, u32 from, const char *word, u32 wildcards,
		      const struct why *why)
{
	struct piece *piece;
	u32 i;

	for (i = from; i < names->piece_count; i++)
		if (!strcmp(names->pieces[i].word, word)) {
			why_merge(&names->pieces[i].why, why);
			return i;
		}
	KL_GROW(names->pieces, names->piece_count, names->piece_room);
	piece = &names->pieces[names->piece_count++];
	memset(piece, 0, sizeof(*piece));
	piece->word = kl_xstrdup(word);
	piece->wildcards = wildcards;
	why_merge(&piece->why, why);
	return i;
}

/**
 * struct group - places of one shape
 * @members: these
 * @count: how many
 * @wild: by hole: it becomes a wildcard
 * @different: by hole: values in it
 * @head, @tail: by hole: bytes that all its values begin and end with, and stay
 */
struct group {
	struct place **members;
	u32 count;
	bool wild[KL_HOLES_MAX];
	u32 different[KL_HOLES_MAX];
	u32 head[KL_HOLES_MAX];
	u32 tail[KL_HOLES_MAX];
};

static int compare_values(const void *a, const void *b)
{
	return compare_text(*(const struct kl_text *)a, *(const struct kl_text *)b);
}

/* Sorts them, each once; returns how many. */
static u32 distinct(struct kl_text *values, u32 count)
{
	u32 i, kept = 0;

	qsort(values, count, sizeof(*values), compare_values);
	for (i = 0; i < count; i++)
		if (!i || !kl_text_equal(values[i], values[kept - 1]))
			values[kept++] = values[i];
	return kept;
}

static bool all_digits(const struct kl_text *values, u32 count, u32 head, u32 tail)
{
	u32 i, at;

	for (i = 0; i < count; i++)
		for (at = head; at < values[i].length - tail; at++)
			if (values[i].data[at] < '0' || values[i].data[at] > '9')
				return false;
	return true;
}

/*
 * Values of one length: what all begin and end with was not drawn by lot. What
 * is left must be long enough for that, or be a number.
 */
static bool judge_random(struct group *group, u32 hole, const struct kl_text *values,
			 u32 count)
{
	u32 head = 0, tail = 0, i, length = values[0].length;

	/* Sorted: the first and the last have in common what all have. */
	while (count > 1 && head < length &&
	       values[0].data[head] == values[count - 1].data[head])
		head++;
	for (; count > 1 && head + tail < length; tail++) {
		for (i = 1; i < count; i++)
			if (values[i].data[length - 1 - tail] !=
			    values[0].data[length - 1 - tail])
				break;
		if (i < count)
			break;
	}
	group->head[hole] = head;
	group->tail[hole] = tail;
	return length - head - tail >= KL_SHAPE_RANDOM ||
	       all_digits(values, count, head, tail);
}

static void judge_hole(const struct kl_names *names, struct group *group, u32 hole)
{
	struct kl_text *values = kl_xalloc(group->count, sizeof(*values));
	enum kl_reason reason = group->members[0]->shape.holes[hole].reason;
	u32 i, count;

	for (i = 0; i < group->count; i++)
		values[i] = kl_hole_text(&group->members[i]->shape, hole);
	count = distinct(values, group->count);
	group->different[hole] = count;
	group->wild[hole] = kl_reason_is_known(reason) || count >= names->how.different;
	if (group->wild[hole] && reason == KL_REASON_RANDOM)
		group->wild[hole] = judge_random(group, hole, values, count);
	if (group->wild[hole] &&
	    (reason == KL_REASON_RANDOM || reason == KL_REASON_HEX) &&
	    all_digits(values, count, group->head[hole], group->tail[hole]))
		for (i = 0; i < group->count; i++)
			group->members[i]->shape.holes[hole].reason = KL_REASON_NUMBER;
	free(values);
}

/* A wildcard for every character that is no separator. */
static void repeat(struct kl_buffer *out, struct kl_text value, const char *wildcard)
{
	u32 i;

	for (i = 0; i < value.length; i++)
		if (strchr("-._", value.data[i]))
			kl_buffer_add(out, value.data + i, 1);
		else
			kl_buffer_puts(out, wildcard);
}

/* Returns how many of its wildcards count for KL_WILDCARDS_MAX. */
static u32 add_wildcard(struct kl_buffer *out, enum kl_reason reason,
			struct kl_text value)
{
	switch (reason) {
	case KL_REASON_HEX:
		kl_buffer_puts(out, "\\X");
		return 1;
	case KL_REASON_UUID:
		kl_buffer_puts(out, "\\X-\\X-\\X-\\X-\\X");
		return 5;
	case KL_REASON_DATE:
		repeat(out, value, "\\+");
		return 0;
	case KL_REASON_RANDOM:
		for (; value.length; value.length--)
			kl_buffer_puts(out, "\\?");
		return 0;
	default:
		kl_buffer_puts(out, "\\$");
		return 1;
	}
}

/* A hole between what all values of it begin and end with. */
static u32 add_hole(struct kl_buffer *word, const struct group *group,
		    const struct kl_shape *shape, u32 hole, struct why *why)
{
	struct kl_text value = kl_hole_text(shape, hole);
	u32 head = group->head[hole], tail = group->tail[hole], wildcards, from;

	if (!group->wild[hole]) {
		add_encoded(word, value);
		return 0;
	}
	add_encoded(word, kl_text_head(value, head));
	from = word->length;
	wildcards = add_wildcard(word, shape->holes[hole].reason,
				 kl_text_head(kl_text_from(value, head),
					      value.length - head - tail));
	why_add(why, shape->holes[hole].reason, group->different[hole],
		word->data + from);
	add_encoded(word, kl_text_from(value, value.length - tail));
	return wildcards;
}

static void make_piece(struct kl_names *names, const struct group *group,
		       struct place *place, u32 used, u32 from)
{
	const struct kl_shape *shape = &place->shape;
	struct kl_buffer word = { 0 };
	struct why why = { 0 };
	u32 hole, at = 0, wildcards = 0;

	kl_buffer_puts(&word, "");
	for (hole = 0; hole < shape->count; hole++) {
		u32 start = shape->holes[hole].start;

		add_encoded(&word, kl_text_head(kl_text_from(shape->text, at), start - at));
		wildcards += add_hole(&word, group, shape, hole, &why);
		at = start + shape->holes[hole].length;
	}
	add_encoded(&word, kl_text_from(shape->text, at));
	if (wildcards + used > KL_WILDCARDS_MAX) {
		wildcards = 0;
		kl_buffer_clear(&word);
		add_encoded(&word, shape->text);
		why_free(&why);
		memset(&why, 0, sizeof(why));
	}
	place->piece = find_piece(names, from, word.data, wildcards, &why);
	why_free(&why);
	kl_buffer_free(&word);
}

static int compare_keys(const void *a, const void *b, void *names)
{
	const struct place *x = *(struct place *const *)a, *y = *(struct place *const *)b;
	const char *keys = ((const struct kl_names *)names)->keys.data;
	struct kl_text s = { keys + x->key, x->key_length };
	struct kl_text t = { keys + y->key, y->key_length };

	return compare_text(s, t);
}

/* Components of one shape, together. */
static void join_shapes(struct kl_names *names, const struct task *task)
{
	struct place **sorted = kl_xalloc(names->place_count, sizeof(*sorted));
	u32 i, from, to, hole;

	for (i = 0; i < names->place_count; i++)
		sorted[i] = &names->places[i];
	qsort_r(sorted, names->place_count, sizeof(*sorted), compare_keys, names);
	for (from = 0; from < names->place_count; from = to) {
		struct group group = { .members = sorted + from };
		u32 first = names->piece_count;

		for (to = from + 1; to < names->place_count; to++)
			if (compare_keys(&sorted[to], &sorted[from], names))
				break;
		group.count = to - from;
		for (hole = 0; hole < sorted[from]->shape.count; hole++)
			judge_hole(names, &group, hole);
		for (i = from; i < to; i++)
			make_piece(names, &group, sorted[i], task->wildcards, first);
	}
	free(sorted);
}

static bool is_kept(const char *folder)
{
	u32 i;

	for (i = 0; kl_generalise_kept[i]; i++)
		if (!strcmp(kl_generalise_kept[i], folder))
			return true;
	return !*folder;
}

/* The part of a piece's word from its last dot on, if it looks like a kind of file. */
static const char *extension_of(const char *word)
{
	const char *dot = strrchr(word, '.'), *p;
	bool letter = false;

	if (!dot || dot == word || strlen(dot) < 2 || strlen(dot) > 9)
		return "";
	for (p = dot + 1; *p; p++) {
		if (!isalnum((unsigned char)*p))
			return "";
		letter |= !!isalpha((unsigned char)*p);
	}
	return letter ? dot : "";
}

static int compare_entry(const void *a, const void *b, void *names)
{
	const struct name *x = *(struct name *const *)a, *y = *(struct name *const *)b;
	const struct piece *pieces = ((const struct kl_names *)names)->pieces;
	const char *s, *t;
	int order;

	if (is_last(x) != is_last(y))
		return is_last(x) - is_last(y);
	if (x->tag != y->tag)
		return x->tag < y->tag ? -1 : 1;
	s = pieces[x->piece].word;
	t = pieces[y->piece].word;
	if (is_last(x) && (order = strcmp(extension_of(s), extension_of(t))))
		return order;
	return (x->piece > y->piece) - (x->piece < y->piece);
}

static u32 count_pieces(struct name **run, u32 count)
{
	u32 i, pieces = 0;

	for (i = 0; i < count; i++)
		pieces += !i || run[i]->piece != run[i - 1]->piece;
	return pieces;
}

static void widen(struct kl_names *names, struct name **run, u32 count, u32 different,
		  const char *extension)
{
	struct kl_buffer word = { 0 };
	struct why why = { 0 };
	u32 i, piece;

	kl_buffer_printf(&word, "\\*%s", extension);
	why_add(&why, KL_REASON_ENTRIES, different, word.data);
	piece = find_piece(names, 0, word.data, 1, &why);
	for (i = 0; i < count; i++)
		run[i]->piece = piece;
	why_free(&why);
	kl_buffer_free(&word);
}

/* Files of one kind; afterwards their pieces are one. */
static void widen_kinds(struct kl_names *names, struct name **run, u32 count)
{
	u32 from, to, pieces;

	for (from = 0; from < count; from = to) {
		const char *extension =
			extension_of(names->pieces[run[from]->piece].word);
		char *copy;

		for (to = from + 1; to < count; to++)
			if (strcmp(extension,
				   extension_of(names->pieces[run[to]->piece].word)))
				break;
		pieces = count_pieces(run + from, to - from);
		if (!*extension || pieces < names->how.entries)
			continue;
		copy = kl_xstrdup(extension);
		widen(names, run + from, to - from, pieces, copy);
		free(copy);
	}
}

/* Files, or folders, that one operation met in the folder at hand. */
static void widen_entries(struct kl_names *names, struct name **run, u32 count)
{
	u32 pieces;

	if (count_pieces(run, count) < names->how.entries)
		return;
	if (is_last(run[0])) {
		widen_kinds(names, run, count);
		qsort_r(run, count, sizeof(*run), compare_entry, names);
	}
	pieces = count_pieces(run, count);
	if (pieces >= names->how.entries)
		widen(names, run, count, pieces, "");
}

static void join_entries(struct kl_names *names, const struct task *task)
{
	struct name **run = names->order + task->from;
	u32 from, to, count = task->to - task->from;

	if (names->how.level < KL_GENERALISE_ALL || is_kept(task->prefix) ||
	    names->piece_count < names->how.entries ||
	    task->wildcards >= KL_WILDCARDS_MAX)
		return;
	qsort_r(run, count, sizeof(*run), compare_entry, names);
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (run[to]->tag != run[from]->tag ||
			    is_last(run[to]) != is_last(run[from]))
				break;
		widen_entries(names, run + from, to - from);
	}
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

static const char *const meanings[KL_REASONS] = {
	[KL_REASON_KERNEL] = "a number that the kernel gives",
	[KL_REASON_VERSION] = "the version of a library",
	[KL_REASON_DATE] = "a date",
	[KL_REASON_NUMBER] = "a number",
	[KL_REASON_HEX] = "a hexadecimal number",
	[KL_REASON_UUID] = "a UUID",
	[KL_REASON_RANDOM] = "random characters",
	[KL_REASON_ENTRIES] = "any name in the folder",
};

void kl_name_explain(const struct kl_name_pattern *pattern, struct kl_buffer *out)
{
	const char *separator = "";
	u32 i;

	for (i = 0; i < KL_REASONS; i++) {
		u32 different = pattern->different[i];

		if (!different)
			continue;
		kl_buffer_printf(out, "%s%s stands for %s", separator, pattern->shown[i],
				 meanings[i]);
		if (different > 1)
			kl_buffer_printf(out, " because of %u different ones", different);
		else
			kl_buffer_puts(out, ", by its look: one was seen");
		separator = "; ";
	}
}

/* Keeps @word if it matches and is new, frees it otherwise. */
static void propose(struct kl_text raw, char **words, u32 *count, char *word)
{
	struct kl_pattern *matcher = matcher_of(word);
	bool good = matcher && kl_pattern_match(matcher, raw) &&
		    *count < KL_NAME_PROPOSALS;
	u32 i;

	for (i = 0; good && i < *count; i++)
		good = strcmp(words[i], word);
	kl_pattern_free(matcher);
	if (good)
		words[(*count)++] = word;
	else
		free(word);
}

static char *generalised(struct kl_text raw, enum kl_generality level, u32 different)
{
	struct kl_generalise how = { level, different, ~0u };
	struct kl_names *names = kl_names_new(&how);
	char *word;

	kl_names_add(names, raw, 0, 1);
	kl_names_generalise(names);
	word = kl_xstrdup(names->names[0].pattern->word);
	kl_names_free(names);
	return word;
}

/* The folder of a word that has one, and @rest behind it. */
static char *in_folder(const char *word, const char *rest)
{
	const char *slash = strrchr(word, '/');
	struct kl_buffer out = { 0 };

	if (!slash)
		return kl_xstrdup(word);
	kl_buffer_printf(&out, "%.*s/%s", (int)(slash - word), word, rest);
	return out.data;
}

u32 kl_name_propose(struct kl_text raw, char **words)
{
	struct kl_buffer kind = { 0 };
	char *literal = encoded(raw), *widest;
	u32 count = 1;

	words[0] = literal;
	if (!raw.length || raw.length > KL_GENERALISE_LENGTH)
		return count;
	propose(raw, words, &count, generalised(raw, KL_GENERALISE_ALL, 2));
	propose(raw, words, &count, generalised(raw, KL_GENERALISE_NUMBERS, 1));
	propose(raw, words, &count, generalised(raw, KL_GENERALISE_ALL, 1));
	widest = kl_xstrdup(words[count - 1]);
	kl_buffer_printf(&kind, "\\*%s",
			 extension_of(strrchr(widest, '/') ?: widest));
	propose(raw, words, &count, in_folder(widest, kind.data));
	propose(raw, words, &count, in_folder(widest, "\\*"));
	propose(raw, words, &count, in_folder(widest, "\\(\\*\\)/\\*"));
	kl_buffer_free(&kind);
	free(widest);
	return count;
}
