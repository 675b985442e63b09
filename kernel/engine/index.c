// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the lines of a list that may match without looking at all of them.
 *
 * Each line is filed under the one of its conditions that the fewest other
 * lines share: a line that a request does not lead to cannot match, because
 * that condition is false. What has no such condition is always looked at.
 */
#include "compiled.h"

/* Shorter lists are searched line by line. */
#define LINEAR_MAX	4
/* A group with more members is never spread out into an index. */
#define GROUP_MAX	256

/* A condition that a line could be filed under. */
struct choice {
	u32 line;	/* number within the list */
	u32 test;
	u32 hash;	/* of attribute and value */
	u32 weight;	/* lines that share attribute and value */
};

struct chooser {
	const struct kl_ruleset *ruleset;
	const struct kl_list *list;
	const struct kl_line *lines;
	struct choice *choices;
	u32 count;
	const struct kl_test **best;	/* by line; NULL: always */
	u32 budget;	/* keys that groups may still add */
};

static u32 hash_words(const u64 *words, u32 count)
{
	return kl_hash(0, (const char *)words, count * sizeof(*words));
}

/*
 * May lines be filed under this test? Then a hash of attribute and value.
 * Strings that begin with a wildcard lead nowhere in particular, histories
 * to too many places.
 */
static bool indexable(const struct kl_test *test, u32 *hash)
{
	u64 words[4] = { test->left, test->right };

	if (test->flags & KL_TEST_NEGATED || test->left >= KL_SLOT_ARGV ||
	    kl_slot_type(test->left) >= KL_ASSIGN)
		return false;
	switch (test->right) {
	case KL_RIGHT_NUMBER:
		words[2] = test->low;
		words[3] = test->high;
		break;
	case KL_RIGHT_STRING:
		if (!test->pattern->literal && !test->pattern->directory)
			return false;
		words[2] = test->pattern->literal;
		words[3] = kl_hash(0, test->pattern->head.data,
				   test->pattern->literal ?
				   test->pattern->head.length :
				   test->pattern->directory);
		break;
	case KL_RIGHT_IP:
		words[2] = kl_ip_point(&test->ip->low).low ^
			   kl_ip_point(&test->ip->low).high;
		words[3] = kl_ip_point(&test->ip->high).low;
		break;
	case KL_RIGHT_GROUP:
		/* Without any key it would not be found when unknown either. */
		if (kl_slot_type(test->left) != KL_STRING ||
		    !test->group->count || test->group->count > GROUP_MAX)
			return false;
		words[2] = (uintptr_t)test->group;
		break;
	default:
		return false;
	}
	*hash = hash_words(words, ARRAY_SIZE(words));
	return true;
}

static int compare_hashes(const void *a, const void *b)
{
	const struct choice *c = a, *d = b;

	if (c->hash != d->hash)
		return c->hash < d->hash ? -1 : 1;
	return c->line < d->line ? -1 : c->line > d->line;
}

static u32 collect_choices(struct chooser *c, struct choice *out)
{
	const struct kl_line *line = c->lines + c->list->first;
	u32 i, t, hash, n = 0;

	for (i = 0; i < c->list->count; i++, line++) {
		for (t = line->first; t < line->first + line->count; t++) {
			if (!indexable(&c->ruleset->tests[t], &hash))
				continue;
			if (out)
				out[n] = (struct choice){ i, t, hash, 0 };
			n++;
		}
	}
	return n;
}

/* Weight of a choice: how many lines share its value. */
static void weigh_choices(struct chooser *c)
{
	u32 i, j, k;

	kl_sort(c->choices, c->count, sizeof(*c->choices), compare_hashes);
	for (i = 0; i < c->count; i = j) {
		for (j = i; j < c->count &&
		     c->choices[j].hash == c->choices[i].hash; j++)
			;
		for (k = i; k < j; k++)
			c->choices[k].weight = j - i;
	}
}

/* On equal weights: what is exact and cheap to collect comes first. */
static u32 rank(const struct kl_test *test)
{
	bool object = test->left == KL_SLOT_OBJECT0 ||
		      test->left == KL_SLOT_OBJECT1;

	if (test->right == KL_RIGHT_STRING && test->pattern->literal)
		return object ? 0 : 3;
	if (test->right == KL_RIGHT_NUMBER && test->low == test->high)
		return 1;
	if (test->right == KL_RIGHT_IP)
		return 1;
	if (test->right == KL_RIGHT_STRING)
		return object ? 2 : 4;
	return 5;
}

