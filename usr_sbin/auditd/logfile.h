/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One open log file of which every line is whole: what a write could not
 * finish is cut off again, at once or as soon as that is possible.
 */
#ifndef KELLAS_LOGFILE_H
#define KELLAS_LOGFILE_H

#include <sys/uio.h>

#include "tail.h"

/**
 * struct kl_logfile - the file that is written
 * @fd: -1: not open
 * @path: its name when it was opened
 * @device, @inode: what it is
 * @modified: seconds since the epoch: when it was last written before it was opened
 * @size: bytes in it, whole lines only
 * @synced: bytes of them that are known to be on disk
 * @cut: it is longer than @size and is to be cut back to it
 */
struct kl_logfile {
	int fd;
	char *path;
	u64 device, inode;
	u64 modified;
	u64 size;
	u64 synced;
	bool cut;
};

/** KL_LOGFILE - a file that is not open */
#define KL_LOGFILE { .fd = -1 }

/**
 * kl_logfile_open - open a file, or make it, and its directory
 * @directory: part of @path; made with 0700 if it is missing
 * @mode: of a new file
 * @tail: what it ended with; a torn line is cut off already. kl_tail_free()
 *
 * Symbolic links and whatever is no regular file are refused.
 *
 * Return: 0 or a negative errno: -ELOOP for a link, -ENOTSUP for no regular file.
 */
int kl_logfile_open(struct kl_logfile *file, const char *directory, const char *path,
		    mode_t mode, struct kl_tail *tail);

/** enum kl_logfile_fate - what others did to the file */
enum kl_logfile_fate {
	KL_LOGFILE_UNCHANGED,
	KL_LOGFILE_REMOVED,	/* there is no file of that name any more */
	KL_LOGFILE_REPLACED,	/* there is another */
	KL_LOGFILE_CHANGED,	/* its size is not what we made it */
};

/** kl_logfile_check - what others did to it, or a negative errno; @now: its size */
int kl_logfile_check(struct kl_logfile *file, u64 *now);

/**
 * kl_logfile_write - append
 * @parts: the bytes; a line may be of several
 * @count: number of @parts, at most UIO_MAXIOV
 * @kept: set to how many bytes were written and stay: up to the end of a line
 *
 * Return: 0; a negative errno if not all of it was written.
 */
int kl_logfile_write(struct kl_logfile *file, const struct iovec *parts, int count,
		     size_t *kept);

/**
 * kl_logfile_sync - everything to disk
 *
 * If it fails the kernel has forgotten that there is something to write: what
 * is not known to be on disk is cut off if @redo, and has to be written again.
 *
 * Return: 0 or a negative errno.
 */
int kl_logfile_sync(struct kl_logfile *file, bool redo);

/** kl_logfile_settle - cut off what could not be before; 0 or a negative errno */
int kl_logfile_settle(struct kl_logfile *file);

/** kl_logfile_close - without syncing */
void kl_logfile_close(struct kl_logfile *file);

/** kl_sync_directory - names made and removed in it to disk; 0 or a negative errno */
int kl_sync_directory(const char *path);

/** kl_rename_new - rename within a file system; -EEXIST if @to exists */
int kl_rename_new(const char *from, const char *to);

#endif /* KELLAS_LOGFILE_H */
