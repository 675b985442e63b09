/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory for the tools: an allocation that fails ends the process with a
 * message and exit status 1. The engine itself never uses these.
 */
#ifndef KELLAS_MEMORY_H
#define KELLAS_MEMORY_H

#include "engine/port.h"

/** kl_xalloc - zeroed memory for @count objects of @size bytes; never NULL */
void *kl_xalloc(size_t count, size_t size);

/** kl_xrealloc - as realloc() of @count objects of @size bytes; never NULL */
void *kl_xrealloc(void *memory, size_t count, size_t size);

/** kl_xstrdup - a copy of a NUL-terminated string; never NULL */
char *kl_xstrdup(const char *text);

/* Room for one more in an array, which grows to twice its size when it is full. */
#define KL_GROW(array, count, room)                                           \
	do {                                                                  \
		if ((count) == (room)) {                                      \
			(room) = (room) ? 2 * (room) : 16;                    \
			(array) = kl_xrealloc(array, room, sizeof(*(array))); \
		}                                                             \
	} while (0)

struct kl_string;
struct kl_strings;

/** kl_xstrings - as kl_strings_init() */
void kl_xstrings(struct kl_strings *table);

/** kl_xintern - as kl_string_get(); never NULL */
struct kl_string *kl_xintern(struct kl_strings *table, struct kl_text text);

/**
 * struct kl_buffer - bytes that grow
 * @data: the bytes, always with a NUL behind them once anything was added
 * @length: bytes in use, without that NUL
 * @room: bytes allocated
 */
struct kl_buffer {
	char *data;
	size_t length;
	size_t room;
};

/** kl_buffer_room - make sure that @more bytes and a NUL fit behind the end */
void kl_buffer_room(struct kl_buffer *buffer, size_t more);
void kl_buffer_add(struct kl_buffer *buffer, const char *data, size_t length);
void kl_buffer_puts(struct kl_buffer *buffer, const char *text);
void kl_buffer_printf(struct kl_buffer *buffer, const char *format, ...) __printf(2, 3);

/** kl_buffer_encode - append raw bytes in their printed form, as kl_encode() makes it */
void kl_buffer_encode(struct kl_buffer *buffer, struct kl_text raw);

/**
 * kl_buffer_write - kl_buffer_add() for a struct kl_printer
 * @buffer: struct kl_buffer, its context
 *
 * Return: 0.
 */
int kl_buffer_write(void *buffer, const char *data, size_t length);

/** kl_buffer_clear - forget the contents, keep the memory */
void kl_buffer_clear(struct kl_buffer *buffer);
void kl_buffer_free(struct kl_buffer *buffer);

static inline struct kl_text kl_buffer_text(const struct kl_buffer *buffer)
{
	struct kl_text text = { buffer->length ? buffer->data : "", buffer->length };

	return text;
}

/** kl_text_of - a NUL-terminated string as a text */
static inline struct kl_text kl_text_of(const char *string)
{
	struct kl_text text = { string, strlen(string) };

	return text;
}

#endif /* KELLAS_MEMORY_H */
