// SPDX-License-Identifier: GPL-2.0
/* The history of a process as tasks share it. */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include "collect/collect.h"
#include "past.h"

static kl_counter_t pasts, bytes;

static struct kl_past *grow(const struct kl_past *old,
			    const struct kl_program *program)
{
	const struct kl_history *before = old ? &old->history : NULL;
	size_t size = offsetof(struct kl_past, history) +
		      kl_history_grown(before, program);
	struct kl_past *past = kmalloc(size, GFP_KERNEL_ACCOUNT);
	struct kl_program last;

	if (!past)
		return ERR_PTR(-ENOMEM);
	refcount_set(&past->users, 1);
	past->size = size;
	kl_history_grow(&past->history, before, program);
	WARN_ON_ONCE(!kl_history_last(&past->history, &last));
	past->exe = last.exe;
	kl_counter_add(&pasts, 1);
	kl_counter_add(&bytes, size);
	return past;
}

/* The name is over every limit: whether it is another one is unknown, too. */
static struct kl_past *grow_overlong(const struct kl_past *old,
				     struct kl_program *program)
{
	static const char name[] = "<overlong>";
	struct kl_past *past;

	program->exe = (struct kl_text){ name, sizeof(name) - 1 };
	past = grow(old, program);
	if (!IS_ERR(past))
		past->exe = (struct kl_text){};
	return past;
}

/* The request is only where the name is stored meanwhile. */
static noinline struct kl_past *grow_path(const struct kl_past *old,
					  struct kl_program *program,
					  const struct path *path)
{
	struct kl_check room kl_uninitialized;
	struct kl_past *past;
	int err;

	kl_check_init(&room, KL_OP_EXECUTE);
	err = kl_path_name(&room, path, true, &program->exe);
	if (err == -E2BIG)
		past = grow_overlong(old, program);
	else
		past = err ? ERR_PTR(err) : grow(old, program);
	kl_check_release(&room);
	return past;
}

struct kl_past *kl_past_executed(const struct kl_past *old,
				 const struct path *path)
{
	struct kl_program program = {
		.pid = task_tgid_nr(current),
		.started = ktime_get_boottime_ns(),
	};

	return grow_path(old, &program, path);
}

/*
 * The lock keeps the task from letting go of its memory. A reference would,
 * too, but its end might have us take down all of a large process.
 */
static struct file *exe_file(struct task_struct *task)
{
	struct file *file = NULL;

	task_lock(task);
	if (task->mm)
		file = kl_mm_exe_file(task->mm);
	task_unlock(task);
	return file;
}

/* A process that has executed nothing since its fork has its parent's past. */
static struct kl_past *share(struct kl_past *old, struct kl_past *past,
			     const struct task_struct *task)
{
	if (IS_ERR(past) || !old || !(task->flags & PF_FORKNOEXEC) ||
	    !old->exe.data || !past->exe.data ||
	    !kl_text_equal(old->exe, past->exe))
		return past;
	kl_past_put(past);
	return kl_past_hold(old);
}

struct kl_past *kl_past_rebuilt(struct kl_past *old, struct task_struct *task)
{
	static const char kernel[] = "<kernel>", unknown[] = "<unknown>";
	struct kl_program program = {
		.exe = { unknown, sizeof(unknown) - 1 },
		.pid = task_tgid_nr(task),
		.reconstructed = true,
	};
	struct kl_past *past;
	struct file *file;

	rcu_read_lock();
	program.started = pid_alive(task) ?
			  READ_ONCE(task->group_leader)->start_boottime :
			  task->start_boottime;
	rcu_read_unlock();
	if (task->flags & PF_KTHREAD) {
		program.exe = (struct kl_text){ kernel, sizeof(kernel) - 1 };
		return share(old, grow(old, &program), task);
	}
	file = exe_file(task);
	if (!file)
		return share(old, grow(old, &program), task);
	past = grow_path(old, &program, &file->f_path);
	fput(file);
	return share(old, past, task);
}

void kl_past_put(struct kl_past *past)
{
	if (!past || !refcount_dec_and_test(&past->users))
		return;
	kl_counter_sub(&pasts, 1);
	kl_counter_sub(&bytes, past->size);
	kfree_rcu(past, rcu);
}

void kl_past_figures(u64 *count, u64 *size)
{
	*count = kl_counter_read(&pasts);
	*size = kl_counter_read(&bytes);
}
