// SPDX-License-Identifier: GPL-2.0
/* The picture of the processes. */
#include <time.h>

#include "find.h"
#include "highlight.h"
#include "log_draw.h"
#include "mouse.h"
#include "proc.h"
#include "process_source.h"
#include "view.h"
#include "words.h"

#define LINE_DOWN   0x2502
#define LINE_ACROSS 0x2500
#define LINE_BRANCH 0x251c
#define LINE_CORNER 0x2514
#define DOTS	    0x2026

/**
 * struct layout - where everything is
 * @list: rows of the list, from row 2 on; row 1 says what is in the columns
 * @detail: first row of the detail, a line stands above it
 * @details: rows of it
 * @name: columns of the tree, from column 0 on; the others follow
 * @user, @count, @last, @domain, @cgroup: columns of these; 0: there is no room for it
 * @of_log: it is the tree of the log: records are counted, and when the last one was
 */
struct layout {
	int list, detail, details;
	int name, user, count, last, domain, cgroup;
	bool of_log;
};

#define PID_WIDTH   8

static struct layout lay_out(const struct canvas *canvas, int rows, bool of_log)
{
	int columns = canvas->columns;
	struct layout layout = { .of_log = of_log };

	layout.details = canvas->rows >= 40 ? 8 : canvas->rows >= 20 ? 5 : 0;
	layout.list = rows - 1 - (layout.details ? layout.details + 1 : 0);
	layout.list = max(layout.list, 1);
	layout.detail = 2 + layout.list + 1;
	layout.domain = columns >= 150 ? 26 :
			columns >= 110 ? (of_log ? 18 : 26) :
			columns >= 70  ? 16 :
					 0;
	layout.cgroup = columns >= 150 ? 50 : columns >= 110 ? (of_log ? 24 : 30) : 0;
	layout.user = columns >= 110 && !of_log ? 12 : 9;
	layout.count = of_log ? 8 : 6;
	layout.last = !of_log ? 0 : columns >= 150 ? 20 : 9;
	layout.name = columns - PID_WIDTH - layout.user - layout.count - layout.last -
		      (layout.domain + (layout.domain > 0)) -
		      (layout.cgroup + (layout.cgroup > 0));
	layout.name = max(layout.name, 8);
	return layout;
}

static void put_kernel(const struct processes *processes, struct kl_buffer *out)
{
	u64 living = 0;
	u32 i;

	for (i = 0; i < processes->count; i++)
		living += processes->list[i].node->living;
	kl_buffer_printf(out, "%llu running processes", (unsigned long long)living);
}

/* Where it does not fit, how many; from where is said above the detail, too. */
static void put_log(const struct editor *editor, int width, struct kl_buffer *out)
{
	const struct record_tree *records = editor->processes->records;
	char count[40] = "";

	if (records)
		snprintf(count, sizeof(count), ", %llu record%s",
			 (unsigned long long)records->records, records->records == 1 ? "" : "s");
	kl_buffer_puts(out, "from ");
	process_source_name(editor, out);
	kl_buffer_puts(out, count);
	if (canvas_width(kl_buffer_text(out)) <= width)
		return;
	kl_buffer_clear(out);
	kl_buffer_puts(out, count + strspn(count, ", "));
}

