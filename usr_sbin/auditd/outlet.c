// SPDX-License-Identifier: GPL-2.0
/* How far a sink has got. */
#include "outlet.h"

void kl_outlet_put(struct kl_outlet *outlet, const struct kl_entry *entry)
{
	struct kl_sink *sink = outlet->sink;

	if (entry->sequence && entry->sequence <= sink->position) {
		outlet->skipped++;
		return;
	}
	if (entry->sequence)
		outlet->put = entry->sequence;
	kl_sink_put(sink, entry);
}

u64 kl_outlet_safe(const struct kl_outlet *outlet, u64 seen, u64 instance)
{
	u64 of, safe;

	if (!outlet->put)
		return seen;
	safe = kl_queue_safe(outlet->sink->queue, &of);
	if (of != instance)
		safe = outlet->sink->position;
	return safe >= outlet->put ? max(seen, safe) : safe;
}
