// SPDX-License-Identifier: GPL-2.0
/* Random requests, most of them aimed at one rule of the policy. */
#include "vocabulary.h"

/* An address within a span; mostly one of its ends. */
static struct kl_ip ip_in(struct generator *generator, const struct oracle_span *span)
{
	int bytes = span->ip_low.family == KL_IPV4 ? 4 : 16, bit;
	struct kl_ip ip = random_chance(&generator->random, 50) ? span->ip_low :
								  span->ip_high;

	if (span->prefix < 0)
		return ip;
	for (bit = span->prefix; bit < bytes * 8; bit++)
		if (random_chance(&generator->random, 50))
			ip.bytes[bit / 8] ^= 0x80 >> bit % 8;
	return ip;
}

/* Any member of a condition's group. */
static const struct oracle_member *some_member(struct generator *generator,
					       const struct oracle_condition *condition)
{
	const struct oracle_group *group = condition->group;

	return &group->members[random_below(&generator->random, group->count)];
}

/* A string that the right side of a condition probably matches. */
static struct kl_text string_for(struct generator *generator,
				 struct oracle_request *request,
				 const struct oracle_condition *condition)
{
	struct oracle_string *word = condition->word;

	if (condition->right == RIGHT_GROUP)
		word = some_member(generator, condition)->word;
	if (condition->right == RIGHT_ATTRIBUTE)
		return request->text[condition->right_slot];
	if (!word || (condition->negated && random_chance(&generator->random, 60)))
		return some_string(generator, &generator->passing);
	return (struct kl_text){ word->raw, word->length };
}

/* A number in a span, most often at its ends or just beside them. */
static u64 number_in(struct generator *generator, const struct oracle_span *span)
{
	u64 *random = &generator->random;
	u64 width = span->high - span->low;

	switch (random_below(random, 4)) {
	case 0:
		return span->low;
	case 1:
		return span->high;
	case 2:
		return random_chance(random, 50) ? span->low - 1 : span->high + 1;
	default:
		return span->low + (width ? random_next(random) % width : 0);
	}
}

static u64 number_for(struct generator *generator, struct oracle_request *request,
		      const struct oracle_condition *condition)
{
	u8 left = condition->left;

	if (condition->right == RIGHT_EMPTY_GROUP ||
	    (condition->negated && random_chance(&generator->random, 60)))
		return some_value(generator, left);
	if (condition->right == RIGHT_ATTRIBUTE)
		return request->number[condition->right_slot];
	if (condition->right == RIGHT_GROUP)
		return number_in(generator, &some_member(generator, condition)->span);
	if (condition->right != RIGHT_KEYWORD)
		return number_in(generator, &condition->span);
	if (kl_slot_type(left) == KL_FILEPERM)
		return request->number[left] | condition->span.low;
	return condition->span.low;
}

static struct kl_ip ip_for(struct generator *generator,
			   const struct oracle_condition *condition)
{
	if (condition->right == RIGHT_EMPTY_GROUP ||
	    (condition->negated && random_chance(&generator->random, 60)))
		return some_ip(generator);
	if (condition->right == RIGHT_GROUP)
		return ip_in(generator, &some_member(generator, condition)->span);
	return ip_in(generator, &condition->span);
}

/* The programs that the pattern was made of, often with others before. */
static void aim_history(struct generator *generator, struct oracle_request *request,
			const struct oracle_condition *condition)
{
	struct oracle_history *history = &request->history;
	const struct oracle_string *word = condition->word;
	u32 skip, i;

	if (condition->right == RIGHT_GROUP)
		word = some_member(generator, condition)->word;
	if (!word || (condition->negated && random_chance(&generator->random, 60)))
		return;
	history->count = 0;
	if (!word->program_count)
		history->programs[history->count++] =
			(struct kl_text){ word->raw, word->length };
	skip = history->truncated ? random_below(&generator->random, 3) : 0;
	for (i = min(skip, word->program_count); i < word->program_count; i++)
		history->programs[history->count++] = word->programs[i];
}

