// SPDX-License-Identifier: GPL-2.0
/* Each request is decided three times; lines are the names of rules. */
#include "compare.h"
#include "engine/compiled.h"
#include "oracle/text.h"

/**
 * struct answer - what the engine said, in the words of the oracle
 * @protocol: it asked for what it has, or never ended
 * @asked_name: it asked for the name of the first object
 */
struct answer {
	enum kl_verdict verdict;
	bool has_transition, protocol, asked_name;
	char transition[64];
	u64 overlong[KL_SLOT_WORDS];
	u32 count, needs, drains;
	struct {
		u32 block, rule, priority, result;
		bool unenforced;
	} matches[ORACLE_MATCHES];
};

enum difference load(struct oracle_policy *policy, struct loaded *loaded, char *what,
		     size_t size)
{
	struct kl_error error = { 0 };
	struct text text = { 0 };
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_undo *undo;
	int ret;

	memset(loaded, 0, sizeof(*loaded));
	text_policy(&text, policy);
	if (kl_policy_init(&loaded->policy))
		abort();
	kl_batch_init(&batch);
	kl_parser_init(&parser, &loaded->policy.strings);
	ret = kl_parse_text(&parser, (struct kl_text){ text.data, text.length }, &batch,
			    &error);
	if (!ret)
		ret = kl_policy_apply(&loaded->policy, &batch, &undo, &error);
	if (!ret)
		kl_policy_settle(&loaded->policy, undo);
	kl_batch_release(&batch);
	if (!ret)
		ret = kl_compile(&loaded->policy, &loaded->ruleset, &error);
	text_free(&text);
	if (!ret)
		return SAME;
	snprintf(what, size, "refused (%d): %u:%u: %s", ret, error.line, error.column,
		 error.text);
	return REFUSED;
}

void unload(struct loaded *loaded)
{
	if (loaded->ruleset)
		kl_ruleset_free(loaded->ruleset);
	kl_policy_destroy(&loaded->policy);
}

/*
 * The policy itself.
 */
/* The lines of a list and of the groups it uses, from @next of the ruleset on. */
static bool same_list(const struct oracle_list *list, const struct kl_ruleset *ruleset,
		      u32 *next, u32 end)
{
	u32 i;

	for (i = 0; i < list->live; i++) {
		const struct oracle_rule *expected = list->sorted[i];
		const struct kl_compiled_rule *rule;

		if (expected->kind == KL_RULE_USE) {
			if (!same_list(expected->used, ruleset, next, end))
				return false;
			continue;
		}
		if (*next == end)
			return false;
		rule = kl_ruleset_rule(ruleset, (*next)++);
		if (rule->line != expected->line || rule->priority != expected->priority ||
		    rule->kind != expected->kind)
			return false;
	}
	return true;
}

static bool same_block(const struct oracle_block *block, const struct kl_ruleset *ruleset,
		       u32 number)
{
	u32 next, count;

	if (kl_ruleset_block(ruleset, number)->line != block->head.line)
		return false;
	count = kl_ruleset_rules(ruleset, number, &next);
	count += next;
	return same_list(&block->list, ruleset, &next, count) && next == count;
}

static void mark_uses(const struct oracle_rule *rule, u8 op, bool *uses)
{
	u32 i;

	for (i = 0; i < rule->count; i++) {
		if (rule->conditions[i].dead)
			continue;
		uses[oracle_slot(rule->op, rule->conditions[i].left, op)] = true;
		if (rule->conditions[i].right == RIGHT_ATTRIBUTE)
			uses[oracle_slot(rule->op, rule->conditions[i].right_slot,
					 op)] = true;
	}
}

static void mark_list(const struct oracle_list *list, u8 op, bool *uses)
{
	u32 i;

	for (i = 0; i < list->live; i++)
		if (list->sorted[i]->kind == KL_RULE_USE)
			mark_list(list->sorted[i]->used, op, uses);
		else
			mark_uses(list->sorted[i], op, uses);
}

