/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The left pane of the policy: blocks by operation, or the tree of subjects; which of
 * its rows are seen, what they say, and what is counted of them.
 */
#ifndef KELLAS_LEFT_H
#define KELLAS_LEFT_H

#include "editor.h"
#include "hits.h"

/** left_heading - which heading a node stands below, see struct node_row */
u8 left_heading(const struct outline_node *node);

/** left_heading_name - what it is called */
const char *left_heading_name(u8 heading);

/** left_make - the rows anew: by folds and filter. The cursor keeps its number */
void left_make(struct editor *editor);

/**
 * left_narrow - the same, with the cursor on a row that is known from before
 *
 * If it is not shown any more, on the next one that the filter asks for. No
 * change of the document may lie between.
 *
 * Return: is it on that row?
 */
bool left_narrow(struct editor *editor, struct node_row where);

/** left_find - the row of a node or subject; -1: it is not shown */
s64 left_find(const struct editor *editor, u8 kind, u32 number);

/**
 * left_text - append what a row stands for: its name and its lines, each in a line
 *
 * A filter and the search look at that. Of what is folded all below belongs to it.
 */
void left_text(const struct editor *editor, u32 row, struct kl_buffer *out);

/** left_folded - is what is below a row hidden? With a filter nothing is */
bool left_folded(const struct editor *editor, const struct node_row *row);

/** left_whole - of a subject: does it stand for all below, too? */
bool left_whole(const struct editor *editor, u32 subject);

/**
 * left_members - nodes, or subjects, that a row stands for
 * @row: a HEADING, NODE or SUBJECT
 *
 * What a filter hides is not among them: it is neither shown nor changed with the row.
 *
 * Return: their numbers, ascending, @count of them; free() it.
 */
u32 *left_members(const struct editor *editor, const struct node_row *row, u32 *count);

/** left_passing - how many nodes or subjects the filter asks for, and of how many */
u32 left_passing(const struct editor *editor, u32 *of);

/**
 * left_sum - the hits of what a row stands for
 * Return: false if there is nothing to count.
 */
bool left_sum(const struct editor *editor, const struct hits *hits, const struct node_row *row,
	      struct hits_sum *sum);

#endif /* KELLAS_LEFT_H */
