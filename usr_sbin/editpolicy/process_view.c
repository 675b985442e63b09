// SPDX-License-Identifier: GPL-2.0
/* The view of the processes: what executed what, and which rules concern it. */
#include "clock.h"
#include "dialog.h"
#include "find.h"
#include "job.h"
#include "key.h"
#include "log.h"
#include "process_source.h"
#include "view.h"

/* The document may have changed since the lines were found. */
static struct rows *rows_here(struct editor *editor)
{
	struct processes *processes = processes_of(editor);

	processes_update(editor);
	return processes->listing ? &processes->concern_rows : &processes->rows;
}

/*
 * Only what is seen is worth reading, and not without a pause: it costs the kernel a
 * walk through all processes, and us a new tree.
 */
/* A name that becomes known may be what the filter asks for. */
static void take_users(struct processes *processes, u32 milliseconds)
{
	if (users_work(processes->users, milliseconds) && match_is_set(&processes->filter))
		processes_show(processes);
}

static void tick(struct editor *editor)
{
	if (editor->view != VIEW_PROCESSES)
		return;
	take_users(processes_of(editor), 0);
	process_source_choose(editor);
	if (editor->processes->of_log)
		log_open(editor);
	else if (clock_ms() >= editor->processes->next)
		processes_read(editor->processes);
}

static void run_refresh(struct editor *editor)
{
	if (editor->processes->of_log)
		process_source_again(editor);
	else
		processes_read(editor->processes);
}

/* ----------------------------------------------------------------- folding */

static bool is_tree(const struct editor *editor)
{
	return !editor->processes->listing && processes_here(editor->processes);
}

static void fold(struct editor *editor, bool folded)
{
	struct processes *processes = editor->processes;
	u32 number = processes_here(processes) - processes->list;

	if (!find_may_fold(editor, &processes->filter))
		return;
	processes_fold(processes, number, folded);
	processes_show(processes);
}

static void go_to_parent(struct processes *processes)
{
	u32 parent = processes_here(processes)->parent, row = processes->rows.cursor;

	if (parent == NO_PROCESS)
		return;
	while (processes->shown[row] != parent)
		row--;
	rows_go(&processes->rows, row);
	processes->fallen = 0;
}

/* Or, where there is nothing to go back from, all of them. */
static void run_back(struct editor *editor)
{
	struct processes *processes = editor->processes;

	if (!processes->listing && match_is_set(&processes->filter)) {
		match_free(&processes->filter);
		processes_show(processes);
	}
	processes->listing = false;
}

static void run_left(struct editor *editor)
{
	struct processes *processes = editor->processes;
	const struct process *here = processes_here(processes);

	if (!is_tree(editor))
		processes->listing = false;
	else if (match_is_set(&processes->filter) || here->folded ||
		 here->behind == here - processes->list + 1)
		go_to_parent(processes);
	else
		fold(editor, true);
}

static void run_right(struct editor *editor)
{
	if (is_tree(editor))
		fold(editor, false);
}

static void run_fold(struct editor *editor)
{
	if (is_tree(editor))
		fold(editor, !processes_here(editor->processes)->folded);
}

/* Everything but what is outermost, or nothing if something is folded. */
static void run_fold_all(struct editor *editor)
{
	struct processes *processes = editor->processes;
	bool open = false;
	u32 i;

	if (!is_tree(editor) || !find_may_fold(editor, &processes->filter))
		return;
	for (i = 0; i < processes->count; i++)
		open |= processes->list[i].folded;
	for (i = 0; i < processes->count; i++)
		processes_fold(processes, i, !open && processes->list[i].depth);
	processes_show(processes);
}

/* ----------------------------------------------------- searching, filtering */

/* What the rows have in common with each other is searched as well: a user, a domain. */
static void text_of(struct editor *editor, u32 row, struct kl_buffer *out)
{
	struct processes *processes = editor->processes;
	struct kl_text line;

	if (!processes->listing) {
		processes_words(processes, &processes->list[processes->shown[row]], out);
		return;
	}
	line = document_line(editor->document, processes->concerns.list[row].line - 1);
	kl_buffer_add(out, line.data, line.length);
}

