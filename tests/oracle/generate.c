// SPDX-License-Identifier: GPL-2.0
/*
 * Policies that indexes have something to do with: one kind of condition
 * prevails in each, in lists of one to two thousand lines, over strings that
 * share beginnings and ends, numbers that overlap, groups of up to five
 * hundred.
 */
#include "match.h"
#include "text.h"
#include "vocabulary.h"

/* Layout of the lines of a policy. */
enum layout { ONE_BLOCK, MANY_BLOCKS, MIXED, LAYOUTS };

/* The condition that prevails in a policy. */
static const struct shape {
	enum oracle_type left;
	enum oracle_right right;
	u8 weight;
} shapes[] = {
	{ LEFT_STRING, RIGHT_LITERAL, 14 },
	{ LEFT_STRING, RIGHT_PATTERN, 16 },
	{ LEFT_STRING, RIGHT_GROUP, 10 },
	{ LEFT_NUMBER, RIGHT_NUMBER, 6 },
	{ LEFT_NUMBER, RIGHT_RANGE, 8 },
	{ LEFT_NUMBER, RIGHT_GROUP, 6 },
	{ LEFT_PERM, RIGHT_KEYWORD, 3 },
	{ LEFT_PERM, RIGHT_RANGE, 3 },
	{ LEFT_PERM, RIGHT_GROUP, 2 },
	{ LEFT_TYPE, RIGHT_KEYWORD, 2 },
	{ LEFT_IP, RIGHT_ADDRESS, 5 },
	{ LEFT_IP, RIGHT_ADDRESSES, 5 },
	{ LEFT_IP, RIGHT_CIDR, 5 },
	{ LEFT_IP, RIGHT_GROUP, 5 },
	{ LEFT_ARGV, RIGHT_LITERAL, 5 },
	{ LEFT_ARGV, RIGHT_PATTERN, 5 },
	{ LEFT_ARGV, RIGHT_NULL, 2 },
	{ LEFT_ENVP, RIGHT_LITERAL, 5 },
	{ LEFT_ENVP, RIGHT_PATTERN, 5 },
	{ LEFT_ENVP, RIGHT_GROUP, 4 },
	{ LEFT_STRING, RIGHT_ATTRIBUTE, 3 },
	{ LEFT_ANCESTOR, RIGHT_LITERAL, 4 },
	{ LEFT_ANCESTOR, RIGHT_PATTERN, 4 },
	{ LEFT_ANCESTOR, RIGHT_GROUP, 3 },
	{ LEFT_HISTORY, RIGHT_LITERAL, 3 },
	{ LEFT_HISTORY, RIGHT_PATTERN, 6 },
	{ LEFT_HISTORY, RIGHT_GROUP, 4 },
};

/**
 * struct draft - a policy in the making
 * @shape, @shape_slot: the condition that prevails
 * @negated: percent of the prevailing conditions
 * @denies: percent of the sub-entries
 * @grouped: lines are made for a rule group
 * @identities, @identity_room: hashes of lines, to have none twice
 */
struct draft {
	struct generator *generator;
	u64 *random;
	struct oracle_policy *policy;
	const struct shape *shape;
	u8 shape_slot;
	u32 negated;
	u32 denies;
	bool grouped;
	u64 *identities;
	u32 identity_room;
};

/*
 * Spans and groups.
 */
static void fill_ip_span(struct generator *generator, struct oracle_span *span,
			 enum oracle_right right)
{
	struct kl_ip a = some_ip(generator), b = some_ip(generator);
	int bits = a.family == KL_IPV4 ? 32 : 128, i;
	bool ascending;

	span->prefix = -1;
	span->single = right == RIGHT_ADDRESS;
	span->ip_low = a;
	span->ip_high = a;
	if (right == RIGHT_ADDRESSES) {
		while (b.family != a.family)
			b = some_ip(generator);
		if (random_chance(&generator->random, 60))
			memcpy(b.bytes, a.bytes, bits / 8 - 1);
		ascending = memcmp(a.bytes, b.bytes, sizeof(a.bytes)) < 0;
		span->ip_low = ascending ? a : b;
		span->ip_high = ascending ? b : a;
	} else if (right == RIGHT_CIDR) {
		span->prefix = random_chance(&generator->random, 70) ?
			       bits - (int)random_below(&generator->random, 12) :
			       (int)random_below(&generator->random, bits + 1);
		for (i = span->prefix; i < bits; i++) {
			span->ip_low.bytes[i / 8] &= ~(0x80 >> i % 8);
			span->ip_high.bytes[i / 8] |= 0x80 >> i % 8;
		}
	}
}

