/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A log record as text, back to a request. CaitSith's records are understood
 * as well as ours; header fields that are not known are passed over.
 */
#ifndef KELLAS_LOGLINE_H
#define KELLAS_LOGLINE_H

#include "facts.h"

/**
 * enum kl_logline_kind - what a line of a log is
 *
 * Those that kellas-auditd puts between the records: DAEMON is what it says of
 * itself, "#TIME# daemon=EVENT KEY=VALUE..."; CONSOLE is what another machine's
 * console said, "#TIME# netconsole=ADDRESS / TEXT".
 */
enum kl_logline_kind {
	KL_LOGLINE_REQUEST,
	KL_LOGLINE_LOST,
	KL_LOGLINE_SUPPRESSED,
	KL_LOGLINE_DAEMON,
	KL_LOGLINE_CONSOLE,
};

/**
 * struct kl_loss - how many of a rule's records were lost or suppressed
 * @label: of the rule; "other" for all without a name
 * @count: records
 */
struct kl_loss {
	struct kl_text label;
	u64 count;
};

/* Rules named in one record, and "other". */
#define KL_LOGLINE_LOSSES (KL_LOSS_RULES_MAX + 1)

/**
 * struct kl_logline - one record
 * @kind: enum kl_logline_kind; decides which fields mean something
 * @time: microseconds since the epoch
 * @sequence: REQUEST: seq=, 0 if there was none; LOST: first lost number
 * @last: LOST: last lost number
 * @count: LOST, SUPPRESSED: how many
 * @index: SUPPRESSED: audit index
 * @losses, @loss_count: LOST, SUPPRESSED: by rule
 * @pid: REQUEST: global-pid=
 * @result: REQUEST: enum kl_result
 * @priority: REQUEST: of the block
 * @label: REQUEST: rule=; length 0 if there was none
 * @unenforced: REQUEST: enforced=no
 * @check: REQUEST: check=yes
 * @omitted: REQUEST: arguments left out of the record
 * @instance: text of instance=, length 0 if there was none
 * @boot: text of boot_id=, likewise
 * @unknown_fields: header fields passed over
 * @facts: REQUEST: operation and attributes; overlong= makes a slot unknown
 * @origin: CONSOLE: who said it
 * @words: REQUEST: text behind the operation keyword; DAEMON: from "daemon=" on,
 *	for kl_logline_pair(); CONSOLE: the text
 *
 * Texts point into the line that was parsed.
 */
struct kl_logline {
	u8 kind;
	u8 result;
	u16 priority;
	bool unenforced;
	bool check;
	u64 time;
	u64 sequence;
	u64 last;
	u64 count;
	u64 index;
	u64 pid;
	u64 omitted;
	struct kl_loss losses[KL_LOGLINE_LOSSES];
	u32 loss_count;
	u32 unknown_fields;
	struct kl_text label;
	struct kl_text instance;
	struct kl_text boot;
	struct kl_facts facts;
	struct kl_text origin;
	struct kl_text words;
};

/** kl_logline_init - @strings: table for interning while a line is parsed */
void kl_logline_init(struct kl_logline *logline, struct kl_strings *strings);
void kl_logline_free(struct kl_logline *logline);

/**
 * kl_logline_parse - parse one record
 * @line: any bytes, without the newline; must outlive the use of @logline
 * @error: filled in if it is no record; the column counts from the beginning
 *
 * Return: 0; -EINVAL, -E2BIG, -EEXIST, -ENOMEM.
 */
int kl_logline_parse(struct kl_logline *logline, struct kl_text line,
		     struct kl_error *error);

/**
 * kl_logline_parse_head - the same without the operation and what follows it
 *
 * Much cheaper. Of a request neither @logline->facts nor @logline->words is set, and
 * what is wrong with them is not found.
 */
int kl_logline_parse_head(struct kl_logline *logline, struct kl_text line,
			  struct kl_error *error);

/**
 * kl_logline_pair - take the next KEY=VALUE off a line, passing over other words
 * @rest: the line at first, behind the pair afterwards
 *
 * Quotes around a value are left out, what is encoded stays so.
 *
 * Return: false at the end.
 */
bool kl_logline_pair(struct kl_text *rest, struct kl_text *key, struct kl_text *value);

/** kl_result_name - "unmatched", "allowed" or "denied" */
const char *kl_result_name(enum kl_result result);

/** kl_result_find - the value of such a word, or -ENOENT */
int kl_result_find(struct kl_text word);

#endif /* KELLAS_LOGLINE_H */
