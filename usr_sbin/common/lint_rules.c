// SPDX-License-Identifier: GPL-2.0
/*
 * Rules and blocks that nothing can reach: others come first, or they
 * contradict themselves.
 */
#include "cover.h"
#include "engine/expand.h"
#include "engine/lex.h"
#include "lint_inside.h"

/**
 * struct shelf - lines that came before, by a literal that they ask for
 * @heads: numbers of lines + 1 by hash of the literal
 * @size: of @heads, a power of two
 * @next: by line: the next one of the same hash
 * @always: numbers of lines that ask for no literal
 * @always_count: of these
 *
 * A line that asks for a literal can cover only lines that ask for the same.
 */
struct shelf {
	u32 *heads;
	u32 size;
	u32 *next;
	u32 *always;
	u32 always_count;
};

/**
 * struct site - a line in one of the places where it is evaluated
 * @rule: the line
 * @number: of the place
 * @level: what was proved there
 * @others: lines that come first there
 * @other_count: of these
 */
struct site {
	const struct kl_rule *rule;
	u32 number;
	enum kl_proof level;
	u32 *others;
	u32 other_count;
};

/**
 * struct search - for what cannot be reached
 * @cover: what was proved so far
 * @lines, @line_count, @line_room: of the block at hand, in order, uses left out
 * @possible: by line: it does not contradict itself
 * @sites, @site_count: lines of rule groups in all their places
 * @left_out: lines that were not compared any more
 * @left_at: the first of them
 * @seen: lines of the text that were looked at
 */
struct search {
	struct linter *linter;
	struct kl_cover *cover;
	const struct kl_block *block;
	const struct kl_rule **lines;
	u32 line_count, line_room;
	bool *possible;
	struct site *sites;
	u32 site_count;
	u32 left_out;
	const struct kl_rule *left_at;
	u32 seen;
};

/*
 * Which lines are worth comparing.
 */
static const struct kl_string *literal_of(const struct kl_condition *c)
{
	if (c->right != KL_RIGHT_STRING || c->negated || c->left == KL_SLOT_ENVP ||
	    c->left == KL_SLOT_TRANSITION || kl_slot_type(c->left) != KL_STRING ||
	    !kl_word_is_literal((struct kl_text){ c->string->text, c->string->length }))
		return NULL;
	return c->string;
}

static const struct kl_string *key_of(const struct kl_rule *rule)
{
	const struct kl_string *key = NULL;
	u32 i;

	for (i = 0; i < rule->count && !key; i++)
		key = literal_of(&rule->conditions[i]);
	return key;
}

static void shelf_init(struct shelf *shelf, u32 lines)
{
	memset(shelf, 0, sizeof(*shelf));
	for (shelf->size = 16; shelf->size < 2 * lines; shelf->size *= 2)
		;
	shelf->heads = kl_xalloc(shelf->size, sizeof(*shelf->heads));
	shelf->next = kl_xalloc(lines + 1, sizeof(*shelf->next));
	shelf->always = kl_xalloc(lines + 1, sizeof(*shelf->always));
}

static void shelf_free(struct shelf *shelf)
{
	free(shelf->heads);
	free(shelf->next);
	free(shelf->always);
}

static void shelf_add(struct shelf *shelf, const struct kl_rule *rule, u32 number)
{
	const struct kl_string *key = key_of(rule);
	u32 *head;

	if (!key) {
		shelf->always[shelf->always_count++] = number;
		return;
	}
	head = &shelf->heads[key->hash & (shelf->size - 1)];
	shelf->next[number] = *head;
	*head = number + 1;
}

/* Numbers of lines, once each and ascending in the end. */
struct picks {
	u32 *at;
	u32 count, room;
};

static void pick(struct picks *picks, u32 number)
{
	if (picks->count == picks->room) {
		picks->room = picks->room ? 2 * picks->room : 64;
		picks->at = kl_xrealloc(picks->at, picks->room, sizeof(*picks->at));
	}
	picks->at[picks->count++] = number;
}

