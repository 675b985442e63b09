// SPDX-License-Identifier: GPL-2.0
/* Rules on their way, of which many become fewer. */
#include "rules_inside.h"

struct row *add_row(struct rows *rows, const struct row *row)
{
	KL_GROW(rows->list, rows->count, rows->room);
	rows->list[rows->count] = *row;
	return &rows->list[rows->count++];
}

int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	return memcmp(x->sets, y->sets, sizeof(x->sets));
}

/* In order, each once. */
void sort_rows(struct rows *rows)
{
	u32 i, kept = 0;

	if (rows->count)
		qsort(rows->list, rows->count, sizeof(*rows->list), compare_rows);
	for (i = 0; i < rows->count; i++)
		if (kept && !compare_rows(&rows->list[kept - 1], &rows->list[i]))
			rows->list[kept - 1].requests += rows->list[i].requests;
		else
			rows->list[kept++] = rows->list[i];
	rows->count = kept;
}
