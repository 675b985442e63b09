// SPDX-License-Identifier: GPL-2.0
/* kellasctl learn */
#include <getopt.h>

#include "kellasctl.h"
#include "learn.h"
#include "log.h"
#include "progress.h"
#include "source.h"

/* Of no operation but those of the subject has this one attributes. */
#define SUBJECT_OP KL_OP_USE_NETLINK_SOCKET
#define NUMBER_MAX 1000000000u

enum { GROUP_BY = 256 + 1, GENERALISE, DIFFERENT, ENTRIES, DENY, DENIED, ENFORCE };

static const struct kl_option options[] = {
	{ "for", 'f', "CONDITION", NULL,
	  "learn only from records of this subject, such as task.exe=/usr/sbin/nginx; "
	  "may be repeated" },
	{ "group-by", GROUP_BY, "WHAT", "exe domain history cgroup",
	  "blocks for each program (exe), domain, history or cgroup" },
	{ "generalise", GENERALISE, "HOW", "none numbers all",
	  "which parts of names become wildcards (all)" },
	{ "different", DIFFERENT, "N", NULL,
	  "names that must differ in a place before it becomes a wildcard (3)" },
	{ "directory-entries", ENTRIES, "N", NULL,
	  "names of one folder, or addresses of a network, before it is all of it (20)" },
	{ "deny", DENY, "OPERATION", "@op",
	  "also deny an operation that was not seen; may be repeated" },
	{ "denied", DENIED, NULL, NULL, "learn what was denied, too" },
	{ "enforce", ENFORCE, NULL, NULL,
	  "deny what was not seen; otherwise the blocks are permissive" },
	{ 0 },
};

/**
 * struct request - what is asked for
 * @common: output
 * @options: of the library
 * @conditions: joined arguments of --for
 */
struct request {
	struct kl_common common;
	struct kl_learn_options options;
	struct kl_buffer conditions;
};

static void put_operations(struct kl_output *output, const char *key, const char *lead,
			   const u64 *ops, const u64 *but)
{
	const char *separator = lead;
	u32 op;

	kl_open_array(output, key);
	for (op = 0; op < KL_OP_COUNT; op++) {
		if (!kl_op_test(ops, op) || (but && kl_op_test(but, op)))
			continue;
		kl_say(output, "%s", separator);
		kl_put_string(output, NULL, "%s", kl_op_table[op].keyword);
		separator = " ";
	}
	if (separator != lead)
		kl_say(output, "\n");
	kl_close(output);
}

static void put_count(struct kl_output *output, const char *key, const char *format,
		      u64 count)
{
	kl_put_number(output, key, count ? format : NULL, count);
}

/* What is missing from the log, as comments; JSON has it all in "log". */
static void put_log(struct kl_output *output, const struct kl_log *log)
{
	const struct kl_log_counts *counts = kl_log_counts(log);

	if (output->format == KL_FORMAT_JSON) {
		kl_log_say_missing(output, log);
		return;
	}
	put_count(output, "", "# Records lost, of which nothing is permitted: %s\n",
		  counts->lost);
	put_count(output, "",
		  "# Records suppressed, of which nothing is permitted: %s\n",
		  counts->suppressed);
	put_count(output, "", "# Lines of the log that could not be read: %s\n",
		  counts->unreadable);
	put_count(output, "", "# Files of the log that could not be read to the end: %s\n",
		  counts->damaged);
}

/* What had been denied. */
static void put_denied(struct kl_output *output, const struct kl_learn *learn)
{
	const struct kl_learn_counts *counts = kl_learn_counts(learn);

	put_count(output, "denied", "# Requests that had been denied, not permitted here: %s\n",
		  counts->denied);
	put_count(output, "reopened",
		  "# REQUESTS THAT HAD BEEN DENIED, BUT ARE PERMITTED HERE by what is wider "
		  "than what was seen: %s",
		  counts->reopened);
	if (counts->reopened)
		kl_put_text(output, "reopened_example", ", such as %s\n",
			    kl_learn_reopened(learn));
}

