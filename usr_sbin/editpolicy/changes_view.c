// SPDX-License-Identifier: GPL-2.0
/* The view of what changes, and what makes it take effect. */
#include <errno.h>

#include "changes.h"
#include "dialog.h"
#include "edit.h"
#include "engine/lex.h"
#include "key.h"
#include "limits.h"
#include "live.h"
#include "preview.h"
#include "store.h"
#include "view.h"

#define SECONDS_USUAL 60u

/* Rows above the list at most, of what must not be overlooked. */
#define NOTICES 4

void changes_show(struct editor *editor)
{
	changes_make(editor, live_is_document(editor));
	editor->changes->position.cursor = editor->changes->cursor = 0;
	view_front(editor, &changes_view);
}

static void run_back(struct editor *editor)
{
	view_back(editor);
}

/* ------------------------------------------------------------------ showing */

static void run_other(struct editor *editor)
{
	if (live_is_document(editor))
		editor_say(editor, STYLE_NOTICE, "there is nothing but the running policy to compare with");
	else if (!editor->live || editor->live->error)
		editor_say(editor, STYLE_NOTICE, "there is no running policy to compare with");
	else
		changes_make(editor, !editor->changes->running);
}

static void run_again(struct editor *editor)
{
	if (editor->live)
		live_read(editor);
	changes_make(editor, editor->changes->running);
}

static void run_go_to(struct editor *editor)
{
	const struct changes *changes = editor->changes;
	u32 line = changes->position.count ? changes->rows[changes->position.cursor].line : 0;

	if (!line || line > editor->outline.count) {
		editor_say(editor, STYLE_NOTICE, "this is not about a line of the text");
		return;
	}
	view_back(editor);
	view_turn(editor, VIEW_POLICY);
	editor->focus = PANE_LINES;
	editor_stand_on(editor, line - 1);
}

/* ----------------------------------------------------------------- applying */

/* Return: false after saying why it cannot be. */
static bool may_apply(struct editor *editor)
{
	const struct live *live = editor->live;

	if (!live)
		editor_say(editor, STYLE_ERROR, "the module is not loaded: no policy runs here");
	else if (live->error)
		editor_say(editor, STYLE_ERROR, "the module cannot be reached: %s",
			   strerror(-live->error));
	else if (live->hits.tally.policy.locked)
		editor_say(editor, STYLE_ERROR,
			   "the policy is locked until reboot: nothing can be applied");
	else if (live_left(editor))
		editor_say(editor, STYLE_ERROR,
			   "a policy is on trial: F9 keeps it, F8 takes it back, before another one");
	else if (editor->changes->step == CHANGES_COMPARE)
		editor_say(editor, STYLE_NOTICE,
			   "what differs is still looked for: once more in a moment");
	else if (!editor->changes->whole || editor->outline.error_count)
		editor_say(editor, STYLE_ERROR,
			   "it is wrong, see below: Enter on the row goes to the line");
	else
		return true;
	return false;
}

/* What is asked about must be on the screen: it is compared with what runs now. */
static bool is_seen(struct editor *editor)
{
	struct changes *changes = editor->changes;

	if (changes->running && !changes_are_old(editor))
		return true;
	changes_make(editor, true);
	editor_say(editor, STYLE_NOTICE,
		   "this is what differs from the running policy: once more applies it");
	return false;
}

static void ask(struct editor *editor, void (*answer)(struct editor *editor, int key))
{
	const struct changes *changes = editor->changes;
	char time[40] = "";

	if (changes->seconds)
		snprintf(time, sizeof(time), " for %u seconds", changes->seconds);
	dialog_question(editor, "yes no", answer, "%s the running policy%s, %u %s? y/n",
			editor->live->foreign ?
				"SOMEBODY ELSE changed it since. Undo that, and replace" :
				"replace",
			time, changes->differences,
			changes->differences == 1 ? "difference" : "differences");
	editor->changes->asked = editor->live->seen;
}

