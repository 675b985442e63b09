/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one way in which the tools print results: each value is given once, with
 * its JSON key and its text, so that the two forms cannot drift apart.
 *
 * JSON strings that come from a request or a policy hold the encoded form, as
 * in records and policies (\040 is a space): plain ASCII, nothing lost, and
 * ready to be pasted into a rule.
 */
#ifndef KELLAS_OUTPUT_H
#define KELLAS_OUTPUT_H

#include "memory.h"

enum kl_format {
	KL_FORMAT_TEXT,
	KL_FORMAT_JSON,
};

/** enum kl_colour - what a piece of text means, not what it looks like */
enum kl_colour {
	KL_PLAIN,
	KL_BOLD,
	KL_FAINT,
	KL_GOOD,
	KL_BAD,
	KL_NOTICE,
	KL_ALARM,
};

#define KL_OUTPUT_DEPTH 8

/**
 * struct kl_json_level - a JSON object or array that is open
 * @array: it is an array
 * @filled: something is in it
 */
struct kl_json_level {
	bool array;
	bool filled;
};

/**
 * struct kl_output - where results go
 * @stream: usually stdout
 * @into: NULL, or JSON is appended here instead, without newlines behind it
 * @text: JSON on its way to @stream: what is open at top level; empty otherwise
 * @format: text or JSON
 * @colour: text may be coloured
 * @pretty: JSON is indented; otherwise each top-level value is one line
 * @depth: JSON objects and arrays open
 * @level: these, outermost first
 * @failed: writing failed: the errno, 0 if not
 */
struct kl_output {
	FILE *stream;
	struct kl_buffer *into;
	struct kl_buffer text;
	enum kl_format format;
	bool colour;
	bool pretty;
	int depth;
	struct kl_json_level level[KL_OUTPUT_DEPTH];
	int failed;
};

/**
 * kl_open_object, kl_open_array - begin a JSON object or array
 * @key: its key in the object around it; NULL at top level and in an array
 *
 * Nothing happens in text. Each is ended by kl_close(); closing the outermost
 * prints it. In one object no key may be given twice: nobody looks.
 */
void kl_open_object(struct kl_output *output, const char *key);
void kl_open_array(struct kl_output *output, const char *key);
void kl_close(struct kl_output *output);

/**
 * kl_put_string - one string value
 * @key: JSON key, NULL in an array; "" leaves it out of JSON
 * @format: text: a format with one %s; NULL leaves it out of text
 * @value: NULL is JSON null, and nothing in text
 */
void kl_put_string(struct kl_output *output, const char *key, const char *format,
		   const char *value);

/** kl_put_text - the same for a text that need not end in NUL; it ends at a NUL in it */
void kl_put_text(struct kl_output *output, const char *key, const char *format,
		 struct kl_text value);

/** kl_put_encoded - the same for raw bytes, which are printed as kl_encode() does */
void kl_put_encoded(struct kl_output *output, const char *key, const char *format,
		    struct kl_text raw);

/** kl_put_number - the same for a number; @format has a %s, too */
void kl_put_number(struct kl_output *output, const char *key, const char *format,
		   u64 value);

/** kl_put_bool - @text is printed in text if @value; NULL for nothing */
void kl_put_bool(struct kl_output *output, const char *key, const char *text, bool value);

/** kl_put_null - JSON only */
void kl_put_null(struct kl_output *output, const char *key);

/** kl_say - text only: headings, blanks, words between values */
void kl_say(struct kl_output *output, const char *format, ...) __printf(2, 3);

/** kl_paint - colour what text follows, until KL_PLAIN */
void kl_paint(struct kl_output *output, enum kl_colour colour);

/**
 * kl_finish - flush
 * Return: 0, or the negative errno of the first write that failed.
 */
int kl_finish(struct kl_output *output);

/** enum kl_when - argument of --color= */
enum kl_when {
	KL_AUTO,
	KL_ALWAYS,
	KL_NEVER,
};

/** kl_when_find - value of "auto", "always" or "never", or -EINVAL */
int kl_when_find(const char *word);

/**
 * kl_may_colour - shall a stream be coloured?
 *
 * KL_AUTO: it is a terminal, TERM is not "dumb", and NO_COLOR is unset or
 * empty.
 */
bool kl_may_colour(FILE *stream, enum kl_when when);

#endif /* KELLAS_OUTPUT_H */
