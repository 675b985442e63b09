// SPDX-License-Identifier: GPL-2.0
/*
 * What a process sees as its tree of files.
 *
 * mount(2) is asked about as a whole, before the kernel asks for CAP_SYS_ADMIN.
 * The newer system calls are asked about where a mount gets its place
 * (move_mount) and where a file system changes (fsconfig RECONFIGURE).
 */
#include <linux/blkdev.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/slab.h>
#include <uapi/linux/mount.h>
#include "../collect/collect.h"
#include "../request.h"
#include "fscontext.h"
#include "hooks.h"
#include "syscall.h"

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

/**
 * struct mounting - parameters of a mount request; all are borrowed
 * @source: dentry NULL: it has no value
 * @target: what is mounted on, or remounted
 * @fstype: type, or "--bind" and the like
 * @data: NULL: it has no value
 * @length: bytes of @data
 * @flags: MS_*
 * @data_unknown, @flags_unknown: as far as is known; but there may be more
 * @locked: s_umount is held
 */
struct mounting {
	struct path source;
	struct path target;
	const char *fstype;
	const char *data;
	size_t length;
	unsigned long flags;
	bool data_unknown;
	bool flags_unknown;
	bool locked;
};

static int check_mounting(const struct mounting *mounting)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, KL_OP_MOUNT);
	check.locked = mounting->locked;
	if (mounting->source.dentry)
		kl_check_object(&check, 0, mounting->source.mnt,
				mounting->source.dentry);
	else
		kl_check_no_object(&check, 0);
	kl_check_object(&check, 1, mounting->target.mnt,
			mounting->target.dentry);
	kl_check_text(&check, KL_SLOT_FSTYPE, 0, mounting->fstype,
		      strlen(mounting->fstype));
	if (mounting->flags_unknown)
		kl_slot_add(check.request.unknown, KL_SLOT_FLAGS);
	else
		kl_check_number(&check, KL_SLOT_FLAGS, mounting->flags);
	if (mounting->data_unknown)
		kl_slot_add(check.request.unknown, KL_SLOT_DATA);
	else if (mounting->data)
		kl_check_text(&check, KL_SLOT_DATA, 1, mounting->data,
			      mounting->length);
	return kl_check_once(&check);
}

#define MS_PROPAGATION	(MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)

/* What mount(2) does that is no new mount; the first flag that is set decides. */
static const struct {
	unsigned long flag;
	const char *fstype;
} special[] = {
	{ MS_REMOUNT, "--remount" },
	{ MS_BIND, "--bind" },
	{ MS_SHARED, "--make-shared" },
	{ MS_PRIVATE, "--make-private" },
	{ MS_SLAVE, "--make-slave" },
	{ MS_UNBINDABLE, "--make-unbindable" },
	{ MS_MOVE, "--move" },
};

/* Return: the flag, or 0 for a new mount. */
static unsigned long find_special(unsigned long flags, const char **fstype)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(special); i++)
		if (flags & special[i].flag) {
			*fstype = special[i].fstype;
			return special[i].flag;
		}
	return 0;
}

/*
 * The flags of a type, which may have to be loaded. That is left to those whom
 * the kernel may let mount: the others, whom it refuses behind us, must not
 * make it load modules.
 */
static int find_type(const char *name, int *fs_flags)
{
	struct file_system_type *type;

	*fs_flags = 0;
	if (!cap_raised(current_cred()->cap_effective, CAP_SYS_ADMIN))
		return 0;
	type = get_fs_type(name);
	if (!type)
		return -ENODEV;
	*fs_flags = type->fs_flags;
	module_put(type->owner);
	return 0;
}

/* As the kernel will look it up once more. */
static int find_source(const char *name, struct path *source)
{
	if (name && !kern_path(name, LOOKUP_FOLLOW, source))
		return 0;
	*source = (struct path){};
	return -ENOENT;
}

static void set_data(struct mounting *mounting, const char *data, int fs_flags)
{
	if (!data || fs_flags & FS_BINARY_MOUNTDATA)
		return;
	mounting->data = data;
	mounting->length = strlen(data);
}

static int describe_special(struct mounting *mounting, const char *dev_name,
			    unsigned long flag, const char *data)
{
	if (flag & MS_PROPAGATION && mounting->flags & MS_PROPAGATION & ~flag)
		return -EINVAL;
	mounting->flags &= ~flag;
	if (flag == MS_REMOUNT)
		set_data(mounting, data,
			 mounting->target.mnt->mnt_sb->s_type->fs_flags);
	if (flag != MS_BIND && flag != MS_MOVE)
		return 0;
	return find_source(dev_name, &mounting->source);
}

static int describe_new(struct mounting *mounting, const char *dev_name,
			const char *type, const char *data)
{
	int err, fs_flags;

	if (!type)
		return -EINVAL;
	err = find_type(type, &fs_flags);
	if (err)
		return err;
	mounting->fstype = type;
	set_data(mounting, data, fs_flags);
	if (!(fs_flags & FS_REQUIRES_DEV))
		return 0;
	return find_source(dev_name, &mounting->source);
}

