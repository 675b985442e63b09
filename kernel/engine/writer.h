/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Text on its way into a buffer that may be too small for it.
 *
 * Whoever writes need not look whether there is room: he asks afterwards how
 * many bytes it would have taken.
 */
#ifndef KELLAS_WRITER_H
#define KELLAS_WRITER_H

#include "word.h"

/**
 * struct kl_writer - text being written
 * @out: where; undefined once @used exceeds @room
 * @room: bytes there
 * @used: bytes so far, whether they had room or not
 */
struct kl_writer {
	char *out;
	size_t room;
	size_t used;
};

static inline void kl_write_bytes(struct kl_writer *writer, const char *data,
				  size_t length)
{
	if (writer->used + length <= writer->room)
		memcpy(writer->out + writer->used, data, length);
	writer->used += length;
}

/* Inline always: the length of a constant text is known then. */
static __always_inline void kl_write_text(struct kl_writer *writer,
					  const char *text)
{
	kl_write_bytes(writer, text, strlen(text));
}

/** kl_write_encoded - raw bytes in their printed form, see kl_encode() */
static inline void kl_write_encoded(struct kl_writer *writer,
				    struct kl_text raw)
{
	bool fits = writer->used < writer->room;

	writer->used += kl_encode(raw, fits ? writer->out + writer->used : NULL,
				  fits ? writer->room - writer->used : 0);
}

/** kl_write_number - in decimal */
void kl_write_number(struct kl_writer *writer, u64 number);

/** kl_write_bits - in octal or hexadecimal; @shift: bits of a digit, 3 or 4 */
void kl_write_bits(struct kl_writer *writer, u64 number, u32 shift);

/** kl_write_micro - nanoseconds below a second: "." and six digits */
void kl_write_micro(struct kl_writer *writer, u32 nanoseconds);

#endif /* KELLAS_WRITER_H */
