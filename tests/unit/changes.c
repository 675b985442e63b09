// SPDX-License-Identifier: GPL-2.0
/*
 * 10,000 random transactions against an oracle that knows nothing but texts: lines
 * are the same if their texts are. Its words are few, so that most lines meet one
 * that is there. If this fails, some sequence of edits leaves a policy that nobody
 * wrote, or does not come undone.
 */
#include "snapshot.h"

#define RULES_MAX 32
#define BLOCKS_MAX 64
#define GROUPS_MAX 4
#define MEMBERS_MAX 4
#define INDEXES 3

struct oracle_rule {
	const char *verb;
	unsigned int priority;
	const char *conditions;
	const char *label;
	u64 order;
	u64 hits;
};

struct oracle_block {
	int op;
	unsigned int audit;
	struct oracle_rule head;
	struct oracle_rule rules[RULES_MAX];
	int count;
};

struct oracle_group {
	const char *name;
	const char *members[MEMBERS_MAX];
	int count;
};

struct oracle {
	struct oracle_block blocks[BLOCKS_MAX];
	int count;
	struct oracle_group groups[KL_GROUP_KINDS][GROUPS_MAX];
	int group_count[KL_GROUP_KINDS];
	bool named[INDEXES];
	unsigned int limits[INDEXES][KL_RESULTS];
	unsigned int memory[KL_MEMORY_KINDS];
	bool drop_oldest;
	u64 order;
	u64 updates;
};

static const char *const group_verbs[] = { "string_group", "number_group", "ip_group" };
static const char *const group_names[] = { "S", "T", "U" };
static const char *const members[KL_GROUP_KINDS][3] = {
	{ "/a", "/b", "\\*" },
	{ "0", "00", "1-0x1F" },
	{ "::1", "10.0.0.0/8", "1.2.3.4-1.2.3.4" },
};
static const char *const labels[] = { "x", "y", "long.label_0-9" };
static const unsigned int priorities[] = { 0, 1000, 65535 };

/* Conditions of three operations, and the groups that they use, by kind. */
static const struct {
	int op;
	const char *keyword;
	struct {
		const char *text;
		const char *uses[KL_GROUP_KINDS];
	} conditions[4];
} operations[] = {
	{ KL_OP_EXECUTE,
	  "execute",
	  { { "", { 0 } },
	    { " path=\"/a\" task.uid=0", { 0 } },
	    { " task.uid=0 path=\"/a\"", { 0 } },
	    { " argv[1]=@S envp[\"X\"]!=NULL task.uid!=@S", { "S", "S", NULL } } } },
	{ KL_OP_READ,
	  "read",
	  { { " path=@T", { "T", NULL, NULL } },
	    { " path!=@T", { "T", NULL, NULL } },
	    { " path.perm=@U path.type=fifo", { NULL, "U", NULL } },
	    { " path.uid=00", { 0 } } } },
	{ KL_OP_INET_STREAM_CONNECT,
	  "inet_stream_connect",
	  { { "", { 0 } },
	    { " ip=@S", { NULL, NULL, "S" } },
	    { " ip=@T port=@S", { NULL, "S", "T" } },
	    { " ip=10.0.0.0/8 task.exe=@S", { "S", NULL, NULL } } } },
};

/**
 * struct generator - a transaction being made up
 * @oracle: changed along with it
 * @old: what a replacement replaces, or NULL
 * @text: its lines
 * @seed: of all randomness
 * @selected: the block, or -1
 * @twin: the same block in @old, or -1
 */
struct generator {
	struct oracle *oracle;
	const struct oracle *old;
	struct text text;
	unsigned int seed;
	int selected;
	int twin;
};

/* What has been made up, so that no kind can be missing unnoticed. */
enum tally {
	HEAD_ADDED,
	HEAD_OPENED,
	HEAD_DELETED,
	HEAD_MISSED,
	RULE_ADDED,
	RULE_KEPT,
	RULE_DELETED,
	RULE_MISSED,
	LABELLED,
	UNLABELLED,
	AUDITED,
	MEMBER_ADDED,
	MEMBER_KEPT,
	MEMBER_DELETED,
	MEMBER_MISSED,
	QUOTA_SET,
	QUOTA_DELETED,
	GROUP_DROPPED,
	HITS_KEPT,
	REVERTED,
	REPLACED,
	REFUSED,
	TALLIES
};
static unsigned int tally[TALLIES];

