/* SPDX-License-Identifier: GPL-2.0 */
/* What a binary record says, found in it and checked; for record_*.c only. */
#ifndef KELLAS_RECORD_VALUES_H
#define KELLAS_RECORD_VALUES_H

#include "record_layout.h"

/**
 * struct kl_cursor - what is left of a record that need not be trusted
 * @data: next byte
 * @left: bytes from there
 */
struct kl_cursor {
	const u8 *data;
	size_t left;
};

/** kl_take - copy the next bytes; false if there are not so many */
static inline bool kl_take(struct kl_cursor *cursor, void *out, size_t length)
{
	if (length > cursor->left)
		return false;
	memcpy(out, cursor->data, length);
	cursor->data += length;
	cursor->left -= length;
	return true;
}

/** kl_take_string - a u32 length and so many bytes, which are not copied */
bool kl_take_string(struct kl_cursor *cursor, struct kl_text *text);

/** kl_take_label - a u8 length and so many bytes that a label may have */
bool kl_take_label(struct kl_cursor *cursor, struct kl_text *label);

/**
 * struct kl_record_values - what a record says of its request
 * @record: the record
 * @size: bytes of it
 * @op: the operation
 * @set: slots that have a value
 * @at: of these: offset of the value in the record
 * @label: of the rule; may be empty
 * @args: items of argv and envp, not checked
 */
struct kl_record_values {
	const u8 *record;
	size_t size;
	u8 op;
	u64 set[KL_SLOT_WORDS];
	u16 at[KL_SLOT_COUNT];
	struct kl_text label;
	struct kl_cursor args;
};

/**
 * kl_record_find - find the values of a request's record
 * @values: filled in; @record, @size and @op were set by the caller
 *
 * Context: any.
 * Return: false if the record is malformed.
 */
bool kl_record_find(struct kl_record_values *values);

/** kl_record_number - of a slot in @values->set that is a number */
static inline u64 kl_record_number(const struct kl_record_values *values,
				   u32 slot)
{
	u64 number;

	memcpy(&number, values->record + values->at[slot], sizeof(number));
	return number;
}

/** kl_record_other - at the value of a slot in @values->set */
static inline struct kl_cursor
kl_record_other(const struct kl_record_values *values, u32 slot)
{
	u32 at = values->at[slot];

	return (struct kl_cursor){ values->record + at, values->size - at };
}

#endif /* KELLAS_RECORD_VALUES_H */
