// SPDX-License-Identifier: GPL-2.0
/* Strings, arguments, and values of variables. */
#include "cover_inside.h"

static void hear(struct sayings *said, const struct fact *fact)
{
	const struct kl_condition *c = fact->condition;
	struct words words;

	said->any = true;
	said->known |= makes_known(fact);
	if (is_null(fact)) {
		said->null |= !c->negated;
		said->not_null |= c->negated;
		return;
	}
	said->not_null |= !c->negated || fact->left != KL_SLOT_ENVP;
	if (c->right == KL_RIGHT_SLOT)
		return;
	words_of(c, &words);
	drop_patternless(&words);
	if (c->negated) {
		add_words(&said->not, &words);
		free(words.at);
		return;
	}
	said->is = kl_xrealloc(said->is, said->count + 1, sizeof(*said->is));
	said->is[said->count++] = words;
}

void hear_all(const struct facts *facts, const struct fact *subject,
	      struct sayings *said)
{
	u32 i;

	memset(said, 0, sizeof(*said));
	for (i = 0; i < facts->count; i++)
		if (same_subject(&facts->at[i], subject))
			hear(said, &facts->at[i]);
}

void forget(struct sayings *said)
{
	u32 i;

	for (i = 0; i < said->count; i++)
		free(said->is[i].at);
	free(said->is);
	free(said->not.at);
}

/* Does the rest of what is said forbid a word of @said->is[from]? */
static bool is_ruled_out(struct kl_cover *cover, const struct sayings *said, u32 from,
			 struct kl_string *word)
{
	u32 i;

	if (within(cover, word, &said->not))
		return true;
	for (i = 0; i < said->count; i++)
		if (i != from && apart_from_all(cover, word, &said->is[i]))
			return true;
	return false;
}

/* Must the value be one of @wanted? It is not one of @said->not. */
bool must_be(struct kl_cover *cover, const struct sayings *said,
	     const struct words *wanted)
{
	struct words enough = { 0 };
	bool follows = false;
	u32 i, j;

	add_words(&enough, wanted);
	add_words(&enough, &said->not);
	for (i = 0; i < said->count && !follows; i++) {
		follows = true;
		for (j = 0; j < said->is[i].count && follows; j++)
			follows = within(cover, said->is[i].at[j], &enough) ||
				  is_ruled_out(cover, said, i, said->is[i].at[j]);
	}
	free(enough.at);
	return follows;
}

/* Can the value be none of @unwanted? */
static bool must_not_be(struct kl_cover *cover, const struct sayings *said,
			const struct words *unwanted)
{
	bool follows = true;
	u32 i, j;

	for (i = 0; i < unwanted->count && follows; i++) {
		follows = within(cover, unwanted->at[i], &said->not);
		for (j = 0; j < said->count && !follows; j++)
			follows = apart_from_all(cover, unwanted->at[i], &said->is[j]);
	}
	return follows;
}

static bool string_follows(struct kl_cover *cover, const struct sayings *said,
			   const struct fact *wanted)
{
	const struct kl_condition *c = wanted->condition;
	struct words words;
	bool follows;

	if (is_null(wanted))
		return c->negated && said->not_null;
	if (c->right == KL_RIGHT_SLOT)
		return false;
	if (c->negated && said->null && wanted->left == KL_SLOT_ENVP)
		return true;
	words_of(c, &words);
	drop_patternless(&words);
	follows = c->negated ? (said->count || said->not.count) &&
				       must_not_be(cover, said, &words) :
			       must_be(cover, said, &words);
	free(words.at);
	return follows;
}

enum kl_proof prove_string(struct kl_cover *cover, const struct facts *facts,
			   const struct fact *wanted, bool doubt)
{
	enum kl_proof result = KL_UNPROVED;
	struct sayings said;

	hear_all(facts, wanted, &said);
	/* Of a plain attribute that has a value, whatever it is, it is not NULL. */
	if (said.any && wanted->left < KL_SLOT_ARGV)
		said.not_null = true;
	if (string_follows(cover, &said, wanted))
		result = proof(said.known, doubt);
	forget(&said);
	return result;
}

bool string_contradicts(struct kl_cover *cover, const struct sayings *said,
			u8 slot)
{
	u32 i, j;
	bool impossible = said->null && (said->not_null || slot < KL_SLOT_ARGV);

	for (i = 0; i < said->count && !impossible; i++) {
		impossible = true;
		for (j = 0; j < said->is[i].count && impossible; j++)
			impossible = is_ruled_out(cover, said, i, said->is[i].at[j]);
	}
	return impossible;
}
