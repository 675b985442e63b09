// SPDX-License-Identifier: GPL-2.0
/* Moving in a list. */
#include "key.h"
#include "rows.h"

static void follow(struct rows *rows)
{
	u32 height = rows->height ?: 1;

	if (rows->cursor < rows->top)
		rows->top = rows->cursor;
	if (rows->cursor >= rows->top + height)
		rows->top = rows->cursor - height + 1;
	if (rows->top && rows->top + height > rows->count)
		rows->top = rows->count > height ? rows->count - height : 0;
}

void rows_set(struct rows *rows, u32 count)
{
	rows->count = count;
	rows_go(rows, rows->cursor);
}

void rows_show(struct rows *rows, u32 height)
{
	rows->height = height;
	follow(rows);
}

void rows_go(struct rows *rows, s64 row)
{
	if (row >= rows->count)
		row = (s64)rows->count - 1;
	rows->cursor = row < 0 ? 0 : row;
	follow(rows);
}

void rows_scroll(struct rows *rows, s64 by)
{
	u32 height = rows->height ?: 1;
	s64 last = rows->count > height ? (s64)rows->count - height : 0;
	s64 top = rows->top + by;

	rows->top = top < 0 ? 0 : min(top, last);
	if (rows->cursor < rows->top)
		rows->cursor = rows->top;
	if (rows->cursor >= rows->top + height)
		rows->cursor = rows->top + height - 1;
}

bool rows_key(struct rows *rows, int key)
{
	s64 page = rows->height > 1 ? rows->height - 1 : 1, cursor = rows->cursor;

	switch (key) {
	case K_UP:
	case 'k':
		rows_go(rows, cursor - 1);
		return true;
	case K_DOWN:
	case 'j':
		rows_go(rows, cursor + 1);
		return true;
	case K_PAGE_UP:
	case K_CTRL('b'):
		rows_go(rows, cursor - page);
		return true;
	case K_PAGE_DOWN:
	case K_CTRL('f'):
		rows_go(rows, cursor + page);
		return true;
	case K_HOME:
	case 'g':
		rows_go(rows, 0);
		return true;
	case K_END:
	case 'G':
		rows_go(rows, rows->count);
		return true;
	}
	return false;
}
