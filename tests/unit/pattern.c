// SPDX-License-Identifier: GPL-2.0
/*
 * Words and patterns: without these a rule applies to other names than its author meant.
 *
 * Besides tables, three matchers that share no code must agree on random pairs: the
 * engine's automaton, a naive recursive one (below) and regular expressions
 * (tests/oracle).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/pattern.h"
#include "limits.h"
#include "../oracle/match.h"

#define WORD_MAX 65536
#define TEXT_MAX 65536

static struct kl_text text_of(const char *string)
{
	return (struct kl_text){ string, strlen(string) };
}

/*
 * A text in an allocation of exactly its size, so that a sanitizer sees any read beyond
 * it; it is freed by the caller.
 */
static struct kl_text exactly(const char *data, size_t length)
{
	char *copy = malloc(length ? length : 1);

	assert_non_null(copy);
	memcpy(copy, data, length);
	return (struct kl_text){ copy, length };
}

/*
 * The naive matcher. A token is a byte, or ESCAPE plus the letter of an escape.
 */
#define ESCAPE 256

struct tokens {
	size_t count;
	int token[WORD_MAX];
};

static void tokenize(struct kl_text word, struct tokens *tokens)
{
	const char *at = word.data, *end = at + word.length;

	tokens->count = 0;
	while (at < end) {
		int token = (unsigned char)*at++;

		if (token == '\\' && *at >= '0' && *at <= '3') {
			token = (at[0] - '0') * 64 + (at[1] - '0') * 8 + at[2] - '0';
			at += 3;
		} else if (token == '\\') {
			token = ESCAPE + *at++;
		}
		tokens->token[tokens->count++] = token;
	}
}

static bool naive_accepts(int token, char c)
{
	unsigned char byte = c;

	switch (token - ESCAPE) {
	case '?':
	case '*':
		return byte != '/';
	case '@':
		return byte != '/' && byte != '.';
	case '+':
	case '$':
		return byte >= '0' && byte <= '9';
	case 'x':
	case 'X':
		return byte < 128 && isxdigit(byte);
	case 'a':
	case 'A':
		return byte < 128 && isalpha(byte);
	}
	return token == byte;
}

static bool naive_part(const char *f, const char *f_end, const int *p, const int *p_end)
{
	const char *to;

	if (p == p_end)
		return f == f_end;
	switch (*p - ESCAPE) {
	case '*':
	case '@':
		for (to = f;; to++) {
			if (naive_part(to, f_end, p + 1, p_end))
				return true;
			if (to == f_end || !naive_accepts(*p, *to))
				return false;
		}
	case '$':
	case 'X':
	case 'A':
		for (to = f; to < f_end && naive_accepts(*p, *to); to++)
			if (naive_part(to + 1, f_end, p + 1, p_end))
				return true;
		return false;
	}
	return f < f_end && naive_accepts(*p, *f) &&
	       naive_part(f + 1, f_end, p + 1, p_end);
}

static bool naive_component(const char *f, const char *f_end, const int *p,
			    const int *p_end)
{
	bool first = true;
	const int *minus;

	for (;; p = minus + 1) {
		for (minus = p; minus < p_end && *minus != ESCAPE + '-'; minus++)
			;
		if (naive_part(f, f_end, p, minus) != first)
			return false;
		first = false;
		if (minus == p_end)
			return true;
	}
}

static const char *text_delimiter(const char *f, const char *f_end)
{
	while (f < f_end && *f != '/')
		f++;
	return f;
}

static const int *pattern_delimiter(const int *p, const int *p_end)
{
	while (p < p_end && *p != '/')
		p++;
	return p;
}

static bool naive_walk(const char *f, const char *f_end, const int *p, const int *p_end);

static bool naive_repetition(const char *f, const char *f_end, const int *p,
			     const int *p_delimiter, const int *p_end)
{
	const char *f_delimiter = text_delimiter(f, f_end);

	if (*p == ESCAPE + '(' && naive_walk(f, f_end, p_delimiter + 1, p_end))
		return true;
	do {
		if (!naive_component(f, f_delimiter, p + 1, p_delimiter - 1))
			break;
		f = f_delimiter;
		if (f == f_end)
			break;
		f++;
		if (naive_walk(f, f_end, p_delimiter + 1, p_end))
			return true;
		f_delimiter = text_delimiter(f, f_end);
	} while (f_delimiter > f);
	return false;
}

static bool naive_walk(const char *f, const char *f_end, const int *p, const int *p_end)
{
	const char *f_delimiter;
	const int *p_delimiter;

	while (f < f_end && p < p_end) {
		f_delimiter = text_delimiter(f, f_end);
		p_delimiter = pattern_delimiter(p, p_end);
		if (*p == ESCAPE + '{' || *p == ESCAPE + '(')
			return naive_repetition(f, f_end, p, p_delimiter, p_end);
		if (!naive_component(f, f_delimiter, p, p_delimiter))
			return false;
		f = f_delimiter < f_end ? f_delimiter + 1 : f_end;
		p = p_delimiter < p_end ? p_delimiter + 1 : p_end;
	}
	while (p < p_end && (*p == ESCAPE + '*' || *p == ESCAPE + '@'))
		p++;
	return f == f_end && p == p_end;
}

