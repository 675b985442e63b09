/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of numbers of up to 128 bits, as ranges: also of addresses. */
#ifndef KELLAS_RANGES_H
#define KELLAS_RANGES_H

#include "memory.h"

typedef unsigned __int128 kl_u128;

/** struct kl_range - from @low to @high, both included */
struct kl_range {
	kl_u128 low, high;
};

/**
 * struct kl_ranges - a set
 * @ranges: disjoint and ascending, unless said otherwise
 * @count: number of them
 */
struct kl_ranges {
	struct kl_range *ranges;
	u32 count;
};

/** kl_ranges_add - add a range; the set is in no order until kl_ranges_sort() */
void kl_ranges_add(struct kl_ranges *set, kl_u128 low, kl_u128 high);

/** kl_ranges_sort - make it disjoint and ascending */
void kl_ranges_sort(struct kl_ranges *set);

/** kl_ranges_invert - what is not in it, from 0 to @last */
void kl_ranges_invert(struct kl_ranges *set, kl_u128 last);

/** kl_ranges_keep - keep what is in @other, too */
void kl_ranges_keep(struct kl_ranges *set, const struct kl_ranges *other);

/** kl_ranges_within - is all of @inner in @outer? */
bool kl_ranges_within(const struct kl_ranges *inner, const struct kl_ranges *outer);

void kl_ranges_free(struct kl_ranges *set);

#endif /* KELLAS_RANGES_H */
