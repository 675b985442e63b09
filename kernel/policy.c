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
 * are taken back. That is said in the kernel log, in stat, and in the text of
 * the policy until another publication succeeds.
 *
 * A commit may be on trial: the ruleset before it stays alive and its functions
 * attached, so that coming back needs neither memory nor luck.
 */
#define pr_fmt(fmt) "kellas: " fmt

#include <linux/math64.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/timekeeping.h>
#include "attach.h"
#include "compat.h"
#include "kellas.h"
#include "linux_audit.h"
#include "query.h"
#include "task.h"

#define PUBLISH_DELAY	msecs_to_jiffies(10)

/* Timers stop while the machine sleeps: the clock is looked at this often. */
#define TRIAL_LOOK	HZ

static bool lock_param;
module_param_named(lock, lock_param, bool, 0444);
MODULE_PARM_DESC(lock,
		 "the first committed policy stays, and the module, until reboot");

/* Which functions see each operation. */
#define SUPPORTED	BIT(31)
#define F(id)		KL_FAMILY_BIT(id)
static const u32 op_families[KL_OP_COUNT] = {
#define KL_OPERATION_FAMILIES(op, families) \
	[KL_OP_##op] = SUPPORTED | (families),
#include "hooks/families.def"
};

static_assert(KL_FAMILIES <= 31, "bit 31 means SUPPORTED");

/* Attached before all others, and detached by nothing but "detach". */
#define TASK_FAMILIES	(F(TASK_FREE) | F(TASK))

/**
 * struct pending - a batch applied to the model but not published
 * @list: in kl_core.pending, oldest first
 * @undo: how to take it back
 */
struct pending {
	struct list_head list;
	struct kl_undo *undo;
};

bool kl_core_supports(enum kl_op op)
{
	return op_families[op] & SUPPORTED;
}

/* Functions of all operations that a domain may be left before. */
static u32 auto_families(void)
{
	u32 families = 0;
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		if (kl_op_table[op].flags & KL_OP_AUTO)
			families |= op_families[op];
	return families;
}

/* Functions that the model needs attached. */
static u32 model_families(void)
{
	const struct kl_policy *model = &kellas.core.model;
	u32 families = 0;
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		if (model->block_count[op])
			families |= op_families[op];
	if (model->block_count[KL_OP_AUTO_DOMAIN_TRANSITION])
		families |= auto_families();
	if (families)
		families |= TASK_FAMILIES;
	return families & KL_FAMILY_ALL;
}

/*
 * When the first functions are attached, all tasks get their state. A handler
 * that was still inside when everything was detached may have left one.
 */
static int attach_families(u32 families, struct kl_error *error)
{
	bool first = !(kl_attached() & F(TASK));
	int err;

	if (!families)
		return 0;
	if (first)
		kl_task_clear();
	err = kl_attach_prepare(families, error);
	if (!err && first) {
		err = kl_task_walk();
		if (err)
			kl_attach_release(families);
	}
	if (err && first)
		kl_task_clear();
	return err;
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

static u64 memory_of(const struct kl_published *published)
{
	return published ? kl_ruleset_memory(published->ruleset) : 0;
}

u64 kl_core_memory(void)
{
	const struct kl_published *published = current_published();

	return model_memory() + memory_of(published) +
	       memory_of(kellas.core.trial.before);
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

static void release_unneeded(void)
{
	const struct kl_core *core = &kellas.core;
	u32 unneeded = kl_attached() & ~(core->families | core->trial.families |
					 model_families() | TASK_FAMILIES);

	if (unneeded)
		kl_attach_release(unneeded);
}

static void put_domains(struct kl_published *published)
{
	while (published->domain_count)
		kl_domain_put(published->domains[--published->domain_count]);
	kvfree(published->domains);
}

/* All domains that the ruleset leads to exist as long as it does. */
static int make_domains(struct kl_published *published)
{
	const struct kl_string *name, *last = NULL;
	u32 at = 0, n = 0;

	while (kl_ruleset_transition(published->ruleset, &at))
		n++;
	published->domains = kvmalloc_array(n, sizeof(*published->domains),
					    GFP_KERNEL_ACCOUNT);
	if (n && !published->domains)
		return -ENOMEM;
	for (at = 0; (name = kl_ruleset_transition(published->ruleset, &at));
	     last = name) {
		struct kl_domain *domain;

		if (name == last)
			continue;
		domain = kl_domain_get((struct kl_text){ name->text,
							 name->length });
		if (!domain)
			return -ENOMEM;
		published->domains[published->domain_count++] = domain;
	}
	return 0;
}

/* Runs when no request uses the ruleset any more. */
static void free_published(struct work_struct *work)
{
	struct kl_published *published =
		container_of(work, struct kl_published, retired);

	put_domains(published);
	mutex_lock(&kellas.core.lock);
	kl_ruleset_free(published->ruleset);
	release_unneeded();
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

static void drop_unpublished(struct kl_published *published)
{
	put_domains(published);
	percpu_ref_exit(&published->users);
	kfree(published);
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
	if (!make_domains(published))
		return published;
	drop_unpublished(published);
	return NULL;
}

/*
 * Requests that begin from now on see @published; NULL: no policy.
 * Return: what they saw before, to be retired, or NULL.
 */
static struct kl_published *swap_published(struct kl_published *published,
					   u32 families)
{
	struct kl_published *old = current_published();

	rcu_assign_pointer(kellas.core.published, published);
	kellas.core.families = families;
	return old;
}

/* It is freed when the last request has left it. */
static void retire(struct kl_published *published)
{
	if (published)
		percpu_ref_kill(&published->users);
}

/*
 * Compiles and publishes the model; on an error nothing has changed.
 * @keep: what was published before will be kept
 * @old: set to that, to be retired, or NULL
 */
static int publish_model(bool keep, struct kl_published **old,
			 struct kl_error *error)
{
	struct kl_core *core = &kellas.core;
	u32 families = model_families();
	struct kl_published *published;
	struct kl_ruleset *ruleset;
	int err;

	err = kl_compile(&core->model, &ruleset, error);
	if (err)
		return err;
	err = check_memory(model_memory() + kl_ruleset_memory(ruleset) +
			   (keep ? memory_of(current_published()) : 0), error);
	if (err)
		goto free_ruleset;
	err = kl_linux_audit_prepare(&core->model.quota, error);
	if (err)
		goto free_ruleset;
	published = new_published(ruleset);
	if (!published) {
		*error = (struct kl_error){ .text = "out of memory" };
		err = -ENOMEM;
		goto free_ruleset;
	}
	err = attach_families(families, error);
	if (err)
		goto free_published;
	kl_log_configure(&core->model.quota);
	*old = swap_published(published, families);
	core->publications++;
	core->failure.text[0] = '\0';
	return 0;

free_published:
	drop_unpublished(published);
free_ruleset:
	kl_ruleset_free(ruleset);
	return err;
}

static int publish_pending(struct kl_error *error)
{
	struct kl_published *old;
	int err = publish_model(false, &old, error);

	if (err) {
		revert_pending();
		release_unneeded();
		return err;
	}
	settle_pending();
	retire(old);
	return 0;
}

int kl_core_flush(struct kl_error *error)
{
	struct kl_core *core = &kellas.core;
	int err;

	if (list_empty(&core->pending))
		return 0;
	err = publish_pending(error);
	if (err) {
		core->failures++;
		core->failure = *error;
		core->failed_at = ktime_get_real_seconds();
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

static int refuse(struct kl_error *error, int err, const char *text)
{
	*error = (struct kl_error){};
	strscpy(error->text, text, sizeof(error->text));
	return err;
}

u32 kl_core_trial_left(void)
{
	const struct kl_trial *trial = &kellas.core.trial;
	s64 left = trial->until - ktime_get_boottime_ns();

	if (!trial->pending)
		return 0;
	/* One that is due has not been taken back yet. */
	return left > 0 ? div_s64(left - 1, NSEC_PER_SEC) + 1 : 1;
}

/* May the policy be changed now? */
static int check_changeable(struct kl_error *error)
{
	if (kellas.core.locked)
		return refuse(error, -EPERM, "the policy is locked until reboot");
	if (!kellas.core.trial.pending)
		return 0;
	*error = (struct kl_error){};
	snprintf(error->text, sizeof(error->text),
		 "a commit waits to be confirmed, or to be taken back in %u seconds",
		 kl_core_trial_left());
	return -EBUSY;
}

static void lock_now(void)
{
	if (kellas.core.locked)
		return;
	WRITE_ONCE(kellas.core.locked, true);
	/* An open file keeps the module meanwhile. */
	if (!lock_param)
		__module_get(THIS_MODULE);
	pr_info("locked: policy and module stay until reboot\n");
}

static void start_trial(struct kl_published *before, u32 families, u32 seconds)
{
	struct kl_trial *trial = &kellas.core.trial;
	struct pending *pending = list_first_entry(&kellas.core.pending,
						   struct pending, list);

	trial->pending = true;
	trial->until = ktime_get_boottime_ns() + (u64)seconds * NSEC_PER_SEC;
	trial->before = before;
	trial->families = families;
	trial->undo = pending->undo;
	list_del(&pending->list);
	kfree(pending);
	queue_delayed_work(kellas.core.queue, &trial->work,
			   min_t(u64, (u64)seconds * HZ, TRIAL_LOOK));
}

/* Return: what was kept until now, to be retired. */
static struct kl_published *end_trial(void)
{
	struct kl_published *before = kellas.core.trial.before;

	kellas.core.trial.pending = false;
	kellas.core.trial.before = NULL;
	kellas.core.trial.families = 0;
	return before;
}

static void keep_trial(void)
{
	kl_policy_settle(&kellas.core.model, kellas.core.trial.undo);
	retire(end_trial());
	release_unneeded();
}

static void take_back_trial(void)
{
	struct kl_core *core = &kellas.core;
	u64 updates = core->model.updates;
	struct kl_published *tried;
	u32 families = core->trial.families;

	kl_policy_revert(&core->model, core->trial.undo);
	core->model.updates = updates;
	kl_log_configure(&core->model.quota);
	tried = swap_published(end_trial(), families);
	core->reverts++;
	core->reverted_at = core->updated_at = ktime_get_real_seconds();
	if (!current_published()) {
		kl_query_deny_all();
		kl_log_release();
	}
	retire(tried);
}

static void look_at_trial(struct work_struct *work)
{
	struct kl_trial *trial = &kellas.core.trial;
	s64 left;

	mutex_lock(&kellas.core.lock);
	left = trial->until - ktime_get_boottime_ns();
	if (trial->pending && left <= 0) {
		take_back_trial();
		pr_warn("a commit was not confirmed: the policy before it is back\n");
	} else if (trial->pending) {
		queue_delayed_work(kellas.core.queue, &trial->work,
				   min_t(u64, nsecs_to_jiffies64(left) + 1,
					 TRIAL_LOOK));
	}
	mutex_unlock(&kellas.core.lock);
}

static int commit_for_trial(u32 seconds, struct kl_error *error)
{
	u32 families = kellas.core.families;
	struct kl_published *old;
	int err = publish_model(true, &old, error);

	if (err)
		revert_last();
	else
		start_trial(old, families, seconds);
	return err;
}

static int commit_at_once(struct kl_batch *batch, u32 confirm,
			  struct kl_error *error)
{
	/* What others wait for must not be reverted with this batch. */
	int err = kl_core_flush(error);

	if (!err)
		err = add_pending(batch, error);
	if (err)
		return err;
	if (confirm)
		return commit_for_trial(confirm, error);
	err = publish_pending(error);
	if (!err && lock_param)
		lock_now();
	return err;
}

static int commit_later(struct kl_batch *batch, struct kl_error *error)
{
	int err = add_pending(batch, error);

	if (err)
		return err;
	if (!current_published())
		return publish_pending(error);
	err = check_memory(kl_core_memory(), error);
	if (!err)
		err = attach_families(model_families(), error);
	if (err)
		revert_last();
	else
		queue_delayed_work(kellas.core.queue, &kellas.core.publish,
				   PUBLISH_DELAY);
	return err;
}

int kl_core_commit(struct kl_batch *batch, bool at_once, u32 confirm,
		   struct kl_error *error)
{
	int err = check_changeable(error);

	if (err)
		return err;
	err = at_once ? commit_at_once(batch, confirm, error) :
			commit_later(batch, error);
	if (!err)
		kellas.core.updated_at = ktime_get_real_seconds();
	return err;
}

static int check_trial(struct kl_error *error)
{
	if (kellas.core.trial.pending)
		return 0;
	return refuse(error, -EINVAL,
		      "no commit waits to be confirmed: there was none, or it has been confirmed or taken back");
}

int kl_core_confirm(struct kl_error *error)
{
	int err = check_trial(error);

	if (err)
		return err;
	keep_trial();
	if (lock_param)
		lock_now();
	return 0;
}

int kl_core_revert(struct kl_error *error)
{
	int err = check_trial(error);

	if (err)
		return err;
	take_back_trial();
	pr_info("a commit was taken back: the policy before it is back\n");
	return 0;
}

int kl_core_lock(struct kl_error *error)
{
	int err;

	if (kellas.core.locked)
		return 0;
	err = check_changeable(error);
	if (!err)
		err = kl_core_flush(error);
	if (!err)
		lock_now();
	return err;
}

void kl_core_hold(void)
{
	if (lock_param)
		__module_get(THIS_MODULE);
}

bool kl_core_is_held(void)
{
	return lock_param || READ_ONCE(kellas.core.locked);
}

static const char *explain_detach(int err)
{
	switch (err) {
	case -EBUSY:
		return "ftrace does not let go of a function";
	case -ECANCELED:
		return "somebody changed the policy while calls were still inside";
	default:
		return "detached, but calls are still inside: write detach again";
	}
}

int kl_core_detach(struct kl_error *error)
{
	struct kl_core *core = &kellas.core;
	struct kl_batch empty;
	int err = check_changeable(error);

	if (err)
		return err;
	kl_batch_init(&empty);
	empty.replace = true;
	kl_core_flush(error);
	err = add_pending(&empty, error);
	kl_batch_release(&empty);
	if (err)
		return err;
	retire(swap_published(NULL, 0));
	kl_query_deny_all();
	kl_log_release();
	settle_pending();
	core->updated_at = ktime_get_real_seconds();
	err = kl_detach_all();
	kl_task_clear();
	if (!err) {
		mutex_unlock(&core->lock);
		err = kl_detach_wait();
		mutex_lock(&core->lock);
	}
	if (!err)
		kl_detach_done();
	else
		refuse(error, err, explain_detach(err));
	return err == -ECANCELED ? -EBUSY : err;
}

void kl_core_unpublish(void)
{
	mutex_lock(&kellas.core.lock);
	if (kellas.core.trial.pending)
		keep_trial();
	retire(swap_published(NULL, 0));
	kl_query_deny_all();
	kl_log_release();
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
	INIT_DELAYED_WORK(&core->trial.work, look_at_trial);
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
	cancel_delayed_work_sync(&kellas.core.trial.work);
	rcu_barrier();
	destroy_workqueue(kellas.core.queue);
	kl_policy_destroy(&kellas.core.model);
}