static enum difference compare_op(const struct oracle_policy *policy,
				  const struct kl_ruleset *ruleset, u32 op, char *what,
				  size_t size)
{
	u32 first = 0, blocks = kl_ruleset_blocks(ruleset, op, &first), count = 0, i;
	bool uses[KL_SLOT_COUNT] = { false };
	const char *keyword = kl_op_table[op].keyword;

	for (i = 0; i < policy->live; i++) {
		const struct oracle_block *block = policy->sorted[i];

		if (block->op != op)
			continue;
		if (count >= blocks || !same_block(block, ruleset, first + count)) {
			snprintf(what, size, "block of line %u: other order",
				 block->head.line);
			return ORDER;
		}
		count++;
		mark_uses(&block->head, op, uses);
		mark_list(&block->list, op, uses);
	}
	if (blocks != count || kl_ruleset_has(ruleset, op) != !!count) {
		snprintf(what, size, "%s: %u blocks instead of %u", keyword, blocks, count);
		return ORDER;
	}
	for (i = 0; i < KL_SLOT_TRANSITION; i++) {
		if (kl_ruleset_uses(ruleset, op, i) == uses[i])
			continue;
		snprintf(what, size, "%s: slot %u is %sused", keyword, i,
			 uses[i] ? "" : "not ");
		return USES;
	}
	return SAME;
}

enum difference compare_policy(const struct oracle_policy *policy,
			       const struct loaded *loaded, char *what, size_t size)
{
	enum difference difference = SAME;
	u32 op;

	for (op = 0; op < KL_OP_COUNT && difference == SAME; op++)
		difference = compare_op(policy, loaded->ruleset, op, what, size);
	return difference;
}

/*
 * One request.
 */
static void give(const struct oracle_request *from, struct kl_request *request, u32 slot)
{
	switch (from->state[slot]) {
	case STATE_UNKNOWN:
		kl_slot_add(request->unknown, slot);
		return;
	case STATE_ABSENT:
		kl_slot_add(request->absent, slot);
		return;
	default:
		kl_slot_add(request->present, slot);
	}
	if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP)
		request->value[slot].args = &from->args;
	else if (kl_slot_type(slot) == KL_STRING)
		request->value[slot].text = &from->text[slot];
	else if (kl_slot_type(slot) == KL_IPADDR)
		request->value[slot].ip = &from->ip;
	else if (slot == KL_SLOT_TASK_ANCESTOR || slot == KL_SLOT_TASK_HISTORY)
		request->value[slot].history = from->history.packed;
	else
		request->value[slot].number = from->number[slot];
}

static void give_hint(const struct oracle_request *from, struct kl_request *request,
		      u32 object)
{
	u32 slot = object ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0, i;
	struct kl_text whole = from->text[slot];

	if (!from->hint[object] || from->state[slot] != STATE_PRESENT ||
	    !kl_slot_exists(from->op, slot))
		return;
	for (i = whole.length; i && whole.data[i - 1] != '/';)
		i--;
	request->last[object].data = whole.data + i;
	request->last[object].length = whole.length - i;
	/* The root's name may be known as "/". */
	if (whole.length == 1)
		request->last[object] = whole;
}

static void begin(const struct oracle_request *from, struct kl_request *request)
{
	u32 slot;

	kl_request_init(request, from->op);
	/* What is not collected must not be looked at. */
	memset(request->value, 0xa5, sizeof(request->value));
	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++)
		if (kl_slot_exists(from->op, slot) && kl_slot_test(from->early, slot))
			give(from, request, slot);
	give_hint(from, request, 0);
	give_hint(from, request, 1);
}

static bool may_be_asked(const struct kl_request *request, u32 slot)
{
	return slot < KL_SLOT_TRANSITION && kl_slot_exists(request->op, slot) &&
	       !kl_slot_test(request->present, slot) &&
	       !kl_slot_test(request->absent, slot) &&
	       !kl_slot_test(request->unknown, slot);
}

static void take_matches(const struct kl_ruleset *ruleset, struct kl_request *request,
			 struct answer *answer)
{
	u32 i;

	for (i = 0; i < request->match_count && answer->count < ORACLE_MATCHES; i++) {
		const struct kl_match *match = &request->matches[i];
		u32 n = answer->count++;

		answer->matches[n].block = kl_ruleset_block(ruleset, match->block)->line;
		answer->matches[n].priority =
			kl_ruleset_block(ruleset, match->block)->priority;
		answer->matches[n].result = match->result;
		answer->matches[n].unenforced = match->unenforced;
		answer->matches[n].rule = match->rule == KL_NO_RULE ? 0 :
			kl_ruleset_rule(ruleset, match->rule)->line;
	}
	request->match_count = 0;
}

static void supply(const struct oracle_request *from, struct kl_request *request,
		   struct answer *answer)
{
	answer->protocol |= !may_be_asked(request, request->need) ||
			    ++answer->needs > KL_SLOT_COUNT;
	if (answer->protocol)
		return;
	answer->asked_name |= request->need == KL_SLOT_OBJECT0;
	give(from, request, request->need);
}

