/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The counters of the module and of kellas-auditd: words KEY or KEY=VALUE, one
 * subject a line, policy text behind " / ".
 */
#ifndef KELLAS_STAT_LINE_H
#define KELLAS_STAT_LINE_H

#include "memory.h"

#define KL_STAT_PAIRS_MAX 24

/**
 * struct kl_stat_pair - one word of a line
 * @key: in front of the '='
 * @value: behind it; without '=' the empty text
 */
struct kl_stat_pair {
	struct kl_text key, value;
};

/**
 * struct kl_stat_line - one line
 * @subject: its first word
 * @pairs: its other words
 * @count: number of @pairs
 * @policy: what stands behind " / ", or empty
 */
struct kl_stat_line {
	struct kl_text subject;
	struct kl_stat_pair pairs[KL_STAT_PAIRS_MAX];
	u32 count;
	struct kl_text policy;
};

/** kl_text_until - take what stands before @end, and @end, off the front of @rest */
struct kl_text kl_text_until(struct kl_text *rest, char end);

/**
 * kl_stat_next - the next line of a text
 * @rest: advanced behind it; @line points into it
 *
 * Return: false at the end.
 */
bool kl_stat_next(struct kl_text *rest, struct kl_stat_line *line);

/** kl_stat_value - value of a key; empty if there is none */
struct kl_text kl_stat_value(const struct kl_stat_line *line, const char *key);

/** kl_stat_number - a text as a number; 0 if it is none */
u64 kl_stat_number(struct kl_text text);

#endif /* KELLAS_STAT_LINE_H */
