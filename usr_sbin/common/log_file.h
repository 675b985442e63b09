/* SPDX-License-Identifier: GPL-2.0 */
/* The bytes of one log file, decompressed if need be. */
#ifndef KELLAS_LOG_FILE_H
#define KELLAS_LOG_FILE_H

#include "engine/port.h"

struct kl_log_file;

/**
 * kl_log_file_open - open a file and see what it is
 * @name: path, or "-" for standard input; used until it is closed
 *
 * Return: the file, or NULL after a complaint.
 */
struct kl_log_file *kl_log_file_open(const char *name);

/**
 * kl_log_file_read - the next bytes of what the file holds
 * Return: how many, at most @room; 0 at the end; a negative errno after a
 * complaint: reading failed, or what is compressed is cut off or damaged.
 */
ssize_t kl_log_file_read(struct kl_log_file *file, char *out, size_t room);

/**
 * kl_log_file_tail - go on at the end of it; before the first kl_log_file_read()
 * @bytes: that are left to be read then
 *
 * Return: bytes left out; 0 if it is shorter, compressed, or no regular file.
 */
u64 kl_log_file_tail(struct kl_log_file *file, u64 bytes);

/** kl_log_file_bytes - bytes read from disk so far */
u64 kl_log_file_bytes(const struct kl_log_file *file);

/** kl_log_file_close - NULL is fine */
void kl_log_file_close(struct kl_log_file *file);

/**
 * kl_log_file_size - can a file be opened, and how large is it?
 * @size: set, 0 if it has no size, as a pipe
 *
 * Return: 0, or a negative errno after a complaint.
 */
int kl_log_file_size(const char *name, u64 *size);

#endif /* KELLAS_LOG_FILE_H */
