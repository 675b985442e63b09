// SPDX-License-Identifier: GPL-2.0
/* kellasctl explain */
#include <getopt.h>

#include "engine/lex.h"
#include "explain.h"
#include "explanation.h"
#include "kellasctl.h"
#include "logline.h"
#include "numbered.h"
#include "proc.h"
#include "record_output.h"
#include "records.h"

enum { ABSENT = 256 + 1, SEQUENCE, LOG };

static const struct kl_option options[] = {
	{ "policy", 'p', "FILE", "@file",
	  "policy to ask (again for several files) instead of the running one" },
	{ "seq", SEQUENCE, "N", NULL, "explain the record with this number" },
	{ "log", LOG, "FILE", "@file", "look for it in this log (again for several files)" },
	{ "task", 't', "NAME=VALUE", "@task",
	  "value of task.NAME where the request says nothing" },
	{ "assume-absent", ABSENT, NULL, NULL, "what is not given has no value" },
	{ "all", 'a', NULL, NULL, "also show blocks that do not match, and why" },
	{ 0 },
};

/**
 * struct request - the options and what they are about
 * @common: output
 * @file: the policy
 * @line: facts, and record if one was given
 * @text: the record behind @line, if it was looked for by number
 * @sequence: --seq, 0: none
 * @logs, @log_count: --log
 * @tasks: --task words
 * @task_count: number of @tasks
 * @absent, @all: options
 * @explained, @passed_over: lines of standard input that were, and that are no
 *	requests
 */
struct request {
	struct kl_common common;
	struct kl_policy_file file;
	struct kl_logline line;
	struct kl_buffer text;
	u64 sequence;
	char **logs;
	int log_count;
	char **tasks;
	int task_count;
	bool absent, all;
	u64 explained, passed_over;
};

static void complain_word(const char *word, const struct kl_error *error)
{
	kl_complain("%s: %s", word, error->text);
	kl_caret(stderr, kl_text_of(word), error->column);
}

/* What --task says counts where nothing else was said; the last one wins. */
static int add_tasks(struct request *request)
{
	struct kl_facts *facts = &request->line.facts;
	struct kl_buffer named = { 0 }, word = { 0 };
	struct kl_error error;
	int i = request->task_count, result = 0;

	while (i-- && !result) {
		memset(&error, 0, sizeof(error));
		kl_buffer_clear(&named);
		kl_buffer_printf(&named, "task.%s", request->tasks[i]);
		kl_word_from_shell(facts->request.op, named.data, &word);
		result = kl_facts_add(facts, kl_buffer_text(&word), &error);
		if (result == -EEXIST)
			result = 0;
		if (result)
			complain_word(word.data, &error);
	}
	kl_buffer_free(&named);
	kl_buffer_free(&word);
	return result;
}

static int answer(struct request *request)
{
	struct kl_explanation explanation;
	struct kl_facts *facts = &request->line.facts;
	int status = KL_EXIT_OK;

	if (add_tasks(request))
		return KL_EXIT_USAGE;
	if (request->absent)
		kl_facts_assume_absent(facts);
	if (kl_explain(&request->file, facts, request->all, &explanation)) {
		kl_complain("out of memory");
		kl_explanation_free(&explanation);
		return KL_EXIT_FAILURE;
	}
	explanation_put(&request->common.output, &request->file,
			request->line.facts.request.op, &explanation);
	if (explanation.answers == (KL_ANSWER_PERMIT | KL_ANSWER_DENY))
		status = KL_EXIT_UNDECIDED;
	if (explanation.disagreement) {
		kl_complain("THIS ANSWER IS NOT TO BE TRUSTED: the engine's decision "
			    "differs from the rules read one by one; please report it "
			    "together with the policy and the request");
		status = KL_EXIT_FAILURE;
	}
	kl_explanation_free(&explanation);
	return status;
}

static int answer_words(struct request *request, int count, char **words)
{
	struct kl_facts *facts = &request->line.facts;
	struct kl_buffer word = { 0 };
	struct kl_error error;
	int op = kl_op_find(kl_text_of(words[0])), i, result = 0;

	if (op < 0) {
		struct kl_hint hint;

		kl_hint_init(&hint, kl_text_of(words[0]));
		for (op = 0; op < KL_OP_COUNT; op++)
			kl_hint_offer(&hint, kl_op_table[op].keyword);
		return kl_usage(&explain_command, "'%s' is no operation%s", words[0],
				hint.text);
	}
	kl_facts_restart(facts, op);
	for (i = 1; i < count && !result; i++) {
		memset(&error, 0, sizeof(error));
		kl_word_from_shell(op, words[i], &word);
		result = kl_facts_add(facts, kl_buffer_text(&word), &error);
		if (result)
			complain_word(word.data, &error);
	}
	kl_buffer_free(&word);
	if (result)
		return KL_EXIT_USAGE;
	if (kl_facts_finish(facts, &error)) {
		kl_complain("%s", error.text);
		return KL_EXIT_USAGE;
	}
	return answer(request);
}

