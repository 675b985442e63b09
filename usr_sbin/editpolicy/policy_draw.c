// SPDX-License-Identifier: GPL-2.0
/* The picture of the policy. */
#include "detail.h"
#include "find.h"
#include "findings.h"
#include "highlight.h"
#include "left.h"
#include "live.h"
#include "mouse.h"
#include "policy_draw.h"
#include "samples_draw.h"
#include "words.h"

#define LINE_DOWN  0x2502
#define LINE_ACROSS 0x2500
#define LINE_CROSS 0x2534

/**
 * struct layout - where everything is
 * @panes: rows of both panes, from row 1 on
 * @left: columns of the left pane; a line stands behind it
 * @detail: first row of the detail, a line stands above it
 * @details: rows of it
 * @hits: counters, or NULL
 * @counts: columns for them on the left of the right pane
 */
struct layout {
	int panes, left, detail, details;
	const struct hits *hits;
	int counts;
};

/* Columns of a counter, and of when it rose last. */
#define COUNT_WIDTH 5
#define AGO_WIDTH 4

static struct layout lay_out(struct editor *editor, const struct canvas *canvas, int rows)
{
	struct layout layout;

	layout.details = canvas->rows >= 40 ? 8 : canvas->rows >= 20 ? 5 : 0;
	layout.left = canvas->columns * (editor->by_subject ? 4 : 3) / 10;
	layout.left = min(layout.left, editor->by_subject ? 70 : 50);
	layout.panes = rows - (layout.details ? layout.details + 1 : 0);
	layout.panes = max(layout.panes, 1);
	layout.detail = 1 + layout.panes + 1;
	layout.hits = live_hits(editor);
	layout.counts = !layout.hits		? 0 :
			canvas->columns >= 110	? COUNT_WIDTH + 1 + AGO_WIDTH :
						  COUNT_WIDTH;
	return layout;
}

void policy_title(const struct editor *editor, struct canvas *canvas, int column)
{
	const struct outline *outline = &editor->outline;
	u32 i, blocks = 0, rules = 0;

	for (i = 0; i < outline->node_count; i++)
		blocks += outline->nodes[i].kind == OUTLINE_BLOCK;
	for (i = 0; i < outline->count; i++)
		rules += outline->lines[i].kind == KL_STATEMENT_RULE;
	if (outline->error_count)
		column += 2 + canvas_print(canvas, 0, column, canvas->columns - column,
					   STYLE_ERROR, "%u wrong", outline->error_count);
	column += canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR,
			       "%u block%s, %u rule%s", blocks, blocks == 1 ? "" : "s", rules,
			       rules == 1 ? "" : "s");
	if (findings_percent(editor) >= 0)
		canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR,
			     ", linting: %d %%", findings_percent(editor));
}

/* ------------------------------------------------------------ the left pane */

static void draw_node(const struct editor *editor, struct canvas *canvas, int row, int width,
		      const struct outline_node *node, u8 added)
{
	struct kl_text title = node->title.length	   ? node->title :
			       node->kind == OUTLINE_BLOCK ? kl_text_of("(any)") :
							     kl_text_of("quotas, mode");
	int column = 2;

	if (node->wrong)
		canvas_text(canvas, row, 0, 1, STYLE_ERROR | added, kl_text_of("!"));
	else if (node->permissive)
		canvas_text(canvas, row, 0, 1, STYLE_NOTICE | added, kl_text_of("~"));
	if (node->kind == OUTLINE_BLOCK)
		column += canvas_print(canvas, row, column, width - column,
				       (node->denies ? STYLE_DENY : STYLE_ALLOW) | added, "%u ",
				       node->priority);
	if (node->label.length) {
		canvas_print(canvas, row, column, width - column, STYLE_TITLE | added, "%.*s ",
			     (int)node->label.length, node->label.data);
		find_matches(editor, canvas, row, column, width - column, node->label, 0);
		column += canvas_width(node->label) + 1;
	}
	highlight_line(canvas, row, column, width - column, title, 0, added);
	if (node->title.length)
		find_matches(editor, canvas, row, column, width - column, title, 0);
}

/* At the right edge. Return: columns left for what stands before. */
static int draw_at_edge(struct canvas *canvas, int row, int width, const char *text, u8 style)
{
	int length = strlen(text);

	if (length + 2 > width)
		return width;
	canvas_text(canvas, row, width - length, length, style, kl_text_of(text));
	return width - length - 1;
}

/* Is there anything, but nothing that the running policy has? */
static bool is_new(const struct editor *editor, const struct hits *hits,
		   const struct node_row *what, const struct hits_sum *sum)
{
	const struct outline_node *node = &editor->outline.nodes[what->node];

	if (what->kind == ROW_SUBJECT)
		return !sum->counted;
	return what->kind == ROW_NODE && node->count && hits_is_new(hits, node->lines[0]);
}

