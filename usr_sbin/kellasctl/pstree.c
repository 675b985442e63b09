// SPDX-License-Identifier: GPL-2.0
/* kellasctl pstree */
#include <getopt.h>
#include <langinfo.h>
#include <locale.h>

#include "engine/lex.h"
#include "histree.h"
#include "kellasctl.h"
#include "proc.h"
#include "record_output.h"
#include "records.h"

static const struct kl_option options[] = {
	{ "all", 'a', NULL, NULL, "each execution by itself, not only each program" },
	{ 0 },
};

/**
 * struct lines - what the tree is drawn with
 * @branch: before a child that has others behind it
 * @corner: before the last child
 * @past: below the former
 * @times: before a number of executions
 */
struct lines {
	const char *branch, *corner, *past, *times;
};

static const struct lines ascii = { "|- ", "`- ", "|  ", "x" };
static const struct lines unicode = { "├─ ", "└─ ", "│  ", "×" };

/**
 * struct view - how a tree is shown
 * @output: where
 * @lines: by the locale
 * @top: node whose children are not indented
 * @prefix: of the line at hand
 */
struct view {
	struct kl_output *output;
	const struct lines *lines;
	const struct kl_histree_node *top;
	struct kl_buffer prefix;
};

/* A program is named even if its branch cannot be seen any more. */
static void make_prefix(struct view *view, const struct kl_histree_node *node)
{
	u32 depth = node->depth - view->top->depth, i;
	const char **pieces;

	kl_buffer_clear(&view->prefix);
	if (depth < 2)
		return;
	pieces = kl_xalloc(depth, sizeof(*pieces));
	pieces[depth - 2] = node->next ? view->lines->branch : view->lines->corner;
	for (i = depth - 2; i--;) {
		node = node->parent;
		pieces[i] = node->next ? view->lines->past : "   ";
	}
	for (i = 0; i < depth - 1; i++)
		kl_buffer_puts(&view->prefix, pieces[i]);
	free(pieces);
}

static struct kl_text text_of(const struct kl_string *word)
{
	return (struct kl_text){ word->text, word->length };
}

static void put_numbers(struct kl_output *output, const char *key, const char *name,
			const struct kl_histree_numbers *set)
{
	u32 i;

	if (!set->count)
		return;
	kl_say(output, "  %s", name);
	kl_open_array(output, key);
	for (i = 0; i < set->count; i++)
		kl_put_number(output, NULL, i ? ",%s" : "=%s", set->numbers[i]);
	kl_close(output);
	kl_say(output, "%s", set->more ? ",..." : "");
}

static void put_words(struct kl_output *output, const char *key, const char *name,
		      const struct kl_histree_words *set)
{
	u32 i;

	if (!set->count)
		return;
	kl_say(output, "  %s", name);
	kl_open_array(output, key);
	for (i = 0; i < set->count; i++)
		kl_put_encoded(output, NULL, i ? ",%s" : "=%s", text_of(set->words[i]));
	kl_close(output);
	kl_say(output, "%s", set->more ? ",..." : "");
}

static bool is_equal(const struct kl_histree_words *a, const struct kl_histree_words *b)
{
	u32 i;

	for (i = 0; i < a->count && i < b->count; i++)
		if (a->words[i] != b->words[i])
			return false;
	return a->count == b->count && a->more == b->more;
}

/* Text does not repeat what is true of the program above as well. */
static bool is_inherited(const struct kl_histree_node *node, size_t offset)
{
	const struct kl_histree_words *own = (const void *)((const char *)node + offset);

	for (node = node->parent; node; node = node->parent) {
		const struct kl_histree_words *other =
			(const void *)((const char *)node + offset);

		if (other->count)
			return is_equal(own, other);
	}
	return false;
}

static void put_subject(struct view *view, const struct kl_histree_node *node)
{
	bool text = view->output->format == KL_FORMAT_TEXT;

	put_numbers(view->output, "uids", "uid", &node->uids);
	if (!text || !is_inherited(node, offsetof(struct kl_histree_node, domains)))
		put_words(view->output, "domains", "domain", &node->domains);
	if (!text || !is_inherited(node, offsetof(struct kl_histree_node, cgroups)))
		put_words(view->output, "cgroups", "cgroup", &node->cgroups);
}

static u64 records_of(const struct kl_histree_node *node)
{
	return node->records[KL_ALLOWED] + node->records[KL_DENIED] +
	       node->records[KL_UNMATCHED];
}

static void put_records(struct kl_output *output, const struct kl_histree_node *node)
{
	u64 denied = node->records[KL_DENIED];

	if (!records_of(node))
		return;
	kl_put_number(output, "records",
		      records_of(node) == 1 ? "  %s record" : "  %s records",
		      records_of(node));
	kl_put_number(output, "allowed", NULL, node->records[KL_ALLOWED]);
	kl_put_number(output, "unmatched", NULL, node->records[KL_UNMATCHED]);
	if (denied)
		kl_paint(output, KL_BAD);
	kl_put_number(output, "denied", denied ? ", %s denied" : NULL, denied);
	if (denied)
		kl_paint(output, KL_PLAIN);
	kl_put_number(output, "unenforced",
		      node->unenforced ? " (%s not enforced)" : NULL, node->unenforced);
}

/* "(812)", or how many there were. */
static void put_program(struct view *view, const struct kl_histree_node *node)
{
	struct kl_output *output = view->output;

	kl_put_number(output, "executions", NULL, node->merged);
	if (node->merged > 1) {
		kl_say(output, " %s%llu", view->lines->times,
		       (unsigned long long)node->merged);
	} else {
		kl_put_number(output, "pid", node->pid ? " (%s)" : NULL, node->pid);
		if (node->started)
			kl_put_number(output, "started", NULL, node->started);
	}
	if (node->called)
		kl_put_encoded(output, "called", " [%s]", text_of(node->called));
	kl_put_bool(output, "reconstructed", NULL, node->reconstructed);
	kl_put_bool(output, "deduced", NULL, node->deduced);
	if (node->living)
		kl_put_number(output, "processes",
			      node->living > 1 ? "  %s processes" : NULL, node->living);
}

