// SPDX-License-Identifier: GPL-2.0
/* Lines of a document, found among those that the module counts. */
#include "engine/lex.h"
#include "engine/model.h"
#include "engine/print.h"
#include "engine/table.h"
#include "hits.h"
#include "lenient.h"

/**
 * struct counted - a row of the tally in a table
 * @link: by hash of the line and of the block that it stands in
 * @row: number of it
 */
struct counted {
	struct kl_link link;
	u32 row;
};

/**
 * struct finding - rows being found
 * @hits: filled in
 * @table: of struct counted
 * @counted: by row
 * @head, @line: text of a block, and of a line of it
 */
struct finding {
	struct hits *hits;
	struct kl_table table;
	struct counted *counted;
	struct kl_buffer head, line;
};

static u32 hash_of(struct kl_text inside, struct kl_text text)
{
	return kl_hash(kl_hash(0, inside.data, inside.length), text.data, text.length);
}

/* Labels are no part of what a line is, and come last. */
static struct kl_text without_label(struct kl_text text)
{
	const char *blank = memrchr(text.data, ' ', text.length);

	if (!blank || !kl_text_begins(kl_text_from(text, blank + 1 - text.data), "label="))
		return text;
	return kl_text_head(text, blank - text.data);
}

static void list_rows(struct finding *finding)
{
	const struct kl_tally *tally = &finding->hits->tally;
	struct counted *counted;
	u32 i;

	finding->counted = kl_xalloc(tally->count + 1, sizeof(*finding->counted));
	if (kl_table_init(&finding->table))
		kl_xalloc(SIZE_MAX, 1);
	for (i = 0; i < tally->count; i++) {
		counted = &finding->counted[i];
		counted->row = i;
		counted->link.hash = hash_of(tally->rows[i].inside,
					     without_label(tally->rows[i].text));
		kl_table_add(&finding->table, &counted->link);
	}
}

static u32 find_row(const struct finding *finding, struct kl_text inside, struct kl_text text)
{
	const struct kl_tally_row *row;
	struct kl_link *link;
	u32 number;

	for (link = kl_table_first(&finding->table, hash_of(inside, text)); link;
	     link = kl_table_next(link)) {
		number = container_of(link, struct counted, link)->row;
		row = &finding->hits->tally.rows[number];
		if (kl_text_equal(row->inside, inside) &&
		    kl_text_equal(without_label(row->text), text))
			return number + 1;
	}
	return HITS_NEW;
}

static void print_plain(const struct kl_rule *rule, struct kl_buffer *out)
{
	struct kl_printer printer = { kl_buffer_write, out };
	struct kl_rule plain = *rule;

	kl_buffer_clear(out);
	/* A rule group is found by where it stands. */
	if (rule->kind == KL_RULE_GROUP) {
		kl_print_rule(&printer, rule);
		return;
	}
	plain.label = NULL;
	kl_print_rule(&printer, &plain);
}

static void find_rule(struct finding *finding, const struct kl_rule *rule,
		      struct kl_text inside, struct kl_buffer *text)
{
	print_plain(rule, text);
	if (rule->line && rule->line <= finding->hits->lines)
		finding->hits->rows[rule->line - 1] =
			find_row(finding, inside, kl_buffer_text(text));
}

static void find_block(struct finding *finding, const struct kl_block *block)
{
	const struct kl_rule *rule;

	find_rule(finding, &block->rule, kl_text_of(""), &finding->head);
	list_for_each_entry(rule, &block->rules, list)
		find_rule(finding, rule, kl_buffer_text(&finding->head), &finding->line);
}

static void find_all(struct finding *finding, const struct kl_policy *policy)
{
	const struct kl_block *block;
	u32 op;

	for (op = 0; op < KL_OP_COUNT; op++)
		list_for_each_entry(block, &policy->blocks[op], rule.list)
			find_block(finding, block);
	list_for_each_entry(block, &policy->rule_groups, rule.list)
		find_block(finding, block);
}

