/* SPDX-License-Identifier: GPL-2.0 */
/* Random policies, and random requests that have something to do with them. */
#ifndef TESTS_GENERATE_H
#define TESTS_GENERATE_H

#include "oracle.h"
#include "random.h"

/**
 * struct generator - what a random policy and its requests are made of
 * @random: state of the random numbers
 * @memory: of the policy and the vocabulary; dropped with them
 * @passing: of one request; dropped with it
 * @vocabulary, @words: strings that both the policy and requests use
 * @ops, @op_count: operations that requests are made for
 * @wide: numbers are spread over thousands
 * @cost: about how many comparisons one request costs an evaluator without
 *	indexes
 */
struct generator {
	u64 random;
	struct arena memory;
	struct arena passing;
	struct kl_text *vocabulary;
	u32 words;
	u8 ops[4];
	u32 op_count;
	bool wide;
	u32 cost;
};

/** generate_policy - a new policy, instead of the one before */
void generate_policy(struct generator *generator, struct oracle_policy *policy);

/** generate_request - a new request, instead of the one before */
void generate_request(struct generator *generator, const struct oracle_policy *policy,
		      struct oracle_request *request);

#endif /* TESTS_GENERATE_H */
