/* SPDX-License-Identifier: GPL-2.0 */
/* The picture of the log, and of a record in words. */
#ifndef KELLAS_LOG_DRAW_H
#define KELLAS_LOG_DRAW_H

#include "editor.h"
#include "logline.h"

/** log_title - how many records there are, and how many are missing */
void log_title(const struct editor *editor, struct canvas *canvas, int column);

/** log_draw - draw it into @rows rows from row 1 on */
void log_draw(struct editor *editor, struct canvas *canvas, int rows);

/**
 * record_says - append what a record says, decoded, in paragraphs
 *
 * First what was done to what, by whom, as a path of processes; then the rest.
 */
void record_says(const struct kl_logline *line, struct kl_text text, struct kl_buffer *out);

/** record_whole - append all of it, decoded, a line for each word */
void record_whole(const struct kl_logline *line, struct kl_text text, struct kl_buffer *out);

/** record_history - append the programs that led to a task, oldest first */
void record_history(const struct kl_request *request, struct kl_buffer *out);

/** record_moment - its time in UTC; @format: for strftime(); @digits: of the second's fraction */
void record_moment(u64 time, const char *format, int digits, char *text, size_t size);

/** result_name - what became of a request, in at most seven letters */
const char *result_name(u8 result, bool unenforced);

/** result_style - how that is shown */
u8 result_style(u8 result, bool unenforced);

#endif /* KELLAS_LOG_DRAW_H */
