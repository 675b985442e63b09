// SPDX-License-Identifier: GPL-2.0
/*
 * Two policies compared. Both are brought to lists of items, each with a key
 * that says what it means, whatever it looks like; items of equal keys are
 * partners. What has no partner was added or removed; of partners those that do
 * not belong to the longest row in the same order have moved.
 */
#include "diff_items.h"
#include "engine/model.h"
#include "engine/print.h"
#include "policy_diff.h"

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
	if (block->rule.label && !(other && kl_diff_same_label(&block->rule, &other->rule)))
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
	if (new->rule.label && !(old && kl_diff_same_label(&old->rule, &new->rule))) {
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
	char *text = kl_diff_rule_text(rule, label);

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
		add_section(work, change, kind, kl_diff_rule_text(&block->rule, false));
	struct kl_rule **rules;
	u32 i;

	if (change == KL_ADDED)
		section->new = block;
	else
		section->old = block;
	add_properties(section, change, block, NULL);
	rules = kl_policy_sorted(&block->rules, block->count);
	for (i = 0; i < block->count && rules; i++)
		add_line(section, change, kl_diff_rule_text(rules[i], true), rules[i]);
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

static bool differs_in_label(const struct kl_diff_items *old, const struct kl_diff_item *item)
{
	return item->partner != KL_DIFF_NOBODY &&
	       !kl_diff_same_label(item->rule, old->at[item->partner].rule);
}

static void add_rule_lines(struct kl_diff_section *section, const struct kl_diff_items *old,
			   const struct kl_diff_items *new)
{
	const struct kl_diff_item *item;
	u32 i;

	for (i = 0; i < old->count; i++) {
		item = &old->at[i];
		if (item->partner == KL_DIFF_NOBODY || differs_in_label(new, item))
			add_line(section, KL_REMOVED, kl_diff_rule_text(item->rule, true),
				 item->rule);
	}
	for (i = 0; i < new->count; i++) {
		item = &new->at[i];
		if (item->partner == KL_DIFF_NOBODY || differs_in_label(old, item))
			add_line(section, KL_ADDED, kl_diff_rule_text(item->rule, true),
				 item->rule);
		else if (item->moved)
			add_line(section, KL_MOVED, kl_diff_rule_text(item->rule, true),
				 item->rule);
	}
}

static void patch_rules(struct work *work, const struct kl_diff_items *old,
			const struct kl_diff_items *new)
{
	const struct kl_diff_item *item;
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
	struct kl_diff_items left = { 0 }, right = { 0 };
	struct kl_diff_section *section;

	section = add_section(work, KL_CHANGED,
			      group ? KL_SECTION_RULE_GROUP : KL_SECTION_BLOCK,
			      kl_diff_rule_text(&new->rule, false));
	section->old = old;
	section->new = new;
	kl_diff_items_of(&old->rules, old->count, &left);
	kl_diff_items_of(&new->rules, new->count, &right);
	kl_diff_pair(&left, &right);
	kl_diff_moved(&left, &right);
	kl_diff_kept(&left, &right);
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
	kl_diff_items_free(&left);
	kl_diff_items_free(&right);
	drop_section_if_empty(work);
}

static void add_moved(struct work *work, const struct kl_diff_item *old,
		      const struct kl_diff_item *new)
{
	struct kl_diff_section *section =
		add_section(work, KL_MOVED, KL_SECTION_BLOCK, kl_diff_rule_text(new->rule, false));

	section->old = old->rule->block;
	section->new = new->rule->block;
}

static void compare_op(struct work *work, enum kl_op op)
{
	struct kl_diff_items old = { 0 }, new = { 0 };
	struct kl_buffer *lines = work->patch;
	u32 i, j;

	kl_diff_items_of(&work->old->blocks[op], work->old->block_count[op], &old);
	kl_diff_items_of(&work->new->blocks[op], work->new->block_count[op], &new);
	kl_diff_pair(&old, &new);
	kl_diff_moved(&old, &new);
	kl_diff_kept(&old, &new);
	for (i = 0; i < old.count; i++) {
		if (old.at[i].partner == KL_DIFF_NOBODY)
			add_whole(work, KL_REMOVED, old.at[i].rule->block);
		if (!old.at[i].kept)
			patch_rule(work, "delete ", old.at[i].rule, false);
	}
	for (j = 0; j < new.count; j++) {
		const struct kl_diff_item *item = &new.at[j];

		if (item->partner == KL_DIFF_NOBODY)
			add_whole(work, KL_ADDED, item->rule->block);
		else if (item->moved)
			add_moved(work, &old.at[item->partner], item);
		if (!item->kept)
			patch_whole(work, item->rule->block);
		/* What is made anew needs no further change. */
		if (item->partner == KL_DIFF_NOBODY)
			continue;
		work->patch = item->kept ? lines : NULL;
		compare_blocks(work, old.at[item->partner].rule->block, item->rule->block);
		work->patch = lines;
	}
	kl_diff_items_free(&old);
	kl_diff_items_free(&new);
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
	struct kl_diff_items old = { 0 }, new = { 0 };
	u32 i;

	kl_diff_items_of(&work->old->rule_groups, work->old->rule_group_count, &old);
	kl_diff_items_of(&work->new->rule_groups, work->new->rule_group_count, &new);
	kl_diff_pair(&old, &new);
	for (i = 0; i < old.count; i++)
		if (old.at[i].partner == KL_DIFF_NOBODY)
			remove_rule_group(work, old.at[i].rule);
	for (i = 0; i < new.count; i++) {
		if (new.at[i].partner == KL_DIFF_NOBODY) {
			add_whole(work, KL_ADDED, new.at[i].rule->block);
			patch_whole(work, new.at[i].rule->block);
			continue;
		}
		compare_blocks(work, old.at[new.at[i].partner].rule->block,
			       new.at[i].rule->block);
	}
	kl_diff_items_free(&old);
	kl_diff_items_free(&new);
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
	char *value = kl_diff_member_text(group, member, key);
	struct kl_buffer text = { 0 };

	/* A blank is in no name: groups sort apart. */
	kl_buffer_printf(&text, "%s %s %s", kinds[group->kind], group->name->text, value);
	free(value);
	return text.data;
}

static void list_members(const struct kl_policy *policy, struct kl_diff_items *items)
{
	const struct kl_member *member;
	const struct kl_group *group;
	int kind;

	for (kind = 0; kind < KL_GROUP_KINDS; kind++)
		list_for_each_entry(group, &policy->groups[kind], list)
			list_for_each_entry(member, &group->members, list)
				kl_diff_item(items, member_line(group, member, true),
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

static void change_member(struct work *work, const struct kl_diff_item *item,
			  enum kl_change change)
{
	struct kl_diff_section *section = section_of(work, item->exact);

	add_line(section, change, kl_xstrdup(item->exact), NULL);
	patch(work, "%s%s\n", change == KL_REMOVED ? "delete " : "", item->exact);
}

/* The same value written twice is one; so equal keys need not be told apart. */
static void compare_groups(struct work *work)
{
	struct kl_diff_items old = { 0 }, new = { 0 };
	struct kl_diff_item **left, **right;
	u32 i = 0, j = 0;
	int order;

	list_members(work->old, &old);
	list_members(work->new, &new);
	left = kl_diff_items_sorted(&old);
	right = kl_diff_items_sorted(&new);
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
	kl_diff_items_free(&old);
	kl_diff_items_free(&new);
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

static void list_settings(const struct kl_policy *policy, struct kl_diff_items *items)
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
		kl_diff_item(items, key, kl_xstrdup(line), NULL);
	}
	kl_buffer_free(&text);
}

static void patch_setting(struct work *work, const struct kl_diff_item *old,
			  const struct kl_diff_item *new)
{
	const struct kl_diff_item *either = new ? new : old;
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
	struct kl_diff_items old = { 0 }, new = { 0 };
	struct kl_diff_section *section;
	u32 i;

	section = add_section(work, KL_CHANGED, KL_SECTION_SETTINGS, kl_xstrdup(""));
	list_settings(work->old, &old);
	list_settings(work->new, &new);
	kl_diff_partners(&old, &new);
	for (i = 0; i < old.count; i++) {
		const struct kl_diff_item *other = old.at[i].partner == KL_DIFF_NOBODY ?
						   NULL : &new.at[old.at[i].partner];

		if (other && !strcmp(other->exact, old.at[i].exact))
			continue;
		add_line(section, KL_REMOVED, kl_xstrdup(old.at[i].exact), NULL);
		patch_setting(work, &old.at[i], other);
	}
	for (i = 0; i < new.count; i++) {
		const struct kl_diff_item *other = new.at[i].partner == KL_DIFF_NOBODY ?
						   NULL : &old.at[new.at[i].partner];

		if (other && !strcmp(other->exact, new.at[i].exact))
			continue;
		add_line(section, KL_ADDED, kl_xstrdup(new.at[i].exact), NULL);
		if (!other)
			patch_setting(work, NULL, &new.at[i]);
	}
	kl_diff_items_free(&old);
	kl_diff_items_free(&new);
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
