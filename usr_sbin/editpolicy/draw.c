// SPDX-License-Identifier: GPL-2.0
/* The picture of the editor: what all views have in common. */
#include "dialog.h"
#include "live.h"
#include "mouse.h"
#include "view.h"

/* What reaches behind @end, where the names of the views stand, ends before it. */
static void cut_title(struct canvas *canvas, int end)
{
	int column = end;

	while (column < canvas->columns && canvas->cells[column].character == ' ')
		column++;
	if (column < canvas->columns)
		canvas_cut(canvas, 0, end - 1, STYLE_BAR);
	canvas_fill(canvas, 0, end, canvas->columns - end, STYLE_BAR, ' ');
}

/* A long name leaves room for what is said of it: its end is seen. */
static void draw_title(struct editor *editor, struct canvas *canvas)
{
	int column, width = view_tabs_column(editor, canvas) - 2;
	u64 left = live_left(editor);
	char state[60], trial[40] = "";

	snprintf(state, sizeof(state), "%s%s%s",
		 document_changed(editor->document) ? " [changed]" : "",
		 live_is_document(editor) && editor->live->foreign ? " [not what runs]" : "",
		 editor->readonly ? " [read only]" : "");
	if (left)
		snprintf(trial, sizeof(trial), " [trial %llu s]", (unsigned long long)left);
	width -= strlen(state) + strlen(trial);
	canvas_fill(canvas, 0, 0, canvas->columns, STYLE_BAR, ' ');
	column = 1 + canvas_end(canvas, 0, 1, max(width, 8), STYLE_BAR,
				kl_text_of(editor_title(editor)));
	column += canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR, "%s", state);
	column += canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR_KEY, "%s",
			       trial);
	editor_view(editor)->title(editor, canvas, column + 2);
	cut_title(canvas, view_tabs_column(editor, canvas));
	view_tabs(editor, canvas);
}

/* Above what is asked, it is not in its way. */
static void draw_message(struct editor *editor, struct canvas *canvas)
{
	static const u8 rows[] = { [DIALOG_NONE] = 2, [DIALOG_PROMPT] = 5, [DIALOG_QUESTION] = 3 };
	int row = canvas->rows - rows[editor->dialog.kind];

	if (!editor->message[0])
		return;
	canvas_fill(canvas, row, 0, canvas->columns, STYLE_PLAIN, ' ');
	canvas_text(canvas, row, 0, canvas->columns, editor->message_style,
		    kl_text_of(editor->message));
}

void editor_draw(struct editor *editor, struct canvas *canvas)
{
	canvas_clear(canvas);
	mouse_forget(editor);
	draw_title(editor, canvas);
	editor_view(editor)->draw(editor, canvas, canvas->rows - 3);
	dialog_draw(editor, canvas);
	if (editor->dialog.kind != DIALOG_PAGER)
		draw_message(editor, canvas);
	if (editor->dialog.kind != DIALOG_NONE)
		dialog_bar(editor, canvas, canvas->rows - 1);
	else
		action_bar(editor, canvas, canvas->rows - 1);
}
