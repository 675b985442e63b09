// SPDX-License-Identifier: GPL-2.0
/* The observations of one subject to the lines of its blocks. */
#include "engine/lex.h"
#include "range.h"
#include "rules.h"

/* So many lines are written out instead of groups. */
#define LINES 3u
/* Names of groups tell so many operations. */
#define GROUP_OPS 3u

/** enum atom_kind - what a value on the right side is */
enum atom_kind {
	ATOM_NONE, /* there was no value */
	ATOM_STRING,
	ATOM_NUMBER,
	ATOM_NAMED, /* a number by its name, which cannot be in a group */
	ATOM_IP,
};

/**
 * struct atom - a value of a condition
 * @link: in rules.atoms
 * @kind: enum atom_kind
 * @number: its number
 * @word: text, of strings without quotes; "" of ATOM_NONE
 * @why: of a pattern, else NULL
 * @different: of a range or network: values that it stands for
 * @covered: narrower ones that it stands for, too
 * @requests: of the subject
 */
struct atom {
	struct kl_link link;
	u8 kind;
	u32 number;
	char *word;
	const struct kl_name_pattern *why;
	u32 different;
	u32 covered;
	u64 requests;
};

/**
 * struct set - atoms of which any will do
 * @link: in rules.sets
 * @number: its number
 * @count: of @members
 * @members: numbers of atoms, ascending
 * @group: name of the group that was made of it, or NULL
 */
struct set {
	struct kl_link link;
	u32 number;
	u32 count;
	u32 *members;
	char *group;
};

/**
 * struct row - a rule
 * @op: operation
 * @sets: numbers, for each attribute that is learnt
 * @requests: that it is for
 */
struct row {
	u32 op;
	u32 sets[KL_LEARNT_MAX];
	u64 requests;
};

/**
 * struct rows - some of them
 * @list, @count, @room: array
 */
struct rows {
	struct row *list;
	u32 count, room;
};

/**
 * struct rules - a subject at work
 * @subject, @draft: the caller's
 * @names: all its names
 * @numbers: by observation and attribute: number in @names
 * @ranges: likewise: ports and addresses
 * @atom_table, @atoms, @atom_count, @atom_room: atoms, also by number
 * @set_table, @sets, @set_count, @set_room: sets, likewise
 * @single: rules as they were observed, sorted, each once
 */
struct rules {
	const struct kl_rules_of *subject;
	struct kl_draft *draft;
	struct kl_names *names;
	u32 *numbers;
	struct kl_range *ranges;
	struct kl_table atom_table, set_table;
	struct atom **atoms;
	u32 atom_count, atom_room;
	struct set **sets;
	u32 set_count, set_room;
	struct rows single;
};

#define GROW(array, count, room)                                              \
	do {                                                                  \
		if ((count) == (room)) {                                      \
			(room) = (room) ? 2 * (room) : 16;                    \
			(array) = kl_xrealloc(array, room, sizeof(*(array))); \
		}                                                             \
	} while (0)

static void init_table(struct kl_table *table)
{
	if (kl_table_init(table)) {
		fputs("out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
}

bool kl_rules_possible(enum kl_op op)
{
	struct kl_observed plan;

	kl_observed_plan(&plan, op);
	/* auto_domain_transition refuses nothing. */
	return plan.learnt && !(kl_op_table[op].flags & KL_OP_LOG_ONLY) &&
	       op != KL_OP_AUTO_DOMAIN_TRANSITION;
}

/* Names that are generalised; others are words of a protocol. */
static bool is_name(u32 slot)
{
	return slot == KL_SLOT_OBJECT0 || slot == KL_SLOT_OBJECT1 || slot == KL_SLOT_ADDR ||
	       slot == KL_SLOT_TARGET || slot == KL_SLOT_TARGET_EXE;
}

static bool is_simple(const struct kl_observed *plan)
{
	return plan->learnt == 1 && is_name(plan->slots[0]);
}

/* Numbers of atoms and sets */

static u32 find_atom(struct rules *rules, enum atom_kind kind, const char *word)
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
	GROW(rules->atoms, rules->atom_count, rules->atom_room);
	rules->atoms[rules->atom_count++] = atom;
	return atom->number;
}

static u32 find_set(struct rules *rules, const u32 *members, u32 count)
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
	GROW(rules->sets, rules->set_count, rules->set_room);
	rules->sets[rules->set_count++] = set;
	return set->number;
}

