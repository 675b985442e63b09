// SPDX-License-Identifier: GPL-2.0
/*
 * The engine's ring in the kernel: who wakes its readers, and who keeps it.
 *
 * A writer may hold locks that waking somebody up could need, and a busy host
 * would be spent on wake-ups: so readers are woken by a timer, some ticks after
 * a record that found them waiting; but at once when a request waits for the
 * keeper.
 */
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>
#include "kellas.h"
#include "linux_audit.h"
#include "pollers.h"

/* Ticks. */
#define WAKE_SOON	(msecs_to_jiffies(10) + 1)
#define WAKE_LATER	(HZ + 1)

static void wake_readers(struct timer_list *timer)
{
	wake_up_interruptible_all(kellas.log.wait);
}

static void wake(struct timer_list *timer, unsigned long delay)
{
	if (!timer_pending(timer))
		mod_timer(timer, jiffies + delay);
}

/* Set before something was lost, it is too early for that: wake once more. */
static void wake_later(struct timer_list *timer)
{
	if (xchg(&kellas.log.again, false))
		mod_timer(timer, jiffies + WAKE_LATER);
	wake_readers(timer);
}

void kl_log_wake(void)
{
	if (kl_ring_wake(kellas.log.ring))
		wake(&kellas.log.soon, WAKE_SOON);
}

/* A record was not made: say so now if that is due, and look once more. */
static void notice(void)
{
	kl_log_wake();
	xchg(&kellas.log.again, true);
	wake(&kellas.log.later, WAKE_LATER);
}

bool kl_log_skips_current(void)
{
	const struct pid *keeper = READ_ONCE(kellas.log.keeper);

	return keeper && keeper == task_tgid(current);
}

bool kl_log_admit(const struct kl_quota *quota,
		  const struct kl_record_meta *meta)
{
	struct kl_record_meta exact = *meta;

	/* A rate may be finer than ticks. */
	if (quota->audit[meta->audit].rate)
		exact.time = ktime_get_real_ns();
	switch (kl_ring_admit(kellas.log.ring, quota, &exact)) {
	case KL_RING_RESERVED:
		return true;
	case KL_RING_UNWANTED:
		return false;
	default:
		notice();
		return false;
	}
}

u64 kl_log_write(const struct kl_request *request,
		 const struct kl_quota *quota,
		 const struct kl_record_meta *meta, struct kl_hits *hits)
{
	struct kl_ring *ring = kellas.log.ring;
	bool to_audit = quota->audit[meta->audit].to_audit;
	struct kl_record_draft draft;
	size_t size = kl_record_measure(&draft, request, meta);
	struct kl_ring_slot slot;
	u64 sequence = 0;

	switch (kl_ring_reserve(ring, quota, meta, hits, size, &slot)) {
	case KL_RING_RESERVED:
		sequence = slot.sequence;
		kl_record_write(&draft, slot.data);
		if (kl_ring_commit(ring, &slot))
			wake(&kellas.log.soon, WAKE_SOON);
		break;
	case KL_RING_LOST:
		/* Who reads nothing but audit's log shall have it. */
		notice();
		break;
	case KL_RING_UNWANTED:
		return 0;
	default:
		notice();
		return 0;
	}
	if (to_audit)
		kl_linux_audit_copy(request, meta, sequence);
	return sequence;
}

int kl_log_acknowledge(u64 sequence)
{
	struct kl_log *log = &kellas.log;
	struct kl_ring_stat stat;

	kl_ring_stat(log->ring, &stat);
	if (sequence >= stat.next)
		return -EINVAL;
	mutex_lock(&log->keeper_lock);
	if (sequence > log->acknowledged)
		WRITE_ONCE(log->acknowledged, sequence);
	mutex_unlock(&log->keeper_lock);
	wake_up_all(&log->acks);
	return 0;
}

static bool need_wait(u64 sequence)
{
	return READ_ONCE(kellas.log.keeper) &&
	       rcu_access_pointer(kellas.core.published) &&
	       READ_ONCE(kellas.log.acknowledged) < sequence &&
	       READ_ONCE(kellas.log.released) < sequence;
}

void kl_log_wait(u64 sequence, u32 milliseconds)
{
	struct kl_log *log = &kellas.log;
	long left = msecs_to_jiffies(milliseconds);
	DEFINE_WAIT(wait);

	if (!need_wait(sequence))
		return;
	kl_counter_add(&log->waited, 1);
	wake_up_interruptible_all(log->wait);
	/* Locks may be held that others wait for, as with queries. */
	do {
		prepare_to_wait(&log->acks, &wait,
				TASK_KILLABLE | TASK_FREEZABLE_UNSAFE);
		if (!need_wait(sequence) || fatal_signal_pending(current))
			break;
		left = schedule_timeout(left);
	} while (left);
	finish_wait(&log->acks, &wait);
	if (READ_ONCE(log->acknowledged) < sequence)
		kl_counter_add(&log->unacknowledged, 1);
}

void kl_log_release(void)
{
	struct kl_ring_stat stat;

	kl_ring_stat(kellas.log.ring, &stat);
	WRITE_ONCE(kellas.log.released, stat.next - 1);
	wake_up_all(&kellas.log.acks);
}

int kl_log_keep(struct kl_ring_reader *reader)
{
	struct pid *old;
	int err;

	mutex_lock(&kellas.log.keeper_lock);
	err = kl_ring_keep(reader);
	if (!err) {
		old = kellas.log.keeper;
		WRITE_ONCE(kellas.log.keeper, get_pid(task_tgid(current)));
		put_pid(old);
	}
	mutex_unlock(&kellas.log.keeper_lock);
	return err;
}

void kl_log_keep_end(void)
{
	struct pid *old;

	mutex_lock(&kellas.log.keeper_lock);
	old = kellas.log.keeper;
	WRITE_ONCE(kellas.log.keeper, NULL);
	mutex_unlock(&kellas.log.keeper_lock);
	put_pid(old);
	wake_up_all(&kellas.log.acks);
}

void kl_log_configure(const struct kl_quota *quota)
{
	u64 size = quota->memory[KL_MEMORY_AUDIT] ?: KL_AUDIT_MEMORY;

	size = min_t(u64, size, KL_AUDIT_MEMORY_MAX);
	if (kl_ring_resize(kellas.log.ring, size))
		pr_warn("kellas: no memory for a log of %llu bytes, it keeps its size\n",
			size);
	kl_ring_drop_oldest(kellas.log.ring, quota->drop_oldest);
}

int kl_log_init(void)
{
	struct kl_log *log = &kellas.log;

	init_waitqueue_head(&log->acks);
	mutex_init(&log->keeper_lock);
	timer_setup(&log->soon, wake_readers, 0);
	timer_setup(&log->later, wake_later, 0);
	log->wait = kl_pollers_new();
	if (!log->wait)
		return -ENOMEM;
	log->ring = kl_ring_new(KL_AUDIT_MEMORY);
	if (log->ring)
		return 0;
	kl_pollers_free(log->wait);
	return -ENOMEM;
}

void kl_log_leave(void)
{
	WRITE_ONCE(kellas.log.leaving, true);
	wake_up_all(kellas.log.wait);
}

void kl_log_exit(void)
{
	timer_delete_sync(&kellas.log.soon);
	timer_delete_sync(&kellas.log.later);
	kl_pollers_free(kellas.log.wait);
	kl_ring_free(kellas.log.ring);
}
