/* SPDX-License-Identifier: GPL-2.0 */
/* What is probably wrong with a valid policy. */
#ifndef KELLAS_LINT_H
#define KELLAS_LINT_H

#include <stdatomic.h>

#include "policy_file.h"

/* Comparisons after which no more rules are compared; that is a finding, too. */
#define KL_LINT_WORK	5000000u

/**
 * enum kl_lint_level - how bad a finding is
 * @KL_LINT_HINT: untidy, but means what it says
 * @KL_LINT_WARNING: hardly what was meant
 * @KL_LINT_ERROR: cannot be loaded
 */
enum kl_lint_level { KL_LINT_HINT, KL_LINT_WARNING, KL_LINT_ERROR };

/**
 * struct kl_finding - something that is wrong
 * @level: enum kl_lint_level
 * @name: which kind, such as "covered"; these names stay
 * @line: in the joined text; 0: nowhere in particular
 * @column: in that line
 * @text: what is wrong, for people
 * @rule: the line that it is about, or NULL
 * @others: lines of the joined text that are part of the proof
 * @other_count: number of @others
 * @if_known: it is so unless some attribute is unknown, see cover.h
 */
struct kl_finding {
	u8 level;
	const char *name;
	u32 line, column;
	char *text;
	const struct kl_rule *rule;
	u32 *others;
	u32 other_count;
	bool if_known;
};

/**
 * struct kl_lint - findings
 * @findings: by line and column
 * @count: number of them
 * @levels: how many of each level
 */
struct kl_lint {
	struct kl_finding *findings;
	u32 count;
	u32 levels[KL_LINT_ERROR + 1];
};

/**
 * struct kl_lint_watch - somebody watches from another thread
 * @percent: how much is done
 * @stop: set to have it end soon, with findings left out
 */
struct kl_lint_watch {
	atomic_uint percent;
	atomic_bool stop;
};

/**
 * kl_lint - look for everything that can be found without a kernel
 * @file: compiled; changed while this runs, and back as it was afterwards
 * @unsupported: NULL, or of each operation whether a kernel lacks it
 */
void kl_lint(struct kl_policy_file *file, const bool *unsupported, struct kl_lint *lint);

/** kl_lint_watched - the same, being watched */
void kl_lint_watched(struct kl_policy_file *file, const bool *unsupported,
		     struct kl_lint *lint, struct kl_lint_watch *watch);
void kl_lint_free(struct kl_lint *lint);

/** kl_lint_level_name - "hint", "warning" or "error" */
const char *kl_lint_level_name(u8 level);

#endif /* KELLAS_LINT_H */
