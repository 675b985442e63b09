/* SPDX-License-Identifier: GPL-2.0 */
/* What the linter says of the lines of the document. */
#ifndef KELLAS_FINDINGS_H
#define KELLAS_FINDINGS_H

#include "editor.h"
#include "lint.h"

struct finding;
struct job;

/**
 * struct findings - what it says
 * @wanted: they are shown, and kept up to date while that is quick
 * @made: @lint was made, of @version of the document
 * @tried: of @version of the document that was tried
 * @version: see @made
 * @milliseconds: that it took the last time
 * @lint: the findings
 * @left_out: wrong lines that it did not look at
 * @first: by line of the document: number of its first finding, from 1; 0: none
 * @lines: number of @first
 * @job: it is looking, or NULL
 * @finding: what @job has
 * @keys: value of editor.keys at which somebody waits for @job; 0: nobody does
 */
struct findings {
	bool wanted, made, tried;
	u64 version;
	u64 milliseconds;
	struct kl_lint lint;
	u32 left_out;
	u32 *first;
	u32 lines;
	struct job *job;
	struct finding *finding;
	u64 keys;
};

/** findings_next - the action: look, and go to the next line that has one */
void findings_next(struct editor *editor);

/**
 * findings_mark - the action: mark the rules that others cover, and only them
 *
 * They are never the first to match, whatever is requested: without them the policy
 * means the same.
 */
void findings_mark(struct editor *editor);

/** findings_tick - a second has passed: look, unless that takes too long */
void findings_tick(struct editor *editor);

/** findings_refresh - look again after a change, if that is quick and was asked for */
void findings_refresh(struct editor *editor);

/** findings_work - take what was found, wait so long. Return: it is still looking */
bool findings_work(struct editor *editor, u32 milliseconds);

/** findings_percent - how far it is; -1: it is not looking */
int findings_percent(const struct editor *editor);

/** findings_level - of a line, the worst, as enum kl_lint_level; -1: none */
int findings_level(const struct editor *editor, u32 line);

/** findings_of_line - append what is said of a line, each in a line; false: nothing */
bool findings_of_line(const struct editor *editor, u32 line, struct kl_buffer *out);

/**
 * findings_others - the lines that a finding of this line names: those that cover it
 * @others: set to them, from 1
 *
 * Return: how many; 0: there is no such finding.
 */
u32 findings_others(const struct editor *editor, u32 line, const u32 **others);

void findings_free(struct findings *findings);

#endif /* KELLAS_FINDINGS_H */
