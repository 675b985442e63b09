// SPDX-License-Identifier: GPL-2.0
/* What was observed to values of rules. */
#include "engine/lex.h"
#include "range.h"
#include "rules_inside.h"

void gather_names(struct rules *rules)
{
	const struct kl_rules_of *subject = rules->subject;
	struct kl_observed_value values[KL_OBSERVED_MAX];
	u32 i, slot;

	rules->names = kl_names_new(&subject->options->how);
	for (i = 0; i < subject->count; i++) {
		const struct kl_observation *observation = subject->list[i];
		const struct kl_observed *plan = plan_of(rules, observation->op);

		kl_observed_values(plan, observation, values);
		for (slot = 0; slot < plan->learnt; slot++)
			if (is_name(plan->slots[slot]) && values[slot].present)
				rules->numbers[i * KL_LEARNT_MAX + slot] =
					kl_names_add(rules->names, values[slot].text,
						     observation->op,
						     observation->requests);
	}
	kl_names_generalise(rules->names);
}

/**
 * struct seen - a port or address that was seen
 * @op: by which operation
 * @at: index in rules.ranges
 * @port, @ip: it
 */
struct seen {
	u32 op;
	u32 at;
	u64 port;
	struct kl_ip ip;
};

static int compare_seen(const void *a, const void *b)
{
	const struct seen *x = a, *y = b;

	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	if (x->port != y->port)
		return x->port < y->port ? -1 : 1;
	return memcmp(&x->ip, &y->ip, sizeof(x->ip));
}

/* @seen: of one operation, sorted */
static void range_op(struct rules *rules, const struct seen *seen, u32 count, u32 slot)
{
	const struct kl_generalise *how = &rules->subject->options->how;
	struct kl_range *ranges = kl_xalloc(count, sizeof(*ranges));
	struct kl_ip *addresses = kl_xalloc(count, sizeof(*addresses));
	u64 *ports = kl_xalloc(count, sizeof(*ports));
	u32 i, different = 0;

	for (i = 0; i < count; i++)
		if (!i || compare_seen(&seen[i], &seen[i - 1])) {
			ports[different] = seen[i].port;
			addresses[different++] = seen[i].ip;
		}
	if (slot == KL_SLOT_PORT)
		kl_range_ports(how, ports, different, ranges);
	else
		kl_range_addresses(how, addresses, different, ranges);
	for (i = 0, different = 0; i < count; i++) {
		different += i && compare_seen(&seen[i], &seen[i - 1]);
		rules->ranges[seen[i].at] = ranges[different];
	}
	free(ranges);
	free(addresses);
	free(ports);
}

void gather_ranges(struct rules *rules, u32 slot)
{
	const struct kl_rules_of *subject = rules->subject;
	struct seen *seen = kl_xalloc(subject->count + 1, sizeof(*seen));
	struct kl_observed_value values[KL_OBSERVED_MAX];
	u32 i, k, from, to, count = 0;

	for (i = 0; i < subject->count; i++) {
		const struct kl_observation *observation = subject->list[i];
		const struct kl_observed *plan = plan_of(rules, observation->op);

		for (k = 0; k < plan->learnt && plan->slots[k] != slot; k++)
			;
		if (k == plan->learnt)
			continue;
		kl_observed_values(plan, observation, values);
		if (!values[k].present)
			continue;
		seen[count].op = observation->op;
		seen[count].at = i * KL_LEARNT_MAX + k;
		seen[count].port = values[k].number;
		seen[count++].ip = values[k].ip;
	}
	qsort(seen, count, sizeof(*seen), compare_seen);
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count && seen[to].op == seen[from].op; to++)
			;
		range_op(rules, seen + from, to - from, slot);
	}
	free(seen);
}

u32 name_atom(struct rules *rules, u32 number)
{
	const struct kl_name_pattern *pattern = kl_names_pattern(rules->names, number);
	u32 atom = find_atom(rules, ATOM_STRING, pattern->word);

	if (pattern->matcher)
		rules->atoms[atom]->why = pattern;
	return atom;
}

static u32 range_atom(struct rules *rules, enum atom_kind kind,
		      const struct kl_range *range)
{
	u32 number = find_atom(rules, kind, range->text);
	struct atom *atom = rules->atoms[number];

	atom->different = max(atom->different, range->different);
	return number;
}

static u32 string_atom(struct rules *rules, struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);
	char *word = kl_xalloc(length + 1, 1);
	u32 atom;

	kl_encode(raw, word, length);
	atom = find_atom(rules, ATOM_STRING, word);
	free(word);
	return atom;
}

const char *number_word(u32 slot, u64 number, char *room)
{
	const char *name = kl_number_name(slot, number);

	if (name)
		return name;
	snprintf(room, 32,
		 slot == KL_SLOT_CMD		   ? "0x%llX" :
		 kl_slot_type(slot) == KL_FILEPERM ? "0%llo" :
						     "%llu",
		 (unsigned long long)number);
	return room;
}

static u32 number_atom(struct rules *rules, u32 slot, u64 number)
{
	char room[32];
	const char *word = number_word(slot, number, room);

	return find_atom(rules, word == room ? ATOM_NUMBER : ATOM_NAMED, word);
}

/* @at: index in rules.numbers and rules.ranges */
static u32 value_atom(struct rules *rules, u32 slot,
		      const struct kl_observed_value *value, u32 at)
{
	if (!value->present)
		return find_atom(rules, ATOM_NONE, "");
	if (is_name(slot))
		return name_atom(rules, rules->numbers[at]);
	if (slot == KL_SLOT_PORT)
		return range_atom(rules, ATOM_NUMBER, &rules->ranges[at]);
	switch (kl_slot_type(slot)) {
	case KL_STRING:
		return string_atom(rules, value->text);
	case KL_IPADDR:
		return range_atom(rules, ATOM_IP, &rules->ranges[at]);
	default:
		return number_atom(rules, slot, value->number);
	}
}

void make_rows(struct rules *rules)
{
	const struct kl_rules_of *subject = rules->subject;
	struct kl_observed_value values[KL_OBSERVED_MAX];
	u32 i, k, atom;

	for (i = 0; i < subject->count; i++) {
		const struct kl_observation *observation = subject->list[i];
		const struct kl_observed *plan = plan_of(rules, observation->op);
		struct row row = { .op = observation->op,
				   .requests = observation->requests };

		kl_observed_values(plan, observation, values);
		for (k = 0; k < plan->learnt; k++) {
			atom = value_atom(rules, plan->slots[k], &values[k],
					  i * KL_LEARNT_MAX + k);
			rules->atoms[atom]->requests += observation->requests;
			row.sets[k] = set_of_atom(rules, atom);
		}
		add_row(&rules->single, &row);
	}
}
