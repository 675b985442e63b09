// SPDX-License-Identifier: GPL-2.0-only
/*
 * The canary: misbehaves as its parameter says, so that tests/vm/selftest can see
 * whether the rig notices. Only for guests that may die.
 */
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

static char *mode = "none";
module_param(mode, charp, 0);
MODULE_PARM_DESC(mode, "warn, oops, leak, hang; seen by a debug kernel: uaf, atomic, order, lost");

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
 * console; canary_lost() really leaks.
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

/* Use after free. */
static int canary_uaf(void)
{
	int *data = kzalloc(sizeof(*data), GFP_KERNEL);

	kfree(data);
	OPTIMIZER_HIDE_VAR(data);
	return READ_ONCE(*data) & 0;
}

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DEFINE_SPINLOCK(spinner);

/* Take what may sleep where nothing may sleep. */
static int canary_atomic(void)
{
	spin_lock(&spinner);
	mutex_lock(&first);
	mutex_unlock(&first);
	spin_unlock(&spinner);
	return 0;
}

/* Lock in one order and in the other. */
static int canary_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

/* Several, since a pointer to the last may linger somewhere. */
static int canary_lost(void)
{
	int i;

	for (i = 0; i < 10; i++) {
		void *data = kmalloc(1000 + i, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(data);
	}
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
	{ "uaf", canary_uaf },
	{ "atomic", canary_atomic },
	{ "order", canary_order },
	{ "lost", canary_lost },
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
