// SPDX-License-Identifier: GPL-2.0
/* A rule being made of a record, on the screen. */
#include "decisions.h"
#include "dialog.h"
#include "explain.h"
#include "highlight.h"
#include "key.h"
#include "log.h"
#include "log_draw.h"
#include "making.h"
#include "mouse.h"
#include "object.h"
#include "view.h"
#include "words.h"

#define LINE_ACROSS 0x2500

static struct proposal *here(struct editor *editor)
{
	struct making *making = editor->making;

	return making->rows.count ? &making->proposals.list[making->rows.cursor] : NULL;
}

static void run_toggle(struct editor *editor)
{
	struct proposal *proposal = here(editor);

	if (!proposal)
		return;
	proposal->on = !proposal->on;
	making_preview(editor);
}

static void choose(struct editor *editor, int step)
{
	struct proposal *proposal = here(editor);

	if (!proposal)
		return;
	if (step < 0 ? !proposal->chosen : proposal->chosen + 1 >= proposal->count) {
		editor_say(editor, STYLE_NOTICE, "there is nothing %s; e changes it by hand",
			   step < 0 ? "narrower" : "wider");
		return;
	}
	proposal->chosen += step;
	proposal->on = true;
	making_preview(editor);
}

static void run_narrower(struct editor *editor)
{
	choose(editor, -1);
}

static void run_wider(struct editor *editor)
{
	choose(editor, 1);
}

static void set_verb(struct editor *editor, u8 verb)
{
	struct making *making = editor->making;

	if (making->editor && verb != VERB_ALLOW) {
		editor_say(editor, STYLE_NOTICE, "it is denied already: only allow changes that");
		return;
	}
	making->verb = verb;
	making_preview(editor);
}

static void run_allow(struct editor *editor)
{
	set_verb(editor, VERB_ALLOW);
}

static void run_deny(struct editor *editor)
{
	set_verb(editor, VERB_DENY);
}

static void run_audit(struct editor *editor)
{
	set_verb(editor, VERB_AUDIT);
}

/* --------------------------------------------------------- changing by hand */

static bool typed_wrong(struct editor *editor, struct kl_text text, struct kl_error *error)
{
	return condition_is_wrong(editor->making->proposals.op, text, error);
}

static bool typed_accepted(struct editor *editor, struct kl_text text)
{
	struct kl_error error;

	if (!text.length || typed_wrong(editor, text, &error)) {
		editor_say(editor, STYLE_ERROR, "%s",
			   text.length ? error.text : "a condition is expected");
		return false;
	}
	proposal_type(here(editor), text);
	making_preview(editor);
	return true;
}

static void run_type(struct editor *editor)
{
	const struct proposal *proposal = here(editor);

	if (!proposal)
		return;
	dialog_prompt(editor, "condition", kl_text_of(proposal_word(proposal)), typed_accepted);
	editor->dialog.wrong = typed_wrong;
	editor->dialog.hint = "@NAME is a group of the policy; it need not match the record";
}

static void run_take(struct editor *editor)
{
	if (editor->making->editor)
		decisions_add_rule(editor);
	else if (editor->readonly)
		editor_say(editor, STYLE_NOTICE, "read only");
	else
		making_insert(editor);
}

static const struct action making_actions[] = {
	{ "Take", { K_F2, K_ENTER }, "put the rule where it says", false, run_take },
	{ "On/off", { K_F3, ' ' }, "ask for this condition, or not", false, run_toggle },
	{ "Narrow", { K_F4, K_LEFT, 'h' }, "a narrower condition", false, run_narrower },
	{ "Wider", { K_F5, K_RIGHT, 'l' }, "a wider condition", false, run_wider },
	{ "Type", { K_F6, 'e' }, "change the condition by hand", false, run_type },
	{ "Allow", { K_F7, 'a' }, "the rule allows", false, run_allow },
	{ "Deny", { K_F8, 'd' }, "the rule denies", false, run_deny },
	{ "Back", { K_F9, K_ESCAPE, 'q' }, "back, without a rule", false, view_back },
	{ "Audit", { 'o' }, "no rule: only leave records", false, run_audit },
	{ 0 },
};

/* ------------------------------------------------------------------ drawing */

static struct rows *moving_rows(struct editor *editor)
{
	return &editor->making->rows;
}

static void title(const struct editor *editor, struct canvas *canvas, int column)
{
	const struct making *making = editor->making;

	column += canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR,
			       "a rule of a %s", making->editor ? "query" : "record");
	if (making->editor)
		decisions_draw_left(editor, canvas, column + 1, making->serial);
}

