/* SPDX-License-Identifier: GPL-2.0 */
/* Signals: notes of what came, for the loop that reads keys. */
#ifndef KELLAS_SIGNALS_H
#define KELLAS_SIGNALS_H

#include <signal.h>

/* The number of the one that wants the program to end; 0: none does. */
extern volatile sig_atomic_t signal_ended;
/* The program shall stop, as by Ctrl-Z of a shell. */
extern volatile sig_atomic_t signal_stop;
/* It goes on, after somebody else may have had the terminal. */
extern volatile sig_atomic_t signal_continued;

/**
 * signals_catch - from now on, note them
 * @crash: called before the program breaks by a mistake of its own
 *
 * No signal that can be caught ends the program behind its back. Writing to what is
 * full, too large or gone is an error like others.
 */
void signals_catch(void (*crash)(void));

/** signals_stop - stop now; returns when it goes on */
void signals_stop(void);

#endif /* KELLAS_SIGNALS_H */
