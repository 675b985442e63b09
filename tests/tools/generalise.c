// SPDX-License-Identifier: GPL-2.0
/*
 * Names to patterns. If one of these fails, a learnt policy denies what was
 * seen, or permits what nobody has seen and nobody was told of.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "generalise.h"
#include "range.h"

static const struct kl_generalise usual = {
	KL_GENERALISE_ALL, KL_GENERALISE_DIFFERENT, KL_GENERALISE_ENTRIES
};

static struct kl_text text_of(const char *string)
{
	return kl_text_of(string);
}

/* Names separated by spaces, and what becomes of them in that order. */
static const struct {
	const char *names;
	const char *patterns;
	const char *why; /* of the first; "" if it stays as it is */
} cases[] = {
	/* numbers */
	{ "/v/1 /v/22 /v/333", "/v/\\$ /v/\\$ /v/\\$",
	  "\\$ stands for a number because of 3 different ones" },
	{ "/v/1 /v/22", "/v/1 /v/22", "" },
	{ "/v/a1b /v/a22b /v/a3b /v/x9y", "/v/a\\$b /v/a\\$b /v/a\\$b /v/x9y",
	  "\\$ stands for a number because of 3 different ones" },
	{ "/t/0000000012 /t/0000000013 /t/0000000140",
	  "/t/\\$ /t/\\$ /t/\\$", "\\$ stands for a number because of 3 different ones" },
	/* a number that does not vary is a name */
	{ "/x86_64/v1 /x86_64/v2 /x86_64/v3", "/x86_64/v\\$ /x86_64/v\\$ /x86_64/v\\$",
	  "\\$ stands for a number because of 3 different ones" },
	{ "/l/ext4-1 /l/ext4-2 /l/ext4-3", "/l/ext4-\\$ /l/ext4-\\$ /l/ext4-\\$",
	  "\\$ stands for a number because of 3 different ones" },
	/* the folders vary, and what is in them is looked at together */
	{ "/j/1/a /j/2/a /j/3/b", "/j/\\$/a /j/\\$/a /j/\\$/b",
	  "\\$ stands for a number because of 3 different ones" },
	/* processes; the first one is no number */
	{ "proc:/1234/status", "proc:/\\$/status",
	  "\\$ stands for a number that the kernel gives, by its look: one was seen" },
	{ "proc:/1/status", "proc:/1/status", "" },
	{ "proc:/self/fd/7", "proc:/self/fd/\\$",
	  "\\$ stands for a number that the kernel gives, by its look: one was seen" },
	{ "/srv/proc/1234", "/srv/proc/1234", "" },
	{ "pipe:[4711] socket:[17]", "pipe:[\\$] socket:[\\$]",
	  "\\$ stands for a number that the kernel gives, by its look: one was seen" },
	{ "devpts:/0", "devpts:/\\$",
	  "\\$ stands for a number that the kernel gives, by its look: one was seen" },
	/* libraries */
	{ "/lib/libfoo.so.1.2.3", "/lib/libfoo.so.\\$.\\$.\\$",
	  "\\$ stands for the version of a library, by its look: one was seen" },
	{ "/lib/ld-2.36.so", "/lib/ld-\\$.\\$.so",
	  "\\$ stands for the version of a library, by its look: one was seen" },
	{ "/lib/libfoo2.so", "/lib/libfoo2.so", "" },
	{ "/lib/a.so.1.gz", "/lib/a.so.1.gz", "" },
	/* dates */
	{ "/log/a-2026-11-22.log", "/log/a-\\+\\+\\+\\+-\\+\\+-\\+\\+.log",
	  "\\+\\+\\+\\+-\\+\\+-\\+\\+ stands for a date, by its look: one was seen" },
	{ "/log/20261122", "/log/\\+\\+\\+\\+\\+\\+\\+\\+",
	  "\\+\\+\\+\\+\\+\\+\\+\\+ stands for a date, by its look: one was seen" },
	{ "/log/20261332 /log/a-2026-13-22", "/log/20261332 /log/a-2026-13-22", "" },
	/* temporary names */
	{ "/tmp/s_aB3dE9 /tmp/s_xY7zQ2 /tmp/s_Pq9Rs1",
	  "/tmp/s_\\?\\?\\?\\?\\?\\? /tmp/s_\\?\\?\\?\\?\\?\\? "
	  "/tmp/s_\\?\\?\\?\\?\\?\\?",
	  "\\?\\?\\?\\?\\?\\? stands for random characters because of 3 different ones" },
	{ "/tmp/vimaB3dE9 /tmp/vimxY7zQ2 /tmp/vimPq9Rs1",
	  "/tmp/vim\\?\\?\\?\\?\\?\\? /tmp/vim\\?\\?\\?\\?\\?\\? "
	  "/tmp/vim\\?\\?\\?\\?\\?\\?",
	  "\\?\\?\\?\\?\\?\\? stands for random characters because of 3 different ones" },
	{ "/tmp/tmpk3x9a_b1 /tmp/tmpq_7w2e9r /tmp/tmpz1m_n4b7",
	  "/tmp/tmp\\?\\?\\?\\?\\?\\?\\?\\? /tmp/tmp\\?\\?\\?\\?\\?\\?\\?\\? "
	  "/tmp/tmp\\?\\?\\?\\?\\?\\?\\?\\?",
	  "\\?\\?\\?\\?\\?\\?\\?\\? stands for random characters because of 3 different "
	  "ones" },
	{ "/b/sha224sum /b/sha256sum /b/sha384sum", "/b/sha\\$sum /b/sha\\$sum /b/sha\\$sum",
	  "\\$ stands for a number because of 3 different ones" },
	{ "/tmp/report /tmp/letter /tmp/backup", "/tmp/report /tmp/letter /tmp/backup", "" },
	/* hashes */
	{ "/c/deadbeef01 /c/cafe123450 /c/0123456789",
	  "/c/\\X /c/\\X /c/\\X",
	  "\\X stands for a hexadecimal number because of 3 different ones" },
	{ "/u/01234567-89ab-cdef-0123-456789abcdef "
	  "/u/11234567-89ab-cdef-0123-456789abcdef "
	  "/u/21234567-89ab-cdef-0123-456789abcdef",
	  "/u/\\X-\\X-\\X-\\X-\\X /u/\\X-\\X-\\X-\\X-\\X /u/\\X-\\X-\\X-\\X-\\X",
	  "\\X-\\X-\\X-\\X-\\X stands for a UUID because of 3 different ones" },
	/* bytes that a pattern must spell */
	{ "/v/a\\1 /v/a\\2 /v/a\\3", "/v/a\\134\\$ /v/a\\134\\$ /v/a\\134\\$",
	  "\\$ stands for a number because of 3 different ones" },
};