static void apply_answered(struct editor *editor, int key)
{
	struct changes *changes = editor->changes;
	const struct live *live = editor->live;

	if (key != 'y')
		return;
	/* Meanwhile somebody else was there: that was not the question. */
	if (!kl_tally_same_policy(&changes->asked, &live->seen)) {
		ask(editor, apply_answered);
		return;
	}
	if (live_apply(editor, changes->seconds)) {
		changes_make(editor, true);
	} else if (live->refused.line) {
		view_back(editor);
		view_turn(editor, VIEW_POLICY);
		editor->focus = PANE_LINES;
		editor_stand_on(editor, live->refused.line - 1);
	}
}

static void apply(struct editor *editor, u32 seconds)
{
	if (editor->live)
		live_read(editor);
	if (!may_apply(editor) || !is_seen(editor))
		return;
	editor->changes->seconds = seconds;
	ask(editor, apply_answered);
}

static void run_apply(struct editor *editor)
{
	apply(editor, 0);
}

static bool accept_seconds(struct editor *editor, struct kl_text text)
{
	u64 seconds;

	if (kl_text_decimal(text, KL_CONFIRM_MAX, &seconds) || !seconds) {
		editor_say(editor, STYLE_ERROR, "expected 1 to %u seconds", KL_CONFIRM_MAX);
		return false;
	}
	apply(editor, seconds);
	return true;
}

static void run_try(struct editor *editor)
{
	char text[16];

	if (editor->live)
		live_read(editor);
	if (!may_apply(editor) || !is_seen(editor))
		return;
	snprintf(text, sizeof(text), "%u", editor->changes->seconds ?: SECONDS_USUAL);
	dialog_prompt(editor, "seconds after which it is taken back, unless it is kept",
		      kl_text_of(text), accept_seconds);
}

static void renew(struct editor *editor)
{
	if (changes_are_old(editor))
		changes_make(editor, editor->changes->running);
}

static void keep_answered(struct editor *editor, int key)
{
	if (key == 'y')
		live_keep(editor);
	renew(editor);
}

static void take_back_answered(struct editor *editor, int key)
{
	if (key == 'y')
		live_take_back(editor);
	renew(editor);
}

/* What somebody else tries is not what stands here: that is no slip of a finger. */
static void end_trial(struct editor *editor, const char *what,
		      void (*answer)(struct editor *editor, int key))
{
	if (!live_left(editor)) {
		editor_say(editor, STYLE_NOTICE, "no policy is on trial");
		renew(editor);
	} else if (editor->live->trial) {
		answer(editor, 'y');
	} else {
		dialog_question(editor, "yes no", answer,
				"SOMEBODY ELSE tries that policy, it is not what stands here. %s? y/n",
				what);
	}
}

static void run_keep(struct editor *editor)
{
	end_trial(editor, "Keep it", keep_answered);
}

static void run_take_back(struct editor *editor)
{
	end_trial(editor, "Take it back", take_back_answered);
}

/* The text becomes the running policy: a change as any other. */
static void run_reload(struct editor *editor)
{
	if (editor->live)
		live_read(editor);
	if (!editor->live || editor->live->error) {
		editor_say(editor, STYLE_NOTICE, "there is no running policy to take");
		return;
	}
	edit_replace_all(editor, "take the running policy", kl_buffer_text(&editor->live->policy));
	if (live_is_document(editor)) {
		if (editor->live->trial)
			document_tried(editor->document);
		else
			document_saved(editor->document);
		editor->live->foreign = false;
	}
	changes_make(editor, editor->changes->running);
	editor_say(editor, STYLE_PLAIN, "the text is the running policy now; u in the policy brings it back");
}

