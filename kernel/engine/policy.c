// SPDX-License-Identifier: GPL-2.0
/* The editable policy: batches of statements applied whole or not at all. */
#include "policy.h"
#include "lex.h"
#include "undo.h"

/**
 * struct applying - a batch being applied
 * @policy: what it changes
 * @undo: what it has changed so far
 * @selected: the block that sub-entries belong to, or NULL
 * @twin: the block of the same identity in the model that is being replaced
 * @grouped: rule groups, or who uses them, have changed
 * @error: for refusals
 */
struct applying {
	struct kl_policy *policy;
	struct kl_undo *undo;
	struct kl_block *selected;
	const struct kl_block *twin;
	bool grouped;
	struct kl_error *error;
};

static int refuse_more(struct applying *a, const struct kl_statement *s,
		       const char *what, u32 limit)
{
	kl_refuse(a->error, s->column, "too many %s; expected at most %u", what,
		  limit);
	return -E2BIG;
}

/* Find or make a group. */
static int get_group(struct applying *a, const struct kl_statement *s, u8 kind,
		     struct kl_string *name, struct kl_group **result)
{
	struct kl_policy *policy = a->policy;
	struct kl_group *group = kl_group_find(policy, kind, name);
	int ret;

	*result = group;
	if (group)
		return 0;
	if (policy->group_count + policy->rule_group_count >= KL_GROUPS_MAX)
		return refuse_more(a, s, "groups", KL_GROUPS_MAX);
	ret = kl_undo_reserve(a->undo);
	if (ret)
		return ret;
	group = kl_group_new(kind, name);
	if (!group)
		return -ENOMEM;
	kl_group_link(policy, group, policy->groups[kind].prev);
	kl_undo_add(a->undo, KL_GROUP_ADDED)->group = group;
	*result = group;
	return 0;
}

static int get_groups_used(struct applying *a, const struct kl_statement *s)
{
	const struct kl_condition *condition;
	struct kl_group *group;
	int ret;
	u32 i;

	for (i = 0; i < s->count; i++) {
		condition = &s->conditions[i];
		if (condition->right != KL_RIGHT_GROUP)
			continue;
		ret = get_group(a, s, kl_condition_group_kind(condition),
				condition->group_name, &group);
		if (ret)
			return ret;
	}
	return 0;
}

/* Take over the label that a statement brings, if it brings one. */
static int set_label(struct applying *a, struct kl_rule *rule,
		     struct kl_string **label)
{
	int ret;

	if (!*label || rule->label == *label)
		return 0;
	ret = kl_undo_reserve(a->undo);
	if (ret)
		return ret;
	kl_undo_add(a->undo, KL_LABEL_CHANGED)->rule = rule;
	a->undo->records[a->undo->count - 1].label = rule->label;
	rule->label = *label;
	*label = NULL;
	return 0;
}

/* The same line in the model that this batch replaces, or NULL. */
static const struct kl_rule *find_twin(const struct applying *a,
				       const struct kl_identity *identity)
{
	struct kl_identity old = *identity;

	if (!a->undo->replaced)
		return NULL;
	old.block = a->twin;
	if (identity->block && !old.block)
		return NULL;
	return kl_identity_find(a->undo->replaced, &old);
}

/* Find a rule group, or make one that is yet to be defined. */
static int get_rule_group(struct applying *a, const struct kl_statement *s,
			  struct kl_rule_group **result)
{
	struct kl_policy *policy = a->policy;
	const struct kl_rule *twin;
	struct kl_identity identity;
	struct kl_rule *head;
	int ret;

	kl_identity_of_group(&identity, s->name);
	head = kl_identity_find(policy, &identity);
	if (head) {
		*result = kl_rule_group_of(head);
		return 0;
	}
	if (policy->group_count + policy->rule_group_count >= KL_GROUPS_MAX)
		return refuse_more(a, s, "groups", KL_GROUPS_MAX);
	if (policy->rule_count >= KL_RULES_MAX)
		return refuse_more(a, s, "blocks and rules", KL_RULES_MAX);
	ret = kl_undo_reserve(a->undo);
	if (ret)
		return ret;
	twin = find_twin(a, &identity);
	head = kl_rule_new(s, &identity, NULL, twin ? twin->hits : NULL);
	if (!head)
		return -ENOMEM;
	*result = kl_rule_group_of(head);
	(*result)->name = kl_string_ref(s->name);
	kl_rule_link(policy, head);
	kl_undo_add(a->undo, KL_RULE_ADDED)->rule = head;
	return 0;
}

