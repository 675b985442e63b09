// SPDX-License-Identifier: GPL-2.0
/*
 * Handing records to the Linux audit subsystem: see linux_audit.h.
 *
 * audit_log_start() and audit_log_end() lose a record, and panic if that is
 * what audit_failure says, when the queue is longer than the limit, when there
 * are more records a second than the rate allows, and when memory is short.
 * None of these can be asked about in the kernel but by the message AUDIT_GET.
 */
#include <linux/audit.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include "linux_audit.h"

#define BINARY_SIZE	(2 * KL_RECORD_MAX)
#define TEXT_SIZE	4096

/* Readers of audit take 8,970 bytes, their own words included. */
#define MESSAGE_MAX	8192
/* Of these for what follows the arguments: the task, its history, the files. */
#define TAIL_MAX	6144

/* Records handed over until audit's state is looked at again. */
#define BATCH		16
#define SOON		1		/* jiffies */
#define WAIT_FOR_ROOM	(HZ / 10)
#define REPLY_TIMEOUT	HZ

/**
 * struct linux_audit - the way to audit; empty until a policy wants it
 * @ring: copies of records; set once, last of all
 * @reader: the worker's
 * @socket: to ask audit for its state
 * @question: number of the last question
 * @binary: records fetched, BINARY_SIZE bytes
 * @next, @end: those of @binary not handed over yet
 * @text: one record as text
 * @room: bytes at @text
 * @soon: starts @work; records are made where no work can be queued
 * @work: hands over
 * @ending: @soon is not set any more
 * @sent, @cut, @refused: see struct kl_linux_audit_stat
 */
static struct linux_audit {
	struct kl_ring *ring;
	struct kl_ring_reader *reader;
	struct socket *socket;
	u32 question;
	char *binary;
	size_t next;
	size_t end;
	char *text;
	size_t room;
	struct timer_list soon;
	struct work_struct work;
	bool ending;
	kl_counter_t sent;
	kl_counter_t cut;
	kl_counter_t refused;
} la;

/* Copies have passed the quotas: an index without a name takes everything. */
static const struct kl_quota no_quota;
#define NO_QUOTA_INDEX	1

static void start_work(struct timer_list *timer)
{
	queue_work(system_unbound_wq, &la.work);
}

static void start_soon(unsigned long delay)
{
	if (!READ_ONCE(la.ending) && !timer_pending(&la.soon))
		mod_timer(&la.soon, jiffies + delay);
}

void kl_linux_audit_copy(const struct kl_request *request,
			 const struct kl_record_meta *meta, u64 sequence)
{
	struct kl_ring *ring = smp_load_acquire(&la.ring);
	struct kl_record_meta copy = *meta;
	struct kl_record_draft draft;
	struct kl_ring_slot slot;
	struct kl_record *head;
	size_t size;

	if (!ring)
		return;
	copy.audit = NO_QUOTA_INDEX;
	size = kl_record_measure(&draft, request, meta);
	if (kl_ring_reserve(ring, &no_quota, &copy, NULL, size, &slot) ==
	    KL_RING_RESERVED) {
		head = slot.data;
		kl_record_write(&draft, head);
		/* The ring numbers its records itself. */
		head->count = sequence;
		kl_ring_commit(ring, &slot);
	}
	start_soon(SOON);
}

static int send_question(void)
{
	struct nlmsghdr message = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = AUDIT_GET,
		.nlmsg_flags = NLM_F_REQUEST,
		.nlmsg_seq = ++la.question,
	};
	/* With an address the sender's capabilities count, not a file's. */
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr header = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
	};
	struct kvec part = { &message, sizeof(message) };
	int done = kernel_sendmsg(la.socket, &header, &part, 1, part.iov_len);

	return min(done, 0);
}

