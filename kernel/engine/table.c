// SPDX-License-Identifier: GPL-2.0
/* A hash table of things that hold their own link. */
#include "table.h"

#define FIRST_SIZE 64u
#define LAST_SIZE (1u << 24)

int kl_table_init(struct kl_table *table)
{
	memset(table, 0, sizeof(*table));
	table->buckets = kl_alloc(FIRST_SIZE * sizeof(*table->buckets));
	if (!table->buckets)
		return -ENOMEM;
	table->size = FIRST_SIZE;
	return 0;
}

void kl_table_destroy(struct kl_table *table)
{
	kl_free(table->buckets);
	memset(table, 0, sizeof(*table));
}

static struct kl_link **bucket(const struct kl_table *table, u32 hash)
{
	return &table->buckets[hash & (table->size - 1)];
}

static void grow(struct kl_table *table)
{
	struct kl_table bigger = { .size = table->size * 2 };
	struct kl_link *link, **head;
	u32 i;

	bigger.buckets = kl_alloc(bigger.size * sizeof(*bigger.buckets));
	if (!bigger.buckets)
		return;
	bigger.count = table->count;
	for (i = 0; i < table->size; i++) {
		while ((link = table->buckets[i])) {
			table->buckets[i] = link->next;
			head = bucket(&bigger, link->hash);
			link->next = *head;
			*head = link;
		}
	}
	kl_free(table->buckets);
	*table = bigger;
}

void kl_table_add(struct kl_table *table, struct kl_link *link)
{
	struct kl_link **head;

	if (table->count >= table->size && table->size < LAST_SIZE)
		grow(table);
	head = bucket(table, link->hash);
	link->next = *head;
	*head = link;
	table->count++;
}

void kl_table_remove(struct kl_table *table, struct kl_link *link)
{
	struct kl_link **at = bucket(table, link->hash);

	while (*at && *at != link)
		at = &(*at)->next;
	if (WARN_ON_ONCE(!*at))
		return;
	*at = link->next;
	link->next = NULL;
	table->count--;
}

static struct kl_link *with_hash(struct kl_link *link, u32 hash)
{
	while (link && link->hash != hash)
		link = link->next;
	return link;
}

struct kl_link *kl_table_first(const struct kl_table *table, u32 hash)
{
	return with_hash(*bucket(table, hash), hash);
}

struct kl_link *kl_table_next(const struct kl_link *link)
{
	return with_hash(link->next, link->hash);
}
