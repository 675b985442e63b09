// SPDX-License-Identifier: GPL-2.0
/* Which rule decides, and why. */
#include "compiled.h"
#include "engine/lex.h"
#include "engine/print.h"
#include "explain.h"
#include "key.h"
#include "log_draw.h"
#include "mouse.h"
#include "view.h"
#include "why.h"

#define LINE_ACROSS 0x2500
/* Lines that may decide, of which more are not named. */
#define PERHAPS_SHOWN 20u

static void clear(struct why *why)
{
	u32 i;

	for (i = 0; i < why->rows.count; i++)
		free(why->list[i].text);
	why->rows.count = 0;
}

void why_forget(struct why *why)
{
	if (!why)
		return;
	clear(why);
	free(why->list);
	kl_logline_free(&why->line);
	kl_buffer_free(&why->record);
	kl_strings_destroy(&why->strings);
	free(why);
}

__printf(4, 5) static void say(struct why *why, u8 style, u32 line, const char *format, ...)
{
	struct why_row *row;
	va_list arguments;

	if (why->rows.count == why->room) {
		why->room = why->room * 2 + 16;
		why->list = kl_xrealloc(why->list, why->room, sizeof(*why->list));
	}
	row = &why->list[why->rows.count++];
	row->style = style;
	row->line = line;
	va_start(arguments, format);
	if (vasprintf(&row->text, format, arguments) < 0)
		row->text = kl_xstrdup("out of memory");
	va_end(arguments);
}

/* ---------------------------------------------------------- the explanation */

static const struct {
	u32 outcome;
	const char *name;
	u8 style;
} outcomes[] = {
	{ KL_OUTCOME_ALLOWED, "allowed", STYLE_ALLOW },
	{ KL_OUTCOME_DENIED, "DENIED", STYLE_DENY },
	{ KL_OUTCOME_UNMATCHED, "no rule of it matches", STYLE_PLAIN },
	{ KL_OUTCOME_SKIPPED, "does not match", STYLE_FAINT },
	{ KL_OUTCOME_UNREACHED, "not asked any more", STYLE_FAINT },
};

/* Text of a line of the document, without what it is indented by. */
static void say_line(struct why *why, const struct editor *editor, u8 style, u32 number,
		     const char *before)
{
	struct kl_text text;

	if (!number || number > editor->outline.count)
		return;
	text = document_line(editor->document, number - 1);
	text = kl_text_from(text, strspn(text.data, " \t"));
	say(why, style, number, "%s%.*s  (line %u)", before, (int)text.length, text.data, number);
}

static const char *slot_name(const struct kl_request *request, int slot, char *name)
{
	kl_slot_name(request->op, slot, name);
	return name;
}

static void say_failed(struct why *why, enum kl_op op, const struct kl_condition *failed)
{
	struct kl_buffer text = { 0 };
	struct kl_printer printer = { kl_buffer_write, &text };

	kl_print_condition(&printer, op, failed);
	say(why, STYLE_FAINT, 0, "        for %s is false", text.data);
	kl_buffer_free(&text);
}

/* One thing will happen, or one of several. */
static void say_outcomes(struct why *why, const struct kl_explained_block *block)
{
	const struct kl_request *request = &why->line.facts.request;
	struct kl_buffer names = { 0 };
	char name[KL_SLOT_NAME_MAX];
	u8 style = STYLE_NOTICE;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(outcomes); i++) {
		if (!(block->outcomes & outcomes[i].outcome))
			continue;
		kl_buffer_printf(&names, "%s%s", names.length ? " or " : "", outcomes[i].name);
		if (block->outcomes == outcomes[i].outcome)
			style = outcomes[i].style;
	}
	if (style == STYLE_NOTICE && block->missing >= 0)
		kl_buffer_printf(&names, ": the record does not tell %s",
				 slot_name(request, block->missing, name));
	say(why, style, 0, "    %s%s%s", names.data,
	    block->permissive && block->outcomes & KL_OUTCOME_DENIED ?
		    ", not enforced: it is permissive" : "",
	    block->rule ? ", by" : "");
	kl_buffer_free(&names);
}