static const struct action changes_actions[] = {
	{ "Save", { K_F2, 'w' }, "save it to the file; --live: to a copy", true, store_save },
	{ "Versus", { K_F3, 'x' }, "compare with the running policy, or with the file", false,
	  run_other },
	{ "Apply", { K_F5, 'a' }, "make it the running policy, in one transaction; asks", true,
	  run_apply },
	{ "Try", { K_F6, 't' }, "the same for a time: it goes back by itself unless it is kept",
	  true, run_try },
	{ "Again", { K_F7, 'r' }, "look again: differences, linter, records", false, run_again },
	{ "Revert", { K_F8, 'b' }, "take back what is on trial, at once", true, run_take_back },
	{ "Keep", { K_F9, 'y' }, "keep what is on trial", true, run_keep },
	{ "Back", { K_F10, K_ESCAPE, 'q' }, "back to the policy", false, run_back },
	{ "Line", { K_ENTER, 'e' }, "go to the line that the row is about", false, run_go_to },
	{ "Reload", { 'R' }, "take the running policy for the text; undo takes it back", true,
	  run_reload },
	{ 0 },
};

/* ------------------------------------------------------------------ picture */

static void title(const struct editor *editor, struct canvas *canvas, int column)
{
	const struct changes *changes = editor->changes;
	char text[60] = "";

	if (changes->step == CHANGES_COMPARE)
		snprintf(text, sizeof(text), ", comparing");
	else if (changes->step == CHANGES_LINT)
		snprintf(text, sizeof(text), ", linting: %u %%", changes_percent(changes));
	else if (changes->step == CHANGES_REPLAY)
		snprintf(text, sizeof(text), ", reading records: %u %%",
			 preview_percent(changes->preview));
	canvas_print(canvas, 0, column, canvas->columns - column, STYLE_BAR, "changes%s", text);
}

__printf(5, 6) static int notice(struct canvas *canvas, int row, int end, u8 style,
				 const char *format, ...)
{
	char text[200];
	va_list args;

	if (row >= end)
		return row;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	canvas_fill(canvas, row, 0, canvas->columns, style, ' ');
	canvas_text(canvas, row, 1, canvas->columns - 1, style, kl_text_of(text));
	return row + 1;
}

/* Return: the row behind them. */
static int draw_notices(const struct editor *editor, struct canvas *canvas, int end)
{
	const struct live *live = editor->live;
	int row = 1;

	if (!live)
		return row;
	if (live->error)
		row = notice(canvas, row, end, STYLE_ERROR, "the module cannot be reached: %s",
			     strerror(-live->error));
	if (live_left(editor))
		row = notice(canvas, row, end, STYLE_NOTICE,
			     "ON TRIAL%s %llu seconds: F9 keeps it, F8 takes it back now",
			     live->trial ? ", taken back in" : " by SOMEBODY ELSE for",
			     (unsigned long long)live_left(editor));
	if (!live->error && live->hits.tally.policy.locked)
		row = notice(canvas, row, end, STYLE_NOTICE,
			     "the running policy is locked until reboot: nothing can be applied");
	if (live->foreign)
		row = notice(canvas, row, end, STYLE_NOTICE,
			     "SOMEBODY ELSE has changed the running policy since it was read here");
	return row;
}

static void draw_row(struct canvas *canvas, int at, const struct changes_row *row, bool cursor)
{
	u8 added = cursor ? STYLE_CURSOR : 0;

	if (cursor)
		canvas_fill(canvas, at, 0, canvas->columns, added, ' ');
	canvas_text(canvas, at, 1, canvas->columns - 1, row->style | added, kl_text_of(row->text));
}

static void draw(struct editor *editor, struct canvas *canvas, int rows)
{
	struct changes *changes = editor->changes;
	int first = draw_notices(editor, canvas, min(1 + NOTICES, rows)), i;

	rows_show(&changes->position, max(rows + 1 - first, 1));
	for (i = 0; first + i <= rows && changes->position.top + i < changes->position.count; i++)
		draw_row(canvas, first + i, &changes->rows[changes->position.top + i],
			 changes->position.top + i == changes->position.cursor);
}

static struct rows *moving_rows(struct editor *editor)
{
	return &editor->changes->position;
}

static void tick(struct editor *editor)
{
	live_tick(editor);
	renew(editor);
}

const struct view changes_view = {
	.name = "changes",
	.actions = changes_actions,
	.title = title,
	.draw = draw,
	.rows = moving_rows,
	.tick = tick,
	.work = changes_work,
};
