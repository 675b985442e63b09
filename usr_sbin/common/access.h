/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who did something to an object: a path, a port, an address, a process, a
 * user. What is asked for is made conditions of the policy language, so that
 * the engine decides what matches.
 */
#ifndef KELLAS_ACCESS_H
#define KELLAS_ACCESS_H

#include "filter.h"
#include "histree.h"

/* Conditions that one object may need: a few for each operation. */
#define KL_OBJECT_FILTERS_MAX 512u

/*
 * Bytes of the accesses that are kept and of their words, without their histories
 * (KL_HISTREE_NODES_MAX): several millions. Beyond it the older half gives way.
 */
#define KL_ACCESSES_MEMORY_MAX (1ull << 30)

/** enum kl_role - what an object is in a record */
enum kl_role {
	KL_ROLE_NONE,
	KL_ROLE_OBJECT, /* something was done to it */
	KL_ROLE_SUBJECT, /* the process or user who did it */
};

/**
 * struct kl_object - what is asked for
 * @filters: by operation; any of them
 * @roles: what it is where the filter of that number matches
 * @count: number of @filters
 * @first: by operation, the first of its filters; they are consecutive
 * @pid: process in the initial pid namespace; 0: none
 */
struct kl_object {
	struct kl_filter *filters[KL_OBJECT_FILTERS_MAX];
	u8 roles[KL_OBJECT_FILTERS_MAX];
	u32 count;
	u32 first[KL_OP_COUNT + 1];
	u64 pid;
};

/**
 * kl_object_new - understand an object
 * @word: path, pattern of paths, folder with a '/' at the end for all that is
 *	below it; tcp/N, udp/N, N or A-B for ports; address, range or network; name of
 *	a user; or path=, port=, ip=, pid=, user= in front of it
 * @error: filled in, without a place
 *
 * Return: the object, or NULL.
 */
struct kl_object *kl_object_new(const char *word, struct kl_error *error);
void kl_object_free(struct kl_object *object);

/** kl_object_role - what an object is in a record of a request */
enum kl_role kl_object_role(const struct kl_object *object,
			    const struct kl_logline *line);

/**
 * struct kl_access - one access
 * @time: microseconds since the epoch
 * @sequence: number of the record; 0: none
 * @order: how many were found before it
 * @pid: in the initial pid namespace
 * @op, @result, @unenforced: as in the record
 * @role: enum kl_role
 * @uid: of the process; all bits set: not known
 * @priority: of the block
 * @what: the words behind the operation
 * @domain, @label: or NULL
 * @node: its history
 * @alike: its history by names alone
 */
struct kl_access {
	u64 time, sequence, order;
	u32 pid;
	u8 op, result, role;
	bool unenforced;
	u16 priority;
	u64 uid;
	struct kl_string *what, *domain, *label;
	struct kl_histree_node *node, *alike;
};

/**
 * struct kl_access_group - accesses that differ only in time and process
 * @newest: the newest of them
 * @first_time: of the oldest
 * @count: how many
 * @processes: by how many processes
 * @common: the newest program that their histories have in common, pid and all
 * @single: they are of one process
 */
struct kl_access_group {
	const struct kl_access *newest;
	u64 first_time;
	u64 count, processes;
	const struct kl_histree_node *common;
	bool single;
};

/**
 * struct kl_accesses - accesses that were found
 * @list, @count, @room: these
 * @memory_max: KL_ACCESSES_MEMORY_MAX; tests set less
 * @left_out: found, but gave way to later ones
 * @tree: histories of their processes
 * @names: the same by names alone
 * @strings: their words
 * @groups, @group_count: after kl_accesses_group()
 */
struct kl_accesses {
	struct kl_access *list;
	u32 count, room;
	size_t memory_max;
	u64 left_out;
	struct kl_histree tree, names;
	struct kl_strings strings;
	struct kl_access_group *groups;
	u32 group_count;
};

void kl_accesses_init(struct kl_accesses *accesses);
void kl_accesses_free(struct kl_accesses *accesses);

/**
 * kl_accesses_add - note an access; the oldest give way if there is no room
 * @node: what kl_histree_record() said of @line with @accesses->tree
 */
void kl_accesses_add(struct kl_accesses *accesses, const struct kl_logline *line,
		     struct kl_histree_node *node, enum kl_role role);

/** kl_accesses_sort - by time, oldest first; none may be added afterwards */
void kl_accesses_sort(struct kl_accesses *accesses);

/** kl_accesses_group - join those that repeat; the newest group is the last */
void kl_accesses_group(struct kl_accesses *accesses);

#endif /* KELLAS_ACCESS_H */