static void pick_key(const struct shelf *shelf, const struct kl_string *key,
		     struct picks *picks)
{
	u32 at = shelf->heads[key->hash & (shelf->size - 1)];

	for (; at; at = shelf->next[at - 1])
		pick(picks, at - 1);
}

static void pick_rule(const struct shelf *shelf, const struct kl_rule *rule,
		      struct picks *picks)
{
	const struct kl_member *member;
	const struct kl_condition *c;
	u32 i;

	for (i = 0; i < rule->count; i++) {
		c = &rule->conditions[i];
		if (literal_of(c))
			pick_key(shelf, c->string, picks);
		else if (c->right == KL_RIGHT_GROUP && c->group->kind == KL_STRING_GROUP)
			list_for_each_entry(member, &c->group->members, list)
				pick_key(shelf, member->string, picks);
	}
}

static int ascending(const void *a, const void *b)
{
	u32 left = *(const u32 *)a, right = *(const u32 *)b;

	return left < right ? -1 : left > right;
}

/* Lines that may cover @rule, which holds only if @head does. */
static void pick_lines(const struct shelf *shelf, const struct kl_rule *rule,
		       const struct kl_rule *head, struct picks *picks)
{
	struct picks keyed = { 0 };
	u32 i = 0, j, next;

	pick_rule(shelf, rule, &keyed);
	if (head)
		pick_rule(shelf, head, &keyed);
	if (keyed.count)
		qsort(keyed.at, keyed.count, sizeof(*keyed.at), ascending);
	/* Only those are sorted: the others, often nearly all lines, are so already. */
	picks->count = 0;
	for (j = 0; i < shelf->always_count || j < keyed.count;) {
		if (j == keyed.count ||
		    (i < shelf->always_count && shelf->always[i] < keyed.at[j]))
			next = shelf->always[i++];
		else
			next = keyed.at[j++];
		if (!picks->count || picks->at[picks->count - 1] != next)
			pick(picks, next);
	}
	free(keyed.at);
}

/* Whoever comes first ends it: the lines, or the work that may be done. */
static bool is_watched_out(struct search *search)
{
	struct kl_lint_watch *watch = search->linter->watch;
	u64 lines = 100ull * search->seen / (search->linter->file->source.line_count + 1);
	u64 work = 100 * kl_cover_work(search->cover) / KL_LINT_WORK;

	if (!watch)
		return false;
	atomic_store(&watch->percent, min_t(u32, max(lines, work), 99));
	return atomic_load(&watch->stop);
}

static bool is_tired(struct search *search, const struct kl_rule *rule)
{
	search->seen++;
	if (!is_watched_out(search) && kl_cover_work(search->cover) < KL_LINT_WORK)
		return false;
	if (!search->left_out++)
		search->left_at = rule;
	return true;
}

/*
 * Findings.
 */
static const char *unless(enum kl_proof level)
{
	return level == KL_PROVED ? "" : ", unless something it asks for is unknown";
}

static void list_places(struct linter *linter, const struct kl_rule *rule,
			const u32 *others, u32 count, struct kl_buffer *text)
{
	u32 i;

	for (i = 0; i < count; i++) {
		kl_buffer_puts(text, !i ? "" : i + 1 < count ? ", " : " and ");
		name_place(linter, rule->line, others[i], text);
	}
}

static void find_covered(struct search *search, const struct kl_rule *rule,
			 enum kl_proof level, const u32 *others, u32 count)
{
	struct kl_buffer text = { 0 };
	struct kl_finding *finding;
	u32 i;

	list_places(search->linter, rule, others, count, &text);
	finding = find_rule(search->linter, KL_LINT_WARNING, "covered", rule, -1,
			    "this rule is never the first to match: %s %s all that it "
			    "matches%s", kl_buffer_text(&text).data, count > 1 ? "together match" :
			    "matches", unless(level));
	finding->if_known = level != KL_PROVED;
	for (i = 0; i < count; i++)
		add_other(finding, others[i]);
	kl_buffer_free(&text);
}

