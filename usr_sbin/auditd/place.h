/* SPDX-License-Identifier: GPL-2.0 */
/* Whether two pathnames lead to the same place, which need not exist yet. */
#ifndef KELLAS_PLACE_H
#define KELLAS_PLACE_H

#include "engine/port.h"

/**
 * kl_place_equal - are two absolute pathnames the same file or directory?
 *
 * What exists of them is compared by device and inode, so that symbolic links,
 * hard links, "//" and "/./" hide nothing; what does not, name by name. What
 * cannot be looked at is taken to be missing.
 */
bool kl_place_equal(const char *a, const char *b);

#endif /* KELLAS_PLACE_H */
