/* SPDX-License-Identifier: GPL-2.0 */
/* What changes the document. Each is one step that undo takes back. */
#ifndef KELLAS_EDIT_H
#define KELLAS_EDIT_H

#include "editor.h"

void edit_line(struct editor *editor);
void edit_add(struct editor *editor);
void edit_delete(struct editor *editor);
void edit_duplicate(struct editor *editor);
void edit_comment(struct editor *editor);
void edit_move_up(struct editor *editor);
void edit_move_down(struct editor *editor);
void edit_substitute(struct editor *editor);
void edit_undo(struct editor *editor);
void edit_redo(struct editor *editor);

/**
 * edit_place - where a new line goes: below the one that the cursor is on
 *
 * Return: editor.edited is the line that it comes before; or false if there is no
 * such place, which was said.
 */
bool edit_place(struct editor *editor);

/** edit_insert - all lines of another document before the line @at, as one step */
void edit_insert(struct document *document, u32 at, const struct document *other);

/** edit_replace_all - another text, as one step called @what (a literal) */
void edit_replace_all(struct editor *editor, const char *what, struct kl_text text);

#endif /* KELLAS_EDIT_H */
