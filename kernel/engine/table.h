/* SPDX-License-Identifier: GPL-2.0 */
/* A hash table of things that hold their own link. */
#ifndef KELLAS_TABLE_H
#define KELLAS_TABLE_H

#include "port.h"

/**
 * struct kl_link - a thing's place in a table
 * @next: next in its bucket
 * @hash: of what it is found by
 */
struct kl_link {
	struct kl_link *next;
	u32 hash;
};

/**
 * struct kl_table - the table
 * @buckets: array of @size chains
 * @size: a power of two; doubled as the table fills
 * @count: links in it
 */
struct kl_table {
	struct kl_link **buckets;
	u32 size;
	u32 count;
};

/** kl_table_init - make an empty table. Return: 0 or -ENOMEM. */
int kl_table_init(struct kl_table *table);

/** kl_table_destroy - free the table; what was in it is the caller's */
void kl_table_destroy(struct kl_table *table);

/**
 * kl_table_add - add a link, its hash being set
 *
 * Cannot fail: a table that could not grow gets longer chains.
 */
void kl_table_add(struct kl_table *table, struct kl_link *link);

/** kl_table_remove - take out a link that is in the table */
void kl_table_remove(struct kl_table *table, struct kl_link *link);

/**
 * kl_table_first, kl_table_next - the links of one hash
 * Return: the link, or NULL.
 */
struct kl_link *kl_table_first(const struct kl_table *table, u32 hash);
struct kl_link *kl_table_next(const struct kl_link *link);

/*
 * Bytes of the table that one entry pays for: there are at most two buckets to
 * an entry when the table has just grown.
 */
#define KL_TABLE_SHARE (2 * sizeof(struct kl_link *))

#endif /* KELLAS_TABLE_H */
