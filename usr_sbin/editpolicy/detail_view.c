// SPDX-License-Identifier: GPL-2.0
/* All that is said of a line, and the recorded requests that it decides. */
#include "detail.h"
#include "dialog.h"
#include "find.h"
#include "key.h"
#include "log_draw.h"
#include "making.h"
#include "mouse.h"
#include "samples_draw.h"
#include "view.h"
#include "why.h"

#define LINE_ACROSS 0x2500
/* Samples that are listed at most. */
#define SAMPLES_LISTED 1000u

static void clear(struct detail *detail)
{
	u32 i;

	for (i = 0; i < detail->rows.count; i++)
		free(detail->list[i].text);
	detail->rows.count = 0;
}

void detail_free(struct detail *detail)
{
	if (!detail)
		return;
	clear(detail);
	free(detail->list);
	free(detail);
}

void detail_open(struct editor *editor)
{
	struct detail *detail = editor->detail;
	s64 line = editor_line(editor);

	if (line < 0) {
		editor_say(editor, STYLE_NOTICE, "no line is shown");
		return;
	}
	if (!detail)
		detail = editor->detail = kl_xalloc(1, sizeof(*detail));
	clear(detail);
	detail->line = line;
	detail->opened = true;
	samples_want(editor);
	view_front(editor, &detail_view);
}

/* --------------------------------------------------------------------- rows */

static struct detail_row *add_row(struct detail *detail, u8 style)
{
	struct detail_row *row;

	KL_GROW(detail->list, detail->rows.count, detail->room);
	row = &detail->list[detail->rows.count++];
	*row = (struct detail_row){ .style = style };
	return row;
}

/**
 * struct filling - rows being made
 * @detail: of which
 * @columns: they are wide
 */
struct filling {
	struct detail *detail;
	int columns;
};

static void add_text(void *context, u8 style, struct kl_text text)
{
	struct filling *filling = context;
	struct kl_text head;
	char *copy;

	while (text.length) {
		head = canvas_row(&text, filling->columns);
		copy = kl_xalloc(head.length + 1, 1);
		memcpy(copy, head.data, head.length);
		add_row(filling->detail, style)->text = copy;
	}
}

static void add_number(struct filling *filling, u64 left_out)
{
	struct kl_buffer text = { 0 };

	kl_buffer_printf(&text, "and %llu older ones", (unsigned long long)left_out);
	add_text(filling, STYLE_FAINT, kl_buffer_text(&text));
	kl_buffer_free(&text);
}

static void add_samples(struct editor *editor, struct filling *filling)
{
	struct detail *detail = filling->detail;
	struct sample_answer answer;
	struct kl_buffer text = { 0 };
	const char *missing = samples_missing(editor, detail->line);
	u64 all, at, listed = 0;

	detail->head = detail->rows.count;
	if (!missing)
		return;
	add_row(detail, STYLE_PLAIN)->text = kl_xstrdup("");
	detail->head++;
	if (!samples_of(editor, detail->line, &answer)) {
		add_text(filling, STYLE_FAINT, kl_text_of(missing));
		return;
	}
	samples_say(editor, detail->line, &answer, &text);
	add_text(filling, STYLE_ATTRIBUTE, kl_buffer_text(&text));
	kl_buffer_free(&text);
	detail->counts = answer.counts;
	all = samples_decided(&answer.counts) + answer.counts.open;
	for (at = answer.newest; listed < min_t(u64, all, SAMPLES_LISTED); listed++) {
		add_row(detail, STYLE_PLAIN)->sample = at;
		samples_next(editor, &at);
	}
	if (all > listed)
		add_number(filling, all - listed);
}

static const struct detail_row *row_here(const struct detail *detail)
{
	return detail->rows.count ? &detail->list[detail->rows.cursor] : NULL;
}

/* At first to the newest one, below how many there are. */
static void go_to_first(struct detail *detail, u32 height)
{
	struct rows *rows = &detail->rows;
	u32 i;

	for (i = 0; i < rows->count && !detail->list[i].sample; i++)
		;
	rows_go(rows, i < rows->count ? i : 0);
	rows->top = min(detail->head, rows->count > height ? rows->count - height : 0);
	detail->opened = false;
}

/* The cursor stays on its sample. */
static void go_back_to(struct detail *detail, u64 sample)
{
	u32 i;

	rows_set(&detail->rows, detail->rows.count);
	for (i = 0; sample && i < detail->rows.count; i++)
		if (detail->list[i].sample == sample) {
			detail->rows.top += i - detail->rows.cursor;
			rows_go(&detail->rows, i);
			return;
		}
}

/* What comes to the log meanwhile, and falls out of it, changes them. */
static void make(struct editor *editor, int columns, u32 height)
{
	struct detail *detail = editor->detail;
	struct filling filling = { detail, columns };
	u64 here = row_here(detail) ? row_here(detail)->sample : 0;

	clear(detail);
	detail_of_line(editor, detail->line, true, add_text, &filling);
	add_samples(editor, &filling);
	if (detail->opened)
		go_to_first(detail, height);
	else
		go_back_to(detail, here);
}

/* ------------------------------------------------------------------- actions */

/* Of the sample below the cursor, if it still is in the log. */
static const struct log_record *record_of(const struct editor *editor, u32 row,
					  u64 *number)
{
	const struct log_list *list = &editor->log->list;
	u64 at = editor->detail->list[row].sample;
	const struct sample *sample = at ? samples_next(editor, &at) : NULL;

	if (!sample || sample->record < list->first || sample->record >= list->next)
		return NULL;
	*number = sample->record;
	return log_list_get(list, sample->record);
}