static void fill_span(struct generator *generator, struct oracle_span *span, u8 slot,
		      enum oracle_right right)
{
	u64 *random = &generator->random;
	u64 other;

	span->low = some_number(generator);
	if (kl_slot_type(slot) == KL_FILEPERM && random_chance(random, 80))
		span->low &= 07777;
	span->high = span->low;
	span->single = right == RIGHT_NUMBER;
	if (span->single && kl_number_names(slot) && random_chance(random, 60)) {
		do
			span->low = random_below(random, KL_NAMED_MAX);
		while (!kl_number_name(slot, span->low));
		span->high = span->low;
		span->radix[0] = KL_NAMED;
		return;
	}
	span->radix[0] = random_below(random, 3);
	span->radix[1] = random_below(random, 3);
	if (right != RIGHT_RANGE)
		return;
	other = random_chance(random, 50) ? span->low + random_below(random, 20) :
					    some_number(generator);
	span->high = max(span->low, other);
	span->low = min(span->low, other);
}

static struct oracle_group *find_group(struct draft *draft, enum kl_group_kind kind)
{
	struct oracle_policy *policy = draft->policy;
	u32 from = random_below(draft->random, policy->group_count), i;

	for (i = 0; i < policy->group_count; i++) {
		struct oracle_group *group =
			&policy->groups[(from + i) % policy->group_count];

		if (group->kind == kind)
			return group;
	}
	return NULL;
}

/* May it be a member? As a word, or by its "=>" as a pattern of histories. */
static bool is_member(const char *text)
{
	if (!*text || *text == '#')
		return false;
	return strstr(text, "=>") || oracle_word(text, strlen(text)) == ORACLE_VALID;
}

static void fill_member(struct draft *draft, struct oracle_group *group,
			struct oracle_member *member)
{
	struct generator *generator = draft->generator;
	u64 *random = draft->random;

	if (group->kind == KL_NUMBER_GROUP) {
		fill_span(generator, &member->span, KL_SLOT_TASK_UID,
			  random_chance(random, 50) ? RIGHT_NUMBER : RIGHT_RANGE);
		/* A wide range among many would hold everything. */
		if (group->count > 3 && member->span.high - member->span.low > 500)
			member->span.high = member->span.low + 5;
		return;
	}
	if (group->kind == KL_IP_GROUP) {
		fill_ip_span(generator, &member->span,
			     RIGHT_ADDRESS + random_below(random, 3));
		return;
	}
	if (random_chance(random, 10)) {
		do
			member->word = make_lineage(generator, random_chance(random, 50));
		while (!is_member(member->word->text));
		return;
	}
	do
		member->word = make_word(generator,
					 some_string(generator, &generator->memory),
					 random_chance(random, 60));
	while (!*member->word->text || *member->word->text == '#');
}

static void make_groups(struct draft *draft, u32 most)
{
	static const u8 usual[] = { 50, 35, 15 }, prevailing[] = { 10, 40, 50 };
	static const u32 counts[] = { 4, 40, 500 };
	struct oracle_policy *policy = draft->policy;
	u64 *random = draft->random;
	u32 i, j;

	policy->group_count = random_between(random, KL_GROUP_KINDS, 9);
	policy->groups = arena_get(&draft->generator->memory,
				   policy->group_count * sizeof(*policy->groups));
	for (i = 0; i < policy->group_count; i++) {
		struct oracle_group *group = &policy->groups[i];
		u32 size = random_weighted(random, draft->shape->right == RIGHT_GROUP ?
					   prevailing : usual, ARRAY_SIZE(usual));

		group->kind = i % KL_GROUP_KINDS;
		snprintf(group->name, sizeof(group->name), "G%u", i);
		group->late = random_chance(random, 30);
		group->count = random_between(random, 1, min(most, counts[size]));
		draft->generator->cost = max(draft->generator->cost, group->count);
		group->members = arena_get(&draft->generator->memory,
					   group->count * sizeof(*group->members));
		for (j = 0; j < group->count; j++)
			fill_member(draft, group, &group->members[j]);
	}
}

