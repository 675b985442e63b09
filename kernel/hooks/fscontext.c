// SPDX-License-Identifier: GPL-2.0
/* Notes of what fsconfig(2) has told. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/hashtable.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "../attach.h"
#include "fscontext.h"
#include "hooks.h"
#include "syscall.h"

/**
 * struct param - one parameter
 * @next: the one that was given after it
 * @length: bytes of @text
 * @text: "key" or "key=value"
 */
struct param {
	struct param *next;
	u32 length;
	char text[];
};

/**
 * struct note - what is known of a context, or of the mount it has made
 * @of_fc, @of_sb: in notes.of_fc if @fc is set, in notes.of_sb if @sb is
 * @fc: its context, which exists as long as this is set; or NULL
 * @sb: what CREATE has made, or found; it exists as long as this is set
 * @root: root of the mount that fsmount makes. Compared, not looked into
 * @mnt: the mount that it turned out to be, or NULL. Compared only
 * @tgid: who called CREATE
 * @wild: any mount of @sb may be meant: other notes of it were dropped
 * @truncated: there were more parameters
 * @length: of all parameters, with a comma each
 * @memory: bytes that they take
 * @source: of the first parameter that said so; or NULL
 * @first, @last: parameters in order
 */
struct note {
	struct hlist_node of_fc;
	struct hlist_node of_sb;
	const struct fs_context *fc;
	const struct super_block *sb;
	const struct dentry *root;
	const struct vfsmount *mnt;
	pid_t tgid;
	bool wild;
	bool truncated;
	u32 length;
	u32 memory;
	char *source;
	struct param *first, *last;
};

/**
 * struct notes - all of them
 * @lock: everything here but @left_out; a leaf, taken in process context and
 *	under sb_lock
 * @generation: of the attachment that they belong to
 * @memory: bytes that all parameters take, KL_FSCONTEXT_MEMORY at most
 * @dead: notes that nobody finds any more, by @of_fc; unlock_notes() frees them
 * @left_out: parameters that were not noted for want of room
 * @of_fc: notes by context
 * @of_sb: notes by superblock, the newest first
 */
static struct notes {
	spinlock_t lock;
	u32 generation;
	u32 memory;
	struct hlist_head dead;
	kl_counter_t left_out;
	DECLARE_HASHTABLE(of_fc, 8);
	DECLARE_HASHTABLE(of_sb, 8);
} notes = {
	.lock = __SPIN_LOCK_UNLOCKED(notes.lock),
};

u64 kl_fscontext_left_out(void)
{
	return kl_counter_read(&notes.left_out);
}

static void free_note(struct note *note)
{
	struct param *param, *next;

	for (param = note->first; param; param = next) {
		next = param->next;
		kfree(param);
	}
	kfree(note->source);
	kfree(note);
}

static void leave_context(struct note *note)
{
	if (note->fc)
		hash_del(&note->of_fc);
	note->fc = NULL;
}

static void drop(struct note *note)
{
	leave_context(note);
	if (note->sb)
		hash_del(&note->of_sb);
	notes.memory -= note->memory;
	hlist_add_head(&note->of_fc, &notes.dead);
}

static void drop_all(void)
{
	struct hlist_node *next;
	struct note *note;
	unsigned int i;

	hash_for_each_safe(notes.of_fc, i, next, note, of_fc)
		drop(note);
	hash_for_each_safe(notes.of_sb, i, next, note, of_sb)
		drop(note);
}

/*
 * Whoever changes notes says which attachment it was called by. A straggler of
 * an earlier one must not add any.
 * Return: is it the current one? The lock is held only then.
 */
static bool lock_notes(u32 generation)
{
	spin_lock(&notes.lock);
	if (generation != kl_attach_generation(KL_FAMILY_FSCONTEXT)) {
		spin_unlock(&notes.lock);
		return false;
	}
	if (notes.generation != generation)
		drop_all();
	notes.generation = generation;
	return true;
}

static u32 current_generation(void)
{
	return kl_attach_generation(KL_FAMILY_FSCONTEXT);
}

