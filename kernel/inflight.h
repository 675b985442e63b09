/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How many calls of handlers have not returned yet: for attach.c and
 * tracepoint.c, where the kernel's calls come in.
 */
#ifndef KELLAS_INFLIGHT_H
#define KELLAS_INFLIGHT_H

#include <linux/percpu.h>

/*
 * Raised in the first statement of what the kernel calls, lowered in the last.
 * A task may migrate in between: only the sum over all CPUs means anything.
 */
DECLARE_PER_CPU(long, kl_inflight);

static __always_inline void kl_inflight_enter(void)
{
	this_cpu_inc(kl_inflight);
}

static __always_inline void kl_inflight_leave(void)
{
	barrier();
	this_cpu_dec(kl_inflight);
}

#endif /* KELLAS_INFLIGHT_H */