static void find_contradiction(struct search *search, const struct kl_rule *rule,
			       enum kl_op op, u32 slot, bool head, enum kl_proof level)
{
	char name[KL_SLOT_NAME_MAX];
	struct kl_finding *finding;

	finding = find_rule(search->linter, KL_LINT_WARNING, "contradiction", rule, -1,
			    "nothing can match: the conditions on %s%s contradict each "
			    "other%s", kl_slot_name(op, slot, name),
			    head ? ", those of the block included," : "", unless(level));
	finding->if_known = level != KL_PROVED;
}

/*
 * Within a block.
 */
static void note_site(struct search *search, const struct kl_rule *rule,
		      enum kl_proof level, const u32 *others, u32 count)
{
	struct site *site;

	if (rule->block->rule.kind != KL_RULE_GROUP) {
		if (level != KL_UNPROVED)
			find_covered(search, rule, level, others, count);
		return;
	}
	if (!(search->site_count & (search->site_count - 1)))
		search->sites = kl_xrealloc(search->sites, 2 * search->site_count + 1,
					    sizeof(*search->sites));
	site = &search->sites[search->site_count];
	site->rule = rule;
	site->number = search->site_count++;
	site->level = level;
	site->other_count = count;
	site->others = kl_xalloc(count + 1, sizeof(*others));
	if (count)
		memcpy(site->others, others, count * sizeof(*others));
}

/* Is line @number covered by several others together? */
static enum kl_proof try_together(struct search *search, u32 number,
				  const struct picks *picks, struct picks *needed)
{
	struct kl_claim *outers = kl_xalloc(picks->count + 1, sizeof(*outers));
	u32 *numbers = kl_xalloc(picks->count + 1, sizeof(*numbers));
	struct kl_claim inner[] = { kl_claim_of(search->lines[number]),
				    kl_claim_of(&search->block->rule) };
	u32 *found = kl_xalloc(picks->count + 1, sizeof(*found));
	u32 count = 0, used = 0, i;
	enum kl_proof level;

	for (i = 0; i < picks->count; i++)
		if (search->possible[picks->at[i]]) {
			numbers[count] = picks->at[i];
			outers[count++] = kl_claim_of(search->lines[picks->at[i]]);
		}
	level = kl_covers_together(search->cover, search->block->op, outers, count, inner,
				   2, found, &used);
	needed->count = 0;
	for (i = 0; i < used && level != KL_UNPROVED; i++)
		pick(needed, search->lines[numbers[found[i]]]->line);
	if (needed->count)
		qsort(needed->at, needed->count, sizeof(*needed->at), ascending);
	free(outers);
	free(numbers);
	free(found);
	return level;
}

/* Is line @number covered by a single one? */
static enum kl_proof try_single(struct search *search, u32 number,
				const struct picks *picks, struct picks *needed)
{
	struct kl_claim inner[] = { kl_claim_of(search->lines[number]),
				    kl_claim_of(&search->block->rule) };
	enum kl_proof best = KL_UNPROVED, one;
	struct kl_claim outer;
	u32 i;

	needed->count = 0;
	for (i = 0; i < picks->count && best != KL_PROVED; i++) {
		if (!search->possible[picks->at[i]])
			continue;
		outer = kl_claim_of(search->lines[picks->at[i]]);
		one = kl_covers(search->cover, search->block->op, &outer, inner, 2);
		if (one <= best)
			continue;
		best = one;
		needed->count = 0;
		pick(needed, search->lines[picks->at[i]]->line);
	}
	return best;
}

