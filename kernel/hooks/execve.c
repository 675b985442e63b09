// SPDX-License-Identifier: GPL-2.0
/* How far an execve has come, where the kernel does not tell. */
#include <linux/binfmts.h>
#include <linux/hash.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "execve.h"

#if KL_PROGRAM_OPENED_IN_EXECVE

#define BUCKET_BITS	6

/**
 * struct mark - an execve whose program has been checked
 * @list: in its bucket
 * @task: who; compared, never dereferenced
 * @started: its start time: tasks come back at the same address
 * @mm: what it will run in; the struct is held, not its contents
 */
struct mark {
	struct hlist_node list;
	const struct task_struct *task;
	u64 started;
	struct mm_struct *mm;
};

/* Marks of the dead are dropped when their bucket is next added to. */
static struct {
	spinlock_t lock;
	struct hlist_head buckets[1 << BUCKET_BITS];
} marks = {
	.lock = __SPIN_LOCK_UNLOCKED(marks.lock),
};

static struct hlist_head *bucket_of(const struct task_struct *task)
{
	return &marks.buckets[hash_ptr(task, BUCKET_BITS)];
}

static bool is_mine(const struct mark *mark)
{
	return mark->task == current &&
	       mark->started == current->start_boottime;
}

static void drop(struct mark *mark)
{
	hlist_del(&mark->list);
	mmdrop(mark->mm);
	kfree(mark);
}

bool kl_execve_opens_interpreter(void)
{
	bool checked = false;
	struct mark *mark;

	if (!current->in_execve)
		return false;
	spin_lock(&marks.lock);
	hlist_for_each_entry(mark, bucket_of(current), list)
		if (is_mine(mark) && mark->mm != current->mm &&
		    atomic_read(&mark->mm->mm_users))
			checked = true;
	spin_unlock(&marks.lock);
	return checked;
}

int kl_execve_checked(const struct linux_binprm *bprm)
{
	struct mark *mark, *new = kmalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	struct hlist_node *next;

	if (!new)
		return -ENOMEM;
	new->task = current;
	new->started = current->start_boottime;
	new->mm = bprm->mm;
	mmgrab(new->mm);

	spin_lock(&marks.lock);
	hlist_for_each_entry_safe(mark, next, bucket_of(current), list)
		if (is_mine(mark) || !atomic_read(&mark->mm->mm_users))
			drop(mark);
	hlist_add_head(&new->list, bucket_of(current));
	spin_unlock(&marks.lock);
	return 0;
}

void kl_execve_exit(void)
{
	struct hlist_node *next;
	struct mark *mark;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(marks.buckets); i++)
		hlist_for_each_entry_safe(mark, next, &marks.buckets[i], list)
			drop(mark);
}

#endif
