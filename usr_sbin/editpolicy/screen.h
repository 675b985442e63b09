/* SPDX-License-Identifier: GPL-2.0 */
/* The terminal: keys from it, pictures to it. The only file that knows ncurses. */
#ifndef KELLAS_SCREEN_H
#define KELLAS_SCREEN_H

#include "canvas.h"
#include "mouse.h"

/**
 * screen_open - take the terminal over
 * @colour: use colours if it has any
 * @mouse: use a mouse if it has one
 *
 * Return: 0, or -ENOTTY: there is no terminal, or TERM is not known.
 */
int screen_open(bool colour, bool mouse);

/** screen_close - leave the terminal as it was; also from a signal's clean-up */
void screen_close(void);

/** screen_suspend - leave the terminal to others for a time */
void screen_suspend(void);

/** screen_resume - take it over again, whoever had it */
void screen_resume(void);

/** screen_repaint - the next picture is brought whole, whatever may stand there */
void screen_repaint(void);

/** screen_size - rows and columns of now */
void screen_size(int *rows, int *columns);

/**
 * screen_show - bring a picture of that size to the terminal
 * @all: return when all of it is there, even if keys wait
 */
void screen_show(const struct canvas *canvas, bool all);

/**
 * screen_key - the next key
 * @milliseconds: to wait at most
 *
 * Return: enum key or a character; K_TICK if there was none; K_MOUSE: see
 * screen_mouse(); K_PASTE: see screen_pasted(); -1 when the terminal has gone.
 */
int screen_key(int milliseconds);

/** screen_flush - throw away the keys that were typed so far, and what was pasted */
void screen_flush(void);

#define SCREEN_PASTE_MAX (1 << 20) /* bytes */

/**
 * screen_pasted - the text that was pasted, as the terminal sent it
 *
 * Return: NULL; or why there is none, in words.
 */
const char *screen_pasted(struct kl_buffer *text);

/** screen_mouse - what was done with the mouse. Return: false if it is nothing to us */
bool screen_mouse(struct mouse *mouse);

#endif /* KELLAS_SCREEN_H */
