// SPDX-License-Identifier: GPL-2.0
/* Turning from view to view. */
#include "mouse.h"
#include "view.h"

const struct view *const views[] = {
	[VIEW_POLICY] = &policy_view,
	[VIEW_LOG] = &log_view,
	[VIEW_DECISIONS] = &decisions_view,
	[VIEW_PROCESSES] = &process_view,
	NULL,
};

const struct view *const view_fronts[] = {
	&changes_view,
	&detail_view,
	&why_view,
	&making_view,
	NULL,
};

const struct view *editor_view(const struct editor *editor)
{
	return editor->front ?: views[editor->view];
}

void view_appears(struct editor *editor)
{
	const struct view *view = editor_view(editor);

	if (view->waiting && view->waiting(editor))
		editor->fresh = true;
}

void view_front(struct editor *editor, const struct view *view)
{
	if (view != editor->front)
		editor->behind = view ? editor->front : NULL;
	editor->front = view;
	if (view && view->tick)
		view->tick(editor);
	view_appears(editor);
}

void view_back(struct editor *editor)
{
	const struct view *behind = editor->behind;

	view_front(editor, NULL);
	if (behind)
		view_front(editor, behind);
}

bool view_turn(struct editor *editor, u32 number)
{
	if (number >= ARRAY_SIZE(views) - 1)
		return false;
	editor->view = number;
	editor->front = editor->behind = NULL;
	if (views[number]->tick)
		views[number]->tick(editor);
	view_appears(editor);
	return true;
}

void view_tick(struct editor *editor)
{
	u32 i;

	for (i = 0; views[i]; i++)
		if (views[i]->tick)
			views[i]->tick(editor);
	if (editor->front && editor->front->tick)
		editor->front->tick(editor);
}

bool view_work(struct editor *editor)
{
	bool more = false;
	u32 i;

	for (i = 0; views[i]; i++)
		if (views[i]->work)
			more |= views[i]->work(editor);
	if (editor->front && editor->front->work)
		more |= editor->front->work(editor);
	return more;
}

/* Columns that the title needs to say what is edited, and that it is changed. */
#define TITLE_ROOM 24

/* Return: columns. */
static int draw_waiting(const struct editor *editor, struct canvas *canvas, int column,
			const struct view *view)
{
	u32 waiting = view->waiting ? view->waiting(editor) : 0;

	if (!waiting)
		return 0;
	return canvas_print(canvas, 0, column, canvas->columns - column, STYLE_NOTICE,
			    "%u waiting ", waiting);
}

/* Of one in the row of names. */
static int tab_width(const struct editor *editor, u32 i, bool named)
{
	u32 waiting = views[i]->waiting ? views[i]->waiting(editor) : 0;

	return 3 + (named ? strlen(views[i]->name) : 0) +
	       (waiting ? snprintf(NULL, 0, "%u waiting ", waiting) : 0);
}

static int tabs_width(const struct editor *editor, bool named)
{
	int width = 0;
	u32 i;

	for (i = 0; views[i]; i++)
		width += tab_width(editor, i, named);
	return width;
}

/* On a narrow screen they are but numbers. */
static bool are_named(const struct editor *editor, const struct canvas *canvas)
{
	return canvas->columns - tabs_width(editor, true) >= TITLE_ROOM;
}

int view_tabs_column(const struct editor *editor, const struct canvas *canvas)
{
	return max(canvas->columns - tabs_width(editor, are_named(editor, canvas)), 0);
}

void view_tabs(struct editor *editor, struct canvas *canvas)
{
	int column = view_tabs_column(editor, canvas), used;
	bool named = are_named(editor, canvas);
	u32 i;

	for (i = 0; views[i]; i++, column += used) {
		used = canvas_print(canvas, 0, column, canvas->columns - column,
				    i == editor->view ? STYLE_BAR_KEY : STYLE_BAR, " %u%s ",
				    i + 1, named ? views[i]->name : "");
		used += draw_waiting(editor, canvas, column + used, views[i]);
		mouse_key(editor, 0, column, used, '1' + i);
	}
}