/* There may be many parameters: they are freed when the lock is. */
static void unlock_notes(void)
{
	struct hlist_node *next;
	struct hlist_head dead;
	struct note *note;

	hlist_move_list(&notes.dead, &dead);
	spin_unlock(&notes.lock);
	hlist_for_each_entry_safe(note, next, &dead, of_fc)
		free_note(note);
}

static struct note *find_context(const struct fs_context *fc)
{
	struct note *note;

	hash_for_each_possible(notes.of_fc, note, of_fc, (unsigned long)fc)
		if (note->fc == fc)
			return note;
	return NULL;
}

static void add_context(struct note *note, const struct fs_context *fc)
{
	note->fc = fc;
	hash_add(notes.of_fc, &note->of_fc, (unsigned long)fc);
}

/* Not every anonymous file is one, but no other one bears this name. */
static bool is_context(const struct file *file)
{
	const struct dentry *dentry = file->f_path.dentry;

	return dentry->d_sb->s_magic == ANON_INODE_FS_MAGIC &&
	       !strcmp(dentry->d_name.name, "[fscontext]");
}

/*
 * The context that the current fsconfig(2) works on, as far as its descriptor
 * tells: another thread may have put another file there since. To be given back
 * by fput(@file).
 */
static struct fs_context *context_of_call(struct file **file)
{
	*file = fget(kl_syscall_argument());
	if (!*file)
		return NULL;
	if (is_context(*file))
		return (*file)->private_data;
	fput(*file);
	return NULL;
}

/* Is it really this context that is being worked on, in this phase? */
static bool works_on(const struct fs_context *fc, const struct super_block *sb,
		     enum fs_context_phase phase)
{
	const struct dentry *root;
	bool same;

	rcu_read_lock();
	root = READ_ONCE(fc->root);
	same = fc->phase == phase && root && root->d_sb == sb;
	rcu_read_unlock();
	return same;
}

static const char *value_of(const struct fs_parameter *param)
{
	switch (param->type) {
	case fs_value_is_string:
		return param->string;
	case fs_value_is_filename:
		return param->name->name;
	default:
		return NULL;
	}
}

static struct param *make_param(const struct fs_parameter *from)
{
	const char *value = value_of(from);
	size_t key = strlen(from->key);
	size_t length = key + (value ? 1 + strlen(value) : 0);
	struct param *param;

	param = kmalloc(struct_size(param, text, length + 1),
			GFP_KERNEL_ACCOUNT);
	if (!param)
		return NULL;
	param->next = NULL;
	param->length = length;
	memcpy(param->text, from->key, key + 1);
	if (value) {
		param->text[key] = '=';
		strcpy(param->text + key + 1, value);
	}
	return param;
}

/* Everybody may have a user namespace, but not the other half. */
static u32 memory_max(const struct fs_context *fc)
{
	return fc->user_ns == &init_user_ns ? KL_FSCONTEXT_MEMORY :
					      KL_FSCONTEXT_MEMORY / 2;
}

static bool add_param(struct note *note, struct param *param)
{
	u32 more = param->length + 1;
	/* At most what kmalloc() takes for it. */
	u32 memory = roundup_pow_of_two(struct_size(param, text, more));

	if (note->length + more > KL_FSCONTEXT_DATA_MAX ||
	    notes.memory + memory > memory_max(note->fc)) {
		note->truncated = true;
		kl_counter_add(&notes.left_out, 1);
		return false;
	}
	if (note->last)
		note->last->next = param;
	else
		note->first = param;
	note->last = param;
	note->length += more;
	note->memory += memory;
	notes.memory += memory;
	return true;
}

/* A context without a note gets @spare, which is NULL then. */
static struct note *note_of(const struct fs_context *fc, struct note **spare)
{
	struct note *note = find_context(fc);

	if (note)
		return note;
	note = *spare;
	*spare = NULL;
	add_context(note, fc);
	return note;
}

/*
 * A file system that needs a device takes the first source that is a string,
 * and refuses all others. What the context itself holds cannot be looked at
 * later: only the mutex of fsconfig(2) keeps it, and whose that is nobody tells.
 */
