// SPDX-License-Identifier: GPL-2.0
/* The editable policy to an immutable ruleset. */
#include "compiled.h"
#include "expand.h"

/* How much of a ruleset is filled; its arrays have the final size already. */
struct compiler {
	struct kl_policy *policy;
	struct kl_ruleset *ruleset;
	u32 blocks;
	u32 rules;
	u32 sites;
	u32 tests;
	u32 ranges;
	u32 names;
};

/* Sizes of a ruleset, counted before anything is allocated. */
struct sizes {
	u32 blocks, rules, sites, tests, ranges, names, groups;
};

static void *ruleset_alloc(struct kl_ruleset *ruleset, size_t count,
			   size_t size)
{
	ruleset->memory += count * size;
	return kl_alloc((count ? count : 1) * size);
}

static void count_rule(struct sizes *sizes, const struct kl_rule *rule)
{
	u32 i;

	sizes->tests += rule->count;
	for (i = 0; i < rule->count; i++) {
		sizes->ranges += rule->conditions[i].right == KL_RIGHT_IP;
		sizes->names += rule->conditions[i].left == KL_SLOT_ENVP;
	}
}

static void count_sub_entry(struct sizes *sizes, const struct kl_rule *rule)
{
	if (rule->kind == KL_RULE_USE)
		sizes->sites++;
	else
		sizes->rules++;
	count_rule(sizes, rule);
}

static int count_block(struct sizes *sizes, const struct kl_block *block)
{
	const struct kl_rule *rule;
	struct kl_expansion e;
	int ret;

	sizes->blocks++;
	count_rule(sizes, &block->rule);
	if (!block->uses) {
		list_for_each_entry(rule, &block->rules, list)
			count_sub_entry(sizes, rule);
		return 0;
	}
	kl_expansion_begin(&e, block);
	while ((ret = kl_expansion_next(&e, &rule)) > 0)
		count_sub_entry(sizes, rule);
	kl_expansion_end(&e);
	return ret;
}

static int count_policy(struct sizes *sizes, struct kl_policy *policy)
{
	struct kl_block *block;
	struct kl_group *group;
	int i, ret;

	for (i = 0; i < KL_OP_COUNT; i++) {
		list_for_each_entry(block, &policy->blocks[i], rule.list) {
			ret = count_block(sizes, block);
			if (ret)
				return ret;
			kl_cond_resched();
		}
	}
	for (i = 0; i < KL_GROUP_KINDS; i++)
		list_for_each_entry(group, &policy->groups[i], list)
			group->id = sizes->groups++;
	return 0;
}

static struct kl_ruleset *alloc_ruleset(const struct sizes *sizes)
{
	struct kl_ruleset *r = kl_alloc(sizeof(*r));

	if (!r)
		return NULL;
	r->memory = sizeof(*r);
	r->blocks = ruleset_alloc(r, sizes->blocks, sizeof(*r->blocks));
	r->heads = ruleset_alloc(r, sizes->blocks, sizeof(*r->heads));
	r->lists = ruleset_alloc(r, sizes->blocks, sizeof(*r->lists));
	r->rules = ruleset_alloc(r, sizes->rules, sizeof(*r->rules));
	r->lines = ruleset_alloc(r, sizes->rules, sizeof(*r->lines));
	r->sites = ruleset_alloc(r, sizes->sites, sizeof(*r->sites));
	r->tests = ruleset_alloc(r, sizes->tests, sizeof(*r->tests));
	r->ranges = ruleset_alloc(r, sizes->ranges, sizeof(*r->ranges));
	r->names = ruleset_alloc(r, sizes->names, sizeof(*r->names));
	r->name_strings = ruleset_alloc(r, sizes->names,
					sizeof(*r->name_strings));
	r->groups = ruleset_alloc(r, sizes->groups, sizeof(*r->groups));
	if (r->blocks && r->heads && r->lists && r->rules && r->lines &&
	    r->sites && r->tests && r->ranges && r->names &&
	    r->name_strings && r->groups)
		return r;
	kl_ruleset_free(r);
	return NULL;
}

/* A member such as "\{\*\}=>/bin/sh", which is no pattern of strings? */
static bool is_history_only(const struct kl_string *string)
{
	struct kl_text rest = { string->text, string->length }, part;
	const char *why;
	u32 position;

	return kl_history_split(&rest, &part) &&
	       kl_word_check((struct kl_text){ string->text, string->length },
			     &position, &why);
}

