// SPDX-License-Identifier: GPL-2.0
/* The event loop. */
#include <sys/epoll.h>
#include <time.h>

#include "limits.h"
#include "loop.h"

/**
 * struct kl_loop - the event loop
 * @epoll: descriptor of the kernel's part of it
 * @timers: those that are set, the next one due first
 * @events: what epoll_wait() found; a removed watch is taken out of it
 * @pending: number of @events that are not delivered yet, at its end
 * @count: number of @events
 * @stopped: kl_loop_stop() was called
 */
struct kl_loop {
	int epoll;
	struct kl_timer *timers;
	struct epoll_event events[KL_LOOP_EVENTS];
	int pending, count;
	bool stopped;
};

struct kl_loop *kl_loop_new(void)
{
	struct kl_loop *loop = kl_xalloc(1, sizeof(*loop));

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll >= 0)
		return loop;
	free(loop);
	return NULL;
}

void kl_loop_free(struct kl_loop *loop)
{
	if (!loop)
		return;
	close(loop->epoll);
	free(loop);
}

static int control(struct kl_loop *loop, int operation, struct kl_watch *watch,
		   u32 events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	return epoll_ctl(loop->epoll, operation, watch->fd, &event) ? -errno : 0;
}

int kl_loop_add(struct kl_loop *loop, struct kl_watch *watch, u32 events)
{
	return control(loop, EPOLL_CTL_ADD, watch, events);
}

int kl_loop_change(struct kl_loop *loop, struct kl_watch *watch, u32 events)
{
	return control(loop, EPOLL_CTL_MOD, watch, events);
}

void kl_loop_remove(struct kl_loop *loop, struct kl_watch *watch)
{
	int i;

	control(loop, EPOLL_CTL_DEL, watch, 0);
	for (i = loop->count - loop->pending; i < loop->count; i++)
		if (loop->events[i].data.ptr == watch)
			loop->events[i].data.ptr = NULL;
}

u64 kl_loop_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	/* Never 0, which says that a timer is not set. */
	return (u64)now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

void kl_timer_stop(struct kl_loop *loop, struct kl_timer *timer)
{
	struct kl_timer **at = &loop->timers;

	if (!timer->due)
		return;
	while (*at && *at != timer)
		at = &(*at)->next;
	if (*at)
		*at = timer->next;
	timer->due = 0;
	timer->next = NULL;
}

void kl_timer_set(struct kl_loop *loop, struct kl_timer *timer, u64 delay)
{
	struct kl_timer **at = &loop->timers;

	kl_timer_stop(loop, timer);
	timer->due = kl_loop_now() + delay;
	while (*at && (*at)->due <= timer->due)
		at = &(*at)->next;
	timer->next = *at;
	*at = timer;
}

/* One that sets itself again with no delay must not keep the loop here. */
static void expire_timers(struct kl_loop *loop)
{
	struct kl_timer *timer;
	u64 now = kl_loop_now();
	u32 most = KL_LOOP_EVENTS;

	while (most-- && (timer = loop->timers) && timer->due <= now) {
		kl_timer_stop(loop, timer);
		timer->expired(timer);
	}
}

static int time_to_wait(const struct kl_loop *loop)
{
	u64 now = kl_loop_now();

	if (!loop->timers)
		return -1;
	if (loop->timers->due <= now)
		return 0;
	return min_t(u64, loop->timers->due - now, INT_MAX);
}

static void deliver_events(struct kl_loop *loop)
{
	while (loop->pending) {
		struct epoll_event *event = &loop->events[loop->count - loop->pending];
		struct kl_watch *watch = event->data.ptr;

		loop->pending--;
		if (watch)
			watch->ready(watch, event->events);
	}
}

int kl_loop_run(struct kl_loop *loop)
{
	loop->stopped = false;
	while (!loop->stopped) {
		loop->count = epoll_wait(loop->epoll, loop->events, KL_LOOP_EVENTS,
					 time_to_wait(loop));
		if (loop->count < 0 && errno != EINTR)
			return -errno;
		loop->pending = loop->count = max(loop->count, 0);
		deliver_events(loop);
		expire_timers(loop);
	}
	return 0;
}

void kl_loop_stop(struct kl_loop *loop)
{
	loop->stopped = true;
}