static int note_source(const struct fs_context *fc,
		       const struct fs_parameter *param, u32 generation)
{
	struct note *note, *spare;
	char *source;

	if (param->type != fs_value_is_string)
		return 0;
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	source = kstrdup(param->string, GFP_KERNEL_ACCOUNT);
	if (!spare || !source) {
		kfree(spare);
		kfree(source);
		return -ENOMEM;
	}
	if (lock_notes(generation)) {
		note = note_of(fc, &spare);
		if (!note->source)
			swap(note->source, source);
		unlock_notes();
	}
	kfree(spare);
	kfree(source);
	return 0;
}

static int note_param(const struct fs_context *fc,
		      const struct fs_parameter *param, u32 generation)
{
	struct param *added = make_param(param);
	struct note *spare;

	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare || !added) {
		kfree(spare);
		kfree(added);
		return -ENOMEM;
	}
	if (lock_notes(generation)) {
		if (add_param(note_of(fc, &spare), added))
			added = NULL;
		unlock_notes();
	}
	kfree(spare);
	kfree(added);
	return 0;
}

/*
 * mount(2) comes here, too, but has told everything. The function's own answer
 * is what LSMs make of the parameter; the source is no part of the data.
 */
int kl_hook_fs_context_parse_param(struct fs_context *fc,
				   struct fs_parameter *param)
{
	u32 generation = current_generation();

	if (!KL_SYSCALL_IS(fsconfig))
		return 0;
	if (!strcmp(param->key, "source"))
		return note_source(fc, param, generation);
	return note_param(fc, param, generation);
}

/* The oldest note of a superblock that has as many as it may, or NULL. */
static struct note *find_surplus(const struct super_block *sb)
{
	struct note *note, *oldest = NULL;
	unsigned int n = 0;

	hash_for_each_possible(notes.of_sb, note, of_sb, (unsigned long)sb) {
		if (note->sb != sb)
			continue;
		oldest = note;
		n++;
	}
	return n < KL_FSCONTEXTS_PER_SB ? NULL : oldest;
}

static void add_super(struct note *note, const struct super_block *sb)
{
	struct note *surplus = find_surplus(sb);

	if (surplus && surplus != note) {
		note->wild |= surplus->wild || !surplus->mnt;
		drop(surplus);
	}
	note->sb = sb;
	note->tgid = task_tgid_nr(current);
	hash_add(notes.of_sb, &note->of_sb, (unsigned long)sb);
}

/* @fc NULL: somebody interferes, so nothing is certain but @sb. */
static void note_create(const struct super_block *sb,
			const struct fs_context *fc, struct note **spare)
{
	struct note *note;

	if (fc) {
		note = note_of(fc, spare);
	} else {
		note = *spare;
		*spare = NULL;
	}
	if (WARN_ON_ONCE(note->sb))
		return;
	note->root = fc ? fc->root : NULL;
	note->wild = !fc;
	add_super(note, sb);
}

/* CREATE has made, or found, the superblock; s_umount is held. */
int kl_hook_sb_kern_mount(kl_mounted_sb *sb)
{
	u32 generation = current_generation();
	struct fs_context *fc;
	struct file *file;
	struct note *spare;
	int err = 0;

	if (!KL_SYSCALL_IS(fsconfig))
		return 0;
	fc = context_of_call(&file);
	if (fc && !works_on(fc, sb, FS_CONTEXT_CREATING)) {
		fput(file);
		fc = NULL;
	}
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare) {
		err = -ENOMEM;
	} else if (lock_notes(generation)) {
		note_create(sb, fc, &spare);
		unlock_notes();
	}
	if (fc)
		fput(file);
	kfree(spare);
	return err;
}

/* While it is created a context may give up its options and go on. */
static bool is_being_created(const struct fs_context *fc)
{
	struct file *file;
	bool same;

	if (!KL_SYSCALL_IS(fsconfig) || fc->phase != FS_CONTEXT_CREATING)
		return false;
	if (!context_of_call(&file))
		return false;
	same = file->private_data == fc;
	fput(file);
	return same;
}

