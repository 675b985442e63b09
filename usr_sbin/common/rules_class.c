// SPDX-License-Identifier: GPL-2.0
/* Names that the same operations use: any of them will do for each of these. */
#include "rules_inside.h"

/**
 * struct class - a pattern and the operations that use it
 * @ops: these
 * @atom: the pattern
 */
struct class {
	u64 ops[KL_OP_WORDS];
	u32 atom;
};

static int compare_classes(const void *a, const void *b)
{
	const struct class *x = a, *y = b;
	int order = memcmp(x->ops, y->ops, sizeof(x->ops));

	return order ? order : (x->atom > y->atom) - (x->atom < y->atom);
}

/* Which operations use each name of those that have nothing but a name? */
static u32 find_classes(struct rules *rules, struct class *classes)
{
	struct class *by_atom = kl_xalloc(rules->atom_count + 1, sizeof(*by_atom));
	u32 i, count = 0;

	for (i = 0; i < rules->single.count; i++) {
		const struct row *row = &rules->single.list[i];

		if (is_simple(plan_of(rules, row->op)) && !is_none(rules, row->sets[0]))
			kl_op_add(by_atom[only_atom(rules, row->sets[0])->number].ops,
				  row->op);
	}
	for (i = 0; i < rules->atom_count; i++) {
		u64 any = 0;
		u32 word;

		for (word = 0; word < KL_OP_WORDS; word++)
			any |= by_atom[i].ops[word];
		by_atom[i].atom = i;
		if (any)
			classes[count++] = by_atom[i];
	}
	free(by_atom);
	qsort(classes, count, sizeof(*classes), compare_classes);
	return count;
}

/* A row for each of its operations, in which any member will do. */
static void add_class(struct rules *rules, const struct class *class, u32 count,
		      struct rows *rows)
{
	u32 *members = kl_xalloc(count, sizeof(*members)), i, op;
	struct row row = { 0 };

	for (i = 0; i < count; i++)
		members[i] = class[i].atom;
	row.sets[0] = find_set(rules, members, count);
	for (op = 0; op < KL_OP_COUNT; op++) {
		row.op = op;
		if (kl_op_test(class->ops, op))
			add_row(rows, &row);
	}
	free(members);
}

void class_rows(struct rules *rules, struct rows *rows)
{
	struct class *classes = kl_xalloc(rules->atom_count + 1, sizeof(*classes));
	u32 from, to, count = find_classes(rules, classes);

	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (memcmp(classes[to].ops, classes[from].ops,
				   sizeof(classes[to].ops)))
				break;
		add_class(rules, classes + from, to - from, rows);
	}
	free(classes);
}
