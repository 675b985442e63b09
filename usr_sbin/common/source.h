/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Policy text from one or more files, joined into one text, and the way back
 * from a line of it to the file that the user knows.
 */
#ifndef KELLAS_SOURCE_H
#define KELLAS_SOURCE_H

#include "memory.h"
#include "output.h"

/**
 * struct kl_source_file - one of the joined files
 * @name: as it was given; "-" is shown as "<stdin>"
 * @first: number of its first line within the joined text
 */
struct kl_source_file {
	char *name;
	u32 first;
};

/**
 * struct kl_source - the joined text
 * @text: all lines, each ended by a newline; between two files stands a line
 *	that ends an open block and changes nothing
 * @files: in order
 * @count: number of @files
 * @lines: offset in @text of each line, the first being line 1 at index 0
 * @line_count: number of lines
 */
struct kl_source {
	struct kl_buffer text;
	struct kl_source_file *files;
	u32 count;
	size_t *lines;
	u32 line_count;
};

/**
 * kl_source_add - append a file
 * @name: path, or "-" for standard input
 *
 * Return: 0, or a negative errno; -E2BIG beyond KL_TRANSACTION_MAX.
 */
int kl_source_add(struct kl_source *source, const char *name);

/** kl_source_add_text - append a text as if it were a file of that name */
int kl_source_add_text(struct kl_source *source, const char *name, struct kl_text text);

void kl_source_free(struct kl_source *source);

/**
 * kl_source_locate - where a line of the joined text comes from
 * @line: from 1
 * @local: set to the line number within the file
 *
 * Return: name of the file; "?" if there is no such line.
 */
const char *kl_source_locate(const struct kl_source *source, u32 line, u32 *local);

/** kl_source_line - a line of the joined text without its newline */
struct kl_text kl_source_line(const struct kl_source *source, u32 line);

/**
 * kl_source_complain - show an error at its place
 *
 * Prints "FILE:LINE:COLUMN: message", the line, and a caret below the column.
 * A long line is shown around the column.
 */
void kl_source_complain(FILE *stream, const struct kl_source *source,
			const struct kl_error *error);

/**
 * kl_source_refuse - the same as a result: in JSON an object on @output with
 * "valid": false, and place and message; in text on standard error
 */
void kl_source_refuse(struct kl_output *output, const struct kl_source *source,
		      const struct kl_error *error);

/** kl_caret - the two lines below the message alone */
void kl_caret(FILE *stream, struct kl_text line, u32 column);

#endif /* KELLAS_SOURCE_H */
