/* SPDX-License-Identifier: GPL-2.0 */
/* Interned words of a policy: equal words are one object. */
#ifndef KELLAS_INTERN_H
#define KELLAS_INTERN_H

#include "port.h"

struct kl_history_pattern;
struct kl_pattern;

/**
 * struct kl_string - an interned word, immutable, reference counted
 * @next: next in its hash bucket of the table
 * @table: the table it lives in
 * @refs: references; the last kl_string_put() frees it
 * @hash: kl_hash() of @text
 * @length: bytes of @text
 * @pattern: the compiled pattern (pattern.h); NULL if never asked for
 * @history: the same as a pattern of histories (history_pattern.h)
 * @text: the word exactly as it was typed, NUL-terminated
 *
 * Lifetime: reference counted; not atomic: the holder of the policy mutex
 * takes and drops references. Immutable rulesets hold theirs through the
 * whole RCU grace period and drop them under that mutex.
 */
struct kl_string {
	struct kl_string *next;
	struct kl_strings *table;
	u32 refs;
	u32 hash;
	u32 length;
	struct kl_pattern *pattern;
	struct kl_history_pattern *history;
	char text[];
};

/**
 * struct kl_strings - the table of interned words
 * @buckets: array of @size chains, grown as it fills
 * @size: a power of two
 * @count: words in the table
 * @memory: bytes held by the table, its words and their patterns
 */
struct kl_strings {
	struct kl_string **buckets;
	u32 size;
	u32 count;
	size_t memory;
};

/**
 * kl_hash - hash of bytes, the same in every build of the engine
 * @seed: 0, or the result for what stands before
 */
u32 kl_hash(u32 seed, const char *data, size_t length);

int kl_strings_init(struct kl_strings *table);
void kl_strings_destroy(struct kl_strings *table);

/**
 * kl_string_get - intern a word
 * Return: a reference, or NULL when out of memory.
 */
struct kl_string *kl_string_get(struct kl_strings *table, struct kl_text text);

/** kl_string_ref - take one more reference; returns its argument. */
struct kl_string *kl_string_ref(struct kl_string *string);

/**
 * kl_string_pattern - the compiled pattern of a word, made on first use
 * @string: a valid word, or empty: that is the literal without bytes
 *
 * Context: policy mutex held, as for the references.
 * Return: the pattern, owned by @string; NULL when out of memory.
 */
const struct kl_pattern *kl_string_pattern(struct kl_string *string);

/**
 * kl_string_history - the same for a valid pattern of histories
 */
const struct kl_history_pattern *kl_string_history(struct kl_string *string);

/** kl_string_put - drop a reference; NULL is ignored. */
void kl_string_put(struct kl_string *string);

#endif /* KELLAS_INTERN_H */
