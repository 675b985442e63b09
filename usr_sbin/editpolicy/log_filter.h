/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which records are shown: [RESULT] [OPERATION CONDITION...], as the policy
 * language has it, or a regular expression for the text of the record instead of
 * the latter.
 */
#ifndef KELLAS_LOG_FILTER_H
#define KELLAS_LOG_FILTER_H

#include "log_list.h"
#include "match.h"
#include "pick.h"

/**
 * struct log_filter - what is wanted
 * @text: as it was typed; empty: everything
 * @pick: result, operation and conditions
 * @match: what must be in the text
 */
struct log_filter {
	struct kl_buffer text;
	struct kl_pick pick;
	struct match match;
};

/** log_filter_init - everything is wanted */
void log_filter_init(struct log_filter *filter);

/**
 * log_filter_set - want something else
 * @error: its column counts within @text, from 1
 *
 * Return: false with @error filled in, and the filter is what it was.
 */
bool log_filter_set(struct log_filter *filter, struct kl_text text, struct kl_error *error);

/**
 * log_filter_takes - is a record wanted?
 * @line: it, parsed; NULL: @scratch is used for that where it matters
 *
 * What says that records are missing always is.
 */
bool log_filter_takes(const struct log_filter *filter, const struct log_record *record,
		      const struct kl_logline *line, struct kl_logline *scratch);

void log_filter_free(struct log_filter *filter);

#endif /* KELLAS_LOG_FILTER_H */