/*
 * A context goes, or what it holds has been used up by fsmount or RECONFIGURE.
 * One that goes has no root any more. Options that are in no context are never
 * found here.
 */
void kl_hook_free_mnt_opts(void **mnt_opts)
{
	const struct fs_context *fc =
		container_of(mnt_opts, const struct fs_context, security);
	bool found;
	struct note *note;

	if (!lock_notes(current_generation()))
		return;
	found = find_context(fc);
	unlock_notes();
	if (!found || is_being_created(fc))
		return;

	if (!lock_notes(current_generation()))
		return;
	note = find_context(fc);
	if (note && note->sb && fc->root)
		leave_context(note);
	else if (note)
		drop(note);
	unlock_notes();
}

/* Before 6.12 with sb_lock held: whoever changes notes next frees these. */
void kl_hook_sb_free(struct super_block *sb)
{
	struct hlist_node *next;
	struct note *note;

	if (!lock_notes(current_generation()))
		return;
	hash_for_each_possible_safe(notes.of_sb, note, next, of_sb,
				    (unsigned long)sb)
		if (note->sb == sb)
			drop(note);
	spin_unlock(&notes.lock);
}

/* How well does a note fit? 0: not at all. */
static unsigned int fits(const struct note *note, const struct vfsmount *mnt)
{
	if (note->sb != mnt->mnt_sb)
		return 0;
	if (note->wild)
		return 1;
	if (note->fc || note->root != mnt->mnt_root)
		return 0;
	if (note->mnt)
		return note->mnt == mnt ? 4 : 0;
	return note->tgid == task_tgid_nr(current) ? 3 : 2;
}

static struct note *find_mount(const struct vfsmount *mnt)
{
	struct note *note, *best = NULL;
	unsigned int fit = 0;

	hash_for_each_possible(notes.of_sb, note, of_sb,
			       (unsigned long)mnt->mnt_sb)
		if (fits(note, mnt) > fit) {
			best = note;
			fit = fits(note, mnt);
		}
	return best;
}

static void tell(const struct note *note, struct kl_fscontext_told *told)
{
	const struct param *param;

	for (param = note->first; param; param = param->next) {
		memcpy(told->data + told->length, param->text, param->length);
		told->length += param->length;
		if (param->next)
			told->data[told->length++] = ',';
	}
	if (note->source && strscpy(told->source, note->source,
				    sizeof(told->source)) < 0)
		told->source[0] = 0;
	told->unknown = note->truncated || note->wild;
}

static void tell_nothing(struct kl_fscontext_told *told)
{
	told->source[0] = 0;
	told->length = 0;
	told->unknown = false;
}

bool kl_fscontext_mount(const struct vfsmount *mnt,
			struct kl_fscontext_told *told)
{
	struct note *note;

	tell_nothing(told);
	if (!lock_notes(current_generation()))
		return false;
	note = find_mount(mnt);
	if (note) {
		if (!note->wild)
			note->mnt = mnt;
		tell(note, told);
	}
	unlock_notes();
	return note;
}

#define SETTABLE_FLAGS (SB_RDONLY | SB_SYNCHRONOUS | SB_MANDLOCK | \
			SB_DIRSYNC | SB_LAZYTIME)

bool kl_fscontext_reconfigure(const struct super_block *sb,
			      struct kl_fscontext_told *told,
			      unsigned int *flags)
{
	struct fs_context *fc;
	struct note *note;
	struct file *file;
	bool works;

	tell_nothing(told);
	fc = context_of_call(&file);
	if (!fc)
		return false;
	works = works_on(fc, sb, FS_CONTEXT_RECONFIGURING);
	*flags = (sb->s_flags & ~fc->sb_flags_mask) |
		 (fc->sb_flags & fc->sb_flags_mask);
	*flags &= SETTABLE_FLAGS;
	if (works && lock_notes(current_generation())) {
		note = find_context(fc);
		if (note)
			tell(note, told);
		unlock_notes();
	}
	fput(file);
	return works;
}

void kl_fscontext_exit(void)
{
	spin_lock(&notes.lock);
	drop_all();
	unlock_notes();
}
