/* SPDX-License-Identifier: GPL-2.0 */
/* What a batch has changed, in order, so that it can be taken back. */
#ifndef KELLAS_UNDO_H
#define KELLAS_UNDO_H

#include "model.h"

/** enum kl_change - kinds of change, by what must be undone */
enum kl_change {
	KL_RULE_ADDED,
	KL_RULE_REMOVED,
	KL_GROUP_ADDED,
	KL_GROUP_REMOVED,
	KL_MEMBER_ADDED,
	KL_MEMBER_REMOVED,
	KL_BLOCK_CHANGED,
	KL_MODE_CHANGED,
	KL_LABEL_CHANGED,
};

/**
 * struct kl_undo_record - one change
 * @kind: enum kl_change
 * @audit, @wait: KL_BLOCK_CHANGED: of its block before
 * @permissive: KL_BLOCK_CHANGED, KL_MODE_CHANGED: before
 * @rule, @group, @member: what changed. A removed one is owned by the record
 * @prev: KL_GROUP_REMOVED, KL_MEMBER_REMOVED: what stood before it
 * @label: KL_LABEL_CHANGED: the label before, owned by the record, or NULL
 */
struct kl_undo_record {
	u8 kind;
	u8 audit;
	bool permissive;
	u16 wait;
	union {
		struct kl_rule *rule;
		struct kl_group *group;
		struct kl_member *member;
	};
	union {
		struct list_head *prev;
		struct kl_string *label;
	};
};

/**
 * struct kl_undo - all changes of a batch
 * @records: array of @count, with room for @room
 * @replaced: the whole model before, if the batch replaces it
 * @quota: all quotas before, if the batch changes one
 * @next_order, @updates, @expanded: of the policy before
 * @memory, @rule_count, @group_count, @rule_group_count: likewise, to check the
 *	work
 */
struct kl_undo {
	struct kl_undo_record *records;
	u32 count;
	u32 room;
	struct kl_policy *replaced;
	struct kl_quota *quota;
	u64 next_order;
	u64 updates;
	size_t memory;
	u32 expanded;
	u32 rule_count;
	u32 group_count;
	u32 rule_group_count;
};

/**
 * kl_undo_new - begin to record changes
 * @replace: put the whole model aside first and begin with an empty one
 *
 * Return: the record, or NULL with nothing changed.
 */
struct kl_undo *kl_undo_new(struct kl_policy *policy, bool replace);

/** kl_undo_reserve - make sure that one more change can be recorded */
int kl_undo_reserve(struct kl_undo *undo);

/** kl_undo_add - record a change for which there is room */
struct kl_undo_record *kl_undo_add(struct kl_undo *undo, enum kl_change kind);

/** kl_undo_all - kl_policy_revert(), for a batch that was never applied */
void kl_undo_all(struct kl_policy *policy, struct kl_undo *undo);

/** kl_undo_save_quota - record the quotas before their first change */
int kl_undo_save_quota(struct kl_undo *undo, const struct kl_quota *quota);

#endif /* KELLAS_UNDO_H */
