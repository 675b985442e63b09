// SPDX-License-Identifier: GPL-2.0
/*
 * Memory that becomes executable: mapped so, or made so afterwards.
 *
 * Programs and interpreters that execve maps are asked about, too: LSMs are.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/personality.h>
#include "../request.h"
#include "hooks.h"
#include "syscall.h"

/* Anonymous memory has no path, nor have the kernel's own files behind it. */
static int check_mapping(const struct file *file, bool locked)
{
	struct kl_check check kl_uninitialized;
	const struct path *path;

	kl_check_init(&check, KL_OP_MMAP_EXEC);
	check.locked = locked;
	if (!file || IS_PRIVATE(file_inode(file))) {
		kl_check_no_object(&check, 0);
	} else {
		path = kl_file_user_path(file);
		kl_check_object(&check, 0, path->mnt, path->dentry);
	}
	return kl_check_once(&check);
}

static bool may_execute_from(const struct file *file)
{
	const struct vfsmount *mnt = file->f_path.mnt;

	return !(mnt->mnt_flags & MNT_NOEXEC) &&
	       !(mnt->mnt_sb->s_iflags & SB_I_NOEXEC);
}

/*
 * What was asked for is not always what is given: old programs read nothing
 * that they may not execute. The function computes it behind us, for the LSMs,
 * and the kernel once more, for itself.
 */
static bool becomes_executable(const struct file *file, unsigned long prot)
{
	if (prot & PROT_EXEC)
		return true;
	return prot & PROT_READ && current->personality & READ_IMPLIES_EXEC &&
	       (!file || may_execute_from(file));
}

/* Called by mmap, shmat, execve; by remap_file_pages with mmap_lock held. */
int kl_hook_mmap_file(struct file *file, unsigned long prot,
		      unsigned long flags)
{
	if (!becomes_executable(file, prot))
		return 0;
	return check_mapping(file, KL_SYSCALL_IS(remap_file_pages));
}

/*
 * Once for each area in the range, with mmap_lock held for writing: memory may
 * be allocated, the process's own must not be touched. @prot is what it will
 * be, @reqprot what was asked for.
 */
int kl_hook_file_mprotect(struct vm_area_struct *vma, unsigned long reqprot,
			  unsigned long prot)
{
	if (!(prot & PROT_EXEC))
		return 0;
	return check_mapping(vma->vm_file, true);
}
