/* SPDX-License-Identifier: GPL-2.0 */
/* Programs that the daemon starts. */
#ifndef KELLAS_CHILD_H
#define KELLAS_CHILD_H

#include "conf.h"
#include "loop.h"

struct kl_child;

/**
 * kl_child_start - start a program, without a shell
 * @argv: its pathname and arguments, ended by NULL
 * @input: descriptor that becomes its standard input. Standard output and error
 *	are the daemon's own, nothing else is inherited; the environment is PATH and LANG
 * @ended: called from the loop when it has ended: with the status of waitpid(2)
 * @data: for @ended
 *
 * Return: the child; NULL with errno set.
 */
struct kl_child *kl_child_start(struct kl_loop *loop, char *const *argv, int input,
				void (*ended)(void *data, int status), void *data);

/** kl_child_forget - @ended will not be called; it is waited for all the same */
void kl_child_forget(struct kl_child *child);

/** kl_child_kill - end it at once; @ended follows */
void kl_child_kill(struct kl_child *child);

/** kl_child_tell - "ended with status 1", "was killed by signal 9" */
void kl_child_tell(int status, char *text, size_t size);

#endif /* KELLAS_CHILD_H */
