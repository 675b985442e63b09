// SPDX-License-Identifier: GPL-2.0
/*
 * Credentials that a process gives itself. Which attributes have a value tells
 * what it sets: user ids, group ids, or neither of them.
 */
#include <linux/cred.h>
#include "../request.h"
#include "hooks.h"
#include "inner.h"

int kl_hook_task_fix_setuid(struct cred *new, const struct cred *old, int flags)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_SETUID);
	kl_check_number(&check, KL_SLOT_NEW_UID, __kuid_val(new->uid));
	kl_check_number(&check, KL_SLOT_NEW_EUID, __kuid_val(new->euid));
	kl_check_number(&check, KL_SLOT_NEW_SUID, __kuid_val(new->suid));
	kl_check_number(&check, KL_SLOT_NEW_FSUID, __kuid_val(new->fsuid));
	return kl_check_once(&check);
}

int kl_hook_task_fix_setgid(struct cred *new, const struct cred *old, int flags)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_SETUID);
	kl_check_number(&check, KL_SLOT_NEW_GID, __kgid_val(new->gid));
	kl_check_number(&check, KL_SLOT_NEW_EGID, __kgid_val(new->egid));
	kl_check_number(&check, KL_SLOT_NEW_SGID, __kgid_val(new->sgid));
	kl_check_number(&check, KL_SLOT_NEW_FSGID, __kgid_val(new->fsgid));
	return kl_check_once(&check);
}

int kl_hook_task_fix_setgroups(struct cred *new, const struct cred *old)
{
	return kl_check_plain(KL_OP_SETUID);
}

int kl_hook_capset(struct cred *new, const struct cred *old,
		   const kernel_cap_t *effective,
		   const kernel_cap_t *inheritable,
		   const kernel_cap_t *permitted)
{
	return kl_check_plain(KL_OP_SETUID);
}
