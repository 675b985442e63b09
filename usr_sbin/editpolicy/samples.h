/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which recorded requests a line of the policy on the screen decides, as the engine
 * judges them now: an index of the records of the log, made in steps.
 *
 * It keeps up with what comes to the log and what falls out of it, and begins anew
 * when the text changes.
 */
#ifndef KELLAS_SAMPLES_H
#define KELLAS_SAMPLES_H

#include "log.h"
#include "together.h"

struct compiling;
struct job;

/* Samples that are kept at most, of all lines together; a power of two. */
#define SAMPLES_MAX (1u << 20)

/** enum sample_flag - what is known of a sample; bits */
enum sample_flag {
	SAMPLE_FITS = 1,       /* a record says the same */
	SAMPLE_OPEN = 2,       /* the records do not tell if the line decides */
	SAMPLE_UNENFORCED = 4, /* a denial that is not enforced */
	SAMPLE_SILENT = 8,     /* the policy wants no record of it */
};

/**
 * struct sample - a line decides a request, or may
 * @older: which sample of the same line is the next older one, from 1; 0: none
 * @record: number of a record of the request in the log: one that says the same,
 *	if there is one
 * @line: of the text, from 1; 0: here the samples of another request begin
 * @priority: of the block
 * @what: enum kl_result; OPEN: the attribute that is missing
 * @flags: enum sample_flag
 */
struct sample {
	u64 older;
	u64 record;
	u32 line;
	u16 priority;
	u8 what;
	u8 flags;
};

/**
 * struct sample_counts - how many requests a line decides, or for a head, its block
 * @results: by enum kl_result
 * @otherwise: of these, how many were recorded as something else
 * @open: of how many more it cannot be told
 * @op, @slot: of the newest of these, and the attribute that is missing
 */
struct sample_counts {
	u32 results[KL_RESULTS];
	u32 otherwise;
	u32 open;
	u8 op, slot;
};

/**
 * struct sample_line - of a line of the text
 * @newest: its newest sample, from 1; 0: none
 * @counts: of those that are kept
 */
struct sample_line {
	u64 newest;
	struct sample_counts counts;
};

/**
 * struct sample_pending - a request of which another record may come
 * @last: its last record
 * @begin: its first sample
 */
struct sample_pending {
	struct kl_together last;
	u64 begin;
};

/**
 * struct samples - the index
 * @version: of the document that it is of
 * @opened: of the log that it is of
 * @made: it is of anything
 * @wanted: however long that takes
 * @policy: the document compiled; NULL: nothing can be made of it
 * @took: milliseconds that this took the last time
 * @job: it is being compiled; NULL: it is not
 * @compiling: what @job has
 * @next: number of the next record to look at
 * @list, @room: samples; the place of one is the rest of its number
 * @first, @end: numbers of those that are kept
 * @requests: of how many requests
 * @crowded: how many were forgotten although they are in the log
 * @lines, @count: by line of the text; NULL without @policy
 * @pending: by kl_together
 * @begin: sample that the request at hand begins with
 */
struct samples {
	u64 version;
	u32 opened;
	bool made;
	bool wanted;
	struct compiling *policy;
	u64 took;
	struct job *job;
	struct compiling *compiling;
	u64 next;
	struct sample *list;
	u32 room;
	u64 first, end;
	u64 requests, crowded;
	struct sample_line *lines;
	u32 count;
	struct sample_pending pending[KL_TOGETHER_MAX];
	u64 begin;
};

/** samples_tick - have the log read, if there is one */
void samples_tick(struct editor *editor);

/** samples_work - look at some records. Return: there are more */
bool samples_work(struct editor *editor);

/** samples_want - however long that takes */
void samples_want(struct editor *editor);

/**
 * struct sample_answer - what is known of a line
 * @counts: how many
 * @requests: of how many that were looked at
 * @newest_only: older ones were there, too, but are not kept
 * @going_on: there are more to look at
 * @newest: the newest one, for samples_next()
 */
struct sample_answer {
	struct sample_counts counts;
	u64 requests;
	bool newest_only;
	bool going_on;
	u64 newest;
};

/**
 * samples_of - what is known of a line, from 0
 * Return: false: nothing is, or it is no line that decides.
 */
bool samples_of(struct editor *editor, u32 line, struct sample_answer *answer);

/** samples_missing - why nothing is known of a line; NULL: it decides nothing */
const char *samples_missing(const struct editor *editor, u32 line);

/** samples_decided - how many in all */
u32 samples_decided(const struct sample_counts *counts);

/**
 * samples_next - samples of a line, the newest first
 * @at: sample_answer.newest at first
 *
 * Return: NULL: there are no more.
 */
const struct sample *samples_next(const struct editor *editor, u64 *at);

void samples_free(struct samples *samples);

#endif /* KELLAS_SAMPLES_H */
