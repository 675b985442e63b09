/* SPDX-License-Identifier: GPL-2.0 */
/* Prompts, questions and texts in front of the panes. */
#ifndef KELLAS_DIALOG_H
#define KELLAS_DIALOG_H

#include "editor.h"

/** dialog_prompt - ask for a line; fields of editor.dialog besides may be set behind it */
void dialog_prompt(struct editor *editor, const char *title, struct kl_text text,
		   bool (*accept)(struct editor *editor, struct kl_text line));

/**
 * dialog_question - ask for a key
 * @answers: one word for each that answers, in small letters, with blanks between; the
 *	first letter is the key. Escape is always one, and means 0
 *
 * What was typed before the question is seen is no answer.
 */
void dialog_question(struct editor *editor, const char *answers,
		     void (*answer)(struct editor *editor, int key), const char *format,
		     ...) __printf(4, 5);

/** dialog_pager - show a text, taking over what @text holds */
void dialog_pager(struct editor *editor, const char *title, struct kl_buffer *text);

/** dialog_key - what a key does to the dialog that is open */
void dialog_key(struct editor *editor, int key);

/** dialog_type - put a text into the prompt that is open, where its cursor is */
void dialog_type(struct editor *editor, struct kl_text text);

/** dialog_draw - draw it over the panes */
void dialog_draw(struct editor *editor, struct canvas *canvas);

/** dialog_bar - draw into a row which keys mean something to the one that is open */
void dialog_bar(const struct editor *editor, struct canvas *canvas, int row);

void dialog_close(struct editor *editor);
void dialog_free(struct dialog *dialog);

#endif /* KELLAS_DIALOG_H */
