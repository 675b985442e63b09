// SPDX-License-Identifier: GPL-2.0
/* Components of one shape to one piece. */
#include "generalise_inside.h"
#include "limits.h"

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
		kl_buffer_encode(word, value);
		return 0;
	}
	kl_buffer_encode(word, kl_text_head(value, head));
	from = word->length;
	wildcards = add_wildcard(word, shape->holes[hole].reason,
				 kl_text_head(kl_text_from(value, head),
					      value.length - head - tail));
	why_add(why, shape->holes[hole].reason, group->different[hole],
		word->data + from);
	kl_buffer_encode(word, kl_text_from(value, value.length - tail));
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

		kl_buffer_encode(&word, kl_text_head(kl_text_from(shape->text, at),
						     start - at));
		wildcards += add_hole(&word, group, shape, hole, &why);
		at = start + shape->holes[hole].length;
	}
	kl_buffer_encode(&word, kl_text_from(shape->text, at));
	if (wildcards + used > KL_WILDCARDS_MAX) {
		wildcards = 0;
		kl_buffer_clear(&word);
		kl_buffer_encode(&word, shape->text);
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
void join_shapes(struct kl_names *names, const struct task *task)
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
