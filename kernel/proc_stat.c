// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/kellas/stat and /proc/kellas/version: words KEY or KEY=VALUE separated
 * by single spaces, one subject per line. Later versions add lines, and keys
 * at the end of lines; nothing else changes. Times are seconds since the
 * epoch, with nanoseconds for rules; 0 means never.
 *
 *	instance 0123456789abcdef boot_id=UUID
 *	policy updates=N updated_at=T generation=N publications=N failures=N
 *		failed_at=T reverts=N reverted_at=T confirm=SECONDS locked=0|1
 *						(one line)
 *	requests denied=N denied_at=T unenforced=N workers=N
 *	memory policy used=BYTES quota=BYTES
 *	memory audit used=BYTES quota=BYTES
 *	memory query used=BYTES quota=BYTES
 *	log written=N read=N lost=N overwritten=N suppressed=N next=SEQ
 *		keeper=PID unrecorded=N probes=N waited=N unacknowledged=N
 *						(one line)
 *	linux_audit sent=N cut=N refused=N lost=N
 *	query observers=N pending=N asked=N granted=N denied=N retried=N
 *		expired=N ended=N refused=N		(one line)
 *	tasks states=N histories=N domains=N bytes=N
 *	mounts left_out=N
 *	attached functions=N inflight=N tracepoints=N
 *	function security_file_open family=open state=attached|detached|missing
 *	tracepoint sched_process_exit family=exit state=...
 *	operation read checks=N matches=N		(all supported ones)
 *	block hits=N denials=N lost=N last=T line=N unenforced=N [label=WORD]
 *		/ 100 acl read path="/x"		(one line)
 *	rule hits=N denials=N lost=N last=T line=N unenforced=N
 *		/ 10 deny task.uid=0			(one line)
 *	group hits=0 denials=0 lost=0 last=0 line=N unenforced=0
 *		/ rule_group G				(one line)
 *
 * Rules follow their block; both in the order in which they are evaluated. Rule
 * groups and their rules follow all blocks. A rule of a group counts wherever
 * the group is used; a "use" rule counts what was decided in its place. What
 * stands behind " / " is policy text in canonical form. unenforced counts
 * denials that were not enforced, which denials and denied do not; workers
 * transitions that io_uring's workers could not make. generation counts changes of the policy, publications rulesets that requests have seen,
 * failures delayed publications that had to be taken back, reverts commits that were
 * taken back; confirm is how long a commit still waits to be confirmed. unrecorded
 * counts matches of the keeper's own requests, probes those of requests of the
 * kernel that only ask what would be permitted: neither is recorded. waited
 * counts requests that waited for the keeper, unacknowledged those in vain;
 * linux_audit is linux_audit.h's. observers are open query files; expired
 * queries nobody answered, ended ones lost their task, their observers or the
 * policy, refused denials were not asked about for want of room. tasks counts
 * threads that are followed, and what is kept of them: their histories are shared, domains exist as long as a task is in one or
 * a rule leads to it. left_out counts parameters of fsconfig(2) for which there
 * was no room: the data of their mounts is unknown.
 *
 * version:
 *
 *	version=0.1
 *	language=1
 *	kernel=6.12.117-amd64
 *	instance=0123456789abcdef
 *	boot_id=UUID
 *	operations=execute environ read ...
 */
#include <linux/pid.h>
#include <linux/utsname.h>
#include "attach.h"
#include "hooks/fscontext.h"
#include "linux_audit.h"
#include "proc.h"
#include "query.h"
#include "task.h"

static u64 sum_counts(size_t offset, enum kl_op op)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const void *counts = per_cpu_ptr(kellas.counts, cpu);

		sum += READ_ONCE(((const u64 *)(counts + offset))[op]);
	}
	return sum;
}

