// SPDX-License-Identifier: GPL-2.0
/* Tasks that the kernel's watchdog finds hanging: they are the subject. */
#include "../request.h"
#include "hooks.h"

void kl_probe_sched_process_hang(struct task_struct *task)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_TASK_HANG);
	check.subject = task;
	kl_check_once(&check);
}
