// SPDX-License-Identifier: GPL-2.0
/*
 * What /proc/kellas tells of tasks.
 *
 * self_domain, for everybody: reading gives the domain of the reader, without a
 * newline; writing a name enters that domain if manual_domain_transition allows
 * it, and only then (EPERM; EINVAL: no name of a domain; ENOMEM: empty or 4,086
 * bytes and more, as with CaitSith). One write() is one request. io_uring's
 * workers cannot: EPERM, without a request.
 *
 * process_status: a line "PID", "info PID", "global-pid PID" or "info
 * global-pid PID" asks about the task of that thread id, in the pid namespace
 * of the writer or the initial one; reading gives "PID DOMAIN" or "PID
 * manager=yes " (or no), without a newline, once; nothing if there is no such
 * task.
 *
 * processes: a line for each process:
 *
 *	pid=812 nspid=812 start=341102233000 domain="<kernel>" uid=0
 *		exe="/usr/sbin/sshd" history="~/usr/lib/systemd/systemd(1;0.000000)
 *		=>/usr/sbin/sshd(812;341.102233)" cgroup="/system.slice/ssh.service"
 *								(one line)
 *
 * pid is of the initial namespace, nspid of the process's own, start as
 * task.start. exe, history and cgroup are those of the process's main thread; the
 * former are missing for a process without state, cgroup where task.cgroup has no
 * value, or one that is too long for a path. Later versions add keys at the end.
 */
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "collect/collect.h"
#include "engine/pattern.h"
#include "proc.h"
#include "request.h"

#define SELF_DOMAIN_MAX		4085
#define STATUS_LINE_MAX		64

/* self_domain */

static int self_open(struct inode *inode, struct file *file)
{
	return kl_proc_get(false);
}

static int self_release(struct inode *inode, struct file *file)
{
	kl_proc_put();
	return 0;
}

static ssize_t self_read(struct file *file, char __user *buffer, size_t size,
			 loff_t *position)
{
	struct kl_domain *domain;
	ssize_t done;

	rcu_read_lock();
	domain = kl_task_peek_domain(current);
	rcu_read_unlock();
	done = simple_read_from_buffer(buffer, size, position,
				       domain->typed.data,
				       domain->typed.length);
	kl_domain_put(domain);
	return done;
}

/* As lines of a policy are: nothing below a blank counts, nor around. */
static struct kl_text trim(char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if ((unsigned char)text[i] <= ' ')
			text[i] = ' ';
	while (length && text[length - 1] == ' ')
		length--;
	for (; length && *text == ' '; text++)
		length--;
	return (struct kl_text){ text, length };
}

/* Context: current is not in an execve. */
static int enter(struct kl_text typed)
{
	struct kl_state *state = kl_task_get(current, true);
	struct kl_domain *domain;

	if (IS_ERR(state))
		return PTR_ERR(state) == -ESRCH ? -EPERM : PTR_ERR(state);
	domain = kl_domain_get(typed);
	if (domain)
		kl_task_enter(state, domain);
	kl_task_put(state);
	return domain ? 0 : -ENOMEM;
}

/* The only operation that is refused where no rule allows it. */
static int transit(struct kl_text typed, char *raw)
{
	struct kl_check check kl_uninitialized;
	ssize_t length = kl_decode(typed, raw);
	int err;

	if (length < 0)
		return length;
	kl_check_init(&check, KL_OP_MANUAL_DOMAIN_TRANSITION);
	kl_check_text(&check, KL_SLOT_DOMAIN, 0, raw, length);
	err = kl_check_once(&check);
	if (!err && check.result != KL_ALLOWED)
		err = -EPERM;
	return err ?: enter(typed);
}

static ssize_t self_write(struct file *file, const char __user *buffer,
			  size_t size, loff_t *position)
{
	struct kl_text typed;
	const char *why;
	char *text;
	int err;

	if (!kl_task_owns())
		return -EPERM;
	if (!size || size > SELF_DOMAIN_MAX)
		return -ENOMEM;
	text = memdup_user_nul(buffer, size);
	if (IS_ERR(text))
		return PTR_ERR(text);
	typed = trim(text, size);
	err = kl_domain_check(typed, &why);
	if (!err) {
		char *raw = kmalloc(size, GFP_KERNEL_ACCOUNT);

		err = raw ? transit(typed, raw) : -ENOMEM;
		kfree(raw);
	}
	kfree(text);
	return err ?: size;
}