static int print_log(struct kl_page *page)
{
	struct kl_ring_stat stat;
	int keeper;

	kl_ring_stat(kellas.log.ring, &stat);
	mutex_lock(&kellas.log.keeper_lock);
	keeper = pid_nr(kellas.log.keeper);
	mutex_unlock(&kellas.log.keeper_lock);
	kl_page_printf(page, "memory audit used=%llu quota=%llu\n", stat.used,
		       stat.size);
	return kl_page_printf(page,
		"log written=%llu read=%llu lost=%llu overwritten=%llu suppressed=%llu next=%llu keeper=%d unrecorded=%llu probes=%llu waited=%llu unacknowledged=%llu\n",
		stat.written, stat.read, stat.lost, stat.overwritten,
		stat.suppressed, stat.next, keeper,
		kl_counter_read(&kellas.log.unrecorded),
		kl_counter_read(&kellas.log.probes),
		kl_counter_read(&kellas.log.waited),
		kl_counter_read(&kellas.log.unacknowledged));
}

static int print_linux_audit(struct kl_page *page)
{
	struct kl_linux_audit_stat stat;

	kl_linux_audit_stat(&stat);
	return kl_page_printf(page,
		"linux_audit sent=%llu cut=%llu refused=%llu lost=%llu\n",
		stat.sent, stat.cut, stat.refused, stat.lost);
}

static int print_queries(struct kl_page *page)
{
	struct kl_query_stat stat;

	kl_query_stat(&stat);
	kl_page_printf(page, "memory query used=%llu quota=%llu\n", stat.memory,
		       kellas.core.model.quota.memory[KL_MEMORY_QUERY]);
	return kl_page_printf(page,
		"query observers=%u pending=%u asked=%llu granted=%llu denied=%llu retried=%llu expired=%llu ended=%llu refused=%llu\n",
		stat.observers, stat.pending, stat.asked, stat.granted,
		stat.denied, stat.retried, stat.expired, stat.ended,
		stat.refused);
}

static int print_tasks(struct kl_page *page)
{
	struct kl_task_figures figures;

	kl_task_figures(&figures);
	return kl_page_printf(page,
		"tasks states=%llu histories=%llu domains=%u bytes=%llu\n",
		figures.states, figures.histories, figures.domains,
		figures.bytes);
}

static int print_mounts(struct kl_page *page)
{
	return kl_page_printf(page, "mounts left_out=%llu\n",
			      kl_fscontext_left_out());
}

static int print_attached(struct kl_page *page)
{
	struct kl_attach_status status;
	unsigned int i, count[2] = {};
	int err;

	for (i = 0; kl_attach_status(i, &status); i++)
		count[status.tracepoint] += status.attached;
	err = kl_page_printf(page,
			     "attached functions=%u inflight=%ld tracepoints=%u\n",
			     count[false], kl_attach_inflight(), count[true]);
	for (i = 0; !err && kl_attach_status(i, &status); i++)
		err = kl_page_printf(page, "%s %s family=%s state=%s\n",
				     status.tracepoint ? "tracepoint" :
							 "function",
				     status.function, status.family,
				     status.missing ? "missing" :
				     status.attached ? "attached" : "detached");
	return err;
}

static int print_operations(struct kl_page *page)
{
	int op, err = 0;

	for (op = 0; op < KL_OP_COUNT && !err; op++)
		if (kl_core_supports(op))
			err = kl_page_printf(page,
				"operation %s checks=%llu matches=%llu\n",
				kl_op_table[op].keyword,
				sum_counts(offsetof(struct kl_counts, checks),
					   op),
				sum_counts(offsetof(struct kl_counts, matches),
					   op));
	return err;
}

static int print_rule(struct kl_page *page, const struct kl_rule *rule)
{
	const struct kl_printer printer = { kl_page_write, page };
	const struct kl_hits *hits = rule->hits;
	u32 nsec;
	u64 last = div_u64_rem(kl_counter_read(&hits->last), NSEC_PER_SEC,
			       &nsec);
	int err;

	err = kl_page_printf(page,
		"%s hits=%llu denials=%llu lost=%llu last=%llu.%09u line=%u unenforced=%llu",
		rule->kind == KL_RULE_BLOCK ? "block" :
		rule->kind == KL_RULE_GROUP ? "group" : "rule",
		kl_counter_read(&hits->hits), kl_counter_read(&hits->denials),
		kl_counter_read(&hits->lost), last, nsec, rule->line,
		kl_counter_read(&hits->unenforced));
	/* That of other lines is part of their text. */
	if (!err && rule->kind == KL_RULE_BLOCK && rule->label)
		err = kl_page_printf(page, " label=%s", rule->label->text);
	if (!err)
		err = kl_page_write(page, " / ", 3);
	if (!err)
		err = kl_print_rule(&printer, rule);
	return err ?: kl_page_write(page, "\n", 1);
}

