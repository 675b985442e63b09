/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long things took, on a machine whose host may not run it for a while: what
 * a process that only sleeps is late by, nobody else can be blamed for.
 */
#ifndef METRONOME_H
#define METRONOME_H

#include <stdbool.h>

/** metronome_start - begin to watch; before the case that asks, once for each process */
void metronome_start(void);

/** metronome_late - seconds that the machine stood still since a time of now() */
double metronome_late(double since);

/**
 * expect_took - what began at @since and took @took seconds took @least to @most
 *
 * The machine may have stood still meanwhile for so much longer, which is said.
 */
bool expect_took(double since, double took, double least, double most);

#endif
