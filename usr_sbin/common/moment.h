/* SPDX-License-Identifier: GPL-2.0 */
/* Points in time as people type them. */
#ifndef KELLAS_MOMENT_H
#define KELLAS_MOMENT_H

#include "engine/port.h"

/* What kl_moment_parse() understands, for messages and help. */
#define KL_MOMENT_FORMS "YYYY-MM-DD [hh:mm[:ss[.u]]], hh:mm[:ss], 90s, 15m, 2h, 3d, today"

/**
 * kl_moment_parse - a point in time, UTC as in the log
 * @text: "2026-11-21 19:03:40.5", or as in a record with '/', or as in JSON with
 *	'T' and 'Z'; seconds, or the whole time of day, may be left out; a time of
 *	today; "90s", "15m", "2h", "3d" ago; "today", "now"
 * @moment: set to microseconds since the epoch
 *
 * Return: 0 or -EINVAL.
 */
int kl_moment_parse(const char *text, u64 *moment);

#endif /* KELLAS_MOMENT_H */
