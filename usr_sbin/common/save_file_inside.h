/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of saving share; nobody else needs this. */
#ifndef KELLAS_SAVE_FILE_INSIDE_H
#define KELLAS_SAVE_FILE_INSIDE_H

#include "save_file.h"

/* Room for the name of a file that has none yet. */
#define KL_NEW_NAME 24

/**
 * kl_keep_attributes - give the new file what the old one has
 * @save: of the old one, which exists
 * @fd: the new one, of mode 0600
 *
 * Nobody gets more than the old one gave: without its group, or its ACL, the group
 * gets what all others get.
 *
 * Return: what could not be kept, set of enum kl_save_loss.
 */
u32 kl_keep_attributes(const struct kl_save *save, int fd);

#endif /* KELLAS_SAVE_FILE_INSIDE_H */
