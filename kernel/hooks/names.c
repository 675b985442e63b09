// SPDX-License-Identifier: GPL-2.0
/*
 * Making, removing and renaming directory entries.
 *
 * All of these run with the directory's i_rwsem held: collectors read dentries
 * and inodes, and look nothing up.
 */
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include "../request.h"
#include "hooks.h"

static bool is_private(const struct dentry *dentry)
{
	const struct inode *inode = d_backing_inode(dentry);

	return inode && IS_PRIVATE(inode);
}

static void init_in_dir(struct kl_check *check, enum kl_op op,
			const struct path *dir, struct dentry *dentry)
{
	kl_check_init(check, op);
	kl_check_object(check, 0, dir->mnt, dentry);
}

static int check_removal(enum kl_op op, const struct path *dir,
			 struct dentry *dentry)
{
	struct kl_check check kl_uninitialized;

	if (is_private(dir->dentry))
		return 0;
	init_in_dir(&check, op, dir, dentry);
	return kl_check_once(&check);
}

int kl_hook_path_unlink(const struct path *dir, struct dentry *dentry)
{
	return check_removal(KL_OP_UNLINK, dir, dentry);
}

int kl_hook_path_rmdir(const struct path *dir, struct dentry *dentry)
{
	return check_removal(KL_OP_RMDIR, dir, dentry);
}

/* mkdir gives the mode as the process did, not cut to permissions. */
int kl_hook_path_mkdir(const struct path *dir, struct dentry *dentry,
		       umode_t mode)
{
	struct kl_check check kl_uninitialized;

	if (is_private(dir->dentry))
		return 0;
	init_in_dir(&check, KL_OP_MKDIR, dir, dentry);
	kl_check_number(&check, KL_SLOT_PERM, mode);
	return kl_check_once(&check);
}

/* Return: the operation, or KL_OP_COUNT for a kind that is not checked. */
static enum kl_op mknod_op(umode_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
		return KL_OP_CREATE;
	case S_IFIFO:
		return KL_OP_MKFIFO;
	case S_IFSOCK:
		return KL_OP_MKSOCK;
	case S_IFBLK:
		return KL_OP_MKBLOCK;
	case S_IFCHR:
		return KL_OP_MKCHAR;
	default:
		return KL_OP_COUNT;
	}
}

int kl_hook_path_mknod(const struct path *dir, struct dentry *dentry,
		       umode_t mode, unsigned int dev)
{
	enum kl_op op = mknod_op(mode);
	struct kl_check check kl_uninitialized;

	if (op == KL_OP_COUNT || is_private(dir->dentry))
		return 0;
	init_in_dir(&check, op, dir, dentry);
	kl_check_number(&check, KL_SLOT_PERM, mode & 07777);
	if (op == KL_OP_MKBLOCK || op == KL_OP_MKCHAR) {
		dev_t device = new_decode_dev(dev);

		kl_check_number(&check, KL_SLOT_DEV_MAJOR, MAJOR(device));
		kl_check_number(&check, KL_SLOT_DEV_MINOR, MINOR(device));
	}
	return kl_check_once(&check);
}

int kl_hook_path_symlink(const struct path *dir, struct dentry *dentry,
			 const char *old_name)
{
	struct kl_check check kl_uninitialized;

	if (is_private(dir->dentry))
		return 0;
	init_in_dir(&check, KL_OP_SYMLINK, dir, dentry);
	kl_check_text(&check, KL_SLOT_TARGET, 0, old_name, strlen(old_name));
	return kl_check_once(&check);
}

/* A link cannot leave its mount, so the old name is of the same one. */
int kl_hook_path_link(struct dentry *old_dentry, const struct path *new_dir,
		      struct dentry *new_dentry)
{
	struct kl_check check kl_uninitialized;

	if (is_private(old_dentry))
		return 0;
	init_in_dir(&check, KL_OP_LINK, new_dir, old_dentry);
	kl_check_object(&check, 1, new_dir->mnt, new_dentry);
	return kl_check_once(&check);
}

static int check_rename(const struct path *old_dir, struct dentry *old_dentry,
			const struct path *new_dir, struct dentry *new_dentry)
{
	struct kl_check check kl_uninitialized;

	init_in_dir(&check, KL_OP_RENAME, old_dir, old_dentry);
	kl_check_object(&check, 1, new_dir->mnt, new_dentry);
	return kl_check_once(&check);
}

/* An exchange is two renames: the new name to the old one first. */
int kl_hook_path_rename(const struct path *old_dir, struct dentry *old_dentry,
			const struct path *new_dir, struct dentry *new_dentry,
			unsigned int flags)
{
	int err = 0;

	if (is_private(old_dentry) || is_private(new_dentry))
		return 0;
	if (flags & RENAME_EXCHANGE)
		err = check_rename(new_dir, new_dentry, old_dir, old_dentry);
	if (!err)
		err = check_rename(old_dir, old_dentry, new_dir, new_dentry);
	return err;
}
