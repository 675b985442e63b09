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

/** store_recovery - name of the file that keeps what was not saved; free() it */
char *store_recovery(const struct editor *editor);

/** store_rescue - keep what is not saved; 0 or a negative errno. At a crash or signal */
int store_rescue(struct editor *editor);

/** store_forget - what was rescued is not needed any more, unless it was put off */
void store_forget(struct editor *editor);

/** store_offer - if something was rescued for this file, ask whether to go on with it */
void store_offer(struct editor *editor);

#endif /* KELLAS_STORE_H */
