// SPDX-License-Identifier: GPL-2.0
/*
 * Capabilities that the kernel asks for.
 *
 * Called very often, with any lock held and with interrupts off. Whose the
 * credentials are need not be who runs: then the ids of the request are those
 * of the credentials, and everything else is the running process's.
 */
#include <linux/cred.h>
#include <linux/security.h>
#include <linux/user_namespace.h>
#include "../request.h"
#include "hooks.h"
#include "inner.h"

int kl_hook_capable(const struct cred *cred, struct user_namespace *ns, int cap,
		    unsigned int opts)
{
	struct kl_check check kl_uninitialized;

	if (kl_kernel_acts())
		return 0;
	kl_check_init(&check, KL_OP_CAPABILITY);
	check.cred = cred;
	check.probe = opts & CAP_OPT_NOAUDIT;
	kl_check_number(&check, KL_SLOT_CAP, cap);
	kl_check_number(&check, KL_SLOT_USERNS, ns->ns.inum);
	kl_check_number(&check, KL_SLOT_INIT_USERNS, ns == &init_user_ns);
	return kl_check_once(&check);
}
