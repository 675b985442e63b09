/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes as the editor shows them: a tree of what executed what, in the running
 * kernel or as the records of a log tell, and the lines of the document that concern
 * one of them.
 */
#ifndef KELLAS_PROCESSES_H
#define KELLAS_PROCESSES_H

#include "concern.h"
#include "editor.h"
#include "folds.h"
#include "match.h"
#include "record_tree.h"
#include "users.h"

#define NO_PROCESS ((u32)~0)
#define NO_RECORD ((u64)~0)

/**
 * struct process - a program in the tree
 * @node: what is known of it
 * @key: of its names and numbers from the root on: the same program has the same
 *	one when the tree was made anew
 * @parent: NO_PROCESS: it is outermost
 * @behind: the next one that is not below it
 * @depth: outermost 0
 * @living: processes that run it, or a program below it
 * @records, @denied, @last: records of it or of a program below it, how many of them are
 *	denials, and the time of the newest
 * @folded: what is below it is hidden
 * @passes: it is what the filter asks for
 * @shown: it does, or something below it
 */
struct process {
	const struct kl_histree_node *node;
	u64 key;
	u32 parent, behind;
	u32 depth;
	u64 living, records, denied, last;
	bool folded, passes, shown;
};

/**
 * struct processes - the view
 * @chosen: it is known which tree is shown
 * @of_log: that of the log; otherwise that of the running kernel
 * @text: of the module's file, as it was last read
 * @failure: why there is nothing to show of the kernel; empty: there is
 * @tree: of @text
 * @made: it is
 * @records: of the log; NULL: not made yet
 * @building: likewise, that will take its place; NULL: none
 * @began: clock_ms() when that was
 * @wanted: record that the cursor goes to when it is there; NO_RECORD: none
 * @list: programs of the tree that is shown, parents first
 * @count: of @list
 * @shown: those that are seen, in order: numbers in @list
 * @rows: of @shown
 * @path, @depth: keys from the outermost program to the one that the cursor was last on
 * @fallen: key of the one that the cursor is on only because that was not there; 0: it was
 * @folds: what is folded, by struct process.key
 * @filter: what is shown
 * @filter_from: key of the program that the cursor was on when another one is typed
 * @users: names that were asked for
 * @next: clock_ms() before which the tree is not made anew by itself
 * @booted: microseconds since the epoch when the kernel was started
 * @listing: the lines that concern a program are shown instead
 * @concerns: these lines
 * @concern_rows: of @concerns
 * @concern_key: of the program
 * @concern_version: of the document that they are of
 * @concern_title: what they are of
 * @left_out: lines of the document that were left out, as the engine refuses them
 */
struct processes {
	bool chosen, of_log;
	struct kl_buffer text;
	char failure[300];
	struct kl_histree tree;
	bool made;
	struct record_tree *records, *building;
	u64 began;
	u64 wanted;
	struct process *list;
	u32 count;
	u32 *shown;
	struct rows rows;
	u64 *path;
	u32 depth;
	u64 fallen;
	struct folds folds;
	struct match filter;
	u64 filter_from;
	struct users *users;
	u64 next;
	u64 booted;
	bool listing;
	struct kl_concerns concerns;
	struct rows concern_rows;
	u64 concern_key;
	u64 concern_version;
	char concern_title[160];
	u32 left_out;
};

/** processes_of - the view's state, made when it is first asked for */
struct processes *processes_of(struct editor *editor);
void processes_free(struct processes *processes);

/** processes_records - how many records a program has left */
u64 processes_records(const struct kl_histree_node *node);

/**
 * processes_make - show the tree that there is now; the cursor stays on its program
 *
 * The one that was shown may be gone already.
 */
void processes_make(struct processes *processes);

/** processes_forget - show no tree; the cursor comes back when there is one */
void processes_forget(struct processes *processes);

/**
 * processes_go - put the cursor on a program
 *
 * It is unfolded for that, and no longer filtered if the filter hides it.
 *
 * Return: false if it is not in the tree that is shown.
 */
bool processes_go(struct processes *processes, const struct kl_histree_node *node);

/** processes_name - append what a program, or another kind of node, is called */
void processes_name(const struct kl_histree_node *node, struct kl_buffer *out);

/** processes_read - read the module's file; the cursor stays on its program */
void processes_read(struct processes *processes);

/** processes_show - after folding or filtering: which are seen */
void processes_show(struct processes *processes);

/** processes_fold - fold or unfold what is below a program */
void processes_fold(struct processes *processes, u32 number, bool folded);

/** processes_whole - does its row stand for all below, too? With a filter nothing is folded */
bool processes_whole(const struct processes *processes, const struct process *process);

/** processes_here - the program that the cursor is on, or NULL */
const struct process *processes_here(const struct processes *processes);

/** processes_user - a user's name; NULL: none, or it is not known yet */
const char *processes_user(struct processes *processes, u64 uid);

/** processes_words - append what is known of a program, in one line, to be searched */
void processes_words(struct processes *processes, const struct process *process,
		     struct kl_buffer *out);

/** processes_concerns - find what concerns the program of the cursor; false: why not was said */
bool processes_concerns(struct editor *editor);

/** processes_update - the same lines again if the document has changed */
void processes_update(struct editor *editor);

/** processes_title, processes_draw - of the view */
void processes_title(const struct editor *editor, struct canvas *canvas, int column);
void processes_draw(struct editor *editor, struct canvas *canvas, int rows);

#endif /* KELLAS_PROCESSES_H */