static void put_passed_over(struct kl_output *output, const struct kl_learn_counts *counts,
			    const u64 *denied)
{
	u64 blocks[KL_OP_WORDS];
	u32 i;

	for (i = 0; i < KL_OP_WORDS; i++)
		blocks[i] = counts->seen[i] | denied[i];
	put_count(output, "others", "# Requests of others, not looked at: %s\n",
		  counts->others);
	put_count(output, "undecided",
		  "# Requests whose record lacks an attribute that the conditions ask for, not "
		  "looked at: %s\n",
		  counts->undecided);
	put_count(output, "ungrouped",
		  "# Requests whose record lacks the attribute they are grouped by, not "
		  "looked at: %s\n",
		  counts->ungrouped);
	put_count(output, "unknowable",
		  "# Requests with an attribute too long or unreadable, not permitted here: "
		  "%s\n",
		  counts->unknowable);
	put_count(output, "unrestrictable",
		  "# Requests of operations that get no block, because nothing tells them "
		  "apart, or nothing can be denied: %s\n",
		  counts->unrestrictable);
	put_operations(output, "free", "# These have no block and stay permitted: ",
		       counts->free, NULL);
	put_operations(output, "elsewhere",
		       "# The log has these of others only; they stay permitted unless "
		       "denied by --deny: ",
		       counts->elsewhere, blocks);
}

static void put_head(struct request *request, const struct kl_log *log,
		     const struct kl_learn *learn)
{
	const struct kl_learn_counts *counts = kl_learn_counts(learn);
	struct kl_output *output = &request->common.output;
	const struct kl_learn_options *options = &request->options;
	char name[KL_SLOT_NAME_MAX];

	kl_put_number(output, "requests", "# Learnt by kellasctl from %s requests, ",
		      counts->learnt);
	kl_put_number(output, "observations", "%s of them different, ",
		      counts->observations);
	kl_put_number(output, "subjects", "of %s ", counts->subjects);
	kl_say(output, counts->subjects == 1 ? "subject" : "subjects");
	kl_put_string(output, "group_by", " told apart by %s",
		      kl_slot_name(SUBJECT_OP, options->group_by, name));
	kl_put_text(output, "conditions", options->conditions.length ? ", with %s" : NULL,
		    options->conditions);
	kl_say(output, "\n");
	put_log(output, log);
	put_denied(output, learn);
	put_passed_over(output, counts, options->deny);
	kl_put_bool(output, "enforce", NULL, options->enforce);
	if (!options->enforce)
		kl_say(output, "# Permissive: what was not seen is logged as denied, but "
			       "not denied. Learn with --enforce to deny it.\n");
	if (options->group_by == KL_SLOT_TASK_DOMAIN)
		kl_say(output, "# Who enters which domain is not in here: load it beside "
			       "the policy that says so (load --add).\n");
}

static void put_lines(struct kl_output *output, const char *text, const char *indent)
{
	struct kl_text rest = kl_text_of(text), line;
	const char *newline;

	while (rest.length) {
		newline = memchr(rest.data, '\n', rest.length);
		line = rest;
		if (newline)
			line.length = newline - rest.data;
		rest.data += line.length + !!newline;
		rest.length -= line.length + !!newline;
		kl_say(output, "%s", indent);
		kl_put_text(output, NULL, "# %s\n", line);
	}
}

static void put_line(struct kl_output *output, const struct kl_draft_line *line)
{
	const char *indent = *line->text == ' ' ? "    " : "";

	kl_open_object(output, NULL);
	kl_paint(output, KL_FAINT);
	kl_open_array(output, "above");
	if (line->above)
		put_lines(output, line->above, indent);
	kl_close(output);
	kl_paint(output, KL_PLAIN);
	kl_put_string(output, "line", "%s", line->text);
	kl_paint(output, KL_FAINT);
	kl_put_string(output, "beside", " # %s", line->beside);
	kl_paint(output, KL_PLAIN);
	kl_say(output, "\n");
	kl_close(output);
}

