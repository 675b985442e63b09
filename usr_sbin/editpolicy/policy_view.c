// SPDX-License-Identifier: GPL-2.0
/* The view of the policy: blocks on the left, their lines on the right. */
#include "changes.h"
#include "detail.h"
#include "earlier.h"
#include "edit.h"
#include "find.h"
#include "findings.h"
#include "job.h"
#include "key.h"
#include "label.h"
#include "left.h"
#include "live.h"
#include "policy_draw.h"
#include "samples.h"
#include "store.h"
#include "view.h"

static void run_other_pane(struct editor *editor)
{
	editor->focus = editor->focus == PANE_NODES ? PANE_LINES : PANE_NODES;
}

static bool may_fold(struct editor *editor)
{
	return find_may_fold(editor, &editor->left_filter);
}

static void fold(struct editor *editor, bool folded)
{
	const struct node_row *row = editor_node_row(editor);
	u8 heading = row->heading;
	u32 i;

	if (row->kind == ROW_ALL || !may_fold(editor))
		return;
	editor->folded[heading] = folded;
	editor_fold(editor);
	for (i = 0; i < editor->left_rows.count; i++)
		if (editor->left[i].kind == ROW_HEADING && editor->left[i].heading == heading)
			rows_go(&editor->left_rows, i);
	editor_show_lines(editor);
}

/* Of the tree: fold what is open, or go to what it is below. */
static void fold_subject(struct editor *editor, bool folded)
{
	struct subjects *subjects = &editor->subjects;
	u32 number = editor_node_row(editor)->node, row;
	const struct subject *subject = &subjects->list[number];

	if (folded && (match_is_set(&editor->left_filter) || subject->folded ||
		       subject->behind == number + 1)) {
		for (row = editor->left_rows.cursor; row; row--)
			if (editor->left[row].node == subject->parent)
				break;
		if (subject->parent != NO_NODE)
			rows_go(&editor->left_rows, row);
	} else if (may_fold(editor)) {
		subjects_fold(subjects, number, folded);
	}
	editor_fold(editor);
}

static void enter_subject(struct editor *editor)
{
	const struct subject *subject = &editor->subjects.list[editor_node_row(editor)->node];

	if (subject->named)
		editor->focus = PANE_LINES;
	else if (may_fold(editor))
		fold_subject(editor, !subject->folded);
}

static void run_enter(struct editor *editor)
{
	const struct node_row *row = editor_node_row(editor);

	if (editor->focus == PANE_LINES) {
		if (editor->readonly)
			editor_say(editor, STYLE_NOTICE, "read only");
		else
			edit_line(editor);
	} else if (row->kind == ROW_SUBJECT) {
		enter_subject(editor);
	} else if (row->kind == ROW_HEADING) {
		fold(editor, !editor->folded[row->heading]);
	} else {
		editor->focus = PANE_LINES;
	}
}

static void fold_all_subjects(struct editor *editor)
{
	struct subjects *subjects = &editor->subjects;
	bool open = false;
	u32 i;

	for (i = 0; i < subjects->count; i++)
		open |= !subjects->list[i].folded && subjects->list[i].behind > i + 1;
	for (i = 0; i < subjects->count; i++)
		subjects_fold(subjects, i, open);
	editor_fold(editor);
}

/* Of the whole policy: fold all, or unfold them if all are. */
static void run_fold_all(struct editor *editor)
{
	bool open = false;
	u32 i;

	if (!may_fold(editor))
		return;
	if (editor->by_subject) {
		fold_all_subjects(editor);
		return;
	}
	for (i = 0; i < editor->left_rows.count; i++)
		open |= editor->left[i].kind == ROW_NODE;
	for (i = 0; i < HEADINGS; i++)
		editor->folded[i] = open;
	editor_fold(editor);
}

