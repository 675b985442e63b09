// SPDX-License-Identifier: GPL-2.0
/* Recorded requests judged anew by another policy. */
#include "explain.h"
#include "object.h"
#include "replay.h"
#include "together.h"

/**
 * struct judgement - what a policy, or the log, says about a request
 * @answers: mask of enum kl_answer; both: it cannot be told
 * @sides: of blocks that matched
 * @count: of @sides
 * @beyond: more blocks matched
 * @open: what a block says cannot be told
 * @transition_open: nor which domain is entered
 * @open_slot, @open_block: the attribute that is missing, and who asks for it
 * @transition: domain that is entered, NULL if none is
 * @bug: the engine disagrees with itself
 */
struct judgement {
	u32 answers;
	struct kl_replay_side sides[KL_REPLAY_BLOCKS];
	u32 count;
	bool beyond;
	bool open;
	bool transition_open;
	u8 open_slot;
	u32 open_block;
	const struct kl_string *transition;
	bool bug;
};

/**
 * struct pending - a request of which another record may follow
 * @last: its last record
 * @number: of the request
 * @place: of its first record
 * @recorded: what all of them said
 * @before, @after: what the policies say; @before only if there is an old one
 * @program, @object: for the lists
 */
struct pending {
	struct kl_together last;
	u64 number;
	struct kl_log_place place;
	struct judgement recorded, before, after;
	struct kl_buffer program, object;
};

/**
 * struct kl_replay - all of it
 * @after, @before, @absent: see kl_replay_new()
 * @pending: by hash of the thread
 * @changes, @opens, @items: what came of it
 * @result: of the caller
 */
struct kl_replay {
	struct kl_policy_file *after, *before;
	bool absent;
	struct pending *pending;
	struct kl_table changes, opens, items;
	struct kl_replay_result result;
};

static const char *const kind_names[KL_REPLAY_KINDS] = {
	[KL_REPLAY_DENIED] = "denied",	     [KL_REPLAY_PERMITTED] = "permitted",
	[KL_REPLAY_RESULT] = "result",	     [KL_REPLAY_TRANSITION] = "transition",
	[KL_REPLAY_UNLOGGED] = "unlogged",   [KL_REPLAY_LOGGED] = "logged",
	[KL_REPLAY_PRIORITY] = "priority",
};

const char *kl_replay_kind_name(enum kl_replay_kind kind)
{
	return kind_names[kind];
}

static void init_table(struct kl_table *table)
{
	if (kl_table_init(table)) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
}

struct kl_replay *kl_replay_new(struct kl_policy_file *after,
				struct kl_policy_file *before, bool absent)
{
	struct kl_replay *replay = kl_xalloc(1, sizeof(*replay));

	replay->after = after;
	replay->before = before;
	replay->absent = absent;
	replay->pending = kl_xalloc(KL_TOGETHER_MAX, sizeof(*replay->pending));
	init_table(&replay->changes);
	init_table(&replay->opens);
	init_table(&replay->items);
	return replay;
}

/* ---------------------------------------------------- what a policy says */

static struct kl_replay_side *add_side(struct judgement *judgement)
{
	struct kl_replay_side *side;

	if (judgement->count == KL_REPLAY_BLOCKS) {
		judgement->beyond = true;
		return NULL;
	}
	side = &judgement->sides[judgement->count++];
	memset(side, 0, sizeof(*side));
	side->exists = true;
	return side;
}

static void set_label(struct kl_replay_side *side, struct kl_text label)
{
	u32 length = min_t(u32, label.length, KL_LABEL_MAX);

	if (length)
		memcpy(side->label, label.data, length);
	side->label[length] = '\0';
}

