// SPDX-License-Identifier: GPL-2.0
/* Records from files and from the kernel. */
#include "clock.h"
#include "log.h"
#include "proc.h"

/* Nobody shall wait longer for his key. */
#define SLICE_MS 100
/* Records between two looks at the clock. */
#define SLICE_RECORDS 64

static void open_records(struct editor *editor, struct log_view *log)
{
	int status;

	log->records = kl_records_open(editor->logs, editor->log_count, true, &log->strings,
				       &status);
	log->live = log->records && !editor->log_count && kl_proc_loaded();
	log->reading = log->records;
	log->opened++;
	if (log->live)
		kl_records_follow(log->records);
}

struct log_view *log_open(struct editor *editor)
{
	struct log_view *log = editor->log;

	if (log)
		return log;
	log = editor->log = kl_xalloc(1, sizeof(*log));
	kl_xstrings(&log->strings);
	kl_logline_init(&log->line, &log->strings);
	log_filter_init(&log->filter);
	open_records(editor, log);
	return log;
}

static void close_records(struct log_view *log)
{
	kl_records_close(log->records);
	log->records = NULL;
	log->live = log->reading = false;
}

void log_free(struct log_view *log)
{
	if (!log)
		return;
	close_records(log);
	log_filter_free(&log->filter);
	log_list_free(&log->list);
	free(log->shown);
	kl_logline_free(&log->line);
	kl_strings_destroy(&log->strings);
	free(log);
}

void log_again(struct editor *editor)
{
	struct log_view *log = editor->log;

	close_records(log);
	log_list_free(&log->list);
	log->shown_from = log->shown_end = 0;
	log->seen = 0;
	log->paused = false;
	rows_set(&log->rows, 0);
	open_records(editor, log);
}

/* ------------------------------------------------------------------ reading */

/* What fell out of the list is not shown any more; the cursor stays on its record. */
static void forget_fallen(struct log_view *log)
{
	struct rows *rows = &log->rows;
	u32 fallen = 0;

	while (log->shown_from < log->shown_end &&
	       log->shown[log->shown_from] < log->list.first) {
		log->shown_from++;
		fallen++;
	}
	if (!fallen)
		return;
	rows->top -= min(rows->top, fallen);
	rows->cursor -= min(rows->cursor, fallen);
	rows_set(rows, log->shown_end - log->shown_from);
	if (log->shown_from < LOG_RECORDS_MAX)
		return;
	memmove(log->shown, log->shown + log->shown_from,
		(log->shown_end - log->shown_from) * sizeof(*log->shown));
	log->shown_end -= log->shown_from;
	log->shown_from = 0;
}

static void show_number(struct log_view *log, u64 number)
{
	if (log->shown_end == log->shown_room) {
		log->shown_room = log->shown_room * 2 + 256;
		log->shown = kl_xrealloc(log->shown, log->shown_room, sizeof(*log->shown));
	}
	log->shown[log->shown_end++] = number;
}

/* Whoever stands on the newest one stays on the newest one. */
void log_show_new(struct log_view *log)
{
	struct rows *rows = &log->rows;
	bool following = rows->cursor + 1 >= rows->count;
	u64 number;

	forget_fallen(log);
	for (number = max(log->seen, log->list.first); number < log->list.next; number++)
		if (log_filter_takes(&log->filter, log_list_get(&log->list, number), NULL,
				     &log->line))
			show_number(log, number);
	log->seen = log->list.next;
	rows_set(rows, log->shown_end - log->shown_from);
	if (following)
		rows_go(rows, rows->count);
}

static u64 number_here(const struct log_view *log)
{
	return log->rows.count ? log_row(log, log->rows.cursor) : log->list.next;
}

/* The cursor stays on its record, or goes to the next one that is shown. */
void log_show(struct log_view *log)
{
	bool following = log->rows.cursor + 1 >= log->rows.count;
	u64 here = number_here(log);
	u32 row = 0;

	log->shown_from = log->shown_end = 0;
	log->seen = 0;
	rows_set(&log->rows, 0);
	log_show_new(log);
	while (row < log->rows.count && log_row(log, row) < here)
		row++;
	rows_go(&log->rows, following ? log->rows.count : row);
}

bool log_want(struct editor *editor, struct kl_text filter)
{
	struct log_view *log = log_open(editor);
	struct kl_error error;

	if (!log_filter_set(&log->filter, filter, &error)) {
		editor_say(editor, STYLE_ERROR, "%s", error.text);
		return false;
	}
	log_show(log);
	return true;
}

bool log_read(struct log_view *log)
{
	u64 until = clock_ms() + SLICE_MS;
	const struct kl_logline *line;
	int result = 0;
	u32 count = 0;

	if (!log->records)
		return false;
	while ((++count % SLICE_RECORDS || clock_ms() < until) &&
	       (result = kl_records_next(log->records, &line)) > 0)
		log_list_add(&log->list, line, kl_records_text(log->records));
	log->reading = result > 0;
	if (log->paused)
		forget_fallen(log);
	else
		log_show_new(log);
	if (result < 0 || (!result && !log->live))
		close_records(log);
	return log->reading;
}

/* -------------------------------------------------------------------- asking */

u64 log_row(const struct log_view *log, u32 row)
{
	return log->shown[log->shown_from + row];
}

bool log_stand_on(struct log_view *log, u64 number)
{
	u32 low = 0, high = log->rows.count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (log_row(log, middle) < number)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == log->rows.count || log_row(log, low) != number)
		return false;
	rows_go(&log->rows, low);
	return true;
}

const struct log_record *log_here(const struct log_view *log)
{
	if (!log || !log->rows.count)
		return NULL;
	return log_list_get(&log->list, log_row(log, log->rows.cursor));
}

const struct kl_logline *log_parse(struct log_view *log, const struct log_record *record)
{
	struct kl_error error;

	if (kl_logline_parse(&log->line, log_record_text(record), &error))
		return NULL;
	return &log->line;
}