static u32 set_of_atom(struct rules *rules, u32 atom)
{
	return find_set(rules, &atom, 1);
}

static const struct atom *only_atom(const struct rules *rules, u32 set)
{
	return rules->atoms[rules->sets[set]->members[0]];
}

static bool is_none(const struct rules *rules, u32 set)
{
	return only_atom(rules, set)->kind == ATOM_NONE;
}

static struct row *add_row(struct rows *rows, const struct row *row)
{
	GROW(rows->list, rows->count, rows->room);
	rows->list[rows->count] = *row;
	return &rows->list[rows->count++];
}

static int compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	return memcmp(x->sets, y->sets, sizeof(x->sets));
}

/* In order, each once. */
static void sort_rows(struct rows *rows)
{
	u32 i, kept = 0;

	if (rows->count)
		qsort(rows->list, rows->count, sizeof(*rows->list), compare_rows);
	for (i = 0; i < rows->count; i++)
		if (kept && !compare_rows(&rows->list[kept - 1], &rows->list[i]))
			rows->list[kept - 1].requests += rows->list[i].requests;
		else
			rows->list[kept++] = rows->list[i];
	rows->count = kept;
}

/* Values to atoms */

static const struct kl_observed *plan_of(const struct rules *rules, u32 op)
{
	return &rules->subject->plans[op];
}

static void gather_names(struct rules *rules)
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

static void gather_ranges(struct rules *rules, u32 slot)
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

static u32 name_atom(struct rules *rules, u32 number)
{
	const struct kl_name_pattern *pattern = kl_names_pattern(rules->names, number);
	u32 atom = find_atom(rules, ATOM_STRING, pattern->word);

	if (pattern->matcher)
		rules->atoms[atom]->why = pattern;
	return atom;
}

