/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Kellas knows of a task (a thread) that the kernel does not: its domain,
 * its history, the manager mark, and how far its execve has come.
 *
 * The functions of the family TASK keep it. They are attached together with the
 * first function that any policy needs, and stay so, whatever becomes of the
 * policy, until everything is detached: domains and histories outlive edits of
 * the policy.
 *
 * A state is changed by its own task only, outside of any request of it; what
 * it refers to is immutable. Others read it under RCU.
 *
 * A worker (KL_PF_WORKER) has none of its own: wherever a state is looked for,
 * that of the thread that made it is found, as it is now, and as it was last if
 * that thread has ended. A worker that is older than the table has its
 * process's first thread's. It only reads it, as others do.
 */
#ifndef KELLAS_TASK_H
#define KELLAS_TASK_H

#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/types.h>
#include "compat.h"
#include "domain.h"
#include "past.h"

struct path;
struct task_struct;

/**
 * struct kl_state - the state of a task
 * @node: in the table of states, which finds it by @task
 * @users: the table, and a request of the task; at 0 it is freed by RCU
 * @rcu: frees it
 * @task: whose; compared, never dereferenced
 * @maker: @task is a worker: the state that it goes by, a reference, and the
 *	rest means nothing; else NULL. Never has one itself. Never changes
 * @domain: of the task; a reference
 * @past: its history; a reference
 * @next_domain: within an execve: the domain that it will be in. The hooks of
 *	the task itself see that already. A reference, or NULL: no other one
 * @next_past: within an execve: its history after that. A reference, or NULL
 * @executing: its execve has opened the program
 * @manager: modify_policy was permitted
 *
 * @next_domain, @next_past, @executing of an execve that failed mean nothing;
 * they remain until the next one begins.
 */
struct kl_state {
	struct hlist_node node;
	refcount_t users;
	struct rcu_head rcu;
	const struct task_struct *task;
	struct kl_state *maker;
	struct kl_domain __rcu *domain;
	struct kl_past __rcu *past;
	struct kl_domain *next_domain;
	struct kl_past *next_past;
	bool executing;
	bool manager;
};

/** kl_task_init - make the table ready. Context: module_init. */
void kl_task_init(void);

/** kl_task_clear - forget all tasks. Context: policy mutex; may sleep. */
void kl_task_clear(void);

/**
 * kl_task_walk - make states for all tasks that have none
 *
 * Context: policy mutex; the TASK functions are attached. May sleep.
 * Return: 0, -ENOMEM.
 */
int kl_task_walk(void);

/** kl_task_owns - may current change what its state is? Context: any. */
static inline bool kl_task_owns(void)
{
	return !(current->flags & KL_PF_WORKER);
}

/**
 * kl_task_get - the state of a task; of a worker the one that it goes by
 * @task: current, or a reference is held if @may_sleep; else RCU
 *
 * A task that is older than its state gets one, if that may sleep.
 *
 * Return: a reference; ERR_PTR: -EAGAIN: it would have to sleep; -ESRCH: tasks
 * have no states: nothing is attached; -ENOMEM.
 */
struct kl_state *kl_task_get(struct task_struct *task, bool may_sleep);

/** kl_task_put - drop a reference; NULL is nothing. Context: any, not NMI. */
void kl_task_put(struct kl_state *state);

/**
 * kl_task_domain - the domain of current that its hooks shall see
 * @state: current's, which owns it; the domain lives until it enters another
 */
struct kl_domain *kl_task_domain(const struct kl_state *state);

/**
 * kl_task_past - the history of current, which lives until it executes
 * @state: current's, which owns it
 */
struct kl_past *kl_task_past(const struct kl_state *state);

/**
 * kl_task_peek_domain - the domain of any task
 * Context: RCU. Return: a reference; the initial domain if it has no state.
 */
struct kl_domain *kl_task_peek_domain(const struct task_struct *task);

/**
 * kl_task_peek_past - the history of any task
 * Context: RCU. Return: a reference, or NULL if it has no state.
 */
struct kl_past *kl_task_peek_past(const struct task_struct *task);

/** kl_task_peek_manager - has it the manager mark? Context: RCU. */
bool kl_task_peek_manager(const struct task_struct *task);

/**
 * kl_task_enter - current is in another domain
 * @state: current's, which owns it
 * @domain: takes over the reference
 */
void kl_task_enter(struct kl_state *state, struct kl_domain *domain);

/**
 * kl_task_forked - a task that current is about to start
 * Context: may sleep. Return: 0, -ENOMEM.
 */
int kl_task_forked(struct task_struct *task);

/** kl_task_freed - a task is no more. Context: any, not NMI. */
void kl_task_freed(const struct task_struct *task);

/**
 * kl_task_opens_interpreter - is a file that current opens to execute an
 * interpreter? Otherwise it is the program. Context: any.
 */
bool kl_task_opens_interpreter(void);

/** kl_task_drop_next - current's execve has not happened */
void kl_task_drop_next(struct kl_state *state);

/** kl_task_commit_next - current's execve has happened */
void kl_task_commit_next(struct kl_state *state);

/** struct kl_task_figures - for stat */
struct kl_task_figures {
	u64 states;
	u64 histories;
	u64 bytes;
	unsigned int domains;
};

void kl_task_figures(struct kl_task_figures *figures);

#endif /* KELLAS_TASK_H */