static bool naive_match(const struct tokens *tokens, struct kl_text text)
{
	const int *p = tokens->token, *p_end = p + tokens->count;
	const char *f = text.data, *f_end = f + text.length;
	size_t head, directory = 0, i;

	for (head = 0; head < tokens->count && p[head] < ESCAPE; head++) {
		if (head >= text.length || p[head] != (unsigned char)f[head])
			return false;
		if (p[head] == '/')
			directory = head + 1;
	}
	if (head == tokens->count)
		return text.length == head;
	if (!head && text.length && *f == '/')
		return false;
	if (text.length == head) {
		for (i = directory; i < tokens->count; i++)
			if (p[i] == '/')
				return false;
		return naive_component(f + directory, f_end, p + directory, p_end);
	}
	return naive_walk(f + directory, f_end, p + directory, p_end);
}

/* All three matchers at once, where they must agree. */
struct trio {
	struct kl_text word;
	struct kl_pattern *engine;
	struct oracle_pattern *oracle;
	struct tokens tokens;
};

static void trio_init(struct trio *trio, const char *word, size_t length)
{
	trio->word = exactly(word, length);
	trio->engine = kl_pattern_new(trio->word);
	assert_non_null(trio->engine);
	trio->oracle = oracle_new(word, length);
	assert_non_null(trio->oracle);
	tokenize(trio->word, &trio->tokens);
}

static void trio_destroy(struct trio *trio)
{
	kl_pattern_free(trio->engine);
	oracle_free(trio->oracle);
	free((void *)trio->word.data);
}

/* What kl_pattern promises of every string that matches. */
static void check_promises(const struct kl_pattern *pattern, struct kl_text text)
{
	u32 leaf = text.length;

	while (leaf && text.data[leaf - 1] != '/')
		leaf--;
	assert_true(text.length >= pattern->head.length);
	assert_memory_equal(text.data, pattern->head.data, pattern->head.length);
	if (!pattern->tail_literal &&
	    (!pattern->leaf_literal || (text.length && leaf == text.length)))
		return;
	assert_int_equal(text.length - leaf, pattern->tail.length);
	assert_memory_equal(text.data + leaf, pattern->tail.data, pattern->tail.length);
}

static bool trio_match(const struct trio *trio, const char *data, size_t length)
{
	struct kl_text text = exactly(data, length);
	bool engine = kl_pattern_match(trio->engine, text);
	bool naive = naive_match(&trio->tokens, text);
	int oracle = oracle_match(trio->oracle, text.data, text.length);
	char shown[256];

	if (engine != naive || engine != oracle) {
		size_t shown_length = kl_encode(text, shown, sizeof(shown));

		fail_msg("\"%.*s\" on \"%.*s\": engine %d, naive %d, oracle %d",
			 (int)trio->word.length, trio->word.data,
			 (int)min(shown_length, sizeof(shown)), shown, engine, naive,
			 oracle);
	}
	if (engine)
		check_promises(trio->engine, text);
	free((void *)text.data);
	return engine;
}

