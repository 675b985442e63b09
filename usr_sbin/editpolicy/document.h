/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of a policy while it is edited: lines of any bytes, changed by
 * replacing ranges of them, every change taken back and done again without
 * limit. What is not touched comes out byte for byte as it went in.
 *
 * Lines are counted from 0. Memory that runs out ends the program (memory.h).
 */
#ifndef KELLAS_DOCUMENT_H
#define KELLAS_DOCUMENT_H

#include "memory.h"

struct document;

/** document_new - a document of a text, without changes */
struct document *document_new(struct kl_text text);
void document_free(struct document *document);

/** document_lines - number of lines */
u32 document_lines(const struct document *document);

/** document_line - a line without its newline; valid until the next change */
struct kl_text document_line(const struct document *document, u32 line);

/** document_text - append the whole text to @out, as it would be saved */
void document_text(const struct document *document, struct kl_buffer *out);

/**
 * document_begin - begin a step: what one undo takes back
 * @what: what it does, such as "delete 3 lines"; a literal or one that lives on
 * @place: line that the cursor is on, to go back to
 *
 * What was undone before and not done again is forgotten with the first change.
 */
void document_begin(struct document *document, const char *what, u32 place);

/**
 * document_replace - put lines in the place of others; within a step
 * @at: first line concerned; the number of lines appends
 * @removed: how many go
 * @lines: how many come: @count, without newlines
 */
void document_replace(struct document *document, u32 at, u32 removed,
		      const struct kl_text *lines, u32 count);

/** document_end - end the step. One that changed nothing is none */
void document_end(struct document *document);

/**
 * document_undo, document_redo - take the last step back, or do it again
 * @place: set to the line where it happened
 *
 * Return: what the step is called; NULL if there is none.
 */
const char *document_undo(struct document *document, u32 *place);
const char *document_redo(struct document *document, u32 *place);

/** document_changed - does it differ from what was read or last saved? */
bool document_changed(const struct document *document);

/** document_saved - as it is now it is kept elsewhere */
void document_saved(struct document *document);

/**
 * document_tried - as it is now it is kept elsewhere, but perhaps not for long
 *
 * It counts as changed until document_settle().
 */
void document_tried(struct document *document);

/** document_is_tried - is it as it was when it was last tried? */
bool document_is_tried(const struct document *document);

/** document_settle - what was tried is kept elsewhere for good, or not at all */
void document_settle(struct document *document, bool kept);

/** document_version - differs whenever the text may differ */
u64 document_version(const struct document *document);

#endif /* KELLAS_DOCUMENT_H */