static void put_draft(struct kl_output *output, const struct kl_draft *draft)
{
	u32 part, i;

	kl_open_array(output, "policy");
	for (part = 0; part < KL_DRAFT_PARTS; part++)
		for (i = 0; i < draft->parts[part].count; i++)
			put_line(output, &draft->parts[part].lines[i]);
	kl_close(output);
}

static void put_all(struct request *request, const struct kl_log *log,
		    const struct kl_learn *learn)
{
	struct kl_output *output = &request->common.output;
	const struct kl_learn_counts *counts = kl_learn_counts(learn);

	kl_open_object(output, NULL);
	put_head(request, log, learn);
	put_draft(output, kl_learn_draft(learn));
	kl_put_number(output, "permitted",
		      "# Proved by asking the policy again: all %s requests are permitted.\n",
		      counts->learnt);
	kl_close(output);
	if (!request->common.quiet)
		fprintf(stderr,
			"%llu requests learnt, all of them permitted by the policy\n",
			(unsigned long long)counts->learnt);
	if (counts->reopened)
		kl_complain("%llu requests that had been denied are permitted, too: see "
			    "the top of the policy",
			    (unsigned long long)counts->reopened);
}

/* Why is there nothing to learn? */
static int complain_nothing(const struct kl_log *log, const struct kl_learn_counts *counts)
{
	unsigned long long requests = kl_log_counts(log)->requests;

	if (counts->unrestrictable)
		kl_complain("nothing to learn: no operation that was seen can be "
			    "restricted");
	else if (!requests)
		kl_complain("nothing to learn: there is no request in the log");
	else
		kl_complain("nothing to learn of %llu requests: %llu of others, %llu "
			    "without an attribute that the conditions ask for, %llu "
			    "without the one they are grouped by, %llu denied",
			    requests, (unsigned long long)counts->others,
			    (unsigned long long)counts->undecided,
			    (unsigned long long)counts->ungrouped,
			    (unsigned long long)counts->denied);
	if (counts->undecided || counts->ungrouped)
		fputs("A record has task.cgroup and the like only if the policy that "
		      "logged it asks for them, as in task.cgroup!=NULL.\n",
		      stderr);
	return KL_EXIT_FAILURE;
}

static void read_log(struct kl_log *log, struct kl_learn *learn)
{
	const struct kl_log_counts *counts = kl_log_counts(log);
	const struct kl_logline *line;

	kl_progress_begin("learning", counts->size);
	while (kl_log_next(log, &line) > 0) {
		kl_learn_add(learn, line);
		kl_progress_step(counts->bytes);
	}
	kl_progress_end();
}

static int learn_from(struct request *request, struct kl_learn *learn, struct kl_log *log)
{
	struct kl_error error;

	read_log(log, learn);
	if (kl_learn_finish(learn, &error)) {
		if (error.line)
			kl_complain("line %u of the learnt policy, column %u: %s",
				    error.line, error.column, error.text);
		else
			kl_complain("%s", error.text);
		return KL_EXIT_FAILURE;
	}
	if (!kl_learn_counts(learn)->learnt)
		return complain_nothing(log, kl_learn_counts(learn));
	put_all(request, log, learn);
	return KL_EXIT_OK;
}

static int complain_condition(const struct request *request, const struct kl_error *error)
{
	kl_complain("--for: %s", error->text);
	if (error->column)
		kl_caret(stderr, request->options.conditions, error->column);
	return KL_EXIT_USAGE;
}

static int learn(struct request *request, int count, char **names)
{
	struct kl_strings strings;
	struct kl_error error;
	struct kl_learn *learn;
	struct kl_log *log;
	int status;

	request->options.conditions = kl_buffer_text(&request->conditions);
	learn = kl_learn_new(&request->options, &error);
	if (!learn)
		return complain_condition(request, &error);
	if (kl_strings_init(&strings)) {
		kl_complain("out of memory");
		kl_learn_free(learn);
		return KL_EXIT_FAILURE;
	}
	log = kl_log_open(names, count, &strings);
	status = log ? learn_from(request, learn, log) : KL_EXIT_FAILURE;
	if (log)
		kl_log_close(log);
	kl_learn_free(learn);
	kl_strings_destroy(&strings);
	return status;
}

