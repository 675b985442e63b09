// SPDX-License-Identifier: GPL-2.0
/*
 * Histories of processes: growth, text, patterns. If these fail, a program can
 * pretend to be the child of another, or an ancestor that a rule names is not
 * found.
 */
#include "engine.h"
#include "engine/history_pattern.h"
#include "engine/pattern.h"

#define PROGRAMS 400

static u32 dice(u32 sides)
{
	static u64 state = 88172645463325252ull;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 32) % sides;
}

/* A program added, in exactly the room that is asked for. */
static struct kl_history *grow(struct kl_history *old, const char *exe, u32 length, u32 pid,
			       u64 started, bool reconstructed)
{
	struct kl_program program = { { exe, length }, pid, started, reconstructed };
	size_t size = kl_history_grown(old, &program);
	struct kl_history *new = malloc(size);

	memset(new, 0xa5, size);
	kl_history_grow(new, old, &program);
	assert_int_equal(sizeof(*new) + new->size, size);
	free(old);
	return new;
}

static char *text_from(const struct kl_history *history)
{
	size_t length = kl_history_text(history, NULL, 0);
	char *text = malloc(length + 1);

	text[length] = 0x5a;
	assert_int_equal(kl_history_text(history, text, length), length);
	assert_int_equal(text[length], 0x5a);
	text[length] = 0;
	return text;
}

static struct kl_history *parse(const char *text, size_t length)
{
	struct kl_text whole = { text, length };
	ssize_t size = kl_history_parse(whole, NULL, 0);
	struct kl_history *history;

	assert_true(size >= (ssize_t)sizeof(*history));
	history = malloc(size);
	assert_int_equal(kl_history_parse(whole, history, size), size);
	assert_int_equal(sizeof(*history) + history->size, size);
	return history;
}

static void assert_text(const struct kl_history *history, const char *expected)
{
	char *text = text_from(history);

	assert_string_equal(text, expected);
	free(text);
}

/* Names that want to be more than a name, and what is written of them. */
static const struct {
	const char *name;
	const char *text;
} hostile[] = {
	{ "/bin/sh", "/bin/sh" },
	{ "", "" },
	{ "/tmp/x=>/usr/sbin/sshd", "/tmp/x=\\076/usr/sbin/sshd" },
	{ "/tmp/x(1;2.000000)=>/sbin/init", "/tmp/x(1;2.000000)=\\076/sbin/init" },
	{ "=>", "=\\076" },
	{ "==>", "==\\076" },
	{ "=\\076", "=\\134076" },
	{ "=\\\\", "=\\134\\" },
	{ ">", ">" },
	{ "=", "=" },
	{ "a=", "a=" },
	{ "~", "\\176" },
	{ "~/bin/sh", "\\176/bin/sh" },
	{ "\\176", "\\134176" },
	{ "\\", "\\134" },
	{ "a~\\", "a~\\" },
	{ "...", "..." },
	{ "...=>", "...=\\076" },
	{ "(1;2.000000)", "(1;2.000000)" },
	{ "/a b\377\n\"'", "/a b\377\n\"'" },
};

static void writes_names(void **state)
{
	char expected[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		const char *name = hostile[i].name;
		struct kl_history *history = grow(NULL, name, strlen(name), 7, 0, false);

		snprintf(expected, sizeof(expected), "%s(7;0.000000)", hostile[i].text);
		assert_text(history, expected);
		history = grow(history, name, strlen(name), ~0u, ~0ull, true);
		snprintf(expected, sizeof(expected),
			 "%s(7;0.000000)=>~%s(4294967295;18446744073.709551)",
			 hostile[i].text, hostile[i].text);
		assert_text(history, expected);
		free(history);
	}
}

static u32 random_name(char *name)
{
	static const char letters[] = "==>>~~\\\\(;).0176134/ab\377\n ";
	u32 length = dice(10), i;

	if (!dice(3)) {
		strcpy(name, hostile[dice(ARRAY_SIZE(hostile))].name);
		return strlen(name);
	}
	for (i = 0; i < length; i++)
		name[i] = letters[dice(sizeof(letters))];
	return length;
}

static struct kl_history *random_history(u32 programs)
{
	struct kl_history *history = NULL;
	char name[64];

	while (programs--)
		history = grow(history, name, random_name(name), dice(1u << 31),
			       (u64)dice(1u << 31) * 1000, dice(2));
	return history;
}

