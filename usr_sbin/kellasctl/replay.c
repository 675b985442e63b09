// SPDX-License-Identifier: GPL-2.0
/* kellasctl replay */
#include <getopt.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "progress.h"
#include "replay.h"

enum { OLD = 256 + 1, ONLY, ABSENT };

#define ONLY_UNDECIDED KL_REPLAY_KINDS
#define ONLY_WORDS \
	"denied permitted result transition unlogged logged priority undecided"

static const struct kl_option options[] = {
	{ "policy", 'p', "FILE", "@file", "policy to judge by (again for several files)" },
	{ "old", OLD, "FILE", "@file",
	  "compare with this policy, not with what was recorded (likewise)" },
	{ "only", ONLY, "WHAT", ONLY_WORDS, "list only this (again for several)" },
	{ "limit", 'l', "N", NULL, "lines for each change, 0: all (default: 10)" },
	{ "assume-absent", ABSENT, NULL, NULL, "what a record lacks has no value" },
	{ 0 },
};

/* As with diff(1): 1 says that something differs, so trouble is something else. */
enum { EXIT_CHANGED = 1, EXIT_TROUBLE = 2 };

/**
 * struct request - the options and what they are about
 * @common: output
 * @after: the policy to judge by
 * @before: the old one; without files if there is none
 * @only: mask of what is listed: BIT(enum kl_replay_kind), ONLY_UNDECIDED
 * @limit: items of a change that are listed
 * @absent: option
 */
struct request {
	struct kl_common common;
	struct kl_policy_file after, before;
	u32 only;
	u64 limit;
	bool absent;
};

static const struct {
	const char *title;
	enum kl_colour colour;
} kinds[KL_REPLAY_KINDS] = {
	[KL_REPLAY_DENIED] = { "would be denied", KL_BAD },
	[KL_REPLAY_PERMITTED] = { "would be permitted", KL_GOOD },
	[KL_REPLAY_RESULT] = { "same verdict, other result of a block", KL_BOLD },
	[KL_REPLAY_TRANSITION] = { "would enter another domain", KL_BOLD },
	[KL_REPLAY_UNLOGGED] = { "a record would no longer be made", KL_NOTICE },
	[KL_REPLAY_LOGGED] = { "a further record would be made", KL_BOLD },
	[KL_REPLAY_PRIORITY] = { "same record, block of another priority", KL_FAINT },
};

static bool is_listed(const struct request *request, u32 what)
{
	return !request->only || request->only & BIT(what);
}

static void put_line(struct kl_output *output, const struct kl_source *source, u32 line)
{
	struct kl_text text = kl_source_line(source, line);
	const char *name;
	u32 local;

	name = kl_source_locate(source, line, &local);
	kl_put_string(output, "file", "%s", name);
	kl_put_number(output, "line", ":%s", local);
	while (text.length && (*text.data == ' ' || *text.data == '\t'))
		text = kl_text_from(text, 1);
	kl_put_text(output, "text", ": %s", text);
}

static void put_place(struct kl_output *output, const struct kl_replay_example *example)
{
	kl_open_object(output, "example");
	kl_paint(output, KL_FAINT);
	kl_put_string(output, "file", "  (%s", example->first.file);
	kl_put_number(output, "line", ":%s)", example->first.line);
	kl_paint(output, KL_PLAIN);
	kl_close(output);
}

/* What a block says: of a policy with its place, of the log with its label. */
static void put_side(struct kl_output *output, const char *key,
		     const struct kl_replay_side *side, const struct kl_source *source)
{
	if (!side->exists) {
		kl_put_null(output, key);
		kl_say(output, source ? "no block matches" : "not recorded");
		return;
	}
	kl_open_object(output, key);
	kl_put_string(output, "result", "%s", kl_result_name(side->result));
	if (side->unenforced)
		kl_put_bool(output, "enforced", NULL, false);
	kl_say(output, "%s", side->unenforced ? ", not enforced," : "");
	kl_put_number(output, "priority", " at priority %s", side->priority);
	kl_put_bool(output, "logged", NULL, side->logged);
	if (*side->label)
		kl_put_string(output, "label", source ? NULL : ", rule=%s", side->label);
	if (source) {
		kl_say(output, side->rule ? " by " : ", no rule of ");
		put_line(output, source, side->rule ? side->rule : side->block);
		kl_say(output, side->logged ? "" : " (not logged)");
	}
	kl_close(output);
}

