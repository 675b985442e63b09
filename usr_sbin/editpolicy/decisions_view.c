// SPDX-License-Identifier: GPL-2.0
/* The view of what waits for a decision. */
#include "decisions.h"
#include "key.h"
#include "limits.h"
#include "log_draw.h"
#include "mouse.h"
#include "object.h"
#include "view.h"
#include "words.h"

#define LINE_ACROSS 0x2500

static bool is_open(struct editor *editor)
{
	return kl_queries_are_open(&decisions_of(editor)->queries);
}

static void answer(struct editor *editor, enum kl_reply reply, const char *how)
{
	u32 count = decisions_reply(editor, reply);

	if (count)
		editor_say(editor, STYLE_PLAIN, "%u %s", count, how);
	else if (is_open(editor))
		editor_say(editor, STYLE_NOTICE, "nothing waits");
}

static void run_once(struct editor *editor)
{
	answer(editor, KL_REPLY_GRANT, "permitted, this time");
}

static void run_deny(struct editor *editor)
{
	answer(editor, KL_REPLY_DENY, "denied");
}

static void run_retry(struct editor *editor)
{
	answer(editor, KL_REPLY_RETRY, "asked again, by the policy as it is now");
}

static void run_rule(struct editor *editor)
{
	if (decisions_of(editor)->group_count)
		decisions_rule(editor);
	else
		editor_say(editor, STYLE_NOTICE, "nothing waits");
}

static void run_stop(struct editor *editor)
{
	struct decisions *decisions = decisions_of(editor);

	if (!is_open(editor)) {
		decisions_open(editor);
		decisions_read(editor);
		return;
	}
	if (decisions->count)
		editor_say(editor, STYLE_NOTICE, "%u wait here no more: denied, if nobody else answers",
			   decisions->count);
	decisions_close(decisions);
	decisions->stopped = true;
}

static const struct action decision_actions[] = {
	{ "Once", { K_F2, 'y' }, "permit it, this time", false, run_once },
	{ "Retry", { K_F5, 'r' }, "ask again, by the policy as it is now", false, run_retry },
	{ "Rule", { K_F6, 'a' }, "make a rule that permits it, and ask again", false, run_rule },
	{ "Stop", { K_F7, 's' }, "answer no more: deny what waits; or begin again", false,
	  run_stop },
	{ "Deny", { K_F8, 'n' }, "deny it", false, run_deny },
	{ 0 },
};

static struct rows *moving_rows(struct editor *editor)
{
	return &decisions_of(editor)->rows;
}

/* Whoever turns here first answers; after a failure, or when it was stopped, F7 begins again. */
static void tick(struct editor *editor)
{
	struct decisions *decisions = editor->decisions;

	if (editor->view == VIEW_DECISIONS && !editor->front && !decisions)
		decisions_open(editor);
	decisions_read(editor);
}

static u32 waiting(const struct editor *editor)
{
	return editor->decisions ? editor->decisions->count : 0;
}

/* ------------------------------------------------------------------ drawing */

static void title(const struct editor *editor, struct canvas *canvas, int column)
{
	const struct decisions *decisions = editor->decisions;

	canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR, "%s",
		     decisions && kl_queries_are_open(&decisions->queries) ? "answering" :
									   "not answering");
}

static int draw_state(const struct decisions *decisions, struct canvas *canvas)
{
	struct kl_buffer text = { 0 };
	u8 style = STYLE_NOTICE;
	int row;

	if (decisions->failure[0]) {
		kl_buffer_printf(&text, "Nothing can be decided: %s. F7 tries again.",
				 decisions->failure);
		style = STYLE_ERROR;
	} else if (decisions->stopped) {
		kl_buffer_puts(&text, "What the policy denies is denied at once. F7 lets it wait "
				      "here again.");
	} else {
		kl_buffer_printf(&text,
				 "As long as this is on, what the policy denies waits up to %u s for "
				 "an answer, then it is denied; any key here gives %u s more, %u s in "
				 "all. F7 stops it, as leaving the program does: what waits is denied "
				 "at once.",
				 KL_QUERY_SECONDS, KL_QUERY_SECONDS, KL_QUERY_SECONDS_MAX);
	}
	row = canvas_wrap(canvas, 1, 4, style, kl_buffer_text(&text));
	kl_buffer_free(&text);
	return row;
}