void processes_title(const struct editor *editor, struct canvas *canvas, int column)
{
	const struct processes *processes = editor->processes;
	int width = view_tabs_column(editor, canvas) - column;
	struct kl_buffer text = { 0 };

	if (processes->listing)
		kl_buffer_printf(&text, "%u lines for %s", processes->concerns.count,
				 processes->concern_title);
	else if (processes->of_log)
		put_log(editor, width, &text);
	else
		put_kernel(processes, &text);
	canvas_text(canvas, 0, column, width, STYLE_BAR, kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* ---------------------------------------------------------------- the tree */

static bool has_sibling_below(const struct processes *processes, const struct process *process)
{
	u32 next = process->behind;

	while (next < processes->count && processes->list[next].parent == process->parent) {
		if (processes->list[next].shown)
			return true;
		next = processes->list[next].behind;
	}
	return false;
}

/* Two columns a level; of the outermost levels only dots if there are too many. */
static int draw_branches(const struct processes *processes, struct canvas *canvas, int row,
			 int width, const struct process *process, u8 added)
{
	u32 most = max(width / 4, 1), left_out;
	const struct process *at = process;
	int column, end;

	left_out = process->depth > most ? process->depth - most : 0;
	end = column = (process->depth - left_out) * 2 + (left_out > 0);
	for (; at->depth > left_out; at = &processes->list[at->parent]) {
		column -= 2;
		if (at == process) {
			canvas_fill(canvas, row, column, 1, STYLE_FAINT | added,
				    has_sibling_below(processes, at) ? LINE_BRANCH :
								       LINE_CORNER);
			canvas_fill(canvas, row, column + 1, 1, STYLE_FAINT | added,
				    LINE_ACROSS);
		} else if (has_sibling_below(processes, at)) {
			canvas_fill(canvas, row, column, 1, STYLE_FAINT | added, LINE_DOWN);
		}
	}
	if (left_out)
		canvas_fill(canvas, row, 0, 1, STYLE_FAINT | added, DOTS);
	return end;
}

static void draw_name(const struct editor *editor, struct canvas *canvas, int row,
		      int width, const struct process *process, u8 added)
{
	const struct processes *processes = editor->processes;
	const struct kl_histree_node *node = process->node;
	u64 active = processes->of_log ? processes_records(node) : node->living;
	u8 style = (active ? STYLE_PLAIN : STYLE_FAINT) | added;
	struct kl_buffer label = { 0 };
	int column;

	column = draw_branches(processes, canvas, row, width, process, added);
	if (processes_whole(processes, process))
		column += canvas_text(canvas, row, column, width - column,
				      STYLE_KEYWORD | added, kl_text_of("+"));
	if (node->reconstructed)
		column += canvas_text(canvas, row, column, width - column,
				      STYLE_NOTICE | added, kl_text_of("~"));
	if (node->deduced)
		column += canvas_text(canvas, row, column, width - column,
				      STYLE_NOTICE | added, kl_text_of("?"));
	if (node->kind == KL_HISTREE_PROGRAM && node->name->length)
		kl_buffer_add(&label, node->name->text, node->name->length);
	else
		processes_name(node, &label);
	width -= column + 1;
	canvas_end(canvas, row, column, width, style, kl_buffer_text(&label));
	if (canvas_width(kl_buffer_text(&label)) <= width)
		find_matches(editor, canvas, row, column, width, kl_buffer_text(&label), 0);
	kl_buffer_free(&label);
}

/* One of them, and how many more there are. */
static void draw_words(struct canvas *canvas, int row, int column, int width,
		       const struct kl_histree_words *set, u8 added)
{
	char more[16] = "";

	if (!set->count || width <= 0)
		return;
	if (set->count > 1)
		snprintf(more, sizeof(more), ",+%u%s", set->count - 1, set->more ? "+" : "");
	width -= strlen(more);
	column += canvas_end(canvas, row, column, width, STYLE_VALUE | added,
			  (struct kl_text){ set->words[0]->text, set->words[0]->length });
	canvas_text(canvas, row, column, strlen(more), STYLE_NOTICE | added, kl_text_of(more));
}

/* In a log of another machine it could be another user who is called so. */
static void put_user(struct processes *processes, u64 uid, struct kl_buffer *out)
{
	const char *name = processes->of_log ? NULL : processes_user(processes, uid);

	if (name)
		kl_buffer_puts(out, name);
	else
		kl_buffer_printf(out, "%llu", (unsigned long long)uid);
}

static void draw_user(struct processes *processes, struct canvas *canvas, int row, int column,
		      int width, const struct kl_histree_node *node, u8 added)
{
	const struct kl_histree_numbers *set = &node->uids;
	struct kl_buffer text = { 0 };
	char more[16] = "";

	if (!set->count)
		return;
	put_user(processes, processes->of_log ? node->last_uid : set->numbers[0], &text);
	if (set->count > 1)
		snprintf(more, sizeof(more), ",+%u%s", set->count - 1, set->more ? "+" : "");
	column += canvas_text(canvas, row, column, width - 1 - strlen(more),
			      STYLE_VALUE | added, kl_buffer_text(&text));
	canvas_text(canvas, row, column, strlen(more), STYLE_NOTICE | added, kl_text_of(more));
	kl_buffer_free(&text);
}

/* Of what is folded all are counted. Red or bold where something was denied. */
static void draw_count(const struct processes *processes, struct canvas *canvas, int row,
		       int column, const struct layout *layout, const struct process *process,
		       u8 added)
{
	bool all = processes_whole(processes, process);
	u64 count = all ? process->living : process->node->living, denied = 0;

	if (layout->of_log) {
		count = all ? process->records : processes_records(process->node);
		denied = all ? process->denied : process->node->records[KL_DENIED];
	}
	if (count)
		canvas_print(canvas, row, column, layout->count,
			     (denied ? STYLE_DENY : STYLE_VALUE) | added, "%*llu ",
			     layout->count - 2, (unsigned long long)count);
	else
		canvas_print(canvas, row, column, layout->count, STYLE_FAINT | added, "%*s",
			     layout->count - 2, "-");
}

#define DAY 86400000000ull

/* Without room for both, of the last day the time, otherwise the day. */
static void draw_last(const struct processes *processes, struct canvas *canvas, int row,
		      int column, const struct layout *layout, const struct process *process,
		      u8 added)
{
	bool all = processes_whole(processes, process);
	u64 last = all ? process->last : process->node->last_time, newest = 0;
	const char *format = "%Y-%m-%d %H:%M:%S";
	char text[40];
	u32 i;

	if (!last)
		return;
	for (i = 0; i < processes->count; i = processes->list[i].behind)
		newest = max(newest, processes->list[i].last);
	if (layout->last < 20)
		format = newest - last < DAY ? "%H:%M:%S" : "%y-%m-%d";
	record_moment(last, format, 0, text, sizeof(text));
	canvas_text(canvas, row, column, layout->last - 1, STYLE_FAINT | added, kl_text_of(text));
}

static void draw_row(struct editor *editor, struct canvas *canvas, int row,
		     const struct layout *layout, u32 index)
{
	struct processes *processes = editor->processes;
	const struct process *process = &processes->list[processes->shown[index]];
	const struct kl_histree_node *node = process->node;
	u8 added = index == processes->rows.cursor ? STYLE_CURSOR : 0;
	int column = layout->name;

	if (added)
		canvas_fill(canvas, row, 0, canvas->columns, STYLE_CURSOR, ' ');
	draw_name(editor, canvas, row, layout->name, process, added);
	if (node->pid)
		canvas_print(canvas, row, column, PID_WIDTH, STYLE_VALUE | added, "%7u ",
			     node->pid);
	column += PID_WIDTH;
	draw_user(processes, canvas, row, column, layout->user, node, added);
	column += layout->user;
	draw_count(processes, canvas, row, column, layout, process, added);
	column += layout->count;
	if (layout->last)
		draw_last(processes, canvas, row, column, layout, process, added);
	column += layout->last;
	draw_words(canvas, row, column, layout->domain, &node->domains, added);
	if (layout->cgroup)
		draw_words(canvas, row, column + layout->domain + 1, layout->cgroup,
			   &node->cgroups, added);
}

static void draw_heads(struct canvas *canvas, const struct layout *layout)
{
	int column = layout->name;

	canvas_text(canvas, 1, 0, layout->name - 1, STYLE_TITLE,
		    kl_text_of(layout->of_log ? "program that left records" : "program"));
	canvas_text(canvas, 1, column, PID_WIDTH, STYLE_TITLE, kl_text_of("    pid"));
	column += PID_WIDTH;
	canvas_text(canvas, 1, column, layout->user, STYLE_TITLE, kl_text_of("user"));
	column += layout->user;
	canvas_text(canvas, 1, column, layout->count, STYLE_TITLE,
		    kl_text_of(layout->of_log ? "records" : "live"));
	column += layout->count;
	canvas_text(canvas, 1, column, layout->last, STYLE_TITLE, kl_text_of("last"));
	column += layout->last;
	canvas_text(canvas, 1, column, layout->domain, STYLE_TITLE, kl_text_of("domain"));
	canvas_text(canvas, 1, column + layout->domain + 1, layout->cgroup, STYLE_TITLE,
		    kl_text_of("control group"));
}

/* Why there is none. */
static void put_empty(const struct editor *editor, struct kl_buffer *out)
{
	const struct processes *processes = editor->processes;

	if (processes->count)
		kl_buffer_puts(out, "no process matches the filter");
	else if (!processes->of_log)
		kl_buffer_printf(out, "%s; F2 shows those of the log\n", processes->failure);
	else if (!processes->records)
		kl_buffer_puts(out, "reading the log...");
	else if (kl_proc_loaded())
		kl_buffer_puts(out, "there is no record of a process in the log; F2 shows those "
				    "of the running kernel\n");
	else
		kl_buffer_printf(out, "the module kellas is not loaded (there is no %s), and no "
				      "record of a process is in the log\n",
				 kl_proc_directory());
}

static void draw_tree(struct editor *editor, struct canvas *canvas, const struct layout *layout)
{
	struct processes *processes = editor->processes;
	struct kl_buffer empty = { 0 };
	struct rows *rows = &processes->rows;
	int i;

	if (!layout->of_log && processes->failure[0] && processes->count)
		canvas_text(canvas, 1, 0, canvas->columns, STYLE_NOTICE,
			    kl_text_of(processes->failure));
	else
		draw_heads(canvas, layout);
	rows_show(rows, layout->list);
	mouse_list(editor, 2, 0, layout->list, canvas->columns, rows, 0);
	for (i = 0; i < layout->list && rows->top + i < rows->count; i++)
		draw_row(editor, canvas, 2 + i, layout, rows->top + i);
	if (rows->count)
		return;
	put_empty(editor, &empty);
	canvas_wrap(canvas, 2, 2 + layout->list, processes->count ? STYLE_FAINT : STYLE_NOTICE,
		    kl_buffer_text(&empty));
	kl_buffer_free(&empty);
}

/* -------------------------------------------------------------- one process */

static void put_history(const struct kl_histree_node *node, struct kl_buffer *out)
{
	struct kl_history *history = kl_histree_history(node);
	struct kl_history_cursor cursor;
	struct kl_program program;
	bool first = true;

	if (!history) {
		kl_buffer_puts(out, "Its history was not recorded.\n");
		return;
	}
	kl_buffer_puts(out, history->truncated ? "... => " : "");
	cursor = kl_history_walk(history);
	for (; kl_history_next(&cursor, &program); first = false) {
		kl_buffer_printf(out, "%s%s", first ? "" : " => ",
				 program.reconstructed ? "~" : "");
		kl_buffer_encode(out, program.exe);
		kl_buffer_printf(out, "(%u)", program.pid);
	}
	kl_buffer_puts(out, "\n");
	free(history);
}

static void put_since(const struct processes *processes, const struct kl_histree_node *node,
		      struct kl_buffer *out)
{
	time_t since = (processes->booted + node->started / 1000) / 1000000;
	char text[40] = "";
	struct tm tm;

	if (gmtime_r(&since, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	kl_buffer_printf(out, "Since %s UTC, %llu.%03llu s after boot", text,
			 (unsigned long long)(node->started / 1000000000),
			 (unsigned long long)(node->started / 1000000 % 1000));
	if (!node->living)
		kl_buffer_puts(out, "; no process runs it any more");
	else
		kl_buffer_printf(out, "; %llu process%s", (unsigned long long)node->living,
				 node->living == 1 ? "" : "es");
	kl_buffer_puts(out, node->reconstructed ? "; ~ older than the module.\n" : ".\n");
}

/* The log does not say when its kernel was started. */
static void put_recorded(const struct kl_histree_node *node, struct kl_buffer *out)
{
	u64 records = processes_records(node);
	char last[40];

	if (node->deduced)
		kl_buffer_puts(out, "? Known only by the record of its execution, which may have "
				    "failed later. ");
	if (node->called)
		kl_buffer_printf(out, "Executed as %s. ", node->called->text);
	if (node->started)
		kl_buffer_printf(out, "Executed %llu.%03llu s after boot; ",
				 (unsigned long long)(node->started / 1000000000),
				 (unsigned long long)(node->started / 1000000 % 1000));
	kl_buffer_printf(out, "%llu record%s", (unsigned long long)records,
			 records == 1 ? "" : "s");
	if (node->records[KL_DENIED])
		kl_buffer_printf(out, ", %llu denied",
				 (unsigned long long)node->records[KL_DENIED]);
	if (node->unenforced)
		kl_buffer_printf(out, " (%llu not enforced)",
				 (unsigned long long)node->unenforced);
	record_moment(node->last_time, "%Y-%m-%d %H:%M:%S", 0, last, sizeof(last));
	if (records)
		kl_buffer_printf(out, ", last %s", last);
	kl_buffer_puts(out, node->reconstructed ? "; ~ older than the module.\n" : ".\n");
}

static void put_set(const char *name, const struct kl_histree_words *set,
		    struct kl_buffer *out)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		kl_buffer_puts(out, i ? ", " : name);
		kl_buffer_encode(out, (struct kl_text){ set->words[i]->text,
							set->words[i]->length });
	}
	kl_buffer_puts(out, set->more ? ", ...  " : set->count ? "  " : "");
}

static void put_who(struct processes *processes, const struct kl_histree_node *node,
		    struct kl_buffer *out)
{
	u32 i;

	for (i = 0; i < node->uids.count; i++) {
		kl_buffer_puts(out, i ? ", " : "user: ");
		put_user(processes, node->uids.numbers[i], out);
		if (!processes->of_log && processes_user(processes, node->uids.numbers[i]))
			kl_buffer_printf(out, " (%llu)",
					 (unsigned long long)node->uids.numbers[i]);
	}
	kl_buffer_puts(out, node->uids.count ? "  " : "");
	put_set("domain: ", &node->domains, out);
	put_set("control group: ", &node->cgroups, out);
	kl_buffer_puts(out, "\n");
}

/* A log tells only of those that left records: that must not be overlooked. */
static int draw_missing(const struct editor *editor, struct canvas *canvas, int row)
{
	const struct record_tree *records = editor->processes->records;
	struct kl_buffer text = { 0 };
	int width;

	kl_buffer_puts(&text, editor->processes->building ? " reading " : " ");
	process_source_name(editor, &text);
	if (!editor->processes->building && records && records->tree.crowded_out)
		kl_buffer_printf(&text, ": %llu programs found no room",
				 (unsigned long long)records->tree.crowded_out);
	else if (!editor->processes->building)
		kl_buffer_puts(&text, ": who left no record is missing");
	kl_buffer_puts(&text, " ");
	width = min(canvas_width(kl_buffer_text(&text)), canvas->columns * 2 / 3);
	canvas_end(canvas, row, canvas->columns - width - 2, width, STYLE_NOTICE,
		   kl_buffer_text(&text));
	kl_buffer_free(&text);
	return width + 3;
}

static void draw_process(const struct editor *editor, struct canvas *canvas,
			 const struct layout *layout)
{
	struct processes *processes = editor->processes;
	const struct process *process = processes_here(processes);
	int row = layout->detail, end = row + layout->details;
	int width = canvas->columns - 4;
	struct kl_buffer text = { 0 };

	if (layout->of_log)
		width -= draw_missing(editor, canvas, row - 1);
	if (!process)
		return;
	processes_name(process->node, &text);
	canvas_print(canvas, row - 1, 2, width, STYLE_TITLE, " %s ", text.data);
	kl_buffer_clear(&text);
	if (process->node->kind != KL_HISTREE_ORIGIN)
		put_history(process->node, &text);
	row = canvas_wrap(canvas, row, end, STYLE_PLAIN, kl_buffer_text(&text));
	kl_buffer_clear(&text);
	if (layout->of_log)
		put_recorded(process->node, &text);
	else if (process->node->started)
		put_since(processes, process->node, &text);
	put_who(processes, process->node, &text);
	canvas_wrap(canvas, row, end, STYLE_VALUE, kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* ------------------------------------------------------- what concerns it */

static void draw_concern(const struct editor *editor, struct canvas *canvas, int row, u32 index)
{
	const struct processes *processes = editor->processes;
	const struct kl_concern *concern = &processes->concerns.list[index];
	u8 added = index == processes->concern_rows.cursor ? STYLE_CURSOR : 0;

	if (added)
		canvas_fill(canvas, row, 0, canvas->columns, STYLE_CURSOR, ' ');
	if (concern->missing >= 0)
		canvas_text(canvas, row, 0, 1, STYLE_NOTICE | added, kl_text_of("?"));
	highlight_line(canvas, row, 2, canvas->columns - 2,
		       document_line(editor->document, concern->line - 1), 0, added);
	find_matches(editor, canvas, row, 2, canvas->columns - 2,
		     document_line(editor->document, concern->line - 1), 0);
}

static void draw_list(struct editor *editor, struct canvas *canvas, const struct layout *layout)
{
	struct processes *processes = editor->processes;
	struct rows *rows = &processes->concern_rows;
	int i;

	rows_show(rows, layout->list);
	mouse_list(editor, 2, 0, layout->list, canvas->columns, rows, 0);
	canvas_print(canvas, 1, 0, canvas->columns, STYLE_TITLE, "lines that can concern %s%s",
		     processes->concern_title,
		     processes->left_out ? "; lines that are wrong left out" : "");
	for (i = 0; i < layout->list && rows->top + i < rows->count; i++)
		draw_concern(editor, canvas, 2 + i, rows->top + i);
	if (!rows->count)
		canvas_text(canvas, 2, 1, canvas->columns, STYLE_FAINT,
			    kl_text_of("no line of the policy concerns it"));
}

static void draw_line(const struct editor *editor, struct canvas *canvas,
		      const struct layout *layout)
{
	const struct processes *processes = editor->processes;
	int row = layout->detail, end = row + layout->details;
	const struct kl_concern *concern;
	char name[KL_SLOT_NAME_MAX];
	struct kl_buffer words = { 0 };

	if (!processes->concerns.count)
		return;
	concern = &processes->concerns.list[processes->concern_rows.cursor];
	canvas_print(canvas, row - 1, 2, canvas->columns - 4, STYLE_TITLE, " line %u: %s ",
		     concern->line, kl_op_table[concern->op].keyword);
	words_of_line(editor, concern->line - 1, false, &words);
	row = canvas_wrap(canvas, row, end, STYLE_VALUE, kl_buffer_text(&words));
	kl_buffer_clear(&words);
	if (concern->missing >= 0)
		kl_buffer_printf(&words,
				 "? Whether it concerns the process depends on %s, of which "
				 "nothing, or more than one value, is known.\n",
				 kl_slot_name(concern->op, concern->missing, name));
	kl_buffer_puts(&words, "Enter goes to the line.");
	canvas_wrap(canvas, row, end, STYLE_FAINT, kl_buffer_text(&words));
	kl_buffer_free(&words);
}

void processes_draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct layout layout = lay_out(canvas, rows, editor->processes->of_log);

	processes_update(editor);
	if (layout.details)
		canvas_fill(canvas, layout.detail - 1, 0, canvas->columns, STYLE_FAINT,
			    LINE_ACROSS);
	if (editor->processes->listing)
		draw_list(editor, canvas, &layout);
	else
		draw_tree(editor, canvas, &layout);
	if (layout.details && editor->processes->listing)
		draw_line(editor, canvas, &layout);
	else if (layout.details)
		draw_process(editor, canvas, &layout);
}
