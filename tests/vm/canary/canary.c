// SPDX-License-Identifier: GPL-2.0-only
/*
 * The canary: misbehaves as its parameter says, so that tests/vm/selftest can see
 * whether the rig notices. Only for guests that may die.
 */
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/sched.h>

static char *mode = "none";
module_param(mode, charp, 0);
MODULE_PARM_DESC(mode, "warn, oops, leak or hang");

static int canary_warn(void)
{
	WARN(1, "canary: a deliberate warning\n");
	return 0;
}

static int canary_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	*nowhere = 1;
	return 0;
}

/*
 * Stock kernels have no kmemleak: say what it would say. This tests the scanner of the
 * console; a real leak is for a kernel built with kmemleak.
 */
static int canary_leak(void)
{
	pr_err("kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)\n");
	return 0;
}

static int canary_hang(void)
{
	set_current_state(TASK_UNINTERRUPTIBLE);
	schedule();
	return 0;
}

static const struct {
	const char *name;
	int (*misbehave)(void);
} modes[] = {
	{ "warn", canary_warn },
	{ "oops", canary_oops },
	{ "leak", canary_leak },
	{ "hang", canary_hang },
};

static int __init canary_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++)
		if (!strcmp(mode, modes[i].name))
			return modes[i].misbehave();
	return -EINVAL;
}

static void __exit canary_exit(void)
{
}

module_init(canary_init);
module_exit(canary_exit);
MODULE_DESCRIPTION("misbehaves on purpose, to test the test rig");
MODULE_LICENSE("GPL");
