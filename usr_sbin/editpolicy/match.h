/* SPDX-License-Identifier: GPL-2.0 */
/* Something that is looked for in texts: an extended regular expression. */
#ifndef KELLAS_MATCH_H
#define KELLAS_MATCH_H

#include <regex.h>

#include "memory.h"

/**
 * struct match - what is looked for; all zero: nothing
 * @pattern: as it was typed; empty: nothing
 * @regex: the same, if there is one
 */
struct match {
	struct kl_buffer pattern;
	regex_t regex;
};

/**
 * match_set - look for something else, or for nothing if @pattern is empty
 * @why: set to what is wrong with it
 *
 * Small letters and capitals are the same.
 *
 * Return: false if it is refused; what was looked for before still is.
 */
bool match_set(struct match *match, struct kl_text pattern, char why[100]);

/** match_is_set - is there something to look for? */
bool match_is_set(const struct match *match);

/** match_found - is it in a text? Nothing is in every text */
bool match_found(const struct match *match, struct kl_text text);

/** match_found_in_lines - is it in one of the lines of a text? */
bool match_found_in_lines(const struct match *match, struct kl_text text);

/**
 * match_next - where it is in a text
 * @match: set
 * @place: rm_so says from where on it is looked for; set to where it was found
 *
 * Return: false if it is not there; @place means nothing then.
 */
bool match_next(const struct match *match, struct kl_text text, regmatch_t *place);

void match_free(struct match *match);

#endif /* KELLAS_MATCH_H */
