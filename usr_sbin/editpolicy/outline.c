// SPDX-License-Identifier: GPL-2.0
/* Lines to blocks and groups. */
#include <errno.h>

#include "engine/lex.h"
#include "outline.h"

/**
 * struct reading - a document being read
 * @outline: being filled in
 * @document: the text
 * @strings: of the parser
 * @parser: its state
 * @node: that sub-entries belong to; NO_NODE: none
 * @room: of outline.nodes
 * @slots: numbers of nodes, from 1, by hash and what follows; 0: free
 * @slot_count: of @slots, a power of two, twice as many as nodes at least
 */
struct reading {
	struct outline *outline;
	const struct document *document;
	struct kl_strings strings;
	struct kl_parser parser;
	u32 node;
	u32 room;
	u32 *slots;
	u32 slot_count;
};

static const u8 group_nodes[KL_GROUP_KINDS] = {
	[KL_STRING_GROUP] = OUTLINE_STRING_GROUP,
	[KL_NUMBER_GROUP] = OUTLINE_NUMBER_GROUP,
	[KL_IP_GROUP] = OUTLINE_IP_GROUP,
};

/* The words behind the @skip first ones, blanks at the end left out. */
static struct kl_text words_behind(struct kl_text line, int skip)
{
	struct kl_lexer lexer;
	struct kl_word word, first = { 0 }, last = { 0 };

	kl_lexer_init(&lexer, line);
	while (skip-- && kl_lexer_next(&lexer, &word))
		;
	while (kl_lexer_next(&lexer, &word)) {
		if (!first.text.length)
			first = word;
		last = word;
	}
	if (!first.text.length)
		return (struct kl_text){ "", 0 };
	return (struct kl_text){ first.text.data,
				 last.text.data + last.text.length - first.text.data };
}

/* Do two texts have the same words? */
static bool same_words(struct kl_text a, struct kl_text b)
{
	struct kl_lexer left, right;
	struct kl_word x, y;
	bool more, other;

	kl_lexer_init(&left, a);
	kl_lexer_init(&right, b);
	do {
		more = kl_lexer_next(&left, &x);
		other = kl_lexer_next(&right, &y);
		if (more != other)
			return false;
		if (more && (x.text.length != y.text.length ||
			     memcmp(x.text.data, y.text.data, x.text.length)))
			return false;
	} while (more);
	return true;
}

static u32 hash_words(struct kl_text text)
{
	struct kl_lexer lexer;
	struct kl_word word;
	u32 hash = 2166136261u, i;

	kl_lexer_init(&lexer, text);
	while (kl_lexer_next(&lexer, &word)) {
		for (i = 0; i < word.text.length; i++)
			hash = (hash ^ (u8)word.text.data[i]) * 16777619u;
		hash = (hash ^ ' ') * 16777619u;
	}
	return hash;
}

static bool same_node(const struct outline_node *a, const struct outline_node *b)
{
	return a->hash == b->hash && a->kind == b->kind && a->op == b->op &&
	       a->priority == b->priority && same_words(a->title, b->title);
}

/* Where a node is, or would be. */
static u32 *find_slot(const struct reading *reading, const struct outline_node *like)
{
	u32 at = like->hash & (reading->slot_count - 1);

	while (reading->slots[at] &&
	       !same_node(&reading->outline->nodes[reading->slots[at] - 1], like))
		at = (at + 1) & (reading->slot_count - 1);
	return &reading->slots[at];
}

static void make_slots(struct reading *reading)
{
	u32 i;

	reading->slot_count = 2 * reading->room;
	free(reading->slots);
	reading->slots = kl_xalloc(reading->slot_count, sizeof(*reading->slots));
	for (i = 0; i < reading->outline->node_count; i++)
		*find_slot(reading, &reading->outline->nodes[i]) = i + 1;
}

/* The node that a head or member belongs to: one that is there, or a new one. */
static u32 find_node(struct reading *reading, struct outline_node *like)
{
	struct outline *outline = reading->outline;
	u32 *slot;

	like->hash = hash_words(like->title) ^ (like->kind << 24 | like->op << 16 | like->priority);
	like->hash *= 2654435769u;
	like->hash ^= like->hash >> 16;
	slot = reading->slots ? find_slot(reading, like) : NULL;
	if (slot && *slot)
		return *slot - 1;
	if (outline->node_count == reading->room) {
		reading->room = reading->room ? reading->room * 2 : 16;
		outline->nodes = kl_xrealloc(outline->nodes, reading->room,
					     sizeof(*outline->nodes));
		make_slots(reading);
		slot = find_slot(reading, like);
	}
	outline->nodes[outline->node_count] = *like;
	*slot = ++outline->node_count;
	return outline->node_count - 1;
}

