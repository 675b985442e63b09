/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a record could become a condition of a rule: for each attribute one,
 * and wider ones, all of which match the record, as the engine says.
 */
#ifndef KELLAS_PROPOSAL_H
#define KELLAS_PROPOSAL_H

#include "logline.h"

/* Conditions for one attribute, narrow to wide. */
#define PROPOSAL_WORDS 12u

/**
 * struct proposal - conditions for one attribute
 * @words: the conditions, owned
 * @count: of @words
 * @chosen: the one that is taken
 * @on: it is taken
 * @rank: of which use it probably is; the most useful ones come first
 */
struct proposal {
	char *words[PROPOSAL_WORDS];
	u32 count, chosen;
	bool on;
	u32 rank;
};

/**
 * struct proposals - all of a record
 * @list, @count: in the order in which they are shown
 * @op: enum kl_op of the record
 */
struct proposals {
	struct proposal *list;
	u32 count;
	u8 op;
};

/**
 * proposals_make - what a request could be told by
 *
 * Attributes that differ in each process, such as pids and inodes, are left out.
 * On are those that say on what it acted, and by which program.
 */
void proposals_make(struct proposals *proposals, const struct kl_logline *line);
void proposals_free(struct proposals *proposals);

/** proposal_word - the condition that is taken of one */
const char *proposal_word(const struct proposal *proposal);

/** proposal_is_subject - is it about the task? */
bool proposal_is_subject(const struct proposal *proposal);

/**
 * proposal_type - take a condition that somebody typed
 * It need not match the record.
 */
void proposal_type(struct proposal *proposal, struct kl_text word);

/**
 * condition_is_wrong - would the engine refuse these conditions?
 * @error: filled in if so, its column within @text, from 1
 */
bool condition_is_wrong(u8 op, struct kl_text text, struct kl_error *error);

#endif /* KELLAS_PROPOSAL_H */
