// SPDX-License-Identifier: GPL-2.0
/* The event loop. Broken, the daemon hangs, spins, or uses what was freed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/epoll.h>

#include "loop.h"

static struct kl_loop *loop;
static char order[32];

static int set_up(void **state)
{
	(void)state;
	memset(order, 0, sizeof(order));
	loop = kl_loop_new();
	return loop ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	kl_loop_free(loop);
	return 0;
}

static void note_timer(struct kl_timer *timer)
{
	strncat(order, timer->data, 1);
	if (*(char *)timer->data == 'z')
		kl_loop_stop(loop);
}

/* Retries and fsyncs would come in the wrong order, or never. */
static void timers_in_order(void **state)
{
	struct kl_timer a = { note_timer, "a" }, b = { note_timer, "b" },
			c = { note_timer, "c" }, z = { note_timer, "z" };
	u64 start = kl_loop_now();

	(void)state;
	kl_timer_set(loop, &z, 60);
	kl_timer_set(loop, &b, 20);
	kl_timer_set(loop, &c, 1);
	kl_timer_set(loop, &a, 5);
	kl_timer_set(loop, &a, 30); /* later, instead */
	kl_timer_set(loop, &b, 20);
	kl_timer_stop(loop, &c);
	kl_timer_stop(loop, &c);
	assert_int_equal(kl_loop_run(loop), 0);
	assert_string_equal(order, "baz");
	assert_in_range(kl_loop_now() - start, 59, 5000);
	assert_true(!a.due && !b.due && !c.due && !z.due);
}

static void set_again(struct kl_timer *timer)
{
	int *left = timer->data;

	if (--*left)
		kl_timer_set(loop, timer, 0);
	else
		kl_loop_stop(loop);
}

static void count_ready(struct kl_watch *watch, u32 events)
{
	(void)events;
	++*(int *)watch->data;
}

/* A timer without delay would keep descriptors from being served. */
static void timers_leave_room(void **state)
{
	int left = 1000, ready = 0, ends[2];
	struct kl_timer timer = { set_again, &left };
	struct kl_watch watch = { .ready = count_ready, .data = &ready };

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	watch.fd = ends[0];
	assert_int_equal(kl_loop_add(loop, &watch, EPOLLIN), 0);
	kl_timer_set(loop, &timer, 0);
	assert_int_equal(kl_loop_run(loop), 0);
	assert_in_range(ready, 10, 1000);
	close(ends[0]);
	close(ends[1]);
}

static struct kl_watch *pair[2];

/* Whichever comes first removes and frees both. */
static void remove_both(struct kl_watch *watch, u32 events)
{
	int i;

	assert_non_null(watch);
	assert_true(events & EPOLLIN);
	strcat(order, "r");
	for (i = 0; i < 2; i++) {
		kl_loop_remove(loop, pair[i]);
		close(pair[i]->fd);
		free(pair[i]);
	}
	kl_loop_stop(loop);
}

/* An event of a descriptor that was closed just before would be delivered. */
static void removal_within_a_round(void **state)
{
	int ends[2], i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(pipe(ends), 0);
		assert_int_equal(write(ends[1], "x", 1), 1);
		close(ends[1]);
		pair[i] = kl_xalloc(1, sizeof(*pair[i]));
		pair[i]->fd = ends[0];
		pair[i]->ready = remove_both;
		assert_int_equal(kl_loop_add(loop, pair[i], EPOLLIN), 0);
	}
	assert_int_equal(kl_loop_run(loop), 0);
	assert_string_equal(order, "r");
}

/* A descriptor that is not watched for a while must not spin the loop. */
static void silence(void **state)
{
	int ready = 0, ends[2];
	struct kl_watch watch = { .ready = count_ready, .data = &ready };
	struct kl_timer end = { note_timer, "z" };

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	watch.fd = ends[0];
	assert_int_equal(kl_loop_add(loop, &watch, EPOLLIN), 0);
	assert_int_equal(kl_loop_change(loop, &watch, 0), 0);
	kl_timer_set(loop, &end, 20);
	assert_int_equal(kl_loop_run(loop), 0);
	assert_int_equal(ready, 0);
	assert_int_equal(kl_loop_add(loop, &watch, EPOLLIN), -EEXIST);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(timers_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(timers_leave_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(removal_within_a_round, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(silence, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