/* The number of a block in the ruleset. */
static bool find_block(const struct kl_ruleset *ruleset, const struct kl_block *head,
		       u32 *number)
{
	u32 count = kl_ruleset_blocks(ruleset, head->op, number), i;

	for (i = 0; i < count; i++, ++*number)
		if (kl_ruleset_block(ruleset, *number)->line == head->rule.line)
			return true;
	return false;
}

/* The lines that were asked before the one that decides. */
static void say_before(struct why *why, const struct editor *editor,
		       const struct kl_explained_block *block)
{
	const struct kl_ruleset *ruleset = editor->compiled->file.ruleset;
	const struct kl_request *request = &why->line.facts.request;
	const struct kl_compiled_rule *rule;
	u32 number, first, count, i;
	int missing;

	if (!find_block(ruleset, block->head, &number))
		return;
	count = kl_ruleset_rules(ruleset, number, &first);
	for (i = 0; i < count; i++) {
		rule = kl_ruleset_rule(ruleset, first + i);
		if (block->rule && rule->line == block->rule->line)
			return;
		if (kl_line_truth(ruleset, number, first + i, request, &missing) == KL_FALSE)
			say_line(why, editor, STYLE_FAINT, rule->line, "    no match: ");
	}
}

static void say_block(struct why *why, const struct editor *editor,
		      const struct kl_explained_block *block)
{
	u32 i;

	say_line(why, editor, STYLE_TITLE, block->head->rule.line, "");
	if (!(block->outcomes & (KL_OUTCOME_SKIPPED | KL_OUTCOME_UNREACHED)))
		say_before(why, editor, block);
	say_outcomes(why, block);
	for (i = 0; i < block->use_count; i++)
		say_line(why, editor, STYLE_GROUP, block->uses[i]->line, "        through ");
	if (block->rule)
		say_line(why, editor,
			 block->rule->kind == KL_RULE_DENY ? STYLE_DENY : STYLE_ALLOW,
			 block->rule->line, "        ");
	for (i = 0; i < min(block->candidate_count, PERHAPS_SHOWN); i++)
		say_line(why, editor, STYLE_NOTICE, block->candidates[i]->line,
			 "        perhaps by ");
	if (block->failed)
		say_failed(why, block->head->op, block->failed);
}

static void say_verdict(struct why *why, const struct kl_explanation *explanation)
{
	const struct kl_logline *line = &why->line;
	bool denied = line->result == KL_DENIED && !line->unenforced;
	char name[KL_SLOT_NAME_MAX];

	switch (explanation->answers) {
	case KL_ANSWER_PERMIT:
		say(why, denied ? STYLE_NOTICE : STYLE_ALLOW, 0, "This policy permits it%s.",
		    denied ? ", although it was denied then" : "");
		break;
	case KL_ANSWER_DENY:
		say(why, STYLE_DENY, 0, "This policy denies it.");
		break;
	default:
		say(why, STYLE_NOTICE, 0,
		    "This policy permits or denies it: the record does not tell %s.",
		    explanation->missing < 0 ? "all" :
		    slot_name(&line->facts.request, explanation->missing, name));
	}
	if (explanation->transition)
		say(why, STYLE_PLAIN, 0, "The task enters the domain %s.",
		    explanation->transition->text);
	if (!explanation->count)
		say(why, STYLE_PLAIN, 0, "No block of %s matches.",
		    kl_op_table[line->facts.request.op].keyword);
	if (explanation->disagreement)
		say(why, STYLE_ERROR, 0,
		    "Not to be trusted: the engine disagrees with itself. Please report it.");
}

static u32 rule_row(const struct why *why)
{
	u32 i, row = 0;

	for (i = 0; i < why->rows.count; i++)
		if (why->list[i].line && why->list[i].style == STYLE_DENY)
			return i;
		else if (why->list[i].line && why->list[i].style == STYLE_ALLOW)
			row = i;
	return row;
}

static void make(struct why *why, struct editor *editor)
{
	struct compiled *compiled = editor_compiled(editor);
	struct kl_explanation explanation;
	u32 i;

	clear(why);
	if (!compiled) {
		say(why, STYLE_ERROR, 0, "The policy cannot be compiled: %s", editor->message);
		return;
	}
	if (kl_explain(&compiled->file, &why->line.facts, why->all, &explanation)) {
		say(why, STYLE_ERROR, 0, "out of memory");
		return;
	}
	say_verdict(why, &explanation);
	if (compiled->left_out)
		say(why, STYLE_NOTICE, 0, "Left out of it, as wrong: %u %s.", compiled->left_out,
		    compiled->left_out == 1 ? "line" : "lines");
	say(why, STYLE_PLAIN, 0, "%s", "");
	for (i = 0; i < explanation.count; i++)
		say_block(why, editor, &explanation.blocks[i]);
	kl_explanation_free(&explanation);
	rows_go(&why->rows, rule_row(why));
}

