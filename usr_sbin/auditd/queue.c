// SPDX-License-Identifier: GPL-2.0
/* Messages on their way into a sink. */
#include "limits.h"
#include "spool.h"

/**
 * struct item - a message in memory
 * @next: the one behind it
 * @number: in the spool, 0: only in memory
 * @handed: it was sent at least once
 * @message: its text is @text, unless it was replaced by @note
 * @note: NULL, or what is sent instead, see kl_queue_drop()
 * @text: as it was put
 */
struct item {
	struct item *next;
	u64 number;
	bool handed;
	struct kl_message message;
	char *note;
	char text[];
};

/**
 * struct kl_queue - a queue
 * @memory_max, @spool, @tell, @data: see kl_queue_new()
 * @first, @end: list of items
 * @unsent: the first that is to be sent, NULL: all in memory were
 * @unspilled: the first that is only in memory, NULL: none
 * @messages, @bytes: in memory
 * @sent: items sent and not confirmed
 * @mark: tells what is repeated, before @first; NULL: nothing
 * @mark_range: what @mark tells
 * @mark_sent: it was sent, but is not confirmed
 * @lost: behind the last message and not told yet
 * @lost_instance: of the last of @lost
 * @told: the last note about lost ones, if it is not confirmed; or NULL
 * @told_range, @told_instance: what it and unconfirmed ones before it tell
 * @safe, @safe_instance: see kl_queue_safe()
 * @spooled, @spooled_instance: number of the last message in the spool
 * @spooled_end: number in the spool behind that one
 * @dropped, @damaged, @repeated: figures
 *
 * As long as something is only in the spool nothing is only in memory.
 */
struct kl_queue {
	size_t memory_max;
	struct kl_spool *spool;
	kl_queue_tell tell;
	void *data;
	struct item *first, **end;
	struct item *unsent, *unspilled;
	u64 messages, bytes;
	u64 sent;
	struct item *mark;
	struct kl_queue_range mark_range;
	bool mark_sent;
	struct kl_queue_range lost;
	u64 lost_instance;
	struct item *told;
	struct kl_queue_range told_range;
	u64 told_instance;
	u64 safe, safe_instance;
	u64 spooled, spooled_instance, spooled_end;
	u64 dropped, damaged, repeated;
};

static size_t cost(const struct item *item)
{
	return sizeof(*item) + item->message.text.length;
}

static struct item *make_item(const struct kl_message *message)
{
	struct item *item = kl_xalloc(1, sizeof(*item) + message->text.length);

	item->message = *message;
	if (message->text.length)
		memcpy(item->text, message->text.data, message->text.length);
	item->message.text.data = item->text;
	return item;
}

static void free_item(struct item *item)
{
	if (item)
		free(item->note);
	free(item);
}

static void add_item(struct kl_queue *queue, struct item *item)
{
	*queue->end = item;
	queue->end = &item->next;
	queue->messages++;
	queue->bytes += cost(item);
	if (!queue->unsent)
		queue->unsent = item;
	if (!item->number && !queue->unspilled)
		queue->unspilled = item;
}

/* At least one message fits always. */
static bool has_room(const struct kl_queue *queue, size_t length)
{
	return !queue->first ||
	       queue->bytes + sizeof(struct item) + length <= queue->memory_max;
}

static void add_to_range(struct kl_queue_range *range, u64 sequence)
{
	if (!sequence) {
		range->others++;
		return;
	}
	range->count++;
	if (!range->first || sequence < range->first)
		range->first = sequence;
	if (sequence > range->last)
		range->last = sequence;
}

/* A message of the queue's own about a range. */
static void tell_range(struct kl_queue *queue, enum kl_queue_event event,
		       const struct kl_queue_range *range, struct kl_message *message)
{
	memset(message, 0, sizeof(*message));
	queue->tell(queue->data, event, range, message);
}

/* The spool */

static u64 only_in_spool(const struct kl_queue *queue)
{
	return queue->spool ? kl_spool_unread(queue->spool) : 0;
}

static int append(struct kl_queue *queue, const struct kl_message *message, bool read,
		  u64 *number)
{
	int error = kl_spool_append(queue->spool, message, read, number);

	if (error)
		return error;
	queue->spooled_end = *number + 1;
	if (message->sequence) {
		queue->spooled = message->sequence;
		queue->spooled_instance = message->instance;
	}
	return 0;
}

