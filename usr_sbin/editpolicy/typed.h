/* SPDX-License-Identifier: GPL-2.0 */
/* Lines that were typed, to be had again. */
#ifndef KELLAS_TYPED_H
#define KELLAS_TYPED_H

#include "prompt.h"

/**
 * struct typed - what was typed
 * @lines, @count: the oldest first, owned
 * @at: the one that is shown; @count: what is typed now
 */
struct typed {
	char **lines;
	u32 count, at;
};

/** typed_add - a line was typed; @at is behind it */
void typed_add(struct typed *typed, struct kl_text line);

/**
 * typed_key - the line before, or behind, comes into a prompt
 *
 * What is typed now is not lost by that.
 *
 * Return: false if @key does not ask for that, or there is none.
 */
bool typed_key(struct typed *typed, struct prompt *prompt, int key);
void typed_free(struct typed *typed);

#endif /* KELLAS_TYPED_H */
