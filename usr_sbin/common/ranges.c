// SPDX-License-Identifier: GPL-2.0
/* Sets of numbers as ranges. */
#include "ranges.h"

void kl_ranges_add(struct kl_ranges *set, kl_u128 low, kl_u128 high)
{
	if (!(set->count & (set->count - 1)))
		set->ranges = kl_xrealloc(set->ranges, 2 * set->count + 1,
					  sizeof(*set->ranges));
	set->ranges[set->count].low = low;
	set->ranges[set->count++].high = high;
}

static int compare(const void *a, const void *b)
{
	const struct kl_range *left = a, *right = b;

	return left->low < right->low ? -1 : left->low > right->low;
}

void kl_ranges_sort(struct kl_ranges *set)
{
	struct kl_range *last = set->ranges;
	u32 i;

	if (!set->count)
		return;
	qsort(set->ranges, set->count, sizeof(*set->ranges), compare);
	for (i = 1; i < set->count; i++) {
		const struct kl_range *next = &set->ranges[i];

		/* Neighbours are joined; the greatest number has none. */
		if (last->high + 1 && next->low > last->high + 1)
			*++last = *next;
		else if (next->high > last->high)
			last->high = next->high;
	}
	set->count = last - set->ranges + 1;
}

void kl_ranges_invert(struct kl_ranges *set, kl_u128 last)
{
	struct kl_ranges result = { 0 };
	kl_u128 from = 0;
	bool open = true;
	u32 i;

	for (i = 0; i < set->count && open; i++) {
		if (set->ranges[i].low > from)
			kl_ranges_add(&result, from, set->ranges[i].low - 1);
		open = set->ranges[i].high < last;
		from = set->ranges[i].high + 1;
	}
	if (open)
		kl_ranges_add(&result, from, last);
	kl_ranges_free(set);
	*set = result;
}

void kl_ranges_keep(struct kl_ranges *set, const struct kl_ranges *other)
{
	struct kl_ranges result = { 0 };
	u32 i = 0, j = 0;

	while (i < set->count && j < other->count) {
		const struct kl_range *a = &set->ranges[i], *b = &other->ranges[j];
		kl_u128 low = max(a->low, b->low), high = min(a->high, b->high);

		if (low <= high)
			kl_ranges_add(&result, low, high);
		if (a->high < b->high)
			i++;
		else
			j++;
	}
	kl_ranges_free(set);
	*set = result;
}

bool kl_ranges_within(const struct kl_ranges *inner, const struct kl_ranges *outer)
{
	u32 i, j = 0;

	for (i = 0; i < inner->count; i++) {
		while (j < outer->count && outer->ranges[j].high < inner->ranges[i].low)
			j++;
		if (j == outer->count || outer->ranges[j].low > inner->ranges[i].low ||
		    outer->ranges[j].high < inner->ranges[i].high)
			return false;
	}
	return true;
}

void kl_ranges_free(struct kl_ranges *set)
{
	free(set->ranges);
	memset(set, 0, sizeof(*set));
}