static unsigned int pick(struct generator *g, unsigned int n)
{
	return rand_r(&g->seed) / 7 % n;
}

static void put_space(struct generator *g)
{
	static const char *const spaces[] = { " ", "  ", "\t", " \x80 " };

	text_printf(&g->text, "%s", pick(g, 8) ? " " : spaces[pick(g, 4)]);
}

static int find_block(const struct oracle *o, int op, unsigned int priority,
		      const char *conditions)
{
	for (int i = 0; i < o->count; i++)
		if (o->blocks[i].op == op && o->blocks[i].head.priority == priority &&
		    !strcmp(o->blocks[i].head.conditions, conditions))
			return i;
	return -1;
}

static int find_rule(const struct oracle_block *block, const char *verb,
		     unsigned int priority, const char *conditions)
{
	for (int i = 0; i < block->count; i++)
		if (!strcmp(block->rules[i].verb, verb) &&
		    block->rules[i].priority == priority &&
		    !strcmp(block->rules[i].conditions, conditions))
			return i;
	return -1;
}

static struct oracle_group *find_group(struct oracle *o, int kind, const char *name,
				       bool make)
{
	struct oracle_group *group = o->groups[kind];

	for (int i = 0; i < o->group_count[kind]; i++, group++)
		if (!strcmp(group->name, name))
			return group;
	if (!make)
		return NULL;
	assert_in_range(o->group_count[kind]++, 0, GROUPS_MAX - 1);
	memset(group, 0, sizeof(*group));
	group->name = name;
	return group;
}

/* The place of some conditions in the table above. */
static int find_use(int op, const char *conditions, int *operation)
{
	for (*operation = 0; operations[*operation].op != op; ++*operation)
		;
	for (int i = 0; i < 4; i++)
		if (!strcmp(operations[*operation].conditions[i].text, conditions))
			return i;
	fail_msg("no such conditions: %s", conditions);
	return -1;
}

static void make_groups_used(struct oracle *o, int op, const char *conditions)
{
	int operation, i = find_use(op, conditions, &operation);

	for (int kind = 0; kind < KL_GROUP_KINDS; kind++)
		if (operations[operation].conditions[i].uses[kind])
			find_group(o, kind,
				   operations[operation].conditions[i].uses[kind], true);
}

static bool line_uses(int op, const char *conditions, int kind, const char *name)
{
	int operation, i = find_use(op, conditions, &operation);
	const char *use = operations[operation].conditions[i].uses[kind];

	return use && !strcmp(use, name);
}

static bool is_used(const struct oracle *o, int kind, const char *name)
{
	for (int i = 0; i < o->count; i++) {
		const struct oracle_block *block = &o->blocks[i];

		if (line_uses(block->op, block->head.conditions, kind, name))
			return true;
		for (int j = 0; j < block->count; j++)
			if (line_uses(block->op, block->rules[j].conditions, kind, name))
				return true;
	}
	return false;
}

static void drop_idle_groups(struct oracle *o)
{
	for (int kind = 0; kind < KL_GROUP_KINDS; kind++)
		for (int i = o->group_count[kind] - 1; i >= 0; i--) {
			struct oracle_group *group = &o->groups[kind][i];

			if (group->count || is_used(o, kind, group->name))
				continue;
			memmove(group, group + 1,
				(--o->group_count[kind] - i) * sizeof(*group));
			tally[GROUP_DROPPED]++;
		}
}

/* The line's first words: delete and priority. */
static bool put_start(struct generator *g, unsigned int deletes, unsigned int *priority)
{
	bool delete = pick(g, 100) < deletes;

	if (!pick(g, 6))
		put_space(g);
	if (delete) {
		text_printf(&g->text, "delete");
		put_space(g);
	}
	*priority = priorities[pick(g, 3)];
	if (*priority != 1000 || pick(g, 2)) {
		text_printf(&g->text, "%u", *priority);
		put_space(g);
	}
	return delete;
}

