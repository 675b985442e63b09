/* SPDX-License-Identifier: GPL-2.0 */
/* What a word that is being typed may become. */
#ifndef KELLAS_CANDIDATES_H
#define KELLAS_CANDIDATES_H

#include "memory.h"

/**
 * struct candidates - words that begin as the one that is typed
 * @typed: its beginning
 * @found: how many begin so
 * @common: what they have in common
 * @list: how they are shown, with a blank behind each
 * @exact: one of them is what is typed, whole
 * @meant: what is put for that one, or for the only one; empty: itself
 * @too_many: there are others that were not looked at: nothing can be completed
 */
struct candidates {
	struct kl_text typed;
	u32 found;
	struct kl_buffer common;
	struct kl_buffer list;
	bool exact;
	struct kl_buffer meant;
	bool too_many;
};

/** candidates_offer - a word that may stand there */
void candidates_offer(struct candidates *candidates, const char *word);

/**
 * candidates_offer_value - the same behind what is typed already
 * @before: that: a beginning of candidates.typed
 * @value: what may follow
 * @meant: NULL, or what is put for @before and @value
 */
void candidates_offer_value(struct candidates *candidates, struct kl_text before,
			    const char *value, const char *meant);

/** candidates_settled - is it clear which one is meant? */
bool candidates_settled(const struct candidates *candidates);

void candidates_free(struct candidates *candidates);

#endif /* KELLAS_CANDIDATES_H */
