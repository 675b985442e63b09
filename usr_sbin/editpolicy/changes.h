/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the text on the screen changes, before it takes effect: the difference to
 * what is saved or to the running policy, what the linter says, and what would
 * have become of recorded requests.
 */
#ifndef KELLAS_CHANGES_H
#define KELLAS_CHANGES_H

#include "editor.h"
#include "policy_file.h"
#include "tally.h"

struct comparing;
struct job;
struct linting;
struct preview;

/** enum changes_step - what is done next, or just now */
enum changes_step { CHANGES_COMPARE, CHANGES_LINT, CHANGES_REPLAY, CHANGES_DONE };

/**
 * struct changes_row - a line of the view
 * @style: enum style
 * @line: line of the document that it is about, from 1; 0: none
 * @text: as it is shown
 */
struct changes_row {
	u8 style;
	u32 line;
	char *text;
};

/**
 * struct changes - the view
 * @rows: its lines
 * @position: where in them
 * @cursor: where to be when they are made anew
 * @running: compared with the running policy; otherwise with what is saved
 * @version: of the document that they are about
 * @running_seen: the running policy that they are about
 * @asked: the running policy that was last asked about
 * @differences: lines that differ
 * @step: enum changes_step
 * @job: of COMPARE and LINT, or NULL
 * @comparing: of COMPARE: what @job has
 * @linting: of LINT: what @job has, @after meanwhile, too
 * @before, @after: the policies, compiled; NULL where they are wrong
 * @whole: @after can be applied
 * @preview: recorded requests being judged, or NULL
 * @seconds: what was last typed for applying for a time
 */
struct changes {
	struct changes_row *rows;
	struct rows position;
	u32 cursor;
	bool running;
	u64 version;
	struct kl_tally_policy running_seen, asked;
	u32 differences;
	u8 step;
	struct job *job;
	struct comparing *comparing;
	struct linting *linting;
	struct kl_policy_file *before, *after;
	bool whole;
	struct preview *preview;
	u32 seconds;
};

/** changes_show - turn to the view: the action of the policy's */
void changes_show(struct editor *editor);

/**
 * changes_make - make the view anew, from what there is now
 *
 * Of long texts changes_work() does that.
 */
void changes_make(struct editor *editor, bool running);

/** changes_are_old - was something changed since it was made? */
bool changes_are_old(const struct editor *editor);

/** changes_percent - how much of LINT is done */
u32 changes_percent(const struct changes *changes);

/** changes_work - do some of what takes time. Return: there is more */
bool changes_work(struct editor *editor);

/** changes_add - append a row; @line: from 1, 0: none */
void changes_add(struct changes *changes, u8 style, u32 line, const char *format, ...)
	__printf(4, 5);

void changes_free(struct changes *changes);

#endif /* KELLAS_CHANGES_H */
