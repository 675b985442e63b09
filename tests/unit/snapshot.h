/* SPDX-License-Identifier: GPL-2.0 */
/* All there is to know of a policy, to tell whether a change left a trace. */
#ifndef KELLAS_TESTS_SNAPSHOT_H
#define KELLAS_TESTS_SNAPSHOT_H

#include "text.h"
#include "engine/model.h"

#define VERSION "POLICY_VERSION=20120401\n"

/*
 * Call @visit for every line of a policy, in the order in which it is printed; those
 * of rule groups at the end.
 */
static inline void visit_lines(const struct kl_policy *policy,
			       void (*visit)(void *context, struct kl_rule *rule),
			       void *context)
{
	struct kl_rule **heads, **rules;

	for (int op = 0; op <= KL_OP_COUNT; op++) {
		bool groups = op == KL_OP_COUNT;
		u32 count = groups ? policy->rule_group_count : policy->block_count[op];

		heads = kl_policy_sorted(groups ? &policy->rule_groups : &policy->blocks[op],
					 count);
		for (u32 i = 0; i < count; i++) {
			struct kl_block *block = heads[i]->block;

			visit(context, heads[i]);
			rules = kl_policy_sorted(&block->rules, block->count);
			for (u32 j = 0; j < block->count; j++)
				visit(context, rules[j]);
			kl_free(rules);
		}
		kl_free(heads);
	}
}

static inline void describe_line(void *context, struct kl_rule *rule)
{
	struct kl_hits *hits = rule->hits;

	text_printf(context, "order %llu line %u hits %p refs %llu: %llu %llu %llu %llu\n",
		    (unsigned long long)rule->order, rule->line, (void *)hits,
		    (unsigned long long)hits->refs, (unsigned long long)hits->hits,
		    (unsigned long long)hits->denials, (unsigned long long)hits->lost,
		    (unsigned long long)hits->last);
}

/* All there is to know of a policy; two are the same if these texts are. */
static inline char *snapshot(const struct kl_policy *policy)
{
	struct text text = { 0 };
	struct kl_printer printer = { text_write, &text };
	struct kl_rule **heads;
	const struct kl_group *group;

	assert_int_equal(kl_print_policy(&printer, policy, NULL), 0);
	visit_lines(policy, describe_line, &text);
	for (int kind = 0; kind < KL_GROUP_KINDS; kind++)
		list_for_each_entry(group, &policy->groups[kind], list)
			text_printf(&text, "group %d %s: %u members, %u uses\n", kind,
				    group->name->text, group->count, group->refs);
	heads = kl_policy_sorted(&policy->rule_groups, policy->rule_group_count);
	for (u32 i = 0; i < policy->rule_group_count; i++)
		text_printf(&text, "rule group %s: %u uses, %u of its own\n",
			    kl_rule_group_of(heads[i])->name->text,
			    kl_rule_group_of(heads[i])->refs, heads[i]->block->uses);
	kl_free(heads);
	text_printf(&text, "rules %u groups %u %u order %llu memory %zu expanded %u\n",
		    policy->rule_count, policy->group_count, policy->rule_group_count,
		    (unsigned long long)policy->next_order, policy->memory,
		    policy->expanded);
	/* The generation is none of what comes back. */
	text_printf(&text, "updates %llu\n", (unsigned long long)policy->updates);
	/* The table of words may have grown, and does not shrink. */
	text_printf(&text, "words %u, %zu bytes\n", policy->strings.count,
		    policy->strings.memory - policy->strings.size * sizeof(void *));
	text_printf(&text, "links %u %u %u\n", policy->identity.count, policy->members.count,
		    policy->names.count);
	return text.data;
}

#define assert_unchanged(policy, before)                        \
	do {                                                    \
		char *after_ = snapshot(policy);                \
		assert_string_equal(after_, before);            \
		free(after_);                                   \
	} while (0)

/* Parse; the batch is to be applied or released. */
static inline int parse(struct kl_policy *policy, const char *text,
			struct kl_batch *batch, struct kl_error *error)
{
	struct kl_parser parser;

	kl_batch_init(batch);
	kl_parser_init(&parser, &policy->strings);
	return kl_parse_text(&parser, as_text(text), batch, error);
}

#endif /* KELLAS_TESTS_SNAPSHOT_H */
