// SPDX-License-Identifier: GPL-2.0
/* kellasctl who */
#include <getopt.h>

#include "access.h"
#include "engine/lex.h"
#include "kellasctl.h"
#include "moment.h"
#include "record_output.h"
#include "records.h"
#include "source.h"

enum { SINCE = 256 + 1, UNTIL, RESULT, LOG };

static const struct kl_option options[] = {
	{ "all", 'a', NULL, NULL, "each record, not only each kind of access" },
	{ "since", SINCE, "TIME", NULL, "only what happened then or later" },
	{ "until", UNTIL, "TIME", NULL, "only what happened before" },
	{ "result", RESULT, "RESULT", "allowed denied unmatched",
	  "only records with this result" },
	{ "log", LOG, "FILE", "@file", "read this log (again for several files)" },
	{ 0 },
};

/**
 * struct question - options, objects, and what was found
 * @common: output
 * @all, @since, @until, @result: options; -1: any result
 * @logs, @log_count: --log
 * @objects, @object_count: what is asked about
 * @filter: conditions, or NULL
 * @found: the accesses
 * @untold: how many of them have no history
 */
struct question {
	struct kl_common common;
	bool all;
	u64 since, until;
	int result;
	char **logs;
	int log_count;
	struct kl_object **objects;
	int object_count;
	struct kl_filter *filter;
	struct kl_accesses found;
	u64 untold;
};

static struct kl_text text_of(const struct kl_string *word)
{
	return word ? (struct kl_text){ word->text, word->length } : kl_text_of("");
}

static bool is_untold(const struct kl_histree_node *node)
{
	return node->kind == KL_HISTREE_UNTOLD ||
	       (node->parent && node->parent->kind == KL_HISTREE_UNTOLD);
}

/* ------------------------------------------------------------------ looking */

static enum kl_role role_in(const struct question *question,
			    const struct kl_logline *line)
{
	enum kl_role role = KL_ROLE_NONE;
	int i;

	for (i = 0; i < question->object_count && role == KL_ROLE_NONE; i++)
		role = kl_object_role(question->objects[i], line);
	return role;
}

static bool is_wanted(const struct question *question, const struct kl_logline *line)
{
	if (line->time < question->since || line->time >= question->until)
		return false;
	if (question->result >= 0 && line->result != question->result)
		return false;
	return !question->filter || kl_filter_match(question->filter, &line->facts);
}

/* All lines go into the tree: some say of what loading of the module the next are. */
static void look_at(struct question *question, const struct kl_logline *line)
{
	struct kl_histree_node *node = kl_histree_record(&question->found.tree, line);
	enum kl_role role;

	if (!node || !is_wanted(question, line))
		return;
	role = role_in(question, line);
	if (role == KL_ROLE_NONE)
		return;
	question->untold += is_untold(node);
	kl_accesses_add(&question->found, line, node, role);
}

/* ------------------------------------------------------------------ showing */

static void put_program(struct kl_output *output, const struct kl_histree_node *node,
			bool exact)
{
	struct kl_buffer label = { 0 };

	kl_histree_label(node, &label);
	kl_open_object(output, NULL);
	kl_say(output, "%s", node->reconstructed && exact ? "~" : "");
	if (node->kind == KL_HISTREE_PROGRAM)
		kl_put_text(output, "program", "%s", kl_buffer_text(&label));
	else
		kl_say(output, "%s", label.data);
	if (exact && node->pid)
		kl_put_number(output, "pid", "(%s)", node->pid);
	if (exact && node->started)
		kl_put_number(output, "started", NULL, node->started);
	if (exact && node->called)
		kl_put_encoded(output, "called", " [%s]", text_of(node->called));
	kl_close(output);
	kl_buffer_free(&label);
}

/*
 * From the oldest program to the process itself. @common: behind it, pid and
 * time are not those of all accesses that are shown.
 */
static void put_history(struct kl_output *output, const struct kl_histree_node *node,
			const struct kl_histree_node *common)
{
	/* Root and origin are no part of it. */
	u32 depth = node->depth > 2 ? node->depth - 1 : 1, i;
	const struct kl_histree_node **path = kl_xalloc(depth, sizeof(*path));

	for (i = depth; i--; node = node->parent)
		path[i] = node;
	kl_open_array(output, "history");
	for (i = 0; i < depth; i++) {
		kl_say(output, "%s", i ? " => " : "");
		put_program(output, path[i], path[i]->depth <= common->depth);
	}
	kl_close(output);
	free(path);
}