static u64 cost(const struct choice *choice, const struct kl_test *test)
{
	u64 spread = test->right == KL_RIGHT_GROUP ? test->group->count : 1;

	return choice->weight * max_t(u64, spread, 1) * 8 + rank(test);
}

/* The slots that most lines would choose, at most KL_LIST_INDEXES. */
static void choose_slots(struct chooser *c, bool *allowed)
{
	u32 votes[KL_SLOT_COUNT] = { 0 };
	u32 i, n, slot, winner;

	for (i = 0; i < c->list->count; i++)
		if (c->best[i])
			votes[c->best[i]->left]++;
	for (n = 0; n < KL_LIST_INDEXES; n++) {
		winner = 0;
		for (slot = 1; slot < KL_SLOT_COUNT; slot++)
			if (votes[slot] > votes[winner])
				winner = slot;
		if (votes[winner])
			allowed[winner] = true;
		votes[winner] = 0;
	}
}

static void choose_best(struct chooser *c, const bool *allowed)
{
	const struct kl_test *tests = c->ruleset->tests;
	const struct kl_test **best = c->best;
	u64 *costs = (u64 *)(best + c->list->count);
	u32 i;

	memset(best, 0, c->list->count * sizeof(*best));
	for (i = 0; i < c->count; i++) {
		const struct choice *choice = &c->choices[i];
		const struct kl_test *test = &tests[choice->test];
		u64 price = cost(choice, test);

		if (allowed && !allowed[test->left])
			continue;
		if (best[choice->line] && costs[choice->line] <= price)
			continue;
		best[choice->line] = test;
		costs[choice->line] = price;
	}
}

/* Groups are spread out only as long as memory stays linear in the lines. */
static void limit_groups(struct chooser *c)
{
	u32 i;

	for (i = 0; i < c->list->count; i++) {
		const struct kl_test *test = c->best[i];

		if (!test || test->right != KL_RIGHT_GROUP)
			continue;
		if (test->group->count > c->budget)
			c->best[i] = NULL;
		else
			c->budget -= test->group->count;
	}
}

static int choose(struct chooser *c)
{
	bool allowed[KL_SLOT_COUNT] = { false };

	c->count = collect_choices(c, NULL);
	c->choices = kl_alloc((c->count + 1) * sizeof(*c->choices));
	c->best = kl_alloc(c->list->count * (sizeof(*c->best) + sizeof(u64)));
	if (!c->choices || !c->best)
		return -ENOMEM;
	collect_choices(c, c->choices);
	weigh_choices(c);
	choose_best(c, NULL);
	choose_slots(c, allowed);
	choose_best(c, allowed);
	limit_groups(c);
	return 0;
}

static u32 keys_of(const struct kl_test *test)
{
	return test->right == KL_RIGHT_GROUP ? test->group->count : 1;
}

static struct kl_key *add_keys(struct kl_key *key, const struct kl_test *test,
			       u32 line)
{
	u32 i;

	key->id = line;
	switch (test->right) {
	case KL_RIGHT_NUMBER:
		key->low.low = test->low;
		key->high.low = test->high;
		return key + 1;
	case KL_RIGHT_IP:
		key->family = test->ip->low.family == KL_IPV6;
		key->low = kl_ip_point(&test->ip->low);
		key->high = kl_ip_point(&test->ip->high);
		return key + 1;
	case KL_RIGHT_STRING:
		key->pattern = test->pattern;
		return key + 1;
	default: /* KL_RIGHT_GROUP */
		for (i = 0; i < test->group->count; i++, key++) {
			key->id = line;
			key->pattern = test->group->members[i];
		}
		return key;
	}
}

