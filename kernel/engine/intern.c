// SPDX-License-Identifier: GPL-2.0
/* Interned words of a policy. */
#include "history_pattern.h"
#include "intern.h"
#include "pattern.h"

#define SIZE_FIRST 64u
#define SIZE_LAST (1u << 28)

/* Odd, with about half of the bits set, and of no other meaning. */
#define MULTIPLIER 0x9e6c63d0876a9a35ull

static inline u64 load4(const char *data)
{
	return (u8)data[0] | (u8)data[1] << 8 | (u8)data[2] << 16 |
	       (u64)(u8)data[3] << 24;
}

static inline u64 mix(u64 hash, u64 word)
{
	hash = (hash ^ word) * MULTIPLIER;
	return hash ^ hash >> 32;
}

/*
 * Eight bytes a step. The last step of a long text takes its last eight bytes,
 * some of them for the second time, which is cheaper than a shorter load; the
 * length goes in first, so that this makes no two texts equal.
 */
u32 kl_hash(u32 seed, const char *data, size_t length)
{
	u64 hash = ((u64)seed << 32 | seed) + length;
	const char *last;

	if (length >= 8) {
		last = data + length - 8;
		for (; data < last; data += 8)
			hash = mix(hash, kl_load64(data));
		hash = mix(hash, kl_load64(last));
	} else if (length >= 4) {
		hash = mix(hash, load4(data) | load4(data + length - 4) << 32);
	} else if (length) {
		hash = mix(hash, (u8)data[0] | (u8)data[length / 2] << 8 |
					 (u8)data[length - 1] << 16);
	}
	return mix(hash, 0) >> 32;
}

static size_t string_memory(u32 length)
{
	return sizeof(struct kl_string) + length + 1;
}

int kl_strings_init(struct kl_strings *table)
{
	memset(table, 0, sizeof(*table));
	table->buckets = kl_alloc(SIZE_FIRST * sizeof(*table->buckets));
	if (!table->buckets)
		return -ENOMEM;
	table->size = SIZE_FIRST;
	table->memory = SIZE_FIRST * sizeof(*table->buckets);
	return 0;
}

void kl_strings_destroy(struct kl_strings *table)
{
	/* A word that is still in use would be left pointing at nothing. */
	WARN_ON_ONCE(table->count);
	kl_free(table->buckets);
	memset(table, 0, sizeof(*table));
}

/* Without memory the chains just stay longer. */
static void grow(struct kl_strings *table)
{
	u32 size = table->size * 2;
	struct kl_string **buckets, **to, *string, *next;
	u32 i;

	if (size > SIZE_LAST)
		return;
	buckets = kl_alloc(size * sizeof(*buckets));
	if (!buckets)
		return;
	for (i = 0; i < table->size; i++) {
		for (string = table->buckets[i]; string; string = next) {
			next = string->next;
			to = &buckets[string->hash & (size - 1)];
			string->next = *to;
			*to = string;
		}
	}
	kl_free(table->buckets);
	table->memory += (size - table->size) * sizeof(*buckets);
	table->buckets = buckets;
	table->size = size;
}

static struct kl_string *find(const struct kl_strings *table, u32 hash,
			      struct kl_text text)
{
	struct kl_string *string = table->buckets[hash & (table->size - 1)];

	for (; string; string = string->next)
		if (string->hash == hash && string->length == text.length &&
		    (!text.length ||
		     !memcmp(string->text, text.data, text.length)))
			return string;
	return NULL;
}

static struct kl_string *add(struct kl_strings *table, u32 hash,
			     struct kl_text text)
{
	struct kl_string *string = kl_alloc(string_memory(text.length));
	struct kl_string **bucket;

	if (!string)
		return NULL;
	if (table->count >= table->size)
		grow(table);
	string->table = table;
	string->refs = 1;
	string->hash = hash;
	string->length = text.length;
	if (text.length)
		memcpy(string->text, text.data, text.length);
	bucket = &table->buckets[hash & (table->size - 1)];
	string->next = *bucket;
	*bucket = string;
	table->count++;
	table->memory += string_memory(text.length);
	return string;
}

struct kl_string *kl_string_get(struct kl_strings *table, struct kl_text text)
{
	u32 hash = kl_hash(0, text.data, text.length);
	struct kl_string *string = find(table, hash, text);

	return string ? kl_string_ref(string) : add(table, hash, text);
}

struct kl_string *kl_string_ref(struct kl_string *string)
{
	string->refs++;
	return string;
}

static void unlink_string(struct kl_strings *table, struct kl_string *string)
{
	struct kl_string **at;

	at = &table->buckets[string->hash & (table->size - 1)];
	while (*at != string)
		at = &(*at)->next;
	*at = string->next;
}

void kl_string_put(struct kl_string *string)
{
	struct kl_strings *table;

	if (!string || WARN_ON_ONCE(!string->refs) || --string->refs)
		return;
	table = string->table;
	unlink_string(table, string);
	table->count--;
	table->memory -= string_memory(string->length);
	if (string->pattern)
		table->memory -= string->pattern->memory;
	if (string->history)
		table->memory -= string->history->memory;
	kl_pattern_free(string->pattern);
	kl_history_pattern_free(string->history);
	kl_free(string);
}

const struct kl_pattern *kl_string_pattern(struct kl_string *string)
{
	struct kl_text word = { string->text, string->length };

	if (!string->pattern) {
		string->pattern = kl_pattern_new(word);
		if (string->pattern)
			string->table->memory += string->pattern->memory;
	}
	return string->pattern;
}

const struct kl_history_pattern *kl_string_history(struct kl_string *string)
{
	struct kl_text word = { string->text, string->length };

	if (!string->history) {
		string->history = kl_history_pattern_new(word);
		if (string->history)
			string->table->memory += string->history->memory;
	}
	return string->history;
}
