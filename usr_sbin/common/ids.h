/* SPDX-License-Identifier: GPL-2.0 */
/* Small numbers for byte strings: equal strings have the same one. */
#ifndef KELLAS_IDS_H
#define KELLAS_IDS_H

#include "memory.h"

#define KL_NO_ID ((u32)~0)

/**
 * struct kl_ids - strings and their numbers; all zero: none yet
 * @bytes: the strings, one behind the other
 * @ends: where each ends in @bytes
 * @hashes: of each
 * @count: number of strings; the next new one gets this number
 * @room: of @ends and @hashes
 * @slots: hash table of numbers + 1, 0: free
 * @size: of @slots, a power of two
 */
struct kl_ids {
	struct kl_buffer bytes;
	size_t *ends;
	u32 *hashes;
	u32 count, room;
	u32 *slots;
	u32 size;
};

/** kl_ids_find - the number of a string, or KL_NO_ID */
u32 kl_ids_find(const struct kl_ids *ids, struct kl_text text);

/** kl_ids_get - the same, but a string that is new gets the next number */
u32 kl_ids_get(struct kl_ids *ids, struct kl_text text);

/** kl_ids_text - the string of a number; valid until the next kl_ids_get() */
struct kl_text kl_ids_text(const struct kl_ids *ids, u32 id);

void kl_ids_free(struct kl_ids *ids);

#endif /* KELLAS_IDS_H */
