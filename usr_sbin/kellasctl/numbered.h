/* SPDX-License-Identifier: GPL-2.0 */
/* A record by its number. */
#ifndef KELLASCTL_NUMBERED_H
#define KELLASCTL_NUMBERED_H

#include "memory.h"

/**
 * numbered_find - look for a record, and complain if there is none
 * @number: its seq=
 * @logs, @log_count: files to look in; none: the running module, then its log
 * @quiet: do not tell which file is read, nor that there are several
 * @text: gets its text
 *
 * Numbers begin anew whenever the module is loaded: the newest record counts.
 *
 * Return: KL_EXIT_OK, or the status to end with.
 */
int numbered_find(u64 number, char **logs, int log_count, bool quiet, struct kl_buffer *text);

#endif /* KELLASCTL_NUMBERED_H */
