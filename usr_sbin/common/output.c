// SPDX-License-Identifier: GPL-2.0
/* Results as text or JSON. */
#include <unistd.h>

#include "engine/word.h"
#include "output.h"

static void note_failure(struct kl_output *output)
{
	if (!output->failed)
		output->failed = errno ? errno : EIO;
}

static bool is_json(const struct kl_output *output)
{
	return output->format == KL_FORMAT_JSON;
}

/* ------------------------------------------------------ the form of JSON */

/* Of most values at top level this is enough: memory is taken once. */
#define FIRST_ROOM 4096

static struct kl_buffer *target(struct kl_output *output)
{
	return output->into ? output->into : &output->text;
}

static void add_byte(struct kl_buffer *out, char byte)
{
	kl_buffer_room(out, 1);
	out->data[out->length++] = byte;
	out->data[out->length] = '\0';
}

/* As json-c does it, which printed this once: even in what is empty. */
static void break_line(struct kl_output *output)
{
	int i;

	if (!output->pretty)
		return;
	add_byte(target(output), '\n');
	for (i = 0; i < output->depth; i++)
		kl_buffer_add(target(output), "  ", 2);
}

/* How many bytes may stand in a JSON string as they are. */
static size_t plain_length(const char *data, size_t length)
{
	static const bool plain[256] = {
		[' ' ... '!'] = true, ['#' ... '['] = true, [']' ... 0x7f] = true
	};
	size_t i;

	for (i = 0; i < length && plain[(u8)data[i]]; i++)
		;
	return i;
}

/* Nearly all there is, above all keys. */
static void add_plain(struct kl_buffer *out, const char *data, size_t length)
{
	char *at;

	kl_buffer_room(out, length + 2);
	at = out->data + out->length;
	*at++ = '"';
	memcpy(at, data, length);
	at += length;
	*at++ = '"';
	*at = '\0';
	out->length += length + 2;
}

static void add_escaped(struct kl_buffer *out, unsigned char c)
{
	static const char names[][2] = { "\bb", "\nn", "\rr", "\tt", "\ff", "\"\"", "\\\\" };
	char text[2] = "\\";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (c == (unsigned char)names[i][0]) {
			text[1] = names[i][1];
			kl_buffer_add(out, text, 2);
			return;
		}
	kl_buffer_printf(out, "\\u%04x", c);
}

/* \ooo, as in records and policies. */
static void add_octal(struct kl_buffer *out, u8 byte)
{
	const char text[] = { '\\', '\\', '0' + (byte >> 6), '0' + (byte >> 3 & 7),
			      '0' + (byte & 7) };

	kl_buffer_add(out, text, sizeof(text));
}

