/* SPDX-License-Identifier: GPL-2.0 */
/* Requests picked by what their record says: its head, and a condition on the rest. */
#ifndef KELLAS_PICK_H
#define KELLAS_PICK_H

#include "engine/lex.h"
#include "filter.h"
#include "logline.h"

/**
 * struct kl_pick - which requests are wanted
 * @result: enum kl_result; -1: any
 * @priority: of the block; -1: any
 * @rule: label of the rule; NULL: any
 * @filter: operation and conditions; NULL: none
 */
struct kl_pick {
	int result;
	int priority;
	const char *rule;
	struct kl_filter *filter;
};

/** KL_PICK_ANY - all are */
#define KL_PICK_ANY { .result = -1, .priority = -1 }

/** kl_pick_takes_all - is nothing asked for? */
static inline bool kl_pick_takes_all(const struct kl_pick *pick)
{
	return pick->result < 0 && pick->priority < 0 && !pick->rule && !pick->filter;
}

/** kl_pick_takes - is it wanted? @line: a request, with its facts if there is a filter */
static inline bool kl_pick_takes(const struct kl_pick *pick, const struct kl_logline *line)
{
	if (pick->result >= 0 && line->result != pick->result)
		return false;
	if (pick->priority >= 0 && line->priority != pick->priority)
		return false;
	if (pick->rule && !kl_text_is(line->label, pick->rule))
		return false;
	return !pick->filter || kl_filter_match(pick->filter, &line->facts);
}

#endif /* KELLAS_PICK_H */
