/* SPDX-License-Identifier: GPL-2.0 */
/* What a user types: single keys on a terminal, lines from anywhere else. */
#ifndef KELLAS_KEYS_H
#define KELLAS_KEYS_H

#include <signal.h>
#include <termios.h>

#include "memory.h"

/**
 * struct kl_keys - a source of keys and lines
 * @fd: usually stdin
 * @terminal: it is one
 * @single: the terminal gives single keys now, and does not show them
 * @saved: how the terminal was
 * @pending: read, but not given out yet
 * @ended: there will be no more
 */
struct kl_keys {
	int fd;
	bool terminal;
	bool single;
	struct termios saved;
	struct kl_buffer pending;
	bool ended;
};

/** kl_keys_init - nothing is changed yet */
void kl_keys_init(struct kl_keys *keys, int fd);

/** kl_keys_done - leave the terminal as it was */
void kl_keys_done(struct kl_keys *keys);

/** kl_keys_single - a terminal gives single keys from now on, or lines again */
void kl_keys_single(struct kl_keys *keys, bool single);

/**
 * kl_keys_take - what has been typed: a key or a line without its newline
 * @line: receives it
 *
 * Return: false if nothing has been, yet.
 */
bool kl_keys_take(struct kl_keys *keys, struct kl_buffer *line);

/** kl_keys_read - read more, as its descriptor is ready. 0 or a negative errno */
int kl_keys_read(struct kl_keys *keys);

#endif /* KELLAS_KEYS_H */
