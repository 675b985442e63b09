/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a report shows of a log: who did what, each said once and numbered, and
 * for every record when and which of these.
 */
#ifndef KELLAS_REPORT_MODEL_H
#define KELLAS_REPORT_MODEL_H

#include "histree.h"
#include "ids.h"

/* More records are refused: no browser would show the page. */
#define REPORT_RECORDS_MAX 5000000u
/* Records with all their attributes, if --max-records does not say. */
#define REPORT_SHOWN 20000u
#define REPORT_SHOWN_MAX 1000000u
/* What is beyond is summed up as one. */
#define REPORT_NAMES_MAX 500000u
#define REPORT_PROCESSES_MAX 200000u
/* Lines about losses and the like that are shown; all are counted. */
#define REPORT_NOTES_MAX 1000u
/* Bytes of the arguments of one operation. */
#define REPORT_DETAIL_MAX 1024u

/** enum report_name - the first names, which stand for something else */
enum report_name {
	REPORT_NAME_NONE,  /* the operation has no such name */
	REPORT_NAME_OTHER, /* one of those beyond REPORT_NAMES_MAX */
};

/**
 * enum report_flag - what a deed was, besides its result
 * @REPORT_UNENFORCED: denied, but it happened
 * @REPORT_CHECK: it was only asked for
 */
enum report_flag {
	REPORT_UNENFORCED = 4,
	REPORT_CHECK = 8,
};

/**
 * struct report_deed - what a process did, the same as often as it did it
 * @process: number in report.processes, or KL_NO_ID: beyond their limit
 * @op: enum kl_op
 * @result: enum kl_result and enum report_flag
 * @rule: number in report.rules
 * @user: number in report.users; KL_NO_ID: the record does not say
 * @name, @other: numbers of the names it was done to
 * @detail: number of the name that its other parameters make
 */
struct report_deed {
	u32 process;
	u32 op;
	u32 result;
	u32 rule;
	u32 user;
	u32 name, other;
	u32 detail;
};

/** enum report_origin - how much is known of a process */
enum report_origin {
	REPORT_RECONSTRUCTED = 1, /* it was there before the module */
	REPORT_ORPHAN = 2,	  /* its ancestors were dropped from the history */
	REPORT_BARE = 4,	  /* the record has no history */
};

/**
 * struct report_process - a program that a process executed
 * @node: in the tree; its @id is the number of this, from 1 on
 * @exe: number of its name
 * @argv: number of its arguments, if the log tells its execution
 */
struct report_process {
	const struct kl_histree_node *node;
	u32 exe;
	u32 argv;
};

/**
 * struct report_record - a record that is shown with all its attributes
 * @index: among all records
 * @what, @subject, @object: numbers in report.texts: JSON
 */
struct report_record {
	u32 index;
	u32 what, subject, object;
	u64 sequence;
	u64 pid;
	u64 omitted;
};

/**
 * struct report - what was found
 * @names: of programs, files, addresses, ..., encoded; see enum report_name
 * @rules: label and priority: "LABEL PRIORITY"
 * @users: task.uid, as u64
 * @deeds: struct report_deed
 * @texts: attributes of records that are shown, JSON
 * @instances: of the module, as the log names them; the first is not named
 * @boots: boot ids that the log names
 * @processes, @process_room: by their number
 * @process_count: of these
 * @tree: their histories
 * @pending: parents and pids that executed something
 * @pending_argv: number of the name of these arguments, by number in @pending
 * @pending_room: of @pending_argv
 * @times, @which, @count, @room: of each record its time and deed
 * @shown, @shown_count, @shown_max: records in full
 * @spare: positions in @shown of records that may give way to a denial
 * @spare_count: of @spare
 * @notes: JSON of lines that are no requests, with commas between
 * @note_count: of these lines
 * @lost, @suppressed: records, as these lines say
 * @daemon_losses: lines about losses of kellas-auditd
 * @names_folded, @processes_folded: records that the limits concern
 * @details_cut: records with details that were too long
 * @scratch: for one text at a time
 */
struct report {
	struct kl_ids names, rules, users, deeds, texts, instances, boots;
	struct report_process *processes;
	u32 process_count, process_room;
	struct kl_histree tree;
	struct kl_ids pending;
	u32 *pending_argv;
	u32 pending_room;
	u64 *times;
	u32 *which;
	u32 count, room;
	struct report_record *shown;
	u32 shown_count, shown_max;
	u32 *spare;
	u32 spare_count;
	struct kl_buffer notes;
	u64 note_count;
	u64 lost, suppressed, daemon_losses;
	u64 names_folded, processes_folded, details_cut;
	struct kl_buffer scratch;
};

/** report_init - nothing found yet; at most @shown_max records in full */
void report_init(struct report *report, u32 shown_max);
void report_free(struct report *report);

/** report_add - a request; false: REPORT_RECORDS_MAX is reached */
bool report_add(struct report *report, const struct kl_logline *line);

/** report_add_note - a line that is no request */
void report_add_note(struct report *report, const struct kl_logline *line);

/** report_note_instance - which instance of the module the log goes on with */
void report_note_instance(struct report *report, const struct kl_logline *line);

/** report_name - the number of a raw name, encoded */
u32 report_name(struct report *report, struct kl_text raw);

/** report_process_of - the number of the process of a request, or KL_NO_ID */
u32 report_process_of(struct report *report, const struct kl_logline *line);

/** report_parent_of - the number of what a process executed before, or of what forked it */
u32 report_parent_of(const struct report *report, u32 process);

/** report_origin_of - how much is known of a process: enum report_origin */
u32 report_origin_of(const struct report *report, u32 process);

/**
 * report_note_execution - a process executes: what, is said where the program
 * begins
 */
void report_note_execution(struct report *report, u32 process, u64 pid, u32 argv);

#endif /* KELLAS_REPORT_MODEL_H */
