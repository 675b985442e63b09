/* SPDX-License-Identifier: GPL-2.0 */
/* One line that somebody types. */
#ifndef KELLAS_PROMPT_H
#define KELLAS_PROMPT_H

#include "canvas.h"

/**
 * struct prompt - a line being typed
 * @text: any bytes but newlines
 * @cursor: offset in @text
 * @scroll: columns at the beginning that are out of sight
 */
struct prompt {
	struct kl_buffer text;
	u32 cursor;
	int scroll;
};

/** prompt_set - begin with a text, the cursor behind it */
void prompt_set(struct prompt *prompt, struct kl_text text);

/** prompt_insert - put a text where the cursor is */
void prompt_insert(struct prompt *prompt, struct kl_text text);

/** prompt_erase - take out the bytes from @from to @to; the cursor goes there */
void prompt_erase(struct prompt *prompt, u32 from, u32 to);

/** prompt_key - edit by a key. Return: false if it is none that edits */
bool prompt_key(struct prompt *prompt, int key);

/** prompt_column - column of the cursor, without @scroll */
int prompt_column(const struct prompt *prompt);

/** prompt_show - scroll so that the cursor is within @width columns */
void prompt_show(struct prompt *prompt, int width);

/**
 * prompt_word - the word before the cursor, for completion
 * @from: set to its offset
 */
struct kl_text prompt_word(const struct prompt *prompt, u32 *from);

void prompt_free(struct prompt *prompt);

#endif /* KELLAS_PROMPT_H */
