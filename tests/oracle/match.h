/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second opinion on words and patterns, which shares nothing with the engine: both what
 * a valid word is and what it matches are said as PCRE2 regular expressions.
 */
#ifndef TESTS_ORACLE_MATCH_H
#define TESTS_ORACLE_MATCH_H

#include <stdbool.h>
#include <stddef.h>

struct oracle_pattern;

/** enum oracle_answer - may the word stand in a policy? */
enum oracle_answer {
	ORACLE_VALID,
	ORACLE_INVALID,
	ORACLE_TOO_BIG, /* more wildcards, components or characters than limits.h says */
};

/** oracle_word - is this a valid word? */
enum oracle_answer oracle_word(const char *word, size_t length);

/** oracle_wild - does a valid word have a wildcard? */
bool oracle_wild(const char *word, size_t length);

/**
 * oracle_new - translate a valid (or empty) word
 *
 * Return: the pattern, free with oracle_free(); NULL if the regular expression is beyond
 * what PCRE2 takes, which happens to words of many kilobytes only.
 */
struct oracle_pattern *oracle_new(const char *word, size_t length);
void oracle_free(struct oracle_pattern *pattern);

/**
 * oracle_match - does a raw string match?
 *
 * PCRE2 goes back and forth and gives up beyond ten million steps; then its other
 * algorithm, which keeps sets, is asked.
 *
 * Return: 1 or 0; -1 if both gave up.
 */
int oracle_match(const struct oracle_pattern *pattern, const char *text, size_t length);

/** oracle_regex - the regular expression, to be shown */
const char *oracle_regex(const struct oracle_pattern *pattern);

#endif /* TESTS_ORACLE_MATCH_H */
