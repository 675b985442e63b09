/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words: bytes in encoded form (\040 is a space), wildcards among them.
 */
#ifndef KELLAS_WORD_H
#define KELLAS_WORD_H

#include "port.h"

/** enum kl_chars - sets of characters */
enum kl_chars {
	KL_CHAR_ANY = 1,
	KL_CHAR_NO_DOT = 2,
	KL_CHAR_DIGIT = 4,
	KL_CHAR_HEX = 8,
	KL_CHAR_LETTER = 16,
	KL_CHAR_NEVER = 32,	/* none at all */
};

enum kl_token_kind {
	KL_TOKEN_LITERAL,	/* one byte */
	KL_TOKEN_ONE,		/* one character of a class */
	KL_TOKEN_MANY,		/* zero or more of a class */
	KL_TOKEN_SOME,		/* one or more of a class */
	KL_TOKEN_MINUS,
	KL_TOKEN_OPEN,
	KL_TOKEN_CLOSE,
};

/**
 * struct kl_token - a character or an escape of a word
 * @kind: enum kl_token_kind
 * @class: enum kl_chars of ONE, MANY, SOME
 * @byte: of LITERAL; of OPEN and CLOSE the closing bracket
 * @length: bytes of the word that it takes
 */
struct kl_token {
	u8 kind;
	u8 class;
	u8 byte;
	u8 length;
};

/**
 * kl_token_read - read the token at the beginning
 * @left: bytes from there, at least one
 *
 * Return: NULL, or a constant text: what is wrong and what is expected.
 */
const char *kl_token_read(const char *at, u32 left, struct kl_token *token);

/** kl_literal_length - bytes of a valid word before its first wildcard */
u32 kl_literal_length(struct kl_text word);

/**
 * kl_word_check - is this a valid word of the policy language?
 * @word: as typed
 * @position: set to the offset of the first offending byte
 * @why: set to a constant text: what is wrong and what is expected
 *
 * Return: 0; -EINVAL; -E2BIG beyond KL_WILDCARDS_MAX, KL_COMPONENTS_MAX or
 * KL_TOKENS_MAX.
 */
int kl_word_check(struct kl_text word, u32 *position, const char **why);

/** kl_word_is_literal - does a valid word have no wildcard? */
bool kl_word_is_literal(struct kl_text word);

/**
 * kl_encode - raw bytes to their printed form: \ooo for what is not graphic
 * @out: receives up to @size bytes, not NUL-terminated; NULL with size 0 to
 *	measure
 *
 * Return: bytes that the whole encoded text has, which may exceed @size (then
 * @out holds only whole characters).
 */
size_t kl_encode(struct kl_text raw, char *out, size_t size);

/**
 * kl_decode - a word without wildcards back to raw bytes
 * @out: at least @word.length bytes
 *
 * Return: bytes written, or -EINVAL if the word has a wildcard or is invalid.
 */
ssize_t kl_decode(struct kl_text word, char *out);

#endif /* KELLAS_WORD_H */
