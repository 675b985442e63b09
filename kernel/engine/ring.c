// SPDX-License-Identifier: GPL-2.0
/*
 * The bounded log ring.
 *
 * Positions count bytes from the ring's beginning and never wrap; the buffer's
 * size is a power of two. Entries lie one behind the other between tail and
 * head, each contiguous in memory; where one does not fit before the end of
 * the buffer, a PAD goes before it. Only the lock moves head and tail; it is
 * never held while a record is filled or copied:
 *
 * - A writer's entry is FILLING until it commits. Nothing overwrites it, and
 *   readers stop there, so that everybody sees one order.
 * - A reader that copies is in the list of pinned readers: what lies at or
 *   behind its position stays. It takes the lock twice for a whole batch,
 *   however long the records, and a writer that finds no room because of a pin
 *   does not wait: its record is lost, and counted, as if it were unread.
 *
 * Room is given free lazily, when a writer needs it, so that late readers find
 * as much as possible.
 *
 * Sequence numbers. Every entry knows the number of the first record at or
 * behind it; every reader the number it expects next. Records without room use
 * up a number. They gather in one pending loss, whose range ends at the newest
 * number, for a record gets room only together with the pending loss before
 * it: a range never spans a record that exists. A reader that finds a number
 * above the one it expects was overtaken, and is told so; of a loss that it
 * was already told a part of, it gets the rest, without names.
 *
 * Wake-ups. The writer stores "committed", then looks whether somebody waits;
 * the reader stores "I wait", then looks whether something is committed. Both
 * stores are fully ordered before the loads, so at least one of the two sees
 * the other. A commit that finds the flag clears it and returns true; whoever
 * is woken and finds nothing for him raises it again before he looks again.
 * Entries are added under the lock that the reader looks under: a reader that
 * does not see an entry held the lock before its writer, who sees the flag.
 */
#include "policy.h"
#include "record_layout.h"
#include "ring_inside.h"

#define SECOND 1000000000ull
/* Entries given free for one record at most, to bound the time under lock. */
#define FREE_MAX 1024

/* Tallies and the notices made of them. */

static void tally_add(struct tally *tally, struct kl_text label, u64 count)
{
	u32 i;

	if (!label.length || label.length > KL_LABEL_MAX)
		return;
	for (i = 0; i < tally->used; i++)
		if (tally->rule[i].length == label.length &&
		    !memcmp(tally->rule[i].label, label.data, label.length))
			break;
	if (i == KL_LOSS_RULES_MAX)
		return;
	if (i == tally->used) {
		tally->used++;
		tally->rule[i].count = 0;
		tally->rule[i].length = label.length;
		memcpy(tally->rule[i].label, label.data, label.length);
	}
	tally->rule[i].count += count;
}

static void tally_add_label(struct tally *tally, const struct kl_string *label)
{
	if (label)
		tally_add(tally, (struct kl_text){ label->text, label->length },
			  1);
}

/* What kl_ring_write_notice() wrote behind the record. */
static void tally_add_notice(struct tally *tally, const u8 *data, u32 length)
{
	const u8 *end = data + length;
	struct kl_text label;
	u64 count;

	for (data += sizeof(struct kl_record); data < end;
	     data += sizeof(count)) {
		label.length = *data++;
		label.data = (const char *)data;
		data += label.length;
		memcpy(&count, data, sizeof(count));
		tally_add(tally, label, count);
	}
}

u32 kl_ring_notice_length(const struct tally *tally)
{
	u32 length = sizeof(struct kl_record);
	u32 i;

	for (i = 0; tally && i < tally->used; i++)
		length += 1 + tally->rule[i].length + sizeof(u64);
	return length;
}

/* @out need not be aligned; @tally may be NULL. */
void kl_ring_write_notice(u8 *out, struct kl_record *record,
			  const struct tally *tally)
{
	u32 i;

	record->size = kl_ring_notice_length(tally);
	memcpy(out, record, sizeof(*record));
	out += sizeof(*record);
	for (i = 0; tally && i < tally->used; i++) {
		*out++ = tally->rule[i].length;
		memcpy(out, tally->rule[i].label, tally->rule[i].length);
		out += tally->rule[i].length;
		memcpy(out, &tally->rule[i].count, sizeof(u64));
		out += sizeof(u64);
	}
}

