/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records to a policy that permits what they show, and little more.
 *
 * 1. Whose records. Conditions on the subject (task.*) pick them; a record that
 *    does not tell is passed over and counted. Those that are picked are sorted
 *    into subjects: one for each program, domain, history of programs, or
 *    control group. The head of each block of a subject is what picked it.
 *
 * 2. What is kept of them. Of a request its operation and the attributes that
 *    say on what it acted: names of objects, addresses, ports, signals,
 *    capabilities and the like (learnt_slots() in observation.c). Arguments,
 *    owners, modes and inodes are not. Equal requests are one observation, so
 *    that a million records take the memory of what is different in them.
 *    What was denied is not learnt, unless it was only not enforced, or this
 *    is asked for; its operation gets a block all the same. An attribute that
 *    was too long to be known, cannot be learnt.
 *
 * 3. Names to patterns: generalise.h, over all operations of a subject. Ports
 *    from 32768 on, of which there are many, are what the other side got by
 *    chance: they become the whole range. Many addresses of one network become
 *    the network. Other numbers stay what they were.
 *
 * 4. Patterns to rules. A pattern whose observed names all match a wider one of
 *    the same operation is left out. Names that the same set of operations uses
 *    become a group, if that makes less lines. Rules of several attributes are
 *    joined where they differ in one, so that nothing is permitted that was not
 *    seen together, but for the wildcards.
 *
 * 5. Blocks. For each operation of a subject: its allow lines, then deny. They
 *    are permissive unless @enforce: what is missing is logged, nothing denied.
 *    Requests without the attribute that tells others apart (executable memory
 *    without a file) are allowed behind a line that denies all which have it. An
 *    operation that has no attributes, or that cannot be denied, gets no block;
 *    neither does one that was not seen, unless it is named in @deny: whether
 *    it would have been logged, the log does not tell.
 *
 * 6. Proof. The text is compiled by the engine, must be what the engine would
 *    print, and kl_decide() must deny none of the observations that were
 *    learnt, permissive or not; otherwise there is no policy. It is also asked
 *    about what had been denied: a wildcard may stand for that, too. Then the
 *    policy is made once more, with deny lines for just these requests ahead of
 *    the others, and proved again. What no line can say, the lack of a number,
 *    is counted and told, with an example.
 *
 * Each widening is told in a comment beside the line where it is.
 */
#ifndef KELLAS_LEARN_H
#define KELLAS_LEARN_H

#include "draft.h"
#include "generalise.h"
#include "logline.h"

/* Priorities of learnt blocks and of what is in them. */
#define KL_LEARN_BLOCK 100
#define KL_LEARN_DENIED 5 /* what had been denied, ahead of wildcards */
#define KL_LEARN_ALLOW 10
#define KL_LEARN_DENY 20
#define KL_LEARN_REST 30
/* Audit index of learnt blocks: denials are logged, nothing else. */
#define KL_LEARN_AUDIT 1
/* An example in a comment is cut behind so many bytes, which "..." says. */
#define KL_LEARN_EXAMPLE 160u

/**
 * struct kl_learn_options - what is wanted
 * @conditions: words, separated by spaces, each a condition on task.*; or empty
 * @group_by: KL_SLOT_TASK_EXE, _DOMAIN, _HISTORY or _CGROUP
 * @how: of names; @how.entries counts for networks and @how.different for
 *	ports, too
 * @deny: set of operations that get a block even if they were not seen
 * @enforce: blocks are not permissive
 * @denied: learn what was denied, too
 */
struct kl_learn_options {
	struct kl_text conditions;
	enum kl_slot group_by;
	struct kl_generalise how;
	u64 deny[KL_OP_WORDS];
	bool enforce;
	bool denied;
};

/**
 * struct kl_learn_counts - records of requests, each in one of these
 * @learnt: permitted by the policy, and proved to be
 * @others: not picked by the conditions
 * @undecided: they lack an attribute that the conditions ask for
 * @ungrouped: they lack the attribute by which they are grouped
 * @denied: denied, or equal to one that was; not learnt, and the policy denies
 *	them, too
 * @reopened: likewise, but what is wider than what was seen permits them, and no deny
 *	line can say what they are
 * @unknowable: an attribute was too long, or could not be read
 * @unrestrictable: of operations that get no block: see @free
 * @free: set of operations of subjects that were seen and get no block
 * @elsewhere: set of operations that were seen, but of no subject
 * @seen: set of operations of subjects
 * @observations: learnt requests that differ
 * @subjects: subjects
 * @refused: a bug: learnt, but the policy would deny them
 */
struct kl_learn_counts {
	u64 learnt, others, undecided, ungrouped, denied, reopened, unknowable;
	u64 unrestrictable;
	u64 free[KL_OP_WORDS];
	u64 elsewhere[KL_OP_WORDS];
	u64 seen[KL_OP_WORDS];
	u64 observations;
	u32 subjects;
	u64 refused;
};

struct kl_learn;

/**
 * kl_learn_new - begin
 * @options: used until kl_learn_free()
 * @error: its column counts within @options->conditions
 *
 * Return: NULL with @error filled in: a condition is wrong or not on the subject.
 */
struct kl_learn *kl_learn_new(const struct kl_learn_options *options,
			      struct kl_error *error);
void kl_learn_free(struct kl_learn *learn);

/** kl_learn_add - learn from a record; what is no request is passed over */
void kl_learn_add(struct kl_learn *learn, const struct kl_logline *line);

/**
 * kl_learn_finish - all records were added: make the policy, prove it
 *
 * Return: 0, also if there was nothing to learn; -EINVAL, -E2BIG, -ENOMEM with
 * @error filled in: the policy is too large, or wrong, which is a bug.
 */
int kl_learn_finish(struct kl_learn *learn, struct kl_error *error);

const struct kl_learn_counts *kl_learn_counts(const struct kl_learn *learn);

/** kl_learn_reopened - one of @reopened: operation and object; empty if none */
struct kl_text kl_learn_reopened(const struct kl_learn *learn);

/** kl_learn_draft - the policy; after kl_learn_finish() */
const struct kl_draft *kl_learn_draft(const struct kl_learn *learn);

#endif /* KELLAS_LEARN_H */
