/* SPDX-License-Identifier: GPL-2.0 */
/* What a policy says of a request, printed. */
#ifndef KELLASCTL_EXPLANATION_H
#define KELLASCTL_EXPLANATION_H

#include "explain.h"
#include "output.h"
#include "policy_file.h"

/**
 * explanation_put - print which blocks match, which line of each decides, and the verdict
 * @file: the policy: tells where its lines stand
 * @op: what was requested
 */
void explanation_put(struct kl_output *output, const struct kl_policy_file *file, enum kl_op op,
		     const struct kl_explanation *explanation);

#endif /* KELLASCTL_EXPLANATION_H */
