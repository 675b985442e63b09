/* SPDX-License-Identifier: GPL-2.0 */
/* The inside of a ruleset; only the engine looks at it. */
#ifndef KELLAS_COMPILED_H
#define KELLAS_COMPILED_H

#include "history_pattern.h"
#include "intern.h"
#include "map.h"
#include "ruleset.h"
#include "spans.h"

/**
 * struct kl_histories - members of a string group as patterns of histories
 * @patterns: these, in no order that matters
 * @strings: references that keep @patterns alive
 * @count: number of them
 */
struct kl_histories {
	const struct kl_history_pattern **patterns;
	struct kl_string **strings;
	u32 count;
};

/**
 * struct kl_compiled_group - a group of the policy
 * @map: members of a string group
 * @members: their patterns by id of @map; of those that are patterns of
 *	histories only, there is none
 * @strings: references that keep @members alive
 * @count: number of members
 * @histories: only if some task.history= is compared with the group
 * @spans: members of a number group, or IPv4 addresses; IPv6 addresses
 */
struct kl_compiled_group {
	struct kl_map map;
	const struct kl_pattern **members;
	struct kl_string **strings;
	u32 count;
	struct kl_histories histories;
	struct kl_spans spans[2];
};

/**
 * struct kl_test - a condition made ready for evaluation
 * @left, @right, @right_slot: see struct kl_condition
 * @flags: enum kl_test_flag
 * @extra: argv[extra]; number of the envp name in kl_ruleset.names
 * @low, @high: KL_RIGHT_NUMBER; KL_RIGHT_KEYWORD in @low
 * @string: KL_RIGHT_STRING; also the domain of transition=, NULL for NULL
 * @pattern: the compiled pattern of @string
 * @history: the same of task.history=
 * @ip: KL_RIGHT_IP
 * @group: KL_RIGHT_GROUP
 */
struct kl_test {
	u8 left;
	u8 right;
	u8 right_slot;
	u8 flags;
	u32 extra;
	union {
		struct {
			u64 low, high;
		};
		struct {
			struct kl_string *string;
			union {
				const struct kl_pattern *pattern;
				const struct kl_history_pattern *history;
			};
		};
		const struct kl_ip_range *ip;
		const struct kl_compiled_group *group;
	};
};

enum kl_test_flag {
	KL_TEST_NEGATED = 1,
};

/**
 * struct kl_line - the tests of a block head or of a sub-entry
 * @first: number of its first test in kl_ruleset.tests
 * @count: number of its tests, cheap ones first
 */
struct kl_line {
	u32 first;
	u32 count;
};

/* Attributes by which one list may be indexed at the same time. */
#define KL_LIST_INDEXES 4

/**
 * struct kl_list_index - lines of a list by the value of one attribute
 * @slot: the attribute
 * @map: value to numbers of lines within the list
 */
struct kl_list_index {
	u32 slot;
	struct kl_map map;
};

/**
 * struct kl_list - lines that are searched together, in order
 * @first: number of the first line in its array; the rest follow
 * @count: number of lines
 * @index_count: used of @indexes; with neither indexes nor @always the list
 *	is searched line by line
 * @always_count: number of @always
 * @indexes: every line is in exactly one of these, or in @always
 * @always: numbers of lines without an indexable condition, ascending
 */
struct kl_list {
	u32 first;
	u32 count;
	u32 index_count;
	u32 always_count;
	struct kl_list_index *indexes;
	u32 *always;
};

/**
 * struct kl_ruleset - a compiled policy
 * @ops: list of blocks of each operation
 * @blocks: public part of each block, those of one operation in a row
 * @heads: tests of each block's head
 * @lists: sub-entries of each block
 * @rules: public part of each sub-entry, those of one block in a row
 * @lines: tests of each sub-entry
 * @sites: use lines that sub-entries stand in place of
 * @tests: all tests
 * @ranges: what KL_RIGHT_IP tests point to
 * @names: patterns of envp names
 * @name_strings: references that keep @names alive
 * @groups: groups, by kl_group.id
 * @uses: slots that any condition of an operation looks at
 * @quota: quotas
 * @memory: bytes held
 */
struct kl_ruleset {
	struct kl_list ops[KL_OP_COUNT];
	struct kl_compiled_block *blocks;
	struct kl_line *heads;
	struct kl_list *lists;
	struct kl_compiled_rule *rules;
	struct kl_line *lines;
	struct kl_compiled_site *sites;
	struct kl_test *tests;
	struct kl_ip_range *ranges;
	const struct kl_pattern **names;
	struct kl_string **name_strings;
	struct kl_compiled_group *groups;
	u32 block_count;
	u32 rule_count;
	u32 site_count;
	u32 test_count;
	u32 range_count;
	u32 name_count;
	u32 group_count;
	u64 uses[KL_OP_COUNT][KL_SLOT_WORDS];
	struct kl_quota quota;
	size_t memory;
};

/**
 * kl_last_component - the last component of a name not collected yet
 *
 * One that is empty or ends in '/' rules nothing out: the root and the top of
 * "proc:/" are such names; no other has a '/' (kl_request.last).
 *
 * Return: true if @last is set to one that lines may be ruled out by.
 */
static inline bool kl_last_component(const struct kl_request *request,
				     u32 slot, struct kl_text *last)
{
	if (slot != KL_SLOT_OBJECT0 && slot != KL_SLOT_OBJECT1)
		return false;
	*last = request->last[slot == KL_SLOT_OBJECT1];
	return last->data && last->length &&
	       last->data[last->length - 1] != '/';
}

/* Beside enum kl_truth: a slot must be collected first. */
#define KL_MISSING 3

/**
 * kl_test_evaluate - evaluate one test
 * @missing: set to the slot on KL_MISSING
 *
 * Context: any. Return: enum kl_truth or KL_MISSING.
 */
int kl_test_evaluate(const struct kl_ruleset *ruleset,
		     const struct kl_test *test,
		     const struct kl_request *request, u32 *missing);

/**
 * kl_index_build - index a list, if that pays
 * @lines: tests of the whole array that @list is a part of
 *
 * Context: may sleep. Return: 0 or -ENOMEM.
 */
int kl_index_build(struct kl_ruleset *ruleset, struct kl_list *list,
		   const struct kl_line *lines);
void kl_index_destroy(struct kl_list *list);

/**
 * struct kl_cursor - where the search of one list stands
 * @list: the list
 * @node: node of each index that the request leads to; KL_MAP_END: none
 * @linear: look at every line
 */
struct kl_cursor {
	const struct kl_list *list;
	u32 node[KL_LIST_INDEXES];
	bool linear;
};

/**
 * kl_cursor_open - look the request up in a list's indexes
 * @missing: set to the slot on KL_MISSING
 *
 * Return: 0 or KL_MISSING.
 */
int kl_cursor_open(struct kl_cursor *cursor, const struct kl_list *list,
		   const struct kl_request *request, bool linear, u32 *missing);

/**
 * kl_cursor_next - the next line that may match
 * @from: first line to look at, numbered within the list
 *
 * Return: its number within the list; the list's count at the end.
 */
u32 kl_cursor_next(const struct kl_cursor *cursor, u32 from);

#endif /* KELLAS_COMPILED_H */