/* Block and deciding rule by their places in the ruleset. */
static void add_match(struct judgement *judgement, const struct kl_ruleset *ruleset,
		      const struct kl_match *match)
{
	const struct kl_compiled_block *block = kl_ruleset_block(ruleset, match->block);
	const struct kl_compiled_rule *rule = NULL;
	struct kl_replay_side *side = add_side(judgement);
	const struct kl_string *label;

	if (!side)
		return;
	if (match->rule != KL_NO_RULE)
		rule = kl_ruleset_rule(ruleset, match->rule);
	side->result = match->result;
	side->unenforced = match->unenforced;
	side->priority = block->priority;
	side->block = block->line;
	side->rule = rule ? rule->line : 0;
	side->logged = kl_quota_limit(kl_ruleset_quota(ruleset), block->audit,
				      match->result);
	label = rule && rule->label ? rule->label : block->label;
	if (label)
		set_label(side, (struct kl_text){ label->text, label->length });
}

/*
 * Two operations are special, see kl_explain(): of one nothing but a last block
 * that allows permits it, of the other nothing denies it.
 */
static u32 conclude(enum kl_op op, const struct kl_match *last, bool denied)
{
	if (op == KL_OP_AUTO_DOMAIN_TRANSITION)
		return KL_ANSWER_PERMIT;
	if (op == KL_OP_MANUAL_DOMAIN_TRANSITION)
		denied = !last || last->result != KL_ALLOWED;
	return denied ? KL_ANSWER_DENY : KL_ANSWER_PERMIT;
}

/**
 * struct taking - matches being taken
 * @judgement: they are added to
 * @ruleset: of which they are
 * @last: of them
 * @any: there is one
 */
struct taking {
	struct judgement *judgement;
	const struct kl_ruleset *ruleset;
	struct kl_match last;
	bool any;
};

static void take_match(void *context, const struct kl_match *match)
{
	struct taking *taking = context;

	taking->last = *match;
	taking->any = true;
	add_match(taking->judgement, taking->ruleset, match);
}

/* As the kernel does it. Returns false if that needs what the record lacks. */
static bool decide(const struct kl_ruleset *ruleset, const struct kl_facts *facts,
		   bool absent, struct judgement *judgement)
{
	struct taking taking = { .judgement = judgement, .ruleset = ruleset };
	struct kl_request request;
	int verdict = kl_decided(ruleset, facts, absent, &request, take_match, &taking);

	if (verdict < 0)
		return false;
	judgement->answers = conclude(request.op, taking.any ? &taking.last : NULL,
				      verdict == KL_DENY);
	if (request.has_transition && judgement->answers == KL_ANSWER_PERMIT &&
	    (request.op == KL_OP_EXECUTE || taking.last.result == KL_ALLOWED))
		judgement->transition = request.transition;
	return true;
}

static const struct {
	u32 outcome;
	enum kl_result result;
} results[] = {
	{ KL_OUTCOME_UNMATCHED, KL_UNMATCHED },
	{ KL_OUTCOME_ALLOWED, KL_ALLOWED },
	{ KL_OUTCOME_DENIED, KL_DENIED },
};

/* What is missing may make no difference. */
static bool is_certain(const struct kl_explained_block *explained)
{
	return !(explained->outcomes & (explained->outcomes - 1));
}

static void add_explained(struct judgement *judgement, const struct kl_ruleset *ruleset,
			  const struct kl_explained_block *explained)
{
	const struct kl_string *label = explained->head->rule.label;
	struct kl_replay_side *side = add_side(judgement);
	size_t i;

	if (!side)
		return;
	for (i = 0; i < ARRAY_SIZE(results); i++)
		if (explained->outcomes == results[i].outcome)
			side->result = results[i].result;
	side->unenforced = explained->permissive && side->result == KL_DENIED;
	side->priority = explained->head->rule.priority;
	side->block = explained->head->rule.line;
	side->rule = explained->rule ? explained->rule->line : 0;
	side->logged = kl_quota_limit(kl_ruleset_quota(ruleset), explained->head->audit,
				      side->result);
	if (explained->rule && explained->rule->label)
		label = explained->rule->label;
	if (label)
		set_label(side, (struct kl_text){ label->text, label->length });
}

static void set_open(struct judgement *judgement, const struct kl_explained_block *block)
{
	judgement->open_slot = block->missing;
	judgement->open_block = block->head->rule.line;
}

