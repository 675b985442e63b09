/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What follows from conditions: "whenever these hold, those hold, too", and
 * "these can never hold together". What is said to be proved is true of every
 * request; what is true need not be proved.
 *
 * Known to be compared: equal conditions; strings against patterns, patterns
 * against patterns (language.h), members of groups; numbers and addresses as
 * sets; permission bits; NULL; negations of all of these. Of attributes that are
 * compared with each other only equal conditions. Of several conditions on one
 * attribute all are taken together, those on different attributes are not.
 */
#ifndef KELLAS_COVER_H
#define KELLAS_COVER_H

#include "engine/policy.h"
#include "memory.h"

/**
 * enum kl_proof - what was proved
 * @KL_UNPROVED: nothing; it may be true or not
 * @KL_PROVED_IF_KNOWN: true unless some attribute is unknown: over the limit or
 *	not to be had. What is unknown counts as true in heads and deny lines,
 *	but as false in allow lines: there one line does not stand for another
 * @KL_PROVED: true
 */
enum kl_proof { KL_UNPROVED, KL_PROVED_IF_KNOWN, KL_PROVED };

/**
 * struct kl_claim - conditions that hold at the same time, those of a line
 * @conditions, @count: these
 * @op: operation by which they name their attributes
 * @doubt: what is unknown counts as true
 */
struct kl_claim {
	const struct kl_condition *conditions;
	u32 count;
	u8 op;
	bool doubt;
};

/** kl_claim_of - the conditions of a head, or of a sub-entry by itself */
struct kl_claim kl_claim_of(const struct kl_rule *rule);

struct kl_cover;

/**
 * kl_cover_new - a memory for what was found out of patterns
 *
 * To be freed before the policies that it was asked about.
 */
struct kl_cover *kl_cover_new(void);
void kl_cover_free(struct kl_cover *cover);

/** kl_cover_work - comparisons made so far, for those who want to stop in time */
u64 kl_cover_work(const struct kl_cover *cover);

/**
 * kl_covers - does @outer hold whenever all of @inner hold?
 * @op: operation of the requests; all claims must be possible with it
 * @inner, @count: such as the head of a block and one of its lines
 */
enum kl_proof kl_covers(struct kl_cover *cover, enum kl_op op,
			const struct kl_claim *outer, const struct kl_claim *inner,
			u32 count);

/**
 * kl_covers_together - does one of several hold whenever all of @inner hold?
 * @outers, @outer_count: as many as may take part
 * @needed: set to those that do, as numbers of @outers; room for @outer_count
 * @needed_count: set
 *
 * Found are those that differ from @inner in one and the same attribute.
 */
enum kl_proof kl_covers_together(struct kl_cover *cover, enum kl_op op,
				 const struct kl_claim *outers, u32 outer_count,
				 const struct kl_claim *inner, u32 count, u32 *needed,
				 u32 *needed_count);

/**
 * kl_excludes - can these never hold together?
 * @slot: set to the attribute that contradicts itself, if they can't; in the
 *	terms of @op
 */
enum kl_proof kl_excludes(struct kl_cover *cover, enum kl_op op,
			  const struct kl_claim *claims, u32 count, u32 *slot);

#endif /* KELLAS_COVER_H */
