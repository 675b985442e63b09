/* SPDX-License-Identifier: GPL-2.0 */
/* The engine and the oracle, asked the same. */
#ifndef TESTS_COMPARE_H
#define TESTS_COMPARE_H

#include "engine/parse.h"
#include "oracle/oracle.h"

/**
 * struct loaded - a policy as the engine has it
 */
struct loaded {
	struct kl_policy policy;
	struct kl_ruleset *ruleset;
};

/** enum difference - in what the engine and the oracle differ */
enum difference {
	SAME,
	REFUSED,	/* the engine does not take the text */
	ORDER,		/* blocks or sub-entries stand in another order */
	USES,		/* slots that an operation looks at */
	DECISION,	/* verdict, matches or transition */
	TRUTH,		/* truth of one line */
	OVERLONG,	/* which unknown values mattered */
	PROTOCOL,	/* kl_decide() asked for what it must not ask */
};

/**
 * struct tally - what was seen, to tell a test from an idle run
 * @comparisons: two for each request: indexed and linear
 * @truths: requests for which single lines were compared too
 * @used, @unenforced: requests that a rule group decided something of; of which a
 *	denial was not enforced
 * @spared: requests whose first name was never asked for thanks to the hint
 * @lines: policies of up to 12, 60, 300 and of more lines
 * @indexed: requests whose lists have an index by an attribute of the type
 * @always: requests whose lists have lines without an index beside
 */
struct tally {
	u64 policies, requests, comparisons, truths;
	u64 denied, allowed, unmatched, silent, used, unenforced;
	u64 needs, drains, doubts, transitions, spared;
	u64 lines[4];
	u64 indexed[LEFT_COUNT];
	u64 always;
};

/** load - text to ruleset; @what says what was refused */
enum difference load(struct oracle_policy *policy, struct loaded *loaded, char *what,
		     size_t size);
void unload(struct loaded *loaded);

/** compare_policy - what does not depend on a request */
enum difference compare_policy(const struct oracle_policy *policy,
			       const struct loaded *loaded, char *what, size_t size);

/**
 * compare_request - everything about one request
 * @tally: NULL: nothing is counted, and every line is compared
 */
enum difference compare_request(const struct oracle_policy *policy,
				const struct loaded *loaded,
				const struct oracle_request *request,
				struct tally *tally, char *what, size_t size);

/** shrink - take away of the policy what the difference does not need */
void shrink(struct oracle_policy *policy, const struct oracle_request *request,
	    enum difference difference);

#endif /* TESTS_COMPARE_H */
