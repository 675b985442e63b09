// SPDX-License-Identifier: GPL-2.0
/* Why a request is permitted or denied. */
#include "engine/expand.h"
#include "explain.h"
#include "probe.h"

/**
 * struct walk - one request being explained
 * @file, @facts: see kl_explain()
 * @heads: blocks of the operation in the model, in order
 * @first: number of the first of them in the ruleset
 * @explanation: what is found
 * @reach: the block at hand may be reached
 * @last: mask of results that the last matching block so far may have had;
 *	KL_OUTCOME_SKIPPED: there may have been none
 * @transition_set: a matching allow had transition=, later ones do not count
 */
struct walk {
	struct kl_policy_file *file;
	struct kl_facts *facts;
	struct kl_rule **heads;
	u32 first;
	struct kl_explanation *explanation;
	bool reach;
	u32 last;
	bool transition_set;
};

enum truth { NO, YES, OPEN };

/* The slot of the first condition on arguments or environment, or -1. */
static int argument_slot(const struct kl_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->count; i++)
		if (rule->conditions[i].left == KL_SLOT_ARGV ||
		    rule->conditions[i].left == KL_SLOT_ENVP)
			return rule->conditions[i].left;
	return -1;
}

/*
 * A value that the kernel could not have itself is settled by the language:
 * true in a head and in deny, false in allow. One that only we lack is not;
 * of arguments that a record leaves out nobody can tell which they are.
 */
static enum truth judge(struct walk *walk, u32 block, u32 number,
			const struct kl_rule *rule, int *missing)
{
	int slot = -1;
	enum kl_truth truth;

	truth = kl_line_truth(walk->file->ruleset, block, number, &walk->facts->request,
			      &slot);
	if (truth != KL_UNKNOWN)
		return truth == KL_TRUE ? YES : NO;
	if (slot < 0 && walk->facts->holes)
		slot = argument_slot(rule);
	if (slot < 0)
		return rule->kind == KL_RULE_ALLOW ? NO : YES;
	if (*missing < 0)
		*missing = slot;
	return OPEN;
}

static const struct kl_condition *find_transition(const struct kl_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->count; i++)
		if (rule->conditions[i].left == KL_SLOT_TRANSITION)
			return &rule->conditions[i];
	return NULL;
}

static void note_transition(struct walk *walk, const struct kl_rule *rule, bool certain)
{
	const struct kl_condition *transition = find_transition(rule);

	if (!transition || walk->transition_set)
		return;
	if (!certain) {
		walk->explanation->transition_open = true;
		return;
	}
	walk->transition_set = true;
	if (transition->right == KL_RIGHT_STRING)
		walk->explanation->transition = transition->string;
}

static void note_rule(struct kl_explained_block *explained,
		      const struct kl_expansion *expansion, const struct kl_rule *rule)
{
	u32 i;

	explained->rule = rule;
	explained->use_count = rule ? expansion->depth : 0;
	for (i = 0; i < explained->use_count; i++)
		explained->uses[i] = kl_expansion_use(expansion, i);
}

static void add_candidate(struct kl_explained_block *explained,
			  const struct kl_rule *rule)
{
	u32 count = explained->candidate_count;

	/* Room for a power of two. */
	if (!(count & (count - 1)))
		explained->candidates = kl_xrealloc(explained->candidates,
						    max(2 * count, 1u),
						    sizeof(*explained->candidates));
	explained->candidates[explained->candidate_count++] = rule;
}

/* This line may decide, or one behind it. */
static void note_candidate(struct kl_explained_block *explained,
			   const struct kl_expansion *expansion,
			   const struct kl_rule *rule)
{
	u32 i;

	for (i = 0; i < expansion->depth; i++)
		add_candidate(explained, kl_expansion_use(expansion, i));
	add_candidate(explained, rule);
}

