// SPDX-License-Identifier: GPL-2.0
/* The picture of the editor: what all views have in common. */
#include "dialog.h"
#include "live.h"
#include "mouse.h"
#include "view.h"

static void draw_title(struct editor *editor, struct canvas *canvas)
{
	u64 left = live_left(editor);
	int column;

	canvas_fill(canvas, 0, 0, canvas->columns, STYLE_BAR, ' ');
	column = 1 + canvas_print(canvas, 0, 1, canvas->columns - 2, STYLE_BAR, "%s%s%s",
				  editor_title(editor),
				  document_changed(editor->document) ? " [changed]" : "",
				  editor->readonly ? " [read only]" : "");
	if (left)
		column += canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR_KEY,
				       " [trial %llu s]", (unsigned long long)left);
	editor_view(editor)->title(editor, canvas, column + 2);
	view_tabs(editor, canvas);
}

void editor_draw(struct editor *editor, struct canvas *canvas)
{
	canvas_clear(canvas);
	mouse_forget(editor);
	draw_title(editor, canvas);
	editor_view(editor)->draw(editor, canvas, canvas->rows - 3);
	canvas_text(canvas, canvas->rows - 2, 0, canvas->columns, editor->message_style,
		    kl_text_of(editor->message));
	dialog_draw(editor, canvas);
	if (editor->dialog.kind == DIALOG_PROMPT && editor->message[0])
		canvas_text(canvas, canvas->rows - 5, 0, canvas->columns, editor->message_style,
			    kl_text_of(editor->message));
	if (editor->dialog.kind != DIALOG_PAGER)
		action_bar(editor, canvas, canvas->rows - 1);
}
