/* SPDX-License-Identifier: GPL-2.0 */
/* Policy files brought all the way to a ruleset, without a kernel. */
#ifndef KELLAS_POLICY_FILE_H
#define KELLAS_POLICY_FILE_H

#include "engine/ruleset.h"
#include "source.h"

/**
 * struct kl_policy_file - files, the model and the ruleset made of them
 * @source: the text
 * @policy: the model; valid if @ready
 * @ruleset: compiled; NULL before kl_policy_file_compile()
 * @ready: @policy was initialised
 */
struct kl_policy_file {
	struct kl_source source;
	struct kl_policy policy;
	struct kl_ruleset *ruleset;
	bool ready;
};

/**
 * kl_policy_file_read - read files into @file->source
 * @names: paths, "-" is standard input
 * @bad: set to the name that failed
 *
 * Return: 0 or a negative errno.
 */
int kl_policy_file_read(struct kl_policy_file *file, char **names, int count,
			const char **bad);

/**
 * kl_policy_file_apply - parse and apply @file->source: the model alone
 * Return: as kl_policy_file_compile().
 */
int kl_policy_file_apply(struct kl_policy_file *file, struct kl_error *error);

/**
 * kl_policy_file_compile - parse, apply and compile @file->source
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM with @error filled in, its line counted
 * in the joined text.
 */
int kl_policy_file_compile(struct kl_policy_file *file, struct kl_error *error);

void kl_policy_file_free(struct kl_policy_file *file);

#endif /* KELLAS_POLICY_FILE_H */
