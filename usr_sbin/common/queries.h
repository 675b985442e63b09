/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Denials that wait for an answer: the module's file "query".
 *
 * Whoever has it open answers: while somebody has, what the policy denies waits
 * for at most KL_QUERY_SECONDS without a sign of life, and at most
 * KL_QUERY_SECONDS_MAX in all, before it is denied. When the last one closes it,
 * all that waits is denied at once.
 */
#ifndef KELLAS_QUERIES_H
#define KELLAS_QUERIES_H

#include "memory.h"

/** enum kl_reply - an answer; the numbers are the module's */
enum kl_reply {
	KL_REPLY_GRANT = 1, /* this time */
	KL_REPLY_DENY = 2,
	KL_REPLY_RETRY = 3, /* by the policy as it is now */
};

/**
 * struct kl_queries - being one who answers
 * @query, @policy: the module's files; -1: not open
 * @text: what was read of @query
 * @at: offset in @text of what was not used yet
 * @serial, @retry: numbers of the query at hand
 * @record: of the query at hand, without newline; points into @text
 */
struct kl_queries {
	int query, policy;
	struct kl_buffer text;
	size_t at;
	u32 serial, retry;
	struct kl_text record;
};

/** KL_QUERIES_CLOSED - nobody answers yet */
#define KL_QUERIES_CLOSED { .query = -1, .policy = -1 }

/**
 * kl_queries_open - from now on denials wait
 * @which: set to the file that is refused
 *
 * Whoever may not answer is told so now.
 *
 * Return: 0 or a negative errno.
 */
int kl_queries_open(struct kl_queries *queries, const char **which);

/** kl_queries_close - as the last one: what waits is denied */
void kl_queries_close(struct kl_queries *queries);

/** kl_queries_are_open - do denials wait for us? */
static inline bool kl_queries_are_open(const struct kl_queries *queries)
{
	return queries->query >= 0;
}

/**
 * kl_queries_next - the next one that waits
 *
 * Behind the last one this gives 0, and then begins again with the first: what
 * is gone or answered is not among them any more.
 *
 * Return: 1: it is in @serial, @retry and @record; 0: there is none; a negative errno.
 */
int kl_queries_next(struct kl_queries *queries);

/** kl_queries_alive - a sign of life, for all that waits. 0 or a negative errno */
int kl_queries_alive(struct kl_queries *queries);

/** kl_queries_reply - answer one; if it is gone, nothing happens. 0 or a negative errno */
int kl_queries_reply(struct kl_queries *queries, u32 serial, enum kl_reply reply);

/**
 * kl_queries_block - the block that denied
 * @rule: NULL, or a line that is put into it
 * @answer: the block is added as it is printed, behind a comment; after an error
 *	what the module says of it, as kl_queries_refusal() reads it
 *
 * Return: 0 or a negative errno.
 */
int kl_queries_block(struct kl_queries *queries, u32 serial, const char *rule,
		     struct kl_buffer *answer);

/**
 * kl_queries_refusal - what the module says of a rule
 * @answer: of kl_queries_block()
 * @error: set to the column within the rule, and what is wrong
 *
 * Return: false if it says nothing.
 */
bool kl_queries_refusal(const struct kl_buffer *answer, struct kl_error *error);

#endif /* KELLAS_QUERIES_H */
