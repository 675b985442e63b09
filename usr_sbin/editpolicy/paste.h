/* SPDX-License-Identifier: GPL-2.0 */
/* What is pasted is a text, and never keys. */
#ifndef KELLAS_PASTE_H
#define KELLAS_PASTE_H

#include "editor.h"

/**
 * editor_paste - a text was pasted
 *
 * One line goes where a line is typed. Lines go into the text, below the one that
 * the cursor is on on the right, after a question, as one change. Anywhere else it
 * is thrown away, which is said; it answers nothing.
 */
void editor_paste(struct editor *editor, struct kl_text text);

#endif /* KELLAS_PASTE_H */