/* Return: 0; a negative errno if audit does not say. */
static int ask_state(struct audit_status *status)
{
	struct {
		struct nlmsghdr head;
		struct audit_status status;
	} reply;
	struct kvec part;
	int done, err = send_question();

	while (!err) {
		struct msghdr header = {};

		memset(&reply, 0, sizeof(reply));
		part = (struct kvec){ &reply, sizeof(reply) };
		done = kernel_recvmsg(la.socket, &header, &part, 1,
				      part.iov_len, 0);
		if (done < 0)
			return done;
		if (done < NLMSG_HDRLEN ||
		    reply.head.nlmsg_seq != la.question)
			continue;
		*status = reply.status;
		return reply.head.nlmsg_type == AUDIT_GET ? 0 : -EIO;
	}
	return err;
}

/**
 * look_ahead - how many records can audit take now?
 * @pause: set to jiffies to wait after them, before asking again
 *
 * Return: that many; 0: none, but later; negative: never.
 */
static int look_ahead(unsigned long *pause)
{
	struct audit_status status;

	*pause = WAIT_FOR_ROOM;
	if (ask_state(&status) || !status.enabled ||
	    status.failure == AUDIT_FAIL_PANIC)
		return -1;
	if (status.backlog_limit &&
	    status.backlog + BATCH > status.backlog_limit / 4 * 3)
		return 0;
	*pause = 0;
	if (!status.rate_limit)
		return BATCH;
	/* Half of what it takes in a second, and others want theirs. */
	*pause = HZ;
	return clamp_t(u32, status.rate_limit / 2, 1, BATCH);
}

/* Return: bytes of the record's text at la.text; 0 if it could not be made. */
static size_t make_text(const void *record, size_t size)
{
	const struct kl_record_origin *origin = &kellas.origin;
	ssize_t length = kl_record_text(record, size, origin, la.text, la.room);
	char *text;

	if (length <= (ssize_t)la.room)
		return max_t(ssize_t, length, 0);
	text = kvmalloc(length, GFP_KERNEL);
	if (!text)
		return 0;
	kvfree(la.text);
	la.text = text;
	la.room = length;
	length = kl_record_text(record, size, origin, text, length);
	return max_t(ssize_t, length, 0);
}

/* Where the task begins: no blank of a value is printed as such. */
static size_t find_tail(size_t length)
{
	const char *tail = strnstr(la.text, " task.pid=", length);

	return tail ? tail - la.text : length;
}

static void log_text(struct audit_buffer *buffer, size_t length)
{
	size_t tail = find_tail(length);
	size_t shown = min_t(size_t, length - tail, TAIL_MAX);
	size_t before = min(tail, MESSAGE_MAX - shown);

	if (length <= MESSAGE_MAX) {
		audit_log_format(buffer, "kellas %.*s", (int)length, la.text);
		return;
	}
	kl_counter_add(&la.cut, 1);
	audit_log_format(buffer, "kellas %.*s cut=%zu%.*s", (int)before,
			 la.text, length - before - shown, (int)shown,
			 la.text + tail);
}

static void hand_over(struct kl_record *head, void *record)
{
	bool lost = head->kind == KL_RECORD_LOST;
	u64 count = head->count;
	struct audit_buffer *buffer;
	size_t length = 0;

	if (!lost) {
		head->sequence = count;
		head->count = 0;
		memcpy(record, head, sizeof(*head));
		length = make_text(record, head->size);
	}
	if (!lost && !length) {
		kl_counter_add(&la.refused, 1);
		return;
	}
	buffer = audit_log_start(NULL, GFP_NOWAIT | __GFP_NOWARN,
				 AUDIT_KERNEL_OTHER);
	if (!buffer) {
		kl_counter_add(&la.refused, 1);
		return;
	}
	/* Without its newline. */
	if (lost)
		audit_log_format(buffer, "kellas lost=%llu", count);
	else
		log_text(buffer, length - 1);
	audit_log_end(buffer);
	kl_counter_add(&la.sent, !lost);
}

