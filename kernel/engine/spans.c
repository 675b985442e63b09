// SPDX-License-Identifier: GPL-2.0
/* A set of numbers or addresses: see spans.h. */
#include "spans.h"

static int compare_lows(const void *a, const void *b)
{
	return kl_point_compare(((const struct kl_span *)a)->low,
				((const struct kl_span *)b)->low);
}

void kl_spans_normalise(struct kl_spans *spans)
{
	struct kl_span *span = spans->spans;
	u32 i, kept = 0;

	kl_sort(span, spans->count, sizeof(*span), compare_lows);
	for (i = 0; i < spans->count; i++) {
		struct kl_span *last = kept ? &span[kept - 1] : NULL;

		if (!last || kl_point_compare(last->high, span[i].low) < 0)
			span[kept++] = span[i];
		else if (kl_point_compare(last->high, span[i].high) < 0)
			last->high = span[i].high;
	}
	spans->count = kept;
}

bool kl_spans_have(const struct kl_spans *spans, struct kl_point point)
{
	u32 low = 0, high = spans->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (kl_point_compare(spans->spans[middle].high, point) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < spans->count &&
	       kl_point_compare(spans->spans[low].low, point) <= 0;
}
