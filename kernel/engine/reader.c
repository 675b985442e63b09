// SPDX-License-Identifier: GPL-2.0
/* Readers of the log ring; how it works is told in ring.c. */
#include "policy.h"
#include "ring_inside.h"

struct kl_ring_reader *kl_ring_open(struct kl_ring *ring)
{
	struct kl_ring_reader *reader = kl_alloc(sizeof(*reader));
	unsigned long flags = 0;

	if (!reader)
		return NULL;
	reader->ring = ring;
	reader->behind = true;
	kl_lock(&ring->lock, flags);
	reader->position = ring->tail;
	reader->next = ring->untold ? ring->untold :
				      number_at(ring, ring->tail);
	kl_unlock(&ring->lock, flags);
	return reader;
}

int kl_ring_keep(struct kl_ring_reader *reader)
{
	struct kl_ring *ring = reader->ring;
	unsigned long flags = 0;
	int error = 0;

	kl_lock(&ring->lock, flags);
	if (ring->keeper && ring->keeper != reader)
		error = -EBUSY;
	else
		ring->keeper = reader;
	kl_unlock(&ring->lock, flags);
	return error;
}

void kl_ring_close(struct kl_ring_reader *reader)
{
	struct kl_ring *ring = reader->ring;
	unsigned long flags = 0;

	kl_lock(&ring->lock, flags);
	if (ring->keeper == reader)
		ring->keeper = NULL;
	kl_unlock(&ring->lock, flags);
	kl_ring_bury(ring);
	kl_free(reader);
}

/**
 * struct batch - one call of kl_ring_read()
 * @reader: whose
 * @view: the ring as it was at the beginning
 * @out: where records go
 * @size: bytes there
 * @used: bytes used
 * @now: time for records made up
 * @position, @next: as in the reader, while it goes on without the lock
 * @had: records that this reader has had before any other
 * @read: of them, how many of the same index and result are still counted as
 *	unread
 * @unread: the counter of those
 * @gap: numbers up to this one were told as lost to this reader
 */
struct batch {
	struct kl_ring_reader *reader;
	struct view view;
	u8 *out;
	size_t size;
	size_t used;
	u64 now;
	u64 position;
	u64 next;
	u64 had;
	u64 read;
	kl_counter_t *unread;
	u64 gap;
};

static bool fits(const struct batch *batch, u32 length)
{
	return length <= batch->size - batch->used;
}

static bool put_loss(struct batch *batch, u64 first, u64 last, u64 time,
		     const struct tally *tally)
{
	struct kl_record record;

	if (!fits(batch, kl_ring_notice_length(tally)))
		return false;
	kl_ring_loss_record(&record, first, last, time);
	kl_ring_write_notice(batch->out + batch->used, &record, tally);
	batch->used += record.size;
	batch->next = last + 1;
	return true;
}

/* Tell numbers below @number that the reader should have had. */
static bool put_gap(struct batch *batch, u64 number)
{
	if (batch->next >= number)
		return true;
	WARN_ON_ONCE(!batch->reader->behind);
	if (!put_loss(batch, batch->next, number - 1, batch->now, NULL))
		return false;
	batch->gap = number;
	return true;
}

static bool put_data(struct batch *batch, const struct entry *entry)
{
	if (!fits(batch, entry->length))
		return false;
	memcpy(batch->out + batch->used, entry->data, entry->length);
	batch->used += entry->length;
	return true;
}

/* A loss record: of what was told before, only the rest is told. */
static bool put_shared_loss(struct batch *batch, const struct entry *entry)
{
	const struct kl_record *record = (const void *)entry->data;

	if (record->last < batch->next)
		return true;
	if (record->sequence < batch->next)
		return put_loss(batch, batch->next, record->last, record->time,
				NULL);
	if (!put_data(batch, entry))
		return false;
	batch->next = record->last + 1;
	return true;
}