static void draw_group(struct editor *editor, struct canvas *canvas, int row, u32 index)
{
	struct decisions *decisions = editor->decisions;
	const struct alike *group = &decisions->groups[index];
	const struct waiting *oldest = &decisions->list[group->list[0]];
	const struct kl_logline *line = decisions_parse(decisions, oldest->record);
	u8 added = index == decisions->rows.cursor ? STYLE_CURSOR : 0;
	struct kl_buffer coded = { 0 }, text = { 0 };
	bool known;
	u32 seconds = decisions_group_left(editor, group, &known);
	char left[16];

	if (added)
		canvas_fill(canvas, row, 0, canvas->columns, added, ' ');
	snprintf(left, sizeof(left), "%s%u", known ? "" : "<", seconds);
	canvas_print(canvas, row, 0, 6, STYLE_NOTICE | added, "%4s s", left);
	canvas_print(canvas, row, 7, 5, STYLE_TITLE | added, "%4ux", group->count);
	if (!line) {
		canvas_text(canvas, row, 13, canvas->columns - 13, STYLE_ERROR | added,
			    kl_text_of(oldest->record));
		return;
	}
	canvas_text(canvas, row, 13, 15, STYLE_KEYWORD | added,
		    kl_text_of(kl_op_table[line->facts.request.op].keyword));
	kl_program_text(&line->facts.request, &coded);
	words_decoded(kl_buffer_text(&coded), &text);
	canvas_end(canvas, row, 29, 22, STYLE_PLAIN | added, kl_buffer_text(&text));
	kl_buffer_clear(&coded);
	kl_buffer_clear(&text);
	kl_object_text(&line->facts.request, &coded);
	words_decoded(kl_buffer_text(&coded), &text);
	canvas_end(canvas, row, 52, canvas->columns - 52, STYLE_PLAIN | added,
		   kl_buffer_text(&text));
	kl_buffer_free(&coded);
	kl_buffer_free(&text);
}

static void draw_list(struct editor *editor, struct canvas *canvas, int from, int end)
{
	struct decisions *decisions = editor->decisions;
	int row = from;
	u32 i;

	canvas_text(canvas, row++, 0, canvas->columns, STYLE_TITLE,
		    kl_text_of("  LEFT TIMES OPERATION       PROGRAM                OBJECT"));
	rows_show(&decisions->rows, max(end - row, 1));
	mouse_list(editor, row, 0, end - row, canvas->columns, &decisions->rows, 0);
	for (i = decisions->rows.top; row < end && i < decisions->rows.count; i++)
		draw_group(editor, canvas, row++, i);
	if (!decisions->rows.count)
		canvas_text(canvas, row, 1, canvas->columns, STYLE_FAINT,
			    kl_text_of("nothing waits"));
}

static void draw_detail(struct decisions *decisions, struct canvas *canvas, int row, int end)
{
	const struct waiting *oldest;
	struct kl_buffer words = { 0 };

	canvas_fill(canvas, row, 0, canvas->columns, STYLE_FAINT, LINE_ACROSS);
	if (!decisions->group_count)
		return;
	oldest = &decisions->list[decisions->groups[decisions->rows.cursor].list[0]];
	canvas_print(canvas, row, 2, canvas->columns, STYLE_TITLE, " query %u%s ", oldest->serial,
		     !oldest->retry ? "" :
		     oldest->first  ? ", asked again" :
				      ", asked again, by somebody else: denied sooner, perhaps");
	record_says(decisions_parse(decisions, oldest->record), kl_text_of(oldest->record), &words);
	canvas_wrap(canvas, row + 1, end, STYLE_PLAIN, kl_buffer_text(&words));
	kl_buffer_free(&words);
}

static void draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct decisions *decisions = decisions_of(editor);
	int details = canvas->rows >= 40 ? 12 : canvas->rows >= 20 ? 8 : 0, end = 1 + rows - details;

	draw_list(editor, canvas, draw_state(decisions, canvas), end);
	if (details)
		draw_detail(decisions, canvas, end, 1 + rows);
}

const struct view decisions_view = {
	.name = "decisions",
	.actions = decision_actions,
	.title = title,
	.draw = draw,
	.rows = moving_rows,
	.tick = tick,
	.waiting = waiting,
};
