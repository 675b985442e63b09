// SPDX-License-Identifier: GPL-2.0
/* The rows of the left pane of the policy. */
#include "left.h"

u8 left_heading(const struct outline_node *node)
{
	return node->kind == OUTLINE_BLOCK ? node->op : KL_OP_COUNT + node->kind;
}

const char *left_heading_name(u8 heading)
{
	static const char *const kinds[] = {
		[OUTLINE_RULE_GROUP] = "rule groups",
		[OUTLINE_STRING_GROUP] = "string groups",
		[OUTLINE_NUMBER_GROUP] = "number groups",
		[OUTLINE_IP_GROUP] = "address groups",
		[OUTLINE_SETTINGS] = "settings",
	};

	return heading < KL_OP_COUNT ? kl_op_table[heading].keyword :
				       kinds[heading - KL_OP_COUNT];
}

static bool is_filtered(const struct editor *editor)
{
	return match_is_set(&editor->left_filter);
}

bool left_folded(const struct editor *editor, const struct node_row *row)
{
	if (is_filtered(editor))
		return false;
	if (row->kind == ROW_HEADING)
		return editor->folded[row->heading];
	return row->kind == ROW_SUBJECT && editor->subjects.list[row->node].folded;
}

bool left_whole(const struct editor *editor, u32 number)
{
	const struct subject *subject = &editor->subjects.list[number];

	return !subject->named || (subject->folded && !is_filtered(editor));
}

/* With a filter all of them that pass have a row. */
static u32 *members_shown(const struct editor *editor, u8 heading, u32 *count)
{
	u32 *members = kl_xalloc(editor->left_rows.count + 1, sizeof(*members)), i;

	for (i = 0; i < editor->left_rows.count; i++)
		if (editor->left[i].kind == ROW_NODE && editor->left[i].heading == heading)
			members[(*count)++] = editor->left[i].node;
	return members;
}

static u32 *members_of_heading(const struct editor *editor, u8 heading, u32 *count)
{
	u32 *members, i;

	if (is_filtered(editor))
		return members_shown(editor, heading, count);
	members = kl_xalloc(editor->outline.node_count + 1, sizeof(*members));
	for (i = 0; i < editor->outline.node_count; i++)
		if (left_heading(&editor->outline.nodes[i]) == heading)
			members[(*count)++] = i;
	return members;
}

u32 *left_members(const struct editor *editor, const struct node_row *row, u32 *count)
{
	u32 *members, i, end = row->node + 1;

	*count = 0;
	if (row->kind == ROW_HEADING)
		return members_of_heading(editor, row->heading, count);
	if (row->kind == ROW_SUBJECT && left_whole(editor, row->node))
		end = editor->subjects.list[row->node].behind;
	members = kl_xalloc(end - row->node, sizeof(*members));
	for (i = row->node; i < end; i++)
		if (i == row->node || editor->subjects.list[i].passes)
			members[(*count)++] = i;
	return members;
}

/* ------------------------------------------------------------------- texts */

static void put_line(const struct editor *editor, u32 line, struct kl_buffer *out)
{
	struct kl_text text = document_line(editor->document, line);

	kl_buffer_add(out, text.data, text.length);
	kl_buffer_puts(out, "\n");
}

/* Its name has the operation in it: who looks for one finds all its blocks. */
static void put_node(const struct editor *editor, u32 number, struct kl_buffer *out)
{
	const struct outline_node *node = &editor->outline.nodes[number];
	u32 i;

	kl_buffer_printf(out, "%s", left_heading_name(left_heading(node)));
	if (node->kind == OUTLINE_BLOCK)
		kl_buffer_printf(out, " %u", node->priority);
	kl_buffer_printf(out, " %.*s %.*s\n", (int)node->label.length, node->label.data,
			 (int)node->title.length, node->title.data);
	for (i = 0; i < node->count; i++)
		put_line(editor, node->lines[i], out);
}

