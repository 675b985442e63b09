/* SPDX-License-Identifier: GPL-2.0 */
/* How long something takes. */
#ifndef KELLAS_CLOCK_H
#define KELLAS_CLOCK_H

#include <time.h>

#include "engine/port.h"

/** clock_ms - milliseconds of the monotonic clock */
static inline u64 clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#endif /* KELLAS_CLOCK_H */
