/* SPDX-License-Identifier: GPL-2.0 */
/* A point in time, as people write it. */
#ifndef KELLAS_MOMENT_H
#define KELLAS_MOMENT_H

#include "engine/port.h"

/**
 * kl_moment_parse - a time, UTC
 * @text: "2026-11-21 19:03:40.123456", as in a record with '/', or as in JSON with
 *	'T' and 'Z'; seconds, or the whole time of day, may be left out
 * @moment: set to microseconds since the epoch
 *
 * Return: 0 or -EINVAL.
 */
int kl_moment_parse(const char *text, u64 *moment);

#endif /* KELLAS_MOMENT_H */