static void put_what(struct kl_output *output, const struct kl_access *access)
{
	struct kl_text what = text_of(access->what);

	kl_put_result(output, access->result);
	kl_paint(output, KL_BOLD);
	kl_put_string(output, "operation", "%s", kl_op_table[access->op].keyword);
	kl_paint(output, KL_PLAIN);
	kl_say(output, "%.*s", (int)what.length, what.data);
	while (what.length && *what.data == ' ')
		what = kl_text_from(what, 1);
	kl_put_text(output, "object", NULL, what);
	kl_put_string(output, "role", NULL,
		      access->role == KL_ROLE_SUBJECT ? "subject" : "object");
	if (access->unenforced) {
		kl_put_bool(output, "enforced", NULL, false);
		kl_say(output, "  not enforced");
	}
}

/* The process may be a child of the one that executed the program. */
static void put_subject(struct kl_output *output, const struct kl_access *access,
			bool single)
{
	kl_paint(output, KL_FAINT);
	if (single)
		kl_put_number(output, "pid",
			      access->pid != access->node->pid ? "  pid=%s" : NULL,
			      access->pid);
	if (access->uid != ~0ull)
		kl_put_number(output, "uid", "  uid=%s", access->uid);
	if (access->domain)
		kl_put_encoded(output, "domain", " domain=%s", text_of(access->domain));
	kl_put_number(output, "priority", "  [%s", access->priority);
	if (access->label)
		kl_put_text(output, "rule", " %s", text_of(access->label));
	kl_say(output, "]");
	kl_paint(output, KL_PLAIN);
}

static void put_access(struct question *question, const struct kl_access *access)
{
	struct kl_output *output = &question->common.output;

	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "access");
	kl_put_iso_time(output, "time", access->time);
	if (access->sequence)
		kl_put_number(output, "seq", NULL, access->sequence);
	kl_put_time(output, access->time);
	kl_say(output, "  ");
	put_what(output, access);
	kl_say(output, "\n    ");
	put_history(output, access->node, access->node);
	put_subject(output, access, true);
	kl_say(output, "\n");
	kl_close(output);
}

static void put_repeats(struct kl_output *output, const struct kl_access_group *group)
{
	kl_put_number(output, "count", NULL, group->count);
	kl_put_number(output, "processes", NULL, group->processes);
	if (group->count < 2)
		return;
	kl_paint(output, KL_NOTICE);
	kl_say(output, "  %llu times since ", (unsigned long long)group->count);
	kl_paint(output, KL_PLAIN);
	kl_put_time(output, group->first_time);
}

static void put_group(struct question *question, const struct kl_access_group *group)
{
	const struct kl_access *newest = group->newest;
	struct kl_output *output = &question->common.output;

	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "accesses");
	kl_put_iso_time(output, "first", group->first_time);
	kl_put_iso_time(output, "last", newest->time);
	if (newest->sequence)
		kl_put_number(output, "seq", NULL, newest->sequence);
	kl_put_time(output, newest->time);
	kl_say(output, "  ");
	put_what(output, newest);
	put_repeats(output, group);
	kl_say(output, "\n    ");
	put_history(output, newest->node, group->common);
	if (group->processes > 1)
		kl_say(output, "  by %llu processes",
		       (unsigned long long)group->processes);
	put_subject(output, newest, group->single);
	kl_say(output, "\n");
	kl_close(output);
}

static void put_notes(struct question *question)
{
	u64 crowded_out = question->found.tree.crowded_out;
	u64 left_out = question->found.left_out;
	struct kl_output *output = &question->common.output;

	if (!question->found.count)
		kl_say(output, "nobody, as far as the log tells\n");
	kl_paint(output, KL_NOTICE);
	kl_put_number(output, "untold",
		      question->untold ? "of %s records the policy did not ask for the "
					 "history: a condition on task.history does\n" :
					 NULL,
		      question->untold);
	kl_put_number(output, "left_out",
		      left_out ? "left out: the first %s records that were found, for want "
				 "of memory; --until or conditions choose them\n" :
				 NULL,
		      left_out);
	kl_put_number(output, "crowded_out",
		      crowded_out ? "left out: %s times the end of a history, as their "
				    "tree is too large\n" :
				    NULL,
		      crowded_out);
	kl_paint(output, KL_PLAIN);
}

static void show(struct question *question, const struct kl_records *records)
{
	struct kl_output *output = &question->common.output;
	struct kl_accesses *found = &question->found;
	u32 i;

	if (question->all) {
		kl_accesses_sort(found);
		for (i = 0; i < found->count; i++)
			put_access(question, &found->list[i]);
	} else {
		kl_accesses_group(found);
		for (i = 0; i < found->group_count; i++)
			put_group(question, &found->groups[i]);
	}
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "summary");
	kl_put_number(output, "records", NULL, found->count);
	put_notes(question);
	kl_records_say_missing(output, records);
	kl_close(output);
}

