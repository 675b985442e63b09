// SPDX-License-Identifier: GPL-2.0
/* Signals that a process sends, to itself too. */
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include "../request.h"
#include "hooks.h"
#include "inner.h"

/*
 * No system call of a sender gives one of the two special values of @info; the
 * kernel does, so for the signal at a parent's death that a child asked for.
 * @cred is given when USB tells a process that its transfer has ended: current
 * is anybody then.
 */
static bool is_from_kernel(const struct kernel_siginfo *info,
			   const struct cred *cred)
{
	return cred || info == SEND_SIG_NOINFO || info == SEND_SIG_PRIV ||
	       SI_FROMKERNEL(info);
}

int kl_hook_task_kill(struct task_struct *task, struct kernel_siginfo *info,
		      int sig, const struct cred *cred)
{
	struct kl_check check kl_uninitialized;

	if (is_from_kernel(info, cred) || kl_kernel_acts())
		return 0;
	kl_check_init(&check, KL_OP_SIGNAL);
	kl_check_target(&check, task);
	kl_check_number(&check, KL_SLOT_SIG, sig);
	return kl_check_once(&check);
}
