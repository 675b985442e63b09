// SPDX-License-Identifier: GPL-2.0
/*
 * Execution of programs, and the environment they are given.
 *
 * The kernel calls, for an execve: bprm_creds_for_exec when the program has
 * been opened; bprm_check for it and, if it is a script, for each interpreter;
 * bprm_committed_creds when there is no way back. Nothing is called when it
 * fails. So what the task will be is kept beside what it is: its domain, which
 * its own hooks see from the first bprm_check on, and its history, which they
 * see at the end.
 */
#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include "../collect/collect.h"
#include "../task.h"
#include "hooks.h"

static void name_variable(struct kl_check *check, const struct kl_text *text)
{
	const char *sign;

	/* What was known of the last string must not stand for this one. */
	kl_check_forget(check, KL_SLOT_NAME);
	kl_check_forget(check, KL_SLOT_VALUE);
	if (!text->data) {
		kl_slot_add(check->request.unknown, KL_SLOT_NAME);
		kl_slot_add(check->request.unknown, KL_SLOT_VALUE);
		return;
	}
	sign = memchr(text->data, '=', text->length);
	if (!sign)
		sign = text->data + text->length;
	kl_check_text(check, KL_SLOT_NAME, 0, text->data, sign - text->data);
	if (sign < text->data + text->length)
		sign++;
	kl_check_text(check, KL_SLOT_VALUE, 1, sign,
		      text->data + text->length - sign);
}

/* Each string of the environment in order; the first refused ends it. */
static int check_environment(struct kl_check *check, struct kl_exec *exec)
{
	u32 i;
	int err;

	if (!kl_check_wanted(KL_OP_ENVIRON))
		return 0;
	err = kl_exec_read(exec);
	for (i = 0; i < exec->args.envc && !err; i++) {
		kl_check_restart(check, KL_OP_ENVIRON);
		name_variable(check, &exec->args.text[exec->args.argc + i]);
		err = kl_check_run(check);
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	return err;
}

static void start_check(struct kl_check *check, struct kl_exec *exec,
			struct linux_binprm *bprm)
{
	kl_exec_init(exec, bprm);
	kl_check_init(check, KL_OP_EXECUTE);
	check->exec = exec;
	kl_check_object(check, 0, bprm->file->f_path.mnt,
			bprm->file->f_path.dentry);
	kl_check_number(check, KL_SLOT_ARGC, bprm->argc);
	kl_check_number(check, KL_SLOT_ENVC, bprm->envc);
}

/* The environment is already that of the new domain. */
static noinline int check_program(struct linux_binprm *bprm,
				  struct kl_state *state)
{
	struct kl_check check kl_uninitialized;
	struct kl_exec exec;
	int err;

	if (!kl_check_wanted(KL_OP_EXECUTE) && !kl_check_wanted(KL_OP_ENVIRON))
		return 0;
	start_check(&check, &exec, bprm);
	err = kl_check_run(&check);
	if (!err && check.transition) {
		state->next_domain = check.transition;
		check.transition = NULL;
		kl_check_forget(&check, KL_SLOT_TASK_DOMAIN);
	}
	if (!err)
		err = check_environment(&check, &exec);
	kl_check_release(&check);
	kl_exec_release(&exec);
	return err;
}

/* AT_EXECVE_CHECK: what would be decided, and nothing else. */
static noinline int check_question(struct linux_binprm *bprm)
{
	struct kl_check check kl_uninitialized;
	struct kl_exec exec;
	int err;

	if (!kl_check_wanted(KL_OP_EXECUTE))
		return 0;
	start_check(&check, &exec, bprm);
	check.flags |= KL_RECORD_CHECK;
	err = kl_check_run(&check);
	kl_check_release(&check);
	kl_exec_release(&exec);
	return err;
}

/* Whatever an earlier execve has left behind, it failed. */
int kl_hook_bprm_creds_for_exec(struct linux_binprm *bprm)
{
	struct kl_state *state = kl_task_get(current, true);

	if (IS_ERR(state))
		return PTR_ERR(state) == -ESRCH ? 0 : PTR_ERR(state);
	kl_task_drop_next(state);
	if (!kl_bprm_is_check(bprm)) {
		state->executing = true;
		state->manager = false;
	}
	kl_task_put(state);
	return kl_bprm_is_check(bprm) ? check_question(bprm) : 0;
}

/* Of a script and its interpreters the last one is the program that runs. */
static int follow(struct kl_state *state, const struct linux_binprm *bprm)
{
	struct kl_past *past;

	past = kl_past_executed(kl_task_past(state), &bprm->file->f_path);
	if (IS_ERR(past))
		return PTR_ERR(past);
	kl_past_put(state->next_past);
	state->next_past = past;
	return 0;
}

/*
 * The rounds of interpreters, known by bprm->interp, are not checked:
 * interpreters are read.
 */
int kl_hook_bprm_check(struct linux_binprm *bprm)
{
	struct kl_state *state = kl_task_get(current, true);
	int err = 0;

	if (IS_ERR(state))
		return PTR_ERR(state) == -ESRCH ? 0 : PTR_ERR(state);
	if (bprm->interp == bprm->filename)
		err = check_program(bprm, state);
	if (!err)
		err = follow(state, bprm);
	if (err)
		kl_task_drop_next(state);
	kl_task_put(state);
	return err;
}

/*
 * An execve that was under way when this was attached has no history prepared.
 * If there is no memory for one now, the task gets a new state at its next
 * request.
 */
void kl_hook_bprm_committed_creds(kl_committed_bprm_t *bprm)
{
	struct kl_state *state = kl_task_get(current, true);

	if (IS_ERR(state))
		return;
	if (!state->next_past && follow(state, bprm))
		kl_task_freed(current);
	else
		kl_task_commit_next(state);
	kl_task_put(state);
}
