/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far each sink has got, across restarts: lines
 *
 *	instance 0123456789abcdef
 *	seen 1234
 *	clean yes
 *	sink NAME 1230
 */
#ifndef KELLAS_POSITION_H
#define KELLAS_POSITION_H

#include "limits.h"
#include "memory.h"

/**
 * struct kl_position_sink - how far one sink has got
 * @name: of the sink
 * @safe: number up to which all records are safe in it
 */
struct kl_position_sink {
	char name[KL_NAME_MAX + 1];
	u64 safe;
};

/**
 * struct kl_position - what the file says
 * @instance: of the module that the numbers belong to; 0: nothing is known
 * @seen: last record that was routed
 * @clean: the daemon ended in order: nothing was sent that is not in @sinks
 * @sinks, @count: sinks
 */
struct kl_position {
	u64 instance;
	u64 seen;
	bool clean;
	struct kl_position_sink *sinks;
	u32 count;
};

/**
 * kl_position_read - read the file
 *
 * One that is not there or cannot be understood, which is said, is as if
 * nothing were known.
 */
void kl_position_read(const char *path, struct kl_position *position);

/** kl_position_write - replace the file, so that either the old or the new is on disk */
int kl_position_write(const char *path, const struct kl_position *position);

/** kl_position_add - a sink more */
void kl_position_add(struct kl_position *position, const char *name, u64 safe);

/** kl_position_find - how far a sink has got; @seen for one that is not known */
u64 kl_position_find(const struct kl_position *position, const char *name);

/** kl_position_equal - do they say the same? */
bool kl_position_equal(const struct kl_position *a, const struct kl_position *b);

void kl_position_free(struct kl_position *position);

/**
 * kl_replace_file - write a file under another name and rename it
 * @sync: it must be on disk before it gets its name
 *
 * Return: 0 or a negative errno; then the old file is still there.
 */
int kl_replace_file(const char *path, struct kl_text text, bool sync);

#endif /* KELLAS_POSITION_H */
