// SPDX-License-Identifier: GPL-2.0
/*
 * The module at a glance: its parts in the order in which they start; they
 * stop in the opposite one.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/sched.h>
#include "attach.h"
#include "collect/collect.h"
#include "hooks/accept.h"
#include "hooks/fscontext.h"
#include "kellas.h"
#include "linux_audit.h"
#include "query.h"
#include "task.h"

struct kl_module kellas;

/* The kernel tells its boot id only in a file. Without /proc it is unknown. */
static void read_boot_id(struct kl_record_origin *origin)
{
	loff_t position = 0;
	struct file *file;

	strscpy(origin->boot_id, "unknown", sizeof(origin->boot_id));
	file = filp_open("/proc/sys/kernel/random/boot_id", O_RDONLY, 0);
	if (IS_ERR(file))
		return;
	if (kernel_read(file, origin->boot_id, sizeof(origin->boot_id) - 1,
			&position) != sizeof(origin->boot_id) - 1)
		strscpy(origin->boot_id, "unknown", sizeof(origin->boot_id));
	fput(file);
}

static int alloc_percpu_parts(void)
{
	kellas.counts = alloc_percpu(struct kl_counts);
	kellas.scratch = alloc_percpu(struct kl_scratch *);
	if (kellas.counts && kellas.scratch)
		return 0;
	free_percpu(kellas.scratch);
	free_percpu(kellas.counts);
	return -ENOMEM;
}

static void free_percpu_parts(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(*per_cpu_ptr(kellas.scratch, cpu));
	free_percpu(kellas.scratch);
	free_percpu(kellas.counts);
}

static int __init kellas_init(void)
{
	int err;

	kellas.origin.instance = get_random_u64();
	kl_linux_audit_init();
	read_boot_id(&kellas.origin);
	err = kl_path_init();
	if (err)
		return err;
	err = kl_namespace_init();
	if (err)
		return err;
	kl_task_init();
	err = kl_domain_init();
	if (err)
		return err;
	err = alloc_percpu_parts();
	if (err)
		goto exit_domain;
	err = kl_log_init();
	if (err)
		goto free_percpu;
	err = kl_query_init();
	if (err)
		goto exit_log;
	err = kl_core_init();
	if (err)
		goto exit_query;
	err = kl_accept_init();
	if (err)
		goto exit_core;
	err = kl_attach_init();
	if (err)
		goto exit_accept;
	err = kl_proc_init();
	if (err)
		goto exit_attach;
	kl_core_hold();
	return 0;

exit_attach:
	kl_attach_exit();
exit_accept:
	kl_accept_exit();
exit_core:
	kl_core_exit();
exit_query:
	kl_query_exit();
exit_log:
	kl_log_exit();
free_percpu:
	free_percpu_parts();
exit_domain:
	kl_domain_exit();
	return err;
}

/*
 * Only rmmod -f comes here while the module is held. It cannot be refused, but
 * need not get its way: it waits until reboot, and the rules stay in force.
 */
static void stay(void)
{
	pr_err("kellas: locked: it stays, and this rmmod waits until reboot\n");
	for (;;)
		schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
}

/* rmmod -f comes here while everything is attached, too. */
static void __exit kellas_exit(void)
{
	if (kl_core_is_held())
		stay();
	kl_proc_exit();
	kl_core_unpublish();
	/* Retired rulesets may still be on their way to kl_attach_release(). */
	mutex_lock(&kellas.core.lock);
	kl_attach_exit();
	kl_task_clear();
	mutex_unlock(&kellas.core.lock);
	kl_accept_exit();
	kl_core_exit();
	kl_linux_audit_exit();
	kl_query_exit();
	kl_log_exit();
	free_percpu_parts();
	kl_fscontext_exit();
	kl_domain_exit();
	/* What tasks and domains were freed by. */
	rcu_barrier();
}

module_init(kellas_init);
module_exit(kellas_exit);
MODULE_DESCRIPTION("Rule-based logging and denial of access");
MODULE_LICENSE("GPL");
MODULE_VERSION(KL_VERSION);
