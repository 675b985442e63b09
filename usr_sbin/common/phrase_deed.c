// SPDX-License-Identifier: GPL-2.0
/* Operations in words. */
#include "phrase_inside.h"

static const struct deed deeds[KL_OP_COUNT] = {
#define DEED(id, text, noun0, noun1, name, it0, it1)                  \
	[KL_OP_##id] = { text,                                        \
			 { NOUN_##noun0, NOUN_##noun1, NOUN_##name }, \
			 { it0, it1 } },
#include "phrase_deed.def"
};

enum {
#define DEED(id, text, noun0, noun1, name, it0, it1) DEED_##id,
#include "phrase_deed.def"
	DEED_COUNT
};

static_assert((int)DEED_COUNT == (int)KL_OP_COUNT,
	      "every operation is in phrase_deed.def");

const struct deed *deed_of(enum kl_op op)
{
	return &deeds[op];
}

/* Others are sentences of their own. */
static bool is_told_by_value(const struct kl_condition *condition, u8 slot)
{
	return condition->left == slot && condition->right != KL_RIGHT_NULL &&
	       condition->right != KL_RIGHT_SLOT;
}

/* "=" before "!=": what it is says more than what it is not. */
static s64 find(const struct telling *telling, u8 slot)
{
	const struct kl_condition *condition;
	s64 found = -1;
	u32 i;

	for (i = 0; i < telling->phrase->count; i++) {
		condition = telling->phrase->conditions[i];
		if (telling->told[i] || !is_told_by_value(condition, slot))
			continue;
		if (!condition->negated)
			return i;
		if (found < 0)
			found = i;
	}
	return found;
}

bool has_condition(const struct telling *telling, u8 slot)
{
	return find(telling, slot) >= 0;
}

const struct kl_condition *take_condition(struct telling *telling, u8 slot)
{
	s64 found = find(telling, slot);

	if (found < 0)
		return NULL;
	telling->told[found] = true;
	return telling->phrase->conditions[found];
}

const struct kl_condition *take_exception(struct telling *telling, u8 slot)
{
	const struct kl_condition *condition;
	u32 i;

	for (i = 0; i < telling->phrase->count; i++) {
		condition = telling->phrase->conditions[i];
		if (telling->told[i] || !condition->negated ||
		    !is_told_by_value(condition, slot))
			continue;
		telling->told[i] = true;
		return condition;
	}
	return NULL;
}

static void put_target(struct telling *telling)
{
	if (has_condition(telling, KL_SLOT_TARGET_EXE))
		put_names(telling, KL_SLOT_TARGET_EXE, NOUN_PROGRAM);
	else
		kl_buffer_puts(telling->out, "any process");
}

static void put_peer(struct telling *telling)
{
	const struct kl_condition *address;

	if (has_condition(telling, KL_SLOT_PORT)) {
		put_numbers(telling, KL_SLOT_PORT, "port", "ports");
		kl_buffer_puts(telling->out, " of ");
	}
	address = take_condition(telling, KL_SLOT_IP);
	if (address)
		put_addresses(telling, address);
	else
		kl_buffer_puts(telling->out, "any address");
}

static void put_part(struct telling *telling, const struct deed *deed, char part)
{
	switch (part) {
	case '0':
		put_names(telling, KL_SLOT_OBJECT0, deed->noun[0]);
		break;
	case '1':
		put_names(telling, KL_SLOT_OBJECT1, deed->noun[1]);
		break;
	case 'n':
		put_names(telling, KL_SLOT_NAME, deed->noun[2]);
		break;
	case 'u':
		put_names(telling, KL_SLOT_ADDR, NOUN_ADDRESS);
		break;
	case 'd':
		put_names(telling, KL_SLOT_DOMAIN, NOUN_DOMAIN);
		break;
	case 'a':
		put_peer(telling);
		break;
	case 's':
		put_numbers(telling, KL_SLOT_SIG, "signal", "signals");
		break;
	case 'c':
		put_numbers(telling, KL_SLOT_CAP, "capability", "capabilities");
		break;
	case 't':
		put_target(telling);
		break;
	}
}

/* Is there something to say of the first part in these brackets? */
static bool is_wanted(const struct telling *telling, const char *bracket)
{
	switch (strchr(bracket, '%')[1]) {
	case '0':
		return has_condition(telling, KL_SLOT_OBJECT0);
	case '1':
		return has_condition(telling, KL_SLOT_OBJECT1);
	default:
		return has_condition(telling, KL_SLOT_NAME);
	}
}

void put_deed(struct telling *telling)
{
	const struct deed *deed = deed_of(telling->phrase->op);
	const char *text;

	for (text = deed->text; *text; text++) {
		if (*text == '[' && !is_wanted(telling, text))
			text = strchr(text, ']');
		else if (*text == '%')
			put_part(telling, deed, *++text);
		else if (*text != '[' && *text != ']')
			kl_buffer_add(telling->out, text, 1);
	}
}
