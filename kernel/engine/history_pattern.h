/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns of histories: task.history="/usr/sbin/sshd=>\{\*\}=>/bin/sh".
 *
 * Compared program by program. Between "=>" stands an ordinary pattern of one
 * program's name (pattern.h), or "\*", one program whatever its name, or
 * "\{\*\}", one or more of them. '~' and "(pid;time)" are ignored, so that what
 * a record says is a pattern of just that. "...", first, is "\{\*\}".
 */
#ifndef KELLAS_HISTORY_PATTERN_H
#define KELLAS_HISTORY_PATTERN_H

#include "history.h"

/**
 * struct kl_history_pattern - made ready for matching; immutable
 * @memory: bytes held, for accounting
 *
 * What follows in memory is private to history_pattern.c.
 */
struct kl_history_pattern {
	size_t memory;
};

/**
 * kl_history_word_check - is this a valid pattern of histories?
 * @word: as typed; empty: the history of nothing
 * @position: set to the offset of the first offending byte
 * @why: set to a constant text: what is wrong and what is expected
 *
 * Return: 0, -EINVAL; -E2BIG beyond KL_PROGRAMS_MAX, or as kl_word_check().
 */
int kl_history_word_check(struct kl_text word, u32 *position, const char **why);

/**
 * kl_history_pattern_new - compile a valid pattern
 *
 * Context: may sleep.
 * Return: the pattern, free with kl_history_pattern_free(); NULL when out of
 * memory.
 */
struct kl_history_pattern *kl_history_pattern_new(struct kl_text word);
void kl_history_pattern_free(struct kl_history_pattern *pattern);

/**
 * kl_history_match - does a history match?
 *
 * Of a truncated one the dropped programs, one or more, match a leading
 * "\{\*\}". If the result depends on anything else of them, it is unknown.
 *
 * O(programs of the pattern x length of the history) at worst, times the
 * length of a name's pattern; iterative; no allocation. Context: any.
 *
 * Return: enum kl_truth.
 */
int kl_history_match(const struct kl_history_pattern *pattern,
		     const struct kl_history *history);

#endif /* KELLAS_HISTORY_PATTERN_H */
