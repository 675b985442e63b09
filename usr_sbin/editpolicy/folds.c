// SPDX-License-Identifier: GPL-2.0
/* What is folded. */
#include "engine/intern.h"
#include "folds.h"

static struct kl_text text_of(const u64 *key)
{
	return (struct kl_text){ (const char *)key, sizeof(*key) };
}

bool folds_has(const struct folds *folds, u64 key)
{
	u32 id = kl_ids_find(&folds->keys, text_of(&key));

	return id != KL_NO_ID && folds->folded[id];
}

void folds_set(struct folds *folds, u64 key, bool folded)
{
	u32 id;

	if (folds_has(folds, key) == folded)
		return;
	id = kl_ids_get(&folds->keys, text_of(&key));
	if (id >= folds->room) {
		folds->room = 2 * id + 16;
		folds->folded = kl_xrealloc(folds->folded, folds->room, sizeof(*folds->folded));
	}
	folds->folded[id] = folded;
}

void folds_free(struct folds *folds)
{
	kl_ids_free(&folds->keys);
	free(folds->folded);
	memset(folds, 0, sizeof(*folds));
}

u64 folds_key(u64 parent, const void *data, size_t length)
{
	u32 low = kl_hash(parent, data, length);

	return (u64)kl_hash((u32)(parent >> 32) ^ 0x9e3779b9, data, length) << 32 | low;
}
