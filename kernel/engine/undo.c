// SPDX-License-Identifier: GPL-2.0
/* What a batch has changed, in order, so that it can be taken back. */
#include "undo.h"

/* Put the model aside and begin with an empty one. */
static int set_aside(struct kl_undo *undo, struct kl_policy *policy)
{
	struct kl_policy *old = kl_alloc(sizeof(*old));

	if (!old)
		return -ENOMEM;
	kl_model_move(old, policy);
	if (kl_model_init(policy)) {
		kl_model_move(policy, old);
		kl_free(old);
		return -ENOMEM;
	}
	undo->replaced = old;
	return 0;
}

static void bring_back(struct kl_undo *undo, struct kl_policy *policy)
{
	kl_model_clear(policy);
	kl_model_move(policy, undo->replaced);
	kl_free(undo->replaced);
}

struct kl_undo *kl_undo_new(struct kl_policy *policy, bool replace)
{
	struct kl_undo *undo = kl_alloc(sizeof(*undo));

	if (!undo)
		return NULL;
	undo->next_order = policy->next_order;
	undo->updates = policy->updates;
	undo->memory = policy->memory;
	undo->rule_count = policy->rule_count;
	undo->group_count = policy->group_count;
	undo->rule_group_count = policy->rule_group_count;
	undo->expanded = policy->expanded;
	if (replace && set_aside(undo, policy)) {
		kl_free(undo);
		return NULL;
	}
	return undo;
}

int kl_undo_reserve(struct kl_undo *undo)
{
	u32 room = undo->room ? undo->room * 2 : 8;
	struct kl_undo_record *records;

	if (undo->count < undo->room)
		return 0;
	records = kl_alloc(room * sizeof(*records));
	if (!records)
		return -ENOMEM;
	if (undo->count)
		memcpy(records, undo->records, undo->count * sizeof(*records));
	kl_free(undo->records);
	undo->records = records;
	undo->room = room;
	return 0;
}

struct kl_undo_record *kl_undo_add(struct kl_undo *undo, enum kl_change kind)
{
	struct kl_undo_record *record = &undo->records[undo->count++];

	record->kind = kind;
	return record;
}

int kl_undo_save_quota(struct kl_undo *undo, const struct kl_quota *quota)
{
	if (undo->quota)
		return 0;
	undo->quota = kl_alloc(sizeof(*undo->quota));
	if (!undo->quota)
		return -ENOMEM;
	*undo->quota = *quota;
	return 0;
}

static void take_back(struct kl_policy *policy, struct kl_undo_record *record)
{
	switch (record->kind) {
	case KL_RULE_ADDED:
		kl_rule_unlink(policy, record->rule);
		kl_rule_free(record->rule);
		break;
	case KL_RULE_REMOVED:
		kl_rule_link(policy, record->rule);
		break;
	case KL_GROUP_ADDED:
		kl_group_unlink(policy, record->group);
		kl_group_free(record->group);
		break;
	case KL_GROUP_REMOVED:
		kl_group_link(policy, record->group, record->prev);
		break;
	case KL_MEMBER_ADDED:
		kl_member_unlink(policy, record->member);
		kl_member_free(record->member);
		break;
	case KL_MEMBER_REMOVED:
		kl_member_link(policy, record->member, record->prev);
		break;
	case KL_BLOCK_CHANGED:
		record->rule->block->audit = record->audit;
		record->rule->block->wait = record->wait;
		record->rule->block->permissive = record->permissive;
		break;
	case KL_MODE_CHANGED:
		policy->permissive = record->permissive;
		break;
	case KL_LABEL_CHANGED:
		kl_string_put(record->rule->label);
		record->rule->label = record->label;
		break;
	}
}

static void make_final(struct kl_undo_record *record)
{
	switch (record->kind) {
	case KL_RULE_REMOVED:
		kl_rule_free(record->rule);
		break;
	case KL_GROUP_REMOVED:
		kl_group_free(record->group);
		break;
	case KL_MEMBER_REMOVED:
		kl_member_free(record->member);
		break;
	case KL_LABEL_CHANGED:
		kl_string_put(record->label);
		break;
	}
}

void kl_undo_all(struct kl_policy *policy, struct kl_undo *undo)
{
	while (undo->count) {
		take_back(policy, &undo->records[--undo->count]);
		kl_cond_resched();
	}
	if (undo->quota)
		policy->quota = *undo->quota;
	if (undo->replaced)
		bring_back(undo, policy);
	policy->next_order = undo->next_order;
	policy->updates = undo->updates;
	policy->expanded = undo->expanded;
	WARN_ON_ONCE(policy->memory != undo->memory ||
		     policy->rule_count != undo->rule_count ||
		     policy->group_count != undo->group_count ||
		     policy->rule_group_count != undo->rule_group_count);
	kl_free(undo->quota);
	kl_free(undo->records);
	kl_free(undo);
}

void kl_policy_revert(struct kl_policy *policy, struct kl_undo *undo)
{
	kl_undo_all(policy, undo);
	policy->generation++;
}

void kl_policy_settle(struct kl_policy *policy, struct kl_undo *undo)
{
	u32 i;

	/* In order: a removed member may be of a group that goes later. */
	for (i = 0; i < undo->count; i++) {
		make_final(&undo->records[i]);
		kl_cond_resched();
	}
	if (undo->replaced) {
		kl_model_clear(undo->replaced);
		kl_free(undo->replaced);
	}
	kl_free(undo->quota);
	kl_free(undo->records);
	kl_free(undo);
	(void)policy;
}