const struct proc_ops kl_self_domain_proc_ops = {
	.proc_open = self_open,
	.proc_read = self_read,
	.proc_write = self_write,
	.proc_lseek = default_llseek,
	.proc_release = self_release,
};

/* process_status */

/**
 * struct status - an open process_status
 * @lock: serialises reads and writes
 * @answer: what has not been read yet
 * @position: how much of it was
 */
struct status {
	struct mutex lock;
	struct kl_page answer;
	size_t position;
};

static int status_open(struct inode *inode, struct file *file)
{
	struct status *status;
	int err = kl_proc_get(true);

	if (err)
		return err;
	status = kzalloc(sizeof(*status), GFP_KERNEL_ACCOUNT);
	if (!status) {
		kl_proc_put();
		return -ENOMEM;
	}
	mutex_init(&status->lock);
	file->private_data = status;
	return 0;
}

static int status_release(struct inode *inode, struct file *file)
{
	struct status *status = file->private_data;

	kl_page_release(&status->answer);
	kfree(status);
	kl_proc_put();
	return 0;
}

static int answer_about(struct kl_page *page, unsigned int number, bool info,
			struct pid_namespace *namespace)
{
	struct kl_domain *domain = NULL;
	const struct task_struct *task;
	bool manager = false;
	int err;

	rcu_read_lock();
	task = pid_task(find_pid_ns(number, namespace), PIDTYPE_PID);
	if (task) {
		domain = kl_task_peek_domain(task);
		manager = kl_task_peek_manager(task);
	}
	rcu_read_unlock();
	if (!domain)
		return 0;
	if (info)
		err = kl_page_printf(page, "%u manager=%s ", number,
				     manager ? "yes" : "no");
	else
		err = kl_page_printf(page, "%u ", number) ?:
		      kl_page_write(page, domain->typed.data,
				    domain->typed.length);
	kl_domain_put(domain);
	return err;
}

static bool take_word(const char **line, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*line, word, length))
		return false;
	*line += length;
	return true;
}

static int answer_line(struct kl_page *page, const char *line)
{
	bool info = take_word(&line, "info ");
	bool global = take_word(&line, "global-pid ");
	unsigned int number;

	if (kstrtouint(line, 10, &number))
		return 0;
	return answer_about(page, number, info, global ? &init_pid_ns :
			    task_active_pid_ns(current));
}

/* The last line is the question. */
static ssize_t status_write(struct file *file, const char __user *buffer,
			    size_t size, loff_t *position)
{
	struct status *status = file->private_data;
	char line[STATUS_LINE_MAX];
	struct kl_text word;
	char *from;
	int err;

	if (!kl_proc_may())
		return -EPERM;
	if (!size || size >= sizeof(line))
		return -EINVAL;
	if (copy_from_user(line, buffer, size))
		return -EFAULT;
	line[size] = 0;
	if (line[size - 1] == '\n')
		line[size - 1] = 0;
	from = strrchr(line, '\n');
	from = from ? from + 1 : line;
	word = trim(from, strlen(from));
	((char *)word.data)[word.length] = 0;
	if (mutex_lock_killable(&status->lock))
		return -EINTR;
	status->answer.length = 0;
	status->position = 0;
	err = answer_line(&status->answer, word.data);
	mutex_unlock(&status->lock);
	return err ?: size;
}

static ssize_t status_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *position)
{
	struct status *status = file->private_data;
	ssize_t done;

	if (mutex_lock_killable(&status->lock))
		return -EINTR;
	done = min(size, status->answer.length - status->position);
	if (done && copy_to_user(buffer, status->answer.data + status->position,
				 done))
		done = -EFAULT;
	else
		status->position += done;
	mutex_unlock(&status->lock);
	return done;
}

const struct proc_ops kl_process_status_proc_ops = {
	.proc_open = status_open,
	.proc_read = status_read,
	.proc_write = status_write,
	.proc_release = status_release,
};

/* processes */

