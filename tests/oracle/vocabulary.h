/* SPDX-License-Identifier: GPL-2.0 */
/* Strings, numbers, addresses and words, at random. */
#ifndef TESTS_VOCABULARY_H
#define TESTS_VOCABULARY_H

#include "generate.h"

/** variable_names - of environment variables */
#define VARIABLE_NAMES 10
extern const char * const variable_names[VARIABLE_NAMES];

/** vocabulary_make - strings for a policy of so many lines, and its requests */
void vocabulary_make(struct generator *generator, u32 lines);

/** some_string - a string of the vocabulary, nearly one, or another one */
struct kl_text some_string(struct generator *generator, struct arena *arena);

/** some_number - small, near 1000, at an edge, or anything */
u64 some_number(struct generator *generator);

/** some_value - a number that the attribute can have */
u64 some_value(struct generator *generator, u8 slot);

struct kl_ip some_ip(struct generator *generator);

/** make_word - a literal, or a pattern that mostly matches the string */
struct oracle_string *make_word(struct generator *generator, struct kl_text raw,
				bool literal);

/**
 * make_lineage - a pattern of histories
 * @literal: only names without wildcards
 */
struct oracle_string *make_lineage(struct generator *generator, bool literal);

#endif /* TESTS_VOCABULARY_H */
