/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon's one event loop: descriptors, timers, signals. */
#ifndef KELLAS_LOOP_H
#define KELLAS_LOOP_H

#include "memory.h"

struct kl_loop;

/**
 * struct kl_watch - a descriptor that the loop watches
 * @fd: open; whoever set it closes it, after kl_loop_remove()
 * @ready: called with the epoll events; may remove and free any watch,
 *	its own too
 * @data: of its owner
 */
struct kl_watch {
	int fd;
	void (*ready)(struct kl_watch *watch, u32 events);
	void *data;
};

/**
 * struct kl_timer - something to be done later, once
 * @expired: called when it is due; may set it again
 * @data: of its owner
 * @due: milliseconds of kl_loop_now(), 0: not set. The loop's own
 * @next: the loop's own
 */
struct kl_timer {
	void (*expired)(struct kl_timer *timer);
	void *data;
	u64 due;
	struct kl_timer *next;
};

struct kl_loop *kl_loop_new(void);
void kl_loop_free(struct kl_loop *loop);

/** kl_loop_add - watch for epoll @events; 0 or a negative errno */
int kl_loop_add(struct kl_loop *loop, struct kl_watch *watch, u32 events);

/** kl_loop_change - watch for other @events, 0 being none; 0 or a negative errno */
int kl_loop_change(struct kl_loop *loop, struct kl_watch *watch, u32 events);

/** kl_loop_remove - no event of it will be delivered any more */
void kl_loop_remove(struct kl_loop *loop, struct kl_watch *watch);

/** kl_loop_now - milliseconds of CLOCK_BOOTTIME; steps of the wall clock do not show */
u64 kl_loop_now(void);

/** kl_timer_set - call @timer's function in @delay milliseconds, instead of whenever it was set for */
void kl_timer_set(struct kl_loop *loop, struct kl_timer *timer, u64 delay);
void kl_timer_stop(struct kl_loop *loop, struct kl_timer *timer);

/** kl_loop_run - until kl_loop_stop(); 0 or a negative errno */
int kl_loop_run(struct kl_loop *loop);
void kl_loop_stop(struct kl_loop *loop);

#endif /* KELLAS_LOOP_H */
