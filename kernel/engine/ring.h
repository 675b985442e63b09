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
 * @written: records committed (each has a sequence number)
 * @read: records that some reader has had
 * @lost: records without room (each has a sequence number too)
 * @suppressed: requests that a quota kept out (no sequence number)
 * @next: next sequence number
 */
struct kl_ring_stat {
	u64 size;
	u64 used;
	u64 written;
	u64 read;
	u64 lost;
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
 * kl_ring_drop_oldest - set the overwrite policy
 * @oldest: overwrite unread records; otherwise drop the new one
 */
void kl_ring_drop_oldest(struct kl_ring *ring, bool oldest);

/**
 * kl_ring_admit - would a record pass the quotas? If so it must be reserved.
 * @quota: quotas of the ruleset that decided
 * @audit, @result: index and enum kl_result
 * @rule: deciding rule's hits or NULL; @label: its label or NULL
 * @now: nanoseconds since the epoch
 *
 * A request that does not pass is counted, and told in the stream at most once
 * per second and index. Context: any.
 */
bool kl_ring_admit(struct kl_ring *ring, const struct kl_quota *quota,
		   u8 audit, u8 result, const struct kl_string *label, u64 now);

/**
 * struct kl_ring_slot - a reservation
 * @data: where the record goes (contiguous); NULL if there was no room
 * @size: its size
 * @sequence: its sequence number, to be stored in kl_record.sequence
 */
struct kl_ring_slot {
	void *data;
	u32 size;
	u64 sequence;
};

/**
 * kl_ring_reserve - reserve room for one record
 * @size: bytes, at most KL_RECORD_MAX
 * @hits: counters of the deciding rule or block; @hits->lost is raised when
 *	there is no room
 * @label: for the loss record; copied
 * @now: nanoseconds since the epoch
 *
 * Context: any; interrupts may be disabled; not NMI.
 * Return: true if @slot must be filled and committed; false: lost, counted.
 */
bool kl_ring_reserve(struct kl_ring *ring, u32 size, u8 audit, u8 result,
		     struct kl_hits *hits, const struct kl_string *label,
		     u64 now, struct kl_ring_slot *slot);

/**
 * kl_ring_commit - the reserved record is filled
 * Return: true if a reader may be waiting for it: wake readers.
 */
bool kl_ring_commit(struct kl_ring *ring, struct kl_ring_slot *slot);

/**
 * kl_ring_open - a new reader, at the oldest record still held
 * Context: may sleep. Return: the reader or NULL.
 */
struct kl_ring_reader *kl_ring_open(struct kl_ring *ring);
void kl_ring_close(struct kl_ring_reader *reader);

/**
 * kl_ring_keep - become the keeper: room is given free only behind this reader
 * Return: 0, or -EBUSY if there is one.
 */
int kl_ring_keep(struct kl_ring_reader *reader);

/**
 * kl_ring_seek - move a reader to the first record held with a number of at
 * least @sequence; U64_MAX: behind the newest. Not for the keeper (-EPERM).
 */
int kl_ring_seek(struct kl_ring_reader *reader, u64 sequence);

/**
 * kl_ring_read - copy whole binary records
 * @out: receives records back to back, each beginning with struct kl_record
 * @size: bytes at @out; at least KL_RECORD_MAX
 * @now: nanoseconds since the epoch, for records made up here
 *
 * A reader that was overtaken first gets a KL_RECORD_LOST of its own that
 * says which numbers it missed. Pending loss and suppression records are
 * delivered even if nothing is written any more.
 *
 * Context: any; holds the ring's lock while it copies one record at a time.
 * Return: bytes copied; 0: nothing new.
 */
size_t kl_ring_read(struct kl_ring_reader *reader, void *out, size_t size,
		    u64 now);

/** kl_ring_ready - would kl_ring_read() return more than 0? Context: any. */
bool kl_ring_ready(struct kl_ring_reader *reader);

void kl_ring_stat(struct kl_ring *ring, struct kl_ring_stat *stat);

#endif /* KELLAS_RING_H */
