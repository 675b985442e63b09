/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Queues that files of /proc/kellas are polled on.
 *
 * rmmod -f takes the module away while its files are open. Who reads then leaves
 * the module's code before that goes, since the kernel waits for each call that
 * is under way. But who polls has left it already, and may stay on the queue for
 * as long as the file is open (epoll), or until something comes for which it
 * waits (poll with POLLPRI). So queues are no part of the module's memory.
 */
#ifndef KELLAS_POLLERS_H
#define KELLAS_POLLERS_H

#include <linux/wait.h>

/** kl_pollers_new - an empty queue. Context: may sleep. Return: NULL: ENOMEM. */
wait_queue_head_t *kl_pollers_new(void);

/**
 * kl_pollers_free - wake all, and free the queue if nobody is left on it
 * @queue: nobody else will wait on it or wake it; or NULL
 *
 * Who is woken finds no file any more, and goes. A queue that is not empty yet
 * stays until reboot: nobody would tell when it is.
 *
 * Context: module_exit, the files are gone.
 */
void kl_pollers_free(wait_queue_head_t *queue);

#endif /* KELLAS_POLLERS_H */
