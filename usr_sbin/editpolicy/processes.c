// SPDX-License-Identifier: GPL-2.0
/* The processes, of the running kernel or of a log. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "compiled.h"
#include "proc.h"
#include "processes.h"

/* More than any kernel has processes for. */
#define TEXT_MAX (1ul << 30)

/* What takes longer, in milliseconds, takes at most a twentieth of the time. */
#define NOTICED 50u
#define REST	20u

struct processes *processes_of(struct editor *editor)
{
	if (!editor->processes) {
		editor->processes = kl_xalloc(1, sizeof(*editor->processes));
		editor->processes->wanted = NO_RECORD;
		editor->processes->users = users_new();
	}
	return editor->processes;
}

static void forget_list(struct processes *processes)
{
	free(processes->list);
	processes->list = NULL;
	processes->count = 0;
}

static void forget_tree(struct processes *processes)
{
	if (processes->made)
		kl_histree_free(&processes->tree);
	processes->made = false;
}

void processes_free(struct processes *processes)
{
	if (!processes)
		return;
	forget_list(processes);
	forget_tree(processes);
	record_tree_free(processes->records);
	record_tree_free(processes->building);
	kl_buffer_free(&processes->text);
	free(processes->shown);
	free(processes->path);
	folds_free(&processes->folds);
	users_free(processes->users);
	match_free(&processes->filter);
	kl_concerns_free(&processes->concerns);
	free(processes);
}

/* ------------------------------------------------------------------- users */

const char *processes_user(struct processes *processes, u64 uid)
{
	return users_name(processes->users, uid);
}

/* ---------------------------------------------------------------- the tree */

static u64 key_of(u64 parent, const struct kl_histree_node *node)
{
	struct {
		u64 started;
		u32 pid, kind;
	} numbers = { node->started, node->pid, node->kind };

	return folds_key(folds_key(parent, &numbers, sizeof(numbers)), node->name->text,
			 node->name->length);
}

u64 processes_records(const struct kl_histree_node *node)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < KL_RESULTS; i++)
		sum += node->records[i];
	return sum;
}

void processes_name(const struct kl_histree_node *node, struct kl_buffer *out)
{
	if (node->kind == KL_HISTREE_ORIGIN)
		kl_buffer_puts(out, node->name->length ? "loading of the module: " :
							 "the module, which time is not known");
	if (node->kind != KL_HISTREE_ORIGIN || node->name->length)
		kl_histree_label(node, out);
}

/* Below the root, or below the only loading of the module that there is. */
static bool is_outermost(const struct kl_histree_node *node, bool origins)
{
	return node->parent->kind == (origins ? KL_HISTREE_ROOT : KL_HISTREE_ORIGIN);
}

static void add_process(struct processes *processes, struct kl_histree_node *node, bool origins)
{
	struct process *process = &processes->list[processes->count];
	const struct process *parent = NULL;

	process->node = node;
	process->parent = NO_PROCESS;
	if (!is_outermost(node, origins)) {
		process->parent = node->parent->id;
		parent = &processes->list[process->parent];
		process->depth = parent->depth + 1;
	}
	process->key = key_of(parent ? parent->key : 0, node);
	process->folded = node->first && folds_has(&processes->folds, process->key);
	process->living = node->living;
	process->records = processes_records(node);
	process->denied = node->records[KL_DENIED];
	process->last = node->last_time;
	node->id = processes->count++;
}

/* What is below comes behind: backwards, all of it is counted before. */
static void count_below(struct processes *processes)
{
	struct process *process, *parent;
	u32 i;

	for (i = 0; i < processes->count; i++)
		processes->list[i].behind = i + 1;
	for (i = processes->count; i--;) {
		process = &processes->list[i];
		if (process->parent == NO_PROCESS)
			continue;
		parent = &processes->list[process->parent];
		parent->living += process->living;
		parent->records += process->records;
		parent->denied += process->denied;
		parent->last = max(parent->last, process->last);
		parent->behind = max(parent->behind, process->behind);
	}
}

/* Of several loadings of the module each has its row: pids mean something within one only. */
static bool has_origins(const struct kl_histree *tree)
{
	const struct kl_histree_node *origin;
	u32 count = 0;

	for (origin = tree->root->first; origin; origin = origin->next)
		count += origin->first != NULL;
	return count > 1;
}

static void make_list(struct processes *processes, const struct kl_histree *tree)
{
	bool origins = has_origins(tree);
	struct kl_histree_node *node;

	processes->list = kl_xalloc(tree->count + 1, sizeof(*processes->list));
	processes->shown = kl_xrealloc(processes->shown, tree->count + 1,
				       sizeof(*processes->shown));
	for (node = kl_histree_next(tree->root); node; node = kl_histree_next(node))
		if (node->kind != KL_HISTREE_ORIGIN || (origins && node->first))
			add_process(processes, node, origins);
	count_below(processes);
}

/* ------------------------------------------------------------- what is seen */

