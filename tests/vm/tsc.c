// SPDX-License-Identifier: GPL-2.0-only
/*
 * Print how fast the processor's time stamp counter runs, in kHz: what a guest
 * under emulation reads is the host's counter. A guest that measures it itself
 * against emulated timers, while the host is busy, may find a twentieth of it,
 * and its clock runs twenty times too fast from then on.
 */
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

#define SPAN 30000000 /* nanoseconds */

struct reading {
	int64_t time;
	uint64_t count;
};

static int64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * 1000000000ll + now.tv_nsec;
}

/* The one of several that took the least time: nothing came between. */
static struct reading read_both(void)
{
	int64_t shortest = INT64_MAX, before, after;
	struct reading best = { 0 };
	uint64_t count;
	int i;

	for (i = 0; i < 100; i++) {
		before = nanoseconds();
		count = __rdtsc();
		after = nanoseconds();
		if (after - before < shortest) {
			shortest = after - before;
			best = (struct reading){ before + shortest / 2, count };
		}
	}
	return best;
}

int main(void)
{
	struct timespec span = { .tv_nsec = SPAN };
	struct reading first, last;

	first = read_both();
	nanosleep(&span, NULL);
	last = read_both();
	printf("%.0f\n", (last.count - first.count) * 1e6 / (last.time - first.time));
	return 0;
}
