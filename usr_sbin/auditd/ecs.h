/* SPDX-License-Identifier: GPL-2.0 */
/* A line as one JSON object with the field names of the Elastic Common Schema. */
#ifndef KELLAS_ECS_H
#define KELLAS_ECS_H

#include "entry.h"
#include "output.h"

/** kl_ecs_put - print one line; @output is JSON */
void kl_ecs_put(struct kl_output *output, const struct kl_entry *entry);

#endif /* KELLAS_ECS_H */
