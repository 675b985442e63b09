// SPDX-License-Identifier: GPL-2.0
/*
 * Rule groups as a whole: who uses whom, in which operations, and how much it
 * all comes to. Nothing here is recursive: heights are found in rounds, and no
 * more than KL_GROUP_DEPTH + 1 of them are needed.
 */
#include "lex.h"
#include "model.h"

/* Names of a circle that a message shows. */
#define SHOWN_MAX 3

/**
 * struct checking - a policy being checked
 * @policy: which
 * @error: for refusals
 * @newest: newest of the lines that a refusal is about
 */
struct checking {
	struct kl_policy *policy;
	struct kl_error *error;
	const struct kl_rule *newest;
};

#define for_each_group(group, policy) \
	list_for_each_entry(group, &(policy)->rule_groups, block.rule.list)
#define for_each_line(rule, group) \
	list_for_each_entry(rule, &(group)->block.rules, list)

static void involve(struct checking *c, const struct kl_rule *rule)
{
	if (!c->newest || rule->order > c->newest->order)
		c->newest = rule;
}

static void forget(struct kl_rule_group *group)
{
	group->height = 0;
	group->size = 1;
	memset(group->ops, 0xff, sizeof(group->ops));
}

static void add_size(u32 *size, u32 more)
{
	*size = min_t(u32, *size + more, KL_RULES_MAX + 1);
}

static void restrict_ops(u64 *ops, const u64 *to)
{
	u32 i;

	for (i = 0; i < KL_OP_WORDS; i++)
		ops[i] &= to[i];
}

/* Make out a group all of whose used groups are made out. Return: was it? */
static bool make_out(struct kl_rule_group *group)
{
	const struct kl_rule *rule;
	u32 height = 1;

	for_each_line(rule, group)
		if (rule->kind == KL_RULE_USE && !rule->used->height)
			return false;
	for_each_line(rule, group) {
		if (rule->kind != KL_RULE_USE) {
			add_size(&group->size, 1);
			restrict_ops(group->ops,
				     container_of(rule, struct kl_group_line,
						  rule)->ops);
			continue;
		}
		add_size(&group->size, rule->used->size);
		restrict_ops(group->ops, rule->used->ops);
		height = max(height, rule->used->height + 1);
	}
	group->height = height;
	return true;
}

/* The highest of the groups that a group uses, through which line? */
static const struct kl_rule *find_highest(const struct kl_rule_group *group)
{
	const struct kl_rule *rule, *highest = NULL;

	for_each_line(rule, group)
		if (rule->kind == KL_RULE_USE &&
		    (!highest || rule->used->height > highest->used->height))
			highest = rule;
	return highest;
}

static int refuse_depth(struct checking *c, const struct kl_rule_group *group)
{
	const struct kl_rule *use;

	while ((use = find_highest(group))) {
		involve(c, use);
		group = use->used;
	}
	return kl_refuse(
		c->error, 1,
		"rule groups are nested too deep; expected at most %u within each other",
		KL_GROUP_DEPTH);
}

/* Of a group that is not made out: a use of one that is neither. */
static const struct kl_rule *find_unclear(const struct kl_rule_group *group)
{
	const struct kl_rule *rule;

	for_each_line(rule, group)
		if (rule->kind == KL_RULE_USE && !rule->used->height)
			return rule;
	return NULL;
}

/* Some group that is part of a circle; @group leads to one. */
static struct kl_rule_group *find_circle(struct kl_rule_group *group)
{
	/* Sizes are of no use any more: 0 marks where the walk has been. */
	while (group->size) {
		group->size = 0;
		group = find_unclear(group)->used;
	}
	return group;
}

static struct kl_rule_group *owner_of(const struct kl_rule *line)
{
	return kl_rule_group_of(&line->block->rule);
}

/* Names the groups in their order, from that of the newest line. */
static int refuse_circle(struct checking *c, struct kl_rule_group *group)
{
	const struct kl_rule_group *first = find_circle(group), *at = first;
	char names[SHOWN_MAX * (KL_WORD_SHOWN + 8)];
	u32 shown = 0, used = 0;
	const struct kl_rule *use;

	do {
		use = find_unclear(at);
		involve(c, use);
		at = use->used;
	} while (at != first);
	first = at = owner_of(c->newest);
	do {
		struct kl_text name = { at->name->text, at->name->length };

		used += snprintf(names + used, sizeof(names) - used,
				 "%s" KL_WORD_FMT, shown ? ", " : "",
				 KL_WORD_ARG(name));
		at = find_unclear(at)->used;
	} while (at != first && ++shown < SHOWN_MAX);
	if (!shown)
		return kl_refuse(c->error, 1, "rule group %s uses itself",
				 names);
	return kl_refuse(c->error, 1,
			 "rule groups %s%s use each other in a circle", names,
			 at == first ? "" : ", ...");
}