static int build_one(struct chooser *c, struct kl_list_index *index, u32 slot)
{
	struct kl_key *keys, *end;
	u32 i, n = 0;
	int error;

	for (i = 0; i < c->list->count; i++)
		if (c->best[i] && c->best[i]->left == slot)
			n += keys_of(c->best[i]);
	keys = kl_alloc((n + 1) * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	for (i = 0, end = keys; i < c->list->count; i++)
		if (c->best[i] && c->best[i]->left == slot)
			end = add_keys(end, c->best[i], i);
	index->slot = slot;
	error = kl_map_build(&index->map, keys, n);
	kl_free(keys);
	return error;
}

static int build_always(struct chooser *c, struct kl_list *list)
{
	u32 i, n = 0;

	for (i = 0; i < list->count; i++)
		n += !c->best[i];
	if (!n)
		return 0;
	list->always = kl_alloc(n * sizeof(u32));
	if (!list->always)
		return -ENOMEM;
	for (i = 0; i < list->count; i++)
		if (!c->best[i])
			list->always[list->always_count++] = i;
	return 0;
}

static int build_indexes(struct chooser *c, struct kl_list *list)
{
	bool used[KL_SLOT_COUNT] = { false };
	u32 i, slot, n = 0;
	int error;

	for (i = 0; i < list->count; i++)
		if (c->best[i] && !used[c->best[i]->left]) {
			used[c->best[i]->left] = true;
			n++;
		}
	if (!n)
		return 0;
	list->indexes = kl_alloc(n * sizeof(*list->indexes));
	if (!list->indexes)
		return -ENOMEM;
	for (slot = 0; slot < KL_SLOT_COUNT; slot++) {
		if (!used[slot])
			continue;
		error = build_one(c, &list->indexes[list->index_count], slot);
		if (error)
			return error;
		list->index_count++;
	}
	return build_always(c, list);
}

static size_t memory_of(const struct kl_list *list)
{
	size_t memory = list->always_count * sizeof(u32) +
			list->index_count * sizeof(*list->indexes);
	u32 i;

	for (i = 0; i < list->index_count; i++)
		memory += list->indexes[i].map.memory;
	return memory;
}

int kl_index_build(struct kl_ruleset *ruleset, struct kl_list *list,
		   const struct kl_line *lines)
{
	struct chooser c = {
		.ruleset = ruleset,
		.list = list,
		.lines = lines,
		.budget = 1024 + 8 * list->count,
	};
	int error;

	if (list->count <= LINEAR_MAX)
		return 0;
	error = choose(&c);
	if (!error)
		error = build_indexes(&c, list);
	kl_free(c.choices);
	kl_free(c.best);
	if (error)
		kl_index_destroy(list);
	else
		ruleset->memory += memory_of(list);
	return error;
}

void kl_index_destroy(struct kl_list *list)
{
	u32 i;

	for (i = 0; i < list->index_count; i++)
		kl_map_destroy(&list->indexes[i].map);
	kl_free(list->indexes);
	kl_free(list->always);
	list->indexes = NULL;
	list->always = NULL;
	list->index_count = 0;
	list->always_count = 0;
}

static u32 find_value(const struct kl_list_index *index,
		      const union kl_value *value)
{
	switch (kl_slot_type(index->slot)) {
	case KL_STRING:
		return kl_map_find_text(&index->map, *value->text);
	case KL_IPADDR:
		return kl_map_find_point(&index->map,
					 value->ip->family == KL_IPV6,
					 kl_ip_point(value->ip));
	default:
		return kl_map_find_point(&index->map, 0,
					 (struct kl_point){ 0, value->number });
	}
}

/* Does the last component of a name not yet collected rule every line out? */
static bool ruled_out(const struct kl_list_index *index,
		      const struct kl_request *request)
{
	struct kl_text last;

	return kl_last_component(request, index->slot, &last) &&
	       !kl_map_may_end_in(&index->map, last);
}

int kl_cursor_open(struct kl_cursor *cursor, const struct kl_list *list,
		   const struct kl_request *request, bool linear, u32 *missing)
{
	u32 i;

	cursor->list = list;
	cursor->linear = linear || !list->index_count;
	if (cursor->linear)
		return 0;
	for (i = 0; i < list->index_count; i++) {
		const struct kl_list_index *index = &list->indexes[i];

		cursor->node[i] = KL_MAP_END;
		if (kl_slot_test(request->present, index->slot)) {
			cursor->node[i] =
				find_value(index, &request->value[index->slot]);
		} else if (kl_slot_test(request->unknown, index->slot)) {
			cursor->node[i] = KL_MAP_ALL;
		} else if (!kl_slot_test(request->absent, index->slot) &&
			   !ruled_out(index, request)) {
			*missing = index->slot;
			return KL_MISSING;
		}
	}
	return 0;
}

u32 kl_cursor_next(const struct kl_cursor *cursor, u32 from)
{
	const struct kl_list *list = cursor->list;
	u32 best, i;

	if (cursor->linear)
		return min(from, list->count);
	best = kl_ids_next(list->always, list->always_count, from);
	for (i = 0; i < list->index_count; i++)
		if (cursor->node[i] != KL_MAP_END)
			best = min(best, kl_map_next(&list->indexes[i].map,
						     cursor->node[i], from));
	return min(best, list->count);
}