static void check_case(const struct kl_generalise *how, const char *list,
		       const char *patterns, const char *why)
{
	struct kl_names *names = kl_names_new(how);
	char *copy = kl_xstrdup(list), *want = kl_xstrdup(patterns), *save, *word;
	struct kl_buffer said = { 0 };
	u32 i, count = 0;

	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		assert_int_equal(kl_names_add(names, text_of(word), 0, 10), count++);
	kl_names_generalise(names);
	word = strtok_r(want, " ", &save);
	for (i = 0; i < count; i++, word = strtok_r(NULL, " ", &save)) {
		assert_non_null(word);
		assert_string_equal(kl_names_pattern(names, i)->word, word);
	}
	kl_buffer_puts(&said, "");
	kl_name_explain(kl_names_pattern(names, 0), &said);
	assert_string_equal(said.data, why);
	kl_buffer_free(&said);
	free(copy);
	free(want);
	kl_names_free(names);
}

static void table(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check_case(&usual, cases[i].names, cases[i].patterns, cases[i].why);
}

static void levels(void **state)
{
	struct kl_generalise none = { KL_GENERALISE_NONE, 1, 1 };
	struct kl_generalise numbers = { KL_GENERALISE_NUMBERS, 2, 1 };

	(void)state;
	check_case(&none, "/lib/a.so.1 /v/1 /v/2", "/lib/a.so.1 /v/1 /v/2", "");
	check_case(&numbers, "/v/1 /v/2 /c/deadbeef01 /c/cafe123450",
		   "/v/\\$ /v/\\$ /c/deadbeef01 /c/cafe123450",
		   "\\$ stands for a number because of 2 different ones");
	check_case(&numbers, "/t/00000012 /t/00000013", "/t/\\$ /t/\\$",
		   "\\$ stands for a number because of 2 different ones");
}

