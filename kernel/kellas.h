/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The root object of the module, and what its parts offer each other. The
 * engine and attach.c know nothing of it.
 */
#ifndef KELLAS_KELLAS_H
#define KELLAS_KELLAS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "engine/policy.h"
#include "engine/record.h"
#include "engine/ring.h"
#include "engine/ruleset.h"

struct kl_domain;

#define KL_VERSION	"0.1"
/* Raised when the text of policies or records changes incompatibly. */
#define KL_LANGUAGE	1

/**
 * struct kl_published - a ruleset that requests may see
 * @ruleset: what they see; freed with this
 * @domains: references on the domains that it leads to
 * @domain_count: of them
 * @users: requests that left RCU to collect something; dies when retired
 * @retired: frees all this under the policy mutex
 */
struct kl_published {
	struct kl_ruleset *ruleset;
	struct kl_domain **domains;
	u32 domain_count;
	struct percpu_ref users;
	struct work_struct retired;
};

/**
 * struct kl_trial - a commit that is taken back unless it is confirmed
 * @pending: there is one; else nothing here means anything but @work
 * @until: nanoseconds since boot, those asleep included, when time is up
 * @before: what was published before, still alive; NULL: nothing
 * @families: of @before; they stay attached
 * @undo: how the model becomes what it was
 * @work: looks whether time is up
 */
struct kl_trial {
	bool pending;
	u64 until;
	struct kl_published *before;
	u32 families;
	struct kl_undo *undo;
	struct delayed_work work;
};

/**
 * struct kl_core - the policy and the way to its publication (policy.c)
 * @lock: the policy mutex: everything here but @published and
 *	the counters. No handler, collector or reader of the log takes it
 * @model: the policy as it was last edited
 * @published: what requests see; NULL: no policy. RCU; replaced under @lock
 * @families: families of @published
 * @pending: struct pending: batches in @model but not yet in @published
 * @publish: publishes them a moment later
 * @queue: runs @publish and kl_published.retired
 * @updated_at: seconds since the epoch of the last change, 0 never
 * @publications: rulesets published
 * @failures: delayed publications that failed; their batches were taken back
 * @failure: why the last publication failed, if it was a delayed one; else
 *	its text is empty
 * @failed_at: seconds since the epoch of that
 * @trial: the commit that waits for "confirm" or "revert"
 * @reverts: commits that were taken back
 * @reverted_at: seconds since the epoch of the last, 0 never
 * @locked: nothing changes any more, and the module stays; read without the
 *	mutex
 * @unenforced: requests since load whose denial was not enforced
 * @workers_refused: transitions that a worker could not make
 * @denied: requests denied since load
 * @denied_at: seconds since the epoch of the last, 0 never
 */
struct kl_core {
	struct mutex lock;
	struct kl_policy model;
	struct kl_published __rcu *published;
	u32 families;
	struct list_head pending;
	struct delayed_work publish;
	struct workqueue_struct *queue;
	u64 updated_at;
	u64 publications;
	u64 failures;
	struct kl_error failure;
	u64 failed_at;
	struct kl_trial trial;
	u64 reverts;
	u64 reverted_at;
	bool locked;
	kl_counter_t unenforced;
	kl_counter_t workers_refused;
	kl_counter_t denied;
	kl_counter_t denied_at;
};

/**
 * struct kl_log - the log ring in the kernel (log.c)
 * @ring: records; lives as long as the module
 * @wait: readers, pollers; pollers.h
 * @leaving: rmmod -f: nobody shall wait any more
 * @soon: wakes them a moment after a record
 * @later: wakes them a second after a loss
 * @again: something was lost after @later was set: it sets itself once more
 * @keeper: thread group of the keeper, or NULL; a reference. Compared by
 *	hooks without a lock: never dereferenced there
 * @keeper_lock: serialises changes of @keeper
 * @acknowledged: sequence number that the keeper has acknowledged
 * @released: requests wait for no record up to this one any more
 * @acks: requests that wait for @acknowledged
 * @waited: requests that did
 * @unacknowledged: those of them that waited in vain
 * @unrecorded: records not made because they were the keeper's own
 * @probes: records not made because nothing was done: the kernel only asked
 *	what would be permitted
 */
struct kl_log {
	struct kl_ring *ring;
	wait_queue_head_t *wait;
	bool leaving;
	struct timer_list soon;
	struct timer_list later;
	bool again;
	struct pid *keeper;
	struct mutex keeper_lock;
	u64 acknowledged;
	u64 released;
	wait_queue_head_t acks;
	kl_counter_t waited;
	kl_counter_t unacknowledged;
	kl_counter_t unrecorded;
	kl_counter_t probes;
};

/**
 * struct kl_counts - what happened on one CPU; a sum over all CPUs is exact
 * @checks: requests of each operation that had blocks to look at
 * @matches: block heads that matched
 */
struct kl_counts {
	u64 checks[KL_OP_COUNT];
	u64 matches[KL_OP_COUNT];
};

/* Strings of a request that need not sleep go here; the usual path fits. */
#define KL_SCRATCH_SIZE	8192

/**
 * struct kl_scratch - room for strings of one request
 * @free: bytes of @data not given out yet; they are given out from the end
 * @data: the room
 */
struct kl_scratch {
	u32 free;
	char data[KL_SCRATCH_SIZE - sizeof(u32)];
};

/**
 * struct kl_module - the root object: the module's only global
 * @core: policy
 * @log: log
 * @counts: per CPU
 * @scratch: per CPU: an idle scratch, or NULL; taken and returned by exchange
 * @proc: /proc/kellas
 * @origin: which load of the module this is; set once
 */
