// SPDX-License-Identifier: GPL-2.0
/* Numbers and addresses in words. */
#include "engine/print.h"
#include "phrase_inside.h"

/* Modes are known by their octal digits. */
static void put_octal(struct kl_buffer *out, const struct kl_number_range *number)
{
	if ((number->radix[0] == KL_OCTAL && number->radix[1] == KL_OCTAL) ||
	    number->high < 8)
		return;
	kl_buffer_printf(out, " (0%llo", (unsigned long long)number->low);
	if (number->low != number->high)
		kl_buffer_printf(out, " to 0%llo", (unsigned long long)number->high);
	kl_buffer_puts(out, ")");
}

/* As it was typed; of a number that has a name, the name as well. */
static void put_value(struct kl_buffer *out, u8 slot, u64 value, u8 radix)
{
	const char *name = kl_number_name(slot, value);

	switch (radix) {
	case KL_NAMED:
		kl_buffer_puts(out, name);
		return;
	case KL_OCTAL:
		kl_buffer_printf(out, "0%llo", (unsigned long long)value);
		break;
	case KL_HEXADECIMAL:
		kl_buffer_printf(out, "0x%llX", (unsigned long long)value);
		break;
	default:
		kl_buffer_printf(out, "%llu", (unsigned long long)value);
		break;
	}
	if (name)
		kl_buffer_printf(out, " (%s)", name);
}

static void put_range(struct kl_buffer *out, const struct kl_condition *condition)
{
	const struct kl_number_range *number = &condition->number;

	put_value(out, condition->left, number->low, number->radix[0]);
	if (number->low != number->high) {
		kl_buffer_puts(out, " to ");
		put_value(out, condition->left, number->high, number->radix[1]);
	}
	if (kl_slot_type(condition->left) == KL_FILEPERM)
		put_octal(out, number);
}

static bool is_single(const struct kl_condition *condition)
{
	return condition->number.low == condition->number.high;
}

/* Behind "except". */
static void put_other(const struct telling *telling, const struct kl_condition *condition)
{
	if (condition->right == KL_RIGHT_GROUP)
		put_group(telling, condition);
	else
		put_range(telling->out, condition);
}

static void put_number(const struct telling *telling, const char *one,
		       const char *several, const struct kl_condition *condition)
{
	if (condition->right == KL_RIGHT_GROUP)
		kl_buffer_printf(telling->out, "one of the %s ", several);
	else
		kl_buffer_printf(telling->out, "%s ",
				 is_single(condition) ? one : several);
	put_other(telling, condition);
}

void put_numbers(struct telling *telling, u8 slot, const char *one, const char *several)
{
	const struct kl_condition *condition = take_condition(telling, slot);
	const char *lead = " except ";

	if (condition && !condition->negated)
		put_number(telling, one, several, condition);
	else
		kl_buffer_printf(telling->out, "any %s", one);
	if (condition && !condition->negated)
		condition = take_exception(telling, slot);
	for (; condition; condition = take_exception(telling, slot)) {
		kl_buffer_puts(telling->out, lead);
		put_other(telling, condition);
		lead = " and ";
	}
}

static bool is_root(const struct kl_condition *condition)
{
	return condition->right == KL_RIGHT_NUMBER && is_single(condition) &&
	       !condition->number.low;
}

/* It has this value where nobody logged in. */
#define UNSET ((u32)-1)

static bool may_be_unset(u8 slot)
{
	return slot == KL_SLOT_TASK_AUID || slot == KL_SLOT_TASK_SESSIONID;
}

static bool is_unset(const struct kl_condition *condition)
{
	return may_be_unset(condition->left) && condition->right == KL_RIGHT_NUMBER &&
	       is_single(condition) && condition->number.low == UNSET;
}

/* Who reads "other than root" thinks of somebody who did log in. */
static void put_unset(struct kl_buffer *out, const struct kl_condition *condition)
{
	bool slot = condition->right == KL_RIGHT_SLOT, holds;

	if (!may_be_unset(condition->left) &&
	    !(slot && may_be_unset(condition->right_slot)))
		return;
	holds = condition->negated;
	if (condition->right == KL_RIGHT_NUMBER && condition->number.low <= UNSET &&
	    UNSET <= condition->number.high)
		holds = !holds;
	if (condition->right == KL_RIGHT_GROUP)
		kl_buffer_printf(out, " (where there is none it counts as %u)", UNSET);
	else if (holds && !is_unset(condition))
		kl_buffer_puts(out, " (or there is none)");
}