void kl_ring_loss_record(struct kl_record *record, u64 first, u64 last,
			 u64 time)
{
	memset(record, 0, sizeof(*record));
	record->size = sizeof(*record);
	record->kind = KL_RECORD_LOST;
	record->sequence = first;
	record->last = last;
	record->count = last - first + 1;
	record->time = time;
}

/* Room. Everything from here to the writers runs under the lock. */

/* Counters cannot be freed under the lock. */
static void count_overwritten(struct kl_ring *ring, const struct entry *entry)
{
	struct kl_hits *hits = entry->hits;

	ring->stat_overwritten++;
	kl_counter_sub(&ring->unread[entry->audit][entry->result], 1);
	tally_add(&ring->forgotten,
		  kl_record_label(entry->data, entry->length), 1);
	if (!hits)
		return;
	kl_counter_add(&hits->lost, 1);
	if (!kl_counter_dec_and_test(&hits->refs))
		return;
	hits->dead = ring->dead;
	ring->dead = hits;
}

/* An entry that nobody has had is about to be overwritten. */
static void give_up(struct kl_ring *ring, const struct entry *entry)
{
	const struct kl_record *record = (const void *)entry->data;

	if (entry->kind == KL_RECORD_SUPPRESSED) {
		/* Say it again; whose they were is forgotten. */
		if (!ring->suppressed[entry->audit].count)
			ring->silenced++;
		ring->suppressed[entry->audit].count += record->count;
		return;
	}
	if (!ring->untold) {
		ring->untold = entry->sequence;
		ring->forgotten.used = 0;
	}
	if (entry->kind == KL_RECORD_REQUEST)
		count_overwritten(ring, entry);
	else
		tally_add_notice(&ring->forgotten, (const u8 *)entry->data,
				 entry->length);
}

static bool free_oldest(struct kl_ring *ring, u64 floor)
{
	struct entry *entry;

	if (ring->tail >= floor)
		return false;
	entry = entry_at(&ring->view, ring->tail);
	if (kl_load(&entry->state) != COMMITTED)
		return false;
	if (!kl_load(&entry->had))
		give_up(ring, entry);
	ring->tail += entry->size;
	return true;
}

/* What every reader that copies right now may still look at. */
static u64 above_pins(struct kl_ring *ring, u64 floor)
{
	struct kl_ring_reader *reader;

	list_for_each_entry(reader, &ring->pinned, pinned)
		floor = min(floor, reader->position);
	return floor;
}

/* Behind what has been read by those for whom room waits. */
static u64 read_floor(const struct kl_ring *ring)
{
	return ring->keeper ? ring->keeper->position : ring->furthest;
}

static u64 free_floor(struct kl_ring *ring)
{
	if (!ring->keeper && ring->drop_oldest)
		return above_pins(ring, ring->view.head);
	return above_pins(ring, read_floor(ring));
}

static u64 place(const struct kl_ring *ring, u64 position, u32 size)
{
	u64 left = ring->view.now.size - (position & (ring->view.now.size - 1));

	return (size > left ? position + left : position) + size;
}

/* Make room for entries of both sizes, one behind the other; the first or 0. */
static bool make_room(struct kl_ring *ring, u32 first, u32 second)
{
	u64 end = place(ring, place(ring, ring->view.head, first), second);
	u64 floor = 0;
	int i;

	for (i = 0; i < FREE_MAX; i++) {
		if (end - max(ring->tail, ring->view.base) <=
		    ring->view.now.size)
			return true;
		if (!i)
			floor = free_floor(ring);
		if (!free_oldest(ring, floor))
			return false;
	}
	return false;
}

static struct entry *append(struct kl_ring *ring, u8 kind, u32 size)
{
	struct entry *entry = entry_at(&ring->view, ring->view.head);

	memset(entry, 0, sizeof(*entry));
	entry->kind = kind;
	entry->size = size;
	entry->sequence = head_number(ring);
	ring->view.head += size;
	return entry;
}

