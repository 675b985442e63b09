/* SPDX-License-Identifier: GPL-2.0 */
/* Files that are there whole, or not at all. */
#ifndef KELLAS_SAVE_FILE_H
#define KELLAS_SAVE_FILE_H

#include "memory.h"

/**
 * kl_save_file - write a file beside its place, force it to disk, rename it
 *
 * It keeps the mode of the one that it replaces; otherwise that is 0600. On error
 * an old file stays as it was. What is no file, such as a device, is written to.
 *
 * Return: 0 or a negative errno.
 */
int kl_save_file(const char *path, const struct kl_buffer *text);

#endif /* KELLAS_SAVE_FILE_H */