static void make_head(struct generator *g)
{
	unsigned int priority, operation = pick(g, 3);
	struct oracle *o = g->oracle;
	int op = operations[operation].op, at;
	bool delete = put_start(g, 25, &priority);
	const char *conditions = operations[operation].conditions[pick(g, 4)].text;

	text_printf(&g->text, "acl %s%s\n", operations[operation].keyword, conditions);
	at = find_block(o, op, priority, conditions);
	g->selected = -1;
	if (delete) {
		tally[at < 0 ? HEAD_MISSED : HEAD_DELETED]++;
		if (at >= 0) {
			o->blocks[at] = o->blocks[--o->count];
			o->updates++;
		}
		return;
	}
	o->updates++;
	tally[at < 0 ? HEAD_ADDED : HEAD_OPENED]++;
	g->twin = g->old ? find_block(g->old, op, priority, conditions) : -1;
	if (at < 0) {
		assert_in_range(o->count, 0, BLOCKS_MAX - 1);
		at = o->count++;
		o->blocks[at] = (struct oracle_block){
			.op = op,
			.head = { "acl", priority, conditions, NULL, o->order++,
				  g->twin < 0 ? 0 : g->old->blocks[g->twin].head.hits },
		};
		tally[HITS_KEPT] += g->twin >= 0;
		make_groups_used(o, op, conditions);
	}
	g->selected = at;
}

static u64 twin_hits(struct generator *g, const char *verb, unsigned int priority,
		     const char *conditions)
{
	int at;

	if (g->twin < 0)
		return 0;
	at = find_rule(&g->old->blocks[g->twin], verb, priority, conditions);
	if (at < 0)
		return 0;
	tally[HITS_KEPT]++;
	return g->old->blocks[g->twin].rules[at].hits;
}

static void make_rule(struct generator *g)
{
	struct oracle_block *block = &g->oracle->blocks[g->selected];
	const char *verb, *conditions, *label = NULL;
	unsigned int priority;
	bool delete = put_start(g, 25, &priority);
	int operation, at;

	find_use(block->op, block->head.conditions, &operation);
	verb = pick(g, 2) ? "allow" : "deny";
	conditions = operations[operation].conditions[pick(g, 4)].text;
	text_printf(&g->text, "%s%s", verb, conditions);
	if (!pick(g, 3)) {
		label = labels[pick(g, 3)];
		text_printf(&g->text, " label=%s", label);
	}
	text_printf(&g->text, "%s\n", pick(g, 10) ? "" : " # why");
	at = find_rule(block, verb, priority, conditions);
	if (delete) {
		tally[at < 0 ? RULE_MISSED : RULE_DELETED]++;
		if (at >= 0) {
			block->rules[at] = block->rules[--block->count];
			g->oracle->updates++;
		}
		return;
	}
	g->oracle->updates++;
	tally[at < 0 ? RULE_ADDED : RULE_KEPT]++;
	if (at < 0) {
		assert_in_range(block->count, 0, RULES_MAX - 1);
		block->rules[block->count++] = (struct oracle_rule){
			verb, priority, conditions, label, g->oracle->order++,
			twin_hits(g, verb, priority, conditions),
		};
		make_groups_used(g->oracle, block->op, conditions);
	} else if (label) {
		block->rules[at].label = label;
	}
}

static void make_label(struct generator *g)
{
	struct oracle_rule *head = &g->oracle->blocks[g->selected].head;
	const char *label = labels[pick(g, 3)];

	if (pick(g, 2)) {
		text_printf(&g->text, " label %s\n", label);
		head->label = label;
		g->oracle->updates++;
		tally[LABELLED]++;
		return;
	}
	if (pick(g, 3)) {
		text_printf(&g->text, "\tdelete label\n");
		label = head->label;
	} else {
		text_printf(&g->text, "delete label %s\n", label);
	}
	if (!head->label || strcmp(label, head->label))
		return;
	head->label = NULL;
	g->oracle->updates++;
	tally[UNLABELLED]++;
}

