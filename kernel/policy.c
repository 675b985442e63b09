// SPDX-License-Identifier: GPL-2.0
/*
 * From a batch of statements to a ruleset that requests see: apply it to the
 * model, compile, attach what is missing, publish; and when the last request
 * has left the old ruleset, free it and detach what nobody needs.
 *
 * A batch may be published a moment after it was applied, so that many small
 * writes do not compile the whole policy each. What can go wrong for reasons
 * of the batch itself (its text, memory over the quota, functions that cannot
 * be attached) is still found before the write returns. Should a publication
 * fail later all the same, for want of memory, the batches that wait for it
 * are taken back, and that is said in the kernel log and counted in stat.
 */
#define pr_fmt(fmt) "kellas: " fmt

#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>
#include "attach.h"
#include "compat.h"
#include "kellas.h"
#include "query.h"

#define PUBLISH_DELAY	msecs_to_jiffies(10)

/* Which functions see each operation. */
#define SUPPORTED	BIT(31)
#define F(id)		KL_FAMILY_BIT(id)
#if KL_PROGRAM_OPENED_IN_EXECVE
/* Interpreters are told from programs by what bprm_check has seen. */
#define F_PROGRAM	F(EXEC)
#else
#define F_PROGRAM	0
#endif
static const u32 op_families[KL_OP_COUNT] = {
#define KL_OPERATION_FAMILIES(op, families) \
	[KL_OP_##op] = SUPPORTED | (families),
#include "hooks/families.def"
};

static_assert(KL_FAMILIES <= 31, "bit 31 means SUPPORTED");

/**
 * struct pending - a batch applied to the model but not published
 * @list: in kl_core.pending, oldest first
 * @undo: how to take it back
 */
struct pending {
	struct list_head list;
	struct kl_undo *undo;
};

const char *kl_core_refusal(enum kl_op op, bool deny)
{
	if (!(op_families[op] & SUPPORTED))
		return "is not attached in this build";
	if (deny && kl_op_table[op].flags & KL_OP_LOG_ONLY)
		return "can only be logged, not denied";
	return NULL;
}

/* Functions that the model needs attached. */
static u32 model_families(void)
{
	u32 families = 0;
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		if (kellas.core.model.block_count[op])
			families |= op_families[op];
	return families & KL_FAMILY_ALL;
}

static struct kl_published *current_published(void)
{
	return rcu_dereference_protected(kellas.core.published,
					 lockdep_is_held(&kellas.core.lock));
}

static u64 model_memory(void)
{
	return kellas.core.model.memory + kellas.core.model.strings.memory;
}

u64 kl_core_memory(void)
{
	const struct kl_published *published = current_published();

	return model_memory() +
	       (published ? kl_ruleset_memory(published->ruleset) : 0);
}

u64 kl_core_quota(void)
{
	return kellas.core.model.quota.memory[KL_MEMORY_POLICY] ?:
	       KL_POLICY_MEMORY;
}

static int check_memory(u64 needed, struct kl_error *error)
{
	u64 quota = kl_core_quota();

	if (needed <= quota)
		return 0;
	*error = (struct kl_error){};
	snprintf(error->text, sizeof(error->text),
		 "the policy needs at least %llu bytes of memory; \"quota memory policy\" allows %llu",
		 needed, quota);
	return -ENOMEM;
}

static void settle_pending(void)
{
	struct pending *pending, *next;

	list_for_each_entry_safe(pending, next, &kellas.core.pending, list) {
		list_del(&pending->list);
		kl_policy_settle(&kellas.core.model, pending->undo);
		kfree(pending);
	}
}

static void revert_pending(void)
{
	struct pending *pending, *next;

	list_for_each_entry_safe_reverse(pending, next, &kellas.core.pending,
					 list) {
		list_del(&pending->list);
		kl_policy_revert(&kellas.core.model, pending->undo);
		kfree(pending);
	}
}

/* Runs when no request uses the ruleset any more. */
static void free_published(struct work_struct *work)
{
	struct kl_published *published =
		container_of(work, struct kl_published, retired);
	u32 unneeded;

	mutex_lock(&kellas.core.lock);
	kl_ruleset_free(published->ruleset);
	unneeded = kl_attached() & ~(kellas.core.families | model_families());
	if (unneeded)
		kl_attach_release(unneeded);
	mutex_unlock(&kellas.core.lock);
	percpu_ref_exit(&published->users);
	kfree(published);
}

static void last_user_left(struct percpu_ref *users)
{
	struct kl_published *published =
		container_of(users, struct kl_published, users);

	queue_work(kellas.core.queue, &published->retired);
}

static struct kl_published *new_published(struct kl_ruleset *ruleset)
{
	struct kl_published *published = kzalloc(sizeof(*published), GFP_KERNEL);

	if (!published)
		return NULL;
	if (percpu_ref_init(&published->users, last_user_left, 0, GFP_KERNEL)) {
		kfree(published);
		return NULL;
	}
	INIT_WORK(&published->retired, free_published);
	published->ruleset = ruleset;
	return published;
}

/* Requests that begin from now on see @published; NULL: no policy. */
static void replace_published(struct kl_published *published, u32 families)
{
	struct kl_published *old = current_published();

	rcu_assign_pointer(kellas.core.published, published);
	kellas.core.families = families;
	if (old)
		percpu_ref_kill(&old->users);
}

/* Compiles and publishes the model; on an error nothing has changed. */
static int publish_model(struct kl_error *error)
{
	struct kl_core *core = &kellas.core;
	u32 families = model_families();
	struct kl_published *published;
	struct kl_ruleset *ruleset;
	int err;

	err = kl_compile(&core->model, &ruleset, error);
	if (err)
		return err;
	err = check_memory(model_memory() + kl_ruleset_memory(ruleset), error);
	if (err)
		goto free_ruleset;
	published = new_published(ruleset);
	if (!published) {
		*error = (struct kl_error){ .text = "out of memory" };
		err = -ENOMEM;
		goto free_ruleset;
	}
	err = kl_attach_prepare(families, error);
	if (err)
		goto free_published;
	kl_log_configure(&core->model.quota);
	replace_published(published, families);
	core->publications++;
	return 0;

free_published:
	percpu_ref_exit(&published->users);
	kfree(published);
free_ruleset:
	kl_ruleset_free(ruleset);
	return err;
}

static int publish_pending(struct kl_error *error)
{
	int err = publish_model(error);

	if (err)
		revert_pending();
	else
		settle_pending();
	return err;
}

int kl_core_flush(struct kl_error *error)
{
	int err;

	if (list_empty(&kellas.core.pending))
		return 0;
	err = publish_pending(error);
	if (err) {
		kellas.core.failures++;
		pr_warn("changes of the policy were taken back: %s (%d)\n",
			error->text, err);
	}
	return err;
}

static void publish_later(struct work_struct *work)
{
	struct kl_error error = {};

	mutex_lock(&kellas.core.lock);
	kl_core_flush(&error);
	mutex_unlock(&kellas.core.lock);
}

static int add_pending(struct kl_batch *batch, struct kl_error *error)
{
	struct pending *pending = kmalloc(sizeof(*pending), GFP_KERNEL);
	int err;

	if (!pending)
		return -ENOMEM;
	err = kl_policy_apply(&kellas.core.model, batch, &pending->undo, error);
	if (err) {
		kfree(pending);
		return err;
	}
	list_add_tail(&pending->list, &kellas.core.pending);
	return 0;
}

static void revert_last(void)
{
	struct pending *pending = list_last_entry(&kellas.core.pending,
						  struct pending, list);

	list_del(&pending->list);
	kl_policy_revert(&kellas.core.model, pending->undo);
	kfree(pending);
}

int kl_core_commit(struct kl_batch *batch, bool at_once, struct kl_error *error)
{
	struct kl_core *core = &kellas.core;
	int err;

	/* What others wait for must not be reverted with this batch. */
	err = at_once ? kl_core_flush(error) : 0;
	if (!err)
		err = add_pending(batch, error);
	if (err)
		return err;
	if (at_once || !current_published()) {
		err = publish_pending(error);
		goto out;
	}
	err = check_memory(kl_core_memory(), error);
	if (!err)
		err = kl_attach_prepare(model_families(), error);
	if (err)
		revert_last();
	else
		queue_delayed_work(core->queue, &core->publish, PUBLISH_DELAY);
out:
	if (!err)
		core->updated_at = ktime_get_real_seconds();
	return err;
}

int kl_core_detach(struct kl_error *error)
{
	struct kl_batch empty;
	int err;

	kl_batch_init(&empty);
	empty.replace = true;
	kl_core_flush(error);
	err = add_pending(&empty, error);
	kl_batch_release(&empty);
	if (err)
		return err;
	replace_published(NULL, 0);
	kl_query_deny_all();
	settle_pending();
	kellas.core.updated_at = ktime_get_real_seconds();
	err = kl_detach_all();
	if (err) {
		*error = (struct kl_error){};
		snprintf(error->text, sizeof(error->text), err == -EBUSY ?
			 "ftrace does not let go of a function" :
			 "detached, but calls are still inside: write detach again");
	}
	return err;
}

void kl_core_unpublish(void)
{
	mutex_lock(&kellas.core.lock);
	replace_published(NULL, 0);
	kl_query_deny_all();
	settle_pending();
	mutex_unlock(&kellas.core.lock);
}

int kl_core_init(void)
{
	struct kl_core *core = &kellas.core;
	int err;

	mutex_init(&core->lock);
	INIT_LIST_HEAD(&core->pending);
	INIT_DELAYED_WORK(&core->publish, publish_later);
	core->queue = alloc_workqueue("kellas", WQ_UNBOUND, 1);
	if (!core->queue)
		return -ENOMEM;
	err = kl_policy_init(&core->model);
	if (err)
		destroy_workqueue(core->queue);
	return err;
}

/* A retired ruleset is freed by RCU, then its last user, then the queue. */
void kl_core_exit(void)
{
	cancel_delayed_work_sync(&kellas.core.publish);
	rcu_barrier();
	destroy_workqueue(kellas.core.queue);
	kl_policy_destroy(&kellas.core.model);
}
