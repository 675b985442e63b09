// SPDX-License-Identifier: GPL-2.0
/* kellasctl explain */
#include <getopt.h>
#include <unistd.h>

#include "engine/lex.h"
#include "engine/print.h"
#include "explain.h"
#include "kellasctl.h"
#include "logline.h"
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

static void put_rule_text(struct kl_output *output, const char *key, const char *format,
			  const struct kl_rule *rule)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };

	kl_print_rule(&printer, rule);
	kl_put_text(output, key, format, kl_text_of(text.data + strspn(text.data, " ")));
	kl_buffer_free(&text);
}

static void say_place(struct request *request, const struct kl_rule *rule)
{
	u32 local;
	const char *name = kl_source_locate(&request->file.source, rule->line, &local);

	kl_paint(&request->common.output, KL_FAINT);
	kl_say(&request->common.output, "  (%s:%u)", name, local);
	kl_paint(&request->common.output, KL_PLAIN);
}

static void put_rule(struct request *request, const char *key, const char *format,
		     const struct kl_rule *rule)
{
	struct kl_output *output = &request->common.output;
	const char *name;
	u32 local;

	if (!rule) {
		kl_put_null(output, key);
		return;
	}
	name = kl_source_locate(&request->file.source, rule->line, &local);
	kl_open_object(output, key);
	kl_put_number(output, "line", NULL, local);
	kl_put_string(output, "file", NULL, name);
	put_rule_text(output, "text", format, rule);
	kl_close(output);
	if (output->format == KL_FORMAT_TEXT)
		say_place(request, rule);
}

/* The line that decides, and the use lines that led to it, innermost last. */
static void put_deciding(struct request *request, const struct kl_explained_block *block)
{
	struct kl_output *output = &request->common.output;
	u32 i;

	put_rule(request, "rule", " by %s", block->rule);
	if (!block->use_count)
		return;
	kl_open_array(output, "uses");
	for (i = 0; i < block->use_count; i++)
		put_rule(request, NULL, "\n        through %s", block->uses[i]);
	kl_close(output);
}

static const struct {
	u32 outcome;
	const char *name;
	enum kl_colour colour;
} outcomes[] = {
	{ KL_OUTCOME_ALLOWED, "allowed", KL_GOOD },
	{ KL_OUTCOME_DENIED, "denied", KL_BAD },
	{ KL_OUTCOME_UNMATCHED, "unmatched", KL_BOLD },
	{ KL_OUTCOME_SKIPPED, "skipped", KL_FAINT },
	{ KL_OUTCOME_UNREACHED, "unreached", KL_FAINT },
};

static void put_missing(struct kl_output *output, enum kl_op op, int slot)
{
	char name[KL_SLOT_NAME_MAX];

	kl_put_string(output, "missing", " for want of %s",
		      slot < 0 ? NULL : kl_slot_name(op, slot, name));
}

/* Several things may happen: name them all. */
static void put_open_result(struct kl_output *output, enum kl_op op,
			    const struct kl_explained_block *block)
{
	const char *format = "%s";
	size_t i;

	kl_paint(output, KL_NOTICE);
	kl_put_string(output, "result", "%s", "undecided");
	kl_paint(output, KL_PLAIN);
	put_missing(output, op, block->missing);
	kl_say(output, ": ");
	kl_open_array(output, "possible");
	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (block->outcomes & outcomes[i].outcome) {
			kl_put_string(output, NULL, format, outcomes[i].name);
			format = " or %s";
		}
	kl_close(output);
}

static void put_result(struct kl_output *output, enum kl_op op,
		       const struct kl_explained_block *block)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(outcomes); i++)
		if (block->outcomes == outcomes[i].outcome) {
			kl_paint(output, outcomes[i].colour);
			kl_put_string(output, "result", "%s", outcomes[i].name);
			kl_paint(output, KL_PLAIN);
			return;
		}
	put_open_result(output, op, block);
}

