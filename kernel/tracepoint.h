/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints as places to attach to, where the kernel calls no security_*()
 * function. attach.c makes them a part of their family; nobody else calls this.
 *
 * Serialisation: as in attach.h.
 */
#ifndef KELLAS_TRACEPOINT_H
#define KELLAS_TRACEPOINT_H

#include "attach.h"

/** kl_tracepoint_init - find the tracepoints. Context: module_init. */
void __init kl_tracepoint_init(void);

/**
 * kl_tracepoint_attach - attach the tracepoints of a family
 * @error: why not, if not
 *
 * After an error some may be attached: kl_tracepoint_detach() is due.
 *
 * Context: sleeps.
 * Return: 0; -EOPNOTSUPP if the kernel has not got one; another errno.
 */
int kl_tracepoint_attach(enum kl_family family, struct kl_error *error);

/**
 * kl_tracepoint_detach - detach the tracepoints of some families
 * @families: set of KL_FAMILY_BIT(); those not attached are ignored
 *
 * On return none of their handlers is running.
 *
 * Context: sleeps.
 */
void kl_tracepoint_detach(u32 families);

/**
 * kl_tracepoint_status - describe one tracepoint
 * @index: 0, 1, 2, ...: in the order of hooks/tracepoints.def
 * @status: filled in
 *
 * Context: any.
 * Return: false if there are no more.
 */
bool kl_tracepoint_status(unsigned int index, struct kl_attach_status *status);

#endif /* KELLAS_TRACEPOINT_H */