/*
 * Conditions.
 */
static bool may_stand_right(u8 slot)
{
	return slot != KL_SLOT_IP && slot < KL_SLOT_ARGV;
}

/* Some slot that the operation has; -1 if it has none of the type. */
static int pick_slot(u64 *random, u8 op, enum oracle_type type, bool right)
{
	u8 slots[KL_SLOT_COUNT];
	u32 slot, count = 0;

	for (slot = 0; slot < KL_SLOT_TRANSITION; slot++)
		if (kl_slot_exists(op, slot) && (!right || may_stand_right(slot)) &&
		    oracle_left_type(slot) == type)
			slots[count++] = slot;
	return count ? slots[random_below(random, count)] : -1;
}

/* Names of objects are what policies are mostly about. */
static u8 pick_left(u64 *random, u8 op)
{
	static const u8 weights[] = { 16, 10, 5, 40, 30, 40, 20, 10, 10 };
	int slot;

	if (random_chance(random, 25) && kl_slot_exists(op, KL_SLOT_OBJECT0))
		return KL_SLOT_OBJECT0;
	do
		slot = pick_slot(random, op, random_weighted(random, weights, LEFT_COUNT),
				 false);
	while (slot < 0);
	return slot;
}

static enum oracle_right pick_right(u64 *random, enum oracle_type left)
{
	static const u8 weights[LEFT_COUNT][RIGHT_COUNT] = {
		[LEFT_NUMBER] = { [RIGHT_NUMBER] = 35, [RIGHT_RANGE] = 25,
				  [RIGHT_GROUP] = 20, [RIGHT_EMPTY_GROUP] = 4,
				  [RIGHT_ATTRIBUTE] = 16 },
		[LEFT_PERM] = { [RIGHT_NUMBER] = 15, [RIGHT_RANGE] = 20,
				[RIGHT_KEYWORD] = 30, [RIGHT_GROUP] = 15,
				[RIGHT_EMPTY_GROUP] = 14, [RIGHT_ATTRIBUTE] = 15 },
		[LEFT_TYPE] = { [RIGHT_KEYWORD] = 75, [RIGHT_ATTRIBUTE] = 25 },
		[LEFT_STRING] = { [RIGHT_LITERAL] = 32, [RIGHT_PATTERN] = 34,
				  [RIGHT_NULL] = 4, [RIGHT_GROUP] = 16,
				  [RIGHT_EMPTY_GROUP] = 4, [RIGHT_ATTRIBUTE] = 10 },
		[LEFT_ARGV] = { [RIGHT_LITERAL] = 25, [RIGHT_PATTERN] = 25,
				[RIGHT_NULL] = 15, [RIGHT_GROUP] = 15,
				[RIGHT_EMPTY_GROUP] = 8, [RIGHT_ATTRIBUTE] = 12 },
		[LEFT_ENVP] = { [RIGHT_LITERAL] = 25, [RIGHT_PATTERN] = 25,
				[RIGHT_NULL] = 15, [RIGHT_GROUP] = 15,
				[RIGHT_EMPTY_GROUP] = 8, [RIGHT_ATTRIBUTE] = 12 },
		[LEFT_IP] = { [RIGHT_ADDRESS] = 25, [RIGHT_ADDRESSES] = 25,
			      [RIGHT_CIDR] = 20, [RIGHT_GROUP] = 22,
			      [RIGHT_EMPTY_GROUP] = 14 },
		[LEFT_ANCESTOR] = { [RIGHT_LITERAL] = 30, [RIGHT_PATTERN] = 30,
				    [RIGHT_NULL] = 10, [RIGHT_GROUP] = 20,
				    [RIGHT_EMPTY_GROUP] = 10 },
		[LEFT_HISTORY] = { [RIGHT_LITERAL] = 25, [RIGHT_PATTERN] = 35,
				   [RIGHT_NULL] = 10, [RIGHT_GROUP] = 20,
				   [RIGHT_EMPTY_GROUP] = 10 },
	};

