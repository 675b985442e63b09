/* SPDX-License-Identifier: GPL-2.0 */
/* The signals that the daemon follows. */
#ifndef KELLAS_SIGNALS_H
#define KELLAS_SIGNALS_H

/**
 * kl_signals_block - from now on they wait until somebody reads kl_signals_open()
 *
 * First of all: a signal that comes while the daemon begins is followed as soon as
 * it can be, and ends nothing half made. Threads and children inherit it.
 */
void kl_signals_block(void);

/** kl_signals_open - a signalfd(2) for them, or a negative errno */
int kl_signals_open(void);

#endif /* KELLAS_SIGNALS_H */
