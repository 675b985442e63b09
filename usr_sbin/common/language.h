/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is there a string that some patterns match and others do not? This says
 * whether a pattern lies within others, and whether two have a string in common.
 *
 * The patterns are walked through together, byte by byte, as the engine's
 * matcher would (engine/pattern.h); what is said of them is exact.
 */
#ifndef KELLAS_LANGUAGE_H
#define KELLAS_LANGUAGE_H

#include "engine/intern.h"
#include "memory.h"

/* Patterns that are walked through together, and places that are looked at. */
#define KL_LANGUAGE_PATTERNS	16u
#define KL_LANGUAGE_PLACES	20000u

/**
 * enum kl_language - answer of a search
 * @KL_LANGUAGE_NONE: there is no such string
 * @KL_LANGUAGE_SOME: there is one
 * @KL_LANGUAGE_UNSURE: the search was given up: too many patterns or places, or
 *	a component of more than 62 characters in a pattern
 */
enum kl_language { KL_LANGUAGE_NONE, KL_LANGUAGE_SOME, KL_LANGUAGE_UNSURE };

/**
 * kl_language_search - look for a string
 * @words: valid words; the first @all of them must match, the others must not
 * @all, @none: numbers of these
 * @example: NULL, or receives the shortest such string, raw
 */
enum kl_language kl_language_search(const struct kl_string *const *words, u32 all,
				    u32 none, struct kl_buffer *example);

#endif /* KELLAS_LANGUAGE_H */
