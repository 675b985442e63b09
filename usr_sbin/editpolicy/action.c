// SPDX-License-Identifier: GPL-2.0
/* What keys do, and how that is told. */
#include "decisions.h"
#include "dialog.h"
#include "key.h"
#include "mouse.h"
#include "store.h"
#include "view.h"

static void run_help(struct editor *editor)
{
	struct kl_buffer text = { 0 };

	action_help(editor_view(editor), &text);
	dialog_pager(editor, "kellas-editpolicy: keys", &text);
}

static const struct action common_actions[] = {
	{ "Help", { K_F1, '?' }, "this list", false, run_help },
	{ "Quit", { K_F10, 'q' }, "quit; asks if there are changes", false, store_quit },
	{ 0 },
};

static void run_repaint(struct editor *editor)
{
	editor->repaint = true;
}

/* What waits for an answer would wait for somebody who is not there. */
static void run_suspend(struct editor *editor)
{
	if (editor->decisions && kl_queries_are_open(&editor->decisions->queries))
		editor_say(editor, STYLE_NOTICE,
			   "what is denied waits for answers from here: first end that, by F7 in 3");
	else
		editor->suspend = true;
}

static const struct action anywhere_actions[] = {
	{ "Redraw", { K_CTRL('l') }, "draw the screen anew", false, run_repaint },
	{ "Suspend", { K_CTRL('z') }, "suspend: back to the shell, whose fg goes on", false,
	  run_suspend },
	{ 0 },
};

/* -------------------------------------------------------------------- names */

const char *key_name(int key, char name[16])
{
	static const struct {
		int key;
		const char *name;
	} names[] = {
		{ K_TAB, "Tab" },	  { K_BACK_TAB, "Shift-Tab" }, { K_ENTER, "Enter" },
		{ K_LEFT, "Left" },	  { K_RIGHT, "Right" },	       { K_INSERT, "Ins" },
		{ K_DELETE, "Del" },	  { ' ', "Space" },	       { K_ESCAPE, "Esc" },
		{ K_BACKSPACE, "Backspace" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].key == key)
			return names[i].name;
	if (key >= K_F1 && key <= K_F10)
		snprintf(name, 16, "F%d", key - K_F1 + 1);
	else if (key < ' ')
		snprintf(name, 16, "Ctrl-%c", key + '@');
	else
		snprintf(name, 16, "%c", key);
	return name;
}

static void put_actions(const struct action *action, struct kl_buffer *out)
{
	struct kl_buffer keys = { 0 };
	char name[16];
	int i;

	for (; action->name; action++) {
		kl_buffer_clear(&keys);
		for (i = 0; action->keys[i]; i++)
			kl_buffer_printf(&keys, "%s%s", i ? ", " : "",
					 key_name(action->keys[i], name));
		kl_buffer_printf(out, "%-16s %s\n", keys.data, action->help);
	}
	kl_buffer_free(&keys);
}

static void put_view(const struct view *view, u32 number, struct kl_buffer *out)
{
	kl_buffer_printf(out, "\nView %u, %s:\n", number + 1, view->name);
	put_actions(view->actions, out);
}

static void put_fronts(const struct view *first, bool same, struct kl_buffer *out)
{
	u32 i;

	for (i = 0; view_fronts[i]; i++)
		if ((view_fronts[i] == first) == same) {
			kl_buffer_printf(out, "\n%s:\n", view_fronts[i]->name);
			put_actions(view_fronts[i]->actions, out);
		}
}

void action_help(const struct view *first, struct kl_buffer *out)
{
	u32 i;

	kl_buffer_puts(out, "arrows, PgUp, PgDn, Home, End, and h j k l g G, move about.\n\n");
	put_actions(common_actions, out);
	put_actions(anywhere_actions, out);
	put_fronts(first, true, out);
	for (i = 0; views[i]; i++)
		if (views[i] == first)
			put_view(views[i], i, out);
	for (i = 0; views[i]; i++)
		if (views[i] != first)
			put_view(views[i], i, out);
	put_fronts(first, false, out);
	kl_buffer_puts(out, "\nWhile a line is typed: Tab completes operations, attributes, groups,\n"
			    "paths and users; Ctrl-A, E, W, U, K edit; Escape leaves it as it was;\n"
			    "Up and Down bring what was typed before, also before Escape.\n");
}

/* --------------------------------------------------------------------- bar */

static void put_place(struct editor *editor, struct canvas *canvas, int row, int width,
		      int place, const struct action *action)
{
	char name[16];
	int column = place * width, end = column + width;

	mouse_key(editor, row, column, width, action->keys[0]);
	canvas_fill(canvas, row, column, width, STYLE_BAR, ' ');
	column += canvas_text(canvas, row, column, width, STYLE_BAR_KEY,
			      kl_text_of(key_name(action->keys[0], name)));
	canvas_text(canvas, row, column, end - column, STYLE_BAR, kl_text_of(action->name));
}

static void put_places(struct editor *editor, struct canvas *canvas, int row,
		       const struct action *action)
{
	int place, width = max(canvas->columns / 10, 7), last = canvas->columns / width - 1;

	for (; action->name; action++) {
		place = action->keys[0] - K_F1;
		if (action->keys[0] == K_F10)
			put_place(editor, canvas, row, width, min(place, last), action);
		else if (place >= 0 && place < min(last, K_F10 - K_F1))
			put_place(editor, canvas, row, width, place, action);
	}
}

/* As many as fit, F10 always: ten places of the same width. */
void action_bar(struct editor *editor, struct canvas *canvas, int row)
{
	canvas_fill(canvas, row, 0, canvas->columns, STYLE_BAR, ' ');
	put_places(editor, canvas, row, common_actions);
	put_places(editor, canvas, row, editor_view(editor)->actions);
}

/* -------------------------------------------------------------------- keys */

static bool run_one_of(struct editor *editor, const struct action *action, int key)
{
	int i;

	for (; action->name; action++)
		for (i = 0; action->keys[i]; i++) {
			if (action->keys[i] != key)
				continue;
			if (action->changes && editor->readonly)
				editor_say(editor, STYLE_NOTICE, "read only");
			else
				action->run(editor);
			return true;
		}
	return false;
}

bool action_run(struct editor *editor, int key)
{
	if (key == '\r')
		key = K_ENTER;
	return run_one_of(editor, editor_view(editor)->actions, key) ||
	       run_one_of(editor, common_actions, key) || view_turn(editor, key - '1');
}

bool action_run_anywhere(struct editor *editor, int key)
{
	return run_one_of(editor, anywhere_actions, key);
}
