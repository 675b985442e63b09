/* SPDX-License-Identifier: GPL-2.0 */
/* What flows through the daemon: one line, and what is known about it. */
#ifndef KELLAS_ENTRY_H
#define KELLAS_ENTRY_H

#include "logline.h"

/** enum kl_entry_source - who said it */
enum kl_entry_source {
	KL_ENTRY_KERNEL,	/* a record of /proc/kellas/audit */
	KL_ENTRY_DAEMON,	/* the daemon itself: started, lost, repeated */
	KL_ENTRY_NETCONSOLE,	/* a console line of another machine */
};

/**
 * struct kl_entry - one line
 * @source: who said it
 * @sequence: KERNEL: last number that it accounts for (of a loss record the
 *	last lost); 0 otherwise
 * @instance: KERNEL: of the module that gave the number
 * @time: microseconds since the epoch: the record's own, or when the first
 *	byte arrived
 * @line: without newline; KERNEL: any bytes but newline; the others: plain ASCII,
 *	see assembler.h
 * @record: KERNEL: parsed, its facts only if kl_input.whole; NULL if it could not be
 *	parsed (it is kept all the same)
 * @console: DAEMON: it is about senders of netconsole, who can cause any number of
 *	them: goes where their lines go, and nowhere else
 * @origin: NETCONSOLE: "ADDRESS:PORT"; empty otherwise
 *
 * Nothing of it outlives the call that it is given to.
 */
struct kl_entry {
	enum kl_entry_source source;
	u64 sequence;
	u64 instance;
	u64 time;
	struct kl_text line;
	const struct kl_logline *record;
	bool console;
	struct kl_text origin;
};

/** enum kl_entry_format - how a sink wants its lines */
enum kl_entry_format {
	KL_ENTRY_TEXT,	/* as the kernel gives them */
	KL_ENTRY_JSON,	/* one object a line, as kellasctl -o json */
	KL_ENTRY_ECS,	/* one object a line, Elastic Common Schema names */
};

/** KL_ENTRY_FORMATS - for KL_CONF_CHOICE; in the order of enum kl_entry_format */
#define KL_ENTRY_FORMATS "text json ecs"

/**
 * kl_entry_format - append the line in a format, without newline
 *
 * Text: records and the daemon's own lines as they are; a console line becomes
 * "#TIME# netconsole=ADDRESS:PORT / TEXT". JSON: as kl_put_record(); the others have
 * "type" "daemon", "netconsole" or "unreadable". ECS: see ecs.c.
 */
void kl_entry_format(const struct kl_entry *entry, enum kl_entry_format format,
		     struct kl_buffer *out);

/**
 * kl_entry_say - make a line of the daemon's own: "#TIME# daemon=EVENT KEY=VALUE..."
 * @entry: filled in: DAEMON, time: now
 * @line: cleared, then filled in; @entry->line points to it
 * @format: what follows "daemon=": "torn bytes=%llu". Values that may hold a
 *	space or control character go through kl_entry_quote() first
 */
void kl_entry_say(struct kl_entry *entry, struct kl_buffer *line, const char *format, ...)
	__printf(3, 4);

/** kl_entry_quote - append a value as it stands in a record: "..." with \ooo */
void kl_entry_quote(struct kl_buffer *out, struct kl_text raw);

#endif /* KELLAS_ENTRY_H */