static void add_condition(struct request *request, const char *argument)
{
	struct kl_buffer word = { 0 };

	kl_word_from_shell(SUBJECT_OP, argument, &word);
	if (request->conditions.length)
		kl_buffer_puts(&request->conditions, " ");
	kl_buffer_add(&request->conditions, word.data, word.length);
	kl_buffer_free(&word);
}

static int set_group_by(struct request *request)
{
	static const struct {
		const char *word;
		enum kl_slot slot;
	} words[] = {
		{ "exe", KL_SLOT_TASK_EXE },
		{ "domain", KL_SLOT_TASK_DOMAIN },
		{ "history", KL_SLOT_TASK_HISTORY },
		{ "cgroup", KL_SLOT_TASK_CGROUP },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(optarg, words[i].word)) {
			request->options.group_by = words[i].slot;
			return -1;
		}
	return kl_usage(&learn_command, "--group-by=%s: expected exe, domain, history or "
					"cgroup",
			optarg);
}

static int set_generalise(struct request *request)
{
	static const char *const words[] = {
		[KL_GENERALISE_NONE] = "none",
		[KL_GENERALISE_NUMBERS] = "numbers",
		[KL_GENERALISE_ALL] = "all",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(optarg, words[i])) {
			request->options.how.level = i;
			return -1;
		}
	return kl_usage(&learn_command, "--generalise=%s: expected none, numbers or all",
			optarg);
}

static int set_number(u32 *number)
{
	u64 value;

	if (kl_parse_number(optarg, NUMBER_MAX, &value) || !value)
		return kl_usage(&learn_command, "'%s' is no number from 1 to %u", optarg,
				NUMBER_MAX);
	*number = value;
	return -1;
}

static int set_deny(struct request *request)
{
	int op = kl_op_find(kl_text_of(optarg));

	if (op < 0)
		return kl_usage(&learn_command, "--deny=%s: there is no such operation",
				optarg);
	if (kl_op_table[op].flags & KL_OP_LOG_ONLY || op == KL_OP_AUTO_DOMAIN_TRANSITION)
		return kl_usage(&learn_command, "--deny=%s: it cannot be denied", optarg);
	kl_op_add(request->options.deny, op);
	return -1;
}

static int set_option(struct request *request, int option)
{
	switch (option) {
	case 'f':
		add_condition(request, optarg);
		return -1;
	case GROUP_BY:
		return set_group_by(request);
	case GENERALISE:
		return set_generalise(request);
	case DIFFERENT:
		return set_number(&request->options.how.different);
	case ENTRIES:
		return set_number(&request->options.how.entries);
	case DENY:
		return set_deny(request);
	case DENIED:
		request->options.denied = true;
		return -1;
	case ENFORCE:
		request->options.enforce = true;
		return -1;
	default:
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct request request = {
		.options = {
			.group_by = KL_SLOT_TASK_EXE,
			.how = {
				.level = KL_GENERALISE_ALL,
				.different = KL_GENERALISE_DIFFERENT,
				.entries = KL_GENERALISE_ENTRIES,
			},
		},
	};
	int option, status = -1;

	kl_common_init(&request.common);
	while (status < 0 &&
	       (option = kl_option_next(command, argc, argv, &request.common)) != -1)
		status = set_option(&request, option);
	if (status < 0)
		status = learn(&request, argc - optind, argv + optind);
	kl_buffer_free(&request.conditions);
	return kl_common_done(&request.common, status);
}

const struct kl_command learn_command = {
	.name = "learn",
	.arguments = "[LOG]...",
	.words = "@file",
	.summary = "Make a policy that permits what a log shows",
	.details =
		"Prints a policy for the subjects of the records: whatever they were seen to\n"
		"do is allowed, the rest of the same operations denied. Parts of names that\n"
		"vary become wildcards, each explained in a comment. Unless --enforce is\n"
		"given the blocks are permissive, and deny nothing. LOG is text or JSON lines,\n"
		"plain or compressed; '-' is standard input.\n",
	.options = options,
	.run = run,
};
