/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tree of what executed what, out of the records that the view of the log keeps.
 * Reading them takes longer than a key may: it is made in steps.
 */
#ifndef KELLAS_RECORD_TREE_H
#define KELLAS_RECORD_TREE_H

#include "histree.h"
#include "log.h"

/* Programs at most; what comes then is counted with what executed it. */
#define RECORD_TREE_ROOM 100000u

/**
 * struct record_tree - the tree
 * @tree: of the records up to @next
 * @nodes: by number of the record, less @first: whose it is; NULL: it is no request
 * @first, @end: numbers of the oldest record, and behind the newest one
 * @next: the next one to be read; @end: all are, and the tree is sorted
 * @records: requests among them
 * @opened: log_view.opened when it was begun: numbers mean something only then
 */
struct record_tree {
	struct kl_histree tree;
	struct kl_histree_node **nodes;
	u64 first, next, end;
	u64 records;
	u32 opened;
};

/** record_tree_new - of all records that are there now; none is read yet */
struct record_tree *record_tree_new(const struct log_view *log);
void record_tree_free(struct record_tree *records);

/**
 * record_tree_step - read some, for no longer than a key may take
 * @log: the same again
 *
 * What fell out of the list meanwhile is left out.
 *
 * Return: there is more to read.
 */
bool record_tree_step(struct record_tree *records, struct log_view *log);

/** record_tree_node - whose the record of a number is; NULL: nobody's, or it is not there */
const struct kl_histree_node *record_tree_node(const struct record_tree *records, u64 number);

#endif /* KELLAS_RECORD_TREE_H */