static int insert_rule(struct applying *a, struct kl_statement *s,
		       const struct kl_identity *identity,
		       struct kl_rule **result)
{
	const struct kl_rule *twin = find_twin(a, identity);
	struct kl_rule_group *used;
	struct kl_rule *rule;
	int ret;

	ret = get_groups_used(a, s);
	if (!ret && s->rule_kind == KL_RULE_USE)
		ret = get_rule_group(a, s, &used);
	if (!ret && a->policy->rule_count >= KL_RULES_MAX)
		ret = refuse_more(a, s, "blocks and rules", KL_RULES_MAX);
	if (!ret)
		ret = kl_undo_reserve(a->undo);
	if (ret)
		return ret;
	rule = kl_rule_new(s, identity, a->selected, twin ? twin->hits : NULL);
	if (!rule)
		return -ENOMEM;
	rule->order = a->policy->next_order++;
	kl_rule_adopt(a->policy, rule, s);
	kl_rule_link(a->policy, rule);
	kl_undo_add(a->undo, KL_RULE_ADDED)->rule = rule;
	a->grouped |= s->in_group || s->rule_kind == KL_RULE_USE;
	*result = rule;
	return 0;
}

static int remove_rule(struct applying *a, struct kl_rule *rule)
{
	int ret = kl_undo_reserve(a->undo);

	if (ret)
		return ret;
	kl_rule_unlink(a->policy, rule);
	kl_undo_add(a->undo, KL_RULE_REMOVED)->rule = rule;
	return 1;
}

/* Apply functions return 1 if something was done, 0 if not, or an error. */

static int apply_acl(struct applying *a, struct kl_statement *s)
{
	struct kl_identity identity;
	const struct kl_rule *twin;
	struct kl_rule *rule;
	int ret = 0;

	a->selected = NULL;
	kl_identity_init(&identity, s, NULL);
	rule = kl_identity_find(a->policy, &identity);
	if (s->delete)
		return rule ? remove_rule(a, rule) : 0;
	twin = find_twin(a, &identity);
	if (!rule)
		ret = insert_rule(a, s, &identity, &rule);
	if (ret)
		return ret;
	a->selected = rule->block;
	a->twin = twin ? twin->block : NULL;
	return 1;
}

static int apply_rule(struct applying *a, struct kl_statement *s)
{
	struct kl_identity identity;
	struct kl_rule *rule;
	int ret = 0;

	if (WARN_ON_ONCE(!s->in_group && s->op != a->selected->op))
		return -EINVAL;
	kl_identity_init(&identity, s, a->selected);
	rule = kl_identity_find(a->policy, &identity);
	if (s->delete)
		return rule ? remove_rule(a, rule) : 0;
	if (!rule)
		ret = insert_rule(a, s, &identity, &rule);
	else if (rule->kind != KL_RULE_USE)
		ret = set_label(a, rule, &s->name);
	return ret ? ret : 1;
}

static int define_rule_group(struct applying *a, const struct kl_statement *s)
{
	const struct kl_rule *twin;
	struct kl_identity identity;
	struct kl_rule_group *group;
	int ret = get_rule_group(a, s, &group);

	if (ret)
		return ret;
	/* Taken back with the group, that this batch has made. */
	if (!group->defined) {
		group->defined = true;
		group->block.rule.line = s->line;
		group->block.rule.order = a->policy->next_order++;
	}
	kl_identity_of_group(&identity, s->name);
	twin = find_twin(a, &identity);
	a->selected = &group->block;
	a->twin = twin ? twin->block : NULL;
	return 1;
}

/* Some line that uses a rule group. */
static const struct kl_rule *find_line_using(const struct kl_policy *policy,
				       const struct kl_rule_group *group)
{
	const struct kl_block *block;
	const struct kl_rule *rule;
	u32 op;

	for (op = 0; op <= KL_OP_COUNT; op++)
		list_for_each_entry(block, op < KL_OP_COUNT ?
				    &policy->blocks[op] : &policy->rule_groups,
				    rule.list)
			list_for_each_entry(rule, &block->rules, list)
				if (rule->used == group)
					return rule;
	return NULL;
}

static int apply_rule_group(struct applying *a, struct kl_statement *s)
{
	const struct kl_rule_group *group;
	struct kl_identity identity;
	struct kl_rule *head;

	if (!s->delete)
		return define_rule_group(a, s);
	kl_identity_of_group(&identity, s->name);
	head = kl_identity_find(a->policy, &identity);
	group = head ? kl_rule_group_of(head) : NULL;
	if (!group || !group->defined)
		return 0;
	if (group->refs) {
		const struct kl_rule *user = find_line_using(a->policy, group);

		return kl_refuse(
			a->error, s->column,
			"the rule group is in use, by line %u; expected to find it unused",
			WARN_ON_ONCE(!user) ? 0 : user->line);
	}
	return remove_rule(a, head);
}

