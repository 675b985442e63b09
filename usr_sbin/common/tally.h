/* SPDX-License-Identifier: GPL-2.0 */
/* Hits of blocks and rules, as the module counts them, and how fast they grow. */
#ifndef KELLAS_TALLY_H
#define KELLAS_TALLY_H

#include "memory.h"

/** enum kl_tally_column - what rows are ordered by */
enum kl_tally_column {
	KL_TALLY_HITS,
	KL_TALLY_DENIED,
	KL_TALLY_UNENFORCED,
	KL_TALLY_LOST,
	KL_TALLY_RATE,
	KL_TALLY_LAST,
	KL_TALLY_POLICY, /* as they stand in the policy */
	KL_TALLY_COLUMNS
};

/**
 * struct kl_tally_row - a block, a rule, or a rule group
 * @kind: "block", "rule" or "group"
 * @text: as in a policy
 * @inside: text of the block or group that a rule stands in; otherwise empty
 * @label: of a block, and of the one that a rule stands in; empty: it has none
 * @counts: by enum kl_tally_column up to LOST
 * @last: nanoseconds since the epoch; 0: never
 * @line: of the policy as it is saved
 * @rate: tenths of hits per second since the reading before
 * @rated: there is a rate: it stood in the reading before
 */
struct kl_tally_row {
	struct kl_text kind, text, inside, label;
	u64 counts[KL_TALLY_LOST + 1];
	u64 last, line;
	u64 rate;
	bool rated;
};

/**
 * struct kl_tally_policy - what the module says of its policy as a whole
 * @generation: changes of the policy
 * @publications: rulesets that requests have seen
 * @reverts: commits that were taken back
 * @confirm: seconds that a commit still waits to be confirmed; 0: none waits
 * @locked: it stays as it is until reboot
 */
struct kl_tally_policy {
	u64 generation, publications, reverts, confirm;
	bool locked;
};

/** kl_tally_same_policy - is it the same policy, as far as its figures tell? */
bool kl_tally_same_policy(const struct kl_tally_policy *a, const struct kl_tally_policy *b);

/**
 * struct kl_tally - a reading
 * @text: the module's file; rows point into it
 * @rows, @count, @room: rows in the order of the policy
 * @order: numbers of the rows that are wanted, see kl_tally_sort()
 * @order_count: how many of them
 * @when: nanoseconds of the monotonic clock
 * @denied: requests denied, all told
 * @written, @lost, @suppressed, @keeper: of the log
 * @policy: of the policy
 */
struct kl_tally {
	struct kl_buffer text;
	struct kl_tally_row *rows;
	u32 count, room;
	u32 *order;
	u32 order_count;
	u64 when;
	u64 denied, written, lost, suppressed, keeper;
	struct kl_tally_policy policy;
};

/**
 * kl_tally_read - read the module's counters
 * @hits: read before, or zeroed
 * @before: the reading before, or NULL; a row whose place in the policy has
 *	changed since then has no rate
 *
 * Return: 0 or a negative errno of the module's file.
 */
int kl_tally_read(struct kl_tally *hits, const struct kl_tally *before);
void kl_tally_free(struct kl_tally *hits);

/**
 * kl_tally_sort - choose rows and order them
 * @column: greatest first, but for KL_TALLY_POLICY
 * @reverse: the other way round
 * @filter: only rows with this text in them, or in the block around or its label;
 *	NULL: all
 */
void kl_tally_sort(struct kl_tally *hits, enum kl_tally_column column, bool reverse,
		  const char *filter);

#endif /* KELLAS_TALLY_H */