/* Return: as draw_at_edge(). */
static int draw_left_sum(const struct editor *editor, struct canvas *canvas, int row, int width,
			 const struct hits *hits, const struct node_row *what, u8 added)
{
	char text[HITS_TEXT];
	struct hits_sum sum;
	u8 style;

	if (!hits || !left_sum(editor, hits, what, &sum))
		return width;
	if (is_new(editor, hits, what, &sum))
		return draw_at_edge(canvas, row, width, "new", STYLE_NOTICE | added);
	style = sum.counts[KL_TALLY_DENIED] ? STYLE_DENY :
		sum.counts[KL_TALLY_HITS]   ? STYLE_VALUE :
					      STYLE_FAINT;
	hits_count(sum.counts[KL_TALLY_HITS], text);
	return draw_at_edge(canvas, row, width, text, style | added);
}

/* In parentheses: no line asks for it, only for something below; > a transition leads there. */
static void draw_subject(const struct editor *editor, struct canvas *canvas, int row, int width,
			 const struct subject *subject, u8 added)
{
	u32 number = subject - editor->subjects.list;
	bool kind = !subject->depth, folds = subject->behind > number + 1;
	struct node_row what = { .kind = ROW_SUBJECT, .node = number };
	int column = min(2 + 2 * (int)subject->depth, width / 2), length, used;
	struct kl_buffer name = { 0 };
	char count[16];

	snprintf(count, sizeof(count), " (%u)",
		 left_whole(editor, number) ? subject->below : subject->rules);
	if (subject->entered)
		canvas_text(canvas, row, 0, 1, STYLE_NOTICE | added, kl_text_of(">"));
	if (folds)
		canvas_text(canvas, row, column - 2, 1, STYLE_KEYWORD | added,
			    kl_text_of(left_folded(editor, &what) ? "+" : "-"));
	kl_buffer_printf(&name, subject->named || kind ? "%s" : "(%s)", subject->name);
	length = strlen(count);
	width -= length;
	used = canvas_end(canvas, row, column, width - column,
			     (kind ? STYLE_KEYWORD : subject->named ? STYLE_PLAIN : STYLE_FAINT) |
				     added,
			     kl_buffer_text(&name));
	if (canvas_width(kl_buffer_text(&name)) <= width - column)
		find_matches(editor, canvas, row, column, width - column, kl_buffer_text(&name),
			     0);
	canvas_text(canvas, row, column + used, length, STYLE_FAINT | added, kl_text_of(count));
	kl_buffer_free(&name);
}

/* Below the left pane, or where nothing is below: that it is filtered, and by what. */
static void draw_left_filter(const struct editor *editor, struct canvas *canvas, int row,
			     int column, int width)
{
	if (match_is_set(&editor->left_filter))
		canvas_print(canvas, row, column, width, STYLE_NOTICE, " only %s ",
			     editor->left_filter.pattern.data);
}

static void draw_left_row(const struct editor *editor, struct canvas *canvas, int row,
			  int width, u32 index, const struct hits *hits)
{
	const struct node_row *what = &editor->left[index];
	bool cursor = index == editor->left_rows.cursor;
	u8 added = cursor && editor->focus == PANE_NODES ? STYLE_CURSOR : 0;

	if (added)
		canvas_fill(canvas, row, 0, width, STYLE_CURSOR, ' ');
	width = draw_left_sum(editor, canvas, row, width, hits, what, added);
	switch (what->kind) {
	case ROW_ALL:
		canvas_print(canvas, row, 0, width, STYLE_TITLE | added, "whole text (%u)",
			     editor->outline.count);
		break;
	case ROW_HEADING:
		canvas_print(canvas, row, 0, width, STYLE_KEYWORD | added, "%s %s (%u)",
			     left_folded(editor, what) ? "+" : "-",
			     left_heading_name(what->heading), what->node);
		find_matches(editor, canvas, row, 2, width - 2,
			     kl_text_of(left_heading_name(what->heading)), 0);
		break;
	case ROW_SUBJECT:
		draw_subject(editor, canvas, row, width, &editor->subjects.list[what->node],
			     added);
		break;
	case ROW_NODE:
		draw_node(editor, canvas, row, width, &editor->outline.nodes[what->node], added);
		break;
	}
	if (cursor && !added)
		canvas_restyle(canvas, row, 0, width, STYLE_TITLE);
}