static u32 block_node(struct reading *reading, const struct kl_statement *statement,
		      struct kl_text line)
{
	struct outline_node like = {
		.kind = OUTLINE_BLOCK,
		.op = statement->op,
		.priority = statement->priority,
		.title = words_behind(line, 3),
		.audit = -1,
	};

	return find_node(reading, &like);
}

static u32 named_node(struct reading *reading, u8 kind, struct kl_text line)
{
	struct outline_node like = { .kind = kind, .title = words_behind(line, 1) };
	struct kl_lexer lexer;
	struct kl_word word;

	kl_lexer_init(&lexer, like.title);
	kl_lexer_next(&lexer, &word);
	like.title = word.text;
	return find_node(reading, &like);
}

static u32 settings_node(struct reading *reading)
{
	struct outline_node like = { .kind = OUTLINE_SETTINGS };

	return find_node(reading, &like);
}

/* The node of a line that was understood; sub-entries stay with the last head. */
static u32 node_of(struct reading *reading, const struct kl_statement *statement,
		   struct kl_text line)
{
	switch (statement->kind) {
	case KL_STATEMENT_ACL:
		return reading->node = block_node(reading, statement, line);
	case KL_STATEMENT_RULE_GROUP:
		return reading->node = named_node(reading, OUTLINE_RULE_GROUP, line);
	case KL_STATEMENT_RULE:
	case KL_STATEMENT_AUDIT:
	case KL_STATEMENT_LABEL:
	case KL_STATEMENT_PERMISSIVE:
		return reading->node;
	case KL_STATEMENT_GROUP:
		return named_node(reading, group_nodes[statement->group_kind], line);
	case KL_STATEMENT_EMPTY:
		return NO_NODE;
	default:
		return settings_node(reading);
	}
}

static void learn(struct outline_node *node, const struct kl_statement *statement,
		  struct kl_text line)
{
	switch (statement->kind) {
	case KL_STATEMENT_AUDIT:
		node->audit = statement->index;
		break;
	case KL_STATEMENT_LABEL:
		node->label = words_behind(line, 1);
		break;
	case KL_STATEMENT_PERMISSIVE:
		node->permissive = true;
		break;
	case KL_STATEMENT_RULE:
		node->denies |= statement->rule_kind == KL_RULE_DENY;
		break;
	}
}

static void complain(struct reading *reading, u32 number, struct kl_error *error)
{
	struct outline *outline = reading->outline;

	error->line = number + 1;
	outline->errors = kl_xrealloc(outline->errors, outline->error_count + 1,
				      sizeof(*outline->errors));
	outline->errors[outline->error_count++] = *error;
	outline->lines[number].wrong = outline->error_count;
	outline->lines[number].node = reading->node;
}

int outline_parse(struct kl_parser *parser, struct kl_text line, struct kl_statement *statement,
		  struct kl_error *error)
{
	int result;

	memset(statement, 0, sizeof(*statement));
	memset(error, 0, sizeof(*error));
	result = kl_parse_line(parser, line, statement, error);
	if (result || (!statement->delete && statement->kind < KL_STATEMENT_BEGIN))
		return result;
	kl_refuse(error, 1, "this is for changing a policy, not part of one");
	kl_statement_release(statement);
	return -EINVAL;
}

static void read_line(struct reading *reading, u32 number)
{
	struct outline_line *line = &reading->outline->lines[number];
	struct kl_text text = document_line(reading->document, number);
	struct kl_statement statement;
	struct kl_error error;

	line->node = NO_NODE;
	if (outline_parse(&reading->parser, text, &statement, &error)) {
		if (!reading->parser.in_block)
			reading->node = NO_NODE;
		complain(reading, number, &error);
		return;
	}
	line->kind = statement.kind;
	line->rule_kind = statement.rule_kind;
	line->priority = statement.priority;
	line->node = node_of(reading, &statement, text);
	if (line->node != NO_NODE)
		learn(&reading->outline->nodes[line->node], &statement, text);
	kl_statement_release(&statement);
}

/* -------------------------------------------------------------- the order */

/* Heads, then what belongs to the whole block, then rules; what is wrong stays behind. */
static u32 rank(const struct outline_line *line)
{
	if (line->wrong)
		return 0x40000;
	if (line->kind == KL_STATEMENT_RULE)
		return 0x20000 + line->priority;
	return line->kind != KL_STATEMENT_ACL && line->kind != KL_STATEMENT_RULE_GROUP;
}

