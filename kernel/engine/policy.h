/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The editable policy: blocks, sub-entries, groups, quotas. It is changed by
 * batches of statements, each applied whole or not at all.
 *
 * Context of everything here: may sleep; the caller holds the policy mutex
 * (or is single-threaded). No request ever looks at this model: requests see
 * the immutable ruleset that compile.c makes of it.
 */
#ifndef KELLAS_POLICY_H
#define KELLAS_POLICY_H

#include "../limits.h"
#include "attribute.h"
#include "intern.h"
#include "table.h"

/* Address families of kl_ip, also in records. */
#define KL_IPV4	4
#define KL_IPV6	6

/**
 * struct kl_ip - an address, network byte order
 * @family: KL_IPV4 (first 4 bytes of @bytes, the rest 0) or KL_IPV6
 */
struct kl_ip {
	u8 family;
	u8 bytes[16];
};

/**
 * enum kl_radix - how a number was typed, so that it prints back the same
 * @KL_NAMED: by its name (kl_number_name()); never an end of a range
 */
enum kl_radix { KL_DECIMAL, KL_OCTAL, KL_HEXADECIMAL, KL_NAMED };

/**
 * struct kl_number_range - numbers from @low to @high, both included
 * @radix: enum kl_radix of each end
 * @single: typed as one number, not as a range
 */
struct kl_number_range {
	u64 low, high;
	u8 radix[2];
	bool single;
};

/**
 * struct kl_ip_range - addresses from @low to @high, both included
 * @prefix: typed as CIDR with this prefix length; -1 otherwise
 * @single: typed as one address
 */
struct kl_ip_range {
	struct kl_ip low, high;
	s16 prefix;
	bool single;
};

enum kl_group_kind {
	KL_STRING_GROUP,
	KL_NUMBER_GROUP,
	KL_IP_GROUP,
	KL_GROUP_KINDS
};

/**
 * struct kl_member - one member of a group
 * @list: in kl_group.members
 * @link: in kl_policy.members
 * @group: the group
 * @string, @number, @ip: the value; which one, the kind of the group says
 */
struct kl_member {
	struct list_head list;
	struct kl_link link;
	struct kl_group *group;
	union {
		struct kl_string *string;
		struct kl_number_range number;
		struct kl_ip_range ip;
	};
};

/**
 * struct kl_group - a named set of values
 * @list: in kl_policy.groups[kind], in order of creation
 * @link: in kl_policy.names
 * @kind: enum kl_group_kind
 * @name: its name
 * @refs: conditions of the model that use it; a group with neither members
 *	nor uses is dropped at commit
 * @members: struct kl_member, in order of addition
 * @count: number of members
 * @id: number of the group within a ruleset under construction (compile.c)
 */
struct kl_group {
	struct list_head list;
	struct kl_link link;
	u8 kind;
	struct kl_string *name;
	u32 refs;
	struct list_head members;
	u32 count;
	u32 id;
};

/** enum kl_right - what stands on the right-hand side of a condition */
enum kl_right {
	KL_RIGHT_NUMBER,	/* number or range, also for permissions */
	KL_RIGHT_KEYWORD,	/* permission bit or file type, in number.low */
	KL_RIGHT_STRING,	/* "pattern"; for transition the new domain */
	KL_RIGHT_NULL,		/* NULL */
	KL_RIGHT_IP,		/* address, range or CIDR */
	KL_RIGHT_GROUP,		/* @name */
	KL_RIGHT_SLOT,		/* another attribute */
};

/**
 * struct kl_condition - one left=right or left!=right
 * @left: slot of the left side, KL_SLOT_ARGV and KL_SLOT_ENVP included
 * @right: enum kl_right
 * @negated: the operator is !=
 * @right_slot: KL_RIGHT_SLOT
 * @index: argv[index]
 * @name: envp["name"], as typed; a pattern
 * @number: KL_RIGHT_NUMBER, KL_RIGHT_KEYWORD
 * @string: KL_RIGHT_STRING, without the quotes
 * @ip: KL_RIGHT_IP
 * @group_name: KL_RIGHT_GROUP in a statement (the kind follows from @left)
 * @group: KL_RIGHT_GROUP in the model
 */
struct kl_condition {
	u8 left;
	u8 right;
	bool negated;
	u8 right_slot;
	u32 index;
	struct kl_string *name;
	union {
		struct kl_number_range number;
		struct kl_string *string;
		struct kl_ip_range *ip;
		struct kl_string *group_name;
		struct kl_group *group;
	};
};

