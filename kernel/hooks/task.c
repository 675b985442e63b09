// SPDX-License-Identifier: GPL-2.0
/* The life of a task, but for its execve. */
#include <linux/err.h>
#include <linux/sched.h>
#include "../compat.h"
#include "../task.h"
#include "hooks.h"

int kl_hook_task_alloc(struct task_struct *task, kl_clone_flags_t clone_flags)
{
	return kl_task_forked(task);
}

void kl_hook_task_free(struct task_struct *task)
{
	kl_task_freed(task);
}

#if KL_PROGRAM_OPENED_IN_EXECVE
/*
 * An execve makes its credentials before all else, in_execve not yet being set:
 * what an earlier one has left must be gone when it opens its program.
 */
int kl_hook_prepare_creds(struct cred *new, const struct cred *old, gfp_t gfp)
{
	struct kl_state *state;

	if (current->in_execve || !kl_task_owns())
		return 0;
	state = kl_task_get(current, false);
	if (IS_ERR(state))
		return 0;
	kl_task_drop_next(state);
	kl_task_put(state);
	return 0;
}
#endif