/* Bytes of a well-formed UTF-8 character, or 0. */
static size_t character_length(const unsigned char *at, size_t left)
{
	size_t length = 0, i;

	if (at[0] < 0x80)
		length = 1;
	else if (at[0] >= 0xc2 && at[0] < 0xf5)
		length = 2 + (at[0] >= 0xe0) + (at[0] >= 0xf0);
	if (length > left)
		return 0;
	for (i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is beyond U+10FFFF. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

/* JSON is UTF-8; names of files may be anything. */
static void add_string(struct kl_buffer *out, const char *data, size_t length)
{
	size_t step = plain_length(data, length);

	if (step == length) {
		add_plain(out, data, length);
		return;
	}
	add_byte(out, '"');
	for (; length; data += step, length -= step) {
		step = plain_length(data, length);
		if (step) {
			kl_buffer_add(out, data, step);
			continue;
		}
		step = character_length((const unsigned char *)data, length);
		if (step > 1) {
			kl_buffer_add(out, data, step);
		} else if (step) {
			add_escaped(out, *data);
		} else {
			add_octal(out, *data);
			step = 1;
		}
	}
	add_byte(out, '"');
}

/* All that stands before a value. */
static void begin_value(struct kl_output *output, const char *key)
{
	struct kl_buffer *out = target(output);
	struct kl_json_level *around;

	if (!output->depth) {
		kl_buffer_room(out, FIRST_ROOM);
		return;
	}
	around = &output->level[output->depth - 1];
	if (around->filled)
		add_byte(out, ',');
	around->filled = true;
	break_line(output);
	if (around->array)
		return;
	add_string(out, key, strlen(key));
	add_byte(out, ':');
	if (output->pretty)
		add_byte(out, ' ');
}

/* What is complete at top level is a line, or several. */
static void end_value(struct kl_output *output)
{
	if (output->depth || output->into)
		return;
	add_byte(&output->text, '\n');
	if (fwrite(output->text.data, output->text.length, 1, output->stream) != 1)
		note_failure(output);
	kl_buffer_free(&output->text);
}

static void put_word(struct kl_output *output, const char *key, const char *word)
{
	begin_value(output, key);
	kl_buffer_puts(target(output), word);
	end_value(output);
}

static void open_level(struct kl_output *output, const char *key, bool array)
{
	if (!is_json(output))
		return;
	if (WARN_ON_ONCE(output->depth >= KL_OUTPUT_DEPTH))
		abort();
	begin_value(output, key);
	add_byte(target(output), array ? '[' : '{');
	output->level[output->depth++] = (struct kl_json_level){ .array = array };
}

void kl_open_object(struct kl_output *output, const char *key)
{
	open_level(output, key, false);
}

void kl_open_array(struct kl_output *output, const char *key)
{
	open_level(output, key, true);
}

void kl_close(struct kl_output *output)
{
	if (!is_json(output) || WARN_ON_ONCE(!output->depth))
		return;
	output->depth--;
	break_line(output);
	add_byte(target(output), output->level[output->depth].array ? ']' : '}');
	end_value(output);
}

/* ----------------------------------------------------------------- values */

/* @format comes from the tools' own sources and has one %s. */
static void print_text(struct kl_output *output, const char *format, const char *value)
{
	if (fprintf(output->stream, format, value) < 0)
		note_failure(output);
}

static bool in_json(const struct kl_output *output, const char *key)
{
	return is_json(output) && !(key && !*key);
}

void kl_put_string(struct kl_output *output, const char *key, const char *format,
		   const char *value)
{
	if (!value)
		kl_put_null(output, key);
	else
		kl_put_text(output, key, format, kl_text_of(value));
}

/* A format has one %s, which wants a NUL. */
static void print_bytes(struct kl_output *output, const char *format,
			struct kl_text value)
{
	struct kl_buffer copy = { 0 };

	kl_buffer_add(&copy, value.data, value.length);
	print_text(output, format, copy.data);
	kl_buffer_free(&copy);
}

void kl_put_text(struct kl_output *output, const char *key, const char *format,
		 struct kl_text value)
{
	if (in_json(output, key)) {
		begin_value(output, key);
		add_string(target(output), value.data,
			   strnlen(value.data, value.length));
		end_value(output);
	} else if (!is_json(output) && format) {
		print_bytes(output, format, value);
	}
}

static void print_encoded(struct kl_output *output, const char *format,
			  struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);
	char *text = kl_xalloc(length + 1, 1);

	kl_encode(raw, text, length);
	print_text(output, format, text);
	free(text);
}

/* The encoded form is ASCII; of it a quote and the backslash of \ooo are escaped. */
static void add_encoded(struct kl_buffer *out, struct kl_text raw)
{
	u32 i, from = 0;

	add_byte(out, '"');
	for (i = 0; i < raw.length; i++) {
		u8 byte = raw.data[i];

		if (byte > ' ' && byte < 0x7f && byte != '"' && byte != '\\')
			continue;
		kl_buffer_add(out, raw.data + from, i - from);
		if (byte == '"')
			add_escaped(out, byte);
		else
			add_octal(out, byte);
		from = i + 1;
	}
	kl_buffer_add(out, raw.data + from, raw.length - from);
	add_byte(out, '"');
}

void kl_put_encoded(struct kl_output *output, const char *key, const char *format,
		    struct kl_text raw)
{
	if (in_json(output, key)) {
		begin_value(output, key);
		add_encoded(target(output), raw);
		end_value(output);
	} else if (!is_json(output) && format) {
		print_encoded(output, format, raw);
	}
}

/* @digits: room for 21; returns where they begin */
static const char *write_digits(char *digits, u64 value)
{
	char *at = digits + 20;

	*at = '\0';
	do {
		*--at = '0' + value % 10;
		value /= 10;
	} while (value);
	return at;
}

void kl_put_number(struct kl_output *output, const char *key, const char *format,
		   u64 value)
{
	char digits[21];

	if (in_json(output, key))
		put_word(output, key, write_digits(digits, value));
	else if (!is_json(output) && format)
		print_text(output, format, write_digits(digits, value));
}

void kl_put_bool(struct kl_output *output, const char *key, const char *text, bool value)
{
	if (in_json(output, key))
		put_word(output, key, value ? "true" : "false");
	else if (!is_json(output) && text && value)
		print_text(output, "%s", text);
}

void kl_put_null(struct kl_output *output, const char *key)
{
	if (in_json(output, key))
		put_word(output, key, "null");
}

void kl_say(struct kl_output *output, const char *format, ...)
{
	va_list args;

	if (is_json(output))
		return;
	va_start(args, format);
	if (vfprintf(output->stream, format, args) < 0)
		note_failure(output);
	va_end(args);
}

void kl_paint(struct kl_output *output, enum kl_colour colour)
{
	static const char *const sequence[] = {
		[KL_PLAIN] = "\033[0m",	      [KL_BOLD] = "\033[1m",
		[KL_FAINT] = "\033[2m",	      [KL_GOOD] = "\033[32m",
		[KL_BAD] = "\033[1;31m",      [KL_NOTICE] = "\033[33m",
		[KL_ALARM] = "\033[1;37;41m",
	};

	if (!is_json(output) && output->colour)
		print_text(output, "%s", sequence[colour]);
}

int kl_finish(struct kl_output *output)
{
	if (fflush(output->stream) || ferror(output->stream))
		note_failure(output);
	return -output->failed;
}

int kl_when_find(const char *word)
{
	static const char *const words[] = {
		[KL_AUTO] = "auto",
		[KL_ALWAYS] = "always",
		[KL_NEVER] = "never",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(word, words[i]))
			return i;
	return -EINVAL;
}

bool kl_may_colour(FILE *stream, enum kl_when when)
{
	const char *none = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	if (when != KL_AUTO)
		return when == KL_ALWAYS;
	if (none && *none)
		return false;
	return isatty(fileno(stream)) && term && strcmp(term, "dumb");
}