static struct why *why_new(void)
{
	struct why *why = kl_xalloc(1, sizeof(*why));

	kl_xstrings(&why->strings);
	kl_logline_init(&why->line, &why->strings);
	return why;
}

void why_open(struct editor *editor, struct kl_text record)
{
	struct why *why = editor->why = editor->why ?: why_new();
	struct kl_error error;

	kl_buffer_clear(&why->record);
	kl_buffer_add(&why->record, record.data, record.length);
	if (kl_logline_parse(&why->line, kl_buffer_text(&why->record), &error)) {
		editor_say(editor, STYLE_ERROR, "%s", error.text);
		return;
	}
	if (why->line.kind != KL_LOGLINE_REQUEST) {
		editor_say(editor, STYLE_NOTICE, "nothing decided this: it is no request");
		return;
	}
	make(why, editor);
	view_front(editor, &why_view);
}

/* --------------------------------------------------------------------- view */

static void run_go(struct editor *editor)
{
	struct why *why = editor->why;
	u32 line = why->rows.count ? why->list[why->rows.cursor].line : 0;

	if (!line || line > editor->outline.count) {
		editor_say(editor, STYLE_NOTICE, "this is no line of the policy");
		return;
	}
	view_turn(editor, VIEW_POLICY);
	editor->focus = PANE_LINES;
	editor_stand_on(editor, line - 1);
}

static void run_all(struct editor *editor)
{
	editor->why->all = !editor->why->all;
	make(editor->why, editor);
}

static const struct action why_actions[] = {
	{ "All", { K_F4, 'a' }, "also blocks that do not match, and which condition fails", false,
	  run_all },
	{ "Go", { K_F5, K_ENTER, 'e' }, "go to this line in the policy", false, run_go },
	{ "Back", { K_F9, K_ESCAPE, 'q' }, "back to the record", false, view_back },
	{ 0 },
};

static struct rows *moving_rows(struct editor *editor)
{
	return &editor->why->rows;
}

static void title(const struct editor *editor, struct canvas *canvas, int column)
{
	const struct kl_logline *line = &editor->why->line;

	canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR, "why %s is %s",
		     kl_op_table[line->facts.request.op].keyword,
		     line->result == KL_DENIED ? "denied" : "permitted");
}

static void draw_record(const struct why *why, struct canvas *canvas, int row, int end)
{
	struct kl_buffer words = { 0 };

	canvas_fill(canvas, row, 0, canvas->columns, STYLE_FAINT, LINE_ACROSS);
	canvas_text(canvas, row, 2, canvas->columns, STYLE_TITLE, kl_text_of(" the record "));
	record_says(&why->line, kl_buffer_text(&why->record), &words);
	canvas_wrap(canvas, row + 1, end, STYLE_PLAIN, kl_buffer_text(&words));
	kl_buffer_free(&words);
}

static void draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct why *why = editor->why;
	int details = rows >= 17 ? 8 : 0, list = rows - (details ? details + 1 : 0), i;
	const struct why_row *row;
	u8 added;

	rows_show(&why->rows, max(list, 1));
	mouse_list(editor, 1, 0, list, canvas->columns, &why->rows, 0);
	for (i = 0; i < list && why->rows.top + i < why->rows.count; i++) {
		row = &why->list[why->rows.top + i];
		added = why->rows.top + i == why->rows.cursor ? STYLE_CURSOR : 0;
		if (added)
			canvas_fill(canvas, 1 + i, 0, canvas->columns, added, ' ');
		canvas_text(canvas, 1 + i, 1, canvas->columns - 2, row->style | added,
			    kl_text_of(row->text));
	}
	if (details)
		draw_record(why, canvas, 1 + list, 1 + rows);
}

const struct view why_view = {
	.name = "Why a record is what it is",
	.actions = why_actions,
	.title = title,
	.draw = draw,
	.rows = moving_rows,
};
