// SPDX-License-Identifier: GPL-2.0
/* The state of the editor, and what follows from the document. */
#include <time.h>

#include "changes.h"
#include "compiled.h"
#include "decisions.h"
#include "detail.h"
#include "dialog.h"
#include "editor.h"
#include "earlier.h"
#include "findings.h"
#include "key.h"
#include "left.h"
#include "live.h"
#include "log.h"
#include "making.h"
#include "processes.h"
#include "rescue.h"
#include "save_file.h"
#include "samples.h"
#include "view.h"
#include "why.h"

struct editor *editor_new(struct kl_text text, const char *name, bool readonly)
{
	struct editor *editor = kl_xalloc(1, sizeof(*editor));

	editor->document = document_new(text);
	editor->name = name ? kl_xstrdup(name) : NULL;
	editor->readonly = readonly;
	kl_buffer_add(&editor->saved, text.data, text.length);
	editor->seen = ~0ull;
	editor->earlier = kl_xalloc(1, sizeof(*editor->earlier));
	editor_refresh(editor, 0);
	rows_go(&editor->left_rows, 0);
	editor_show_lines(editor);
	return editor;
}

void editor_free(struct editor *editor)
{
	document_free(editor->document);
	outline_free(&editor->outline);
	free(editor->name);
	if (editor->saving)
		kl_save_free(editor->saving);
	free(editor->saving);
	rescue_free(editor->rescue);
	free(editor->left);
	free(editor->right);
	free(editor->marked);
	match_free(&editor->left_filter);
	match_free(&editor->filter);
	kl_buffer_free(&editor->filter_before);
	match_free(&editor->search);
	compiled_free(editor->compiled);
	log_free(editor->log);
	samples_free(editor->samples);
	detail_free(editor->detail);
	why_forget(editor->why);
	making_free(editor->making);
	decisions_free(editor->decisions);
	processes_free(editor->processes);
	subjects_free(&editor->subjects);
	dialog_free(&editor->dialog);
	typed_free(&editor->typed[0]);
	typed_free(&editor->typed[1]);
	kl_buffer_free(&editor->pasted);
	kl_buffer_free(&editor->saved);
	changes_free(editor->changes);
	findings_free(editor->findings);
	earlier_free(editor->earlier);
	live_free(editor->live);
	free(editor);
}

const char *editor_title(const struct editor *editor)
{
	return live_is_document(editor) ? "running policy" : editor->name ?: "(no name)";
}

void editor_say(struct editor *editor, u8 style, const char *format, ...)
{
	static const char dots[] = "\u2026";
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(editor->message, sizeof(editor->message), format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof(editor->message))
		strcpy(editor->message + sizeof(editor->message) - sizeof(dots), dots);
	editor->message_style = style;
}