static bool is_history(const struct kl_string *string)
{
	const char *why;
	u32 position;

	return !kl_history_word_check((struct kl_text){ string->text,
							string->length },
				      &position, &why);
}

/* A member that is no pattern of histories matches none. */
static int compile_histories(struct kl_ruleset *ruleset,
			     struct kl_histories *histories,
			     const struct kl_group *source)
{
	const struct kl_history_pattern *pattern;
	struct kl_member *member;

	if (histories->patterns)
		return 0;
	histories->patterns = ruleset_alloc(ruleset, source->count,
					    sizeof(*histories->patterns));
	histories->strings = ruleset_alloc(ruleset, source->count,
					   sizeof(*histories->strings));
	if (!histories->patterns || !histories->strings)
		return -ENOMEM;
	list_for_each_entry(member, &source->members, list) {
		if (!is_history(member->string))
			continue;
		pattern = kl_string_history(member->string);
		if (!pattern)
			return -ENOMEM;
		histories->strings[histories->count] =
			kl_string_ref(member->string);
		histories->patterns[histories->count++] = pattern;
	}
	return 0;
}

static int compile_string_group(struct kl_ruleset *ruleset,
				struct kl_compiled_group *group,
				const struct kl_group *source)
{
	struct kl_key *keys = kl_alloc((source->count + 1) * sizeof(*keys));
	struct kl_member *member;
	int error = -ENOMEM;
	u32 n = 0;

	group->members = ruleset_alloc(ruleset, source->count,
				       sizeof(*group->members));
	group->strings = ruleset_alloc(ruleset, source->count,
				       sizeof(*group->strings));
	if (!keys || !group->members || !group->strings)
		goto out;
	list_for_each_entry(member, &source->members, list) {
		const struct kl_pattern *pattern;

		if (is_history_only(member->string))
			continue;
		pattern = kl_string_pattern(member->string);
		if (!pattern)
			goto out;
		group->strings[n] = kl_string_ref(member->string);
		group->members[n] = pattern;
		keys[n].pattern = pattern;
		keys[n].id = n;
		group->count = ++n;
	}
	error = kl_map_build(&group->map, keys, n);
	ruleset->memory += group->map.memory;
out:
	kl_free(keys);
	return error;
}

static void add_span(struct kl_compiled_group *group, u32 family,
		     struct kl_point low, struct kl_point high)
{
	struct kl_spans *spans = &group->spans[family];

	spans->spans[spans->count++] = (struct kl_span){ low, high };
}

static int compile_span_group(struct kl_ruleset *ruleset,
			      struct kl_compiled_group *group,
			      const struct kl_group *source)
{
	struct kl_member *member;
	int family;

	for (family = 0; family < 2; family++) {
		group->spans[family].spans =
			ruleset_alloc(ruleset, source->count,
				      sizeof(struct kl_span));
		if (!group->spans[family].spans)
			return -ENOMEM;
	}
	group->count = source->count;
	list_for_each_entry(member, &source->members, list) {
		if (source->kind == KL_NUMBER_GROUP)
			add_span(group, 0,
				 (struct kl_point){ 0, member->number.low },
				 (struct kl_point){ 0, member->number.high });
		else
			add_span(group, member->ip.low.family == KL_IPV6,
				 kl_ip_point(&member->ip.low),
				 kl_ip_point(&member->ip.high));
	}
	kl_spans_normalise(&group->spans[0]);
	kl_spans_normalise(&group->spans[1]);
	return 0;
}

static int compile_groups(struct compiler *c)
{
	struct kl_ruleset *ruleset = c->ruleset;
	struct kl_group *group;
	int kind, error = 0;

	for (kind = 0; kind < KL_GROUP_KINDS; kind++) {
		list_for_each_entry(group, &c->policy->groups[kind], list) {
			struct kl_compiled_group *compiled =
				&ruleset->groups[ruleset->group_count++];

			if (kind == KL_STRING_GROUP)
				error = compile_string_group(ruleset, compiled,
							     group);
			else
				error = compile_span_group(ruleset, compiled,
							   group);
			if (error)
				return error;
		}
	}
	return 0;
}

static int compile_string(struct kl_test *test, struct kl_string *string)
{
	if (test->left == KL_SLOT_TASK_HISTORY)
		test->history = kl_string_history(string);
	else
		test->pattern = kl_string_pattern(string);
	if (!test->pattern)
		return -ENOMEM;
	test->string = kl_string_ref(string);
	return 0;
}

