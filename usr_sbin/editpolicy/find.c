// SPDX-License-Identifier: GPL-2.0
/* Searching, filtering, marking. */
#include "dialog.h"
#include "find.h"
#include "left.h"
#include "view.h"

/* A pattern that is refused changes nothing; the reason is said. */
static bool set(struct editor *editor, struct match *match, struct kl_text text)
{
	char reason[100];

	if (match_set(match, text, reason))
		return true;
	editor_say(editor, STYLE_ERROR, "%s", reason);
	return false;
}

static bool row_matches(struct editor *editor, u32 row)
{
	struct kl_buffer text = { 0 };
	bool found;

	editor_view(editor)->text(editor, row, &text);
	found = match_found_in_lines(&editor->search, kl_buffer_text(&text));
	kl_buffer_free(&text);
	return found;
}

static struct rows *rows_here(struct editor *editor)
{
	return editor_view(editor)->rows(editor);
}

static void go_to_row(struct editor *editor, s64 row)
{
	rows_go(rows_here(editor), row);
	if (editor_view(editor)->moved)
		editor_view(editor)->moved(editor);
}

/* --------------------------------------------------------------- searching */

static u32 count_matches(struct editor *editor, u32 *before)
{
	const struct rows *rows = rows_here(editor);
	u32 i, count = 0;

	*before = 0;
	for (i = 0; i < rows->count; i++) {
		count += row_matches(editor, i);
		if (i == rows->cursor)
			*before = count;
	}
	return count;
}

/* From a row on, round the end; @step is 1 or -1. */
static void go_to_match(struct editor *editor, s64 from, int step)
{
	u32 count = rows_here(editor)->count, i, all, number;
	s64 row = from;
	bool wrapped = false;

	for (i = 0; i < count; i++, row += step) {
		wrapped |= row < 0 || row >= count;
		row = (row + count) % count;
		if (row_matches(editor, row))
			break;
	}
	if (i == count) {
		editor_say(editor, STYLE_NOTICE, "nothing matches %s", editor->search.pattern.data);
		return;
	}
	go_to_row(editor, row);
	all = count_matches(editor, &number);
	editor_say(editor, STYLE_PLAIN, "match %u of %u%s", number, all,
		   wrapped ? ", round the end" : "");
}

/* Return: is there something to look for now? */
static bool set_search(struct editor *editor, struct kl_text text)
{
	match_free(&editor->search);
	return set(editor, &editor->search, text) && match_is_set(&editor->search);
}

/* With each key: the first match from where the search began. */
static void search_typed(struct editor *editor, struct kl_text text)
{
	if (set_search(editor, text))
		go_to_match(editor, editor->search_from, 1);
	else
		go_to_row(editor, editor->search_from);
}

static bool search_accepted(struct editor *editor, struct kl_text text)
{
	if (!text.length) {
		match_free(&editor->search);
		return true;
	}
	if (!set_search(editor, text))
		return false;
	go_to_match(editor, editor->search_from, 1);
	return true;
}

static void search_cancelled(struct editor *editor)
{
	match_free(&editor->search);
	go_to_row(editor, editor->search_from);
}

void find_search(struct editor *editor)
{
	editor->search_from = rows_here(editor)->cursor;
	dialog_prompt(editor, "search (regular expression)", (struct kl_text){ "", 0 },
		      search_accepted);
	editor->dialog.typed = search_typed;
	editor->dialog.cancel = search_cancelled;
}

static void go_on(struct editor *editor, int step)
{
	if (!match_is_set(&editor->search))
		editor_say(editor, STYLE_NOTICE, "nothing is searched for; / begins");
	else if (rows_here(editor)->count)
		go_to_match(editor, (s64)rows_here(editor)->cursor + step, step);
}

void find_next(struct editor *editor)
{
	go_on(editor, 1);
}

void find_previous(struct editor *editor)
{
	go_on(editor, -1);
}