u64 editor_now(const struct editor *editor)
{
	struct timespec now;

	if (editor->clock)
		return editor->clock;
	clock_gettime(CLOCK_REALTIME, &now);
	return (u64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

bool editor_shown(struct editor *editor)
{
	bool fresh = editor->fresh;

	editor->fresh = false;
	return fresh;
}

/* ------------------------------------------------------------ the left pane */

const struct node_row *editor_node_row(const struct editor *editor)
{
	return &editor->left[editor->left_rows.cursor];
}

/* ----------------------------------------------------------- the right pane */

static bool passes(const struct editor *editor, u32 line)
{
	return match_found(&editor->filter, document_line(editor->document, line));
}

static void add_line(struct editor *editor, u32 line)
{
	if (passes(editor, line))
		editor->right[editor->right_rows.count++] = line;
}

static void show_subject(struct editor *editor, const struct subject *subject, bool *seen)
{
	u32 i;

	for (i = 0; i < subject->count; i++) {
		if (!seen[subject->lines[i].line])
			add_line(editor, subject->lines[i].line);
		seen[subject->lines[i].line] = true;
	}
}

/* What is folded, or only the way to others, shows all below it, each line once. */
static void show_subjects(struct editor *editor, const struct node_row *row)
{
	bool *seen = kl_xalloc(editor->outline.count + 1, sizeof(*seen));
	u32 count, i, *members = left_members(editor, row, &count);

	for (i = 0; i < count; i++)
		show_subject(editor, &editor->subjects.list[members[i]], seen);
	free(members);
	free(seen);
}

static void show_nodes(struct editor *editor, const struct node_row *row)
{
	u32 count, i, k, *members = left_members(editor, row, &count);
	const struct outline_node *node;

	for (i = 0; i < count; i++) {
		node = &editor->outline.nodes[members[i]];
		for (k = 0; k < node->count; k++)
			add_line(editor, node->lines[k]);
	}
	free(members);
}

/* A heading shows the lines of all its nodes, the first row the text as it is. */
void editor_show_lines(struct editor *editor)
{
	const struct node_row *row = editor_node_row(editor);
	u32 cursor = editor->right_rows.cursor, i;

	editor->right_rows.count = 0;
	if (row->kind == ROW_SUBJECT)
		show_subjects(editor, row);
	else if (row->kind != ROW_ALL)
		show_nodes(editor, row);
	for (i = 0; row->kind == ROW_ALL && i < editor->outline.count; i++)
		add_line(editor, i);
	rows_go(&editor->right_rows, cursor);
}

s64 editor_line(const struct editor *editor)
{
	const struct rows *rows = &editor->right_rows;

	return rows->count ? (s64)editor->right[rows->cursor] : -1;
}

/* -------------------------------------------------------------- standing on */

static s64 row_of_line(const struct editor *editor, u32 line)
{
	u32 i;

	for (i = 0; i < editor->right_rows.count; i++)
		if (editor->right[i] == line)
			return i;
	return -1;
}

void editor_fold(struct editor *editor)
{
	left_make(editor);
	editor_show_lines(editor);
}

static void stand_on_node(struct editor *editor, u32 line)
{
	u32 node = editor->outline.lines[line].node;

	if (node != NO_NODE && editor->folded[left_heading(&editor->outline.nodes[node])]) {
		editor->folded[left_heading(&editor->outline.nodes[node])] = false;
		left_make(editor);
	}
	rows_go(&editor->left_rows,
		node == NO_NODE ? 0 : left_find(editor, ROW_NODE, node));
}

static void stand_on_subject(struct editor *editor, u32 line)
{
	struct subjects *subjects = &editor->subjects;
	u32 subject = subjects_find(subjects, line), above;

	for (above = subject; above != NO_NODE; above = subjects->list[above].parent)
		subjects_fold(subjects, above, false);
	left_make(editor);
	rows_go(&editor->left_rows,
		subject == NO_NODE ? 0 : left_find(editor, ROW_SUBJECT, subject));
}

/*
 * Where the line is seen already, only the right cursor moves. Otherwise the
 * left one goes to its block or subject, or to the whole text if it is in none.
 */
void editor_stand_on(struct editor *editor, u32 line)
{
	s64 row = row_of_line(editor, line);

	if (row < 0 && line < editor->outline.count) {
		if (editor->by_subject)
			stand_on_subject(editor, line);
		else
			stand_on_node(editor, line);
		editor_show_lines(editor);
		row = row_of_line(editor, line);
	}
	if (row >= 0)
		rows_go(&editor->right_rows, row);
}

void editor_turn(struct editor *editor)
{
	s64 line = editor_line(editor);

	editor->by_subject = !editor->by_subject;
	if (editor->by_subject)
		subjects_make(&editor->subjects, &editor->outline, editor->document);
	editor->left_rows.cursor = 0;
	left_make(editor);
	editor->right_rows.count = 0;
	if (line >= 0)
		editor_stand_on(editor, line);
	else
		editor_show_lines(editor);
}

/* The subject that the left cursor was on may have another number, or be gone. */
static void go_back_to(struct editor *editor, u64 key)
{
	u32 i;

	for (i = 0; i < editor->left_rows.count; i++)
		if (editor->left[i].kind == ROW_SUBJECT &&
		    editor->subjects.list[editor->left[i].node].key == key)
			rows_go(&editor->left_rows, i);
}

static u64 key_here(const struct editor *editor)
{
	const struct node_row *row = editor->left ? editor_node_row(editor) : NULL;

	return row && row->kind == ROW_SUBJECT ? editor->subjects.list[row->node].key : 0;
}

/* The node that the left cursor was on may be another number now. */
void editor_refresh(struct editor *editor, u32 place)
{
	bool all = !editor->left || editor_node_row(editor)->kind == ROW_ALL;
	bool heading = !all && editor_node_row(editor)->kind != ROW_NODE;
	u64 key = key_here(editor);
	u32 before = editor->outline.count;

	if (editor->seen == document_version(editor->document))
		return;
	outline_free(&editor->outline);
	outline_make(&editor->outline, editor->document);
	editor->seen = document_version(editor->document);
	if (!editor->marked || before != editor->outline.count) {
		free(editor->marked);
		editor->marked = kl_xalloc(editor->outline.count + 1, 1);
	}
	editor->right = kl_xrealloc(editor->right, editor->outline.count + 1,
				    sizeof(*editor->right));
	if (editor->by_subject)
		subjects_make(&editor->subjects, &editor->outline, editor->document);
	left_make(editor);
	if (key)
		go_back_to(editor, key);
	editor->right_rows.count = 0;
	if (all || heading)
		editor_show_lines(editor);
	if (place < editor->outline.count)
		editor_stand_on(editor, place);
	else
		editor_show_lines(editor);
}

u32 *editor_marked(const struct editor *editor, u32 *count)
{
	u32 *lines = kl_xalloc(editor->outline.count + 1, sizeof(*lines)), i;

	*count = 0;
	for (i = 0; i < editor->outline.count; i++)
		if (editor->marked[i])
			lines[(*count)++] = i;
	return lines;
}

/* --------------------------------------------------------------------- keys */

void editor_key(struct editor *editor, int key)
{
	const struct view *view = editor_view(editor);
	struct rows *rows;

	if (key == K_TICK)
		view_tick(editor);
	if (key == K_TICK || key == K_RESIZE || editor->fresh)
		return;
	editor->keys++;
	if (action_run_anywhere(editor, key))
		return;
	editor->message[0] = 0;
	if (editor->dialog.kind) {
		dialog_key(editor, key);
		if (!editor->dialog.kind)
			view_appears(editor);
		return;
	}
	rows = view->rows(editor);
	if (rows && rows_key(rows, key)) {
		if (view->moved)
			view->moved(editor);
		return;
	}
	if (!action_run(editor, key))
		editor_say(editor, STYLE_NOTICE, "this key does nothing here; F1 shows those that do");
}