/* What the specification's tables say; a string is given in its printed form. */
static const struct {
	const char *text;
	const char *pattern;
	bool match;
} rows[] = {
	{ "/bin/true", "/bin/\\*", true },
	{ "/bin/sub/true", "/bin/\\*", false },
	{ "/bin", "/bin/\\*", false },
	{ "/bin", "/bin\\*", true },
	{ "/a", "/\\(\\*\\)/\\*", true },
	{ "/a/b/c", "/\\(\\*\\)/\\*", true },
	{ "/etc/passwd", "/\\{\\*\\}/\\*", true },
	{ "/etc/passwd", "/etc/\\{\\*\\}/\\*", false },
	{ "/tmp/a.b.txt", "/tmp/\\@.txt", false },
	{ "/tmp/a.b.txt", "/tmp/\\*.txt", true },
	{ "/tmp/.hidden", "/tmp/\\*", true },
	{ "/tmp/.hidden", "/tmp/\\@", false },
	{ "/tmp/a\\040b", "/tmp/a\\?\\?\\?\\?b", false },
	{ "/tmp/a\\040b", "/tmp/a\\?b", true },
	{ "/tmp/a\\040b", "/tmp/a\\040\\*", true },
	{ "/dev/tty12", "/dev/tty\\$", true },
	{ "/dev/tty", "/dev/tty\\$", false },
	{ "/dev/tty12", "/dev/tty\\+", false },
	{ "/v/123", "/v/\\$3", true },
	{ "/d/fg", "/d/\\X", false },
	{ "/home/bob/x.tmp", "/home/bob/\\*\\-\\*.tmp", false },
	{ "/home/bob/x", "/home/bob/\\*\\-x\\-y", false },
	{ "/home/bob/y", "/home/bob/\\*\\-x\\-y", false },
	{ "/home/bob/z", "/home/bob/\\*\\-x\\-y", true },
	{ "/home/a/b/x", "/home/\\{\\*\\-.git\\}/\\*", true },
	{ "/home/a/.git/x", "/home/\\{\\*\\-.git\\}/\\*", false },
	{ "/tmp/foo/foo/foo", "/tmp/\\{foo\\}/foo", true },
	{ "/tmp/foo/foo/boo/foo", "/tmp/\\{foo\\}/foo", false },
	{ "/srv/a/a/b/x", "/srv/\\{a\\}/\\{b\\}/\\*", true },
	{ "/srv/b/x", "/srv/\\(a\\)/\\{b\\}/\\*", true },
	{ "proc:/self/status", "/\\(\\*\\)/\\*", false },
	{ "proc:/self/status", "proc:/\\(\\*\\)/\\*", true },
	{ "pipe:[12345]", "pipe:[\\$]", true },
	{ "\\000foo", "\\000\\*", true },
	{ "/a/b", "\\*/\\*/\\*", false },
	{ "/tmp/foobar", "/tmp/\\*\\-foobar", false },
	/* Subtraction looks at the whole component, wherever the head ends. */
	{ "/tmp/foobar", "/tmp/foo\\*\\-foobar", false },
	{ "/tmp/foobaz", "/tmp/foo\\*\\-foobar", true },
	{ "/tmp/foobar", "/tmp/foo\\*\\-bar", true },
	{ "/bin", "/bin\\*\\-bin", false },
	{ "/bin", "/bin\\*\\-sbin", true },
	/* What begins with a wildcard never begins with '/'. */
	{ "a/b", "\\*/\\*", true },
	{ "/", "\\*", false },
	{ "/a", "\\*/a", false },
	{ "", "\\*", true },
	{ "", "\\*/\\*", false },
	{ "", "\\$", false },
	{ "", "", true },
	{ "a", "", false },
	/* One last component of \* and \@ may be left over. */
	{ "/srv/x", "/srv/\\*/\\*", true },
	{ "/srv/x", "/srv/\\*/\\@\\*", true },
	{ "/srv/x", "/srv/\\*/\\*/\\*", false },
	{ "/srv/x", "/srv/\\*/\\*x", false },
	{ "/srv/x", "/srv/\\*/\\*\\-x", false },
	{ "/srv/x", "/srv/\\*/\\?", false },
	{ "/srv/x", "/srv/\\*/\\*/", false },
	/* But not if the head is all of the string. */
	{ "/bin", "/bin\\*/\\*", false },
	{ "/bin", "/bin\\*/", false },
	{ "/bins", "/bin\\*/\\*", true },
	{ "/bin/", "/bin\\*/\\*", true },
	{ "/bin/", "/bin/\\*", true },
	{ "/bin/", "/bin/\\*/", false },
	{ "/bin/", "/bin/\\(\\*\\)/\\*", false },
	{ "/", "/\\*", true },
	{ "/", "/\\*\\-proc", true },
	{ "/", "/\\(\\*\\)/\\*", false },
	/* One '/' at the end, on either side. */
	{ "/a/", "/\\*", true },
	{ "/a", "/\\*/", true },
	{ "/a/", "/\\*/", true },
	{ "/a//", "/\\*", false },
	{ "/a", "/\\*//", false },
	{ "/x/y/", "/\\*/y", true },
	{ "/x/y", "/\\*/y/", true },
	{ "/a/", "/a", false },
	/* Repetitions take whole components that a '/' follows. */
	{ "/a", "/\\{a\\}/", false },
	{ "/a/", "/\\{a\\}/", true },
	{ "/a/a/", "/\\{a\\}/", true },
	{ "/a/", "/\\{a\\}/\\*", true },
	{ "/a/", "/\\{a\\}/\\*/\\*", false },
	{ "/a//x", "/\\{\\*\\}/x", false },
	{ "//x", "/\\{\\*\\}/x", true },
	{ "//a/x", "/\\{\\*\\}/x", true },
	{ "/a/a/b", "/\\(a\\)/\\(b\\)/\\(a\\)/b", true },
	{ "/b/b", "/\\{\\?\\}/\\{b\\}/\\*", false },
	{ "/b/b/", "/\\{\\?\\}/\\{b\\}/\\*", true },
	/* Classes are of ASCII, one raw byte is one character. */
	{ "/\\303\\251", "/\\?\\?", true },
	{ "/\\303\\251", "/\\a\\a", false },
	{ "/\\303\\251", "/\\303\\251\\*", true },
	{ "/\\134", "/\\?", true },
	{ "/aF9", "/\\x\\X", true },
	{ "/ag", "/\\x\\X", false },
	{ "/g1", "/\\A\\$", true },
	{ "/1g", "/\\A\\$", false },
	{ "/\\000", "/\\?", true },
	{ "/\\000\\000", "/\\?", false },
	/* A greedy or a first-fit search gets these wrong. */
	{ "/12.a.b", "/\\$\\@\\*.b", true },
	{ "/a.b.c", "/\\@.c", false },
	{ "/aab", "/\\A\\Ab", true },
	{ "/ab12", "/\\X12", true },
	{ "/a1b2c", "/\\*\\a\\+\\*\\a", true },
	{ "/x/a-b-c", "/x/\\@-c", true },
};