/*
 * A block of which all is certain but which of its rules decides: the domain
 * that is entered may depend on it.
 */
static void look_at_transition(struct judgement *judgement,
			       const struct kl_explanation *explanation)
{
	u32 i;

	judgement->transition = explanation->transition;
	judgement->transition_open = explanation->transition_open;
	if (!judgement->transition_open || judgement->open)
		return;
	for (i = 0; i < explanation->count; i++)
		if (explanation->blocks[i].missing >= 0) {
			set_open(judgement, &explanation->blocks[i]);
			return;
		}
}

/* The long way: all that may happen. Blocks that may do this or that are open. */
static void explain(struct kl_policy_file *file, const struct kl_facts *facts,
		    bool absent, struct judgement *judgement)
{
	struct kl_facts copy = *facts;
	struct kl_explanation explanation;
	u32 i;

	if (absent)
		kl_facts_assume_absent(&copy);
	if (kl_explain(file, &copy, false, &explanation)) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	judgement->answers = explanation.answers;
	judgement->bug = explanation.disagreement;
	for (i = 0; i < explanation.count; i++) {
		const struct kl_explained_block *block = &explanation.blocks[i];

		if (is_certain(block)) {
			add_explained(judgement, file->ruleset, block);
		} else if (!judgement->open) {
			judgement->open = true;
			set_open(judgement, block);
		}
	}
	look_at_transition(judgement, &explanation);
	kl_explanation_free(&explanation);
}

static void clear(struct judgement *judgement)
{
	memset(judgement, 0, offsetof(struct judgement, sides));
	memset(&judgement->count, 0, sizeof(*judgement) - offsetof(struct judgement, count));
}

static void judge(const struct kl_replay *replay, struct kl_policy_file *file,
		  const struct kl_facts *facts, struct judgement *judgement)
{
	clear(judgement);
	if (decide(file->ruleset, facts, replay->absent, judgement))
		return;
	clear(judgement);
	explain(file, facts, replay->absent, judgement);
}

/* --------------------------------------------------- what the log says */

static void read_side(const struct kl_logline *line, struct kl_replay_side *side)
{
	memset(side, 0, sizeof(*side));
	side->exists = true;
	side->logged = true;
	side->result = line->result;
	side->unenforced = line->unenforced;
	side->priority = line->priority;
	set_label(side, line->label);
}

static bool is_enforced_denial(const struct kl_replay_side *side)
{
	return side->exists && side->result == KL_DENIED && !side->unenforced;
}

static void note_recorded(struct pending *pending, const struct kl_replay_side *side)
{
	struct judgement *recorded = &pending->recorded;
	struct kl_replay_side *to = add_side(recorded);
	struct kl_match last = { .result = side->result };

	if (to)
		*to = *side;
	recorded->answers = conclude(pending->last.op, &last, is_enforced_denial(side));
}

/* ------------------------------------------------------- what changes */

static void count_example(struct kl_replay_example *example, const struct pending *pending)
{
	if (!example->count || pending->number < example->number) {
		example->number = pending->number;
		example->first = pending->place;
	}
	example->count++;
}

static bool same_side(const struct kl_replay_side *a, const struct kl_replay_side *b)
{
	return a->exists == b->exists && a->logged == b->logged &&
	       a->unenforced == b->unenforced && a->result == b->result &&
	       a->priority == b->priority && a->block == b->block && a->rule == b->rule &&
	       !strcmp(a->label, b->label);
}

static u32 hash_side(u32 hash, const struct kl_replay_side *side)
{
	const u32 words[] = { side->exists, side->logged,   side->unenforced,
			      side->result, side->priority, side->block,
			      side->rule };

	hash = kl_hash(hash, (const char *)words, sizeof(words));
	return kl_hash(hash, side->label, strlen(side->label));
}

