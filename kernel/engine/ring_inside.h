/* SPDX-License-Identifier: GPL-2.0 */
/* What ring.c and reader.c share; how it works is told in ring.c. */
#ifndef KELLAS_RING_INSIDE_H
#define KELLAS_RING_INSIDE_H

#include "ring.h"

/*
 * Entries begin at multiples of this: two writers never fill one cache line,
 * and what is left before the end of the buffer always holds a header.
 */
#define UNIT 64u
/* Audit indexes that can have suppressed rules named at the same time. */
#define TALLIES 16

enum { FILLING = 1, COMMITTED };

/* Beside enum kl_record_kind. */
#define PAD 0

/**
 * struct entry - header of what is in the buffer
 * @sequence: number of the first record at or behind this entry
 * @size: bytes of the entry, a multiple of UNIT
 * @length: bytes of the record
 * @state: FILLING or COMMITTED
 * @had: some reader has had it
 * @kind: enum kl_record_kind or PAD
 * @audit, @result: REQUEST: where it counts as unread; SUPPRESSED: the index
 * @hits: REQUEST: counters of its rule, or NULL; a reference until @had
 * @data: the record
 */
struct entry {
	u64 sequence;
	u32 size;
	u32 length;
	u32 state;
	u32 had;
	u8 kind;
	u8 audit;
	u8 result;
	struct kl_hits *hits;
	u64 data[];
};

static_assert(sizeof(struct entry) <= UNIT, "a PAD is at least one UNIT");
static_assert(KL_AUDIT_MEMORY_MIN > 2 * (KL_RECORD_MAX + 2 * UNIT) + 4096,
	      "an empty ring holds any record, wherever its head is");

/**
 * struct tally - what happened to which rules
 * @used: rules named
 * @rule: their labels and counts
 */
struct tally {
	u32 used;
	struct {
		u64 count;
		u8 length;
		char label[KL_LABEL_MAX];
	} rule[KL_LOSS_RULES_MAX];
};

/**
 * struct loss - records lost and not yet told
 * @first, @last: their numbers
 * @count: how many; 0: nothing pending
 * @time: of the first
 * @tally: whose they were
 */
struct loss {
	u64 first;
	u64 last;
	u64 count;
	u64 time;
	struct tally tally;
};

/**
 * struct suppression - requests of one audit index suppressed and not yet told
 * @count: how many; 0: nothing pending
 * @told: when the index was last told, nanoseconds since the epoch
 * @tally: number of its tally from 1; 0: none was free, all are "other"
 */
struct suppression {
	u64 count;
	u64 told;
	u8 tally;
};

/**
 * struct buffer - memory of a ring
 * @data: NULL: none
 * @size: a power of two
 */
struct buffer {
	u8 *data;
	u64 size;
};

/**
 * struct view - what is needed to find entries
 * @head: where the next entry will begin
 * @now: buffer of everything from @base on
 * @base: see there
 * @old: buffer of what lies before, after a resize; or none
 */
struct view {
	u64 head;
	struct buffer now;
	u64 base;
	struct buffer old;
};

/**
 * struct kl_ring - the ring
 * @waiting: a reader found nothing and may sleep; atomic
 * @noticed: a notice was written since kl_ring_wake(); atomic
 * @gap: keeps what writers write off the line of what commits read
 * @lock: protects everything below but @unread; @full_at may be
 *	read without it. What writers write for each record lies beside it
 * @silenced: how many of @suppressed are pending
 * @next: next sequence number
 * @tail: the oldest entry held
 * @view: the head and the buffers
 * @furthest: behind the last entry that any reader has had
 * @untold: the first number that was overwritten unread and that no reader was
 *	told of; 0: none
 * @forgotten: whose they were, from @untold on
 * @dead: counters that nobody but overwritten records referred to
 * @drop_oldest: without a keeper, overwrite unread records
 * @keeper: or NULL
 * @pinned: readers that are copying
 * @loss: pending
 * @suppressed: pending, by audit index
 * @scanned: when a writer last looked which of them are due
 * @stat_read, @stat_lost, @stat_overwritten, @stat_suppressed: for
 *	kl_ring_stat()
 * @tally_used: bit by tally
 * @tallies: of the first TALLIES pending suppressions
 * @full_at: when the bucket of each index's rate is full again, nanoseconds
 *	since the epoch; written under the lock
 * @unread: records that no reader has had, by audit index and result
 */
