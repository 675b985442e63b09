// SPDX-License-Identifier: GPL-2.0
/* The bpf system call, by programs of type syscall too. */
#include "../request.h"
#include "hooks.h"

int kl_hook_bpf(KL_BPF_PARAMETERS)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_BPF);
	kl_check_number(&check, KL_SLOT_CMD, (unsigned int)cmd);
	return kl_check_once(&check);
}
