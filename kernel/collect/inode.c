// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of files and their directories, read from the inode: a file
 * system's getattr would sleep, and ask security_inode_getattr().
 *
 * An object without an inode does not exist: its attributes have no value.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include "collect.h"

/* Slots of an object from its first one, as enum kl_slot has them. */
#define WITHIN(slot)	(KL_SLOT_OBJECT0_##slot - KL_SLOT_OBJECT0)

static u32 first_slot(int index)
{
	return index ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0;
}

static void absent(struct kl_request *request, u32 from, u32 to)
{
	while (from <= to)
		kl_slot_add(request->absent, from++);
}

static bool is_device_node(umode_t mode)
{
	return S_ISBLK(mode) || S_ISCHR(mode);
}

void kl_collect_inode(struct kl_check *check, int index)
{
	struct kl_request *request = &check->request;
	const struct dentry *dentry = check->object[index].path.dentry;
	u32 slot = first_slot(index);
	const struct inode *inode;
	umode_t mode;

	rcu_read_lock();
	inode = d_inode_rcu(dentry);
	if (!inode) {
		absent(request, slot + WITHIN(UID), slot + WITHIN(FSMAGIC));
		goto unlock;
	}
	mode = READ_ONCE(inode->i_mode);
	kl_request_number(request, slot + WITHIN(UID), __kuid_val(inode->i_uid));
	kl_request_number(request, slot + WITHIN(GID), __kgid_val(inode->i_gid));
	kl_request_number(request, slot + WITHIN(INO), inode->i_ino);
	kl_request_number(request, slot + WITHIN(TYPE), mode & S_IFMT);
	kl_request_number(request, slot + WITHIN(MAJOR),
			  MAJOR(dentry->d_sb->s_dev));
	kl_request_number(request, slot + WITHIN(MINOR),
			  MINOR(dentry->d_sb->s_dev));
	kl_request_number(request, slot + WITHIN(PERM), mode & 07777);
	kl_request_number(request, slot + WITHIN(FSMAGIC),
			  dentry->d_sb->s_magic);
	if (kl_slot_exists(request->op, slot + WITHIN(DEV_MAJOR))) {
		dev_t dev = is_device_node(mode) ? inode->i_rdev : 0;

		kl_request_number(request, slot + WITHIN(DEV_MAJOR), MAJOR(dev));
		kl_request_number(request, slot + WITHIN(DEV_MINOR), MINOR(dev));
	}
unlock:
	rcu_read_unlock();
}

/* The parent within the file system: the root of one is its own parent. */
void kl_collect_parent(struct kl_check *check, int index)
{
	struct kl_request *request = &check->request;
	const struct dentry *dentry;
	u32 slot = first_slot(index);
	const struct inode *inode;

	rcu_read_lock();
	dentry = READ_ONCE(check->object[index].path.dentry->d_parent);
	inode = d_inode_rcu(dentry);
	if (!inode) {
		absent(request, slot + WITHIN(PARENT_UID),
		       slot + WITHIN(PARENT_FSMAGIC));
		goto unlock;
	}
	kl_request_number(request, slot + WITHIN(PARENT_UID),
			  __kuid_val(inode->i_uid));
	kl_request_number(request, slot + WITHIN(PARENT_GID),
			  __kgid_val(inode->i_gid));
	kl_request_number(request, slot + WITHIN(PARENT_INO), inode->i_ino);
	kl_request_number(request, slot + WITHIN(PARENT_MAJOR),
			  MAJOR(dentry->d_sb->s_dev));
	kl_request_number(request, slot + WITHIN(PARENT_MINOR),
			  MINOR(dentry->d_sb->s_dev));
	kl_request_number(request, slot + WITHIN(PARENT_PERM),
			  READ_ONCE(inode->i_mode) & 07777);
	kl_request_number(request, slot + WITHIN(PARENT_FSMAGIC),
			  dentry->d_sb->s_magic);
unlock:
	rcu_read_unlock();
}