/* What may have been sent must be known as such after a crash. */
static void announce(struct kl_queue *queue, const struct item *from)
{
	u64 number = 0, sequence = 0;

	if (from->number < kl_spool_announced(queue->spool, &sequence))
		return;
	for (; from && from->number; from = from->next) {
		number = from->number + 1;
		if (from->message.sequence)
			sequence = from->message.sequence;
	}
	kl_spool_announce(queue->spool, number, sequence);
}

int kl_queue_spill(struct kl_queue *queue)
{
	u64 handed = 0, sequence = 0;
	struct item *item;
	int error = 0;

	if (!queue->spool)
		return -ENOENT;
	while ((item = queue->unspilled)) {
		error = append(queue, &item->message, true, &item->number);
		if (error)
			break;
		if (item->handed) {
			handed = item->number + 1;
			sequence = item->message.sequence ? item->message.sequence :
							    sequence;
		}
		queue->unspilled = item->next;
	}
	kl_spool_announce(queue->spool, handed, sequence);
	return error;
}

/*
 * What could not be read back is told where it stood. The note stands for the
 * last of the missing: were it not confirmed, the gap would be found again.
 */
static void add_gap(struct kl_queue *queue, const struct kl_spool_item *gap)
{
	/* Which they were is not known any more. */
	struct kl_queue_range range = { .others = gap->count };
	struct kl_message message;
	struct item *item;

	queue->damaged += gap->count;
	tell_range(queue, KL_QUEUE_DAMAGED, &range, &message);
	item = make_item(&message);
	item->number = gap->number;
	add_item(queue, item);
}

static void make_mark(struct kl_queue *queue)
{
	struct kl_message message;

	free_item(queue->mark);
	tell_range(queue, KL_QUEUE_REPEAT, &queue->mark_range, &message);
	queue->mark = make_item(&message);
	queue->mark_sent = false;
}

/* The first of those that an earlier run may have sent: say so about all of them. */
static void mark_earlier(struct kl_queue *queue, const struct kl_spool_item *first,
			 u64 announced, u64 last)
{
	queue->mark_range = (struct kl_queue_range){
		.others = announced - first->number,
		.first = first->message.sequence ? first->message.sequence : last,
		.last = last,
	};
	make_mark(queue);
}

static void load_message(struct kl_queue *queue, struct kl_spool_item *found)
{
	u64 sequence, announced = kl_spool_announced(queue->spool, &sequence);
	struct item *item;

	if (found->number < announced) {
		found->message.repeat = true;
		queue->repeated++;
		if (!kl_queue_range_size(&queue->mark_range))
			mark_earlier(queue, found, announced, sequence);
	}
	item = make_item(&found->message);
	item->number = found->number;
	add_item(queue, item);
}

/*
 * Bring messages into memory, once half of it is free: each time the position
 * has to reach the disk.
 */
static void load(struct kl_queue *queue)
{
	struct kl_spool_item found;
	struct item **begin = queue->end;
	int kind;

	if (!only_in_spool(queue) || queue->bytes > queue->memory_max / 2)
		return;
	do {
		kind = kl_spool_read(queue->spool, &found);
		if (kind == KL_SPOOL_GAP)
			add_gap(queue, &found);
		else if (kind == KL_SPOOL_MESSAGE)
			load_message(queue, &found);
	} while (kind > KL_SPOOL_NONE && has_room(queue, 0));
	if (*begin)
		announce(queue, *begin);
}

/* Putting */

static void join_ranges(struct kl_queue_range *range, const struct kl_queue_range *more)
{
	range->count += more->count;
	range->others += more->others;
	if (!range->first || (more->first && more->first < range->first))
		range->first = more->first;
	if (more->last > range->last)
		range->last = more->last;
}

/* The note is only in memory: until it is safe the loss stays noted in the spool. */
static void remember_told(struct kl_queue *queue, struct item *note)
{
	if (!queue->told)
		memset(&queue->told_range, 0, sizeof(queue->told_range));
	join_ranges(&queue->told_range, &queue->lost);
	queue->told_instance = queue->lost_instance;
	queue->told = note;
}

/*
 * As far as memory goes; then everything into the spool, so that what is there
 * is in order.
 */
static int store(struct kl_queue *queue, const struct kl_message *message, bool note)
{
	struct item *item;
	u64 number;
	int error;

	if (!only_in_spool(queue) && has_room(queue, message->text.length)) {
		item = make_item(message);
		add_item(queue, item);
		if (note)
			remember_told(queue, item);
		return 0;
	}
	error = kl_queue_spill(queue);
	if (error)
		return error;
	return append(queue, message, false, &number);
}

