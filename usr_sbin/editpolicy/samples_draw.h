/* SPDX-License-Identifier: GPL-2.0 */
/* The picture of recorded requests that a line decides. */
#ifndef KELLAS_SAMPLES_DRAW_H
#define KELLAS_SAMPLES_DRAW_H

#include "samples.h"

/** samples_rows - how many rows must be left for them: 0: nothing is said */
int samples_rows(struct editor *editor, u32 line);

/** samples_draw - how many there are of a line, and the newest, from @row up to @end */
void samples_draw(struct editor *editor, struct canvas *canvas, int row, int end,
		  u32 line);

/** samples_say - append how many there are, in words */
void samples_say(const struct editor *editor, u32 line,
		 const struct sample_answer *answer, struct kl_buffer *out);

/**
 * sample_draw - one of them in a row
 * @column: where it begins; it has the rest of the row
 * @all: NULL, or those that it stands below of: so do its columns
 * @added: to its styles
 */
void sample_draw(const struct editor *editor, struct canvas *canvas, int row, int column,
		 const struct sample *sample, const struct sample_counts *all, u8 added);

#endif /* KELLAS_SAMPLES_DRAW_H */
