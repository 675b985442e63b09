// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a request: decide under RCU, collect what the decision asks for,
 * decide on, and record what came of it.
 *
 * Most requests match nothing: they take no reference, no lock and no memory.
 * One that has to sleep takes a reference on its ruleset and leaves RCU; it
 * ends on the ruleset that it began with.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/timekeeping.h>
#include "collect/collect.h"
#include "query.h"
#include "request.h"

static bool auto_precedes(const struct kl_ruleset *ruleset, enum kl_op op)
{
	return kl_op_table[op].flags & KL_OP_AUTO &&
	       kl_ruleset_has(ruleset, KL_OP_AUTO_DOMAIN_TRANSITION);
}

bool kl_check_wanted(enum kl_op op)
{
	const struct kl_published *published;
	bool wanted;

	rcu_read_lock();
	published = rcu_dereference(kellas.core.published);
	wanted = published && (kl_ruleset_has(published->ruleset, op) ||
			       auto_precedes(published->ruleset, op));
	rcu_read_unlock();
	return wanted;
}

void kl_check_init(struct kl_check *check, enum kl_op op)
{
	check->object[0].path = (struct path){};
	check->object[1].path = (struct path){};
	check->subject = current;
	check->cred = NULL;
	check->target = NULL;
	check->state = NULL;
	check->keeps = false;
	check->transition = NULL;
	check->exec = NULL;
	check->scratch = NULL;
	check->spill = NULL;
	check->probe = false;
	check->atomic = kl_op_table[op].flags & KL_OP_ATOMIC;
	check->locked = false;
	check->flags = 0;
	check->sleeping = false;
	check->reported = false;
	check->asked = false;
	check->retries = 0;
	check->held = NULL;
	check->result = KL_NO_RESULT;
	kl_request_init(&check->request, op);
}

void kl_check_no_object(struct kl_check *check, int index)
{
	u32 slot = index ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0;
	u32 end = slot + KL_OBJECT_SLOTS;

	while (slot < end)
		kl_slot_add(check->request.absent, slot++);
}

void kl_check_restart(struct kl_check *check, enum kl_op op)
{
	struct kl_request *request = &check->request;

	request->op = op;
	request->match_count = 0;
	request->started = false;
	request->next_block = 0;
	request->transition = NULL;
	request->has_transition = false;
	memset(request->overlong, 0, sizeof(request->overlong));
	memset(request->last, 0, sizeof(request->last));
	check->reported = false;
	check->asked = false;
	check->retries = 0;
	check->result = KL_NO_RESULT;
}

/* From here on the request may sleep. */
static void leave_rcu(struct kl_check *check)
{
	if (check->sleeping)
		return;
	/* A ruleset that RCU readers can see has not lost its last user. */
	WARN_ON_ONCE(!percpu_ref_tryget(&check->published->users));
	rcu_read_unlock();
	check->sleeping = true;
}

static int supply(struct kl_check *check, u32 slot)
{
	int err = kl_collect(check, slot, check->sleeping);

	if (err != -EAGAIN)
		return err;
	if (check->atomic) {
		kl_slot_add(check->request.unknown, slot);
		return 0;
	}
	leave_rcu(check);
	return kl_collect(check, slot, true);
}

static int supply_record(struct kl_check *check)
{
	int err = kl_collect_record(check, check->sleeping);

	if (err != -EAGAIN || check->atomic)
		return err == -EAGAIN ? 0 : err;
	leave_rcu(check);
	return kl_collect_record(check, true);
}

/**
 * struct outcome - what one match means
 * @meta: for its record
 * @block: counters of the block
 * @hits: counters of the deciding rule or, if none decided, the block
 * @site: the use that led to the rule, or KL_NO_SITE
 * @wait: milliseconds to wait for the keeper once it is recorded
 * @record: the quotas admit a record
 */
struct outcome {
	struct kl_record_meta meta;
	struct kl_hits *block;
	struct kl_hits *hits;
	u32 site;
	u16 wait;
	bool record;
};