static void put_item(struct kl_output *output, const struct kl_replay_item *item)
{
	kl_open_object(output, NULL);
	kl_put_number(output, "count", "%12s", item->example.count);
	kl_put_string(output, "object", *item->object ? "  %s" : NULL,
		      *item->object ? item->object : NULL);
	kl_put_string(output, "program", "  by %s",
		      *item->program ? item->program : NULL);
	put_place(output, &item->example);
	kl_say(output, "\n");
	kl_close(output);
}

static void put_items(struct request *request, const struct kl_replay_change *change)
{
	struct kl_output *output = &request->common.output;
	u64 rest = change->unlisted;
	u32 i, count = change->item_count;

	if (request->limit)
		count = min_t(u64, count, request->limit);
	kl_open_array(output, "items");
	for (i = 0; i < count; i++)
		put_item(output, change->items[i]);
	kl_close(output);
	for (; i < change->item_count; i++)
		rest += change->items[i]->example.count;
	kl_put_number(output, "not_listed", rest ? "%12s  of others\n" : NULL, rest);
}

static void put_change(struct request *request, const struct kl_replay_change *change)
{
	struct kl_output *output = &request->common.output;
	const struct kl_source *before = &request->before.source;

	kl_open_object(output, NULL);
	kl_put_string(output, "change", NULL, kl_replay_kind_name(change->kind));
	kl_put_number(output, "count", "%8s  ", change->example.count);
	kl_paint(output, KL_BOLD);
	kl_put_string(output, "operation", "%s", kl_op_table[change->op].keyword);
	kl_paint(output, KL_PLAIN);
	kl_say(output, ": ");
	put_side(output, "before", &change->before, before->count ? before : NULL);
	kl_say(output, "\n          now ");
	put_side(output, "after", &change->after, &request->after.source);
	kl_say(output, "\n");
	put_items(request, change);
	kl_close(output);
}

static void put_changes(struct request *request, const struct kl_replay_result *result)
{
	struct kl_output *output = &request->common.output;
	u32 i, kind = KL_REPLAY_KINDS;

	kl_open_array(output, "changes");
	for (i = 0; i < result->change_count; i++) {
		const struct kl_replay_change *change = result->changes[i];

		if (!is_listed(request, change->kind))
			continue;
		if (change->kind != kind) {
			kind = change->kind;
			kl_paint(output, kinds[kind].colour);
			kl_say(output, "\n%s: %llu requests\n", kinds[kind].title,
			       (unsigned long long)result->kinds[kind]);
			kl_paint(output, KL_PLAIN);
		}
		put_change(request, change);
	}
	kl_close(output);
}

static void put_open(struct request *request, const struct kl_replay_open *open)
{
	struct kl_output *output = &request->common.output;
	char name[KL_SLOT_NAME_MAX];

	kl_open_object(output, NULL);
	kl_put_number(output, "count", "%8s  ", open->example.count);
	kl_put_string(output, "operation", "%s: ", kl_op_table[open->op].keyword);
	kl_put_string(output, "attribute", "no %s, which ",
		      kl_slot_name(open->op, open->slot, name));
	kl_put_bool(output, "verdict", NULL, open->verdict);
	kl_open_object(output, "block");
	put_line(output, open->old ? &request->before.source : &request->after.source,
		 open->block);
	kl_close(output);
	kl_say(output, " asks for");
	put_place(output, &open->example);
	kl_say(output, "\n");
	kl_close(output);
}

static void put_opens(struct request *request, const struct kl_replay_result *result)
{
	struct kl_output *output = &request->common.output;
	int verdict = -1;
	u32 i;

	kl_open_array(output, "undecided_for");
	for (i = 0; i < result->open_count && is_listed(request, ONLY_UNDECIDED); i++) {
		const struct kl_replay_open *open = result->opens[i];

		if (open->verdict != verdict) {
			verdict = open->verdict;
			kl_paint(output, KL_NOTICE);
			kl_say(output, verdict ? "\nundecided, for want of an attribute: "
						 "%llu requests\n" :
						 "\nsame verdict, but what a block says or "
						 "which domain is entered is undecided: "
						 "%llu requests\n",
			       (unsigned long long)(verdict ? result->undecided :
							      result->open));
			kl_paint(output, KL_PLAIN);
		}
		put_open(request, open);
	}
	kl_close(output);
}

