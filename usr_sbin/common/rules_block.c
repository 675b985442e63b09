// SPDX-License-Identifier: GPL-2.0
/* Rows to the lines of blocks. */
#include "engine/print.h"
#include "rules_inside.h"

/**
 * struct line - an allow line, or one that denies what had been denied
 * @text, @above, @beside: as in struct kl_draft_line
 * @rest: it has no conditions
 */
struct line {
	struct kl_buffer text, above, beside;
	bool rest;
};

/**
 * struct lines - of a block
 * @list, @count, @room: array
 */
struct lines {
	struct line *list;
	u32 count, room;
};

static void free_line(struct line *line)
{
	kl_buffer_free(&line->text);
	kl_buffer_free(&line->above);
	kl_buffer_free(&line->beside);
}

static void free_lines(struct lines *lines)
{
	u32 i;

	for (i = 0; i < lines->count; i++)
		free_line(&lines->list[i]);
	free(lines->list);
}

/* What was observed of exactly these values; @sets: each of one. */
static u64 observed_requests(const struct rules *rules, const struct row *row)
{
	const struct row *found = bsearch(row, rules->single.list, rules->single.count,
					  sizeof(*row), compare_rows);

	return found ? found->requests : 0;
}

static void put_slot(struct kl_buffer *out, const struct row *row, u32 slot)
{
	char name[KL_SLOT_NAME_MAX];

	kl_buffer_puts(out, kl_slot_name(row->op, slot, name));
}

/* @set: a group, or of one */
static void put_condition(const struct rules *rules, struct line *line,
			  const struct row *row, u32 slot, const struct set *set)
{
	const struct atom *atom = rules->atoms[set->members[0]];

	if (atom->kind == ATOM_NONE) {
		kl_buffer_puts(&line->beside, line->beside.length ? ", " : "without ");
		put_slot(&line->beside, row, slot);
		return;
	}
	kl_buffer_puts(&line->text, " ");
	put_slot(&line->text, row, slot);
	line->rest = false;
	if (set->group)
		kl_buffer_printf(&line->text, "=@%s", set->group);
	else
		kl_buffer_printf(&line->text, atom->kind == ATOM_STRING ? "=\"%s\"" : "=%s",
				 atom->word);
}

static u64 sum_requests(struct rules *rules, const struct row *row);

/* @row: each set is a group or has one member */
static void add_line(struct rules *rules, struct lines *lines, const struct row *row)
{
	const struct kl_observed *plan = plan_of(rules, row->op);
	struct line *line;
	u64 requests = sum_requests(rules, row);
	bool explained = false;
	u32 k;

	KL_GROW(lines->list, lines->count, lines->room);
	line = &lines->list[lines->count++];
	memset(line, 0, sizeof(*line));
	line->rest = true;
	kl_buffer_puts(&line->text, "allow");
	for (k = 0; k < plan->learnt; k++) {
		const struct set *set = rules->sets[row->sets[k]];

		put_condition(rules, line, row, plan->slots[k], set);
		if (!set->group)
			explained |= explain_atom(rules->atoms[set->members[0]], requests,
						  &line->above);
	}
	if (explained && !line->beside.length)
		return;
	if (line->beside.length)
		kl_buffer_puts(&line->beside, line->rest ? ": " : ", which is not looked at: ");
	put_requests(&line->beside, requests);
}

/*
 * Every choice of one member for each set that is no group, like an odometer.
 * @groups: leave groups whole
 */
static bool next_choice(const struct rules *rules, const struct row *row, u32 learnt,
			bool groups, u32 *choice)
{
	u32 k;

	for (k = 0; k < learnt; k++) {
		const struct set *set = rules->sets[row->sets[k]];

		if (groups && set->group)
			continue;
		if (++choice[k] < set->count)
			return true;
		choice[k] = 0;
	}
	return false;
}

static struct row chosen(struct rules *rules, const struct row *row, u32 learnt,
			 bool groups, const u32 *choice)
{
	struct row single = { .op = row->op };
	u32 k;

	for (k = 0; k < learnt; k++) {
		const struct set *set = rules->sets[row->sets[k]];

		single.sets[k] = groups && set->group ?
					 row->sets[k] :
					 set_of_atom(rules, set->members[choice[k]]);
	}
	return single;
}

static u64 sum_requests(struct rules *rules, const struct row *row)
{
	u32 choice[KL_LEARNT_MAX] = { 0 }, learnt = plan_of(rules, row->op)->learnt;
	struct row single;
	u64 sum = 0;

	do {
		single = chosen(rules, row, learnt, false, choice);
		sum += observed_requests(rules, &single);
	} while (next_choice(rules, row, learnt, false, choice));
	return sum;
}

static void add_lines(struct rules *rules, struct lines *lines, const struct row *row)
{
	u32 choice[KL_LEARNT_MAX] = { 0 }, learnt = plan_of(rules, row->op)->learnt;
	struct row single;

	do {
		single = chosen(rules, row, learnt, true, choice);
		add_line(rules, lines, &single);
	} while (next_choice(rules, row, learnt, true, choice));
}

static int compare_lines(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	if (x->rest != y->rest)
		return x->rest - y->rest;
	return strcmp(x->text.data, y->text.data);
}

static void put_line(struct rules *rules, u32 op, u32 priority, const char *text,
		     const struct line *line)
{
	struct kl_buffer out = { 0 };

	kl_buffer_printf(&out, "    %u %s", priority, text);
	kl_draft_add(rules->draft, KL_DRAFT_BLOCKS + op, out.data,
		     line ? line->above.data : NULL, line ? line->beside.data : NULL);
	kl_buffer_free(&out);
}

