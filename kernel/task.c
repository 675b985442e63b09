// SPDX-License-Identifier: GPL-2.0
/*
 * The table of states, by task.
 *
 * A task gets its state from the one that starts it, before anybody else can
 * see it, and loses it when its task_struct is freed. Tasks that are older than
 * the table are walked when the functions are attached; one that is on its way
 * into the kernel's list at that moment gets its state at its first request.
 */
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "attach.h"
#include "task.h"

#define BUCKET_BITS	12

/* Tasks that a pass of the walk takes; ancestors that are looked for. */
#define WALK_BATCH	512
#define ANCESTORS_MAX	128

/**
 * struct bucket - states whose tasks share a hash
 * @lock: of changes; task_free comes in softirq
 * @states: read under RCU
 */
struct bucket {
	spinlock_t lock;
	struct hlist_head states;
};

static struct bucket buckets[1 << BUCKET_BITS];

static kl_counter_t states;

static struct bucket *bucket_of(const struct task_struct *task)
{
	return &buckets[hash_ptr(task, BUCKET_BITS)];
}

/* Context: RCU, or the bucket's lock. */
static struct kl_state *search(const struct bucket *bucket,
			       const struct task_struct *task)
{
	struct kl_state *state;

	hlist_for_each_entry_rcu(state, &bucket->states, node,
				 lockdep_is_held(&bucket->lock))
		if (state->task == task)
			return state;
	return NULL;
}

static struct kl_state *peek(const struct task_struct *task)
{
	struct kl_state *state = search(bucket_of(task), task);

	return state && state->maker ? state->maker : state;
}

void kl_task_put(struct kl_state *state)
{
	struct kl_state *maker;

	if (!state || !refcount_dec_and_test(&state->users))
		return;
	maker = state->maker;
	kl_domain_put(rcu_access_pointer(state->domain));
	kl_past_put(rcu_access_pointer(state->past));
	kl_domain_put(state->next_domain);
	kl_past_put(state->next_past);
	kl_counter_sub(&states, 1);
	kfree_rcu(state, rcu);
	kl_task_put(maker);
}

/* Takes over the references, also when it fails. */
static struct kl_state *new_state(const struct task_struct *task,
				  struct kl_domain *domain,
				  struct kl_past *past)
{
	struct kl_state *state = kzalloc(sizeof(*state), GFP_KERNEL_ACCOUNT);

	if (!state) {
		kl_domain_put(domain);
		kl_past_put(past);
		return NULL;
	}
	refcount_set(&state->users, 1);
	state->task = task;
	RCU_INIT_POINTER(state->domain, domain);
	RCU_INIT_POINTER(state->past, past);
	kl_counter_add(&states, 1);
	return state;
}

/* Takes over the reference on @maker, also when it fails. */
static struct kl_state *new_worker(const struct task_struct *task,
				   struct kl_state *maker)
{
	struct kl_state *state = new_state(task, NULL, NULL);

	if (state)
		state->maker = maker;
	else
		kl_task_put(maker);
	return state;
}

/* Somebody else may have been faster: then that one stays. */
static void insert(struct kl_state *state)
{
	struct bucket *bucket = bucket_of(state->task);
	struct kl_state *other;
	unsigned long flags;

	spin_lock_irqsave(&bucket->lock, flags);
	other = search(bucket, state->task);
	if (!other)
		hlist_add_head_rcu(&state->node, &bucket->states);
	spin_unlock_irqrestore(&bucket->lock, flags);
	if (other)
		kl_task_put(state);
}

void kl_task_freed(const struct task_struct *task)
{
	struct bucket *bucket = bucket_of(task);
	struct kl_state *state;
	unsigned long flags;

	spin_lock_irqsave(&bucket->lock, flags);
	state = search(bucket, task);
	if (state)
		hlist_del_rcu(&state->node);
	spin_unlock_irqrestore(&bucket->lock, flags);
	kl_task_put(state);
}

void kl_task_clear(void)
{
	struct kl_state *state;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++) {
		struct bucket *bucket = &buckets[i];

		spin_lock_irq(&bucket->lock);
		while (!hlist_empty(&bucket->states)) {
			state = hlist_entry(bucket->states.first,
					    struct kl_state, node);
			hlist_del_rcu(&state->node);
			kl_task_put(state);
		}
		spin_unlock_irq(&bucket->lock);
		cond_resched();
	}
}

