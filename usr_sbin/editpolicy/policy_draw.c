// SPDX-License-Identifier: GPL-2.0
/* The picture of the policy. */
#include "engine/lex.h"
#include "find.h"
#include "highlight.h"
#include "policy_draw.h"
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
 */
struct layout {
	int panes, left, detail, details;
};

static struct layout lay_out(const struct canvas *canvas, int rows)
{
	struct layout layout;

	layout.details = canvas->rows >= 40 ? 8 : canvas->rows >= 20 ? 5 : 0;
	layout.left = canvas->columns * 3 / 10;
	layout.left = layout.left > 50 ? 50 : layout.left;
	layout.panes = rows - (layout.details ? layout.details + 1 : 0);
	layout.panes = max(layout.panes, 1);
	layout.detail = 1 + layout.panes + 1;
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
	column += canvas_print(canvas, 0, column, canvas->columns - column - 1, STYLE_BAR,
			       "%u blocks, %u rules", blocks, rules);
	if (outline->error_count)
		canvas_print(canvas, 0, column + 2, canvas->columns - column - 3, STYLE_ERROR,
			     "%u wrong", outline->error_count);
}

/* ------------------------------------------------------------ the left pane */

static const char *heading_name(u8 heading)
{
	static const char *const kinds[] = {
		[OUTLINE_RULE_GROUP] = "rule groups",
		[OUTLINE_STRING_GROUP] = "string groups",
		[OUTLINE_NUMBER_GROUP] = "number groups",
		[OUTLINE_IP_GROUP] = "address groups",
		[OUTLINE_SETTINGS] = "settings",
	};

	return heading < KL_OP_COUNT ? kl_op_table[heading].keyword :
				       kinds[heading - KL_OP_COUNT];
}

static void draw_node(const struct editor *editor, struct canvas *canvas, int row, int width,
		      const struct outline_node *node, u8 added)
{
	int column = 2;

	(void)editor;
	if (node->wrong)
		canvas_text(canvas, row, 0, 1, STYLE_ERROR | added, kl_text_of("!"));
	else if (node->permissive)
		canvas_text(canvas, row, 0, 1, STYLE_NOTICE | added, kl_text_of("~"));
	if (node->kind == OUTLINE_BLOCK)
		column += canvas_print(canvas, row, column, width - column,
				       (node->denies ? STYLE_DENY : STYLE_ALLOW) | added, "%u ",
				       node->priority);
	if (node->label.length)
		column += canvas_print(canvas, row, column, width - column, STYLE_TITLE | added,
				       "%.*s ", (int)node->label.length, node->label.data);
	highlight_line(canvas, row, column, width - column,
		       node->title.length ? node->title :
		       node->kind == OUTLINE_BLOCK ? kl_text_of("(any)") :
						     kl_text_of("quotas, mode"),
		       0, added);
}

