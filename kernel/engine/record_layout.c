// SPDX-License-Identifier: GPL-2.0
/* Which slots a record has, and in what form. */
#include "record_layout.h"

/* Which slots have which type, as sets. */
#define SLOT_BIT(slot)	((slot) / 64 == WORD ? BIT_ULL((slot) % 64) : 0)
#define IF_STRING_STRING(bit)	| (bit)
#define IF_STRING_IPADDR(bit)
#define IF_STRING_NUMBER(bit)
#define IF_STRING_FILEPERM(bit)
#define IF_STRING_FILETYPE(bit)
#define IF_STRING_ANCESTOR(bit)
#define IF_STRING_HISTORY(bit)

/* Of what is neither string nor number, how many slots there are. */
#define IS_OTHER_STRING		0
#define IS_OTHER_IPADDR		1
#define IS_OTHER_NUMBER		0
#define IS_OTHER_FILEPERM	0
#define IS_OTHER_FILETYPE	0
#define IS_OTHER_ANCESTOR	1
#define IS_OTHER_HISTORY	1
#define KL_TASK(id, name, type)	 + IS_OTHER_##type
#define KL_PARAM(id, name, type) + IS_OTHER_##type
enum {
	OTHERS = 0
#include "attributes.def"
};

static_assert(OTHERS == 3,
	      "KL_SLOT_IP, KL_SLOT_TASK_ANCESTOR and KL_SLOT_TASK_HISTORY");

const u64 kl_record_strings[] = {
#define WORD 0
	SLOT_BIT(OBJECT0) | SLOT_BIT(OBJECT1)
#define KL_TASK(id, name, type)	 IF_STRING_##type(SLOT_BIT(KL_SLOT_TASK_##id))
#define KL_PARAM(id, name, type) IF_STRING_##type(SLOT_BIT(KL_SLOT_##id))
#include "attributes.def"
	,
#undef WORD
#define WORD 1
	SLOT_BIT(OBJECT0) | SLOT_BIT(OBJECT1)
#define KL_TASK(id, name, type)	 IF_STRING_##type(SLOT_BIT(KL_SLOT_TASK_##id))
#define KL_PARAM(id, name, type) IF_STRING_##type(SLOT_BIT(KL_SLOT_##id))
#include "attributes.def"
#undef WORD
};

static_assert(ARRAY_SIZE(kl_record_strings) == KL_SLOT_WORDS, "one more WORD");

static_assert(KL_SLOT_TASK_PID < 64, "both objects are in the first word");
static_assert(KL_SLOT_TARGET - KL_SLOT_TASK_PID < 64, "tasks are a range");

int kl_record_next_slot(const u64 *set, int slot)
{
	u32 word = (slot + 1) / 64;
	u32 bit = (slot + 1) % 64;
	u64 bits;

	for (; word < KL_SLOT_WORDS; word++, bit = 0) {
		bits = set[word] >> bit;
		if (bits)
			return word * 64 + bit + __ffs(bits);
	}
	return -1;
}

static void add_bits(u64 *set, u64 bits, u32 shift)
{
	u32 word = shift / 64;

	set[word] |= bits << shift % 64;
	if (shift % 64 && word + 1 < KL_SLOT_WORDS)
		set[word + 1] |= bits >> (64 - shift % 64);
}

static u64 object_bits(enum kl_extent extent)
{
	u64 all = kl_record_bits(0, KL_OBJECT_SLOTS);

	switch (extent) {
	case KL_EXTENT_ABSENT:
		return 0;
	case KL_EXTENT_NEW:
		return 1 | (all & ~kl_record_bits(0, PARENT(UID)));
	case KL_EXTENT_NODEV:
		return all & ~(1ull << OWN(DEV_MAJOR) | 1ull << OWN(DEV_MINOR));
	case KL_EXTENT_FULL:
		return all;
	}
	return 0;
}

/*
 * kl_slot_exists() for all slots of an operation; but argv, envp, transition,
 * and task.ancestor, which is the same as task.history.
 */
void kl_record_slots(u8 op, u64 *set)
{
	const struct kl_op_info *info = &kl_op_table[op];

	memset(set, 0, KL_SLOT_WORDS * sizeof(*set));
	add_bits(set, object_bits(info->object[0].extent), OBJECT0);
	add_bits(set, object_bits(info->object[1].extent), OBJECT1);
	add_bits(set, kl_record_bits(0, KL_SLOT_TARGET - KL_SLOT_TASK_PID),
		 KL_SLOT_TASK_PID);
	add_bits(set, info->params, KL_SLOT_TARGET);
	set[KL_SLOT_TASK_ANCESTOR / 64] &= ~BIT_ULL(KL_SLOT_TASK_ANCESTOR % 64);
}

u32 kl_record_count_numbers(const u64 *set)
{
	u32 count = 0;
	u32 word;

	for (word = 0; word < KL_SLOT_WORDS; word++)
		count += hweight64(set[word] & ~kl_record_others(word));
	return count;
}

struct kl_text kl_record_label(const void *record, size_t size)
{
	size_t at = sizeof(struct kl_record);
	const u8 *data = record;
	u64 set[KL_SLOT_WORDS];
	u32 length;

	if (size <= at + sizeof(set))
		return (struct kl_text){};
	memcpy(set, data + at, sizeof(set));
	at += sizeof(set) + kl_record_count_numbers(set) * sizeof(u64);
	if (size <= at)
		return (struct kl_text){};
	length = data[at];
	if (length > KL_LABEL_MAX || size - at - 1 < length)
		return (struct kl_text){};
	return (struct kl_text){ (const char *)data + at + 1, length };
}
