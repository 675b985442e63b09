/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A request inside the kernel: what a handler knows of an operation, what has
 * been collected of it, and its way through kl_decide() to verdict and log.
 */
#ifndef KELLAS_REQUEST_H
#define KELLAS_REQUEST_H

#include <linux/dcache.h>
#include <linux/path.h>
#include "compat.h"
#include "kellas.h"
#include "task.h"

struct kl_exec;

/**
 * struct kl_object - a file that a request is about
 * @path: where it is; dentry NULL: not known yet (the exec object of execute)
 *	or the operation has no such object. Borrowed from the handler's caller
 * @name: storage of its name, once collected
 * @leaf: storage of kl_request.last
 */
struct kl_object {
	struct path path;
	struct kl_text name;
	char leaf[DNAME_INLINE_LEN];
};

/**
 * struct kl_who - storage of attributes of a task
 * @exe, @domain, @comm: texts
 * @name: what @comm refers to
 */
struct kl_who {
	struct kl_text exe;
	struct kl_text domain;
	struct kl_text comm;
	char name[TASK_COMM_LEN];
};

/**
 * struct kl_kept - what keeps attributes of tasks alive, but for current's,
 * which its state keeps unless it is a worker
 * @domain, @past: references, or NULL
 */
struct kl_kept {
	struct kl_domain *domain;
	struct kl_past *past;
};

/* Whose they are. */
enum { KL_KEPT_SUBJECT, KL_KEPT_TARGET, KL_KEPT_PARENT, KL_KEPT_COUNT };

/**
 * struct kl_check - an operation on its way
 * @object: files it is about
 * @subject: who does it; current, but for operations that somebody else
 *	observes (task_exit, task_hang). Borrowed
 * @cred: the subject's, where they are not its own (capability); NULL: its own
 * @target: to whom (signal, ptrace), or NULL. Borrowed
 * @task: storage of attributes of @subject
 * @other: storage of attributes of @target
 * @parent_exe, @cgroup: storage of task.parent.exe, task.cgroup
 * @state: current's, once something of it was collected; a reference
 * @kept: likewise of others; of meaning if @keeps
 * @keeps: @kept was filled in
 * @transition: execute: the domain that an "allow" leads to; a reference
 * @text: storage of the operation's own strings
 * @ip: storage of its address
 * @exec: for execute and environ, else NULL
 * @scratch: taken when the first string is collected
 * @spill: strings that did not fit @scratch, chained by their first word
 * @published: the ruleset that decides; set by kl_check_run()
 * @probe: it is only asked what would be permitted: decided and counted, but
 *	not recorded
 * @atomic: nobody may sleep here: what cannot be collected without is unknown
 * @locked: a lock is held that looking at the process takes (mmap_lock,
 *	s_umount), or that its other threads need (io_uring's): nobody is
 *	waited for
 * @flags: enum kl_record_flag
 * @sleeping: a reference on @published is held instead of RCU
 * @reported: matches were handed out: it is too late to start again
 * @asked: @ask_end is set
 * @ask_end: jiffies when waiting for answers ends
 * @retries: how often a query about it was answered by "retry"
 * @held: ruleset of before a retry that kl_request.transition belongs to, a
 *	reference; or NULL
 * @result: enum kl_result of the last block that matched; KL_NO_RESULT: none
 * @request: what the engine sees
 *
 * Lives on the stack of a handler, kl_uninitialized: kl_check_init() sets what
 * is read.
 */
struct kl_check {
	struct kl_object object[2];
	struct task_struct *subject;
	const struct cred *cred;
	struct task_struct *target;
	struct kl_who task;
	struct kl_who other;
	struct kl_text parent_exe;
	struct kl_text cgroup;
	struct kl_state *state;
	struct kl_kept kept[KL_KEPT_COUNT];
	struct kl_domain *transition;
	struct kl_text text[2];
	struct kl_ip ip;
	struct kl_exec *exec;
	struct kl_scratch *scratch;
	void **spill;
	struct kl_published *published;
	bool probe;
	bool keeps;
	bool atomic;
	bool locked;
	u8 flags;
	bool sleeping;
	bool reported;
	bool asked;
	unsigned long ask_end;
	u32 retries;
	struct kl_published *held;
	u8 result;
	struct kl_request request;
};

