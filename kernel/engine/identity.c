// SPDX-License-Identifier: GPL-2.0
/* When two lines, or two members of a group, are the same. */
#include "model.h"

static u32 mix(u32 hash, u64 value)
{
	hash ^= (u32)value ^ (u32)(value >> 32) * 0x9e3779b1u;
	hash *= 0x85ebca6bu;
	return hash ^ hash >> 15;
}

static u32 mix_number(u32 hash, const struct kl_number_range *number)
{
	hash = mix(hash, number->low);
	hash = mix(hash, number->high);
	return mix(hash, number->radix[0] << 16 | number->radix[1] << 8 |
				 number->single);
}

static u32 mix_ip(u32 hash, const struct kl_ip_range *ip)
{
	hash = mix(hash, kl_hash(0, (const char *)ip->low.bytes, 16));
	hash = mix(hash, kl_hash(0, (const char *)ip->high.bytes, 16));
	return mix(hash,
		   ip->low.family << 16 | (u8)ip->prefix << 8 | ip->single);
}

static bool same_number(const struct kl_number_range *a,
			const struct kl_number_range *b)
{
	return a->low == b->low && a->high == b->high &&
	       a->radix[0] == b->radix[0] && a->radix[1] == b->radix[1] &&
	       a->single == b->single;
}

static bool same_ip(const struct kl_ip_range *a, const struct kl_ip_range *b)
{
	return a->low.family == b->low.family && a->prefix == b->prefix &&
	       a->single == b->single &&
	       !memcmp(a->low.bytes, b->low.bytes, sizeof(a->low.bytes)) &&
	       !memcmp(a->high.bytes, b->high.bytes, sizeof(a->high.bytes));
}

static u32 mix_condition(u32 hash, const struct kl_condition *c)
{
	hash = mix(hash, c->left | c->right << 8 | c->negated << 16 |
				 (u64)c->index << 32);
	if (c->name)
		hash = mix(hash, c->name->hash);
	switch (c->right) {
	case KL_RIGHT_NUMBER:
	case KL_RIGHT_KEYWORD:
		return mix_number(hash, &c->number);
	case KL_RIGHT_STRING:
		return mix(hash, c->string->hash);
	case KL_RIGHT_IP:
		return mix_ip(hash, c->ip);
	case KL_RIGHT_GROUP:
		return mix(hash, c->group_name->hash);
	case KL_RIGHT_SLOT:
		return mix(hash, c->right_slot);
	default:
		return hash;
	}
}

/* @typed names a group, @linked points to it. Words are interned. */
static bool same_condition(const struct kl_condition *typed,
			   const struct kl_condition *linked)
{
	if (typed->left != linked->left || typed->right != linked->right ||
	    typed->negated != linked->negated ||
	    typed->index != linked->index || typed->name != linked->name)
		return false;
	switch (typed->right) {
	case KL_RIGHT_NUMBER:
	case KL_RIGHT_KEYWORD:
		return same_number(&typed->number, &linked->number);
	case KL_RIGHT_STRING:
		return typed->string == linked->string;
	case KL_RIGHT_IP:
		return same_ip(typed->ip, linked->ip);
	case KL_RIGHT_GROUP:
		return typed->group_name == linked->group->name;
	case KL_RIGHT_SLOT:
		return typed->right_slot == linked->right_slot;
	default:
		return true;
	}
}

void kl_identity_init(struct kl_identity *identity,
		      const struct kl_statement *statement,
		      const struct kl_block *block)
{
	bool use = statement->rule_kind == KL_RULE_USE;
	u32 hash, i;

	identity->kind = statement->rule_kind;
	identity->op = statement->op;
	identity->priority = statement->priority;
	identity->name = use ? statement->name : NULL;
	identity->block = block;
	identity->count = statement->count;
	identity->conditions = statement->conditions;
	hash = mix(0, identity->kind << 24 | identity->op << 16 |
			      identity->priority);
	if (identity->kind != KL_RULE_BLOCK)
		hash = mix(hash, block->rule.link.hash);
	for (i = 0; i < identity->count; i++)
		hash = mix_condition(hash, &identity->conditions[i]);
	if (use)
		hash = mix(hash, statement->name->hash);
	identity->hash = hash;
}

void kl_identity_of_group(struct kl_identity *identity,
			  const struct kl_string *name)
{
	memset(identity, 0, sizeof(*identity));
	identity->kind = KL_RULE_GROUP;
	identity->name = name;
	identity->hash = mix(KL_RULE_GROUP << 24, name->hash);
}

/* The name that belongs to a line's identity, or NULL. */
static const struct kl_string *name_of(const struct kl_rule *rule)
{
	if (rule->kind == KL_RULE_USE)
		return rule->used->name;
	if (rule->kind == KL_RULE_GROUP)
		return kl_rule_group_of(rule)->name;
	return NULL;
}

static bool has_identity(const struct kl_rule *rule,
			 const struct kl_identity *identity)
{
	u32 i;

	if (rule->kind != identity->kind || rule->count != identity->count ||
	    rule->priority != identity->priority || rule->op != identity->op)
		return false;
	if (!kl_rule_is_head(rule) && rule->block != identity->block)
		return false;
	if (name_of(rule) != identity->name)
		return false;
	for (i = 0; i < rule->count; i++)
		if (!same_condition(&identity->conditions[i],
				    &rule->conditions[i]))
			return false;
	return true;
}

struct kl_rule *kl_identity_find(const struct kl_policy *policy,
				 const struct kl_identity *identity)
{
	struct kl_link *link =
		kl_table_first(&policy->identity, identity->hash);
	struct kl_rule *rule;

	for (; link; link = kl_table_next(link)) {
		rule = container_of(link, struct kl_rule, link);
		if (has_identity(rule, identity))
			return rule;
	}
	return NULL;
}

u32 kl_value_hash(u8 kind, const struct kl_member *member)
{
	switch (kind) {
	case KL_NUMBER_GROUP:
		return mix_number(kind, &member->number);
	case KL_IP_GROUP:
		return mix_ip(kind, &member->ip);
	default:
		return mix(kind, member->string->hash);
	}
}

bool kl_value_same(u8 kind, const struct kl_member *a,
		   const struct kl_member *b)
{
	switch (kind) {
	case KL_NUMBER_GROUP:
		return same_number(&a->number, &b->number);
	case KL_IP_GROUP:
		return same_ip(&a->ip, &b->ip);
	default:
		return a->string == b->string;
	}
}

u8 kl_condition_group_kind(const struct kl_condition *condition)
{
	switch (kl_slot_type(condition->left)) {
	case KL_STRING:
	case KL_ANCESTOR:
	case KL_HISTORY:
		return KL_STRING_GROUP;
	case KL_IPADDR:
		return KL_IP_GROUP;
	default:
		return KL_NUMBER_GROUP;
	}
}