static int answer(struct question *question)
{
	const struct kl_logline *line;
	struct kl_records *records;
	struct kl_strings strings;
	int status, result;

	kl_xstrings(&strings);
	records = kl_records_open(question->logs, question->log_count,
				  question->common.quiet, &strings, &status);
	if (records) {
		kl_accesses_init(&question->found);
		while ((result = kl_records_next(records, &line)) > 0)
			look_at(question, line);
		status = result ? KL_EXIT_FAILURE : KL_EXIT_OK;
		show(question, records);
		kl_accesses_free(&question->found);
	}
	kl_records_close(records);
	kl_strings_destroy(&strings);
	return status;
}

/* ---------------------------------------------------------------- arguments */

static int add_object(struct question *question, const char *word)
{
	struct kl_error error;
	struct kl_object *object = kl_object_new(word, &error);

	if (!object)
		return kl_usage(&who_command, "%s: %s", word, error.text);
	question->objects = kl_xrealloc(question->objects, question->object_count + 1,
					sizeof(*question->objects));
	question->objects[question->object_count++] = object;
	return -1;
}

static int add_filter(struct question *question, int count, char **words)
{
	struct kl_buffer text = { 0 };
	struct kl_error error;

	if (!count)
		return -1;
	question->filter = kl_filter_from_words(count, words, &text, &error);
	if (!question->filter) {
		kl_complain("filter: %s", error.text);
		kl_caret(stderr, kl_buffer_text(&text), error.column);
	}
	kl_buffer_free(&text);
	return question->filter ? -1 : KL_EXIT_USAGE;
}

static int set_time(u64 *moment)
{
	if (!kl_moment_parse(optarg, moment))
		return -1;
	return kl_usage(&who_command, "'%s' is no time: " KL_MOMENT_FORMS, optarg);
}

static int set_option(struct question *question, int option)
{
	switch (option) {
	case 'a':
		question->all = true;
		return -1;
	case SINCE:
		return set_time(&question->since);
	case UNTIL:
		return set_time(&question->until);
	case RESULT:
		question->result = kl_result_find(kl_text_of(optarg));
		return question->result >= 0 ?
			       -1 :
			       kl_usage(&who_command, "'%s' is no result", optarg);
	case LOG:
		question->logs = kl_xrealloc(question->logs, question->log_count + 1,
					     sizeof(*question->logs));
		question->logs[question->log_count++] = optarg;
		return -1;
	default:
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
}

static int read_arguments(struct question *question, int argc, char **argv)
{
	int option, status = -1;

	while (status < 0 && (option = kl_option_next(&who_command, argc, argv,
						      &question->common)) != -1)
		status = set_option(question, option);
	if (status < 0 && optind == argc)
		status = kl_usage(&who_command, "which OBJECT?");
	while (status < 0 && optind < argc)
		status = add_object(question, argv[optind++]);
	return status;
}

/* Behind "--" the filter begins: objects stand before it. */
static int find_end(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		;
	return i;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct question question = { .until = ~0ull, .result = -1 };
	int end = find_end(argc, argv), status;

	(void)command;
	kl_common_init(&question.common);
	question.common.output.pretty = false;
	status = read_arguments(&question, end, argv);
	if (status < 0 && end < argc)
		status = add_filter(&question, argc - end - 1, argv + end + 1);
	if (status < 0)
		status = answer(&question);
	while (question.object_count)
		kl_object_free(question.objects[--question.object_count]);
	free(question.objects);
	free(question.logs);
	kl_filter_free(question.filter);
	return kl_common_done(&question.common, status);
}

const struct kl_command who_command = {
	.name = "who",
	.arguments = "OBJECT... [-- OPERATION [CONDITION]...]",
	.words = "@file path= port= ip= pid= user= tcp/ udp/ @op",
	.summary = "Show who did something to a file, port, address, process or user",
	.details =
		"OBJECT: a path or pattern of paths; a folder with a / at the end for all that\n"
		"is below it; tcp/N, udp/N, N or A-B for ports; an address, range or network; the\n"
		"name of a user; or path=, port=, ip=, pid=, user= in front of it. Of users and\n"
		"processes also what they did themselves. Newest last, with the history of the\n"
		"process: what was executed by whom until it came to this.\n"
		"Without --log: the file of kellas-auditd if there is one, and what the module\n"
		"holds. TIME is UTC: " KL_MOMENT_FORMS ".\n",
	.options = options,
	.run = run,
};
