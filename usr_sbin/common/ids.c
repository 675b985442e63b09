// SPDX-License-Identifier: GPL-2.0
/* Small numbers for byte strings. */
#include "engine/intern.h"
#include "ids.h"

struct kl_text kl_ids_text(const struct kl_ids *ids, u32 id)
{
	size_t start = id ? ids->ends[id - 1] : 0;
	struct kl_text text = { ids->bytes.data + start, ids->ends[id] - start };

	return text;
}

/* The slot that holds a string, or the free one where it belongs. */
static u32 slot_of(const struct kl_ids *ids, struct kl_text text, u32 hash)
{
	u32 slot = hash & (ids->size - 1), id;

	while ((id = ids->slots[slot])) {
		if (ids->hashes[id - 1] == hash &&
		    kl_text_equal(kl_ids_text(ids, id - 1), text))
			break;
		slot = (slot + 1) & (ids->size - 1);
	}
	return slot;
}

static void grow_slots(struct kl_ids *ids)
{
	u32 id, slot;

	free(ids->slots);
	ids->size = ids->size ? 2 * ids->size : 64;
	ids->slots = kl_xalloc(ids->size, sizeof(*ids->slots));
	for (id = 0; id < ids->count; id++) {
		slot = ids->hashes[id] & (ids->size - 1);
		while (ids->slots[slot])
			slot = (slot + 1) & (ids->size - 1);
		ids->slots[slot] = id + 1;
	}
}

u32 kl_ids_find(const struct kl_ids *ids, struct kl_text text)
{
	if (!ids->size)
		return KL_NO_ID;
	/* A free slot holds 0, and 0 - 1 is KL_NO_ID. */
	return ids->slots[slot_of(ids, text, kl_hash(0, text.data, text.length))] - 1;
}

u32 kl_ids_get(struct kl_ids *ids, struct kl_text text)
{
	u32 hash = kl_hash(0, text.data, text.length), slot;

	if (2 * ids->count >= ids->size)
		grow_slots(ids);
	slot = slot_of(ids, text, hash);
	if (ids->slots[slot])
		return ids->slots[slot] - 1;
	if (ids->count == ids->room) {
		ids->room = ids->room ? 2 * ids->room : 64;
		ids->ends = kl_xrealloc(ids->ends, ids->room, sizeof(*ids->ends));
		ids->hashes = kl_xrealloc(ids->hashes, ids->room, sizeof(*ids->hashes));
	}
	kl_buffer_add(&ids->bytes, text.data, text.length);
	ids->ends[ids->count] = ids->bytes.length;
	ids->hashes[ids->count] = hash;
	ids->slots[slot] = ++ids->count;
	return ids->count - 1;
}

void kl_ids_free(struct kl_ids *ids)
{
	kl_buffer_free(&ids->bytes);
	free(ids->ends);
	free(ids->hashes);
	free(ids->slots);
	memset(ids, 0, sizeof(*ids));
}
