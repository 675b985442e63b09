/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The compiled policy and the decision.
 *
 * A ruleset is immutable once made; requests read it under RCU or a reference.
 */
#ifndef KELLAS_RULESET_H
#define KELLAS_RULESET_H

#include "history.h"
#include "policy.h"
#include "pattern.h"

/**
 * struct kl_args - argv[] and envp[] of a new program
 * @argc, @envc: number of strings of each
 * @text: @argc + @envc strings; one that could not be read, or beyond
 *	KL_STRING_MAX, has data NULL: conditions on it are unknown
 */
struct kl_args {
	u32 argc;
	u32 envc;
	const struct kl_text *text;
};

/**
 * union kl_value - value of one slot; which member, the slot's type says
 * @number: KL_NUMBER, KL_FILEPERM, KL_FILETYPE
 * @text: KL_STRING; raw bytes
 * @ip: KL_IPADDR
 * @args: KL_SLOT_ARGV and KL_SLOT_ENVP, the same object
 * @history: KL_ANCESTOR and KL_HISTORY, the same object
 */
union kl_value {
	u64 number;
	const struct kl_text *text;
	const struct kl_ip *ip;
	const struct kl_args *args;
	const struct kl_history *history;
};

/** enum kl_verdict - what kl_decide() says */
enum kl_verdict {
	KL_PERMIT,	/* no matching block denies and is enforced */
	KL_DENY,	/* the last block of the matches denies, enforced */
	KL_NEED,	/* collect kl_request.need, then call again */
	KL_DRAIN,	/* kl_request.matches is full: take them, call again */
};

/**
 * struct kl_match - a block whose head matched
 * @block: number of the block within the ruleset
 * @rule: number of the deciding sub-entry; KL_NO_RULE if unmatched
 * @result: enum kl_result
 * @unenforced: a denial that is not enforced: "permissive" or "mode permissive"
 */
struct kl_match {
	u32 block;
	u32 rule;
	u8 result;
	bool unenforced;
};

#define KL_NO_RULE	((u32)~0)
#define KL_MATCHES	8

/**
 * struct kl_request - an operation to be decided
 * @op: enum kl_op
 * @need: after KL_NEED the slot (enum kl_slot) that must become present,
 *	absent or unknown
 * @match_count: used of @matches
 * @next_block: KL_DRAIN and KL_NEED continue here; a position, not a number
 * @started: kl_decide() was called at least once
 * @present: bit set: the slot has a value in @value
 * @absent: bit set: the attribute has no value (= and != are both false)
 * @unknown: bit set: a value that could not be had or is over the limit:
 *	true in a block head and in deny, false in allow
 * @last: last component of object 0 and 1 if known before the whole name is
 *	collected; data NULL: not known. The name, once collected, must be
 *	exactly this string or end in '/' followed by it, and @last holds no
 *	'/' itself unless it is the whole name.
 * @value: by slot
 * @matches: blocks that matched since the last drain
 * @transition: first transition of a matching allow, or NULL; a domain name
 *	as typed, owned by the ruleset; empty: stay
 * @overlong: slots whose unknown value influenced the decision
 *
 * At most one of present, absent and unknown is set for a slot; none of them
 * means "not collected yet".
 */
struct kl_request {
	u8 op;
	u8 need;
	u8 match_count;
	bool started;
	u32 next_block;
	u64 present[KL_SLOT_WORDS];
	u64 absent[KL_SLOT_WORDS];
	u64 unknown[KL_SLOT_WORDS];
	u64 overlong[KL_SLOT_WORDS];
	struct kl_text last[2];
	const struct kl_string *transition;
	bool has_transition;
	struct kl_match matches[KL_MATCHES];
	union kl_value value[KL_SLOT_COUNT];
};

static inline bool kl_slot_test(const u64 *set, u32 slot)
{
	return set[slot / 64] >> (slot % 64) & 1;
}

static inline void kl_slot_add(u64 *set, u32 slot)
{
	set[slot / 64] |= BIT_ULL(slot % 64);
}

/** kl_request_init - an empty request; @value stays uninitialised */
static inline void kl_request_init(struct kl_request *request, enum kl_op op)
{
	memset(request, 0, offsetof(struct kl_request, matches));
	request->op = op;
}

static inline void kl_request_number(struct kl_request *request, u32 slot,
				     u64 number)
{
	request->value[slot].number = number;
	kl_slot_add(request->present, slot);
}

static inline void kl_request_text(struct kl_request *request, u32 slot,
				   const struct kl_text *text)
{
	request->value[slot].text = text;
	kl_slot_add(request->present, slot);
}

/**
 * struct kl_compiled_block - public part of a block in a ruleset
 * @priority: of the block
 * @wait: milliseconds to wait for the keeper once a record is made; 0: none
 * @audit: audit index
 * @op: enum kl_op
 * @permissive: its denials are not enforced, for its own sake or the mode's
 * @line: line it came from
 * @label: or NULL
 * @hits: counters of the block
 */
