/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bar on standard error while something takes long: only on a terminal, at
 * most ten times a second, and gone at the end. One at a time.
 */
#ifndef KELLAS_PROGRESS_H
#define KELLAS_PROGRESS_H

#include "engine/port.h"

/**
 * kl_progress_begin - a long work begins
 * @what: said in front of the bar; used until the end
 * @total: what kl_progress_step() will reach; 0: not known
 */
void kl_progress_begin(const char *what, u64 total);

/** kl_progress_step - so much is done; cheap, to be called as often as you like */
void kl_progress_step(u64 done);

/** kl_progress_end - the work is over: the bar is taken away */
void kl_progress_end(void);

#endif /* KELLAS_PROGRESS_H */