struct kl_ring {
	u32 waiting;
	u32 noticed;
	u8 gap[2 * UNIT];
	kl_lock_t lock;
	u32 silenced;
	u64 next;
	u64 tail;
	struct view view;
	u64 furthest;
	u64 untold;
	struct tally forgotten;
	struct kl_hits *dead;
	bool drop_oldest;
	struct kl_ring_reader *keeper;
	struct list_head pinned;
	struct loss loss;
	struct suppression suppressed[KL_AUDIT_INDEXES];
	u64 scanned;
	u64 stat_read;
	u64 stat_lost;
	u64 stat_overwritten;
	u64 stat_suppressed;
	u32 tally_used;
	struct tally tallies[TALLIES];
	kl_counter_t full_at[KL_AUDIT_INDEXES];
	kl_counter_t unread[KL_AUDIT_INDEXES][KL_RESULTS];
};

/**
 * struct kl_ring_reader - a cursor; protected by the ring's lock
 * @ring: its ring
 * @pinned: in kl_ring.pinned while it copies
 * @position: the next entry it gets
 * @next: the sequence number it expects
 * @behind: numbers from @next on may be missing
 */
struct kl_ring_reader {
	struct kl_ring *ring;
	struct list_head pinned;
	u64 position;
	u64 next;
	bool behind;
};

static inline struct entry *entry_at(const struct view *view, u64 position)
{
	const struct buffer *buffer;

	buffer = position < view->base ? &view->old : &view->now;
	return (struct entry *)(buffer->data + (position & (buffer->size - 1)));
}

static inline u32 entry_size(u32 length)
{
	return (sizeof(struct entry) + length + UNIT - 1) & ~(UNIT - 1);
}

/* The number of whatever will be told next at the head. */
static inline u64 head_number(const struct kl_ring *ring)
{
	return ring->loss.count ? ring->loss.first : ring->next;
}

static inline u64 number_at(const struct kl_ring *ring, u64 position)
{
	if (position == ring->view.head)
		return head_number(ring);
	return entry_at(&ring->view, position)->sequence;
}

/**
 * kl_ring_write_notice - a record and the tally behind it
 * @out: receives them, at least kl_ring_notice_length() bytes; not aligned
 * @record: its size is set
 * @tally: or NULL
 */
void kl_ring_write_notice(u8 *out, struct kl_record *record,
			  const struct tally *tally);

/** kl_ring_notice_length - bytes of a notice; @tally may be NULL */
u32 kl_ring_notice_length(const struct tally *tally);

/** kl_ring_loss_record - fill in a KL_RECORD_LOST */
void kl_ring_loss_record(struct kl_record *record, u64 first, u64 last,
			 u64 time);

/**
 * kl_ring_tell_pending - write what is pending into the ring, if there is room
 * Context: under the lock.
 */
void kl_ring_tell_pending(struct kl_ring *ring, u64 now);

/** kl_ring_tell_loss - the same for the pending loss alone */
void kl_ring_tell_loss(struct kl_ring *ring);

/**
 * kl_ring_untold - a reader at the head may be told of numbers below this one
 *
 * A pending loss belongs into the ring, where it keeps the names of its rules.
 * Only when unread records keep it out for as long as somebody likes (not for
 * a pin or a record being filled) readers are told of it directly.
 *
 * Context: under the lock, after kl_ring_tell_pending().
 */
u64 kl_ring_untold(const struct kl_ring *ring);

/**
 * kl_ring_bury - free counters that only overwritten records referred to
 * Context: may sleep.
 */
void kl_ring_bury(struct kl_ring *ring);

/**
 * kl_ring_release_old - after a resize: give free what may be, and the old
 * buffer itself once it is empty. Context: may sleep.
 */
void kl_ring_release_old(struct kl_ring *ring);

#endif /* KELLAS_RING_INSIDE_H */
