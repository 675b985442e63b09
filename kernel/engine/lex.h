/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line to words, and complaints about words.
 *
 * Every byte up to 0x20 and from 0x7F on separates words, a NUL ends the text
 * of the line, and a word that begins with '#' begins a comment. Words are
 * never copied: they point into the line, so that columns are those of the
 * line as it was written.
 */
#ifndef KELLAS_LEX_H
#define KELLAS_LEX_H

#include "port.h"

/**
 * struct kl_word - a word of a line
 * @text: its bytes, each 0x21 to 0x7E; empty where a word is missing
 * @column: byte column of its first byte, from 1; of a missing word, the
 *	column behind the last word
 */
struct kl_word {
	struct kl_text text;
	u32 column;
};

/**
 * struct kl_lexer - a line being read
 * @line: the line up to its first NUL
 * @position: offset behind the last word read
 * @comment: column of the comment that was met; 0: none yet
 */
struct kl_lexer {
	struct kl_text line;
	u32 position;
	u32 comment;
};

/** kl_lexer_init - begin at the first word of @line */
void kl_lexer_init(struct kl_lexer *lexer, struct kl_text line);

/**
 * kl_lexer_next - read a word
 * @word: set, also at the end, where it is empty and says where it is missing
 *
 * Return: whether there was one.
 */
bool kl_lexer_next(struct kl_lexer *lexer, struct kl_word *word);

/** kl_lexer_count - number of words that are left */
u32 kl_lexer_count(const struct kl_lexer *lexer);

/** kl_text_is - is a text exactly this word? */
static inline bool kl_text_is(struct kl_text text, const char *word)
{
	return strlen(word) == text.length &&
	       !memcmp(text.data, word, text.length);
}

/** kl_text_begins - does a text begin with this? */
static inline bool kl_text_begins(struct kl_text text, const char *prefix)
{
	size_t length = strlen(prefix);

	return length <= text.length && !memcmp(text.data, prefix, length);
}

/** kl_text_from - the rest of a text behind its first @offset bytes */
static inline struct kl_text kl_text_from(struct kl_text text, u32 offset)
{
	text.data += offset;
	text.length -= offset;
	return text;
}

/** kl_text_head - the first @length bytes of a text */
static inline struct kl_text kl_text_head(struct kl_text text, u32 length)
{
	text.length = length;
	return text;
}

/**
 * kl_text_decimal - a text that is a decimal number, and nothing else
 * @max: greatest value
 *
 * Return: 0; -EINVAL if it is no number; -ERANGE beyond @max.
 */
int kl_text_decimal(struct kl_text text, u64 max, u64 *value);

/**
 * kl_refuse - fill in an error
 * @error: its column and text are set; the line is the caller's to set
 * @column: where, from 1
 * @format: what is wrong and what is expected
 *
 * Return: -EINVAL.
 */
__printf(3, 4) int kl_refuse(struct kl_error *error, u32 column,
			     const char *format, ...);

/* A word inside a message: at most KL_WORD_SHOWN bytes of it are shown. */
#define KL_WORD_SHOWN 40u
#define KL_WORD_FMT "\"%.*s%s\""
#define KL_WORD_ARG(t)                                        \
	(int)min_t(u32, (t).length, KL_WORD_SHOWN), (t).data, \
		(t).length > KL_WORD_SHOWN ? "..." : ""

/**
 * struct kl_hint - the search for what somebody may have meant
 * @word: what was written
 * @best: fewest edits that a candidate needs; above KL_HINT_EDITS: none found
 * @text: to be added to a message: "; did you mean X?" or ""
 */
struct kl_hint {
	struct kl_text word;
	u32 best;
	char text[64];
};

#define KL_HINT_EDITS 2u
#define KL_HINT_WORD 40u /* longer words get no hint */

/** kl_hint_init - begin a search */
void kl_hint_init(struct kl_hint *hint, struct kl_text word);

/** kl_hint_offer - offer a candidate; the first of the nearest is kept */
void kl_hint_offer(struct kl_hint *hint, const char *candidate);

#endif /* KELLAS_LEX_H */