static void look_at_line(struct search *search, u32 number, const struct shelf *shelf,
			 struct picks *picks, struct picks *needed)
{
	const struct kl_rule *rule = search->lines[number];
	struct kl_claim claims[] = { kl_claim_of(rule),
				     kl_claim_of(&search->block->rule) };
	enum kl_proof level, together;
	u32 slot;

	if (is_tired(search, rule)) {
		note_site(search, rule, KL_UNPROVED, NULL, 0);
		return;
	}
	level = kl_excludes(search->cover, search->block->op, claims, 2, &slot);
	if (level != KL_UNPROVED) {
		search->possible[number] = false;
		if (rule->block == search->block)
			find_contradiction(search, rule, search->block->op, slot,
					   search->block->rule.count, level);
		note_site(search, rule, KL_UNPROVED, NULL, 0);
		return;
	}
	pick_lines(shelf, rule, &search->block->rule, picks);
	level = try_single(search, number, picks, needed);
	if (level == KL_UNPROVED) {
		together = try_together(search, number, picks, needed);
		level = max(level, together);
	}
	note_site(search, rule, level, needed->at, needed->count);
}

static void add_line(struct search *search, const struct kl_rule *rule)
{
	if (search->line_count == search->line_room) {
		search->line_room = 2 * search->line_room + 64;
		search->lines = kl_xrealloc(search->lines, search->line_room,
					    sizeof(*search->lines));
	}
	search->lines[search->line_count++] = rule;
}

static void expand(struct search *search, const struct kl_block *block)
{
	const struct kl_rule *rule;
	struct kl_expansion e;

	search->block = block;
	search->line_count = 0;
	kl_expansion_begin(&e, block);
	while (kl_expansion_next(&e, &rule) > 0)
		if (rule->kind != KL_RULE_USE)
			add_line(search, rule);
	kl_expansion_end(&e);
}

static void look_at_block(struct search *search, const struct kl_block *block)
{
	struct picks picks = { 0 }, needed = { 0 };
	struct shelf shelf;
	u32 i;

	expand(search, block);
	search->possible = kl_xalloc(search->line_count + 1, sizeof(bool));
	shelf_init(&shelf, search->line_count);
	for (i = 0; i < search->line_count; i++) {
		search->possible[i] = true;
		look_at_line(search, i, &shelf, &picks, &needed);
		shelf_add(&shelf, search->lines[i], i);
	}
	shelf_free(&shelf);
	free(search->possible);
	free(picks.at);
	free(needed.at);
}

/* A block that only what is unknown can reach: nothing is said of its lines. */
static void pass_over_block(struct search *search, const struct kl_block *block)
{
	u32 i;

	expand(search, block);
	for (i = 0; i < search->line_count; i++)
		note_site(search, search->lines[i], KL_UNPROVED, NULL, 0);
}

/*
 * Blocks behind one that denies everything that they would look at.
 */
/* Does a block deny whatever @head matches? @line: set to the rule that does. */
static enum kl_proof denies_all(struct search *search, const struct kl_block *block,
				const struct kl_rule *head, u32 *line)
{
	struct kl_claim inner = kl_claim_of(head), outer = kl_claim_of(&block->rule);
	enum kl_proof level, one, before = KL_PROVED;
	struct kl_claim both[] = { inner, inner };
	u32 i, slot;

	before = kl_covers(search->cover, head->op, &outer, &inner, 1);
	if (before == KL_UNPROVED)
		return before;
	expand(search, block);
	for (i = 0; i < search->line_count && before != KL_UNPROVED; i++) {
		outer = kl_claim_of(search->lines[i]);
		if (search->lines[i]->kind == KL_RULE_DENY) {
			level = kl_covers(search->cover, head->op, &outer, &inner, 1);
			*line = search->lines[i]->line;
			if (level != KL_UNPROVED)
				return min(level, before);
			continue;
		}
		/* An allow line that may hit lets the request go on. */
		both[0] = outer;
		one = kl_excludes(search->cover, head->op, both, 2, &slot);
		before = min(before, one);
	}
	return KL_UNPROVED;
}