static bool fetch(void)
{
	if (la.next < la.end)
		return true;
	la.next = 0;
	la.end = kl_ring_read(la.reader, la.binary, BINARY_SIZE,
			      ktime_get_real_ns());
	return la.end;
}

static void take_one(bool refuse)
{
	struct kl_record head;

	/* What is fetched is not aligned. */
	memcpy(&head, la.binary + la.next, sizeof(head));
	if (refuse)
		kl_counter_add(&la.refused, head.kind == KL_RECORD_REQUEST);
	else
		hand_over(&head, la.binary + la.next);
	la.next += head.size;
}

static void do_work(struct work_struct *work)
{
	unsigned long pause;
	int i, many;

	while (fetch()) {
		many = look_ahead(&pause);
		for (i = 0; i < (many < 0 ? BATCH : many) && fetch(); i++)
			take_one(many < 0);
		if (many >= 0 && pause) {
			start_soon(pause);
			return;
		}
		cond_resched();
	}
}

static bool is_wanted(const struct kl_quota *quota)
{
	bool wanted = false;
	int i;

	for (i = 0; i < KL_AUDIT_INDEXES; i++)
		wanted |= quota->audit[i].to_audit;
	return wanted;
}

static void release_all(struct kl_ring *ring)
{
	if (la.socket)
		sock_release(la.socket);
	if (la.reader)
		kl_ring_close(la.reader);
	if (ring)
		kl_ring_free(ring);
	kvfree(la.text);
	kvfree(la.binary);
	la.socket = NULL;
	la.reader = NULL;
	la.text = NULL;
	la.binary = NULL;
}

static int open_all(struct kl_ring **ring)
{
	int err;

	*ring = kl_ring_new(KL_LINUX_AUDIT_MEMORY);
	la.binary = kvmalloc(BINARY_SIZE, GFP_KERNEL);
	la.text = kvmalloc(TEXT_SIZE, GFP_KERNEL);
	la.room = TEXT_SIZE;
	if (*ring && la.binary && la.text)
		la.reader = kl_ring_open(*ring);
	if (!la.reader)
		return -ENOMEM;
	err = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_AUDIT,
			       &la.socket);
	if (err)
		return err;
	la.socket->sk->sk_rcvtimeo = REPLY_TIMEOUT;
	return 0;
}

int kl_linux_audit_prepare(const struct kl_quota *quota,
			   struct kl_error *error)
{
	struct kl_ring *ring = NULL;
	int err = -EOPNOTSUPP;

	if (la.ring || !is_wanted(quota))
		return 0;
	if (IS_ENABLED(CONFIG_AUDIT))
		err = open_all(&ring);
	if (err) {
		release_all(ring);
		*error = (struct kl_error){};
		snprintf(error->text, sizeof(error->text),
			 "audit=yes: the Linux audit subsystem cannot be used: error %d",
			 err);
		return err;
	}
	smp_store_release(&la.ring, ring);
	return 0;
}

void kl_linux_audit_stat(struct kl_linux_audit_stat *stat)
{
	struct kl_ring *ring = smp_load_acquire(&la.ring);
	struct kl_ring_stat ring_stat = {};

	if (ring)
		kl_ring_stat(ring, &ring_stat);
	*stat = (struct kl_linux_audit_stat) {
		.sent = kl_counter_read(&la.sent),
		.cut = kl_counter_read(&la.cut),
		.refused = kl_counter_read(&la.refused),
		.lost = ring_stat.lost,
	};
}

void kl_linux_audit_init(void)
{
	timer_setup(&la.soon, start_work, 0);
	INIT_WORK(&la.work, do_work);
}

void kl_linux_audit_exit(void)
{
	int i;

	WRITE_ONCE(la.ending, true);
	/* Whoever had not seen that may have set the timer once more. */
	for (i = 0; i < 2; i++) {
		timer_delete_sync(&la.soon);
		cancel_work_sync(&la.work);
	}
	release_all(la.ring);
}
