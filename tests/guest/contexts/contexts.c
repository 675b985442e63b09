// SPDX-License-Identifier: GPL-2.0
/*
 * Asks for a capability wherever the kernel may: reading /proc/contexts makes
 * the reader ask, a thousand times each, with interrupts off under a spinlock,
 * with bottom halves off, under RCU, with the credentials of whoever opened the
 * file; and makes a timer ask, which interrupts it, and an interrupt that is
 * sent to it. A line tells how many questions of each kind were answered with
 * yes.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/user_namespace.h>

#define TIMES		1000
#define INTERRUPTS	50

static DEFINE_SPINLOCK(lock);
static atomic_t softirq, hardirq;

static bool ask(void)
{
	return ns_capable(&init_user_ns, CAP_SYS_PACCT);
}

static void ask_in_timer(struct timer_list *timer)
{
	atomic_add(ask(), &softirq);
}

static void ask_in_interrupt(struct irq_work *work)
{
	atomic_add(ask(), &hardirq);
}

static DEFINE_TIMER(timer, ask_in_timer);

static int show(struct seq_file *m, void *unused)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(ask_in_interrupt);
	int i, off = 0, bottom = 0, rcu = 0, opener = 0;
	unsigned long flags;

	atomic_set(&softirq, 0);
	atomic_set(&hardirq, 0);
	for (i = 0; i < TIMES; i++) {
		spin_lock_irqsave(&lock, flags);
		off += ask();
		spin_unlock_irqrestore(&lock, flags);
		local_bh_disable();
		bottom += ask();
		local_bh_enable();
		rcu_read_lock();
		rcu += ask();
		rcu_read_unlock();
		opener += file_ns_capable(m->file, &init_user_ns,
					  CAP_SYS_PACCT);
	}
	for (i = 0; i < INTERRUPTS; i++) {
		mod_timer(&timer, jiffies);
		irq_work_queue(&work);
		irq_work_sync(&work);
		schedule_timeout_uninterruptible(2);
	}
	del_timer_sync(&timer);
	seq_printf(m, "off=%d bottom=%d rcu=%d opener=%d softirq=%d hardirq=%d\n",
		   off, bottom, rcu, opener, atomic_read(&softirq),
		   atomic_read(&hardirq));
	return 0;
}

static int __init contexts_init(void)
{
	return proc_create_single("contexts", 0444, NULL, show) ? 0 : -ENOMEM;
}

static void __exit contexts_exit(void)
{
	remove_proc_entry("contexts", NULL);
}

module_init(contexts_init);
module_exit(contexts_exit);
MODULE_DESCRIPTION("Asks for capabilities in all contexts, for tests");
MODULE_LICENSE("GPL");
