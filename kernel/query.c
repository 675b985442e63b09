// SPDX-License-Identifier: GPL-2.0
/*
 * Interactive decisions: who is asked about, who waits, and for how long.
 *
 * The waiting task owns its query. It is linked under the mutex, and unlinked
 * by its owner alone; so whoever finds it there under the mutex may wake the
 * task, which cannot have left.
 *
 * That some observer can be asked, and that there is a policy at all, is looked
 * at under the mutex when a query is linked; and whoever takes the last
 * observer or the policy away denies what is linked, after that and under the
 * mutex: so no query is left behind.
 */
#include <linux/fdtable.h>
#include <linux/freezer.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include "pollers.h"
#include "query.h"

/**
 * struct query - a request that waits for an answer
 * @list: in kl_queries.pending, by age
 * @serial: its number
 * @retry: how often its request was retried before
 * @answer: enum kl_answer; set once
 * @asker: the task that waits
 * @op: enum kl_op
 * @hits: counters of the block that denied; a reference of its ruleset's
 * @size: bytes of @record
 * @record: binary
 */
struct query {
	struct list_head list;
	u32 serial;
	u32 retry;
	u8 answer;
	u8 op;
	struct task_struct *asker;
	struct kl_hits *hits;
	u32 size;
	char record[];
};

/**
 * struct kl_queries - all queries
 * @lock: everything but @observers
 * @pending: struct query without an answer, and those whose task has not
 *	been awake since
 * @count: of @pending
 * @memory: bytes of @pending
 * @alive: jiffies when an observer last gave a sign of life
 * @wait: observers that poll; pollers.h
 * @guard: @observers; a leaf lock
 * @observers: struct kl_observer
 * @observer_count: changed under both locks, read without
 * @stat: what happened
 */
static struct kl_queries {
	struct mutex lock;
	struct list_head pending;
	u32 count;
	u64 memory;
	unsigned long alive;
	wait_queue_head_t *wait;
	spinlock_t guard;
	struct list_head observers;
	u32 observer_count;
	struct kl_query_stat stat;
} queries;

static bool opened_by_group(const struct pid *tgid)
{
	const struct kl_observer *observer;
	bool found = false;

	spin_lock(&queries.guard);
	list_for_each_entry(observer, &queries.observers, list)
		found |= observer->tgid == tgid;
	spin_unlock(&queries.guard);
	return found;
}

/* Called by iterate_fd() with the files' lock held. */
static int is_observed_by(const void *unused, struct file *file,
			  unsigned int fd)
{
	const struct kl_observer *observer;
	int found = 0;

	spin_lock(&queries.guard);
	list_for_each_entry(observer, &queries.observers, list)
		found |= observer->file == file;
	spin_unlock(&queries.guard);
	return found;
}

/* Descriptors are inherited and passed on: its opener need not hold it. */
static bool observes(void)
{
	return opened_by_group(task_tgid(current)) ||
	       (current->files &&
		iterate_fd(current->files, 0, is_observed_by, NULL));
}

bool kl_query_wanted(const struct kl_check *check)
{
	return READ_ONCE(queries.observer_count) && !check->atomic &&
	       !check->locked && check->subject == current &&
	       !(current->flags & (PF_KTHREAD | PF_EXITING)) && !observes();
}

static struct query *new_query(const struct kl_check *check,
			       const struct kl_record_meta *meta, u64 sequence)
{
	struct kl_record_draft draft;
	size_t size = kl_record_measure(&draft, &check->request, meta);
	struct query *query;
	struct kl_record *head;

	query = kvmalloc(sizeof(*query) + size, GFP_KERNEL_ACCOUNT);
	if (!query)
		return NULL;
	*query = (struct query) {
		.retry = check->retries,
		.op = check->request.op,
		.asker = current,
		.size = size,
	};
	head = (struct kl_record *)query->record;
	kl_record_write(&draft, head);
	head->sequence = sequence;
	return query;
}

