/* SPDX-License-Identifier: GPL-2.0 */
/* Accepting connections: what the module must start and stop. */
#ifndef KELLAS_ACCEPT_H
#define KELLAS_ACCEPT_H

/** kl_accept_init - get ready to shut connections down. Return: 0, -ENOMEM. */
int kl_accept_init(void);

/**
 * kl_accept_exit - shut down those that wait for it
 * Context: nothing is attached any more. Sleeps.
 */
void kl_accept_exit(void);

#endif /* KELLAS_ACCEPT_H */
