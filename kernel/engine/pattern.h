/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wildcard patterns of strings.
 *
 * Patterns are words (word.h), typed in encoded form. Strings of a request are
 * raw bytes: one raw byte is one character, whatever its encoded form.
 */
#ifndef KELLAS_PATTERN_H
#define KELLAS_PATTERN_H

#include "word.h"

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

#endif /* KELLAS_PATTERN_H */
