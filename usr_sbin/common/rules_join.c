// SPDX-License-Identifier: GPL-2.0
/* Rows of one operation to fewer rows. */
#include "rules_inside.h"

/**
 * struct join - rows to be joined in one attribute
 * @rules: theirs
 * @at: the attribute
 */
struct join {
	const struct rules *rules;
	u32 at;
};

/* Rows that differ in that attribute alone, and have it, are equal. */
static int compare_others(const void *a, const void *b, void *context)
{
	const struct row *x = a, *y = b;
	const struct join *join = context;
	bool none_x = is_none(join->rules, x->sets[join->at]);
	bool none_y = is_none(join->rules, y->sets[join->at]);
	u32 i;

	if (none_x != none_y)
		return none_x - none_y;
	for (i = 0; i < KL_LEARNT_MAX; i++)
		if (i != join->at && x->sets[i] != y->sets[i])
			return x->sets[i] < y->sets[i] ? -1 : 1;
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return (x > y) - (x < y);
}

/* The set of all members of one attribute of some rows. */
static u32 union_of(struct rules *rules, const struct row *rows, u32 count, u32 at)
{
	u32 i, k, total = 0, kept = 0, set, *members;

	for (i = 0; i < count; i++)
		total += rules->sets[rows[i].sets[at]]->count;
	members = kl_xalloc(total, sizeof(*members));
	for (i = 0, total = 0; i < count; i++)
		for (k = 0; k < rules->sets[rows[i].sets[at]]->count; k++)
			members[total++] = rules->sets[rows[i].sets[at]]->members[k];
	qsort(members, total, sizeof(*members), compare_numbers);
	for (i = 0; i < total; i++)
		if (!kept || members[kept - 1] != members[i])
			members[kept++] = members[i];
	set = find_set(rules, members, kept);
	free(members);
	return set;
}

/* Joins rows of one operation in one attribute; returns how many are left. */
static u32 join_rows(struct rules *rules, struct row *rows, u32 count, u32 at, bool try)
{
	struct join join = { rules, at };
	u32 from, to, kept = 0;

	qsort_r(rows, count, sizeof(*rows), compare_others, &join);
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (compare_others(&rows[from], &rows[to], &join) ||
			    is_none(rules, rows[from].sets[at]))
				break;
		if (!try) {
			struct row row = rows[from];

			if (to - from > 1)
				row.sets[at] = union_of(rules, rows + from, to - from,
							at);
			rows[kept] = row;
		}
		kept++;
	}
	return kept;
}

/* In the attribute where it helps most, until it helps no more. */
static u32 join_op(struct rules *rules, struct row *rows, u32 count)
{
	u32 learnt = plan_of(rules, rows->op)->learnt, at, left, best, fewest;

	for (;;) {
		fewest = count;
		best = 0;
		for (at = 0; at < learnt; at++) {
			left = join_rows(rules, rows, count, at, true);
			if (left < fewest) {
				fewest = left;
				best = at;
			}
		}
		if (fewest == count)
			return count;
		count = join_rows(rules, rows, count, best, false);
	}
}

void joined_rows(struct rules *rules, struct rows *out)
{
	const struct rows *single = &rules->single;
	u32 from, to, i, left;

	for (from = 0; from < single->count; from = to) {
		u32 op = single->list[from].op;
		struct row *copy;

		for (to = from + 1; to < single->count && single->list[to].op == op; to++)
			;
		copy = kl_xalloc(to - from, sizeof(*copy));
		memcpy(copy, single->list + from, (to - from) * sizeof(*copy));
		left = to - from;
		if (!is_simple(plan_of(rules, op)))
			left = join_op(rules, copy, left);
		for (i = 0; i < left; i++)
			if (!is_simple(plan_of(rules, op)) ||
			    is_none(rules, copy[i].sets[0]))
				add_row(out, &copy[i]);
		free(copy);
	}
}
