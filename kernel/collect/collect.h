/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Filling the slots of a request. A collector runs at most once per group of
 * slots and request; it calls no function that would call a security_*()
 * function that a handler stands before, except kern_path() for the exec
 * object, and that calls none of table.def.
 *
 * Collectors that are given may_sleep return -EAGAIN if they would have to and
 * may not; then they are called again outside RCU. All of them may be called
 * under RCU otherwise.
 */
#ifndef KELLAS_COLLECT_H
#define KELLAS_COLLECT_H

#include "../request.h"

struct linux_binprm;

/**
 * kl_collect - make one slot present, absent or unknown
 *
 * Slots that cost nothing more are filled with it.
 *
 * Return: 0, -EAGAIN, -ENOMEM, -ENOENT.
 */
int kl_collect(struct kl_check *check, u32 slot, bool may_sleep);

/** kl_collect_record - all that a record of the request prints */
int kl_collect_record(struct kl_check *check, bool may_sleep);

/* path.c */

/** kl_path_init - find the kernel's d_absolute_path(). Context: module_init. */
int kl_path_init(void);

/**
 * kl_path_name - the pathname of a file as policies know it
 * @text: set to raw bytes that live as long as @check
 *
 * Return: 0; -EAGAIN, -ENOMEM; -E2BIG if it is longer than KL_STRING_MAX.
 */
int kl_path_name(struct kl_check *check, const struct path *path,
		 bool may_sleep, struct kl_text *text);

/**
 * kl_path_is_private - is the mount in no tree of mounts?
 * Context: any. The mount must be alive.
 */
bool kl_path_is_private(const struct path *path);

/**
 * kl_path_leaf - last component of the name, if it is known beyond doubt
 * @object: its @leaf receives the bytes
 * @text: set to them; data NULL if not known
 *
 * Context: RCU.
 */
void kl_path_leaf(struct kl_object *object, struct kl_text *text);

/* inode.c */

/** kl_collect_inode - attributes of object @index. Context: any. */
void kl_collect_inode(struct kl_check *check, int index);

/** kl_collect_parent - attributes of its directory. Context: any. */
void kl_collect_parent(struct kl_check *check, int index);

/**
 * kl_scratch_take - room for a string, which lives as long as @check
 * @size: bytes, at most
 * Context: any.
 * Return: the room; NULL: there is none, or it would have to sleep.
 */
char *kl_scratch_take(struct kl_check *check, size_t size, bool may_sleep);

/* task.c */

/**
 * kl_collect_state - current's state as @check->state
 * Return: 0, -EAGAIN, -ENOMEM; -ESRCH: tasks have none.
 */
int kl_collect_state(struct kl_check *check, bool may_sleep);

/** kl_collect_subject - any attribute task.X. Return: as kl_collect() */
int kl_collect_subject(struct kl_check *check, u32 slot, bool may_sleep);

/** kl_collect_target - any attribute target.X. Return: as kl_collect() */
int kl_collect_target(struct kl_check *check, u32 slot, bool may_sleep);

/* namespace.c */

/** kl_namespace_init - learn what PID 1 sees. Context: module_init. 0 */
int kl_namespace_init(void);

/** kl_collect_namespace - task.{pid,mnt,user}ns, container. Context: any. */
void kl_collect_namespace(struct kl_check *check, u32 slot);

/**
 * kl_cgroup_path - where a task is in the unified hierarchy of control groups
 * @room: receives the path; @size bytes
 *
 * Context: any; with a reference on @task.
 * Return: its length; -ENOENT: there is no such hierarchy; -ENAMETOOLONG.
 */
ssize_t kl_cgroup_path(struct task_struct *task, char *room, size_t size);

/** kl_collect_cgroup - task.cgroup. Return: as kl_collect() */
int kl_collect_cgroup(struct kl_check *check, bool may_sleep);

/* exec_args.c */

/**
 * struct kl_exec - an execve on its way
 * @bprm: the kernel's
 * @path: requested name, looked up again; dentry NULL until then
 * @raw: copy of all strings as the kernel has put them
 * @args: views into it; @args.text NULL until collected
 */
struct kl_exec {
	struct linux_binprm *bprm;
	struct path path;
	char *raw;
	struct kl_args args;
};

void kl_exec_init(struct kl_exec *exec, struct linux_binprm *bprm);
void kl_exec_release(struct kl_exec *exec);

/** kl_exec_lookup - find @exec->path. Context: may sleep. 0 or -ENOENT. */
int kl_exec_lookup(struct kl_exec *exec);

/** kl_exec_read - copy the arguments. Context: may sleep. 0 or -ENOMEM. */
int kl_exec_read(struct kl_exec *exec);

#endif /* KELLAS_COLLECT_H */
