// SPDX-License-Identifier: GPL-2.0
/* Lines of a policy, and the policy as a whole. */
#include "model.h"
#include "parse.h"

static struct kl_hits *hits_get(struct kl_hits *hits)
{
	if (!hits)
		hits = kl_alloc(sizeof(*hits));
	if (hits)
		kl_counter_add(&hits->refs, 1);
	return hits;
}

void kl_hits_put(struct kl_hits *hits)
{
	if (hits && kl_counter_dec_and_test(&hits->refs))
		kl_free(hits);
}

/* Bytes of the structure that a line is in. */
static size_t line_size(u8 kind, const struct kl_block *block)
{
	if (kind == KL_RULE_BLOCK)
		return sizeof(struct kl_block);
	if (kind == KL_RULE_GROUP)
		return sizeof(struct kl_rule_group);
	return block->rule.kind == KL_RULE_GROUP ?
		       sizeof(struct kl_group_line) :
		       sizeof(struct kl_rule);
}

static_assert(!offsetof(struct kl_block, rule) &&
		      !offsetof(struct kl_rule_group, block) &&
		      !offsetof(struct kl_group_line, rule),
	      "a line is made and freed as what it is in");

struct kl_rule *kl_rule_new(const struct kl_statement *statement,
			    const struct kl_identity *identity,
			    struct kl_block *block, struct kl_hits *hits)
{
	struct kl_rule *rule = kl_alloc(line_size(identity->kind, block));

	if (!rule)
		return NULL;
	rule->hits = hits_get(hits);
	if (!rule->hits) {
		kl_free(rule);
		return NULL;
	}
	INIT_LIST_HEAD(&rule->list);
	rule->link.hash = identity->hash;
	rule->kind = identity->kind;
	rule->op = identity->op;
	rule->priority = identity->priority;
	rule->line = statement->line;
	rule->block = block;
	if (kl_rule_is_head(rule)) {
		rule->block = container_of(rule, struct kl_block, rule);
		rule->block->op = identity->op;
		INIT_LIST_HEAD(&rule->block->rules);
	}
	return rule;
}

/* Has an operation what a condition, read by another, asks for? */
static bool has_attributes(u32 op, u32 named, const struct kl_condition *c)
{
	if (kl_slot_translate(named, c->left, op) < 0)
		return false;
	return c->right != KL_RIGHT_SLOT ||
	       kl_slot_translate(named, c->right_slot, op) >= 0;
}

/* The operations whose blocks have all that a line asks for. */
static void find_ops(struct kl_group_line *line)
{
	const struct kl_rule *rule = &line->rule;
	u32 op, i;

	for (op = 0; op < KL_OP_COUNT; op++)
		if (rule->kind != KL_RULE_DENY ||
		    !(kl_op_table[op].flags & KL_OP_LOG_ONLY))
			kl_op_add(line->ops, op);
	for (i = 0; i < rule->count; i++) {
		const struct kl_condition *c = &rule->conditions[i];

		for (op = 0; op < KL_OP_COUNT; op++)
			if (!has_attributes(op, rule->op, c))
				kl_op_remove(line->ops, op);
	}
}

/* The statement's name is the group's, not a label. */
static void adopt_group(struct kl_policy *policy, struct kl_rule *rule,
			struct kl_statement *statement)
{
	struct kl_identity identity;

	kl_identity_of_group(&identity, statement->name);
	rule->used = kl_rule_group_of(kl_identity_find(policy, &identity));
	kl_string_put(statement->name);
	statement->name = NULL;
}

void kl_rule_adopt(struct kl_policy *policy, struct kl_rule *rule,
		   struct kl_statement *statement)
{
	struct kl_condition *condition;
	struct kl_string *name;
	u32 i;

