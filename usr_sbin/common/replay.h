/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Recorded requests judged anew by another policy: what would change?
 *
 * A record tells what one block made of a request; a request that several
 * blocks matched has several records, one after the other, which are put
 * together again (same thread, time and words). What was done with the request
 * is what its last enforced denial says, or that there was none.
 *
 * What a request is judged by is its record, the domain of the task included,
 * even where another policy would have led the task into another domain.
 */
#ifndef KELLAS_REPLAY_H
#define KELLAS_REPLAY_H

#include "engine/table.h"
#include "log.h"
#include "policy_file.h"

/* Blocks of one request that are compared; further ones are counted. */
#define KL_REPLAY_BLOCKS 16u
/* Different lines of the lists; what changes beyond is counted with its rule alone. */
#define KL_REPLAY_ITEMS_MAX 500000u

/**
 * enum kl_replay_kind - what would change; a request counts as the first that
 * applies
 */
enum kl_replay_kind {
	KL_REPLAY_DENIED,	/* it was permitted */
	KL_REPLAY_PERMITTED,	/* it was denied */
	KL_REPLAY_RESULT,	/* the same verdict, but a block says something else */
	KL_REPLAY_TRANSITION,	/* another domain; only between two policies */
	KL_REPLAY_UNLOGGED,	/* a record would no longer be made */
	KL_REPLAY_LOGGED,	/* a record would be made in addition */
	KL_REPLAY_PRIORITY,	/* the same record, of a block with another priority */
	KL_REPLAY_KINDS
};

/**
 * struct kl_replay_side - what one block makes of a request
 * @exists: there is such a block; otherwise nothing else is set
 * @logged: a record is made, as far as the policy alone decides
 * @unenforced: a denial that is not enforced
 * @result: enum kl_result
 * @priority: of the block
 * @block, @rule: lines of the policy's source; 0: from a record, or no rule
 * @label: rule= of the record, or of the rule or block; may be empty
 */
struct kl_replay_side {
	bool exists, logged, unenforced;
	u8 result;
	u16 priority;
	u32 block, rule;
	char label[KL_LABEL_MAX + 1];
};

/**
 * struct kl_replay_example - how often, and where for the first time
 * @count: requests
 * @number: number of the first of them
 * @first: where its first record stands
 */
struct kl_replay_example {
	u64 count, number;
	struct kl_log_place first;
};

/**
 * struct kl_replay_item - requests that change in the same way, of one program,
 * about one object
 * @link: in a table of all items
 * @change: which way
 * @example: how often, and where
 * @program, @object: encoded; empty if the record does not say
 */
struct kl_replay_item {
	struct kl_link link;
	struct kl_replay_change *change;
	struct kl_replay_example example;
	char *program, *object;
};

/**
 * struct kl_replay_change - requests that change in the same way
 * @link: in a table of all changes
 * @kind: enum kl_replay_kind
 * @op: enum kl_op
 * @before: the block that makes the difference, as recorded or by the old policy
 * @after: by the new policy
 * @example: how often, and where
 * @items: the most frequent first
 * @item_count: of @items
 * @unlisted: requests that have no item, see KL_REPLAY_ITEMS_MAX
 */
struct kl_replay_change {
	struct kl_link link;
	u8 kind;
	u8 op;
	struct kl_replay_side before, after;
	struct kl_replay_example example;
	struct kl_replay_item **items;
	u32 item_count;
	u64 unlisted;
};

/**
 * struct kl_replay_open - requests that could not be decided for one reason
 * @link: in a table of all reasons
 * @op: enum kl_op
 * @slot: the attribute that the record lacks
 * @block: line of the first block that asks for it
 * @old: it is a block of the old policy
 * @verdict: the verdict depends on it; otherwise only what the block says or
 *	which domain is entered
 * @example: how often, and where
 */
struct kl_replay_open {
	struct kl_link link;
	u8 op;
	u8 slot;
	u32 block;
	bool old, verdict;
	struct kl_replay_example example;
};

/**
 * struct kl_replay_result - what came of it
 * @requests: that were judged, records put together
 * @records: of which they were made
 * @kinds: requests by enum kl_replay_kind
 * @undecided: requests whose verdict could not be told
 * @open: requests whose verdict is the same, but what a block says, or which
 *	domain is entered, is not known
 * @beyond: requests that more than KL_REPLAY_BLOCKS blocks matched, of which
 *	the others were not compared
 * @contradicted: requests that the old policy decides otherwise than recorded
 * @contradiction: the first of them
 * @bugs: requests about which the engine disagrees with itself
 * @seen: set of the operations that are in the log
 * @changes, @change_count: by kind, then the most frequent first
 * @opens, @open_count: those of verdicts first, then the most frequent first
 */
struct kl_replay_result {
	u64 requests, records;
	u64 kinds[KL_REPLAY_KINDS];
	u64 undecided, open, beyond;
	struct kl_replay_example contradicted;
	u64 bugs;
	u64 seen[KL_OP_WORDS];
	struct kl_replay_change **changes;
	u32 change_count;
	struct kl_replay_open **opens;
	u32 open_count;
};

struct kl_replay;

/**
 * kl_replay_new - begin
 * @after: the new policy, compiled; used until kl_replay_free()
 * @before: the old one, likewise, or NULL: what was recorded counts
 * @absent: what a record lacks has no value
 */
struct kl_replay *kl_replay_new(struct kl_policy_file *after,
				struct kl_policy_file *before, bool absent);

/**
 * kl_replay_add - judge a record
 * @line: of any kind; only requests count
 * @place: where it stands; its name must outlive the result
 */
void kl_replay_add(struct kl_replay *replay, const struct kl_logline *line,
		   struct kl_log_place place);

/** kl_replay_result - nothing more will be added: what came of it */
const struct kl_replay_result *kl_replay_result(struct kl_replay *replay);

void kl_replay_free(struct kl_replay *replay);

/** kl_replay_kind_name - "denied", "permitted", "result", ... */
const char *kl_replay_kind_name(enum kl_replay_kind kind);

#endif /* KELLAS_REPLAY_H */
