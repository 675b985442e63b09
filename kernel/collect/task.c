// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of tasks: of the subject, nearly always current, and of the target
 * of a signal and its like.
 *
 * Names of programs and domains are those of task state. Of current they live
 * as long as its state, of which the check has a reference; of others, and of
 * what a worker goes by, the check refers to each one.
 */
#include <linux/audit.h>
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include "collect.h"

static void constant(struct kl_text *text, const char *value)
{
	text->data = value;
	text->length = strlen(value);
}

int kl_collect_state(struct kl_check *check, bool may_sleep)
{
	struct kl_state *state;

	if (check->state)
		return 0;
	state = kl_task_get(current, may_sleep);
	if (IS_ERR(state))
		return PTR_ERR(state);
	check->state = state;
	return 0;
}

static struct kl_kept *keep(struct kl_check *check, int whose)
{
	if (!check->keeps)
		memset(check->kept, 0, sizeof(check->kept));
	check->keeps = true;
	return &check->kept[whose];
}

/* Context: RCU if it may not sleep, or a reference on @task. */
static int keep_past(struct kl_check *check, struct task_struct *task,
		     int whose, bool may_sleep, const struct kl_past **past)
{
	struct kl_kept *kept = keep(check, whose);
	struct kl_state *state;
	int err = 0;

	rcu_read_lock();
	if (!kept->past)
		kept->past = kl_task_peek_past(task);
	rcu_read_unlock();
	if (!kept->past) {
		state = kl_task_get(task, may_sleep);
		if (IS_ERR(state))
			return PTR_ERR(state);
		kl_task_put(state);
		rcu_read_lock();
		kept->past = kl_task_peek_past(task);
		rcu_read_unlock();
		err = kept->past ? 0 : -ESRCH;
	}
	*past = kept->past;
	return err;
}

static int past_of(struct kl_check *check, struct task_struct *task, int whose,
		   bool may_sleep, const struct kl_past **past)
{
	int err;

	if (task != current || !kl_task_owns())
		return keep_past(check, task, whose, may_sleep, past);
	err = kl_collect_state(check, may_sleep);
	if (!err)
		*past = kl_task_past(check->state);
	return err;
}

/* A task without state, for a moment when all is attached, or idle for ever. */
static int put_exe(struct kl_check *check, u32 slot, struct kl_text *exe,
		   const struct task_struct *task, const struct kl_past *past,
		   int err)
{
	if (err && err != -ESRCH)
		return err;
	if (err && task->flags & PF_KTHREAD)
		constant(exe, "<kernel>");
	else if (err || !past->exe.data) {
		kl_slot_add(check->request.unknown, slot);
		return 0;
	} else {
		*exe = past->exe;
	}
	kl_request_text(&check->request, slot, exe);
	return 0;
}

static int collect_exe(struct kl_check *check, u32 slot, struct kl_who *who,
		       struct task_struct *task, int whose, bool may_sleep)
{
	const struct kl_past *past = NULL;
	int err = past_of(check, task, whose, may_sleep, &past);

	return put_exe(check, slot, &who->exe, task, past, err);
}

static int collect_parent_exe(struct kl_check *check, bool may_sleep)
{
	const struct kl_past *past = NULL;
	struct task_struct *parent;
	int err;

	rcu_read_lock();
	parent = rcu_dereference(check->subject->real_parent);
	get_task_struct(parent);
	rcu_read_unlock();
	err = keep_past(check, parent, KL_KEPT_PARENT, may_sleep, &past);
	err = put_exe(check, KL_SLOT_TASK_PARENT_EXE, &check->parent_exe,
		      parent, past, err);
	put_task_struct(parent);
	return err;
}

static int collect_history(struct kl_check *check, bool may_sleep)
{
	struct kl_request *request = &check->request;
	const struct kl_past *past = NULL;
	int err = past_of(check, check->subject, KL_KEPT_SUBJECT, may_sleep,
			  &past);

	if (err && err != -ESRCH)
		return err;
	if (err) {
		kl_slot_add(request->unknown, KL_SLOT_TASK_HISTORY);
		kl_slot_add(request->unknown, KL_SLOT_TASK_ANCESTOR);
		return 0;
	}
	request->value[KL_SLOT_TASK_HISTORY].history = &past->history;
	request->value[KL_SLOT_TASK_ANCESTOR].history = &past->history;
	kl_slot_add(request->present, KL_SLOT_TASK_HISTORY);
	kl_slot_add(request->present, KL_SLOT_TASK_ANCESTOR);
	return 0;
}

/* A task without state is in the initial domain. */
static void collect_domain(struct kl_check *check, u32 slot, struct kl_who *who,
			   struct task_struct *task, int whose)
{
	const struct kl_domain *domain = kl_domain_initial();
	struct kl_kept *kept;

	if (task != current || !kl_task_owns()) {
		kept = keep(check, whose);
		rcu_read_lock();
		if (!kept->domain)
			kept->domain = kl_task_peek_domain(task);
		rcu_read_unlock();
		domain = kept->domain;
	} else if (!kl_collect_state(check, false)) {
		domain = kl_task_domain(check->state);
	}
	who->domain = domain->name;
	kl_request_text(&check->request, slot, &who->domain);
}