/* Heads that only say where a rule stands are not what it asks for. */
static void put_subject(const struct editor *editor, u32 number, struct kl_buffer *out)
{
	const struct subject *subject = &editor->subjects.list[number];
	u32 i;

	subject_pattern(&editor->subjects, number, out);
	kl_buffer_puts(out, "\n");
	for (i = 0; i < subject->count; i++)
		if (!subject->lines[i].context)
			put_line(editor, subject->lines[i].line, out);
}

/* Of what is not folded, what is below has rows of its own. */
static void put_members(const struct editor *editor, const struct node_row *row,
			struct kl_buffer *out)
{
	u32 count, i, *members = left_members(editor, row, &count);

	for (i = 0; i < count; i++)
		if (row->kind == ROW_HEADING)
			put_node(editor, members[i], out);
		else
			put_subject(editor, members[i], out);
	free(members);
}

void left_text(const struct editor *editor, u32 number, struct kl_buffer *out)
{
	const struct node_row *row = &editor->left[number];

	if (row->kind == ROW_HEADING)
		kl_buffer_printf(out, "%s\n", left_heading_name(row->heading));
	if (left_folded(editor, row))
		put_members(editor, row, out);
	else if (row->kind == ROW_NODE)
		put_node(editor, row->node, out);
	else if (row->kind == ROW_SUBJECT)
		put_subject(editor, row->node, out);
}

/* -------------------------------------------------------------------- rows */

static void add_row(struct editor *editor, struct node_row row)
{
	KL_GROW(editor->left, editor->left_rows.count, editor->left_room);
	editor->left[editor->left_rows.count++] = row;
}

static bool node_passes(const struct editor *editor, u32 number, struct kl_buffer *text)
{
	if (!is_filtered(editor))
		return true;
	kl_buffer_clear(text);
	put_node(editor, number, text);
	return match_found_in_lines(&editor->left_filter, kl_buffer_text(text));
}

/* Nodes of one kind or operation stand together. */
static u32 same_heading(const struct editor *editor, u32 from)
{
	const struct outline *outline = &editor->outline;
	u8 heading = left_heading(&outline->nodes[from]);
	u32 i = from;

	while (i < outline->node_count && left_heading(&outline->nodes[i]) == heading)
		i++;
	return i - from;
}

static void add_nodes(struct editor *editor)
{
	const struct outline *outline = &editor->outline;
	struct kl_buffer text = { 0 };
	struct node_row heading;
	u32 i, k, count, row;

	for (i = 0; i < outline->node_count; i += count) {
		count = same_heading(editor, i);
		heading = (struct node_row){ ROW_HEADING, left_heading(&outline->nodes[i]), count };
		row = editor->left_rows.count;
		add_row(editor, heading);
		for (k = i; k < i + count && !left_folded(editor, &heading); k++)
			if (node_passes(editor, k, &text))
				add_row(editor, (struct node_row){ ROW_NODE, heading.heading, k });
		if (!is_filtered(editor))
			continue;
		editor->left[row].node = editor->left_rows.count - row - 1;
		if (!editor->left[row].node)
			editor->left_rows.count = row;
	}
	kl_buffer_free(&text);
}

/* What is above something that the filter asks for is shown as well. */
static void filter_subjects(struct editor *editor)
{
	struct subjects *subjects = &editor->subjects;
	struct kl_buffer text = { 0 };
	struct subject *subject;
	u32 i;

	for (i = 0; i < subjects->count; i++) {
		subject = &subjects->list[i];
		subject->passes = true;
		if (is_filtered(editor)) {
			kl_buffer_clear(&text);
			put_subject(editor, i, &text);
			subject->passes = match_found_in_lines(&editor->left_filter,
							       kl_buffer_text(&text));
		}
		subject->shown = subject->passes;
	}
	for (i = subjects->count; i--;)
		if (subjects->list[i].shown && subjects->list[i].parent != NO_NODE)
			subjects->list[subjects->list[i].parent].shown = true;
	subjects_count(subjects, &editor->outline);
	kl_buffer_free(&text);
}

