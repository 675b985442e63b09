// SPDX-License-Identifier: GPL-2.0
/* Processes of the kernel, or of the log. */
#include <libgen.h>

#include "clock.h"
#include "log.h"
#include "proc.h"
#include "process_source.h"
#include "view.h"

/* A tree that took so long to make is made again at most in a twentieth of the time. */
#define REST 20u

void process_source_choose(struct editor *editor)
{
	struct processes *processes = processes_of(editor);

	if (processes->chosen)
		return;
	processes->chosen = true;
	processes->of_log = editor->log_count || !kl_proc_loaded();
}

void process_source_name(const struct editor *editor, struct kl_buffer *out)
{
	char *copy;

	if (editor->log_count > 1) {
		kl_buffer_printf(out, "%d logs", editor->log_count);
	} else if (!editor->log_count && editor->log && editor->log->live) {
		kl_buffer_puts(out, "the log");
	} else {
		copy = kl_xstrdup(editor->log_count ? editor->logs[0] : KL_LOG_DEFAULT);
		kl_buffer_puts(out, basename(copy));
		free(copy);
	}
}

void process_source_turn(struct editor *editor)
{
	struct processes *processes = processes_of(editor);

	processes->chosen = true;
	processes->listing = false;
	processes->of_log = !processes->of_log;
	processes->wanted = NO_RECORD;
	processes->next = 0;
	processes_make(processes);
	if (!processes->of_log)
		processes_read(processes);
}

/* ------------------------------------------------------------ the log's tree */

static void go_to_wanted(struct editor *editor)
{
	struct processes *processes = editor->processes;
	bool filtered = match_is_set(&processes->filter);
	const struct kl_histree_node *node;

	node = record_tree_node(processes->records, processes->wanted);
	processes->wanted = NO_RECORD;
	if (!node)
		editor_say(editor, STYLE_NOTICE, "no process is known of this record");
	else if (!processes_go(processes, node))
		editor_say(editor, STYLE_NOTICE, "the process of this record found no room");
	else if (filtered && !match_is_set(&processes->filter))
		editor_say(editor, STYLE_NOTICE, "the filter hid it, and is taken away");
}

static bool has(const struct record_tree *records, const struct log_view *log, u64 number)
{
	return records && records->opened == log->opened && number < records->end;
}

/* One that came while the tree was made comes with the next one. */
static void show_records(struct editor *editor)
{
	struct processes *processes = editor->processes;
	u64 took = clock_ms() - processes->began;

	record_tree_free(processes->records);
	processes->records = processes->building;
	processes->building = NULL;
	processes->next = clock_ms() + took * REST;
	processes_make(processes);
	if (processes->wanted == NO_RECORD)
		return;
	if (has(processes->records, editor->log, processes->wanted))
		go_to_wanted(editor);
	else
		processes->next = 0;
}

static bool is_old(const struct processes *processes, const struct log_view *log)
{
	const struct record_tree *records = processes->records;

	return !records || records->opened != log->opened ||
	       (records->end != log->list.next && clock_ms() >= processes->next);
}

static void begin(struct processes *processes, const struct log_view *log)
{
	record_tree_free(processes->building);
	processes->building = record_tree_new(log);
	processes->began = clock_ms();
}

bool process_source_work(struct editor *editor)
{
	struct processes *processes = editor->processes;
	struct log_view *log;

	if (editor->view != VIEW_PROCESSES || !processes || !processes->of_log)
		return false;
	log = log_open(editor);
	if (log->reading)
		return true;
	if (processes->building ? processes->building->opened != log->opened :
				  is_old(processes, log))
		begin(processes, log);
	if (!processes->building)
		return false;
	if (record_tree_step(processes->building, log))
		return true;
	show_records(editor);
	return false;
}

void process_source_again(struct editor *editor)
{
	begin(editor->processes, log_open(editor));
}

/* ------------------------------------------------------ from and to records */

void process_source_record(struct editor *editor, u64 number)
{
	struct processes *processes = processes_of(editor);

	process_source_choose(editor);
	if (!processes->of_log)
		process_source_turn(editor);
	processes->listing = false;
	processes->wanted = number;
	processes->next = 0;
	view_turn(editor, VIEW_PROCESSES);
	if (has(processes->records, editor->log, number))
		go_to_wanted(editor);
}

/* Characters of an expression as they are. */
static void put_plain(struct kl_text text, struct kl_buffer *out)
{
	u32 i;

	for (i = 0; i < text.length; i++)
		kl_buffer_printf(out, "%s%c", strchr("\\.[]()*+?{}^$|", text.data[i]) ? "\\" : "",
				 text.data[i]);
}

/*
 * As it stands in the histories of records: the program, its process, and since when;
 * the last one of them is whose record it is.
 */
static void put_pattern(const struct kl_histree_node *node, bool below, struct kl_buffer *out)
{
	struct kl_buffer name = { 0 };

	kl_buffer_encode(&name, (struct kl_text){ node->name->text, node->name->length });
	if (node->parent->kind == KL_HISTREE_UNTOLD) {
		kl_buffer_printf(out, "global-pid=%u .*task\\.exe=\"", node->pid);
		put_plain(kl_buffer_text(&name), out);
		kl_buffer_puts(out, "\"");
	} else {
		put_plain(kl_buffer_text(&name), out);
		kl_buffer_printf(out, "\\(%u;%llu\\.[0-9]*\\)%s", node->pid,
				 (unsigned long long)(node->started / 1000000000),
				 below ? "" : "\"");
	}
	kl_buffer_free(&name);
}

/* The newest of them: what says that records are missing is shown as well. */
static void stand_on_newest(struct log_view *log)
{
	u32 row = log->rows.count;

	while (row && log_list_get(&log->list, log_row(log, row - 1))->kind != KL_LOGLINE_REQUEST)
		row--;
	if (row)
		rows_go(&log->rows, row - 1);
}

void process_source_records(struct editor *editor)
{
	struct processes *processes = editor->processes;
	const struct process *here = processes_here(processes);
	struct kl_buffer pattern = { 0 };
	bool below;

	if (!here)
		return;
	if (here->node->kind != KL_HISTREE_PROGRAM || here->node->deduced) {
		editor_say(editor, STYLE_NOTICE, "records are of programs that are known by a history");
		return;
	}
	below = processes_whole(processes, here) ||
		(processes->of_log && !processes_records(here->node));
	put_pattern(here->node, below, &pattern);
	if (log_want(editor, kl_buffer_text(&pattern))) {
		view_turn(editor, VIEW_LOG);
		stand_on_newest(editor->log);
		editor_say(editor, STYLE_PLAIN, "records of %s%s; Escape shows all",
			   here->node->name->text, below ? " and all below" : "");
	}
	kl_buffer_free(&pattern);
}
