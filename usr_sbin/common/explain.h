/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a request is permitted or denied, block by block; also when some of its
 * attributes are not known, as the set of all that may happen.
 */
#ifndef KELLAS_EXPLAIN_H
#define KELLAS_EXPLAIN_H

#include "facts.h"
#include "policy_file.h"

/** enum kl_outcome - what may become of a block; bits of a mask */
enum kl_outcome {
	KL_OUTCOME_UNMATCHED = BIT(KL_UNMATCHED),
	KL_OUTCOME_ALLOWED = BIT(KL_ALLOWED),
	KL_OUTCOME_DENIED = BIT(KL_DENIED),
	KL_OUTCOME_SKIPPED = BIT(KL_RESULTS), /* the head does not match */
	KL_OUTCOME_UNREACHED = BIT(KL_RESULTS + 1), /* denied before it */
};

/**
 * struct kl_explained_block - one block of the request's operation
 * @head: the block in the model
 * @outcomes: mask of enum kl_outcome; one bit if all is known
 * @rule: the deciding sub-entry if all is known and there is one
 * @uses: with @rule: the use lines that led to it, from the block's own on
 * @use_count: number of @uses
 * @permissive: denials of this block are not enforced
 * @missing: first attribute that left it open, -1 if none did
 * @candidates: without @rule: lines that may decide, each behind the use lines that
 *	lead to it; NULL: none
 * @candidate_count: of @candidates
 * @failed: SKIPPED and asked for: the first condition of the head that is
 *	false; NULL if not asked for
 */
struct kl_explained_block {
	const struct kl_block *head;
	u32 outcomes;
	const struct kl_rule *rule;
	const struct kl_rule *uses[KL_GROUP_DEPTH];
	u32 use_count;
	bool permissive;
	int missing;
	const struct kl_rule **candidates;
	u32 candidate_count;
	const struct kl_condition *failed;
};

/** enum kl_answer - verdicts that are possible; bits of a mask */
enum kl_answer {
	KL_ANSWER_PERMIT = 1,
	KL_ANSWER_DENY = 2,
};

/**
 * struct kl_explanation - the whole answer
 * @answers: mask of enum kl_answer; both: undecided
 * @missing: first attribute that left the verdict open, -1
 * @blocks: blocks in order of evaluation
 * @count: number of @blocks
 * @transition: domain that the task enters, or NULL
 * @transition_open: an attribute that is missing decides the transition
 * @disagreement: kl_decide() and the walk came to different answers: a bug
 */
struct kl_explanation {
	u32 answers;
	int missing;
	struct kl_explained_block *blocks;
	u32 count;
	const struct kl_string *transition;
	bool transition_open;
	bool disagreement;
};

/**
 * kl_explain - explain a request
 * @file: compiled
 * @facts: finished
 * @all: also blocks that do not match or are not reached, and which condition
 *	of their heads fails
 *
 * Return: 0 or -ENOMEM.
 */
int kl_explain(struct kl_policy_file *file, struct kl_facts *facts, bool all,
	       struct kl_explanation *explanation);
void kl_explanation_free(struct kl_explanation *explanation);

/**
 * kl_decided - decide a request as the kernel does, if all that it asks for is known
 * @absent: what @facts do not tell has no value
 * @request: made of @facts; its transition is set
 * @take: gets each block that matches, in order
 *
 * Return: KL_PERMIT or KL_DENY; -1: something is not known, and some blocks may have
 * been given out: what may happen then kl_explain() says.
 */
int kl_decided(const struct kl_ruleset *ruleset, const struct kl_facts *facts,
	       bool absent, struct kl_request *request,
	       void (*take)(void *context, const struct kl_match *match), void *context);

#endif /* KELLAS_EXPLAIN_H */
