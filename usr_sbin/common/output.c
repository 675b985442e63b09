// SPDX-License-Identifier: GPL-2.0
/* Results as text or JSON. */
#include <json-c/json.h>
#include <unistd.h>

#include "memory.h"
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

/* json-c returns NULL both for null and for want of memory. */
static struct json_object *insist(struct json_object *object)
{
	if (!object) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return object;
}

static const char *insist_text(const char *text)
{
	if (!text) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	return text;
}

static void print_json(struct kl_output *output, struct json_object *object)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *text;
	size_t length;

	flags |= output->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED :
				  JSON_C_TO_STRING_PLAIN;
	text = json_object_to_json_string_length(object, flags, &length);
	if (output->into)
		kl_buffer_add(output->into, insist_text(text), length);
	else if (fprintf(output->stream, "%s\n", insist_text(text)) < 0)
		note_failure(output);
}

static void add(struct kl_output *output, const char *key, struct json_object *object)
{
	struct json_object *around;

	if (!output->depth) {
		print_json(output, object);
		json_object_put(object);
		return;
	}
	around = output->level[output->depth - 1];
	if (json_object_is_type(around, json_type_array))
		json_object_array_add(around, object);
	else
		json_object_object_add(around, key, object);
}

static void open_level(struct kl_output *output, const char *key,
		       struct json_object *object)
{
	if (WARN_ON_ONCE(output->depth >= KL_OUTPUT_DEPTH))
		abort();
	/* The outermost is printed, and given back, when it is closed. */
	if (output->depth)
		add(output, key, object);
	output->level[output->depth++] = object;
}

void kl_open_object(struct kl_output *output, const char *key)
{
	if (is_json(output))
		open_level(output, key, insist(json_object_new_object()));
}

void kl_open_array(struct kl_output *output, const char *key)
{
	if (is_json(output))
		open_level(output, key, insist(json_object_new_array()));
}

void kl_close(struct kl_output *output)
{
	if (!is_json(output) || WARN_ON_ONCE(!output->depth))
		return;
	output->depth--;
	if (!output->depth) {
		print_json(output, output->level[0]);
		json_object_put(output->level[0]);
	}
}

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

/* Bytes of a well-formed UTF-8 character, or 0. */
static size_t character_length(const unsigned char *at)
{
	size_t length = 0, i;

	if (at[0] < 0x80)
		length = 1;
	else if (at[0] >= 0xc2 && at[0] < 0xf5)
		length = 2 + (at[0] >= 0xe0) + (at[0] >= 0xf0);

	for (i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, and what is beyond U+10FFFF. */
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
	    (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

static bool is_ascii(const char *value)
{
	while (*value && !(*value & 0x80))
		value++;
	return !*value;
}

/* JSON is UTF-8; names of files may be anything. */
static struct json_object *make_string(const char *value)
{
	const unsigned char *at = (const unsigned char *)value;
	struct kl_buffer text = { 0 };
	struct json_object *object;
	size_t length;

	if (is_ascii(value))
		return insist(json_object_new_string(value));
	kl_buffer_puts(&text, "");
	for (; *at; at += length ? length : 1) {
		length = character_length(at);
		if (length)
			kl_buffer_add(&text, (const char *)at, length);
		else
			kl_buffer_printf(&text, "\\%03o", *at);
	}
	object = insist(json_object_new_string(text.data));
	kl_buffer_free(&text);
	return object;
}

void kl_put_string(struct kl_output *output, const char *key, const char *format,
		   const char *value)
{
	if (in_json(output, key))
		add(output, key, value ? make_string(value) : NULL);
	else if (!is_json(output) && format && value)
		print_text(output, format, value);
}

void kl_put_text(struct kl_output *output, const char *key, const char *format,
		 struct kl_text value)
{
	struct kl_buffer copy = { 0 };

	kl_buffer_add(&copy, value.data, value.length);
	kl_put_string(output, key, format, copy.data);
	kl_buffer_free(&copy);
}

void kl_put_number(struct kl_output *output, const char *key, const char *format,
		   u64 value)
{
	char digits[24];

	if (in_json(output, key)) {
		add(output, key, insist(json_object_new_uint64(value)));
	} else if (!is_json(output) && format) {
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)value);
		print_text(output, format, digits);
	}
}

void kl_put_bool(struct kl_output *output, const char *key, const char *text, bool value)
{
	if (in_json(output, key))
		add(output, key, insist(json_object_new_boolean(value)));
	else if (!is_json(output) && text && value)
		print_text(output, "%s", text);
}

void kl_put_null(struct kl_output *output, const char *key)
{
	if (in_json(output, key))
		add(output, key, NULL);
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