static void make_audit(struct generator *g)
{
	unsigned int index = pick(g, 256);

	text_printf(&g->text, "    audit %u\n", index);
	g->oracle->blocks[g->selected].audit = index;
	g->oracle->updates++;
	tally[AUDITED]++;
}

static void make_member(struct generator *g)
{
	unsigned int kind = pick(g, 3);
	const char *name = group_names[pick(g, 3)], *member = members[kind][pick(g, 3)];
	bool delete = pick(g, 5) < 2;
	struct oracle_group *group = find_group(g->oracle, kind, name, !delete);
	int at = 0, count = group ? group->count : 0;

	text_printf(&g->text, "%s%s %s", delete ? "delete " : "", group_verbs[kind], name);
	put_space(g);
	text_printf(&g->text, "%s\n", member);
	g->selected = -1;
	while (at < count && strcmp(group->members[at], member))
		at++;
	if (!delete) {
		tally[at == count ? MEMBER_ADDED : MEMBER_KEPT]++;
		g->oracle->updates++;
		if (at == count)
			group->members[group->count++] = member;
		return;
	}
	tally[at == count ? MEMBER_MISSED : MEMBER_DELETED]++;
	if (at == count)
		return;
	g->oracle->updates++;
	memmove(group->members + at, group->members + at + 1,
		(--group->count - at) * sizeof(member));
}

static void make_audit_quota(struct generator *g)
{
	static const char *const keys[] = { "unmatched", "allowed", "denied" };
	unsigned int index = pick(g, INDEXES), result;
	struct oracle *o = g->oracle;

	g->selected = -1;
	if (!pick(g, 3)) {
		text_printf(&g->text, "delete quota audit[%u]\n", index);
		o->updates += o->named[index];
		tally[QUOTA_DELETED] += o->named[index];
		o->named[index] = false;
		memset(o->limits[index], 0, sizeof(o->limits[index]));
		return;
	}
	text_printf(&g->text, "quota audit[%u]", index);
	for (int n = pick(g, 4); n; n--) {
		result = pick(g, KL_RESULTS);
		o->limits[index][result] = pick(g, 1000);
		text_printf(&g->text, " %s=%u", keys[result], o->limits[index][result]);
	}
	text_printf(&g->text, "\n");
	o->named[index] = true;
	o->updates++;
	tally[QUOTA_SET]++;
}

static void make_memory_quota(struct generator *g)
{
	static const char *const kinds[] = { "policy", "audit", "query" };
	unsigned int kind = 1 + pick(g, 2), bytes = pick(g, 3) * 1000, drop = pick(g, 3);

	g->selected = -1;
	text_printf(&g->text, "quota memory %s %u", kinds[kind], bytes);
	g->oracle->memory[kind] = bytes;
	if (kind == KL_MEMORY_AUDIT && drop) {
		g->oracle->drop_oldest = drop == 2;
		text_printf(&g->text, drop == 2 ? " drop-oldest" : " drop-newest");
	}
	text_printf(&g->text, "\n");
	g->oracle->updates++;
}

static void make_nothing(struct generator *g)
{
	static const char *const lines[] = { "", "# x", "stat Policy updated: 3", "\t \t",
					     "  # acl read" };

	if (!pick(g, 8)) {
		text_printf(&g->text, "POLICY_VERSION=%u\n", pick(g, 1000));
		g->oracle->updates++;
		g->selected = -1;
		return;
	}
	text_printf(&g->text, "%s\n", lines[pick(g, 5)]);
}

static void make_line(struct generator *g)
{
	unsigned int kind = pick(g, 100);

	if (g->selected >= 0 && kind < 55)
		make_rule(g);
	else if (g->selected >= 0 && kind < 63)
		make_label(g);
	else if (g->selected >= 0 && kind < 66)
		make_audit(g);
	else if (kind < 80)
		make_head(g);
	else if (kind < 88)
		make_member(g);
	else if (kind < 92)
		make_audit_quota(g);
	else if (kind < 94)
		make_memory_quota(g);
	else
		make_nothing(g);
}