	return random_weighted(random, weights[left], RIGHT_COUNT);
}

static u64 pick_keyword(u64 *random, u8 slot)
{
	static const u64 types[] = {
		0100000, 040000, 0120000, 010000, 0140000, 060000, 020000,
	};

	if (kl_slot_type(slot) == KL_FILETYPE)
		return types[random_below(random, ARRAY_SIZE(types))];
	return 1u << random_below(random, 12);
}

static enum kl_group_kind group_kind(enum oracle_type left)
{
	if (left == LEFT_IP)
		return KL_IP_GROUP;
	return left <= LEFT_PERM ? KL_NUMBER_GROUP : KL_STRING_GROUP;
}

/* Another attribute to compare with. */
static u8 pick_attribute(u64 *random, u8 op, enum oracle_type left)
{
	if (left >= LEFT_STRING)
		left = LEFT_STRING;
	if (left == LEFT_PERM && random_chance(random, 40))
		left = LEFT_NUMBER;
	return pick_slot(random, op, left, true);
}

static void fill_left(struct draft *draft, u8 left, struct oracle_condition *condition)
{
	u64 *random = draft->random;
	const char *name;

	condition->left = left;
	if (left == KL_SLOT_ARGV)
		condition->index = random_chance(random, 95) ?
				   random_below(random, 4) :
				   random_below(random, 1u << 31);
	/* A condition is split at its first '=': there is none in a name. */
	while (left == KL_SLOT_ENVP &&
	       (!condition->name || strchr(condition->name->text, '='))) {
		name = variable_names[random_below(random, VARIABLE_NAMES)];
		condition->name = make_word(draft->generator,
					    (struct kl_text){ name, strlen(name) },
					    random_chance(random, 70));
	}
}

static void fill_condition(struct draft *draft, u8 op, u8 left, enum oracle_right right,
			   struct oracle_condition *condition)
{
	struct generator *generator = draft->generator;
	enum oracle_type type = oracle_left_type(left);

	fill_left(draft, left, condition);
	condition->right = right;
	switch (right) {
	case RIGHT_NUMBER:
	case RIGHT_RANGE:
		fill_span(generator, &condition->span, left, right);
		break;
	case RIGHT_KEYWORD:
		condition->span.low = pick_keyword(draft->random, left);
		break;
	case RIGHT_LITERAL:
	case RIGHT_PATTERN:
		condition->word = type == LEFT_HISTORY ?
			make_lineage(generator, right == RIGHT_LITERAL) :
			make_word(generator, some_string(generator, &generator->memory),
				  right == RIGHT_LITERAL);
		if (condition->word->literal)
			condition->right = RIGHT_LITERAL;
		break;
	case RIGHT_ADDRESS:
	case RIGHT_ADDRESSES:
	case RIGHT_CIDR:
		fill_ip_span(generator, &condition->span, right);
		break;
	case RIGHT_GROUP:
		condition->group = find_group(draft, group_kind(type));
		break;
	case RIGHT_ATTRIBUTE:
		condition->right_slot = pick_attribute(draft->random, op, type);
		break;
	default:
		break;
	}
}

/* One condition: the kind that prevails, or any. */
static void make_condition(struct draft *draft, u8 op, bool prevailing,
			   struct oracle_condition *condition)
{
	u8 left;

	memset(condition, 0, sizeof(*condition));
	condition->span.prefix = -1;
	condition->span.single = true;
	prevailing = prevailing && op == draft->generator->ops[0];
	condition->negated =
		random_chance(draft->random, prevailing ? draft->negated : 30);
	if (prevailing) {
		fill_condition(draft, op, draft->shape_slot, draft->shape->right,
			       condition);
		return;
	}
	left = pick_left(draft->random, op);
	fill_condition(draft, op, left, pick_right(draft->random, oracle_left_type(left)),
		       condition);
}

/*
 * Lines.
 */
static u64 hash_text(const char *text)
{
	u64 hash = 14695981039346656037ull;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ull;
	return hash;
}