static void assert_same(const struct kl_history *a, const struct kl_history *b)
{
	struct kl_history_cursor x = kl_history_walk(a), y = kl_history_walk(b);
	struct kl_program p, q;
	u32 count = 0;

	assert_int_equal(a->truncated, b->truncated);
	assert_int_equal(a->count, b->count);
	while (kl_history_next(&x, &p)) {
		assert_true(kl_history_next(&y, &q));
		assert_true(kl_text_equal(p.exe, q.exe));
		assert_int_equal(p.pid, q.pid);
		assert_int_equal(p.started, q.started);
		assert_int_equal(p.reconstructed, q.reconstructed);
		count++;
	}
	assert_int_equal(x.left, 0);
	assert_int_equal(y.left, 0);
	assert_int_equal(a->count, count);
}

/* So no two histories have the same text: nothing can be feigned. */
static void reads_what_it_writes(void **state)
{
	(void)state;
	for (u32 round = 0; round < 10000; round++) {
		struct kl_history *history = random_history(1 + dice(6)), *again;
		char *text = text_from(history);

		again = parse(text, kl_history_text(history, NULL, 0));
		assert_same(history, again);
		free(again);
		free(text);
		free(history);
	}
}

/* What people type. */
static void reads_what_is_typed(void **state)
{
	static const struct {
		const char *typed;
		const char *text;
	} cases[] = {
		{ "", "" },
		{ "/a", "/a(0;0.000000)" },
		{ "/a=>/b", "/a(0;0.000000)=>/b(0;0.000000)" },
		{ "~/a(3)", "~/a(3)(0;0.000000)" },
		{ "/a(3;4)", "/a(3;4.000000)" },
		{ "/a(3;4.5)=>~/b(18;0.123456789)", "/a(3;4.500000)=>~/b(18;0.123456)" },
		{ "/a(4294967296;1)", "/a(4294967296;1)(0;0.000000)" },
		{ "/a(1;18446744073.709551615)", "/a(1;18446744073.709551)" },
		{ "/a(1;18446744073.709551616)",
		  "/a(1;18446744073.709551616)(0;0.000000)" },
		{ "/a(1;1.1234567891)", "/a(1;1.1234567891)(0;0.000000)" },
		{ "/a(1;.5)", "/a(1;.5)(0;0.000000)" },
		{ "/a(;5)", "/a(;5)(0;0.000000)" },
		{ "...", "..." },
		{ "...=>/a", "...=>/a(0;0.000000)" },
		{ "/a=>...", "/a(0;0.000000)=>...(0;0.000000)" },
		{ "/a=>", "/a(0;0.000000)=>(0;0.000000)" },
		{ "=>/a", "(0;0.000000)=>/a(0;0.000000)" },
		{ "/a==>/b", "/a=(0;0.000000)=>/b(0;0.000000)" },
		{ "/a=\\xy", "/a=\\134xy(0;0.000000)" },
	};
	struct kl_history *history;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		history = parse(cases[i].typed, strlen(cases[i].typed));
		assert_text(history, cases[i].text);
		free(history);
	}
}

static void limits_programs(void **state)
{
	struct kl_history *history;
	char text[KL_PROGRAMS_MAX * 2 + 4];
	u32 i;

	(void)state;
	for (i = 0; i <= KL_PROGRAMS_MAX; i++)
		memcpy(text + 2 * i, "=>", 2);
	history = parse(text, 2 * KL_PROGRAMS_MAX - 2);
	assert_int_equal(history->count, KL_PROGRAMS_MAX);
	free(history);
	assert_int_equal(kl_history_parse((struct kl_text){ text, 2 * KL_PROGRAMS_MAX },
					  NULL, 0), -E2BIG);
}

/* The newest stay, the oldest go, and it is told that they went. */
static void grows_within_its_limit(void **state)
{
	struct kl_history *history = NULL;
	struct kl_history_cursor cursor;
	struct kl_program program;
	size_t most = 0, text;
	char name[64];
	u32 i, next;

	(void)state;
	for (i = 0; i < PROGRAMS; i++) {
		snprintf(name, sizeof(name), "/usr/bin/program-%u%s", i,
			 i % 7 ? "" : "=>/sbin/init");
		history = grow(history, name, strlen(name), i, 1000, false);
		text = kl_history_text(history, NULL, 0);
		assert_in_range(text, 1, KL_HISTORY_MAX);
		most = max(most, text);
		assert_int_equal(history->truncated, history->count <= i);
		cursor = kl_history_walk(history);
		for (next = i + 1 - history->count;
		     kl_history_next(&cursor, &program); next++)
			assert_int_equal(program.pid, next);
		assert_int_equal(next, i + 1);
		assert_true(kl_history_last(history, &program));
		assert_int_equal(program.pid, i);
	}
	assert_true(history->truncated);
	/* No more is dropped than must be. */
	assert_in_range(most, KL_HISTORY_MAX - 60, KL_HISTORY_MAX);
	free(history);
}

