/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Searching in any view that has texts; filtering, and marking by pattern, of the
 * policy: extended regular expressions.
 */
#ifndef KELLAS_FIND_H
#define KELLAS_FIND_H

#include "editor.h"

/** find_search - search in the rows of the view that is shown, with each key typed */
void find_search(struct editor *editor);
void find_next(struct editor *editor);
void find_previous(struct editor *editor);

/** find_filter - ask what the rows of the pane in use shall have in them, with each key typed */
void find_filter(struct editor *editor);

/** find_may_fold - with a filter nothing is folded, which is said */
bool find_may_fold(struct editor *editor, const struct match *filter);

/** find_filter_before - keep the one that there is, for whoever leaves the line as it was */
void find_filter_before(struct editor *editor, struct kl_text filter);

/** find_all - take the filter away, that of the pane in use first */
void find_all(struct editor *editor);
void find_mark(struct editor *editor);

/**
 * find_matches - paint where a text matches the search
 * @row, @column, @width: where it was drawn
 * @scroll: columns left out
 */
void find_matches(const struct editor *editor, struct canvas *canvas, int row, int column,
		  int width, struct kl_text text, int scroll);

#endif /* KELLAS_FIND_H */