static struct kl_replay_change *find_change(struct kl_replay *replay, u8 kind, u8 op,
					    const struct kl_replay_side *before,
					    const struct kl_replay_side *after)
{
	u32 hash = hash_side(hash_side(kind << 8 | op, before), after);
	struct kl_link *link = kl_table_first(&replay->changes, hash);
	struct kl_replay_change *change;

	for (; link; link = kl_table_next(link)) {
		change = container_of(link, struct kl_replay_change, link);
		if (change->kind == kind && change->op == op &&
		    same_side(&change->before, before) && same_side(&change->after, after))
			return change;
	}
	change = kl_xalloc(1, sizeof(*change));
	change->kind = kind;
	change->op = op;
	change->before = *before;
	change->after = *after;
	change->link.hash = hash;
	kl_table_add(&replay->changes, &change->link);
	return change;
}

static const char *text_of(const struct kl_buffer *buffer)
{
	return buffer->length ? buffer->data : "";
}

/* NULL if there are too many already. */
static struct kl_replay_item *find_item(struct kl_replay *replay,
					struct kl_replay_change *change,
					const struct pending *pending)
{
	const char *program = text_of(&pending->program);
	const char *object = text_of(&pending->object);
	u32 hash = kl_hash(kl_hash(change->link.hash, program, pending->program.length),
			   object, pending->object.length);
	struct kl_link *link = kl_table_first(&replay->items, hash);
	struct kl_replay_item *item;

	for (; link; link = kl_table_next(link)) {
		item = container_of(link, struct kl_replay_item, link);
		if (item->change == change && !strcmp(item->program, program) &&
		    !strcmp(item->object, object))
			return item;
	}
	if (replay->items.count >= KL_REPLAY_ITEMS_MAX)
		return NULL;
	item = kl_xalloc(1, sizeof(*item));
	item->change = change;
	item->program = kl_xstrdup(program);
	item->object = kl_xstrdup(object);
	item->link.hash = hash;
	kl_table_add(&replay->items, &item->link);
	change->item_count++;
	return item;
}

static void note_change(struct kl_replay *replay, const struct pending *pending,
			enum kl_replay_kind kind, const struct kl_replay_side *before,
			const struct kl_replay_side *after)
{
	static const struct kl_replay_side none;
	struct kl_replay_change *change;
	struct kl_replay_item *item;

	change = find_change(replay, kind, pending->last.op, before ? before : &none,
			     after ? after : &none);
	replay->result.kinds[kind]++;
	count_example(&change->example, pending);
	item = find_item(replay, change, pending);
	if (item)
		count_example(&item->example, pending);
	else
		change->unlisted++;
}

static void note_open(struct kl_replay *replay, const struct pending *pending,
		      const struct judgement *judgement, bool verdict)
{
	bool old = judgement == &pending->before;
	u32 words[] = { pending->last.op, judgement->open_slot, judgement->open_block, old,
			verdict };
	u32 hash = kl_hash(0, (const char *)words, sizeof(words));
	struct kl_link *link = kl_table_first(&replay->opens, hash);
	struct kl_replay_open *open = NULL;

	for (; link; link = kl_table_next(link)) {
		open = container_of(link, struct kl_replay_open, link);
		if (open->op == pending->last.op && open->slot == judgement->open_slot &&
		    open->block == judgement->open_block && open->old == old &&
		    open->verdict == verdict)
			break;
	}
	if (!link) {
		open = kl_xalloc(1, sizeof(*open));
		open->op = pending->last.op;
		open->slot = judgement->open_slot;
		open->block = judgement->open_block;
		open->old = old;
		open->verdict = verdict;
		open->link.hash = hash;
		kl_table_add(&replay->opens, &open->link);
	}
	count_example(&open->example, pending);
}

/* ------------------------------------------------- two sides compared */

/**
 * struct pairing - the blocks of both sides, paired
 * @before, @after: what is compared
 * @partner: of each block before, the number of one after, or -1
 * @taken: of each block after, whether it has one
 */
struct pairing {
	const struct judgement *before, *after;
	int partner[KL_REPLAY_BLOCKS];
	bool taken[KL_REPLAY_BLOCKS];
};

