/* SPDX-License-Identifier: GPL-2.0 */
/* Having the module change its policy: transactions, commands of one line, its answers. */
#ifndef KELLAS_APPLY_H
#define KELLAS_APPLY_H

#include "memory.h"

/**
 * struct kl_refusal - why the module did not do it
 * @result: negative errno
 * @opened: its file could be opened; otherwise kl_proc_complain() knows more
 * @told: the module said why: @error
 * @error: its words; the line counts from 1 in the text that was loaded, 0 if
 *	it means nothing
 */
struct kl_refusal {
	int result;
	bool opened;
	bool told;
	struct kl_error error;
};

/**
 * struct kl_apply - a transaction
 * @text: lines of a policy; the last one may lack its newline
 * @add: they are added to the running policy instead of replacing it
 * @confirm: seconds until it is taken back, unless it is confirmed; 0: it stays
 * @expected: NULL, or the policy as it is read from the module: nothing is
 *	changed if the running one is another, which gives -ESTALE
 * @progress: NULL, or called after each piece
 * @context: for @progress
 */
struct kl_apply {
	struct kl_text text;
	bool add;
	u32 confirm;
	const struct kl_buffer *expected;
	void (*progress)(void *context, size_t done, size_t all);
	void *context;
};

/**
 * kl_apply - load a policy in one transaction
 * @refusal: filled in if it fails
 *
 * Return: 0; or a negative errno, and nothing has changed.
 */
int kl_apply(const struct kl_apply *apply, struct kl_refusal *refusal);

/**
 * kl_apply_command - write one line
 * @line: "confirm\n", "revert\n", "lock\n"
 * @refusal: filled in if it fails
 *
 * Return: 0 or a negative errno.
 */
int kl_apply_command(const char *line, struct kl_refusal *refusal);

/** kl_refusal_text - why, in words, for people; valid as long as @refusal */
const char *kl_refusal_text(const struct kl_refusal *refusal);

/**
 * kl_apply_same - do two policies that were read from the module say the same?
 *
 * Its counters (stat lines) and comments do not count.
 */
bool kl_apply_same(struct kl_text a, struct kl_text b);

#endif /* KELLAS_APPLY_H */
