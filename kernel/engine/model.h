/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a policy and how they hang together; inside of policy.c.
 *
 * Whatever is linked is counted in the policy and found through its tables;
 * linking and unlinking cannot fail, so that changes can be taken back.
 */
#ifndef KELLAS_MODEL_H
#define KELLAS_MODEL_H

#include "policy.h"

/**
 * struct kl_identity - what makes two lines the same
 * @kind: enum kl_rule_kind
 * @op: enum kl_op; see kl_rule.op
 * @priority: as typed
 * @name: GROUP: its name; USE: the group's
 * @block: the block, for sub-entries
 * @count: number of conditions
 * @conditions: as parsed, with the names of groups
 * @hash: of all that
 */
struct kl_identity {
	u8 kind;
	u8 op;
	u16 priority;
	const struct kl_string *name;
	const struct kl_block *block;
	u32 count;
	const struct kl_condition *conditions;
	u32 hash;
};

/**
 * kl_identity_init - the identity of a statement
 * @block: the selected block, for sub-entries
 */
void kl_identity_init(struct kl_identity *identity,
		      const struct kl_statement *statement,
		      const struct kl_block *block);

/** kl_identity_of_group - the identity of a rule group */
void kl_identity_of_group(struct kl_identity *identity,
			  const struct kl_string *name);

/** kl_rule_is_head - of a block or a rule group? */
static inline bool kl_rule_is_head(const struct kl_rule *rule)
{
	return rule->kind == KL_RULE_BLOCK || rule->kind == KL_RULE_GROUP;
}

/** kl_rule_group_of - the rule group whose head this is */
static inline struct kl_rule_group *kl_rule_group_of(const struct kl_rule *head)
{
	return container_of(head, struct kl_rule_group, block.rule);
}

/** kl_identity_find - the line of a policy that has an identity, or NULL */
struct kl_rule *kl_identity_find(const struct kl_policy *policy,
				 const struct kl_identity *identity);

/** kl_value_hash, kl_value_same - of members of a group of some kind */
u32 kl_value_hash(u8 kind, const struct kl_member *member);
bool kl_value_same(u8 kind, const struct kl_member *a,
		   const struct kl_member *b);

/** kl_condition_group_kind - which kind of group a condition may use */
u8 kl_condition_group_kind(const struct kl_condition *condition);

/**
 * kl_rule_new - a line of the model, not yet linked
 * @identity: of @statement
 * @block: the block of a sub-entry; not used for heads
 * @hits: counters to go on with, or NULL
 *
 * The caller fills in the conditions with kl_rule_adopt().
 *
 * Return: the line (the head of a struct kl_block or struct kl_rule_group, in
 * a rule group that of a struct kl_group_line), or NULL.
 */
struct kl_rule *kl_rule_new(const struct kl_statement *statement,
			    const struct kl_identity *identity,
			    struct kl_block *block, struct kl_hits *hits);

/**
 * kl_rule_adopt - take over conditions and label of a statement
 *
 * Every group that it names must exist.
 */
void kl_rule_adopt(struct kl_policy *policy, struct kl_rule *rule,
		   struct kl_statement *statement);

/** kl_rule_free - free a line that is not linked, a head with its block */
void kl_rule_free(struct kl_rule *rule);

/** kl_rule_link, kl_rule_unlink - with all sub-entries, if a head */
void kl_rule_link(struct kl_policy *policy, struct kl_rule *rule);
void kl_rule_unlink(struct kl_policy *policy, struct kl_rule *rule);

/** kl_group_find - a group by kind and name, or NULL */
struct kl_group *kl_group_find(const struct kl_policy *policy, u8 kind,
			       const struct kl_string *name);

/** kl_group_new - an empty group, not yet linked, or NULL */
struct kl_group *kl_group_new(u8 kind, struct kl_string *name);
void kl_group_free(struct kl_group *group);

/** kl_group_link - link a group behind @prev */
void kl_group_link(struct kl_policy *policy, struct kl_group *group,
		   struct list_head *prev);
void kl_group_unlink(struct kl_policy *policy, struct kl_group *group);

/** kl_group_is_idle - has it neither members nor uses? */
bool kl_group_is_idle(const struct kl_group *group);

/** kl_member_find - the member of a group that has a value, or NULL */
struct kl_member *kl_member_find(const struct kl_policy *policy,
				 const struct kl_group *group,
				 const struct kl_member *value);

/** kl_member_new - a copy of @value that shares its string, or NULL */
struct kl_member *kl_member_new(struct kl_group *group,
				const struct kl_member *value);
void kl_member_free(struct kl_member *member);

/** kl_member_link - link a member behind @prev */
void kl_member_link(struct kl_policy *policy, struct kl_member *member,
		    struct list_head *prev);
void kl_member_unlink(struct kl_policy *policy, struct kl_member *member);

/**
 * kl_rule_groups_check - do the rule groups make sense?
 * @error: its text is set if they do not
 * @where: then set to the newest line involved; NULL: nobody's in particular
 *
 * No group may use itself, nor be nested beyond KL_GROUP_DEPTH; blocks must have
 * the attributes that the groups they use ask for; and all of it, expanded, is
 * bounded by KL_RULES_MAX.
 *
 * Context: may sleep; policy mutex held. Return: 0, -EINVAL, -E2BIG.
 */
int kl_rule_groups_check(struct kl_policy *policy, struct kl_error *error,
			 const struct kl_rule **where);

/** kl_model_init - an empty model in zeroed memory. Return: 0 or -ENOMEM. */
int kl_model_init(struct kl_policy *policy);

/** kl_model_clear - free a model; what is left may only be initialised */
void kl_model_clear(struct kl_policy *policy);

/** kl_model_move - move a model; @from may then only be initialised */
void kl_model_move(struct kl_policy *to, struct kl_policy *from);

#endif /* KELLAS_MODEL_H */