/*
 * Whose state must be there before that of a task: its parent's; of a worker
 * its process's, which is not one. A task that has been reaped still points at
 * both, which may be freed: NULL then. pid_alive() tells, within the same RCU
 * section.
 *
 * Context: RCU.
 */
static struct task_struct *parent_of(const struct task_struct *task)
{
	const struct task_struct *parent = rcu_dereference(task->real_parent);

	if (!pid_alive(task))
		return NULL;
	if (task->flags & KL_PF_WORKER)
		return READ_ONCE(task->group_leader);
	return READ_ONCE(parent->group_leader);
}

/*
 * The oldest ancestor of @task that has no state but whose parent has one, or
 * that has no parent (the kernel's first task is nobody's parent). Parents are
 * nearly always walked before their children.
 */
static struct task_struct *oldest_without(struct task_struct *task)
{
	struct task_struct *parent;
	unsigned int i;

	rcu_read_lock();
	for (i = 0; i < ANCESTORS_MAX; i++) {
		parent = parent_of(task);
		if (!parent || is_idle_task(parent) || parent == task ||
		    peek(parent))
			break;
		task = parent;
	}
	get_task_struct(task);
	rcu_read_unlock();
	return task;
}

/* Threads have the past of their leader, others continue their parent's. */
static struct kl_past *rebuild_past(struct task_struct *task)
{
	const struct task_struct *leader, *parent;
	struct kl_past *old = NULL, *past = NULL;

	rcu_read_lock();
	parent = parent_of(task);
	if (parent) {
		leader = READ_ONCE(task->group_leader);
		if (leader != task)
			past = kl_task_peek_past(leader);
		old = kl_task_peek_past(parent);
	}
	rcu_read_unlock();
	if (!past)
		past = kl_past_rebuilt(old, task);
	kl_past_put(old);
	return past;
}

static struct kl_state *peek_get(const struct task_struct *task)
{
	struct kl_state *state = peek(task);

	return state && refcount_inc_not_zero(&state->users) ? state : NULL;
}

/* Who has made a worker is not known any more: NULL, or its process's state. */
static struct kl_state *process_state(const struct task_struct *task)
{
	const struct task_struct *process;
	struct kl_state *state = NULL;

	if (!(task->flags & KL_PF_WORKER))
		return NULL;
	rcu_read_lock();
	process = parent_of(task);
	if (process)
		state = peek_get(process);
	rcu_read_unlock();
	return state;
}

static struct kl_state *rebuild_state(struct task_struct *task)
{
	struct kl_past *past = rebuild_past(task);

	if (IS_ERR(past))
		return NULL;
	return new_state(task, kl_domain_hold(kl_domain_initial()), past);
}

static int make_state(struct task_struct *task)
{
	struct kl_state *maker = process_state(task), *state;

	state = maker ? new_worker(task, maker) : rebuild_state(task);
	if (!state)
		return -ENOMEM;
	insert(state);
	return 0;
}

static bool has_state(const struct task_struct *task)
{
	bool has;

	rcu_read_lock();
	has = peek(task);
	rcu_read_unlock();
	return has;
}

/* Ancestors first. */
static int make_states(struct task_struct *task)
{
	struct task_struct *oldest;
	int err = 0;

	while (!err && !has_state(task)) {
		oldest = oldest_without(task);
		err = make_state(oldest);
		put_task_struct(oldest);
		cond_resched();
	}
	return err;
}

static unsigned int find_tasks(struct task_struct **tasks)
{
	struct task_struct *process, *task;
	unsigned int n = 0;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (n == WALK_BATCH)
			goto unlock;
		if (peek(task))
			continue;
		get_task_struct(task);
		tasks[n++] = task;
	}
unlock:
	rcu_read_unlock();
	return n;
}

int kl_task_walk(void)
{
	struct task_struct **tasks;
	unsigned int i, n;
	int err = 0;

	tasks = kvmalloc_array(WALK_BATCH, sizeof(*tasks), GFP_KERNEL);
	if (!tasks)
		return -ENOMEM;
	do {
		n = find_tasks(tasks);
		for (i = 0; i < n; i++) {
			if (!err)
				err = make_states(tasks[i]);
			put_task_struct(tasks[i]);
		}
	} while (n && !err);
	kvfree(tasks);
	return err;
}

struct kl_state *kl_task_get(struct task_struct *task, bool may_sleep)
{
	struct kl_state *state;
	int err;

