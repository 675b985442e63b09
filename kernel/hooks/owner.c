// SPDX-License-Identifier: GPL-2.0
/*
 * The owner of a file gets a signal when there is something to read or write.
 * Who arranges that chooses which one, and is unknown when it is sent, in any
 * context: so it is asked now, as if it were sent to each process that it may
 * go to.
 */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/sockios.h>
#include <linux/uaccess.h>
#include "../request.h"
#include "inner.h"
#include "owner.h"

/**
 * struct owner - who gets the signals of a file
 * @pid: a reference; NULL: nobody
 * @type: whether it is a thread, a process or a group
 */
struct owner {
	struct pid *pid;
	enum pid_type type;
};

static int check_task(struct task_struct *task, int sig)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_SIGNAL);
	kl_check_target(&check, task);
	kl_check_number(&check, KL_SLOT_SIG, sig);
	return kl_check_once(&check);
}

/* "signal" is asked without sleeping: all under RCU. */
static int check_signal(const struct owner *owner, int sig)
{
	struct task_struct *task;
	int err = 0;

	rcu_read_lock();
	if (owner->type == PIDTYPE_PGID) {
		do_each_pid_task(owner->pid, PIDTYPE_PGID, task) {
			if (!err)
				err = check_task(task, sig);
		} while_each_pid_task(owner->pid, PIDTYPE_PGID, task);
	} else {
		task = pid_task(owner->pid, owner->type);
		err = task ? check_task(task, sig) : 0;
	}
	rcu_read_unlock();
	return err;
}

/* SIGURG, which sockets send, cannot be exchanged for another one. */
static int check_owner(struct file *file, const struct owner *owner)
{
	const struct fown_struct *old = kl_file_owner(file);
	int err;

	if (!owner->pid)
		return 0;
	err = check_signal(owner, (old ? READ_ONCE(old->signum) : 0) ?: SIGIO);
	if (!err && S_ISSOCK(file_inode(file)->i_mode))
		err = check_signal(owner, SIGURG);
	return err;
}

static struct pid *get_vpid(int number)
{
	struct pid *pid;

	rcu_read_lock();
	pid = get_pid(find_vpid(number));
	rcu_read_unlock();
	return pid;
}

/* Negative: a group. */
static int check_number(struct file *file, int who)
{
	struct owner owner = { .type = PIDTYPE_TGID };
	int err;

	if (!who || who == INT_MIN)
		return 0;
	if (who < 0)
		owner.type = PIDTYPE_PGID;
	owner.pid = get_vpid(abs(who));
	err = check_owner(file, &owner);
	put_pid(owner.pid);
	return err;
}

/* The kernel reads it once more: another thread may have changed it by then. */
static int check_extended(struct file *file, const void __user *arg)
{
	struct f_owner_ex wanted;
	struct owner owner;
	int err;

	if (copy_from_user(&wanted, arg, sizeof(wanted)))
		return 0;
	switch (wanted.type) {
	case F_OWNER_TID:
		owner.type = PIDTYPE_PID;
		break;
	case F_OWNER_PID:
		owner.type = PIDTYPE_TGID;
		break;
	case F_OWNER_PGRP:
		owner.type = PIDTYPE_PGID;
		break;
	default:
		return 0;
	}
	owner.pid = get_vpid(wanted.pid);
	err = check_owner(file, &owner);
	put_pid(owner.pid);
	return err;
}

/* Another signal for whoever is the owner already. */
static int check_setsig(struct file *file, unsigned long sig)
{
	struct fown_struct *old = kl_file_owner(file);
	struct owner owner;
	int err = 0;

	if (!old || !valid_signal(sig))
		return 0;
	read_lock_irq(&old->lock);
	owner.pid = get_pid(old->pid);
	owner.type = old->pid_type;
	read_unlock_irq(&old->lock);
	if (owner.pid)
		err = check_signal(&owner, sig ?: SIGIO);
	put_pid(owner.pid);
	return err;
}

int kl_owner_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if ((cmd != F_SETOWN && cmd != F_SETOWN_EX && cmd != F_SETSIG) ||
	    kl_kernel_acts() || !kl_check_wanted(KL_OP_SIGNAL))
		return 0;
	if (cmd == F_SETOWN)
		return check_number(file, arg);
	if (cmd == F_SETOWN_EX)
		return check_extended(file, (const void __user *)arg);
	return check_setsig(file, arg);
}

/* Both are for sockets only; to other files the numbers mean something else. */
int kl_owner_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int who;

	if ((cmd != FIOSETOWN && cmd != SIOCSPGRP) || kl_kernel_acts() ||
	    !S_ISSOCK(file_inode(file)->i_mode) ||
	    !kl_check_wanted(KL_OP_SIGNAL))
		return 0;
	/* As above. */
	if (get_user(who, (const int __user *)arg))
		return 0;
	return check_number(file, who);
}
