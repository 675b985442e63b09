// SPDX-License-Identifier: GPL-2.0
/* Queues that outlive the module if somebody is left on them. */
#include <linux/kmemleak.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "pollers.h"

/**
 * struct pollers - a queue and what lockdep knows of it
 * @queue: what is given out
 * @key: class of its lock; one in the module's memory would go with that
 * @name: of the class, for the same reason here
 */
struct pollers {
	wait_queue_head_t queue;
	struct lock_class_key key;
	char name[16];
};

wait_queue_head_t *kl_pollers_new(void)
{
	struct pollers *pollers = kzalloc(sizeof(*pollers), GFP_KERNEL);

	if (!pollers)
		return NULL;
	init_waitqueue_head(&pollers->queue);
	strscpy(pollers->name, "kellas_pollers", sizeof(pollers->name));
	lockdep_register_key(&pollers->key);
	lockdep_set_class_and_name(&pollers->queue.lock, &pollers->key,
				   pollers->name);
	return &pollers->queue;
}

void kl_pollers_free(wait_queue_head_t *queue)
{
	struct pollers *pollers;
	bool left;

	if (!queue)
		return;
	pollers = container_of(queue, struct pollers, queue);
	wake_up_all(queue);
	/* Whoever goes holds the lock while it does. */
	spin_lock_irq(&queue->lock);
	left = waitqueue_active(queue);
	spin_unlock_irq(&queue->lock);
	/* Who found it before it was empty looks at it under RCU. */
	synchronize_rcu();
	if (left) {
		/* Until reboot, as told. */
		kmemleak_not_leak(pollers);
		return;
	}
	lockdep_unregister_key(&pollers->key);
	kfree(pollers);
}
