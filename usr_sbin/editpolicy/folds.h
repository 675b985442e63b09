/* SPDX-License-Identifier: GPL-2.0 */
/* What is folded in a tree that is made anew again and again: by names that stay. */
#ifndef KELLAS_FOLDS_H
#define KELLAS_FOLDS_H

#include "ids.h"

/**
 * struct folds - all zero: nothing is folded
 * @keys: what was once folded; also of what is not there just now
 * @folded: by number of the key: it still is
 * @room: of @folded
 */
struct folds {
	struct kl_ids keys;
	bool *folded;
	u32 room;
};

bool folds_has(const struct folds *folds, u64 key);
void folds_set(struct folds *folds, u64 key, bool folded);
void folds_free(struct folds *folds);

/** folds_key - a number for bytes, and for what they are below, 0: nothing */
u64 folds_key(u64 parent, const void *data, size_t length);

#endif /* KELLAS_FOLDS_H */