static void draw_record(const struct making *making, struct canvas *canvas, int row)
{
	const struct kl_logline *line = &making->line;
	const struct kl_request *request = &line->facts.request;
	struct kl_buffer coded = { 0 }, text = { 0 };
	int column = 1;

	column += 1 + canvas_text(canvas, row, column, 8, result_style(line->result, line->unenforced),
				  kl_text_of(result_name(line->result, line->unenforced)));
	kl_buffer_printf(&coded, "%s ", kl_op_table[request->op].keyword);
	kl_object_text(request, &coded);
	kl_buffer_puts(&coded, "  by ");
	kl_program_text(request, &coded);
	words_decoded(kl_buffer_text(&coded), &text);
	canvas_text(canvas, row, column, canvas->columns - column, STYLE_PLAIN,
		    kl_buffer_text(&text));
	kl_buffer_free(&coded);
	kl_buffer_free(&text);
}

static void draw_verb(const struct making *making, struct canvas *canvas, int row)
{
	static const struct {
		const char *name;
		u8 style;
	} verbs[VERBS] = {
		[VERB_ALLOW] = { "allow", STYLE_ALLOW },
		[VERB_DENY] = { "deny", STYLE_DENY },
		[VERB_AUDIT] = { "only leave records", STYLE_NOTICE },
	};
	int column = 1;
	u32 i;

	for (i = 0; i < VERBS; i++)
		column += 2 + canvas_print(canvas, row, column, canvas->columns - column,
					   i == making->verb ? verbs[i].style : STYLE_FAINT,
					   i == making->verb ? "[%s]" : " %s ", verbs[i].name);
	canvas_text(canvas, row, column, canvas->columns - column, STYLE_FAINT,
		    kl_text_of("where:"));
}

static void draw_proposal(const struct making *making, struct canvas *canvas, int row, u32 index)
{
	const struct proposal *proposal = &making->proposals.list[index];
	bool cursor = index == making->rows.cursor;
	u8 added = cursor ? STYLE_CURSOR : 0;
	char wider[40] = "";
	int width;

	if (added)
		canvas_fill(canvas, row, 0, canvas->columns, added, ' ');
	if (proposal->count > 1)
		snprintf(wider, sizeof(wider), "%s%u of %u%s", proposal->chosen ? "< " : "  ",
			 proposal->chosen + 1, proposal->count,
			 proposal->chosen + 1 < proposal->count ? " >" : "  ");
	width = strlen(wider);
	canvas_text(canvas, row, 1, 4, (proposal->on ? STYLE_TITLE : STYLE_FAINT) | added,
		    kl_text_of(proposal->on ? "[x]" : "[ ]"));
	if (proposal->on)
		highlight_line(canvas, row, 5, canvas->columns - 6 - width,
			       kl_text_of(proposal_word(proposal)), 0, added);
	else
		canvas_text(canvas, row, 5, canvas->columns - 6 - width, STYLE_FAINT | added,
			    kl_text_of(proposal_word(proposal)));
	canvas_text(canvas, row, canvas->columns - width, width, STYLE_FAINT | added,
		    kl_text_of(wider));
}

/* What comes of it for this request. */
static void say_effect(const struct making *making, struct kl_buffer *out, u8 *style)
{
	static const char *const then[] = {
		[KL_ANSWER_PERMIT] = "permitted",
		[KL_ANSWER_DENY] = "denied",
		[KL_ANSWER_PERMIT | KL_ANSWER_DENY] = "permitted or denied: the record does not tell",
	};
	const struct making_preview *preview = &making->preview;
	bool wanted = making->verb == VERB_AUDIT ||
		      preview->answers ==
			      (making->verb == VERB_ALLOW ? KL_ANSWER_PERMIT : KL_ANSWER_DENY);

	*style = preview->decides && wanted ? STYLE_ALLOW : STYLE_NOTICE;
	kl_buffer_printf(out, "This request is then %s.", then[preview->answers & 3]);
	if (!preview->decides && preview->decides_instead)
		kl_buffer_printf(out, " But line %u decides before this rule.",
				 preview->decides_instead);
	else if (!preview->decides)
		kl_buffer_puts(out, " But the rule does not match it.");
	else if (!wanted && preview->decides_instead)
		kl_buffer_printf(out, " Line %u does that.", preview->decides_instead);
	kl_buffer_puts(out, "\n");
}

