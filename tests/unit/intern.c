// SPDX-License-Identifier: GPL-2.0
/*
 * Interned words: without these a policy shows, frees or matches a word that is another
 * one's, or memory runs away unaccounted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/intern.h"
#include "engine/pattern.h"

static u32 allocations_left = ~0u;

bool kl_port_fail(void)
{
	return !allocations_left || (allocations_left != ~0u && !allocations_left--);
}

static struct kl_text text_of(const char *string)
{
	return (struct kl_text){ string, strlen(string) };
}

static size_t empty_memory(void)
{
	struct kl_strings table;
	size_t memory;

	assert_int_equal(kl_strings_init(&table), 0);
	memory = table.memory;
	kl_strings_destroy(&table);
	return memory;
}

/* Two rules naming one file must share one object, which lives as long as either. */
static void test_sharing(void **state)
{
	struct kl_string *a, *b, *other;
	struct kl_strings table;
	char typed[] = "/etc/shadow";

	(void)state;
	assert_int_equal(kl_strings_init(&table), 0);
	a = kl_string_get(&table, text_of(typed));
	assert_non_null(a);
	typed[1] = 'X'; /* the table keeps its own copy */
	assert_string_equal(a->text, "/etc/shadow");
	assert_int_equal(a->length, 11);
	assert_int_equal(a->hash, kl_hash(0, "/etc/shadow", 11));
	b = kl_string_get(&table, (struct kl_text){ "/etc/shadow-", 11 });
	assert_ptr_equal(a, b);
	other = kl_string_get(&table, text_of("/etc/shadow-"));
	assert_ptr_not_equal(a, other);
	assert_int_equal(table.count, 2);
	assert_ptr_equal(kl_string_ref(b), a);
	assert_int_equal(a->refs, 3);
	kl_string_put(a);
	kl_string_put(a);
	assert_int_equal(table.count, 2);
	assert_string_equal(a->text, "/etc/shadow");
	kl_string_put(a);
	kl_string_put(NULL);
	assert_int_equal(table.count, 1);
	kl_string_put(other);
	assert_int_equal(table.memory, empty_memory());
	kl_strings_destroy(&table);
}

/* Words are bytes: neither NUL nor emptiness may make two of them one. */
static void test_bytes(void **state)
{
	struct kl_string *words[4];
	struct kl_strings table;
	u32 i, k;

	(void)state;
	assert_int_equal(kl_strings_init(&table), 0);
	words[0] = kl_string_get(&table, (struct kl_text){ NULL, 0 });
	words[1] = kl_string_get(&table, (struct kl_text){ "\0", 1 });
	words[2] = kl_string_get(&table, (struct kl_text){ "\0\0", 2 });
	words[3] = kl_string_get(&table, (struct kl_text){ "\0a", 2 });
	assert_int_equal(words[0]->text[0], 0);
	for (i = 0; i < 4; i++)
		for (k = 0; k < i; k++)
			assert_ptr_not_equal(words[i], words[k]);
	assert_ptr_equal(kl_string_get(&table, (struct kl_text){ "\0a", 2 }), words[3]);
	kl_string_put(words[3]);
	for (i = 0; i < 4; i++)
		kl_string_put(words[i]);
	assert_int_equal(table.count, 0);
	kl_strings_destroy(&table);
}

static struct kl_text number_word(char *buffer, u32 i)
{
	sprintf(buffer, "/usr/share/package-%u/file", i);
	return text_of(buffer);
}

#define WORDS 100000

/* A large policy must not become slow to load, nor lose a word while the table grows. */
static void test_growth(void **state)
{
	static struct kl_string *words[WORDS];
	struct kl_strings table;
	size_t expected;
	char buffer[64];
	u32 i, chain, longest = 0;
	struct kl_string *string;

	(void)state;
	assert_int_equal(kl_strings_init(&table), 0);
	for (i = 0; i < WORDS; i++) {
		words[i] = kl_string_get(&table, number_word(buffer, i));
		assert_non_null(words[i]);
	}
	assert_int_equal(table.count, WORDS);
	assert_int_equal(table.size & (table.size - 1), 0);
	assert_in_range(table.size, WORDS / 2, WORDS * 4);
	expected = table.size * sizeof(*table.buckets);
	for (i = 0; i < WORDS; i++) {
		assert_ptr_equal(kl_string_get(&table, number_word(buffer, i)), words[i]);
		expected += sizeof(*words[i]) + words[i]->length + 1;
	}
	assert_int_equal(table.memory, expected);
	for (i = 0; i < table.size; i++) {
		for (chain = 0, string = table.buckets[i]; string; string = string->next)
			chain++;
		longest = max(longest, chain);
	}
	/* A fair hash gives about 7 or 8 at this load. */
	print_message("longest of %u chains: %u\n", table.size, longest);
	assert_in_range(longest, 2, 12);
	/* Every second one goes; the others stay where they can be found. */
	for (i = 0; i < WORDS; i += 2) {
		kl_string_put(words[i]);
		kl_string_put(words[i]);
	}
	assert_int_equal(table.count, WORDS / 2);
	for (i = 1; i < WORDS; i += 2) {
		assert_ptr_equal(kl_string_get(&table, number_word(buffer, i)), words[i]);
		assert_int_equal(words[i]->refs, 3);
		kl_string_put(words[i]);
		kl_string_put(words[i]);
		kl_string_put(words[i]);
	}
	assert_int_equal(table.count, 0);
	assert_int_equal(table.memory, table.size * sizeof(*table.buckets));
	kl_strings_destroy(&table);
}

