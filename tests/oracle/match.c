// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns as regular expressions.
 *
 * All components are walked from the first on, the constant ones too, after a look at the
 * head: "/bin" must not match "/bin/\*" just because one component may be left over. Below,
 * C stands for the regular expression of one component "A\-B\-D", which looks ahead to the
 * component's end because B and D must not match the whole of it:
 *
 *	(?!(?:B|D)(?:/|\z)) A (?=/|\z)
 *
 *	component		there is more, then C, then a '/' or the end
 *	last, only \* and \@,	the same, or the end
 *	without '/' after it
 *	\{component\}/		there is more, then C and '/', then any number of
 *				C and '/' whose component is not empty
 *	\(component\)/		there is more, then the same or nothing
 *
 * PCRE2 can express all of it without approximation. Two things are kept outside of the
 * regular expression: the string that is exactly the head has one of its own, and of a
 * pattern that begins with a wildcard a string beginning with '/' is refused beforehand.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"

#define WILDCARDS_MAX 20
#define COMPONENTS_MAX 1024
#define CHARACTERS_MAX 1024

/* A word, as limits allow; '/' can only be itself. */
#define OCTAL "\\\\(?:0[0-3][0-7]|040|134|177|[23][0-7][0-7])"
#define PLAIN "[!-.0-\\[\\]-~]"
#define WILDCARD "\\\\[-?+xa*@$XA]"
#define INSIDE "(?:" PLAIN "|" OCTAL "|" WILDCARD ")"
#define BRACKETS "(?<=/)\\\\(?:\\{" INSIDE "*+\\\\\\}|\\(" INSIDE "*+\\\\\\))(?=/)"
#define WORD "\\A(?:/|" INSIDE "|" BRACKETS ")++\\z"

struct text {
	char *data;
	size_t length, room;
};

struct oracle_pattern {
	pcre2_code *walk;
	pcre2_code *head_only;
	bool rooted; /* strings that begin with '/' may match */
	struct text head;
	struct text regex;
};

static void put(struct text *text, const char *data, size_t length)
{
	if (text->length + length + 1 > text->room) {
		text->room = (text->length + length + 1) * 2;
		text->data = realloc(text->data, text->room);
		if (!text->data)
			abort();
	}
	memcpy(text->data + text->length, data, length);
	text->length += length;
	text->data[text->length] = 0;
}

static void puts_to(struct text *text, const char *string)
{
	put(text, string, strlen(string));
}

static void put_byte(struct text *text, unsigned int byte)
{
	char hex[8];

	snprintf(hex, sizeof(hex), "\\x%02x", byte & 255);
	puts_to(text, hex);
}

