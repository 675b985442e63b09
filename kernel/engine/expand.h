/* SPDX-License-Identifier: GPL-2.0 */
/* The lines of a block with those of the rule groups it uses, in order. */
#ifndef KELLAS_EXPAND_H
#define KELLAS_EXPAND_H

#include "policy.h"

/**
 * struct kl_expansion - a walk through the lines of a block
 * @depth: rule groups that the line returned last stands in
 * @entered: it is a use: this group comes next; or NULL
 * @frames: the block, then the groups that the walk is in: their sorted lines,
 *	how many, and which comes next
 */
struct kl_expansion {
	u32 depth;
	const struct kl_block *entered;
	struct {
		struct kl_rule **rules;
		u32 count;
		u32 next;
	} frames[KL_GROUP_DEPTH + 1];
};

/**
 * kl_expansion_begin - before the first line of a block
 *
 * The policy must not change until kl_expansion_end().
 */
void kl_expansion_begin(struct kl_expansion *expansion,
			const struct kl_block *block);

/**
 * kl_expansion_next - the next line, in the order of evaluation
 * @rule: set; a use comes before the lines of its group
 *
 * Context: may sleep. Return: 1; 0 at the end; -ENOMEM.
 */
int kl_expansion_next(struct kl_expansion *expansion,
		      const struct kl_rule **rule);

/** kl_expansion_use - the use at depth @i that led to the line at hand */
static inline const struct kl_rule *
kl_expansion_use(const struct kl_expansion *expansion, u32 i)
{
	return expansion->frames[i].rules[expansion->frames[i].next - 1];
}

/** kl_expansion_end - whether or not the end was reached */
void kl_expansion_end(struct kl_expansion *expansion);

#endif /* KELLAS_EXPAND_H */
