// SPDX-License-Identifier: GPL-2.0
/* The observations of one subject to the lines of its blocks. */
#include "rules_inside.h"

static void init_table(struct kl_table *table)
{
	if (kl_table_init(table)) {
		fputs("out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
}

bool kl_rules_possible(enum kl_op op)
{
	struct kl_observed plan;

	kl_observed_plan(&plan, op);
	/* auto_domain_transition refuses nothing. */
	return plan.learnt && !(kl_op_table[op].flags & KL_OP_LOG_ONLY) &&
	       op != KL_OP_AUTO_DOMAIN_TRANSITION;
}

static void free_rules(struct rules *rules)
{
	u32 i;

	for (i = 0; i < rules->atom_count; i++) {
		free(rules->atoms[i]->word);
		free(rules->atoms[i]);
	}
	for (i = 0; i < rules->set_count; i++) {
		free(rules->sets[i]->members);
		free(rules->sets[i]->group);
		free(rules->sets[i]);
	}
	free(rules->atoms);
	free(rules->sets);
	kl_table_destroy(&rules->atom_table);
	kl_table_destroy(&rules->set_table);
	kl_names_free(rules->names);
	free(rules->numbers);
	free(rules->ranges);
	free(rules->single.list);
}

void kl_rules_write(const struct kl_rules_of *subject, struct kl_draft *draft)
{
	struct rules rules = { .subject = subject, .draft = draft };
	size_t values = (size_t)subject->count * KL_LEARNT_MAX + 1;
	struct rows rows = { 0 };

	init_table(&rules.atom_table);
	init_table(&rules.set_table);
	rules.numbers = kl_xalloc(values, sizeof(*rules.numbers));
	rules.ranges = kl_xalloc(values, sizeof(*rules.ranges));
	/* Set number 0, which rows without an attribute have there. */
	set_of_atom(&rules, find_atom(&rules, ATOM_NONE, ""));
	gather_names(&rules);
	gather_ranges(&rules, KL_SLOT_PORT);
	gather_ranges(&rules, KL_SLOT_IP);
	make_rows(&rules);
	sort_rows(&rules.single);
	cover_ops(&rules);
	sort_rows(&rules.single);
	class_rows(&rules, &rows);
	joined_rows(&rules, &rows);
	sort_rows(&rows);
	make_groups(&rules, &rows);
	write_blocks(&rules, &rows);
	free(rows.list);
	free_rules(&rules);
}