/**
 * struct kl_hits - what happened to a block or sub-entry; outlives the edits
 * that keep its identity, so counters survive policy changes
 * @refs: the model, every ruleset that knows the line, and every record of it
 *	that no reader has had; atomic, since old rulesets are freed without the
 *	policy mutex
 * @hits: requests decided by it
 * @denials: requests denied by it
 * @unenforced: requests that it would have denied, had it been enforced
 * @lost: records lost for want of space, of requests decided by it: not
 *	written, or overwritten before any reader had them
 * @last: time of the last hit, nanoseconds since the epoch; 0 never
 * @dead: the next of those without references that the log has yet to free
 */
struct kl_hits {
	kl_counter_t refs;
	kl_counter_t hits;
	kl_counter_t denials;
	kl_counter_t unenforced;
	kl_counter_t lost;
	union {
		kl_counter_t last;
		struct kl_hits *dead;
	};
};

enum kl_rule_kind {
	KL_RULE_BLOCK,	/* acl */
	KL_RULE_ALLOW,
	KL_RULE_DENY,
	KL_RULE_USE,	/* the lines of a rule group, in this place */
	KL_RULE_GROUP,	/* rule_group */
};

struct kl_block;
struct kl_rule_group;

/**
 * struct kl_rule - what a head (of a block or rule group) and a sub-entry have
 * in common
 * @list: in kl_policy.blocks[op], kl_policy.rule_groups or kl_block.rules;
 *	unordered: print and compile sort by (@priority, @order)
 * @link: in kl_policy.identity; its hash is that of the identity (kind,
 *	operation or block, priority, conditions)
 * @block: the block it belongs to; a head belongs to itself
 * @kind: enum kl_rule_kind
 * @op: the operation by which its conditions name their attributes: that of
 *	the block; in a rule group the first one that has them all
 * @priority: 0 to KL_PRIORITY_MAX
 * @order: ascending with insertion (of a rule group, with its definition),
 *	unique within a policy
 * @line: line of the text it came from (kl_error.line), for messages
 * @label: its label, or NULL
 * @hits: counters; one reference
 * @used: USE: the rule group
 * @count: number of conditions
 * @conditions: in the order typed
 */
struct kl_rule {
	struct list_head list;
	struct kl_link link;
	struct kl_block *block;
	u8 kind;
	u8 op;
	u16 priority;
	u64 order;
	u32 line;
	struct kl_string *label;
	struct kl_hits *hits;
	struct kl_rule_group *used;
	u32 count;
	struct kl_condition *conditions;
};

/**
 * struct kl_group_line - a sub-entry of a rule group
 * @rule: the sub-entry
 * @ops: set of the operations whose blocks may use it; of a USE, all
 */
struct kl_group_line {
	struct kl_rule rule;
	u64 ops[KL_OP_WORDS];
};

/**
 * struct kl_block - an acl block, or what a rule group has in common with it
 * @rule: its head (kind KL_RULE_BLOCK or KL_RULE_GROUP)
 * @op: enum kl_op; not in a rule group
 * @audit: audit index
 * @wait: milliseconds to wait for the keeper once a record is made; 0: none
 * @permissive: its denials are not enforced
 * @rules: its sub-entries, struct kl_rule
 * @count: number of them
 * @uses: number of those that are of kind KL_RULE_USE
 */
struct kl_block {
	struct kl_rule rule;
	u8 op;
	u8 audit;
	bool permissive;
	u16 wait;
	struct list_head rules;
	u32 count;
	u32 uses;
};

/**
 * struct kl_rule_group - a named list of rules, struct kl_group_line
 * @block: its lines
 * @name: its name
 * @refs: USE lines of the model that use it
 * @defined: there was a rule_group line; false only within a batch, while
 *	there were but USE lines yet
 * @height: 1 + that of the highest group it uses; 0: not known yet
 * @size: lines it expands to, itself included; at most KL_RULES_MAX + 1
 * @ops: set of the operations whose blocks may use it
 *
 * @height, @size and @ops belong to kl_rule_groups_check().
 */
struct kl_rule_group {
	struct kl_block block;
	struct kl_string *name;
	u32 refs;
	bool defined;
	u32 height;
	u32 size;
	u64 ops[KL_OP_WORDS];
};

enum kl_result {
	KL_UNMATCHED,
	KL_ALLOWED,
	KL_DENIED,
	KL_RESULTS
};

#define KL_UNLIMITED ((u32)~0)

/**
 * struct kl_audit_quota - limits of one audit index
 * @named: a quota line names it: otherwise index 0 logs nothing and every
 *	other index everything
 * @to_audit: its records go to the Linux audit subsystem as well
 * @limit: unread records at most, by enum kl_result; KL_UNLIMITED
 * @rate: records a second at most, of all results together, to KL_RATE_MAX;
 *	0: as many as there are
 * @burst: with @rate: records at once at most, after a time without any
 */
