// SPDX-License-Identifier: GPL-2.0
/* The view of the log. */
#include "dialog.h"
#include "find.h"
#include "key.h"
#include "log.h"
#include "log_draw.h"
#include "making.h"
#include "process_source.h"
#include "view.h"
#include "why.h"

/* What is not whole yet changes nothing. */
static void filter_typed(struct editor *editor, struct kl_text text)
{
	struct log_view *log = editor->log;
	struct kl_error error;

	if (log_filter_set(&log->filter, text, &error))
		log_show(log);
}

static bool filter_wrong(struct editor *editor, struct kl_text text, struct kl_error *error)
{
	struct log_filter filter;
	bool wrong;

	(void)editor;
	log_filter_init(&filter);
	wrong = !log_filter_set(&filter, text, error);
	log_filter_free(&filter);
	return wrong;
}

static void filter_cancelled(struct editor *editor)
{
	struct log_view *log = editor->log;

	log_want(editor, kl_buffer_text(&editor->filter_before));
	if (log->filter_from < log->list.next)
		log_stand_on(log, log->filter_from);
	else
		rows_go(&log->rows, log->rows.count);
}

static void run_filter(struct editor *editor)
{
	struct log_view *log = log_open(editor);
	struct rows *rows = &log->rows;

	log->filter_from = rows->cursor + 1 < rows->count ? log_row(log, rows->cursor) : ~0ull;
	find_filter_before(editor, kl_buffer_text(&log->filter.text));
	dialog_prompt(editor, "show only: [RESULT] OPERATION CONDITION..., or any text (nothing: all)",
		      kl_buffer_text(&log->filter.text), log_want);
	editor->dialog.typed = filter_typed;
	editor->dialog.cancel = filter_cancelled;
	editor->dialog.wrong = filter_wrong;
	editor->dialog.hint = "such as: denied read path=\"/etc/\\*\" task.uid=1000-65535";
}

static void run_pause(struct editor *editor)
{
	struct log_view *log = log_open(editor);

	log->paused = !log->paused;
	if (!log->paused)
		log_show_new(log);
}

static void run_whole(struct editor *editor)
{
	struct log_view *log = log_open(editor);
	const struct log_record *record = log_here(log);
	struct kl_buffer text = { 0 };

	if (!record)
		return;
	record_whole(log_parse(log, record), log_record_text(record), &text);
	dialog_pager(editor, "the whole record", &text);
}

static void run_why(struct editor *editor)
{
	const struct log_record *record = log_here(log_open(editor));

	if (record)
		why_open(editor, log_record_text(record));
}

static void run_rule(struct editor *editor)
{
	struct log_view *log = log_open(editor);
	const struct log_record *record = log_here(log);

	if (record)
		making_begin(editor, log_record_text(record), log_row(log, log->rows.cursor));
}

static void run_all(struct editor *editor)
{
	if (log_open(editor)->filter.text.length)
		log_want(editor, (struct kl_text){ "", 0 });
	else
		editor_say(editor, STYLE_PLAIN, "nothing is filtered; F4 begins");
}

static void run_process(struct editor *editor)
{
	struct log_view *log = log_open(editor);
	const struct log_record *record = log_here(log);

	if (!record || record->kind != KL_LOGLINE_REQUEST)
		editor_say(editor, STYLE_NOTICE, "this is no record of a process");
	else
		process_source_record(editor, log_row(log, log->rows.cursor));
}

static void run_again(struct editor *editor)
{
	log_open(editor);
	log_again(editor);
	log_read(editor->log);
}

static const struct action log_actions[] = {
	{ "Search", { K_F3, '/' }, "search in the records shown, while you type", false,
	  find_search },
	{ "Filter", { K_F4, '\\' }, "show only some records", false, run_filter },
	{ "Pause", { K_F5, 'p' }, "show nothing new, or go on", false, run_pause },
	{ "Whole", { K_F6, 'v' }, "the whole record", false, run_whole },
	{ "Why", { K_F7, K_ENTER }, "which rule decides, and why", false, run_why },
	{ "Rule", { K_F8, 'r' }, "make a rule of the record", false, run_rule },
	{ "Tree", { K_F9, 't' }, "its process, in the tree of what executed what", false,
	  run_process },
	{ "All", { K_ESCAPE }, "take the filter away", false, run_all },
	{ "Again", { 'R' }, "read the log again", false, run_again },
	{ "Next", { 'n' }, "next match", false, find_next },
	{ "Previous", { 'N' }, "previous match", false, find_previous },
	{ 0 },
};

static struct rows *moving_rows(struct editor *editor)
{
	return &log_open(editor)->rows;
}

static void tick(struct editor *editor)
{
	if (editor->view == VIEW_LOG || editor->log)
		log_read(log_open(editor));
}

static bool work(struct editor *editor)
{
	return editor->log && editor->log->reading && log_read(editor->log);
}

static void row_text(struct editor *editor, u32 row, struct kl_buffer *out)
{
	struct log_view *log = editor->log;
	struct kl_text text = log_record_text(log_list_get(&log->list, log_row(log, row)));

	kl_buffer_add(out, text.data, text.length);
}

const struct view log_view = {
	.name = "log",
	.actions = log_actions,
	.title = log_title,
	.draw = log_draw,
	.rows = moving_rows,
	.tick = tick,
	.work = work,
	.text = row_text,
};
