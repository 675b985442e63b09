/* SPDX-License-Identifier: GPL-2.0 */
/* A set of numbers or addresses, kept as disjoint spans in ascending order. */
#ifndef KELLAS_SPANS_H
#define KELLAS_SPANS_H

#include "map.h"

/**
 * struct kl_span - from @low to @high, both included
 */
struct kl_span {
	struct kl_point low, high;
};

/**
 * struct kl_spans - the set
 * @spans: disjoint, ascending
 * @count: number of spans
 */
struct kl_spans {
	struct kl_span *spans;
	u32 count;
};

/**
 * kl_spans_normalise - sort @spans, and join those that overlap
 * Context: may sleep.
 */
void kl_spans_normalise(struct kl_spans *spans);

/** kl_spans_have - is @point in the set? O(log count). Context: any. */
bool kl_spans_have(const struct kl_spans *spans, struct kl_point point);

#endif /* KELLAS_SPANS_H */
