// SPDX-License-Identifier: GPL-2.0
/*
 * Histories: of ancestors some one is meant, not each. Of whole histories only
 * equal patterns are compared.
 */
#include "cover_inside.h"

static bool has_word(const struct words *words, const struct kl_string *word)
{
	u32 i;

	for (i = 0; i < words->count; i++)
		if (same_word(words->at[i], word))
			return true;
	return false;
}

/* Whatever is one of @inner, is it one of @outer? */
static bool all_within(struct kl_cover *cover, u8 slot, const struct words *inner,
		       const struct words *outer)
{
	u32 i;

	for (i = 0; i < inner->count; i++)
		if (slot == KL_SLOT_TASK_ANCESTOR ? !within(cover, inner->at[i], outer) :
						    !has_word(outer, inner->at[i]))
			return false;
	return true;
}

static void history_words(const struct fact *fact, struct words *words)
{
	words_of(fact->condition, words);
	if (fact->left == KL_SLOT_TASK_ANCESTOR)
		drop_patternless(words);
}

static bool history_follows(struct kl_cover *cover, const struct fact *premise,
			    const struct fact *wanted)
{
	bool negated = wanted->condition->negated, follows;
	struct words inner, outer;

	if (is_null(wanted))
		return negated;
	if (is_null(premise) || premise->condition->negated != negated)
		return false;
	history_words(negated ? wanted : premise, &inner);
	history_words(negated ? premise : wanted, &outer);
	follows = all_within(cover, wanted->left, &inner, &outer) &&
		  (negated || outer.count);
	free(inner.at);
	free(outer.at);
	return follows;
}

enum kl_proof prove_history(struct kl_cover *cover, const struct facts *facts,
			    const struct fact *wanted, bool doubt)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count && best != KL_PROVED; i++)
		if (same_subject(&facts->at[i], wanted) &&
		    history_follows(cover, &facts->at[i], wanted))
			best = max(best, proof(facts->at[i].definite, doubt));
	return best;
}

/* One that is like these, and not one like those? */
bool histories_contradict(struct kl_cover *cover, const struct fact *a,
			  const struct fact *b)
{
	struct words inner, outer;
	bool impossible;

	if (is_null(a))
		return !a->condition->negated;
	if (is_null(b) || a->condition->negated || !b->condition->negated)
		return false;
	history_words(a, &inner);
	history_words(b, &outer);
	impossible = all_within(cover, a->left, &inner, &outer);
	free(inner.at);
	free(outer.at);
	return impossible;
}
