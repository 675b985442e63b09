/* SPDX-License-Identifier: GPL-2.0-only */
/* Somebody before the screen: types, and reads what it shows. */
#ifndef TESTS_HANDS_H
#define TESTS_HANDS_H

#include "editor.h"

/* What is typed to, and its picture; a test opens both. */
static struct editor *editor;
static struct canvas canvas;

/* What follows a key is on the screen before the next one. */
static inline void press(int key)
{
	editor_key(editor, key);
	editor_draw(editor, &canvas);
	editor_shown(editor);
}

static inline void type(const char *text)
{
	for (; *text; text++)
		press(*text);
}

static inline bool shows(const char *text)
{
	struct kl_buffer picture = { 0 };
	bool found;

	editor_draw(editor, &canvas);
	canvas_dump(&canvas, false, &picture);
	found = strstr(picture.data, text);
	kl_buffer_free(&picture);
	return found;
}

#endif /* TESTS_HANDS_H */