static bool may_deny(struct search *search, const struct kl_block *block)
{
	return !block->permissive && block->count &&
	       !(search->linter->file->policy.permissive &&
		 kl_op_is_switchable(block->op));
}

static void find_unreachable(struct search *search, const struct kl_rule *head,
			     enum kl_proof level, u32 line)
{
	struct kl_buffer text = { 0 };
	struct kl_finding *finding;

	name_place(search->linter, head->line, line, &text);
	finding = find_rule(search->linter, KL_LINT_WARNING, "unreachable", head, -1,
			    "this block is never reached: %s denies all that it "
			    "matches%s", text.data, unless(level));
	finding->if_known = level != KL_PROVED;
	add_other(finding, line);
	kl_buffer_free(&text);
}

static void look_behind(struct search *search, struct kl_rule **heads, u32 number,
			const struct shelf *shelf, struct picks *picks)
{
	enum kl_proof level = KL_UNPROVED;
	u32 i, line = 0;

	pick_lines(shelf, heads[number], NULL, picks);
	for (i = 0; i < picks->count && level == KL_UNPROVED; i++)
		level = denies_all(search, heads[picks->at[i]]->block, heads[number],
				   &line);
	if (level != KL_UNPROVED)
		find_unreachable(search, heads[number], level, line);
}

static void look_at_op(struct search *search, enum kl_op op)
{
	struct kl_policy *policy = &search->linter->file->policy;
	u32 count = policy->block_count[op], i, slot;
	struct kl_rule **heads = kl_policy_sorted(&policy->blocks[op], count);
	struct picks picks = { 0 };
	struct kl_claim claim;
	enum kl_proof level;
	struct shelf shelf;

	shelf_init(&shelf, count);
	for (i = 0; i < count && heads; i++) {
		claim = kl_claim_of(heads[i]);
		level = kl_excludes(search->cover, op, &claim, 1, &slot);
		if (level != KL_UNPROVED) {
			find_contradiction(search, heads[i], op, slot, false, level);
			pass_over_block(search, heads[i]->block);
			continue;
		}
		if (!is_tired(search, heads[i]))
			look_behind(search, heads, i, &shelf, &picks);
		if (may_deny(search, heads[i]->block))
			shelf_add(&shelf, heads[i], i);
		look_at_block(search, heads[i]->block);
	}
	shelf_free(&shelf);
	free(picks.at);
	kl_free(heads);
}

/*
 * A line of a rule group is told only if nothing reaches it in any place.
 */
static int by_rule(const void *a, const void *b)
{
	const struct site *left = a, *right = b;

	if (left->rule != right->rule)
		return left->rule < right->rule ? -1 : 1;
	return left->number < right->number ? -1 : 1;
}

static void tell_sites(struct search *search)
{
	struct site *sites = search->sites;
	enum kl_proof level;
	u32 i, from, end;

	if (search->site_count)
		qsort(sites, search->site_count, sizeof(*sites), by_rule);
	for (from = 0; from < search->site_count; from = end) {
		level = KL_PROVED;
		for (end = from; end < search->site_count &&
				 sites[end].rule == sites[from].rule; end++)
			level = min(level, sites[end].level);
		if (level != KL_UNPROVED)
			find_covered(search, sites[from].rule, level, sites[from].others,
				     sites[from].other_count);
	}
	for (i = 0; i < search->site_count; i++)
		free(sites[i].others);
	free(sites);
}

void lint_rules(struct linter *linter)
{
	struct search search = { .linter = linter, .cover = kl_cover_new() };
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		look_at_op(&search, op);
	tell_sites(&search);
	if (search.left_out)
		find_rule(linter, KL_LINT_HINT, "unfinished", search.left_at, -1,
			  "too many rules to compare them all: %u, this one among them, "
			  "were not looked at for what comes before", search.left_out);
	free(search.lines);
	kl_cover_free(search.cover);
}
