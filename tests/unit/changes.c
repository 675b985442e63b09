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
#define RULE_GROUPS 3
/* Of rule groups instead of an operation. */
#define NO_OP (-1)

struct oracle_rule {
	const char *verb;
	unsigned int priority;
	const char *conditions;
	const char *label;
	u64 order;
	u64 hits;
};

/* A block or, with NO_OP, a rule group, if @exists. */
struct oracle_block {
	int op;
	bool exists;
	bool permissive;
	unsigned int audit, wait;
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
	struct oracle_block rule_groups[RULE_GROUPS];
	struct oracle_group groups[KL_GROUP_KINDS][GROUPS_MAX];
	int group_count[KL_GROUP_KINDS];
	bool named[INDEXES];
	unsigned int limits[INDEXES][KL_RESULTS];
	unsigned int rates[INDEXES], bursts[INDEXES];
	bool to_audit[INDEXES];
	unsigned int memory[KL_MEMORY_KINDS];
	bool drop_oldest;
	bool permissive;
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
	{ NO_OP,
	  NULL,
	  { { "", { 0 } },
	    { " task.uid=0", { 0 } },
	    { " task.exe=@T", { "T", NULL, NULL } },
	    { " task.gid=@U task.exe!=@S", { "S", "U", NULL } } } },
};

/* A group uses only those behind it. */
static const char *const rule_groups[RULE_GROUPS] = { " P", " Q", " R" };

