// SPDX-License-Identifier: GPL-2.0
/* Several claims that together are enough. */
#include "cover_inside.h"

/**
 * struct rest - what a claim asks beyond the premises
 * @claim: its number
 * @fact: the one condition that does not follow
 * @doubt: of the claim
 * @others: what was proved of its other conditions
 */
struct rest {
	u32 claim;
	struct fact fact;
	bool doubt;
	enum kl_proof others;
};

/* Return: whether just one condition of the claim does not follow. */
static bool find_rest(struct kl_cover *cover, enum kl_op op, const struct facts *facts,
		      const struct kl_claim *claim, struct rest *rest)
{
	enum kl_proof one;
	struct fact fact;
	u32 i, found = 0;

	rest->others = KL_PROVED;
	rest->doubt = claim->doubt;
	for (i = 0; i < claim->count; i++) {
		if (claim->conditions[i].left == KL_SLOT_TRANSITION)
			continue;
		if (!translate(claim, op, i, &fact))
			return false;
		one = prove(cover, facts, &fact, claim->doubt);
		if (one != KL_UNPROVED) {
			rest->others = min(rest->others, one);
			continue;
		}
		if (found++)
			return false;
		rest->fact = fact;
	}
	return found && !is_history(rest->fact.left) &&
	       rest->fact.condition->right != KL_RIGHT_SLOT && !is_null(&rest->fact) &&
	       !is_bit(&rest->fact);
}

static bool strings_suffice(struct kl_cover *cover, const struct facts *facts,
			    const struct rest *rests, u32 count, bool *known)
{
	struct words words = { 0 }, more;
	struct sayings said;
	bool result;
	u32 i;

	for (i = 0; i < count; i++) {
		words_of(rests[i].fact.condition, &more);
		drop_patternless(&more);
		add_words(&words, &more);
		free(more.at);
	}
	hear_all(facts, &rests->fact, &said);
	*known = said.known;
	result = must_be(cover, &said, &words);
	forget(&said);
	free(words.at);
	return result;
}

static bool numbers_suffice(struct kl_cover *cover, const struct facts *facts,
			    const struct rest *rests, u32 count, bool *known)
{
	struct kl_ranges all[2] = { { 0 } }, set[2];
	struct values values;
	bool result;
	u32 i, j, family;

	for (i = 0; i < count; i++) {
		cover->work += weight_of(&rests[i].fact);
		true_values(&rests[i].fact, set);
		for (family = 0; family < 2; family++)
			for (j = 0; j < set[family].count; j++)
				kl_ranges_add(&all[family], set[family].ranges[j].low,
					      set[family].ranges[j].high);
		free_sets(set);
	}
	kl_ranges_sort(&all[0]);
	kl_ranges_sort(&all[1]);
	gather(cover, facts, &rests->fact, &values);
	*known = values.known;
	result = values.any && all_in(&values, all);
	values_free(&values);
	free_sets(all);
	return result;
}

static bool suffice(struct kl_cover *cover, const struct facts *facts,
		    const struct rest *rests, u32 count, bool *known)
{
	if (!count)
		return false;
	if (is_string(rests->fact.left))
		return strings_suffice(cover, facts, rests, count, known);
	return numbers_suffice(cover, facts, rests, count, known);
}

/* Those about the same attribute as the first, in front. */
static u32 bring_together(struct rest *rests, u32 count)
{
	u32 i, kept = 0;

	for (i = 0; i < count; i++) {
		struct rest rest = rests[i];

		/* Of variables each would have to be all values. */
		if (rest.fact.left == KL_SLOT_ENVP ||
		    !same_subject(&rest.fact, &rests->fact) ||
		    (is_string(rest.fact.left) && rest.fact.condition->negated))
			continue;
		rests[i] = rests[kept];
		rests[kept++] = rest;
	}
	return kept;
}

/* Leave out what is not needed. Return: how many are left. */
static u32 thin_out(struct kl_cover *cover, const struct facts *facts,
		    struct rest *rests, u32 count)
{
	struct rest rest;
	bool known;
	u32 i = count;

	while (i--) {
		rest = rests[i];
		memmove(&rests[i], &rests[i + 1], (count - i - 1) * sizeof(rest));
		if (suffice(cover, facts, rests, count - 1, &known)) {
			count--;
			continue;
		}
		memmove(&rests[i + 1], &rests[i], (count - i - 1) * sizeof(rest));
		rests[i] = rest;
	}
	return count;
}

static enum kl_proof judge(const struct rest *rests, u32 count, bool known)
{
	enum kl_proof result = KL_PROVED;
	u32 i;

	for (i = 0; i < count; i++)
		result = min(result, min(rests[i].others, proof(known, rests[i].doubt)));
	return result;
}

enum kl_proof kl_covers_together(struct kl_cover *cover, enum kl_op op,
				 const struct kl_claim *outers, u32 outer_count,
				 const struct kl_claim *inner, u32 count, u32 *needed,
				 u32 *needed_count)
{
	struct rest *rests = kl_xalloc(outer_count + 1, sizeof(*rests));
	enum kl_proof result = KL_UNPROVED;
	u32 i, found = 0, from, here;
	struct facts facts;
	bool known;

	collect(inner, count, op, &facts);
	for (i = 0; i < outer_count; i++) {
		rests[found].claim = i;
		found += find_rest(cover, op, &facts, &outers[i], &rests[found]);
	}
	for (from = 0; from < found && result == KL_UNPROVED; from += max(here, 1u)) {
		here = bring_together(rests + from, found - from);
		if (!suffice(cover, &facts, rests + from, here, &known))
			continue;
		here = thin_out(cover, &facts, rests + from, here);
		result = judge(rests + from, here, known);
		for (i = 0; i < here; i++)
			needed[i] = rests[from + i].claim;
		*needed_count = here;
	}
	free(facts.at);
	free(rests);
	return result;
}