/* Before something of the selected block's own is changed. */
static int save_block(struct applying *a)
{
	struct kl_block *block = a->selected;
	struct kl_undo_record *record;
	int ret = kl_undo_reserve(a->undo);

	if (ret)
		return ret;
	record = kl_undo_add(a->undo, KL_BLOCK_CHANGED);
	record->rule = &block->rule;
	record->audit = block->audit;
	record->wait = block->wait;
	record->permissive = block->permissive;
	return 0;
}

static int apply_audit(struct applying *a, struct kl_statement *s)
{
	int ret = save_block(a);

	if (ret)
		return ret;
	a->selected->audit = s->index;
	a->selected->wait = s->wait;
	return 1;
}

static int apply_permissive(struct applying *a, struct kl_statement *s)
{
	int ret;

	if (s->delete && !a->selected->permissive)
		return 0;
	ret = save_block(a);
	if (ret)
		return ret;
	a->selected->permissive = !s->delete;
	return 1;
}

static int apply_mode(struct applying *a, struct kl_statement *s)
{
	int ret = kl_undo_reserve(a->undo);

	if (ret)
		return ret;
	kl_undo_add(a->undo, KL_MODE_CHANGED)->permissive =
		a->policy->permissive;
	a->policy->permissive = s->permissive;
	return 1;
}

static int remove_label(struct applying *a, const struct kl_string *label)
{
	struct kl_rule *rule = &a->selected->rule;
	struct kl_undo_record *record;
	int ret;

	if (!rule->label || (label && label != rule->label))
		return 0;
	ret = kl_undo_reserve(a->undo);
	if (ret)
		return ret;
	record = kl_undo_add(a->undo, KL_LABEL_CHANGED);
	record->rule = rule;
	record->label = rule->label;
	rule->label = NULL;
	return 1;
}

static int apply_label(struct applying *a, struct kl_statement *s)
{
	int ret;

	if (s->delete)
		return remove_label(a, s->name);
	ret = set_label(a, &a->selected->rule, &s->name);
	return ret ? ret : 1;
}

static int remove_member(struct applying *a, struct kl_member *member)
{
	struct kl_undo_record *record;
	int ret = kl_undo_reserve(a->undo);

	if (ret)
		return ret;
	record = kl_undo_add(a->undo, KL_MEMBER_REMOVED);
	record->member = member;
	record->prev = member->list.prev;
	kl_member_unlink(a->policy, member);
	return 1;
}

static int add_member(struct applying *a, const struct kl_statement *s)
{
	struct kl_member *member;
	struct kl_group *group;
	int ret = get_group(a, s, s->group_kind, s->name, &group);

	if (ret)
		return ret;
	if (kl_member_find(a->policy, group, &s->member))
		return 1;
	ret = kl_undo_reserve(a->undo);
	if (ret)
		return ret;
	member = kl_member_new(group, &s->member);
	if (!member)
		return -ENOMEM;
	kl_member_link(a->policy, member, group->members.prev);
	kl_undo_add(a->undo, KL_MEMBER_ADDED)->member = member;
	return 1;
}

static int apply_group(struct applying *a, struct kl_statement *s)
{
	struct kl_member *member;
	struct kl_group *group;

	if (!s->delete)
		return add_member(a, s);
	group = kl_group_find(a->policy, s->group_kind, s->name);
	if (!group)
		return 0;
	member = kl_member_find(a->policy, group, &s->member);
	return member ? remove_member(a, member) : 0;
}

static int apply_memory_quota(struct applying *a, struct kl_statement *s)
{
	struct kl_quota *quota = &a->policy->quota;
	int ret = kl_undo_save_quota(a->undo, quota);

	if (ret)
		return ret;
	quota->memory[s->index] = s->memory;
	if (s->has_drop)
		quota->drop_oldest = s->drop_oldest;
	return 1;
}

