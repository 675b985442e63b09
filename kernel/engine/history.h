/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history of a process: the programs that it and its ancestors executed,
 * oldest first; the last one is what it runs. Bounded and flat, so that it can
 * be copied into a record, shared by reference, and read without a lock.
 *
 * As text, in records: "~/usr/lib/systemd/systemd(1;0.000000)=>/bin/sh(9;3.5)":
 * program, pid in the initial pid namespace, seconds since boot of the exec;
 * '~' marks what was reconstructed when the module was loaded, and "...=>" at
 * the beginning stands for older programs that were dropped. In a program's
 * name '>' behind '=' is written \076, so that no name can feign an ancestor.
 * In conditions '~' and "(pid;time)" are ignored.
 */
#ifndef KELLAS_HISTORY_H
#define KELLAS_HISTORY_H

#include "../limits.h"
#include "port.h"

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
 * struct kl_history_cursor - a walk through a history, from the oldest
 * @history: which
 * @position: within its data
 */
struct kl_history_cursor {
	const struct kl_history *history;
	u32 position;
};

static inline struct kl_history_cursor
kl_history_walk(const struct kl_history *history)
{
	return (struct kl_history_cursor){ history, 0 };
}

/**
 * kl_history_next - the next program of a walk
 * @program: its name points into the history
 * Return: false at the end, or where the data are malformed. Context: any.
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
 * kl_history_parse - the reverse, for tools; pid and time may be missing
 * @out: receives it; NULL with @room 0 to measure
 * Return: bytes of the history; -EINVAL if @text is none.
 */
ssize_t kl_history_parse(struct kl_text text, struct kl_history *out,
			 size_t room);

#endif /* KELLAS_HISTORY_H */
