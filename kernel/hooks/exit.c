// SPDX-License-Identifier: GPL-2.0
/* The end of a process: of its last thread, once. */
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/task_io_accounting_ops.h>
#include "../request.h"
#include "hooks.h"

#if !KL_EXIT_TELLS_LAST

/**
 * struct claim - a process of several threads whose end has been told
 * @tgid: its pid in the initial namespace
 * @started: start time of its first thread: pids come back
 */
struct claim {
	pid_t tgid;
	u64 started;
};

/* A slot is free again when all threads of its process are dead. */
static struct {
	raw_spinlock_t lock;
	struct claim claim[KL_EXITS_MAX];
} claims = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(claims.lock),
};

static bool is_claimed(const struct claim *claim)
{
	unsigned int i;

	for (i = 0; i < KL_EXITS_MAX; i++)
		if (claims.claim[i].tgid == claim->tgid &&
		    claims.claim[i].started == claim->started)
			return true;
	return false;
}

/* No thread of it will come any more. Under RCU. */
static bool is_over(const struct claim *claim)
{
	struct pid *pid = find_pid_ns(claim->tgid, &init_pid_ns);
	struct task_struct *leader = pid_task(pid, PIDTYPE_TGID);
	struct task_struct *thread;

	if (!leader || leader->start_time != claim->started)
		return true;
	for_each_thread(leader, thread)
		if (!READ_ONCE(thread->exit_state))
			return false;
	return true;
}

static void put_claim(const struct claim *claim)
{
	unsigned int i;

	for (i = 0; i < KL_EXITS_MAX; i++)
		if (!claims.claim[i].tgid || is_over(&claims.claim[i]))
			break;
	if (i < KL_EXITS_MAX)
		claims.claim[i] = *claim;
}

/*
 * Threads that end together may all find none left that lives. The first of
 * them to come here speaks for the process; when the last one comes, the others
 * may have been forgotten by the kernel already, but not by us.
 */
static bool is_last(struct task_struct *task)
{
	const struct claim claim = {
		.tgid = task->tgid,
		.started = task->group_leader->start_time,
	};
	bool last;

	if (atomic_read(&task->signal->live))
		return false;
	rcu_read_lock();
	raw_spin_lock(&claims.lock);
	last = !is_claimed(&claim);
	if (last && !thread_group_empty(task))
		put_claim(&claim);
	raw_spin_unlock(&claims.lock);
	rcu_read_unlock();
	return last;
}

#endif

/* What dead threads have read and written, and those that still are dying. */
static void give_io(struct kl_check *check, struct task_struct *task)
{
#ifdef CONFIG_TASK_IO_ACCOUNTING
	struct task_io_accounting io;
	struct task_struct *thread;

	rcu_read_lock();
	spin_lock_irq(&task->sighand->siglock);
	io = task->signal->ioac;
	for_each_thread(task, thread)
		task_io_accounting_add(&io, &thread->ioac);
	spin_unlock_irq(&task->sighand->siglock);
	rcu_read_unlock();
	kl_check_number(check, KL_SLOT_READ_BYTES, io.read_bytes);
	kl_check_number(check, KL_SLOT_WRITE_BYTES, io.write_bytes);
#endif
}

/* As wait(2) tells: a process that was killed has no exit code. */
static void tell_end(struct task_struct *task)
{
	int status = task->signal->group_exit_code;
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_TASK_EXIT);
	check.subject = task;
	if (!(status & 0x7f))
		kl_check_number(&check, KL_SLOT_EXIT_CODE, status >> 8 & 0xff);
	kl_check_number(&check, KL_SLOT_EXIT_SIGNAL, status & 0x7f);
	give_io(&check, task);
	kl_check_once(&check);
}

#if KL_EXIT_TELLS_LAST
void kl_probe_sched_process_exit(struct task_struct *task, bool last)
{
	if (last && !(task->flags & PF_KTHREAD))
		tell_end(task);
}
#else
void kl_probe_sched_process_exit(struct task_struct *task)
{
	if (!(task->flags & PF_KTHREAD) && is_last(task))
		tell_end(task);
}
#endif