/**
 * struct generator - a transaction being made up
 * @oracle: changed along with it
 * @old: what a replacement replaces, or NULL
 * @text: its lines
 * @seed: of all randomness
 * @selected: the block, -1, or BLOCKS_MAX and more for rule groups
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
	RULE_GROUP_DEFINED,
	RULE_GROUP_OPENED,
	RULE_GROUP_DELETED,
	USED_BEFORE_DEFINED,
	PERMITTED,
	UNPERMITTED,
	SWITCHED,
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

static struct oracle_block *block_at(const struct oracle *o, int at)
{
	return (struct oracle_block *)(at < BLOCKS_MAX ? &o->blocks[at] :
							 &o->rule_groups[at - BLOCKS_MAX]);
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

static bool is_use(const struct oracle_rule *rule)
{
	return !strcmp(rule->verb, "use");
}

static bool line_uses(int op, const char *conditions, int kind, const char *name)
{
	int operation, i = find_use(op, conditions, &operation);
	const char *use = operations[operation].conditions[i].uses[kind];

	return use && !strcmp(use, name);
}

static bool block_uses(const struct oracle_block *block, int kind, const char *name)
{
	if (block->op != NO_OP && line_uses(block->op, block->head.conditions, kind, name))
		return true;
	for (int j = 0; j < block->count; j++)
		if (!is_use(&block->rules[j]) &&
		    line_uses(block->op, block->rules[j].conditions, kind, name))
			return true;
	return false;
}

static bool is_used(const struct oracle *o, int kind, const char *name)
{
	for (int i = 0; i < o->count; i++)
		if (block_uses(&o->blocks[i], kind, name))
			return true;
	for (int i = 0; i < RULE_GROUPS; i++)
		if (o->rule_groups[i].exists && block_uses(&o->rule_groups[i], kind, name))
			return true;
	return false;
}

static bool has_use(const struct oracle_block *block, int group)
{
	for (int j = 0; j < block->count; j++)
		if (is_use(&block->rules[j]) &&
		    !strcmp(block->rules[j].conditions, rule_groups[group]))
			return true;
	return false;
}

static bool rule_group_is_used(const struct oracle *o, int group)
{
	for (int i = 0; i < o->count; i++)
		if (has_use(&o->blocks[i], group))
			return true;
	for (int i = 0; i < group; i++)
		if (o->rule_groups[i].exists && has_use(&o->rule_groups[i], group))
			return true;
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
	at = find_rule(block_at(g->old, g->twin), verb, priority, conditions);
	if (at < 0)
		return 0;
	tally[HITS_KEPT]++;
	return block_at(g->old, g->twin)->rules[at].hits;
}

static struct oracle_rule *keep_rule(struct generator *g, const char *verb,
				     unsigned int priority, const char *conditions,
				     bool delete)
{
	struct oracle_block *block = block_at(g->oracle, g->selected);
	int at = find_rule(block, verb, priority, conditions);

	if (delete) {
		tally[at < 0 ? RULE_MISSED : RULE_DELETED]++;
		if (at >= 0) {
			block->rules[at] = block->rules[--block->count];
			g->oracle->updates++;
		}
		return NULL;
	}
	g->oracle->updates++;
	tally[at < 0 ? RULE_ADDED : RULE_KEPT]++;
	if (at >= 0)
		return &block->rules[at];
	assert_in_range(block->count, 0, RULES_MAX - 1);
	at = block->count++;
	block->rules[at] = (struct oracle_rule){
		verb, priority, conditions, NULL, g->oracle->order++,
		twin_hits(g, verb, priority, conditions),
	};
	if (strcmp(verb, "use"))
		make_groups_used(g->oracle, block->op, conditions);
	return &block->rules[at];
}

static void make_use(struct generator *g)
{
	int first = g->selected < BLOCKS_MAX ? 0 : g->selected - BLOCKS_MAX + 1;
	unsigned int priority;
	bool delete;
	int group;

	if (first == RULE_GROUPS)
		return;
	delete = put_start(g, 25, &priority);
	group = first + pick(g, RULE_GROUPS - first);
	text_printf(&g->text, "use%s\n", rule_groups[group]);
	tally[USED_BEFORE_DEFINED] += !delete && !g->oracle->rule_groups[group].exists;
	keep_rule(g, "use", priority, rule_groups[group], delete);
}

static void make_rule(struct generator *g)
{
	struct oracle_block *block = block_at(g->oracle, g->selected);
	const char *verb, *conditions, *label = NULL;
	struct oracle_rule *rule;
	unsigned int priority;
	bool delete = put_start(g, 25, &priority);
	int operation;

	find_use(block->op, block->op == NO_OP ? "" : block->head.conditions, &operation);
	verb = pick(g, 2) ? "allow" : "deny";
	conditions = operations[operation].conditions[pick(g, 4)].text;
	text_printf(&g->text, "%s%s", verb, conditions);
	if (!pick(g, 3)) {
		label = labels[pick(g, 3)];
		text_printf(&g->text, " label=%s", label);
	}
	text_printf(&g->text, "%s\n", pick(g, 10) ? "" : " # why");
	rule = keep_rule(g, verb, priority, conditions, delete);
	if (rule && label)
		rule->label = label;
}

static void define_rule_group(struct generator *g, int group)
{
	struct oracle *o = g->oracle;
	struct oracle_block *block = &o->rule_groups[group];

	text_printf(&g->text, "rule_group%s\n", rule_groups[group]);
	o->updates++;
	tally[block->exists ? RULE_GROUP_OPENED : RULE_GROUP_DEFINED]++;
	g->selected = BLOCKS_MAX + group;
	g->twin = g->old && g->old->rule_groups[group].exists ? g->selected : -1;
	if (block->exists)
		return;
	*block = (struct oracle_block){
		.op = NO_OP,
		.exists = true,
		.head = { "rule_group", 0, "", NULL, o->order++,
			  g->twin < 0 ? 0 : g->old->rule_groups[group].head.hits },
	};
}

static void make_rule_group(struct generator *g)
{
	int group = pick(g, RULE_GROUPS);
	struct oracle *o = g->oracle;

	if (pick(g, 4)) {
		define_rule_group(g, group);
		return;
	}
	if (rule_group_is_used(o, group))
		return;
	text_printf(&g->text, "delete rule_group%s\n", rule_groups[group]);
	g->selected = -1;
	o->updates += o->rule_groups[group].exists;
	tally[RULE_GROUP_DELETED] += o->rule_groups[group].exists;
	o->rule_groups[group].exists = false;
	o->rule_groups[group].count = 0;
}

/* What is used must be defined at the end. */
static void define_what_is_used(struct generator *g)
{
	for (int i = 0; i < RULE_GROUPS; i++)
		if (!g->oracle->rule_groups[i].exists && rule_group_is_used(g->oracle, i))
			define_rule_group(g, i);
}

