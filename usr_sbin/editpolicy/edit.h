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

/** edit_replace_all - another text, as one step called @what (a literal) */
void edit_replace_all(struct editor *editor, const char *what, struct kl_text text);

#endif /* KELLAS_EDIT_H */