void processes_words(struct processes *processes, const struct process *process,
		     struct kl_buffer *out)
{
	const struct kl_histree_node *node = process->node;
	const char *name;
	u32 i;

	processes_name(node, out);
	if (node->pid)
		kl_buffer_printf(out, " %u", node->pid);
	for (i = 0; i < node->uids.count; i++) {
		name = processes->of_log ? NULL :
					   processes_user(processes, node->uids.numbers[i]);
		if (name)
			kl_buffer_printf(out, " %s", name);
		kl_buffer_printf(out, " %llu", (unsigned long long)node->uids.numbers[i]);
	}
	for (i = 0; i < node->domains.count; i++)
		kl_buffer_printf(out, " %s", node->domains.words[i]->text);
	for (i = 0; i < node->cgroups.count; i++)
		kl_buffer_printf(out, " %s", node->cgroups.words[i]->text);
}

/* What is above something that the filter asks for is shown as well. */
static void apply_filter(struct processes *processes)
{
	struct kl_buffer words = { 0 };
	struct process *process;
	u32 i;

	for (i = 0; i < processes->count; i++) {
		process = &processes->list[i];
		process->passes = true;
		if (match_is_set(&processes->filter)) {
			kl_buffer_clear(&words);
			processes_words(processes, process, &words);
			process->passes =
				match_found(&processes->filter, kl_buffer_text(&words));
		}
		process->shown = process->passes;
	}
	for (i = processes->count; i--;)
		if (processes->list[i].shown && processes->list[i].parent != NO_PROCESS)
			processes->list[processes->list[i].parent].shown = true;
	kl_buffer_free(&words);
}

/* With a filter nothing is folded: what it finds is to be seen. */
void processes_show(struct processes *processes)
{
	bool filtered = match_is_set(&processes->filter);
	u32 cursor = processes->rows.count ? processes->shown[processes->rows.cursor] : 0, i;
	s64 row = 0;

	apply_filter(processes);
	processes->rows.count = 0;
	for (i = 0; i < processes->count;) {
		if (processes->list[i].shown) {
			if (i <= cursor)
				row = processes->rows.count;
			processes->shown[processes->rows.count++] = i;
		}
		i = processes->list[i].folded && !filtered ? processes->list[i].behind : i + 1;
	}
	rows_go(&processes->rows, row);
}

void processes_fold(struct processes *processes, u32 number, bool folded)
{
	struct process *process = &processes->list[number];

	if (process->behind == number + 1)
		return;
	process->folded = folded;
	folds_set(&processes->folds, process->key, folded);
}

bool processes_whole(const struct processes *processes, const struct process *process)
{
	return process->folded && !match_is_set(&processes->filter);
}

const struct process *processes_here(const struct processes *processes)
{
	if (!processes->rows.count)
		return NULL;
	return &processes->list[processes->shown[processes->rows.cursor]];
}

/* ----------------------------------------------------------------- reading */

/* Return: 0 or a negative errno. Whatever stands there, reading it does not wait. */
static int read_file(struct kl_buffer *text)
{
	int fd = kl_proc_open("processes", O_RDONLY | O_NONBLOCK), error;

	if (fd < 0)
		return fd;
	error = kl_read_fd(fd, text, TEXT_MAX);
	close(fd);
	return error;
}

static void say_failure(struct processes *processes, int error)
{
	if (!kl_proc_loaded())
		snprintf(processes->failure, sizeof(processes->failure),
			 "the module kellas is not loaded (there is no %s)",
			 kl_proc_directory());
	else if (error == -EPERM || error == -EACCES)
		snprintf(processes->failure, sizeof(processes->failure),
			 "%s/processes: %s: this needs CAP_MAC_ADMIN, outside of user namespaces",
			 kl_proc_directory(), strerror(-error));
	else
		snprintf(processes->failure, sizeof(processes->failure), "%s/processes: %s",
			 kl_proc_directory(), strerror(-error));
}

static u64 find_booted(void)
{
	struct timespec now, up;

	clock_gettime(CLOCK_REALTIME, &now);
	clock_gettime(CLOCK_BOOTTIME, &up);
	return (now.tv_sec - up.tv_sec) * 1000000ull + now.tv_nsec / 1000 - up.tv_nsec / 1000;
}

/*
 * The cursor goes back to its program, or, if that has ended, to the nearest one
 * above that has not.
 */
static void stand_on_path(struct processes *processes)
{
	u32 depth, i;

	for (depth = processes->depth; depth; depth--)
		for (i = 0; i < processes->rows.count; i++)
			if (processes->list[processes->shown[i]].key ==
			    processes->path[depth - 1]) {
				rows_go(&processes->rows, i);
				processes->fallen = depth < processes->depth ?
							    processes->path[depth - 1] :
							    0;
				return;
			}
}