static void rank_lines(struct outline *outline, const struct document *document)
{
	struct outline_line *line, *below = NULL;
	u32 i;

	for (i = outline->count; i; i--) {
		line = &outline->lines[i - 1];
		if (!words_behind(document_line(document, i - 1), 0).length &&
		    line->kind == KL_STATEMENT_EMPTY && !line->wrong &&
		    !memchr(document_line(document, i - 1).data, '#',
			    document_line(document, i - 1).length)) {
			below = NULL;
		} else if (line->kind == KL_STATEMENT_EMPTY && !line->wrong) {
			line->node = below ? below->node : NO_NODE;
			line->rank = below ? below->rank : 0;
		} else {
			line->rank = rank(line);
			below = line;
		}
	}
}

static int compare_lines(const void *a, const void *b, void *context)
{
	const struct outline *outline = context;
	u32 x = *(const u32 *)a, y = *(const u32 *)b;
	u32 left = outline->lines[x].rank, right = outline->lines[y].rank;

	return left != right ? (left < right ? -1 : 1) : x < y ? -1 : x > y;
}

static int compare_nodes(const void *a, const void *b, void *context)
{
	const struct outline *outline = context;
	const struct outline_node *x = &outline->nodes[*(const u32 *)a];
	const struct outline_node *y = &outline->nodes[*(const u32 *)b];

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->op != y->op)
		return x->op < y->op ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void gather_lines(struct outline *outline)
{
	struct outline_node *node;
	u32 i;

	for (i = 0; i < outline->count; i++)
		if (outline->lines[i].node != NO_NODE)
			outline->nodes[outline->lines[i].node].count++;
	for (i = 0; i < outline->node_count; i++) {
		node = &outline->nodes[i];
		node->lines = kl_xalloc(node->count + 1, sizeof(*node->lines));
		node->count = 0;
	}
	for (i = 0; i < outline->count; i++) {
		if (outline->lines[i].node == NO_NODE)
			continue;
		node = &outline->nodes[outline->lines[i].node];
		node->lines[node->count++] = i;
		node->wrong += outline->lines[i].wrong > 0;
	}
	for (i = 0; i < outline->node_count; i++)
		qsort_r(outline->nodes[i].lines, outline->nodes[i].count, sizeof(u32),
			compare_lines, outline);
}

static void sort_nodes(struct outline *outline)
{
	u32 *order = kl_xalloc(outline->node_count + 1, sizeof(*order));
	u32 *place = kl_xalloc(outline->node_count + 1, sizeof(*place));
	struct outline_node *sorted =
		kl_xalloc(outline->node_count + 1, sizeof(*sorted));
	u32 i;

	for (i = 0; i < outline->node_count; i++)
		order[i] = i;
	qsort_r(order, outline->node_count, sizeof(u32), compare_nodes, outline);
	for (i = 0; i < outline->node_count; i++) {
		sorted[i] = outline->nodes[order[i]];
		place[order[i]] = i;
	}
	for (i = 0; i < outline->count; i++)
		if (outline->lines[i].node != NO_NODE)
			outline->lines[i].node = place[outline->lines[i].node];
	free(outline->nodes);
	outline->nodes = sorted;
	free(order);
	free(place);
}

void outline_make(struct outline *outline, const struct document *document)
{
	struct reading reading = {
		.outline = outline,
		.document = document,
		.node = NO_NODE,
	};
	u32 i;

	memset(outline, 0, sizeof(*outline));
	outline->count = document_lines(document);
	outline->lines = kl_xalloc(outline->count + 1, sizeof(*outline->lines));
	if (kl_strings_init(&reading.strings))
		kl_xalloc(SIZE_MAX, 1);
	kl_parser_init(&reading.parser, &reading.strings);
	for (i = 0; i < outline->count; i++)
		read_line(&reading, i);
	kl_strings_destroy(&reading.strings);
	free(reading.slots);
	rank_lines(outline, document);
	gather_lines(outline);
	sort_nodes(outline);
}

u32 outline_head(const struct outline *outline, const struct outline_node *block)
{
	u32 i = 0;

	/* Comments above a line belong to it. */
	while (outline->lines[block->lines[i]].kind != KL_STATEMENT_ACL)
		i++;
	return block->lines[i];
}

void outline_free(struct outline *outline)
{
	u32 i;

	for (i = 0; i < outline->node_count; i++)
		free(outline->nodes[i].lines);
	free(outline->nodes);
	free(outline->lines);
	free(outline->errors);
	memset(outline, 0, sizeof(*outline));
}