static int apply_audit_quota(struct applying *a, struct kl_statement *s)
{
	struct kl_audit_quota *quota = &a->policy->quota.audit[s->index];
	int ret, i;

	if (s->delete && !quota->named)
		return 0;
	ret = kl_undo_save_quota(a->undo, &a->policy->quota);
	if (ret)
		return ret;
	if (s->delete)
		memset(quota, 0, sizeof(*quota));
	quota->named = !s->delete;
	for (i = 0; i < KL_RESULTS; i++)
		if (s->limit_given[i])
			quota->limit[i] = s->limit[i];
	if (s->rate) {
		quota->rate = s->rate;
		quota->burst = s->burst;
	}
	if (s->to_audit_given)
		quota->to_audit = s->to_audit;
	return 1;
}

/* A statement that needs a selected block. */
static int apply_within(struct applying *a, struct kl_statement *s)
{
	bool group = a->selected && a->selected->rule.kind == KL_RULE_GROUP;

	if (!a->selected || group != s->in_group)
		return kl_refuse(
			a->error, s->column,
			"outside a block; expected an acl line before it");
	switch (s->kind) {
	case KL_STATEMENT_RULE:
		return apply_rule(a, s);
	case KL_STATEMENT_AUDIT:
		return apply_audit(a, s);
	case KL_STATEMENT_PERMISSIVE:
		return apply_permissive(a, s);
	default:
		return apply_label(a, s);
	}
}

static int apply_statement(struct applying *a, struct kl_statement *s)
{
	switch (s->kind) {
	case KL_STATEMENT_EMPTY:
		return 0;
	case KL_STATEMENT_RULE:
	case KL_STATEMENT_AUDIT:
	case KL_STATEMENT_LABEL:
	case KL_STATEMENT_PERMISSIVE:
		return apply_within(a, s);
	}
	a->selected = NULL;
	switch (s->kind) {
	case KL_STATEMENT_ACL:
		return apply_acl(a, s);
	case KL_STATEMENT_RULE_GROUP:
		return apply_rule_group(a, s);
	case KL_STATEMENT_GROUP:
		return apply_group(a, s);
	case KL_STATEMENT_VERSION:
		return 1;
	case KL_STATEMENT_QUOTA_MEMORY:
		return apply_memory_quota(a, s);
	case KL_STATEMENT_QUOTA_AUDIT:
		return apply_audit_quota(a, s);
	case KL_STATEMENT_MODE:
		return apply_mode(a, s);
	default:
		return kl_refuse(
			a->error, s->column,
			"a command cannot be part of a policy; expected policy lines only");
	}
}

/* Drop a group that the batch has left without members and uses. */
static int drop_if_idle(struct applying *a, struct kl_group *group)
{
	struct kl_undo_record *record;
	int ret;

	if (!kl_group_is_idle(group) || list_empty(&group->list))
		return 0;
	ret = kl_undo_reserve(a->undo);
	if (ret)
		return ret;
	record = kl_undo_add(a->undo, KL_GROUP_REMOVED);
	record->group = group;
	record->prev = group->list.prev;
	kl_group_unlink(a->policy, group);
	return 0;
}

static int drop_groups_of(struct applying *a, const struct kl_rule *rule)
{
	int ret = 0;
	u32 i;

	for (i = 0; i < rule->count && !ret; i++)
		if (rule->conditions[i].right == KL_RIGHT_GROUP)
			ret = drop_if_idle(a, rule->conditions[i].group);
	return ret;
}

static int drop_groups_of_block(struct applying *a, const struct kl_rule *rule)
{
	const struct kl_rule *sub;
	int ret = drop_groups_of(a, rule);

	if (ret || !kl_rule_is_head(rule))
		return ret;
	list_for_each_entry(sub, &rule->block->rules, list) {
		ret = drop_groups_of(a, sub);
		if (ret)
			return ret;
	}
	return 0;
}

/* Only what the batch removed can have left a group idle. */
static int drop_idle_groups(struct applying *a)
{
	u32 i, count = a->undo->count;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		const struct kl_undo_record *record = &a->undo->records[i];

		if (record->kind == KL_RULE_REMOVED)
			ret = drop_groups_of_block(a, record->rule);
		else if (record->kind == KL_MEMBER_REMOVED)
			ret = drop_if_idle(a, record->member->group);
	}
	return ret;
}

/* Let the error point at the line of the batch that a rule came from. */
static void point_at(struct applying *a, const struct kl_batch *batch, u32 line)
{
	u32 i;

	for (i = 0; i < batch->count; i++)
		if (batch->statements[i].line == line)
			a->error->column = batch->statements[i].column;
	a->error->line = line;
}

/* The first line of the batch that uses a rule group. */
static u32 line_of_use(const struct applying *a,
		       const struct kl_rule_group *group)
{
	const struct kl_undo_record *record = a->undo->records;
	const struct kl_undo_record *end = record + a->undo->count;

	for (; record < end; record++)
		if (record->kind == KL_RULE_ADDED &&
		    record->rule->used == group)
			return record->rule->line;
	return group->block.rule.line;
}

