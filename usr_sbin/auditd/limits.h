/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every limit of kellas-auditd, in one place, with what happens beyond it.
 * Those of records (KL_RECORD_MAX ...) are the kernel's, in kernel/limits.h.
 */
#ifndef KELLAS_AUDITD_LIMITS_H
#define KELLAS_AUDITD_LIMITS_H

/* Event loop: more than these wait for the next round. */
#define KL_LOOP_EVENTS		64u	/* descriptors or timers in one round */

#endif /* KELLAS_AUDITD_LIMITS_H */
