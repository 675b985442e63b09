// SPDX-License-Identifier: GPL-2.0
/* Opening, status and control of files. */
#include <linux/fcntl.h>
#include <linux/fs.h>
#include "../request.h"
#include "../task.h"
#include "hooks.h"
#include "inner.h"
#include "owner.h"
#include "syscall.h"

static enum kl_op write_op(unsigned int flags)
{
	return flags & O_APPEND ? KL_OP_APPEND : KL_OP_WRITE;
}

static bool is_emptied(const struct file *file)
{
	return file->f_flags & O_TRUNC && !(file->f_mode & FMODE_CREATED) &&
	       S_ISREG(file_inode(file)->i_mode) &&
	       kl_opens_emptied(file->f_path.dentry);
}

/*
 * O_RDWR is two requests. An access mode of 3 gives a descriptor for ioctl
 * only. The program of an execve is checked as such, its interpreters here.
 */
int kl_hook_file_open(struct file *file)
{
	unsigned int flags = file->f_flags;
	unsigned int mode = flags & O_ACCMODE;
	int err = 0;

	if (kl_file_is_inner(file))
		return 0;
	if (flags & __FMODE_EXEC && !kl_task_opens_interpreter())
		return 0;
	if (mode == O_RDONLY || mode == O_RDWR)
		err = kl_check_path(KL_OP_READ, &file->f_path);
	if ((mode == O_WRONLY || mode == O_RDWR) && !err)
		err = kl_check_path(write_op(flags), &file->f_path);
	if (is_emptied(file) && !err)
		err = kl_check_path(KL_OP_TRUNCATE, &file->f_path);
	return err;
}

/* Turning O_APPEND on or off is like opening the file anew. */
int kl_hook_file_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != F_SETFL)
		return kl_owner_fcntl(file, cmd, arg);
	if (!((arg ^ file->f_flags) & O_APPEND) || kl_file_is_inner(file))
		return 0;
	return kl_check_path(write_op(arg), &file->f_path);
}

int kl_hook_inode_getattr(const struct path *path)
{
	if (kl_path_is_skipped(path))
		return 0;
	return kl_check_path(KL_OP_GETATTR, path);
}

/* @locked: a lock is held that nobody may be waited for with */
static int check_ioctl(struct vfsmount *mnt, struct dentry *dentry,
		       unsigned int cmd, bool locked)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_IOCTL);
	check.locked = locked;
	kl_check_object(&check, 0, mnt, dentry);
	kl_check_number(&check, KL_SLOT_CMD, cmd);
	return kl_check_once(&check);
}

int kl_hook_file_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int err;

	if (kl_file_is_inner(file))
		return 0;
	err = check_ioctl(file->f_path.mnt, file->f_path.dentry, cmd, false);
	return err ?: kl_owner_ioctl(file, cmd, arg);
}

int kl_hook_file_ioctl_compat(struct file *file, unsigned int cmd,
			      unsigned long arg)
{
	return kl_hook_file_ioctl(file, cmd, arg);
}

/* With the ring's lock held, unless a worker does it. */
int kl_hook_uring_cmd(struct io_uring_cmd *ioucmd)
{
	struct file *file = ioucmd->file;

	if (kl_file_is_inner(file))
		return 0;
	return check_ioctl(file->f_path.mnt, file->f_path.dentry,
			   ioucmd->cmd_op, true);
}

/*
 * file_setattr(2) and file_getattr(2) do by name what these ioctls do, which
 * come here, too, but have been asked about; as does a setattr to read what was
 * there. The mount is not known, and setattr holds the inode's i_rwsem.
 */
int kl_hook_inode_file_setattr(struct dentry *dentry, struct file_kattr *fa)
{
	if (!KL_SYSCALL_IS(file_setattr) || kl_dentry_is_skipped(dentry))
		return 0;
	return check_ioctl(NULL, dentry, FS_IOC_FSSETXATTR, false);
}

int kl_hook_inode_file_getattr(struct dentry *dentry, struct file_kattr *fa)
{
	if (!KL_SYSCALL_IS(file_getattr) || kl_dentry_is_skipped(dentry))
		return 0;
	return check_ioctl(NULL, dentry, FS_IOC_FSGETXATTR, false);
}