static u32 range_atom(struct rules *rules, enum atom_kind kind, const struct kl_range *range)
{
	u32 atom = find_atom(rules, kind, range->text);

	rules->atoms[atom]->different = max(rules->atoms[atom]->different, range->different);
	return atom;
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

static u32 number_atom(struct rules *rules, u32 slot, u64 number)
{
	const char *name = kl_number_name(slot, number);
	char word[32];

	if (name)
		return find_atom(rules, ATOM_NAMED, name);
	snprintf(word, sizeof(word),
		 slot == KL_SLOT_CMD			    ? "0x%llX" :
		 kl_slot_type(slot) == KL_FILEPERM ? "0%llo" :
							      "%llu",
		 (unsigned long long)number);
	return find_atom(rules, ATOM_NUMBER, word);
}

/* @at: index in rules.numbers and rules.ranges */
static u32 value_atom(struct rules *rules, u32 slot, const struct kl_observed_value *value,
		      u32 at)
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

static void make_rows(struct rules *rules)
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

/* Patterns that a wider one makes superfluous */

/**
 * struct used - a name that one operation used
 * @op: the operation
 * @atom: its pattern
 * @raw: the name
 */
struct used {
	u32 op;
	u32 atom;
	struct kl_text raw;
};

static int compare_used(const void *a, const void *b)
{
	const struct used *x = a, *y = b;

	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	return (x->atom > y->atom) - (x->atom < y->atom);
}

static bool begins(struct kl_text text, struct kl_text head)
{
	return text.length >= head.length && !memcmp(text.data, head.data, head.length);
}

static bool all_match(const struct kl_pattern *matcher, const struct used *used, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (!begins(used[i].raw, matcher->head) ||
		    !kl_pattern_match(matcher, used[i].raw))
			return false;
	return true;
}

/**
 * struct run - the names of one pattern and operation
 * @used, @count: these
 * @atom: the pattern
 */
struct run {
	const struct used *used;
	u32 count;
	u32 atom;
};

/* The wider one stands for more names; of equals, for what comes first. */
static bool is_wider(const struct rules *rules, u32 a, u32 b)
{
	const struct kl_name_pattern *x = rules->atoms[a]->why;
	const struct kl_name_pattern *y = rules->atoms[b]->why;

	if (!x || !y)
		return x && !y;
	return x->names != y->names ? x->names > y->names : a < b;
}

static int compare_width(const void *a, const void *b, void *rules)
{
	u32 x = ((const struct run *)a)->atom, y = ((const struct run *)b)->atom;

	return is_wider(rules, x, y) ? -1 : is_wider(rules, y, x);
}

/*
 * @instead: by atom; set where a wider one of the same operation does. Whoever is
 * left when his turn comes stays: what is replaced is replaced but once, since
 * what matches a pattern's own names need not match those it was to replace.
 */
static void cover(struct rules *rules, struct run *runs, u32 count, u32 *instead)
{
	u32 i, k;

	qsort_r(runs, count, sizeof(*runs), compare_width, rules);
	for (i = 0; i < count; i++) {
		u32 wide = runs[i].atom;
		const struct kl_name_pattern *why = rules->atoms[wide]->why;

		if (!why)
			break;
		for (k = i + 1; instead[wide] == wide && k < count; k++)
			if (instead[runs[k].atom] == runs[k].atom &&
			    all_match(why->matcher, runs[k].used, runs[k].count))
				instead[runs[k].atom] = wide;
	}
}

/* Rows of one operation that has one name. */
static void replace(struct rules *rules, struct row *rows, u32 count, const u32 *instead)
{
	u32 i, from, to;

	for (i = 0; i < count; i++) {
		from = only_atom(rules, rows[i].sets[0])->number;
		to = instead[from];
		if (from == to)
			continue;
		rules->atoms[from]->requests -= rows[i].requests;
		rules->atoms[to]->requests += rows[i].requests;
		rules->atoms[to]->covered++;
		rows[i].sets[0] = set_of_atom(rules, to);
	}
}

static u32 gather_used(struct rules *rules, struct used *used)
{
	const struct kl_rules_of *subject = rules->subject;
	struct kl_observed_value value[KL_OBSERVED_MAX];
	u32 i, count = 0;

	for (i = 0; i < subject->count; i++) {
		const struct kl_observation *observation = subject->list[i];
		const struct kl_observed *plan = plan_of(rules, observation->op);

		kl_observed_values(plan, observation, value);
		if (!is_simple(plan) || !value[0].present)
			continue;
		used[count].op = observation->op;
		used[count].atom = name_atom(rules, rules->numbers[i * KL_LEARNT_MAX]);
		used[count++].raw = value[0].text;
	}
	qsort(used, count, sizeof(*used), compare_used);
	return count;
}

static u32 make_runs(const struct used *used, u32 count, struct run *runs)
{
	u32 from, to, made = 0;

	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count && used[to].atom == used[from].atom; to++)
			;
		runs[made++] = (struct run){ used + from, to - from, used[from].atom };
	}
	return made;
}

/* The rows are sorted by operation, as well as what was used. */
static void cover_ops(struct rules *rules)
{
	u32 room = rules->subject->count + 1, i, from, to, row = 0, first, count;
	struct used *used = kl_xalloc(room, sizeof(*used));
	struct run *runs = kl_xalloc(room, sizeof(*runs));
	u32 *instead;

	count = gather_used(rules, used);
	instead = kl_xalloc(rules->atom_count + 1, sizeof(*instead));
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count && used[to].op == used[from].op; to++)
			;
		for (i = 0; i < rules->atom_count; i++)
			instead[i] = i;
		cover(rules, runs, make_runs(used + from, to - from, runs), instead);
		while (rules->single.list[row].op != used[from].op)
			row++;
		for (first = row; row < rules->single.count &&
				  rules->single.list[row].op == used[from].op;)
			row++;
		replace(rules, rules->single.list + first, row - first, instead);
	}
	free(instead);
	free(runs);
	free(used);
}

