/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The mouse. What is drawn says where it is; whatever the mouse does there is
 * what keys do.
 */
#ifndef KELLAS_MOUSE_H
#define KELLAS_MOUSE_H

#include "editor.h"

/** enum mouse_kind - what was done with it */
enum mouse_kind {
	MOUSE_CLICK,
	MOUSE_DOUBLE, /* the second of two clicks; the first was told before */
	MOUSE_WHEEL_UP,
	MOUSE_WHEEL_DOWN,
};

/**
 * struct mouse - something done with the mouse
 * @kind: enum mouse_kind
 * @row, @column: place of the picture
 */
struct mouse {
	u8 kind;
	int row, column;
};

/** editor_mouse - what the mouse does */
void editor_mouse(struct editor *editor, const struct mouse *mouse);

/** mouse_forget - a new picture is begun: nothing is anywhere */
void mouse_forget(struct editor *editor);

/**
 * mouse_list - while drawing: here is a list
 * @row, @column, @height, @width: the place
 * @list: its first row there is @list->top
 * @pane: of the view, for its pane()
 */
void mouse_list(struct editor *editor, int row, int column, int height, int width,
		struct rows *list, u8 pane);

/** mouse_key - while drawing: a click here is this key */
void mouse_key(struct editor *editor, int row, int column, int width, int key);

#endif /* KELLAS_MOUSE_H */
