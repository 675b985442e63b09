/* SPDX-License-Identifier: GPL-2.0 */
/* What a line of a policy says, in words. */
#ifndef KELLAS_WORDS_H
#define KELLAS_WORDS_H

#include "editor.h"

/**
 * words_of_line - append what a line of the document means
 * @whole: all members of groups, all lines of rule groups, up to 1,000
 *
 * Lines end with newlines. The first tells what it does; what follows is for those
 * who want to know more.
 */
void words_of_line(const struct editor *editor, u32 line, bool whole,
		   struct kl_buffer *out);

/**
 * words_decoded - append a line with its \ooo as the characters that they are,
 * but blanks and control characters
 * Return: false if it has none.
 */
bool words_decoded(struct kl_text line, struct kl_buffer *out);

#endif /* KELLAS_WORDS_H */