struct kl_audit_quota {
	bool named;
	bool to_audit;
	u32 limit[KL_RESULTS];
	u32 rate;
	u32 burst;
};

enum kl_memory_kind {
	KL_MEMORY_POLICY,
	KL_MEMORY_AUDIT,
	KL_MEMORY_QUERY,
	KL_MEMORY_KINDS
};

/**
 * struct kl_quota - every quota of a policy
 * @audit: by audit index
 * @memory: bytes by enum kl_memory_kind; 0: not given (the default applies)
 * @drop_oldest: overwrite policy of the log ring; false: drop-newest
 */
struct kl_quota {
	struct kl_audit_quota audit[KL_AUDIT_INDEXES];
	u64 memory[KL_MEMORY_KINDS];
	bool drop_oldest;
};

/**
 * kl_quota_limit - unread records of a result that an audit index may have
 * Return: how many; 0: it records none; KL_UNLIMITED.
 */
static inline u32 kl_quota_limit(const struct kl_quota *quota, u8 audit,
				 enum kl_result result)
{
	const struct kl_audit_quota *index = &quota->audit[audit];

	if (index->named)
		return index->limit[result];
	return audit ? KL_UNLIMITED : 0;
}

/**
 * struct kl_policy - the model
 * @strings: interned words of the model, of statements and of rulesets
 * @blocks: struct kl_block by operation
 * @block_count: number by operation
 * @groups: struct kl_group by kind
 * @group_count: number of all kinds together; without rule groups
 * @rule_groups: struct kl_rule_group
 * @rule_group_count: number of them
 * @rule_count: blocks, rule groups and sub-entries
 * @expanded: lines that USE lines of blocks expanded to when that was last
 *	looked at; it can only have become less
 * @identity: struct kl_rule by identity
 * @members: struct kl_member by group and value
 * @names: struct kl_group by kind and name
 * @next_order: for the next kl_rule.order
 * @quota: quotas
 * @permissive: "mode permissive": no denial is enforced, but of operations
 *	that are not kl_op_is_switchable()
 * @memory: bytes of the model without @strings; an entry's share of the hash
 *	tables is charged to the entry
 * @generation: raised by each batch that was applied, and again when one is
 *	taken back: equal numbers mean equal policies
 * @updates: statements applied since creation ("stat Policy updated")
 *
 * @generation and @updates outlive a batch that replaces everything.
 */
struct kl_policy {
	struct kl_strings strings;
	struct list_head blocks[KL_OP_COUNT];
	u32 block_count[KL_OP_COUNT];
	struct list_head groups[KL_GROUP_KINDS];
	u32 group_count;
	struct list_head rule_groups;
	u32 rule_group_count;
	u32 rule_count;
	u32 expanded;
	struct kl_table identity;
	struct kl_table members;
	struct kl_table names;
	u64 next_order;
	struct kl_quota quota;
	bool permissive;
	size_t memory;
	u64 generation;
	u64 updates;
};

int kl_policy_init(struct kl_policy *policy);
void kl_policy_destroy(struct kl_policy *policy);

enum kl_statement_kind {
	KL_STATEMENT_EMPTY,	/* blank, comment, stat line: no effect */
	KL_STATEMENT_ACL,
	KL_STATEMENT_RULE,	/* allow, deny, use */
	KL_STATEMENT_AUDIT,
	KL_STATEMENT_LABEL,
	KL_STATEMENT_PERMISSIVE,
	KL_STATEMENT_GROUP,
	KL_STATEMENT_RULE_GROUP,
	KL_STATEMENT_VERSION,	/* POLICY_VERSION= */
	KL_STATEMENT_QUOTA_MEMORY,
	KL_STATEMENT_QUOTA_AUDIT,
	KL_STATEMENT_MODE,
	KL_STATEMENT_BEGIN,	/* from here on commands: kl_policy_apply() */
	KL_STATEMENT_COMMIT,	/* refuses them, they are the caller's business */
	KL_STATEMENT_ABORT,
	KL_STATEMENT_CONFIRM,
	KL_STATEMENT_REVERT,
	KL_STATEMENT_LOCK,
	KL_STATEMENT_DETACH,
};

