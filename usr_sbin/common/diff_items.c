// SPDX-License-Identifier: GPL-2.0
/* Lines of two policies, and which of them are the same. */
#include "diff_items.h"
#include "engine/model.h"
#include "engine/print.h"

/* ---- keys ---- */

static void normalise_numbers(struct kl_number_range *range)
{
	range->radix[0] = KL_DECIMAL;
	range->radix[1] = KL_DECIMAL;
	range->single = range->low == range->high;
}

static void normalise_addresses(struct kl_ip_range *range)
{
	range->prefix = -1;
	range->single = !memcmp(&range->low, &range->high, sizeof(range->low));
}

static char *condition_key(enum kl_op op, const struct kl_condition *condition)
{
	struct kl_condition plain = *condition;
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };
	struct kl_ip_range ip;

	if (plain.right == KL_RIGHT_NUMBER)
		normalise_numbers(&plain.number);
	if (plain.right == KL_RIGHT_IP) {
		ip = *plain.ip;
		normalise_addresses(&ip);
		plain.ip = &ip;
	}
	kl_print_condition(&printer, op, &plain);
	return text.data;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Operation, priority, kind, and the conditions in an order of their own, once each. */
static char *rule_key(const struct kl_rule *rule)
{
	char **conditions = kl_xalloc(rule->count + 1, sizeof(*conditions));
	struct kl_buffer key = { 0 };
	u32 i;

	for (i = 0; i < rule->count; i++)
		conditions[i] = condition_key(rule->op, &rule->conditions[i]);
	qsort(conditions, rule->count, sizeof(*conditions), by_text);
	kl_buffer_printf(&key, "%u %u", rule->priority, rule->kind);
	if (rule->kind == KL_RULE_USE)
		kl_buffer_printf(&key, " %s", rule->used->name->text);
	for (i = 0; i < rule->count; i++)
		if (!i || strcmp(conditions[i], conditions[i - 1]))
			kl_buffer_printf(&key, " %s", conditions[i]);
	for (i = 0; i < rule->count; i++)
		free(conditions[i]);
	free(conditions);
	return key.data;
}

char *kl_diff_rule_text(const struct kl_rule *rule, bool label)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };
	struct kl_rule plain = *rule;

	if (rule->kind == KL_RULE_GROUP) {
		kl_buffer_printf(&text, "rule_group %s",
				 kl_rule_group_of(rule)->name->text);
		return text.data;
	}
	if (!label)
		plain.label = NULL;
	kl_print_rule(&printer, &plain);
	return text.data;
}

char *kl_diff_member_text(const struct kl_group *group, const struct kl_member *member,
			  bool key)
{
	struct kl_condition c = { 0 };
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };
	struct kl_ip_range ip;
	char *value;

	switch (group->kind) {
	case KL_STRING_GROUP:
		return kl_xstrdup(member->string->text);
	case KL_NUMBER_GROUP:
		c.left = KL_SLOT_TASK_UID;
		c.right = KL_RIGHT_NUMBER;
		c.number = member->number;
		if (key)
			normalise_numbers(&c.number);
		break;
	default:
		ip = member->ip;
		c.left = KL_SLOT_IP;
		c.right = KL_RIGHT_IP;
		c.ip = &ip;
		if (key)
			normalise_addresses(&ip);
	}
	kl_print_condition(&printer, KL_OP_INET_STREAM_BIND, &c);
	value = kl_xstrdup(strchr(text.data, '=') + 1);
	kl_buffer_free(&text);
	return value;
}

/* ---- lists ---- */

struct kl_diff_item *kl_diff_item(struct kl_diff_items *items, char *key, char *exact,
				  const struct kl_rule *rule)
{
	struct kl_diff_item *item;

	if (!(items->count & (items->count - 1)))
		items->at = kl_xrealloc(items->at, 2 * items->count + 1,
					sizeof(*items->at));
	item = &items->at[items->count++];
	*item = (struct kl_diff_item){ key, exact, rule, KL_DIFF_NOBODY, false, false };
	return item;
}

void kl_diff_items_free(struct kl_diff_items *items)
{
	u32 i;

	for (i = 0; i < items->count; i++) {
		free(items->at[i].key);
		free(items->at[i].exact);
	}
	free(items->at);
}

void kl_diff_items_of(const struct list_head *list, u32 count, struct kl_diff_items *items)
{
	struct kl_rule **rules = kl_policy_sorted(list, count);
	u32 i;

	for (i = 0; i < count && rules; i++)
		kl_diff_item(items,
			     rules[i]->kind == KL_RULE_GROUP ?
				     kl_diff_rule_text(rules[i], false) :
				     rule_key(rules[i]),
			     kl_diff_rule_text(rules[i], false), rules[i]);
	kl_free(rules);
}

static int by_key(const void *a, const void *b)
{
	const struct kl_diff_item *left = *(const struct kl_diff_item *const *)a;
	const struct kl_diff_item *right = *(const struct kl_diff_item *const *)b;

	return strcmp(left->key, right->key);
}