/* Rows to fewer rows */

/**
 * struct class - a pattern and the operations that use it
 * @ops: these
 * @atom: the pattern
 */
struct class {
	u64 ops[KL_OP_WORDS];
	u32 atom;
};

static int compare_classes(const void *a, const void *b)
{
	const struct class *x = a, *y = b;
	int order = memcmp(x->ops, y->ops, sizeof(x->ops));

	return order ? order : (x->atom > y->atom) - (x->atom < y->atom);
}

/* Which operations use each name of those that have nothing but a name? */
static u32 find_classes(struct rules *rules, struct class *classes)
{
	struct class *by_atom = kl_xalloc(rules->atom_count + 1, sizeof(*by_atom));
	u32 i, count = 0;

	for (i = 0; i < rules->single.count; i++) {
		const struct row *row = &rules->single.list[i];

		if (is_simple(plan_of(rules, row->op)) && !is_none(rules, row->sets[0]))
			kl_op_add(by_atom[only_atom(rules, row->sets[0])->number].ops,
				  row->op);
	}
	for (i = 0; i < rules->atom_count; i++) {
		u64 any = 0;
		u32 word;

		for (word = 0; word < KL_OP_WORDS; word++)
			any |= by_atom[i].ops[word];
		by_atom[i].atom = i;
		if (any)
			classes[count++] = by_atom[i];
	}
	free(by_atom);
	qsort(classes, count, sizeof(*classes), compare_classes);
	return count;
}

/* A row for each of its operations, in which any member will do. */
static void add_class(struct rules *rules, const struct class *class, u32 count,
		      struct rows *rows)
{
	u32 *members = kl_xalloc(count, sizeof(*members)), i, op;
	struct row row = { 0 };

	for (i = 0; i < count; i++)
		members[i] = class[i].atom;
	row.sets[0] = find_set(rules, members, count);
	for (op = 0; op < KL_OP_COUNT; op++) {
		row.op = op;
		if (kl_op_test(class->ops, op))
			add_row(rows, &row);
	}
	free(members);
}

static void class_rows(struct rules *rules, struct rows *rows)
{
	struct class *classes = kl_xalloc(rules->atom_count + 1, sizeof(*classes));
	u32 from, to, count = find_classes(rules, classes);

	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (memcmp(classes[to].ops, classes[from].ops,
				   sizeof(classes[to].ops)))
				break;
		add_class(rules, classes + from, to - from, rows);
	}
	free(classes);
}

/**
 * struct join - rows to be joined in one attribute
 * @rules: theirs
 * @at: the attribute
 */
struct join {
	const struct rules *rules;
	u32 at;
};

/* Rows that differ in that attribute alone, and have it, are equal. */
static int compare_others(const void *a, const void *b, void *context)
{
	const struct row *x = a, *y = b;
	const struct join *join = context;
	bool none_x = is_none(join->rules, x->sets[join->at]);
	bool none_y = is_none(join->rules, y->sets[join->at]);
	u32 i;

	if (none_x != none_y)
		return none_x - none_y;
	for (i = 0; i < KL_LEARNT_MAX; i++)
		if (i != join->at && x->sets[i] != y->sets[i])
			return x->sets[i] < y->sets[i] ? -1 : 1;
	return 0;
}

static int compare_numbers(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return (x > y) - (x < y);
}

/* The set of all members of one attribute of some rows. */
static u32 union_of(struct rules *rules, const struct row *rows, u32 count, u32 at)
{
	u32 i, k, total = 0, kept = 0, set, *members;

	for (i = 0; i < count; i++)
		total += rules->sets[rows[i].sets[at]]->count;
	members = kl_xalloc(total, sizeof(*members));
	for (i = 0, total = 0; i < count; i++)
		for (k = 0; k < rules->sets[rows[i].sets[at]]->count; k++)
			members[total++] = rules->sets[rows[i].sets[at]]->members[k];
	qsort(members, total, sizeof(*members), compare_numbers);
	for (i = 0; i < total; i++)
		if (!kept || members[kept - 1] != members[i])
			members[kept++] = members[i];
	set = find_set(rules, members, kept);
	free(members);
	return set;
}

