// SPDX-License-Identifier: GPL-2.0-only
/* System calls by ways that the C library does not offer. */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "calls.h"
#include "test.h"

#define LOW_SIZE (1 << 20)

void *low_room(unsigned long size)
{
	static char *room;
	static unsigned long used;
	char *at;

	if (!room)
		room = mmap(NULL, LOW_SIZE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (room == MAP_FAILED || used + size > LOW_SIZE)
		die("no room below 4 GiB");
	at = room + used;
	used += (size + 15) & ~15ul;
	return at;
}

long low(const char *text)
{
	return (long)strcpy(low_room(strlen(text) + 1), text);
}

static long as_libc(long result)
{
	if (result >= 0)
		return result;
	errno = -result;
	return -1;
}

long call32_5(long number, long a, long b, long c, long d, long e)
{
	long result;

	asm volatile("int $0x80" : "=a" (result)
		     : "a" (number), "b" (a), "c" (b), "d" (c), "S" (d), "D" (e)
		     : "r8", "r9", "r10", "r11", "memory");
	return as_libc((int)result);
}

long call32(long number, long a, long b, long c, long d)
{
	return call32_5(number, a, b, c, d, 0);
}

static struct {
	int fd;
	unsigned int *tail, *mask, *array, *head, *done, *done_mask;
	struct io_uring_sqe *operations;
	struct io_uring_cqe *results;
} ring;

static void *map_ring(size_t size, unsigned long offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring.fd, offset);
}

static int open_ring(unsigned int flags)
{
	struct io_uring_params params = { .flags = flags, .sq_thread_idle = 10000 };
	char *submit, *complete;

	ring.fd = syscall(SYS_io_uring_setup, 4, &params);
	if (ring.fd < 0)
		return -1;
	submit = map_ring(params.sq_off.array + params.sq_entries * sizeof(*ring.array),
			  IORING_OFF_SQ_RING);
	complete =
		map_ring(params.cq_off.cqes + params.cq_entries * sizeof(*ring.results),
			 IORING_OFF_CQ_RING);
	ring.operations =
		map_ring(params.sq_entries * sizeof(*ring.operations), IORING_OFF_SQES);
	if (submit == MAP_FAILED || complete == MAP_FAILED ||
	    ring.operations == MAP_FAILED)
		return -1;
	ring.tail = (unsigned int *)(submit + params.sq_off.tail);
	ring.mask = (unsigned int *)(submit + params.sq_off.ring_mask);
	ring.array = (unsigned int *)(submit + params.sq_off.array);
	ring.head = (unsigned int *)(complete + params.cq_off.head);
	ring.done = (unsigned int *)(complete + params.cq_off.tail);
	ring.done_mask = (unsigned int *)(complete + params.cq_off.ring_mask);
	ring.results = (struct io_uring_cqe *)(complete + params.cq_off.cqes);
	return 0;
}

int ring_open(void) { return open_ring(0); }
int ring_open_polled(void) { return open_ring(IORING_SETUP_SQPOLL); }

long ring_submit(const struct io_uring_sqe *operation)
{
	unsigned int index = *ring.tail & *ring.mask;
	long result;

	ring.operations[index] = *operation;
	ring.array[index] = index;
	__atomic_store_n(ring.tail, *ring.tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring.fd, 1, 1,
		    IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP, NULL, 0) < 0)
		return -1;
	while (__atomic_load_n(ring.done, __ATOMIC_ACQUIRE) == *ring.head)
		;
	result = ring.results[*ring.head & *ring.done_mask].res;
	__atomic_store_n(ring.head, *ring.head + 1, __ATOMIC_RELEASE);
	return as_libc(result);
}
