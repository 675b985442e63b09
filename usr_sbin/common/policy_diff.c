// SPDX-License-Identifier: GPL-2.0
/*
 * Two policies compared. Both are brought to lists of items, each with a key
 * that says what it means, whatever it looks like; items of equal keys are
 * partners. What has no partner was added or removed; of partners those that do
 * not belong to the longest row in the same order have moved.
 */
#include "engine/model.h"
#include "engine/print.h"
#include "policy_diff.h"

#define NOBODY ((u32)~0)

/**
 * struct item - a line of one of the policies
 * @key: what it means
 * @exact: what it looks like, without its label
 * @rule: the line; NULL for members of groups and settings
 * @partner: number of the item of the same key in the other list
 * @moved: it comes before or behind others than in the other list
 * @kept: the patch leaves it where it is
 */
struct item {
	char *key, *exact;
	const struct kl_rule *rule;
	u32 partner;
	bool moved, kept;
};

/**
 * struct items - lines of one of the policies, in order
 * @at: these
 * @count: number of them
 */
struct items {
	struct item *at;
	u32 count;
};

/**
 * struct work - a comparison
 * @old, @new: the policies
 * @diff: what was found
 * @patch: lines, or NULL
 * @last: lines for the end of the patch
 */
struct work {
	const struct kl_policy *old, *new;
	struct kl_policy_diff *diff;
	struct kl_buffer *patch;
	struct kl_buffer last;
};

__printf(2, 3) static void patch(struct work *work, const char *format, ...)
{
	char *line = NULL;
	va_list args;

	if (!work->patch)
		return;
	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		abort();
	va_end(args);
	kl_buffer_puts(work->patch, line);
	free(line);
}

/*
 * Keys.
 */
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

/* @label: with the label of a sub-entry */
static char *rule_text(const struct kl_rule *rule, bool label)
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