/* Tell what was lost as soon as there is room for it. */
static int tell_lost(struct kl_queue *queue)
{
	struct kl_message message;
	int error;

	if (!kl_queue_range_size(&queue->lost))
		return 0;
	tell_range(queue, KL_QUEUE_LOST, &queue->lost, &message);
	/* It accounts for the lost ones. */
	message.sequence = queue->lost.last;
	message.instance = queue->lost_instance;
	error = store(queue, &message, true);
	if (!error)
		memset(&queue->lost, 0, sizeof(queue->lost));
	return error;
}

int kl_queue_put(struct kl_queue *queue, const struct kl_message *message)
{
	bool too_long = message->text.length > KL_MESSAGE_MAX;

	if (!too_long && !tell_lost(queue) && !store(queue, message, false))
		return 0;
	queue->dropped++;
	add_to_range(&queue->lost, message->sequence);
	if (message->sequence)
		queue->lost_instance = message->instance;
	/* There is room, and nobody knows when another message comes. */
	if (too_long)
		tell_lost(queue);
	return too_long ? -EMSGSIZE : -ENOBUFS;
}

/* Sending */

bool kl_queue_next(struct kl_queue *queue, struct kl_message *message)
{
	if (!queue->unsent)
		load(queue);
	if (queue->mark && !queue->mark_sent) {
		*message = queue->mark->message;
		return true;
	}
	if (!queue->unsent)
		return false;
	if (queue->unsent->number)
		announce(queue, queue->unsent);
	*message = queue->unsent->message;
	return true;
}

void kl_queue_sent(struct kl_queue *queue)
{
	if (queue->mark && !queue->mark_sent) {
		queue->mark_sent = true;
		return;
	}
	queue->unsent->handed = true;
	queue->unsent = queue->unsent->next;
	queue->sent++;
}

bool kl_queue_drop(struct kl_queue *queue)
{
	struct item *item = queue->unsent;
	struct kl_queue_range range = { 0 };
	struct kl_message note;

	if (!item || item->note || (queue->mark && !queue->mark_sent))
		return false;
	add_to_range(&range, item->message.sequence);
	tell_range(queue, KL_QUEUE_LOST, &range, &note);
	queue->dropped++;
	queue->bytes -= cost(item);
	item->note = kl_xalloc(1, note.text.length + 1);
	memcpy(item->note, note.text.data, note.text.length);
	item->message.text = (struct kl_text){ item->note, note.text.length };
	item->message.source = note.source;
	queue->bytes += cost(item);
	return true;
}

u64 kl_queue_unconfirmed(const struct kl_queue *queue)
{
	return queue->sent + queue->mark_sent;
}

static void confirm_first(struct kl_queue *queue)
{
	struct item *item = queue->first;

	queue->first = item->next;
	if (!queue->first)
		queue->end = &queue->first;
	if (item == queue->unspilled)
		queue->unspilled = item->next;
	if (item == queue->told)
		queue->told = NULL;
	queue->messages--;
	queue->bytes -= cost(item);
	queue->sent--;
	/* What the spool holds safely was safe before, and more may be by now. */
	if (item->message.sequence &&
	    (!item->number || item->number >= kl_spool_synced(queue->spool))) {
		queue->safe = item->message.sequence;
		queue->safe_instance = item->message.instance;
	}
	if (item->number)
		kl_spool_release(queue->spool, item->number + 1);
	free_item(item);
}

void kl_queue_confirm(struct kl_queue *queue, u64 count)
{
	if (count && queue->mark_sent) {
		free_item(queue->mark);
		queue->mark = NULL;
		queue->mark_sent = false;
		count--;
	}
	while (count-- && queue->sent)
		confirm_first(queue);
	tell_lost(queue);
}

void kl_queue_rewind(struct kl_queue *queue)
{
	struct kl_queue_range range = { 0 };
	struct item *item;

	/* Also those that an earlier mark told of and that were not reached again. */
	for (item = queue->first; item && item->handed; item = item->next) {
		queue->repeated += !item->message.repeat;
		item->message.repeat = true;
		add_to_range(&range, item->message.sequence);
	}
	queue->unsent = queue->first;
	queue->sent = 0;
	queue->mark_sent = false;
	if (!kl_queue_range_size(&range))
		return;
	/* A mark that did not arrive may tell of more than is in memory. */
	if (queue->mark && queue->mark_range.last > range.last)
		range.last = queue->mark_range.last;
	queue->mark_range = range;
	make_mark(queue);
}

