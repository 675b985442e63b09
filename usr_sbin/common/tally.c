// SPDX-License-Identifier: GPL-2.0
/* Hits of blocks and rules. */
#include <time.h>

#include "engine/lex.h"
#include "tally.h"
#include "proc.h"
#include "stat_line.h"

#define SECOND 1000000000ull

/* Seconds with a fraction of nine digits. */
static u64 read_time(struct kl_text text)
{
	const char *dot = memchr(text.data, '.', text.length);
	u64 seconds, fraction = 0;

	if (dot) {
		kl_text_decimal(kl_text_from(text, dot + 1 - text.data), SECOND - 1,
				&fraction);
		text = kl_text_head(text, dot - text.data);
	}
	if (kl_text_decimal(text, ~0ull / SECOND - 1, &seconds))
		return 0;
	return seconds * SECOND + fraction;
}

static u64 number_of(const struct kl_stat_line *line, const char *key)
{
	return kl_stat_number(kl_stat_value(line, key));
}

/* @block: what rules stand in, from its own row on */
static void add_row(struct kl_tally *hits, const struct kl_stat_line *line,
		    struct kl_tally_row *block)
{
	static const char *const names[] = { "hits", "denials", "unenforced", "lost" };
	struct kl_tally_row *row;
	size_t i;

	if (!line->policy.data)
		return;
	if (hits->count == hits->room) {
		hits->room = hits->room ? 2 * hits->room : 64;
		hits->rows = kl_xrealloc(hits->rows, hits->room, sizeof(*hits->rows));
	}
	row = &hits->rows[hits->count++];
	memset(row, 0, sizeof(*row));
	row->kind = line->subject;
	row->text = line->policy;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		row->counts[i] = number_of(line, names[i]);
	row->line = number_of(line, "line");
	row->last = read_time(kl_stat_value(line, "last"));
	if (kl_text_is(row->kind, "rule")) {
		row->inside = block->text;
		row->label = block->label;
	} else {
		row->inside = kl_text_of("");
		row->label = kl_stat_value(line, "label");
		*block = *row;
	}
}

static void read_policy(struct kl_tally_policy *policy, const struct kl_stat_line *line)
{
	policy->generation = number_of(line, "generation");
	policy->publications = number_of(line, "publications");
	policy->reverts = number_of(line, "reverts");
	policy->confirm = number_of(line, "confirm");
	policy->locked = number_of(line, "locked");
}

bool kl_tally_same_policy(const struct kl_tally_policy *a, const struct kl_tally_policy *b)
{
	return a->generation == b->generation && a->publications == b->publications &&
	       a->reverts == b->reverts;
}

static void read_lines(struct kl_tally *hits)
{
	struct kl_tally_row block = { .text = kl_text_of(""), .label = kl_text_of("") };
	struct kl_text rest = kl_buffer_text(&hits->text);
	struct kl_stat_line line;

	while (kl_stat_next(&rest, &line)) {
		if (kl_text_is(line.subject, "block") ||
		    kl_text_is(line.subject, "rule") ||
		    kl_text_is(line.subject, "group")) {
			add_row(hits, &line, &block);
		} else if (kl_text_is(line.subject, "log")) {
			hits->written = number_of(&line, "written");
			hits->lost = number_of(&line, "lost");
			hits->suppressed = number_of(&line, "suppressed");
			hits->keeper = number_of(&line, "keeper");
		} else if (kl_text_is(line.subject, "requests")) {
			hits->denied = number_of(&line, "denied");
		} else if (kl_text_is(line.subject, "policy")) {
			read_policy(&hits->policy, &line);
		}
	}
}

/* Counters begin anew if the module was loaded again meanwhile. */
static void rate(struct kl_tally *hits, const struct kl_tally *before)
{
	u64 passed = hits->when - before->when;
	u32 i;

	for (i = 0; i < hits->count && i < before->count; i++) {
		struct kl_tally_row *row = &hits->rows[i];
		const struct kl_tally_row *old = &before->rows[i];
		u64 more = row->counts[KL_TALLY_HITS] - old->counts[KL_TALLY_HITS];

		if (!passed || !kl_text_equal(row->text, old->text) ||
		    !kl_text_equal(row->inside, old->inside) ||
		    old->counts[KL_TALLY_HITS] > row->counts[KL_TALLY_HITS])
			continue;
		row->rated = true;
		row->rate = (u64)((double)more * 10 * SECOND / passed + 0.5);
	}
}

int kl_tally_read(struct kl_tally *hits, const struct kl_tally *before)
{
	struct timespec now;
	int error;

	kl_buffer_clear(&hits->text);
	hits->count = 0;
	hits->order_count = 0;
	hits->denied = hits->written = hits->lost = hits->suppressed = hits->keeper = 0;
	memset(&hits->policy, 0, sizeof(hits->policy));
	error = kl_proc_read("stat", &hits->text);
	if (error)
		return error;
	clock_gettime(CLOCK_MONOTONIC, &now);
	hits->when = now.tv_sec * SECOND + now.tv_nsec;
	read_lines(hits);
	if (before)
		rate(hits, before);
	return 0;
}

void kl_tally_free(struct kl_tally *hits)
{
	kl_buffer_free(&hits->text);
	free(hits->rows);
	free(hits->order);
	memset(hits, 0, sizeof(*hits));
}

static bool has(struct kl_text text, const char *filter)
{
	return memmem(text.data, text.length, filter, strlen(filter));
}

static bool is_wanted(const struct kl_tally_row *row, const char *filter)
{
	return !filter || !*filter || has(row->text, filter) ||
	       has(row->inside, filter) || has(row->label, filter);
}

/**
 * struct ordering - how to compare
 */
struct ordering {
	const struct kl_tally_row *rows;
	enum kl_tally_column column;
	bool reverse;
};

static u64 value_of(const struct kl_tally_row *row, enum kl_tally_column column)
{
	if (column <= KL_TALLY_LOST)
		return row->counts[column];
	if (column == KL_TALLY_RATE)
		return row->rate;
	return column == KL_TALLY_LAST ? row->last : 0;
}

static int compare(const void *a, const void *b, void *context)
{
	const struct ordering *ordering = context;
	u32 i = *(const u32 *)a, j = *(const u32 *)b;
	u64 x = value_of(&ordering->rows[i], ordering->column);
	u64 y = value_of(&ordering->rows[j], ordering->column);
	int order = x != y ? (x > y ? -1 : 1) : 0;

	if (!order && ordering->column == KL_TALLY_POLICY)
		order = i < j ? -1 : 1;
	if (ordering->reverse)
		order = -order;
	/* What is equal stands as in the policy. */
	return order ? order : i < j ? -1 : 1;
}

void kl_tally_sort(struct kl_tally *hits, enum kl_tally_column column, bool reverse,
		  const char *filter)
{
	struct ordering ordering = { hits->rows, column, reverse };
	u32 i;

	hits->order = kl_xrealloc(hits->order, hits->count, sizeof(*hits->order));
	hits->order_count = 0;
	for (i = 0; i < hits->count; i++)
		if (is_wanted(&hits->rows[i], filter))
			hits->order[hits->order_count++] = i;
	if (hits->order_count)
		qsort_r(hits->order, hits->order_count, sizeof(*hits->order), compare,
			&ordering);
}
