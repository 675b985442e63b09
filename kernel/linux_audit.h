/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records that go to the Linux audit subsystem as well, where a quota line says
 * audit=yes.
 *
 * The request that makes a record only copies it into a ring of its own. A
 * worker hands them over, of type KERNEL_OTHER (1316). Its text is the word
 * "kellas" and the record. If it is longer than audit's readers take, arguments
 * are left out of its middle, and cut=BYTES stands in their place.
 *
 * Whatever audit does with a record that it cannot take, it must not do to us:
 * with "auditctl -f 2" it would panic. So the worker first asks for audit's
 * state, as auditctl -s does. If losing a record would be fatal, or audit is
 * off, nothing is handed over; if its queue is nearly full, what we have waits
 * for room. What is not handed over is counted.
 */
#ifndef KELLAS_LINUX_AUDIT_H
#define KELLAS_LINUX_AUDIT_H

#include "kellas.h"

/**
 * struct kl_linux_audit_stat - figures
 * @sent: records that audit took
 * @cut: those of them that were too long
 * @refused: records not handed over, or not taken: audit is off, would panic
 *	if it lost one, or had no memory
 * @lost: records for which there was no room while audit's queue was full
 */
struct kl_linux_audit_stat {
	u64 sent;
	u64 cut;
	u64 refused;
	u64 lost;
};

void kl_linux_audit_init(void);

/** kl_linux_audit_exit - no more records are made. Context: module_exit. */
void kl_linux_audit_exit(void);

/**
 * kl_linux_audit_prepare - get what these quotas need
 * Context: policy mutex; sleeps.
 * Return: 0; -ENOMEM; -EOPNOTSUPP if the kernel has no audit; another errno.
 */
int kl_linux_audit_prepare(const struct kl_quota *quota,
			   struct kl_error *error);

/**
 * kl_linux_audit_copy - a record was made: audit shall have it, too
 * @sequence: its number, 0 if the log had no room for it
 *
 * Context: any, not NMI.
 */
void kl_linux_audit_copy(const struct kl_request *request,
			 const struct kl_record_meta *meta, u64 sequence);

/** kl_linux_audit_stat - copy the figures. Context: any, not NMI. */
void kl_linux_audit_stat(struct kl_linux_audit_stat *stat);

#endif /* KELLAS_LINUX_AUDIT_H */