struct kl_module {
	struct kl_core core;
	struct kl_log log;
	struct kl_counts __percpu *counts;
	struct kl_scratch * __percpu *scratch;
	struct proc_dir_entry *proc;
	struct kl_record_origin origin;
};

extern struct kl_module kellas;

/* policy.c */

int kl_core_init(void);

/** kl_core_exit - nothing is attached any more. Context: module_exit. */
void kl_core_exit(void);

/**
 * kl_core_unpublish - requests that begin from now on see no policy
 * Context: module_exit; before kl_attach_exit().
 */
void kl_core_unpublish(void);

/**
 * kl_core_supports - has this build a room for an operation?
 *
 * Without one its blocks are refused.
 */
bool kl_core_supports(enum kl_op op);

/**
 * kl_core_commit - apply a batch to the policy and publish it
 * @batch: emptied of what the policy took over; still to be released
 * @at_once: publish before returning; otherwise it may happen 10 ms later
 * @confirm: with @at_once: seconds until it is taken back, unless
 *	kl_core_confirm() is called before; 0: it stays
 * @error: says why not; line 0 if the reason has no place in the text
 *
 * Context: policy mutex; an open file of the module. May sleep.
 * Return: 0; -EINVAL, -E2BIG, -ENOMEM, -EBUSY, -EOPNOTSUPP, -ENODEV, -EPERM
 * with the policy as it was.
 */
int kl_core_commit(struct kl_batch *batch, bool at_once, u32 confirm,
		   struct kl_error *error);

/**
 * kl_core_confirm - what was committed for a time stays
 * Context: policy mutex. Return: 0; -EINVAL if nothing waits for it.
 */
int kl_core_confirm(struct kl_error *error);

/**
 * kl_core_revert - what was committed for a time is taken back now
 * Context: policy mutex; an open file of the module.
 * Return: 0; -EINVAL if nothing waits to be confirmed.
 */
int kl_core_revert(struct kl_error *error);

/**
 * kl_core_trial_left - seconds until a commit is taken back; 0: none is
 * Context: policy mutex.
 */
u32 kl_core_trial_left(void);

/**
 * kl_core_lock - the policy and the module stay as they are until reboot
 * Context: policy mutex; an open file of the module.
 * Return: 0; -EBUSY while a commit waits to be confirmed; as kl_core_flush().
 */
int kl_core_lock(struct kl_error *error);

/**
 * kl_core_hold - module parameter lock=1: keep the module from the beginning
 *
 * The first commit, or its confirmation, then locks.
 *
 * Context: end of module_init.
 */
void kl_core_hold(void);

/** kl_core_is_held - shall module_exit never come to its end? Context: any. */
bool kl_core_is_held(void);

/**
 * kl_core_flush - publish what waits for it
 * Context: policy mutex. Return: 0, or as kl_core_commit().
 */
int kl_core_flush(struct kl_error *error);

/**
 * kl_core_detach - empty the policy and detach everything
 *
 * Afterwards the module can be removed, as soon as its files are closed; the
 * next commit attaches again.
 *
 * Context: policy mutex, given free while it waits for handlers; an open file
 *	    of the module. Sleeps as long as a handler does.
 * Return: 0; as kl_core_commit() or kl_detach_wait().
 */
int kl_core_detach(struct kl_error *error);

/** kl_core_memory - bytes used. Context: policy mutex. */
u64 kl_core_memory(void);

/** kl_core_quota - bytes that may be used. Context: policy mutex. */
u64 kl_core_quota(void);

/* log.c */

int kl_log_init(void);

/** kl_log_exit - nobody writes or reads any more. Context: module_exit. */
void kl_log_exit(void);

/** kl_log_leave - let readers go, for ever. Context: module_exit. */
void kl_log_leave(void);

/** kl_log_configure - let the ring follow the quotas. Context: may sleep. */
void kl_log_configure(const struct kl_quota *quota);

/** kl_log_wake - after reading, seeking: others may have something to read now */
void kl_log_wake(void);

/** kl_log_skips_current - is current the keeper? Context: any. */
bool kl_log_skips_current(void);

/**
 * kl_log_write - make a record
 * @request: what is recorded: its present slots
 * @hits: of the deciding rule or block
 *
 * Context: any, not NMI.
 * Return: its sequence number; 0 if there is none.
 */
u64 kl_log_write(const struct kl_request *request,
		 const struct kl_quota *quota,
		 const struct kl_record_meta *meta, struct kl_hits *hits);

/**
 * kl_log_admit - would a record be kept?
 *
 * If not, that is counted and nothing more need be done.
 *
 * Context: any, not NMI.
 */
bool kl_log_admit(const struct kl_quota *quota,
		  const struct kl_record_meta *meta);

/**
 * kl_log_keep - the thread group of current keeps the log by this reader
 * Return: 0, -EBUSY.
 */
int kl_log_keep(struct kl_ring_reader *reader);

/**
 * kl_log_acknowledge - the keeper has all records up to this one in safety
 * Return: 0; -EINVAL if there is no such record yet.
 */
int kl_log_acknowledge(u64 sequence);

/**
 * kl_log_wait - wait until the keeper has acknowledged a record
 * @milliseconds: at most that long; without a keeper not at all
 *
 * Context: may sleep; TASK_KILLABLE, freezable.
 */
void kl_log_wait(u64 sequence, u32 milliseconds);

/**
 * kl_log_release - nobody waits for the keeper any longer: all is detached
 * Context: policy mutex.
 */
void kl_log_release(void);

/** kl_log_keep_end - a reader that was keeper is about to be closed */
void kl_log_keep_end(void);

/* proc.c */

int kl_proc_init(void);
void kl_proc_exit(void);

#endif /* KELLAS_KELLAS_H */
