/* SPDX-License-Identifier: GPL-2.0 */
/* A list that is taller than its pane: where the cursor is, and what is seen. */
#ifndef KELLAS_ROWS_H
#define KELLAS_ROWS_H

#include "engine/port.h"

/**
 * struct rows - a position in a list
 * @count: rows that there are
 * @cursor: the one acted upon; 0 if there are none
 * @top: the first one seen
 * @height: how many are seen
 */
struct rows {
	u32 count;
	u32 cursor;
	u32 top;
	u32 height;
};

/** rows_set - another number of rows; the cursor stays among them */
void rows_set(struct rows *rows, u32 count);

/** rows_show - another height; what is seen follows the cursor */
void rows_show(struct rows *rows, u32 height);

/** rows_go - put the cursor somewhere; beyond the end is the end */
void rows_go(struct rows *rows, s64 row);

/** rows_scroll - move what is seen; the cursor only as far as it must to stay in sight */
void rows_scroll(struct rows *rows, s64 by);

/** rows_key - move by a key. Return: false if it is none that moves */
bool rows_key(struct rows *rows, int key);

#endif /* KELLAS_ROWS_H */
