/* SPDX-License-Identifier: GPL-2.0 */
/* Labels: what records call a block or a rule. */
#ifndef KELLAS_LABEL_H
#define KELLAS_LABEL_H

#include "editor.h"

/**
 * label_edit - ask for the label of the rules and blocks that are chosen
 *
 * A rule that allows or denies is chosen by its own line, a block by any other line of
 * it, or in the left pane. An empty label takes theirs away. One step of undo.
 */
void label_edit(struct editor *editor);

#endif /* KELLAS_LABEL_H */