static void aim_ancestor(struct generator *generator, struct oracle_request *request,
			 const struct oracle_condition *condition)
{
	struct oracle_history *history = &request->history;

	if (condition->right != RIGHT_NULL && history->count)
		history->programs[random_below(&generator->random, history->count)] =
			string_for(generator, request, condition);
}

static void aim_argv(struct generator *generator, struct oracle_request *request,
		     const struct oracle_condition *condition)
{
	if (condition->index >= request->args.argc)
		return;
	/* Where the arguments end is the environment's beginning. */
	if (condition->right == RIGHT_NULL && !condition->negated)
		request->args.argc = condition->index;
	else if (condition->right != RIGHT_NULL)
		request->strings[condition->index] =
			string_for(generator, request, condition);
}

static void aim_envp(struct generator *generator, struct oracle_request *request,
		     const struct oracle_condition *condition)
{
	const struct oracle_string *name = condition->name;
	struct kl_text value;
	char *copy;

	if (!request->args.envc ||
	    (condition->right == RIGHT_NULL && !condition->negated))
		return;
	value = string_for(generator, request, condition);
	copy = arena_get(&generator->passing, name->length + value.length + 1);
	memcpy(copy, name->raw, name->length);
	copy[name->length] = '=';
	memcpy(copy + name->length + 1, value.data, value.length);
	request->strings[request->args.argc +
			 random_below(&generator->random, request->args.envc)] =
		(struct kl_text){ copy, name->length + 1 + value.length };
}

/* Make a condition true, with luck. */
static void aim_at(struct generator *generator, struct oracle_request *request,
		   const struct oracle_condition *condition)
{
	u8 left = condition->left;

	switch (oracle_left_type(left)) {
	case LEFT_ARGV:
		aim_argv(generator, request, condition);
		break;
	case LEFT_ENVP:
		aim_envp(generator, request, condition);
		break;
	case LEFT_STRING:
		if (condition->right != RIGHT_NULL)
			request->text[left] = string_for(generator, request, condition);
		break;
	case LEFT_IP:
		request->ip = ip_for(generator, condition);
		break;
	case LEFT_ANCESTOR:
		aim_ancestor(generator, request, condition);
		break;
	case LEFT_HISTORY:
		aim_history(generator, request, condition);
		break;
	default:
		request->number[left] = number_for(generator, request, condition);
		if (kl_slot_type(left) == KL_FILEPERM)
			request->number[left] &= 07777;
		else if (kl_slot_type(left) == KL_FILETYPE)
			request->number[left] &= 0170000;
	}
}

static void aim_at_rule(struct generator *generator, struct oracle_request *request,
			const struct oracle_rule *rule)
{
	u32 i;

	for (i = 0; i < rule->count; i++) {
		struct oracle_condition condition = rule->conditions[i];

		condition.left = oracle_slot(rule->op, condition.left, request->op);
		if (condition.right == RIGHT_ATTRIBUTE)
			condition.right_slot = oracle_slot(rule->op, condition.right_slot,
							   request->op);
		aim_at(generator, request, &condition);
	}
}

/* Some line of a list or of the groups it uses; NULL: of one without any. */
static const struct oracle_rule *some_rule(struct generator *generator,
					   const struct oracle_list *list)
{
	const struct oracle_rule *rule = NULL;

	while (list && list->live) {
		rule = list->sorted[random_below(&generator->random, list->live)];
		if (rule->kind != KL_RULE_USE)
			return rule;
		list = rule->used;
	}
	return NULL;
}

static void aim(struct generator *generator, const struct oracle_policy *policy,
		struct oracle_request *request)
{
	const struct oracle_block *block;
	const struct oracle_rule *rule;
	u32 tries;

	for (tries = 0; tries < 20 && policy->live; tries++) {
		block = policy->sorted[random_below(&generator->random, policy->live)];
		if (block->op != request->op)
			continue;
		aim_at_rule(generator, request, &block->head);
		rule = random_chance(&generator->random, 85) ?
			       some_rule(generator, &block->list) : NULL;
		if (rule)
			aim_at_rule(generator, request, rule);
		return;
	}
}