/* To the byte: the text that just fits is kept whole. */
static void grows_to_the_last_byte(void **state)
{
	static char name[KL_HISTORY_MAX + 100];
	size_t rest = strlen("/a(1;0.000000)=>(2;0.000000)");
	struct kl_history *history;

	(void)state;
	memset(name, 'x', sizeof(name));
	history = grow(NULL, "/a", 2, 1, 0, false);
	history = grow(history, name, KL_HISTORY_MAX - rest, 2, 0, false);
	assert_int_equal(history->count, 2);
	assert_int_equal(kl_history_text(history, NULL, 0), KL_HISTORY_MAX);
	free(history);
	history = grow(NULL, "/a", 2, 1, 0, false);
	history = grow(history, name, KL_HISTORY_MAX - rest + 1, 2, 0, false);
	assert_int_equal(history->count, 1);
	assert_true(history->truncated);
	/* One that has no room at all stays alone, and whole. */
	history = grow(history, name, sizeof(name), 3, 0, false);
	assert_int_equal(history->count, 1);
	assert_int_equal(history->size, sizeof(name) + 17);
	assert_true(kl_history_text(history, NULL, 0) > KL_HISTORY_MAX);
	history = grow(history, "/a", 2, 4, 0, false);
	assert_int_equal(history->count, 1);
	assert_text(history, "...=>/a(4;0.000000)");
	free(history);
}

/* Packed programs come from records, which need not be trusted. */
static void survives_damage(void **state)
{
	struct kl_history *history = random_history(6);
	struct kl_program program;
	u32 whole = 0, i;

	(void)state;
	for (u32 round = 0; round < 100000; round++) {
		u32 size = dice(2) ? history->size : dice(history->size + 1);
		u8 *copy = malloc(size ? size : 1);
		struct kl_history_cursor cursor = { copy, size };

		memcpy(copy, history->data, size);
		for (i = dice(3); i && size; i--)
			copy[dice(size)] = dice(2) ? dice(256) : dice(3);
		while (kl_history_next(&cursor, &program))
			for (i = 0; i < program.exe.length; i++)
				whole += !program.exe.data[i];
		whole += !cursor.left;
		free(copy);
	}
	assert_in_range(whole, 1000, ~0u);
	free(history);
}

enum { NO = KL_FALSE, YES = KL_TRUE, PERHAPS = KL_UNKNOWN };

