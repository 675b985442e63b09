// SPDX-License-Identifier: GPL-2.0
/* One process looking into another, or taking it over. */
#include <linux/binfmts.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/security.h>
#include "../request.h"
#include "../task.h"
#include "hooks.h"
#include "inner.h"

static void start_check(struct kl_check *check, struct task_struct *tracer,
			struct task_struct *target, u64 mode)
{
	kl_check_init(check, KL_OP_PTRACE);
	check->subject = tracer;
	kl_check_target(check, target);
	kl_check_number(check, KL_SLOT_MODE, mode);
}

static int check_access(struct task_struct *tracer, struct task_struct *target,
			u64 mode, bool probe)
{
	struct kl_check check kl_uninitialized;

	start_check(&check, tracer, target, mode);
	check.probe = probe;
	return kl_check_once(&check);
}

/* The kernel does not ask about a process's own threads. */
int kl_hook_ptrace_access_check(struct task_struct *child, unsigned int mode)
{
	if (kl_kernel_acts() || same_thread_group(child, current))
		return 0;
	return check_access(current, child,
			    mode & PTRACE_MODE_ATTACH ? KL_PTRACE_ATTACH :
							KL_PTRACE_READ,
			    mode & PTRACE_MODE_NOAUDIT);
}

/* Who traces is the subject here, too, though it is the other who calls. */
int kl_hook_ptrace_traceme(struct task_struct *parent)
{
	if (parent->flags & PF_KTHREAD)
		return 0;
	return check_access(parent, current, KL_PTRACE_ATTACH, false);
}

/* The program that current is about to run: @past is its history then. */
static void give_program(struct kl_check *check, const struct kl_past *past)
{
	if (!past)
		return;
	check->other.exe = past->exe;
	if (past->exe.data)
		kl_request_text(&check->request, KL_SLOT_TARGET_EXE,
				&check->other.exe);
	else
		kl_slot_add(check->request.unknown, KL_SLOT_TARGET_EXE);
}

static int check_executing(struct task_struct *tracer)
{
	struct kl_state *state = kl_task_get(current, true);
	struct kl_check check kl_uninitialized;
	int err;

	if (IS_ERR(state))
		return PTR_ERR(state) == -ESRCH ? 0 : PTR_ERR(state);
	start_check(&check, tracer, current, KL_PTRACE_ATTACH);
	give_program(&check, state->next_past);
	err = kl_check_once(&check);
	kl_task_put(state);
	return err;
}

/*
 * A process that is traced already executes another program, which this tracer
 * may not be permitted to trace. The kernel calls this once for each execve,
 * with the program that runs in the end, and as the last thing that may fail;
 * nobody else can begin to trace meanwhile. The domain is the new one by now.
 */
int kl_hook_bprm_creds_from_file(struct linux_binprm *bprm,
				 kl_final_file *file)
{
	struct task_struct *tracer;
	int err;

	if (!(bprm->unsafe & LSM_UNSAFE_PTRACE))
		return 0;
	rcu_read_lock();
	tracer = ptrace_parent(current);
	if (tracer)
		get_task_struct(tracer);
	rcu_read_unlock();
	if (!tracer)
		return 0;
	err = check_executing(tracer);
	put_task_struct(tracer);
	return err;
}