/* There must be room. */
static struct entry *push(struct kl_ring *ring, u8 kind, u32 length)
{
	u64 mask = ring->view.now.size - 1;
	u32 size = entry_size(length);
	u64 left = mask + 1 - (ring->view.head & mask);
	struct entry *entry;

	if (size > left) {
		entry = append(ring, PAD, left);
		entry->had = 1;
		smp_store_release(&entry->state, COMMITTED);
	}
	entry = append(ring, kind, size);
	entry->length = length;
	smp_store_release(&entry->state, FILLING);
	return entry;
}

static struct entry *push_notice(struct kl_ring *ring, struct kl_record *record,
				 const struct tally *tally)
{
	struct entry *entry;

	entry = push(ring, record->kind, kl_ring_notice_length(tally));
	entry->audit = record->audit;
	kl_ring_write_notice((u8 *)entry->data, record, tally);
	smp_store_release(&entry->state, COMMITTED);
	kl_exchange(&ring->noticed, 1);
	return entry;
}

/* Loss. */

static void lose(struct kl_ring *ring, const struct kl_record_meta *meta,
		 struct kl_hits *hits)
{
	struct loss *loss = &ring->loss;
	u64 number = ring->next++;

#ifdef RING_SELFTEST
	/* A planted bug, to see the tests find it. */
	if (number % 64 == 0)
		return;
#endif
	if (!loss->count) {
		loss->first = number;
		loss->time = meta->time;
		loss->tally.used = 0;
	}
	loss->last = number;
	loss->count++;
	tally_add_label(&loss->tally, meta->label);
	ring->stat_lost++;
	if (hits)
		kl_counter_add(&hits->lost, 1);
}

static u32 loss_size(const struct kl_ring *ring)
{
	if (!ring->loss.count)
		return 0;
	return entry_size(kl_ring_notice_length(&ring->loss.tally));
}

/* There must be room. */
static void push_loss(struct kl_ring *ring)
{
	struct loss *loss = &ring->loss;
	struct kl_record record;

	if (!loss->count)
		return;
	kl_ring_loss_record(&record, loss->first, loss->last, loss->time);
	push_notice(ring, &record, &loss->tally);
	loss->count = 0;
}

u64 kl_ring_untold(const struct kl_ring *ring)
{
	u64 end = place(ring, ring->view.head, loss_size(ring));
	u64 floor = max(read_floor(ring), ring->view.base);

	if (!ring->keeper && ring->drop_oldest)
		floor = ring->view.head;
	return end - floor > ring->view.now.size ? ring->next :
						   head_number(ring);
}

/* Suppression. */

static struct tally *tally_of(struct kl_ring *ring, u8 audit)
{
	u8 number = ring->suppressed[audit].tally;

	return number ? &ring->tallies[number - 1] : NULL;
}

/*
 * Has a second passed? Writers' times may be slightly out of order; but a clock
 * that was set back by more must not silence an index until it has caught up.
 */
static bool is_over(u64 now, u64 since)
{
	return now - since + SECOND >= 2 * SECOND;
}

static void tell_index(struct kl_ring *ring, u8 audit, u64 now)
{
	struct suppression *suppressed = &ring->suppressed[audit];
	struct tally *tally = tally_of(ring, audit);
	struct kl_record record;

	if (!suppressed->count || !is_over(now, suppressed->told))
		return;
	if (!make_room(ring, 0, entry_size(kl_ring_notice_length(tally))))
		return;
	memset(&record, 0, sizeof(record));
	record.kind = KL_RECORD_SUPPRESSED;
	record.audit = audit;
	record.time = now;
	/* make_room() may have given up an older notice of this index. */
	record.count = suppressed->count;
	push_notice(ring, &record, tally);
	suppressed->count = 0;
	suppressed->told = now;
	if (suppressed->tally)
		ring->tally_used &= ~(1u << (suppressed->tally - 1));
	suppressed->tally = 0;
	ring->silenced--;
}

static void tell_suppressed(struct kl_ring *ring, u64 now)
{
	u32 audit;

	for (audit = 0; ring->silenced && audit < KL_AUDIT_INDEXES; audit++)
		tell_index(ring, audit, now);
	ring->scanned = now;
}