/* Whoever did not move from where he was led goes back to where he was if that is possible. */
static void remember_path(struct processes *processes)
{
	const struct process *here = processes_here(processes);
	u32 number;

	if (!here || here->key == processes->fallen)
		return;
	processes->depth = here->depth + 1;
	processes->path = kl_xrealloc(processes->path, processes->depth,
				      sizeof(*processes->path));
	for (number = here - processes->list; number != NO_PROCESS;
	     number = processes->list[number].parent)
		processes->path[processes->list[number].depth] = processes->list[number].key;
}

void processes_forget(struct processes *processes)
{
	remember_path(processes);
	forget_list(processes);
	processes->rows.count = 0;
	rows_go(&processes->rows, 0);
}

static const struct kl_histree *tree_of(const struct processes *processes)
{
	if (processes->of_log)
		return processes->records ? &processes->records->tree : NULL;
	return processes->made ? &processes->tree : NULL;
}

void processes_make(struct processes *processes)
{
	u32 above = processes->rows.cursor - processes->rows.top;
	const struct kl_histree *tree = tree_of(processes);
	struct rows *rows = &processes->rows;

	processes_forget(processes);
	if (!tree)
		return;
	make_list(processes, tree);
	processes_show(processes);
	stand_on_path(processes);
	/* And it stays in the same place of the screen. */
	rows->top = rows->cursor > above ? rows->cursor - above : 0;
	rows_go(rows, rows->cursor);
}

static void show_all_above(struct processes *processes, u32 number)
{
	if (match_is_set(&processes->filter) && !processes->list[number].shown)
		match_free(&processes->filter);
	while ((number = processes->list[number].parent) != NO_PROCESS)
		processes_fold(processes, number, false);
}

bool processes_go(struct processes *processes, const struct kl_histree_node *node)
{
	u32 row;

	if (node->id >= processes->count || processes->list[node->id].node != node)
		return false;
	show_all_above(processes, node->id);
	processes_show(processes);
	for (row = 0; row < processes->rows.count; row++)
		if (processes->shown[row] == node->id)
			rows_go(&processes->rows, row);
	return true;
}

static void make_anew(struct processes *processes)
{
	struct kl_error error = { 0 };

	forget_tree(processes);
	kl_histree_init(&processes->tree);
	processes->made = true;
	processes->failure[0] = 0;
	if (kl_histree_processes(&processes->tree, kl_buffer_text(&processes->text), &error))
		snprintf(processes->failure, sizeof(processes->failure),
			 "%s/processes:%u: %s", kl_proc_directory(), error.line, error.text);
	kl_histree_sort(&processes->tree);
	processes_make(processes);
}

static void read_anew(struct processes *processes)
{
	struct kl_buffer text = { 0 };
	int error = read_file(&text);

	if (error) {
		kl_buffer_free(&text);
		kl_buffer_free(&processes->text);
		processes_forget(processes);
		forget_tree(processes);
		say_failure(processes, error);
		return;
	}
	if (processes->made && text.length == processes->text.length &&
	    !memcmp(text.data, processes->text.data, text.length)) {
		kl_buffer_free(&text);
		return;
	}
	kl_buffer_free(&processes->text);
	processes->text = text;
	make_anew(processes);
}

void processes_read(struct processes *processes)
{
	u64 begin = clock_ms(), took;

	if (!processes->booted)
		processes->booted = find_booted();
	read_anew(processes);
	took = clock_ms() - begin;
	processes->next = took > NOTICED ? begin + took * (1 + REST) : 0;
}

/* ---------------------------------------------------------- what concerns it */

static bool find_concerns(struct editor *editor, const struct process *process)
{
	struct processes *processes = editor->processes;
	struct compiled *compiled = editor_compiled(editor);
	struct kl_task_facts *facts;
	struct kl_buffer name = { 0 };

	if (!compiled)
		return false;
	facts = kl_xalloc(1, sizeof(*facts));
	kl_task_facts_of(facts, process->node);
	kl_concerns_free(&processes->concerns);
	kl_concerns_find(&compiled->file, &facts->request, &processes->concerns);
	kl_task_facts_free(facts);
	free(facts);
	processes_name(process->node, &name);
	snprintf(processes->concern_title, sizeof(processes->concern_title), "%s (%u)",
		 name.data, process->node->pid);
	kl_buffer_free(&name);
	processes->left_out = compiled->left_out;
	processes->concern_version = compiled->version;
	processes->concern_key = process->key;
	rows_set(&processes->concern_rows, processes->concerns.count);
	return true;
}

bool processes_concerns(struct editor *editor)
{
	const struct process *here = processes_here(editor->processes);

	if (!here)
		return false;
	editor->processes->concern_rows = (struct rows){ 0 };
	return find_concerns(editor, here);
}

void processes_update(struct editor *editor)
{
	struct processes *processes = editor->processes;
	u32 i;

	if (!processes->listing ||
	    processes->concern_version == document_version(editor->document))
		return;
	for (i = 0; i < processes->count; i++)
		if (processes->list[i].key == processes->concern_key &&
		    find_concerns(editor, &processes->list[i]))
			return;
	processes->listing = false;
}
