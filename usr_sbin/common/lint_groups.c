// SPDX-License-Identifier: GPL-2.0
/* Groups that hold nothing, and groups that nobody uses. */
#include "engine/model.h"
#include "engine/parse.h"
#include "lint_inside.h"

static const char *const kinds[] = {
	[KL_STRING_GROUP] = "string_group",
	[KL_NUMBER_GROUP] = "number_group",
	[KL_IP_GROUP] = "ip_group",
};

static void add_line(struct group_line **lines, u32 *count,
		     const struct kl_statement *statement, u32 line)
{
	struct group_line *added;

	if (!(*count & (*count - 1)))
		*lines = kl_xrealloc(*lines, 2 * *count + 1, sizeof(**lines));
	added = &(*lines)[(*count)++];
	added->line = line;
	added->column = statement->column;
	added->kind = statement->group_kind;
	added->name = statement->name;
	added->string = statement->group_kind == KL_STRING_GROUP ?
				statement->member.string :
				NULL;
}

/* The model does not keep them; so the text is read once more. */
struct group_line *group_lines(struct linter *linter, u32 *count)
{
	const struct kl_source *source = &linter->file->source;
	struct group_line *lines = NULL;
	struct kl_statement statement;
	struct kl_parser parser;
	struct kl_error error;
	u32 line;

	*count = 0;
	kl_parser_init(&parser, &linter->file->policy.strings);
	for (line = 1; line <= source->line_count; line++) {
		if (kl_parse_line(&parser, kl_source_line(source, line), &statement,
				  &error))
			continue;
		if (statement.kind == KL_STATEMENT_GROUP && !statement.delete)
			add_line(&lines, count, &statement, line);
		kl_statement_release(&statement);
	}
	return lines;
}

static void look_for_empty(struct linter *linter, const struct kl_rule *rule)
{
	const struct kl_condition *condition;
	u32 i;

	for (i = 0; i < rule->count; i++) {
		condition = &rule->conditions[i];
		if (condition->right == KL_RIGHT_GROUP && !condition->group->count)
			find_rule(linter, KL_LINT_WARNING, "empty-group", rule, i,
				  "%s %s has no members, so nothing is in it",
				  kinds[condition->group->kind],
				  condition->group->name->text);
	}
	if (rule->kind == KL_RULE_USE && !rule->used->block.count)
		find_rule(linter, KL_LINT_WARNING, "empty-rule-group", rule, -1,
			  "rule_group %s has no rules", rule->used->name->text);
}

static void look_at_block(struct linter *linter, const struct kl_block *block)
{
	const struct kl_rule *rule;

	look_for_empty(linter, &block->rule);
	list_for_each_entry(rule, &block->rules, list)
		look_for_empty(linter, rule);
	if (block->rule.kind == KL_RULE_GROUP && !kl_rule_group_of(&block->rule)->refs)
		find_rule(linter, KL_LINT_HINT, "unused-rule-group", &block->rule, -1,
			  "no line uses rule_group %s",
			  kl_rule_group_of(&block->rule)->name->text);
}

/* At its first line; kl_group.id is free as long as nothing is compiled. */
static void find_unused(struct linter *linter)
{
	struct kl_policy *policy = &linter->file->policy;
	struct group_line *lines;
	struct kl_group *group;
	u32 count, i;
	int kind;

	for (kind = 0; kind < KL_GROUP_KINDS; kind++)
		list_for_each_entry(group, &policy->groups[kind], list)
			group->id = 0;
	lines = group_lines(linter, &count);
	for (i = 0; i < count; i++) {
		group = kl_group_find(policy, lines[i].kind, lines[i].name);
		if (!group || group->refs || group->id++)
			continue;
		find_at(linter, KL_LINT_HINT, "unused-group", lines[i].line,
			lines[i].column, "no condition uses %s %s", kinds[group->kind],
			group->name->text);
	}
	free(lines);
}

void lint_groups(struct linter *linter)
{
	const struct kl_group *group;
	u32 unused = 0;
	int kind;

	each_block(linter, look_at_block);
	for (kind = 0; kind < KL_GROUP_KINDS; kind++)
		list_for_each_entry(group, &linter->file->policy.groups[kind], list)
			unused += !group->refs;
	if (unused)
		find_unused(linter);
}
