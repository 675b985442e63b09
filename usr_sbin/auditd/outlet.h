/* SPDX-License-Identifier: GPL-2.0 */
/* A sink as the routes see it, and how far it has got. */
#ifndef KELLAS_OUTLET_H
#define KELLAS_OUTLET_H

#include "sink.h"

/**
 * struct kl_outlet - a sink and what was put into it
 * @sink: the sink
 * @open: kl_sink_start() was called
 * @put: number of the last record that was put into it; 0: none of this instance
 * @stamp: of the last entry that was put: it gets none twice
 * @skipped: records it had from an earlier run
 */
struct kl_outlet {
	struct kl_sink *sink;
	bool open;
	u64 put;
	u64 stamp;
	u64 skipped;
};

/** kl_outlet_put - give it a line, unless it has it already */
void kl_outlet_put(struct kl_outlet *outlet, const struct kl_entry *entry);

/**
 * kl_outlet_safe - up to which record is everything safe in it?
 * @seen: number of the last record that was routed, and of what instance
 *
 * A sink that was given nothing has nothing to keep safe.
 */
u64 kl_outlet_safe(const struct kl_outlet *outlet, u64 seen, u64 instance);

#endif /* KELLAS_OUTLET_H */
