/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of the running policy, by line of a document. */
#ifndef KELLAS_HITS_H
#define KELLAS_HITS_H

#include "outline.h"
#include "tally.h"

/**
 * struct hits_sum - counters of several lines
 * @counts: by enum kl_tally_column up to LOST
 * @last: nanoseconds since the epoch, of the newest hit; 0: never
 * @counted: how many lines have counters
 * @unknown: how many the running policy does not have
 */
struct hits_sum {
	u64 counts[KL_TALLY_LOST + 1];
	u64 last;
	u32 counted, unknown;
};

/**
 * struct hits - the counters
 * @tally: as they were read last
 * @rows: by line of the document: number of a row of @tally, from 1; HITS_NEW: a
 *	rule or head that the running policy does not have; 0: nothing to count
 * @sums: by node of the outline: of a block what its head counts, of a rule group
 *	what its lines do
 * @lines, @nodes: numbers of @rows and @sums; 0: there are none
 * @version: of the document that they belong to
 * @policy: of the policy that they belong to
 */
struct hits {
	struct kl_tally tally;
	u32 *rows;
	struct hits_sum *sums;
	u32 lines, nodes;
	u64 version;
	struct kl_tally_policy policy;
};

#define HITS_NEW ((u32)~0)

/** hits_find - which line has which counters, if it is not known any more */
void hits_find(struct hits *hits, const struct document *document,
	       const struct outline *outline);

/** hits_row - counters of a line; NULL: it has none */
const struct kl_tally_row *hits_row(const struct hits *hits, u32 line);

/** hits_is_new - is it a rule or head that the running policy does not have? */
bool hits_is_new(const struct hits *hits, u32 line);

/** hits_add - add what is counted of a line, if it is a rule or a block's head */
void hits_add(const struct hits *hits, u32 line, struct hits_sum *sum);

/** hits_join - add a sum to another one */
void hits_join(struct hits_sum *to, const struct hits_sum *from);

void hits_free(struct hits *hits);

#define HITS_TEXT 8

/** hits_count - a number in at most five columns: "12345", "1234k" */
void hits_count(u64 number, char text[HITS_TEXT]);

/**
 * hits_ago - how long ago in at most four columns: "12s", "3h"; empty: never
 * @last, @now: nanoseconds since the epoch
 */
void hits_ago(u64 last, u64 now, char text[HITS_TEXT]);

#endif /* KELLAS_HITS_H */
