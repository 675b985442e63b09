// SPDX-License-Identifier: GPL-2.0
/* The picture of the log. */
#include <time.h>

#include "engine/lex.h"
#include "find.h"
#include "log.h"
#include "log_draw.h"
#include "mouse.h"
#include "object.h"
#include "words.h"

#define LINE_ACROSS 0x2500

/**
 * struct log_columns - columns of the list
 * @time, @result, @op, @rule, @uid, @program: their widths; 0: not shown
 * @format, @digits: of times, for strftime(), and digits of the second's fraction
 *
 * The object has the rest.
 */
struct log_columns {
	int time, result, op, rule, uid, program;
	const char *format;
	int digits;
};

static struct log_columns choose_columns(int width)
{
	if (width >= 160)
		return (struct log_columns){ 26, 7, 24, 14, 6, 50, "%Y-%m-%d %H:%M:%S", 6 };
	if (width >= 100)
		return (struct log_columns){ 12, 7, 19, 0, 6, 30, "%H:%M:%S", 3 };
	return (struct log_columns){ 8, 7, 13, 0, 0, 19, "%H:%M:%S", 0 };
}

const char *result_name(u8 result, bool unenforced)
{
	if (result == KL_DENIED)
		return unenforced ? "denied~" : "DENIED";
	return result == KL_ALLOWED ? "allowed" : "no rule";
}

u8 result_style(u8 result, bool unenforced)
{
	if (result == KL_DENIED)
		return unenforced ? STYLE_NOTICE : STYLE_DENY;
	return result == KL_ALLOWED ? STYLE_ALLOW : STYLE_PLAIN;
}

void record_moment(u64 time, const char *format, int digits, char *text, size_t size)
{
	u32 fraction = time % 1000000, length;
	time_t seconds = time / 1000000;
	struct tm tm;
	int i;

	gmtime_r(&seconds, &tm);
	length = strftime(text, size, format, &tm);
	for (i = digits; i && i < 6; i++)
		fraction /= 10;
	if (digits)
		snprintf(text + length, size - length, ".%0*u", digits, fraction);
}

/* ---------------------------------------------------------- a record in words */


void record_history(const struct kl_request *request, struct kl_buffer *out)
{
	const struct kl_history *history;
	struct kl_history_cursor cursor;
	struct kl_program program;
	const char *before = "";

	if (!kl_slot_test(request->present, KL_SLOT_TASK_HISTORY)) {
		kl_program_text(request, out);
		return;
	}
	history = request->value[KL_SLOT_TASK_HISTORY].history;
	if (history->truncated)
		kl_buffer_puts(out, "... > ");
	for (cursor = kl_history_walk(history); kl_history_next(&cursor, &program);
	     before = " > ") {
		kl_buffer_printf(out, "%s%s", before, program.reconstructed ? "~" : "");
		kl_buffer_encode(out, program.exe);
		if (program.pid)
			kl_buffer_printf(out, "(%u)", program.pid);
	}
}

static void say_missing(const struct kl_logline *line, struct kl_buffer *out)
{
	u32 i;

	if (line->kind == KL_LOGLINE_LOST)
		kl_buffer_printf(out, "%llu records were LOST here (seq %llu to %llu)",
				 (unsigned long long)line->count,
				 (unsigned long long)line->sequence,
				 (unsigned long long)line->last);
	else
		kl_buffer_printf(out, "%llu records were kept out by quota audit[%llu]",
				 (unsigned long long)line->count,
				 (unsigned long long)line->index);
	for (i = 0; i < line->loss_count; i++)
		kl_buffer_printf(out, "%s%.*s: %llu", i ? ", " : "; rules: ",
				 (int)line->losses[i].label.length, line->losses[i].label.data,
				 (unsigned long long)line->losses[i].count);
}

static void say_head(const struct kl_logline *line, struct kl_buffer *out)
{
	char moment[64];

	record_moment(line->time, "%Y-%m-%d %H:%M:%S", 6, moment, sizeof(moment));
	kl_buffer_printf(out, "%s %s%s by block %u", moment, kl_result_name(line->result),
			 line->unenforced ? ", not enforced" : "", line->priority);
	if (line->label.length)
		kl_buffer_printf(out, " %.*s", (int)line->label.length, line->label.data);
	if (line->sequence)
		kl_buffer_printf(out, " seq %llu", (unsigned long long)line->sequence);
	if (line->pid)
		kl_buffer_printf(out, " pid %llu", (unsigned long long)line->pid);
	kl_buffer_puts(out, line->check ? "  check only\n" : "\n");
}