/* Writers count, too: so this is done once for a run of records. */
static void count_read(struct batch *batch)
{
	if (batch->read)
		kl_counter_sub(batch->unread, batch->read);
	batch->read = 0;
}

/* Before any other reader. */
static void had_first(struct batch *batch, const struct entry *entry)
{
	struct kl_ring *ring = batch->reader->ring;
	kl_counter_t *unread = &ring->unread[entry->audit][entry->result];

	kl_hits_put(entry->hits);
	batch->had++;
	if (batch->unread != unread)
		count_read(batch);
	batch->unread = unread;
	batch->read++;
}

static bool put_entry(struct batch *batch, struct entry *entry)
{
	if (entry->kind == PAD)
		return true;
	if (!put_gap(batch, entry->sequence))
		return false;
	if (entry->kind == KL_RECORD_LOST) {
		if (!put_shared_loss(batch, entry))
			return false;
		kl_exchange(&entry->had, 1);
		return true;
	}
	if (!put_data(batch, entry))
		return false;
	if (entry->kind == KL_RECORD_REQUEST)
		batch->next = entry->sequence + 1;
	if (!kl_exchange(&entry->had, 1) && entry->kind == KL_RECORD_REQUEST)
		had_first(batch, entry);
	return true;
}

/*
 * What was overwritten before anybody had it, the reader is told by rule; it
 * may have missed more, which others have had.
 */
static void put_forgotten(struct batch *batch, struct kl_ring *ring)
{
	u64 number = number_at(ring, batch->position);

	if (!ring->untold || batch->next > ring->untold ||
	    ring->untold >= number)
		return;
	if (put_loss(batch, batch->next, number - 1, batch->now,
		     &ring->forgotten))
		batch->gap = number;
}

/* The ring ends here for this reader: what is left is told by number. */
static void put_pending(struct batch *batch, struct kl_ring *ring)
{
	const struct loss *loss = &ring->loss;
	bool whole;

	if (!put_gap(batch, head_number(ring)) ||
	    batch->next >= kl_ring_untold(ring))
		return;
	whole = batch->next == loss->first;
	put_loss(batch, batch->next, loss->last, loss->time,
		 whole ? &loss->tally : NULL);
}

static void pin(struct batch *batch)
{
	struct kl_ring_reader *reader = batch->reader;
	struct kl_ring *ring = reader->ring;
	unsigned long flags = 0;

	kl_lock(&ring->lock, flags);
	if (reader->position == ring->view.head)
		kl_ring_tell_pending(ring, batch->now);
	if (reader->position < ring->tail) {
		reader->position = ring->tail;
		reader->behind = true;
	}
	batch->position = reader->position;
	batch->next = reader->next;
	put_forgotten(batch, ring);
	if (batch->position == ring->view.head)
		put_pending(batch, ring);
	batch->view = ring->view;
	list_add(&reader->pinned, &ring->pinned);
	kl_unlock(&ring->lock, flags);
}

/* Others may wait for a loss that had no room because of this pin only. */
static void unlink_pin(struct kl_ring_reader *reader)
{
	struct kl_ring *ring = reader->ring;

	list_del(&reader->pinned);
	if (ring->loss.count && kl_load(&ring->waiting))
		kl_ring_tell_loss(ring);
}

static void unpin(struct batch *batch)
{
	struct kl_ring_reader *reader = batch->reader;
	struct kl_ring *ring = reader->ring;
	unsigned long flags = 0;
	bool old;

	kl_lock(&ring->lock, flags);
	if (batch->gap > ring->untold && reader->next <= ring->untold)
		ring->untold = 0;
	ring->furthest = max(ring->furthest, batch->position);
	if (batch->next > reader->next)
		reader->behind = false;
	reader->position = batch->position;
	reader->next = batch->next;
	ring->stat_read += batch->had;
	unlink_pin(reader);
	old = ring->view.old.data;
	kl_unlock(&ring->lock, flags);
	if (old)
		kl_ring_release_old(ring);
}