/* Joins rows of one operation in one attribute; returns how many are left. */
static u32 join_rows(struct rules *rules, struct row *rows, u32 count, u32 at, bool try)
{
	struct join join = { rules, at };
	u32 from, to, kept = 0;

	qsort_r(rows, count, sizeof(*rows), compare_others, &join);
	for (from = 0; from < count; from = to) {
		for (to = from + 1; to < count; to++)
			if (compare_others(&rows[from], &rows[to], &join) ||
			    is_none(rules, rows[from].sets[at]))
				break;
		if (!try) {
			struct row row = rows[from];

			if (to - from > 1)
				row.sets[at] = union_of(rules, rows + from, to - from, at);
			rows[kept] = row;
		}
		kept++;
	}
	return kept;
}

/* In the attribute where it helps most, until it helps no more. */
static u32 join_op(struct rules *rules, struct row *rows, u32 count)
{
	u32 learnt = plan_of(rules, rows->op)->learnt, at, left, best, fewest;

	for (;;) {
		fewest = count;
		best = 0;
		for (at = 0; at < learnt; at++) {
			left = join_rows(rules, rows, count, at, true);
			if (left < fewest) {
				fewest = left;
				best = at;
			}
		}
		if (fewest == count)
			return count;
		count = join_rows(rules, rows, count, best, false);
	}
}

static void joined_rows(struct rules *rules, struct rows *out)
{
	const struct rows *single = &rules->single;
	u32 from, to, i, left;

	for (from = 0; from < single->count; from = to) {
		u32 op = single->list[from].op;
		struct row *copy;

		for (to = from + 1; to < single->count && single->list[to].op == op; to++)
			;
		copy = kl_xalloc(to - from, sizeof(*copy));
		memcpy(copy, single->list + from, (to - from) * sizeof(*copy));
		left = to - from;
		if (!is_simple(plan_of(rules, op)))
			left = join_op(rules, copy, left);
		for (i = 0; i < left; i++)
			if (!is_simple(plan_of(rules, op)) ||
			    is_none(rules, copy[i].sets[0]))
				add_row(out, &copy[i]);
		free(copy);
	}
}

/* Rows to lines */

static void put_requests(struct kl_buffer *out, u64 requests)
{
	kl_buffer_printf(out, "%llu request%s", (unsigned long long)requests,
			 requests == 1 ? "" : "s");
}

static void put_example(struct kl_buffer *out, const char *lead, struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0), shown = min_t(size_t, length, KL_LEARN_EXAMPLE);
	char *text = kl_xalloc(shown + 1, 1);

	kl_encode(raw, text, shown);
	kl_buffer_printf(out, "%s%s%s", lead, text, shown < length ? "..." : "");
	free(text);
}

/* Why a value is wider than what was seen; false if it is not. */
static bool explain_atom(const struct atom *atom, u64 requests, struct kl_buffer *out)
{
	const struct kl_name_pattern *why = atom->why;

	if (!why && !atom->different)
		return false;
	if (out->length)
		kl_buffer_puts(out, "\n");
	put_requests(out, requests);
	if (!why) {
		kl_buffer_printf(out, "; %s stands for %s because of %u different ones",
				 atom->word,
				 atom->kind == ATOM_IP ? "any address in it" :
							 "ports that are given by chance",
				 atom->different);
		return true;
	}
	kl_buffer_printf(out, " of %u name%s", why->names, why->names == 1 ? "" : "s");
	put_example(out, ", e.g. ", why->examples[0]);
	if (why->examples[1].length)
		put_example(out, " ", why->examples[1]);
	kl_buffer_puts(out, "; ");
	kl_name_explain(why, out);
	if (atom->covered)
		kl_buffer_printf(out, "; %u narrower left out", atom->covered);
	return true;
}

