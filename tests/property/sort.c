// SPDX-License-Identifier: GPL-2.0
/*
 * The C library's qsort() keeps the order of what compares equal, the kernel's
 * sort() does not: so that the engine does not rely on it unnoticed, here is a
 * sort that swaps such elements about.
 */
#include <stdlib.h>
#include <string.h>

static void swap(char *a, char *b, size_t size)
{
	char byte;

	while (size--) {
		byte = *a;
		*a++ = *b;
		*b++ = byte;
	}
}

static void sift(char *base, size_t from, size_t count, size_t size,
		 int (*compare)(const void *a, const void *b))
{
	size_t child;

	for (; (child = 2 * from + 1) < count; from = child) {
		if (child + 1 < count &&
		    compare(base + child * size, base + (child + 1) * size) < 0)
			child++;
		if (compare(base + from * size, base + child * size) >= 0)
			return;
		swap(base + from * size, base + child * size, size);
	}
}

/* Heap sort, instead of the library's. */
void qsort(void *base, size_t count, size_t size,
	   int (*compare)(const void *a, const void *b))
{
	size_t i;

	for (i = count / 2; i; i--)
		sift(base, i - 1, count, size, compare);
	for (i = count; i > 1; i--) {
		swap(base, (char *)base + (i - 1) * size, size);
		sift(base, 0, i - 1, size, compare);
	}
}
