// SPDX-License-Identifier: GPL-2.0
/* Words of requests that were read before. */
#include "engine/intern.h"
#include "memo.h"
#include "memory.h"

/**
 * struct kl_memo - the words
 * @words: each in the place that its hash says
 */
struct kl_memo {
	struct kl_memo_word words[KL_MEMO_WORDS];
};

struct kl_memo *kl_memo_new(void)
{
	return kl_xalloc(1, sizeof(struct kl_memo));
}

void kl_memo_free(struct kl_memo *memo)
{
	free(memo);
}

static u32 hash_of(enum kl_op op, struct kl_text word)
{
	u32 hash = kl_hash(op, word.data, word.length);

	return hash ? hash : 1;
}

struct kl_memo_word *kl_memo_find(struct kl_memo *memo, enum kl_op op,
				  struct kl_text word)
{
	struct kl_memo_word *known;
	u32 hash;

	if (word.length > KL_MEMO_WORD_MAX)
		return NULL;
	hash = hash_of(op, word);
	known = &memo->words[hash % KL_MEMO_WORDS];
	if (known->hash == hash && known->op == op && known->length == word.length &&
	    !memcmp(known->word, word.data, word.length))
		return known;
	return NULL;
}

struct kl_memo_word *kl_memo_place(struct kl_memo *memo, enum kl_op op,
				   struct kl_text word)
{
	struct kl_memo_word *place;
	u32 hash;

	if (word.length > KL_MEMO_WORD_MAX)
		return NULL;
	hash = hash_of(op, word);
	place = &memo->words[hash % KL_MEMO_WORDS];
	memset(place, 0, sizeof(*place));
	place->hash = hash;
	place->op = op;
	place->length = word.length;
	memcpy(place->word, word.data, word.length);
	return place;
}
