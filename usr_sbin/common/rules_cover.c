// SPDX-License-Identifier: GPL-2.0
/* Patterns that a wider one makes superfluous. */
#include "rules_inside.h"

/**
 * struct used - a name that one operation used
 * @op: the operation
 * @atom: its pattern
 * @raw: the name
 */
struct used {
	u32 op;
	u32 atom;
	struct kl_text raw;
};

static int compare_used(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	return (x->atom > y->atom) - (x->atom < y->atom);
}

static bool begins(struct kl_text text, struct kl_text head)
{
	return text.length >= head.length && !memcmp(text.data, head.data, head.length);
}

static bool all_match(const struct kl_pattern *matcher, const struct used *used,
		      u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!begins(used[i].raw, matcher->head) ||
		    !kl_pattern_match(matcher, used[i].raw))
			return false;
	return true;
}

/**
 * struct run - the names of one pattern and operation
 * @used, @count: these
 * @atom: the pattern
 */
struct run {
	const struct used *used;
	u32 count;
	u32 atom;
};

/* The wider one stands for more names; of equals, for what comes first. */
static bool is_wider(const struct rules *rules, u32 a, u32 b)
{
	const struct kl_name_pattern *x = rules->atoms[a]->why;
	const struct kl_name_pattern *y = rules->atoms[b]->why;

	if (!x || !y)
		return x && !y;
	return x->names != y->names ? x->names > y->names : a < b;
}

static int compare_width(const void *a, const void *b, void *rules)
{
	u32 x = ((const struct run *)a)->atom, y = ((const struct run *)b)->atom;

	return is_wider(rules, x, y) ? -1 : is_wider(rules, y, x);
}

/*
 * @instead: by atom; set where a wider one of the same operation does. Whoever is
 * left when his turn comes stays: what is replaced is replaced but once, since
 * what matches a pattern's own names need not match those it was to replace.
 */
static void cover(struct rules *rules, struct run *runs, u32 count, u32 *instead)
{
	u32 i, k;

	qsort_r(runs, count, sizeof(*runs), compare_width, rules);
	for (i = 0; i < count; i++) {
		u32 wide = runs[i].atom;
		const struct kl_name_pattern *why = rules->atoms[wide]->why;

		if (!why)
			break;
		for (k = i + 1; instead[wide] == wide && k < count; k++)
			if (instead[runs[k].atom] == runs[k].atom &&
			    all_match(why->matcher, runs[k].used, runs[k].count))
				instead[runs[k].atom] = wide;
	}
}

/* Rows of one operation that has one name. */
static void replace(struct rules *rules, struct row *rows, u32 count, const u32 *instead)
{
	u32 i, from, to;

	for (i = 0; i < count; i++) {
		from = only_atom(rules, rows[i].sets[0])->number;
		to = instead[from];
		if (from == to)
			continue;
		rules->atoms[from]->requests -= rows[i].requests;
		rules->atoms[to]->requests += rows[i].requests;
		rules->atoms[to]->covered++;
		rows[i].sets[0] = set_of_atom(rules, to);
	}
}

static u32 gather_used(struct rules *rules, struct used *used)
{
	const struct kl_rules_of *subject = rules->subject;
	struct kl_observed_value value[KL_OBSERVED_MAX];
	u32 i, count = 0;

	for (i = 0; i < subject->count; i++) {
		const struct kl_observation *observation = subject->list[i];
		const struct kl_observed *plan = plan_of(rules, observation->op);

		kl_observed_values(plan, observation, value);
		if (!is_simple(plan) || !value[0].present)
			continue;
		used[count].op = observation->op;
		used[count].atom = name_atom(rules, rules->numbers[i * KL_LEARNT_MAX]);
		used[count++].raw = value[0].text;
	}
	qsort(used, count, sizeof(*used), compare_used);
	return count;
}

static u32 make_runs(const struct used *used, u32 count, struct run *runs)
{
	u32 from, to, made = 0;

	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count && used[to].atom == used[from].atom; to++)
			;
		runs[made++] = (struct run){ used + from, to - from, used[from].atom };
	}
	return made;
}

/* The rows are sorted by operation, as well as what was used. */
void cover_ops(struct rules *rules)
{
	u32 room = rules->subject->count + 1, i, from, to, row = 0, first, count;
	struct used *used = kl_xalloc(room, sizeof(*used));
	struct run *runs = kl_xalloc(room, sizeof(*runs));
	u32 *instead;

	count = gather_used(rules, used);
	instead = kl_xalloc(rules->atom_count + 1, sizeof(*instead));
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count && used[to].op == used[from].op; to++)
			;
		for (i = 0; i < rules->atom_count; i++)
			instead[i] = i;
		cover(rules, runs, make_runs(used + from, to - from, runs), instead);
		while (rules->single.list[row].op != used[from].op)
			row++;
		for (first = row; row < rules->single.count &&
				  rules->single.list[row].op == used[from].op;)
			row++;
		replace(rules, rules->single.list + first, row - first, instead);
	}
	free(instead);
	free(runs);
	free(used);
}
