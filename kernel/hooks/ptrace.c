// SPDX-License-Identifier: GPL-2.0
/* One process looking into another, or taking it over. */
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include "../request.h"
#include "hooks.h"
#include "inner.h"

static int check_access(struct task_struct *tracer, struct task_struct *target,
			u64 mode, bool probe)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_PTRACE);
	check.subject = tracer;
	kl_check_target(&check, target);
	check.probe = probe;
	kl_check_number(&check, KL_SLOT_MODE, mode);
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
