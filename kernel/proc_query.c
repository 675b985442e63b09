// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/kellas/query: denials that wait for an answer.
 *
 * A read gives one query: a line "Q<serial>-<retry>", a log record of the
 * denial, a NUL byte; what does not fit comes with the next read. Each read
 * gives the next query; after the last one it gives 0 bytes, and then begins
 * again: queries stay until they are answered. It never waits; poll() does.
 *
 * A line "A<serial>=<answer>" answers: 1 grants, 3 evaluates the block again, 0
 * does nothing, any other number denies. A query that is gone or answered is
 * no error. Any complete line, also an empty one, says that somebody is
 * there: no query ends for want of an answer within the next ten seconds.
 *
 * Each write() needs CAP_MAC_ADMIN in the initial user namespace, and the leave
 * of the modify_policy blocks (EPERM).
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "proc.h"
#include "query.h"
#include "request.h"

/* No answer is longer than "A4294967295=4294967295". */
#define LINE_SIZE	32
#define CHUNK_SIZE	256

/**
 * struct asker - an open query
 * @observer: it counts as one
 * @lock: serialises reads and writes
 * @cursor: which query comes next
 * @record: room for one, KL_RECORD_MAX bytes
 * @page: the query that is being read
 * @position: how much of it was read
 * @line: beginning of a line whose end has not been written yet
 * @used: bytes of it; more than LINE_SIZE: it is too long for an answer
 */
struct asker {
	struct kl_observer observer;
	struct mutex lock;
	struct kl_query_cursor cursor;
	void *record;
	struct kl_page page;
	size_t position;
	char line[LINE_SIZE + 1];
	size_t used;
};

static int query_open(struct inode *inode, struct file *file)
{
	struct asker *asker;
	int err = kl_proc_get(true);

	if (err)
		return err;
	asker = kzalloc(sizeof(*asker), GFP_KERNEL_ACCOUNT);
	if (!asker)
		goto put;
	asker->record = kvmalloc(KL_RECORD_MAX, GFP_KERNEL_ACCOUNT);
	if (!asker->record)
		goto free;
	mutex_init(&asker->lock);
	kl_query_open(&asker->observer, file);
	file->private_data = asker;
	return 0;

free:
	kfree(asker);
put:
	kl_proc_put();
	return -ENOMEM;
}

static int query_release(struct inode *inode, struct file *file)
{
	struct asker *asker = file->private_data;

	kl_query_close(&asker->observer);
	kl_page_release(&asker->page);
	kvfree(asker->record);
	kfree(asker);
	kl_proc_put();
	return 0;
}

static int put_record(struct kl_page *page, const void *record, size_t size)
{
	ssize_t length = kl_record_text(record, size, NULL, NULL, 0);
	ssize_t err;
	char *text;

	if (length < 0)
		return length;
	text = kvmalloc(length, GFP_KERNEL_ACCOUNT);
	if (!text)
		return -ENOMEM;
	err = kl_record_text(record, size, NULL, text, length);
	if (err >= 0)
		err = kl_page_write(page, text, length);
	kvfree(text);
	return err;
}

/* Makes the text of the next query; an empty one behind the last. */
static int next_page(struct asker *asker)
{
	struct kl_page *page = &asker->page;
	struct kl_query_info info;
	int err;

	page->length = 0;
	asker->position = 0;
	if (!kl_query_next(&asker->cursor, &info, asker->record))
		return 0;
	err = kl_page_printf(page, "Q%u-%u\n", info.serial, info.retry);
	if (!err)
		err = put_record(page, asker->record, info.size);
	if (!err)
		err = kl_page_write(page, "", 1);
	if (err)
		page->length = 0;
	return err;
}

static ssize_t query_read(struct file *file, char __user *buffer, size_t size,
			  loff_t *position)
{
	struct asker *asker = file->private_data;
	ssize_t done = 0;

	if (!size)
		return 0;
	if (mutex_lock_killable(&asker->lock))
		return -EINTR;
	if (asker->position == asker->page.length)
		done = next_page(asker);
	if (!done) {
		done = min(size, asker->page.length - asker->position);
		if (copy_to_user(buffer, asker->page.data + asker->position,
				 done))
			done = -EFAULT;
		else
			asker->position += done;
	}
	mutex_unlock(&asker->lock);
	return done;
}

static void take_line(struct asker *asker)
{
	unsigned int serial, number;
	int end = 0;

	kl_query_alive();
	if (asker->used > LINE_SIZE)
		return;
	asker->line[asker->used] = '\0';
	if (sscanf(asker->line, "A%u=%u%n", &serial, &number, &end) < 2 ||
	    asker->line[end] || !number)
		return;
	kl_query_answer(serial, number == 1 ? KL_ANSWER_GRANT :
				number == 3 ? KL_ANSWER_RETRY :
					      KL_ANSWER_DENY);
}

static void take_bytes(struct asker *asker, const char *bytes, size_t count)
{
	for (; count--; bytes++) {
		if (*bytes == '\n') {
			take_line(asker);
			asker->used = 0;
			continue;
		}
		if (asker->used < LINE_SIZE)
			asker->line[asker->used] = *bytes;
		if (asker->used <= LINE_SIZE)
			asker->used++;
	}
}

static ssize_t take_write(struct asker *asker, const char __user *buffer,
			  size_t size)
{
	char chunk[CHUNK_SIZE] kl_uninitialized;
	size_t done, count;

	for (done = 0; done < size; done += count) {
		count = min(size - done, sizeof(chunk));
		if (copy_from_user(chunk, buffer + done, count))
			return done ?: -EFAULT;
		if (fatal_signal_pending(current))
			return done ?: -EINTR;
		take_bytes(asker, chunk, count);
		cond_resched();
	}
	return done;
}

static ssize_t query_write(struct file *file, const char __user *buffer,
			   size_t size, loff_t *position)
{
	struct asker *asker = file->private_data;
	ssize_t done;
	int err;

	if (!kl_proc_may())
		return -EPERM;
	err = kl_check_policy_write();
	if (err)
		return err;
	if (mutex_lock_killable(&asker->lock))
		return -EINTR;
	done = take_write(asker, buffer, size);
	mutex_unlock(&asker->lock);
	return done;
}

static __poll_t query_poll(struct file *file, poll_table *table)
{
	kl_query_poll(file, table);
	return EPOLLOUT | EPOLLWRNORM |
	       (kl_query_pending() ? EPOLLIN | EPOLLRDNORM : 0);
}

const struct proc_ops kl_query_proc_ops = {
	.proc_open = query_open,
	.proc_read = query_read,
	.proc_write = query_write,
	.proc_poll = query_poll,
	.proc_release = query_release,
};
