// SPDX-License-Identifier: GPL-2.0
/* Turning from view to view. */
#include "mouse.h"
#include "view.h"

const struct view *const views[] = {
	[VIEW_POLICY] = &policy_view,
	[VIEW_PROCESSES] = &process_view,
	NULL,
};

const struct view *editor_view(const struct editor *editor)
{
	return views[editor->view];
}

bool view_turn(struct editor *editor, u32 number)
{
	if (number >= ARRAY_SIZE(views) - 1)
		return false;
	editor->view = number;
	if (views[number]->tick)
		views[number]->tick(editor);
	return true;
}

void view_tick(struct editor *editor)
{
	u32 i;

	for (i = 0; views[i]; i++)
		if (views[i]->tick)
			views[i]->tick(editor);
}

int view_tabs(struct editor *editor, struct canvas *canvas)
{
	int width = 0, column, used;
	u32 i;

	for (i = 0; views[i]; i++)
		width += strlen(views[i]->name) + 3;
	column = max(canvas->columns - width, 0);
	for (width = column, i = 0; views[1] && views[i]; i++, width += used) {
		used = canvas_print(canvas, 0, width, canvas->columns - width,
				    i == editor->view ? STYLE_BAR_KEY : STYLE_BAR, " %u%s ",
				    i + 1, views[i]->name);
		mouse_key(editor, 0, width, used, '1' + i);
	}
	return column;
}