static bool same_result(const struct kl_replay_side *a, const struct kl_replay_side *b)
{
	return a->result == b->result && a->unenforced == b->unenforced;
}

static bool fits_exactly(const struct kl_replay_side *a, const struct kl_replay_side *b)
{
	return a->priority == b->priority && same_result(a, b);
}

static bool fits_priority(const struct kl_replay_side *a, const struct kl_replay_side *b)
{
	return a->priority == b->priority;
}

static bool fits_record(const struct kl_replay_side *a, const struct kl_replay_side *b)
{
	return a->logged && b->logged && same_result(a, b);
}

static void pair(struct pairing *pairing, bool (*fits)(const struct kl_replay_side *,
						       const struct kl_replay_side *))
{
	u32 b, a;

	for (b = 0; b < pairing->before->count; b++)
		for (a = 0; a < pairing->after->count && pairing->partner[b] < 0; a++) {
			if (pairing->taken[a] || !fits(&pairing->before->sides[b],
						       &pairing->after->sides[a]))
				continue;
			pairing->partner[b] = a;
			pairing->taken[a] = true;
		}
}

static enum kl_replay_kind kind_of(const struct kl_replay_side *before,
				   const struct kl_replay_side *after)
{
	if (before && after && !same_result(before, after))
		return KL_REPLAY_RESULT;
	if (before && before->logged && (!after || !after->logged))
		return KL_REPLAY_UNLOGGED;
	if (after && after->logged && (!before || !before->logged))
		return KL_REPLAY_LOGGED;
	if (before && after && before->priority != after->priority)
		return KL_REPLAY_PRIORITY;
	return KL_REPLAY_KINDS;
}

static const struct kl_replay_side *last_side(const struct judgement *judgement)
{
	return judgement->count ? &judgement->sides[judgement->count - 1] : NULL;
}

/* Of records nothing is known about that. */
static bool other_transition(const struct kl_replay *replay,
			     const struct judgement *before,
			     const struct judgement *after)
{
	const struct kl_string *a = before->transition, *b = after->transition;

	if (!replay->before || before->transition_open || after->transition_open)
		return false;
	return a && b ? strcmp(a->text, b->text) : a != b;
}

/* The first difference of the kind that counts most; false if there is none. */
static bool compare_blocks(struct kl_replay *replay, const struct pending *pending,
			   const struct judgement *before, const struct judgement *after)
{
	struct pairing pairing = { .before = before, .after = after };
	const struct kl_replay_side *found[2] = { last_side(before), last_side(after) };
	const struct kl_replay_side *old, *new;
	enum kl_replay_kind kind, best = KL_REPLAY_KINDS;
	u32 i;

	if (other_transition(replay, before, after))
		best = KL_REPLAY_TRANSITION;
	memset(pairing.partner, -1, sizeof(pairing.partner));
	pair(&pairing, fits_exactly);
	pair(&pairing, fits_priority);
	pair(&pairing, fits_record);
	for (i = 0; i < before->count + after->count; i++) {
		bool is_old = i < before->count;

		if (!is_old && pairing.taken[i - before->count])
			continue;
		old = is_old ? &before->sides[i] : NULL;
		new = is_old ? NULL : &after->sides[i - before->count];
		if (is_old && pairing.partner[i] >= 0)
			new = &after->sides[pairing.partner[i]];
		kind = kind_of(old, new);
		if (kind < best) {
			best = kind;
			found[0] = old;
			found[1] = new;
		}
	}
	if (best < KL_REPLAY_KINDS)
		note_change(replay, pending, best, found[0], found[1]);
	return best < KL_REPLAY_KINDS;
}

static const struct kl_replay_side *side_of_priority(const struct judgement *judgement,
						     u16 priority)
{
	u32 i;

	for (i = 0; i < judgement->count; i++)
		if (judgement->sides[i].priority == priority)
			return &judgement->sides[i];
	return last_side(judgement);
}

