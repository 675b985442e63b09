/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A first-in first-out file on disk, bounded, for messages that a sink cannot
 * take at the moment.
 *
 * It is a directory of its own (0700, files 0600):
 *
 *	lock			held by the daemon that uses it
 *	position		what was released, twice; the newer valid copy counts
 *	NUMBER.seg		segments: messages from this number (hexadecimal) on
 *
 * Messages are numbered from 1 for ever, in frames of a header with length and
 * CRC-32C, and the text. Numbers are in the order of kl_spool_append(). A
 * segment is removed when all in it has been released.
 */
#ifndef KELLAS_SPOOL_H
#define KELLAS_SPOOL_H

#include "queue.h"

/** enum kl_spool_read - what kl_spool_read() found */
enum kl_spool_read {
	KL_SPOOL_NONE,		/* everything has been read */
	KL_SPOOL_MESSAGE,	/* a message */
	KL_SPOOL_GAP,		/* a hole: these cannot be read any more */
};

/**
 * struct kl_spool_item - what was read
 * @number: of the message; of a gap the last number in it
 * @count: 1; of a gap how many messages
 * @message: its text stays until the next kl_spool_read()
 */
struct kl_spool_item {
	u64 number;
	u64 count;
	struct kl_message message;
};

/**
 * struct kl_spool_mark - kept beside the messages, and written with the position
 * @sequence, @instance: number up to which all is out of danger, as the queue knows it
 * @lost: messages dropped behind the last one, not told yet
 * @lost_instance: instance of @lost
 */
struct kl_spool_mark {
	u64 sequence, instance;
	struct kl_queue_range lost;
	u64 lost_instance;
};

/**
 * struct kl_spool_stat - figures
 * @messages: held
 * @bytes: of all segments, what is released but not yet removed among them
 * @torn: bytes of unfinished messages that were cut off at open
 * @failures: operations that failed
 * @error: errno of the last operation if it failed, 0 if not
 */
struct kl_spool_stat {
	u64 messages, bytes;
	u64 torn;
	u64 failures;
	int error;
};

/**
 * kl_spool_open - open or create
 * @path: directory; created, its parents are not
 * @max: bytes of all segments
 *
 * A directory that cannot be made or read at the moment (EROFS, ENOSPC, ENOENT...)
 * is no error: it is tried again later.
 *
 * Return: 0; -EBUSY: another process uses it; -EINVAL: the directory is
 * somebody else's or others may write to it.
 */
int kl_spool_open(struct kl_spool **spool, const char *path, u64 max);

/** kl_spool_close - sync and close */
void kl_spool_close(struct kl_spool *spool);

/**
 * kl_spool_append - write one message behind all others
 * @number: set to its number
 * @read: the caller keeps it: kl_spool_read() shall not give it. All before it
 *	must have been read
 *
 * Return: 0; -ENOBUFS: there is no room left in @max; a negative errno of
 * write(2) ...: nothing was written.
 */
int kl_spool_append(struct kl_spool *spool, const struct kl_message *message,
		    bool read, u64 *number);

/** kl_spool_read - the next message; a negative errno if it cannot be read now */
int kl_spool_read(struct kl_spool *spool, struct kl_spool_item *item);

/** kl_spool_unread - how many kl_spool_read() has not given yet */
u64 kl_spool_unread(const struct kl_spool *spool);

/** kl_spool_release - nothing below @number is needed any more */
void kl_spool_release(struct kl_spool *spool, u64 number);

/**
 * kl_spool_announce - messages below @number are about to be sent
 * @sequence: of the last of them that has one
 *
 * On disk before it returns, so that after a crash it is known which messages
 * may have arrived already.
 */
void kl_spool_announce(struct kl_spool *spool, u64 number, u64 sequence);

/** kl_spool_announced - number below which messages may have been sent */
u64 kl_spool_announced(const struct kl_spool *spool, u64 *sequence);

/**
 * kl_spool_sync - messages and position are to outlive a power failure
 * @mark: kept with the position
 * Return: 0 or a negative errno.
 */
int kl_spool_sync(struct kl_spool *spool, const struct kl_spool_mark *mark);

/** kl_spool_synced - number below which everything held is on disk for certain */
u64 kl_spool_synced(const struct kl_spool *spool);

/** kl_spool_mark - what was kept with the position when it was opened */
const struct kl_spool_mark *kl_spool_mark(const struct kl_spool *spool);

/**
 * kl_spool_last - sequence number and instance of the last message in it when it
 * was opened that has one; false if there is none
 */
bool kl_spool_last(const struct kl_spool *spool, u64 *sequence, u64 *instance);

void kl_spool_stat(const struct kl_spool *spool, struct kl_spool_stat *stat);

#endif /* KELLAS_SPOOL_H */