static void put_failed(struct kl_output *output, enum kl_op op,
		       const struct kl_condition *failed)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };

	if (!failed)
		return;
	kl_print_condition(&printer, op, failed);
	kl_put_text(output, "failed", ": %s is false", kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* Of a denial, or what may be one: does it count? */
static void put_enforced(struct kl_output *output, const struct kl_explained_block *block)
{
	if (!block->permissive || !(block->outcomes & KL_OUTCOME_DENIED))
		return;
	kl_put_bool(output, "enforced", NULL, false);
	kl_say(output, ", not enforced");
}

static void put_block(struct request *request, const struct kl_explained_block *block)
{
	struct kl_output *output = &request->common.output;
	enum kl_op op = block->head->op;

	kl_open_object(output, NULL);
	kl_put_number(output, "priority", NULL, block->head->rule.priority);
	put_rule_text(output, "", "%s", &block->head->rule);
	if (output->format == KL_FORMAT_TEXT)
		say_place(request, &block->head->rule);
	kl_say(output, "\n    ");
	put_result(output, op, block);
	put_failed(output, op, block->failed);
	put_enforced(output, block);
	put_deciding(request, block);
	kl_say(output, "\n");
	kl_close(output);
}

static void put_transition(struct kl_output *output,
			   const struct kl_explanation *explanation)
{
	kl_put_string(output, "transition", "transition: %s\n",
		      explanation->transition ? explanation->transition->text : NULL);
	if (explanation->transition_open) {
		kl_put_bool(output, "transition_undecided", NULL, true);
		kl_say(output, "transition: undecided\n");
	}
}

static void put_verdict(struct kl_output *output, enum kl_op op,
			const struct kl_explanation *explanation)
{
	static const char *const words[] = {
		[KL_ANSWER_PERMIT] = "permit",
		[KL_ANSWER_DENY] = "deny",
		[KL_ANSWER_PERMIT | KL_ANSWER_DENY] = "undecided",
	};
	static const enum kl_colour colours[] = { KL_PLAIN, KL_GOOD, KL_BAD, KL_NOTICE };
	u32 answers = explanation->answers;

	kl_say(output, "verdict: ");
	kl_paint(output, colours[answers]);
	kl_put_string(output, "verdict", "%s", words[answers]);
	kl_paint(output, KL_PLAIN);
	if (answers == (KL_ANSWER_PERMIT | KL_ANSWER_DENY)) {
		put_missing(output, op, explanation->missing);
		kl_open_array(output, "possible");
		kl_put_string(output, NULL, ": %s", words[KL_ANSWER_PERMIT]);
		kl_put_string(output, NULL, " or %s", words[KL_ANSWER_DENY]);
		kl_close(output);
	}
	kl_say(output, "\n");
}

/* Operations whose verdict is not what their blocks make one think. */
static void say_why(struct kl_output *output, enum kl_op op,
		    const struct kl_explanation *explanation)
{
	if (op == KL_OP_MANUAL_DOMAIN_TRANSITION && explanation->answers & KL_ANSWER_DENY)
		kl_say(output,
		       "(%s is denied unless the last block that matches allows "
		       "it)\n",
		       kl_op_table[op].keyword);
	if (op == KL_OP_AUTO_DOMAIN_TRANSITION)
		kl_say(output, "(%s by itself never refuses anything)\n",
		       kl_op_table[op].keyword);
	if (!explanation->count && op != KL_OP_MANUAL_DOMAIN_TRANSITION)
		kl_say(output, "(no block matches)\n");
}

static void put_explanation(struct request *request,
			    const struct kl_explanation *explanation)
{
	struct kl_output *output = &request->common.output;
	enum kl_op op = request->line.facts.request.op;
	u32 i;

	kl_open_object(output, NULL);
	kl_put_string(output, "operation", NULL, kl_op_table[op].keyword);
	if (output->format == KL_FORMAT_JSON) {
		put_verdict(output, op, explanation);
		put_transition(output, explanation);
	}
	kl_open_array(output, "blocks");
	for (i = 0; i < explanation->count; i++)
		put_block(request, &explanation->blocks[i]);
	kl_close(output);
	if (output->format == KL_FORMAT_TEXT) {
		put_verdict(output, op, explanation);
		say_why(output, op, explanation);
		put_transition(output, explanation);
	}
	kl_close(output);
}

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
	put_explanation(request, &explanation);
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

/* ---------------------------------------------------- a record by its number */

/**
 * struct finding - records with the number that is looked for
 * @count: how many
 * @instance: which loading of the module the last one is of; empty: not known
 * @loadings: they are of several
 */
struct finding {
	u64 count;
	char instance[KL_INSTANCE_MAX];
	bool loadings;
};

static void note(struct finding *finding, const char *instance)
{
	finding->loadings |= finding->count && strcmp(instance, finding->instance);
	snprintf(finding->instance, sizeof(finding->instance), "%s", instance);
	finding->count++;
}

/* The newest one counts: numbers begin anew whenever the module is loaded. */
static int search(struct request *request, struct kl_records *records,
		  struct finding *finding)
{
	const struct kl_logline *line;
	struct kl_text text;
	int result;

	while ((result = kl_records_next(records, &line)) > 0) {
		if (line->kind != KL_LOGLINE_REQUEST ||
		    line->sequence != request->sequence)
			continue;
		note(finding, kl_records_instance(records));
		text = kl_records_text(records);
		kl_buffer_clear(&request->text);
		kl_buffer_add(&request->text, text.data, text.length);
	}
	return result ? KL_EXIT_FAILURE : KL_EXIT_OK;
}

static int search_in(struct request *request, struct kl_records *records,
		     struct finding *finding, int status)
{
	if (!records)
		return status;
	status = search(request, records, finding);
	kl_records_close(records);
	return status;
}

/* The log of kellas-auditd, once the module itself was asked. */
static int search_default(struct request *request, struct kl_strings *strings,
			  struct finding *finding)
{
	static char *names[] = { KL_LOG_DEFAULT };
	struct kl_records *records;
	int status = KL_EXIT_OK;

	if (access(KL_LOG_DEFAULT, F_OK)) {
		kl_complain("there is no " KL_LOG_DEFAULT " to look in; --log names "
			    "another one");
		return KL_EXIT_OK;
	}
	if (!request->common.quiet)
		kl_complain("reading " KL_LOG_DEFAULT);
	records = kl_records_open(names, 1, true, strings, &status);
	return search_in(request, records, finding, status);
}

/* The module knows best, as long as it still has it, and can be asked. */
static int search_module(struct request *request, struct kl_strings *strings,
			 struct finding *finding)
{
	struct kl_records *records;
	int status = KL_EXIT_OK, other;

	records = kl_records_open_module(strings, &status);
	status = search_in(request, records, finding, status);
	if (status != KL_EXIT_OK)
		kl_complain("the module cannot be asked for the record; its log may "
			    "have it");
	if (finding->count)
		return KL_EXIT_OK;
	other = search_default(request, strings, finding);
	return finding->count ? other : status;
}

static void tell_loading(const struct request *request, const struct finding *finding)
{
	const char *instance = *finding->instance ? finding->instance : "not in the log";
	char loaded[KL_INSTANCE_MAX];

	if (request->common.quiet)
		return;
	if (finding->count > 1)
		kl_complain("%llu records%s have this number; this is the last one "
			    "(instance: %s)", (unsigned long long)finding->count,
			    finding->loadings ? " of several loadings of the module" : "",
			    instance);
	kl_records_loaded(loaded);
	if (*loaded && strcmp(loaded, finding->instance))
		kl_complain("the record is of another loading of the module (instance: "
			    "%s) than the one that runs now (%s)", instance, loaded);
}

static int find_record(struct request *request)
{
	struct finding finding = { 0 };
	struct kl_strings strings;
	int status = KL_EXIT_OK;
	struct kl_records *records;

	kl_xstrings(&strings);
	if (!request->log_count && kl_proc_loaded()) {
		status = search_module(request, &strings, &finding);
	} else {
		records = kl_records_open(request->logs, request->log_count,
					  request->common.quiet, &strings, &status);
		status = search_in(request, records, &finding, status);
	}
	kl_strings_destroy(&strings);
	if (finding.count) {
		tell_loading(request, &finding);
	} else if (status == KL_EXIT_OK) {
		kl_complain("there is no record with the number %llu",
			    (unsigned long long)request->sequence);
		status = KL_EXIT_FAILURE;
	}
	return status;
}

static int answer_sequence(struct request *request)
{
	int status = find_record(request);
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
