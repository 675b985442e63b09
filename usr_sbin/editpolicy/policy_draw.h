/* SPDX-License-Identifier: GPL-2.0 */
/* The picture of the policy: both panes, and below them what a line means. */
#ifndef KELLAS_POLICY_DRAW_H
#define KELLAS_POLICY_DRAW_H

#include "editor.h"

/** policy_title - how much there is, and how much of it is wrong */
void policy_title(const struct editor *editor, struct canvas *canvas, int column);

/** policy_draw - draw it into @rows rows from row 1 on; the panes learn their heights */
void policy_draw(struct editor *editor, struct canvas *canvas, int rows);

#endif /* KELLAS_POLICY_DRAW_H */
