/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of a policy that can concern a task, whatever it does: those whose
 * conditions on the task hold, or may hold, as the engine judges them.
 */
#ifndef KELLAS_CONCERN_H
#define KELLAS_CONCERN_H

#include "histree.h"
#include "policy_file.h"

/**
 * struct kl_task_facts - what is known of a task
 * @request: its slots of the task; which operation is of no matter
 * @exe, @domain, @cgroup: behind these
 * @history: likewise, owned; or NULL
 *
 * Must not be moved.
 */
struct kl_task_facts {
	struct kl_request request;
	struct kl_text exe, domain, cgroup;
	struct kl_history *history;
};

/**
 * kl_task_facts_of - what a tree tells of the processes that run a program
 * @node: what they differ in counts as not known
 */
void kl_task_facts_of(struct kl_task_facts *facts, const struct kl_histree_node *node);
void kl_task_facts_free(struct kl_task_facts *facts);

/**
 * struct kl_concern - a line
 * @line: of the policy's source, from 1
 * @op: operation of the block that it is evaluated for
 * @block: line of that block's head
 * @missing: enum kl_slot of the first attribute of the task that is not known
 *	and decides whether the line concerns it; -1: it does
 */
struct kl_concern {
	u32 line;
	u32 block;
	u8 op;
	int missing;
};

/**
 * struct kl_concerns - lines, in the order of evaluation
 */
struct kl_concerns {
	struct kl_concern *list;
	u32 count, room;
};

/**
 * kl_concerns_find - the lines that can concern a task
 * @file: compiled
 * @task: only its slots of the task are looked at
 *
 * What stands behind a line that decides whatever is done is left out, up to the
 * end of the block, or of the operation if it is an enforced denial. A line that uses
 * a rule group comes before those of the group that can concern the task.
 */
void kl_concerns_find(const struct kl_policy_file *file, const struct kl_request *task,
		      struct kl_concerns *concerns);
void kl_concerns_free(struct kl_concerns *concerns);

#endif /* KELLAS_CONCERN_H */
