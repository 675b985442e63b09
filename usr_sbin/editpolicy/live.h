/* SPDX-License-Identifier: GPL-2.0 */
/* The running kernel beside the document: its policy, its counters, changing it. */
#ifndef KELLAS_LIVE_H
#define KELLAS_LIVE_H

#include "apply.h"
#include "editor.h"
#include "hits.h"

/**
 * struct live - the running kernel
 * @document: the document is the running policy; otherwise a file beside it
 * @hits: counters by line
 * @error: of the last reading: 0, or a negative errno, and there are no counters
 * @next: clock_ms() when to read again
 * @policy: the running policy as it is known, without stat lines
 * @seen: what the kernel said of the policy then
 * @foreign: @policy is somebody else's, not what the document began with or became
 * @trial: what is loaded waits to be confirmed, and this editor loaded it
 * @refused: what the kernel refused last; its line is 0 if nothing
 * @refused_at: version of the document that it refused
 */
struct live {
	bool document;
	struct hits hits;
	int error;
	u64 next;
	struct kl_buffer policy;
	struct kl_tally_policy seen;
	bool foreign;
	bool trial;
	struct kl_error refused;
	u64 refused_at;
};

/**
 * live_read_policy - the running policy as a text to be edited, without stat lines
 * Return: 0 or a negative errno.
 */
int live_read_policy(struct kl_buffer *text);

/**
 * live_open - have the running kernel beside the document, if the module is there
 * @document: the document is what live_read_policy() gave
 */
void live_open(struct editor *editor, bool document);
void live_free(struct live *live);

/** live_tick - a second has passed: read the counters, if it is time */
void live_tick(struct editor *editor);

/** live_read - read the counters now, and see what became of the policy */
void live_read(struct editor *editor);

/**
 * live_expect - this editor itself has just changed the running policy
 * @before: what it was; if it was not what is known of it, somebody else was there, too
 * @after: what it should be now
 */
void live_expect(struct editor *editor, struct kl_text before, struct kl_text after);

/** live_is_document - is it the running policy that is edited? */
bool live_is_document(const struct editor *editor);

/** live_hits - the counters of the lines as they are now; NULL: there are none */
const struct hits *live_hits(struct editor *editor);

/** live_left - seconds that the policy still waits to be confirmed; 0: it does not */
u64 live_left(const struct editor *editor);

/** live_refused - what the kernel said of this line; NULL: nothing */
const struct kl_error *live_refused(const struct editor *editor, u32 line);

/**
 * live_apply - make the document the running policy; says what came of it
 * @confirm: seconds until it is taken back unless live_keep(); 0: it stays
 *
 * Return: false if the kernel refused, or its policy is another than live.policy.
 */
bool live_apply(struct editor *editor, u32 confirm);

/** live_keep, live_take_back - what waits to be confirmed stays, or goes */
void live_keep(struct editor *editor);
void live_take_back(struct editor *editor);

#endif /* KELLAS_LIVE_H */
