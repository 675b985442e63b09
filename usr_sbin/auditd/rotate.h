/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How the files of a file sink are called, and when one ends.
 *
 *	path /var/log/kellas/kellas.log		written now
 *	kellas-20261122T013000.log		rotated then
 *	kellas-20261122T013001.log.zst		the next one, compressed
 *
 * A name is always greater than all before it: of two files of the same second,
 * or if the clock was set back, the later gets the next second. So no name is
 * given twice, and sorted by name they are in order.
 *
 * With %Y, %m, %d and perhaps %H in its last component the path itself follows
 * the clock: nothing is renamed but what rotate-size or a signal ends.
 */
#ifndef KELLAS_ROTATE_H
#define KELLAS_ROTATE_H

#include "memory.h"

/** enum kl_period - rotate-time */
enum kl_period {
	KL_PERIOD_NEVER,
	KL_PERIOD_HOURLY,
	KL_PERIOD_DAILY,
	KL_PERIOD_WEEKLY, /* from Monday on */
};

/** KL_PERIODS - for KL_CONF_CHOICE; in the order of enum kl_period */
#define KL_PERIODS "never hourly daily weekly"

#define KL_SUFFIX_ZSTD ".zst"
#define KL_SUFFIX_PART ".part"

/**
 * struct kl_names - how the files of one sink are called
 * @directory: without a slash at its end, "/" excepted
 * @stem: of the file's name, up to the last dot, with its %Y...
 * @extension: from the last dot on; may be empty
 * @pattern: how often a path with %Y... changes; KL_PERIOD_NEVER: it does not
 */
struct kl_names {
	char *directory;
	char *stem;
	char *extension;
	enum kl_period pattern;
};

/**
 * struct kl_rotated - one finished file
 * @name: in the directory
 * @day: of a path with %Y...: YYYYMMDDhh of that; 0 otherwise
 * @stamp: YYYYMMDDhhmmss; KL_STAMP_NONE: a day file that was never renamed
 * @compressed: ends in .zst
 * @partial: ends in .zst.part: compression was interrupted
 * @size: bytes
 * @modified: when it was last written: seconds since the epoch
 */
struct kl_rotated {
	char *name;
	u64 day;
	u64 stamp;
	bool compressed;
	bool partial;
	u64 size;
	u64 modified;
};

#define KL_STAMP_NONE (~0ull)

/**
 * struct kl_rotated_list - finished files, oldest first
 * @files, @count: at most KL_ROTATED_MAX of them
 * @missed: files beyond that
 */
struct kl_rotated_list {
	struct kl_rotated *files;
	u32 count;
	u32 missed;
};

/**
 * kl_names_init - understand a path
 * @why: set to what is wrong with it
 *
 * Return: 0; -EINVAL.
 */
int kl_names_init(struct kl_names *names, const char *path, const char **why);
void kl_names_free(struct kl_names *names);

/** kl_names_current - cleared, then the name in the directory to be written at a time */
void kl_names_current(const struct kl_names *names, u64 seconds, struct kl_buffer *out);

/**
 * kl_names_match - is this one of our finished files?
 * @rotated: filled in but for name and size
 *
 * The name written now is none, with a path that does not follow the clock.
 */
bool kl_names_match(const struct kl_names *names, const char *name,
		    struct kl_rotated *rotated);

/**
 * kl_names_scan - find our finished files; regular files alone
 * @current: name that is being written, not to be listed; or NULL
 * @list: filled in; kl_rotated_free()
 *
 * Return: 0 or a negative errno.
 */
int kl_names_scan(const struct kl_names *names, const char *current,
		  struct kl_rotated_list *list);
void kl_rotated_free(struct kl_rotated_list *list);

/**
 * kl_names_rotated - cleared, then the name that the file written now gets
 * @current: its name
 * @seconds: now
 * @stamp: of the last name given; replaced by that of this one
 */
void kl_names_rotated(const struct kl_names *names, const char *current, u64 seconds,
		      u64 *stamp, struct kl_buffer *out);

/** kl_period_of - number of the period that a time is in */
u64 kl_period_of(enum kl_period period, u64 seconds);

/** kl_period_left - seconds until the next one begins; a week for KL_PERIOD_NEVER */
u64 kl_period_left(enum kl_period period, u64 seconds);

/**
 * kl_period_over - has a new period begun?
 * @current: the period being written; replaced if so
 *
 * A clock that is set back a little and comes again does not begin a period
 * twice. One that is more than a period behind was wrong before: then @current
 * is corrected, and nothing begins.
 */
bool kl_period_over(enum kl_period period, u64 seconds, u64 *current);

/** kl_stamp_time - seconds since the epoch of YYYYMMDDhhmmss */
u64 kl_stamp_time(u64 stamp);

#endif /* KELLAS_ROTATE_H */
