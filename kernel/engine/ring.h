/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bounded log ring: any number of writers in any context, any number of
 * readers with a cursor each, one of whom may be the keeper.
 *
 * Writers reserve room, fill it and commit; they never wait and never
 * allocate. When there is no room, or a quota is used up, the ring counts and
 * says so in the stream itself, at the place where it happened.
 */
#ifndef KELLAS_RING_H
#define KELLAS_RING_H

#include "record.h"

struct kl_ring;
struct kl_ring_reader;

/**
 * struct kl_ring_stat - figures of a ring
 * @size: bytes of the buffer
 * @used: bytes that hold records not yet given free
 * @written: records that got room (each has a sequence number)
 * @read: records that some reader has had
 * @lost: records without room (each has a sequence number too)
 * @overwritten: records that were written, but overwritten before any reader
 *	had them (drop-oldest); readers are told
 * @suppressed: requests that a quota kept out (no sequence number)
 * @next: next sequence number
 */
struct kl_ring_stat {
	u64 size;
	u64 used;
	u64 written;
	u64 read;
	u64 lost;
	u64 overwritten;
	u64 suppressed;
	u64 next;
};

/**
 * kl_ring_new - make a ring
 * @size: bytes of the buffer, rounded down to a power of two within
 *	KL_AUDIT_MEMORY_MIN and KL_AUDIT_MEMORY_MAX
 * Context: may sleep.
 * Return: the ring or NULL.
 */
struct kl_ring *kl_ring_new(size_t size);

/** kl_ring_free - no writer and no reader left. Context: may sleep. */
void kl_ring_free(struct kl_ring *ring);

/**
 * kl_ring_resize - give the ring a buffer of another size
 * @size: as for kl_ring_new(); nothing happens if it is the same
 *
 * New records go to the new buffer at once. The old one is kept, beside the
 * new one, until its records have been given free; a second resize before that
 * gives them up as overwritten, and waits for whoever is copying from it.
 *
 * Context: may sleep; calls must not overlap.
 * Return: 0 or -ENOMEM (then nothing has changed).
 */
int kl_ring_resize(struct kl_ring *ring, size_t size);

/**
 * kl_ring_drop_oldest - set the overwrite policy
 * @oldest: overwrite unread records; otherwise drop the new one. What the
 *	keeper has not read is never overwritten.
 */
void kl_ring_drop_oldest(struct kl_ring *ring, bool oldest);

/** enum kl_ring_outcome - what became of an attempt to reserve */
enum kl_ring_outcome {
	KL_RING_RESERVED,	/* the slot must be filled and committed */
	KL_RING_UNWANTED,	/* the limit is 0: not asked for, not counted */
	KL_RING_SUPPRESSED,	/* the quota is used up; counted */
	KL_RING_LOST,		/* no room; counted, has a sequence number */
};

/**
 * kl_ring_admit - is it worth while to measure the record?
 * @quota: quotas of the ruleset that decided
 * @meta: time, audit, result and label are used
 *
 * Usually without a lock; kl_ring_reserve() asks again, exactly. A request
 * that does not pass is counted here (then kl_ring_reserve() must not be
 * called for it) and told in the stream at most once per second and index.
 *
 * Context: any; not NMI.
 * Return: KL_RING_RESERVED: go on (nothing is reserved yet);
 * KL_RING_UNWANTED; KL_RING_SUPPRESSED.
 */
enum kl_ring_outcome kl_ring_admit(struct kl_ring *ring,
				   const struct kl_quota *quota,
				   const struct kl_record_meta *meta);

/**
 * struct kl_ring_slot - a reservation
 * @data: where the record goes (contiguous, aligned for struct kl_record)
 * @size: its size
 * @sequence: its sequence number; kl_ring_commit() stores it in the record
 */
struct kl_ring_slot {
	void *data;
	u32 size;
	u64 sequence;
};

