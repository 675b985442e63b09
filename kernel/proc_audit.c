// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/kellas/audit: log records as text.
 *
 * Each open file has its own cursor and begins at the oldest record held. A
 * read returns whole records, as many as fit; if not even the next one fits it
 * fails with EINVAL and the record stays (512 KiB fit any). It waits for a
 * record unless O_NONBLOCK is set (then EAGAIN), or the module is removed by
 * force (ENODEV). lseek(n, SEEK_SET) moves to
 * the record with seq=n, or the oldest if n is 0; lseek(0, SEEK_END) behind
 * the newest. Writing "keep" makes this reader the keeper, EBUSY if there is
 * one; its thread group's own operations are not recorded then. "ack N" says
 * that the keeper has brought all records up to seq=N to safety: requests that
 * "audit N wait=MS" holds up for that go on (EINVAL if there is no such record,
 * EPERM if this is not the keeper).
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include "proc.h"

#define BINARY_SIZE	(2 * KL_RECORD_MAX)
#define TEXT_SIZE	4096

/**
 * struct audit - an open audit
 * @lock: serialises reads, seeks and writes; not held while waiting
 * @reader: in the ring
 * @keeper: it is the keeper
 * @binary: records fetched
 * @next: offset in @binary of the first not delivered
 * @end: bytes in @binary
 * @text: room for one record as text, grown as needed
 * @room: bytes at @text
 */
struct audit {
	struct mutex lock;
	struct kl_ring_reader *reader;
	bool keeper;
	char *binary;
	size_t next;
	size_t end;
	char *text;
	size_t room;
};

static void free_audit(struct audit *audit)
{
	kvfree(audit->text);
	kvfree(audit->binary);
	kfree(audit);
}

static struct audit *new_audit(void)
{
	struct audit *audit = kzalloc(sizeof(*audit), GFP_KERNEL_ACCOUNT);

	if (!audit)
		return NULL;
	mutex_init(&audit->lock);
	audit->binary = kvmalloc(BINARY_SIZE, GFP_KERNEL_ACCOUNT);
	audit->text = kvmalloc(TEXT_SIZE, GFP_KERNEL_ACCOUNT);
	audit->room = TEXT_SIZE;
	if (audit->binary && audit->text)
		audit->reader = kl_ring_open(kellas.log.ring);
	if (!audit->reader) {
		free_audit(audit);
		return NULL;
	}
	return audit;
}

static int audit_open(struct inode *inode, struct file *file)
{
	int err = kl_proc_get(true);

	if (err)
		return err;
	file->private_data = new_audit();
	if (file->private_data)
		return 0;
	kl_proc_put();
	return -ENOMEM;
}

static int audit_release(struct inode *inode, struct file *file)
{
	struct audit *audit = file->private_data;

	if (audit->keeper)
		kl_log_keep_end();
	kl_ring_close(audit->reader);
	free_audit(audit);
	kl_proc_put();
	return 0;
}

/* Is a record at hand? Fetches some if not. */
static bool fetch(struct audit *audit)
{
	if (audit->next < audit->end)
		return true;
	audit->next = 0;
	audit->end = kl_ring_read(audit->reader, audit->binary, BINARY_SIZE,
				  ktime_get_real_ns());
	kl_log_wake();
	return audit->end;
}

/* Makes the text of the next record. Returns its length, or an error. */
static ssize_t make_text(struct audit *audit, size_t size)
{
	const void *record = audit->binary + audit->next;
	ssize_t length;
	char *text;

	length = kl_record_text(record, size, &kellas.origin, audit->text,
				audit->room);
	if (length <= (ssize_t)audit->room)
		return length;
	text = kvmalloc(length, GFP_KERNEL_ACCOUNT);
	if (!text)
		return -ENOMEM;
	kvfree(audit->text);
	audit->text = text;
	audit->room = length;
	return kl_record_text(record, size, &kellas.origin, text, length);
}

