/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the lines of a document are, as the engine's parser reads them: which
 * belong to which block, in which order they are evaluated, what is wrong.
 */
#ifndef KELLAS_OUTLINE_H
#define KELLAS_OUTLINE_H

#include "document.h"
#include "engine/parse.h"

#define NO_NODE ((u32)~0)

/**
 * struct outline_line - one line
 * @kind: enum kl_statement_kind; EMPTY also for what is not understood
 * @wrong: index of its error in outline.errors, from 1; 0: none
 * @node: the block or group that it belongs to; NO_NODE: none
 * @rule_kind: of a RULE: enum kl_rule_kind
 * @priority: of ACL and RULE
 * @rank: its place among the lines of @node
 *
 * A comment belongs to the line below it.
 */
struct outline_line {
	u8 kind;
	u8 rule_kind;
	u16 priority;
	u32 wrong;
	u32 node;
	u32 rank;
};

/** enum outline_kind - what a node is; also the order of the nodes */
enum outline_kind {
	OUTLINE_BLOCK,
	OUTLINE_RULE_GROUP,
	OUTLINE_STRING_GROUP,
	OUTLINE_NUMBER_GROUP,
	OUTLINE_IP_GROUP,
	OUTLINE_SETTINGS, /* quotas, mode, version */
	OUTLINE_KINDS
};

/**
 * struct outline_node - a block, a group, or the settings
 * @kind: enum outline_kind
 * @op: of a block
 * @priority: of a block
 * @title: what tells it from others of its kind: conditions of a block as they
 *	were typed, or the name of a group
 * @hash: of the words of @title, and of what is above
 * @label: of a block, as typed; length 0: none
 * @audit: of a block: the last audit index given, -1: none
 * @permissive: a block's line says so
 * @denies: some line of it is a deny
 * @lines: its lines, in the order of evaluation: the heads, what belongs to the
 *	block as a whole, then the rules by priority
 * @count: number of @lines
 * @wrong: how many of them have errors
 *
 * Two heads that say the same are one block, as for the engine.
 */
struct outline_node {
	u8 kind;
	u8 op;
	u16 priority;
	struct kl_text title;
	u32 hash;
	struct kl_text label;
	int audit;
	bool permissive;
	bool denies;
	u32 *lines;
	u32 count;
	u32 wrong;
};

/**
 * struct outline - all of a document
 * @lines: by line of the document
 * @count: number of @lines
 * @nodes: by kind, blocks by operation and in the order of evaluation
 * @node_count: number of @nodes
 * @errors: what is wrong; their lines count from 1
 * @error_count: number of @errors
 *
 * Texts point into the document: valid until it changes.
 */
struct outline {
	struct outline_line *lines;
	u32 count;
	struct outline_node *nodes;
	u32 node_count;
	struct kl_error *errors;
	u32 error_count;
};

/**
 * outline_parse - parse a line as part of a policy
 * @statement: filled in if it is one, to be released then
 * @error: filled in if it is not: "delete" and commands are not, either
 *
 * Return: as kl_parse_line().
 */
int outline_parse(struct kl_parser *parser, struct kl_text line, struct kl_statement *statement,
		  struct kl_error *error);

/** outline_make - read a document. Errors of single lines do not stop it */
void outline_make(struct outline *outline, const struct document *document);

/** outline_head - the line with the head of a block, the first one */
u32 outline_head(const struct outline *outline, const struct outline_node *block);

void outline_free(struct outline *outline);

#endif /* KELLAS_OUTLINE_H */