static void test_table(void **state)
{
	static struct trio trio;
	char raw[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		ssize_t length = kl_decode(text_of(rows[i].text), raw);

		assert_in_range(length, 0, sizeof(raw));
		trio_init(&trio, rows[i].pattern, strlen(rows[i].pattern));
		if (trio_match(&trio, raw, length) != rows[i].match)
			fail_msg("%s on %s: not %d", rows[i].pattern, rows[i].text,
				 rows[i].match);
		trio_destroy(&trio);
	}
}

/* What the index is built on: the parts of a pattern that need no matching. */
static void test_parts(void **state)
{
	static const struct {
		const char *word;
		bool literal, tail_literal, leaf_literal;
		u32 directory;
		const char *head, *tail;
	} parts[] = {
		{ "/etc/passwd", true, true, true, 5, "/etc/passwd", "passwd" },
		{ "/a\\040b", true, true, true, 1, "/a b", "a b" },
		{ "/etc/", true, true, true, 5, "/etc/", "" },
		{ "anonymous", true, true, true, 0, "anonymous", "anonymous" },
		{ "", true, true, true, 0, "", "" },
		{ "/home/\\*/.ssh/keys", false, false, true, 6, "/home/", "keys" },
		{ "/\\{\\*\\}/a\\040b", false, false, true, 1, "/", "a b" },
		{ "\\*/x", false, false, true, 0, "", "x" },
		{ "/home/\\*/x/", false, false, false, 6, "/home/", NULL },
		{ "/home/\\*/x\\-y", false, false, false, 6, "/home/", NULL },
		{ "/home/x\\-y", false, false, false, 6, "/home/x", NULL },
		{ "/\\*/x\\?", false, false, false, 1, "/", NULL },
		{ "/usr/lib/a\\*b", false, false, false, 9, "/usr/lib/a", NULL },
		{ "/\\{x\\}/", false, false, false, 1, "/", NULL },
		{ "/\\*/\\*", false, false, false, 1, "/", NULL },
		{ "\\*", false, false, false, 0, "", NULL },
	};
	struct kl_pattern *pattern;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		pattern = kl_pattern_new(text_of(parts[i].word));
		assert_non_null(pattern);
		assert_int_equal(pattern->literal, parts[i].literal);
		assert_int_equal(pattern->tail_literal, parts[i].tail_literal);
		assert_int_equal(pattern->leaf_literal, parts[i].leaf_literal);
		assert_int_equal(pattern->directory, parts[i].directory);
		assert_true(kl_text_equal(pattern->head, text_of(parts[i].head)));
		if (parts[i].tail)
			assert_true(kl_text_equal(pattern->tail, text_of(parts[i].tail)));
		assert_int_equal(kl_word_is_literal(text_of(parts[i].word)),
				 parts[i].literal);
		assert_true(pattern->memory >= sizeof(*pattern) + pattern->head.length);
		kl_pattern_free(pattern);
	}
	kl_pattern_free(NULL);
}

#define FIVE(x) x x x x x
#define TWENTY(x) FIVE(x) FIVE(x) FIVE(x) FIVE(x)
#define HUNDRED(x) FIVE(TWENTY(x))
#define K(x) HUNDRED(FIVE(x)) HUNDRED(FIVE(x)) TWENTY(x) x x x