/* What may become of a block whose head matches, or may match. */
static int walk_rules(struct walk *walk, u32 block, struct kl_explained_block *explained,
		      bool certain)
{
	struct kl_expansion expansion;
	const struct kl_rule *rule;
	enum truth truth = NO;
	u32 number;
	int more;

	kl_ruleset_rules(walk->file->ruleset, block, &number);
	kl_expansion_begin(&expansion, explained->head);
	while (truth != YES && (more = kl_expansion_next(&expansion, &rule)) > 0) {
		if (rule->kind == KL_RULE_USE)
			continue;
		truth = judge(walk, block, number++, rule, &explained->missing);
		if (truth == NO)
			continue;
		explained->outcomes |= rule->kind == KL_RULE_ALLOW ? KL_OUTCOME_ALLOWED :
								     KL_OUTCOME_DENIED;
		if (truth == OPEN)
			certain = false;
		note_rule(explained, &expansion, certain ? rule : NULL);
		if (!certain)
			note_candidate(explained, &expansion, rule);
		note_transition(walk, rule, certain);
	}
	kl_expansion_end(&expansion);
	if (truth == YES)
		return 0;
	explained->outcomes |= KL_OUTCOME_UNMATCHED;
	note_rule(explained, &expansion, NULL);
	return more;
}

static int walk_block(struct walk *walk, u32 index, struct kl_explained_block *explained)
{
	u32 block = walk->first + index;
	enum truth truth;

	explained->head = walk->heads[index]->block;
	explained->permissive = kl_ruleset_block(walk->file->ruleset, block)->permissive;
	explained->missing = -1;
	if (!walk->reach) {
		explained->outcomes = KL_OUTCOME_UNREACHED;
		return 0;
	}
	truth = judge(walk, block, KL_NO_RULE, walk->heads[index], &explained->missing);
	if (truth != YES)
		explained->outcomes |= KL_OUTCOME_SKIPPED;
	return truth == NO ? 0 : walk_rules(walk, block, explained, truth == YES);
}

/* Carry what may have become of a block over to what may become of the whole. */
static void account(struct walk *walk, const struct kl_explained_block *explained)
{
	struct kl_explanation *explanation = walk->explanation;
	u32 outcomes = explained->outcomes;
	u32 going_on = outcomes & (KL_OUTCOME_UNMATCHED | KL_OUTCOME_ALLOWED);

	if (outcomes & KL_OUTCOME_UNREACHED)
		return;
	if (explanation->missing < 0)
		explanation->missing = explained->missing;
	if (explained->permissive)
		going_on |= outcomes & KL_OUTCOME_DENIED;
	else if (outcomes & KL_OUTCOME_DENIED)
		explanation->answers |= KL_ANSWER_DENY;
	if (!explained->permissive && outcomes == KL_OUTCOME_DENIED)
		walk->reach = false;
	walk->last = going_on | (outcomes & KL_OUTCOME_SKIPPED ? walk->last : 0);
}

static bool is_listed(const struct kl_explained_block *explained, bool all)
{
	return all || explained->outcomes & ~(KL_OUTCOME_SKIPPED | KL_OUTCOME_UNREACHED);
}

static int walk_blocks(struct walk *walk, u32 count, bool all)
{
	struct kl_explanation *explanation = walk->explanation;
	struct kl_explained_block explained;
	u32 i;
	int error;

	walk->reach = true;
	walk->last = KL_OUTCOME_SKIPPED;
	explanation->blocks = kl_xalloc(count, sizeof(*explanation->blocks));
	for (i = 0; i < count && (walk->reach || all); i++) {
		memset(&explained, 0, sizeof(explained));
		error = walk_block(walk, i, &explained);
		if (error) {
			free(explained.candidates);
			return error;
		}
		account(walk, &explained);
		if (is_listed(&explained, all))
			explanation->blocks[explanation->count++] = explained;
		else
			free(explained.candidates);
	}
	return 0;
}