/* Both as typed in a policy; @truth of the pattern for the history. */
static const struct {
	const char *pattern;
	const char *history;
	int truth;
} matches[] = {
	{ "/a", "/a", YES },
	{ "/a", "/b", NO },
	{ "/a", "/a=>/a", NO },
	{ "/a=>/b", "/a=>/b", YES },
	{ "/a=>/b", "/a", NO },
	{ "/a=>/b", "/b=>/a", NO },
	{ "/a=>/b", "/a=>/b=>/c", NO },
	{ "", "", YES },
	{ "", "/a", NO },
	{ "\\*", "", NO },
	{ "\\{\\*\\}", "", NO },
	{ "\\*", "/a/b/c", YES },
	{ "\\*", "<kernel>", YES },
	{ "\\*", "/a=>/b", NO },
	{ "\\*=>\\*", "/a=>/b", YES },
	{ "\\*=>/b", "/x/y=>/b", YES },
	{ "\\*=>/b", "/b", NO },
	{ "\\*=>/b", "/x=>/y=>/b", NO },
	{ "\\{\\*\\}=>/b", "/b", NO },
	{ "\\{\\*\\}=>/b", "/x=>/b", YES },
	{ "\\{\\*\\}=>/b", "/x=>/b=>/b=>/b", YES },
	{ "\\{\\*\\}=>/b", "/x=>/y=>/c", NO },
	{ "/a=>\\{\\*\\}", "/a", NO },
	{ "/a=>\\{\\*\\}", "/a=>/b=>/c", YES },
	{ "/a=>\\{\\*\\}=>/b=>\\*=>/c", "/a=>/b=>/b=>/b=>/c", YES },
	{ "/a=>\\{\\*\\}=>/b=>\\*=>/c", "/a=>/b=>/x=>/c", NO },
	{ "/a=>\\{\\*\\}=>/b=>\\*=>/c", "/a=>/x=>/b=>/x=>/c", YES },
	{ "\\{\\*\\}=>\\{\\*\\}", "/a", NO },
	{ "\\{\\*\\}=>\\{\\*\\}", "/a=>/b=>/c", YES },
	/* Names are ordinary patterns of whole pathnames. */
	{ "/usr/\\*/ssh\\@=>/bin/\\@sh", "/usr/sbin/sshd=>/bin/bash", YES },
	{ "/usr/\\*/ssh\\@=>/bin/\\@sh", "/usr/local/sbin/sshd=>/bin/bash", NO },
	{ "/usr/\\{\\*\\}/sshd=>/bin/sh", "/usr/local/sbin/sshd=>/bin/sh", YES },
	{ "/bin/\\*\\-sh", "/bin/bash", YES },
	{ "/bin/\\*\\-sh", "/bin/sh", NO },
	{ "\\*/sh", "/sh", NO },
	{ "\\@", "/a", NO },
	/* Pid, time, '~' are ignored on both sides. */
	{ "/a", "~/a(3;4.5)", YES },
	{ "~/a(3;4.5)=>~/b(1;0.000000)", "/a=>/b", YES },
	{ "~/a(3;4.5)", "/a(9;9.9)", YES },
	{ "~\\*(1;0)=>~\\{\\*\\}=>/a", "/x=>/y=>/z=>/a", YES },
	{ "/a(1;2)(1;2)", "/a(1;2)(7;7)", YES },
	{ "/a(1;2)", "/a(1;2)(7;7)", NO },
	{ "/a\\*", "/a(x)", YES },
	/* No name is more than one program. */
	{ "/tmp/x=>/usr/sbin/sshd", "/tmp/x=\\134076/usr/sbin/sshd", NO },
	{ "/tmp/x=\\134076/usr/sbin/sshd", "/tmp/x=\\134076/usr/sbin/sshd", YES },
	{ "/tmp/x=\\134076/usr/sbin/sshd", "/tmp/x=>/usr/sbin/sshd", NO },
	{ "/tmp/x=\\134134076/b", "/tmp/x=\\134134076/b", YES },
	{ "/tmp/x=\\134134076/b", "/tmp/x=\\134076/b", NO },
	{ "\\134176/a", "\\134176/a", YES },
	{ "\\134176/a", "~/a", NO },
	{ "\\134134", "\\134134", YES },
	/* What was dropped may have been anything. */
	{ "...=>/a", "...=>/a", YES },
	{ "\\{\\*\\}=>/a", "...=>/a", YES },
	{ "...=>/a", "/x=>/y=>/a", YES },
	{ "...=>/a", "/a", NO },
	{ "...=>/a", "...=>/b", NO },
	{ "...=>/a", "...=>/b=>/a", YES },
	{ "...=>/a=>/b", "...=>/b", PERHAPS },
	{ "...=>/a=>/b", "...=>/c=>/b", NO },
	{ "/a=>/b", "...=>/b", PERHAPS },
	{ "/a=>/b", "...=>/c", NO },
	{ "/a=>/b", "...=>/a=>/b", NO },
	{ "/x=>/a=>/b", "...=>/a=>/b", PERHAPS },
	{ "\\*=>/b", "...=>/b", PERHAPS },
	{ "/b", "...=>/b", NO },
	{ "/a=>\\{\\*\\}=>/b", "...=>/c=>/b", PERHAPS },
	{ "/a=>\\{\\*\\}=>/b", "...=>/c=>/d", NO },
	{ "\\{\\*\\}=>/a=>\\{\\*\\}=>/b", "...=>/a=>/c=>/b", YES },
	{ "\\{\\*\\}=>/a=>\\{\\*\\}=>/b", "...=>/c=>/b", PERHAPS },
	{ "\\{\\*\\}", "...", YES },
	{ "...", "...=>/a", YES },
	{ "...", "/a", YES },
	{ "/a", "...", PERHAPS },
	{ "", "...", NO },
};

/* A history as it is typed in a policy: encoded. */
static struct kl_history *history_of(const char *encoded)
{
	char raw[256];
	ssize_t length = *encoded ? kl_decode(text_of(encoded), raw) : 0;

