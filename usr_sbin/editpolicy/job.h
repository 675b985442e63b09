/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Work that keys must not wait for: done by a thread, with nothing in its hands that
 * anybody else has.
 */
#ifndef KELLAS_JOB_H
#define KELLAS_JOB_H

#include "engine/port.h"

/* Texts up to so many bytes are worked on at once: that is quicker than a key. */
#define JOB_SHORT (64u << 10)
/* Milliseconds that view.work may wait for a job, instead of asking ever again. */
#define JOB_WAIT 20u

struct job;

/**
 * job_start - begin
 * @at_once: do all of it here and now
 * @run: does it; may not touch the editor
 * @context: for @run, belongs to the job until job_wait() says that it is done
 * @forget: frees @context if the job is abandoned
 */
struct job *job_start(bool at_once, void (*run)(void *context), void *context,
		      void (*forget)(void *context));

/** job_wait - is it done? Wait for that so many milliseconds */
bool job_wait(struct job *job, u32 milliseconds);

/** job_end - it is done: @context is the caller's again */
void job_end(struct job *job);

/** job_abandon - nobody wants it: @context is freed, now or when it is done. NULL: none */
void job_abandon(struct job *job);

#endif /* KELLAS_JOB_H */