/* A denial is the last thing that happens; the other side is what stood there. */
static void note_verdict(struct kl_replay *replay, const struct pending *pending,
			 const struct judgement *before, const struct judgement *after)
{
	const struct judgement *deny = after, *permit = before;
	const struct kl_replay_side *denial, *other;
	bool denied = after->answers == KL_ANSWER_DENY;

	if (!denied) {
		deny = before;
		permit = after;
	}
	denial = last_side(deny);
	other = denial ? side_of_priority(permit, denial->priority) : last_side(permit);
	if (denied)
		note_change(replay, pending, KL_REPLAY_DENIED, other, denial);
	else
		note_change(replay, pending, KL_REPLAY_PERMITTED, denial, other);
}

static bool is_undecided(const struct judgement *judgement)
{
	return judgement->answers == (KL_ANSWER_PERMIT | KL_ANSWER_DENY);
}

static void compare(struct kl_replay *replay, const struct pending *pending,
		    const struct judgement *before, const struct judgement *after)
{
	struct kl_replay_result *result = &replay->result;

	if (is_undecided(before) || is_undecided(after)) {
		result->undecided++;
		note_open(replay, pending, is_undecided(after) ? after : before, true);
	} else if (before->answers != after->answers) {
		note_verdict(replay, pending, before, after);
	} else if (before->open || after->open) {
		result->open++;
		note_open(replay, pending, after->open ? after : before, false);
	} else if (!compare_blocks(replay, pending, before, after) && replay->before &&
		   (before->transition_open || after->transition_open)) {
		result->open++;
		note_open(replay, pending, after->transition_open ? after : before,
			  false);
	}
}

/* ------------------------------------------------------------ requests */

static void close_request(struct kl_replay *replay, struct pending *pending)
{
	struct kl_replay_result *result = &replay->result;
	const struct judgement *before = &pending->recorded;

	if (!pending->last.used)
		return;
	pending->last.used = false;
	if (replay->before) {
		before = &pending->before;
		if (!is_undecided(before) && before->answers != pending->recorded.answers)
			count_example(&result->contradicted, pending);
	}
	result->bugs += pending->before.bug || pending->after.bug;
	result->beyond += before->beyond || pending->after.beyond;
	compare(replay, pending, before, &pending->after);
}

static void open_request(struct kl_replay *replay, struct pending *pending,
			 const struct kl_logline *line)
{
	const struct kl_facts *facts = &line->facts;

	pending->number = ++replay->result.requests;
	clear(&pending->recorded);
	judge(replay, replay->after, facts, &pending->after);
	if (replay->before)
		judge(replay, replay->before, facts, &pending->before);
	kl_buffer_clear(&pending->program);
	kl_buffer_clear(&pending->object);
	kl_program_text(&facts->request, &pending->program);
	kl_object_text(&facts->request, &pending->object);
}

void kl_replay_add(struct kl_replay *replay, const struct kl_logline *line,
		   struct kl_log_place place)
{
	struct kl_replay_side side;
	struct pending *pending;
	u32 hash;

	if (line->kind != KL_LOGLINE_REQUEST)
		return;
	hash = kl_together_hash(line);
	pending = &replay->pending[line->pid % KL_TOGETHER_MAX];
	replay->result.records++;
	kl_op_add(replay->result.seen, line->facts.request.op);
	if (!kl_together_next(&pending->last, line, hash)) {
		close_request(replay, pending);
		open_request(replay, pending, line);
		pending->place = place;
	}
	kl_together_set(&pending->last, line, hash);
	read_side(line, &side);
	note_recorded(pending, &side);
}

/* ------------------------------------------------------------- results */