static void fill_args(struct generator *generator, struct oracle_request *request)
{
	u64 *random = &generator->random;
	u32 i;

	request->args.argc = random_below(random, 6);
	request->args.envc = random_below(random, 6);
	request->args.text = request->strings;
	for (i = 0; i < request->args.argc + request->args.envc; i++) {
		struct kl_text value = some_string(generator, &generator->passing);
		const char *name = variable_names[random_below(random, VARIABLE_NAMES)];
		char *copy;

		request->strings[i] = value;
		if (i < request->args.argc || random_chance(random, 10))
			continue;
		copy = arena_get(&generator->passing, strlen(name) + value.length + 2);
		request->strings[i].length = sprintf(copy, "%s=", name) + value.length;
		memcpy(copy + strlen(name) + 1, value.data, value.length);
		request->strings[i].data = copy;
	}
}

static void fill_slots(struct generator *generator, struct oracle_request *request)
{
	u32 slot;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++) {
		if (!kl_slot_exists(request->op, slot))
			continue;
		request->state[slot] = STATE_PRESENT;
		if (kl_slot_type(slot) == KL_STRING)
			request->text[slot] = some_string(generator, &generator->passing);
		else
			request->number[slot] = some_value(generator, slot);
	}
	request->ip = some_ip(generator);
	request->history.count = random_below(&generator->random, 5);
	request->history.truncated = random_chance(&generator->random, 25);
	for (slot = 0; slot < request->history.count; slot++)
		request->history.programs[slot] =
			some_string(generator, &generator->passing);
}

/* Packed by the engine, which has tests of its own for that. */
static void pack_history(struct generator *generator, struct oracle_history *history)
{
	struct kl_history *packed = arena_get(&generator->passing, sizeof(*packed)), *next;
	u32 i;

	for (i = 0; i < history->count; i++) {
		struct kl_program program = { history->programs[i], i, i, i & 1 };

		next = arena_get(&generator->passing, kl_history_grown(packed, &program));
		kl_history_grow(next, packed, &program);
		packed = next;
	}
	packed->truncated = history->truncated;
	history->packed = packed;
}

/* Take some values away: of some requests none, of some many. */
static void take_values(struct generator *generator, struct oracle_request *request)
{
	u64 *random = &generator->random;
	u32 absent = random_chance(random, 40) ? random_below(random, 30) : 0;
	u32 unknown = random_chance(random, 30) ? random_below(random, 25) : 0;
	u32 slot, i;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++) {
		if (request->state[slot] != STATE_PRESENT)
			continue;
		if (random_chance(random, absent) && slot < KL_SLOT_ARGV)
			request->state[slot] = STATE_ABSENT;
		else if (random_chance(random, unknown))
			request->state[slot] = STATE_UNKNOWN;
	}
	for (i = 0; i < request->args.argc + request->args.envc; i++)
		if (random_chance(random, unknown))
			request->strings[i] = (struct kl_text){ NULL, 0 };
}

static void plan_collecting(struct generator *generator, struct oracle_request *request)
{
	static const u32 shares[] = { 0, 0, 100, 50, 80 };
	u64 *random = &generator->random;
	u32 share = shares[random_below(random, ARRAY_SIZE(shares))], slot;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++)
		if (random_chance(random, share))
			kl_slot_add(request->early, slot);
	for (slot = 0; slot < 2; slot++)
		request->hint[slot] = random_chance(random, 70);
}

void generate_request(struct generator *generator, const struct oracle_policy *policy,
		      struct oracle_request *request)
{
	u64 *random = &generator->random;

	arena_drop(&generator->passing);
	memset(request, 0, sizeof(*request));
	request->op = random_chance(random, 90) ? generator->ops[0] :
		      generator->ops[random_below(random, generator->op_count)];
	if (random_chance(random, 1))
		request->op = random_below(random, KL_OP_COUNT);
	fill_slots(generator, request);
	if (kl_op_table[request->op].flags & KL_OP_ARGS)
		fill_args(generator, request);
	if (random_chance(random, 85))
		aim(generator, policy, request);
	pack_history(generator, &request->history);
	take_values(generator, request);
	plan_collecting(generator, request);
}
