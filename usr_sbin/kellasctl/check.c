// SPDX-License-Identifier: GPL-2.0
/* kellasctl check */
#include <getopt.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "lint.h"
#include "policy_file.h"
#include "proc.h"

enum { KERNEL = 256 + 1, STRICT };

static const struct kl_option options[] = {
	{ "kernel", KERNEL, NULL, NULL,
	  "also name operations that the loaded module cannot check" },
	{ "strict", STRICT, NULL, NULL, "end with status 3 also if there are warnings" },
	{ 0 },
};

/**
 * struct wish - what the options say
 * @kernel: ask the loaded module what it supports
 * @strict: warnings count as errors
 */
struct wish {
	bool kernel, strict;
};

/**
 * struct summary - what a policy holds
 * @blocks, @rules, @groups, @members: numbers of these
 * @operations: operations that have a block
 */
struct summary {
	u32 blocks, rules, groups, members;
	u32 operations;
};

static void summarise(const struct kl_policy *policy, struct summary *summary)
{
	const struct kl_group *group;
	int i;

	memset(summary, 0, sizeof(*summary));
	for (i = 0; i < KL_OP_COUNT; i++) {
		summary->blocks += policy->block_count[i];
		summary->operations += policy->block_count[i] > 0;
	}
	summary->rules = policy->rule_count - summary->blocks -
			 policy->rule_group_count;
	summary->groups = policy->group_count + policy->rule_group_count;
	for (i = 0; i < KL_GROUP_KINDS; i++)
		list_for_each_entry(group, &policy->groups[i], list)
			summary->members += group->count;
}

static void put_operations(struct kl_output *output, const struct kl_policy *policy)
{
	int op;

	kl_open_object(output, "blocks_by_operation");
	for (op = 0; op < KL_OP_COUNT; op++)
		if (policy->block_count[op])
			kl_put_number(output, kl_op_table[op].keyword, NULL,
				      policy->block_count[op]);
	kl_close(output);
}

/* Only for the eye: 1 block, 2 blocks. */
static void put_count(struct kl_output *output, const char *key, const char *lead,
		      u32 count)
{
	int length = strlen(key);

	kl_say(output, "%s", lead);
	kl_put_number(output, key, "%s ", count);
	kl_say(output, "%.*s", count == 1 ? length - 1 : length, key);
}

static void put_place(struct kl_output *output, const struct kl_source *source, u32 line)
{
	const char *file;
	u32 local;

	file = kl_source_locate(source, line, &local);
	kl_put_string(output, "file", NULL, file);
	kl_put_number(output, "line", NULL, local);
	kl_say(output, "%s:%u:", file, local);
}

static void put_others(struct kl_output *output, const struct kl_source *source,
		       const struct kl_finding *finding)
{
	const char *file;
	u32 i, local;

	if (!finding->other_count)
		return;
	kl_open_array(output, "others");
	for (i = 0; i < finding->other_count; i++) {
		file = kl_source_locate(source, finding->others[i], &local);
		kl_open_object(output, NULL);
		kl_put_string(output, "file", NULL, file);
		kl_put_number(output, "line", NULL, local);
		kl_close(output);
	}
	kl_close(output);
}

static void put_finding(struct kl_output *output, const struct kl_source *source,
			const struct kl_finding *finding)
{
	static const enum kl_colour colours[] = {
		[KL_LINT_HINT] = KL_FAINT,
		[KL_LINT_WARNING] = KL_NOTICE,
		[KL_LINT_ERROR] = KL_BAD,
	};

	kl_open_object(output, NULL);
	put_place(output, source, finding->line);
	kl_put_number(output, "column", "%s: ", finding->column);
	kl_paint(output, colours[finding->level]);
	kl_put_string(output, "level", "%s: ", kl_lint_level_name(finding->level));
	kl_paint(output, KL_PLAIN);
	kl_put_string(output, "message", "%s", finding->text);
	kl_put_string(output, "name", " [%s]\n", finding->name);
	kl_put_bool(output, "if_known", NULL, finding->if_known);
	put_others(output, source, finding);
	kl_close(output);
}

/* Hints are no news for those who want none. */
static void put_findings(struct kl_common *common, const struct kl_source *source,
			 const struct kl_lint *lint)
{
	u32 i;

	kl_open_array(&common->output, "findings");
	for (i = 0; i < lint->count; i++)
		if (!common->quiet || lint->findings[i].level > KL_LINT_HINT)
			put_finding(&common->output, source, &lint->findings[i]);
	kl_close(&common->output);
	kl_put_number(&common->output, "errors", NULL, lint->levels[KL_LINT_ERROR]);
	kl_put_number(&common->output, "warnings", NULL, lint->levels[KL_LINT_WARNING]);
	kl_put_number(&common->output, "hints", NULL, lint->levels[KL_LINT_HINT]);
}

