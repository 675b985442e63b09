// SPDX-License-Identifier: GPL-2.0
/* The lines of a policy that can concern a task. */
#include "concern.h"

/* Of several that were seen none is known. */
static void take_words(struct kl_request *request, u32 slot, struct kl_text *text,
		       const struct kl_histree_words *set)
{
	if (set->count != 1 || set->more)
		return;
	*text = (struct kl_text){ set->words[0]->text, set->words[0]->length };
	kl_request_text(request, slot, text);
}

void kl_task_facts_of(struct kl_task_facts *facts, const struct kl_histree_node *node)
{
	struct kl_request *request = &facts->request;

	memset(facts, 0, sizeof(*facts));
	kl_request_init(request, 0);
	if (node->uids.count == 1 && !node->uids.more)
		kl_request_number(request, KL_SLOT_TASK_UID, node->uids.numbers[0]);
	take_words(request, KL_SLOT_TASK_DOMAIN, &facts->domain, &node->domains);
	take_words(request, KL_SLOT_TASK_CGROUP, &facts->cgroup, &node->cgroups);
	if (node->kind != KL_HISTREE_PROGRAM)
		return;
	facts->exe = (struct kl_text){ node->name->text, node->name->length };
	if (facts->exe.length)
		kl_request_text(request, KL_SLOT_TASK_EXE, &facts->exe);
	facts->history = kl_histree_history(node);
	if (!facts->history)
		return;
	request->value[KL_SLOT_TASK_HISTORY].history = facts->history;
	request->value[KL_SLOT_TASK_ANCESTOR].history = facts->history;
	kl_slot_add(request->present, KL_SLOT_TASK_HISTORY);
	kl_slot_add(request->present, KL_SLOT_TASK_ANCESTOR);
}

void kl_task_facts_free(struct kl_task_facts *facts)
{
	free(facts->history);
}

/* ----------------------------------------------------------------- finding */

/**
 * struct search - lines being looked for
 * @ruleset: of the policy
 * @task: what is known, the slots of what is done unknown
 * @nothing: the same with these not given
 * @concerns: what was found
 */
struct search {
	const struct kl_ruleset *ruleset;
	struct kl_request task, nothing;
	struct kl_concerns *concerns;
};

static void add(struct search *search, u32 line, u32 block, u8 op, int missing)
{
	struct kl_concerns *concerns = search->concerns;

	if (concerns->count == concerns->room) {
		concerns->room = concerns->room * 2 + 64;
		concerns->list = kl_xrealloc(concerns->list, concerns->room,
					     sizeof(*concerns->list));
	}
	concerns->list[concerns->count++] =
		(struct kl_concern){ .line = line, .block = block, .op = op, .missing = missing };
}

/* What is unknown is never missing: what is missing is then of the task. */
static bool can_hold(const struct search *search, u32 block, u32 rule, int *missing)
{
	*missing = -1;
	return kl_line_truth(search->ruleset, block, rule, &search->task, missing) != KL_FALSE;
}

static bool always_holds(const struct search *search, u32 block, u32 rule)
{
	int missing = -1;

	return kl_line_truth(search->ruleset, block, rule, &search->nothing, &missing) ==
	       KL_TRUE;
}

/* The use lines that lead to a rule, the outermost first, that were not added yet. */
static void add_uses(struct search *search, u32 block, u8 op, u32 site, u32 from)
{
	u32 chain[KL_GROUP_DEPTH], depth = 0, i, head;
	const struct kl_compiled_site *use;

	head = kl_ruleset_block(search->ruleset, block)->line;
	for (; site != KL_NO_SITE && depth < KL_GROUP_DEPTH; site = use->outer) {
		use = kl_ruleset_site(search->ruleset, site);
		chain[depth++] = use->line;
	}
	while (depth--) {
		for (i = from; i < search->concerns->count; i++)
			if (search->concerns->list[i].line == chain[depth])
				break;
		if (i == search->concerns->count)
			add(search, chain[depth], head, op, -1);
	}
}

/* Return: a rule that decides whatever is done, or NULL. */
static const struct kl_compiled_rule *search_rules(struct search *search, u32 block, u8 op)
{
	u32 first, count = kl_ruleset_rules(search->ruleset, block, &first), i;
	u32 head = kl_ruleset_block(search->ruleset, block)->line;
	u32 from = search->concerns->count;
	const struct kl_compiled_rule *rule;
	int missing;

	for (i = first; i < first + count; i++) {
		if (!can_hold(search, block, i, &missing))
			continue;
		rule = kl_ruleset_rule(search->ruleset, i);
		add_uses(search, block, op, rule->site, from);
		add(search, rule->line, head, op, missing);
		if (always_holds(search, block, i))
			return rule;
	}
	return NULL;
}

static void search_operation(struct search *search, u8 op)
{
	u32 first, count = kl_ruleset_blocks(search->ruleset, op, &first), i;
	const struct kl_compiled_block *block;
	const struct kl_compiled_rule *last;
	int missing;

	search->task.op = search->nothing.op = op;
	for (i = first; i < first + count; i++) {
		if (!can_hold(search, i, KL_NO_RULE, &missing))
			continue;
		block = kl_ruleset_block(search->ruleset, i);
		add(search, block->line, block->line, op, missing);
		last = search_rules(search, i, op);
		if (last && last->kind == KL_RULE_DENY && !block->permissive &&
		    always_holds(search, i, KL_NO_RULE))
			return;
	}
}

void kl_concerns_find(const struct kl_policy_file *file, const struct kl_request *task,
		      struct kl_concerns *concerns)
{
	struct search *search = kl_xalloc(1, sizeof(*search));
	u32 slot, op;

	search->ruleset = file->ruleset;
	search->concerns = concerns;
	search->nothing = *task;
	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		if (slot < KL_SLOT_TASK_PID || slot > KL_SLOT_TASK_HISTORY) {
			search->nothing.present[slot / 64] &= ~BIT_ULL(slot % 64);
			search->nothing.absent[slot / 64] &= ~BIT_ULL(slot % 64);
			search->nothing.unknown[slot / 64] &= ~BIT_ULL(slot % 64);
		}
	search->task = search->nothing;
	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		if (slot < KL_SLOT_TASK_PID || slot > KL_SLOT_TASK_HISTORY)
			kl_slot_add(search->task.unknown, slot);
	for (op = 0; op < KL_OP_COUNT; op++)
		search_operation(search, op);
	free(search);
}

void kl_concerns_free(struct kl_concerns *concerns)
{
	free(concerns->list);
	memset(concerns, 0, sizeof(*concerns));
}
