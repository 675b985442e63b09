/* SPDX-License-Identifier: GPL-2.0 */
/* Recorded requests judged by the policy on the screen. */
#ifndef KELLAS_PREVIEW_H
#define KELLAS_PREVIEW_H

#include "changes.h"

/**
 * preview_new - begin with the records of the log that is named, or the usual one,
 * or, if there is none, those that the module holds
 *
 * Of a long log only the end is read, and not longer than some seconds; both is
 * said.
 *
 * Return: NULL if there is no log; why is in the rows of @changes.
 */
struct preview *preview_new(struct editor *editor, struct changes *changes);

/** preview_work - judge some. Return: false if that was all: it stands in the rows */
bool preview_work(struct preview *preview, struct changes *changes);

/** preview_percent - how much of the log was read */
u32 preview_percent(const struct preview *preview);

void preview_free(struct preview *preview);

#endif /* KELLAS_PREVIEW_H */
