/* SPDX-License-Identifier: GPL-2.0 */
/* The counters of the running policy, by line of a document. */
#ifndef KELLAS_HITS_H
#define KELLAS_HITS_H

#include "outline.h"
#include "tally.h"

/**
 * struct hits - the counters
 * @tally: as they were read last
 * @rows: by line of the document: number of a row of @tally, from 1; HITS_NEW: a
 *	rule or head that the running policy does not have; 0: nothing to count
 * @sums: hits by node of the outline: of a block those of its head
 * @lines, @nodes: numbers of @rows and @sums; 0: there are none
 * @version: of the document that they belong to
 * @policy: of the policy that they belong to
 */
struct hits {
	struct kl_tally tally;
	u32 *rows;
	u64 *sums;
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
