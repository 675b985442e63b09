/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What libraries write to standard error while the screen is ours: kept, to be
 * said below the panes instead of across them.
 */
#ifndef KELLAS_COMPLAINTS_H
#define KELLAS_COMPLAINTS_H

#include "memory.h"

/** complaints_open - from now on standard error is kept; without memory for it, it is not */
void complaints_open(void);

/**
 * complaints_take - the last line that came since
 * Return: false if nothing came.
 */
bool complaints_take(struct kl_buffer *line);

/** complaints_close - standard error is what it was; all that was kept goes there */
void complaints_close(void);

#endif /* KELLAS_COMPLAINTS_H */