static bool has_room(const struct query *query, u64 quota)
{
	u64 memory = queries.memory + sizeof(*query) + query->size;

	return queries.count < KL_QUERIES_MAX && (!quota || memory < quota);
}

/* From here on others see the query. Return: false: nobody is to be asked. */
static bool link_query(struct query *query, u64 quota)
{
	bool linked = false;

	mutex_lock(&queries.lock);
	if (!queries.observer_count ||
	    !rcu_access_pointer(kellas.core.published))
		goto unlock;
	linked = has_room(query, quota);
	if (!linked) {
		queries.stat.refused++;
		goto unlock;
	}
	query->serial = queries.stat.asked++;
	list_add_tail(&query->list, &queries.pending);
	queries.count++;
	queries.memory += sizeof(*query) + query->size;
unlock:
	mutex_unlock(&queries.lock);
	if (linked)
		wake_up_interruptible_all(queries.wait);
	return linked;
}

/* Jiffies that a query made at @asked still has; @end: its request's end. */
static long time_left(unsigned long asked, unsigned long end)
{
	unsigned long alive = READ_ONCE(queries.alive);
	unsigned long last = time_after(alive, asked) ? alive : asked;

	last += KL_QUERY_SECONDS * HZ;
	return time_before(last, end) ? last - jiffies : end - jiffies;
}

/*
 * A lock may be held that others wait for: they cannot be frozen then, but
 * neither could they if this task refused to.
 */
static void wait_for_answer(const struct query *query, unsigned long end)
{
	unsigned long asked = jiffies;
	long left;

	for (;;) {
		set_current_state(TASK_KILLABLE | TASK_FREEZABLE_UNSAFE);
		left = time_left(asked, end);
		if (READ_ONCE(query->answer) || left <= 0 ||
		    fatal_signal_pending(current))
			break;
		schedule_timeout(left);
	}
	__set_current_state(TASK_RUNNING);
}

static enum kl_answer unlink_query(struct query *query)
{
	enum kl_answer answer;

	mutex_lock(&queries.lock);
	list_del(&query->list);
	queries.count--;
	queries.memory -= sizeof(*query) + query->size;
	answer = query->answer;
	if (!answer && fatal_signal_pending(current))
		queries.stat.ended++;
	else if (!answer)
		queries.stat.expired++;
	mutex_unlock(&queries.lock);
	return answer ?: KL_ANSWER_DENY;
}

enum kl_answer kl_query_ask(struct kl_check *check,
			    const struct kl_record_meta *meta, u64 sequence,
			    struct kl_hits *hits)
{
	const struct kl_quota *quota =
		kl_ruleset_quota(check->published->ruleset);
	struct query *query = new_query(check, meta, sequence);
	enum kl_answer answer = KL_ANSWER_DENY;

	if (!query) {
		mutex_lock(&queries.lock);
		queries.stat.refused++;
		mutex_unlock(&queries.lock);
		return answer;
	}
	query->hits = hits;
	if (!check->asked)
		check->ask_end = jiffies + KL_QUERY_SECONDS_MAX * HZ;
	check->asked = true;
	if (link_query(query, quota->memory[KL_MEMORY_QUERY])) {
		wait_for_answer(query, check->ask_end);
		answer = unlink_query(query);
	}
	kvfree(query);
	if (answer == KL_ANSWER_RETRY)
		check->retries++;
	return answer;
}

static void give_answer(struct query *query, enum kl_answer answer)
{
	if (query->answer)
		return;
	WRITE_ONCE(query->answer, answer);
	wake_up_process(query->asker);
}

void kl_query_deny_all(void)
{
	struct query *query;

	mutex_lock(&queries.lock);
	list_for_each_entry(query, &queries.pending, list) {
		if (!query->answer)
			queries.stat.ended++;
		give_answer(query, KL_ANSWER_DENY);
	}
	mutex_unlock(&queries.lock);
}

