/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What two policies differ in, line by line, and the lines that turn one into
 * the other.
 *
 * Blocks are the same if they have the same operation, priority and conditions,
 * rules of the same block if they have the same priority, kind and conditions;
 * whatever order the conditions stand in and however a number or address is
 * written. (Only where two lines of one policy are told apart by nothing else,
 * that counts, too.) Labels do not belong to it. The order of rules, or blocks of
 * an operation, of the same priority counts; that of groups, their members, and
 * rule groups does not.
 */
#ifndef KELLAS_POLICY_DIFF_H
#define KELLAS_POLICY_DIFF_H

#include "engine/policy.h"
#include "memory.h"

/**
 * enum kl_change - what became of something
 * @KL_CHANGED: it is in both, with differences in it; of sections only
 * @KL_ADDED, @KL_REMOVED: it is in the new policy, in the old one only
 * @KL_MOVED: it is in both, but comes before or behind others of its priority
 *	that it came behind or before
 */
enum kl_change { KL_CHANGED, KL_ADDED, KL_REMOVED, KL_MOVED };

/** enum kl_section_kind - what a section is about */
enum kl_section_kind {
	KL_SECTION_SETTINGS,
	KL_SECTION_GROUP,
	KL_SECTION_RULE_GROUP,
	KL_SECTION_BLOCK,
};

/**
 * struct kl_diff_line - a line that differs
 * @change: enum kl_change
 * @text: as it is printed, without blanks before it
 * @rule: the rule that it is, of the new policy if it is there; NULL: no rule
 */
struct kl_diff_line {
	u8 change;
	char *text;
	const struct kl_rule *rule;
};

/**
 * struct kl_diff_section - something that differs
 * @change: enum kl_change, of the whole
 * @kind: enum kl_section_kind
 * @title: the head of a block, "rule_group NAME", "string_group NAME", or ""
 * @old, @new: the block or rule group in either policy, or NULL
 * @lines: what differs; of what is in one policy only, everything; removed lines
 *	before added ones
 * @count: number of @lines
 */
struct kl_diff_section {
	u8 change;
	u8 kind;
	char *title;
	const struct kl_block *old, *new;
	struct kl_diff_line *lines;
	u32 count;
};

/**
 * struct kl_policy_diff - all that differs
 * @sections: settings, groups, rule groups, blocks by operation and priority
 * @count: number of them; 0: the policies are the same
 */
struct kl_policy_diff {
	struct kl_diff_section *sections;
	u32 count;
};

/**
 * kl_policy_compare - compare two policies
 * @diff: filled in; points into both policies
 * @patch: NULL, or receives the lines that turn @old into @new: for a
 *	transaction that does not begin with an empty policy
 */
void kl_policy_compare(const struct kl_policy *old, const struct kl_policy *new,
		       struct kl_policy_diff *diff, struct kl_buffer *patch);
void kl_policy_diff_free(struct kl_policy_diff *diff);

#endif /* KELLAS_POLICY_DIFF_H */