static int compare_examples(const struct kl_replay_example *a,
			    const struct kl_replay_example *b)
{
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int compare_items(const void *a, const void *b)
{
	const struct kl_replay_item *const *x = a, *const *y = b;

	return compare_examples(&(*x)->example, &(*y)->example);
}

static int compare_changes(const void *a, const void *b)
{
	const struct kl_replay_change *x = *(const struct kl_replay_change *const *)a;
	const struct kl_replay_change *y = *(const struct kl_replay_change *const *)b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return compare_examples(&x->example, &y->example);
}

static int compare_opens(const void *a, const void *b)
{
	const struct kl_replay_open *x = *(const struct kl_replay_open *const *)a;
	const struct kl_replay_open *y = *(const struct kl_replay_open *const *)b;

	if (x->verdict != y->verdict)
		return x->verdict ? -1 : 1;
	return compare_examples(&x->example, &y->example);
}

/* Every link of a table, in no order. */
static struct kl_link **all_links(const struct kl_table *table)
{
	struct kl_link **links = kl_xalloc(table->count, sizeof(*links)), *link;
	u32 i, n = 0;

	for (i = 0; i < table->size; i++)
		for (link = table->buckets[i]; link; link = link->next)
			links[n++] = link;
	return links;
}

static void collect_items(struct kl_replay *replay)
{
	struct kl_replay_result *result = &replay->result;
	struct kl_link **links = all_links(&replay->items);
	struct kl_replay_change *change;
	struct kl_replay_item *item;
	u32 i;

	for (i = 0; i < result->change_count; i++) {
		change = result->changes[i];
		change->items = kl_xalloc(change->item_count, sizeof(*change->items));
		change->item_count = 0;
	}
	for (i = 0; i < replay->items.count; i++) {
		item = container_of(links[i], struct kl_replay_item, link);
		item->change->items[item->change->item_count++] = item;
	}
	for (i = 0; i < result->change_count; i++) {
		change = result->changes[i];
		qsort(change->items, change->item_count, sizeof(*change->items),
		      compare_items);
	}
	free(links);
}

const struct kl_replay_result *kl_replay_result(struct kl_replay *replay)
{
	struct kl_replay_result *result = &replay->result;
	struct kl_link **links;
	u32 i;

	for (i = 0; i < KL_TOGETHER_MAX; i++)
		close_request(replay, &replay->pending[i]);
	links = all_links(&replay->changes);
	result->change_count = replay->changes.count;
	result->changes = kl_xalloc(result->change_count, sizeof(*result->changes));
	for (i = 0; i < result->change_count; i++)
		result->changes[i] = container_of(links[i], struct kl_replay_change, link);
	free(links);
	links = all_links(&replay->opens);
	result->open_count = replay->opens.count;
	result->opens = kl_xalloc(result->open_count, sizeof(*result->opens));
	for (i = 0; i < result->open_count; i++)
		result->opens[i] = container_of(links[i], struct kl_replay_open, link);
	free(links);
	collect_items(replay);
	qsort(result->changes, result->change_count, sizeof(*result->changes),
	      compare_changes);
	qsort(result->opens, result->open_count, sizeof(*result->opens), compare_opens);
	return result;
}

static void free_links(struct kl_table *table, void (*release)(struct kl_link *link))
{
	struct kl_link **links = all_links(table);
	u32 i, count = table->count;

	for (i = 0; i < count; i++)
		release(links[i]);
	free(links);
	kl_table_destroy(table);
}

static void free_item(struct kl_link *link)
{
	struct kl_replay_item *item = container_of(link, struct kl_replay_item, link);

	free(item->program);
	free(item->object);
	free(item);
}

static void free_change(struct kl_link *link)
{
	struct kl_replay_change *change = container_of(link, struct kl_replay_change, link);

	free(change->items);
	free(change);
}

static void free_open(struct kl_link *link)
{
	free(container_of(link, struct kl_replay_open, link));
}

void kl_replay_free(struct kl_replay *replay)
{
	u32 i;

	if (!replay)
		return;
	for (i = 0; i < KL_TOGETHER_MAX; i++) {
		kl_buffer_free(&replay->pending[i].program);
		kl_buffer_free(&replay->pending[i].object);
	}
	free(replay->pending);
	free_links(&replay->items, free_item);
	free_links(&replay->changes, free_change);
	free_links(&replay->opens, free_open);
	free(replay->result.changes);
	free(replay->result.opens);
	free(replay);
}
