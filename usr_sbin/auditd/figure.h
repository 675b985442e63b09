/* SPDX-License-Identifier: GPL-2.0 */
/* A word in the file of counters, which kellasctl stat reads. */
#ifndef KELLAS_FIGURE_H
#define KELLAS_FIGURE_H

#include "memory.h"

/** kl_figure - append " KEY=NUMBER" */
static inline void kl_figure(struct kl_buffer *out, const char *key, u64 number)
{
	kl_buffer_printf(out, " %s=%llu", key, (unsigned long long)number);
}

#endif /* KELLAS_FIGURE_H */