/* An error that points elsewhere sends its reader searching. */
static void test_errors(void **state)
{
	static const struct {
		const char *word;
		int error;
		u32 position;
		const char *why;
	} words[] = {
		{ "/a\\040b", 0, 0, NULL },
		{ "/a\\041b", -EINVAL, 2, "printable" },
		{ "/a\\176", -EINVAL, 2, "printable" },
		{ "/a\\177\\200\\377\\134\\000", 0, 0, NULL },
		{ "/a\\400", -EINVAL, 2, "no such escape" },
		{ "/a\\08", -EINVAL, 2, "three octal" },
		{ "/a\\04", -EINVAL, 2, "three octal" },
		{ "/a\\018", -EINVAL, 2, "three octal" },
		{ "", -EINVAL, 0, "empty" },
		{ "/a b", -EINVAL, 2, "octal" },
		{ "/a\tb", -EINVAL, 2, "octal" },
		{ "/caf\303\251", -EINVAL, 4, "octal" },
		{ "/a\177", -EINVAL, 2, "octal" },
		{ "/a\\ b", -EINVAL, 2, "\\ooo" },
		{ "/a\\q", -EINVAL, 2, "\\ooo" },
		{ "/a\\\\", -EINVAL, 2, "\\134" },
		{ "/a\\", -EINVAL, 2, "no such escape" },
		{ "/a\\\303", -EINVAL, 2, "no such escape" },
		{ "/\\?\\+\\x\\a\\*\\@\\$\\X\\A\\-b", 0, 0, NULL },
		{ "a*?{}()[]\"=#-@$b", 0, 0, NULL },
		{ "/\\{x\\}", -EINVAL, 6, "a /" },
		{ "/\\{x\\}y", -EINVAL, 6, "a /" },
		{ "/\\{x\\}/", 0, 0, NULL },
		{ "/\\(x\\)/", 0, 0, NULL },
		{ "/\\{\\}/", 0, 0, NULL },
		{ "\\{x\\}/", -EINVAL, 0, "follow" },
		{ "/a\\{x\\}/", -EINVAL, 2, "follow" },
		{ "/\\{x\\)/", -EINVAL, 4, "closing" },
		{ "/\\(x\\}/", -EINVAL, 4, "closing" },
		{ "/x\\}/", -EINVAL, 2, "closing" },
		{ "/\\{a/b\\}/", -EINVAL, 4, "inside" },
		{ "/\\{a\\{b\\}/", -EINVAL, 4, "follow" },
		{ "/\\{ab", -EINVAL, 1, "never closed" },
		{ "/x/\\(", -EINVAL, 3, "never closed" },
		{ "/\\{\\*\\-.git\\}/\\(\\A\\)/\\*", 0, 0, NULL },
		{ TWENTY("/\\*"), 0, 0, NULL },
		{ TWENTY("/\\*") "/\\*", -E2BIG, 61, "20" },
		{ TWENTY("/\\@") "\\$", -E2BIG, 60, "20" },
		{ FIVE("/\\{x\\}") FIVE("/\\(x\\)") "/x", 0, 0, NULL },
		{ FIVE("/\\{x\\}") FIVE("/\\(x\\)") "/\\X", -E2BIG, 61, "20" },
		{ "/\\*" HUNDRED("\\?\\+\\x\\a\\-"), 0, 0, NULL },
		/* Of these an octal group or an escape is one character. */
		{ K("a"), 0, 0, NULL },
		{ K("a/"), 0, 0, NULL },
		{ "/\\?" K("a"), 0, 0, NULL },
		{ "/\\?\\?" K("a"), -E2BIG, 1 + 4 + 1022, "1024 characters" },
		{ "/\\?" K("a/"), -E2BIG, 1 + 2 + 2045, "1024 components" },
	};
	const char *why;
	u32 position, i;
	int error;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		struct kl_text word = exactly(words[i].word, strlen(words[i].word));

		position = 0;
		why = NULL;
		error = kl_word_check(word, &position, &why);
		if (error != words[i].error)
			fail_msg("%s: error %d, not %d", words[i].word, error,
				 words[i].error);
		if (error && position != words[i].position)
			fail_msg("%s: at %u, not %u", words[i].word, position,
				 words[i].position);
		if (error && !strstr(why, words[i].why))
			fail_msg("%s: \"%s\" lacks \"%s\"", words[i].word, why,
				 words[i].why);
		if (error)
			assert_in_range(strlen(why), 10, 200);
		free((void *)word.data);
	}
}

/* xorshift: the same numbers in each run, another seed by SEED=N. */
static u64 random_state;

static u32 any(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 16) % below;
}

static void seed(void)
{
	const char *given = getenv("SEED");

	random_state = given ? strtoull(given, NULL, 0) : 0;
	random_state = random_state * 2 + 88172645463325253ull;
}

static enum oracle_answer check_word(const char *data, size_t length)
{
	struct kl_text word = exactly(data, length);
	enum oracle_answer answer = oracle_word(data, length);
	u32 position = ~0u;
	const char *why = NULL;
	int error = kl_word_check(word, &position, &why);

	if (error != (answer == ORACLE_VALID   ? 0 :
		      answer == ORACLE_INVALID ? -EINVAL :
						 -E2BIG))
		fail_msg("\"%.*s\": engine %d, oracle %d", (int)length, data, error,
			 answer);
	if (error)
		assert_in_range(position, 0, length);
	else
		assert_int_equal(kl_word_is_literal(word), !oracle_wild(data, length));
	free((void *)word.data);
	return answer;
}

/* A word that the original takes must load, one that it refuses must not. */
static void test_words(void **state)
{
	static const char *const pieces[] = {
		"/",	 "/",	      "/",	     "a",    "b",     ".",     "\\*",
		"\\@",	 "\\$",	      "\\X",	     "\\A",  "\\?",   "\\-",   "\\{",
		"\\(",	 "\\}/",      "\\)/",	     "\\}",  "\\)",   "\\040", "\\134",
		"\\303", "/\\{a\\}/", "/\\(\\*\\)/", "/\\{", "\\}/x", " ",     "\\",
		"\\041", "\\0",	      "\xc3",	     "{",    "7",     "q",
	};
	u32 counts[3] = { 0 }, i, pieces_left;
	char word[512];

	(void)state;
	for (i = 0; i < 65536 * 8; i++) {
		snprintf(word, sizeof(word), "\\%03o", i & 511);
		check_word(word, 4);
		word[1] = i;
		word[2] = i >> 8;
		check_word(word, 1 + i % 3);
	}
	for (i = 0; i < 400000; i++) {
		/* The first 13 alone are always valid, but may become too many. */
		u32 kinds = any(3) ? 26 : any(2) ? 13 : ARRAY_SIZE(pieces);

		word[0] = 0;
		for (pieces_left = 1 + any(kinds == 13 ? 70 : 9); pieces_left;
		     pieces_left--)
			strcat(word, pieces[any(kinds)]);
		counts[check_word(word, strlen(word))]++;
	}
	print_message("words: %u valid, %u invalid, %u too big\n", counts[0], counts[1],
		      counts[2]);
	for (i = 0; i < 3; i++)
		assert_in_range(counts[i], 1000, ~0u);
}

