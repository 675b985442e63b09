// SPDX-License-Identifier: GPL-2.0
/* The table of what can be done. */
#include "action.h"
#include "dialog.h"
#include "edit.h"
#include "find.h"
#include "key.h"
#include "store.h"

static void run_help(struct editor *editor)
{
	struct kl_buffer text = { 0 };

	action_help(&text);
	dialog_pager(editor, "kellas-editpolicy: keys", &text);
}

static void run_other_pane(struct editor *editor)
{
	editor->focus = editor->focus == PANE_NODES ? PANE_LINES : PANE_NODES;
}

static void fold(struct editor *editor, bool folded)
{
	const struct node_row *row = editor_node_row(editor);
	u8 heading = row->heading;
	u32 i;

	if (row->kind == ROW_ALL)
		return;
	editor->folded[heading] = folded;
	editor_fold(editor);
	for (i = 0; i < editor->left_rows.count; i++)
		if (editor->left[i].kind == ROW_HEADING && editor->left[i].heading == heading)
			rows_go(&editor->left_rows, i);
	editor_show_lines(editor);
}

static void run_enter(struct editor *editor)
{
	const struct node_row *row = editor_node_row(editor);

	if (editor->focus == PANE_LINES) {
		if (editor->readonly)
			editor_say(editor, STYLE_NOTICE, "read only");
		else
			edit_line(editor);
	} else if (row->kind == ROW_HEADING) {
		fold(editor, !editor->folded[row->heading]);
	} else {
		editor->focus = PANE_LINES;
	}
}

/* Of the whole policy: fold all, or unfold them if all are. */
static void run_fold_all(struct editor *editor)
{
	bool open = false;
	u32 i;

	for (i = 0; i < editor->left_rows.count; i++)
		open |= editor->left[i].kind == ROW_NODE;
	for (i = 0; i < HEADINGS; i++)
		editor->folded[i] = open;
	editor_fold(editor);
}

static void run_left(struct editor *editor)
{
	if (editor->focus == PANE_NODES)
		fold(editor, true);
	else if (editor->right_scroll)
		editor->right_scroll = max(0, editor->right_scroll - 10);
	else
		editor->focus = PANE_NODES;
}

static void run_right(struct editor *editor)
{
	if (editor->focus == PANE_LINES)
		editor->right_scroll += 10;
	else if (editor_node_row(editor)->kind == ROW_HEADING &&
		 editor->folded[editor_node_row(editor)->heading])
		fold(editor, false);
	else
		editor->focus = PANE_LINES;
}

static void run_mark(struct editor *editor)
{
	s64 line = editor_line(editor);

	if (line < 0)
		return;
	editor->marked[line] = !editor->marked[line];
	rows_go(&editor->right_rows, (s64)editor->right_rows.cursor + 1);
}

static void run_invert(struct editor *editor)
{
	u32 i;

	for (i = 0; i < editor->right_rows.count; i++)
		editor->marked[editor->right[i]] = !editor->marked[editor->right[i]];
}

/* From the cursor up to the nearest marked line. */
static void run_mark_range(struct editor *editor)
{
	s64 row = editor->right_rows.count ? (s64)editor->right_rows.cursor : -1, from = row;

	while (from >= 0 && !editor->marked[editor->right[from]])
		from--;
	if (from < 0) {
		editor_say(editor, STYLE_NOTICE, "no line above is marked; Space marks");
		return;
	}
	for (; from <= row; from++)
		editor->marked[editor->right[from]] = true;
}

static void run_unmark(struct editor *editor)
{
	memset(editor->marked, 0, editor->outline.count);
}

/* The next line that is wrong, round the end. */
static void run_next_error(struct editor *editor)
{
	const struct outline *outline = &editor->outline;
	s64 here = editor_line(editor);
	u32 i;

	if (!outline->error_count) {
		editor_say(editor, STYLE_PLAIN, "no line is wrong");
		return;
	}
	for (i = 0; i < outline->error_count && (s64)outline->errors[i].line - 1 <= here; i++)
		;
	editor->focus = PANE_LINES;
	editor_stand_on(editor, outline->errors[i % outline->error_count].line - 1);
}