/* All words but those of the object, which were said, and of the history. */
static void say_rest(struct kl_text words, struct kl_buffer *out)
{
	struct kl_lexer lexer;
	struct kl_word word;

	kl_lexer_init(&lexer, words);
	while (kl_lexer_next(&lexer, &word))
		if (!kl_text_begins(word.text, "task.history="))
			kl_buffer_printf(out, "%.*s ", (int)word.text.length, word.text.data);
	kl_buffer_puts(out, "\n");
}

static struct kl_text task_words(struct kl_text words)
{
	u32 i;

	for (i = 0; i < words.length; i++)
		if (words.data[i] == ' ' && (kl_text_begins(kl_text_from(words, i), " task.") ||
					     kl_text_begins(kl_text_from(words, i), " envp[")))
			return kl_text_from(words, i);
	return kl_text_from(words, words.length);
}

static void say_request(const struct kl_logline *line, struct kl_buffer *out)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_text rest = task_words(line->words);

	say_head(line, out);
	kl_buffer_printf(out, "%s%.*s\n", kl_op_table[request->op].keyword,
			 (int)(line->words.length - rest.length), line->words.data);
	record_history(request, out);
	kl_buffer_puts(out, "\n");
	say_rest(rest, out);
}

void record_says(const struct kl_logline *line, struct kl_text text, struct kl_buffer *out)
{
	struct kl_buffer coded = { 0 };

	if (line && line->kind == KL_LOGLINE_REQUEST)
		say_request(line, &coded);
	else if (line && (line->kind == KL_LOGLINE_LOST || line->kind == KL_LOGLINE_SUPPRESSED))
		say_missing(line, &coded);
	else
		kl_buffer_add(&coded, text.data, text.length);
	words_decoded(kl_buffer_text(&coded), out);
	kl_buffer_free(&coded);
}

/* The programs of a history below each other. */
static void whole_history(const struct kl_request *request, struct kl_buffer *out)
{
	struct kl_buffer path = { 0 };
	char *at, *next;

	record_history(request, &path);
	kl_buffer_puts(out, "by\n");
	for (at = path.data; at; at = next) {
		next = strstr(at, " > ");
		if (next) {
			*next = 0;
			next += 3;
		}
		kl_buffer_printf(out, "    %s\n", at);
	}
	kl_buffer_free(&path);
}

void record_whole(const struct kl_logline *line, struct kl_text text, struct kl_buffer *out)
{
	struct kl_buffer coded = { 0 };
	struct kl_lexer lexer;
	struct kl_word word;

	if (!line || line->kind != KL_LOGLINE_REQUEST) {
		record_says(line, text, out);
		kl_buffer_puts(out, "\n");
		return;
	}
	say_head(line, &coded);
	kl_buffer_printf(&coded, "%s\n", kl_op_table[line->facts.request.op].keyword);
	kl_lexer_init(&lexer, line->words);
	while (kl_lexer_next(&lexer, &word))
		if (!kl_text_begins(word.text, "task.history="))
			kl_buffer_printf(&coded, "    %.*s\n", (int)word.text.length,
					 word.text.data);
	whole_history(&line->facts.request, &coded);
	words_decoded(kl_buffer_text(&coded), out);
	kl_buffer_free(&coded);
}

/* ---------------------------------------------------------------- the title */

void log_title(const struct editor *editor, struct canvas *canvas, int column)
{
	const struct log_view *log = editor->log;
	int end = canvas->columns - 1;
	struct log_list none = { 0 };
	const struct log_list *list = log ? &log->list : &none;

	column += canvas_print(canvas, 0, column, end - column, STYLE_BAR, "%llu records",
			       (unsigned long long)(list->next - list->first));
	if (list->first)
		column += canvas_print(canvas, 0, column, end - column, STYLE_BAR,
				       ", %llu older left out", (unsigned long long)list->first);
	if (list->lost)
		column += canvas_print(canvas, 0, column, end - column, STYLE_ERROR, " %llu LOST",
				       (unsigned long long)list->lost);
	if (list->suppressed)
		canvas_print(canvas, 0, column, end - column, STYLE_NOTICE, " %llu suppressed",
			     (unsigned long long)list->suppressed);
}