	rule->conditions = statement->conditions;
	rule->count = statement->count;
	if (rule->kind == KL_RULE_USE)
		adopt_group(policy, rule, statement);
	else
		rule->label = statement->name;
	statement->conditions = NULL;
	statement->count = 0;
	statement->name = NULL;
	for (i = 0; i < rule->count; i++) {
		condition = &rule->conditions[i];
		if (condition->right != KL_RIGHT_GROUP)
			continue;
		name = condition->group_name;
		condition->group = kl_group_find(
			policy, kl_condition_group_kind(condition), name);
		kl_string_put(name);
	}
	if (rule->block->rule.kind == KL_RULE_GROUP)
		find_ops(container_of(rule, struct kl_group_line, rule));
}

/* The groups that an unlinked line uses may be gone: leave them alone. */
static void free_line(struct kl_rule *rule)
{
	struct kl_condition *condition;
	u32 i;

	for (i = 0; i < rule->count; i++) {
		condition = &rule->conditions[i];
		if (condition->right == KL_RIGHT_GROUP)
			condition->right = KL_RIGHT_NULL;
		kl_condition_release(condition);
	}
	kl_free(rule->conditions);
	kl_string_put(rule->label);
	kl_hits_put(rule->hits);
	kl_free(rule);
}

void kl_rule_free(struct kl_rule *rule)
{
	struct kl_rule *sub, *next;

	if (kl_rule_is_head(rule))
		list_for_each_entry_safe(sub, next, &rule->block->rules, list)
			free_line(sub);
	if (rule->kind == KL_RULE_GROUP)
		kl_string_put(kl_rule_group_of(rule)->name);
	free_line(rule);
}

static size_t rule_memory(const struct kl_rule *rule)
{
	size_t bytes = line_size(rule->kind, rule->block);
	u32 i;

	bytes += sizeof(struct kl_hits) + KL_TABLE_SHARE;
	bytes += rule->count * sizeof(struct kl_condition);
	for (i = 0; i < rule->count; i++)
		if (rule->conditions[i].right == KL_RIGHT_IP)
			bytes += sizeof(struct kl_ip_range);
	return bytes;
}

static void enter(struct kl_policy *policy, struct kl_rule *rule)
{
	u32 i;

	kl_table_add(&policy->identity, &rule->link);
	policy->rule_count++;
	policy->memory += rule_memory(rule);
	for (i = 0; i < rule->count; i++)
		if (rule->conditions[i].right == KL_RIGHT_GROUP)
			rule->conditions[i].group->refs++;
	if (rule->kind == KL_RULE_USE)
		rule->used->refs++;
}

static void leave(struct kl_policy *policy, struct kl_rule *rule)
{
	u32 i;

	kl_table_remove(&policy->identity, &rule->link);
	policy->rule_count--;
	policy->memory -= rule_memory(rule);
	for (i = 0; i < rule->count; i++)
		if (rule->conditions[i].right == KL_RIGHT_GROUP)
			rule->conditions[i].group->refs--;
	if (rule->kind == KL_RULE_USE)
		rule->used->refs--;
}

/* The list of heads that a head belongs to, and how many are in it. */
static struct list_head *heads_of(struct kl_policy *policy,
				  const struct kl_rule *head, u32 **count)
{
	if (head->kind == KL_RULE_GROUP) {
		*count = &policy->rule_group_count;
		return &policy->rule_groups;
	}
	*count = &policy->block_count[head->op];
	return &policy->blocks[head->op];
}

void kl_rule_link(struct kl_policy *policy, struct kl_rule *rule)
{
	struct kl_block *block = rule->block;
	struct kl_rule *sub;
	u32 *count;

	enter(policy, rule);
	if (!kl_rule_is_head(rule)) {
		list_add_tail(&rule->list, &block->rules);
		block->count++;
		block->uses += rule->kind == KL_RULE_USE;
		return;
	}
	list_add_tail(&rule->list, heads_of(policy, rule, &count));
	++*count;
	list_for_each_entry(sub, &block->rules, list)
		enter(policy, sub);
}

void kl_rule_unlink(struct kl_policy *policy, struct kl_rule *rule)
{
	struct kl_block *block = rule->block;
	struct kl_rule *sub;
	u32 *count;

	list_del_init(&rule->list);
	leave(policy, rule);
	if (!kl_rule_is_head(rule)) {
		block->count--;
		block->uses -= rule->kind == KL_RULE_USE;
		return;
	}
	heads_of(policy, rule, &count);
	--*count;
	list_for_each_entry(sub, &block->rules, list)
		leave(policy, sub);
}

