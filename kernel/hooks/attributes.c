// SPDX-License-Identifier: GPL-2.0
/* Size, mode and owners of files. */
#include <linux/fs.h>
#include "../request.h"
#include "hooks.h"
#include "inner.h"
#include "syscall.h"

/* What open was asked about is not asked once more. */
int kl_hook_path_truncate(const struct path *path)
{
	if (kl_path_is_skipped(path) ||
	    (kl_opens_emptied(path->dentry) && kl_syscall_opens()))
		return 0;
	return kl_check_path(KL_OP_TRUNCATE, path);
}

int kl_hook_file_truncate(struct file *file)
{
	return kl_hook_path_truncate(&file->f_path);
}

static int check_number(enum kl_op op, const struct path *path, u32 slot,
			u64 number)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, op);
	kl_check_object(&check, 0, path->mnt, path->dentry);
	kl_check_number(&check, slot, number);
	return kl_check_once(&check);
}

int kl_hook_path_chmod(const struct path *path, umode_t mode)
{
	if (kl_path_is_skipped(path))
		return 0;
	return check_number(KL_OP_CHMOD, path, KL_SLOT_PERM, mode & 07777);
}

/* The owner first; the group only if the owner was permitted. */
int kl_hook_path_chown(const struct path *path, kuid_t uid, kgid_t gid)
{
	int err = 0;

	if (kl_path_is_skipped(path))
		return 0;
	if (uid_valid(uid))
		err = check_number(KL_OP_CHOWN, path, KL_SLOT_UID,
				   __kuid_val(uid));
	if (gid_valid(gid) && !err)
		err = check_number(KL_OP_CHGRP, path, KL_SLOT_GID,
				   __kgid_val(gid));
	return err;
}