static void ask(const struct kl_ruleset *ruleset, const struct oracle_request *from,
		bool linear, struct answer *answer)
{
	struct kl_request request;
	u32 calls = 0;

	memset(answer, 0, offsetof(struct answer, matches));
	begin(from, &request);
	do {
		answer->verdict = linear ? kl_decide_linear(ruleset, &request) :
					   kl_decide(ruleset, &request);
		if (answer->verdict == KL_NEED)
			supply(from, &request, answer);
		else
			take_matches(ruleset, &request, answer);
		answer->drains += answer->verdict == KL_DRAIN;
		answer->protocol |= ++calls > ORACLE_MATCHES;
	} while (!answer->protocol && answer->verdict != KL_PERMIT &&
		 answer->verdict != KL_DENY);
	memcpy(answer->overlong, request.overlong, sizeof(answer->overlong));
	answer->has_transition = request.has_transition;
	if (request.transition)
		snprintf(answer->transition, sizeof(answer->transition), "%s",
			 request.transition->text);
}

static bool same_match(const struct answer *answer, u32 i,
		       const struct oracle_match *match)
{
	return answer->matches[i].block == match->block->head.line &&
	       answer->matches[i].priority == match->block->head.priority &&
	       answer->matches[i].result == match->result &&
	       answer->matches[i].unenforced == match->unenforced &&
	       answer->matches[i].rule == (match->rule ? match->rule->line : 0);
}

static bool same_answer(const struct answer *answer, const struct oracle_outcome *outcome)
{
	u32 i;

	if (answer->verdict != (outcome->denied ? KL_DENY : KL_PERMIT) ||
	    answer->has_transition != outcome->has_transition ||
	    strcmp(answer->transition, outcome->transition ? outcome->transition : "") ||
	    answer->count != outcome->count)
		return false;
	for (i = 0; i < answer->count; i++)
		if (!same_match(answer, i, &outcome->matches[i]))
			return false;
	return true;
}

static void tell(const struct answer *answer, const struct oracle_outcome *outcome,
		 const char *who, char *what, size_t size)
{
	static const char * const results[] = { "unmatched", "allowed", "denied" };
	struct text text = { 0 };
	u32 i;

	text_add(&text, "%s:\n  expected %s transition=%s", who,
		 outcome->denied ? "deny" : "permit",
		 outcome->has_transition ? outcome->transition : "-");
	for (i = 0; i < outcome->count; i++)
		text_add(&text, " %u:%s%s(line %u, %u)",
			 outcome->matches[i].block->head.priority,
			 outcome->matches[i].unenforced ? "un" : "",
			 results[outcome->matches[i].result],
			 outcome->matches[i].block->head.line,
			 outcome->matches[i].rule ? outcome->matches[i].rule->line : 0);
	text_add(&text, "\n  got      %s transition=%s",
		 answer->verdict == KL_DENY ? "deny" :
		 answer->verdict == KL_PERMIT ? "permit" : "neither",
		 answer->has_transition ? answer->transition : "-");
	for (i = 0; i < answer->count; i++)
		text_add(&text, " %u:%s%s(line %u, %u)", answer->matches[i].priority,
			 answer->matches[i].unenforced ? "un" : "",
			 results[answer->matches[i].result], answer->matches[i].block,
			 answer->matches[i].rule);
	snprintf(what, size, "%s", text.data);
	text_free(&text);
}

/* Is everything named overlong in doubt, and is some of it named at all? */
static bool same_overlong(const struct answer *answer,
			  const struct oracle_outcome *outcome)
{
	u64 named = 0, beyond = 0;
	u32 i;

	for (i = 0; i < KL_SLOT_WORDS; i++) {
		named |= answer->overlong[i];
		beyond |= answer->overlong[i] & ~outcome->doubted[i];
	}
	return !beyond && (named || !outcome->doubt);
}

/* The truth of one line, whatever stands before it. */
static bool same_truth(const struct kl_ruleset *ruleset, u32 block, u32 rule,
		       const struct kl_request *request, const struct oracle_rule *line,
		       const struct oracle_request *from, char *what, size_t size)
{
	u64 doubted[KL_SLOT_WORDS] = { 0 };
	enum kl_truth expected = oracle_line(line, from, doubted), truth;
	int missing = -1;

	truth = kl_line_truth(ruleset, block, rule, request, &missing);
	if (truth == expected && missing == -1)
		return true;
	snprintf(what, size, "kl_line_truth of line %u is %d, missing %d; expected %d",
		 line->line, truth, missing, expected);
	return false;
}

