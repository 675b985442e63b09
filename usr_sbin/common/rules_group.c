// SPDX-License-Identifier: GPL-2.0
/* Sets of values to groups. */
#include "rules_inside.h"

/* So many lines are written out instead of groups. */
#define LINES 3u
/* Names of groups tell so many operations. */
#define GROUP_OPS 3u

static void put_upper(struct kl_buffer *out, const char *text)
{
	for (; *text; text++) {
		u8 byte = *text;
		char c = isalnum(byte) ? toupper(byte) : '_';

		kl_buffer_add(out, &c, 1);
	}
}

/* The operations whose rows have this set at this attribute. */
static void put_ops(struct kl_buffer *out, const struct rows *rows, u32 set)
{
	u32 i, named = 0, more = 0, last = KL_OP_COUNT;

	for (i = 0; i < rows->count; i++) {
		const struct row *row = &rows->list[i];

		if (row->op == last || (row->sets[0] != set && row->sets[1] != set &&
					row->sets[2] != set && row->sets[3] != set))
			continue;
		last = row->op;
		if (named == GROUP_OPS) {
			more++;
			continue;
		}
		named++;
		kl_buffer_puts(out, "_");
		put_upper(out, kl_op_table[row->op].keyword);
	}
	if (more)
		kl_buffer_printf(out, "_AND_%u_MORE", more);
}

static bool take_name(struct rules *rules, const char *name)
{
	struct kl_strings *taken = rules->subject->taken;
	u32 before = taken->count;
	struct kl_string *string = kl_string_get(taken, kl_text_of(name));

	if (taken->count > before)
		return true;
	kl_string_put(string);
	return false;
}

static char *group_name(struct rules *rules, const struct rows *rows, u32 set)
{
	struct kl_buffer name = { 0 };
	size_t length;
	u32 i;

	kl_buffer_puts(&name, rules->subject->name);
	put_ops(&name, rows, set);
	length = name.length;
	for (i = 2; !take_name(rules, name.data); i++) {
		name.length = length;
		kl_buffer_printf(&name, "_%u", i);
	}
	return name.data;
}

static int compare_words(const void *a, const void *b)
{
	const struct atom *x = *(struct atom *const *)a, *y = *(struct atom *const *)b;

	return strcmp(x->word, y->word);
}

static void write_group(struct rules *rules, struct set *set)
{
	static const char *const kinds[] = {
		[ATOM_STRING] = "string_group",
		[ATOM_NUMBER] = "number_group",
		[ATOM_IP] = "ip_group",
	};
	static const u8 parts[] = {
		[ATOM_STRING] = KL_STRING_GROUP,
		[ATOM_NUMBER] = KL_NUMBER_GROUP,
		[ATOM_IP] = KL_IP_GROUP,
	};
	const struct atom **atoms = kl_xalloc(set->count, sizeof(*atoms));
	struct kl_buffer line = { 0 }, above = { 0 }, beside = { 0 };
	u32 i;

	for (i = 0; i < set->count; i++)
		atoms[i] = rules->atoms[set->members[i]];
	qsort(atoms, set->count, sizeof(*atoms), compare_words);
	for (i = 0; i < set->count; i++) {
		kl_buffer_clear(&line);
		kl_buffer_clear(&above);
		kl_buffer_clear(&beside);
		kl_buffer_printf(&line, "%s %s %s", kinds[atoms[i]->kind], set->group,
				 atoms[i]->word);
		if (!explain_atom(atoms[i], atoms[i]->requests, &above))
			put_requests(&beside, atoms[i]->requests);
		kl_draft_add(rules->draft, KL_DRAFT_GROUPS + parts[atoms[i]->kind],
			     line.data, above.data, beside.data);
	}
	kl_buffer_free(&line);
	kl_buffer_free(&above);
	kl_buffer_free(&beside);
	free(atoms);
}

/* Is there a way to write these members as a group? */
static bool is_groupable(const struct rules *rules, const struct set *set)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		const struct atom *atom = rules->atoms[set->members[i]];

		if (atom->kind == ATOM_NAMED || atom->kind == ATOM_NONE || !*atom->word ||
		    *atom->word == '#')
			return false;
	}
	return true;
}

/* In how many rows of one attribute does a set stand? */
static u32 count_uses(const struct rows *rows, u32 set)
{
	u32 i, uses = 0;

	for (i = 0; i < rows->count; i++)
		uses += rows->list[i].sets[0] == set;
	return uses;
}

/* Groups where they make fewer lines than there would be without. */
void make_groups(struct rules *rules, const struct rows *rows)
{
	u32 i, k, uses;

	for (i = 0; i < rows->count; i++) {
		const struct row *row = &rows->list[i];
		const struct kl_observed *plan = plan_of(rules, row->op);
		u32 lines = 1;

		for (k = 0; k < plan->learnt; k++)
			lines *= min(rules->sets[row->sets[k]]->count, 1000u);
		for (k = 0; k < plan->learnt; k++) {
			struct set *set = rules->sets[row->sets[k]];

			if (set->group || set->count < 2 || !is_groupable(rules, set))
				continue;
			uses = is_simple(plan) ? count_uses(rows, row->sets[k]) : 0;
			if (is_simple(plan) ? set->count + uses >= set->count * uses :
					      lines <= LINES)
				continue;
			set->group = group_name(rules, rows, row->sets[k]);
			write_group(rules, set);
		}
	}
}
