/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the linter share; nobody else needs this. */
#ifndef KELLAS_LINT_INSIDE_H
#define KELLAS_LINT_INSIDE_H

#include "lint.h"

/**
 * struct linter - a policy being looked at
 * @file: the policy
 * @lint: what was found
 * @watch: who watches, or NULL
 */
struct linter {
	struct kl_policy_file *file;
	struct kl_lint *lint;
	struct kl_lint_watch *watch;
};

/**
 * find_at - add a finding about a line of the text
 * Return: the finding, valid until the next one.
 */
struct kl_finding *find_at(struct linter *linter, enum kl_lint_level level,
			   const char *name, u32 line, u32 column, const char *format,
			   ...) __printf(6, 7);

/** find_rule - about a head or sub-entry; @condition: its number, -1: all of it */
struct kl_finding *find_rule(struct linter *linter, enum kl_lint_level level,
			     const char *name, const struct kl_rule *rule, int condition,
			     const char *format, ...) __printf(6, 7);

/** add_other - a line that is part of the proof */
void add_other(struct kl_finding *finding, u32 line);

/** name_place - "line 5", or "FILE:5" if that is another file than @from's */
void name_place(struct linter *linter, u32 from, u32 line, struct kl_buffer *out);

void lint_groups(struct linter *linter);
void lint_lockout(struct linter *linter);
void lint_paths(struct linter *linter);
void lint_rules(struct linter *linter);

/**
 * each_block - call for every block, and for every rule group
 * @look: gets the block; its rules are in kl_block.rules
 */
void each_block(struct linter *linter,
		void (*look)(struct linter *linter, const struct kl_block *block));

/**
 * struct group_line - a line of the text that names a member of a group
 * @line, @column: where
 * @string: the member of a string group
 */
struct group_line {
	u32 line, column;
	u8 kind;
	const struct kl_string *name, *string;
};

/** group_lines - all such lines, to be freed with free() */
struct group_line *group_lines(struct linter *linter, u32 *count);

#endif /* KELLAS_LINT_INSIDE_H */
