/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Compression of finished files, a little at a time between other work.
 *
 *	NAME -> NAME.zst.part, synced -> NAME.zst, and only then NAME is removed
 *
 * so that whatever happens there is one whole file of it.
 */
#ifndef KELLAS_COMPRESS_H
#define KELLAS_COMPRESS_H

#include "loop.h"

struct kl_compress;

/**
 * kl_compress_start - begin to compress a file
 * @directory, @name: the file; regular
 * @mode: of the result
 * @done: called from the loop when it is over: 0 or a negative errno; the
 *	source is still there then. Behind it the object is gone
 *
 * Return: the work; NULL, with errno, if it cannot begin.
 */
struct kl_compress *kl_compress_start(struct kl_loop *loop, const char *directory,
				      const char *name, mode_t mode,
				      void (*done)(void *data, int error), void *data);

/** kl_compress_name - what is being compressed */
const char *kl_compress_name(const struct kl_compress *compress);

/** kl_compress_stop - give it up; @done is not called. NULL is fine */
void kl_compress_stop(struct kl_compress *compress);

#endif /* KELLAS_COMPRESS_H */
