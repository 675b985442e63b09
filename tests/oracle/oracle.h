/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A second opinion on what a policy means: the plainest evaluator that can be
 * written, one rule after the other, on its own data and with its own
 * comparisons. It shares the tables of operations and attributes with the
 * engine, and the shape of a request's strings; nothing that parses, matches,
 * compiles, indexes or decides.
 */
#ifndef TESTS_ORACLE_H
#define TESTS_ORACLE_H

#include "engine/ruleset.h"

#define ORACLE_ARGS	24	/* strings in argv and envp together */
#define ORACLE_DOMAINS	8	/* domains to enter */
#define ORACLE_MATCHES	4096	/* blocks that match one request */
#define ORACLE_LISTS	6	/* rule groups */

#define ORACLE_PROGRAMS	8	/* programs of a history */

struct oracle_lineage;
struct oracle_pattern;

/** enum oracle_right - right-hand side, finer than the engine's */
enum oracle_right {
	RIGHT_NUMBER,
	RIGHT_RANGE,
	RIGHT_KEYWORD,
	RIGHT_LITERAL,
	RIGHT_PATTERN,
	RIGHT_NULL,
	RIGHT_ADDRESS,
	RIGHT_ADDRESSES,
	RIGHT_CIDR,
	RIGHT_GROUP,
	RIGHT_EMPTY_GROUP,
	RIGHT_ATTRIBUTE,
	RIGHT_COUNT
};

/** enum oracle_type - left-hand side, finer than the engine's */
enum oracle_type {
	LEFT_NUMBER,
	LEFT_PERM,
	LEFT_TYPE,
	LEFT_STRING,
	LEFT_ARGV,
	LEFT_ENVP,
	LEFT_IP,
	LEFT_ANCESTOR,
	LEFT_HISTORY,
	LEFT_COUNT
};

/**
 * struct oracle_string - a word of the policy
 * @text: as typed
 * @raw, @length: the string it was derived from; usually matches
 * @literal: no wildcard: matches exactly @raw
 * @pattern, @lineage, @next: the regular expression, the same as a pattern of
 *	histories, and the next word that has one of them
 * @programs, @program_count: of a pattern of histories: programs that it was
 *	derived from
 */
struct oracle_string {
	char *text;
	char *raw;
	u32 length;
	bool literal;
	struct oracle_pattern *pattern;
	struct oracle_lineage *lineage;
	struct oracle_string *next;
	bool listed;
	struct kl_text programs[ORACLE_PROGRAMS];
	u32 program_count;
};

/**
 * struct oracle_history - a history of a process
 * @truncated: older programs were dropped
 * @packed: the same for the engine
 */
struct oracle_history {
	u32 count;
	struct kl_text programs[ORACLE_PROGRAMS];
	bool truncated;
	struct kl_history *packed;
};

/**
 * struct oracle_span - numbers or addresses, both ends included
 * @prefix: length of a CIDR prefix, or -1
 * @radix: enum kl_radix of both numbers
 * @single: one number or address
 */
struct oracle_span {
	u64 low, high;
	struct kl_ip ip_low, ip_high;
	int prefix;
	u8 radix[2];
	bool single;
};

struct oracle_member {
	bool dead;
	struct oracle_string *word;
	struct oracle_span span;
};

/**
 * struct oracle_group - a group
 * @late: its members are printed behind the blocks
 */
struct oracle_group {
	enum kl_group_kind kind;
	char name[16];
	u32 count;
	struct oracle_member *members;
	bool late;
};

/**
 * struct oracle_condition - a condition
 * @dead: taken away; so in all that has it
 * @index: argv[index]
 * @name: envp["name"]
 */
struct oracle_condition {
	bool dead;
	u8 left;
	bool negated;
	enum oracle_right right;
	u8 right_slot;
	u32 index;
	struct oracle_string *name;
	struct oracle_string *word;
	struct oracle_span span;
	struct oracle_group *group;
};

struct oracle_list;

/**
 * struct oracle_rule - a head or a sub-entry
 * @kind: enum kl_rule_kind
 * @op: operation that its slots are those of
 * @used: KL_RULE_USE: the rule group
 * @domain: transition=: NULL none, "" NULL
 * @line: where it was printed
 */