/* A member as it is written, or (@key) what it means: the end of a condition. */
static char *member_text(const struct kl_group *group, const struct kl_member *member,
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

/*
 * Lists.
 */
static struct item *add_item(struct items *items, char *key, char *exact,
			     const struct kl_rule *rule)
{
	struct item *item;

	if (!(items->count & (items->count - 1)))
		items->at = kl_xrealloc(items->at, 2 * items->count + 1,
					sizeof(*items->at));
	item = &items->at[items->count++];
	*item = (struct item){ key, exact, rule, NOBODY, false, false };
	return item;
}

static void free_items(struct items *items)
{
	u32 i;

	for (i = 0; i < items->count; i++) {
		free(items->at[i].key);
		free(items->at[i].exact);
	}
	free(items->at);
}

/* Blocks of an operation, rule groups, or the lines of a block, in order. */
static void list_rules(const struct list_head *list, u32 count, struct items *items)
{
	struct kl_rule **rules = kl_policy_sorted(list, count);
	u32 i;

	for (i = 0; i < count && rules; i++)
		add_item(items,
			 rules[i]->kind == KL_RULE_GROUP ? rule_text(rules[i], false) :
							   rule_key(rules[i]),
			 rule_text(rules[i], false), rules[i]);
	kl_free(rules);
}

static int by_key(const void *a, const void *b)
{
	const struct item *left = *(const struct item *const *)a;
	const struct item *right = *(const struct item *const *)b;

	return strcmp(left->key, right->key);
}

static struct item **sort_by_key(const struct items *items)
{
	struct item **sorted = kl_xalloc(items->count + 1, sizeof(*sorted));
	u32 i;

	for (i = 0; i < items->count; i++)
		sorted[i] = &items->at[i];
	qsort(sorted, items->count, sizeof(*sorted), by_key);
	return sorted;
}

static void tell_apart(struct item *item)
{
	struct kl_buffer key = { 0 };

	kl_buffer_printf(&key, "%s\n%s", item->key, item->exact);
	free(item->key);
	item->key = key.data;
}

static u32 count_equal(struct item **sorted, u32 from, u32 count, const char *key)
{
	u32 end = from;

	while (end < count && !strcmp(sorted[end]->key, key))
		end++;
	return end - from;
}

/* Where a list has a key twice, their looks decide, in both lists. */
static void make_unique(struct items *a, struct items *b)
{
	struct item **left = sort_by_key(a), **right = sort_by_key(b);
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

static void find_partners(struct items *a, struct items *b)
{
	struct item **left = sort_by_key(a), **right = sort_by_key(b);
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
static void find_moved(struct items *old, struct items *new)
{
	u32 *tails = kl_xalloc(new->count + 1, sizeof(*tails));
	u32 *before = kl_xalloc(new->count + 1, sizeof(*before));
	u32 length = 0, low, high, middle, i;

	for (i = 0; i < new->count; i++) {
		if (new->at[i].partner == NOBODY)
			continue;
		new->at[i].moved = true;
		for (low = 0, high = length; low < high;) {
			middle = (low + high) / 2;
			if (new->at[tails[middle]].partner < new->at[i].partner)
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? tails[low - 1] : NOBODY;
		tails[low] = i;
		length = max(length, low + 1);
	}
	for (i = length ? tails[length - 1] : NOBODY; i != NOBODY; i = before[i])
		new->at[i].moved = false;
	for (i = 0; i < new->count; i++)
		if (new->at[i].partner != NOBODY)
			old->at[new->at[i].partner].moved = new->at[i].moved;
	free(tails);
	free(before);
}

static bool same_label(const struct kl_rule *a, const struct kl_rule *b)
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
static void find_kept(struct items *old, struct items *new)
{
	u32 i, last = NOBODY;
	bool alive = false;

	for (i = 0; i < new->count; i++) {
		struct item *item = &new->at[i];

		if (!i || item->rule->priority != new->at[i - 1].rule->priority) {
			alive = true;
			last = NOBODY;
		}
		alive = alive && item->partner != NOBODY &&
			(last == NOBODY || item->partner > last) &&
			(item->rule->label || !old->at[item->partner].rule->label ||
			 item->rule->kind == KL_RULE_BLOCK);
		if (!alive)
			continue;
		item->kept = true;
		last = item->partner;
		old->at[last].kept = true;
	}
}

static void pair(struct items *old, struct items *new)
{
	make_unique(old, new);
	find_partners(old, new);
}

/*
 * Sections.
 */
/* @title: taken over */
static struct kl_diff_section *add_section(struct work *work, enum kl_change change,
					   enum kl_section_kind kind, char *title)
{
	struct kl_policy_diff *diff = work->diff;
	struct kl_diff_section *section;

	if (!(diff->count & (diff->count - 1)))
		diff->sections = kl_xrealloc(diff->sections, 2 * diff->count + 1,
					     sizeof(*diff->sections));
	section = &diff->sections[diff->count++];
	memset(section, 0, sizeof(*section));
	section->change = change;
	section->kind = kind;
	section->title = title;
	return section;
}

/* @text: taken over */
static void add_line(struct kl_diff_section *section, enum kl_change change, char *text,
		     const struct kl_rule *rule)
{
	if (!(section->count & (section->count - 1)))
		section->lines = kl_xrealloc(section->lines, 2 * section->count + 1,
					     sizeof(*section->lines));
	section->lines[section->count++] = (struct kl_diff_line){ change, text, rule };
}

static void drop_section_if_empty(struct work *work)
{
	struct kl_diff_section *section = &work->diff->sections[work->diff->count - 1];

	if (section->change != KL_CHANGED || section->count)
		return;
	free(section->title);
	work->diff->count--;
}

/*
 * The lines of a block that are no rules.
 */
static char *label_line(const struct kl_block *block)
{
	struct kl_buffer text = { 0 };

	kl_buffer_printf(&text, "label %s", block->rule.label->text);
	return text.data;
}

static char *audit_line(const struct kl_block *block)
{
	struct kl_buffer text = { 0 };

	kl_buffer_printf(&text, "audit %u", block->audit);
	if (block->wait)
		kl_buffer_printf(&text, " wait=%u", block->wait);
	return text.data;
}

/* Of @block what @other has not, or has otherwise; @other may be NULL. */
static void add_properties(struct kl_diff_section *section, enum kl_change change,
			   const struct kl_block *block, const struct kl_block *other)
{
	if (block->rule.kind == KL_RULE_GROUP)
		return;
	if (block->rule.label && !(other && same_label(&block->rule, &other->rule)))
		add_line(section, change, label_line(block), NULL);
	if (block->permissive && !(other && other->permissive))
		add_line(section, change, kl_xstrdup("permissive"), NULL);
	if (!other || block->audit != other->audit || block->wait != other->wait)
		add_line(section, change, audit_line(block), NULL);
}

static void patch_properties(struct work *work, const struct kl_block *old,
			     const struct kl_block *new)
{
	char *line;

	if (new->rule.kind == KL_RULE_GROUP)
		return;
	if (new->rule.label && !(old && same_label(&old->rule, &new->rule))) {
		line = label_line(new);
		patch(work, "    %s\n", line);
		free(line);
	} else if (old && old->rule.label && !new->rule.label) {
		patch(work, "    delete label\n");
	}
	if (new->permissive != (old && old->permissive))
		patch(work, "    %spermissive\n", new->permissive ? "" : "delete ");
	if (!old || old->audit != new->audit || old->wait != new->wait) {
		line = audit_line(new);
		patch(work, "    %s\n", line);
		free(line);
	}
}

/* A rule group that a line uses must be known where the patch is checked. */
static void patch_used(struct work *work, const struct kl_block *block)
{
	const struct kl_rule *rule;

	list_for_each_entry(rule, &block->rules, list)
		if (rule->kind == KL_RULE_USE)
			patch(work, "rule_group %s\n", rule->used->name->text);
}

static void patch_rule(struct work *work, const char *before, const struct kl_rule *rule,
		       bool label)
{
	char *text = rule_text(rule, label);

	patch(work, "%s%s\n", before, text);
	free(text);
}

/*
 * Blocks and rule groups.
 */
/* All lines of a block that is in one of the policies only, or has moved. */
static void add_whole(struct work *work, enum kl_change change,
		      const struct kl_block *block)
{
	enum kl_section_kind kind = block->rule.kind == KL_RULE_GROUP ?
					    KL_SECTION_RULE_GROUP : KL_SECTION_BLOCK;
	struct kl_diff_section *section =
		add_section(work, change, kind, rule_text(&block->rule, false));
	struct kl_rule **rules;
	u32 i;

	if (change == KL_ADDED)
		section->new = block;
	else
		section->old = block;
	add_properties(section, change, block, NULL);
	rules = kl_policy_sorted(&block->rules, block->count);
	for (i = 0; i < block->count && rules; i++)
		add_line(section, change, rule_text(rules[i], true), rules[i]);
	kl_free(rules);
}

static void patch_whole(struct work *work, const struct kl_block *block)
{
	struct kl_rule **rules = kl_policy_sorted(&block->rules, block->count);
	u32 i;

	patch_used(work, block);
	patch_rule(work, "", &block->rule, false);
	patch_properties(work, NULL, block);
	for (i = 0; i < block->count && rules; i++)
		patch_rule(work, "    ", rules[i], true);
	kl_free(rules);
}

static bool differs_in_label(const struct items *old, const struct item *item)
{
	return item->partner != NOBODY &&
	       !same_label(item->rule, old->at[item->partner].rule);
}

static void add_rule_lines(struct kl_diff_section *section, const struct items *old,
			   const struct items *new)
{
	const struct item *item;
	u32 i;

	for (i = 0; i < old->count; i++) {
		item = &old->at[i];
		if (item->partner == NOBODY || differs_in_label(new, item))
			add_line(section, KL_REMOVED, rule_text(item->rule, true),
				 item->rule);
	}
	for (i = 0; i < new->count; i++) {
		item = &new->at[i];
		if (item->partner == NOBODY || differs_in_label(old, item))
			add_line(section, KL_ADDED, rule_text(item->rule, true),
				 item->rule);
		else if (item->moved)
			add_line(section, KL_MOVED, rule_text(item->rule, true),
				 item->rule);
	}
}

static void patch_rules(struct work *work, const struct items *old,
			const struct items *new)
{
	const struct item *item;
	u32 i;

	for (i = 0; i < old->count; i++)
		if (!old->at[i].kept)
			patch_rule(work, "    delete ", old->at[i].rule, false);
	for (i = 0; i < new->count; i++) {
		item = &new->at[i];
		/* One that stays gets its label by its old looks. */
		if (!item->kept) {
			patch_rule(work, "    ", item->rule, true);
		} else if (differs_in_label(old, item)) {
			patch(work, "    %s label=%s\n", old->at[item->partner].exact,
			      item->rule->label->text);
		}
	}
}

/* Two blocks, or rule groups, that are partners. */
static void compare_blocks(struct work *work, const struct kl_block *old,
			   const struct kl_block *new)
{
	bool group = new->rule.kind == KL_RULE_GROUP;
	struct items left = { 0 }, right = { 0 };
	struct kl_diff_section *section;

	section = add_section(work, KL_CHANGED,
			      group ? KL_SECTION_RULE_GROUP : KL_SECTION_BLOCK,
			      rule_text(&new->rule, false));
	section->old = old;
	section->new = new;
	list_rules(&old->rules, old->count, &left);
	list_rules(&new->rules, new->count, &right);
	pair(&left, &right);
	find_moved(&left, &right);
	find_kept(&left, &right);
	add_properties(section, KL_REMOVED, old, new);
	add_properties(section, KL_ADDED, new, old);
	add_rule_lines(section, &left, &right);
	if (section->count) {
		patch_used(work, old);
		patch_used(work, new);
		patch_rule(work, "", &old->rule, false);
		patch_properties(work, old, new);
		patch_rules(work, &left, &right);
	}
	free_items(&left);
	free_items(&right);
	drop_section_if_empty(work);
}

static void add_moved(struct work *work, const struct item *old, const struct item *new)
{
	struct kl_diff_section *section =
		add_section(work, KL_MOVED, KL_SECTION_BLOCK, rule_text(new->rule, false));

	section->old = old->rule->block;
	section->new = new->rule->block;
}

static void compare_op(struct work *work, enum kl_op op)
{
	struct items old = { 0 }, new = { 0 };
	struct kl_buffer *lines = work->patch;
	u32 i, j;

	list_rules(&work->old->blocks[op], work->old->block_count[op], &old);
	list_rules(&work->new->blocks[op], work->new->block_count[op], &new);
	pair(&old, &new);
	find_moved(&old, &new);
	find_kept(&old, &new);
	for (i = 0; i < old.count; i++) {
		if (old.at[i].partner == NOBODY)
			add_whole(work, KL_REMOVED, old.at[i].rule->block);
		if (!old.at[i].kept)
			patch_rule(work, "delete ", old.at[i].rule, false);
	}
	for (j = 0; j < new.count; j++) {
		const struct item *item = &new.at[j];

		if (item->partner == NOBODY)
			add_whole(work, KL_ADDED, item->rule->block);
		else if (item->moved)
			add_moved(work, &old.at[item->partner], item);
		if (!item->kept)
			patch_whole(work, item->rule->block);
		/* What is made anew needs no further change. */
		if (item->partner == NOBODY)
			continue;
		work->patch = item->kept ? lines : NULL;
		compare_blocks(work, old.at[item->partner].rule->block, item->rule->block);
		work->patch = lines;
	}
	free_items(&old);
	free_items(&new);
}

/* A group that is used elsewhere in the old policy goes when that has gone. */
static void remove_rule_group(struct work *work, const struct kl_rule *head)
{
	struct kl_rule **rules = kl_policy_sorted(&head->block->rules,
						  head->block->count);
	u32 i;

	add_whole(work, KL_REMOVED, head->block);
	patch_used(work, head->block);
	patch_rule(work, "", head, false);
	for (i = 0; i < head->block->count && rules; i++)
		if (rules[i]->kind == KL_RULE_USE)
			patch_rule(work, "    delete ", rules[i], false);
	kl_free(rules);
	kl_buffer_printf(&work->last, "delete rule_group %s\n",
			 kl_rule_group_of(head)->name->text);
}

static void compare_rule_groups(struct work *work)
{
	struct items old = { 0 }, new = { 0 };
	u32 i;

	list_rules(&work->old->rule_groups, work->old->rule_group_count, &old);
	list_rules(&work->new->rule_groups, work->new->rule_group_count, &new);
	pair(&old, &new);
	for (i = 0; i < old.count; i++)
		if (old.at[i].partner == NOBODY)
			remove_rule_group(work, old.at[i].rule);
	for (i = 0; i < new.count; i++) {
		if (new.at[i].partner == NOBODY) {
			add_whole(work, KL_ADDED, new.at[i].rule->block);
			patch_whole(work, new.at[i].rule->block);
			continue;
		}
		compare_blocks(work, old.at[new.at[i].partner].rule->block,
			       new.at[i].rule->block);
	}
	free_items(&old);
	free_items(&new);
}

/*
 * Groups of values: each member with its group is an item.
 */
static const char *const kinds[] = {
	[KL_STRING_GROUP] = "string_group",
	[KL_NUMBER_GROUP] = "number_group",
	[KL_IP_GROUP] = "ip_group",
};

static char *member_line(const struct kl_group *group, const struct kl_member *member,
			 bool key)
{
	char *value = member_text(group, member, key);
	struct kl_buffer text = { 0 };

	/* A blank is in no name: groups sort apart. */
	kl_buffer_printf(&text, "%s %s %s", kinds[group->kind], group->name->text, value);
	free(value);
	return text.data;
}

static void list_members(const struct kl_policy *policy, struct items *items)
{
	const struct kl_member *member;
	const struct kl_group *group;
	int kind;

	for (kind = 0; kind < KL_GROUP_KINDS; kind++)
		list_for_each_entry(group, &policy->groups[kind], list)
			list_for_each_entry(member, &group->members, list)
				add_item(items, member_line(group, member, true),
					 member_line(group, member, false), NULL);
}

/* Up to the value. */
static size_t title_length(const char *line)
{
	const char *name = strchr(line, ' ') + 1;

	return strchr(name, ' ') - line;
}

static struct kl_diff_section *section_of(struct work *work, const char *line)
{
	struct kl_policy_diff *diff = work->diff;
	struct kl_diff_section *section = NULL;
	size_t length = title_length(line);
	char *title;

	if (diff->count)
		section = &diff->sections[diff->count - 1];
	if (section && section->kind == KL_SECTION_GROUP &&
	    strlen(section->title) == length && !memcmp(section->title, line, length))
		return section;
	title = kl_xstrdup(line);
	title[length] = '\0';
	return add_section(work, KL_CHANGED, KL_SECTION_GROUP, title);
}

static void change_member(struct work *work, const struct item *item,
			  enum kl_change change)
{
	struct kl_diff_section *section = section_of(work, item->exact);

	add_line(section, change, kl_xstrdup(item->exact), NULL);
	patch(work, "%s%s\n", change == KL_REMOVED ? "delete " : "", item->exact);
}

/* The same value written twice is one; so equal keys need not be told apart. */
static void compare_groups(struct work *work)
{
	struct items old = { 0 }, new = { 0 };
	struct item **left, **right;
	u32 i = 0, j = 0;
	int order;

	list_members(work->old, &old);
	list_members(work->new, &new);
	left = sort_by_key(&old);
	right = sort_by_key(&new);
	while (i < old.count || j < new.count) {
		const char *key;

		order = i == old.count ? 1 : j == new.count ? -1 :
			strcmp(left[i]->key, right[j]->key);
		key = order > 0 ? right[j]->key : left[i]->key;
		for (; i < old.count && !strcmp(left[i]->key, key); i++)
			if (order)
				change_member(work, left[i], KL_REMOVED);
		for (; j < new.count && !strcmp(right[j]->key, key); j++)
			if (order)
				change_member(work, right[j], KL_ADDED);
	}
	free(left);
	free(right);
	free_items(&old);
	free_items(&new);
}

/*
 * Quotas and the mode: the lines with which a printed policy begins.
 */
static int append_head(void *context, const char *data, size_t length)
{
	struct kl_buffer *text = context;
	size_t from = text->length < 8 ? 0 : text->length - 8;

	kl_buffer_add(text, data, length);
	/* Groups follow, or an empty line. */
	return strstr(text->data + from, "_group ") || strstr(text->data + from, "\n\n") ?
		       -ECANCELED : 0;
}

/* Up to the limits: "quota audit[3]", "quota memory audit", "mode". */
static size_t setting_length(const char *line)
{
	const char *end = line;
	int words = strncmp(line, "quota memory", 12) ? 2 : 3;

	if (!strncmp(line, "mode", 4))
		words = 1;
	while (words-- && end)
		end = strchr(end + (end != line), ' ');
	return end ? (size_t)(end - line) : strlen(line);
}

static void list_settings(const struct kl_policy *policy, struct items *items)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { append_head, &text };
	char *line, *rest = NULL, *key;

	kl_print_policy(&printer, policy, NULL);
	if (strstr(text.data, "\n\n"))
		*strstr(text.data, "\n\n") = '\0';
	for (line = strtok_r(text.data, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (strncmp(line, "quota ", 6) && strncmp(line, "mode ", 5))
			continue;
		key = kl_xstrdup(line);
		key[setting_length(line)] = '\0';
		add_item(items, key, kl_xstrdup(line), NULL);
	}
	kl_buffer_free(&text);
}

static void patch_setting(struct work *work, const struct item *old,
			  const struct item *new)
{
	const struct item *either = new ? new : old;
	bool audit = !strncmp(either->key, "quota audit", 11);

	if (!strcmp(either->key, "mode")) {
		patch(work, "%s\n", new ? new->exact : "mode enforcing");
	} else if (audit) {
		/* What the line does not say would stay. */
		if (old)
			patch(work, "delete %s\n", old->key);
		if (new)
			patch(work, "%s\n", new->exact);
	} else {
		bool ring = !strcmp(either->key, "quota memory audit");
		bool oldest = new && strstr(new->exact, "drop-oldest");

		patch(work, "%s%s%s\n", new ? new->exact : either->key, new ? "" : " 0",
		      ring && !oldest ? " drop-newest" : "");
	}
}

static void compare_settings(struct work *work)
{
	struct items old = { 0 }, new = { 0 };
	struct kl_diff_section *section;
	u32 i;

	section = add_section(work, KL_CHANGED, KL_SECTION_SETTINGS, kl_xstrdup(""));
	list_settings(work->old, &old);
	list_settings(work->new, &new);
	find_partners(&old, &new);
	for (i = 0; i < old.count; i++) {
		const struct item *other = old.at[i].partner == NOBODY ?
						   NULL : &new.at[old.at[i].partner];

		if (other && !strcmp(other->exact, old.at[i].exact))
			continue;
		add_line(section, KL_REMOVED, kl_xstrdup(old.at[i].exact), NULL);
		patch_setting(work, &old.at[i], other);
	}
	for (i = 0; i < new.count; i++) {
		const struct item *other = new.at[i].partner == NOBODY ?
						   NULL : &old.at[new.at[i].partner];

		if (other && !strcmp(other->exact, new.at[i].exact))
			continue;
		add_line(section, KL_ADDED, kl_xstrdup(new.at[i].exact), NULL);
		if (!other)
			patch_setting(work, NULL, &new.at[i]);
	}
	free_items(&old);
	free_items(&new);
	drop_section_if_empty(work);
}

void kl_policy_compare(const struct kl_policy *old, const struct kl_policy *new,
		       struct kl_policy_diff *diff, struct kl_buffer *patch)
{
	struct work work = { old, new, diff, patch, { 0 } };
	int op;

	memset(diff, 0, sizeof(*diff));
	compare_settings(&work);
	compare_groups(&work);
	compare_rule_groups(&work);
	for (op = 0; op < KL_OP_COUNT; op++)
		compare_op(&work, op);
	if (patch && work.last.length)
		kl_buffer_add(patch, work.last.data, work.last.length);
	kl_buffer_free(&work.last);
}

void kl_policy_diff_free(struct kl_policy_diff *diff)
{
	u32 i, j;

	for (i = 0; i < diff->count; i++) {
		for (j = 0; j < diff->sections[i].count; j++)
			free(diff->sections[i].lines[j].text);
		free(diff->sections[i].lines);
		free(diff->sections[i].title);
	}
	free(diff->sections);
	memset(diff, 0, sizeof(*diff));
}
