/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history of a process: the programs that it and its ancestors executed,
 * oldest first; the last one is what it runs. Bounded and flat, so that it can
 * be copied into a record, shared by reference, and read without a lock.
 *
 * As text, in records: "~/usr/lib/systemd/systemd(1;0.000000)=>/bin/sh(9;3.5)":
 * program, pid in the initial pid namespace, seconds since boot of the exec;
 * '~' marks what was reconstructed when the module was loaded, and "...=>" at
 * the beginning stands for older programs that were dropped.
 *
 * No name can feign an ancestor: in a program's name '>' and '\' behind '=' are
 * written \076 and \134, '~' and '\' at its beginning \176 and \134. In a
 * record that text is encoded as every other string is, so that the program
 * "/tmp/x=>/sbin/init" is shown as /tmp/x=\134076/sbin/init.
 */
#ifndef KELLAS_HISTORY_H
#define KELLAS_HISTORY_H

#include "../limits.h"
#include "writer.h"

/**
 * struct kl_program - one entry of a history
 * @exe: the program's name as in task.exe, raw bytes
 * @pid: thread group id in the initial pid namespace
 * @started: nanoseconds since boot of the exec; of a reconstructed entry, of
 *	the process's start
 * @reconstructed: the process is older than the module's task state
 */
struct kl_program {
	struct kl_text exe;
	u32 pid;
	u64 started;
	bool reconstructed;
};

/**
 * struct kl_history - programs, packed
 * @size: bytes of @data
 * @count: programs in it
 * @truncated: older programs were dropped for want of room
 * @data: packed entries; only history.c knows how
 *
 * The text is at most KL_HISTORY_MAX bytes, but for a single program whose name
 * alone is longer: that one is kept whole, alone.
 */
struct kl_history {
	u32 size;
	u16 count;
	bool truncated;
	u8 data[];
};

/**
 * kl_history_grown - room needed for a history with one more program
 * @old: the history so far; NULL: none
 * Return: bytes, struct kl_history included. Context: any.
 */
size_t kl_history_grown(const struct kl_history *old,
			const struct kl_program *program);

/**
 * kl_history_grow - a history with one more program, the newest
 * @out: kl_history_grown() bytes
 *
 * The oldest programs are dropped as far as KL_HISTORY_MAX demands.
 * Context: any.
 */
void kl_history_grow(struct kl_history *out, const struct kl_history *old,
		     const struct kl_program *program);

/**
 * struct kl_history_cursor - a walk through packed programs, from the oldest
 * @data: the next one; need not be aligned
 * @left: bytes from there
 */
struct kl_history_cursor {
	const u8 *data;
	u32 left;
};

/** kl_history_walk - begin a walk */
struct kl_history_cursor kl_history_walk(const struct kl_history *history);

/**
 * kl_history_next - the next program of a walk
 * @program: its name points into the history
 *
 * The data need not be trusted.
 *
 * Return: false at the end, or, with bytes left, where the data are malformed;
 * then @cursor has not moved. Context: any.
 */
bool kl_history_next(struct kl_history_cursor *cursor,
		     struct kl_program *program);

/** kl_history_last - the newest program; false if the history is empty */
bool kl_history_last(const struct kl_history *history,
		     struct kl_program *program);

/**
 * kl_history_text - as in records, raw: not yet encoded for a policy
 * @out: receives it, not NUL-terminated; NULL with @room 0 to measure
 * Return: bytes of the whole text (if more than @room, @out is undefined).
 */
size_t kl_history_text(const struct kl_history *history, char *out,
		       size_t room);

/**
 * kl_history_write - the text of packed programs
 * @cursor: begins at the first of them
 * @truncated: older ones were dropped
 * @encode: in its printed form; else raw
 *
 * Return: false if the data were malformed; the text ends there.
 */
bool kl_history_write(struct kl_writer *writer,
		      struct kl_history_cursor cursor, bool truncated,
		      bool encode);

/**
 * kl_history_parse - the reverse, for tools; pid and time may be missing
 * @text: raw; what is no escape stands for itself
 * @out: receives it; NULL with @room 0 to measure
 *
 * The history need not keep to KL_HISTORY_MAX. Of the empty text it is empty.
 *
 * Return: bytes of the history (if more than @room, @out is undefined); -E2BIG
 * beyond KL_PROGRAMS_MAX.
 */
ssize_t kl_history_parse(struct kl_text text, struct kl_history *out,
			 size_t room);

/**
 * kl_history_split - take the text before the next "=>" of a history
 * @rest: what is left; afterwards what stands behind the "=>"
 * @part: set to what stands before it, or to all
 *
 * For encoded text, such as patterns, as well as for raw one.
 *
 * Return: whether there was one.
 */
bool kl_history_split(struct kl_text *rest, struct kl_text *part);

/** kl_history_is_older - is this part "...", the sign of dropped programs? */
bool kl_history_is_older(struct kl_text part);

/**
 * kl_history_strip - take '~' and "(pid;time)" off the text of a program
 * @text: encoded or raw; afterwards the name alone
 * @program: set but for its name; 0 where there was nothing
 */
void kl_history_strip(struct kl_text *text, struct kl_program *program);

#endif /* KELLAS_HISTORY_H */