static int compile_name(struct compiler *c, struct kl_test *test,
			struct kl_string *name)
{
	struct kl_ruleset *ruleset = c->ruleset;
	const struct kl_pattern *pattern = kl_string_pattern(name);

	if (!pattern)
		return -ENOMEM;
	test->extra = c->names++;
	ruleset->names[test->extra] = pattern;
	ruleset->name_strings[test->extra] = kl_string_ref(name);
	ruleset->name_count = c->names;
	return 0;
}

static int compile_group_use(struct kl_ruleset *ruleset, struct kl_test *test,
			     const struct kl_group *group)
{
	struct kl_compiled_group *compiled = &ruleset->groups[group->id];

	test->group = compiled;
	if (test->left != KL_SLOT_TASK_HISTORY)
		return 0;
	return compile_histories(ruleset, &compiled->histories, group);
}

/* @named: the operation by which the condition names its attributes. */
static int compile_condition(struct compiler *c, struct kl_test *test, u32 op,
			     u32 named, const struct kl_condition *condition)
{
	struct kl_ruleset *ruleset = c->ruleset;

	memset(test, 0, sizeof(*test));
	test->left = kl_slot_translate(named, condition->left, op);
	test->right = condition->right;
	if (condition->right == KL_RIGHT_SLOT)
		test->right_slot =
			kl_slot_translate(named, condition->right_slot, op);
	test->flags = condition->negated ? KL_TEST_NEGATED : 0;
	test->extra = condition->index;
	if (condition->left == KL_SLOT_ENVP &&
	    compile_name(c, test, condition->name))
		return -ENOMEM;
	switch (condition->right) {
	case KL_RIGHT_NUMBER:
	case KL_RIGHT_KEYWORD:
		test->low = condition->number.low;
		test->high = condition->number.high;
		break;
	case KL_RIGHT_STRING:
		return compile_string(test, condition->string);
	case KL_RIGHT_IP:
		ruleset->ranges[c->ranges] = *condition->ip;
		test->ip = &ruleset->ranges[c->ranges++];
		break;
	case KL_RIGHT_GROUP:
		return compile_group_use(ruleset, test, condition->group);
	}
	return 0;
}

/* What is cheap to collect, or rules out by a name's end, is tested first. */
static u32 test_cost(const struct kl_test *test)
{
	switch (test->left) {
	case KL_SLOT_OBJECT0:
	case KL_SLOT_OBJECT1:
		if (test->right == KL_RIGHT_STRING &&
		    !(test->flags & KL_TEST_NEGATED) &&
		    kl_ends_literally(test->pattern))
			return 0;
		return 3;
	case KL_SLOT_TASK_EXE:
	case KL_SLOT_TASK_ANCESTOR:
	case KL_SLOT_TASK_HISTORY:
		return 4;
	case KL_SLOT_ARGV:
	case KL_SLOT_ENVP:
		return 5;
	case KL_SLOT_OBJECT0_UID ... KL_SLOT_OBJECT0_PARENT_FSMAGIC:
	case KL_SLOT_OBJECT1_UID ... KL_SLOT_OBJECT1_PARENT_FSMAGIC:
		return 2;
	default:
		return 1;
	}
}

/* Stable and in place; a line has few tests. */
static void order_tests(struct kl_test *tests, u32 count)
{
	u32 i, j;

	for (i = 1; i < count; i++) {
		struct kl_test test = tests[i];

		for (j = i; j && test_cost(&tests[j - 1]) > test_cost(&test);
		     j--)
			tests[j] = tests[j - 1];
		tests[j] = test;
	}
}

static void note_use(struct kl_ruleset *ruleset, u32 op,
		     const struct kl_test *test)
{
	kl_slot_add(ruleset->uses[op], test->left);
	if (test->right == KL_RIGHT_SLOT)
		kl_slot_add(ruleset->uses[op], test->right_slot);
}

static int compile_line(struct compiler *c, struct kl_line *line, u32 op,
			const struct kl_rule *rule)
{
	struct kl_ruleset *ruleset = c->ruleset;
	u32 i;

	line->first = c->tests;
	for (i = 0; i < rule->count; i++) {
		struct kl_test *test = &ruleset->tests[c->tests];

		ruleset->test_count = ++c->tests;
		if (compile_condition(c, test, op, rule->op,
				      &rule->conditions[i]))
			return -ENOMEM;
		note_use(ruleset, op, test);
	}
	line->count = rule->count;
	order_tests(&ruleset->tests[line->first], line->count);
	return 0;
}

