/* SPDX-License-Identifier: GPL-2.0 */
/* A file sink, as its parts see it: the file being written, and those that are finished. */
#ifndef KELLAS_FILE_SINK_H
#define KELLAS_FILE_SINK_H

#include "compress.h"
#include "logfile.h"
#include "retain.h"
#include "sink.h"

/* Values of the keys fsync and compress. */
enum { KL_FSYNC_NEVER, KL_FSYNC_INTERVAL, KL_FSYNC_ALWAYS };
enum { KL_COMPRESS_NO, KL_COMPRESS_ZSTD };

/* When a file could not be renamed or compressed it is tried again after this. */
#define KL_RENAME_PAUSE 60000u /* milliseconds */

/**
 * struct kl_file_sink - a file sink
 * @sink: what all have
 * @path, @mode, @rotate_size, @rotate_time, @keep, @compress, @fsync,
 *	@fsync_interval: keys
 * @names: what the files are called
 * @file: the one being written
 * @name: its name in the directory
 * @began: it was open before: files of earlier runs are seen to
 * @filled: there is more in @file than what it begins with
 * @first: number of the first record in @file, 0: not known
 * @instance: whose numbers are written
 * @last: the last of them, in this file or before it
 * @have: records of @instance up to this one were there when the file was opened
 * @unnumbered: microseconds since the epoch: records without number up to this time
 *	were there, too; 0 as soon as a later one is written
 * @passed: of these, not written and not told yet
 * @marked: size of @file when it last said @instance
 * @unsynced: number of the first record that is not known to be on disk; 0: none
 * @period: of rotate-time, or of a path that follows the clock
 * @stamp: of the last name given to a finished file
 * @rename_due: milliseconds of kl_loop_now(): not to be renamed before
 * @stuck: it could not be renamed; said
 * @notes: lines about the file itself, formatted, to be written first
 * @notes_lost: of these, for want of room
 * @sync_timer: fsync-interval
 * @sync_set: it is set
 * @clock_timer: the next period, or to look at old files
 * @look: finished files are to be seen to
 * @compressor: the work in progress, or NULL
 * @refused: name of the last file that could not be compressed: neither it nor an
 *	older one is tried again
 * @clock: seconds by which the wall clock was ahead of CLOCK_BOOTTIME at the start
 * @clock_said: that it is not believed was said
 */
struct kl_file_sink {
	struct kl_sink sink;
	char *path;
	u64 mode;
	u64 rotate_size;
	u32 rotate_time;
	struct kl_retention keep;
	u32 compress;
	u32 fsync;
	u64 fsync_interval;
	struct kl_names names;
	struct kl_logfile file;
	char *name;
	bool began;
	bool filled;
	u64 first;
	u64 instance;
	u64 last;
	u64 have;
	u64 unnumbered;
	u64 passed;
	u64 marked;
	u64 unsynced;
	u64 period;
	u64 stamp;
	u64 rename_due;
	bool stuck;
	struct kl_buffer notes;
	u64 notes_lost;
	struct kl_timer sync_timer;
	bool sync_set;
	struct kl_timer clock_timer;
	bool look;
	struct kl_compress *compressor;
	char *refused;
	s64 clock;
	bool clock_said;
};

/** kl_wall_clock - seconds since the epoch */
u64 kl_wall_clock(void);

/** kl_clock_lead - by how much the wall clock is ahead of the one that is never set */
s64 kl_clock_lead(void);

/** kl_file_sink_path - of a file in its directory; the caller frees it */
char *kl_file_sink_path(const struct kl_file_sink *file, const char *name);

/** kl_quoted - a text as a value of a line; the caller frees it */
char *kl_quoted(const char *text);

/** kl_file_sink_add - keep a line about the file until the next batch is written */
void kl_file_sink_add(struct kl_file_sink *file, const struct kl_entry *entry);

/**
 * kl_file_sink_note - a line about the file, to be written into it: see kl_entry_say()
 *
 * What finds no room is counted.
 */
#define kl_file_sink_note(file, ...)                        \
	do {                                                \
		struct kl_buffer line_ = { 0 };             \
		struct kl_entry entry_;                     \
                                                            \
		kl_entry_say(&entry_, &line_, __VA_ARGS__); \
		kl_file_sink_add(file, &entry_);            \
		kl_buffer_free(&line_);                     \
	} while (0)

/** kl_file_sink_names - no name is to be given that one of these has */
void kl_file_sink_names(struct kl_file_sink *file, const struct kl_rotated_list *list);

/**
 * kl_file_sink_look_after - clear up behind compression, remove what need not be
 * kept, and compress the next, if @file->look says so
 *
 * Only once the file written now has something in it: until then a finished one may be
 * needed to tell how far it goes.
 */
void kl_file_sink_look_after(struct kl_file_sink *file);

#endif /* KELLAS_FILE_SINK_H */