static int print_quoted(struct kl_page *page, const char *key,
			struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);
	char *text = kvmalloc(length + 1, GFP_KERNEL_ACCOUNT);
	int err;

	if (!text)
		return -ENOMEM;
	kl_encode(raw, text, length);
	err = kl_page_printf(page, " %s=\"", key);
	if (!err)
		err = kl_page_write(page, text, length);
	kvfree(text);
	return err ?: kl_page_write(page, "\"", 1);
}

static int print_past(struct kl_page *page, const struct kl_past *past)
{
	size_t length = kl_history_text(&past->history, NULL, 0);
	char *text = kvmalloc(length + 1, GFP_KERNEL_ACCOUNT);
	int err = 0;

	if (!text)
		return -ENOMEM;
	kl_history_text(&past->history, text, length);
	if (past->exe.data)
		err = print_quoted(page, "exe", past->exe);
	if (!err)
		err = print_quoted(page, "history",
				   (struct kl_text){ text, length });
	kvfree(text);
	return err;
}

static int print_cgroup(struct kl_page *page, struct task_struct *task)
{
	char *room = kmalloc(PATH_MAX, GFP_KERNEL_ACCOUNT);
	ssize_t length;
	int err = 0;

	if (!room)
		return -ENOMEM;
	length = kl_cgroup_path(task, room, PATH_MAX);
	if (length >= 0)
		err = print_quoted(page, "cgroup",
				   (struct kl_text){ room, length });
	kfree(room);
	return err;
}

static int print_process(struct kl_page *page, struct task_struct *task)
{
	struct pid_namespace *own_ns;
	struct kl_domain *domain;
	struct kl_past *past;
	pid_t own = 0;
	kuid_t uid;
	int err;

	rcu_read_lock();
	domain = kl_task_peek_domain(task);
	past = kl_task_peek_past(task);
	uid = __task_cred(task)->uid;
	own_ns = task_active_pid_ns(task);
	if (own_ns)
		own = task_tgid_nr_ns((struct task_struct *)task, own_ns);
	rcu_read_unlock();
	err = kl_page_printf(page, "pid=%d nspid=%d start=%llu domain=\"",
			     task->tgid, own, task->start_boottime);
	if (!err)
		err = kl_page_write(page, domain->typed.data,
				    domain->typed.length);
	if (!err)
		err = kl_page_printf(page, "\" uid=%u", __kuid_val(uid));
	if (!err && past)
		err = print_past(page, past);
	if (!err)
		err = print_cgroup(page, task);
	kl_domain_put(domain);
	kl_past_put(past);
	return err ?: kl_page_write(page, "\n", 1);
}

/**
 * struct crowd - references on processes
 * @tasks: an array of @room, @count of them used
 */
struct crowd {
	struct task_struct **tasks;
	unsigned int count;
	unsigned int room;
};

static bool gather(struct crowd *crowd)
{
	struct task_struct *process;

	rcu_read_lock();
	for_each_process(process) {
		if (crowd->count == crowd->room)
			break;
		get_task_struct(process);
		crowd->tasks[crowd->count++] = process;
	}
	rcu_read_unlock();
	return crowd->count < crowd->room;
}

static void let_go(struct crowd *crowd)
{
	while (crowd->count)
		put_task_struct(crowd->tasks[--crowd->count]);
	kvfree(crowd->tasks);
	crowd->tasks = NULL;
}

/* All at once, so that nobody is missed or met twice. */
static int gather_all(struct crowd *crowd)
{
	crowd->room = 256;
	do {
		let_go(crowd);
		crowd->room *= 2;
		crowd->tasks = kvmalloc_array(crowd->room,
					      sizeof(*crowd->tasks),
					      GFP_KERNEL_ACCOUNT);
		if (!crowd->tasks)
			return -ENOMEM;
	} while (!gather(crowd));
	return 0;
}

int kl_processes_print(struct kl_page *page)
{
	struct crowd crowd = {};
	unsigned int i;
	int err = gather_all(&crowd);

	for (i = 0; i < crowd.count && !err; i++) {
		err = print_process(page, crowd.tasks[i]);
		cond_resched();
	}
	let_go(&crowd);
	return err;
}