static int compare_rules(const void *a, const void *b)
{
	const struct kl_rule *left = *(struct kl_rule *const *)a;
	const struct kl_rule *right = *(struct kl_rule *const *)b;

	if (left->priority != right->priority)
		return left->priority < right->priority ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

struct kl_rule **kl_policy_sorted(const struct list_head *list, u32 count)
{
	struct kl_rule **array, *rule;
	u32 i = 0;

	if (!count)
		return NULL;
	array = kl_alloc(count * sizeof(*array));
	if (!array)
		return NULL;
	list_for_each_entry(rule, list, list)
		array[i++] = rule;
	kl_sort(array, count, sizeof(*array), compare_rules);
	return array;
}

int kl_model_init(struct kl_policy *policy)
{
	struct kl_table identity, members, names;
	int i;

	if (kl_table_init(&identity))
		return -ENOMEM;
	if (kl_table_init(&members))
		goto free_identity;
	if (kl_table_init(&names))
		goto free_members;
	for (i = 0; i < KL_OP_COUNT; i++)
		INIT_LIST_HEAD(&policy->blocks[i]);
	for (i = 0; i < KL_GROUP_KINDS; i++)
		INIT_LIST_HEAD(&policy->groups[i]);
	memset(policy->block_count, 0, sizeof(policy->block_count));
	memset(&policy->quota, 0, sizeof(policy->quota));
	INIT_LIST_HEAD(&policy->rule_groups);
	policy->permissive = false;
	policy->group_count = 0;
	policy->rule_group_count = 0;
	policy->expanded = 0;
	policy->rule_count = 0;
	policy->memory = 0;
	policy->identity = identity;
	policy->members = members;
	policy->names = names;
	return 0;

free_members:
	kl_table_destroy(&members);
free_identity:
	kl_table_destroy(&identity);
	return -ENOMEM;
}

void kl_model_clear(struct kl_policy *policy)
{
	struct kl_group *group, *next_group;
	struct kl_rule *rule, *next_rule;
	int i;

	for (i = 0; i < KL_OP_COUNT; i++)
		list_for_each_entry_safe(rule, next_rule, &policy->blocks[i],
					 list) {
			kl_rule_free(rule);
			kl_cond_resched();
		}
	list_for_each_entry_safe(rule, next_rule, &policy->rule_groups, list) {
		kl_rule_free(rule);
		kl_cond_resched();
	}
	for (i = 0; i < KL_GROUP_KINDS; i++)
		list_for_each_entry_safe(group, next_group, &policy->groups[i],
					 list) {
			kl_group_free(group);
			kl_cond_resched();
		}
	kl_table_destroy(&policy->identity);
	kl_table_destroy(&policy->members);
	kl_table_destroy(&policy->names);
}

/* A list whose head moves to another place; the old head is left dangling. */
static void move_list(struct list_head *to, struct list_head *from)
{
	if (list_empty(from)) {
		INIT_LIST_HEAD(to);
		return;
	}
	*to = *from;
	to->next->prev = to;
	to->prev->next = to;
}

void kl_model_move(struct kl_policy *to, struct kl_policy *from)
{
	int i;

	for (i = 0; i < KL_OP_COUNT; i++)
		move_list(&to->blocks[i], &from->blocks[i]);
	for (i = 0; i < KL_GROUP_KINDS; i++)
		move_list(&to->groups[i], &from->groups[i]);
	move_list(&to->rule_groups, &from->rule_groups);
	memcpy(to->block_count, from->block_count, sizeof(to->block_count));
	to->rule_group_count = from->rule_group_count;
	to->expanded = from->expanded;
	to->group_count = from->group_count;
	to->rule_count = from->rule_count;
	to->identity = from->identity;
	to->members = from->members;
	to->names = from->names;
	to->quota = from->quota;
	to->permissive = from->permissive;
	to->memory = from->memory;
}