/* "root", "user 5", "users 5 to 9", "the users @ADMINS (...)" */
static void put_user(const struct telling *telling, const struct kl_condition *condition)
{
	struct kl_buffer *out = telling->out;

	if (is_root(condition)) {
		kl_buffer_puts(out, "root");
	} else if (is_unset(condition)) {
		kl_buffer_puts(out, "unset");
	} else if (condition->right == KL_RIGHT_GROUP) {
		kl_buffer_puts(out, "the users ");
		put_group(telling, condition);
	} else {
		kl_buffer_puts(out, is_single(condition) ? "user " : "users ");
		put_range(out, condition);
	}
}

void put_users(struct telling *telling, u8 slot)
{
	const struct kl_condition *condition = take_condition(telling, slot);
	const char *lead = " except ";

	if (condition->negated)
		kl_buffer_puts(telling->out, "anyone");
	else if (condition->right == KL_RIGHT_GROUP)
		kl_buffer_puts(telling->out, "one of ");
	if (!condition->negated) {
		put_user(telling, condition);
		condition = take_exception(telling, slot);
	}
	for (; condition; condition = take_exception(telling, slot)) {
		kl_buffer_puts(telling->out, lead);
		put_user(telling, condition);
		lead = " and ";
	}
}

static void put_user_is(const struct telling *telling,
			const struct kl_condition *condition)
{
	bool one = condition->right == KL_RIGHT_NUMBER && is_single(condition);

	kl_buffer_puts(telling->out, condition->negated ? "is other than " :
				     one		? "is " :
							  "is one of ");
	put_user(telling, condition);
}

static void put_same(const struct telling *telling, const struct kl_condition *condition)
{
	char name[KL_SLOT_NAME_MAX];

	kl_buffer_printf(telling->out, "is %s %s",
			 condition->negated ? "other than" : "the same as",
			 kl_slot_name(telling->phrase->op, condition->right_slot, name));
}

static void put_other_number_is(const struct telling *telling,
				const struct kl_condition *condition)
{
	struct kl_buffer *out = telling->out;

	if (condition->right == KL_RIGHT_GROUP) {
		kl_buffer_puts(out, condition->negated ? "is other than those of " :
							 "is one of ");
		put_group(telling, condition);
		return;
	}
	kl_buffer_puts(out, "is ");
	if (condition->negated)
		kl_buffer_puts(out, is_single(condition) ? "other than " : "outside of ");
	else if (!is_single(condition))
		kl_buffer_puts(out, "from ");
	if (is_unset(condition))
		kl_buffer_puts(out, "unset");
	else
		put_range(out, condition);
}

void put_number_is(const struct telling *telling, const struct kl_condition *condition,
		   bool user)
{
	if (condition->right == KL_RIGHT_SLOT)
		put_same(telling, condition);
	else if (user)
		put_user_is(telling, condition);
	else
		put_other_number_is(telling, condition);
	put_unset(telling->out, condition);
}

/* ------------------------------------------------------------------ addresses */

static void put_ip(struct kl_buffer *out, const struct kl_ip *ip)
{
	char text[KL_IP_TEXT_MAX];

	kl_format_ip(ip, text);
	kl_buffer_puts(out, text);
}

static void put_network(struct kl_buffer *out, const struct kl_ip_range *range)
{
	put_ip(out, &range->low);
	if (range->prefix >= 0) {
		kl_buffer_printf(out, "/%d", range->prefix);
	} else if (!range->single) {
		kl_buffer_puts(out, " to ");
		put_ip(out, &range->high);
	}
}

/* A literal of the other family is neither equal nor unequal. */
static const char *family_of(const struct kl_condition *condition)
{
	return condition->ip->low.family == KL_IPV6 ? "IPv6" : "IPv4";
}

void put_addresses(const struct telling *telling, const struct kl_condition *condition)
{
	struct kl_buffer *out = telling->out;
	const struct kl_ip_range *ip = condition->ip;

	if (condition->right == KL_RIGHT_GROUP) {
		kl_buffer_puts(out, condition->negated ? "any address except those of " :
							 "one of the addresses ");
		put_group(telling, condition);
		return;
	}
	if (condition->negated)
		kl_buffer_printf(out, "any %s address except %s", family_of(condition),
				 ip->prefix >= 0 ? "those in " : "");
	else
		kl_buffer_puts(out, ip->prefix >= 0 ? "addresses in " :
				    ip->single	    ? "the address " :
						      "addresses ");
	put_network(out, ip);
}

void put_address_is(const struct telling *telling, const struct kl_condition *condition)
{
	kl_buffer_puts(telling->out, "is ");
	put_addresses(telling, condition);
}