/* A name that is logged must be the name that a rule can be made of. */
static void test_encoding(void **state)
{
	char raw[64], out[256], back[256], cut[256];
	size_t length, size, got, whole;
	u32 i, k;

	(void)state;
	for (i = 0; i < 256; i++) {
		raw[0] = i;
		length = kl_encode((struct kl_text){ raw, 1 }, out, sizeof(out));
		if (i >= 0x21 && i <= 0x7e && i != '\\') {
			assert_int_equal(length, 1);
			assert_int_equal(out[0], i);
		} else {
			snprintf(back, sizeof(back), "\\%03o", i);
			assert_int_equal(length, 4);
			assert_memory_equal(out, back, 4);
		}
		/* Among others as alone, wherever it stands. */
		for (k = 0; k < 8; k++) {
			memcpy(raw, "abcdefgh", 8);
			raw[k] = i;
			assert_int_equal(kl_encode((struct kl_text){ raw, 8 }, cut, sizeof(cut)),
					 7 + length);
			assert_memory_equal(cut, raw, k);
			assert_memory_equal(cut + k, out, length);
			assert_memory_equal(cut + k + length, raw + k + 1, 7 - k);
		}
	}
	for (i = 0; i < 100000; i++) {
		struct kl_text text = { raw, any(sizeof(raw)) };

		for (k = 0; k < text.length; k++)
			raw[k] = any(2) ? 'a' + any(26) : any(256);
		length = kl_encode(text, out, sizeof(out));
		assert_int_equal(kl_encode(text, NULL, 0), length);
		assert_int_equal(kl_decode((struct kl_text){ out, length }, back),
				 text.length);
		assert_memory_equal(raw, back, text.length);
		/* Cut: whole characters, no byte beyond the room. */
		size = any(length + 1);
		memset(cut, 0x7f, sizeof(cut));
		got = kl_encode(text, cut, size);
		assert_int_equal(got, length);
		for (whole = 0; whole < length; whole += out[whole] == '\\' ? 4 : 1)
			if (whole + (out[whole] == '\\' ? 4 : 1) > size)
				break;
		assert_memory_equal(cut, out, whole);
		for (; whole < sizeof(cut); whole++)
			assert_int_equal(cut[whole], 0x7f);
	}
	assert_int_equal(kl_decode(text_of("a\\*"), back), -EINVAL);
	assert_int_equal(kl_decode(text_of("a\\-b"), back), -EINVAL);
	assert_int_equal(kl_decode(text_of("/\\{a\\}/"), back), -EINVAL);
	assert_int_equal(kl_decode(text_of("a b"), back), -EINVAL);
	assert_int_equal(kl_decode(text_of("a\\"), back), -EINVAL);
	assert_int_equal(kl_decode(text_of("a\\041"), back), -EINVAL);
	assert_int_equal(kl_decode(text_of(""), back), 0);
}

/*
 * Random patterns, and strings made after them: without that hardly anything would match.
 */
struct growing {
	char data[WORD_MAX];
	size_t length;
};

static void add(struct growing *to, const char *bytes)
{
	size_t length = strlen(bytes);

	assert_true(to->length + length < sizeof(to->data));
	memcpy(to->data + to->length, bytes, length);
	to->length += length;
}

static void add_raw(struct growing *to, unsigned char byte)
{
	assert_true(to->length < sizeof(to->data));
	to->data[to->length++] = byte;
}

static const char bytes[] = { 'a', 'b', 'a',  'g',    '1',  '7', '.',
			      '.', ' ', '\\', '\xc3', '\0', 'B' };

static void add_literal(struct growing *word)
{
	char byte = bytes[any(any(3) ? 8 : sizeof(bytes))], out[5] = "";

	kl_encode((struct kl_text){ &byte, 1 }, out, 4);
	add(word, out);
}

#define WILD "*@$XA?+xa"
#define KINDS WILD "-{("
#define KIND_COUNT (sizeof(KINDS) - 1)

static void make_part(struct growing *word, u32 longest, u32 *budget)
{
	u32 left = any(longest + 1), kind;

	for (; left; left--) {
		if (any(2)) {
			add_literal(word);
			continue;
		}
		kind = any(9);
		if (kind < 5 && !*budget)
			kind = 5 + any(4);
		if (kind < 5)
			--*budget;
		add_raw(word, '\\');
		add_raw(word, WILD[kind]);
	}
}

static void make_component(struct growing *word, u32 longest, u32 *budget)
{
	u32 minus = any(4) ? 0 : 1 + any(2);

	if (*budget && !any(5)) {
		--*budget;
		add(word, "\\*");
	} else {
		make_part(word, longest, budget);
	}
	for (; minus; minus--) {
		add(word, "\\-");
		make_part(word, 2, budget);
	}
}

static void make_pattern(struct growing *word, u32 components, u32 longest)
{
	u32 budget = any(10) ? 6 : KL_WILDCARDS_MAX, count = 1 + any(components), i;
	const char *closer;

	word->length = 0;
	if (any(8))
		add(word, "/");
	for (i = 0; i < count; i++) {
		bool slash = word->length && word->data[word->length - 1] == '/';

		if (slash && budget >= 2 && !any(3)) {
			budget -= 2;
			closer = any(2) ? "\\}" : "\\)";
			add(word, closer[1] == '}' ? "\\{" : "\\(");
			make_component(word, longest, &budget);
			add(word, closer);
			add(word, "/");
			continue;
		}
		make_component(word, longest, &budget);
		if (i + 1 < count || !any(8))
			add(word, "/");
	}
}