static void judge(const struct kl_check *check, const struct kl_match *match,
		  u64 now, struct outcome *outcome)
{
	const struct kl_ruleset *ruleset = check->published->ruleset;
	const struct kl_compiled_block *block =
		kl_ruleset_block(ruleset, match->block);
	const struct kl_compiled_rule *rule = NULL;

	if (match->rule != KL_NO_RULE)
		rule = kl_ruleset_rule(ruleset, match->rule);
	outcome->meta = (struct kl_record_meta) {
		.time = now,
		.pid = task_pid_nr(check->subject),
		.flags = check->flags |
			 (match->unenforced ? KL_RECORD_UNENFORCED : 0),
		.audit = block->audit,
		.result = match->result,
		.priority = block->priority,
		.label = rule && rule->label ? rule->label : block->label,
	};
	outcome->block = block->hits;
	outcome->wait = block->wait;
	outcome->hits = rule ? rule->hits : block->hits;
	outcome->site = rule ? rule->site : KL_NO_SITE;
}

static void count(struct kl_hits *hits, const struct kl_record_meta *meta)
{
	kl_counter_add(&hits->hits, 1);
	if (meta->flags & KL_RECORD_UNENFORCED)
		kl_counter_add(&hits->unenforced, 1);
	else if (meta->result == KL_DENIED)
		kl_counter_add(&hits->denials, 1);
	kl_counter_set(&hits->last, meta->time);
}

static void count_outcome(const struct kl_ruleset *ruleset,
			  const struct outcome *outcome)
{
	const struct kl_record_meta *meta = &outcome->meta;
	const struct kl_compiled_site *site;
	u32 i;

	count(outcome->block, meta);
	if (outcome->hits != outcome->block)
		count(outcome->hits, meta);
	for (i = outcome->site; i != KL_NO_SITE; i = site->outer) {
		site = kl_ruleset_site(ruleset, i);
		count(site->hits, meta);
	}
	if (meta->result != KL_DENIED)
		return;
	if (meta->flags & KL_RECORD_UNENFORCED) {
		kl_counter_add(&kellas.core.unenforced, 1);
		return;
	}
	kl_counter_add(&kellas.core.denied, 1);
	kl_counter_set(&kellas.core.denied_at,
		       div_u64(meta->time, NSEC_PER_SEC));
}

/*
 * A record has the name. Should it turn out to be another one than the last
 * component promised, the engine has to begin again, and nothing may have been
 * recorded or counted by then. So matches that are taken before the end settle
 * it, too, recorded or not: what comes after them, even if it is only a
 * condition, has one name with them.
 */
static int settle_name(struct kl_check *check)
{
	static const u32 slots[2] = { KL_SLOT_OBJECT0, KL_SLOT_OBJECT1 };
	const struct kl_request *request = &check->request;
	int i, err = 0;

	for (i = 0; i < 2 && !err; i++)
		if (request->last[i].data &&
		    !kl_slot_test(request->present, slots[i]) &&
		    !kl_slot_test(request->unknown, slots[i]))
			err = supply(check, slots[i]);
	if (!err && !request->started)
		err = -ERESTART;
	return err;
}

static bool admit(const struct kl_quota *quota, struct outcome *outcome, u32 n)
{
	bool any = false;

	for (; n--; outcome++) {
		outcome->record = kl_log_admit(quota, &outcome->meta);
		any |= outcome->record;
	}
	return any;
}

/* Kernel threads do the work of many, and one that exits cannot be killed. */
static bool may_wait(const struct kl_check *check)
{
	return !check->atomic && !check->locked && check->subject == current &&
	       !(current->flags & (PF_KTHREAD | PF_EXITING));
}

/*
 * Counts and records the matches that are there, and forgets them. Counters
 * take the time of the last tick, which costs little; records the exact one.
 *
 * @verdict: what these are: KL_DRAIN: others will follow
 * @asking: the last match will be asked about: collect what its record wants
 *	even if none is made
 * @sequence: set to the number of the record of the last match; 0: none
 *
 * Return: 0; -ERESTART: decide again; -ENOMEM, -ENOENT: what the record wants
 * could not be had; it is written without.
 */
