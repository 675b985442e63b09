// SPDX-License-Identifier: GPL-2.0
/* Lines to be changed. */
#include "left.h"
#include "target.h"

static bool is_head(const struct outline_line *line)
{
	return line->kind == KL_STATEMENT_ACL || line->kind == KL_STATEMENT_RULE_GROUP;
}

static void choose_node(bool *chosen, const struct outline_node *node)
{
	u32 i;

	for (i = 0; i < node->count; i++)
		chosen[node->lines[i]] = true;
}

/* A head that only says where a rule stands is not meant; nor is all that asks for nobody. */
static void choose_subject(bool *chosen, const struct editor *editor, const struct node_row *row)
{
	u32 count, i, k, *members = left_members(editor, row, &count);
	const struct subject *subject;

	for (i = 0; i < count; i++) {
		subject = &editor->subjects.list[members[i]];
		for (k = 0; k < subject->count && subject->kind != SUBJECT_ANY; k++)
			if (!subject->lines[k].context)
				chosen[subject->lines[k].line] = true;
	}
	free(members);
}

/* Of the left pane: the block, or every block below the heading; not all of the text. */
static void choose_row(const struct editor *editor, bool *chosen)
{
	const struct node_row *row = editor_node_row(editor);
	u32 i;

	if (row->kind == ROW_NODE)
		choose_node(chosen, &editor->outline.nodes[row->node]);
	if (row->kind == ROW_SUBJECT)
		choose_subject(chosen, editor, row);
	for (i = 0; row->kind == ROW_HEADING && i < editor->right_rows.count; i++)
		chosen[editor->right[i]] = true;
}

static void choose(const struct editor *editor, bool *chosen)
{
	s64 line = editor_line(editor);
	u32 *marked, count, i;

	marked = editor_marked(editor, &count);
	for (i = 0; i < count; i++)
		chosen[marked[i]] = true;
	free(marked);
	if (count)
		return;
	if (editor->focus == PANE_NODES)
		choose_row(editor, chosen);
	else if (line >= 0)
		chosen[line] = true;
}

static void choose_whole(const struct editor *editor, bool *chosen)
{
	const struct outline *outline = &editor->outline;
	u32 i;

	for (i = 0; i < outline->count; i++)
		if (chosen[i] && is_head(&outline->lines[i]))
			choose_node(chosen, &outline->nodes[outline->lines[i].node]);
}

void target_make(struct target *target, const struct editor *editor, bool whole)
{
	u32 count = editor->outline.count, i;
	bool *chosen = kl_xalloc(count + 1, sizeof(*chosen));

	choose(editor, chosen);
	if (whole)
		choose_whole(editor, chosen);
	target->lines = kl_xalloc(count + 1, sizeof(*target->lines));
	target->count = 0;
	for (i = 0; i < count; i++)
		if (chosen[i])
			target->lines[target->count++] = i;
	free(chosen);
}

void target_free(struct target *target)
{
	free(target->lines);
}