void kl_queue_take_back(struct kl_queue *queue)
{
	struct item *item;

	for (item = queue->first; item != queue->unsent; item = item->next)
		item->handed = item->message.repeat;
	queue->unsent = queue->first;
	queue->sent = 0;
	queue->mark_sent = false;
}

/* Safety */

static struct kl_spool_mark mark_of(struct kl_queue *queue)
{
	struct kl_spool_mark mark = {
		.sequence = queue->safe,
		.instance = queue->safe_instance,
		.lost = queue->lost,
		.lost_instance = queue->lost_instance,
	};

	if (!queue->told)
		return mark;
	if (queue->told->number && queue->told->number < kl_spool_synced(queue->spool)) {
		queue->told = NULL;
		return mark;
	}
	join_ranges(&mark.lost, &queue->told_range);
	if (!mark.lost_instance)
		mark.lost_instance = queue->told_instance;
	return mark;
}

int kl_queue_sync(struct kl_queue *queue)
{
	struct kl_spool_mark mark;
	int error;

	if (!queue->spool)
		return 0;
	mark = mark_of(queue);
	error = kl_spool_sync(queue->spool, &mark);
	if (error || kl_spool_synced(queue->spool) < queue->spooled_end)
		return error;
	/* Something of it is unconfirmed: it is later than what was confirmed. */
	if (queue->spooled && (only_in_spool(queue) ||
			       (queue->first && queue->first->number))) {
		queue->safe = queue->spooled;
		queue->safe_instance = queue->spooled_instance;
	}
	if (queue->lost.last && !queue->unspilled) {
		queue->safe = queue->lost.last;
		queue->safe_instance = queue->lost_instance;
	}
	return 0;
}

u64 kl_queue_safe(const struct kl_queue *queue, u64 *instance)
{
	if (instance)
		*instance = queue->safe_instance;
	return queue->safe;
}

/* Life */

/* What an earlier run left in the spool. */
static void take_over(struct kl_queue *queue)
{
	const struct kl_spool_mark *mark = kl_spool_mark(queue->spool);
	struct kl_spool_stat stat;

	kl_spool_stat(queue->spool, &stat);
	queue->lost = mark->lost;
	queue->lost_instance = mark->lost_instance;
	queue->safe = mark->sequence;
	queue->safe_instance = mark->instance;
	if (kl_spool_last(queue->spool, &queue->spooled, &queue->spooled_instance)) {
		queue->safe = queue->spooled;
		queue->safe_instance = queue->spooled_instance;
	}
	if (queue->lost.last) {
		queue->safe = queue->lost.last;
		queue->safe_instance = queue->lost_instance;
	}
	queue->spooled_end = kl_spool_synced(queue->spool);
}

struct kl_queue *kl_queue_new(size_t memory_max, struct kl_spool *spool,
			      kl_queue_tell tell, void *data)
{
	struct kl_queue *queue = kl_xalloc(1, sizeof(*queue));

	queue->memory_max = memory_max;
	queue->spool = spool;
	queue->tell = tell;
	queue->data = data;
	queue->end = &queue->first;
	if (spool)
		take_over(queue);
	return queue;
}

void kl_queue_free(struct kl_queue *queue)
{
	struct item *item;

	if (!queue)
		return;
	if (queue->spool) {
		kl_queue_spill(queue);
		kl_queue_sync(queue);
		kl_spool_close(queue->spool);
	}
	while ((item = queue->first)) {
		queue->first = item->next;
		free_item(item);
	}
	free_item(queue->mark);
	free(queue);
}

void kl_queue_stat(const struct kl_queue *queue, struct kl_queue_stat *stat)
{
	struct kl_spool_stat spool = { 0 };

	if (queue->spool)
		kl_spool_stat(queue->spool, &spool);
	*stat = (struct kl_queue_stat){
		.messages = queue->messages,
		.bytes = queue->bytes,
		.spooled = spool.messages,
		.spooled_bytes = spool.bytes,
		.dropped = queue->dropped,
		.damaged = queue->damaged,
		.repeated = queue->repeated,
		.spool_failures = spool.failures,
		.spool_error = spool.error,
	};
}
