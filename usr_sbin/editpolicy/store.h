/* SPDX-License-Identifier: GPL-2.0 */
/* Files, and leaving the program without losing anything. */
#ifndef KELLAS_STORE_H
#define KELLAS_STORE_H

#include "editor.h"

void store_save(struct editor *editor);
void store_save_as(struct editor *editor);
void store_quit(struct editor *editor);

/**
 * store_read - read a file
 * Return: 0 or a negative errno; one that does not exist is empty.
 */
int store_read(const char *name, struct kl_buffer *text);

#endif /* KELLAS_STORE_H */