/*
 * Two operations are special: a domain is entered by hand only if the last
 * block allows it, and what precedes an operation on its own refuses nothing.
 */
static void conclude(struct walk *walk)
{
	struct kl_explanation *explanation = walk->explanation;

	switch (walk->facts->request.op) {
	case KL_OP_MANUAL_DOMAIN_TRANSITION:
		if (!walk->reach)
			break;
		if (walk->last & KL_OUTCOME_ALLOWED)
			explanation->answers |= KL_ANSWER_PERMIT;
		if (walk->last & ~KL_OUTCOME_ALLOWED)
			explanation->answers |= KL_ANSWER_DENY;
		break;
	case KL_OP_AUTO_DOMAIN_TRANSITION:
		explanation->answers = KL_ANSWER_PERMIT;
		break;
	default:
		if (walk->reach)
			explanation->answers |= KL_ANSWER_PERMIT;
	}
}

/*
 * A transition takes place if nothing denies, and, but for execute, only if
 * the last block that matched allows (Q9).
 */
static void settle_transition(struct walk *walk)
{
	struct kl_explanation *explanation = walk->explanation;
	bool execute = walk->facts->request.op == KL_OP_EXECUTE;

	if (!explanation->transition && !explanation->transition_open)
		return;
	if (!walk->reach || (!execute && !(walk->last & KL_OUTCOME_ALLOWED))) {
		explanation->transition = NULL;
		explanation->transition_open = false;
		return;
	}
	if ((explanation->answers & KL_ANSWER_DENY) ||
	    (!execute && walk->last & ~KL_OUTCOME_ALLOWED))
		explanation->transition_open = true;
	if (explanation->transition_open)
		explanation->transition = NULL;
}

static bool same_match(const struct walk *walk, const struct kl_match *match,
		       const struct kl_explained_block *explained)
{
	const struct kl_rule *head = walk->heads[match->block - walk->first];
	const struct kl_compiled_rule *rule;

	if (head != &explained->head->rule || explained->outcomes != BIT(match->result) ||
	    match->unenforced !=
		    (explained->permissive && match->result == KL_DENIED))
		return false;
	if (match->rule == KL_NO_RULE)
		return !explained->rule;
	rule = kl_ruleset_rule(walk->file->ruleset, match->rule);
	return explained->rule && explained->rule->line == rule->line &&
	       explained->rule->priority == rule->priority;
}

/* The next block of the explanation that matched. */
static const struct kl_explained_block *next_match(const struct walk *walk, u32 *index)
{
	const struct kl_explanation *explanation = walk->explanation;

	while (*index < explanation->count) {
		const struct kl_explained_block *b = &explanation->blocks[(*index)++];

		if (b->outcomes & ~(KL_OUTCOME_SKIPPED | KL_OUTCOME_UNREACHED))
			return b;
	}
	return NULL;
}

/*
 * The kernel asks kl_decide(): if all is known it must say what the walk says,
 * or one of them is wrong and nobody should trust the answer.
 */
static bool disagrees(const struct walk *walk)
{
	struct kl_request *request = kl_xalloc(1, sizeof(*request));
	const struct kl_explained_block *explained;
	enum kl_verdict verdict;
	bool same = true;
	u32 next = 0, i;

	*request = walk->facts->request;
	for (;;) {
		verdict = kl_decide(walk->file->ruleset, request);
		if (verdict == KL_NEED) {
			/* No answer depends on it: any value will do. */
			kl_slot_add(request->absent, request->need);
			continue;
		}
		for (i = 0; i < request->match_count; i++) {
			explained = next_match(walk, &next);
			same &= explained &&
				same_match(walk, &request->matches[i], explained);
		}
		if (verdict != KL_DRAIN)
			break;
		request->match_count = 0;
	}
	same &= verdict == (walk->reach ? KL_PERMIT : KL_DENY) &&
		!next_match(walk, &next);
	free(request);
	return !same;
}

