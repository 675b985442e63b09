// SPDX-License-Identifier: GPL-2.0
/* Where a task lives: its namespaces and its control group. */
#define pr_fmt(fmt) "kellas: " fmt

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/mnt_namespace.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/static_call.h>
#include <linux/user_namespace.h>
#include "collect.h"

/**
 * struct host - what a task that is in no container sees; set once
 * @pid: inode number of PID 1's pid namespace
 * @mount: of its mount namespace; 0: not known
 * @cgroup: type of the file system of the unified hierarchy, or NULL
 */
static struct host {
	u32 pid;
	u32 mount;
	struct file_system_type *cgroup;
} host __ro_after_init;

static struct ns_common *no_mount_namespace(struct mnt_namespace *namespace)
{
	return NULL;
}

/* Its inode number is private to the kernel's namespace.c. */
DEFINE_STATIC_CALL(mount_namespace, no_mount_namespace);

/*
 * Another task's namespaces are protected by a lock that may be held where we
 * are called; current's by nobody but itself.
 *
 * Return: the inode number, 0 if it cannot be told.
 */
static u32 mount_number(struct task_struct *task)
{
	const struct ns_common *common = NULL;
	u32 number = 0;

	if (task != current && !spin_trylock(&task->alloc_lock))
		return 0;
	if (task->nsproxy)
		common = static_call(mount_namespace)(task->nsproxy->mnt_ns);
	if (common)
		number = common->inum;
	if (task != current)
		spin_unlock(&task->alloc_lock);
	return number;
}

/* Return: the inode number, 0 for a task that is no more. */
static u32 pid_number(struct task_struct *task)
{
	const struct pid_namespace *namespace;
	u32 number = 0;

	rcu_read_lock();
	namespace = task_active_pid_ns(task);
	if (namespace)
		number = namespace->ns.inum;
	rcu_read_unlock();
	return number;
}

static u32 user_number(const struct kl_check *check)
{
	struct task_struct *task = check->subject;
	const struct cred *cred;
	u32 number;

	rcu_read_lock();
	cred = check->cred ?: task == current ? current_cred() :
						__task_cred(task);
	number = cred->user_ns->ns.inum;
	rcu_read_unlock();
	return number;
}

static void put_number(struct kl_check *check, u32 slot, u32 number)
{
	if (number)
		kl_request_number(&check->request, slot, number);
	else
		kl_slot_add(check->request.absent, slot);
}

/* One that is known to differ is enough. */
static void put_container(struct kl_check *check)
{
	u32 pid = pid_number(check->subject);
	u32 mount = mount_number(check->subject);
	bool differs = (pid && pid != host.pid) ||
		       (mount && mount != host.mount);

	if (differs || (pid && mount))
		kl_request_number(&check->request, KL_SLOT_TASK_CONTAINER,
				  differs);
	else
		kl_slot_add(check->request.unknown, KL_SLOT_TASK_CONTAINER);
}

void kl_collect_namespace(struct kl_check *check, u32 slot)
{
	switch (slot) {
	case KL_SLOT_TASK_PIDNS:
		put_number(check, slot, pid_number(check->subject));
		break;
	case KL_SLOT_TASK_MNTNS:
		put_number(check, slot, mount_number(check->subject));
		break;
	case KL_SLOT_TASK_USERNS:
		put_number(check, slot, user_number(check));
		break;
	default:
		put_container(check);
		break;
	}
}

/* Mounted nowhere, the unified hierarchy holds everybody in its root. */
ssize_t kl_cgroup_path(struct task_struct *task, char *room, size_t size)
{
	ssize_t length;

	if (!host.cgroup || hlist_empty(&host.cgroup->fs_supers))
		return -ENOENT;
	rcu_read_lock();
	length = cgroup_path(task_dfl_cgroup(task), room, size);
	rcu_read_unlock();
	return length < 0 || length >= size ? -ENAMETOOLONG : length;
}

int kl_collect_cgroup(struct kl_check *check, bool may_sleep)
{
	char *room;
	ssize_t length;

	if (!host.cgroup || hlist_empty(&host.cgroup->fs_supers)) {
		kl_slot_add(check->request.absent, KL_SLOT_TASK_CGROUP);
		return 0;
	}
	room = kl_scratch_take(check, PATH_MAX, may_sleep);
	if (!room && !may_sleep)
		return -EAGAIN;
	if (!room)
		return -ENOMEM;
	length = kl_cgroup_path(check->subject, room, PATH_MAX);
	if (length < 0) {
		kl_slot_add(check->request.unknown, KL_SLOT_TASK_CGROUP);
		return 0;
	}
	check->cgroup = (struct kl_text){ room, length };
	kl_request_text(&check->request, KL_SLOT_TASK_CGROUP, &check->cgroup);
	return 0;
}

static void __init find_mount_namespaces(void)
{
	struct kprobe probe = {
		.symbol_name = "from_mnt_ns",
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err) {
		pr_warn("from_mnt_ns: not found (%d): task.mntns has no value\n",
			err);
		return;
	}
	static_call_update(mount_namespace, (void *)probe.addr);
	unregister_kprobe(&probe);
}

int __init kl_namespace_init(void)
{
	struct task_struct *first;

	find_mount_namespaces();
	host.cgroup = get_fs_type("cgroup2");
	rcu_read_lock();
	first = pid_task(find_pid_ns(1, &init_pid_ns), PIDTYPE_PID);
	if (first)
		get_task_struct(first);
	rcu_read_unlock();
	if (WARN_ON(!first))
		return -ESRCH;
	host.pid = pid_number(first);
	host.mount = mount_number(first);
	put_task_struct(first);
	return 0;
}
