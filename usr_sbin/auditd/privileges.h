/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the daemon may do. It begins as root, becomes the user that the
 * configuration names, and keeps nothing but CAP_MAC_ADMIN, which the module
 * wants from whoever writes "ack" and not only from who opened the file.
 *
 * /proc/kellas/audit is root's, 0600, and has to be opened again whenever the
 * module was loaded anew. So before it gives up its rights the daemon leaves a
 * child behind that still is root, but likewise with CAP_MAC_ADMIN only: all it
 * can do is to open that file and pass the descriptor on.
 */
#ifndef KELLAS_PRIVILEGES_H
#define KELLAS_PRIVILEGES_H

#include "memory.h"

/**
 * struct kl_opener - the child that opens files of the module
 * @socket: to it; -1: there is none, the daemon opens them itself
 * @pid: its number
 */
struct kl_opener {
	int socket;
	pid_t pid;
};

/** kl_opener_start - fork it; 0 or a negative errno, said */
int kl_opener_start(struct kl_opener *opener);

/** kl_opener_stop - let it end */
void kl_opener_stop(struct kl_opener *opener);

/**
 * kl_opener_open - open /proc/kellas/audit, O_RDWR and O_NONBLOCK
 *
 * Waits for the child, which does nothing that takes time.
 *
 * Return: a descriptor or a negative errno.
 */
int kl_opener_open(struct kl_opener *opener);

/**
 * kl_privileges_drop - become @user, keep CAP_MAC_ADMIN alone
 * @user: NULL: stay who we are, but without the other capabilities
 *
 * Also: no new privileges by execve(), and no core dump, which would hold records.
 *
 * Return: 0 or a negative errno, said.
 */
int kl_privileges_drop(const char *user);

/** kl_privileges_check - could we become @user? 0 or a negative errno, said */
int kl_privileges_check(const char *user);

#endif /* KELLAS_PRIVILEGES_H */