/* Operations that the policy has blocks for, and the log no record of. */
static void put_unseen(struct request *request, const struct kl_replay_result *result)
{
	struct kl_output *output = &request->common.output;
	const struct kl_ruleset *old = request->before.ruleset;
	bool any = false;
	u32 op;

	kl_open_array(output, "not_in_log");
	for (op = 0; op < KL_OP_COUNT; op++) {
		if (!kl_ruleset_has(request->after.ruleset, op) ||
		    kl_op_test(result->seen, op))
			continue;
		kl_say(output, "%s", any ? "" : "\nnot a single record, so nothing is "
						 "known of:\n");
		any = true;
		kl_open_object(output, NULL);
		kl_put_string(output, "operation", "          %s", kl_op_table[op].keyword);
		if (old)
			kl_put_bool(output, "old_policy_has_blocks", NULL,
				    kl_ruleset_has(old, op));
		kl_say(output, "%s\n", old && !kl_ruleset_has(old, op) ?
						 " (the old policy has no block for it)" :
						 "");
		kl_close(output);
	}
	kl_close(output);
}

static void put_summary(struct request *request, const struct kl_replay_result *result)
{
	struct kl_output *output = &request->common.output;
	u64 changed = 0;
	u32 kind;

	for (kind = 0; kind < KL_REPLAY_KINDS; kind++)
		changed += result->kinds[kind];
	kl_put_number(output, "requests", "%s requests", result->requests);
	kl_put_number(output, "records", " in %s records judged anew: ", result->records);
	kl_put_number(output, "changed", "%s would change, ", changed);
	kl_put_number(output, "undecided", "%s undecided\n", result->undecided);
	kl_put_number(output, "undecided_blocks", NULL, result->open);
	kl_put_number(output, "blocks_not_compared",
		      result->beyond ? "of %s requests not all blocks are compared: too "
				       "many match\n" :
				       NULL,
		      result->beyond);
	kl_open_object(output, "counts");
	for (kind = 0; kind < KL_REPLAY_KINDS; kind++)
		kl_put_number(output, kl_replay_kind_name(kind), NULL,
			      result->kinds[kind]);
	kl_close(output);
}

/* The old policy is not the one that made the log. */
static void put_contradiction(struct request *request,
			      const struct kl_replay_result *result)
{
	struct kl_output *output = &request->common.output;

	if (!request->before.ruleset)
		return;
	kl_open_object(output, "contradicted");
	kl_paint(output, KL_NOTICE);
	kl_put_number(output, "count",
		      result->contradicted.count ?
			      "\nthe old policy is not what made this log: it decides %s "
			      "requests otherwise" :
			      NULL,
		      result->contradicted.count);
	kl_paint(output, KL_PLAIN);
	if (result->contradicted.count) {
		put_place(output, &result->contradicted);
		kl_say(output, "\n");
	}
	kl_close(output);
}

static int status_of(const struct request *request,
		     const struct kl_replay_result *result, const struct kl_log *log)
{
	const struct kl_log_counts *counts = kl_log_counts(log);
	u32 kind;

	if (result->bugs)
		return EXIT_TROUBLE;
	for (kind = 0; kind < KL_REPLAY_KINDS; kind++)
		if (result->kinds[kind] && is_listed(request, kind))
			return EXIT_CHANGED;
	if (counts->damaged || (counts->unreadable && !counts->requests))
		return EXIT_TROUBLE;
	return (result->undecided || result->open) && is_listed(request, ONLY_UNDECIDED) ?
		       KL_EXIT_UNDECIDED :
		       KL_EXIT_OK;
}

