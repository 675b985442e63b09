/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names to patterns.
 *
 * Names that were seen are sorted into a tree by their components. What stands
 * side by side in one folder is compared: components of one shape (shape.h) that
 * differ in the same hole in @different ways become one pattern, and what is
 * below them is looked at together. Holes in which all are equal stay as they
 * are, and so does every component that was the same in all names: a pattern
 * matches nothing that differs in it. Numbers of the kernel, dates and versions of
 * libraries are patterns already if they were seen once.
 *
 * A folder in which one operation (a tag) met @entries different names, patterns
 * counted as one, becomes "\*" for this operation, or "\*.txt" if that is enough.
 * Not so the folders where this would open what nobody meant (KL_GENERALISE_KEPT).
 *
 * Every pattern says how many names it stands for, gives examples, and has a
 * reason for each kind of its wildcards. Each is checked with the engine's
 * matcher on every name that it stands for; where it does not match, or is too
 * long for a pattern, the names stay as they are.
 */
#ifndef KELLAS_GENERALISE_H
#define KELLAS_GENERALISE_H

#include "engine/pattern.h"
#include "shape.h"

/* Names that must differ in one place before it becomes a wildcard. */
#define KL_GENERALISE_DIFFERENT 3u
/* Different names in one folder before it becomes "\*". */
#define KL_GENERALISE_ENTRIES 20u
/* Longer names are never generalised, bytes. */
#define KL_GENERALISE_LENGTH 4096u

/* Folders that never become "\*", however much is seen in them; ended by NULL. */
extern const char *const kl_generalise_kept[];

/**
 * struct kl_generalise - how to go about it
 * @level: what may become a wildcard
 * @different: KL_GENERALISE_DIFFERENT or another number, at least 1
 * @entries: KL_GENERALISE_ENTRIES or another number, at least 1
 */
struct kl_generalise {
	enum kl_generality level;
	u32 different;
	u32 entries;
};

#define KL_NAME_EXAMPLES 2

/**
 * struct kl_name_pattern - what became of one or more names
 * @word: the pattern, encoded, as it stands between the quotes of a condition
 * @matcher: compiled; NULL if it has no wildcard
 * @different: by enum kl_reason: how many different values stood in the place of
 *	its wildcards of this kind; the greatest, if it has several; 0: none of it
 * @shown: by enum kl_reason: what that wildcard looks like; NULL if none of it
 * @names: different names
 * @requests: sum of their counts
 * @examples: first and last of the names, in order; the second empty if there
 *	is but one
 */
struct kl_name_pattern {
	char *word;
	struct kl_pattern *matcher;
	u32 different[KL_REASONS];
	char *shown[KL_REASONS];
	u32 names;
	u64 requests;
	struct kl_text examples[KL_NAME_EXAMPLES];
};

struct kl_names;

struct kl_names *kl_names_new(const struct kl_generalise *how);
void kl_names_free(struct kl_names *names);

/**
 * kl_names_add - a name that was seen
 * @raw: must outlive @names
 * @tag: operation: counts the entries of folders for itself
 * @count: how often
 *
 * Return: the number of what was added, from 0, ascending.
 */
u32 kl_names_add(struct kl_names *names, struct kl_text raw, u32 tag, u64 count);

/** kl_names_generalise - all were added: make patterns; once */
void kl_names_generalise(struct kl_names *names);

/** kl_names_pattern - what became of a name; equal patterns are one object */
const struct kl_name_pattern *kl_names_pattern(const struct kl_names *names, u32 number);

/** kl_names_raw - the name that was added */
struct kl_text kl_names_raw(const struct kl_names *names, u32 number);

/**
 * kl_name_explain - append why a pattern is what it is, a clause for each kind
 *
 * Such as "\$ stands for a number because of 97 different ones", joined by "; ".
 * Nothing for a pattern without wildcards.
 */
void kl_name_explain(const struct kl_name_pattern *pattern, struct kl_buffer *out);

#define KL_NAME_PROPOSALS 8u

/**
 * kl_name_propose - patterns for one name, from narrow to wide
 * @raw: any bytes
 * @words: set to at most KL_NAME_PROPOSALS encoded patterns that match it, each
 *	different, the first of them the name itself; to be freed
 *
 * Return: how many.
 */
u32 kl_name_propose(struct kl_text raw, char **words);

#endif /* KELLAS_GENERALISE_H */