struct kl_diff_item **kl_diff_items_sorted(const struct kl_diff_items *items)
{
	struct kl_diff_item **sorted = kl_xalloc(items->count + 1, sizeof(*sorted));
	u32 i;

	for (i = 0; i < items->count; i++)
		sorted[i] = &items->at[i];
	qsort(sorted, items->count, sizeof(*sorted), by_key);
	return sorted;
}

static void tell_apart(struct kl_diff_item *item)
{
	struct kl_buffer key = { 0 };

	kl_buffer_printf(&key, "%s\n%s", item->key, item->exact);
	free(item->key);
	item->key = key.data;
}

static u32 count_equal(struct kl_diff_item **sorted, u32 from, u32 count, const char *key)
{
	u32 end = from;

	while (end < count && !strcmp(sorted[end]->key, key))
		end++;
	return end - from;
}

/* Where a list has a key twice, their looks decide, in both lists. */
static void make_unique(struct kl_diff_items *a, struct kl_diff_items *b)
{
	struct kl_diff_item **left = kl_diff_items_sorted(a), **right = kl_diff_items_sorted(b);
	u32 i = 0, j = 0, in_left, in_right, k;
	const char *key;
	int order;

	while (i < a->count || j < b->count) {
		order = i == a->count ? 1 : j == b->count ? -1 :
			strcmp(left[i]->key, right[j]->key);
		key = order > 0 ? right[j]->key : left[i]->key;
		in_left = order > 0 ? 0 : count_equal(left, i, a->count, key);
		in_right = order < 0 ? 0 : count_equal(right, j, b->count, key);
		for (k = 0; k < in_left && (in_left > 1 || in_right > 1); k++)
			tell_apart(left[i + k]);
		for (k = 0; k < in_right && (in_left > 1 || in_right > 1); k++)
			tell_apart(right[j + k]);
		i += in_left;
		j += in_right;
	}
	free(left);
	free(right);
}

void kl_diff_partners(struct kl_diff_items *a, struct kl_diff_items *b)
{
	struct kl_diff_item **left = kl_diff_items_sorted(a), **right = kl_diff_items_sorted(b);
	u32 i = 0, j = 0;
	int order;

	while (i < a->count && j < b->count) {
		order = strcmp(left[i]->key, right[j]->key);
		if (!order) {
			left[i]->partner = right[j] - b->at;
			right[j]->partner = left[i] - a->at;
		}
		i += order <= 0;
		j += order >= 0;
	}
	free(left);
	free(right);
}

/*
 * Partners outside of the longest ascending row have moved. @tails: by length of
 * a row the item with which the best one ends; @before: the item before each.
 */
void kl_diff_moved(struct kl_diff_items *old, struct kl_diff_items *new)
{
	u32 *tails = kl_xalloc(new->count + 1, sizeof(*tails));
	u32 *before = kl_xalloc(new->count + 1, sizeof(*before));
	u32 length = 0, low, high, middle, i;

	for (i = 0; i < new->count; i++) {
		if (new->at[i].partner == KL_DIFF_NOBODY)
			continue;
		new->at[i].moved = true;
		for (low = 0, high = length; low < high;) {
			middle = (low + high) / 2;
			if (new->at[tails[middle]].partner < new->at[i].partner)
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? tails[low - 1] : KL_DIFF_NOBODY;
		tails[low] = i;
		length = max(length, low + 1);
	}
	for (i = length ? tails[length - 1] : KL_DIFF_NOBODY; i != KL_DIFF_NOBODY; i = before[i])
		new->at[i].moved = false;
	for (i = 0; i < new->count; i++)
		if (new->at[i].partner != KL_DIFF_NOBODY)
			old->at[new->at[i].partner].moved = new->at[i].moved;
	free(tails);
	free(before);
}

bool kl_diff_same_label(const struct kl_rule *a, const struct kl_rule *b)
{
	if (!a->label || !b->label)
		return a->label == b->label;
	return !strcmp(a->label->text, b->label->text);
}

/*
 * What is added comes behind all others of its priority. So of each priority
 * those may stay with which the new list begins, as long as they are in order.
 * A label is not taken away from a line that stays.
 */
void kl_diff_kept(struct kl_diff_items *old, struct kl_diff_items *new)
{
	u32 i, last = KL_DIFF_NOBODY;
	bool alive = false;

	for (i = 0; i < new->count; i++) {
		struct kl_diff_item *item = &new->at[i];

		if (!i || item->rule->priority != new->at[i - 1].rule->priority) {
			alive = true;
			last = KL_DIFF_NOBODY;
		}
		alive = alive && item->partner != KL_DIFF_NOBODY &&
			(last == KL_DIFF_NOBODY || item->partner > last) &&
			(item->rule->label || !old->at[item->partner].rule->label ||
			 item->rule->kind == KL_RULE_BLOCK);
		if (!alive)
			continue;
		item->kept = true;
		last = item->partner;
		old->at[last].kept = true;
	}
}

void kl_diff_pair(struct kl_diff_items *old, struct kl_diff_items *new)
{
	make_unique(old, new);
	kl_diff_partners(old, new);
}
