// SPDX-License-Identifier: GPL-2.0
/* What a process sees as its tree of files. */
#include <linux/fs.h>
#include <linux/mount.h>
#include "../request.h"
#include "hooks.h"

int kl_hook_path_chroot(const struct path *path)
{
	return kl_check_path(KL_OP_CHROOT, path);
}

/* The path is that of the mount point, which the mounted root stands for. */
int kl_hook_sb_umount(struct vfsmount *mnt, int flags)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_UNMOUNT);
	kl_check_object(&check, 0, mnt, mnt->mnt_root);
	kl_check_number(&check, KL_SLOT_FLAGS, (unsigned int)flags);
	return kl_check_once(&check);
}

/* The old root goes to @old_path, and @new_path becomes the root. */
int kl_hook_sb_pivotroot(const struct path *old_path,
			 const struct path *new_path)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_PIVOT_ROOT);
	kl_check_object(&check, 0, new_path->mnt, new_path->dentry);
	kl_check_object(&check, 1, old_path->mnt, old_path->dentry);
	return kl_check_once(&check);
}
