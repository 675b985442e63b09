/* SPDX-License-Identifier: GPL-2.0 */
/* Policy text to statements, with positioned errors. */
#ifndef KELLAS_PARSE_H
#define KELLAS_PARSE_H

#include "policy.h"

/**
 * struct kl_parser - state between the lines of one text
 * @strings: where words are interned
 * @line: number of the last line parsed, from 1
 * @in_block: a block or rule group is selected, so that sub-entries may follow
 * @in_group: it is a rule group
 * @op: the block's operation
 */
struct kl_parser {
	struct kl_strings *strings;
	u32 line;
	bool in_block;
	bool in_group;
	u8 op;
};

void kl_parser_init(struct kl_parser *parser, struct kl_strings *strings);

/**
 * kl_parse_line - parse one line
 * @text: the line without its newline; any bytes
 * @statement: filled in; release or hand over
 * @error: filled in when the line is refused
 *
 * After a refused head no block is selected, whatever was before; after a
 * refused sub-entry the selection stays (only the first error of a text
 * matters to callers that stop there).
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM (then @error says so too).
 */
int kl_parse_line(struct kl_parser *parser, struct kl_text text,
		  struct kl_statement *statement, struct kl_error *error);

/**
 * kl_parse_text - parse a whole text into a batch
 * @text: lines; the last may lack its newline
 * @batch: initialised by the caller
 *
 * begin, commit and abort are refused here: the text is one transaction.
 *
 * Return: as kl_parse_line(), at the first bad line.
 */
int kl_parse_text(struct kl_parser *parser, struct kl_text text,
		  struct kl_batch *batch, struct kl_error *error);

/**
 * kl_parse_request_word - one left=value word of a log record or of explain
 * @op: operation of the request
 * @word: such as path="/etc/shadow", task.uid=0, argv[1]="-c", ip=10.0.0.1,
 *	path.type=file, envp["A"]="b"
 * @condition: filled in as a condition; a string must be without wildcards,
 *	a number single; != and groups are refused
 *
 * Return: 0, -EINVAL (with @error.column within @word), -ENOMEM.
 */
int kl_parse_request_word(struct kl_strings *strings, enum kl_op op,
			  struct kl_text word, struct kl_condition *condition,
			  struct kl_error *error);

void kl_condition_release(struct kl_condition *condition);

#endif /* KELLAS_PARSE_H */
