// SPDX-License-Identifier: GPL-2.0
/* Execution of programs, and the environment they are given. */
#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/sched/signal.h>
#include "../collect/collect.h"
#include "execve.h"
#include "hooks.h"

/* What was known of the last round's string must not stand for this one. */
static void forget(struct kl_request *request, u32 slot)
{
	request->present[slot / 64] &= ~BIT_ULL(slot % 64);
	request->unknown[slot / 64] &= ~BIT_ULL(slot % 64);
}

static void name_variable(struct kl_check *check, const struct kl_text *text)
{
	const char *sign;

	forget(&check->request, KL_SLOT_NAME);
	forget(&check->request, KL_SLOT_VALUE);
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

/*
 * Asked once per program and, for scripts, once more per interpreter: these
 * rounds, known by bprm->interp, are not checked again. Interpreters are read.
 */
int kl_hook_bprm_check(struct linux_binprm *bprm)
{
	struct kl_check check kl_uninitialized;
	struct kl_exec exec;
	int err;

	if (bprm->interp != bprm->filename)
		return 0;
	err = kl_execve_checked(bprm);
	if (err || (!kl_check_wanted(KL_OP_EXECUTE) &&
		    !kl_check_wanted(KL_OP_ENVIRON)))
		return err;

	kl_exec_init(&exec, bprm);
	kl_check_init(&check, KL_OP_EXECUTE);
	check.exec = &exec;
	kl_check_object(&check, 0, bprm->file->f_path.mnt,
			bprm->file->f_path.dentry);
	kl_check_number(&check, KL_SLOT_ARGC, bprm->argc);
	kl_check_number(&check, KL_SLOT_ENVC, bprm->envc);
	err = kl_check_run(&check);
	if (!err)
		err = check_environment(&check, &exec);
	kl_check_release(&check);
	kl_exec_release(&exec);
	return err;
}
