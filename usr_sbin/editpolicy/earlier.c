// SPDX-License-Identifier: GPL-2.0
/* What comes before a line. */
#include "clock.h"
#include "cover.h"
#include "earlier.h"
#include "engine/lex.h"
#include "findings.h"
#include "lenient.h"

/* Milliseconds after which those that are left are taken for lines that can match. */
#define LONG 200u
/* With more members of groups, and in texts with more nodes, nothing is proved. */
#define MEMBERS_MAX 5000u
#define NODES_MAX 20000u

void earlier_free(struct earlier *earlier)
{
	if (!earlier)
		return;
	free(earlier->lines);
	free(earlier->visit);
	free(earlier);
}

/* ------------------------------------------------------------------ which */

/**
 * struct proof - a block up to a line, as a policy by itself
 * @editor: with the document
 * @text: groups that the lines name, the head, the lines
 * @lines: of @text so far
 * @groups, @group_count, @group_room: numbers of the nodes that are in @text
 * @file: made of @text
 * @at: of each of earlier.lines, and at last of earlier.line: its line in @text
 */
struct proof {
	const struct editor *editor;
	struct kl_buffer text;
	u32 lines;
	u32 *groups;
	u32 group_count, group_room;
	struct kl_policy_file file;
	u32 at[EARLIER_MAX + 1];
};

static u32 put_line(struct proof *proof, u32 line)
{
	struct kl_text text = document_line(proof->editor->document, line);

	kl_buffer_add(&proof->text, text.data, text.length);
	kl_buffer_puts(&proof->text, "\n");
	return ++proof->lines;
}

static void put_group(struct proof *proof, u32 number)
{
	const struct outline_node *node = &proof->editor->outline.nodes[number];
	u32 i;

	for (i = 0; i < proof->group_count; i++)
		if (proof->groups[i] == number)
			return;
	KL_GROW(proof->groups, proof->group_count, proof->group_room);
	proof->groups[proof->group_count++] = number;
	for (i = 0; i < node->count && proof->lines < MEMBERS_MAX; i++)
		put_line(proof, node->lines[i]);
}

/* Those of any kind: the names alone do not tell. */
static void put_groups_named(struct proof *proof, struct kl_text name)
{
	const struct outline *outline = &proof->editor->outline;
	u32 i;

	for (i = 0; i < outline->node_count; i++)
		if (outline->nodes[i].kind >= OUTLINE_STRING_GROUP &&
		    outline->nodes[i].kind <= OUTLINE_IP_GROUP &&
		    kl_text_equal(outline->nodes[i].title, name))
			put_group(proof, i);
}

static void put_groups_of(struct proof *proof, u32 line)
{
	struct kl_lexer lexer;
	struct kl_word word;
	const char *at;

	kl_lexer_init(&lexer, document_line(proof->editor->document, line));
	while (kl_lexer_next(&lexer, &word)) {
		at = memchr(word.text.data, '=', word.text.length);
		if (at && at + 1 < word.text.data + word.text.length && at[1] == '@')
			put_groups_named(proof, kl_text_from(word.text,
							     at + 2 - word.text.data));
	}
}

static void put_block(struct proof *proof, const struct earlier *earlier, u32 head)
{
	u32 i;

	put_groups_of(proof, head);
	for (i = 0; i < earlier->count; i++)
		put_groups_of(proof, earlier->lines[i]);
	put_groups_of(proof, earlier->line);
	put_line(proof, head);
	for (i = 0; i < earlier->count; i++)
		proof->at[i] = put_line(proof, earlier->lines[i]);
	proof->at[earlier->count] = put_line(proof, earlier->line);
}

/* NULL: it is the same as another, or a use line of a group that is not there. */
static const struct kl_rule *find_rule(const struct kl_block *block, u32 line)
{
	const struct kl_rule *rule;

	list_for_each_entry(rule, &block->rules, list)
		if (rule->line == line)
			return rule;
	return NULL;
}

static bool never_together(struct kl_cover *cover, const struct kl_rule *rule,
			   const struct kl_rule *other)
{
	struct kl_claim claims[3];
	u32 slot;

	if (!other)
		return false;
	claims[0] = kl_claim_of(rule);
	claims[1] = kl_claim_of(other);
	claims[2] = kl_claim_of(&rule->block->rule);
	/* What is unknown counts as true in deny alone: then either of them denies. */
	return kl_excludes(cover, rule->op, claims, 3, &slot) != KL_UNPROVED;
}

static void leave_out_of(struct proof *proof, const struct kl_block *block,
			 struct earlier *earlier)
{
	const struct kl_rule *rule = find_rule(block, proof->at[earlier->count]);
	struct kl_cover *cover = kl_cover_new();
	u64 begin = clock_ms();
	u32 i, kept = 0;

