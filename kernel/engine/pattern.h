/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words and wildcard patterns.
 *
 * Patterns are typed in encoded form (\040 is a space). Strings of a request
 * are raw bytes: one raw byte is one character, whatever its encoded form.
 */
#ifndef KELLAS_PATTERN_H
#define KELLAS_PATTERN_H

#include "port.h"

/**
 * struct kl_pattern - a word made ready for matching; immutable
 * @literal: no wildcard: matches exactly the bytes @head
 * @head: raw bytes before the first wildcard (all of them if @literal)
 * @directory: the part of @head up to and including its last '/', length only;
 *	0 if there is none
 * @tail_literal: a string matches only if what follows its last '/' is @tail.
 *	True for literals only: "/\?/x" also matches "/a/x/", see pattern.c
 * @leaf_literal: the same, but only for strings that do not end in '/': the
 *	last component has no wildcard ("\{dir\}" never is the last one). It
 *	says nothing of strings that do, such as "/" and "proc:/": a request's
 *	last component that is empty or holds a '/' must not be ruled out by it
 * @tail: raw bytes after the last '/' (all, without one); points into storage
 *	of the pattern; meaningful if @tail_literal or @leaf_literal
 * @memory: bytes held, for accounting
 *
 * What follows in memory is private to pattern.c.
 */
struct kl_pattern {
	bool literal;
	bool tail_literal;
	bool leaf_literal;
	u32 directory;
	struct kl_text head;
	struct kl_text tail;
	size_t memory;
};

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
 * kl_pattern_new - compile a valid word
 * Return: the pattern, free with kl_pattern_free(); NULL when out of memory.
 */
struct kl_pattern *kl_pattern_new(struct kl_text word);
void kl_pattern_free(struct kl_pattern *pattern);

/**
 * kl_pattern_match - does a raw string match?
 * @text: raw bytes; may contain NUL
 *
 * O(length of pattern x length of string) at worst; iterative; no allocation.
 * Context: any.
 */
bool kl_pattern_match(const struct kl_pattern *pattern, struct kl_text text);

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

#endif /* KELLAS_PATTERN_H */
