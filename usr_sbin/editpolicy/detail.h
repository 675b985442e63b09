/* SPDX-License-Identifier: GPL-2.0 */
/* All that is said of a line of the policy. */
#ifndef KELLAS_DETAIL_H
#define KELLAS_DETAIL_H

#include "samples.h"

/**
 * struct detail_row - a row of the view
 * @text: what it says, owned; NULL: it is a sample
 * @style: enum style
 * @sample: number of the sample, from 1
 */
struct detail_row {
	char *text;
	u8 style;
	u64 sample;
};

/**
 * struct detail - the view
 * @line: that it is about, from 0
 * @list: its rows, made of what is known when they are drawn
 * @room: of @list
 * @rows: of them on the screen
 * @head: which row says how many samples there are
 * @counts: of all samples
 * @opened: it was not drawn yet
 */
struct detail {
	u32 line;
	struct detail_row *list;
	u32 room;
	struct rows rows;
	u32 head;
	struct sample_counts counts;
	bool opened;
};

/**
 * detail_of_line - what is said of a line, from 0
 * @whole: as in words_of_line()
 * @say: gets it piece by piece, with an enum style
 */
void detail_of_line(const struct editor *editor, u32 line, bool whole,
		    void (*say)(void *context, u8 style, struct kl_text text),
		    void *context);

/** detail_open - all of it about the line below the cursor, in front of the view */
void detail_open(struct editor *editor);
void detail_free(struct detail *detail);

#endif /* KELLAS_DETAIL_H */