	for (i = 0; i < earlier->count; i++)
		if (!rule || clock_ms() - begin > LONG ||
		    !never_together(cover, rule, find_rule(block, proof->at[i])))
			earlier->lines[kept++] = earlier->lines[i];
	earlier->count = kept;
	kl_cover_free(cover);
}

static void leave_out(const struct editor *editor, struct earlier *earlier)
{
	const struct outline *outline = &editor->outline;
	const struct outline_node *node =
		&outline->nodes[outline->lines[earlier->line].node];
	struct proof proof = { .editor = editor };
	struct kl_error error;
	const struct kl_rule *head;

	if (node->kind != OUTLINE_BLOCK || !earlier->count ||
	    earlier->count > EARLIER_MAX || outline->node_count > NODES_MAX)
		return;
	put_block(&proof, earlier, outline_head(outline, node));
	if (proof.lines < MEMBERS_MAX &&
	    lenient_apply(kl_buffer_text(&proof.text), "block", &proof.file, &error) >= 0)
		list_for_each_entry(head, &proof.file.policy.blocks[node->op], list)
			leave_out_of(&proof, head->block, earlier);
	kl_policy_file_free(&proof.file);
	kl_buffer_free(&proof.text);
	free(proof.groups);
}

static void gather(const struct editor *editor, struct earlier *earlier)
{
	const struct outline *outline = &editor->outline;
	const struct outline_node *node =
		&outline->nodes[outline->lines[earlier->line].node];
	const struct outline_line *line;
	u32 i;

	free(earlier->lines);
	earlier->lines = kl_xalloc(node->count + 1, sizeof(*earlier->lines));
	earlier->count = 0;
	for (i = 0; i < node->count && node->lines[i] != earlier->line; i++) {
		line = &outline->lines[node->lines[i]];
		if (line->kind == KL_STATEMENT_RULE && !line->wrong)
			earlier->lines[earlier->count++] = node->lines[i];
	}
}

u32 earlier_lines(const struct editor *editor, u32 line, const u32 **lines)
{
	struct earlier *earlier = editor->earlier;

	if (!earlier->made || earlier->line != line ||
	    earlier->version != document_version(editor->document)) {
		earlier->made = true;
		earlier->line = line;
		earlier->version = document_version(editor->document);
		gather(editor, earlier);
		leave_out(editor, earlier);
	}
	*lines = earlier->lines;
	return earlier->count;
}

/* ------------------------------------------------------------------- visits */

/* What covers it says more than what is only before it. */
static u32 find_visits(const struct editor *editor, u32 line, u32 **lines)
{
	const struct outline_line *what = &editor->outline.lines[line];
	const u32 *found;
	u32 count = findings_others(editor, line, &found), first = 1, i;

	if (!count && !what->wrong && what->kind == KL_STATEMENT_RULE) {
		count = earlier_lines(editor, line, &found);
		first = 0;
	}
	*lines = kl_xalloc(count + 1, sizeof(**lines));
	for (i = 0; i < count; i++)
		(*lines)[i] = found[i] - first;
	return count;
}

static void begin_visits(struct editor *editor, u32 line)
{
	struct earlier *earlier = editor->earlier;

	free(earlier->visit);
	earlier->visits = find_visits(editor, line, &earlier->visit);
	earlier->visited = document_version(editor->document);
	earlier->at = 0;
	earlier->from = line;
}

/* Is the cursor where the last visit led, in the text as it was then? */
static bool is_visiting(const struct editor *editor, s64 line)
{
	const struct earlier *earlier = editor->earlier;

	return earlier->at && earlier->visited == document_version(editor->document) &&
	       line == earlier->visit[earlier->at - 1];
}

static bool go_to(struct editor *editor, u32 line)
{
	editor_stand_on(editor, line);
	editor->focus = PANE_LINES;
	if (editor_line(editor) == line)
		return true;
	editor_say(editor, STYLE_NOTICE, "line %u is not shown: the filter hides it",
		   line + 1);
	return false;
}

void earlier_visit(struct editor *editor)
{
	struct earlier *earlier = editor->earlier;
	s64 line = editor_line(editor);

	if (line < 0)
		return;
	if (!is_visiting(editor, line))
		begin_visits(editor, line);
	if (!earlier->visits) {
		editor_say(editor, STYLE_PLAIN,
			   "nothing comes before this line in its block");
		return;
	}
	if (earlier->at++ < earlier->visits) {
		if (go_to(editor, earlier->visit[earlier->at - 1]))
			editor_say(editor, STYLE_PLAIN,
				   "before line %u, %u of %u; b goes on",
				   earlier->from + 1, earlier->at, earlier->visits);
	} else {
		earlier->at = 0;
		if (go_to(editor, earlier->from))
			editor_say(editor, STYLE_PLAIN, "back on line %u",
				   earlier->from + 1);
	}
}
