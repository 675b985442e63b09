/* SPDX-License-Identifier: GPL-2.0 */
/* The observations of one subject to the lines of its blocks. */
#ifndef KELLAS_RULES_H
#define KELLAS_RULES_H

#include "learn.h"
#include "observation.h"

/**
 * struct kl_rules_of - a subject
 * @options: what is wanted
 * @plans: by operation, what was kept
 * @conditions: of the heads of its blocks, separated by spaces
 * @name: what the names of its groups begin with, in capitals
 * @list: its observations, those that are not to be learnt left out
 * @count: of @list
 * @denied, @denied_count: others, of which those that are reopened get a deny line ahead
 *	of all that permits
 * @deny: set of operations that get a block even if none of these is in @list
 * @taken: names of groups so far, with a reference to each; those of this
 *	subject are added
 */
struct kl_rules_of {
	const struct kl_learn_options *options;
	const struct kl_observed *plans;
	const char *conditions;
	const char *name;
	struct kl_observation **list;
	u32 count;
	struct kl_observation **denied;
	u32 denied_count;
	u64 deny[KL_OP_WORDS];
	struct kl_strings *taken;
};

/** kl_rules_possible - can an operation be restricted by what is learnt of it? */
bool kl_rules_possible(enum kl_op op);

/** kl_rules_write - append the groups and blocks of a subject to a draft */
void kl_rules_write(const struct kl_rules_of *subject, struct kl_draft *draft);

#endif /* KELLAS_RULES_H */