/**
 * kl_ring_reserve - reserve room for one record, if its quota admits it
 * @quota: quotas of the ruleset that decided
 * @meta: time, audit, result and label are used; nothing of it is kept
 * @hits: counters of the deciding rule or block; @hits->lost is raised when
 *	there is no room, or when the record is overwritten unread; or NULL
 * @size: bytes, from sizeof(struct kl_record) to KL_RECORD_MAX
 * @slot: set if KL_RING_RESERVED
 *
 * The quota is never exceeded, not even by concurrent writers: neither its
 * numbers nor its rate, which goes by @meta's time.
 *
 * After any outcome but RESERVED and UNWANTED ask kl_ring_wake(), and see to
 * it that readers look at kl_ring_ready() again about a second later (once,
 * not per outcome): a notice may be due then, though nothing is written.
 *
 * Context: any; interrupts may be disabled; not NMI.
 */
enum kl_ring_outcome kl_ring_reserve(struct kl_ring *ring,
				     const struct kl_quota *quota,
				     const struct kl_record_meta *meta,
				     struct kl_hits *hits, u32 size,
				     struct kl_ring_slot *slot);

/**
 * kl_ring_commit - the reserved record is filled
 * Context: as kl_ring_reserve(); takes no lock.
 * Return: true if a reader may be waiting for it: wake readers.
 */
bool kl_ring_commit(struct kl_ring *ring, struct kl_ring_slot *slot);

/**
 * kl_ring_wake - has a notice (lost, suppressed) been written that a reader
 * may be waiting for? Then wake readers. Context: any; takes no lock.
 */
bool kl_ring_wake(struct kl_ring *ring);

/**
 * kl_ring_open - a new reader, at the oldest record still held
 *
 * If records before that were overwritten and no reader was ever told, this
 * one is, and whose they were. A reader is used by one thread at a time, except
 * kl_ring_ready().
 *
 * Context: may sleep. Return: the reader or NULL.
 */
struct kl_ring_reader *kl_ring_open(struct kl_ring *ring);

/** kl_ring_close - and no keeper any more, if it was. Context: may sleep. */
void kl_ring_close(struct kl_ring_reader *reader);

/**
 * kl_ring_keep - become the keeper: room is given free only behind this reader
 * Return: 0 (also if it was the keeper already), or -EBUSY if there is another.
 */
int kl_ring_keep(struct kl_ring_reader *reader);

/**
 * kl_ring_seek - move a reader to the first record held with a number of at
 * least @sequence
 * @sequence: 0: the oldest held; beyond the newest: behind the newest.
 *	Otherwise numbers from @sequence on that are no longer held will be
 *	reported to this reader as lost.
 *
 * What was skipped stays unread for the quotas; but once this reader reads
 * from there it is the furthest, for whom alone room waits without a keeper.
 * After it ask kl_ring_wake().
 *
 * Context: may sleep. Return: 0, or -EPERM for the keeper.
 */
int kl_ring_seek(struct kl_ring_reader *reader, u64 sequence);

/**
 * kl_ring_read - copy whole binary records
 * @out: receives records back to back, each beginning with struct kl_record,
 *	not aligned
 * @size: bytes at @out; at least KL_RECORD_MAX
 * @now: nanoseconds since the epoch, for records made up here
 *
 * A reader that was overtaken first gets a KL_RECORD_LOST of its own that
 * says which numbers it missed; the first to be told also learns the rules of
 * those that nobody has had. Pending loss and suppression records are
 * delivered even if nothing is written any more.
 *
 * The lock is not held while records are copied: they are pinned instead.
 *
 * After it ask kl_ring_wake(): what was pending may have found room by it.
 *
 * Context: may sleep.
 * Return: bytes copied; 0: nothing new, and the next commit returns true.
 */
size_t kl_ring_read(struct kl_ring_reader *reader, void *out, size_t size,
		    u64 now);

/**
 * kl_ring_ready - would kl_ring_read() return more than 0?
 *
 * If not, the next commit returns true: a waiter that is on its wait queue
 * before it asks cannot miss a record. Context: any; not NMI.
 */
bool kl_ring_ready(struct kl_ring_reader *reader, u64 now);

/** kl_ring_stat - copy the figures. Context: any; not NMI. */
void kl_ring_stat(struct kl_ring *ring, struct kl_ring_stat *stat);

#endif /* KELLAS_RING_H */