static const char *const kinds[] = {
	[KL_HISTREE_ROOT] = "root",	  [KL_HISTREE_ORIGIN] = "origin",
	[KL_HISTREE_PROGRAM] = "program", [KL_HISTREE_OLDER] = "older",
	[KL_HISTREE_UNTOLD] = "untold",
};

static void put_node(struct view *view, const struct kl_histree_node *node)
{
	struct kl_output *output = view->output;
	struct kl_buffer label = { 0 };

	make_prefix(view, node);
	kl_histree_label(node, &label);
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, kinds[node->kind]);
	kl_put_number(output, "id", NULL, node->id);
	if (node->parent->id)
		kl_put_number(output, "parent", NULL, node->parent->id);
	kl_paint(output, KL_FAINT);
	kl_put_text(output, "", "%s", kl_buffer_text(&view->prefix));
	kl_say(output, "%s", node->reconstructed ? "~" : "");
	kl_paint(output, KL_PLAIN);
	kl_put_string(output, node->kind == KL_HISTREE_ORIGIN ? "instance" : "program",
		      "%s", label.data);
	if (node->kind == KL_HISTREE_PROGRAM)
		put_program(view, node);
	put_subject(view, node);
	put_records(output, node);
	kl_close(output);
	kl_say(output, "\n");
	kl_buffer_free(&label);
}

static const struct lines *find_lines(void)
{
	setlocale(LC_CTYPE, "");
	return strcmp(nl_langinfo(CODESET), "UTF-8") ? &ascii : &unicode;
}

static void put_tree(struct kl_output *output, struct kl_histree *tree)
{
	struct view view = { .output = output, .lines = find_lines(),
			     .top = tree->root };
	struct kl_histree_node *node = tree->root->first;
	u32 id = 0;

	/* The only origin needs no name. */
	if (output->format == KL_FORMAT_TEXT && node && !node->next) {
		view.top = node;
		node = node->first;
	}
	for (; node; node = kl_histree_next(node)) {
		node->id = ++id;
		put_node(&view, node);
	}
	kl_buffer_free(&view.prefix);
}

/* ------------------------------------------------------------ where from */

static int read_module(struct kl_histree *tree)
{
	struct kl_buffer text = { 0 };
	struct kl_error error;
	int status = kl_proc_check(), result;

	if (status)
		return status;
	result = kl_proc_read("processes", &text);
	if (result) {
		status = kl_proc_complain("processes", result);
	} else if (kl_histree_processes(tree, kl_buffer_text(&text), &error)) {
		kl_complain("%s/processes:%u: %s", kl_proc_directory(), error.line,
			    error.text);
		status = KL_EXIT_FAILURE;
	}
	kl_buffer_free(&text);
	return status;
}

static void show(struct kl_output *output, struct kl_histree *tree, bool all)
{
	struct kl_histree merged;

	if (all) {
		kl_histree_sort(tree);
		put_tree(output, tree);
		return;
	}
	kl_histree_merge(&merged, tree);
	kl_histree_sort(&merged);
	put_tree(output, &merged);
	kl_histree_free(&merged);
}

static void summarise(struct kl_output *output, const struct kl_histree *tree,
		      const struct kl_records *records)
{
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "summary");
	kl_paint(output, KL_NOTICE);
	kl_put_number(output, "left_out",
		      tree->crowded_out ? "left out: %s times, as the tree is too large\n" :
					  NULL,
		      tree->crowded_out);
	kl_paint(output, KL_PLAIN);
	if (records)
		kl_records_say_missing(output, records);
	kl_close(output);
}

static int show_module(struct kl_common *common, struct kl_histree *tree, bool all)
{
	int status = read_module(tree);

	if (!tree->count)
		return status;
	show(&common->output, tree, all);
	summarise(&common->output, tree, NULL);
	return status;
}

static int show_logs(struct kl_common *common, struct kl_histree *tree, bool all,
		     char **names, int count)
{
	const struct kl_logline *line;
	struct kl_records *records;
	struct kl_strings strings;
	int status, result;

	kl_xstrings(&strings);
	records = kl_records_open(names, count, common->quiet, &strings, &status);
	if (records) {
		while ((result = kl_records_next(records, &line)) > 0)
			kl_histree_record(tree, line);
		status = result ? KL_EXIT_FAILURE : KL_EXIT_OK;
		show(&common->output, tree, all);
		summarise(&common->output, tree, records);
	}
	kl_records_close(records);
	kl_strings_destroy(&strings);
	return status;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	struct kl_histree tree;
	bool all = false;
	int option, status;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option != 'a')
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
		all = true;
	}
	kl_histree_init(&tree);
	common.output.pretty = false;
	status = optind == argc ? show_module(&common, &tree, all) :
				  show_logs(&common, &tree, all, argv + optind,
					    argc - optind);
	kl_histree_free(&tree);
	return kl_common_done(&common, status);
}

const struct kl_command pstree_command = {
	.name = "pstree",
	.arguments = "[LOG]...",
	.words = "@file",
	.summary = "Show who executed what as a tree: of the running kernel, or of logs",
	.details =
		"Without LOG: all processes, by the programs that they and their ancestors\n"
		"executed. With LOG: those that the records tell of, with users, domains,\n"
		"control groups and counts of records. ~ marks what was found running when\n"
		"the module was loaded.\n",
	.options = options,
	.run = run,
};