static void take_tally(struct kl_ring *ring, struct suppression *suppressed)
{
	u32 i;

	for (i = 0; i < TALLIES; i++) {
		if (ring->tally_used & 1u << i)
			continue;
		ring->tally_used |= 1u << i;
		ring->tallies[i].used = 0;
		suppressed->tally = i + 1;
		return;
	}
}

static void suppress(struct kl_ring *ring, const struct kl_record_meta *meta)
{
	struct suppression *suppressed = &ring->suppressed[meta->audit];
	struct tally *tally;

	if (!suppressed->count) {
		take_tally(ring, suppressed);
		ring->silenced++;
	}
	suppressed->count++;
	ring->stat_suppressed++;
	tally = tally_of(ring, meta->audit);
	if (tally)
		tally_add_label(tally, meta->label);
	tell_index(ring, meta->audit, meta->time);
}

static u32 limit_of(const struct kl_quota *quota,
		    const struct kl_record_meta *meta)
{
	return kl_quota_limit(quota, meta->audit, meta->result);
}

static bool used_up(const struct kl_ring *ring,
		    const struct kl_record_meta *meta, u32 limit)
{
	return limit != KL_UNLIMITED &&
	       kl_counter_read(&ring->unread[meta->audit][meta->result]) >=
		       limit;
}

/*
 * Rates. A bucket is kept as the time at which it will be full again: each
 * record puts that off by one interval, and it may not lie further ahead than
 * the burst allows. So one number is the whole state, and nothing is refilled.
 */

/* How far ahead may the bucket's time lie for one more record to fit? */
static u64 burst_ahead(const struct kl_audit_quota *index, u64 interval)
{
	return (index->burst - 1) * interval;
}

static u64 interval_of(const struct kl_audit_quota *index)
{
	return ((u32)SECOND + index->rate - 1) / index->rate;
}

/*
 * Does the rate keep a record of this time out? As with notices, a clock that
 * was set back must not silence an index until it has caught up: what no
 * bucket can hold is forgotten.
 */
static bool too_fast(const struct kl_ring *ring,
		     const struct kl_audit_quota *index,
		     const struct kl_record_meta *meta)
{
	u64 full = kl_counter_read(&ring->full_at[meta->audit]);
	u64 interval, ahead;

	if (!index->rate || full <= meta->time)
		return false;
	interval = interval_of(index);
	ahead = burst_ahead(index, interval);
	return full - meta->time > ahead &&
	       full - meta->time <= ahead + interval + SECOND;
}

/* Under the lock, after too_fast() has said no. */
static void take_token(struct kl_ring *ring, const struct kl_audit_quota *index,
		       const struct kl_record_meta *meta)
{
	kl_counter_t *full_at = &ring->full_at[meta->audit];
	u64 full = kl_counter_read(full_at), interval;

	if (!index->rate)
		return;
	interval = interval_of(index);
	if (full < meta->time ||
	    full - meta->time > burst_ahead(index, interval))
		full = meta->time;
	kl_counter_set(full_at, full + interval);
}

/* Is the index's quota used up for now, by number or by rate? */
static bool kept_out(const struct kl_ring *ring, const struct kl_quota *quota,
		     const struct kl_record_meta *meta, u32 limit)
{
	return used_up(ring, meta, limit) ||
	       too_fast(ring, &quota->audit[meta->audit], meta);
}

/* At the head: tell in the ring itself what is pending, if there is room. */
void kl_ring_tell_loss(struct kl_ring *ring)
{
	if (ring->loss.count && make_room(ring, 0, loss_size(ring)))
		push_loss(ring);
}

void kl_ring_tell_pending(struct kl_ring *ring, u64 now)
{
	kl_ring_tell_loss(ring);
	if (ring->silenced)
		tell_suppressed(ring, now);
}

/* Writers. */

