/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of rules.h share; nobody else needs this. */
#ifndef KELLAS_RULES_INSIDE_H
#define KELLAS_RULES_INSIDE_H

#include "range.h"
#include "rules.h"

/** enum atom_kind - what a value on the right side is */
enum atom_kind {
	ATOM_NONE, /* there was no value */
	ATOM_STRING,
	ATOM_NUMBER,
	ATOM_NAMED, /* a number by its name, which cannot be in a group */
	ATOM_IP,
};

/**
 * struct atom - a value of a condition
 * @link: in rules.atoms
 * @kind: enum atom_kind
 * @number: its number
 * @word: text, of strings without quotes; "" of ATOM_NONE
 * @why: of a pattern, else NULL
 * @different: of a range or network: values that it stands for
 * @covered: narrower ones that it stands for, too
 * @requests: of the subject
 */
struct atom {
	struct kl_link link;
	u8 kind;
	u32 number;
	char *word;
	const struct kl_name_pattern *why;
	u32 different;
	u32 covered;
	u64 requests;
};

/**
 * struct set - atoms of which any will do
 * @link: in rules.sets
 * @number: its number
 * @count: of @members
 * @members: numbers of atoms, ascending
 * @group: name of the group that was made of it, or NULL
 */
struct set {
	struct kl_link link;
	u32 number;
	u32 count;
	u32 *members;
	char *group;
};

/**
 * struct row - a rule
 * @op: operation
 * @sets: numbers, for each attribute that is learnt
 * @requests: that it is for
 */
struct row {
	u32 op;
	u32 sets[KL_LEARNT_MAX];
	u64 requests;
};

/**
 * struct rows - some of them
 * @list, @count, @room: array
 */
struct rows {
	struct row *list;
	u32 count, room;
};

/**
 * struct rules - a subject at work
 * @subject, @draft: the caller's
 * @names: all its names
 * @numbers: by observation and attribute: number in @names
 * @ranges: likewise: ports and addresses
 * @atom_table, @atoms, @atom_count, @atom_room: atoms, also by number
 * @set_table, @sets, @set_count, @set_room: sets, likewise
 * @single: rules as they were observed, sorted, each once
 */
struct rules {
	const struct kl_rules_of *subject;
	struct kl_draft *draft;
	struct kl_names *names;
	u32 *numbers;
	struct kl_range *ranges;
	struct kl_table atom_table, set_table;
	struct atom **atoms;
	u32 atom_count, atom_room;
	struct set **sets;
	u32 set_count, set_room;
	struct rows single;
};

/* Names that are generalised; others are words of a protocol. */
static inline bool is_name(u32 slot)
{
	return slot == KL_SLOT_OBJECT0 || slot == KL_SLOT_OBJECT1 ||
	       slot == KL_SLOT_ADDR || slot == KL_SLOT_TARGET ||
	       slot == KL_SLOT_TARGET_EXE;
}

/** is_simple - has an operation nothing but a name? */
static inline bool is_simple(const struct kl_observed *plan)
{
	return plan->learnt == 1 && is_name(plan->slots[0]);
}

/** plan_of - what was kept of an operation */
static inline const struct kl_observed *plan_of(const struct rules *rules, u32 op)
{
	return &rules->subject->plans[op];
}

/* rules_set.c */

/** find_atom - the number of a value, made unless there is one */
u32 find_atom(struct rules *rules, enum atom_kind kind, const char *word);

/**
 * find_set - the number of a set, made unless there is one
 * @members: numbers of atoms, ascending
 */
u32 find_set(struct rules *rules, const u32 *members, u32 count);

/** set_of_atom - the number of the set that has one member */
u32 set_of_atom(struct rules *rules, u32 atom);

/** only_atom - the first member of a set */
const struct atom *only_atom(const struct rules *rules, u32 set);

/** is_none - is it the set of requests that have no value there? */
bool is_none(const struct rules *rules, u32 set);

/* rules_row.c */

/** add_row - append a copy; valid until the next one */
struct row *add_row(struct rows *rows, const struct row *row);

/** compare_rows - by operation, then by sets; for qsort() and bsearch() */
int compare_rows(const void *a, const void *b);

/** sort_rows - in order, each once, with the sum of the requests */
void sort_rows(struct rows *rows);

/* rules_value.c */

/** gather_names - fill rules.names and rules.numbers */
void gather_names(struct rules *rules);

/** gather_ranges - fill rules.ranges for ports or addresses */
void gather_ranges(struct rules *rules, u32 slot);

/**
 * number_word - a number as it stands behind a "="
 * @room: 32 bytes for it, unless it has a name
 */
const char *number_word(u32 slot, u64 number, char *room);

/** name_atom - the value that a name became; @number: in rules.names */
u32 name_atom(struct rules *rules, u32 number);

/** make_rows - fill rules.single, one for each observation */
void make_rows(struct rules *rules);

/**
 * cover_ops - replace patterns where a wider one of the same operation does
 *
 * The rows are sorted by operation.
 */
void cover_ops(struct rules *rules);

/** class_rows - append the rows of operations that have nothing but a name */
void class_rows(struct rules *rules, struct rows *rows);

/** joined_rows - append the rows of all others, joined */
void joined_rows(struct rules *rules, struct rows *out);

/* rules_comment.c */

/** put_requests - append "7 requests" */
void put_requests(struct kl_buffer *out, u64 requests);

/** explain_atom - append why a value is wider than what was seen; false if it is not */
bool explain_atom(const struct atom *atom, u64 requests, struct kl_buffer *out);

/** make_groups - write groups where they make fewer lines than there would be without */
void make_groups(struct rules *rules, const struct rows *rows);

/** write_blocks - write a block for every operation that has rows or is denied */
void write_blocks(struct rules *rules, const struct rows *rows);

#endif /* KELLAS_RULES_INSIDE_H */