/**
 * struct lines - lines of one block to be compared, one by one
 * @only: the one to be compared; or ~0: all
 * @next: number of the next line, within the block; @rule: within the ruleset
 */
struct lines {
	const struct kl_ruleset *ruleset;
	u32 block;
	const struct kl_request *request;
	const struct oracle_request *from;
	u32 only, next, rule;
	char *what;
	size_t size;
};

static bool same_truths(struct lines *lines, const struct oracle_list *list)
{
	u32 i;

	for (i = 0; i < list->live; i++) {
		const struct oracle_rule *rule = list->sorted[i];

		if (rule->kind == KL_RULE_USE) {
			if (!same_truths(lines, rule->used))
				return false;
			continue;
		}
		if ((lines->only == ~0u || lines->only == lines->next) &&
		    !same_truth(lines->ruleset, lines->block, lines->rule, lines->request,
				rule, lines->from, lines->what, lines->size))
			return false;
		lines->next++;
		lines->rule++;
	}
	return true;
}

/* One line of the operation, or all of them. */
static enum difference compare_lines(const struct oracle_policy *policy,
				     const struct kl_ruleset *ruleset,
				     const struct oracle_request *from, bool all,
				     char *what, size_t size)
{
	u32 first, count = kl_ruleset_blocks(ruleset, from->op, &first), rules, i, n = 0;
	u64 pick = from->number[KL_SLOT_TASK_PID] + from->number[KL_SLOT_TASK_UID];
	struct kl_request request;
	struct lines lines = { .ruleset = ruleset, .request = &request, .from = from,
			       .what = what, .size = size };

	kl_request_init(&request, from->op);
	for (i = 0; i < KL_SLOT_TRANSITION; i++)
		if (kl_slot_exists(from->op, i))
			give(from, &request, i);
	for (i = 0; i < policy->live && n < count; i++) {
		const struct oracle_block *block = policy->sorted[i];

		if (block->op != from->op || (n++ != pick % count && !all))
			continue;
		if (!same_truth(ruleset, first + n - 1, KL_NO_RULE, &request,
				&block->head, from, what, size))
			return TRUTH;
		rules = kl_ruleset_rules(ruleset, first + n - 1, &lines.rule);
		lines.block = first + n - 1;
		lines.next = 0;
		lines.only = all || !rules ? ~0u : pick % rules;
		if (!same_truths(&lines, &block->list))
			return TRUTH;
	}
	return SAME;
}

static void count_indexes(const struct kl_list *list, struct tally *tally)
{
	u32 i;

	for (i = 0; i < list->index_count; i++)
		tally->indexed[oracle_left_type(list->indexes[i].slot)]++;
	tally->always += list->index_count && list->always_count;
}

static void count_outcome(const struct loaded *loaded, const struct oracle_request *from,
			  const struct oracle_outcome *outcome,
			  const struct answer *answer, struct tally *tally)
{
	const struct kl_list *list = &loaded->ruleset->ops[from->op];

	tally->requests++;
	tally->comparisons += 2;
	tally->denied += outcome->denied;
	tally->allowed += outcome->allowed;
	tally->unmatched += outcome->count && !outcome->denied && !outcome->allowed;
	tally->silent += !outcome->count;
	tally->used += outcome->used;
	tally->unenforced += outcome->unenforced;
	tally->transitions += outcome->has_transition;
	tally->doubts += outcome->doubt;
	tally->needs += answer->needs;
	tally->drains += answer->drains;
	tally->spared += from->hint[0] && !answer->asked_name &&
			 from->state[KL_SLOT_OBJECT0] == STATE_PRESENT &&
			 !kl_slot_test(from->early, KL_SLOT_OBJECT0) &&
			 kl_ruleset_uses(loaded->ruleset, from->op, KL_SLOT_OBJECT0);
	count_indexes(list, tally);
	if (list->count)
		count_indexes(&loaded->ruleset->lists[list->first], tally);
}

enum difference compare_request(const struct oracle_policy *policy,
				const struct loaded *loaded,
				const struct oracle_request *request,
				struct tally *tally, char *what, size_t size)
{
	static struct oracle_outcome outcome;
	static struct answer answer;
	enum difference difference;
	int linear;

