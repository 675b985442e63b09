/* SPDX-License-Identifier: GPL-2.0 */
/* kellasctl top: what is shown, and the screen. */
#ifndef KELLAS_TOP_H
#define KELLAS_TOP_H

#include "tally.h"
#include "kellasctl.h"

#define TOP_FILTER_MAX 64

/**
 * struct top - options, and what was read
 * @common: output
 * @delay: milliseconds between readings
 * @limit: readings to show, 0: no limit
 * @batch: print them one behind the other
 * @column, @reverse, @filter: which rows, in which order
 * @hits: the reading at hand, and the one before
 * @at: number of the one at hand in @hits
 * @readings: so many were made
 * @error: of the last one: a negative errno, or 0
 */
struct top {
	struct kl_common common;
	u64 delay, limit;
	bool batch;
	enum kl_tally_column column;
	bool reverse;
	char filter[TOP_FILTER_MAX];
	struct kl_tally hits[2];
	int at;
	u64 readings;
	int error;
};

/** struct top_column - a column: its title, what --sort calls it, its width */
struct top_column {
	const char *title;
	const char *name;
	int width;
};

extern const struct top_column top_columns[KL_TALLY_COLUMNS];

/** top_read - read the counters and sort them; keeps the error in @top */
void top_read(struct top *top);

/** top_cell - text of one column of a row; empty for the policy's order */
void top_cell(const struct kl_tally_row *row, enum kl_tally_column column, char *text,
	      size_t size);

/** top_screen - show it on the terminal until somebody quits; an exit status */
int top_screen(struct top *top);

#endif /* KELLAS_TOP_H */
