/* SPDX-License-Identifier: GPL-2.0 */
/* Which lines of a block come before one of its lines and can take requests from it. */
#ifndef KELLAS_EARLIER_H
#define KELLAS_EARLIER_H

#include "editor.h"

/* Where more lines come before one, it is not looked which can never match with it. */
#define EARLIER_MAX 64u

/**
 * struct earlier - those before one line
 * @line: the line, from 0
 * @version: of the document that this is of
 * @made: it is of anything
 * @lines: those before it, in the order of evaluation, from 0
 * @count: of @lines
 * @visit: lines that are gone to, one by one, from one of which they are the earlier
 * @visits: of @visit
 * @visited: version of the document that @visit is of
 * @at: number of the one that the cursor is on, from 1; 0: on none
 * @from: the line that it all began with
 */
struct earlier {
	u32 line;
	u64 version;
	bool made;
	u32 *lines;
	u32 count;
	u32 *visit;
	u32 visits, at, from;
	u64 visited;
};

/**
 * earlier_lines - the lines of the same block that are asked before a rule
 * @lines: set to them, from 0; valid until the next call
 *
 * Without those that can never match what this one does, as far as that is proved.
 *
 * Return: how many.
 */
u32 earlier_lines(const struct editor *editor, u32 line, const u32 **lines);

/**
 * earlier_visit - the action: go to the line that covers this one or, if none does, to
 * those that come before it; then back
 */
void earlier_visit(struct editor *editor);

void earlier_free(struct earlier *earlier);

#endif /* KELLAS_EARLIER_H */