static int put_result(struct request *request, const struct kl_replay_result *result,
		      const struct kl_log *log)
{
	struct kl_output *output = &request->common.output;

	kl_open_object(output, NULL);
	put_summary(request, result);
	put_changes(request, result);
	put_opens(request, result);
	put_unseen(request, result);
	put_contradiction(request, result);
	kl_say(output, kl_log_is_whole(log) ? "" : "\n");
	kl_log_say_missing(output, log);
	kl_close(output);
	if (result->bugs)
		kl_complain("THIS IS NOT TO BE TRUSTED: of %llu requests the engine's "
			    "decision differs from the rules read one by one; please report "
			    "it together with the policy and the log",
			    (unsigned long long)result->bugs);
	return status_of(request, result, log);
}

static int replay_log(struct request *request, char **names, int count)
{
	const struct kl_logline *line;
	struct kl_replay *replay;
	struct kl_strings strings;
	struct kl_log *log;
	int status = EXIT_TROUBLE;

	if (kl_strings_init(&strings)) {
		kl_complain("out of memory");
		return status;
	}
	log = kl_log_open(names, count, &strings);
	if (log) {
		replay = kl_replay_new(&request->after,
				       request->before.ruleset ? &request->before : NULL,
				       request->absent);
		kl_progress_begin("replay", kl_log_counts(log)->size);
		while (kl_log_next(log, &line)) {
			kl_replay_add(replay, line, kl_log_place(log));
			kl_progress_step(kl_log_counts(log)->bytes);
		}
		kl_progress_end();
		status = put_result(request, kl_replay_result(replay), log);
		kl_replay_free(replay);
	}
	kl_log_close(log);
	kl_strings_destroy(&strings);
	return status;
}

static int compile(struct kl_policy_file *file)
{
	struct kl_error error;

	if (!file->source.count || !kl_policy_file_compile(file, &error))
		return KL_EXIT_OK;
	kl_source_complain(stderr, &file->source, &error);
	return KL_EXIT_INVALID;
}

static int add_policy(struct kl_policy_file *file)
{
	int error = kl_source_add(&file->source, optarg);

	if (!error)
		return -1;
	kl_complain("%s: %s", optarg, strerror(-error));
	return EXIT_TROUBLE;
}

static int add_only(struct request *request)
{
	u32 kind;

	for (kind = 0; kind < KL_REPLAY_KINDS; kind++)
		if (!strcmp(optarg, kl_replay_kind_name(kind)))
			break;
	if (kind == KL_REPLAY_KINDS && strcmp(optarg, "undecided"))
		return kl_usage(&replay_command, "'%s' is none of: " ONLY_WORDS, optarg);
	request->only |= BIT(kind);
	return -1;
}

static int set_option(struct request *request, int option)
{
	switch (option) {
	case 'p':
		return add_policy(&request->after);
	case OLD:
		return add_policy(&request->before);
	case ONLY:
		return add_only(request);
	case 'l':
		if (!kl_parse_number(optarg, ~0ull, &request->limit))
			return -1;
		return kl_usage(&replay_command, "'%s' is no number of lines", optarg);
	case ABSENT:
		request->absent = true;
		return -1;
	default:
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct request request = { .limit = 10 };
	int option, status = -1;

	kl_common_init(&request.common);
	while (status < 0 &&
	       (option = kl_option_next(command, argc, argv, &request.common)) != -1)
		status = set_option(&request, option);
	if (status < 0 && !request.after.source.count)
		status = kl_usage(command, "which --policy?");
	if (status < 0)
		status = compile(&request.after) ?: compile(&request.before) ?: -1;
	if (status < 0)
		status = replay_log(&request, argv + optind, argc - optind);
	kl_policy_file_free(&request.after);
	kl_policy_file_free(&request.before);
	if (kl_common_done(&request.common, KL_EXIT_OK))
		status = EXIT_TROUBLE;
	return status;
}

const struct kl_command replay_command = {
	.name = "replay",
	.arguments = "--policy FILE [LOG]...",
	.words = "@file",
	.summary = "Say what another policy would have done with what is in a log",
	.details =
		"Judges every recorded request anew and lists what would change, by rule,\n"
		"program and object. Reads text and JSON, also compressed, and standard\n"
		"input ('-'); without LOG " KL_LOG_DEFAULT ". Exit status: 0 nothing\n"
		"would change, 1 something would, 5 something is undecided, 2 trouble.\n",
	.options = options,
	.run = run,
};