/* Has this line not been in the block (or, a head, in the policy) before? */
static bool is_new(struct draft *draft, u32 block, const struct oracle_rule *rule)
{
	struct text text = { 0 };
	u64 hash;
	u32 i;

	if (rule->kind != KL_RULE_BLOCK)
		text_add(&text, "%u ", block);
	text_rule(&text, rule);
	hash = hash_text(text.data) | 1;
	text_free(&text);
	for (i = hash % draft->identity_room; draft->identities[i];
	     i = (i + 1) % draft->identity_room)
		if (draft->identities[i] == hash)
			return false;
	draft->identities[i] = hash;
	return true;
}

static u16 pick_priority(u64 *random)
{
	static const u16 usual[] = { 0, 10, 100, 100, 200, 1000, 1000, 65535 };

	if (random_chance(random, 40))
		return usual[random_below(random, ARRAY_SIZE(usual))];
	return random_below(random, 2000);
}

static void fill_rule(struct draft *draft, u8 op, u8 kind, bool prevailing,
		      struct oracle_rule *rule)
{
	static const u8 extras[] = { 60, 25, 10, 5 };
	u64 *random = draft->random;
	u32 extra = random_weighted(random, extras, ARRAY_SIZE(extras)), at, i;

	prevailing = prevailing && random_chance(random, 92);
	rule->kind = kind;
	rule->op = op;
	rule->used = NULL;
	rule->priority = pick_priority(random);
	rule->count = extra + prevailing;
	if (!rule->count && random_chance(random, 85))
		rule->count = 1;
	at = rule->count ? random_below(random, rule->count) : 0;
	rule->conditions = arena_get(&draft->generator->memory,
				     4 * sizeof(*rule->conditions));
	for (i = 0; i < rule->count; i++)
		make_condition(draft, op, prevailing && i == at, &rule->conditions[i]);
	rule->domain = NULL;
	if (kind == KL_RULE_ALLOW && !draft->grouped && kl_slot_exists(op, KL_SLOT_TRANSITION) &&
	    random_chance(random, 30))
		rule->domain =
			draft->policy->domains[random_below(random, ORACLE_DOMAINS)];
}

static void make_rule(struct draft *draft, u32 block, u8 op, u8 kind, bool prevailing,
		      struct oracle_rule *rule)
{
	do
		fill_rule(draft, op, kind, prevailing, rule);
	while (!is_new(draft, block, rule));
}

/* What is only told of cannot be denied. */
static u8 pick_kind(struct draft *draft, u8 op)
{
	if (kl_op_table[op].flags & KL_OP_LOG_ONLY)
		return KL_RULE_ALLOW;
	return random_chance(draft->random, draft->denies) ? KL_RULE_DENY : KL_RULE_ALLOW;
}

/* May a block of an operation use a rule group? */
static bool list_suits(const struct oracle_list *list, u8 op)
{
	u32 i, c;

	for (i = 0; i < list->count; i++) {
		const struct oracle_rule *rule = &list->rules[i];

		if (rule->kind == KL_RULE_USE && !list_suits(rule->used, op))
			return false;
		if (rule->kind == KL_RULE_DENY &&
		    kl_op_table[op].flags & KL_OP_LOG_ONLY)
			return false;
		for (c = 0; c < rule->count; c++) {
			const struct oracle_condition *condition = &rule->conditions[c];

			if (oracle_slot(rule->op, condition->left, op) < 0 ||
			    (condition->right == RIGHT_ATTRIBUTE &&
			     oracle_slot(rule->op, condition->right_slot, op) < 0))
				return false;
		}
	}
	return true;
}

/* Some rule group from @from on that an operation may use, or NULL. */
static const struct oracle_list *pick_list(struct draft *draft, u32 from, u8 op)
{
	struct oracle_policy *policy = draft->policy;
	u32 count = policy->list_count - from, first, i;

	if (!count)
		return NULL;
	first = random_below(draft->random, count);
	for (i = 0; i < count; i++) {
		const struct oracle_list *list =
			&policy->lists[from + (first + i) % count];

		if (list_suits(list, op))
			return list;
	}
	return NULL;
}