static struct kl_hits *hits_ref(struct kl_hits *hits)
{
	kl_counter_add(&hits->refs, 1);
	return hits;
}

static struct kl_string *label_ref(struct kl_string *label)
{
	return label ? kl_string_ref(label) : NULL;
}

static int compile_rule(struct compiler *c, const struct kl_rule *rule, u32 op,
			u32 site)
{
	struct kl_ruleset *ruleset = c->ruleset;
	struct kl_compiled_rule *compiled = &ruleset->rules[c->rules];

	compiled->priority = rule->priority;
	compiled->kind = rule->kind;
	compiled->line = rule->line;
	compiled->site = site;
	compiled->label = label_ref(rule->label);
	compiled->hits = hits_ref(rule->hits);
	ruleset->rule_count = ++c->rules;
	return compile_line(c, &ruleset->lines[c->rules - 1], op, rule);
}

static u32 add_site(struct compiler *c, const struct kl_rule *use, u32 outer)
{
	struct kl_compiled_site *site = &c->ruleset->sites[c->sites];

	site->line = use->line;
	site->outer = outer;
	site->hits = hits_ref(use->hits);
	c->ruleset->site_count = ++c->sites;
	return c->sites - 1;
}

/* Sub-entries, in the place of each use the lines of its group. */
static int compile_rules(struct compiler *c, const struct kl_block *block,
			 struct kl_list *list)
{
	u32 sites[KL_GROUP_DEPTH + 2] = { KL_NO_SITE };
	const struct kl_rule *rule;
	struct kl_expansion e;
	int ret;

	list->first = c->rules;
	kl_expansion_begin(&e, block);
	while ((ret = kl_expansion_next(&e, &rule)) > 0) {
		if (rule->kind == KL_RULE_USE)
			sites[e.depth + 1] = add_site(c, rule, sites[e.depth]);
		else if (compile_rule(c, rule, block->op, sites[e.depth]))
			ret = -ENOMEM;
		if (ret < 0)
			break;
		kl_cond_resched();
	}
	kl_expansion_end(&e);
	list->count = c->rules - list->first;
	return ret ? ret :
	       kl_index_build(c->ruleset, list, c->ruleset->lines);
}

static int compile_block(struct compiler *c, const struct kl_block *block)
{
	struct kl_ruleset *ruleset = c->ruleset;
	u32 number = c->blocks++;
	struct kl_compiled_block *compiled = &ruleset->blocks[number];

	compiled->priority = block->rule.priority;
	compiled->audit = block->audit;
	compiled->wait = block->wait;
	compiled->permissive =
		block->permissive ||
		(c->policy->permissive && kl_op_is_switchable(block->op));
	compiled->op = block->op;
	compiled->line = block->rule.line;
	compiled->label = label_ref(block->rule.label);
	compiled->hits = hits_ref(block->rule.hits);
	ruleset->block_count = c->blocks;
	if (compile_line(c, &ruleset->heads[number], block->op, &block->rule))
		return -ENOMEM;
	return compile_rules(c, block, &ruleset->lists[number]);
}

static int compile_op(struct compiler *c, u32 op)
{
	struct kl_list *list = &c->ruleset->ops[op];
	u32 count = c->policy->block_count[op];
	struct kl_rule **heads;
	int error = 0;
	u32 i;

	list->first = c->blocks;
	if (!count)
		return 0;
	heads = kl_policy_sorted(&c->policy->blocks[op], count);
	if (!heads)
		return -ENOMEM;
	for (i = 0; i < count && !error; i++) {
		error = compile_block(c, heads[i]->block);
		kl_cond_resched();
	}
	list->count = count;
	kl_free(heads);
	return error ? error :
	       kl_index_build(c->ruleset, list, c->ruleset->heads);
}

int kl_compile(struct kl_policy *policy, struct kl_ruleset **ruleset,
	       struct kl_error *error)
{
	struct compiler c = { .policy = policy };
	struct sizes sizes = { 0 };
	int result = 0;
	u32 op;

	if (count_policy(&sizes, policy))
		goto no_memory;
	c.ruleset = alloc_ruleset(&sizes);
	if (!c.ruleset)
		goto no_memory;
	c.ruleset->quota = policy->quota;
	result = compile_groups(&c);
	for (op = 0; op < KL_OP_COUNT && !result; op++)
		result = compile_op(&c, op);
	if (!result) {
		*ruleset = c.ruleset;
		return 0;
	}
	kl_ruleset_free(c.ruleset);
no_memory:
	memset(error, 0, sizeof(*error));
	snprintf(error->text, sizeof(error->text),
		 "out of memory while compiling %u lines",
		 sizes.blocks + sizes.rules);
	return -ENOMEM;
}