	assert_in_range(length, 0, sizeof(raw) - 1);
	return parse(raw, length);
}

static void matches_patterns(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(matches); i++) {
		struct kl_history *history = history_of(matches[i].history);
		struct kl_history_pattern *pattern =
			kl_history_pattern_new(text_of(matches[i].pattern));
		int truth = kl_history_match(pattern, history);

		if (truth != matches[i].truth)
			fail_msg("\"%s\" of \"%s\" is %d instead of %d", matches[i].pattern,
				 matches[i].history, truth, matches[i].truth);
		kl_history_pattern_free(pattern);
		free(history);
	}
}

/* What is printed of a history is a pattern of it, and only of its programs. */
static void matches_its_own_text(void **state)
{
	static char encoded[8 * KL_HISTORY_MAX];
	struct kl_history_pattern *pattern;
	u32 position, others = 0;
	const char *why;

	(void)state;
	for (u32 round = 0; round < 20000; round++) {
		struct kl_history *history = random_history(1 + dice(dice(200) ? 4 : 400));
		struct kl_history *other = random_history(1 + dice(4));
		struct kl_text text = { NULL, kl_history_text(history, NULL, 0) }, word;
		char *raw = text_from(history);

		text.data = raw;
		word.data = encoded;
		word.length = kl_encode(text, encoded, sizeof(encoded));
		if (word.length > sizeof(encoded) ||
		    kl_history_word_check(word, &position, &why))
			fail_msg("refused: %.*s", (int)word.length, encoded);
		assert_true(kl_word_is_literal(word));
		pattern = kl_history_pattern_new(word);
		assert_int_equal(kl_history_match(pattern, history), KL_TRUE);
		others += kl_history_match(pattern, other) == KL_TRUE;
		kl_history_pattern_free(pattern);
		free(raw);
		free(other);
		free(history);
	}
	/* Some are the same by chance. */
	assert_in_range(others, 0, 500);
}

/* As many steps as there may be, some of them in every word of the set. */
static void matches_long_patterns(void **state)
{
	char text[KL_PROGRAMS_MAX * 16], typed[KL_PROGRAMS_MAX * 16];
	struct kl_history_pattern *pattern;
	struct kl_history *history;
	u32 count, i, at;

	(void)state;
	for (count = 60; count <= KL_PROGRAMS_MAX; count += count < 70 ? 1 : 53) {
		for (i = at = 0; i < count; i++)
			at += sprintf(typed + at, "%s%s", i ? "=>" : "",
				      i % 3 ? "\\{\\*\\}" : i % 2 ? "\\*" : "/a");
		pattern = kl_history_pattern_new((struct kl_text){ typed, at });
		for (i = at = 0; i < count; i++)
			at += sprintf(text + at, "%s/a", i ? "=>" : "");
		history = parse(text, at);
		assert_int_equal(kl_history_match(pattern, history), KL_TRUE);
		history->count--;
		history->size -= 17 + 2;
		assert_int_equal(kl_history_match(pattern, history), KL_FALSE);
		history->truncated = true;
		assert_int_equal(kl_history_match(pattern, history), KL_UNKNOWN);
		free(history);
		kl_history_pattern_free(pattern);
	}
}

static void checks_words(void **state)
{
	static const struct {
		const char *word;
		u32 position;
	} bad[] = {
		{ "/a=>/b\\", 6 },
		{ "\\{\\*\\}=>/b\\q", 10 },
		{ "~/a(1;2)=>~/x\\{", 13 },
		{ "\\{a\\}", 0 },
		{ "\\(\\*\\)=>/a", 0 },
		{ "/\\{a=>b\\}/c", 1 },
		{ "/a\\101", 2 },
	};
	char word[KL_PROGRAMS_MAX * 2 + 8] = "";
	const char *why;
	u32 position;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(kl_history_word_check(text_of(bad[i].word), &position,
						       &why), -EINVAL);
		if (position != bad[i].position)
			fail_msg("%s: %u: %s", bad[i].word, position, why);
	}
	for (position = 0; position < KL_PROGRAMS_MAX - 1; position++)
		strcat(word, "=>");
	assert_int_equal(kl_history_word_check(text_of(word), &position, &why), 0);
	strcat(word, "=>");
	assert_int_equal(kl_history_word_check(text_of(word), &position, &why), -E2BIG);
	assert_int_equal(position, 2 * KL_PROGRAMS_MAX);
	/* The limit of a pattern is that of each program's. */
	word[0] = 0;
	for (position = 0; position < 40; position++)
		strcat(word, position == 20 ? "\\*=>" : "\\*");
	assert_int_equal(kl_history_word_check(text_of(word), &position, &why), -E2BIG);
}