/* Heights, sizes and operations of all groups. */
static int make_out_groups(struct checking *c)
{
	struct kl_rule_group *group, *unclear = NULL;
	bool progress = true;

	for_each_group(group, c->policy)
		forget(group);
	while (progress) {
		progress = false;
		unclear = NULL;
		for_each_group(group, c->policy) {
			if (group->height)
				continue;
			if (!make_out(group)) {
				unclear = group;
				continue;
			}
			if (group->height > KL_GROUP_DEPTH)
				return refuse_depth(c, group);
			progress = true;
		}
		kl_cond_resched();
	}
	return unclear ? refuse_circle(c, unclear) : 0;
}

/* A line of a group that an operation cannot have, or a use that leads to it. */
static const struct kl_rule *find_misfit(const struct kl_rule_group *group,
					 u32 op)
{
	const struct kl_rule *rule;

	for_each_line(rule, group)
		if (!kl_op_test(rule->kind == KL_RULE_USE ?
				rule->used->ops :
				container_of(rule, struct kl_group_line,
					     rule)->ops, op))
			return rule;
	return NULL;
}

/* The attribute of a line that an operation has not; NULL: it has all. */
static const char *find_missing(const struct kl_rule *rule, u32 op, char *name)
{
	u32 i;

	for (i = 0; i < rule->count; i++) {
		const struct kl_condition *c = &rule->conditions[i];

		if (kl_slot_translate(rule->op, c->left, op) < 0)
			return kl_slot_name(rule->op, c->left, name);
		if (c->right == KL_RIGHT_SLOT &&
		    kl_slot_translate(rule->op, c->right_slot, op) < 0)
			return kl_slot_name(rule->op, c->right_slot, name);
	}
	return NULL;
}

static int refuse_misfit(struct checking *c, const struct kl_rule *use, u32 op)
{
	const char *keyword = kl_op_table[op].keyword, *missing;
	const struct kl_rule *line = use;
	char buffer[KL_SLOT_NAME_MAX];
	struct kl_text name;

	while (line->kind == KL_RULE_USE) {
		involve(c, line);
		line = find_misfit(line->used, op);
	}
	involve(c, line);
	name.data = owner_of(line)->name->text;
	name.length = owner_of(line)->name->length;
	missing = find_missing(line, op, buffer);
	if (missing)
		return kl_refuse(
			c->error, 1,
			"\"%s\" in line %u (rule group " KL_WORD_FMT
			") is not available for %s, which uses it in line %u",
			missing, line->line, KL_WORD_ARG(name), keyword,
			use->line);
	return kl_refuse(
		c->error, 1,
		"the deny in line %u (rule group " KL_WORD_FMT
		") cannot be used by %s, which cannot be denied, in line %u",
		line->line, KL_WORD_ARG(name), keyword, use->line);
}

/* The use lines of a block. */
static int check_block(struct checking *c, const struct kl_block *block,
		       u32 *expanded)
{
	const struct kl_rule *rule;

	list_for_each_entry(rule, &block->rules, list) {
		if (rule->kind != KL_RULE_USE)
			continue;
		if (!kl_op_test(rule->used->ops, block->op))
			return refuse_misfit(c, rule, block->op);
		add_size(expanded, rule->used->size);
	}
	return 0;
}

static int check_blocks(struct checking *c)
{
	struct kl_policy *policy = c->policy;
	struct kl_block *block;
	u32 op, expanded = 0;
	int ret;

	for (op = 0; op < KL_OP_COUNT; op++)
		list_for_each_entry(block, &policy->blocks[op], rule.list) {
			ret = block->uses ? check_block(c, block, &expanded) :
					    0;
			if (ret)
				return ret;
			kl_cond_resched();
		}
	if (policy->rule_count + expanded > KL_RULES_MAX) {
		kl_refuse(
			c->error, 1,
			"with its rule groups in their places the policy has too many rules; expected at most %u",
			KL_RULES_MAX);
		return -E2BIG;
	}
	policy->expanded = expanded;
	return 0;
}

int kl_rule_groups_check(struct kl_policy *policy, struct kl_error *error,
			 const struct kl_rule **where)
{
	struct checking c = { .policy = policy, .error = error };
	int ret = make_out_groups(&c);

	if (!ret)
		ret = check_blocks(&c);
	*where = c.newest;
	return ret;
}
