/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of the running kernel as the editor shows them: a tree of what
 * executed what, and the lines of the document that concern one of them.
 */
#ifndef KELLAS_PROCESSES_H
#define KELLAS_PROCESSES_H

#include "concern.h"
#include "editor.h"
#include "folds.h"
#include "match.h"

#define NO_PROCESS ((u32)~0)

/**
 * struct process - a program in the tree
 * @node: what is known of it
 * @key: of its names and numbers from the root on: the same program has the same
 *	one when the tree was made anew
 * @parent: NO_PROCESS: it is outermost
 * @behind: the next one that is not below it
 * @depth: outermost 0
 * @living: processes that run it, or a program below it
 * @folded: what is below it is hidden
 * @passes: it is what the filter asks for
 * @shown: it does, or something below it
 */
struct process {
	const struct kl_histree_node *node;
	u64 key;
	u32 parent, behind;
	u32 depth;
	u64 living;
	bool folded, passes, shown;
};

/**
 * struct user - a user's name
 * @uid: number
 * @name: empty: it has none
 */
struct user {
	u32 uid;
	char name[33];
};

/**
 * struct processes - the view
 * @text: of the module's file, as it was last read
 * @failure: why there is nothing to show; empty: there is
 * @tree: of @text
 * @made: it is
 * @list: its programs, parents first
 * @count: of @list
 * @shown: those that are seen, in order: numbers in @list
 * @rows: of @shown
 * @folds: what is folded, by struct process.key
 * @filter: what is shown
 * @users, @user_count: names that were asked for
 * @next: clock_ms() before which they are not read by themselves
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
	struct kl_buffer text;
	char failure[300];
	struct kl_histree tree;
	bool made;
	struct process *list;
	u32 count;
	u32 *shown;
	struct rows rows;
	struct folds folds;
	struct match filter;
	struct user *users;
	u32 user_count;
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

/** processes_read - read the module's file; the cursor stays on its program */
void processes_read(struct processes *processes);

/** processes_show - after folding or filtering: which are seen */
void processes_show(struct processes *processes);

/** processes_fold - fold or unfold what is below a program */
void processes_fold(struct processes *processes, u32 number, bool folded);

/** processes_here - the program that the cursor is on, or NULL */
const struct process *processes_here(const struct processes *processes);

/** processes_user - a user's name, or NULL */
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