static void sample_class(struct growing *text, int token)
{
	char byte;

	do
		byte = any(12) ? bytes[any(sizeof(bytes))] : (char)any(256);
	while (!naive_accepts(token, byte));
	add_raw(text, byte);
}

static void sample_part(struct growing *text, const int *p, const int *p_end)
{
	u32 count;

	for (; p < p_end; p++) {
		switch (*p - ESCAPE) {
		case '*':
		case '@':
			for (count = any(3); count; count--)
				sample_class(text, *p);
			break;
		case '$':
		case 'X':
		case 'A':
			for (count = 1 + any(2); count; count--)
				sample_class(text, *p);
			break;
		default:
			if (*p >= ESCAPE)
				sample_class(text, *p);
			else
				add_raw(text, *p);
		}
	}
}

/* Mostly what stands before the first \-, at times what is subtracted. */
static void sample_component(struct growing *text, const int *p, const int *p_end)
{
	const int *minus;

	for (;; p = minus + 1) {
		for (minus = p; minus < p_end && *minus != ESCAPE + '-'; minus++)
			;
		if (minus == p_end || any(6))
			break;
	}
	sample_part(text, p, minus);
}

static void sample_text(struct growing *text, const struct tokens *tokens)
{
	const int *p = tokens->token, *p_end = p + tokens->count, *delimiter;
	u32 count;

	text->length = 0;
	for (; p < p_end; p = delimiter + 1) {
		delimiter = pattern_delimiter(p, p_end);
		if (p < delimiter && (*p == ESCAPE + '{' || *p == ESCAPE + '(')) {
			count = any(3) + (*p == ESCAPE + '{');
			for (; count; count--) {
				sample_component(text, p + 1, delimiter - 1);
				add(text, "/");
			}
			continue;
		}
		if (delimiter == p_end && text->length && !any(8))
			break; /* may be left over */
		sample_component(text, p, delimiter);
		if (delimiter < p_end)
			add(text, "/");
	}
}

static void mutate(struct growing *text)
{
	size_t at = any(text->length + 1);
	char byte = any(3) ? bytes[any(sizeof(bytes))] : '/';

	switch (any(5)) {
	case 0:
		text->length = at;
		return;
	case 1:
		if (text->length && text->data[text->length - 1] == '/')
			text->length--;
		else
			add(text, "/");
		return;
	case 2:
		if (at < text->length)
			text->data[at] = byte;
		return;
	case 3:
		if (at == text->length)
			return;
		memmove(text->data + at, text->data + at + 1, text->length - at - 1);
		text->length--;
		return;
	}
	memmove(text->data + at + 1, text->data + at, text->length - at);
	text->data[at] = byte;
	text->length++;
}

struct tally {
	u64 pairs, matches;
	u64 kinds[KIND_COUNT]; /* pairs that match, by what the pattern has */
	u64 leaves, literals, slashes;
};

static void count_match(struct tally *tally, const struct trio *trio,
			const struct growing *text)
{
	u32 kind;
	size_t i;

	tally->matches++;
	tally->leaves += trio->engine->leaf_literal && !trio->engine->literal;
	tally->literals += trio->engine->literal;
	tally->slashes += text->length && text->data[text->length - 1] == '/';
	for (kind = 0; kind < KIND_COUNT; kind++) {
		for (i = 0; i < trio->tokens.count; i++)
			if (trio->tokens.token[i] == ESCAPE + KINDS[kind])
				break;
		tally->kinds[kind] += i < trio->tokens.count;
	}
}

static void compare(struct tally *tally, u32 patterns, u32 components, u32 longest)
{
	static struct growing word, text;
	static struct trio trio;
	u32 position, i, k, mutations;
	const char *why;

	for (i = 0; i < patterns; i++) {
		do
			make_pattern(&word, components, longest);
		while (!word.length);
		assert_int_equal(kl_word_check((struct kl_text){ word.data, word.length },
					       &position, &why),
				 0);
		trio_init(&trio, word.data, word.length);
		for (k = 0; k < 10; k++) {
			sample_text(&text, &trio.tokens);
			for (mutations = any(2) ? 0 : 1 + any(2); mutations; mutations--)
				mutate(&text);
			tally->pairs++;
			if (trio_match(&trio, text.data, text.length))
				count_match(tally, &trio, &text);
		}
		trio_destroy(&trio);
	}
}

static void print_tally(const struct tally *tally)
{
	u32 kind;

	print_message(
		"pairs %lu, matching %lu (%.1f %%): literal %lu, leaf %lu, '/' at end %lu",
		tally->pairs, tally->matches, 100.0 * tally->matches / tally->pairs,
		tally->literals, tally->leaves, tally->slashes);
	for (kind = 0; kind < KIND_COUNT; kind++)
		print_message(", \\%c %lu", KINDS[kind], tally->kinds[kind]);
	print_message("\n");
}

