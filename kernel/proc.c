// SPDX-License-Identifier: GPL-2.0
/* The folder /proc/kellas, its files, and those that are only read. */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include "proc.h"

#define PAGE_ROOM_MIN	4096

bool kl_proc_may(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_MAC_ADMIN);
}

int kl_proc_get(bool privileged)
{
	if (privileged && !kl_proc_may())
		return -EPERM;
	if (try_module_get(THIS_MODULE))
		return 0;
	/* rmmod -f waits for ever then, and the log shall still be read. */
	if (!kl_core_is_held())
		return -ENODEV;
	__module_get(THIS_MODULE);
	return 0;
}

void kl_proc_put(void)
{
	module_put(THIS_MODULE);
}

void kl_page_release(struct kl_page *page)
{
	kvfree(page->data);
	*page = (struct kl_page){};
}

static int grow_page(struct kl_page *page, size_t more)
{
	size_t room = max_t(size_t, page->room, PAGE_ROOM_MIN);
	char *data;

	while (room < page->length + more)
		room *= 2;
	if (room == page->room)
		return 0;
	data = kvmalloc(room, GFP_KERNEL_ACCOUNT);
	if (!data)
		return -ENOMEM;
	if (page->length)
		memcpy(data, page->data, page->length);
	kvfree(page->data);
	page->data = data;
	page->room = room;
	return 0;
}

int kl_page_write(void *context, const char *data, size_t length)
{
	struct kl_page *page = context;
	int err = grow_page(page, length);

	if (err)
		return err;
	memcpy(page->data + page->length, data, length);
	page->length += length;
	return 0;
}

int kl_page_printf(struct kl_page *page, const char *format, ...)
{
	char text[512] kl_uninitialized;
	va_list args;
	int length;

	va_start(args, format);
	length = vscnprintf(text, sizeof(text), format, args);
	va_end(args);
	return kl_page_write(page, text, length);
}

/**
 * struct reader - an open stat or version
 * @lock: serialises reads
 * @print: makes the text
 * @page: the text, made at the first read and at each read from the start
 */
struct reader {
	struct mutex lock;
	int (*print)(struct kl_page *page);
	struct kl_page page;
};

static int reader_open(struct file *file, bool privileged,
		       int (*print)(struct kl_page *page))
{
	struct reader *reader;
	int err = kl_proc_get(privileged);

	if (err)
		return err;
	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (!reader) {
		kl_proc_put();
		return -ENOMEM;
	}
	mutex_init(&reader->lock);
	reader->print = print;
	file->private_data = reader;
	return 0;
}

static int stat_open(struct inode *inode, struct file *file)
{
	return reader_open(file, true, kl_stat_print);
}

static int processes_open(struct inode *inode, struct file *file)
{
	return reader_open(file, true, kl_processes_print);
}

static int version_open(struct inode *inode, struct file *file)
{
	return reader_open(file, false, kl_version_print);
}

static ssize_t reader_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *position)
{
	struct reader *reader = file->private_data;
	ssize_t done = 0;

	if (mutex_lock_killable(&reader->lock))
		return -EINTR;
	if (!*position) {
		kl_page_release(&reader->page);
		done = reader->print(&reader->page);
	}
	if (!done)
		done = simple_read_from_buffer(buffer, size, position,
					       reader->page.data,
					       reader->page.length);
	mutex_unlock(&reader->lock);
	return done;
}

static int reader_release(struct inode *inode, struct file *file)
{
	struct reader *reader = file->private_data;

	kl_page_release(&reader->page);
	kfree(reader);
	kl_proc_put();
	return 0;
}

static const struct proc_ops stat_proc_ops = {
	.proc_open = stat_open,
	.proc_read = reader_read,
	.proc_lseek = default_llseek,
	.proc_release = reader_release,
};

static const struct proc_ops processes_proc_ops = {
	.proc_open = processes_open,
	.proc_read = reader_read,
	.proc_lseek = default_llseek,
	.proc_release = reader_release,
};

static const struct proc_ops version_proc_ops = {
	.proc_open = version_open,
	.proc_read = reader_read,
	.proc_lseek = default_llseek,
	.proc_release = reader_release,
};

static const struct {
	const char *name;
	umode_t mode;
	const struct proc_ops *ops;
} files[] = {
	{ "policy", 0600, &kl_policy_proc_ops },
	{ "audit", 0600, &kl_audit_proc_ops },
	{ "query", 0600, &kl_query_proc_ops },
	{ "stat", 0400, &stat_proc_ops },
	{ "processes", 0400, &processes_proc_ops },
	{ "process_status", 0600, &kl_process_status_proc_ops },
	{ "self_domain", 0666, &kl_self_domain_proc_ops },
	{ "version", 0444, &version_proc_ops },
};

int kl_proc_init(void)
{
	unsigned int i;

	kellas.proc = proc_mkdir("kellas", NULL);
	if (!kellas.proc)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(files); i++)
		if (!proc_create(files[i].name, files[i].mode, kellas.proc,
				 files[i].ops)) {
			kl_proc_exit();
			return -ENOMEM;
		}
	return 0;
}

/* Waits until each call that is under way has returned, and closes the files. */
void kl_proc_exit(void)
{
	kl_log_leave();
	proc_remove(kellas.proc);
}