/* @format: has one %c%c; 20 or so different names */
static struct kl_names *many(const char *format, u32 count, u32 tag, char (*room)[40])
{
	struct kl_names *names = kl_names_new(&usual);
	u32 i;

	for (i = 0; i < count; i++) {
		snprintf(room[i], 40, format, 'g' + i / 10, 'g' + i % 10);
		kl_names_add(names, text_of(room[i]), tag, 1);
	}
	return names;
}

static void many_is(const char *format, u32 count, const char *pattern)
{
	static char room[64][40];
	struct kl_names *names = many(format, count, 0, room);
	u32 i;

	kl_names_generalise(names);
	for (i = 0; i < count; i++)
		assert_string_equal(kl_names_pattern(names, i)->word, pattern ?: room[i]);
	if (pattern) {
		assert_int_equal(kl_names_pattern(names, 0)->different[KL_REASON_ENTRIES],
				 count);
		assert_int_equal(kl_names_pattern(names, 0)->names, count);
	}
	kl_names_free(names);
}

static void entries(void **state)
{
	(void)state;
	many_is("/srv/d/%c%c", 20, "/srv/d/\\*");
	many_is("/srv/d/%c%c", 19, NULL);
	many_is("/srv/d/%c%c.html", 20, "/srv/d/\\*.html");
	many_is("/srv/%c%c/index", 20, "/srv/\\*/index");
	/* nobody wants to permit all of these */
	many_is("/%c%c", 20, NULL);
	many_is("/%c%c/x", 20, NULL);
	many_is("/etc/%c%c", 20, NULL);
	many_is("proc:/%c%c", 20, NULL);
	many_is("%c%c", 20, NULL);
}

/* What one operation met in a folder says nothing about another. */
static void tags(void **state)
{
	static char room[20][40];
	struct kl_names *names = many("/srv/d/%c%c", 20, 1, room);
	u32 other = kl_names_add(names, text_of(room[3]), 2, 1);

	(void)state;
	kl_names_generalise(names);
	assert_string_equal(kl_names_pattern(names, 3)->word, "/srv/d/\\*");
	assert_string_equal(kl_names_pattern(names, other)->word, room[3]);
	kl_names_free(names);
}

static u64 seed = 88172645463325252ull;

static u32 dice(u32 sides)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (u32)(seed >> 32) % sides;
}

#define RANDOM_NAMES 40

/* Components that look like all sorts of things, and every byte. */
static u32 random_name(char *out)
{
	static const char *const parts[] = {
		"/", "/", "/", "a", "7", "12", "tmp", "deadbeef", "2026-11-22", ".so.", ".1",
		"-", "_", "proc:/", "pipe:[", "]", "aB3dE9", "..", "\\", "~",
	};
	u32 i, length = 0, count = dice(9);

	for (i = 0; i < count; i++) {
		const char *part = parts[dice(ARRAY_SIZE(parts))];

		if (!dice(8))
			out[length++] = dice(256);
		memcpy(out + length, part, strlen(part));
		length += strlen(part);
	}
	return length;
}

static void check_property(struct kl_names *names, u32 count, u64 *wild)
{
	u32 i;

	for (i = 0; i < count; i++) {
		const struct kl_name_pattern *pattern = kl_names_pattern(names, i);
		struct kl_text raw = kl_names_raw(names, i);
		struct kl_pattern *matcher;
		const char *why;
		u32 position;

		if (!raw.length)
			continue;
		assert_int_equal(
			kl_word_check(text_of(pattern->word), &position, &why), 0);
		matcher = kl_pattern_new(text_of(pattern->word));
		assert_true(kl_pattern_match(matcher, raw));
		assert_int_equal(matcher->literal, !pattern->matcher);
		*wild += !matcher->literal;
		kl_pattern_free(matcher);
	}
}