static size_t read_batch(struct kl_ring_reader *reader, u8 *out, size_t size,
			 u64 now)
{
	struct batch batch = {
		.reader = reader,
		.out = out,
		.size = size,
		.now = now,
	};
	struct entry *entry;

	pin(&batch);
	while (batch.position < batch.view.head) {
		entry = entry_at(&batch.view, batch.position);
		if (kl_load(&entry->state) != COMMITTED ||
		    !put_entry(&batch, entry))
			break;
		batch.position += entry->size;
	}
	count_read(&batch);
	unpin(&batch);
	return batch.used;
}

size_t kl_ring_read(struct kl_ring_reader *reader, void *out, size_t size,
		    u64 now)
{
	size_t used = read_batch(reader, out, size, now);

	if (used)
		return used;
	kl_exchange(&reader->ring->waiting, 1);
	return read_batch(reader, out, size, now);
}

static bool is_news(const struct kl_ring_reader *reader,
		    const struct entry *entry)
{
	const struct kl_record *record = (const void *)entry->data;

	if (entry->kind == PAD)
		return false;
	return entry->kind != KL_RECORD_LOST || record->last >= reader->next;
}

static bool look(struct kl_ring_reader *reader, u64 now)
{
	struct kl_ring *ring = reader->ring;
	unsigned long flags = 0;
	struct entry *entry;
	u64 position;
	bool news;

	kl_lock(&ring->lock, flags);
	if (reader->position == ring->view.head)
		kl_ring_tell_pending(ring, now);
	news = reader->next < kl_ring_untold(ring);
	for (position = max(reader->position, ring->tail);
	     position < ring->view.head; position += entry->size) {
		entry = entry_at(&ring->view, position);
		news = kl_load(&entry->state) == COMMITTED;
		if (!news || is_news(reader, entry))
			break;
		news = reader->next < kl_ring_untold(ring);
	}
	kl_unlock(&ring->lock, flags);
	return news;
}

bool kl_ring_ready(struct kl_ring_reader *reader, u64 now)
{
	if (look(reader, now))
		return true;
	kl_exchange(&reader->ring->waiting, 1);
	return look(reader, now);
}

/* The last number that an entry tells of; 0: it tells of none. */
static u64 last_number(const struct entry *entry)
{
	const struct kl_record *record = (const void *)entry->data;

	if (entry->kind == KL_RECORD_LOST)
		return record->last;
	return entry->kind == KL_RECORD_REQUEST ? entry->sequence : 0;
}

/* Under the lock. Return: whether to search, with the reader pinned. */
static bool begin_seek(struct kl_ring_reader *reader, u64 sequence)
{
	struct kl_ring *ring = reader->ring;

	reader->behind = true;
	if (sequence >= ring->next) {
		reader->position = ring->view.head;
		reader->next = ring->next;
		return false;
	}
	reader->position = ring->tail;
	reader->next = sequence ? sequence : number_at(ring, ring->tail);
	if (!sequence)
		return false;
	list_add(&reader->pinned, &ring->pinned);
	return true;
}

int kl_ring_seek(struct kl_ring_reader *reader, u64 sequence)
{
	struct kl_ring *ring = reader->ring;
	unsigned long flags = 0;
	struct entry *entry;
	struct view view;
	u64 position;
	bool search;

	kl_lock(&ring->lock, flags);
	if (ring->keeper == reader) {
		kl_unlock(&ring->lock, flags);
		return -EPERM;
	}
	search = begin_seek(reader, sequence);
	position = reader->position;
	view = ring->view;
	kl_unlock(&ring->lock, flags);
	if (!search)
		return 0;
	for (; position < view.head; position += entry->size) {
		entry = entry_at(&view, position);
		if (last_number(entry) >= sequence)
			break;
	}
	kl_lock(&ring->lock, flags);
	reader->position = position;
	unlink_pin(reader);
	kl_unlock(&ring->lock, flags);
	return 0;
}