static void free_group(struct kl_compiled_group *group)
{
	u32 i;

	if (group->strings)
		for (i = 0; i < group->count; i++)
			kl_string_put(group->strings[i]);
	for (i = 0; i < group->histories.count; i++)
		kl_string_put(group->histories.strings[i]);
	kl_map_destroy(&group->map);
	kl_free(group->histories.patterns);
	kl_free(group->histories.strings);
	kl_free(group->members);
	kl_free(group->strings);
	kl_free(group->spans[0].spans);
	kl_free(group->spans[1].spans);
}

static void drop_references(struct kl_ruleset *r)
{
	u32 i;

	for (i = 0; i < r->test_count; i++)
		if (r->tests[i].right == KL_RIGHT_STRING)
			kl_string_put(r->tests[i].string);
	for (i = 0; i < r->name_count; i++)
		kl_string_put(r->name_strings[i]);
	for (i = 0; i < r->group_count; i++)
		free_group(&r->groups[i]);
	for (i = 0; i < r->rule_count; i++) {
		kl_string_put(r->rules[i].label);
		kl_hits_put(r->rules[i].hits);
	}
	for (i = 0; i < r->site_count; i++)
		kl_hits_put(r->sites[i].hits);
	for (i = 0; i < r->block_count; i++) {
		kl_string_put(r->blocks[i].label);
		kl_hits_put(r->blocks[i].hits);
		kl_index_destroy(&r->lists[i]);
	}
	for (i = 0; i < KL_OP_COUNT; i++)
		kl_index_destroy(&r->ops[i]);
}

void kl_ruleset_free(struct kl_ruleset *ruleset)
{
	if (!ruleset)
		return;
	drop_references(ruleset);
	kl_free(ruleset->blocks);
	kl_free(ruleset->heads);
	kl_free(ruleset->lists);
	kl_free(ruleset->rules);
	kl_free(ruleset->lines);
	kl_free(ruleset->sites);
	kl_free(ruleset->tests);
	kl_free(ruleset->ranges);
	kl_free(ruleset->names);
	kl_free(ruleset->name_strings);
	kl_free(ruleset->groups);
	kl_free(ruleset);
}

bool kl_ruleset_has(const struct kl_ruleset *ruleset, enum kl_op op)
{
	return ruleset->ops[op].count;
}

size_t kl_ruleset_memory(const struct kl_ruleset *ruleset)
{
	return ruleset->memory;
}

const struct kl_compiled_block *
kl_ruleset_block(const struct kl_ruleset *ruleset, u32 block)
{
	return &ruleset->blocks[block];
}

const struct kl_compiled_rule *
kl_ruleset_rule(const struct kl_ruleset *ruleset, u32 rule)
{
	return &ruleset->rules[rule];
}

const struct kl_compiled_site *
kl_ruleset_site(const struct kl_ruleset *ruleset, u32 site)
{
	return &ruleset->sites[site];
}

const struct kl_quota *kl_ruleset_quota(const struct kl_ruleset *ruleset)
{
	return &ruleset->quota;
}

const struct kl_string *kl_ruleset_transition(const struct kl_ruleset *ruleset,
					      u32 *at)
{
	while (*at < ruleset->test_count) {
		const struct kl_test *test = &ruleset->tests[(*at)++];

		if (test->left == KL_SLOT_TRANSITION && test->string &&
		    test->string->length)
			return test->string;
	}
	return NULL;
}

bool kl_ruleset_uses(const struct kl_ruleset *ruleset, enum kl_op op, u32 slot)
{
	return kl_slot_test(ruleset->uses[op], slot);
}

const u64 *kl_ruleset_used(const struct kl_ruleset *ruleset, enum kl_op op)
{
	return ruleset->uses[op];
}

u32 kl_ruleset_blocks(const struct kl_ruleset *ruleset, enum kl_op op,
		      u32 *first)
{
	*first = ruleset->ops[op].first;
	return ruleset->ops[op].count;
}

u32 kl_ruleset_rules(const struct kl_ruleset *ruleset, u32 block, u32 *first)
{
	*first = ruleset->lists[block].first;
	return ruleset->lists[block].count;
}
