// SPDX-License-Identifier: GPL-2.0
/* What is folded. */
#include "engine/intern.h"
#include "folds.h"

static u32 find(const struct folds *folds, u64 key)
{
	u32 i;

	for (i = 0; i < folds->count && folds->keys[i] != key; i++)
		;
	return i;
}

bool folds_has(const struct folds *folds, u64 key)
{
	return find(folds, key) < folds->count;
}

void folds_set(struct folds *folds, u64 key, bool folded)
{
	u32 i = find(folds, key);

	if (!folded) {
		if (i < folds->count)
			folds->keys[i] = folds->keys[--folds->count];
	} else if (i == folds->count) {
		folds->keys = kl_xrealloc(folds->keys, i + 1, sizeof(*folds->keys));
		folds->keys[folds->count++] = key;
	}
}

void folds_free(struct folds *folds)
{
	free(folds->keys);
	memset(folds, 0, sizeof(*folds));
}

u64 folds_key(u64 parent, const void *data, size_t length)
{
	u32 low = kl_hash(parent, data, length);

	return (u64)kl_hash((u32)(parent >> 32) ^ 0x9e3779b9, data, length) << 32 | low;
}