static void draw_left_row(const struct editor *editor, struct canvas *canvas, int row,
			  int width, u32 index)
{
	const struct node_row *what = &editor->left[index];
	bool cursor = index == editor->left_rows.cursor;
	u8 added = cursor && editor->focus == PANE_NODES ? STYLE_CURSOR : 0;

	if (added)
		canvas_fill(canvas, row, 0, width, STYLE_CURSOR, ' ');
	switch (what->kind) {
	case ROW_ALL:
		canvas_print(canvas, row, 0, width, STYLE_TITLE | added, "whole text (%u)",
			     editor->outline.count);
		break;
	case ROW_HEADING:
		canvas_print(canvas, row, 0, width, STYLE_KEYWORD | added, "%s %s (%u)",
			     editor->folded[what->heading] ? "+" : "-",
			     heading_name(what->heading), what->node);
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

	rows_show(rows, layout->panes);
	for (i = 0; i < layout->panes; i++) {
		if (rows->top + i < rows->count)
			draw_left_row(editor, canvas, 1 + i, layout->left, rows->top + i);
		canvas_fill(canvas, 1 + i, layout->left, 1, STYLE_FAINT, LINE_DOWN);
	}
}

/* ----------------------------------------------------------- the right pane */

static void draw_right_row(const struct editor *editor, struct canvas *canvas, int row,
			   int column, u32 index)
{
	u32 line = editor->right[index];
	bool cursor = index == editor->right_rows.cursor && editor->focus == PANE_LINES;
	u8 added = (cursor ? STYLE_CURSOR : 0) | (editor->marked[line] ? STYLE_MARKED : 0);
	int width = canvas->columns - column;

	if (added)
		canvas_fill(canvas, row, column, width, added, ' ');
	if (editor->outline.lines[line].wrong)
		canvas_text(canvas, row, column, 1, STYLE_ERROR | added, kl_text_of("!"));
	else if (editor->marked[line])
		canvas_text(canvas, row, column, 1, STYLE_NOTICE | added, kl_text_of("*"));
	highlight_line(canvas, row, column + 1, width - 1, document_line(editor->document, line),
		       editor->right_scroll, added);
	find_matches(editor, canvas, row, column + 1, width - 1, line, editor->right_scroll);
}

static void draw_right(struct editor *editor, struct canvas *canvas, const struct layout *layout)
{
	struct rows *rows = &editor->right_rows;
	int i;

	rows_show(rows, layout->panes);
	for (i = 0; i < layout->panes && rows->top + i < rows->count; i++)
		draw_right_row(editor, canvas, 1 + i, layout->left + 1, rows->top + i);
	if (!rows->count)
		canvas_text(canvas, 1, layout->left + 2, canvas->columns, STYLE_FAINT,
			    kl_text_of(editor->filter.length ? "no line matches the filter" :
							       "empty; a adds a line"));
}

/* ---------------------------------------------------------------- the detail */

/* Bytes that fit into a row: up to a newline, or the last blank before the edge. */
static size_t row_length(struct kl_text text, int columns)
{
	struct kl_text rest = text;
	size_t at = 0, blank = 0;
	int width;

	while (rest.length && rest.data[0] != '\n') {
		if (rest.data[0] == ' ')
			blank = at;
		canvas_character(&rest, &width);
		columns -= width;
		if (columns < 0)
			return blank ?: at;
		at = text.length - rest.length;
	}
	return at;
}

/* Return: the row behind it. */
static int draw_wrapped(struct canvas *canvas, int row, int end, u8 style, struct kl_text text)
{
	int columns = max(canvas->columns - 2, 4);
	size_t length;

	for (; text.length && row < end; row++) {
		length = row_length(text, columns);
		canvas_text(canvas, row, 1, columns, style, kl_text_head(text, length));
		text = kl_text_from(text, length);
		if (text.length && (text.data[0] == ' ' || text.data[0] == '\n'))
			text = kl_text_from(text, 1);
	}
	return row;
}

static void draw_detail(const struct editor *editor, struct canvas *canvas,
			const struct layout *layout)
{
	int row = layout->detail, end = row + layout->details;
	s64 line = editor_line(editor);
	struct kl_buffer words = { 0 };
	struct kl_text text;

	canvas_fill(canvas, row - 1, 0, canvas->columns, STYLE_FAINT, LINE_ACROSS);
	canvas_fill(canvas, row - 1, layout->left, 1, STYLE_FAINT, LINE_CROSS);
	if (line < 0)
		return;
	canvas_print(canvas, row - 1, 2, layout->left - 3, STYLE_TITLE, " line %u ",
		     (u32)line + 1);
	text = document_line(editor->document, line);
	text = kl_text_from(text, strspn(text.data, " \t"));
	if (words_decoded(text, &words))
		kl_buffer_puts(&words, "\n");
	else
		kl_buffer_clear(&words);
	row = draw_wrapped(canvas, row, end, STYLE_PLAIN, text);
	row = draw_wrapped(canvas, row, end, STYLE_FAINT, kl_buffer_text(&words));
	kl_buffer_clear(&words);
	words_of_line(editor, line, &words);
	draw_wrapped(canvas, row, end,
		     editor->outline.lines[line].wrong ? STYLE_ERROR : STYLE_VALUE,
		     kl_buffer_text(&words));
	kl_buffer_free(&words);
}

void policy_draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct layout layout = lay_out(canvas, rows);

	draw_left(editor, canvas, &layout);
	draw_right(editor, canvas, &layout);
	if (layout.details)
		draw_detail(editor, canvas, &layout);
}
