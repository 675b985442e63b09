/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which calls are not a process's own.
 *
 * Overlayfs serves a file by files of its layers. For these it opens, stats
 * and ioctls once more, with the mounter's credentials in place of the
 * caller's and through private clones of the layers' mounts. One operation of
 * a process is one request, so these calls are left alone:
 *
 *  - files opened below another one: kl_file_is_backing();
 *  - others, such as a copy to the upper layer or a stat: the credentials are
 *    overridden and the mount has no place in any tree of mounts.
 *
 * io_uring overrides credentials for a user, too (personalities), and a user
 * can take a mount out of its tree: for tasks that use io_uring the second
 * rule does not hold, or it would be a way around the policy. On an overlay
 * their operations may be seen twice. Nor does it hold for a task that dumps
 * core, always with credentials of its own, into whatever mount it stands in.
 *
 * unlink, rename, mkdir and their like need no such test: overlayfs works on
 * its layers by vfs_*(), which calls no security_path_*().
 */
#ifndef KELLAS_INNER_H
#define KELLAS_INNER_H

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include "../collect/collect.h"

/**
 * kl_kernel_acts - does no process ask for this, but the kernel for itself?
 *
 * In an interrupt current is whoever was interrupted. io_uring's workers are
 * threads of the process that they work for.
 *
 * Context: any.
 */
static inline bool kl_kernel_acts(void)
{
	return !in_task() || current->flags & PF_KTHREAD;
}

static inline bool kl_creds_overridden(void)
{
	return rcu_access_pointer(current->cred) !=
	       rcu_access_pointer(current->real_cred);
}

/** kl_path_is_inner - is this file none of the process's business? */
static inline bool kl_path_is_inner(const struct path *path)
{
	return unlikely(kl_creds_overridden()) && !kl_uses_io_uring() &&
	       !(current->flags & (PF_IO_WORKER | PF_DUMPCORE)) &&
	       kl_path_is_private(path);
}

static inline bool kl_file_is_inner(const struct file *file)
{
	return kl_file_is_backing(file) || kl_path_is_inner(&file->f_path);
}

/**
 * kl_path_is_skipped - as kl_path_is_inner(), for functions that do not ask
 * LSMs about private inodes, which are the kernel's own
 */
static inline bool kl_path_is_skipped(const struct path *path)
{
	return IS_PRIVATE(d_backing_inode(path->dentry)) ||
	       kl_path_is_inner(path);
}

/**
 * kl_opens_emptied - does this file's system empty it before it says so?
 *
 * Overlayfs copies a file of a lower layer when it is opened for writing, and
 * with O_TRUNC without its contents; only then the kernel asks whether it may
 * be truncated. So that is asked when it is opened.
 */
static inline bool kl_opens_emptied(const struct dentry *dentry)
{
	return dentry->d_sb->s_magic == OVERLAYFS_SUPER_MAGIC;
}

/**
 * kl_dentry_is_skipped - as kl_path_is_skipped(), where there is no mount
 *
 * Credentials that are overridden tell enough: servers in the kernel (nfsd,
 * ksmbd), which override them for their clients, are kernel threads.
 */
static inline bool kl_dentry_is_skipped(const struct dentry *dentry)
{
	if (IS_PRIVATE(d_backing_inode(dentry)))
		return true;
	return unlikely(kl_creds_overridden()) && !kl_uses_io_uring() &&
	       !(current->flags & (PF_KTHREAD | PF_IO_WORKER | PF_DUMPCORE));
}

#endif /* KELLAS_INNER_H */
