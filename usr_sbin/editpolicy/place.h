/* SPDX-License-Identifier: GPL-2.0 */
/* Where a rule for a request belongs in a policy. */
#ifndef KELLAS_PLACE_H
#define KELLAS_PLACE_H

#include "compiled.h"
#include "logline.h"

/** enum verb - what a rule shall do */
enum verb {
	VERB_ALLOW,
	VERB_DENY,
	VERB_AUDIT, /* no rule: a block that leaves records */
	VERBS
};

/**
 * struct place - a place
 * @head: line of the head of the block, from 1; 0: a new block
 * @before: line that decides now and comes behind the new one, from 1; 0: none does
 * @at: line of the document that the new one comes before, from 0
 * @priority: number of the new line
 * @tight: no number is free before @before: only the order of the lines tells
 *	which is asked first
 * @denies: the block denies the request now, or may
 * @indent: blanks that the lines of the block begin with
 */
struct place {
	u32 head;
	u32 before;
	u32 at;
	u32 priority;
	bool tight;
	bool denies;
	char indent[16];
};

/**
 * place_find - find it
 * @editor: with the policy as its document
 * @line: the request
 *
 * An allow goes before what denies, a deny before what decides in the block that
 * made the record, or else in the first one that matches. Where none does, and
 * for an audit, it is a new block, behind those of the same operation.
 *
 * Return: false if the policy cannot be compiled; a reason was said.
 */
bool place_find(struct editor *editor, struct kl_logline *line, enum verb verb,
		struct place *place);

/** place_says - append where that is, in words */
void place_says(const struct editor *editor, const struct place *place, u8 op,
		struct kl_buffer *out);

#endif /* KELLAS_PLACE_H */
