/* SPDX-License-Identifier: GPL-2.0-only */
/* System calls by ways that the C library does not offer. */
#ifndef CALLS_H
#define CALLS_H

#include <linux/io_uring.h>
#include <stdint.h>

/** low - a copy of a string below 4 GiB, for call32() */
long low(const char *text);

/** low_room - so many zeroed bytes below 4 GiB */
void *low_room(unsigned long size);

/** call32 - a system call by the 32-bit entry. Return: result, or -1 and errno */
long call32(long number, long a, long b, long c, long d);

/** call32_5 - the same with five arguments */
long call32_5(long number, long a, long b, long c, long d, long e);

/** ring_open - get ready to use io_uring. Return: 0, or -1 and errno */
int ring_open(void);

/**
 * ring_open_polled - the same, with a thread of the kernel that submits (SQPOLL)
 *
 * Only one ring is open; it is forgotten, not closed, when another one is opened.
 */
int ring_open_polled(void);

/** ring_submit - one operation, waited for. Return: result, or -1 and errno */
long ring_submit(const struct io_uring_sqe *operation);

#endif