/* What a line is that is no request, and where to go on. */
static const struct {
	const char *is, *advice;
} no_requests[] = {
	[KL_LOGLINE_LOST] = { "says that records were lost: what was in them, nobody knows",
			      "kellasctl doctor tells what to do about losses" },
	[KL_LOGLINE_SUPPRESSED] = { "says how many records a quota kept out of the log",
				    "quota in kellas-policy(5) tells how to get more" },
	[KL_LOGLINE_DAEMON] = { "is what kellas-auditd says of itself",
				"kellas-auditd(8) explains it" },
	[KL_LOGLINE_CONSOLE] = { "is what another machine's console said",
				 "kellas-auditd.conf(5) tells where it comes from" },
};

static int refuse_line(const struct kl_logline *line)
{
	kl_complain("this line %s; it is no request, and no policy decides about it",
		    no_requests[line->kind].is);
	kl_complain("%s; to explain: a record with \" / OPERATION\" in it, or --seq=N",
		    no_requests[line->kind].advice);
	return KL_EXIT_USAGE;
}

/* @number: which line of standard input, 0: the record is an argument */
static int answer_record(struct request *request, struct kl_text line, u64 number)
{
	struct kl_error error;

	if (kl_logline_parse(&request->line, line, &error)) {
		if (number)
			kl_complain("<stdin>:%llu:%u: %s", (unsigned long long)number,
				    error.column, error.text);
		else
			kl_complain("column %u of the record: %s", error.column,
				    error.text);
		kl_caret(stderr, line, error.column);
		return KL_EXIT_USAGE;
	}
	if (request->line.kind == KL_LOGLINE_REQUEST)
		return answer(request);
	/* In a whole log they are nothing special. */
	request->passed_over += number != 0;
	return number ? KL_EXIT_OK : refuse_line(&request->line);
}

/* A log in which nothing else stands was hardly meant. */
static int tell_passed_over(const struct request *request, int status)
{
	if (!request->passed_over || (request->common.quiet && request->explained))
		return status;
	kl_complain("passed over: %llu line%s that %s no request (losses, what a quota "
		    "kept out, what kellas-auditd says of itself)%s",
		    (unsigned long long)request->passed_over,
		    request->passed_over == 1 ? "" : "s",
		    request->passed_over == 1 ? "is" : "are",
		    request->explained ? "" : "; there was nothing else");
	return status || request->explained ? status : KL_EXIT_USAGE;
}

/* Every record of standard input; the first status that is not OK counts. */
static int answer_stdin(struct request *request)
{
	int status = KL_EXIT_OK, one;
	char *line = NULL;
	size_t room = 0;
	u64 number = 0;
	ssize_t length;

	request->common.output.pretty = false;
	while ((length = getline(&line, &room, stdin)) >= 0) {
		struct kl_text text = { line, length };

		number++;
		if (length && line[length - 1] == '\n')
			text.length--;
		if (!text.length)
			continue;
		one = answer_record(request, text, number);
		if (status == KL_EXIT_OK)
			status = one;
		if (request->line.kind == KL_LOGLINE_REQUEST &&
		    (one == KL_EXIT_OK || one == KL_EXIT_UNDECIDED)) {
			request->explained++;
			kl_say(&request->common.output, "\n");
		}
	}
	status = tell_passed_over(request, status);
	if (ferror(stdin)) {
		kl_complain("<stdin>: %s", strerror(errno));
		status = KL_EXIT_FAILURE;
	}
	free(line);
	return status;
}

static int answer_sequence(struct request *request)
{
	int status = numbered_find(request->sequence, request->logs, request->log_count,
				   request->common.quiet, &request->text);
	struct kl_error error;

	if (status != KL_EXIT_OK)
		return status;
	if (kl_logline_parse(&request->line, kl_buffer_text(&request->text), &error)) {
		kl_complain("%s", error.text);
		return KL_EXIT_FAILURE;
	}
	if (request->common.output.format == KL_FORMAT_TEXT)
		kl_put_record(&request->common.output, &request->line);
	return answer(request);
}

static void add_log(struct request *request, char *log)
{
	request->logs = kl_xrealloc(request->logs, request->log_count + 1,
				    sizeof(*request->logs));
	request->logs[request->log_count++] = log;
}

