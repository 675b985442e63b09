/* SPDX-License-Identifier: GPL-2.0 */
/* What the engine says of a line being typed, and what could be typed next. */
#ifndef KELLAS_COMPLETE_H
#define KELLAS_COMPLETE_H

#include "editor.h"

/**
 * line_is_wrong - would a line be refused where it stands?
 * @line: what is typed in the prompt, in the place of editor.edited
 * @error: filled in if so
 */
bool line_is_wrong(struct editor *editor, struct kl_text line, struct kl_error *error);

/** complete - complete the word before the cursor, or say what may stand there */
void complete(struct editor *editor);

#endif /* KELLAS_COMPLETE_H */