static void put_upper(struct kl_buffer *out, const char *text)
{
	for (; *text; text++) {
		char c = isalnum((unsigned char)*text) ? toupper((unsigned char)*text) : '_';

		kl_buffer_add(out, &c, 1);
	}
}

/* The operations whose rows have this set at this attribute. */
static void put_ops(struct kl_buffer *out, const struct rows *rows, u32 set)
{
	u32 i, named = 0, more = 0, last = KL_OP_COUNT;

	for (i = 0; i < rows->count; i++) {
		const struct row *row = &rows->list[i];

		if (row->op == last || (row->sets[0] != set && row->sets[1] != set &&
					row->sets[2] != set && row->sets[3] != set))
			continue;
		last = row->op;
		if (named == GROUP_OPS) {
			more++;
			continue;
		}
		named++;
		kl_buffer_puts(out, "_");
		put_upper(out, kl_op_table[row->op].keyword);
	}
	if (more)
		kl_buffer_printf(out, "_AND_%u_MORE", more);
}

static bool take_name(struct rules *rules, const char *name)
{
	struct kl_strings *taken = rules->subject->taken;
	u32 before = taken->count;
	struct kl_string *string = kl_string_get(taken, kl_text_of(name));

	if (taken->count > before)
		return true;
	kl_string_put(string);
	return false;
}

static char *group_name(struct rules *rules, const struct rows *rows, u32 set)
{
	struct kl_buffer name = { 0 };
	size_t length;
	u32 i;

	kl_buffer_puts(&name, rules->subject->name);
	put_ops(&name, rows, set);
	length = name.length;
	for (i = 2; !take_name(rules, name.data); i++) {
		name.length = length;
		kl_buffer_printf(&name, "_%u", i);
	}
	return name.data;
}

static int compare_words(const void *a, const void *b)
{
	const struct atom *x = *(struct atom *const *)a, *y = *(struct atom *const *)b;

	return strcmp(x->word, y->word);
}

static void write_group(struct rules *rules, struct set *set)
{
	static const char *const kinds[] = {
		[ATOM_STRING] = "string_group",
		[ATOM_NUMBER] = "number_group",
		[ATOM_IP] = "ip_group",
	};
	static const u8 parts[] = {
		[ATOM_STRING] = KL_STRING_GROUP,
		[ATOM_NUMBER] = KL_NUMBER_GROUP,
		[ATOM_IP] = KL_IP_GROUP,
	};
	const struct atom **atoms = kl_xalloc(set->count, sizeof(*atoms));
	struct kl_buffer line = { 0 }, above = { 0 }, beside = { 0 };
	u32 i;

	for (i = 0; i < set->count; i++)
		atoms[i] = rules->atoms[set->members[i]];
	qsort(atoms, set->count, sizeof(*atoms), compare_words);
	for (i = 0; i < set->count; i++) {
		kl_buffer_clear(&line);
		kl_buffer_clear(&above);
		kl_buffer_clear(&beside);
		kl_buffer_printf(&line, "%s %s %s", kinds[atoms[i]->kind], set->group,
				 atoms[i]->word);
		if (!explain_atom(atoms[i], atoms[i]->requests, &above))
			put_requests(&beside, atoms[i]->requests);
		kl_draft_add(rules->draft, KL_DRAFT_GROUPS + parts[atoms[i]->kind],
			     line.data, above.data, beside.data);
	}
	kl_buffer_free(&line);
	kl_buffer_free(&above);
	kl_buffer_free(&beside);
	free(atoms);
}

/* Is there a way to write these members as a group? */
static bool is_groupable(const struct rules *rules, const struct set *set)
{
	u32 i;

	for (i = 0; i < set->count; i++) {
		const struct atom *atom = rules->atoms[set->members[i]];

		if (atom->kind == ATOM_NAMED || atom->kind == ATOM_NONE || !*atom->word ||
		    *atom->word == '#')
			return false;
	}
	return true;
}