	for (;;) {
		rcu_read_lock();
		state = peek_get(task);
		rcu_read_unlock();
		if (state)
			return state;
		if (!(kl_attached() & KL_FAMILY_BIT(TASK)) ||
		    is_idle_task(task))
			return ERR_PTR(-ESRCH);
		if (!may_sleep)
			return ERR_PTR(-EAGAIN);
		err = make_states(task);
		if (err)
			return ERR_PTR(err);
	}
}

/*
 * What current does to its own state only it can change: no lock is needed to
 * look at it. in_execve tells a domain that is to come from the remains of an
 * execve that failed.
 */
struct kl_domain *kl_task_domain(const struct kl_state *state)
{
	if (state->next_domain && current->in_execve)
		return state->next_domain;
	return rcu_dereference_protected(state->domain, true);
}

struct kl_past *kl_task_past(const struct kl_state *state)
{
	return rcu_dereference_protected(state->past, true);
}

void kl_task_enter(struct kl_state *state, struct kl_domain *domain)
{
	kl_domain_put(rcu_replace_pointer(state->domain, domain, true));
}

void kl_task_drop_next(struct kl_state *state)
{
	struct kl_domain *domain = state->next_domain;
	struct kl_past *past = state->next_past;

	state->next_domain = NULL;
	state->next_past = NULL;
	state->executing = false;
	kl_domain_put(domain);
	kl_past_put(past);
}

void kl_task_commit_next(struct kl_state *state)
{
	struct kl_domain *domain = state->next_domain;
	struct kl_past *past = state->next_past;

	state->next_domain = NULL;
	state->next_past = NULL;
	state->executing = false;
	kl_past_put(rcu_replace_pointer(state->past, past, true));
	if (domain)
		kl_task_enter(state, domain);
}

/* What was replaced since it was read is freed, but not before RCU says so. */
struct kl_domain *kl_task_peek_domain(const struct task_struct *task)
{
	const struct kl_state *state = peek(task);
	struct kl_domain *domain;

	while (state) {
		domain = rcu_dereference(state->domain);
		if (refcount_inc_not_zero(&domain->users))
			return domain;
		if (domain == rcu_access_pointer(state->domain))
			break;
	}
	return kl_domain_hold(kl_domain_initial());
}

struct kl_past *kl_task_peek_past(const struct task_struct *task)
{
	const struct kl_state *state = peek(task);
	struct kl_past *past;

	while (state) {
		past = rcu_dereference(state->past);
		if (refcount_inc_not_zero(&past->users))
			return past;
		if (past == rcu_access_pointer(state->past))
			break;
	}
	return NULL;
}

bool kl_task_peek_manager(const struct task_struct *task)
{
	const struct kl_state *state = peek(task);

	return state && READ_ONCE(state->manager);
}

static struct kl_state *inherit(const struct task_struct *task,
				const struct kl_state *mine)
{
	struct kl_state *state;

	state = new_state(task, kl_domain_hold(kl_task_domain(mine)),
			  kl_past_hold(kl_task_past(mine)));
	if (state)
		state->manager = mine->manager;
	return state;
}

/*
 * A state that the new task has already is that of a fork that failed after
 * this, or of a task that was freed while nothing was attached.
 */
int kl_task_forked(struct task_struct *task)
{
	struct kl_state *mine = kl_task_get(current, true), *state;

	if (IS_ERR(mine))
		return PTR_ERR(mine) == -ESRCH ? 0 : PTR_ERR(mine);
	if (task->flags & KL_PF_WORKER) {
		state = new_worker(task, mine);
	} else {
		state = inherit(task, mine);
		kl_task_put(mine);
	}
	if (!state)
		return -ENOMEM;
	kl_task_freed(task);
	insert(state);
	return 0;
}

bool kl_task_opens_interpreter(void)
{
	const struct kl_state *state;
	bool executing;

	if (!current->in_execve)
		return false;
	rcu_read_lock();
	state = peek(current);
	executing = state && state->executing;
	rcu_read_unlock();
	return executing;
}

/* At run time, or each lock would be a kind of its own to lockdep. */
void __init kl_task_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(buckets); i++)
		spin_lock_init(&buckets[i].lock);
}

void kl_task_figures(struct kl_task_figures *figures)
{
	u64 bytes;

	kl_past_figures(&figures->histories, &bytes);
	figures->states = kl_counter_read(&states);
	figures->bytes = bytes + figures->states * sizeof(struct kl_state);
	figures->domains = kl_domain_count();
}
