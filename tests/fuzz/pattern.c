// SPDX-License-Identifier: GPL-2.0
/*
 * Words and patterns of any bytes: the engine and the regular expressions of tests/oracle
 * must agree on what is valid and on what matches.
 *
 * Input: a byte, then word and string with a newline between them. If the byte is even
 * they are as typed; if odd, each byte of the word stands for a piece of a pattern, so
 * that mutations soon get beyond "no such escape".
 *
 * With -DFUZZ_SELFTEST the engine is given another string than the oracle, if and only
 * if a \@ meets a dot: a fuzzer that does not find that is not looking.
 */
#define _GNU_SOURCE /* memmem */
#include "engine/intern.h"
#include "engine/pattern.h"
#include "../oracle/match.h"

/* Long ones only make regular expressions slow; tests/unit goes to the limits. */
#define WORD_MAX 400
#define TEXT_MAX 400

static const char *const pieces[] = {
	"/",	 "a",		"b",	     ".",     "1",    "\\*",  "\\@", "\\$",
	"\\X",	 "\\A",		"\\?",	     "\\+",   "\\x",  "\\a",  "\\-", "/\\{",
	"\\}/",	 "/\\(",	"\\)/",	     "\\040", "\\*/", "/\\*", "B",   "\\303",
	"\\000", "/\\{\\*\\}/", "/\\(a\\)/", "\\134", "\\",   "{",    "\\}", "\\)",
};

struct input {
	char word[WORD_MAX];
	size_t word_length;
	struct kl_text text;
};

static void check(bool right, const char *what, const struct input *in)
{
	char shown[4 * TEXT_MAX];
	size_t length;

	if (right)
		return;
	length = kl_encode(in->text, shown, sizeof(shown));
	fprintf(stderr, "%s: word \"%.*s\", text \"%.*s\"\n", what, (int)in->word_length,
		in->word, (int)length, shown);
	abort();
}

static bool read_input(struct input *in, const uint8_t *data, size_t size)
{
	const char *piece;
	size_t i;

	in->word_length = 0;
	for (i = 1; i < size && data[i] != '\n'; i++) {
		piece = pieces[data[i] % ARRAY_SIZE(pieces)];
		if (!(data[0] & 1))
			piece = NULL;
		if (in->word_length + 16 > sizeof(in->word))
			return false;
		if (piece) {
			memcpy(in->word + in->word_length, piece, strlen(piece));
			in->word_length += strlen(piece);
		} else {
			in->word[in->word_length++] = data[i];
		}
	}
	if (i >= size || size - i - 1 > TEXT_MAX)
		return false;
	in->text = (struct kl_text){ (const char *)data + i + 1, size - i - 1 };
	return true;
}

static bool engine_match(const struct kl_pattern *pattern, const struct input *in)
{
	struct kl_text text = in->text;
	bool match;
	char *copy = malloc(text.length ? text.length : 1);

	memcpy(copy, text.data, text.length);
	text.data = copy;
#ifdef FUZZ_SELFTEST
	if (memmem(in->word, in->word_length, "\\@", 2))
		for (char *dot; (dot = memchr(copy, '.', text.length));)
			*dot = ',';
#endif
	match = kl_pattern_match(pattern, text);
	free(copy);
	return match;
}

static void check_promises(const struct kl_pattern *pattern, const struct input *in)
{
	u32 leaf = in->text.length;
	bool same_tail;

	while (leaf && in->text.data[leaf - 1] != '/')
		leaf--;
	check(in->text.length >= pattern->head.length &&
		      !memcmp(in->text.data, pattern->head.data, pattern->head.length),
	      "head", in);
	same_tail =
		kl_text_equal(pattern->tail, (struct kl_text){ in->text.data + leaf,
							       in->text.length - leaf });
	check(!pattern->tail_literal || same_tail, "tail_literal", in);
	check(!pattern->leaf_literal || same_tail || leaf == in->text.length,
	      "leaf_literal", in);
}

static void check_match(const struct input *in)
{
	struct oracle_pattern *oracle = oracle_new(in->word, in->word_length);
	struct kl_text word = { in->word, in->word_length };
	struct kl_pattern *pattern = kl_pattern_new(word);
	int expected;
	bool match;

	check(oracle && pattern, "no memory", in);
	check(kl_word_is_literal(word) == pattern->literal, "literal", in);
	check(pattern->literal != oracle_wild(in->word, in->word_length), "wild", in);
	expected = oracle_match(oracle, in->text.data, in->text.length);
	match = engine_match(pattern, in);
	check(expected < 0 || match == expected, match ? "engine: yes" : "engine: no",
	      in);
	if (match)
		check_promises(pattern, in);
	kl_pattern_free(pattern);
	oracle_free(oracle);
}

static void check_encoding(const struct input *in)
{
	char word[4 * TEXT_MAX], raw[4 * TEXT_MAX];
	size_t length = kl_encode(in->text, word, sizeof(word));
	struct kl_text encoded = { word, length };

	check(kl_decode(encoded, raw) == (ssize_t)in->text.length &&
		      !memcmp(raw, in->text.data, in->text.length),
	      "decoded otherwise", in);
	check(!length || oracle_word(word, length) == ORACLE_VALID, "encoded wrongly",
	      in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct input in;
	enum oracle_answer answer;
	struct kl_text word;
	const char *why = NULL;
	u32 position = ~0u;
	char raw[WORD_MAX];
	int error;

	if (size < 2 || !read_input(&in, data, size))
		return 0;
	word = (struct kl_text){ in.word, in.word_length };
	answer = oracle_word(in.word, in.word_length);
	error = kl_word_check(word, &position, &why);
	check(error == (answer == ORACLE_VALID	 ? 0 :
			answer == ORACLE_INVALID ? -EINVAL :
						   -E2BIG),
	      "validity", &in);
	check(!error || (why && position <= word.length), "position", &in);
	if (!error)
		check((kl_decode(word, raw) >= 0) == kl_word_is_literal(word), "decode",
		      &in);
	if (!error || !word.length)
		check_match(&in);
	check_encoding(&in);
	return 0;
}
