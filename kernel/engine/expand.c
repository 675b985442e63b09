// SPDX-License-Identifier: GPL-2.0
/* The lines of a block with those of the rule groups it uses, in order. */
#include "expand.h"

static int open_frame(struct kl_expansion *e, const struct kl_block *block)
{
	e->frames[e->depth].rules =
		kl_policy_sorted(&block->rules, block->count);
	e->frames[e->depth].count = block->count;
	e->frames[e->depth].next = 0;
	return block->count && !e->frames[e->depth].rules ? -ENOMEM : 0;
}

static void close_frame(struct kl_expansion *e)
{
	kl_free(e->frames[e->depth].rules);
	e->frames[e->depth].rules = NULL;
}

void kl_expansion_begin(struct kl_expansion *e, const struct kl_block *block)
{
	memset(e, 0, sizeof(*e));
	e->entered = block;
}

/* Into the block itself, or into the group of the use returned last. */
static int enter(struct kl_expansion *e)
{
	const struct kl_block *block = e->entered;

	e->entered = NULL;
	if (block->rule.kind == KL_RULE_GROUP)
		e->depth++;
	return open_frame(e, block);
}

int kl_expansion_next(struct kl_expansion *e, const struct kl_rule **rule)
{
	if (e->entered && enter(e))
		return -ENOMEM;
	while (e->frames[e->depth].next == e->frames[e->depth].count) {
		if (!e->depth)
			return 0;
		close_frame(e);
		e->depth--;
	}
	*rule = e->frames[e->depth].rules[e->frames[e->depth].next++];
	if ((*rule)->kind == KL_RULE_USE)
		e->entered = &(*rule)->used->block;
	return 1;
}

void kl_expansion_end(struct kl_expansion *e)
{
	for (;; e->depth--) {
		close_frame(e);
		if (!e->depth)
			break;
	}
}
