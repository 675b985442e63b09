// SPDX-License-Identifier: GPL-2.0
/*
 * The decision: blocks in order; a block whose head matches is decided by its
 * first sub-entry that matches; a denial that is enforced ends it all.
 */
#include "compiled.h"

/* Which side of a test that came out unknown is to be named in the record? */
static u32 unknown_side(const struct kl_test *test,
			const struct kl_request *request)
{
	if (test->right == KL_RIGHT_SLOT &&
	    kl_slot_test(request->unknown, test->right_slot))
		return test->right_slot;
	return test->left;
}

/*
 * All tests of a line. What is unknown counts as @if_unknown, so that a doubt
 * examines a block, lets a deny hit, and keeps an allow from hitting.
 */
static int evaluate_line(const struct kl_ruleset *ruleset,
			 const struct kl_line *line,
			 struct kl_request *request, bool if_unknown)
{
	const struct kl_test *test = ruleset->tests + line->first;
	const struct kl_test *end = test + line->count;
	u32 missing = 0;
	int truth;

	for (; test < end; test++) {
		truth = kl_test_evaluate(ruleset, test, request, &missing);
		if (truth == KL_UNKNOWN) {
			kl_slot_add(request->overlong,
				    unknown_side(test, request));
			truth = if_unknown;
		}
		if (truth == KL_MISSING)
			request->need = missing;
		if (truth != KL_TRUE)
			return truth;
	}
	return KL_TRUE;
}

/*
 * The first sub-entry of a block that matches.
 * Return: 0 with @match filled in, or KL_MISSING.
 */
static int search_block(const struct kl_ruleset *ruleset, u32 block,
			struct kl_request *request, bool linear,
			struct kl_match *match)
{
	const struct kl_list *list = &ruleset->lists[block];
	struct kl_cursor cursor;
	u32 missing, i;
	int truth;

	match->block = block;
	match->rule = KL_NO_RULE;
	match->result = KL_UNMATCHED;
	match->unenforced = false;
	if (kl_cursor_open(&cursor, list, request, linear, &missing)) {
		request->need = missing;
		return KL_MISSING;
	}
	for (i = kl_cursor_next(&cursor, 0); i < list->count;
	     i = kl_cursor_next(&cursor, i + 1)) {
		u32 rule = list->first + i;
		bool deny = ruleset->rules[rule].kind == KL_RULE_DENY;

		truth = evaluate_line(ruleset, &ruleset->lines[rule], request,
				      deny);
		if (truth == KL_MISSING)
			return truth;
		if (truth == KL_TRUE) {
			match->rule = rule;
			match->result = deny ? KL_DENIED : KL_ALLOWED;
			match->unenforced =
				deny && ruleset->blocks[block].permissive;
			return 0;
		}
	}
	return 0;
}

/* The first transition= of all matching allow lines counts. */
static void note_transition(const struct kl_ruleset *ruleset,
			    struct kl_request *request, u32 rule)
{
	const struct kl_line *line = &ruleset->lines[rule];
	u32 t;

	if (request->has_transition)
		return;
	for (t = line->first; t < line->first + line->count; t++) {
		if (ruleset->tests[t].left != KL_SLOT_TRANSITION)
			continue;
		request->transition = ruleset->tests[t].string;
		request->has_transition = true;
	}
}

static enum kl_verdict decide(const struct kl_ruleset *ruleset,
			      struct kl_request *request, bool linear)
{
	const struct kl_list *list = &ruleset->ops[request->op];
	struct kl_cursor cursor;
	u32 missing, i;

	request->started = true;
	if (!list->count)
		return KL_PERMIT;
	if (kl_cursor_open(&cursor, list, request, linear, &missing)) {
		request->need = missing;
		return KL_NEED;
	}
	for (i = kl_cursor_next(&cursor, request->next_block); i < list->count;
	     i = kl_cursor_next(&cursor, i + 1)) {
		u32 block = list->first + i;
		struct kl_match *match;
		int truth;

		request->next_block = i;
		truth = evaluate_line(ruleset, &ruleset->heads[block], request,
				      true);
		if (truth == KL_MISSING)
			return KL_NEED;
		if (truth != KL_TRUE)
			continue;
		if (request->match_count == KL_MATCHES)
			return KL_DRAIN;
		match = &request->matches[request->match_count];
		if (search_block(ruleset, block, request, linear, match))
			return KL_NEED;
		request->match_count++;
		request->next_block = i + 1;
		if (match->result == KL_DENIED && !match->unenforced)
			return KL_DENY;
		if (match->result == KL_ALLOWED)
			note_transition(ruleset, request, match->rule);
	}
	return KL_PERMIT;
}

enum kl_verdict kl_decide(const struct kl_ruleset *ruleset,
			  struct kl_request *request)
{
	return decide(ruleset, request, false);
}

enum kl_verdict kl_decide_linear(const struct kl_ruleset *ruleset,
				 struct kl_request *request)
{
	return decide(ruleset, request, true);
}

enum kl_truth kl_line_truth(const struct kl_ruleset *ruleset, u32 block,
			    u32 rule, const struct kl_request *request,
			    int *missing)
{
	const struct kl_line *line = rule == KL_NO_RULE ?
				     &ruleset->heads[block] :
				     &ruleset->lines[rule];
	enum kl_truth result = KL_TRUE;
	u32 t, slot;

	for (t = line->first; t < line->first + line->count; t++) {
		int truth = kl_test_evaluate(ruleset, &ruleset->tests[t],
					     request, &slot);

		if (truth == KL_FALSE)
			return KL_FALSE;
		if (truth == KL_MISSING && *missing < 0)
			*missing = slot;
		if (truth != KL_TRUE)
			result = KL_UNKNOWN;
	}
	return result;
}
