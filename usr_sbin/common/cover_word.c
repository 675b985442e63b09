// SPDX-License-Identifier: GPL-2.0
/* Words of right-hand sides: one within others, or apart from them. */
#include "cover_inside.h"
#include "engine/pattern.h"
#include "language.h"

/* Patterns that are asked whether they hold another one among them. */
#define UNION_MAX 8u

static struct kl_text text_of(const struct kl_string *word)
{
	return (struct kl_text){ word->text, word->length };
}

static const struct kl_pattern *pattern_of(struct kl_string *word)
{
	const char *why;
	u32 at;

	/* A member of a group may be a pattern of histories only. */
	if (!word->pattern && word->length && kl_word_check(text_of(word), &at, &why))
		return NULL;
	return kl_string_pattern(word);
}

void words_of(const struct kl_condition *c, struct words *words)
{
	struct kl_member *member;

	words->at = NULL;
	words->count = 0;
	if (c->right == KL_RIGHT_STRING) {
		words->at = kl_xalloc(1, sizeof(*words->at));
		words->at[words->count++] = c->string;
	} else if (c->right == KL_RIGHT_GROUP) {
		words->at = kl_xalloc(c->group->count + 1, sizeof(*words->at));
		list_for_each_entry(member, &c->group->members, list)
			words->at[words->count++] = member->string;
	}
}

void drop_patternless(struct words *words)
{
	u32 i, kept = 0;

	for (i = 0; i < words->count; i++)
		if (pattern_of(words->at[i]))
			words->at[kept++] = words->at[i];
	words->count = kept;
}

void add_words(struct words *to, const struct words *from)
{
	to->at = kl_xrealloc(to->at, to->count + from->count + 1, sizeof(*to->at));
	if (from->count)
		memcpy(to->at + to->count, from->at, from->count * sizeof(*to->at));
	to->count += from->count;
}

static struct answer *find_answer(struct kl_cover *cover, const struct kl_string *inner,
				  const struct kl_string *outer, bool apart)
{
	u32 at = (inner->hash * 31 + outer->hash * 17 + apart) & (cover->size - 1);

	while (cover->answers[at].inner &&
	       (cover->answers[at].inner != inner || cover->answers[at].outer != outer ||
		cover->answers[at].apart != apart))
		at = (at + 1) & (cover->size - 1);
	return &cover->answers[at];
}

static void grow_answers(struct kl_cover *cover)
{
	struct answer *old = cover->answers;
	u32 i, size = cover->size;

	cover->size *= 2;
	cover->answers = kl_xalloc(cover->size, sizeof(*old));
	for (i = 0; i < size; i++)
		if (old[i].inner)
			*find_answer(cover, old[i].inner, old[i].outer, old[i].apart) =
				old[i];
	free(old);
}

/* Have two words with wildcards nothing in common, or is one within the other? */
static bool compare_words(struct kl_cover *cover, const struct kl_string *inner,
			  const struct kl_string *outer, bool apart)
{
	const struct kl_string *words[] = { inner, outer };
	struct answer *answer = find_answer(cover, inner, outer, apart);

	if (answer->inner)
		return answer->yes;
	cover->work += 100;
	answer->inner = inner;
	answer->outer = outer;
	answer->apart = apart;
	answer->yes = kl_language_search(words, apart ? 2 : 1, !apart, NULL) ==
		      KL_LANGUAGE_NONE;
	if (2 * ++cover->count > cover->size) {
		grow_answers(cover);
		answer = find_answer(cover, inner, outer, apart);
	}
	return answer->yes;
}

static bool begins(struct kl_text text, struct kl_text head)
{
	return text.length >= head.length && !memcmp(text.data, head.data, head.length);
}

static bool within_one(struct kl_cover *cover, struct kl_string *inner,
		       struct kl_string *outer)
{
	const struct kl_pattern *in = pattern_of(inner), *out = pattern_of(outer);

	cover->work++;
	if (same_word(inner, outer))
		return true;
	if (in->literal)
		return kl_pattern_match(out, in->head);
	if (out->literal || !begins(in->head, out->head))
		return false;
	return compare_words(cover, inner, outer, false);
}

/* May the beginnings of two patterns belong to one string? */
static bool may_meet(const struct kl_pattern *a, const struct kl_pattern *b)
{
	return a->head.length < b->head.length ? begins(b->head, a->head) :
						 begins(a->head, b->head);
}

/* Is every string of @inner in one of @outers, if in no single one then in all? */
bool within(struct kl_cover *cover, struct kl_string *inner,
	    const struct words *outers)
{
	const struct kl_string *words[1 + UNION_MAX] = { inner };
	const struct kl_pattern *in = pattern_of(inner);
	u32 i, count = 0;

	for (i = 0; i < outers->count; i++)
		if (within_one(cover, inner, outers->at[i]))
			return true;
	if (in->literal)
		return false;
	for (i = 0; i < outers->count; i++) {
		if (!may_meet(in, pattern_of(outers->at[i])))
			continue;
		if (count == UNION_MAX)
			return false;
		words[1 + count++] = outers->at[i];
	}
	if (count < 2)
		return false;
	cover->work += 100 * count;
	return kl_language_search(words, 1, count, NULL) == KL_LANGUAGE_NONE;
}

static bool apart(struct kl_cover *cover, struct kl_string *a, struct kl_string *b)
{
	const struct kl_pattern *left = pattern_of(a), *right = pattern_of(b);

	cover->work++;
	if (left->literal)
		return !kl_pattern_match(right, left->head);
	if (right->literal)
		return !kl_pattern_match(left, right->head);
	if (!may_meet(left, right))
		return true;
	return compare_words(cover, a, b, true);
}

bool apart_from_all(struct kl_cover *cover, struct kl_string *word,
		    const struct words *others)
{
	u32 i;

	for (i = 0; i < others->count; i++)
		if (!apart(cover, word, others->at[i]))
			return false;
	return true;
}