static bool all_known(const struct kl_explanation *explanation)
{
	u32 i;

	for (i = 0; i < explanation->count; i++)
		if (explanation->blocks[i].missing >= 0)
			return false;
	return true;
}

/* For blocks that were skipped: the first condition of the head that fails. */
static int find_failures(struct walk *walk)
{
	struct kl_explanation *explanation = walk->explanation;
	const struct kl_rule **skipped;
	struct kl_probe *probe;
	u32 i, c, n = 0;

	skipped = kl_xalloc(explanation->count, sizeof(*skipped));
	for (i = 0; i < explanation->count; i++)
		if (explanation->blocks[i].outcomes == KL_OUTCOME_SKIPPED)
			skipped[n++] = &explanation->blocks[i].head->rule;
	probe = kl_probe_new(walk->file, walk->facts->request.op, skipped, n,
			     &walk->facts->request);
	free(skipped);
	if (!probe)
		return -ENOMEM;
	for (i = 0; i < explanation->count; i++) {
		struct kl_explained_block *explained = &explanation->blocks[i];
		const struct kl_rule *head = &explained->head->rule;

		if (explained->outcomes != KL_OUTCOME_SKIPPED)
			continue;
		for (c = 0; c < head->count && !explained->failed; c++)
			if (kl_probe_ask(probe, &head->conditions[c]) == KL_FALSE)
				explained->failed = &head->conditions[c];
	}
	kl_probe_free(probe);
	return 0;
}

int kl_explain(struct kl_policy_file *file, struct kl_facts *facts, bool all,
	       struct kl_explanation *explanation)
{
	enum kl_op op = facts->request.op;
	u32 count = file->policy.block_count[op];
	struct walk walk = {
		.file = file,
		.facts = facts,
		.explanation = explanation,
	};
	int error;

	memset(explanation, 0, sizeof(*explanation));
	explanation->missing = -1;
	walk.heads = kl_policy_sorted(&file->policy.blocks[op], count);
	if (count && !walk.heads)
		return -ENOMEM;
	if (WARN_ON_ONCE(kl_ruleset_blocks(file->ruleset, op, &walk.first) != count))
		explanation->disagreement = true;
	error = walk_blocks(&walk, count, all);
	if (!error) {
		conclude(&walk);
		settle_transition(&walk);
		if (all_known(explanation))
			explanation->disagreement |= disagrees(&walk);
		if (all)
			error = find_failures(&walk);
	}
	kl_free(walk.heads);
	return error;
}

void kl_explanation_free(struct kl_explanation *explanation)
{
	u32 i;

	for (i = 0; i < explanation->count; i++)
		free(explanation->blocks[i].candidates);
	free(explanation->blocks);
	memset(explanation, 0, sizeof(*explanation));
}

/* Arguments that the record leaves out are no arguments that cannot be read. */
static bool has_holes(const struct kl_ruleset *ruleset, const struct kl_facts *facts)
{
	return facts->holes &&
	       (kl_ruleset_uses(ruleset, facts->request.op, KL_SLOT_ARGV) ||
		kl_ruleset_uses(ruleset, facts->request.op, KL_SLOT_ENVP));
}

int kl_decided(const struct kl_ruleset *ruleset, const struct kl_facts *facts,
	       bool absent, struct kl_request *request,
	       void (*take)(void *context, const struct kl_match *match), void *context)
{
	enum kl_verdict verdict;
	u32 i;

	*request = facts->request;
	if (has_holes(ruleset, facts))
		return -1;
	do {
		request->match_count = 0;
		while ((verdict = kl_decide(ruleset, request)) == KL_NEED && absent)
			kl_slot_add(request->absent, request->need);
		if (verdict == KL_NEED)
			return -1;
		for (i = 0; i < request->match_count; i++)
			take(context, &request->matches[i]);
	} while (verdict == KL_DRAIN);
	return verdict;
}
