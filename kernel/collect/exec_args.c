// SPDX-License-Identifier: GPL-2.0
/*
 * What an execve was given: the requested name, the arguments, the
 * environment.
 *
 * The strings lie in the new program's memory from bprm->p up to bprm->exec,
 * each with its NUL, arguments first.
 */
#include <linux/binfmts.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/magic.h>
#include <linux/mm.h>
#include <linux/namei.h>
#include "collect.h"

void kl_exec_init(struct kl_exec *exec, struct linux_binprm *bprm)
{
	*exec = (struct kl_exec) {
		.bprm = bprm,
		.args.argc = bprm->argc,
		.args.envc = bprm->envc,
	};
}

void kl_exec_release(struct kl_exec *exec)
{
	if (exec->path.dentry)
		path_put(&exec->path);
	kvfree(exec->args.text);
	kvfree(exec->raw);
}

/*
 * The last symbolic link is not followed, so that policies see which name was
 * asked for; on procfs it is, since /proc/PID/exe names no program.
 */
int kl_exec_lookup(struct kl_exec *exec)
{
	const struct linux_binprm *bprm = exec->bprm;
	unsigned int flags = 0;

	if (exec->path.dentry)
		return 0;
	if (file_inode(bprm->file)->i_sb->s_magic == PROC_SUPER_MAGIC)
		flags = LOOKUP_FOLLOW;
	if (kern_path(bprm->filename, flags, &exec->path)) {
		exec->path = (struct path){};
		return -ENOENT;
	}
	return 0;
}

static int copy_page_part(struct mm_struct *mm, unsigned long from, char *to,
			  size_t length)
{
	struct page *page;
	char *data;

	if (kl_get_user_page(mm, from, &page) != 1)
		return -ENOMEM;
	data = kmap_local_page(page);
	memcpy(to, data + offset_in_page(from), length);
	kunmap_local(data);
	put_page(page);
	return 0;
}

static int copy_strings(struct mm_struct *mm, unsigned long from, char *to,
			size_t length)
{
	size_t done, part;
	int err = 0;

	mmap_read_lock(mm);
	for (done = 0; done < length && !err; done += part) {
		part = min_t(size_t, length - done,
			     PAGE_SIZE - offset_in_page(from + done));
		err = copy_page_part(mm, from + done, to + done, part);
	}
	mmap_read_unlock(mm);
	return err;
}

/* One that is longer than KL_STRING_MAX, or is not there, stays unknown. */
static void split_strings(struct kl_text *text, u32 count, const char *raw,
			  size_t length)
{
	u32 i;

	for (i = 0; i < count && length; i++) {
		size_t used = strnlen(raw, length);

		if (used <= KL_STRING_MAX && used < length)
			text[i] = (struct kl_text){ raw, used };
		used = min(used + 1, length);
		raw += used;
		length -= used;
	}
}

int kl_exec_read(struct kl_exec *exec)
{
	const struct linux_binprm *bprm = exec->bprm;
	size_t length = bprm->exec - bprm->p;
	u32 count = exec->args.argc + exec->args.envc;
	struct kl_text *text;
	char *raw;
	int err;

	if (exec->args.text)
		return 0;
	raw = kvmalloc(length + 1, GFP_KERNEL_ACCOUNT);
	text = kvcalloc(count + 1, sizeof(*text), GFP_KERNEL_ACCOUNT);
	err = raw && text ? copy_strings(bprm->mm, bprm->p, raw, length) :
			    -ENOMEM;
	if (err) {
		kvfree(text);
		kvfree(raw);
		return err;
	}
	split_strings(text, count, raw, length);
	exec->raw = raw;
	exec->args.text = text;
	return 0;
}
