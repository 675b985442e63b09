// SPDX-License-Identifier: GPL-2.0
/* Values that rules ask for, and sets of these: each once, and by number. */
#include "rules_inside.h"

u32 find_atom(struct rules *rules, enum atom_kind kind, const char *word)
{
	u32 hash = kl_hash(kind, word, strlen(word));
	struct kl_link *link = kl_table_first(&rules->atom_table, hash);
	struct atom *atom;

	for (; link; link = kl_table_next(link)) {
		atom = container_of(link, struct atom, link);
		if (atom->kind == kind && !strcmp(atom->word, word))
			return atom->number;
	}
	atom = kl_xalloc(1, sizeof(*atom));
	atom->link.hash = hash;
	atom->kind = kind;
	atom->word = kl_xstrdup(word);
	atom->number = rules->atom_count;
	kl_table_add(&rules->atom_table, &atom->link);
	KL_GROW(rules->atoms, rules->atom_count, rules->atom_room);
	rules->atoms[rules->atom_count++] = atom;
	return atom->number;
}

u32 find_set(struct rules *rules, const u32 *members, u32 count)
{
	u32 hash = kl_hash(0, (const char *)members, count * sizeof(*members));
	struct kl_link *link = kl_table_first(&rules->set_table, hash);
	struct set *set;

	for (; link; link = kl_table_next(link)) {
		set = container_of(link, struct set, link);
		if (set->count == count &&
		    !memcmp(set->members, members, count * sizeof(*members)))
			return set->number;
	}
	set = kl_xalloc(1, sizeof(*set));
	set->link.hash = hash;
	set->count = count;
	set->members = kl_xalloc(count, sizeof(*members));
	memcpy(set->members, members, count * sizeof(*members));
	set->number = rules->set_count;
	kl_table_add(&rules->set_table, &set->link);
	KL_GROW(rules->sets, rules->set_count, rules->set_room);
	rules->sets[rules->set_count++] = set;
	return set->number;
}

u32 set_of_atom(struct rules *rules, u32 atom)
{
	return find_set(rules, &atom, 1);
}

const struct atom *only_atom(const struct rules *rules, u32 set)
{
	return rules->atoms[rules->sets[set]->members[0]];
}

bool is_none(const struct rules *rules, u32 set)
{
	return only_atom(rules, set)->kind == ATOM_NONE;
}