enum kl_ring_outcome kl_ring_admit(struct kl_ring *ring,
				   const struct kl_quota *quota,
				   const struct kl_record_meta *meta)
{
	enum kl_ring_outcome outcome = KL_RING_RESERVED;
	u32 limit = limit_of(quota, meta);
	unsigned long flags = 0;

	if (!limit)
		return KL_RING_UNWANTED;
	if (!kept_out(ring, quota, meta, limit))
		return KL_RING_RESERVED;
	kl_lock(&ring->lock, flags);
	if (kept_out(ring, quota, meta, limit)) {
		suppress(ring, meta);
		outcome = KL_RING_SUPPRESSED;
	}
	kl_unlock(&ring->lock, flags);
	return outcome;
}

static struct entry *push_request(struct kl_ring *ring,
				  const struct kl_record_meta *meta,
				  struct kl_hits *hits, u32 size)
{
	struct entry *entry;

	push_loss(ring);
	entry = push(ring, KL_RECORD_REQUEST, size);
	entry->audit = meta->audit;
	entry->result = meta->result;
	entry->hits = hits;
	if (hits)
		kl_counter_add(&hits->refs, 1);
	kl_counter_add(&ring->unread[meta->audit][meta->result], 1);
	ring->next++;
	return entry;
}

enum kl_ring_outcome kl_ring_reserve(struct kl_ring *ring,
				     const struct kl_quota *quota,
				     const struct kl_record_meta *meta,
				     struct kl_hits *hits, u32 size,
				     struct kl_ring_slot *slot)
{
	enum kl_ring_outcome outcome = KL_RING_RESERVED;
	u32 limit = limit_of(quota, meta);
	unsigned long flags = 0;
	struct entry *entry;

	if (!limit)
		return KL_RING_UNWANTED;
	kl_lock(&ring->lock, flags);
	if (kept_out(ring, quota, meta, limit)) {
		suppress(ring, meta);
		outcome = KL_RING_SUPPRESSED;
		goto unlock;
	}
	take_token(ring, &quota->audit[meta->audit], meta);
	if (ring->silenced && is_over(meta->time, ring->scanned))
		tell_suppressed(ring, meta->time);
	if (WARN_ON_ONCE(size < sizeof(struct kl_record) ||
			 size > KL_RECORD_MAX) ||
	    !make_room(ring, loss_size(ring), entry_size(size))) {
		lose(ring, meta, hits);
		outcome = KL_RING_LOST;
		goto unlock;
	}
	entry = push_request(ring, meta, hits, size);
	slot->data = entry->data;
	slot->size = size;
	slot->sequence = entry->sequence;
unlock:
	kl_unlock(&ring->lock, flags);
	return outcome;
}

bool kl_ring_commit(struct kl_ring *ring, struct kl_ring_slot *slot)
{
	struct kl_record *record = slot->data;
	struct entry *entry = container_of(slot->data, struct entry, data);

	record->size = slot->size;
	record->sequence = slot->sequence;
	slot->data = NULL;
	kl_exchange(&entry->state, COMMITTED);
	return kl_load(&ring->waiting) && kl_exchange(&ring->waiting, 0);
}

bool kl_ring_wake(struct kl_ring *ring)
{
	return kl_load(&ring->noticed) && kl_exchange(&ring->noticed, 0) &&
	       kl_load(&ring->waiting) && kl_exchange(&ring->waiting, 0);
}

/* The ring. */

/*
 * Give entries of the old buffer free, as many as the lock may be held for.
 * With @force also those that nobody has had.
 *
 * Return: whether to go on; if the old buffer is done with, it is in @done.
 */
static bool drain_old(struct kl_ring *ring, bool force, u8 **done)
{
	unsigned long flags = 0;
	bool more = false;
	u64 floor;
	int i;

	kl_lock(&ring->lock, flags);
	if (!ring->view.old.data)
		goto unlock;
	floor = ring->view.base;
	if (!force)
		floor = min(floor, read_floor(ring));
	floor = above_pins(ring, floor);
	for (i = 0; i < 64 && free_oldest(ring, floor); i++)
		more = true;
	if (ring->tail >= ring->view.base) {
		*done = ring->view.old.data;
		ring->view.old.data = NULL;
		more = false;
	}
unlock:
	kl_unlock(&ring->lock, flags);
	return more;
}