static void change_observers(struct kl_observer *observer, bool add)
{
	mutex_lock(&queries.lock);
	spin_lock(&queries.guard);
	if (add)
		list_add_tail(&observer->list, &queries.observers);
	else
		list_del(&observer->list);
	spin_unlock(&queries.guard);
	WRITE_ONCE(queries.observer_count,
		   queries.observer_count + (add ? 1 : -1));
	mutex_unlock(&queries.lock);
}

void kl_query_open(struct kl_observer *observer, const struct file *file)
{
	observer->file = file;
	observer->tgid = get_pid(task_tgid(current));
	change_observers(observer, true);
}

void kl_query_close(struct kl_observer *observer)
{
	change_observers(observer, false);
	/* One that comes now may answer what was about to be denied, or not. */
	if (!READ_ONCE(queries.observer_count))
		kl_query_deny_all();
	put_pid(observer->tgid);
}

void kl_query_alive(void)
{
	WRITE_ONCE(queries.alive, jiffies);
}

static struct query *find_query(u32 serial)
{
	struct query *query;

	list_for_each_entry(query, &queries.pending, list)
		if (query->serial == serial)
			return query;
	return NULL;
}

static void count_answer(enum kl_answer answer)
{
	struct kl_query_stat *stat = &queries.stat;

	stat->granted += answer == KL_ANSWER_GRANT;
	stat->denied += answer == KL_ANSWER_DENY;
	stat->retried += answer == KL_ANSWER_RETRY;
}

void kl_query_answer(u32 serial, enum kl_answer answer)
{
	struct query *query;

	mutex_lock(&queries.lock);
	query = find_query(serial);
	if (query && !query->answer) {
		count_answer(answer);
		give_answer(query, answer);
	}
	mutex_unlock(&queries.lock);
}

/* Under the mutex: the oldest without an answer behind the cursor, or NULL. */
static const struct query *behind(const struct kl_query_cursor *cursor)
{
	const struct query *query;

	list_for_each_entry(query, &queries.pending, list)
		if (!query->answer &&
		    (!cursor->started ||
		     (s32)(query->serial - cursor->serial) > 0))
			return query;
	return NULL;
}

bool kl_query_next(struct kl_query_cursor *cursor, struct kl_query_info *info,
		   void *record)
{
	const struct query *query;

	mutex_lock(&queries.lock);
	query = behind(cursor);
	cursor->started = query;
	if (query) {
		cursor->serial = query->serial;
		*info = (struct kl_query_info){ query->serial, query->retry,
						query->size };
		memcpy(record, query->record, query->size);
	}
	mutex_unlock(&queries.lock);
	return query;
}

struct kl_hits *kl_query_block(u32 serial, enum kl_op *op)
{
	struct kl_hits *hits = NULL;
	struct query *query;

	mutex_lock(&queries.lock);
	query = find_query(serial);
	if (query) {
		*op = query->op;
		hits = query->hits;
		kl_counter_add(&hits->refs, 1);
	}
	mutex_unlock(&queries.lock);
	return hits;
}

bool kl_query_pending(void)
{
	const struct kl_query_cursor start = {};
	bool pending;

	mutex_lock(&queries.lock);
	pending = behind(&start);
	mutex_unlock(&queries.lock);
	return pending;
}

void kl_query_poll(struct file *file, poll_table *table)
{
	poll_wait(file, queries.wait, table);
}

void kl_query_stat(struct kl_query_stat *stat)
{
	mutex_lock(&queries.lock);
	*stat = queries.stat;
	stat->observers = queries.observer_count;
	stat->pending = queries.count;
	stat->memory = queries.memory;
	mutex_unlock(&queries.lock);
}

int kl_query_init(void)
{
	queries.wait = kl_pollers_new();
	if (!queries.wait)
		return -ENOMEM;
	mutex_init(&queries.lock);
	spin_lock_init(&queries.guard);
	INIT_LIST_HEAD(&queries.pending);
	INIT_LIST_HEAD(&queries.observers);
	queries.alive = jiffies;
	return 0;
}

void kl_query_exit(void)
{
	kl_pollers_free(queries.wait);
}