/* ----------------------------------------------------------------- the list */

static void draw_names(struct canvas *canvas, int row, const struct log_columns *columns)
{
	int column = 0;

	canvas_text(canvas, row, column, columns->time, STYLE_TITLE, kl_text_of("TIME"));
	column += columns->time + 1;
	canvas_text(canvas, row, column, columns->result, STYLE_TITLE, kl_text_of("RESULT"));
	column += columns->result + 1;
	canvas_text(canvas, row, column, columns->op, STYLE_TITLE, kl_text_of("OPERATION"));
	column += columns->op + 1;
	if (columns->rule) {
		canvas_text(canvas, row, column, columns->rule, STYLE_TITLE,
			    kl_text_of("BLOCK"));
		column += columns->rule + 1;
	}
	if (columns->uid) {
		canvas_print(canvas, row, column, columns->uid, STYLE_TITLE, "%*s", columns->uid,
			     "UID");
		column += columns->uid + 1;
	}
	canvas_text(canvas, row, column, columns->program, STYLE_TITLE, kl_text_of("PROGRAM"));
	column += columns->program + 1;
	canvas_text(canvas, row, column, canvas->columns, STYLE_TITLE, kl_text_of("OBJECT"));
}

/* Decoded, and where the search found something it shows. */
static void draw_name(const struct editor *editor, struct canvas *canvas, int row, int column,
		      int width, u8 style, const struct kl_buffer *coded)
{
	struct kl_buffer text = { 0 };

	words_decoded(kl_buffer_text(coded), &text);
	width = canvas_end(canvas, row, column, width, style, kl_buffer_text(&text));
	if (canvas_width(kl_buffer_text(&text)) <= width)
		find_matches(editor, canvas, row, column, width, kl_buffer_text(&text), 0);
	kl_buffer_free(&text);
}

static void draw_request(const struct editor *editor, struct canvas *canvas, int row, u8 added,
			 const struct log_columns *columns, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;
	struct kl_text op = kl_text_of(kl_op_table[request->op].keyword);
	struct kl_buffer name = { 0 };
	int column = columns->time + 1;

	canvas_text(canvas, row, column, columns->result,
		    result_style(line->result, line->unenforced) | added,
		    kl_text_of(result_name(line->result, line->unenforced)));
	column += columns->result + 1;
	canvas_text(canvas, row, column, columns->op, STYLE_KEYWORD | added, op);
	find_matches(editor, canvas, row, column, min(columns->op, (int)op.length), op, 0);
	column += columns->op + 1;
	if (columns->rule) {
		canvas_print(canvas, row, column, columns->rule, STYLE_PLAIN | added, "%u %.*s",
			     line->priority, (int)line->label.length, line->label.data);
		column += columns->rule + 1;
	}
	if (columns->uid) {
		if (kl_slot_test(request->present, KL_SLOT_TASK_UID))
			canvas_print(canvas, row, column, columns->uid, STYLE_PLAIN | added,
				     "%*llu", columns->uid,
				     (unsigned long long)request->value[KL_SLOT_TASK_UID].number);
		column += columns->uid + 1;
	}
	kl_program_text(request, &name);
	draw_name(editor, canvas, row, column, columns->program, STYLE_PLAIN | added, &name);
	column += columns->program + 1;
	kl_buffer_clear(&name);
	kl_object_text(request, &name);
	draw_name(editor, canvas, row, column, canvas->columns - column, STYLE_PLAIN | added,
		  &name);
	kl_buffer_free(&name);
}

static void draw_other(struct canvas *canvas, int row, int column, u8 added,
		       const struct kl_logline *line, struct kl_text text)
{
	struct kl_buffer words = { 0 };
	u8 style = line && line->kind == KL_LOGLINE_LOST       ? STYLE_ERROR :
		   line && line->kind == KL_LOGLINE_SUPPRESSED ? STYLE_NOTICE :
								 STYLE_FAINT;

	kl_buffer_puts(&words, style == STYLE_ERROR ? "*** " : style == STYLE_NOTICE ? "*** " : "");
	if (line && line->kind == KL_LOGLINE_DAEMON)
		text = line->words;
	record_says(line, text, &words);
	canvas_text(canvas, row, column, canvas->columns - column, style | added,
		    kl_buffer_text(&words));
	kl_buffer_free(&words);
}