	oracle_decide(policy, request, &outcome);
	for (linear = 1; linear >= 0; linear--) {
		const char *who = linear ? "kl_decide_linear" : "kl_decide";

		ask(loaded->ruleset, request, linear, &answer);
		if (answer.protocol) {
			snprintf(what, size, "%s asks for what it has or never ends", who);
			return PROTOCOL;
		}
		if (!same_answer(&answer, &outcome)) {
			tell(&answer, &outcome, who, what, size);
			return DECISION;
		}
		if (!same_overlong(&answer, &outcome)) {
			snprintf(what, size, "%s: overlong %llx %llx, in doubt%s %llx %llx",
				 who, (unsigned long long)answer.overlong[0],
				 (unsigned long long)answer.overlong[1],
				 outcome.doubt ? "" : " (not decisive)",
				 (unsigned long long)outcome.doubted[0],
				 (unsigned long long)outcome.doubted[1]);
			return OVERLONG;
		}
	}
	if (tally)
		count_outcome(loaded, request, &outcome, &answer, tally);
	difference = compare_lines(policy, loaded->ruleset, request, !tally, what, size);
	if (tally)
		tally->truths += difference == SAME;
	return difference;
}

/*
 * Shrinking.
 */
static enum difference differs(struct oracle_policy *policy,
			       const struct oracle_request *request)
{
	struct loaded loaded;
	enum difference difference;
	char what[256];

	oracle_sort(policy);
	difference = load(policy, &loaded, what, sizeof(what));
	if (difference == SAME)
		difference = compare_policy(policy, &loaded, what, sizeof(what));
	if (difference == SAME && request)
		difference = compare_request(policy, &loaded, request, NULL, what,
					     sizeof(what));
	unload(&loaded);
	return difference;
}

/**
 * struct parts - what can be taken away, by the mark that says so
 */
struct parts {
	bool **dead;
	u32 count;
};

static void add_part(struct parts *parts, bool *dead)
{
	if (!(parts->count & (parts->count - 1)))
		parts->dead = realloc(parts->dead,
				      (parts->count * 2 + 1) * sizeof(*parts->dead));
	parts->dead[parts->count++] = dead;
}

/* Take away as many as possible: halves first, then ever smaller pieces. */
static void shrink_parts(struct oracle_policy *policy,
			 const struct oracle_request *request, enum difference difference,
			 struct parts *parts)
{
	u32 size, from, i;

	for (size = parts->count; size; size /= 2) {
		for (from = 0; from < parts->count; from += size) {
			u32 to = min(parts->count, from + size);
			bool *before = calloc(size, 1);

			for (i = from; i < to; i++) {
				before[i - from] = *parts->dead[i];
				*parts->dead[i] = true;
			}
			if (differs(policy, request) != difference)
				for (i = from; i < to; i++)
					*parts->dead[i] = before[i - from];
			free(before);
		}
	}
	free(parts->dead);
	memset(parts, 0, sizeof(*parts));
}

static void add_conditions(struct parts *parts, struct oracle_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->count && !rule->dead; i++)
		add_part(parts, &rule->conditions[i].dead);
}

static void add_rules(struct parts *parts, struct oracle_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		add_part(parts, &list->rules[i].dead);
}

void shrink(struct oracle_policy *policy, const struct oracle_request *request,
	    enum difference difference)
{
	struct parts parts = { 0 };
	u32 i, j;

	for (i = 0; i < policy->block_count; i++)
		add_part(&parts, &policy->blocks[i].head.dead);
	shrink_parts(policy, request, difference, &parts);
	for (i = 0; i < policy->block_count; i++)
		if (!policy->blocks[i].head.dead)
			add_rules(&parts, &policy->blocks[i].list);
	for (i = 0; i < policy->list_count; i++)
		add_rules(&parts, &policy->lists[i]);
	shrink_parts(policy, request, difference, &parts);
	for (i = 0; i < policy->block_count; i++) {
		if (policy->blocks[i].head.dead)
			continue;
		add_conditions(&parts, &policy->blocks[i].head);
		for (j = 0; j < policy->blocks[i].list.count; j++)
			add_conditions(&parts, &policy->blocks[i].list.rules[j]);
	}
	for (i = 0; i < policy->list_count; i++)
		for (j = 0; j < policy->lists[i].count; j++)
			add_conditions(&parts, &policy->lists[i].rules[j]);
	shrink_parts(policy, request, difference, &parts);
	for (i = 0; i < policy->group_count; i++)
		for (j = 0; j < policy->groups[i].count; j++)
			add_part(&parts, &policy->groups[i].members[j].dead);
	shrink_parts(policy, request, difference, &parts);
	oracle_sort(policy);
}
