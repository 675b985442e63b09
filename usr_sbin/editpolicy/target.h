/* SPDX-License-Identifier: GPL-2.0 */
/* The lines that an action is about. */
#ifndef KELLAS_TARGET_H
#define KELLAS_TARGET_H

#include "editor.h"

/**
 * struct target - lines, ascending
 * @lines: of the document
 * @count: number of them
 */
struct target {
	u32 *lines;
	u32 count;
};

/**
 * target_make - the marked lines; if none is, the one that the cursor is on, or
 * in the left pane all of the block
 * @whole: with the head of a block go all of its lines
 */
void target_make(struct target *target, const struct editor *editor, bool whole);
void target_free(struct target *target);

#endif /* KELLAS_TARGET_H */
