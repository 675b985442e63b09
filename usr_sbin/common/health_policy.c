// SPDX-License-Identifier: GPL-2.0
/* Does the policy do what its author thinks it does? */
#include <time.h>

#include "health.h"
#include "policy_file.h"
#include "stat_line.h"

/* Percent of the memory for the policy that are worth a word. */
#define MEMORY_WARNING 90

static u64 policy_count(const struct kl_health *health, const char *key)
{
	u64 count;

	kl_health_count(kl_buffer_text(&health->stat), "policy", key, &count);
	return count;
}

static const char *format_time(u64 seconds, char *text, size_t size)
{
	time_t when = seconds;
	struct tm tm;

	if (!when || !gmtime_r(&when, &tm) ||
	    !strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm))
		snprintf(text, size, "never");
	return text;
}

/**
 * struct figures - what the policy holds
 * @blocks: how many
 * @permissive: those whose denials are not enforced
 * @guarded: there are modify_policy blocks
 */
struct figures {
	u32 blocks;
	u32 permissive;
	bool guarded;
};

static void count_blocks(const struct kl_policy *policy, struct figures *figures)
{
	const struct kl_rule *rule;
	int op;

	for (op = 0; op < KL_OP_COUNT; op++) {
		figures->blocks += policy->block_count[op];
		list_for_each_entry(rule, &policy->blocks[op], list)
			figures->permissive += rule->block->permissive;
	}
	figures->guarded = policy->block_count[KL_OP_MODIFY_POLICY];
}

static void judge_blocks(struct kl_health *health, const struct kl_policy *policy)
{
	struct figures figures = { 0 };
	char time[32];

	count_blocks(policy, &figures);
	if (!figures.blocks) {
		kl_find(health, KL_WARNING, "rules",
			"the policy is empty: nothing is logged, nothing denied");
		kl_remedy(health, "kellasctl load FILE");
		return;
	}
	kl_find(health, KL_FINE, "rules", "%u block%s, %u rule%s, generation %llu of %s",
		figures.blocks, figures.blocks == 1 ? "" : "s",
		policy->rule_count - figures.blocks - policy->rule_group_count,
		policy->rule_count - figures.blocks - policy->rule_group_count == 1 ? "" :
										      "s",
		(unsigned long long)policy_count(health, "generation"),
		format_time(policy_count(health, "updated_at"), time, sizeof(time)));
	if (policy->permissive) {
		kl_find(health, KL_WARNING, "mode",
			"the whole policy is permissive: nothing is denied, only logged");
		kl_remedy(health, "echo mode enforcing | kellasctl load --add -");
	} else if (figures.permissive) {
		kl_find(health, KL_NOTE, "mode",
			"%u block%s permissive: what they deny is only logged",
			figures.permissive, figures.permissive == 1 ? " is" : "s are");
		kl_remedy(health,
			  "take the line \"permissive\" out of them: kellasctl save");
	} else {
		kl_find(health, KL_FINE, "mode", "what is denied is enforced");
	}
	if (figures.guarded || policy_count(health, "locked"))
		return;
	kl_find(health, KL_NOTE, "modify_policy",
		"no modify_policy block: whoever has CAP_MAC_ADMIN may change the policy");
	kl_remedy(health, "see modify_policy in kellas-policy(5)");
}

static void examine_text(struct kl_health *health)
{
	struct kl_policy_file file = { 0 };
	char path[2 * PATH_MAX];
	struct kl_error error;
	char *names[] = { path };
	const char *bad;
	int result;

	snprintf(path, sizeof(path), "%s", kl_health_path("/proc/kellas/policy"));
	result = kl_policy_file_read(&file, names, 1, &bad);
	if (result)
		kl_health_unseen(health, "rules", "/proc/kellas/policy", result);
	else if (kl_policy_file_compile(&file, &error))
		kl_find(health, KL_WARNING, "rules",
			"the tools do not understand the running policy: line %u: %s",
			error.line, error.text);
	else
		judge_blocks(health, &file.policy);
	kl_policy_file_free(&file);
}

static void examine_memory(struct kl_health *health)
{
	struct kl_text rest = kl_buffer_text(&health->stat);
	struct kl_stat_line line;
	u64 used, quota;

	while (kl_stat_next(&rest, &line)) {
		if (!kl_text_is(line.subject, "memory") || !line.count ||
		    !kl_text_is(line.pairs[0].key, "policy"))
			continue;
		used = kl_stat_number(kl_stat_value(&line, "used"));
		quota = kl_stat_number(kl_stat_value(&line, "quota"));
		if (!quota || used / 100.0 < quota / 10000.0 * MEMORY_WARNING)
			continue;
		kl_find(health, KL_WARNING, "memory",
			"the policy uses %llu of %llu bytes that it may use",
			(unsigned long long)used, (unsigned long long)quota);
		kl_remedy(health,
			  "echo quota memory policy %llu | kellasctl load --add -",
			  (unsigned long long)quota * 2);
	}
}

/* What happened to commits. */
static void examine_commits(struct kl_health *health)
{
	u64 left = policy_count(health, "confirm");
	u64 reverts = policy_count(health, "reverts");
	u64 failures = policy_count(health, "failures");
	char time[32];

	if (left) {
		kl_find(health, KL_WARNING, "confirm",
			"a policy on trial will be taken back in %llu seconds",
			(unsigned long long)left);
		kl_remedy(health, "kellasctl confirm; or at once: kellasctl revert");
	}
	if (reverts)
		kl_find(health, KL_NOTE, "reverts",
			"%llu polic%s on trial %s taken back, the last at %s",
			(unsigned long long)reverts, reverts == 1 ? "y" : "ies",
			reverts == 1 ? "was" : "were",
			format_time(policy_count(health, "reverted_at"), time,
				    sizeof(time)));
	if (failures) {
		kl_find(health, KL_WARNING, "failures",
			"%llu change%s of the policy could not be published and %s taken "
			"back, the last at %s",
			(unsigned long long)failures, failures == 1 ? "" : "s",
			failures == 1 ? "was" : "were",
			format_time(policy_count(health, "failed_at"), time,
				    sizeof(time)));
		kl_remedy(health, "dmesg | grep kellas; load it in one piece: kellasctl "
				  "load FILE");
	}
	if (policy_count(health, "locked"))
		kl_find(health, KL_NOTE, "locked",
			"policy and module stay as they are until reboot");
}

void kl_examine_policy(struct kl_health *health)
{
	u64 functions;

	if (!health->loaded)
		return;
	examine_text(health);
	if (!health->stat.length)
		return;
	examine_memory(health);
	examine_commits(health);
	if (kl_health_count(kl_buffer_text(&health->stat), "attached", "functions",
			    &functions))
		kl_find(health, KL_FINE, "attached", "%llu functions of the kernel",
			(unsigned long long)functions);
}
