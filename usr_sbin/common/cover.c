// SPDX-License-Identifier: GPL-2.0
/*
 * Proofs about conditions.
 *
 * The conditions that are known to hold are the premises. All of them that are
 * about one subject - an attribute, argv[N], the variables of one name - say
 * together what its value may be; a conclusion about that subject follows if no
 * such value makes it false.
 *
 * What is unknown: a premise of a head or deny line holds, too, if its
 * attribute is unknown. All other conditions on that attribute are unknown then,
 * and so is the conclusion: which is good for a deny line, but not for an allow
 * line. A premise is definite if it holds only of what is known.
 */
#include "cover_inside.h"

struct kl_cover *kl_cover_new(void)
{
	struct kl_cover *cover = kl_xalloc(1, sizeof(*cover));

	cover->size = 256;
	cover->answers = kl_xalloc(cover->size, sizeof(*cover->answers));
	return cover;
}

void kl_cover_free(struct kl_cover *cover)
{
	if (!cover)
		return;
	free(cover->answers);
	free(cover);
}

u64 kl_cover_work(const struct kl_cover *cover)
{
	return cover->work;
}

struct kl_claim kl_claim_of(const struct kl_rule *rule)
{
	return (struct kl_claim){
		.conditions = rule->conditions,
		.count = rule->count,
		.op = rule->op,
		.doubt = rule->kind != KL_RULE_ALLOW,
	};
}

bool is_string(u8 slot)
{
	return kl_slot_type(slot) == KL_STRING;
}

bool is_history(u8 slot)
{
	return kl_slot_type(slot) == KL_ANCESTOR || kl_slot_type(slot) == KL_HISTORY;
}

/* The same condition among the premises. */
static enum kl_proof prove_equal(const struct facts *facts, const struct fact *wanted,
				 bool doubt)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count; i++)
		if (facts->at[i].condition->negated == wanted->condition->negated &&
		    same_but_sign(&facts->at[i], wanted))
			best = max(best, proof(facts->at[i].definite, doubt));
	return best;
}

enum kl_proof prove(struct kl_cover *cover, const struct facts *facts,
		    const struct fact *wanted, bool doubt)
{
	enum kl_proof result = prove_equal(facts, wanted, doubt);

	cover->work++;
	if (result == KL_PROVED)
		return result;
	if (is_history(wanted->left))
		return max(result, prove_history(cover, facts, wanted, doubt));
	if (is_string(wanted->left))
		return max(result, prove_string(cover, facts, wanted, doubt));
	return max(result, prove_number(cover, facts, wanted, doubt));
}

static enum kl_proof prove_claim(struct kl_cover *cover, enum kl_op op,
				 const struct facts *facts, const struct kl_claim *claim)
{
	enum kl_proof result = KL_PROVED;
	struct fact wanted;
	u32 i;

	for (i = 0; i < claim->count && result != KL_UNPROVED; i++) {
		if (claim->conditions[i].left == KL_SLOT_TRANSITION)
			continue;
		if (!translate(claim, op, i, &wanted))
			return KL_UNPROVED;
		result = min(result, prove(cover, facts, &wanted, claim->doubt));
	}
	return result;
}

enum kl_proof kl_covers(struct kl_cover *cover, enum kl_op op,
			const struct kl_claim *outer, const struct kl_claim *inner,
			u32 count)
{
	enum kl_proof result;
	struct facts facts;

	collect(inner, count, op, &facts);
	result = prove_claim(cover, op, &facts, outer);
	free(facts.at);
	return result;
}
static enum kl_proof contradict_sign(const struct facts *facts, const struct fact *fact)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count; i++)
		if (facts->at[i].condition->negated != fact->condition->negated &&
		    same_but_sign(&facts->at[i], fact))
			best = max(best, proof(facts->at[i].definite || fact->definite,
					       false));
	return best;
}

static enum kl_proof contradict_history(struct kl_cover *cover, const struct facts *facts,
					const struct fact *fact)
{
	enum kl_proof best = KL_UNPROVED;
	u32 i;

	for (i = 0; i < facts->count; i++)
		if (same_subject(&facts->at[i], fact) &&
		    histories_contradict(cover, fact, &facts->at[i]))
			best = max(best, proof(facts->at[i].definite || fact->definite,
					       false));
	return best;
}

static enum kl_proof contradict_value(struct kl_cover *cover, const struct facts *facts,
				      const struct fact *fact)
{
	enum kl_proof result = KL_UNPROVED;
	struct sayings said;
	struct values values;

	if (is_string(fact->left)) {
		hear_all(facts, fact, &said);
		if (string_contradicts(cover, &said, fact->left))
			result = proof(said.known, false);
		forget(&said);
		return result;
	}
	gather(cover, facts, fact, &values);
	if (!is_possible(&values))
		result = proof(values.known, false);
	values_free(&values);
	return result;
}

static bool is_first_of_subject(const struct facts *facts, u32 number)
{
	u32 i;

	for (i = 0; i < number; i++)
		if (same_subject(&facts->at[i], &facts->at[number]))
			return false;
	return true;
}

static enum kl_proof contradict(struct kl_cover *cover, const struct facts *facts,
				u32 number)
{
	const struct fact *fact = &facts->at[number];
	enum kl_proof result = contradict_sign(facts, fact);

	cover->work++;
	if (result == KL_PROVED)
		return result;
	if (is_history(fact->left))
		return max(result, contradict_history(cover, facts, fact));
	if (!is_first_of_subject(facts, number))
		return result;
	return max(result, contradict_value(cover, facts, fact));
}

enum kl_proof kl_excludes(struct kl_cover *cover, enum kl_op op,
			  const struct kl_claim *claims, u32 count, u32 *slot)
{
	enum kl_proof best = KL_UNPROVED, one;
	struct facts facts;
	u32 i;

	collect(claims, count, op, &facts);
	for (i = 0; i < facts.count && best != KL_PROVED; i++) {
		one = contradict(cover, &facts, i);
		if (one <= best)
			continue;
		best = one;
		*slot = facts.at[i].left;
	}
	free(facts.at);
	return best;
}
