/* SPDX-License-Identifier: GPL-2.0 */
/* Whom a file sends signals: the process itself never calls kill for these. */
#ifndef KELLAS_OWNER_H
#define KELLAS_OWNER_H

struct file;

/**
 * kl_owner_fcntl - ask "signal" where fcntl arranges them
 * Context: may sleep. Return: 0, -EPERM, -ENOMEM.
 */
int kl_owner_fcntl(struct file *file, unsigned int cmd, unsigned long arg);

/** kl_owner_ioctl - the same for ioctl */
int kl_owner_ioctl(struct file *file, unsigned int cmd, unsigned long arg);

#endif /* KELLAS_OWNER_H */
