/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histories of processes, joined where they have the same beginning: a tree of
 * what executed what, and of what is known of each program in it.
 *
 * The root's children are origins, one for each loading of the module that the
 * records come from: process numbers mean something only within one.
 */
#ifndef KELLAS_HISTREE_H
#define KELLAS_HISTREE_H

#include "logline.h"

/*
 * Programs in one tree, unless its @room says less; what comes then is counted where
 * its history leaves the tree.
 */
#define KL_HISTREE_NODES_MAX 2000000u

/*
 * A history that lost its beginning goes on from a node less deep than this, or
 * else from "...": one that is as deep as the log is long takes too long to show.
 */
#define KL_HISTREE_DEPTH_MAX 500u

/*
 * A program that was known only from histories without their beginning goes to
 * its place once one tells it, with what is below it: up to so many.
 */
#define KL_HISTREE_MOVE_MAX 1000u

/* Different users, domains and control groups that a node tells apart. */
#define KL_HISTREE_SET_MAX 32u

/** enum kl_histree_kind - what a node stands for */
enum kl_histree_kind {
	KL_HISTREE_ROOT,
	KL_HISTREE_ORIGIN, /* @name is its instance=; empty: not known */
	KL_HISTREE_PROGRAM,
	KL_HISTREE_OLDER, /* programs dropped from the beginning of a history */
	KL_HISTREE_UNTOLD, /* programs whose history was not recorded */
};

/** enum kl_histree_index - how nodes are found */
enum kl_histree_index {
	KL_HISTREE_NODES, /* all of them, by parent, name, pid and time */
	KL_HISTREE_BY_PARENT, /* programs by parent, name and pid */
	KL_HISTREE_BY_ORIGIN, /* programs by origin, name, pid and time */
	KL_HISTREE_INDEXES
};

/**
 * struct kl_histree_words - a set of words
 * @words: interned by the tree, in the order in which they were met
 * @count: number of @words
 * @more: there were more than KL_HISTREE_SET_MAX
 */
struct kl_histree_words {
	struct kl_string **words;
	u32 count;
	bool more;
};

/**
 * struct kl_histree_numbers - a set of numbers, likewise
 */
struct kl_histree_numbers {
	u64 *numbers;
	u32 count;
	bool more;
};

/**
 * struct kl_histree_node - a program that was executed, or one of the other kinds
 * @parent: what executed it; NULL: it is the root
 * @first, @last: its children, oldest first once the tree was sorted
 * @next: the next child of @parent
 * @previous: the one before it
 * @origin: of a program: the child of the root that it is below
 * @chain: by enum kl_histree_index, next in the hash bucket
 * @hash: likewise, decides which bucket
 * @id: for whoever prints the tree
 * @alike: the node of the same names in the tree of names
 * @kind: enum kl_histree_kind
 * @depth: of the root 0
 * @name: the program, raw bytes
 * @called: the file that was executed, if it is another, such as a script; or NULL
 * @pid: process that executed it, in the initial pid namespace
 * @started: nanoseconds since boot of the exec; 0: not known
 * @reconstructed: it ran when the module was loaded
 * @deduced: known only from the record of the execute, which may have failed
 *	later, or been of a script
 * @merged: how many programs of another tree it stands for; otherwise 1
 * @living: processes that run it now
 * @records: records of requests made by it, by result
 * @unenforced: denials among @records that were not enforced
 * @first_time, @last_time: of these; microseconds since the epoch; 0: none
 * @uids, @domains, @cgroups: that it had, as far as records tell
 * @last_uid: user of the newest of @records that says one; of no matter without @uids,
 *	and of a merged node
 */
struct kl_histree_node {
	struct kl_histree_node *parent, *first, *last, *next, *previous, *alike;
	const struct kl_histree_node *origin;
	struct kl_histree_node *chain[KL_HISTREE_INDEXES];
	u32 hash[KL_HISTREE_INDEXES];
	u8 kind;
	bool reconstructed, deduced;
	u32 depth, id;
	struct kl_string *name, *called;
	u32 pid;
	u64 started;
	u64 merged, living;
	u64 records[KL_RESULTS];
	u64 unenforced;
	u64 first_time, last_time;
	u64 last_uid;
	struct kl_histree_numbers uids;
	struct kl_histree_words domains, cgroups;
};

/**
 * struct kl_histree - the tree
 * @root: its root
 * @origin: where histories are added now
 * @strings: names, domains, cgroups
 * @buckets, @size: by enum kl_histree_index
 * @count: nodes, without the root
 * @room: how many there may be
 * @crowded_out: programs that found no room
 */
struct kl_histree {
	struct kl_histree_node *root, *origin;
	struct kl_strings strings;
	struct kl_histree_node **buckets[KL_HISTREE_INDEXES];
	u32 size, count, room;
	u64 crowded_out;
};

void kl_histree_init(struct kl_histree *tree);
void kl_histree_free(struct kl_histree *tree);

/** kl_histree_origin - what is added from now on is of this loading of the module */
void kl_histree_origin(struct kl_histree *tree, struct kl_text instance);

/**
 * kl_histree_add - find the newest program of a history, putting in what is missing
 * @history: NULL or empty: @program says what is known
 * @program: used if there is no history
 */
struct kl_histree_node *kl_histree_add(struct kl_histree *tree,
				       const struct kl_history *history,
				       const struct kl_program *program);

/**
 * kl_histree_record - put in the process of a record, and count the record there
 * @line: any kind
 *
 * Lines that name the loading of the module they come from lead to another
 * origin. A program whose execute was permitted is put in as @deduced.
 *
 * Return: the node; NULL if it is no request.
 */
struct kl_histree_node *kl_histree_record(struct kl_histree *tree,
					  const struct kl_logline *line);

/**
 * kl_histree_processes - put in all processes of the module's file "processes"
 * @text: its contents
 * @error: filled in for the first line that is not understood, its line counted
 *	from 1
 *
 * Return: 0; -EINVAL if there was one; the others are put in all the same.
 */
int kl_histree_processes(struct kl_histree *tree, struct kl_text text,
			 struct kl_error *error);

/**
 * kl_histree_alike - the node that has the same names from the root on
 * @names: a tree of names only, in which it is put if it is missing; the same
 *	one for all nodes of a tree
 */
struct kl_histree_node *kl_histree_alike(struct kl_histree *names,
					 struct kl_histree_node *node);

/**
 * kl_histree_merge - the same with children of equal names made one
 * @merged: not initialised; does not use @tree's memory
 * @tree: once only
 */
void kl_histree_merge(struct kl_histree *merged, struct kl_histree *tree);

/**
 * kl_histree_sort - order children by time and pid, or merged ones by name
 *
 * "..." below which nothing is left is taken out; nothing may be added afterwards.
 */
void kl_histree_sort(struct kl_histree *tree);

/** kl_histree_next - the node behind this one, parents before children; NULL: the end */
struct kl_histree_node *kl_histree_next(const struct kl_histree_node *node);

/** kl_histree_skip - likewise, but without its descendants */
struct kl_histree_node *kl_histree_skip(const struct kl_histree_node *node);

/**
 * kl_histree_history - the programs from the first one of the tree to a node
 *
 * Of merged nodes the numbers mean nothing.
 *
 * Return: the history, free() it; NULL if it was not recorded.
 */
struct kl_history *kl_histree_history(const struct kl_histree_node *node);

/** kl_histree_label - the name as it is shown: encoded, or words for other kinds */
void kl_histree_label(const struct kl_histree_node *node, struct kl_buffer *text);

#endif /* KELLAS_HISTREE_H */
