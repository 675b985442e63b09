// SPDX-License-Identifier: GPL-2.0
/* Signals that a process sends, to itself too. */
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include "../request.h"
#include "hooks.h"
#include "inner.h"

/*
 * Who is ending calls nothing more, but the kernel sends its children the signal
 * that they asked for. @cred is given when USB tells a process that its transfer
 * has ended: current is anybody then. Of the two special values of @info, which
 * are no pointers, one is what kill(2) gives on some kernels.
 */
static bool is_from_kernel(const struct kernel_siginfo *info,
			   const struct cred *cred)
{
	if (cred || current->flags & PF_EXITING || info == SEND_SIG_PRIV)
		return true;
	return info != SEND_SIG_NOINFO && SI_FROMKERNEL(info);
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