static void find_lines(struct hits *hits, const struct document *document)
{
	struct finding finding = { .hits = hits };
	struct kl_buffer text = { 0 };
	struct kl_policy_file file;
	struct kl_error error;

	list_rows(&finding);
	document_text(document, &text);
	if (lenient_apply(kl_buffer_text(&text), "", &file, &error) >= 0)
		find_all(&finding, &file.policy);
	kl_policy_file_free(&file);
	kl_buffer_free(&text);
	kl_table_destroy(&finding.table);
	kl_buffer_free(&finding.head);
	kl_buffer_free(&finding.line);
	free(finding.counted);
}

/* Of a rule group the kernel counts the lines only; what a head counts, its rules do, too. */
static void sum_up(const struct hits *hits, const struct outline *outline,
		   const struct outline_node *node, struct hits_sum *sum)
{
	u8 kind = node->kind == OUTLINE_RULE_GROUP ? KL_STATEMENT_RULE : KL_STATEMENT_ACL;
	u32 i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < node->count; i++)
		if (outline->lines[node->lines[i]].kind == kind)
			hits_add(hits, node->lines[i], sum);
}

static void add_up(struct hits *hits, const struct outline *outline)
{
	u32 i;

	for (i = 0; i < hits->nodes; i++)
		sum_up(hits, outline, &outline->nodes[i], &hits->sums[i]);
}

void hits_find(struct hits *hits, const struct document *document,
	       const struct outline *outline)
{
	if (hits->rows && hits->version == document_version(document) &&
	    kl_tally_same_policy(&hits->policy, &hits->tally.policy)) {
		add_up(hits, outline);
		return;
	}
	free(hits->rows);
	free(hits->sums);
	hits->lines = outline->count;
	hits->nodes = outline->node_count;
	hits->rows = kl_xalloc(hits->lines + 1, sizeof(*hits->rows));
	hits->sums = kl_xalloc(hits->nodes + 1, sizeof(*hits->sums));
	hits->version = document_version(document);
	hits->policy = hits->tally.policy;
	find_lines(hits, document);
	add_up(hits, outline);
}

const struct kl_tally_row *hits_row(const struct hits *hits, u32 line)
{
	u32 row = line < hits->lines ? hits->rows[line] : 0;

	return row && row <= hits->tally.count ? &hits->tally.rows[row - 1] : NULL;
}

bool hits_is_new(const struct hits *hits, u32 line)
{
	return line < hits->lines && hits->rows[line] == HITS_NEW;
}

void hits_add(const struct hits *hits, u32 line, struct hits_sum *sum)
{
	const struct kl_tally_row *row = hits_row(hits, line);
	u32 i;

	sum->unknown += hits_is_new(hits, line);
	if (!row || kl_text_is(row->kind, "group"))
		return;
	for (i = 0; i <= KL_TALLY_LOST; i++)
		sum->counts[i] += row->counts[i];
	sum->last = max(sum->last, row->last);
	sum->counted++;
}

void hits_join(struct hits_sum *to, const struct hits_sum *from)
{
	u32 i;

	for (i = 0; i <= KL_TALLY_LOST; i++)
		to->counts[i] += from->counts[i];
	to->last = max(to->last, from->last);
	to->counted += from->counted;
	to->unknown += from->unknown;
}

void hits_free(struct hits *hits)
{
	kl_tally_free(&hits->tally);
	free(hits->rows);
	free(hits->sums);
	memset(hits, 0, sizeof(*hits));
}

void hits_count(u64 number, char text[HITS_TEXT])
{
	static const char units[] = " kMGTPE";
	int unit = 0;

	while (number >= (unit ? 10000u : 100000u)) {
		number /= 1000;
		unit++;
	}
	snprintf(text, HITS_TEXT, unit ? "%u%c" : "%u", (u32)number, units[unit]);
}

void hits_ago(u64 last, u64 now, char text[HITS_TEXT])
{
	u64 seconds = now > last ? (now - last) / 1000000000 : 0;

	if (!last)
		text[0] = 0;
	else if (seconds < 100)
		snprintf(text, HITS_TEXT, "%us", (u32)seconds);
	else if (seconds < 100 * 60)
		snprintf(text, HITS_TEXT, "%um", (u32)(seconds / 60));
	else if (seconds < 100 * 3600)
		snprintf(text, HITS_TEXT, "%uh", (u32)(seconds / 3600));
	else
		snprintf(text, HITS_TEXT, "%ud", (u32)min_t(u64, seconds / 86400, 9999));
}
