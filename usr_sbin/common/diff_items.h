/* SPDX-License-Identifier: GPL-2.0 */
/* Lines of two policies, and which of them are the same. */
#ifndef KELLAS_DIFF_ITEMS_H
#define KELLAS_DIFF_ITEMS_H

#include "engine/policy.h"
#include "memory.h"

/** No partner */
#define KL_DIFF_NOBODY ((u32)~0)

/**
 * struct kl_diff_item - a line of one of the policies
 * @key: what it means
 * @exact: what it looks like, without its label
 * @rule: the line; NULL for members of groups and settings
 * @partner: number of the item of the same key in the other list
 * @moved: it comes before or behind others than in the other list
 * @kept: the patch leaves it where it is
 */
struct kl_diff_item {
	char *key, *exact;
	const struct kl_rule *rule;
	u32 partner;
	bool moved, kept;
};

/**
 * struct kl_diff_items - lines of one of the policies, in order
 * @at: these
 * @count: number of them
 */
struct kl_diff_items {
	struct kl_diff_item *at;
	u32 count;
};

/** kl_diff_rule_text - a line as it is printed; @label: with its label. To be freed */
char *kl_diff_rule_text(const struct kl_rule *rule, bool label);

/** kl_diff_member_text - a member as it is printed; @key: what it means instead. To be freed */
char *kl_diff_member_text(const struct kl_group *group, const struct kl_member *member,
			  bool key);

/** kl_diff_item - add an item, taking over @key and @exact; valid until the next one */
struct kl_diff_item *kl_diff_item(struct kl_diff_items *items, char *key, char *exact,
				  const struct kl_rule *rule);

/**
 * kl_diff_items_of - add the lines of a list, in the order of evaluation
 * @list: blocks of an operation, rule groups, or the lines of a block
 * @count: number of them
 */
void kl_diff_items_of(const struct list_head *list, u32 count, struct kl_diff_items *items);
void kl_diff_items_free(struct kl_diff_items *items);

/** kl_diff_items_sorted - all of them by their keys; free() it */
struct kl_diff_item **kl_diff_items_sorted(const struct kl_diff_items *items);

/** kl_diff_partners - find the partners of items whose keys are unique in their list */
void kl_diff_partners(struct kl_diff_items *a, struct kl_diff_items *b);

/** kl_diff_pair - the same; equal keys of a list are told apart by what they look like */
void kl_diff_pair(struct kl_diff_items *old, struct kl_diff_items *new);

/** kl_diff_moved - find those that come before or behind others than before */
void kl_diff_moved(struct kl_diff_items *old, struct kl_diff_items *new);

/** kl_diff_kept - find those that a patch may leave where they are */
void kl_diff_kept(struct kl_diff_items *old, struct kl_diff_items *new);

/** kl_diff_same_label - have both lines the same label, or none? */
bool kl_diff_same_label(const struct kl_rule *a, const struct kl_rule *b);

#endif /* KELLAS_DIFF_ITEMS_H */
