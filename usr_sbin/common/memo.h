/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words of requests that were read before, and what they said: in a log the
 * same few words come again and again, and to parse one takes ten times as long
 * as to find it here. It is of fixed size; a new word takes the place of an
 * older one.
 */
#ifndef KELLAS_MEMO_H
#define KELLAS_MEMO_H

#include "engine/attribute.h"

/* Longer words are parsed each time. */
#define KL_MEMO_WORD_MAX 54u
/* Words that are remembered; a power of two. */
#define KL_MEMO_WORDS 2048u

/**
 * struct kl_memo_word - a word and what it says
 * @hash: of @word and @op; 0: there is none
 * @op: enum kl_op of the request
 * @slot: the attribute
 * @length: of @word
 * @text: where the value begins, if it is a string that is written as it is,
 *	without quotes; its end is that of @word but for the quote. 0: a number
 * @number: the value
 * @word: the word
 */
struct kl_memo_word {
	u32 hash;
	u8 op;
	u8 slot;
	u8 length;
	u8 text;
	u64 number;
	char word[KL_MEMO_WORD_MAX];
};

struct kl_memo;

struct kl_memo *kl_memo_new(void);
void kl_memo_free(struct kl_memo *memo);

/** kl_memo_find - a word that was read before, or NULL */
struct kl_memo_word *kl_memo_find(struct kl_memo *memo, enum kl_op op,
				  struct kl_text word);

/**
 * kl_memo_place - remember a word
 * Return: its place, in which @slot, and @text or @number, are the caller's to
 * set; NULL if it is too long.
 */
struct kl_memo_word *kl_memo_place(struct kl_memo *memo, enum kl_op op,
				   struct kl_text word);

#endif /* KELLAS_MEMO_H */