static void add_subjects(struct editor *editor)
{
	const struct subjects *subjects = &editor->subjects;
	struct node_row row = { .kind = ROW_SUBJECT };

	filter_subjects(editor);
	while (row.node < subjects->count) {
		if (subjects->list[row.node].shown)
			add_row(editor, row);
		row.node = left_folded(editor, &row) ? subjects->list[row.node].behind :
						       row.node + 1;
	}
}

void left_make(struct editor *editor)
{
	u32 cursor = editor->left_rows.cursor;

	editor->left_rows.count = 0;
	add_row(editor, (struct node_row){ .kind = ROW_ALL });
	if (editor->by_subject)
		add_subjects(editor);
	else
		add_nodes(editor);
	rows_go(&editor->left_rows, cursor);
}

/* ------------------------------------------------------------- the cursor */

s64 left_find(const struct editor *editor, u8 kind, u32 number)
{
	u32 i;

	for (i = 0; i < editor->left_rows.count; i++)
		if (editor->left[i].kind == kind && editor->left[i].node == number)
			return i;
	return -1;
}

/* Where a row stands if everything is shown: below a heading its nodes. */
static u32 place_of(const struct editor *editor, const struct node_row *row)
{
	const struct outline *outline = &editor->outline;
	u32 i = 0;

	if (row->kind == ROW_NODE || row->kind == ROW_SUBJECT)
		return row->node;
	while (row->kind == ROW_HEADING && i < outline->node_count &&
	       left_heading(&outline->nodes[i]) != row->heading)
		i++;
	return i;
}

static bool is_asked_for(const struct editor *editor, const struct node_row *row)
{
	return row->kind == ROW_NODE ||
	       (row->kind == ROW_SUBJECT && editor->subjects.list[row->node].passes);
}

static bool is_same(const struct node_row *a, const struct node_row *b)
{
	return a->kind == b->kind && a->heading == b->heading &&
	       (a->kind == ROW_HEADING || a->node == b->node);
}

bool left_narrow(struct editor *editor, struct node_row where)
{
	u32 wanted = place_of(editor, &where), row = 0, i;

	left_make(editor);
	for (i = 0; i < editor->left_rows.count; i++)
		if (is_same(&editor->left[i], &where)) {
			rows_go(&editor->left_rows, i);
			return true;
		}
	for (i = 0; i < editor->left_rows.count; i++) {
		if (!is_asked_for(editor, &editor->left[i]))
			continue;
		row = i;
		if (place_of(editor, &editor->left[i]) >= wanted)
			break;
	}
	rows_go(&editor->left_rows, row);
	return false;
}

u32 left_passing(const struct editor *editor, u32 *of)
{
	u32 i, count = 0;

	*of = editor->by_subject ? editor->subjects.count : editor->outline.node_count;
	for (i = 0; i < editor->left_rows.count; i++)
		count += is_asked_for(editor, &editor->left[i]);
	return count;
}

/* -------------------------------------------------------------------- hits */

static bool sum_heading(const struct editor *editor, const struct hits *hits,
			const struct node_row *row, struct hits_sum *sum)
{
	u32 *members, count, i;

	if (row->heading > KL_OP_COUNT + OUTLINE_RULE_GROUP)
		return false;
	members = left_members(editor, row, &count);
	for (i = 0; i < count; i++)
		hits_join(sum, &hits->sums[members[i]]);
	free(members);
	return true;
}

bool left_sum(const struct editor *editor, const struct hits *hits, const struct node_row *row,
	      struct hits_sum *sum)
{
	const struct subject *subject;

	memset(sum, 0, sizeof(*sum));
	switch (row->kind) {
	case ROW_HEADING:
		return sum_heading(editor, hits, row, sum);
	case ROW_NODE:
		*sum = hits->sums[row->node];
		return row->heading <= KL_OP_COUNT + OUTLINE_RULE_GROUP;
	case ROW_SUBJECT:
		subject = &editor->subjects.list[row->node];
		*sum = left_whole(editor, row->node) ? subject->all : subject->own;
		return sum->counted || sum->unknown;
	}
	return false;
}
