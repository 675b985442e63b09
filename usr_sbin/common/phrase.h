/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Conditions in words, for somebody who has never read the policy language:
 * what is done, by whom, and what else must be so.
 *
 * What is said holds for a request exactly when all conditions do; where the
 * language has no words for that the condition is told by the name of its
 * attribute. Names are unambiguous: one with anything in it but the most
 * common characters is quoted, with blanks, quotes, backslashes and control
 * characters as \ooo. Other characters of UTF-8 stay: who shows them must see
 * to those that cannot be shown.
 */
#ifndef KELLAS_PHRASE_H
#define KELLAS_PHRASE_H

#include "engine/policy.h"
#include "memory.h"

/**
 * struct kl_phrase - conditions that are to be put into words
 * @op: operation by which they name their attributes
 * @any_op: they stand in a rule group: which operation it is, nobody knows
 * @conditions: those of statements (struct kl_statement), such as the ones of
 *	the head of a block and of one of its lines; a transition is left out
 * @count: of @conditions
 * @group: appends who is in a group, behind its name; @path as in kl_phrase_member()
 * @context: for @group
 */
struct kl_phrase {
	enum kl_op op;
	bool any_op;
	const struct kl_condition *const *conditions;
	u32 count;
	void (*group)(void *context, enum kl_group_kind kind, struct kl_text name,
		      bool path, struct kl_buffer *out);
	void *context;
};

/** kl_phrase_put - append "writing to files below /etc, by anyone except root, if ..." */
void kl_phrase_put(const struct kl_phrase *phrase, struct kl_buffer *out);

/**
 * kl_phrase_wildcards - append what the wildcards of quoted patterns mean
 * @told: by kl_phrase_put()
 *
 * Return: false if there are none.
 */
bool kl_phrase_wildcards(struct kl_text told, struct kl_buffer *out);

/** kl_phrase_name - append a valid word without wildcards, unambiguously */
void kl_phrase_name(struct kl_text word, struct kl_buffer *out);

/**
 * kl_phrase_member - append a member of a string group
 * @path: it is compared with names of files, folders or control groups
 */
void kl_phrase_member(struct kl_text word, bool path, struct kl_buffer *out);

#endif /* KELLAS_PHRASE_H */
