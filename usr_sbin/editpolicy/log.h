/* SPDX-License-Identifier: GPL-2.0 */
/* What is behind the view of the log: where records come from, and which are shown. */
#ifndef KELLAS_EDITOR_LOG_H
#define KELLAS_EDITOR_LOG_H

#include "editor.h"
#include "log_filter.h"
#include "records.h"

/**
 * struct log_view - the log
 * @strings: of the records that are read and parsed
 * @records: where they come from; NULL: nothing more comes
 * @opened: how many times it was read from the beginning
 * @live: they go on with those of the running kernel
 * @reading: there were more when reading was last interrupted
 * @list: those that are kept
 * @shown: numbers of those that pass the filter, ascending
 * @shown_from: the first ones of @shown have fallen out of @list
 * @shown_end: number of @shown, those included
 * @shown_room: for how many there is room
 * @seen: records from this number on have not been asked whether they pass
 * @rows: of the list on the screen
 * @filter: which are shown
 * @filter_from: record that the cursor was on when another one is typed; ~0: the newest
 * @paused: what is new is not shown yet
 * @line: the record that was last parsed, see log_parse()
 */
struct log_view {
	struct kl_strings strings;
	struct kl_records *records;
	u32 opened;
	bool live, reading;
	struct log_list list;
	u64 *shown;
	u32 shown_from, shown_end, shown_room;
	u64 seen;
	struct rows rows;
	struct log_filter filter;
	u64 filter_from;
	bool paused;
	struct kl_logline line;
};

/** log_open - the log, opened if it was not yet. What cannot be read is complained of */
struct log_view *log_open(struct editor *editor);
void log_free(struct log_view *log);

/** log_again - forget all and read it again from the beginning */
void log_again(struct editor *editor);

/**
 * log_read - read what has come, but not for longer than a key may take
 * Return: there is more to read.
 */
bool log_read(struct log_view *log);

/** log_show - ask all records again whether they pass the filter */
void log_show(struct log_view *log);

/** log_show_new - ask those that came since */
void log_show_new(struct log_view *log);

/** log_want - show only records that pass this filter; false: what is wrong with it was said */
bool log_want(struct editor *editor, struct kl_text filter);

/** log_row - the number of the record in a row of the list */
u64 log_row(const struct log_view *log, u32 row);

/** log_stand_on - the cursor to a record. Return: false: it is not among those shown */
bool log_stand_on(struct log_view *log, u64 number);

/** log_here - the record below the cursor; NULL: there is none */
const struct log_record *log_here(const struct log_view *log);

/** log_parse - a record parsed, until the next call; NULL if it is none */
const struct kl_logline *log_parse(struct log_view *log, const struct log_record *record);

#endif /* KELLAS_EDITOR_LOG_H */
