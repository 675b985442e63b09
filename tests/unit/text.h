/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of policy text have in common: load a text, print a policy. */
#ifndef KELLAS_TESTS_TEXT_H
#define KELLAS_TESTS_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/parse.h"
#include "engine/print.h"

/* What the engine calls impossible is a failure, wherever a test meets it. */
void kl_port_warn(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: cannot happen: %s\n", file, line, what);
	abort();
}

/**
 * struct text - a text that grows, always NUL-terminated once it has anything
 * @data: its bytes, to be freed
 * @length: without the NUL
 * @room: bytes allocated
 */
struct text {
	char *data;
	size_t length;
	size_t room;
};

static inline int text_write(void *context, const char *data, size_t length)
{
	struct text *text = context;

	if (text->length + length >= text->room) {
		text->room = 2 * (text->length + length) + 64;
		text->data = realloc(text->data, text->room);
		assert_non_null(text->data);
	}
	memcpy(text->data + text->length, data, length);
	text->length += length;
	text->data[text->length] = '\0';
	return 0;
}

__printf(2, 3) static inline void text_printf(struct text *text, const char *format, ...)
{
	char piece[4096];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(piece, sizeof(piece), format, arguments);
	va_end(arguments);
	assert_in_range(length, 0, sizeof(piece) - 1);
	text_write(text, piece, length);
}

static inline void text_clear(struct text *text)
{
	text->length = 0;
	if (text->data)
		text->data[0] = '\0';
}

static inline void text_free(struct text *text)
{
	free(text->data);
	memset(text, 0, sizeof(*text));
}

static inline struct kl_text as_text(const char *string)
{
	return (struct kl_text){ string, strlen(string) };
}

/* A copy of its own allocation, so that reading beyond the end is noticed. */
static inline struct kl_text copy_text(const char *data, size_t length)
{
	char *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	memcpy(copy, data, length);
	return (struct kl_text){ copy, length };
}

/* The printed policy, to be freed. */
static inline char *print_policy(const struct kl_policy *policy)
{
	struct text text = { 0 };
	struct kl_printer printer = { text_write, &text };

	assert_int_equal(kl_print_policy(&printer, policy, NULL), 0);
	return text.data;
}

#define assert_printed(policy, expected)                       \
	do {                                                   \
		char *printed_ = print_policy(policy);         \
		assert_string_equal(printed_, expected);       \
		free(printed_);                                \
	} while (0)

/* Parse and apply one transaction; the change stays. */
static inline int load_raw(struct kl_policy *policy, struct kl_text text, bool replace,
			   struct kl_error *error)
{
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_undo *undo;
	int ret;

	kl_parser_init(&parser, &policy->strings);
	kl_batch_init(&batch);
	batch.replace = replace;
	ret = kl_parse_text(&parser, text, &batch, error);
	if (!ret)
		ret = kl_policy_apply(policy, &batch, &undo, error);
	if (!ret)
		kl_policy_settle(policy, undo);
	kl_batch_release(&batch);
	return ret;
}

static inline int load(struct kl_policy *policy, const char *string,
		       struct kl_error *error)
{
	struct kl_text text = copy_text(string, strlen(string));
	int ret = load_raw(policy, text, false, error);

	free((void *)text.data);
	return ret;
}

static inline void must_load(struct kl_policy *policy, const char *string)
{
	struct kl_error error;

	if (load(policy, string, &error))
		fail_msg("%u:%u: %s in\n%s", error.line, error.column, error.text, string);
}

static inline void new_policy(struct kl_policy *policy)
{
	assert_int_equal(kl_policy_init(policy), 0);
}

/* Nothing may be left of the words once the model is gone. */
static inline void end_policy(struct kl_policy *policy)
{
	kl_policy_destroy(policy);
}

/* What a text prints as, from an empty policy, without version and empty line. */
static inline char *canonical(const char *string)
{
	struct kl_policy policy;
	char *printed;

	new_policy(&policy);
	must_load(&policy, string);
	printed = print_policy(&policy);
	end_policy(&policy);
	return printed;
}

#endif /* KELLAS_TESTS_TEXT_H */
