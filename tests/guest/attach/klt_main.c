// SPDX-License-Identifier: GPL-2.0
/*
 * Drives kernel/attach.c from /proc/klt with handlers that count, deny and
 * sleep. They take notice only of tasks whose name begins with "klt", so that
 * counts are exact whatever else runs. Next to "hits", the calls of a handler,
 * stands "body": how often the function itself ran afterwards, counted by a
 * kprobe on its first instruction behind the __fentry__ site. Tracepoints, which
 * have none, come behind the functions.
 *
 * Commands, one a write:
 *	attach MASK, release MASK, detach	the calls of attach.h
 *	arm 0|1			handlers return 0 at once | take notice
 *	sleep MS		handlers sleep for tasks named kltsleep
 *	deny FUNCTION ERRNO	a handler returns -ERRNO
 *	zero			all counts, denials and sleeps are forgotten
 *	body 0|1		count bodies
 */
#define pr_fmt(fmt) "klt: " fmt

#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>
#include "attach.h"
#include "hooks/hooks.h"

enum {
#define KL_HOOK(result, name, ...) ID_##name,
#include "hooks/table.def"
#undef KL_HOOK
	FUNCTIONS,
	BEFORE_TRACEPOINTS = FUNCTIONS - 1,
#define KL_TRACEPOINT(name, ...) ID_##name,
#include "hooks/tracepoints.def"
	IDS
};

static DEFINE_MUTEX(lock);
static struct kl_error last_error;
static int last_result;
static long last_inside;
static int armed = 1;
static unsigned int sleep_ms;
static int deny[IDS];
static atomic_long_t hits[IDS], body[IDS];
static struct kprobe probes[IDS];

static int seen(unsigned int id, struct task_struct *who)
{
	if (!READ_ONCE(armed) || strncmp(who->comm, "klt", 3))
		return 0;
	atomic_long_inc(&hits[id]);
	if (id < FUNCTIONS && id != ID_task_free && sleep_ms && !strcmp(who->comm, "kltsleep"))
		msleep(sleep_ms);
	return -READ_ONCE(deny[id]);
}

#define FIRST(type, name, ...)	name
#define WHO(first) \
	_Generic((first), struct task_struct *: (first), default: current)
#define END_int(value)		return value
#define END_void(value)		((void)(value))
#define KL_HOOK(result, name, family, need, number, ...)		\
	result kl_hook_##name(KL_MAP(number, KL_PARAMETER, __VA_ARGS__)) \
	{								\
		END_##result(seen(ID_##name,				\
			(void *)WHO(FIRST(__VA_ARGS__))));		\
	}
#include "hooks/table.def"
#undef KL_HOOK

