// SPDX-License-Identifier: GPL-2.0
/* What a binary record says, found in it and checked. */
#include "record_values.h"

static_assert(KL_RECORD_MAX <= 1u << 16, "offsets in a record are u16");

static bool skip(struct kl_cursor *cursor, size_t length)
{
	if (length > cursor->left)
		return false;
	cursor->data += length;
	cursor->left -= length;
	return true;
}

static bool take_bytes(struct kl_cursor *cursor, struct kl_text *text,
		       u32 length)
{
#ifdef FUZZ_SELFTEST
	/* A planted bug, to see the fuzzer find it. */
	if (length < 256)
		cursor->left = max_t(size_t, cursor->left, length);
#endif
	text->data = (const char *)cursor->data;
	text->length = length;
	return skip(cursor, length);
}

bool kl_take_string(struct kl_cursor *cursor, struct kl_text *text)
{
	u32 length;

	return kl_take(cursor, &length, sizeof(length)) &&
	       take_bytes(cursor, text, length);
}

static bool is_label(struct kl_text text)
{
	u32 i;

	for (i = 0; i < text.length; i++) {
		char c = text.data[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= 'a' && c <= 'z') && c != '_' && c != '.' && c != '-')
			return false;
	}
	return true;
}

bool kl_take_label(struct kl_cursor *cursor, struct kl_text *label)
{
	u8 length;

	return kl_take(cursor, &length, sizeof(length)) &&
	       length <= KL_LABEL_MAX && take_bytes(cursor, label, length) &&
	       is_label(*label);
}

/* Is every slot of the set one that the operation has? */
static bool set_is_valid(const struct kl_record_values *values)
{
	u64 exist[KL_SLOT_WORDS];
	u32 word;

	kl_record_slots(values->op, exist);
	for (word = 0; word < KL_SLOT_WORDS; word++)
		if (values->set[word] & ~exist[word])
			return false;
	return true;
}

static bool find_numbers(struct kl_record_values *values,
			 struct kl_cursor *cursor)
{
	u32 at = cursor->data - values->record;
	u32 word;
	u64 bits;

	if (!skip(cursor, kl_record_count_numbers(values->set) * sizeof(u64)))
		return false;
	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = values->set[word] & ~kl_record_others(word);
		for (; bits; bits &= bits - 1, at += sizeof(u64))
			values->at[word * 64 + __ffs(bits)] = at;
	}
	return true;
}

/* Step over the value of a slot that is no number. */
static bool skip_other(struct kl_cursor *cursor, u32 slot)
{
	struct kl_text text;

	if (slot == KL_SLOT_IP)
		return skip(cursor, sizeof(struct kl_ip));
	if (slot == KL_SLOT_TASK_HISTORY && !skip(cursor, sizeof(u8)))
		return false;
	return kl_take_string(cursor, &text);
}

static bool find_others(struct kl_record_values *values,
			struct kl_cursor *cursor)
{
	u32 word, slot;
	u64 bits;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = values->set[word] & kl_record_others(word);
		for (; bits; bits &= bits - 1) {
			slot = word * 64 + __ffs(bits);
			values->at[slot] = cursor->data - values->record;
			if (!skip_other(cursor, slot))
				return false;
		}
	}
	return true;
}

bool kl_record_find(struct kl_record_values *values)
{
	struct kl_cursor *cursor = &values->args;

	cursor->data = values->record;
	cursor->left = values->size;
	return skip(cursor, sizeof(struct kl_record)) &&
	       kl_take(cursor, values->set, sizeof(values->set)) &&
	       set_is_valid(values) && find_numbers(values, cursor) &&
	       kl_take_label(cursor, &values->label) &&
	       find_others(values, cursor);
}
