/* SPDX-License-Identifier: GPL-2.0 */
/* The module's files in /proc/kellas. */
#ifndef KELLAS_PROC_H
#define KELLAS_PROC_H

#include "memory.h"

/* The policy language and the interfaces that these tools understand. */
#define KL_TOOLS_LANGUAGE 1

/**
 * kl_proc_directory - where the files are
 *
 * /proc/kellas, or $KELLAS_PROC (for tests).
 */
const char *kl_proc_directory(void);

/** kl_proc_loaded - is the module there? */
bool kl_proc_loaded(void);

/**
 * kl_proc_open - open a file of the module
 * @name: such as "policy"
 * @flags: of open(2); O_CLOEXEC is added
 *
 * Return: a descriptor or a negative errno.
 */
int kl_proc_open(const char *name, int flags);

/**
 * kl_proc_read - read a whole file of the module
 * Return: 0 or a negative errno.
 */
int kl_proc_read(const char *name, struct kl_buffer *text);

/**
 * kl_read_fd - append all that a descriptor gives
 * @limit: bytes that @text may have in the end; SIZE_MAX: any number
 * Return: 0; -EFBIG beyond @limit; another negative errno.
 */
int kl_read_fd(int fd, struct kl_buffer *text, size_t limit);

/** kl_write_fd - write everything; 0 or a negative errno */
int kl_write_fd(int fd, const char *data, size_t length);

/**
 * kl_proc_check - is there a module that these tools can talk to?
 *
 * Complains if not.
 *
 * Return: KL_EXIT_OK, KL_EXIT_NOT_LOADED or KL_EXIT_FAILURE.
 */
int kl_proc_check(void);

/**
 * kl_proc_complain - say why a file of the module could not be used
 * @error: negative errno
 *
 * Return: the exit status to end with.
 */
int kl_proc_complain(const char *name, int error);

/**
 * kl_pair_next - the next "key value" or "key=value" line of a text
 * @rest: advanced behind the line
 * @separator: ' ' or '='
 *
 * Return: false at the end. A line without separator has an empty @value.
 */
bool kl_pair_next(struct kl_text *rest, char separator, struct kl_text *key,
		  struct kl_text *value);

#endif /* KELLAS_PROC_H */
