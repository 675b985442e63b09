// SPDX-License-Identifier: GPL-2.0
/* Conditions in terms of the operation of a request, compared. */
#include "cover_inside.h"

/* Return: false if the operation has no such attribute. */
bool translate(const struct kl_claim *claim, enum kl_op op, u32 number,
	       struct fact *fact)
{
	const struct kl_condition *c = &claim->conditions[number];
	int left = kl_slot_translate(claim->op, c->left, op);
	int right = c->right == KL_RIGHT_SLOT ?
			    kl_slot_translate(claim->op, c->right_slot, op) :
			    0;

	fact->condition = c;
	fact->left = left;
	fact->right_slot = right;
	fact->definite = !claim->doubt;
	return left >= 0 && right >= 0;
}

void collect(const struct kl_claim *claims, u32 count, enum kl_op op,
	     struct facts *facts)
{
	u32 i, j, most = 0;

	for (i = 0; i < count; i++)
		most += claims[i].count;
	facts->at = kl_xalloc(most + 1, sizeof(*facts->at));
	facts->count = 0;
	for (i = 0; i < count; i++)
		for (j = 0; j < claims[i].count; j++)
			if (claims[i].conditions[j].left != KL_SLOT_TRANSITION &&
			    translate(&claims[i], op, j, &facts->at[facts->count]))
				facts->count++;
}

/* Words of two policies are in two tables. */
bool same_word(const struct kl_string *a, const struct kl_string *b)
{
	return a == b || (a && b && a->hash == b->hash && a->length == b->length &&
			  !memcmp(a->text, b->text, a->length));
}

bool same_subject(const struct fact *a, const struct fact *b)
{
	return a->left == b->left && a->condition->index == b->condition->index &&
	       same_word(a->condition->name, b->condition->name);
}

static bool same_ip(const struct kl_ip_range *a, const struct kl_ip_range *b)
{
	return a->low.family == b->low.family &&
	       !memcmp(a->low.bytes, b->low.bytes, sizeof(a->low.bytes)) &&
	       !memcmp(a->high.bytes, b->high.bytes, sizeof(a->high.bytes));
}

static bool same_right(const struct fact *a, const struct fact *b)
{
	const struct kl_condition *x = a->condition, *y = b->condition;

	if (x->right != y->right)
		return false;
	switch (x->right) {
	case KL_RIGHT_NUMBER:
	case KL_RIGHT_KEYWORD:
		return x->number.low == y->number.low && x->number.high == y->number.high;
	case KL_RIGHT_STRING:
		return same_word(x->string, y->string);
	case KL_RIGHT_IP:
		return same_ip(x->ip, y->ip);
	case KL_RIGHT_GROUP:
		return x->group == y->group;
	case KL_RIGHT_SLOT:
		return a->right_slot == b->right_slot;
	default:
		return true;
	}
}

/* Do they say the same, but for "=" or "!="? Attributes may change sides. */
bool same_but_sign(const struct fact *a, const struct fact *b)
{
	if (same_subject(a, b))
		return same_right(a, b);
	return a->condition->right == KL_RIGHT_SLOT &&
	       b->condition->right == KL_RIGHT_SLOT && a->left < KL_SLOT_ARGV &&
	       a->left == b->right_slot && a->right_slot == b->left &&
	       kl_slot_type(a->left) == kl_slot_type(b->left);
}

bool is_null(const struct fact *fact)
{
	return fact->condition->right == KL_RIGHT_NULL;
}

/*
 * Is what a definite premise is about known? Whether an argument or a variable
 * exists says nothing of its value.
 */
bool makes_known(const struct fact *fact)
{
	bool argument = fact->left == KL_SLOT_ARGV || fact->left == KL_SLOT_ENVP;

	return fact->definite && !(argument && is_null(fact));
}

enum kl_proof proof(bool definite, bool doubt)
{
	return definite || doubt ? KL_PROVED : KL_PROVED_IF_KNOWN;
}
