// SPDX-License-Identifier: GPL-2.0
/* Another direct caller, as BPF's fentry is: takes the function "target". */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include "compat.h"

void taker_trampoline(void);

static char *target = "security_file_open";
module_param(target, charp, 0444);

static struct ftrace_ops ops;

static int __init taker_init(void)
{
	struct kprobe site = {
		.symbol_name = target,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long address;
	int err;

	err = register_kprobe(&site);
	if (err)
		return err;
	address = (unsigned long)site.addr;
	unregister_kprobe(&site);
	err = ftrace_set_filter_ip(&ops, address, 0, 1);
	if (!err)
		err = kl_ftrace_register(&ops, (unsigned long)taker_trampoline);
	if (err)
		ftrace_free_filter(&ops);
	return err;
}

static void __exit taker_exit(void)
{
	kl_ftrace_unregister(&ops, (unsigned long)taker_trampoline);
	synchronize_rcu_tasks();
	synchronize_rcu();
	ftrace_free_filter(&ops);
}

module_init(taker_init);
module_exit(taker_exit);
MODULE_DESCRIPTION("Holds a function by an ftrace direct call");
MODULE_LICENSE("GPL");