static void put_head(struct rules *rules, u32 op)
{
	const struct kl_rules_of *subject = rules->subject;
	struct kl_buffer out = { 0 };
	u32 part = KL_DRAFT_BLOCKS + op;

	kl_buffer_printf(&out, "%u acl %s%s%s", KL_LEARN_BLOCK, kl_op_table[op].keyword,
			 *subject->conditions ? " " : "", subject->conditions);
	kl_draft_add(rules->draft, part, out.data, NULL, NULL);
	if (!subject->options->enforce)
		kl_draft_add(rules->draft, part, "    permissive", NULL, NULL);
	kl_buffer_clear(&out);
	kl_buffer_printf(&out, "    audit %u", KL_LEARN_AUDIT);
	kl_draft_add(rules->draft, part, out.data, NULL, NULL);
	kl_buffer_free(&out);
}

/* Whatever has one of the attributes was allowed before, or never was seen. */
static void put_guards(struct rules *rules, u32 op)
{
	const struct kl_observed *plan = plan_of(rules, op);
	struct row row = { .op = op };
	u32 k;

	for (k = 0; k < plan->learnt; k++) {
		struct kl_buffer text = { 0 };
		u32 slot = plan->slots[k];

		if (kl_slot_type(slot) == KL_IPADDR)
			continue;
		kl_buffer_puts(&text, "deny ");
		put_slot(&text, &row, slot);
		kl_buffer_puts(&text, kl_slot_type(slot) == KL_STRING ?
					      "!=NULL" :
					      "=0-0xFFFFFFFFFFFFFFFF");
		put_line(rules, op, KL_LEARN_DENY, text.data, NULL);
		kl_buffer_free(&text);
	}
}

/* Return: false if a rule cannot say that the attribute has no value. */
static bool put_exact(struct kl_buffer *out, u32 op, u32 slot,
		      const struct kl_observed_value *value)
{
	char name[KL_SLOT_NAME_MAX], room[KL_IP_TEXT_MAX];

	kl_buffer_printf(out, " %s=", kl_slot_name(op, slot, name));
	if (!value->present) {
		kl_buffer_puts(out, "NULL");
		return kl_slot_type(slot) == KL_STRING;
	}
	switch (kl_slot_type(slot)) {
	case KL_STRING:
		kl_buffer_puts(out, "\"");
		kl_buffer_encode(out, value->text);
		kl_buffer_puts(out, "\"");
		return true;
	case KL_IPADDR:
		kl_format_ip(&value->ip, room);
		kl_buffer_puts(out, room);
		return true;
	default:
		kl_buffer_puts(out, number_word(slot, value->number, room));
		return true;
	}
}

/* Just that, and nothing that was learnt: of these some value is another one. */
static void add_denied(struct rules *rules, struct lines *lines,
		       const struct kl_observation *observation)
{
	const struct kl_observed *plan = plan_of(rules, observation->op);
	struct kl_observed_value values[KL_OBSERVED_MAX];
	struct line line = { .rest = false };
	bool sayable = true;
	u32 k;

	kl_observed_values(plan, observation, values);
	kl_buffer_puts(&line.text, "deny");
	for (k = 0; k < plan->learnt; k++)
		sayable &= put_exact(&line.text, observation->op, plan->slots[k],
				     &values[k]);
	kl_buffer_puts(&line.beside, "had been denied: ");
	put_requests(&line.beside, observation->requests);
	if (!sayable) {
		free_line(&line);
		return;
	}
	KL_GROW(lines->list, lines->count, lines->room);
	lines->list[lines->count++] = line;
}

/* What wildcards would permit, although it had been denied, stands ahead of them. */
static void put_denied(struct rules *rules, u32 op)
{
	const struct kl_rules_of *subject = rules->subject;
	struct lines lines = { 0 };
	u32 i;

	for (i = 0; i < subject->denied_count; i++)
		if (subject->denied[i]->op == op && subject->denied[i]->reopened)
			add_denied(rules, &lines, subject->denied[i]);
	if (lines.count)
		qsort(lines.list, lines.count, sizeof(*lines.list), compare_lines);
	for (i = 0; i < lines.count; i++)
		if (!i || compare_lines(&lines.list[i], &lines.list[i - 1]))
			put_line(rules, op, KL_LEARN_DENIED, lines.list[i].text.data,
				 &lines.list[i]);
	free_lines(&lines);
}

static void put_block(struct rules *rules, u32 op, struct lines *lines)
{
	bool rest = lines->count && lines->list[lines->count - 1].rest;
	u32 i;

	put_head(rules, op);
	put_denied(rules, op);
	for (i = 0; i + rest < lines->count; i++)
		put_line(rules, op, KL_LEARN_ALLOW, lines->list[i].text.data,
			 &lines->list[i]);
	if (rest) {
		put_guards(rules, op);
		put_line(rules, op, KL_LEARN_REST, "allow", &lines->list[i]);
	} else {
		put_line(rules, op, KL_LEARN_DENY, "deny", NULL);
	}
	kl_draft_add(rules->draft, KL_DRAFT_BLOCKS + op, "", NULL, NULL);
}

void write_blocks(struct rules *rules, const struct rows *rows)
{
	u32 at = 0, op;

	for (op = 0; op < KL_OP_COUNT; op++) {
		struct lines lines = { 0 };

		for (; at < rows->count && rows->list[at].op == op; at++)
			add_lines(rules, &lines, &rows->list[at]);
		if (lines.count || kl_op_test(rules->subject->deny, op)) {
			if (lines.count)
				qsort(lines.list, lines.count, sizeof(*lines.list),
				      compare_lines);
			put_block(rules, op, &lines);
		}
		free_lines(&lines);
	}
}