/* In how many rows of one attribute does a set stand? */
static u32 count_uses(const struct rows *rows, u32 set)
{
	u32 i, uses = 0;

	for (i = 0; i < rows->count; i++)
		uses += rows->list[i].sets[0] == set;
	return uses;
}

/* Groups where they make fewer lines than there would be without. */
static void make_groups(struct rules *rules, const struct rows *rows)
{
	u32 i, k, uses;

	for (i = 0; i < rows->count; i++) {
		const struct row *row = &rows->list[i];
		const struct kl_observed *plan = plan_of(rules, row->op);
		u32 lines = 1;

		for (k = 0; k < plan->learnt; k++)
			lines *= min(rules->sets[row->sets[k]]->count, 1000u);
		for (k = 0; k < plan->learnt; k++) {
			struct set *set = rules->sets[row->sets[k]];

			if (set->group || set->count < 2 || !is_groupable(rules, set))
				continue;
			uses = is_simple(plan) ? count_uses(rows, row->sets[k]) : 0;
			if (is_simple(plan) ? set->count + uses >= set->count * uses :
					      lines <= LINES)
				continue;
			set->group = group_name(rules, rows, row->sets[k]);
			write_group(rules, set);
		}
	}
}

/**
 * struct line - an allow line
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

	GROW(lines->list, lines->count, lines->room);
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

static struct row chosen(struct rules *rules, const struct row *row, u32 learnt, bool groups,
			 const u32 *choice)
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

static void put_block(struct rules *rules, u32 op, struct lines *lines)
{
	bool rest = lines->count && lines->list[lines->count - 1].rest;
	u32 i;

	put_head(rules, op);
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

static void free_lines(struct lines *lines)
{
	u32 i;

	for (i = 0; i < lines->count; i++) {
		kl_buffer_free(&lines->list[i].text);
		kl_buffer_free(&lines->list[i].above);
		kl_buffer_free(&lines->list[i].beside);
	}
	free(lines->list);
}

static void write_blocks(struct rules *rules, const struct rows *rows)
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

static void free_rules(struct rules *rules)
{
	u32 i;

	for (i = 0; i < rules->atom_count; i++) {
		free(rules->atoms[i]->word);
		free(rules->atoms[i]);
	}
	for (i = 0; i < rules->set_count; i++) {
		free(rules->sets[i]->members);
		free(rules->sets[i]->group);
		free(rules->sets[i]);
	}
	free(rules->atoms);
	free(rules->sets);
	kl_table_destroy(&rules->atom_table);
	kl_table_destroy(&rules->set_table);
	kl_names_free(rules->names);
	free(rules->numbers);
	free(rules->ranges);
	free(rules->single.list);
}

void kl_rules_write(const struct kl_rules_of *subject, struct kl_draft *draft)
{
	struct rules rules = { .subject = subject, .draft = draft };
	size_t values = (size_t)subject->count * KL_LEARNT_MAX + 1;
	struct rows rows = { 0 };

	init_table(&rules.atom_table);
	init_table(&rules.set_table);
	rules.numbers = kl_xalloc(values, sizeof(*rules.numbers));
	rules.ranges = kl_xalloc(values, sizeof(*rules.ranges));
	/* Set number 0, which rows without an attribute have there. */
	set_of_atom(&rules, find_atom(&rules, ATOM_NONE, ""));
	gather_names(&rules);
	gather_ranges(&rules, KL_SLOT_PORT);
	gather_ranges(&rules, KL_SLOT_IP);
	make_rows(&rules);
	sort_rows(&rules.single);
	cover_ops(&rules);
	sort_rows(&rules.single);
	class_rows(&rules, &rows);
	joined_rows(&rules, &rows);
	sort_rows(&rows);
	make_groups(&rules, &rows);
	write_blocks(&rules, &rows);
	free(rows.list);
	free_rules(&rules);
}
