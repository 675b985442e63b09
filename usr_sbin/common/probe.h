/* SPDX-License-Identifier: GPL-2.0 */
/* The truth of single conditions of a policy. */
#ifndef KELLAS_PROBE_H
#define KELLAS_PROBE_H

#include "policy_file.h"

struct kl_probe;

/**
 * kl_probe_new - prepare to judge single conditions of block heads
 * @file: compiled; changed while this runs, and back as it was afterwards
 * @op: operation of all conditions
 * @rules: heads whose conditions will be asked for
 * @count: number of @rules
 * @request: the request
 *
 * Return: the probe, or NULL when out of memory.
 */
struct kl_probe *kl_probe_new(struct kl_policy_file *file, enum kl_op op,
			      const struct kl_rule *const *rules, u32 count,
			      const struct kl_request *request);

/**
 * kl_probe_ask - judge one condition
 * Return: enum kl_truth; KL_UNKNOWN also for one that was not prepared.
 */
enum kl_truth kl_probe_ask(const struct kl_probe *probe,
			   const struct kl_condition *condition);
void kl_probe_free(struct kl_probe *probe);

#endif /* KELLAS_PROBE_H */
