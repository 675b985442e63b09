/* SPDX-License-Identifier: GPL-2.0 */
/* Which slots a record has, and in what form; for record_*.c only. */
#ifndef KELLAS_RECORD_LAYOUT_H
#define KELLAS_RECORD_LAYOUT_H

#include "record.h"

#define OBJECT0		KL_SLOT_OBJECT0
#define OBJECT1		KL_SLOT_OBJECT1

/* Offsets of an object's attributes, and of its parent's. */
#define OWN(id)		(KL_SLOT_OBJECT0_##id - KL_SLOT_OBJECT0)
#define PARENT(id)	OWN(PARENT_##id)

#define FILE_TYPE_MASK	0170000

/** kl_record_strings - the slots that are strings, as a set */
extern const u64 kl_record_strings[KL_SLOT_WORDS];

/** kl_record_others - of a word of a set: what is no number */
static inline u64 kl_record_others(u32 word)
{
	u64 bits = kl_record_strings[word];

	if (word == KL_SLOT_IP / 64)
		bits |= BIT_ULL(KL_SLOT_IP % 64);
	if (word == KL_SLOT_TASK_HISTORY / 64)
		bits |= BIT_ULL(KL_SLOT_TASK_HISTORY % 64);
	return bits;
}

/** kl_record_next_slot - the first slot of a set behind @slot, or -1 */
int kl_record_next_slot(const u64 *set, int slot);

/** kl_record_slots - set to the slots that an operation's records may have */
void kl_record_slots(u8 op, u64 *set);

/** kl_record_count_numbers - how many slots of a set are numbers */
u32 kl_record_count_numbers(const u64 *set);

/**
 * kl_record_label - the label of a request's record; empty if it has none
 * @record: as kl_record_write() left it; not aligned
 */
struct kl_text kl_record_label(const void *record, size_t size);

/** kl_record_bits - bits @low to @high - 1; less than 64 of them */
static inline u64 kl_record_bits(u32 low, u32 high)
{
	return ((1ull << (high - low)) - 1) << low;
}

#endif /* KELLAS_RECORD_LAYOUT_H */