/* What the module runs, if nothing else is asked for. */
static int add_running(struct request *request)
{
	struct kl_buffer text = { 0 };
	int status = kl_proc_check(), error;

	if (status)
		return status;
	error = kl_proc_read("policy", &text);
	if (error)
		status = kl_proc_complain("policy", error);
	else if (kl_source_add_text(&request->file.source, "<running policy>",
				    kl_buffer_text(&text)))
		status = KL_EXIT_FAILURE;
	kl_buffer_free(&text);
	return status ? status : -1;
}

static void add_task(struct request *request, char *task)
{
	request->tasks = kl_xrealloc(request->tasks, request->task_count + 1,
				     sizeof(*request->tasks));
	request->tasks[request->task_count++] = task;
}

static int ask(struct request *request, int count, char **words)
{
	struct kl_error error;

	if (kl_policy_file_compile(&request->file, &error)) {
		kl_source_complain(stderr, &request->file.source, &error);
		return KL_EXIT_INVALID;
	}
	if (request->sequence)
		return answer_sequence(request);
	if (!strcmp(words[0], "-"))
		return answer_stdin(request);
	if (words[0][0] == '#')
		return answer_record(request, kl_text_of(words[0]), 0);
	return answer_words(request, count, words);
}

static int read_options(struct request *request, int argc, char **argv)
{
	int option, error;

	kl_common_init(&request->common);
	while ((option = kl_option_next(&explain_command, argc, argv,
					&request->common)) != -1)
		switch (option) {
		case 'p':
			error = kl_source_add(&request->file.source, optarg);
			if (error) {
				kl_complain("%s: %s", optarg, strerror(-error));
				return KL_EXIT_FAILURE;
			}
			break;
		case 't':
			add_task(request, optarg);
			break;
		case SEQUENCE:
			if (kl_parse_number(optarg, ~0ull, &request->sequence) ||
			    !request->sequence)
				return kl_usage(&explain_command,
						"'%s' is no number of a record", optarg);
			break;
		case LOG:
			add_log(request, optarg);
			break;
		case ABSENT:
			request->absent = true;
			break;
		case 'a':
			request->all = true;
			break;
		default:
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
		}
	return -1;
}

static int check_words(const struct request *request, int count, char **words)
{
	const struct kl_command *command = &explain_command;

	if (request->sequence)
		return count ? kl_usage(command, "--seq says which request") : -1;
	if (request->log_count)
		return kl_usage(command, "--log needs --seq; records of a whole log are "
					 "explained from standard input ('-')");
	if (!count)
		return kl_usage(command, "which request? Give an operation and its "
					 "attributes, or a record");
	if (count > 1 && (words[0][0] == '#' || !strcmp(words[0], "-")))
		return kl_usage(command, "a record is one argument: quote it");
	return -1;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct request request = { 0 };
	struct kl_strings strings;
	int status = read_options(&request, argc, argv);

	if (status >= 0)
		goto out;
	/* "--task domain=d uid=0": an operation never has an equals sign. */
	while (request.task_count && optind < argc && argv[optind][0] != '#' &&
	       strchr(argv[optind], '='))
		add_task(&request, argv[optind++]);
	status = check_words(&request, argc - optind, argv + optind);
	if (status < 0 && !request.file.source.count)
		status = kl_proc_loaded() ? add_running(&request) :
					    kl_usage(command, "which --policy? The module "
							      "is not loaded");
	if (status >= 0)
		goto out;
	if (kl_strings_init(&strings)) {
		kl_complain("out of memory");
		status = KL_EXIT_FAILURE;
		goto out;
	}
	kl_logline_init(&request.line, &strings);
	status = ask(&request, argc - optind, argv + optind);
	kl_logline_free(&request.line);
	kl_strings_destroy(&strings);
out:
	kl_policy_file_free(&request.file);
	kl_buffer_free(&request.text);
	free(request.logs);
	free(request.tasks);
	return kl_common_done(&request.common, status);
}

const struct kl_command explain_command = {
	.name = "explain",
	.arguments = "{ --seq=N | [--] OPERATION [ATTRIBUTE=VALUE]... | RECORD | - }",
	.words = "@op",
	.summary = "Say what a policy does with a request, and which rule decides",
	.details =
		"The request is the record with a number, an operation with its attributes, a\n"
		"log record as one argument, or records on standard input ('-'). Quotes that the shell has\n"
		"eaten are put back. An attribute that is not given is not known; where the\n"
		"verdict depends on it, it is undecided (exit status 5). NAME=NULL says that\n"
		"an attribute has no value.\n",
	.options = options,
	.run = run,
};