/**
 * struct kl_statement - one line, parsed
 * @kind: enum kl_statement_kind
 * @delete: it began with "delete"
 * @replace: "begin replace"
 * @force: "begin force"
 * @permissive: "mode permissive"
 * @rule_kind: enum kl_rule_kind for ACL and RULE
 * @op: ACL: its operation; RULE: of the block it was typed in; in a rule group
 *	see struct kl_rule
 * @in_group: RULE: it was typed in a rule group
 * @group_kind: enum kl_group_kind for GROUP
 * @priority: for ACL and RULE
 * @index: AUDIT: the index; QUOTA_AUDIT: the index; QUOTA_MEMORY: the kind
 * @wait: AUDIT: milliseconds, to KL_WAIT_MAX; 0: none
 * @confirm: COMMIT: seconds, to KL_CONFIRM_MAX; 0: none
 * @line: where it stood
 * @column: column of the word that a message about it points at
 * @name: GROUP, RULE_GROUP: its name; LABEL: the label; RULE: label= or NULL,
 *	of a use the name of the rule group
 * @count: conditions
 * @conditions: owned by the statement until it is applied
 * @member: GROUP: the member
 * @memory: QUOTA_MEMORY: bytes; @drop_oldest with it, if @has_drop
 * @limit: QUOTA_AUDIT: new limits; @limit_given says which
 * @rate, @burst: QUOTA_AUDIT: the new ones; @rate 0: not given
 * @to_audit: QUOTA_AUDIT: audit=yes; @to_audit_given: audit= was given
 */
struct kl_statement {
	u8 kind;
	bool delete;
	bool replace;
	bool force;
	bool permissive;
	bool in_group;
	u8 rule_kind;
	u8 op;
	u8 group_kind;
	u16 priority;
	u16 index;
	u16 wait;
	u32 confirm;
	u32 line;
	u32 column;
	struct kl_string *name;
	u32 count;
	struct kl_condition *conditions;
	union {
		struct kl_member member;
		struct {
			u64 memory;
			bool has_drop;
			bool drop_oldest;
		};
		struct {
			u32 limit[KL_RESULTS];
			bool limit_given[KL_RESULTS];
			u32 rate;
			u32 burst;
			bool to_audit;
			bool to_audit_given;
		};
	};
};

/** kl_statement_release - drop what a statement still owns; it is EMPTY then */
void kl_statement_release(struct kl_statement *statement);

/**
 * struct kl_batch - statements to be applied together
 * @statements: array, grown as needed
 * @count: used
 * @room: allocated
 * @replace: start from an empty policy
 */
struct kl_batch {
	struct kl_statement *statements;
	u32 count;
	u32 room;
	bool replace;
};

void kl_batch_init(struct kl_batch *batch);
void kl_batch_release(struct kl_batch *batch);

/**
 * kl_batch_add - append a statement, taking over what it owns
 * Return: 0; -ENOMEM, or -E2BIG beyond KL_STATEMENTS_MAX (then @statement
 * still owns it).
 */
int kl_batch_add(struct kl_batch *batch, struct kl_statement *statement);

/**
 * struct kl_undo - how to take an applied batch back; opaque
 */
struct kl_undo;

/**
 * kl_policy_apply - apply a batch, all or nothing
 * @batch: emptied of what the model took over
 * @undo: set to what kl_policy_revert() or kl_policy_settle() needs
 * @error: filled in on -EINVAL, -E2BIG
 *
 * Deleting what does not exist has no effect and is no error, as in CaitSith;
 * such a statement is not counted as an update.
 *
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM with nothing changed.
 */
int kl_policy_apply(struct kl_policy *policy, struct kl_batch *batch,
		    struct kl_undo **undo, struct kl_error *error);

/**
 * kl_policy_revert - put everything back as it was before the apply
 *
 * Only the generation goes on: whoever looked in between sees that what he saw
 * is no more.
 */
void kl_policy_revert(struct kl_policy *policy, struct kl_undo *undo);

/** kl_policy_settle - the change stays: free what it removed */
void kl_policy_settle(struct kl_policy *policy, struct kl_undo *undo);

/**
 * kl_op_is_switchable - does "mode permissive" concern an operation?
 *
 * Not manual_domain_transition, which is denied unless allowed, nor
 * modify_policy: the mode is for finding out what a policy would break, and
 * must open neither domains nor the policy itself.
 */
static inline bool kl_op_is_switchable(enum kl_op op)
{
	return op != KL_OP_MODIFY_POLICY &&
	       op != KL_OP_MANUAL_DOMAIN_TRANSITION;
}

/**
 * kl_policy_sorted - the blocks of an operation, the rule groups, or the
 * sub-entries of either, in the order in which they are evaluated and printed
 * @list: kl_policy.blocks[op], kl_policy.rule_groups or kl_block.rules
 * @count: entries in it
 *
 * Return: array to be freed with kl_free(); NULL when out of memory or empty.
 */
struct kl_rule **kl_policy_sorted(const struct list_head *list, u32 count);

/** kl_hits_put - drop a reference to counters. Context: any that may free. */
void kl_hits_put(struct kl_hits *hits);

#endif /* KELLAS_POLICY_H */