#define POLICY                                                                        \
	"string_group H /x=>/y\nstring_group H \\{\\*\\}=>/bin/login=>\\*\n"          \
	"string_group P /usr/sbin/sshd\nstring_group P \\{\\*\\}=>/never\n"           \
	"string_group ONLY \\{\\*\\}=>/bin/login=>\\*\n"                             \
	"10 acl read\n    10 deny task.history=\"/sbin/init=>\\{\\*\\}=>/bin/sh\"\n" \
	"    20 allow task.history=@H\n"                                              \
	"20 acl read\n    10 deny task.ancestor=\"/usr/sbin/ssh\\@\"\n"               \
	"    20 allow task.ancestor!=@P\n    30 allow\n"                              \
	"30 acl read task.history!=NULL\n    10 allow task.history=NULL\n"            \
	"40 acl read\n    10 allow task.ancestor!=\"/sbin/init\"\n"                   \
	"50 acl read\n    10 deny task.ancestor=@ONLY\n    20 deny task.ancestor=@NONE\n"

/* In the decision: both attributes, groups, no value, unknown. */
static void decides(void **state)
{
	static const struct {
		const char *words, *verdict, *blocks;
	} cases[] = {
		{ "task.history=/sbin/init=>/x=>/bin/sh", "DENY", "10:denied" },
		{ "task.history=/sbin/init=>/bin/sh", "PERMIT",
		  "10:unmatched, 20:allowed, 30:unmatched, 40:unmatched, 50:unmatched" },
		{ "task.history=/x=>/y", "PERMIT",
		  "10:allowed, 20:allowed, 30:unmatched, 40:allowed, 50:unmatched" },
		{ "task.history=/a=>/bin/login=>/y", "PERMIT",
		  "10:allowed, 20:allowed, 30:unmatched, 40:allowed, 50:unmatched" },
		{ "task.history=/a=>/usr/sbin/sshd=>/y", "DENY", "10:unmatched, 20:denied" },
		/* Dropped: deny hits, allow does not. */
		{ "task.history=...=>/bin/sh", "DENY", "10:denied" },
		{ "task.history=...=>/y", "DENY", "10:unmatched, 20:denied" },
		{ "?task.history ?task.ancestor", "DENY", "10:denied" },
		{ "!task.history !task.ancestor", "PERMIT",
		  "10:unmatched, 20:allowed, 40:unmatched, 50:unmatched" },
	};
	struct engine engine;

	(void)state;
	engine_load(&engine, POLICY);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		event_check(&engine, "read", cases[i].words, cases[i].verdict,
			    cases[i].blocks, NULL);
	engine_unload(&engine);
}

/* The record must say why: the dropped part mattered. */
static void names_what_was_unknown(void **state)
{
	static struct event event;
	struct outcome outcome;
	struct engine engine;

	(void)state;
	engine_load(&engine, "10 acl read\n    10 deny task.ancestor=\"/a\"\n");
	event_make(&event, "read", "task.history=...=>/y");
	event_run(engine.ruleset, &event, false, STAGED, &outcome);
	assert_int_equal(outcome.verdict, KL_DENY);
	assert_true(kl_slot_test(outcome.overlong, KL_SLOT_TASK_ANCESTOR));
	assert_false(kl_slot_test(outcome.overlong, KL_SLOT_TASK_HISTORY));
	event_make(&event, "read", "task.history=...=>/a");
	event_run(engine.ruleset, &event, false, STAGED, &outcome);
	assert_int_equal(outcome.verdict, KL_DENY);
	assert_false(kl_slot_test(outcome.overlong, KL_SLOT_TASK_ANCESTOR));
	engine_unload(&engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_names),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(reads_what_is_typed),
		cmocka_unit_test(limits_programs),
		cmocka_unit_test(grows_within_its_limit),
		cmocka_unit_test(grows_to_the_last_byte),
		cmocka_unit_test(survives_damage),
		cmocka_unit_test(matches_patterns),
		cmocka_unit_test(matches_its_own_text),
		cmocka_unit_test(matches_long_patterns),
		cmocka_unit_test(checks_words),
		cmocka_unit_test(decides),
		cmocka_unit_test(names_what_was_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