static const struct log_record *record_here(struct editor *editor, u64 *number)
{
	const struct detail *detail = editor->detail;
	const struct log_record *record = NULL;

	if (detail->rows.count && editor->log)
		record = record_of(editor, detail->rows.cursor, number);
	if (!record)
		editor_say(editor, STYLE_NOTICE, "this is no record");
	return record;
}

static void run_why(struct editor *editor)
{
	u64 number;
	const struct log_record *record = record_here(editor, &number);

	if (record)
		why_open(editor, log_record_text(record));
}

static void run_rule(struct editor *editor)
{
	u64 number;
	const struct log_record *record = record_here(editor, &number);

	if (record)
		making_begin(editor, log_record_text(record), number);
}

static void run_whole(struct editor *editor)
{
	u64 number;
	const struct log_record *record = record_here(editor, &number);
	struct kl_buffer text = { 0 };

	if (!record)
		return;
	record_whole(log_parse(editor->log, record), log_record_text(record), &text);
	dialog_pager(editor, "the whole record", &text);
}

/* A filter that hides it gives way. */
static void run_log(struct editor *editor)
{
	struct log_view *log = editor->log;
	u64 number;

	if (!record_here(editor, &number))
		return;
	view_turn(editor, VIEW_LOG);
	if (log->seen <= number)
		log_show_new(log);
	if (log_stand_on(log, number))
		return;
	log_filter_free(&log->filter);
	log_show(log);
	log_stand_on(log, number);
	editor_say(editor, STYLE_NOTICE, "it was hidden by the filter, which is off now");
}

static const struct action detail_actions[] = {
	{ "Search", { K_F3, '/' }, "search, while you type", false, find_search },
	{ "Log", { K_F5, 'l' }, "go to this record in the log", false, run_log },
	{ "Whole", { K_F6, 'v' }, "the whole record", false, run_whole },
	{ "Why", { K_F7, K_ENTER }, "which rule decides, and why", false, run_why },
	{ "Rule", { K_F8, 'r' }, "make a rule of the record", false, run_rule },
	{ "Back", { K_F9, K_ESCAPE, 'q' }, "back to the policy", false, view_back },
	{ "Next", { 'n' }, "next match", false, find_next },
	{ "Previous", { 'N' }, "previous match", false, find_previous },
	{ 0 },
};

/* ------------------------------------------------------------------- drawing */

static struct rows *moving_rows(struct editor *editor)
{
	return &editor->detail->rows;
}

static void row_text(struct editor *editor, u32 row, struct kl_buffer *out)
{
	const struct detail_row *what = &editor->detail->list[row];
	const struct log_record *record;
	u64 number;

	if (what->text) {
		kl_buffer_puts(out, what->text);
		return;
	}
	record = record_of(editor, row, &number);
	if (record)
		kl_buffer_add(out, record->text, record->length);
}

static void title(const struct editor *editor, struct canvas *canvas, int column)
{
	canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR, "all of line %u",
		     editor->detail->line + 1);
}

static void draw_row(const struct editor *editor, struct canvas *canvas, int row,
		     u32 index)
{
	const struct detail *detail = editor->detail;
	const struct detail_row *what = &detail->list[index];
	u8 added = index == detail->rows.cursor ? STYLE_CURSOR : 0;
	u64 at = what->sample;

	if (added)
		canvas_fill(canvas, row, 0, canvas->columns, added, ' ');
	if (what->text) {
		canvas_text(canvas, row, 1, canvas->columns - 2, what->style | added,
			    kl_text_of(what->text));
		find_matches(editor, canvas, row, 1, canvas->columns - 2,
			     kl_text_of(what->text), 0);
	} else {
		sample_draw(editor, canvas, row, 1, samples_next(editor, &at),
			    &detail->counts, added);
	}
}

static void draw_record(struct editor *editor, struct canvas *canvas, int row, int end)
{
	const struct log_record *record;
	struct kl_buffer words = { 0 };
	u64 number;

	canvas_fill(canvas, row, 0, canvas->columns, STYLE_FAINT, LINE_ACROSS);
	record = record_of(editor, editor->detail->rows.cursor, &number);
	if (!record)
		return;
	canvas_text(canvas, row, 2, canvas->columns, STYLE_TITLE, kl_text_of(" the record "));
	record_says(log_parse(editor->log, record), log_record_text(record), &words);
	canvas_wrap(canvas, row + 1, end, STYLE_PLAIN, kl_buffer_text(&words));
	kl_buffer_free(&words);
}

static void draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct detail *detail = editor->detail;
	int details = rows >= 37 ? 12 : rows >= 17 ? 8 : 0;
	int list = max(rows - (details ? details + 1 : 0), 1), i;

	make(editor, canvas_inside(canvas), list);
	rows_show(&detail->rows, list);
	mouse_list(editor, 1, 0, list, canvas->columns, &detail->rows, 0);
	for (i = 0; i < list && detail->rows.top + i < detail->rows.count; i++)
		draw_row(editor, canvas, 1 + i, detail->rows.top + i);
	if (details && editor->log && detail->rows.count)
		draw_record(editor, canvas, 1 + list, 1 + rows);
}

const struct view detail_view = {
	.name = "What a line decides",
	.actions = detail_actions,
	.title = title,
	.draw = draw,
	.rows = moving_rows,
	.text = row_text,
};
