/* SPDX-License-Identifier: GPL-2.0 */
/* A policy of which some lines may be wrong: what the others mean. */
#ifndef KELLAS_LENIENT_H
#define KELLAS_LENIENT_H

#include "document.h"
#include "policy_file.h"

/**
 * lenient_apply - read a text without its wrong lines
 * @text: lines; one that is wrong, or cannot be with the others, counts as empty
 * @name: of the text
 * @file: filled in: lines have the numbers that they have in the text; to be
 *	freed in any case
 * @error: why the first line was left out
 *
 * Return: the number of lines that were left out; -1: there are too many.
 */
int lenient_apply(struct kl_text text, const char *name, struct kl_policy_file *file,
		  struct kl_error *error);

#endif /* KELLAS_LENIENT_H */