static int compare_lines(const struct oracle_rule *a, const struct oracle_rule *b)
{
	if (a->priority != b->priority)
		return a->priority < b->priority ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct oracle_block *left = a, *right = b;

	if (left->op != right->op)
		return left->op - right->op;
	return compare_lines(&left->head, &right->head);
}

static int compare_sub_entries(const void *a, const void *b)
{
	return compare_lines(a, b);
}

static const char *keyword_of(int op)
{
	int i = 0;

	while (operations[i].op != op)
		i++;
	return operations[i].keyword;
}

static void print_oracle_head(const struct oracle *o, struct text *text)
{
	text_printf(text, VERSION);
	if (o->memory[KL_MEMORY_AUDIT] || o->drop_oldest)
		text_printf(text, "quota memory audit %u%s\n", o->memory[KL_MEMORY_AUDIT],
			    o->drop_oldest ? " drop-oldest" : "");
	if (o->memory[KL_MEMORY_QUERY])
		text_printf(text, "quota memory query %u\n", o->memory[KL_MEMORY_QUERY]);
	for (int i = 0; i < INDEXES; i++)
		if (o->named[i])
			text_printf(text, "quota audit[%d] allowed=%u denied=%u unmatched=%u\n",
				    i, o->limits[i][KL_ALLOWED], o->limits[i][KL_DENIED],
				    o->limits[i][KL_UNMATCHED]);
	for (int kind = 0; kind < KL_GROUP_KINDS; kind++)
		for (int i = 0; i < o->group_count[kind]; i++)
			for (int j = 0; j < o->groups[kind][i].count; j++)
				text_printf(text, "%s %s %s\n", group_verbs[kind],
					    o->groups[kind][i].name,
					    o->groups[kind][i].members[j]);
	text_printf(text, "\n");
}

/* The policy's text, and the hits of its lines in the same order. Sorts @o. */
static void print_oracle(struct oracle *o, struct text *text, struct text *hits)
{
	print_oracle_head(o, text);
	qsort(o->blocks, o->count, sizeof(*o->blocks), compare_blocks);
	for (int i = 0; i < o->count; i++) {
		struct oracle_block *block = &o->blocks[i];

		text_printf(text, "%u acl %s%s\n", block->head.priority, keyword_of(block->op),
			    block->head.conditions);
		text_printf(hits, "%llu ", (unsigned long long)block->head.hits);
		if (block->head.label)
			text_printf(text, "    label %s\n", block->head.label);
		text_printf(text, "    audit %u\n", block->audit);
		qsort(block->rules, block->count, sizeof(*block->rules),
		      compare_sub_entries);
		for (int j = 0; j < block->count; j++) {
			struct oracle_rule *rule = &block->rules[j];

			text_printf(text, "    %u %s%s%s%s\n", rule->priority, rule->verb,
				    rule->conditions, rule->label ? " label=" : "",
				    rule->label ? rule->label : "");
			text_printf(hits, "%llu ", (unsigned long long)rule->hits);
		}
		text_printf(text, "\n");
	}
	text_printf(hits, ".");
}

static void write_hits(void *context, struct kl_rule *rule)
{
	text_printf(context, "%llu ", (unsigned long long)rule->hits->hits);
}

static void assert_agree(const struct kl_policy *policy, struct oracle *oracle,
			 const char *transaction)
{
	struct text expected = { 0 }, expected_hits = { 0 }, hits = { 0 };
	char *printed = print_policy(policy);

	print_oracle(oracle, &expected, &expected_hits);
	visit_lines(policy, write_hits, &hits);
	text_printf(&hits, ".");
	if (strcmp(printed, expected.data) || strcmp(hits.data, expected_hits.data) ||
	    policy->updates != oracle->updates)
		fail_msg("after\n%s\nthe policy is\n%s%s %llu\ninstead of\n%s%s %llu",
			 transaction, printed, hits.data,
			 (unsigned long long)policy->updates, expected.data,
			 expected_hits.data, (unsigned long long)oracle->updates);
	free(printed);
	text_free(&expected);
	text_free(&expected_hits);
	text_free(&hits);
}