const struct action actions[] = {
	{ "Help", { K_F1, '?' }, "this list", false, run_help },
	{ "Save", { K_F2, 'w' }, "save", true, store_save },
	{ "Search", { K_F3, '/' }, "search on the right, while you type", false, find_search },
	{ "Filter", { K_F4, '\\' }, "show only lines that match", false, find_filter },
	{ "Off/on", { K_F5, '#' }, "comment out, or in again", true, edit_comment },
	{ "Add", { K_F6, 'a', K_INSERT }, "add a line below", true, edit_add },
	{ "Errors", { K_F7, '!' }, "go to the next line that is wrong", false, run_next_error },
	{ "Delete", { K_F8, 'd', K_DELETE }, "delete", true, edit_delete },
	{ "Undo", { K_F9, 'u' }, "take the last change back", true, edit_undo },
	{ "Quit", { K_F10, 'q' }, "quit; asks if there are changes", false, store_quit },
	{ "Redo", { K_CTRL('r') }, "do again what was taken back", true, edit_redo },
	{ "Pane", { K_TAB, K_BACK_TAB }, "to the other pane", false, run_other_pane },
	{ "Open", { K_ENTER, 'e' }, "edit the line; fold or unfold a heading", false, run_enter },
	{ "Left", { K_LEFT, 'h' }, "fold; scroll left; to the left pane", false, run_left },
	{ "Right", { K_RIGHT, 'l' }, "unfold; scroll right; to the right pane", false, run_right },
	{ "Fold", { 'z' }, "fold or unfold everything", false, run_fold_all },
	{ "Up", { 'K' }, "move the rule before the one above it", true, edit_move_up },
	{ "Down", { 'J' }, "move the rule behind the one below it", true, edit_move_down },
	{ "Copy", { 'y' }, "duplicate", true, edit_duplicate },
	{ "Change", { 's' }, "substitute: s/PATTERN/TEXT/", true, edit_substitute },
	{ "Next", { 'n' }, "next match", false, find_next },
	{ "Previous", { 'N' }, "previous match", false, find_previous },
	{ "Mark", { ' ' }, "mark: what follows is done to all marked lines", false, run_mark },
	{ "Range", { 'v' }, "mark all from the marked line above to here", false, run_mark_range },
	{ "Pattern", { 'm' }, "mark lines that match", false, find_mark },
	{ "Invert", { '*' }, "mark those shown that are not marked, and only them", false,
	  run_invert },
	{ "Unmark", { 'U' }, "mark none", false, run_unmark },
	{ "Save as", { 'W' }, "save under another name", false, store_save_as },
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

void action_help(struct kl_buffer *out)
{
	const struct action *action;
	struct kl_buffer keys = { 0 };
	char name[16];
	int i;

	kl_buffer_puts(out, "arrows, PgUp, PgDn, Home, End, and h j k l g G, move about.\n\n");
	for (action = actions; action->name; action++) {
		kl_buffer_clear(&keys);
		for (i = 0; action->keys[i]; i++)
			kl_buffer_printf(&keys, "%s%s", i ? ", " : "",
					 key_name(action->keys[i], name));
		kl_buffer_printf(out, "%-16s %s\n", keys.data, action->help);
	}
	kl_buffer_puts(out, "\nWhile a line is typed: Tab completes operations, attributes, groups,\n"
			    "paths and users; Ctrl-A, E, W, U, K edit; Escape leaves it as it was.\n");
	kl_buffer_free(&keys);
}

/* --------------------------------------------------------------------- bar */

/* As many as fit, F10 always: ten places of the same width. */
void action_bar(struct canvas *canvas, int row)
{
	const struct action *action;
	int place, width = max(canvas->columns / 10, 7), column, last;
	char name[16];

	canvas_fill(canvas, row, 0, canvas->columns, STYLE_BAR, ' ');
	last = canvas->columns / width - 1;
	for (action = actions; action->name; action++) {
		if (action->keys[0] < K_F1 || action->keys[0] > K_F10)
			continue;
		place = action->keys[0] - K_F1;
		if (place >= last && action->keys[0] != K_F10)
			continue;
		column = min(place, last) * width;
		column += canvas_text(canvas, row, column, width, STYLE_BAR_KEY,
				      kl_text_of(key_name(action->keys[0], name)));
		canvas_text(canvas, row, column, width - (column - min(place, last) * width),
			    STYLE_BAR, kl_text_of(action->name));
	}
}

bool action_run(struct editor *editor, int key)
{
	const struct action *action;
	int i;

	if (key == '\r')
		key = K_ENTER;
	for (action = actions; action->name; action++)
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
