/* SPDX-License-Identifier: GPL-2.0 */
/* A second opinion on patterns of histories, by trying everything. */
#ifndef TESTS_ORACLE_LINEAGE_H
#define TESTS_ORACLE_LINEAGE_H

#include "oracle.h"

struct oracle_lineage;

/**
 * oracle_lineage_new - translate a pattern of histories, as typed
 *
 * What is none matches nothing.
 */
struct oracle_lineage *oracle_lineage_new(const char *text);
void oracle_lineage_free(struct oracle_lineage *lineage);

/** oracle_lineage_truth - does a history match? */
enum kl_truth oracle_lineage_truth(const struct oracle_lineage *lineage,
				   const struct oracle_history *history);

#endif /* TESTS_ORACLE_LINEAGE_H */