#define KL_NO_RESULT	0xff

/**
 * kl_check_wanted - is there a block of this operation, or one of
 * auto_domain_transition that would precede it? Context: any.
 */
bool kl_check_wanted(enum kl_op op);

/** kl_check_init - an operation without objects and parameters */
void kl_check_init(struct kl_check *check, enum kl_op op);

/** kl_check_object - name an object; both are borrowed */
static inline void kl_check_object(struct kl_check *check, int index,
				   struct vfsmount *mnt, struct dentry *dentry)
{
	check->object[index].path.mnt = mnt;
	check->object[index].path.dentry = dentry;
}

/** kl_check_no_object - the operation has none this time: it has no value */
void kl_check_no_object(struct kl_check *check, int index);

/** kl_check_number - give a parameter */
static inline void kl_check_number(struct kl_check *check, u32 slot, u64 number)
{
	kl_request_number(&check->request, slot, number);
}

/** kl_check_text - give a string parameter; @index: 0 or 1, its storage */
static inline void kl_check_text(struct kl_check *check, u32 slot, int index,
				 const char *data, size_t length)
{
	check->text[index].data = data;
	check->text[index].length = length;
	kl_request_text(&check->request, slot, &check->text[index]);
}

/** kl_check_ip - give an address, which is copied */
static inline void kl_check_ip(struct kl_check *check, const struct kl_ip *ip)
{
	check->ip = *ip;
	check->request.value[KL_SLOT_IP].ip = &check->ip;
	kl_slot_add(check->request.present, KL_SLOT_IP);
}

/** kl_check_forget - what was known of an attribute is not so any more */
static inline void kl_check_forget(struct kl_check *check, u32 slot)
{
	struct kl_request *request = &check->request;

	request->present[slot / 64] &= ~BIT_ULL(slot % 64);
	request->absent[slot / 64] &= ~BIT_ULL(slot % 64);
	request->unknown[slot / 64] &= ~BIT_ULL(slot % 64);
}

/** kl_check_target - to whom it is done; borrowed until the release */
static inline void kl_check_target(struct kl_check *check,
				   struct task_struct *target)
{
	check->target = target;
}

/** kl_check_atomic - the caller's caller may not sleep, nor may collectors */
static inline void kl_check_atomic(struct kl_check *check)
{
	check->atomic = true;
}

/**
 * kl_check_run - decide and record
 *
 * auto_domain_transition comes first where it does; a domain that an "allow"
 * leads to is entered at the end, but that of execute, which @transition holds.
 *
 * Context: may sleep, unless kl_check_atomic() was called; then any but NMI. An
 *	    i_rwsem may be held: collectors read dentries and inodes, and only
 *	    the exec object of execve is looked up.
 * Return: 0: permitted; -EPERM: denied; -ENOMEM; -ENOENT if the program of an
 * execve cannot be found again.
 */
int kl_check_run(struct kl_check *check);

/** kl_check_release - free what was collected */
void kl_check_release(struct kl_check *check);

/** kl_check_once - kl_check_run() and kl_check_release() */
int kl_check_once(struct kl_check *check);

/**
 * kl_check_restart - use what was collected for another request
 * @op: its operation: the same, or the other one of execute and environ
 */
void kl_check_restart(struct kl_check *check, enum kl_op op);

/** kl_check_path - a request about one file without parameters */
int kl_check_path(enum kl_op op, const struct path *path);

/** kl_check_plain - a request without object, if it may have one; parameters */
int kl_check_plain(enum kl_op op);

/** kl_check_policy_write - modify_policy for current; 0, -EPERM, -ENOMEM */
int kl_check_policy_write(void);

#endif /* KELLAS_REQUEST_H */