static void draw_row(const struct editor *editor, struct canvas *canvas, int row,
		     const struct log_columns *columns, u32 index)
{
	struct log_view *log = editor->log;
	const struct log_record *record = log_list_get(&log->list, log_row(log, index));
	const struct kl_logline *line = log_parse(log, record);
	u8 added = index == log->rows.cursor ? STYLE_CURSOR : 0;
	char moment[64];

	if (added)
		canvas_fill(canvas, row, 0, canvas->columns, added, ' ');
	record_moment(record->time, columns->format, columns->digits, moment, sizeof(moment));
	canvas_text(canvas, row, 0, columns->time, STYLE_FAINT | added, kl_text_of(moment));
	if (line && line->kind == KL_LOGLINE_REQUEST)
		draw_request(editor, canvas, row, added, columns, line);
	else
		draw_other(canvas, row, columns->time + 1, added, line,
			   log_record_text(record));
}

static const char *why_empty(const struct log_view *log)
{
	if (log->paused && log->seen <= log->list.first)
		return "all that was here has fallen out since; p goes on";
	if (log->list.next > log->list.first)
		return "no record passes the filter; F4 changes it";
	if (log->reading)
		return "reading...";
	return log->live ? "there are no records yet" : "there are no records";
}

static void draw_list(struct editor *editor, struct canvas *canvas, int rows)
{
	struct log_columns columns = choose_columns(canvas->columns);
	struct log_view *log = editor->log;
	int i;

	draw_names(canvas, 1, &columns);
	rows_show(&log->rows, max(rows - 1, 1));
	mouse_list(editor, 2, 0, rows - 1, canvas->columns, &log->rows, 0);
	for (i = 0; i < rows - 1 && log->rows.top + i < log->rows.count; i++)
		draw_row(editor, canvas, 2 + i, &columns, log->rows.top + i);
	if (!log->rows.count)
		canvas_text(canvas, 2, 1, canvas->columns, STYLE_FAINT,
			    kl_text_of(why_empty(log)));
}

/* --------------------------------------------------------------- the detail */

/* In the line above the detail: what the list does. */
static void draw_state(const struct log_view *log, struct canvas *canvas, int row)
{
	bool follows = log->rows.cursor + 1 >= log->rows.count;
	u64 hidden = log->seen - min(log->seen, log->list.first) - log->rows.count;
	int column = 2, end = canvas->columns - 1;

	if (log->paused)
		column += canvas_print(canvas, row, column, end - column, STYLE_NOTICE,
				       " paused, %llu new ",
				       (unsigned long long)(log->list.next - log->seen));
	else
		column += canvas_print(canvas, row, column, end - column, STYLE_TITLE, " %s ",
				       log->reading	       ? "reading" :
				       !log->live	       ? "recorded" :
				       follows ? "live, follows" :
						 "live, stays here: End follows");
	if (log->filter.text.length)
		canvas_print(canvas, row, column + 1, end - column - 1, STYLE_NOTICE,
			     " only %.*s (%llu hidden) ", (int)log->filter.text.length,
			     log->filter.text.data, (unsigned long long)hidden);
}

static void draw_detail(struct log_view *log, struct canvas *canvas, int row, int end)
{
	const struct log_record *record = log_here(log);
	const struct kl_logline *line;
	struct kl_buffer words = { 0 };

	if (!record)
		return;
	line = log_parse(log, record);
	record_says(line, log_record_text(record), &words);
	canvas_wrap(canvas, row, end, STYLE_PLAIN, kl_buffer_text(&words));
	kl_buffer_free(&words);
}

void log_draw(struct editor *editor, struct canvas *canvas, int rows)
{
	int details = canvas->rows >= 40 ? 12 : canvas->rows >= 20 ? 8 : 0;
	struct log_view *log = log_open(editor);
	int separator = 1 + rows - details - 1;

	if (!details) {
		draw_list(editor, canvas, rows);
		return;
	}
	draw_list(editor, canvas, rows - details - 1);
	canvas_fill(canvas, separator, 0, canvas->columns, STYLE_FAINT, LINE_ACROSS);
	draw_state(log, canvas, separator);
	draw_detail(log, canvas, separator + 1, separator + 1 + details);
}
