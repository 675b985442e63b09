// SPDX-License-Identifier: GPL-2.0
/*
 * Extended attributes, POSIX ACLs among them.
 *
 * The functions know no mount, so the path is the file's name within its file
 * system. All run with the inode's i_rwsem held: nothing is looked up.
 */
#include <linux/fs.h>
#include "../request.h"
#include "hooks.h"
#include "inner.h"
#include "syscall.h"

/* Overlayfs tries its upper layer while it is mounted, as whoever mounts it. */
static int check_xattr(enum kl_op op, struct dentry *dentry, const char *name)
{
	struct kl_check check kl_uninitialized;

	if (kl_dentry_is_skipped(dentry) || kl_syscall_mounts())
		return 0;
	kl_check_init(&check, op);
	kl_check_object(&check, 0, NULL, dentry);
	kl_check_text(&check, KL_SLOT_NAME, 0, name, strlen(name));
	return kl_check_once(&check);
}

int kl_hook_inode_setxattr(struct kl_idmap *idmap, struct dentry *dentry,
			   const char *name, const void *value, size_t size,
			   int flags)
{
	return check_xattr(KL_OP_SETXATTR, dentry, name);
}

int kl_hook_inode_removexattr(struct kl_idmap *idmap, struct dentry *dentry,
			      const char *name)
{
	return check_xattr(KL_OP_REMOVEXATTR, dentry, name);
}

int kl_hook_inode_set_acl(struct kl_idmap *idmap, struct dentry *dentry,
			  const char *acl_name, struct posix_acl *kacl)
{
	return check_xattr(KL_OP_SETXATTR, dentry, acl_name);
}

int kl_hook_inode_remove_acl(struct kl_idmap *idmap, struct dentry *dentry,
			     const char *acl_name)
{
	return check_xattr(KL_OP_REMOVEXATTR, dentry, acl_name);
}