/* Whatever was seen matches, and is a valid word. */
static void everything_matches(void **state)
{
	static char room[RANDOM_NAMES][256];
	u64 wild = 0;
	u32 round, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		struct kl_generalise how = { dice(3), 1 + dice(4), 1 + dice(6) };
		struct kl_names *names = kl_names_new(&how);

		for (i = 0; i < RANDOM_NAMES; i++) {
			struct kl_text raw = { room[i], random_name(room[i]) };

			kl_names_add(names, raw, dice(3), 1);
		}
		kl_names_generalise(names);
		check_property(names, RANDOM_NAMES, &wild);
		kl_names_free(names);
	}
	/* It would be true of names that stay as they are. */
	assert_true(wild > 1000);
}

/*
 * Names of four components of which some are the same in all: with another one
 * in such a place no pattern matches.
 */
static void constants_stay(void **state)
{
	static const char *const kinds[] = { "%u", "f%u.c", "aB%uc%uE9", "0a%06u" };
	static char room[30][120];
	u32 round, i, varies;

	(void)state;
	for (round = 0; round < 100; round++) {
		struct kl_names *names = kl_names_new(&usual);
		const char *kind = kinds[dice(4)];
		char other[120], part[32];

		varies = dice(3);
		for (i = 0; i < 30; i++) {
			snprintf(part, sizeof(part), kind, dice(900000) + 1, dice(10));
			snprintf(room[i], sizeof(room[i]), "/srv/%s/%s/%s",
				 varies == 0 ? part : "one2", varies == 1 ? part : "two",
				 varies == 2 ? part : "three");
			kl_names_add(names, text_of(room[i]), 0, 1);
		}
		kl_names_generalise(names);
		for (i = 0; i < 30; i++) {
			const struct kl_name_pattern *pattern = kl_names_pattern(names, i);

			snprintf(other, sizeof(other), "/srv/%s/%s/%s",
				 varies == 0 ? "7" : "one3", varies == 1 ? "7" : "twi",
				 varies == 2 ? "7" : "thre");
			if (pattern->matcher)
				assert_false(kl_pattern_match(pattern->matcher,
							      text_of(other)));
			assert_non_null(strstr(pattern->word, varies ? "/one2/" : "/two/"));
		}
		kl_names_free(names);
	}
}

static void awkward(void **state)
{
	static char deep[KL_GENERALISE_LENGTH + 2];
	struct kl_names *names = kl_names_new(&usual);
	u32 i;

	(void)state;
	memset(deep, '/', sizeof(deep));
	for (i = 1; i < sizeof(deep); i += 2)
		deep[i] = '1';
	kl_names_add(names, (struct kl_text){ deep, sizeof(deep) }, 0, 1);
	kl_names_add(names, (struct kl_text){ deep, KL_GENERALISE_LENGTH }, 0, 1);
	kl_names_add(names, (struct kl_text){ "", 0 }, 0, 1);
	kl_names_add(names, text_of("/"), 0, 1);
	kl_names_add(names, text_of("a"), 0, 1);
	/* more wildcards than a pattern may have */
	kl_names_add(names, text_of("/lib/a.so.1.2.3.4.5.6.7/b.so.1.2.3.4.5.6.7/"
				    "c.so.1.2.3.4.5.6.7"),
		     0, 1);
	kl_names_generalise(names);
	assert_null(kl_names_pattern(names, 0)->matcher);
	assert_string_equal(kl_names_pattern(names, 2)->word, "");
	assert_string_equal(kl_names_pattern(names, 3)->word, "/");
	assert_string_equal(kl_names_pattern(names, 4)->word, "a");
	assert_string_equal(kl_names_pattern(names, 5)->word,
			    "/lib/a.so.\\$.\\$.\\$.\\$.\\$.\\$.\\$/"
			    "b.so.\\$.\\$.\\$.\\$.\\$.\\$.\\$/c.so.1.2.3.4.5.6.7");
	kl_names_free(names);
	names = kl_names_new(&usual);
	kl_names_generalise(names);
	kl_names_free(names);
}