static noinline int report(struct kl_check *check, enum kl_verdict verdict,
			   bool asking, u64 *sequence)
{
	struct kl_request *request = &check->request;
	struct outcome outcome[KL_MATCHES] kl_uninitialized;
	const struct kl_quota *quota =
		kl_ruleset_quota(check->published->ruleset);
	u32 i, n = request->match_count;
	u64 now = ktime_to_ns(ktime_get_coarse_real());
	bool record = false, collect;
	u64 awaited = 0;
	u16 wait = 0;
	int err = 0;

	*sequence = 0;
	for (i = 0; i < n; i++)
		judge(check, &request->matches[i], now, &outcome[i]);
	if (kl_log_skips_current())
		kl_counter_add(&kellas.log.unrecorded, n);
	else if (check->probe)
		kl_counter_add(&kellas.log.probes, n);
	else
		record = admit(quota, outcome, n);
	collect = record || asking;
	if ((collect || verdict == KL_DRAIN) && !check->reported) {
		err = settle_name(check);
		if (err == -ERESTART)
			return err;
	}
	if (collect && !err)
		err = supply_record(check);
	if (record)
		now = ktime_get_real_ns();

	this_cpu_add(kellas.counts->matches[request->op], n);
	for (i = 0; i < n; i++) {
		count_outcome(check->published->ruleset, &outcome[i]);
		outcome[i].meta.time = now;
		*sequence = 0;
		if (record && outcome[i].record)
			*sequence = kl_log_write(request, quota,
						 &outcome[i].meta,
						 outcome[i].hits);
		if (*sequence && outcome[i].wait) {
			awaited = *sequence;
			wait = max(wait, outcome[i].wait);
		}
	}
	request->match_count = 0;
	check->reported = true;
	check->result = outcome[n - 1].meta.result;
	if (awaited && may_wait(check)) {
		leave_rcu(check);
		kl_log_wait(awaited, wait);
	}
	return err;
}

/*
 * Where a block stands among those of an operation in a newer ruleset or, if
 * it is gone, the first one that comes behind its place: blocks of its priority
 * that it followed keep their order, and new ones come behind all of them.
 */
static u32 place_in(const struct kl_ruleset *newer,
		    const struct kl_ruleset *older, enum kl_op op, u32 block)
{
	const struct kl_compiled_block *it = kl_ruleset_block(older, block);
	const struct kl_compiled_block *other;
	u32 first, count = kl_ruleset_blocks(newer, op, &first);
	u32 i, place = count, behind;

	kl_ruleset_blocks(older, op, &behind);
	for (i = 0; i < count; i++) {
		other = kl_ruleset_block(newer, first + i);
		if (other->hits == it->hits)
			return i;
		if (place < count || other->priority < it->priority)
			continue;
		while (other->priority == it->priority && behind < block &&
		       kl_ruleset_block(older, behind)->hits != other->hits)
			behind++;
		if (other->priority > it->priority || behind == block)
			place = i;
	}
	return place;
}

/*
 * Go on at a block with the rules that are in force now. A transition found
 * already is a string of the rules that it was found in.
 */
static void renew(struct kl_check *check, u32 block)
{
	struct kl_request *request = &check->request;
	struct kl_published *old = check->published, *new;
	u32 first, count;

	rcu_read_lock();
	new = rcu_dereference(kellas.core.published);
	if (new && new != old)
		WARN_ON_ONCE(!percpu_ref_tryget(&new->users));
	rcu_read_unlock();
	count = kl_ruleset_blocks(old->ruleset, request->op, &first);
	if (!new || new == old) {
		/* Without a policy nothing is left to be looked at. */
		request->next_block = new ? block - first : count;
		return;
	}
	request->next_block = place_in(new->ruleset, old->ruleset, request->op,
				       block);
	check->published = new;
	if (request->transition && !check->held)
		check->held = old;
	else
		percpu_ref_put(&old->users);
}

/*
 * A denial that somebody may lift.
 *
 * Return: 0: kl_decide() goes on, with the next block or with the same one
 * once more; -EPERM.
 */