static void run_left(struct editor *editor)
{
	if (editor->focus == PANE_NODES && editor_node_row(editor)->kind == ROW_SUBJECT)
		fold_subject(editor, true);
	else if (editor->focus == PANE_NODES)
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
	else if (!left_folded(editor, editor_node_row(editor)))
		editor->focus = PANE_LINES;
	else if (editor_node_row(editor)->kind == ROW_SUBJECT)
		fold_subject(editor, false);
	else
		fold(editor, false);
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

static void run_search(struct editor *editor)
{
	find_search(editor);
	if (editor->focus == PANE_NODES)
		snprintf(editor->dialog.title, sizeof(editor->dialog.title),
			 "search on the left, by name or line (regular expression)");
}

static const struct action policy_actions[] = {
	{ "Save", { K_F2, 'w' }, "look at the changes, then save or apply them", false,
	  changes_show },
	{ "Search", { K_F3, '/' }, "search in the pane, while you type", false, run_search },
	{ "Filter", { K_F4, '\\' }, "show only what matches: blocks, or lines", false, find_filter },
	{ "All", { K_ESCAPE }, "take the filter away", false, find_all },
	{ "Off/on", { K_F5, '#' }, "comment out, or in again", true, edit_comment },
	{ "Add", { K_F6, 'a', K_INSERT }, "add a line below", true, edit_add },
	{ "Errors", { K_F7, '!' }, "go to the next line that is wrong", false, run_next_error },
	{ "Linter", { 'i' }, "go to the next line that the linter says something of", false,
	  findings_next },
	{ "Before", { 'b' }, "go to what comes before the line, or covers it, and back", false,
	  earlier_visit },
	{ "Delete", { K_F8, 'd', K_DELETE }, "delete", true, edit_delete },
	{ "Undo", { K_F9, 'u' }, "take the last change back", true, edit_undo },
	{ "Redo", { K_CTRL('r') }, "do again what was taken back", true, edit_redo },
	{ "Pane", { K_TAB, K_BACK_TAB }, "to the other pane", false, run_other_pane },
	{ "Open", { K_ENTER, 'e' }, "edit the line; fold or unfold a heading", false, run_enter },
	{ "Records", { 'r' }, "all of the detail, and the records that the line decides",
	  false, detail_open },
	{ "Left", { K_LEFT, 'h' }, "fold; scroll left; to the left pane", false, run_left },
	{ "Right", { K_RIGHT, 'l' }, "unfold; scroll right; to the right pane", false, run_right },
	{ "Tree", { 't' }, "on the left: by operation, or by history, domain and program", false,
	  editor_turn },
	{ "Fold", { 'z' }, "fold or unfold everything", false, run_fold_all },
	{ "Up", { 'K' }, "move the rule before the one above it", true, edit_move_up },
	{ "Down", { 'J' }, "move the rule behind the one below it", true, edit_move_down },
	{ "Copy", { 'y' }, "duplicate", true, edit_duplicate },
	{ "Change", { 's' }, "substitute: s/PATTERN/TEXT/", true, edit_substitute },
	{ "Label", { 'L' }, "label: what records call the rule or block", true, label_edit },
	{ "Next", { 'n' }, "next match", false, find_next },
	{ "Previous", { 'N' }, "previous match", false, find_previous },
	{ "Mark", { ' ' }, "mark: what follows is done to all marked lines", false, run_mark },
	{ "Range", { 'v' }, "mark all from the marked line above to here", false, run_mark_range },
	{ "Pattern", { 'm' }, "mark lines that match", false, find_mark },
	{ "Covered", { 'M' }, "mark the rules that others cover", false, findings_mark },
	{ "Invert", { '*' }, "mark those shown that are not marked, and only them", false,
	  run_invert },
	{ "Unmark", { 'U' }, "mark none", false, run_unmark },
	{ "Save as", { 'W' }, "save under another name", false, store_save_as },
	{ 0 },
};

static struct rows *moving_rows(struct editor *editor)
{
	return editor->focus == PANE_NODES ? &editor->left_rows : &editor->right_rows;
}

static void moved(struct editor *editor)
{
	if (editor->focus == PANE_NODES) {
		editor->right_rows.cursor = 0;
		editor_show_lines(editor);
	}
}

static void to_pane(struct editor *editor, u8 pane)
{
	editor->focus = pane;
}

static void row_text(struct editor *editor, u32 row, struct kl_buffer *out)
{
	struct kl_text line;

	if (editor->focus == PANE_NODES) {
		left_text(editor, row, out);
		return;
	}
	line = document_line(editor->document, editor->right[row]);
	kl_buffer_add(out, line.data, line.length);
}

static void tick(struct editor *editor)
{
	live_tick(editor);
	findings_tick(editor);
	samples_tick(editor);
}

/* What has something to do does not wait for what is done elsewhere. */
static bool work(struct editor *editor)
{
	bool more = samples_work(editor);

	return findings_work(editor, more ? 0 : JOB_WAIT) || more;
}

const struct view policy_view = {
	.name = "policy",
	.actions = policy_actions,
	.title = policy_title,
	.draw = policy_draw,
	.rows = moving_rows,
	.moved = moved,
	.tick = tick,
	.work = work,
	.pane = to_pane,
	.text = row_text,
};
