// SPDX-License-Identifier: GPL-2.0
/* Memory for the tools, and bytes that grow. */
#include "engine/intern.h"
#include "engine/word.h"
#include "memory.h"

static void *insist(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return memory;
}

void *kl_xalloc(size_t count, size_t size)
{
	return insist(calloc(count ? count : 1, size ? size : 1));
}

void *kl_xrealloc(void *memory, size_t count, size_t size)
{
	return insist(reallocarray(memory, count ? count : 1, size ? size : 1));
}

char *kl_xstrdup(const char *text)
{
	return insist(strdup(text));
}

void kl_xstrings(struct kl_strings *table)
{
	insist(kl_strings_init(table) ? NULL : table);
}

struct kl_string *kl_xintern(struct kl_strings *table, struct kl_text text)
{
	return insist(kl_string_get(table, text));
}

void kl_buffer_room(struct kl_buffer *buffer, size_t more)
{
	size_t room = buffer->room ? buffer->room : 128;

	if (buffer->room - buffer->length > more)
		return;
	while (room - buffer->length <= more)
		room *= 2;
	buffer->data = kl_xrealloc(buffer->data, room, 1);
	buffer->room = room;
}

void kl_buffer_add(struct kl_buffer *buffer, const char *data, size_t length)
{
	kl_buffer_room(buffer, length);
	if (length)
		memcpy(buffer->data + buffer->length, data, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

int kl_buffer_write(void *buffer, const char *data, size_t length)
{
	kl_buffer_add(buffer, data, length);
	return 0;
}

void kl_buffer_puts(struct kl_buffer *buffer, const char *text)
{
	kl_buffer_add(buffer, text, strlen(text));
}

void kl_buffer_printf(struct kl_buffer *buffer, const char *format, ...)
{
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	insist(length < 0 ? NULL : text);
	kl_buffer_add(buffer, text, length);
	free(text);
}

void kl_buffer_encode(struct kl_buffer *buffer, struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);

	kl_buffer_room(buffer, length);
	buffer->length += kl_encode(raw, buffer->data + buffer->length, length);
	buffer->data[buffer->length] = '\0';
}

void kl_buffer_clear(struct kl_buffer *buffer)
{
	buffer->length = 0;
	if (buffer->data)
		buffer->data[0] = '\0';
}

void kl_buffer_free(struct kl_buffer *buffer)
{
	free(buffer->data);
	memset(buffer, 0, sizeof(*buffer));
}