static bool filter_accepted(struct editor *editor, struct kl_text text)
{
	char why[100];

	if (!match_set(&editor->processes->filter, text, why)) {
		editor_say(editor, STYLE_ERROR, "%s", why);
		return false;
	}
	processes_show(editor->processes);
	return true;
}

static void filter_typed(struct editor *editor, struct kl_text text)
{
	filter_accepted(editor, text);
}

static void filter_cancelled(struct editor *editor)
{
	struct processes *processes = editor->processes;
	u32 row;

	filter_accepted(editor, kl_buffer_text(&editor->filter_before));
	for (row = 0; row < processes->rows.count; row++)
		if (processes->list[processes->shown[row]].key == processes->filter_from)
			rows_go(&processes->rows, row);
}

static void run_filter(struct editor *editor)
{
	struct processes *processes = editor->processes;
	const struct process *here = processes_here(processes);

	processes->listing = false;
	processes->filter_from = here ? here->key : 0;
	find_filter_before(editor, kl_buffer_text(&processes->filter.pattern));
	dialog_prompt(editor, "show only processes that match (nothing: all)",
		      kl_buffer_text(&processes->filter.pattern), filter_accepted);
	editor->dialog.typed = filter_typed;
	editor->dialog.cancel = filter_cancelled;
}

/* ------------------------------------------------------------- to the rules */

static void go_to_line(struct editor *editor)
{
	const struct processes *processes = editor->processes;
	const struct kl_concern *concern =
		&processes->concerns.list[processes->concern_rows.cursor];

	view_turn(editor, VIEW_POLICY);
	editor->focus = PANE_LINES;
	editor_stand_on(editor, concern->line - 1);
	if (editor_line(editor) != (s64)concern->line - 1)
		editor_say(editor, STYLE_NOTICE, "line %u is hidden by the filter",
			   concern->line);
}

static void run_rules(struct editor *editor)
{
	struct processes *processes = editor->processes;

	processes_update(editor);
	if (processes->listing && processes->concern_rows.count)
		go_to_line(editor);
	else if (!processes->listing)
		processes->listing = processes_concerns(editor);
}

static void run_records(struct editor *editor)
{
	if (is_tree(editor))
		process_source_records(editor);
}

static const struct action process_actions[] = {
	{ "Search", { K_F3, '/' }, "search, while you type", false, find_search },
	{ "Filter", { K_F4, '\\' }, "show only what matches, and what it is below", false,
	  run_filter },
	{ "Reload", { K_F5, 'r' }, "read the processes now; it happens by itself", false,
	  run_refresh },
	{ "Rules", { K_F6, K_ENTER, 'e' },
	  "the rules that concern the process; of a rule: to its line", false,
	  run_rules },
	{ "Back", { K_F7, K_ESCAPE, K_BACKSPACE },
	  "back from the rules to the processes; or the filter away", false, run_back },
	{ "Fold", { K_F8, ' ' }, "fold or unfold what the process executed", false, run_fold },
	{ "Log", { K_F9, 'o' }, "its records in the log", false, run_records },
	{ "Source", { K_F2, 'm' }, "the processes of the running kernel, or those of the log", false,
	  process_source_turn },
	{ "Fold all", { 'z' }, "fold or unfold everything", false, run_fold_all },
	{ "Left", { K_LEFT, 'h' }, "fold; to the process that executed it; back", false,
	  run_left },
	{ "Right", { K_RIGHT, 'l' }, "unfold", false, run_right },
	{ "Next", { 'n' }, "next match", false, find_next },
	{ "Previous", { 'N' }, "previous match", false, find_previous },
	{ 0 },
};

static void moved(struct editor *editor)
{
	if (!editor->processes->listing)
		editor->processes->fallen = 0;
}

static bool work(struct editor *editor)
{
	bool more = process_source_work(editor);

	if (editor->view != VIEW_PROCESSES || !users_are_expected(processes_of(editor)->users))
		return more;
	take_users(editor->processes, more ? 0 : JOB_WAIT);
	return more || users_are_expected(editor->processes->users);
}

const struct view process_view = {
	.name = "processes",
	.actions = process_actions,
	.title = processes_title,
	.draw = processes_draw,
	.rows = rows_here,
	.moved = moved,
	.tick = tick,
	.work = work,
	.text = text_of,
};