static int print_block(struct kl_page *page, const struct kl_block *block)
{
	struct kl_rule **rules = kl_policy_sorted(&block->rules, block->count);
	int err = block->count && !rules ? -ENOMEM : 0;
	u32 i;

	if (!err)
		err = print_rule(page, &block->rule);
	for (i = 0; i < block->count && !err; i++)
		err = print_rule(page, rules[i]);
	kl_free(rules);
	return err;
}

static int print_blocks(struct kl_page *page, const struct list_head *list,
			u32 count)
{
	struct kl_rule **blocks = kl_policy_sorted(list, count);
	u32 i;
	int err = count && !blocks ? -ENOMEM : 0;

	for (i = 0; i < count && !err; i++) {
		err = print_block(page, blocks[i]->block);
		cond_resched();
	}
	kl_free(blocks);
	return err;
}

static int print_policy(struct kl_page *page)
{
	const struct kl_core *core = &kellas.core;

	kl_page_printf(page,
		"policy updates=%llu updated_at=%llu generation=%llu publications=%llu failures=%llu failed_at=%llu reverts=%llu reverted_at=%llu confirm=%u locked=%d\n",
		core->model.updates, core->updated_at, core->model.generation,
		core->publications, core->failures, core->failed_at,
		core->reverts, core->reverted_at, kl_core_trial_left(),
		core->locked);
	kl_page_printf(page,
		"requests denied=%llu denied_at=%llu unenforced=%llu workers=%llu\n",
		kl_counter_read(&core->denied),
		kl_counter_read(&core->denied_at),
		kl_counter_read(&core->unenforced),
		kl_counter_read(&core->workers_refused));
	return kl_page_printf(page, "memory policy used=%llu quota=%llu\n",
			      kl_core_memory(), kl_core_quota());
}

int kl_stat_print(struct kl_page *page)
{
	const struct kl_policy *model = &kellas.core.model;
	int op, err;

	kl_page_printf(page, "instance %016llx boot_id=%s\n",
		       kellas.origin.instance, kellas.origin.boot_id);
	if (mutex_lock_killable(&kellas.core.lock))
		return -EINTR;
	err = print_policy(page);
	if (!err)
		err = print_log(page);
	if (!err)
		err = print_linux_audit(page);
	if (!err)
		err = print_queries(page);
	if (!err)
		err = print_tasks(page);
	if (!err)
		err = print_mounts(page);
	if (!err)
		err = print_attached(page);
	if (!err)
		err = print_operations(page);
	for (op = 0; op < KL_OP_COUNT && !err; op++)
		err = print_blocks(page, &model->blocks[op],
				   model->block_count[op]);
	if (!err)
		err = print_blocks(page, &model->rule_groups,
				   model->rule_group_count);
	mutex_unlock(&kellas.core.lock);
	return err;
}

int kl_version_print(struct kl_page *page)
{
	int op, err;

	err = kl_page_printf(page,
		"version=" KL_VERSION "\nlanguage=%u\nkernel=%s\ninstance=%016llx\nboot_id=%s\noperations",
		KL_LANGUAGE, init_utsname()->release, kellas.origin.instance,
		kellas.origin.boot_id);
	for (op = 0; op < KL_OP_COUNT && !err; op++)
		if (kl_core_supports(op))
			err = kl_page_printf(page, "%c%s",
					     op == KL_OP_EXECUTE ? '=' : ' ',
					     kl_op_table[op].keyword);
	return err ?: kl_page_write(page, "\n", 1);
}
