// SPDX-License-Identifier: GPL-2.0
/*
 * Evaluation as section 6.1 of the specification tells it, with nothing clever
 * in it. Sorting is by insertion, strings are compared byte by byte or by
 * regular expressions, addresses bit by bit.
 */
#include "lineage.h"
#include "match.h"
#include "oracle.h"

u64 oracle_hits[2][LEFT_COUNT][RIGHT_COUNT][3];

/* Words that have a regular expression. */
static struct oracle_string *compiled;

enum oracle_type oracle_left_type(u8 slot)
{
	if (slot == KL_SLOT_ARGV)
		return LEFT_ARGV;
	if (slot == KL_SLOT_ENVP)
		return LEFT_ENVP;
	switch (kl_slot_type(slot)) {
	case KL_FILEPERM:
		return LEFT_PERM;
	case KL_FILETYPE:
		return LEFT_TYPE;
	case KL_STRING:
		return LEFT_STRING;
	case KL_IPADDR:
		return LEFT_IP;
	case KL_ANCESTOR:
		return LEFT_ANCESTOR;
	case KL_HISTORY:
		return LEFT_HISTORY;
	default:
		return LEFT_NUMBER;
	}
}

static bool same_bytes(const char *a, u32 a_length, const char *b, u32 b_length)
{
	u32 i;

	if (a_length != b_length)
		return false;
	for (i = 0; i < a_length; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

void oracle_forget(void)
{
	struct oracle_string *word;

	for (word = compiled; word; word = word->next) {
		oracle_free(word->pattern);
		oracle_lineage_free(word->lineage);
		word->pattern = NULL;
		word->lineage = NULL;
		word->listed = false;
	}
	compiled = NULL;
}

static void list(struct oracle_string *word)
{
	if (word->listed)
		return;
	word->listed = true;
	word->next = compiled;
	compiled = word;
}

static bool word_matches(struct oracle_string *word, struct kl_text text)
{
	int answer;

	/* A pattern of histories may be no pattern of strings. */
	if (word->program_count &&
	    oracle_word(word->text, strlen(word->text)) != ORACLE_VALID)
		return false;
	if (word->literal && !word->program_count)
		return same_bytes(word->raw, word->length, text.data, text.length);
	if (!word->pattern) {
		word->pattern = oracle_new(word->text, strlen(word->text));
		list(word);
	}
	answer = word->pattern ? oracle_match(word->pattern, text.data, text.length) : -1;
	if (answer < 0) {
		fprintf(stderr, "PCRE2 gives up on %s\n", word->text);
		abort();
	}
	return answer;
}

static bool within(const struct oracle_span *span, u64 number)
{
	return number >= span->low && number <= span->high;
}

/* Is address a at most address b? The first bit that differs says. */
static bool at_most(const struct kl_ip *a, const struct kl_ip *b)
{
	int bits = a->family == KL_IPV4 ? 32 : 128, i;

	for (i = 0; i < bits; i++) {
		int bit_a = a->bytes[i / 8] >> (7 - i % 8) & 1;
		int bit_b = b->bytes[i / 8] >> (7 - i % 8) & 1;

		if (bit_a != bit_b)
			return bit_a < bit_b;
	}
	return true;
}

static bool ip_within(const struct oracle_span *span, const struct kl_ip *ip)
{
	int i;

	if (span->ip_low.family != ip->family)
		return false;
	if (span->prefix < 0)
		return at_most(&span->ip_low, ip) && at_most(ip, &span->ip_high);
	for (i = 0; i < span->prefix; i++)
		if ((span->ip_low.bytes[i / 8] ^ ip->bytes[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

/* "=": does the string match the right side? */
static enum kl_truth string_equals(const struct oracle_condition *condition,
				   const struct oracle_request *request,
				   struct kl_text text)
{
	const struct oracle_group *group = condition->group;
	u8 slot = condition->right_slot;
	u32 i;

	switch (condition->right) {
	case RIGHT_LITERAL:
	case RIGHT_PATTERN:
		return word_matches(condition->word, text);
	case RIGHT_GROUP:
		for (i = 0; i < group->count; i++)
			if (!group->members[i].dead &&
			    word_matches(group->members[i].word, text))
				return KL_TRUE;
		return KL_FALSE;
	case RIGHT_ATTRIBUTE:
		if (request->state[slot] == STATE_UNKNOWN)
			return KL_UNKNOWN;
		return same_bytes(text.data, text.length, request->text[slot].data,
				  request->text[slot].length);
	default:	/* NULL, empty group */
		return KL_FALSE;
	}
}

static enum kl_truth number_equals(const struct oracle_condition *condition,
				   const struct oracle_request *request, u64 number)
{
	const struct oracle_group *group = condition->group;
	u8 slot = condition->right_slot;
	u32 i;

	switch (condition->right) {
	case RIGHT_NUMBER:
	case RIGHT_RANGE:
		return within(&condition->span, number);
	case RIGHT_KEYWORD:
		if (kl_slot_type(condition->left) == KL_FILETYPE)
			return (number & 0170000) == condition->span.low;
		return (number & condition->span.low) == condition->span.low;
	case RIGHT_GROUP:
		for (i = 0; i < group->count; i++)
			if (!group->members[i].dead &&
			    within(&group->members[i].span, number))
				return KL_TRUE;
		return KL_FALSE;
	case RIGHT_ATTRIBUTE:
		if (request->state[slot] == STATE_UNKNOWN)
			return KL_UNKNOWN;
		return number == request->number[slot];
	default:
		return KL_FALSE;
	}
}

static enum kl_truth ip_truth(const struct oracle_condition *condition,
			      const struct kl_ip *ip)
{
	const struct oracle_group *group = condition->group;
	bool inside = false;
	u32 i;

	if (condition->right != RIGHT_GROUP && condition->right != RIGHT_EMPTY_GROUP) {
		if (condition->span.ip_low.family != ip->family)
			return KL_FALSE;
		return ip_within(&condition->span, ip) != condition->negated;
	}
	for (i = 0; condition->right == RIGHT_GROUP && i < group->count; i++)
		if (!group->members[i].dead && ip_within(&group->members[i].span, ip))
			inside = true;
	return inside != condition->negated;
}

static enum kl_truth negate(enum kl_truth truth, bool negated)
{
	if (truth == KL_UNKNOWN || !negated)
		return truth;
	return truth == KL_TRUE ? KL_FALSE : KL_TRUE;
}

/* Could a string be in the group at all? */
static bool has_strings(const struct oracle_group *group)
{
	u32 i;

	for (i = 0; i < group->count; i++) {
		const struct oracle_string *word = group->members[i].word;

		if (!group->members[i].dead &&
		    (!word->program_count ||
		     oracle_word(word->text, strlen(word->text)) == ORACLE_VALID))
			return true;
	}
	return false;
}

/* "=": is some program one of the right side? */
static enum kl_truth ancestor_equals(const struct oracle_condition *condition,
				     const struct oracle_request *request)
{
	const struct oracle_history *history = &request->history;
	u32 i;

	if (condition->right == RIGHT_NULL || condition->right == RIGHT_EMPTY_GROUP ||
	    (condition->right == RIGHT_GROUP && !has_strings(condition->group)))
		return KL_FALSE;
	for (i = 0; i < history->count; i++)
		if (string_equals(condition, request, history->programs[i]) == KL_TRUE)
			return KL_TRUE;
	return history->truncated ? KL_UNKNOWN : KL_FALSE;
}

static enum kl_truth lineage_truth(struct oracle_string *word,
				   const struct oracle_history *history)
{
	if (!word->lineage) {
		word->lineage = oracle_lineage_new(word->text);
		list(word);
	}
	return oracle_lineage_truth(word->lineage, history);
}

static enum kl_truth history_equals(const struct oracle_condition *condition,
				    const struct oracle_history *history)
{
	const struct oracle_group *group = condition->group;
	enum kl_truth truth, any = KL_FALSE;
	u32 i;

	if (condition->right == RIGHT_NULL || condition->right == RIGHT_EMPTY_GROUP)
		return KL_FALSE;
	if (condition->right != RIGHT_GROUP)
		return lineage_truth(condition->word, history);
	for (i = 0; i < group->count; i++) {
		if (group->members[i].dead)
			continue;
		truth = lineage_truth(group->members[i].word, history);
		if (truth == KL_TRUE)
			return KL_TRUE;
		if (truth == KL_UNKNOWN)
			any = KL_UNKNOWN;
	}
	return any;
}

static enum kl_truth argv_truth(const struct oracle_condition *condition,
				const struct oracle_request *request)
{
	struct kl_text text;

	if (condition->index >= request->args.argc)
		return condition->right == RIGHT_NULL && !condition->negated;
	if (condition->right == RIGHT_NULL)
		return condition->negated;
	text = request->strings[condition->index];
	if (!text.data)
		return KL_UNKNOWN;
	return negate(string_equals(condition, request, text), condition->negated);
}

/*
 * Of all variables of that name: how many are there, match, don't match, and
 * how many may be there or may match?
 */
static enum kl_truth envp_truth(const struct oracle_condition *condition,
				const struct oracle_request *request)
{
	u32 i, j, there = 0, yes = 0, no = 0, perhaps_there = 0, perhaps = 0;

	for (i = request->args.argc; i < request->args.argc + request->args.envc; i++) {
		struct kl_text name = request->strings[i], value = { "", 0 };

		if (!name.data) {
			perhaps_there++;
			continue;
		}
		for (j = 0; j < name.length; j++) {
			if (name.data[j] != '=')
				continue;
			value.data = name.data + j + 1;
			value.length = name.length - j - 1;
			name.length = j;
		}
		if (!word_matches(condition->name, name))
			continue;
		there++;
		switch (string_equals(condition, request, value)) {
		case KL_TRUE:
			yes++;
			break;
		case KL_FALSE:
			no++;
			break;
		default:
			perhaps++;
		}
	}
	if (condition->right == RIGHT_NULL) {
		if (there)
			return condition->negated;
		return perhaps_there ? KL_UNKNOWN : !condition->negated;
	}
	if (condition->negated ? yes : no)
		return KL_FALSE;
	if (perhaps || perhaps_there)
		return KL_UNKNOWN;
	return condition->negated || there;
}

static enum kl_truth truth_of(const struct oracle_condition *condition,
			      const struct oracle_request *request)
{
	bool attribute = condition->right == RIGHT_ATTRIBUTE;
	u8 left = condition->left;

	if (request->state[left] == STATE_ABSENT ||
	    (attribute && request->state[condition->right_slot] == STATE_ABSENT))
		return KL_FALSE;
	if (request->state[left] == STATE_UNKNOWN)
		return KL_UNKNOWN;
	switch (oracle_left_type(left)) {
	case LEFT_ARGV:
		return argv_truth(condition, request);
	case LEFT_ENVP:
		return envp_truth(condition, request);
	case LEFT_STRING:
		return negate(string_equals(condition, request, request->text[left]),
			      condition->negated);
	case LEFT_IP:
		return ip_truth(condition, &request->ip);
	case LEFT_ANCESTOR:
		return negate(ancestor_equals(condition, request), condition->negated);
	case LEFT_HISTORY:
		return negate(history_equals(condition, &request->history),
			      condition->negated);
	default:
		return negate(number_equals(condition, request, request->number[left]),
			      condition->negated);
	}
}

static void doubt(const struct oracle_condition *condition,
		  const struct oracle_request *request, u64 *doubted)
{
	if (condition->right == RIGHT_ATTRIBUTE &&
	    request->state[condition->right_slot] == STATE_UNKNOWN)
		kl_slot_add(doubted, condition->right_slot);
	kl_slot_add(doubted, condition->left);
}

int oracle_slot(u8 from, u8 slot, u8 to)
{
	/* One more than the answer; 0: not looked for yet. */
	static short known[KL_OP_COUNT][KL_SLOT_COUNT][KL_OP_COUNT];
	short *answer = &known[from][slot][to];
	char name[KL_SLOT_NAME_MAX];
	int found;

	if (*answer)
		return *answer > 0 ? *answer - 1 : -1;
	if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP) {
		found = kl_slot_exists(to, slot) ? slot : -1;
	} else {
		kl_slot_name(from, slot, name);
		found = kl_slot_find(to, (struct kl_text){ name, strlen(name) });
		if (found >= 0 && kl_slot_type(found) != kl_slot_type(slot))
			found = -1;
	}
	*answer = found >= 0 ? found + 1 : -1;
	return found >= 0 ? found : -1;
}

/* A condition as it reads in the operation of the request. */
static struct oracle_condition translate(const struct oracle_condition *condition, u8 from,
					 u8 to)
{
	struct oracle_condition same = *condition;

	same.left = oracle_slot(from, condition->left, to);
	if (condition->right == RIGHT_ATTRIBUTE)
		same.right_slot = oracle_slot(from, condition->right_slot, to);
	return same;
}

enum kl_truth oracle_line(const struct oracle_rule *rule,
			  const struct oracle_request *request, u64 *doubted)
{
	enum kl_truth result = KL_TRUE;
	u32 i;

	for (i = 0; i < rule->count; i++) {
		const struct oracle_condition *condition = &rule->conditions[i];
		struct oracle_condition here;
		enum kl_truth truth;

		if (condition->dead)
			continue;
		if (rule->op != request->op) {
			here = translate(condition, rule->op, request->op);
			condition = &here;
		}
		truth = truth_of(condition, request);
		oracle_hits[condition->negated][oracle_left_type(condition->left)]
			   [condition->right][truth]++;
		if (truth == KL_UNKNOWN)
			doubt(condition, request, doubted);
		if (truth == KL_FALSE)
			result = KL_FALSE;
		else if (truth == KL_UNKNOWN && result == KL_TRUE)
			result = KL_UNKNOWN;
	}
	return result;
}

/* Ascending priority, equal priorities as they stand: insertion. */
static void sort_rules(struct oracle_list *block)
{
	u32 i, j;

	block->live = 0;
	for (i = 0; i < block->count; i++) {
		struct oracle_rule *rule = &block->rules[i];

		if (rule->dead)
			continue;
		for (j = block->live++;
		     j && block->sorted[j - 1]->priority > rule->priority; j--)
			block->sorted[j] = block->sorted[j - 1];
		block->sorted[j] = rule;
	}
}

void oracle_sort(struct oracle_policy *policy)
{
	u32 i, j;

	policy->live = 0;
	for (i = 0; i < policy->block_count; i++) {
		struct oracle_block *block = &policy->blocks[i];

		if (block->head.dead)
			continue;
		for (j = policy->live++;
		     j && policy->sorted[j - 1]->head.priority > block->head.priority;
		     j--)
			policy->sorted[j] = policy->sorted[j - 1];
		policy->sorted[j] = block;
		sort_rules(&block->list);
	}
	for (i = 0; i < policy->list_count; i++)
		sort_rules(&policy->lists[i]);
}

/* The first sub-entry that matches; in doubt deny does, allow does not. */
static const struct oracle_rule *first_match(const struct oracle_list *list,
					     const struct oracle_request *request,
					     struct oracle_outcome *outcome)
{
	const struct oracle_rule *rule;
	enum kl_truth truth;
	u32 i;

	for (i = 0; i < list->live; i++) {
		rule = list->sorted[i];
		if (rule->kind == KL_RULE_USE) {
			rule = first_match(rule->used, request, outcome);
			if (rule) {
				outcome->used = true;
				return rule;
			}
			continue;
		}
		truth = oracle_line(rule, request, outcome->doubted);
		outcome->doubt |= truth == KL_UNKNOWN;
		if (truth == KL_TRUE ||
		    (truth == KL_UNKNOWN && rule->kind == KL_RULE_DENY))
			return rule;
	}
	return NULL;
}

/* Two operations heed their own block only, not the mode. */
static bool is_enforced(const struct oracle_policy *policy,
			const struct oracle_block *block)
{
	if (block->permissive)
		return false;
	return !policy->permissive || block->op == KL_OP_MODIFY_POLICY ||
	       block->op == KL_OP_MANUAL_DOMAIN_TRANSITION;
}

static void note_match(const struct oracle_policy *policy, struct oracle_outcome *outcome,
		       const struct oracle_block *block, const struct oracle_rule *rule)
{
	struct oracle_match *match = &outcome->matches[outcome->count++];

	match->block = block;
	match->rule = rule;
	match->result = KL_UNMATCHED;
	match->unenforced = false;
	if (!rule)
		return;
	match->result = rule->kind == KL_RULE_DENY ? KL_DENIED : KL_ALLOWED;
	if (match->result == KL_DENIED) {
		match->unenforced = !is_enforced(policy, block);
		outcome->unenforced |= match->unenforced;
		outcome->denied = !match->unenforced;
		return;
	}
	outcome->allowed = true;
	if (rule->domain && !outcome->has_transition) {
		outcome->has_transition = true;
		outcome->transition = rule->domain;
	}
}

void oracle_decide(const struct oracle_policy *policy,
		   const struct oracle_request *request, struct oracle_outcome *outcome)
{
	u32 i;

	memset(outcome, 0, offsetof(struct oracle_outcome, matches));
	for (i = 0; i < policy->live && !outcome->denied; i++) {
		const struct oracle_block *block = policy->sorted[i];
		enum kl_truth truth;

		if (block->op != request->op)
			continue;
		truth = oracle_line(&block->head, request, outcome->doubted);
		outcome->doubt |= truth == KL_UNKNOWN;
		if (truth != KL_FALSE)
			note_match(policy, outcome, block,
				   first_match(&block->list, request, outcome));
	}
}