struct kl_compiled_block {
	u16 priority;
	u16 wait;
	u8 audit;
	u8 op;
	bool permissive;
	u32 line;
	struct kl_string *label;
	struct kl_hits *hits;
};

/**
 * struct kl_compiled_rule - public part of a sub-entry in a ruleset
 * @priority: as typed; those of a block need not ascend, if it uses groups
 * @kind: KL_RULE_ALLOW or KL_RULE_DENY
 * @line: line it came from
 * @site: number of the use it stands in place of, or KL_NO_SITE
 * @label: or NULL
 * @hits: counters of the line, wherever it is used
 */
struct kl_compiled_rule {
	u16 priority;
	u8 kind;
	u32 line;
	u32 site;
	struct kl_string *label;
	struct kl_hits *hits;
};

#define KL_NO_SITE ((u32)~0)

/**
 * struct kl_compiled_site - a use line in one place
 * @line: line it came from
 * @outer: the use in whose group it stands, or KL_NO_SITE
 * @hits: counters of the use line; those of a block count one place, those of
 *	a group all places where the group is used
 */
struct kl_compiled_site {
	u32 line;
	u32 outer;
	struct kl_hits *hits;
};

struct kl_ruleset;

/**
 * kl_compile - make a ruleset of a policy
 * @error: says what was exceeded on -E2BIG, -ENOMEM
 *
 * Context: may sleep; policy mutex held.
 * Return: 0, -ENOMEM, -E2BIG.
 */
int kl_compile(struct kl_policy *policy, struct kl_ruleset **ruleset,
	       struct kl_error *error);

/**
 * kl_ruleset_free - free a ruleset that no request can see any more
 * Context: may sleep; policy mutex held (it drops interned strings).
 */
void kl_ruleset_free(struct kl_ruleset *ruleset);

/** kl_ruleset_has - does any block of this operation exist? Context: any. */
bool kl_ruleset_has(const struct kl_ruleset *ruleset, enum kl_op op);

/** kl_ruleset_memory - bytes held, strings and patterns not included */
size_t kl_ruleset_memory(const struct kl_ruleset *ruleset);

const struct kl_compiled_block *
kl_ruleset_block(const struct kl_ruleset *ruleset, u32 block);
const struct kl_compiled_rule *
kl_ruleset_rule(const struct kl_ruleset *ruleset, u32 rule);

/** kl_ruleset_site - a use line; not for KL_NO_SITE */
const struct kl_compiled_site *
kl_ruleset_site(const struct kl_ruleset *ruleset, u32 site);

/** kl_ruleset_quota - the quotas that were in force when it was compiled */
const struct kl_quota *kl_ruleset_quota(const struct kl_ruleset *ruleset);

/**
 * kl_ruleset_uses - would any condition of this operation look at the slot?
 * Lets collectors and records skip what nobody asks about.
 */
bool kl_ruleset_uses(const struct kl_ruleset *ruleset, enum kl_op op, u32 slot);

/** kl_ruleset_used - the same as a set: all slots that are looked at */
const u64 *kl_ruleset_used(const struct kl_ruleset *ruleset, enum kl_op op);

/**
 * kl_ruleset_transition - the domains that transition= leads to, one by one
 * @at: 0 for the first; advanced
 *
 * One may come more than once; none is empty.
 * Return: its name as typed, or NULL: there are no more.
 */
const struct kl_string *kl_ruleset_transition(const struct kl_ruleset *ruleset,
					      u32 *at);

/**
 * kl_decide - decide a request
 *
 * Pure: no allocation, no sleeping. The same request continues on the same
 * ruleset until KL_PERMIT or KL_DENY; blocks whose matches were reported are
 * not evaluated again.
 *
 * Context: any, under RCU or with a reference on @ruleset.
 */
enum kl_verdict kl_decide(const struct kl_ruleset *ruleset,
			  struct kl_request *request);

/** kl_decide_linear - the same without indexes, for the benchmark */
enum kl_verdict kl_decide_linear(const struct kl_ruleset *ruleset,
				 struct kl_request *request);

/** enum kl_truth - value of a condition or of all conditions of a line */
enum kl_truth { KL_FALSE, KL_TRUE, KL_UNKNOWN };

/**
 * kl_line_truth - evaluate all conditions of one head or sub-entry, for tools
 * @rule: KL_NO_RULE for the head of @block
 *
 * A slot neither present, absent nor unknown counts as unknown; the first such
 * slot is stored in @missing (untouched otherwise).
 */
enum kl_truth kl_line_truth(const struct kl_ruleset *ruleset, u32 block,
			    u32 rule, const struct kl_request *request,
			    int *missing);

/**
 * kl_ruleset_blocks - blocks of an operation, in order of evaluation
 * @first: set to the number of the first; they are consecutive
 *
 * Return: how many.
 */
u32 kl_ruleset_blocks(const struct kl_ruleset *ruleset, enum kl_op op,
		      u32 *first);

/** kl_ruleset_rules - sub-entries of a block, in order; as above */
u32 kl_ruleset_rules(const struct kl_ruleset *ruleset, u32 block, u32 *first);

#endif /* KELLAS_RULESET_H */
