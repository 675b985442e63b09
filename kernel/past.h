/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history of a process as tasks share it: made at execve, inherited at
 * fork, never changed.
 */
#ifndef KELLAS_PAST_H
#define KELLAS_PAST_H

#include <linux/refcount.h>
#include <linux/types.h>
#include "engine/history.h"

struct path;
struct task_struct;

/**
 * struct kl_past - a history that tasks share
 * @users: tasks and requests; at 0 it is freed by RCU
 * @rcu: frees it
 * @exe: the last program of @history: task.exe; data NULL if its name is longer
 *	than KL_STRING_MAX
 * @size: bytes of all this
 * @history: the programs
 */
struct kl_past {
	refcount_t users;
	struct rcu_head rcu;
	struct kl_text exe;
	size_t size;
	struct kl_history history;
};

/**
 * kl_past_executed - a past with one more program, which current will run now
 * @old: until now; NULL: none
 * @path: of the program
 *
 * Context: may sleep. Return: a reference; ERR_PTR(-ENOMEM).
 */
struct kl_past *kl_past_executed(const struct kl_past *old,
				 const struct path *path);

/**
 * kl_past_rebuilt - the past of a task that is older than its state
 * @old: of its parent; NULL: it has none
 * @task: a reference is held
 *
 * The last program is the one that it runs now. What it has in common with its
 * parent is shared.
 *
 * Context: may sleep. Return: a reference; ERR_PTR(-ENOMEM).
 */
struct kl_past *kl_past_rebuilt(struct kl_past *old, struct task_struct *task);

static inline struct kl_past *kl_past_hold(struct kl_past *past)
{
	refcount_inc(&past->users);
	return past;
}

/** kl_past_put - drop a reference; NULL is nothing. Context: any, not NMI. */
void kl_past_put(struct kl_past *past);

/**
 * kl_past_figures - for stat
 * @count: set to how many there are
 * @bytes: set to what they hold
 */
void kl_past_figures(u64 *count, u64 *bytes);

#endif /* KELLAS_PAST_H */