static void draw_left(struct editor *editor, struct canvas *canvas, const struct layout *layout)
{
	struct rows *rows = &editor->left_rows;
	int i;

	if (layout->hits && editor->by_subject)
		subjects_add_up(&editor->subjects, &editor->outline, layout->hits);
	rows_show(rows, layout->panes);
	mouse_list(editor, 1, 0, layout->panes, layout->left, rows, PANE_NODES);
	for (i = 0; i < layout->panes; i++) {
		if (rows->top + i < rows->count)
			draw_left_row(editor, canvas, 1 + i, layout->left, rows->top + i,
				      layout->hits);
		canvas_fill(canvas, 1 + i, layout->left, 1, STYLE_FAINT, LINE_DOWN);
	}
	if (rows->count == 1 && match_is_set(&editor->left_filter))
		canvas_text(canvas, 2, 2, layout->left - 2, STYLE_FAINT,
			    kl_text_of("nothing matches"));
	if (!layout->details)
		draw_left_filter(editor, canvas, layout->panes, 0, layout->left);
}

/* ----------------------------------------------------------- the right pane */

/* Hits, and where there is room, when the last one was. */
static void draw_counts(const struct editor *editor, struct canvas *canvas, int row, int column,
			const struct layout *layout, u32 line, u8 added)
{
	const struct kl_tally_row *counted = hits_row(layout->hits, line);
	char hits[HITS_TEXT] = "", ago[HITS_TEXT] = "";
	u8 style = STYLE_FAINT;

	if (counted && !kl_text_is(counted->kind, "group")) {
		hits_count(counted->counts[KL_TALLY_HITS], hits);
		hits_ago(counted->last, editor_now(editor) * 1000, ago);
		style = counted->counts[KL_TALLY_DENIED] ? STYLE_DENY :
			counted->counts[KL_TALLY_HITS]	 ? STYLE_VALUE :
							   STYLE_FAINT;
	} else if (hits_is_new(layout->hits, line)) {
		strcpy(hits, "new");
		style = STYLE_NOTICE;
	}
	canvas_print(canvas, row, column, COUNT_WIDTH, style | added, "%*s", COUNT_WIDTH, hits);
	if (layout->counts > COUNT_WIDTH)
		canvas_print(canvas, row, column + COUNT_WIDTH + 1, AGO_WIDTH,
			     STYLE_FAINT | added, "%*s", AGO_WIDTH, ago);
}

static void draw_right_row(const struct editor *editor, struct canvas *canvas, int row,
			   const struct layout *layout, u32 index)
{
	u32 line = editor->right[index];
	bool cursor = index == editor->right_rows.cursor && editor->focus == PANE_LINES;
	u8 added = (cursor ? STYLE_CURSOR : 0) | (editor->marked[line] ? STYLE_MARKED : 0);
	int column = layout->left + 1, width = canvas->columns - column;

	if (added)
		canvas_fill(canvas, row, column, width, added, ' ');
	if (layout->hits)
		draw_counts(editor, canvas, row, column, layout, line, added);
	column += layout->counts;
	width -= layout->counts;
	if (editor->outline.lines[line].wrong || live_refused(editor, line))
		canvas_text(canvas, row, column, 1, STYLE_ERROR | added, kl_text_of("!"));
	else if (editor->marked[line])
		canvas_text(canvas, row, column, 1, STYLE_NOTICE | added, kl_text_of("*"));
	else if (findings_level(editor, line) >= 0)
		canvas_text(canvas, row, column, 1,
			    (findings_level(editor, line) ? STYLE_NOTICE : STYLE_FAINT) | added,
			    kl_text_of("?"));
	highlight_line(canvas, row, column + 1, width - 1, document_line(editor->document, line),
		       editor->right_scroll, added);
	find_matches(editor, canvas, row, column + 1, width - 1,
		     document_line(editor->document, line), editor->right_scroll);
}

static void draw_right(struct editor *editor, struct canvas *canvas, const struct layout *layout)
{
	struct rows *rows = &editor->right_rows;
	int i;

	rows_show(rows, layout->panes);
	mouse_list(editor, 1, layout->left + 1, layout->panes, canvas->columns, rows, PANE_LINES);
	for (i = 0; i < layout->panes && rows->top + i < rows->count; i++)
		draw_right_row(editor, canvas, 1 + i, layout, rows->top + i);
	if (!rows->count)
		canvas_text(canvas, 1, layout->left + 2, canvas->columns, STYLE_FAINT,
			    kl_text_of(match_is_set(&editor->filter) ?
					       "no line matches the filter" :
					       "empty; a adds a line"));
}

/* ---------------------------------------------------------------- the detail */

