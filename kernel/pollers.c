// SPDX-License-Identifier: GPL-2.0
/* Queues that outlive the module if somebody is left on them. */
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "pollers.h"

wait_queue_head_t *kl_pollers_new(void)
{
	wait_queue_head_t *queue = kmalloc(sizeof(*queue), GFP_KERNEL);

	if (!queue)
		return NULL;
	init_waitqueue_head(queue);
	/* The lock's class would be in the module's memory. */
	lockdep_set_novalidate_class(&queue->lock);
	return queue;
}

void kl_pollers_free(wait_queue_head_t *queue)
{
	bool left;

	if (!queue)
		return;
	wake_up_all(queue);
	/* Whoever goes holds the lock while it does. */
	spin_lock_irq(&queue->lock);
	left = waitqueue_active(queue);
	spin_unlock_irq(&queue->lock);
	/* Who found it before it was empty looks at it under RCU. */
	synchronize_rcu();
	if (!left)
		kfree(queue);
}
