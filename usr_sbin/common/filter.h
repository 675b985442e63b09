/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records picked by the policy language: an operation and conditions, judged
 * by the engine like the head of a block.
 */
#ifndef KELLAS_FILTER_H
#define KELLAS_FILTER_H

#include "engine/ruleset.h"
#include "facts.h"

/**
 * struct kl_filter - an operation and conditions
 * @policy: the one block
 * @ruleset: compiled
 * @op: its operation
 * @block: number of the block
 */
struct kl_filter {
	struct kl_policy policy;
	struct kl_ruleset *ruleset;
	enum kl_op op;
	u32 block;
};

/**
 * kl_filter_new - make a filter
 * @text: "OPERATION CONDITION..." as behind "acl"
 * @error: its column counts within @text
 *
 * Groups are refused: there is no policy that could define them.
 *
 * Return: the filter, or NULL with @error filled in.
 */
struct kl_filter *kl_filter_new(struct kl_text text, struct kl_error *error);

/**
 * kl_filter_from_words - make a filter of words as they arrive from a shell
 * @words: an operation and conditions, see kl_word_from_shell()
 * @text: set to what was made of them: @error's column counts there
 */
struct kl_filter *kl_filter_from_words(int count, char **words, struct kl_buffer *text,
				       struct kl_error *error);
void kl_filter_free(struct kl_filter *filter);

/**
 * kl_filter_match - does a request match?
 * @facts: a condition on what was not given is no match, neither with = nor with !=
 */
bool kl_filter_match(const struct kl_filter *filter, const struct kl_facts *facts);

#endif /* KELLAS_FILTER_H */