static void put_summary(struct kl_output *output, const struct kl_policy_file *file)
{
	struct summary summary;

	summarise(&file->policy, &summary);
	put_count(output, "blocks", "valid: ", summary.blocks);
	put_count(output, "operations", " for ", summary.operations);
	put_count(output, "rules", ", ", summary.rules);
	put_count(output, "groups", ", ", summary.groups);
	put_count(output, "members", " with ", summary.members);
	kl_put_number(output, "memory", ", %s bytes",
		      file->policy.memory + file->policy.strings.memory +
			      kl_ruleset_memory(file->ruleset));
	kl_say(output, "\n");
	put_operations(output, &file->policy);
}

/* Is a word among the space-separated words of a text? */
static bool has_word(const struct kl_buffer *text, const char *word)
{
	size_t length = strlen(word);
	const char *at = text->length ? text->data : "";

	while ((at = strstr(at, word))) {
		bool begins = at == text->data ||
			      !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
		char end = at[length];

		if (begins && !isalnum((unsigned char)end) && end != '_')
			return true;
		at += length;
	}
	return false;
}

/* Return: an exit status. @unsupported: of each operation, whether it is. */
static int ask_kernel(bool *unsupported)
{
	struct kl_buffer version = { 0 };
	int op, status = kl_proc_check();

	if (status)
		return status;
	kl_proc_read("version", &version);
	for (op = 0; op < KL_OP_COUNT; op++)
		unsupported[op] = !has_word(&version, kl_op_table[op].keyword);
	kl_buffer_free(&version);
	return KL_EXIT_OK;
}

static int lint(struct kl_common *common, struct kl_policy_file *file,
		const bool *unsupported, bool strict)
{
	struct kl_output *output = &common->output;
	struct kl_lint lint;
	bool bad;

	kl_lint(file, unsupported, &lint);
	bad = lint.levels[KL_LINT_ERROR] || (strict && lint.levels[KL_LINT_WARNING]);
	if (!common->quiet || lint.levels[KL_LINT_ERROR] ||
	    lint.levels[KL_LINT_WARNING]) {
		kl_open_object(output, NULL);
		kl_put_bool(output, "valid", NULL, true);
		if (!common->quiet)
			put_summary(output, file);
		put_findings(common, &file->source, &lint);
		kl_close(output);
	}
	kl_lint_free(&lint);
	return bad ? KL_EXIT_INVALID : KL_EXIT_OK;
}

static int check(struct kl_common *common, struct kl_policy_file *file,
		 const struct wish *wish)
{
	bool unsupported[KL_OP_COUNT];
	struct kl_error error;
	int status = KL_EXIT_OK;

	if (kl_policy_file_compile(file, &error)) {
		kl_source_refuse(&common->output, &file->source, &error);
		return KL_EXIT_INVALID;
	}
	if (wish->kernel)
		status = ask_kernel(unsupported);
	if (status != KL_EXIT_OK)
		return status;
	return lint(common, file, wish->kernel ? unsupported : NULL, wish->strict);
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_policy_file file = { 0 };
	struct wish wish = { false };
	struct kl_common common;
	const char *bad;
	int option, error, status;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option == KERNEL)
			wish.kernel = true;
		else if (option == STRICT)
			wish.strict = true;
		else
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
	if (optind == argc)
		return kl_usage(command, "which FILE? (- is standard input)");
	error = kl_policy_file_read(&file, argv + optind, argc - optind, &bad);
	if (error) {
		kl_complain("%s: %s", bad, strerror(-error));
		status = KL_EXIT_FAILURE;
	} else {
		status = check(&common, &file, &wish);
	}
	kl_policy_file_free(&file);
	return kl_common_done(&common, status);
}

const struct kl_command check_command = {
	.name = "check",
	.arguments = "FILE...",
	.words = "@file",
	.summary = "Check policy files, and what may be wrong with them",
	.details =
		"Several files are checked as one policy, as load would take them. The\n"
		"file '-' is standard input. Nothing of the kernel is needed. What is found is\n"
		"an error (the module would refuse it), a warning (hardly what was meant) or\n"
		"a hint; kellasctl(8) explains each kind, whose name stands in brackets.\n",
	.options = options,
	.run = run,
};