void kl_ring_release_old(struct kl_ring *ring)
{
	u8 *done = NULL;

	while (drain_old(ring, false, &done))
		kl_cond_resched();
	kl_free(done);
}

static u64 buffer_size(size_t size)
{
	u64 rounded = KL_AUDIT_MEMORY_MIN;

	while (rounded * 2 <= size && rounded * 2 <= KL_AUDIT_MEMORY_MAX)
		rounded *= 2;
	return rounded;
}

struct kl_ring *kl_ring_new(size_t size)
{
	struct kl_ring *ring = kl_alloc(sizeof(*ring));

	if (!ring)
		return NULL;
	ring->view.now.size = buffer_size(size);
	ring->view.now.data = kl_alloc(ring->view.now.size);
	if (!ring->view.now.data)
		goto free_ring;
	kl_lock_init(&ring->lock);
	INIT_LIST_HEAD(&ring->pinned);
	ring->next = 1;
	return ring;
free_ring:
	kl_free(ring);
	return NULL;
}

void kl_ring_bury(struct kl_ring *ring)
{
	struct kl_hits *dead, *next;
	unsigned long flags = 0;

	kl_lock(&ring->lock, flags);
	dead = ring->dead;
	ring->dead = NULL;
	kl_unlock(&ring->lock, flags);
	for (; dead; dead = next) {
		next = dead->dead;
		kl_free(dead);
	}
}

/* Of what nobody has read. */
static void drop_references(struct kl_ring *ring)
{
	const struct entry *entry;
	u64 position;

	for (position = ring->tail; position < ring->view.head;
	     position += entry->size) {
		entry = entry_at(&ring->view, position);
		if (entry->kind == KL_RECORD_REQUEST && !entry->had)
			kl_hits_put(entry->hits);
		kl_cond_resched();
	}
}

void kl_ring_free(struct kl_ring *ring)
{
	if (!ring)
		return;
	drop_references(ring);
	kl_ring_bury(ring);
	kl_free(ring->view.old.data);
	kl_free(ring->view.now.data);
	kl_free(ring);
}

/* Wait until nobody can look at the old buffer any more, and free it. */
static void discard_old(struct kl_ring *ring)
{
	unsigned long flags = 0;
	u8 *done = NULL;
	bool old;

	for (;;) {
		while (drain_old(ring, true, &done))
			kl_cond_resched();
		kl_lock(&ring->lock, flags);
		old = ring->view.old.data;
		kl_unlock(&ring->lock, flags);
		if (!old)
			break;
		kl_pause();
	}
	kl_free(done);
}

int kl_ring_resize(struct kl_ring *ring, size_t size)
{
	struct buffer buffer = { .size = buffer_size(size) };
	unsigned long flags = 0;

	kl_ring_bury(ring);
	if (buffer.size == ring->view.now.size)
		return 0;
	buffer.data = kl_alloc(buffer.size);
	if (!buffer.data)
		return -ENOMEM;
	discard_old(ring);
	kl_lock(&ring->lock, flags);
	ring->view.old = ring->view.now;
	ring->view.now = buffer;
	ring->view.base = ring->view.head;
	kl_unlock(&ring->lock, flags);
	kl_ring_release_old(ring);
	return 0;
}

void kl_ring_drop_oldest(struct kl_ring *ring, bool oldest)
{
	unsigned long flags = 0;

	kl_lock(&ring->lock, flags);
	ring->drop_oldest = oldest;
	kl_unlock(&ring->lock, flags);
}

void kl_ring_stat(struct kl_ring *ring, struct kl_ring_stat *stat)
{
	unsigned long flags = 0;

	kl_lock(&ring->lock, flags);
	stat->size = ring->view.now.size;
	stat->used = ring->view.head - max(ring->tail, read_floor(ring));
	stat->written = ring->next - 1 - ring->stat_lost;
	stat->read = ring->stat_read;
	stat->lost = ring->stat_lost;
	stat->overwritten = ring->stat_overwritten;
	stat->suppressed = ring->stat_suppressed;
	stat->next = ring->next;
	kl_unlock(&ring->lock, flags);
}
