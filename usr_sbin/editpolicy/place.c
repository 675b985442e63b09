// SPDX-License-Identifier: GPL-2.0
/* Where a rule belongs. */
#include "engine/lex.h"
#include "explain.h"
#include "limits.h"
#include "place.h"

/* What numbers usually differ by. */
#define STEP 10u

static const struct kl_explained_block *denying(const struct kl_explanation *explanation)
{
	u32 i;

	for (i = 0; i < explanation->count; i++)
		if (explanation->blocks[i].outcomes & KL_OUTCOME_DENIED)
			return &explanation->blocks[i];
	return NULL;
}

/* The one that made the record, as far as its number tells, or else the first. */
static const struct kl_explained_block *matching(const struct kl_explanation *explanation,
						 const struct kl_logline *line)
{
	const struct kl_explained_block *block;
	u32 i;

	for (i = 0; i < explanation->count; i++) {
		block = &explanation->blocks[i];
		if (block->head->rule.priority == line->priority)
			return block;
	}
	return explanation->count ? &explanation->blocks[0] : NULL;
}

/* ----------------------------------------------------------- an existing block */

/* Comments above a line belong to it. */
static u32 above_comments(const struct outline *outline, u32 line)
{
	while (line && outline->lines[line - 1].kind == KL_STATEMENT_EMPTY &&
	       !outline->lines[line - 1].wrong &&
	       outline->lines[line - 1].node == outline->lines[line].node)
		line--;
	return line;
}

static void indent_like(struct editor *editor, u32 line, struct place *place)
{
	struct kl_text text = document_line(editor->document, line);
	size_t length = strspn(text.data, " \t");

	snprintf(place->indent, sizeof(place->indent), "%.*s",
		 (int)min(length, sizeof(place->indent) - 1), text.data);
}

/* Between it and the line before it, if there is room. */
static void put_before(struct editor *editor, u32 line, struct place *place)
{
	const struct outline *outline = &editor->outline;
	const struct outline_node *node = &outline->nodes[outline->lines[line].node];
	u32 priority = outline->lines[line].priority, low = 0, i;
	bool first = true;

	for (i = 0; i < node->count && node->lines[i] != line; i++)
		if (outline->lines[node->lines[i]].kind == KL_STATEMENT_RULE) {
			low = outline->lines[node->lines[i]].priority;
			first = false;
		}
	place->before = line + 1;
	place->at = above_comments(outline, line);
	place->tight = first ? !priority : priority - low < 2;
	place->priority = place->tight ? priority : low + (priority - low) / 2;
	indent_like(editor, line, place);
}

/* Behind all of them: nothing decides now. */
static void put_last(struct editor *editor, u32 head, struct place *place)
{
	const struct outline *outline = &editor->outline;
	const struct outline_node *node = &outline->nodes[outline->lines[head].node];
	u32 last = head, line, i;

	place->priority = STEP;
	snprintf(place->indent, sizeof(place->indent), "    ");
	for (i = 0; i < node->count; i++) {
		line = node->lines[i];
		if (outline->lines[line].kind == KL_STATEMENT_RULE) {
			place->priority = min(outline->lines[line].priority + STEP,
					      KL_PRIORITY_MAX);
			last = line;
			indent_like(editor, line, place);
		} else if (outline->lines[last].kind != KL_STATEMENT_RULE &&
			   outline->lines[line].kind != KL_STATEMENT_EMPTY) {
			last = max(last, line);
		}
	}
	place->at = last + 1;
}

static void put_in(struct editor *editor, const struct kl_explained_block *block,
		   struct place *place)
{
	const struct kl_rule *decides = block->use_count ? block->uses[0] : block->rule;

	place->head = block->head->rule.line;
	if (decides)
		put_before(editor, decides->line - 1, place);
	else
		put_last(editor, place->head - 1, place);
}

/* ----------------------------------------------------------------- a new one */

static void put_new(struct editor *editor, u8 op, struct place *place)
{
	const struct outline *outline = &editor->outline;
	u32 i, k;

	place->at = 0;
	for (i = 0; i < outline->node_count; i++)
		for (k = 0; outline->nodes[i].kind == OUTLINE_BLOCK && outline->nodes[i].op == op &&
			    k < outline->nodes[i].count;
		     k++)
			place->at = max(place->at, outline->nodes[i].lines[k] + 1);
	if (!place->at)
		place->at = outline->count;
	/* An empty last line without a newline is none for whoever reads the text. */
	if (place->at && place->at == outline->count &&
	    !document_line(editor->document, place->at - 1).length)
		place->at--;
	place->priority = STEP;
	snprintf(place->indent, sizeof(place->indent), "    ");
}

bool place_find(struct editor *editor, struct kl_logline *line, enum verb verb,
		struct place *place)
{
	const struct kl_explained_block *block = NULL;
	struct compiled *compiled = editor_compiled(editor);
	struct kl_explanation explanation;

	memset(place, 0, sizeof(*place));
	if (!compiled)
		return false;
	if (kl_explain(&compiled->file, &line->facts, false, &explanation)) {
		editor_say(editor, STYLE_ERROR, "out of memory");
		return false;
	}
	if (verb == VERB_ALLOW)
		block = denying(&explanation);
	place->denies = block;
	if (verb != VERB_AUDIT && !block)
		block = matching(&explanation, line);
	if (block)
		put_in(editor, block, place);
	else
		put_new(editor, line->facts.request.op, place);
	kl_explanation_free(&explanation);
	return true;
}

static void put_words(const struct editor *editor, u32 line, struct kl_buffer *out)
{
	struct kl_text text = document_line(editor->document, line - 1);

	text = kl_text_from(text, strspn(text.data, " \t"));
	kl_buffer_printf(out, "\"%.*s\"", (int)text.length, text.data);
}

void place_says(const struct editor *editor, const struct place *place, u8 op,
		struct kl_buffer *out)
{
	if (!place->head) {
		kl_buffer_printf(out, "a new block of %s, line %u", kl_op_table[op].keyword,
				 place->at + 1);
		return;
	}
	kl_buffer_printf(out, "line %u, ", place->at + 1);
	if (place->before) {
		kl_buffer_puts(out, "before ");
		put_words(editor, place->before, out);
		kl_buffer_puts(out, " of ");
	} else {
		kl_buffer_puts(out, "last in ");
	}
	put_words(editor, place->head, out);
}