/* The old magic number is gone from @flags already, and @data ends with a NUL. */
int kl_hook_sb_mount(const char *dev_name, const struct path *path,
		     const char *type, unsigned long flags, void *data)
{
	struct mounting mounting = { .target = *path, .flags = flags };
	unsigned long flag;
	int err;

	if (!kl_check_wanted(KL_OP_MOUNT))
		return 0;
	flag = find_special(flags, &mounting.fstype);
	if (flag)
		err = describe_special(&mounting, dev_name, flag, data);
	else
		err = describe_new(&mounting, dev_name, type, data);
	if (!err)
		err = check_mounting(&mounting);
	path_put(&mounting.source);
	return err;
}

/*
 * The flags that mount(2) would have been given. Relative access times are what
 * it does without any flag.
 */
static unsigned long flags_of_mount(const struct vfsmount *mnt)
{
	static const struct {
		int mnt;
		unsigned long ms;
	} same[] = {
		{ MNT_READONLY, MS_RDONLY },
		{ MNT_NOSUID, MS_NOSUID },
		{ MNT_NODEV, MS_NODEV },
		{ MNT_NOEXEC, MS_NOEXEC },
		{ MNT_NOATIME, MS_NOATIME },
		{ MNT_NODIRATIME, MS_NODIRATIME },
		{ MNT_NOSYMFOLLOW, MS_NOSYMFOLLOW },
	};
	unsigned long flags = mnt->mnt_sb->s_flags &
			      (SB_RDONLY | SB_SYNCHRONOUS | SB_MANDLOCK |
			       SB_DIRSYNC | SB_LAZYTIME);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(same); i++)
		if (mnt->mnt_flags & same[i].mnt)
			flags |= same[i].ms;
	if (!(mnt->mnt_flags & (MNT_NOATIME | MNT_RELATIME)))
		flags |= MS_STRICTATIME;
	return flags;
}

/* File systems on several devices (btrfs) do not tell which one it is. */
static bool is_device_of(const struct inode *inode,
			 const struct super_block *sb)
{
	return S_ISBLK(inode->i_mode) &&
	       (!sb->s_bdev || inode->i_rdev == sb->s_bdev->bd_dev);
}

/* A name counts only as long as it names the device that is really mounted. */
static void find_device(const struct super_block *sb, const char *name,
			struct path *source)
{
	if (find_source(name, source) ||
	    is_device_of(d_backing_inode(source->dentry), sb))
		return;
	path_put(source);
	*source = (struct path){};
}

static void set_told(struct mounting *mounting,
		     const struct kl_fscontext_told *told)
{
	mounting->data_unknown = told->unknown;
	mounting->length = told->length;
	if (told->length)
		mounting->data = told->data;
}

static int check_new(const struct vfsmount *mnt, const struct path *to,
		     const struct kl_fscontext_told *told)
{
	struct super_block *sb = mnt->mnt_sb;
	struct mounting mounting = {
		.target = *to,
		.fstype = sb->s_type->name,
		.flags = flags_of_mount(mnt),
	};
	int err;

	set_told(&mounting, told);
	if (sb->s_type->fs_flags & FS_REQUIRES_DEV)
		find_device(sb, told->source, &mounting.source);
	err = check_mounting(&mounting);
	path_put(&mounting.source);
	return err;
}

/*
 * A mount that has a place moves. One that has none is a new one, or a copy,
 * whose source has then only the name that it has within its file system.
 */
int kl_hook_move_mount(const struct path *from_path, const struct path *to_path)
{
	struct mounting mounting = { .source = *from_path, .target = *to_path };
	struct kl_fscontext_told *told;
	int err;

	if (!kl_check_wanted(KL_OP_MOUNT))
		return 0;
	if (!kl_path_is_private(from_path)) {
		mounting.fstype = "--move";
		return check_mounting(&mounting);
	}
	told = kvmalloc(sizeof(*told), GFP_KERNEL_ACCOUNT);
	if (!told)
		return -ENOMEM;
	if (kl_fscontext_mount(from_path->mnt, told)) {
		err = check_new(from_path->mnt, to_path, told);
	} else {
		mounting.fstype = "--bind";
		err = check_mounting(&mounting);
	}
	kvfree(told);
	return err;
}

/*
 * mount(2) has been asked about, and umount(2) of the root is no remount. The
 * mount is not known here, and s_umount is held: the target is the root of the
 * file system, by its name within it.
 */
int kl_hook_sb_remount(struct super_block *sb, void *mnt_opts)
{
	struct mounting mounting = {
		.target.dentry = sb->s_root,
		.fstype = "--remount",
		.locked = true,
	};
	struct kl_fscontext_told *told;
	unsigned int flags = 0;
	int err;

	if (!KL_SYSCALL_IS(fsconfig) || !kl_check_wanted(KL_OP_MOUNT))
		return 0;
	told = kvmalloc(sizeof(*told), GFP_KERNEL_ACCOUNT);
	if (!told)
		return -ENOMEM;
	if (kl_fscontext_reconfigure(sb, told, &flags)) {
		mounting.flags = flags;
		set_told(&mounting, told);
	} else {
		mounting.flags_unknown = true;
		mounting.data_unknown = true;
	}
	err = check_mounting(&mounting);
	kvfree(told);
	return err;
}