static bool make_use(struct draft *draft, u32 number, const struct oracle_list *used, u8 op,
		     struct oracle_rule *rule)
{
	if (!used)
		return false;
	memset(rule, 0, sizeof(*rule));
	rule->kind = KL_RULE_USE;
	rule->op = op;
	rule->used = used;
	rule->priority = pick_priority(draft->random);
	return is_new(draft, number, rule);
}

static void make_rules(struct draft *draft, struct oracle_list *list, u32 number, u8 op,
		       u32 count, u32 uses, u32 first_used, bool prevailing)
{
	struct arena *memory = &draft->generator->memory;
	u32 i;

	list->op = op;
	list->count = count;
	list->rules = arena_get(memory, count * sizeof(*list->rules));
	list->sorted = arena_get(memory, count * sizeof(*list->sorted));
	for (i = 0; i < count; i++) {
		if (random_chance(draft->random, uses) &&
		    make_use(draft, number, pick_list(draft, first_used, op), op,
			     &list->rules[i]))
			continue;
		make_rule(draft, number, op, pick_kind(draft, op), prevailing,
			  &list->rules[i]);
	}
}

/* Rule groups, for the operation that prevails or another; the last one first. */
static void make_lists(struct draft *draft, u32 lines)
{
	struct oracle_policy *policy = draft->policy;
	struct generator *generator = draft->generator;
	u64 *random = draft->random;
	u32 i;

	policy->list_count = random_chance(random, 60) ?
				     random_between(random, 1, ORACLE_LISTS) : 0;
	draft->grouped = true;
	for (i = policy->list_count; i--;) {
		struct oracle_list *list = &policy->lists[i];
		u8 op = generator->ops[random_chance(random, 60) ? 0 :
				       random_below(random, generator->op_count)];

		snprintf(list->name, sizeof(list->name), "R%u", i);
		list->late = random_chance(random, 30);
		make_rules(draft, list, ~i, op, random_below(random, min(lines, 12u) + 1),
			   20, i + 1, random_chance(random, 50));
	}
	draft->grouped = false;
}

static void make_block(struct draft *draft, u32 number, u8 op, u32 rules, bool heads)
{
	struct oracle_block *block = &draft->policy->blocks[number];
	u64 *random = draft->random;
	u32 count;

	block->op = op;
	block->permissive = random_chance(random, 8);
	make_rule(draft, number, op, KL_RULE_BLOCK, heads, &block->head);
	if (!heads && random_chance(random, 60)) {
		/* Mostly open to every request, so that the sub-entries count. */
		count = block->head.count;
		block->head.count = 0;
		if (!is_new(draft, number, &block->head))
			block->head.count = count;
	}
	/* Each use of a long list is as many lines again. */
	make_rules(draft, &block->list, number, op, rules, rules > 60 ? 2 : 8, 0, !heads);
	block->split = random_chance(random, 85) ? rules :
						   random_below(random, rules + 1);
}

/* Blocks of the layout, and a few stray ones behind them. */
static void make_blocks(struct draft *draft, enum layout layout, u32 lines)
{
	struct oracle_policy *policy = draft->policy;
	struct generator *generator = draft->generator;
	u64 *random = draft->random;
	u32 i, main = layout == ONE_BLOCK ? 1 : layout == MANY_BLOCKS ? lines :
		      lines / 4 + 1;

	policy->block_count = main + random_below(random, 4);
	policy->blocks = arena_get(&generator->memory,
				   policy->block_count * sizeof(*policy->blocks));
	policy->sorted = arena_get(&generator->memory,
				   policy->block_count * sizeof(*policy->sorted));
	draft->identity_room = (lines * 4 + policy->block_count) * 4 + 64 +
			       ORACLE_LISTS * 12 * 4;
	draft->identities = calloc(draft->identity_room, sizeof(u64));
	make_lists(draft, lines);
	for (i = 0; i < policy->block_count; i++) {
		bool whole = i < main && layout == ONE_BLOCK;
		u32 rules = whole ? lines : random_below(random,
							 layout == MANY_BLOCKS ? 3 : 8);
		u8 op = whole || (i < main && random_chance(random, 70)) ?
			generator->ops[0] :
			generator->ops[random_below(random, generator->op_count)];

		make_block(draft, i, op, rules, i < main && (layout == MANY_BLOCKS ||
			   (layout == MIXED && random_chance(random, 50))));
	}
	free(draft->identities);
}