static void make_permissive(struct generator *g)
{
	struct oracle_block *block = block_at(g->oracle, g->selected);
	bool delete = pick(g, 2);

	text_printf(&g->text, "  %spermissive\n", delete ? "delete " : "");
	g->oracle->updates += !delete || block->permissive;
	tally[delete ? UNPERMITTED : PERMITTED]++;
	block->permissive = !delete;
}

static void make_mode(struct generator *g)
{
	g->oracle->permissive = pick(g, 2);
	text_printf(&g->text, "mode %s\n",
		    g->oracle->permissive ? "permissive" : "enforcing");
	g->oracle->updates++;
	g->selected = -1;
	tally[SWITCHED]++;
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
	unsigned int index = pick(g, 256), wait = pick(g, 2) ? pick(g, 2001) : 0;

	text_printf(&g->text, "    audit %u", index);
	text_printf(&g->text, wait ? " wait=%u\n" : "\n", wait);
	g->oracle->blocks[g->selected].audit = index;
	g->oracle->blocks[g->selected].wait = wait;
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
		o->rates[index] = o->bursts[index] = o->to_audit[index] = 0;
		return;
	}
	text_printf(&g->text, "quota audit[%u]", index);
	for (int n = pick(g, 4); n; n--) {
		result = pick(g, KL_RESULTS);
		o->limits[index][result] = pick(g, 1000);
		text_printf(&g->text, " %s=%u", keys[result], o->limits[index][result]);
	}
	if (!pick(g, 3)) {
		o->rates[index] = o->bursts[index] = 1 + pick(g, 1000000);
		text_printf(&g->text, " rate=%u/s", o->rates[index]);
		if (pick(g, 2)) {
			o->bursts[index] = 1 + pick(g, 1000000);
			text_printf(&g->text, " burst=%u", o->bursts[index]);
		}
	}
	if (!pick(g, 3)) {
		o->to_audit[index] = pick(g, 2);
		text_printf(&g->text, " audit=%s", o->to_audit[index] ? "yes" : "no");
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
	bool group = g->selected >= BLOCKS_MAX, block = g->selected >= 0 && !group;

	if (g->selected >= 0 && kind < 45)
		make_rule(g);
	else if (g->selected >= 0 && kind < 52)
		make_use(g);
	else if (block && kind < 59)
		make_label(g);
	else if (block && kind < 62)
		make_audit(g);
	else if (block && kind < 66)
		make_permissive(g);
	else if (kind < 78)
		make_head(g);
	else if (kind < 83)
		make_rule_group(g);
	else if (kind < 88)
		make_member(g);
	else if (kind < 92)
		make_audit_quota(g);
	else if (kind < 94)
		make_memory_quota(g);
	else if (kind < 95)
		make_mode(g);
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

static void print_quota(const struct oracle *o, int i, struct text *text)
{
	text_printf(text, "quota audit[%d] allowed=%u denied=%u unmatched=%u", i,
		    o->limits[i][KL_ALLOWED], o->limits[i][KL_DENIED],
		    o->limits[i][KL_UNMATCHED]);
	if (o->rates[i])
		text_printf(text, " rate=%u/s", o->rates[i]);
	if (o->bursts[i] != o->rates[i])
		text_printf(text, " burst=%u", o->bursts[i]);
	text_printf(text, o->to_audit[i] ? " audit=yes\n" : "\n");
}

static void print_rules(struct oracle_block *block, struct text *text, struct text *hits)
{
	text_printf(hits, "%llu ", (unsigned long long)block->head.hits);
	qsort(block->rules, block->count, sizeof(*block->rules), compare_sub_entries);
	for (int j = 0; j < block->count; j++) {
		struct oracle_rule *rule = &block->rules[j];

		text_printf(text, "    %u %s%s%s%s\n", rule->priority, rule->verb,
			    rule->conditions, rule->label ? " label=" : "",
			    rule->label ? rule->label : "");
		text_printf(hits, "%llu ", (unsigned long long)rule->hits);
	}
	text_printf(text, "\n");
}

/* The rule groups that exist, as they were defined. */
static int sort_rule_groups(struct oracle *o, struct oracle_block **sorted)
{
	int count = 0, j;

	for (int i = 0; i < RULE_GROUPS; i++) {
		struct oracle_block *group = &o->rule_groups[i];

		if (!group->exists)
			continue;
		for (j = count++; j && sorted[j - 1]->head.order > group->head.order; j--)
			sorted[j] = sorted[j - 1];
		sorted[j] = group;
	}
	return count;
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
			print_quota(o, i, text);
	if (o->permissive)
		text_printf(text, "mode permissive\n");
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
	struct oracle_block *groups[RULE_GROUPS];
	struct text group_hits = { 0 };
	int count = sort_rule_groups(o, groups);

	print_oracle_head(o, text);
	for (int i = 0; i < count; i++) {
		text_printf(text, "rule_group%s\n", rule_groups[groups[i] - o->rule_groups]);
		print_rules(groups[i], text, &group_hits);
	}
	qsort(o->blocks, o->count, sizeof(*o->blocks), compare_blocks);
	for (int i = 0; i < o->count; i++) {
		struct oracle_block *block = &o->blocks[i];

		text_printf(text, "%u acl %s%s\n", block->head.priority, keyword_of(block->op),
			    block->head.conditions);
		if (block->head.label)
			text_printf(text, "    label %s\n", block->head.label);
		if (block->permissive)
			text_printf(text, "    permissive\n");
		text_printf(text, "    audit %u", block->audit);
		text_printf(text, block->wait ? " wait=%u\n" : "\n", block->wait);
		print_rules(block, text, hits);
	}
	text_printf(hits, "%s.", group_hits.data ? group_hits.data : "");
	text_free(&group_hits);
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

static void hit_lines(struct kl_rule *head, struct oracle_block *block, u64 *serial)
{
	struct kl_rule **rules = kl_policy_sorted(&head->block->rules, head->block->count);

	if (!head->hits->hits)
		head->hits->hits = block->head.hits = ++*serial;
	for (u32 j = 0; j < head->block->count; j++)
		if (!rules[j]->hits->hits)
			rules[j]->hits->hits = block->rules[j].hits = ++*serial;
	kl_free(rules);
}

/* New lines are hit for the first time: both sides get the same numbers. */
static void hit_new_lines(struct kl_policy *policy, struct oracle *o, u64 *serial)
{
	struct oracle_block *groups[RULE_GROUPS];
	struct kl_rule **heads;
	int at = 0;

	for (int op = 0; op < KL_OP_COUNT; op++) {
		heads = kl_policy_sorted(&policy->blocks[op], policy->block_count[op]);
		for (u32 i = 0; i < policy->block_count[op]; i++)
			hit_lines(heads[i], &o->blocks[at++], serial);
		kl_free(heads);
	}
	heads = kl_policy_sorted(&policy->rule_groups, policy->rule_group_count);
	assert_int_equal(sort_rule_groups(o, groups), policy->rule_group_count);
	for (u32 i = 0; i < policy->rule_group_count; i++)
		hit_lines(heads[i], groups[i], serial);
	kl_free(heads);
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
					   "quota audit[256]\n", "ip_group I 1.2.3\n",
					   "mode x\n" };
	struct text spoilt = { 0 };
	char *at = g->text.data + pick(g, g->text.length + 1);

	while (at > g->text.data && at[-1] != '\n')
		at--;
	text_write(&spoilt, g->text.data, at - g->text.data);
	text_printf(&spoilt, "%s%s", bad[pick(g, 6)], at);
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
	define_what_is_used(g);
	drop_idle_groups(g->oracle);
	if (spoilt)
		spoil(g);
	ret = parse(policy, g->text.data, &batch, &error);
	batch.replace = replace;
	/* What stands before the bad line is applied and taken back, on its own. */
	if (!ret)
		assert_int_equal(kl_policy_apply(policy, &batch, &undo, &error), 0);
	else if (pick(g, 2) && kl_policy_apply(policy, &batch, &undo, &error))
		assert_non_null(strstr(error.text, "there is no rule group"));
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
