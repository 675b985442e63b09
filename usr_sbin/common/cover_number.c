// SPDX-License-Identifier: GPL-2.0
/* Numbers, permissions, file types, addresses. */
#include "cover_inside.h"
#include "engine/map.h"

/* Permission bits are tried one by one in sets of up to so many numbers. */
#define TRIED_MAX 4096u

static kl_u128 last_of(u8 slot, u32 family)
{
	if (kl_slot_type(slot) == KL_IPADDR)
		return family ? ~(kl_u128)0 : 0xffffffffu;
	return kl_slot_type(slot) == KL_FILETYPE ? 15 : ~0ull;
}

static void values_init(struct values *values, u8 slot)
{
	u32 family;

	memset(values, 0, sizeof(*values));
	for (family = 0; family <= (kl_slot_type(slot) == KL_IPADDR); family++)
		kl_ranges_add(&values->set[family], 0, last_of(slot, family));
}

void values_free(struct values *values)
{
	kl_ranges_free(&values->set[0]);
	kl_ranges_free(&values->set[1]);
}

static kl_u128 number_of_ip(const struct kl_ip *ip)
{
	struct kl_point point = kl_ip_point(ip);

	return (kl_u128)point.high << 64 | point.low;
}

static void add_ip(struct kl_ranges *set, const struct kl_ip_range *ip)
{
	kl_ranges_add(&set[ip->low.family == KL_IPV6], number_of_ip(&ip->low),
		      number_of_ip(&ip->high));
}

/* The numbers on the right-hand side, whatever the sign. */
static void right_values(const struct fact *fact, struct kl_ranges *set)
{
	const struct kl_condition *c = fact->condition;
	const struct kl_member *member;

	memset(set, 0, 2 * sizeof(*set));
	switch (c->right) {
	case KL_RIGHT_NUMBER:
		kl_ranges_add(set, c->number.low, c->number.high);
		break;
	case KL_RIGHT_KEYWORD: /* of a file type */
		kl_ranges_add(set, c->number.low >> 12, c->number.low >> 12);
		break;
	case KL_RIGHT_IP:
		add_ip(set, c->ip);
		break;
	case KL_RIGHT_GROUP:
		list_for_each_entry(member, &c->group->members, list)
			if (c->group->kind == KL_IP_GROUP)
				add_ip(set, &member->ip);
			else
				kl_ranges_add(set, member->number.low,
					      member->number.high);
		break;
	}
	kl_ranges_sort(&set[0]);
	kl_ranges_sort(&set[1]);
}

/* The numbers of which a condition is true. */
void true_values(const struct fact *fact, struct kl_ranges *set)
{
	const struct kl_condition *c = fact->condition;
	u32 family;

	right_values(fact, set);
	if (!c->negated)
		return;
	for (family = 0; family < 2; family++) {
		/* The other family is neither equal nor unequal to an address. */
		if (c->right == KL_RIGHT_IP && family != (c->ip->low.family == KL_IPV6))
			continue;
		if (family && kl_slot_type(fact->left) != KL_IPADDR)
			continue;
		kl_ranges_invert(&set[family], last_of(fact->left, family));
	}
}

void free_sets(struct kl_ranges *set)
{
	kl_ranges_free(&set[0]);
	kl_ranges_free(&set[1]);
}

bool is_bit(const struct fact *fact)
{
	return fact->condition->right == KL_RIGHT_KEYWORD &&
	       kl_slot_type(fact->left) == KL_FILEPERM;
}

/* Numbers of a large group take longer than a comparison. */
#define MEMBERS_AT_ONCE 16u

u64 weight_of(const struct fact *fact)
{
	const struct kl_condition *c = fact->condition;

	return c->right == KL_RIGHT_GROUP ? c->group->count / MEMBERS_AT_ONCE : 0;
}

static void narrow(struct values *values, const struct fact *fact)
{
	struct kl_ranges set[2];

	values->any = true;
	values->known |= fact->definite;
	if (fact->condition->right == KL_RIGHT_SLOT)
		return;
	if (is_bit(fact)) {
		*(fact->condition->negated ? &values->without : &values->with) |=
			fact->condition->number.low;
		return;
	}
	true_values(fact, set);
	kl_ranges_keep(&values->set[0], &set[0]);
	kl_ranges_keep(&values->set[1], &set[1]);
	free_sets(set);
}

void gather(struct kl_cover *cover, const struct facts *facts,
	    const struct fact *subject, struct values *values)
{
	u32 i;

	values_init(values, subject->left);
	for (i = 0; i < facts->count; i++)
		if (same_subject(&facts->at[i], subject)) {
			cover->work += weight_of(&facts->at[i]);
			narrow(values, &facts->at[i]);
		}
}

/* Is there a number in the set with these bits, and without those? */
static bool has_bits(const struct kl_ranges *set, u32 with, u32 without)
{
	kl_u128 total = 0, number;
	u32 i;

	if (with & without)
		return false;
	for (i = 0; i < set->count && total <= TRIED_MAX; i++)
		total += set->ranges[i].high - set->ranges[i].low + 1;
	if (!set->count || total > TRIED_MAX || !total)
		return set->count;
	for (i = 0; i < set->count; i++)
		for (number = set->ranges[i].low; number <= set->ranges[i].high; number++)
			if (((u64)number & with) == with && !((u64)number & without))
				return true;
	return false;
}

bool is_possible(const struct values *values)
{
	return has_bits(&values->set[0], values->with, values->without) ||
	       values->set[1].count;
}

/* Is every value in @set? */
bool all_in(const struct values *values, const struct kl_ranges *set)
{
	struct kl_ranges rest = { 0 };
	bool result;

	if (kl_ranges_within(&values->set[1], &set[1]) &&
	    kl_ranges_within(&values->set[0], &set[0]))
		return true;
	if (values->set[1].count || !(values->with | values->without))
		return false;
	kl_ranges_add(&rest, 0, ~0ull);
	kl_ranges_keep(&rest, &set[0]);
	kl_ranges_invert(&rest, ~0ull);
	kl_ranges_keep(&rest, &values->set[0]);
	result = !has_bits(&rest, values->with, values->without);
	kl_ranges_free(&rest);
	return result;
}

static bool number_follows(const struct values *values, const struct fact *wanted)
{
	u32 bit = wanted->condition->number.low;
	struct kl_ranges set[2];
	bool follows;

	if (!values->any || wanted->condition->right == KL_RIGHT_SLOT)
		return false;
	if (is_bit(wanted)) {
		bool negated = wanted->condition->negated;

		return !has_bits(&values->set[0], values->with | (negated ? bit : 0),
				 values->without | (negated ? 0 : bit));
	}
	true_values(wanted, set);
	follows = all_in(values, set);
	free_sets(set);
	return follows;
}

enum kl_proof prove_number(struct kl_cover *cover, const struct facts *facts,
			   const struct fact *wanted, bool doubt)
{
	enum kl_proof result = KL_UNPROVED;
	struct values values;

	gather(cover, facts, wanted, &values);
	cover->work += values.any ? weight_of(wanted) : 0;
	if (number_follows(&values, wanted))
		result = proof(values.known, doubt);
	values_free(&values);
	return result;
}