/* New lines are hit for the first time: both sides get the same numbers. */
static void hit_new_lines(struct kl_policy *policy, struct oracle *o, u64 *serial)
{
	struct kl_rule **heads, **rules;
	int at = 0;

	for (int op = 0; op < KL_OP_COUNT; op++) {
		heads = kl_policy_sorted(&policy->blocks[op], policy->block_count[op]);
		for (u32 i = 0; i < policy->block_count[op]; i++, at++) {
			struct kl_block *block = heads[i]->block;

			if (!heads[i]->hits->hits)
				heads[i]->hits->hits = o->blocks[at].head.hits =
					++*serial;
			rules = kl_policy_sorted(&block->rules, block->count);
			for (u32 j = 0; j < block->count; j++)
				if (!rules[j]->hits->hits)
					rules[j]->hits->hits =
						o->blocks[at].rules[j].hits = ++*serial;
			kl_free(rules);
		}
		kl_free(heads);
	}
}

static void start_replacement(struct oracle *o)
{
	u64 order = o->order, updates = o->updates;

	memset(o, 0, sizeof(*o));
	o->order = order;
	o->updates = updates;
}

/* Put a bad line somewhere into a text, at the start of a line. */
static void spoil(struct generator *g)
{
	static const char *const bad[] = { "nonsense\n", "acl read path=\n", "65536 acl read\n",
					   "quota audit[256]\n", "ip_group I 1.2.3\n" };
	struct text spoilt = { 0 };
	char *at = g->text.data + pick(g, g->text.length + 1);

	while (at > g->text.data && at[-1] != '\n')
		at--;
	text_write(&spoilt, g->text.data, at - g->text.data);
	text_printf(&spoilt, "%s%s", bad[pick(g, 5)], at);
	text_free(&g->text);
	g->text = spoilt;
}

/* One transaction: made up, applied, compared, and perhaps taken back. */
static void run_transaction(struct kl_policy *policy, struct generator *g,
			    struct oracle *before, u64 *serial)
{
	bool replace = !pick(g, 20), revert = !pick(g, 3), spoilt = !pick(g, 12);
	struct kl_undo *undo = NULL;
	struct kl_batch batch;
	struct kl_error error;
	char *was = snapshot(policy);
	int ret;

	*before = *g->oracle;
	g->old = replace ? before : NULL;
	if (replace)
		start_replacement(g->oracle);
	g->selected = g->twin = -1;
	text_clear(&g->text);
	for (int n = pick(g, replace ? 60 : 14); n >= 0; n--)
		make_line(g);
	drop_idle_groups(g->oracle);
	if (spoilt)
		spoil(g);
	ret = parse(policy, g->text.data, &batch, &error);
	batch.replace = replace;
	/* What stands before the bad line is applied and taken back, on its own. */
	if (!ret || pick(g, 2))
		assert_int_equal(kl_policy_apply(policy, &batch, &undo, &error), 0);
	kl_batch_release(&batch);
	if (!ret)
		assert_agree(policy, g->oracle, g->text.data);
	if (!!ret != spoilt)
		fail_msg("%s: %u:%u: %s", g->text.data, error.line, error.column, error.text);
	if (spoilt || revert) {
		if (undo)
			kl_policy_revert(policy, undo);
		assert_unchanged(policy, was);
		*g->oracle = *before;
		tally[spoilt ? REFUSED : REVERTED]++;
	} else {
		kl_policy_settle(policy, undo);
		hit_new_lines(policy, g->oracle, serial);
		tally[REPLACED] += replace;
	}
	free(was);
}

static void agrees_with_the_oracle(void **state)
{
	struct oracle *oracle = calloc(2, sizeof(*oracle));
	struct generator g = { .oracle = oracle, .seed = 20120401 };
	struct kl_policy policy;
	u64 serial = 0;

	(void)state;
	assert_non_null(oracle);
	new_policy(&policy);
	for (int i = 0; i < 10000; i++)
		run_transaction(&policy, &g, oracle + 1, &serial);
	for (int i = 0; i < TALLIES; i++)
		if (tally[i] < 100)
			fail_msg("event %d happened only %u times", i, tally[i]);
	text_free(&g.text);
	free(oracle);
	end_policy(&policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_oracle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
