// SPDX-License-Identifier: GPL-2.0
/* kellasctl check */
#include <getopt.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "policy_file.h"
#include "proc.h"

enum { KERNEL = 256 + 1 };

static const struct kl_option options[] = {
	{ "kernel", KERNEL, NULL, NULL,
	  "also name operations that the loaded module cannot check" },
	{ 0 },
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

static void warn_of_group(struct kl_output *output, const struct kl_source *source,
			  const struct kl_group *group, u32 line)
{
	static const char *const kinds[] = {
		[KL_STRING_GROUP] = "string_group",
		[KL_NUMBER_GROUP] = "number_group",
		[KL_IP_GROUP] = "ip_group",
	};
	struct kl_text name = { group->name->text, group->name->length };
	const char *file;
	u32 local;

	file = kl_source_locate(source, line, &local);
	kl_open_object(output, NULL);
	kl_paint(output, KL_NOTICE);
	kl_put_string(output, "file", "%s:", file);
	kl_put_number(output, "line", "%s: warning: ", local);
	kl_put_string(output, "kind", "%s ", kinds[group->kind]);
	kl_put_text(output, "group", "%s has no members, so nothing is in it", name);
	kl_paint(output, KL_PLAIN);
	kl_say(output, "\n");
	kl_close(output);
}

static void warn_of_rule(struct kl_output *output, const struct kl_source *source,
			 const struct kl_rule *rule)
{
	const struct kl_condition *condition;
	u32 i;

	for (i = 0; i < rule->count; i++) {
		condition = &rule->conditions[i];
		if (condition->right == KL_RIGHT_GROUP && !condition->group->count)
			warn_of_group(output, source, condition->group, rule->line);
	}
}

/* @list: of blocks, or of the blocks that rule groups are. */
static void warn_of_blocks(struct kl_output *output, const struct kl_source *source,
			   const struct list_head *list)
{
	const struct kl_block *block;
	const struct kl_rule *rule;

	list_for_each_entry(block, list, rule.list) {
		warn_of_rule(output, source, &block->rule);
		list_for_each_entry(rule, &block->rules, list)
			warn_of_rule(output, source, rule);
	}
}

/* A group that is used and has no members is most often a typing error. */
static void put_empty_groups(struct kl_output *output, const struct kl_policy_file *file)
{
	int op;

	kl_open_array(output, "empty_groups");
	for (op = 0; op < KL_OP_COUNT; op++)
		warn_of_blocks(output, &file->source, &file->policy.blocks[op]);
	warn_of_blocks(output, &file->source, &file->policy.rule_groups);
	kl_close(output);
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

static int put_unsupported(struct kl_output *output, const struct kl_policy *policy)
{
	struct kl_buffer version = { 0 };
	int op, status = kl_proc_check();

	if (status)
		return status;
	kl_proc_read("version", &version);
	kl_open_array(output, "unsupported");
	for (op = 0; op < KL_OP_COUNT; op++)
		if (policy->block_count[op] &&
		    !has_word(&version, kl_op_table[op].keyword)) {
			kl_paint(output, KL_NOTICE);
			kl_put_string(
				output, NULL,
				"warning: the loaded module cannot check %s and will "
				"refuse this policy\n",
				kl_op_table[op].keyword);
			kl_paint(output, KL_PLAIN);
		}
	kl_close(output);
	kl_buffer_free(&version);
	return KL_EXIT_OK;
}

static int check(struct kl_common *common, struct kl_policy_file *file, bool kernel)
{
	struct kl_output *output = &common->output;
	struct kl_error error;
	int status = KL_EXIT_OK;

	if (kl_policy_file_compile(file, &error)) {
		kl_source_refuse(output, &file->source, &error);
		return KL_EXIT_INVALID;
	}
	if (common->quiet && !kernel)
		return KL_EXIT_OK;
	kl_open_object(output, NULL);
	kl_put_bool(output, "valid", NULL, true);
	put_summary(output, file);
	put_empty_groups(output, file);
	if (kernel)
		status = put_unsupported(output, &file->policy);
	kl_close(output);
	return status;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_policy_file file = { 0 };
	struct kl_common common;
	bool kernel = false;
	const char *bad;
	int option, error, status;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option != KERNEL)
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
		kernel = true;
	}
	if (optind == argc)
		return kl_usage(command, "which FILE? (- is standard input)");
	error = kl_policy_file_read(&file, argv + optind, argc - optind, &bad);
	if (error) {
		kl_complain("%s: %s", bad, strerror(-error));
		status = KL_EXIT_FAILURE;
	} else {
		status = check(&common, &file, kernel);
	}
	kl_policy_file_free(&file);
	return kl_common_done(&common, status);
}

const struct kl_command check_command = {
	.name = "check",
	.arguments = "FILE...",
	.words = "@file",
	.summary = "Check policy files without loading them",
	.details =
		"Several files are checked as one policy, as load would take them. The\n"
		"file '-' is standard input. Nothing of the kernel is needed.\n",
	.options = options,
	.run = run,
};