static noinline int ask(struct kl_check *check, const struct kl_match *denial,
			u64 sequence)
{
	struct outcome outcome kl_uninitialized;

	leave_rcu(check);
	judge(check, denial, ktime_get_real_ns(), &outcome);
	switch (kl_query_ask(check, &outcome.meta, sequence, outcome.block)) {
	case KL_ANSWER_GRANT:
		return 0;
	case KL_ANSWER_RETRY:
		renew(check, denial->block);
		return 0;
	default:
		return -EPERM;
	}
}

/* All but the requests that match nothing and ask for nothing. */
static noinline int go_on(struct kl_check *check, enum kl_verdict verdict)
{
	struct kl_request *request = &check->request;
	struct kl_match denial = {};
	bool asking = false;
	u64 sequence = 0;
	int err = 0;

	for (;; verdict = kl_decide(check->published->ruleset, request)) {
		if (verdict == KL_NEED) {
			err = supply(check, request->need);
			if (err)
				return err;
			continue;
		}
		if (verdict == KL_DENY) {
			denial = request->matches[request->match_count - 1];
			asking = kl_query_wanted(check);
		}
		if (request->match_count)
			err = report(check, verdict, asking, &sequence);
		if (err == -ERESTART) {
			err = 0;
			asking = false;
			continue;
		}
		if (verdict == KL_DENY) {
			err = asking ? ask(check, &denial, sequence) : -EPERM;
			asking = false;
			if (!err)
				continue;
		}
		if (verdict == KL_PERMIT || err)
			return err;
	}
}

/*
 * A transition that was permitted and cannot be made ends the process: it must
 * not go on in a domain that is not meant for what it does next.
 */
static int fail_transition(void)
{
	if (!is_global_init(current))
		send_sig(SIGKILL, current, 1);
	return -ENOMEM;
}

/*
 * A thread changes its domain itself. What its worker does for it must not lead
 * anywhere else: it would go on in a domain that is not meant for it.
 */
static int transit_worker(struct kl_domain *to)
{
	struct kl_domain *domain;

	rcu_read_lock();
	domain = kl_task_peek_domain(current);
	rcu_read_unlock();
	kl_domain_put(domain);
	kl_domain_put(to);
	if (domain == to)
		return 0;
	kl_counter_add(&kellas.core.workers_refused, 1);
	return -EPERM;
}

/* The ruleset that names the domain keeps it alive meanwhile. */
static noinline int transit(struct kl_check *check)
{
	const struct kl_string *name = check->request.transition;
	struct kl_domain *domain;
	int err;

	if (!name || !name->length)
		return 0;
	domain = kl_domain_find((struct kl_text){ name->text, name->length });
	if (check->request.op == KL_OP_EXECUTE) {
		check->transition = domain;
		return domain ? 0 : -ENOMEM;
	}
	err = kl_collect_state(check, check->sleeping);
	if (err == -EAGAIN && !check->atomic) {
		leave_rcu(check);
		err = kl_collect_state(check, true);
	}
	if (!kl_task_owns() && err != -ESRCH)
		return transit_worker(domain);
	if (err || !domain) {
		kl_domain_put(domain);
		/* Where tasks have no state there is no domain to be in. */
		return err == -ESRCH ? 0 : fail_transition();
	}
	kl_task_enter(check->state, domain);
	kl_check_forget(check, KL_SLOT_TASK_DOMAIN);
	return 0;
}

/* execute: any match that leads somewhere. Others: if the last one allows. */
static bool leads_somewhere(const struct kl_check *check)
{
	return check->request.has_transition &&
	       (check->request.op == KL_OP_EXECUTE ||
		check->result == KL_ALLOWED);
}

/* A worker that may not follow is not refused what cannot be denied. */
static int refusal(enum kl_op op, int moved)
{
	return kl_op_table[op].flags & KL_OP_LOG_ONLY && moved == -EPERM ?
		0 : moved;
}

/* @moved: set to what became of its transition */
static int run_operation(struct kl_check *check, int *moved)
{
	struct kl_request *request = &check->request;
	enum kl_verdict verdict;
	int err = 0;

	*moved = 0;
	this_cpu_inc(kellas.counts->checks[request->op]);
	verdict = kl_decide(check->published->ruleset, request);
	if (verdict != KL_PERMIT || request->match_count)
		err = go_on(check, verdict);
	if (unlikely(request->has_transition) && !err && leads_somewhere(check))
		*moved = transit(check);
	return err ?: refusal(request->op, *moved);
}