/* It may change at any time; it ends with a NUL at any time. */
static void collect_comm(struct kl_check *check, u32 slot, struct kl_who *who,
			 const struct task_struct *task)
{
	memcpy(who->name, task->comm, sizeof(who->name));
	who->comm.data = who->name;
	who->comm.length = strnlen(who->name, sizeof(who->name) - 1);
	kl_request_text(&check->request, slot, &who->comm);
}

/* The initial user namespace numbers ids as the kernel does. */
static void collect_ids(struct kl_check *check)
{
	struct kl_request *request = &check->request;
	struct task_struct *task = check->subject;
	const struct cred *cred;

	rcu_read_lock();
	cred = check->cred ?: task == current ? current_cred() :
						__task_cred(task);

	kl_request_number(request, KL_SLOT_TASK_PID,
			  task_tgid_nr_ns(task, task_active_pid_ns(task)));
	kl_request_number(request, KL_SLOT_TASK_PPID,
			  task_ppid_nr_ns(task, task_active_pid_ns(task)));
	kl_request_number(request, KL_SLOT_TASK_UID, __kuid_val(cred->uid));
	kl_request_number(request, KL_SLOT_TASK_GID, __kgid_val(cred->gid));
	kl_request_number(request, KL_SLOT_TASK_EUID, __kuid_val(cred->euid));
	kl_request_number(request, KL_SLOT_TASK_EGID, __kgid_val(cred->egid));
	kl_request_number(request, KL_SLOT_TASK_SUID, __kuid_val(cred->suid));
	kl_request_number(request, KL_SLOT_TASK_SGID, __kgid_val(cred->sgid));
	kl_request_number(request, KL_SLOT_TASK_FSUID, __kuid_val(cred->fsuid));
	kl_request_number(request, KL_SLOT_TASK_FSGID, __kgid_val(cred->fsgid));
	rcu_read_unlock();
}

/* Of the process, as /proc/PID/stat has it, if not so rounded. */
static u64 started(const struct task_struct *task)
{
	u64 time;

	rcu_read_lock();
	time = READ_ONCE(task->group_leader)->start_boottime;
	rcu_read_unlock();
	return time;
}

int kl_collect_subject(struct kl_check *check, u32 slot, bool may_sleep)
{
	struct kl_request *request = &check->request;
	struct task_struct *task = check->subject;

	switch (slot) {
	case KL_SLOT_TASK_EXE:
		return collect_exe(check, slot, &check->task, task,
				   KL_KEPT_SUBJECT, may_sleep);
	case KL_SLOT_TASK_DOMAIN:
		collect_domain(check, slot, &check->task, task,
			       KL_KEPT_SUBJECT);
		return 0;
	case KL_SLOT_TASK_COMM:
		collect_comm(check, slot, &check->task, task);
		return 0;
	case KL_SLOT_TASK_AUID:
		kl_request_number(request, slot,
				  __kuid_val(audit_get_loginuid(task)));
		return 0;
	case KL_SLOT_TASK_SESSIONID:
		kl_request_number(request, slot, audit_get_sessionid(task));
		return 0;
	case KL_SLOT_TASK_CGROUP:
		return kl_collect_cgroup(check, may_sleep);
	case KL_SLOT_TASK_START:
		kl_request_number(request, slot, started(task));
		return 0;
	case KL_SLOT_TASK_PARENT_EXE:
		return collect_parent_exe(check, may_sleep);
	case KL_SLOT_TASK_NO_NEW_PRIVS:
		kl_request_number(request, slot, task_no_new_privs(task));
		return 0;
	case KL_SLOT_TASK_ANCESTOR:
	case KL_SLOT_TASK_HISTORY:
		return collect_history(check, may_sleep);
	}
	if (slot <= KL_SLOT_TASK_FSGID)
		collect_ids(check);
	else
		kl_collect_namespace(check, slot);
	return 0;
}

int kl_collect_target(struct kl_check *check, u32 slot, bool may_sleep)
{
	struct kl_request *request = &check->request;
	struct task_struct *target = check->target;

	switch (slot) {
	case KL_SLOT_TARGET_EXE:
		return collect_exe(check, slot, &check->other, target,
				   KL_KEPT_TARGET, may_sleep);
	case KL_SLOT_TARGET_DOMAIN:
		collect_domain(check, slot, &check->other, target,
			       KL_KEPT_TARGET);
		return 0;
	case KL_SLOT_TARGET_COMM:
		collect_comm(check, slot, &check->other, target);
		return 0;
	}
	rcu_read_lock();
	/* As the subject calls it; 0 if it cannot see it. */
	kl_request_number(request, KL_SLOT_TARGET_PID,
			  task_tgid_nr_ns(target,
					  task_active_pid_ns(check->subject)));
	kl_request_number(request, KL_SLOT_TARGET_UID,
			  __kuid_val(__task_cred(target)->uid));
	rcu_read_unlock();
	return 0;
}