static pcre2_code *compile(const char *regex, size_t length)
{
	size_t offset;
	pcre2_code *code;
	int error;

	code = pcre2_compile((PCRE2_SPTR)regex, length, PCRE2_DOTALL, &error, &offset,
			     NULL);
	/* Only faster, where it can be had at all. */
	if (code)
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

static int run(const pcre2_code *code, const char *text, size_t length)
{
	static pcre2_match_data *data;
	static int space[4096];
	int ret;

	if (!data)
		data = pcre2_match_data_create(1, NULL);
	ret = pcre2_match(code, (PCRE2_SPTR)text, length, 0, 0, data, NULL);
	if (ret < PCRE2_ERROR_NOMATCH)
		ret = pcre2_dfa_match(code, (PCRE2_SPTR)text, length, 0, 0, data, NULL,
				      space, sizeof(space) / sizeof(space[0]));
	if (ret == PCRE2_ERROR_NOMATCH)
		return 0;
	return ret >= 0 ? 1 : -1;
}

/* The first use compiles; the tests have one thread. */
static bool word_matches(pcre2_code **code, const char *regex, const char *word,
			 size_t length)
{
	int ret;

	if (!*code)
		*code = compile(regex, strlen(regex));
	if (!*code)
		abort();
	ret = run(*code, word, length);
	if (ret < 0)
		abort();
	return ret;
}

bool oracle_wild(const char *word, size_t length)
{
	static pcre2_code *code;

	return word_matches(&code, "\\\\[^0-3]", word, length);
}

static size_t token_length(const char *at)
{
	if (*at != '\\')
		return 1;
	return at[1] >= '0' && at[1] <= '3' ? 4 : 2;
}

static bool too_big(const char *word, size_t length)
{
	size_t wildcards = 0, components = 1, characters = 0, i;

	for (i = 0; i < length; i += token_length(word + i)) {
		if (word[i] == '\\' && strchr("*@$XA{}()", word[i + 1]))
			wildcards++;
		characters++;
		if (word[i] == '/') {
			components++;
			characters = 0;
		}
		if (wildcards > WILDCARDS_MAX || components > COMPONENTS_MAX ||
		    characters > CHARACTERS_MAX)
			return true;
	}
	return false;
}

enum oracle_answer oracle_word(const char *word, size_t length)
{
	static pcre2_code *code;

	if (!word_matches(&code, WORD, word, length))
		return ORACLE_INVALID;
	if (oracle_wild(word, length) && too_big(word, length))
		return ORACLE_TOO_BIG;
	return ORACLE_VALID;
}

static unsigned int octal(const char *at)
{
	return (at[1] - '0') * 64 + (at[2] - '0') * 8 + (at[3] - '0');
}

static const char *wildcard(char escape)
{
	switch (escape) {
	case '?':
		return "[^/]";
	case '+':
		return "[0-9]";
	case 'x':
		return "[0-9A-Fa-f]";
	case 'a':
		return "[A-Za-z]";
	case '*':
		return "[^/]*";
	case '@':
		return "[^/.]*";
	case '$':
		return "[0-9]+";
	case 'X':
		return "[0-9A-Fa-f]+";
	case 'A':
		return "[A-Za-z]+";
	}
	abort();
}

/* One side of \-: a regular expression. */
static void put_part(struct text *out, const char *at, const char *end)
{
	for (; at < end; at += token_length(at)) {
		if (*at != '\\')
			put_byte(out, *at);
		else if (token_length(at) == 4)
			put_byte(out, octal(at));
		else
			puts_to(out, wildcard(at[1]));
	}
}

static const char *find_minus(const char *at, const char *end)
{
	while (at < end && !(at[0] == '\\' && at[1] == '-'))
		at += token_length(at);
	return at;
}

static void put_component(struct text *out, const char *at, const char *end)
{
	const char *main_end = find_minus(at, end), *from, *to;

	if (main_end < end) {
		puts_to(out, "(?!(?:");
		for (from = main_end + 2;; from = to + 2) {
			to = find_minus(from, end);
			put_part(out, from, to);
			if (to == end)
				break;
			puts_to(out, "|");
		}
		puts_to(out, ")(?:/|\\z))");
	}
	put_part(out, at, main_end);
	puts_to(out, "(?=/|\\z)");
}

static void put_repetition(struct text *out, const char *at, const char *end)
{
	bool optional = at[1] == '(';

	puts_to(out, optional ? "(?!\\z)(?:" : "(?!\\z)");
	put_component(out, at + 2, end - 2);
	puts_to(out, "/(?:(?!/|\\z)");
	put_component(out, at + 2, end - 2);
	puts_to(out, optional ? "/)*)?" : "/)*");
}

static bool is_repetition(const char *at, const char *end)
{
	return end - at >= 4 && at[0] == '\\' && (at[1] == '{' || at[1] == '(');
}

static bool may_be_left(const char *at, const char *end)
{
	for (; at < end; at += 2)
		if (at[0] != '\\' || (at[1] != '*' && at[1] != '@'))
			return false;
	return true;
}

static void put_walk(struct text *out, const char *at, const char *head_end,
		     const char *end)
{
	const char *slash;

	puts_to(out, "\\A(?=");
	put_part(out, at, head_end);
	puts_to(out, ")");
	for (; at < end; at = slash + 1) {
		slash = memchr(at, '/', end - at);
		if (!slash)
			slash = end;
		if (is_repetition(at, slash)) {
			put_repetition(out, at, slash);
			continue;
		}
		puts_to(out, "(?:(?!\\z)");
		put_component(out, at, slash);
		puts_to(out, "(?:/|\\z)");
		puts_to(out, slash == end && may_be_left(at, end) ? "|\\z)" : ")");
		if (slash == end)
			break;
	}
	puts_to(out, "\\z");
}

/* Of a string that is the head: its last component, against the pattern's. */
static void put_head_only(struct text *out, const char *word, const char *head_end,
			  const char *end)
{
	const char *at = head_end;

	while (at > word && at[-1] != '/')
		at--;
	if (memchr(at, '/', end - at)) {
		puts_to(out, "(?!)");
		return;
	}
	puts_to(out, "\\A");
	put_part(out, word, at);
	put_component(out, at, end);
	puts_to(out, "\\z");
}

static void put_raw(struct text *out, const char *at, const char *end)
{
	char byte;

	for (; at < end; at += token_length(at)) {
		byte = *at == '\\' ? (char)octal(at) : *at;
		put(out, &byte, 1);
	}
}

struct oracle_pattern *oracle_new(const char *word, size_t length)
{
	struct oracle_pattern *pattern = calloc(1, sizeof(*pattern));
	const char *end = word + length, *head_end = word;
	struct text head_only = { 0 };

	if (!pattern)
		abort();
	while (head_end < end && token_length(head_end) != 2)
		head_end += token_length(head_end);
	put_raw(&pattern->head, word, head_end);
	pattern->rooted = head_end > word;
	if (head_end == end) {
		puts_to(&pattern->regex, "\\A");
		put_part(&pattern->regex, word, end);
		puts_to(&pattern->regex, "\\z");
		puts_to(&head_only, pattern->regex.data);
	} else {
		put_walk(&pattern->regex, word, head_end, end);
		put_head_only(&head_only, word, head_end, end);
	}
	pattern->walk = compile(pattern->regex.data, pattern->regex.length);
	pattern->head_only = compile(head_only.data, head_only.length);
	free(head_only.data);
	if (pattern->walk && pattern->head_only)
		return pattern;
	oracle_free(pattern);
	return NULL;
}

void oracle_free(struct oracle_pattern *pattern)
{
	if (!pattern)
		return;
	pcre2_code_free(pattern->walk);
	pcre2_code_free(pattern->head_only);
	free(pattern->head.data);
	free(pattern->regex.data);
	free(pattern);
}

int oracle_match(const struct oracle_pattern *pattern, const char *text, size_t length)
{
	size_t head = pattern->head.length;

	if (!length)
		text = "";
	if (length == head && (!length || !memcmp(text, pattern->head.data, head)))
		return run(pattern->head_only, text, length);
	if (!pattern->rooted && length && *text == '/')
		return 0;
	return run(pattern->walk, text, length);
}

const char *oracle_regex(const struct oracle_pattern *pattern)
{
	return pattern->regex.data;
}