/* Any disagreement is a rule that denies the wrong or lets the wrong pass. */
static void test_random(void **state)
{
	struct tally tally = { 0 };
	u32 kind;

	(void)state;
	compare(&tally, 110000, 5, 4);
	print_tally(&tally);
	assert_in_range(tally.pairs, 1000000, ~0ul);
	assert_in_range(tally.matches, tally.pairs / 5, tally.pairs * 4 / 5);
	for (kind = 0; kind < KIND_COUNT; kind++)
		assert_in_range(tally.kinds[kind], 1000, ~0ul);
	assert_in_range(tally.leaves, 1000, ~0ul);
	assert_in_range(tally.literals, 1000, ~0ul);
	assert_in_range(tally.slashes, 1000, ~0ul);
}

/* Beyond 64 characters or components the automata need several words. */
static void test_random_long(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	compare(&tally, 800, 3, 300);
	compare(&tally, 800, 200, 2);
	print_tally(&tally);
	assert_in_range(tally.matches, tally.pairs / 20, tally.pairs);
}

static void repeat(struct growing *to, const char *piece, u32 count)
{
	for (; count; count--)
		add(to, piece);
}

/* At the very limits, where a set that is one bit too small would be overrun. */
static void test_limits(void **state)
{
	static struct growing word, text;
	static struct trio trio;

	(void)state;
	word.length = text.length = 0;
	add(&word, "/");
	repeat(&word, "\\?", KL_TOKENS_MAX);
	add(&text, "/");
	repeat(&text, "x", KL_TOKENS_MAX);
	assert_int_equal(check_word(word.data, word.length), ORACLE_VALID);
	trio_init(&trio, word.data, word.length);
	assert_true(trio_match(&trio, text.data, text.length));
	assert_false(trio_match(&trio, text.data, text.length - 1));
	add(&text, "x");
	assert_false(trio_match(&trio, text.data, text.length));
	trio_destroy(&trio);
	add(&word, "\\?");
	assert_int_equal(check_word(word.data, word.length), ORACLE_TOO_BIG);

	word.length = text.length = 0;
	add(&word, "/\\(a\\)/");
	repeat(&word, "a/", KL_COMPONENTS_MAX - 3);
	add(&word, "\\*");
	repeat(&text, "/a", KL_COMPONENTS_MAX - 3);
	assert_int_equal(check_word(word.data, word.length), ORACLE_VALID);
	trio_init(&trio, word.data, word.length);
	assert_true(trio_match(&trio, text.data, text.length));
	assert_false(trio_match(&trio, text.data, text.length - 2));
	repeat(&text, "/a", 100);
	assert_true(trio_match(&trio, text.data, text.length));
	add(&text, "/b/b");
	assert_false(trio_match(&trio, text.data, text.length));
	trio_destroy(&trio);
	add(&word, "/");
	assert_int_equal(check_word(word.data, word.length), ORACLE_TOO_BIG);

	/* Without a head every component counts. */
	word.length = text.length = 0;
	add(&word, "\\?/\\{a\\}/");
	repeat(&word, "a/", KL_COMPONENTS_MAX - 3);
	add(&word, "\\*");
	add(&text, "x");
	repeat(&text, "/a", KL_COMPONENTS_MAX);
	assert_int_equal(check_word(word.data, word.length), ORACLE_VALID);
	trio_init(&trio, word.data, word.length);
	assert_true(trio_match(&trio, text.data, text.length));
	repeat(&text, "/a", 100);
	assert_true(trio_match(&trio, text.data, text.length));
	trio_destroy(&trio);
}

/*
 * A process that names its file to suit must not hold the kernel up: with a search that
 * goes back and forth none of these ends.
 */
static void test_worst(void **state)
{
	static const struct {
		const char *word, *piece;
	} worst[] = {
		{ "/" TWENTY("\\*a") "b", "a" },
		{ "/" TWENTY("\\Aa") "\\+b", "a" },
		{ "/" TWENTY("\\X") "g", "1" },
		{ "/" FIVE("\\{\\?\\}/") FIVE("\\(a\\)/") "b", "a/" },
		{ "/" FIVE("\\(\\*\\)/\\*a/") "c", "aa/" },
	};
	char *text = malloc(KL_STRING_MAX);
	struct kl_pattern *pattern;
	u32 i, length;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < ARRAY_SIZE(worst); i++) {
		pattern = kl_pattern_new(text_of(worst[i].word));
		assert_non_null(pattern);
		text[0] = '/';
		for (length = 1; length < KL_STRING_MAX; length++)
			text[length] =
				worst[i].piece[(length - 1) % strlen(worst[i].piece)];
		assert_false(kl_pattern_match(pattern, (struct kl_text){ text, length }));
		kl_pattern_free(pattern);
	}
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),	    cmocka_unit_test(test_parts),
		cmocka_unit_test(test_errors),	    cmocka_unit_test(test_words),
		cmocka_unit_test(test_encoding),    cmocka_unit_test(test_random),
		cmocka_unit_test(test_random_long), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_worst),
	};

	seed();
	return cmocka_run_group_tests_name("pattern", tests, NULL, NULL);
}