#define KL_TRACEPOINT(name, family, number, ...)			\
	void kl_probe_##name(KL_MAP(number, KL_PARAMETER, __VA_ARGS__))	\
	{								\
		seen(ID_##name, WHO(FIRST(__VA_ARGS__)));		\
	}
#include "hooks/tracepoints.def"

static int count_body(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned int id = probe - probes;
	struct task_struct *who = current;

	if (id == ID_task_free)
		who = (struct task_struct *)regs->di;
	if (READ_ONCE(armed) && !strncmp(who->comm, "klt", 3))
		atomic_long_inc(&body[id]);
	return 0;
}

static void body_stop(void)
{
	unsigned int i;

	for (i = 0; i < IDS; i++)
		if (probes[i].addr) {
			unregister_kprobe(&probes[i]);
			probes[i] = (struct kprobe){};
		}
}

static int body_start(void)
{
	struct kl_attach_status status;
	unsigned int i;
	int err = 0;

	body_stop();
	for (i = 0; !err && kl_attach_status(i, &status); i++) {
		struct kprobe site = {
			.symbol_name = status.function,
			.flags = KPROBE_FLAG_DISABLED,
		};

		if (status.missing || status.tracepoint)
			continue;
		err = register_kprobe(&site);
		if (err)
			break;
		probes[i].addr = (void *)site.addr + 5;
		unregister_kprobe(&site);
		probes[i].pre_handler = count_body;
		err = register_kprobe(&probes[i]);
		if (err)
			probes[i].addr = NULL;
	}
	return err;
}

static const char *short_name(const struct kl_attach_status *status)
{
	return status->tracepoint ? status->function :
				    status->function + strlen("security_");
}

static void zero(void)
{
	unsigned int i;

	sleep_ms = 0;
	for (i = 0; i < IDS; i++) {
		atomic_long_set(&hits[i], 0);
		atomic_long_set(&body[i], 0);
		deny[i] = 0;
	}
}

static int set_deny(const char *name, int value)
{
	struct kl_attach_status status;
	unsigned int i;

	for (i = 0; kl_attach_status(i, &status); i++)
		if (!strcmp(short_name(&status), name)) {
			deny[i] = value;
			return 0;
		}
	return -ENOENT;
}

static int detach_all(void)
{
	int err = kl_detach_all();

	if (!err)
		err = kl_detach_wait();
	if (!err)
		kl_detach_done();
	return err;
}

static int run(char *line)
{
	unsigned int number;
	char name[64];
	int value;

	if (sscanf(line, "attach %x", &number) == 1)
		return kl_attach_prepare(number, &last_error);
	if (sscanf(line, "release %x", &number) == 1) {
		last_inside = kl_attach_inflight();
		kl_attach_release(number);
		return 0;
	}
	if (!strcmp(line, "detach")) {
		last_inside = kl_attach_inflight();
		return detach_all();
	}
	if (sscanf(line, "arm %d", &value) == 1) {
		WRITE_ONCE(armed, value);
		return 0;
	}
	if (sscanf(line, "sleep %u", &sleep_ms) == 1)
		return 0;
	if (sscanf(line, "deny %63s %d", name, &value) == 2)
		return set_deny(name, value);
	if (!strcmp(line, "zero")) {
		zero();
		return 0;
	}
	if (sscanf(line, "body %d", &value) == 1) {
		if (value)
			return body_start();
		body_stop();
		return 0;
	}
	return -EINVAL;
}

static ssize_t klt_write(struct file *file, const char __user *from,
			 size_t size, loff_t *pos)
{
	char line[128];
	int result;

	if (size >= sizeof(line))
		return -E2BIG;
	if (copy_from_user(line, from, size))
		return -EFAULT;
	line[size] = '\0';
	mutex_lock(&lock);
	last_error.text[0] = '\0';
	result = run(strim(line));
	last_result = result;
	mutex_unlock(&lock);
	return result ? result : size;
}

static int show(struct seq_file *m, void *unused)
{
	struct kl_attach_status status;
	unsigned int i;

	for (i = 0; kl_attach_status(i, &status); i++)
		seq_printf(m, "%s %s %s hits=%ld body=%ld\n",
			   short_name(&status),
			   status.family, status.missing ? "missing" :
			   status.attached ? "attached" : "detached",
			   atomic_long_read(&hits[i]),
			   atomic_long_read(&body[i]));
	seq_printf(m, "families %x\n", kl_attached());
	seq_printf(m, "inflight %ld\n", kl_attach_inflight());
	seq_printf(m, "inside %ld\n", last_inside);
	seq_printf(m, "result %d\n", last_result);
	seq_printf(m, "error %s\n", last_error.text);
	return 0;
}

static int klt_open(struct inode *inode, struct file *file)
{
	int err;

	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	err = single_open(file, show, NULL);
	if (err)
		module_put(THIS_MODULE);
	return err;
}

static int klt_release(struct inode *inode, struct file *file)
{
	int err = single_release(inode, file);

	module_put(THIS_MODULE);
	return err;
}

static const struct proc_ops ops = {
	.proc_open = klt_open,
	.proc_read = seq_read,
	.proc_write = klt_write,
	.proc_lseek = seq_lseek,
	.proc_release = klt_release,
};

static int __init klt_init(void)
{
	int err = kl_attach_init();

	if (err)
		return err;
	if (!proc_create("klt", 0600, NULL, &ops)) {
		kl_attach_exit();
		return -ENOMEM;
	}
	return 0;
}

static void __exit klt_exit(void)
{
	remove_proc_entry("klt", NULL);
	pr_info("exit with %ld inside\n", kl_attach_inflight());
	kl_attach_exit();
	body_stop();
	pr_info("exit left %ld inside\n", kl_attach_inflight());
}

module_init(klt_init);
module_exit(klt_exit);
MODULE_DESCRIPTION("Test driver of Kellas' attach layer");
MODULE_LICENSE("GPL");
