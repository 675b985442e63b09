/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages on their way into a sink, oldest first:
 *
 *	sent, not yet confirmed | not yet sent | in the spool on disk
 *
 * A message leaves the queue when the sink confirms it. When a connection
 * breaks, what was sent but not confirmed is sent again, marked as a repeat.
 */
#ifndef KELLAS_QUEUE_H
#define KELLAS_QUEUE_H

#include "memory.h"

struct kl_queue;
struct kl_spool;

/**
 * struct kl_message - one formatted line
 * @sequence: kl_entry.sequence
 * @time: kl_entry.time
 * @source: kl_entry.source
 * @repeat: it may have arrived before
 * @text: the line without newline
 */
struct kl_message {
	u64 sequence;
	u64 time;
	u8 source;
	bool repeat;
	struct kl_text text;
};

/**
 * struct kl_queue_stat - figures
 * @messages, @bytes: in memory
 * @spooled, @spooled_bytes: on disk
 * @dropped: since the start: for want of room in both
 */
struct kl_queue_stat {
	u64 messages, bytes;
	u64 spooled, spooled_bytes;
	u64 dropped;
};

/**
 * kl_queue_new - an empty queue
 * @memory_max: bytes in memory; what does not fit goes to the spool
 * @spool: opened, what it holds from an earlier run comes first; or NULL
 */
struct kl_queue *kl_queue_new(size_t memory_max, struct kl_spool *spool);

/** kl_queue_free - the spool is synced and closed; what is in memory goes there first */
void kl_queue_free(struct kl_queue *queue);

/**
 * kl_queue_put - append
 *
 * Return: 0; -ENOBUFS if there is room neither in memory nor in the spool (or
 * the spool cannot be written): dropped, counted, and told at this place: the
 * next message that finds room is preceded by one that says how many are
 * missing and from which sequence number to which.
 */
int kl_queue_put(struct kl_queue *queue, const struct kl_message *message);

/**
 * kl_queue_next - the first message not yet sent
 * @message: filled in; its text stays until the message is confirmed
 *
 * Return: false if there is none.
 */
bool kl_queue_next(struct kl_queue *queue, struct kl_message *message);

/** kl_queue_sent - that message was handed over; it waits for kl_queue_confirm() */
void kl_queue_sent(struct kl_queue *queue);

/** kl_queue_confirm - the @count oldest sent messages have arrived */
void kl_queue_confirm(struct kl_queue *queue, u64 count);

/** kl_queue_rewind - the connection broke: all sent messages are to be sent again */
void kl_queue_rewind(struct kl_queue *queue);

/**
 * kl_queue_safe - number up to which all that was put is out of danger:
 * confirmed, or in the spool and synced
 */
u64 kl_queue_safe(const struct kl_queue *queue);

void kl_queue_stat(const struct kl_queue *queue, struct kl_queue_stat *stat);

#endif /* KELLAS_QUEUE_H */