/* Groups that the batch has made by using them must have been defined by it. */
static int check_definitions(struct applying *a, const struct kl_batch *batch)
{
	u32 i, count = a->undo->count;
	int ret;

	for (i = 0; i < count; i++) {
		const struct kl_undo_record *record = &a->undo->records[i];
		struct kl_rule_group *group;

		if (record->kind != KL_RULE_ADDED ||
		    record->rule->kind != KL_RULE_GROUP)
			continue;
		group = kl_rule_group_of(record->rule);
		if (group->defined || list_empty(&record->rule->list))
			continue;
		if (group->refs) {
			struct kl_text name = { group->name->text,
						group->name->length };

			kl_refuse(a->error, 1,
				  "there is no rule group " KL_WORD_FMT
				  "; expected its rule_group line",
				  KL_WORD_ARG(name));
			point_at(a, batch, line_of_use(a, group));
			return -EINVAL;
		}
		/* All its uses are gone again. */
		ret = remove_rule(a, record->rule);
		if (ret < 0)
			return ret;
	}
	return 0;
}

/* @last: line of the last statement, for what no line is to blame for */
static int check_rule_groups(struct applying *a, const struct kl_batch *batch,
			     u32 last)
{
	const struct kl_rule *where = NULL;
	int ret = check_definitions(a, batch);

	if (ret || (!a->grouped && a->policy->rule_count +
				   a->policy->expanded <= KL_RULES_MAX))
		return ret;
	ret = kl_rule_groups_check(a->policy, a->error, &where);
	if (ret)
		point_at(a, batch, where ? where->line : last);
	return ret;
}

/*
 * While rulesets and undo records hold words that the model has dropped, these
 * count too: that is the memory that is really in use.
 */
static int check_memory(struct applying *a, u32 column)
{
	u64 limit = a->policy->quota.memory[KL_MEMORY_POLICY];
	u64 needed = a->policy->memory + a->policy->strings.memory;

	if (!limit)
		limit = KL_POLICY_MEMORY;
	if (needed <= limit)
		return 0;
	kl_refuse(
		a->error, column,
		"the policy needs at least %llu bytes of memory; \"quota memory policy\" allows %llu",
		(unsigned long long)needed, (unsigned long long)limit);
	return -ENOMEM;
}

static int apply_all(struct applying *a, struct kl_batch *batch)
{
	struct kl_statement *s = NULL;
	u64 done = 0;
	int ret = 0;
	u32 i;

	for (i = 0; i < batch->count && ret >= 0; i++) {
		s = &batch->statements[i];
		ret = apply_statement(a, s);
		done += ret > 0;
		kl_cond_resched();
	}
	if (ret >= 0)
		ret = drop_idle_groups(a);
	if (ret >= 0)
		ret = check_rule_groups(a, batch, s ? s->line : 1);
	if (ret >= 0)
		ret = check_memory(a, s ? s->column : 1);
	if (ret >= 0) {
		a->policy->generation++;
		a->policy->updates += done;
		return 0;
	}
	if (!a->error->line)
		a->error->line = s ? s->line : 1;
	if (!a->error->text[0])
		kl_refuse(a->error, s ? s->column : 1, "out of memory");
	return ret;
}

int kl_policy_apply(struct kl_policy *policy, struct kl_batch *batch,
		    struct kl_undo **undo, struct kl_error *error)
{
	struct applying a = { .policy = policy, .error = error };
	int ret;

	memset(error, 0, sizeof(*error));
	*undo = NULL;
	a.undo = kl_undo_new(policy, batch->replace);
	if (!a.undo) {
		error->line = 1;
		kl_refuse(error, 1, "out of memory");
		return -ENOMEM;
	}
	ret = apply_all(&a, batch);
	if (ret) {
		kl_undo_all(policy, a.undo);
		return ret;
	}
	*undo = a.undo;
	return 0;
}

int kl_policy_init(struct kl_policy *policy)
{
	int ret;

	memset(policy, 0, sizeof(*policy));
	ret = kl_strings_init(&policy->strings);
	if (ret)
		return ret;
	ret = kl_model_init(policy);
	if (ret)
		kl_strings_destroy(&policy->strings);
	return ret;
}

void kl_policy_destroy(struct kl_policy *policy)
{
	kl_model_clear(policy);
	kl_strings_destroy(&policy->strings);
}
