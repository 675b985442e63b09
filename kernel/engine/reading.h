/* SPDX-License-Identifier: GPL-2.0 */
/* A line on its way to a statement; what the files that parse lines share. */
#ifndef KELLAS_READING_H
#define KELLAS_READING_H

#include "lex.h"
#include "parse.h"

/**
 * struct kl_reading - a line being parsed
 * @parser: state between the lines
 * @lexer: the words behind @verb
 * @verb: the word that says what the line is
 * @prioritized: a priority was given
 * @statement: what is being made
 * @error: for refusals
 */
struct kl_reading {
	struct kl_parser *parser;
	struct kl_lexer lexer;
	struct kl_word verb;
	bool prioritized;
	struct kl_statement *statement;
	struct kl_error *error;
};

/** kl_reading_end - nothing may follow. Return: 0 or -EINVAL. */
int kl_reading_end(struct kl_reading *r);

/** kl_read_quota - a quota line, behind its verb. Return: 0 or -EINVAL. */
int kl_read_quota(struct kl_reading *r);

#endif /* KELLAS_READING_H */
