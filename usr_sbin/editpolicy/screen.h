/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal: keys from it, pictures to it. The only file that knows ncurses. */
#ifndef KELLAS_SCREEN_H
#define KELLAS_SCREEN_H

#include "canvas.h"

/**
 * screen_open - take the terminal over
 * @colour: use colours if it has any
 *
 * Return: 0, or -ENOTTY: there is no terminal, or TERM is not known.
 */
int screen_open(bool colour);

/** screen_close - leave the terminal as it was; also from a signal's clean-up */
void screen_close(void);

/** screen_size - rows and columns of now */
void screen_size(int *rows, int *columns);

/** screen_show - bring a picture of that size to the terminal */
void screen_show(const struct canvas *canvas);

/**
 * screen_key - the next key
 * @milliseconds: to wait at most
 *
 * Return: enum key or a character; K_TICK if there was none; -1 when the
 * terminal has gone.
 */
int screen_key(int milliseconds);

#endif /* KELLAS_SCREEN_H */
