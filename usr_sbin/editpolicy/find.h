/* SPDX-License-Identifier: GPL-2.0 */
/* Searching, filtering, marking by pattern: extended regular expressions. */
#ifndef KELLAS_FIND_H
#define KELLAS_FIND_H

#include "editor.h"

void find_search(struct editor *editor);
void find_next(struct editor *editor);
void find_previous(struct editor *editor);
void find_filter(struct editor *editor);
void find_mark(struct editor *editor);

/**
 * find_matches - paint where a line of the right pane matches the search
 * @row, @column, @width: where it was drawn
 * @scroll: columns left out
 */
void find_matches(const struct editor *editor, struct canvas *canvas, int row, int column,
		  int width, u32 line, int scroll);

#endif /* KELLAS_FIND_H */
