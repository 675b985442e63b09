// SPDX-License-Identifier: GPL-2.0
/*
 * Pathnames as policies know them: from the root of the mount namespace
 * whatever the process's root is, or local to the file system where there is
 * no such name.
 *
 * Nothing here sleeps except to allocate room for a name that does not fit the
 * scratch.
 */
#define pr_fmt(fmt) "kellas: " fmt

#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kprobes.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/static_call.h>
#include "collect.h"

static char *no_absolute_path(const struct path *path, char *buffer, int size)
{
	return ERR_PTR(-EINVAL);
}

/*
 * d_absolute_path() is exported to nobody. A static call is a direct call, so
 * the function need not be one that the kernel calls indirectly (IBT).
 */
DEFINE_STATIC_CALL(absolute_path, no_absolute_path);

int kl_path_init(void)
{
	struct kprobe probe = {
		.symbol_name = "d_absolute_path",
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err = register_kprobe(&probe);

	if (err) {
		pr_err("d_absolute_path: not found (%d)\n", err);
		return err;
	}
	static_call_update(absolute_path, (void *)probe.addr);
	unregister_kprobe(&probe);
	return 0;
}

/*
 * A mount that never had a place, such as overlayfs's clones of its layers, has
 * no parent and no namespace: of its own root no path can be told. All others
 * fail here, if at all, because there is no room for theirs.
 */
bool kl_path_is_private(const struct path *path)
{
	struct path root = { .mnt = path->mnt, .dentry = path->mnt->mnt_root };
	char room[8];

	return static_call(absolute_path)(&root, room, sizeof(room)) ==
	       ERR_PTR(-EINVAL);
}

static bool has_own_name(const struct dentry *dentry)
{
	return dentry->d_op && dentry->d_op->d_dname;
}

static char *prefix(char *name, const char *buffer, const char *word)
{
	size_t length = strlen(word);

	if (name - buffer < (ssize_t)length)
		return ERR_PTR(-ENAMETOOLONG);
	return memcpy(name - length, word, length);
}

/* "/1234/status" becomes "/self/status" for process 1234 itself. */
static char *fold_self(const struct super_block *sb, char *name,
		       const char *buffer)
{
	struct pid_namespace *ns = proc_pid_ns((struct super_block *)sb);
	char *end = name + 1;
	u64 pid = 0;

	while (isdigit(*end) && end - name <= 10)
		pid = pid * 10 + *end++ - '0';
	if (*end != '/' || !pid || pid != task_tgid_nr_ns(current, ns))
		return name;
	return prefix(end, buffer, "/self");
}

static char *local_name(struct dentry *dentry, char *buffer, int size)
{
	const struct super_block *sb = dentry->d_sb;
	const struct inode *root = d_backing_inode(sb->s_root);
	char device[32];
	char *name = dentry_path_raw(dentry, buffer, size);

	if (IS_ERR(name))
		return name;
	if (sb->s_magic == PROC_SUPER_MAGIC) {
		name = fold_self(sb, name, buffer);
	} else if (MAJOR(sb->s_dev) && root->i_op->rename) {
		snprintf(device, sizeof(device), "dev(%u,%u):",
			 MAJOR(sb->s_dev), MINOR(sb->s_dev));
		return prefix(name, buffer, device);
	}
	if (!IS_ERR(name))
		name = prefix(name, buffer, ":");
	if (!IS_ERR(name))
		name = prefix(name, buffer, sb->s_type->name);
	return name;
}

static bool has_absolute_name(const struct path *path)
{
	const struct super_block *sb = path->dentry->d_sb;

	return path->mnt && (d_backing_inode(sb->s_root)->i_op->rename ||
			     sb->s_type->fs_flags & FS_REQUIRES_DEV);
}

/* Returns the name, which ends with a NUL within @buffer, or an ERR_PTR. */
static char *write_name(const struct path *path, char *buffer, int size)
{
	struct dentry *dentry = path->dentry;
	char *name;

	if (has_own_name(dentry))
		return dentry->d_op->d_dname(dentry, buffer, size);
	if (has_absolute_name(path)) {
		name = static_call(absolute_path)(path, buffer, size);
		if (name != ERR_PTR(-EINVAL))
			return name;
	}
	return local_name(dentry, buffer, size);
}

/* Names end where their room ends, those of a file system's own perhaps not. */
static void set_name(const struct path *path, const char *end, const char *name,
		     struct kl_text *text)
{
	text->data = name;
	text->length = has_own_name(path->dentry) ? strlen(name) :
						    end - 1 - name;
}

static bool take_scratch(struct kl_check *check, bool may_sleep)
{
	struct kl_scratch *scratch;

	if (check->scratch)
		return true;
	scratch = this_cpu_xchg(*kellas.scratch, NULL);
	if (!scratch)
		scratch = kmalloc(sizeof(*scratch), may_sleep ? GFP_KERNEL :
				  GFP_NOWAIT | __GFP_NOWARN);
	if (!scratch)
		return false;
	scratch->free = sizeof(scratch->data);
	check->scratch = scratch;
	return true;
}

static char *spill(struct kl_check *check, size_t size)
{
	void **spill = kvmalloc(sizeof(*spill) + size, GFP_KERNEL);

	if (!spill)
		return NULL;
	*spill = check->spill;
	check->spill = spill;
	return (char *)(spill + 1);
}

char *kl_scratch_take(struct kl_check *check, size_t size, bool may_sleep)
{
	if (!take_scratch(check, may_sleep) || check->scratch->free < size)
		return may_sleep ? spill(check, size) : NULL;
	check->scratch->free -= size;
	return check->scratch->data + check->scratch->free;
}

/* Allocates until the name fits; no name may be longer than KL_STRING_MAX. */
static int spill_name(struct kl_check *check, const struct path *path,
		      struct kl_text *text)
{
	size_t size = sizeof(check->scratch->data);
	void **spill;
	char *name;

	do {
		size *= 2;
		spill = kvmalloc(sizeof(*spill) + size, GFP_KERNEL);
		if (!spill)
			return -ENOMEM;
		name = write_name(path, (char *)(spill + 1), size);
		if (IS_ERR(name))
			kvfree(spill);
	} while (name == ERR_PTR(-ENAMETOOLONG) && size <= KL_STRING_MAX);
	if (name == ERR_PTR(-ENAMETOOLONG))
		return -E2BIG;
	if (IS_ERR(name))
		return -ENOMEM;

	*spill = check->spill;
	check->spill = spill;
	set_name(path, (char *)(spill + 1) + size, name, text);
	return text->length > KL_STRING_MAX ? -E2BIG : 0;
}

int kl_path_name(struct kl_check *check, const struct path *path,
		 bool may_sleep, struct kl_text *text)
{
	struct kl_scratch *scratch;
	char *name;

	if (!take_scratch(check, may_sleep))
		return may_sleep ? -ENOMEM : -EAGAIN;
	scratch = check->scratch;
	name = write_name(path, scratch->data, scratch->free);
	if (name == ERR_PTR(-ENAMETOOLONG))
		return may_sleep ? spill_name(check, path, text) : -EAGAIN;
	if (IS_ERR(name))
		return -ENOMEM;
	set_name(path, scratch->data + scratch->free, name, text);
	scratch->free = name - scratch->data;
	return 0;
}

/*
 * A name can change at any time. If it is stored in the dentry itself it is
 * copied, and the copy is good if d_seq says that nothing changed meanwhile.
 * Longer names are left alone.
 *
 * The root of a mount is called by the mount point's name.
 */
void kl_path_leaf(struct kl_object *object, struct kl_text *text)
{
	const struct dentry *dentry = object->path.dentry;
	unsigned int sequence, length;

	if ((object->path.mnt && dentry == object->path.mnt->mnt_root) ||
	    IS_ROOT(dentry) || has_own_name(dentry))
		return;
	sequence = raw_read_seqcount(&dentry->d_seq);
	length = READ_ONCE(dentry->d_name.len);
	if (READ_ONCE(dentry->d_name.name) != kl_dentry_inline(dentry) ||
	    length >= sizeof(object->leaf))
		return;
	memcpy(object->leaf, kl_dentry_inline(dentry), sizeof(object->leaf));
	if (sequence & 1 || read_seqcount_retry(&dentry->d_seq, sequence))
		return;
	text->data = object->leaf;
	text->length = length;
}
