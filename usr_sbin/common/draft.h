/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A policy being written by a tool: lines with comments above and beside them.
 * What results is the canonical form that the engine prints, and comments.
 */
#ifndef KELLAS_DRAFT_H
#define KELLAS_DRAFT_H

#include "policy_file.h"

/**
 * enum kl_draft_part - where a line belongs; parts come in this order
 *
 * KL_DRAFT_BLOCKS + enum kl_op is that operation's.
 */
enum kl_draft_part {
	KL_DRAFT_HEAD,
	KL_DRAFT_GROUPS, /* + enum kl_group_kind */
	KL_DRAFT_BLANK = KL_DRAFT_GROUPS + KL_GROUP_KINDS,
	KL_DRAFT_BLOCKS,
	KL_DRAFT_PARTS = KL_DRAFT_BLOCKS + KL_OP_COUNT
};

/**
 * struct kl_draft_line - one line
 * @text: in canonical form, without newline; owned
 * @above: comment above it, without "# ", lines separated by newlines, or NULL
 * @beside: comment behind it, or NULL
 */
struct kl_draft_line {
	char *text;
	char *above;
	char *beside;
};

/**
 * struct kl_draft - the lines
 * @parts: by enum kl_draft_part
 */
struct kl_draft {
	struct {
		struct kl_draft_line *lines;
		u32 count, room;
	} parts[KL_DRAFT_PARTS];
};

/** kl_draft_init - a policy of which only the first line and the blank one exist */
void kl_draft_init(struct kl_draft *draft);
void kl_draft_free(struct kl_draft *draft);

/** kl_draft_add - append a line to a part; copies everything */
void kl_draft_add(struct kl_draft *draft, u32 part, const char *text, const char *above,
		  const char *beside);

/**
 * kl_draft_compile - bring the lines to a ruleset
 * @file: filled in, to be freed by the caller in any case
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM with @error filled in, also if the engine
 * would print another text than that of the lines.
 */
int kl_draft_compile(const struct kl_draft *draft, struct kl_policy_file *file,
		     struct kl_error *error);

#endif /* KELLAS_DRAFT_H */