/*
 * Nobody is refused by this, but a worker that would have to change its domain;
 * what comes next is asked in the new domain.
 */
static noinline int run_auto(struct kl_check *check)
{
	enum kl_op op = check->request.op;
	int moved;

	kl_check_restart(check, KL_OP_AUTO_DOMAIN_TRANSITION);
	run_operation(check, &moved);
	/* What a retry has kept for this one's transition. */
	if (check->held)
		percpu_ref_put(&check->held->users);
	check->held = NULL;
	kl_check_restart(check, op);
	return moved == -EPERM ? refusal(op, moved) : 0;
}

/* Last components rule most lines out. */
static void note_leaves(struct kl_check *check)
{
	struct kl_request *request = &check->request;

	if (check->object[0].path.dentry &&
	    !kl_slot_test(request->present, KL_SLOT_OBJECT0))
		kl_path_leaf(&check->object[0], &request->last[0]);
	if (check->object[1].path.dentry &&
	    !kl_slot_test(request->present, KL_SLOT_OBJECT1))
		kl_path_leaf(&check->object[1], &request->last[1]);
}

int kl_check_run(struct kl_check *check)
{
	enum kl_op op = check->request.op;
	struct kl_published *published;
	int err = 0, moved;

	rcu_read_lock();
	published = rcu_dereference(kellas.core.published);
	if (!published)
		goto out;
	check->published = published;
	if (unlikely(auto_precedes(published->ruleset, op)) &&
	    check->subject == current && !current->in_execve)
		err = run_auto(check);
	if (!err && kl_ruleset_has(check->published->ruleset, op)) {
		note_leaves(check);
		err = run_operation(check, &moved);
	}
	if (check->sleeping) {
		check->sleeping = false;
		percpu_ref_put(&check->published->users);
		if (check->held)
			percpu_ref_put(&check->held->users);
		check->held = NULL;
		return err;
	}
out:
	rcu_read_unlock();
	return err;
}

static noinline void release_tasks(struct kl_check *check)
{
	int i;

	for (i = 0; check->keeps && i < KL_KEPT_COUNT; i++) {
		kl_domain_put(check->kept[i].domain);
		kl_past_put(check->kept[i].past);
	}
	check->keeps = false;
	kl_domain_put(check->transition);
	check->transition = NULL;
	kl_task_put(check->state);
	check->state = NULL;
}

static noinline void release(struct kl_check *check)
{
	while (check->spill) {
		void **spill = check->spill;

		check->spill = *spill;
		kvfree(spill);
	}
	if (check->scratch)
		kfree(this_cpu_xchg(*kellas.scratch, check->scratch));
	check->scratch = NULL;
}

void kl_check_release(struct kl_check *check)
{
	if (check->state || check->keeps || check->transition)
		release_tasks(check);
	if (check->scratch || check->spill)
		release(check);
}

int kl_check_once(struct kl_check *check)
{
	int err = kl_check_run(check);

	kl_check_release(check);
	return err;
}

int kl_check_path(enum kl_op op, const struct path *path)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, op);
	kl_check_object(&check, 0, path->mnt, path->dentry);
	return kl_check_once(&check);
}

int kl_check_plain(enum kl_op op)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, op);
	kl_check_no_object(&check, 0);
	return kl_check_once(&check);
}

/* Asked once: from then on, and until it executes something, it may. */
int kl_check_policy_write(void)
{
	struct kl_state *state = kl_task_get(current, true);
	int err;

	if (PTR_ERR(state) == -ESRCH)
		state = NULL;
	if (IS_ERR(state))
		return PTR_ERR(state);
	if (state && state->manager) {
		kl_task_put(state);
		return 0;
	}
	err = kl_check_plain(KL_OP_MODIFY_POLICY);
	if (state && !err && kl_task_owns())
		WRITE_ONCE(state->manager, true);
	kl_task_put(state);
	return err;
}
