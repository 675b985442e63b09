// SPDX-License-Identifier: GPL-2.0
/* The mouse. */
#include "key.h"
#include "mouse.h"
#include "view.h"

#define WHEEL_ROWS 3

static void add(struct editor *editor, struct area area)
{
	if (editor->area_count < EDITOR_AREAS)
		editor->areas[editor->area_count++] = area;
}

void mouse_forget(struct editor *editor)
{
	editor->area_count = 0;
}

void mouse_list(struct editor *editor, int row, int column, int height, int width,
		struct rows *list, u8 pane)
{
	add(editor, (struct area){ row, column, height, width, list, pane, 0 });
}

void mouse_key(struct editor *editor, int row, int column, int width, int key)
{
	add(editor, (struct area){ row, column, 1, width, NULL, 0, key });
}

/* What was drawn last is in front. */
static const struct area *find(const struct editor *editor, const struct mouse *mouse)
{
	const struct area *area;
	u32 i;

	for (i = editor->area_count; i--;) {
		area = &editor->areas[i];
		if (mouse->row >= area->row && mouse->row < area->row + area->height &&
		    mouse->column >= area->column && mouse->column < area->column + area->width)
			return area;
	}
	return NULL;
}

static void to_pane(struct editor *editor, const struct area *area)
{
	if (editor_view(editor)->pane)
		editor_view(editor)->pane(editor, area->pane);
}

static void moved(struct editor *editor)
{
	if (editor_view(editor)->moved)
		editor_view(editor)->moved(editor);
}

/* Return: there is a row. */
static bool click(struct editor *editor, const struct area *area, const struct mouse *mouse)
{
	s64 row = (s64)area->list->top + mouse->row - area->row;

	to_pane(editor, area);
	if (row >= area->list->count)
		return false;
	if (row != area->list->cursor) {
		rows_go(area->list, row);
		moved(editor);
	}
	return true;
}

static void wheel(struct editor *editor, const struct area *area, s64 rows)
{
	u32 before = area->list->cursor;

	to_pane(editor, area);
	rows_scroll(area->list, rows);
	if (area->list->cursor != before)
		moved(editor);
}

/* Nothing that is asked is answered by the mouse: one may not see what one hits. */
static void on_dialog(struct editor *editor, s64 wheel_rows)
{
	struct rows *rows = &editor->dialog.rows;

	if (editor->dialog.kind == DIALOG_PAGER)
		rows_go(rows, rows->cursor + wheel_rows);
}

void editor_mouse(struct editor *editor, const struct mouse *mouse)
{
	s64 wheel_rows = mouse->kind == MOUSE_WHEEL_UP	 ? -WHEEL_ROWS :
			 mouse->kind == MOUSE_WHEEL_DOWN ? WHEEL_ROWS :
							   0;
	const struct area *area;

	if (editor->dialog.kind) {
		on_dialog(editor, wheel_rows);
		return;
	}
	area = find(editor, mouse);
	if (!area)
		return;
	if (wheel_rows) {
		if (area->list)
			wheel(editor, area, wheel_rows);
	} else if (area->key) {
		if (mouse->kind == MOUSE_CLICK)
			editor_key(editor, area->key);
	} else {
		editor->message[0] = 0;
		if (click(editor, area, mouse) && mouse->kind == MOUSE_DOUBLE)
			editor_key(editor, K_ENTER);
	}
}