struct oracle_rule {
	bool dead;
	u8 kind;
	u8 op;
	u16 priority;
	const struct oracle_list *used;
	const char *domain;
	u32 line;
	u32 count;
	struct oracle_condition *conditions;
};

/**
 * struct oracle_list - rules in a row, of a block or a rule group
 * @name: of a rule group
 * @op: operation that the conditions of its lines are made for
 * @late: of a rule group: it is printed behind the blocks
 * @rules: in the order of the text; @sorted: the @live ones as evaluated
 */
struct oracle_list {
	char name[16];
	u8 op;
	bool late;
	u32 count;
	struct oracle_rule *rules;
	u32 live;
	struct oracle_rule **sorted;
};

/**
 * struct oracle_block - an acl block
 * @split: sub-entries from this one on are printed later, after opening the
 *	block again
 * @permissive: its denials are not enforced
 * @list: its sub-entries
 */
struct oracle_block {
	u8 op;
	bool permissive;
	u32 split;
	struct oracle_rule head;
	struct oracle_list list;
};

/**
 * struct oracle_policy - a policy
 * @blocks: in the order of the text; @sorted: the @live ones as evaluated
 * @lists: rule groups; one uses only those behind it
 * @permissive: mode permissive
 * @domains: domains to enter
 * @looks: seed of the looks of the text
 */
struct oracle_policy {
	u32 group_count, block_count;
	struct oracle_group *groups;
	struct oracle_block *blocks;
	u32 live;
	struct oracle_block **sorted;
	u32 list_count;
	struct oracle_list lists[ORACLE_LISTS];
	bool permissive;
	char domains[ORACLE_DOMAINS][16];
	u64 looks;
};

/** enum oracle_state - of an attribute in a request */
enum oracle_state { STATE_ABSENT, STATE_PRESENT, STATE_UNKNOWN };

/**
 * struct oracle_request - everything about one request
 * @early: slots known before the decision begins
 * @hint: the last component of object 0, 1 is known beforehand
 */
struct oracle_request {
	u8 op;
	u8 state[KL_SLOT_COUNT];
	u64 number[KL_SLOT_COUNT];
	struct kl_text text[KL_SLOT_COUNT];
	struct kl_ip ip;
	struct oracle_history history;
	struct kl_args args;
	struct kl_text strings[ORACLE_ARGS];
	u64 early[KL_SLOT_WORDS];
	bool hint[2];
};

/** struct oracle_match - one block that matched */
struct oracle_match {
	const struct oracle_block *block;
	const struct oracle_rule *rule;
	enum kl_result result;
	bool unenforced;
};

/**
 * struct oracle_outcome - what becomes of a request
 * @allowed: some allow matched
 * @used: some rule of a rule group matched
 * @unenforced: some denial was not enforced
 * @doubt: some line that was looked at was neither true nor false
 * @doubted: slots of conditions that were unknown
 */
struct oracle_outcome {
	bool denied, allowed, used, unenforced;
	bool has_transition;
	const char *transition;
	bool doubt;
	u64 doubted[KL_SLOT_WORDS];
	u32 count;
	struct oracle_match matches[ORACLE_MATCHES];
};

/** oracle_hits - evaluations by operator, left, right and truth */
extern u64 oracle_hits[2][LEFT_COUNT][RIGHT_COUNT][3];

enum oracle_type oracle_left_type(u8 slot);

/**
 * oracle_slot - the attribute of the same name in another operation
 * Return: the slot, -1 if @to has none of the name and type.
 */
int oracle_slot(u8 from, u8 slot, u8 to);

/** oracle_line - is a line true, false or unknown? */
enum kl_truth oracle_line(const struct oracle_rule *rule,
			  const struct oracle_request *request, u64 *doubted);

/** oracle_decide - evaluate the whole policy, block by block */
void oracle_decide(const struct oracle_policy *policy,
		   const struct oracle_request *request,
		   struct oracle_outcome *outcome);

/**
 * oracle_sort - put live blocks and sub-entries in the order of evaluation
 *
 * To be called when they have changed; the arrays have room for all.
 */
void oracle_sort(struct oracle_policy *policy);

/** oracle_forget - drop all regular expressions: their words will be gone */
void oracle_forget(void);

#endif /* TESTS_ORACLE_H */