/* A pattern is compiled once per word, and paid for by the policy's quota. */
static void test_patterns(void **state)
{
	const struct kl_pattern *pattern, *empty;
	struct kl_string *word, *none;
	struct kl_strings table;
	size_t before;

	(void)state;
	assert_int_equal(kl_strings_init(&table), 0);
	word = kl_string_get(&table, text_of("/home/\\*/.ssh/\\*"));
	none = kl_string_get(&table, text_of(""));
	assert_null(word->pattern);
	before = table.memory;
	pattern = kl_string_pattern(word);
	assert_non_null(pattern);
	assert_ptr_equal(word->pattern, pattern);
	assert_int_equal(table.memory, before + pattern->memory);
	assert_ptr_equal(kl_string_pattern(word), pattern);
	assert_int_equal(table.memory, before + pattern->memory);
	assert_true(kl_pattern_match(pattern, text_of("/home/bob/.ssh/id")));
	assert_false(kl_pattern_match(pattern, text_of("/home/bob/.sshid")));
	empty = kl_string_pattern(none);
	assert_non_null(empty);
	assert_true(kl_pattern_match(empty, (struct kl_text){ NULL, 0 }));
	assert_false(kl_pattern_match(empty, text_of("a")));
	kl_string_put(word);
	kl_string_put(none);
	assert_int_equal(table.memory, empty_memory());
	kl_strings_destroy(&table);
}

/* Out of memory a commit is refused: nothing may be lost, leaked or half made. */
static void test_no_memory(void **state)
{
	struct kl_strings table;
	struct kl_string *word, *more[100];
	size_t before;
	char buffer[64];
	u32 i;

	(void)state;
	allocations_left = 0;
	assert_int_equal(kl_strings_init(&table), -ENOMEM);
	allocations_left = ~0u;
	assert_int_equal(kl_strings_init(&table), 0);
	word = kl_string_get(&table, text_of("/tmp/\\*"));
	before = table.memory;
	allocations_left = 0;
	assert_null(kl_string_pattern(word));
	assert_null(kl_string_get(&table, text_of("/etc")));
	assert_ptr_equal(kl_string_get(&table, text_of("/tmp/\\*")), word);
	assert_int_equal(table.count, 1);
	assert_int_equal(table.memory, before);
	allocations_left = ~0u;
	assert_non_null(kl_string_pattern(word));
	/* A table that cannot grow works on: its 64 buckets just hold more. */
	for (i = 0; i < 100; i++) {
		allocations_left = 1;
		more[i] = kl_string_get(&table, number_word(buffer, i));
		assert_non_null(more[i]);
	}
	assert_int_equal(table.size, 64);
	allocations_left = ~0u;
	for (i = 0; i < 100; i++) {
		assert_ptr_equal(kl_string_get(&table, number_word(buffer, i)), more[i]);
		kl_string_put(more[i]);
		kl_string_put(more[i]);
	}
	kl_string_put(word);
	kl_string_put(word);
	assert_int_equal(table.memory, empty_memory());
	kl_strings_destroy(&table);
}

/*
 * A hash that ignores some byte, or a length, makes the index slow for whole families of
 * names: flip every bit of texts of every length.
 */
static void test_hash(void **state)
{
	u32 length, bit, hash, other, changed, pairs = 0, same = 0, total = 0;
	char data[65] = "/usr/lib/x86_64-linux-gnu/gio/modules/libgiognomeproxy.so.0.1.2";

	(void)state;
	for (length = 1; length <= 64; length++) {
		hash = kl_hash(0, data, length);
		assert_int_equal(kl_hash(0, data, length), hash);
		assert_int_not_equal(kl_hash(0, data, length - 1), hash);
		assert_int_not_equal(kl_hash(1, data, length), hash);
		for (bit = 0; bit < length * 8; bit++) {
			data[bit / 8] ^= 1 << bit % 8;
			other = kl_hash(0, data, length);
			data[bit / 8] ^= 1 << bit % 8;
			changed = hweight64(hash ^ other);
			same += hash == other;
			total += changed;
			pairs++;
		}
	}
	print_message("%.2f of 32 bits change with one\n", (double)total / pairs);
	assert_int_equal(same, 0);
	assert_in_range(total, pairs * 14ul, pairs * 18ul);
	/* The order of the parts counts. */
	assert_int_not_equal(kl_hash(kl_hash(0, "ab", 2), "c", 1),
			     kl_hash(kl_hash(0, "c", 1), "ab", 2));
	/* Indexes that are compared between builds rely on the very number. */
	assert_int_equal(kl_hash(0, "/etc/passwd", 11), 0x918a93cb);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sharing),	  cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_growth),	  cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_no_memory), cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests_name("intern", tests, NULL, NULL);
}