static void say_others(const struct editor *editor, const struct making *making,
		       struct kl_buffer *out)
{
	const struct making_preview *preview = &making->preview;

	if (!editor->log) {
		kl_buffer_puts(out, "What else it matches is told when the log is open (2).\n");
		return;
	}
	kl_buffer_printf(out, "Besides it matches %u of %u other records of %s in the log",
			 preview->matched, preview->looked,
			 kl_op_table[making->proposals.op].keyword);
	if (preview->matched)
		kl_buffer_printf(out, ", %u of them denied", preview->denied);
	if (preview->unknown)
		kl_buffer_printf(out, "; %u do not tell", preview->unknown);
	if (preview->looked < preview->records)
		kl_buffer_printf(out, "; %u older ones %s",
				 preview->records - preview->looked,
				 making->tried ? "are asked yet ..." : "were not asked");
	kl_buffer_puts(out, preview->matched ? ":\n" : ".\n");
}

static void draw_pairs(const struct making_preview *preview, struct canvas *canvas, int row, int end)
{
	struct kl_buffer coded = { 0 }, text = { 0 };
	u32 shown = min_t(u32, preview->pair_count, max(end - row, 0)), i, rest = 0;

	if (shown && shown < preview->pair_count)
		shown--;
	for (i = 0; i < shown; i++, row++) {
		kl_buffer_clear(&coded);
		kl_buffer_clear(&text);
		kl_buffer_printf(&coded, "%6u  %s  %s", preview->pairs[i].count,
				 preview->pairs[i].program, preview->pairs[i].object);
		words_decoded(kl_buffer_text(&coded), &text);
		canvas_text(canvas, row, 1, canvas->columns - 2, STYLE_PLAIN,
			    kl_buffer_text(&text));
	}
	for (; i < preview->pair_count; i++)
		rest += preview->pairs[i].count;
	if (rest + preview->unlisted && row < end)
		canvas_print(canvas, row, 1, canvas->columns - 2, STYLE_FAINT,
			     "%6u  of others", rest + preview->unlisted);
	kl_buffer_free(&coded);
	kl_buffer_free(&text);
}

static void draw_preview(const struct editor *editor, struct canvas *canvas, int row, int end)
{
	const struct making *making = editor->making;
	const struct making_preview *preview = &making->preview;
	const struct editor *on = making->editor ?: editor;
	struct kl_buffer text = { 0 };
	u8 style;
	u32 i;

	canvas_fill(canvas, row, 0, canvas->columns, STYLE_FAINT, LINE_ACROSS);
	canvas_text(canvas, row++, 2, canvas->columns, STYLE_TITLE, kl_text_of(" the rule "));
	for (i = 0; i < preview->count && row < end; i++)
		if (preview->lines[i][0])
			row = canvas_wrap(canvas, row, end, STYLE_KEYWORD,
					  kl_text_of(preview->lines[i]));
	if (!preview->possible) {
		canvas_wrap(canvas, row, end, STYLE_ERROR, kl_text_of(preview->why_not));
		return;
	}
	kl_buffer_puts(&text, making->editor ? "in the running kernel: " : "");
	place_says(on, &preview->place, making->proposals.op, &text);
	row = canvas_wrap(canvas, row, end, STYLE_VALUE, kl_buffer_text(&text));
	kl_buffer_clear(&text);
	say_effect(making, &text, &style);
	row = canvas_wrap(canvas, row, end, style, kl_buffer_text(&text));
	kl_buffer_clear(&text);
	say_others(editor, making, &text);
	row = canvas_wrap(canvas, row, end, STYLE_PLAIN, kl_buffer_text(&text));
	draw_pairs(preview, canvas, row, end);
	kl_buffer_free(&text);
}

static void draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct making *making = editor->making;
	int preview = rows >= 30 ? 16 : rows >= 16 ? 10 : 4, list, i;

	list = max(rows - preview - 2, 1);
	draw_record(making, canvas, 1);
	draw_verb(making, canvas, 2);
	rows_show(&making->rows, list);
	mouse_list(editor, 3, 0, list, canvas->columns, &making->rows, 0);
	for (i = 0; i < list && making->rows.top + i < making->rows.count; i++)
		draw_proposal(making, canvas, 3 + i, making->rows.top + i);
	draw_preview(editor, canvas, 3 + list, 1 + rows);
}

const struct view making_view = {
	.name = "A rule of a record",
	.actions = making_actions,
	.title = title,
	.draw = draw,
	.rows = moving_rows,
	.work = making_work,
};
