/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages on their way into a sink, oldest first:
 *
 *	sent, not yet confirmed | not yet sent | only in the spool on disk
 *
 * A message leaves the queue when the sink confirms it. When a connection
 * breaks, what was sent but not confirmed is sent again, behind a message that
 * says so.
 *
 * The first two parts are in memory. They are written to the spool as well
 * once memory is full (all of them, so that the spool keeps the order) or when
 * kl_queue_spill() asks for it, and stay there until they are confirmed.
 */
#ifndef KELLAS_QUEUE_H
#define KELLAS_QUEUE_H

#include "memory.h"

struct kl_queue;
struct kl_spool;

/**
 * struct kl_message - one formatted line
 * @sequence: kl_entry.sequence
 * @instance: of the module that gave the number; 0 if not known
 * @time: kl_entry.time
 * @source: kl_entry.source
 * @repeat: it may have arrived before
 * @text: the line without newline
 */
struct kl_message {
	u64 sequence;
	u64 instance;
	u64 time;
	u8 source;
	bool repeat;
	struct kl_text text;
};

/**
 * struct kl_queue_range - messages that something happened to
 * @count: how many that have a sequence number
 * @others: how many without one
 * @first, @last: lowest and highest sequence number, 0 if there is none
 */
struct kl_queue_range {
	u64 count, others;
	u64 first, last;
};

/** kl_queue_range_size - how many messages */
static inline u64 kl_queue_range_size(const struct kl_queue_range *range)
{
	return range->count + range->others;
}

/** enum kl_queue_event - what a queue has to say, at its place among the messages */
enum kl_queue_event {
	KL_QUEUE_LOST,		/* these found no room */
	KL_QUEUE_DAMAGED,	/* these could not be read back from the spool */
	KL_QUEUE_REPEAT,	/* these follow, and may have arrived before */
};

/**
 * kl_queue_tell - word such an event
 * @message: time, source and text are to be set; the text stays until the next call
 */
typedef void (*kl_queue_tell)(void *data, enum kl_queue_event event,
			      const struct kl_queue_range *range,
			      struct kl_message *message);

/**
 * struct kl_queue_stat - figures
 * @messages, @bytes: in memory
 * @spooled, @spooled_bytes: on disk, those in memory too among them
 * @dropped: since the start: for want of room in both
 * @damaged: since the start: could not be read back
 * @repeated: since the start: sent again
 * @spool_failures: since the start: times that the spool could not be written or read
 * @spool_error: why, the last time: errno; 0 if it works
 */
struct kl_queue_stat {
	u64 messages, bytes;
	u64 spooled, spooled_bytes;
	u64 dropped, damaged, repeated;
	u64 spool_failures;
	int spool_error;
};

/**
 * kl_queue_new - an empty queue
 * @memory_max: bytes in memory; what does not fit goes to the spool
 * @spool: opened, what it holds from an earlier run comes first; or NULL
 * @tell: words what the queue itself has to say
 * @data: for @tell
 */
struct kl_queue *kl_queue_new(size_t memory_max, struct kl_spool *spool,
			      kl_queue_tell tell, void *data);

/** kl_queue_free - the spool is synced and closed; what is in memory goes there first */
void kl_queue_free(struct kl_queue *queue);

/**
 * kl_queue_put - append
 *
 * Return: 0; -ENOBUFS if there is room neither in memory nor in the spool (or
 * the spool cannot be written), -EMSGSIZE beyond KL_MESSAGE_MAX: dropped,
 * counted, and told at this place: as soon as there is room (without waiting for
 * another message), and before the next one, comes one that says how many are missing and which.
 */
int kl_queue_put(struct kl_queue *queue, const struct kl_message *message);

/**
 * kl_queue_drop - for sinks that cannot send the message that kl_queue_next() gives:
 * it is not sent, counts as lost, and kl_queue_next() gives what tells so in its place
 *
 * Return: false: what kl_queue_next() gives is the queue's own telling already, and
 * nothing can stand for that.
 */
bool kl_queue_drop(struct kl_queue *queue);

/**
 * kl_queue_next - the first message not yet sent
 * @message: filled in; its text stays until the message is confirmed
 *
 * Return: false if there is none.
 */
bool kl_queue_next(struct kl_queue *queue, struct kl_message *message);

/** kl_queue_sent - that message was handed over; it waits for kl_queue_confirm() */
void kl_queue_sent(struct kl_queue *queue);

/** kl_queue_unconfirmed - how many were sent and wait for kl_queue_confirm() */
u64 kl_queue_unconfirmed(const struct kl_queue *queue);

/** kl_queue_confirm - the @count oldest sent messages have arrived */
void kl_queue_confirm(struct kl_queue *queue, u64 count);

/** kl_queue_rewind - the connection broke: all sent messages are to be sent again */
void kl_queue_rewind(struct kl_queue *queue);

/**
 * kl_queue_take_back - what was sent and not confirmed did certainly not arrive: it is
 * to be sent again and is no repeat
 */
void kl_queue_take_back(struct kl_queue *queue);

/**
 * kl_queue_spill - the sink is down: write what is only in memory to the spool, too
 *
 * Return: 0; -ENOENT without a spool; another negative errno if it could not
 * all be written (counted; the rest stays in memory, try again).
 */
int kl_queue_spill(struct kl_queue *queue);

/**
 * kl_queue_sync - make what is in the spool outlive a power failure
 *
 * Waits for the disk if anything was written since the last time. kl_queue_safe()
 * believes only what was synced.
 *
 * Return: 0 or a negative errno.
 */
int kl_queue_sync(struct kl_queue *queue);

/**
 * kl_queue_safe - number up to which all that was put is out of danger:
 * confirmed, or in the spool and synced; or lost, and that is noted in the spool
 * @instance: NULL, or set to the instance of the module that the number belongs to
 *
 * Return: after kl_queue_new() what the spool knows of earlier runs; 0: nothing.
 */
u64 kl_queue_safe(const struct kl_queue *queue, u64 *instance);

void kl_queue_stat(const struct kl_queue *queue, struct kl_queue_stat *stat);

#endif /* KELLAS_QUEUE_H */
