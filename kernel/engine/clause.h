/* SPDX-License-Identifier: GPL-2.0 */
/* One left=right or left!=right of a line: text to struct kl_condition. */
#ifndef KELLAS_CLAUSE_H
#define KELLAS_CLAUSE_H

#include "lex.h"
#include "policy.h"

/**
 * struct kl_clause_parser - what a condition's meaning depends on
 * @strings: where words are interned
 * @error: filled in on failure
 * @op: enum kl_op
 * @assigns: the line may have transition=
 * @line: the line that words point into, to see what cut one off
 */
struct kl_clause_parser {
	struct kl_strings *strings;
	struct kl_error *error;
	u8 op;
	bool assigns;
	struct kl_text line;
};

/**
 * kl_parse_clause - parse a condition
 * @condition: filled in; kl_condition_release() it, after a failure too
 *
 * Return: 0, -EINVAL, -E2BIG, -ENOMEM.
 */
int kl_parse_clause(const struct kl_clause_parser *parser,
		    const struct kl_word *word, struct kl_condition *condition);

/**
 * kl_find_clause_op - by which operation is a line of a rule group to be read?
 * @words: the line's conditions and what stands behind them
 *
 * The first operation that has all attributes that the line names. What else
 * may be wrong with it is left to kl_parse_clause().
 *
 * Return: the operation; -EINVAL with @error if there is none, or if a
 * condition cannot stand in a rule group.
 */
int kl_find_clause_op(struct kl_lexer words, struct kl_error *error);

#endif /* KELLAS_CLAUSE_H */