static u8 pick_op(u64 *random)
{
	static const u8 often[] = {
		KL_OP_READ, KL_OP_WRITE, KL_OP_EXECUTE, KL_OP_ENVIRON, KL_OP_RENAME,
		KL_OP_MOUNT, KL_OP_CREATE, KL_OP_CHMOD, KL_OP_INET_STREAM_CONNECT,
		KL_OP_INET_DGRAM_SEND, KL_OP_INET_RAW_BIND, KL_OP_UNIX_STREAM_CONNECT,
	};

	if (random_chance(random, 70))
		return often[random_below(random, ARRAY_SIZE(often))];
	return random_below(random, KL_OP_COUNT);
}

/* The mode counts most where it does not count for all. */
static bool pick_mode(struct draft *draft)
{
	u32 i;

	for (i = 0; i < draft->generator->op_count; i++)
		if (draft->generator->ops[i] == KL_OP_MODIFY_POLICY ||
		    draft->generator->ops[i] == KL_OP_MANUAL_DOMAIN_TRANSITION)
			return random_chance(draft->random, 50);
	return random_chance(draft->random, 4);
}

/* An operation that has what prevails, and some others. */
static void pick_ops(struct draft *draft)
{
	struct generator *generator = draft->generator;
	u64 *random = draft->random;
	int slot;
	u32 i;

	do {
		generator->ops[0] = pick_op(random);
		slot = pick_slot(random, generator->ops[0], draft->shape->left, false);
		if (draft->shape->left == LEFT_STRING && random_chance(random, 75) &&
		    kl_slot_exists(generator->ops[0], KL_SLOT_OBJECT0))
			slot = KL_SLOT_OBJECT0;
	} while (slot < 0);
	draft->shape_slot = slot;
	generator->op_count = random_between(random, 1, ARRAY_SIZE(generator->ops));
	for (i = 1; i < generator->op_count; i++)
		generator->ops[i] = pick_op(random);
}

static const struct shape *pick_shape(u64 *random)
{
	u8 weights[ARRAY_SIZE(shapes)];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(shapes); i++)
		weights[i] = shapes[i].weight;
	return &shapes[random_weighted(random, weights, ARRAY_SIZE(shapes))];
}

void generate_policy(struct generator *generator, struct oracle_policy *policy)
{
	static const u8 sizes[] = { 45, 36, 16, 3 };
	static const u32 most[][2] = {
		{ 1, 12 }, { 12, 60 }, { 60, 300 }, { 300, 2000 }
	};
	struct draft draft = { .generator = generator, .random = &generator->random,
			       .policy = policy };
	u32 size = random_weighted(draft.random, sizes, ARRAY_SIZE(sizes)), lines, i;

	oracle_forget();
	arena_drop(&generator->memory);
	memset(policy, 0, sizeof(*policy));
	policy->looks = random_next(draft.random);
	draft.shape = pick_shape(draft.random);
	draft.negated = random_chance(draft.random, 70) ? 3 : 40;
	draft.denies = random_between(draft.random, 20, 62);
	lines = random_between(draft.random, most[size][0], most[size][1]);
	generator->wide = size >= 2 || random_chance(draft.random, 20);
	generator->cost = 0;
	pick_ops(&draft);
	vocabulary_make(generator, lines);
	/* The first one is "", which prints as NULL: stay. */
	for (i = 1; i < ORACLE_DOMAINS; i++)
		snprintf(policy->domains[i], sizeof(policy->domains[i]), "d%u\\040x", i);
	make_groups(&draft, size < 2 ? 500 : 4);
	policy->permissive = pick_mode(&draft);
	make_blocks(&draft, random_below(draft.random, LAYOUTS), lines);
	oracle_sort(policy);
	generator->cost = 10 + (draft.shape->right == RIGHT_GROUP ?
				lines * generator->cost / 2 : lines);
}