void find_matches(const struct editor *editor, struct canvas *canvas, int row, int column,
		  int width, struct kl_text text, int scroll)
{
	int from, to = -scroll, shown, end;
	regmatch_t match = { 0 };
	regoff_t at = 0;

	while (to < width && match_is_set(&editor->search) &&
	       match_next(&editor->search, text, &match) && match.rm_eo > match.rm_so) {
		from = to + canvas_width((struct kl_text){ text.data + at, match.rm_so - at });
		to = from + canvas_width((struct kl_text){ text.data + match.rm_so,
							   match.rm_eo - match.rm_so });
		shown = max(from, 0);
		end = min(to, width);
		if (shown < end)
			canvas_restyle(canvas, row, column + shown, end - shown, STYLE_FOUND);
		at = match.rm_so = match.rm_eo;
	}
}

/* --------------------------------------------------------------- filtering */

static bool is_left(const struct editor *editor)
{
	return editor->focus == PANE_NODES;
}

static struct match *filter_here(struct editor *editor)
{
	return is_left(editor) ? &editor->left_filter : &editor->filter;
}

static void take_place(struct editor *editor)
{
	editor->filter_from = *editor_node_row(editor);
	editor->filter_row = editor->right_rows.cursor;
}

/* The left cursor goes as near as it can to where it was; if it is there, so does the right one. */
static void narrow(struct editor *editor)
{
	bool there = left_narrow(editor, editor->filter_from);

	editor->right_rows.cursor = there ? editor->filter_row : 0;
	editor_show_lines(editor);
}

static bool set_filter(struct editor *editor, struct kl_text text)
{
	if (!set(editor, filter_here(editor), text))
		return false;
	if (is_left(editor))
		narrow(editor);
	else
		editor_show_lines(editor);
	return true;
}

static void filter_typed(struct editor *editor, struct kl_text text)
{
	set_filter(editor, text);
}

static void filter_cancelled(struct editor *editor)
{
	set_filter(editor, kl_buffer_text(&editor->filter_before));
}

static bool filter_accepted(struct editor *editor, struct kl_text text)
{
	u32 count, of;

	if (!set_filter(editor, text))
		return false;
	if (is_left(editor) && text.length) {
		count = left_passing(editor, &of);
		editor_say(editor, STYLE_PLAIN, "%u of %u match", count, of);
	}
	return true;
}

/* It shows what it finds wherever that is. */
bool find_may_fold(struct editor *editor, const struct match *filter)
{
	if (!match_is_set(filter))
		return true;
	editor_say(editor, STYLE_NOTICE, "with a filter nothing is folded");
	return false;
}

void find_filter_before(struct editor *editor, struct kl_text filter)
{
	kl_buffer_clear(&editor->filter_before);
	kl_buffer_add(&editor->filter_before, filter.data, filter.length);
}

void find_filter(struct editor *editor)
{
	struct kl_text now = kl_buffer_text(&filter_here(editor)->pattern);

	find_filter_before(editor, now);
	take_place(editor);
	dialog_prompt(editor,
		      is_left(editor) ?
			      "show only what matches on the left, by name or line (nothing: all)" :
			      "show only lines that match (nothing: all)",
		      now, filter_accepted);
	editor->dialog.typed = filter_typed;
	editor->dialog.cancel = filter_cancelled;
}

void find_all(struct editor *editor)
{
	struct match *filter = filter_here(editor);

	if (!match_is_set(filter))
		filter = is_left(editor) ? &editor->filter : &editor->left_filter;
	if (!match_is_set(filter)) {
		editor_say(editor, STYLE_PLAIN, "nothing is filtered; F4 begins");
		return;
	}
	take_place(editor);
	match_free(filter);
	narrow(editor);
}

/* ----------------------------------------------------------------- marking */

static bool mark_matching(struct editor *editor, struct kl_text text)
{
	struct match match = { 0 };
	u32 i, count = 0;

	if (!set(editor, &match, text))
		return false;
	for (i = 0; i < editor->right_rows.count; i++) {
		if (!match_found(&match, document_line(editor->document, editor->right[i])))
			continue;
		editor->marked[editor->right[i]] = true;
		count++;
	}
	match_free(&match);
	editor_say(editor, STYLE_PLAIN, "%u lines marked", count);
	return true;
}

void find_mark(struct editor *editor)
{
	dialog_prompt(editor, "mark lines that match", (struct kl_text){ "", 0 },
		      mark_matching);
}