static void check_proposals(const char *raw, const char *const *want)
{
	char *words[KL_NAME_PROPOSALS];
	u32 i, count = kl_name_propose(text_of(raw), words);

	for (i = 0; i < count; i++) {
		assert_non_null(want[i]);
		assert_string_equal(words[i], want[i]);
		free(words[i]);
	}
	assert_null(want[i]);
}

static void proposals(void **state)
{
	static const char *const log[] = {
		"/var/log/app12/a-2026-11-22.log",
		"/var/log/app12/a-\\+\\+\\+\\+-\\+\\+-\\+\\+.log",
		"/var/log/app\\$/a-\\+\\+\\+\\+-\\+\\+-\\+\\+.log",
		"/var/log/app\\$/\\*.log",
		"/var/log/app\\$/\\*",
		"/var/log/app\\$/\\(\\*\\)/\\*",
		NULL,
	};
	static const char *const plain[] = { "anonymous", NULL };
	static const char *const top[] = { "/x", "/\\*", "/\\(\\*\\)/\\*", NULL };

	(void)state;
	check_proposals("/var/log/app12/a-2026-11-22.log", log);
	check_proposals("anonymous", plain);
	check_proposals("/x", top);
}

static void ports(void **state)
{
	static const u64 seen[] = { 80, 8080, 40000, 50000, 60000 };
	static const u64 few[] = { 80, 40000, 50000 };
	struct kl_range ranges[5];

	(void)state;
	kl_range_ports(&usual, seen, 5, ranges);
	assert_string_equal(ranges[0].text, "80");
	assert_string_equal(ranges[1].text, "8080");
	assert_int_equal(ranges[1].different, 0);
	assert_string_equal(ranges[2].text, "32768-65535");
	assert_string_equal(ranges[4].text, "32768-65535");
	assert_int_equal(ranges[4].different, 3);
	kl_range_ports(&usual, few, 3, ranges);
	assert_string_equal(ranges[1].text, "40000");
	assert_string_equal(ranges[2].text, "50000");
}

static void addresses(void **state)
{
	struct kl_ip ips[22] = { 0 };
	struct kl_range ranges[22];
	u32 i;

	(void)state;
	for (i = 0; i < 22; i++) {
		ips[i].family = KL_IPV4;
		memcpy(ips[i].bytes, i < 20 ? "\12\1\2" : "\300\250\1", 3);
		ips[i].bytes[3] = i + 1;
	}
	ips[21].family = KL_IPV6;
	kl_range_addresses(&usual, ips, 22, ranges);
	for (i = 0; i < 20; i++) {
		assert_string_equal(ranges[i].text, "10.1.2.0/24");
		assert_int_equal(ranges[i].different, 20);
	}
	assert_string_equal(ranges[20].text, "192.168.1.21");
	assert_int_equal(ranges[20].different, 0);
	assert_string_equal(ranges[21].text, "c0a8:116::");
	kl_range_addresses(&usual, ips, 19, ranges);
	assert_string_equal(ranges[0].text, "10.1.2.1");
	for (i = 0; i < 20; i++)
		ips[i].bytes[1] = i;
	kl_range_addresses(&usual, ips, 20, ranges);
	assert_string_equal(ranges[7].text, "10.0.0.0/8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),	    cmocka_unit_test(levels),
		cmocka_unit_test(entries),	    cmocka_unit_test(tags),
		cmocka_unit_test(everything_matches), cmocka_unit_test(constants_stay),
		cmocka_unit_test(awkward),	    cmocka_unit_test(proposals),
		cmocka_unit_test(ports),	    cmocka_unit_test(addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
