/* SPDX-License-Identifier: GPL-2.0 */
/* A line of a policy in colours. */
#ifndef KELLAS_HIGHLIGHT_H
#define KELLAS_HIGHLIGHT_H

#include "canvas.h"

/**
 * highlight_line - write a line of a policy
 * @scroll: columns at its beginning that are left out; dots say so
 * @added: style bits added to all of it
 *
 * Return: columns written.
 */
int highlight_line(struct canvas *canvas, int row, int column, int width,
		   struct kl_text line, int scroll, u8 added);

#endif /* KELLAS_HIGHLIGHT_H */