/* Whole records, as many as fit. */
static ssize_t deliver(struct audit *audit, char __user *buffer, size_t size)
{
	size_t done = 0;
	ssize_t length = 0;
	u32 used;

	while (fetch(audit)) {
		memcpy(&used, audit->binary + audit->next, sizeof(used));
		length = make_text(audit, used);
		if (WARN_ON_ONCE(length == -EINVAL)) {
			audit->next += used;
			continue;
		}
		if (length >= 0 && (size_t)length > size - done)
			length = -EINVAL;
		else if (length >= 0 &&
			 copy_to_user(buffer + done, audit->text, length))
			length = -EFAULT;
		if (length < 0)
			break;
		audit->next += used;
		done += length;
		if (signal_pending(current))
			break;
	}
	return done ?: min_t(ssize_t, length, 0);
}

static bool has_records(struct audit *audit)
{
	return READ_ONCE(audit->next) < READ_ONCE(audit->end) ||
	       kl_ring_ready(audit->reader, ktime_get_real_ns());
}

static ssize_t audit_read(struct file *file, char __user *buffer, size_t size,
			  loff_t *position)
{
	struct audit *audit = file->private_data;
	ssize_t done;

	if (!size)
		return 0;
	for (;;) {
		if (mutex_lock_interruptible(&audit->lock))
			return -ERESTARTSYS;
		done = deliver(audit, buffer, size);
		mutex_unlock(&audit->lock);
		if (done)
			return done;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (READ_ONCE(kellas.log.leaving))
			return -ENODEV;
		if (wait_event_interruptible(*kellas.log.wait,
					     has_records(audit) ||
					     READ_ONCE(kellas.log.leaving)))
			return -ERESTARTSYS;
	}
}

static __poll_t audit_poll(struct file *file, poll_table *table)
{
	struct audit *audit = file->private_data;

	poll_wait(file, kellas.log.wait, table);
	return has_records(audit) ? EPOLLIN | EPOLLRDNORM : 0;
}

static loff_t audit_lseek(struct file *file, loff_t offset, int whence)
{
	struct audit *audit = file->private_data;
	u64 sequence;
	int err;

	if (whence == SEEK_SET && offset >= 0)
		sequence = offset;
	else if (whence == SEEK_END && !offset)
		sequence = U64_MAX;
	else
		return -EINVAL;
	if (mutex_lock_interruptible(&audit->lock))
		return -EINTR;
	err = kl_ring_seek(audit->reader, sequence);
	if (!err)
		audit->next = audit->end = 0;
	kl_log_wake();
	mutex_unlock(&audit->lock);
	return err ?: offset;
}

static int keep(struct audit *audit)
{
	int err = kl_log_keep(audit->reader);

	if (!err)
		audit->keeper = true;
	return err;
}

static int take_word(struct audit *audit, const char *word)
{
	u64 sequence;

	if (sysfs_streq(word, "keep"))
		return keep(audit);
	if (strncmp(word, "ack ", 4) || kstrtou64(word + 4, 10, &sequence))
		return -EINVAL;
	return audit->keeper ? kl_log_acknowledge(sequence) : -EPERM;
}

static ssize_t audit_write(struct file *file, const char __user *buffer,
			   size_t size, loff_t *position)
{
	struct audit *audit = file->private_data;
	char word[sizeof("ack 18446744073709551615\n")] = "";
	int err;

	if (!kl_proc_may())
		return -EPERM;
	if (size >= sizeof(word))
		return -EINVAL;
	if (copy_from_user(word, buffer, size))
		return -EFAULT;
	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	mutex_lock(&audit->lock);
	err = take_word(audit, word);
	mutex_unlock(&audit->lock);
	return err ?: (ssize_t)size;
}

const struct proc_ops kl_audit_proc_ops = {
	.proc_open = audit_open,
	.proc_read = audit_read,
	.proc_write = audit_write,
	.proc_poll = audit_poll,
	.proc_lseek = audit_lseek,
	.proc_release = audit_release,
};