static void put_counters(const struct hits_sum *sum, u64 now, struct kl_buffer *out)
{
	static const char *const names[] = { NULL, "denied", "denied but not enforced",
					     "records lost" };
	char ago[HITS_TEXT];
	u32 i;

	hits_ago(sum->last, now, ago);
	kl_buffer_printf(out, "%llu hits", (unsigned long long)sum->counts[KL_TALLY_HITS]);
	for (i = KL_TALLY_DENIED; i <= KL_TALLY_LOST; i++)
		if (sum->counts[i])
			kl_buffer_printf(out, ", %llu %s", (unsigned long long)sum->counts[i],
					 names[i]);
	if (ago[0])
		kl_buffer_printf(out, ", last %s ago", ago);
}

/*
 * What the kernel counts of the line, or of all that the row on the left stands for,
 * in the row above the detail.
 */
static void draw_counters(const struct editor *editor, struct canvas *canvas, int row,
			  const struct layout *layout, s64 line)
{
	struct kl_buffer text = { 0 };
	struct hits_sum sum = { 0 };

	if (editor->focus == PANE_NODES &&
	    left_sum(editor, layout->hits, editor_node_row(editor), &sum))
		kl_buffer_puts(&text, "in all ");
	else if (line >= 0)
		hits_add(layout->hits, line, &sum);
	if (sum.counted)
		put_counters(&sum, editor_now(editor) * 1000, &text);
	else if (sum.unknown) {
		kl_buffer_clear(&text);
		kl_buffer_puts(&text, "not in the running policy");
	} else {
		kl_buffer_clear(&text);
	}
	if (text.length)
		canvas_print(canvas, row, layout->left + 2, canvas->columns, STYLE_TITLE, " %s ",
			     text.data);
	kl_buffer_free(&text);
}

/* Of the tree only the last part of a name is seen: here is all of it. */
static int draw_pattern(const struct editor *editor, struct canvas *canvas, int row, int end)
{
	const struct node_row *what = editor_node_row(editor);
	struct kl_buffer text = { 0 };

	if (what->kind != ROW_SUBJECT || editor->focus != PANE_NODES)
		return row;
	subject_pattern(&editor->subjects, what->node, &text);
	row = canvas_wrap(canvas, row, end, STYLE_TITLE, kl_buffer_text(&text));
	kl_buffer_free(&text);
	return row;
}

/* What is done to all marked lines is done to those out of sight, too. */
static void draw_chosen(const struct editor *editor, struct canvas *canvas, int row)
{
	struct kl_buffer text = { 0 };
	u32 i, marked = 0;

	for (i = 0; i < editor->outline.count; i++)
		marked += editor->marked[i];
	if (marked)
		kl_buffer_printf(&text, " %u marked ", marked);
	if (match_is_set(&editor->filter))
		kl_buffer_puts(&text, " filtered ");
	if (text.length)
		canvas_text(canvas, row, canvas->columns - (int)text.length - 2, text.length,
			    STYLE_NOTICE, kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* The row between the panes and the detail. */
static void draw_ruler(const struct editor *editor, struct canvas *canvas,
		       const struct layout *layout, s64 line)
{
	int row = layout->detail - 1, column = 2;

	canvas_fill(canvas, row, 0, canvas->columns, STYLE_FAINT, LINE_ACROSS);
	canvas_fill(canvas, row, layout->left, 1, STYLE_FAINT, LINE_CROSS);
	if (line >= 0)
		column += canvas_print(canvas, row, column, layout->left - 3, STYLE_TITLE,
				       " line %u ", (u32)line + 1);
	draw_left_filter(editor, canvas, row, column, layout->left - column);
	if (layout->hits)
		draw_counters(editor, canvas, row, layout, line);
	draw_chosen(editor, canvas, row);
}

/**
 * struct piece - where pieces of the detail are drawn
 * @canvas: into which
 * @row, @end: the next row, and the one behind the last
 */
struct piece {
	struct canvas *canvas;
	int row, end;
};

static void draw_piece(void *context, u8 style, struct kl_text text)
{
	struct piece *piece = context;

	piece->row = canvas_wrap(piece->canvas, piece->row, piece->end, style, text);
}

/* However much is said of the line, something is said of what it decides. */
static void draw_detail(struct editor *editor, struct canvas *canvas,
			const struct layout *layout)
{
	int row = layout->detail, end = row + layout->details;
	s64 line = editor_line(editor);
	struct piece piece;

	draw_ruler(editor, canvas, layout, line);
	row = draw_pattern(editor, canvas, row, end);
	if (line < 0)
		return;
	piece = (struct piece){ canvas, row, end - samples_rows(editor, line) };
	detail_of_line(editor, line, false, draw_piece, &piece);
	samples_draw(editor, canvas, piece.row, end, line);
}

void policy_draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct layout layout = lay_out(editor, canvas, rows);

	findings_refresh(editor);
	draw_left(editor, canvas, &layout);
	draw_right(editor, canvas, &layout);
	if (layout.details)
		draw_detail(editor, canvas, &layout);
}
