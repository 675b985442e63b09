/* SPDX-License-Identifier: GPL-2.0 */
/* Keys as terminals send them: an Escape, and some characters behind it. */
#ifndef KELLAS_ESCAPE_H
#define KELLAS_ESCAPE_H

#include <stdbool.h>

#define ESCAPE_MAX 32 /* characters of one, with its final 0 */

/** escape_begins - may what begins so, without the Escape, become a key? */
bool escape_begins(int character);

/** escape_ends - is that, without the Escape, all of it? */
bool escape_ends(const char *code);

/**
 * escape_key - the key that is sent so
 * @code: what follows the Escape
 *
 * After ECMA-48 and what xterm, VT220, rxvt and the Linux console send; with Shift, Alt
 * or Control, which they send as numbers, a key is another one.
 *
 * Return: enum key; K_UNKNOWN for all others.
 */
int escape_key(const char *code);

#endif /* KELLAS_ESCAPE_H */
