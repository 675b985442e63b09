// SPDX-License-Identifier: GPL-2.0
/* Prompts, questions and texts. */
#include <ctype.h>

#include "complete.h"
#include "dialog.h"
#include "engine/lex.h"
#include "highlight.h"
#include "key.h"

/* A question may take more than one. */
#define QUESTION_ROWS 7

void dialog_free(struct dialog *dialog)
{
	prompt_free(&dialog->prompt);
	kl_buffer_free(&dialog->candidates);
	kl_buffer_free(&dialog->text);
	memset(dialog, 0, sizeof(*dialog));
}

void dialog_close(struct editor *editor)
{
	dialog_free(&editor->dialog);
}

void dialog_prompt(struct editor *editor, const char *title, struct kl_text text,
		   bool (*accept)(struct editor *editor, struct kl_text line))
{
	struct dialog *dialog = &editor->dialog;

	dialog_close(editor);
	dialog->kind = DIALOG_PROMPT;
	snprintf(dialog->title, sizeof(dialog->title), "%s", title);
	dialog->accept = accept;
	editor->typed[0].at = editor->typed[0].count;
	editor->typed[1].at = editor->typed[1].count;
	prompt_set(&dialog->prompt, text);
}

void dialog_question(struct editor *editor, const char *answers,
		     void (*answer)(struct editor *editor, int key), const char *format,
		     ...)
{
	struct dialog *dialog = &editor->dialog;
	va_list arguments;

	dialog_close(editor);
	dialog->kind = DIALOG_QUESTION;
	va_start(arguments, format);
	vsnprintf(dialog->title, sizeof(dialog->title), format, arguments);
	va_end(arguments);
	dialog->answers = answers;
	dialog->answer = answer;
	editor->fresh = true;
}

void dialog_pager(struct editor *editor, const char *title, struct kl_buffer *text)
{
	struct dialog *dialog = &editor->dialog;
	size_t i;

	dialog_close(editor);
	dialog->kind = DIALOG_PAGER;
	snprintf(dialog->title, sizeof(dialog->title), "%s", title);
	dialog->text = *text;
	memset(text, 0, sizeof(*text));
	for (i = 0; i < dialog->text.length; i++)
		dialog->rows.count += dialog->text.data[i] == '\n';
}

/* --------------------------------------------------------------------- keys */

/* What is done may open another dialog: this one is closed before. */
static void accept(struct editor *editor)
{
	struct dialog *dialog = &editor->dialog, open = *dialog;

	memset(dialog, 0, sizeof(*dialog));
	if (open.accept(editor, kl_buffer_text(&open.prompt.text))) {
		dialog_free(&open);
		return;
	}
	dialog_free(dialog);
	*dialog = open;
}

/* Lines of a policy are one kind, all others another one. */
static void remember(struct editor *editor)
{
	const struct dialog *dialog = &editor->dialog;

	if (dialog->touched)
		typed_add(&editor->typed[dialog->policy], kl_buffer_text(&dialog->prompt.text));
}

static void prompt_dialog_key(struct editor *editor, int key)
{
	struct dialog *dialog = &editor->dialog;
	bool recalled;
	void (*cancel)(struct editor *editor) = dialog->cancel;

	kl_buffer_clear(&dialog->candidates);
	switch (key) {
	case K_ENTER:
	case '\r':
		remember(editor);
		accept(editor);
		return;
	case K_ESCAPE:
	case K_CTRL('c'):
	case K_CTRL('g'):
		remember(editor);
		dialog_close(editor);
		if (cancel)
			cancel(editor);
		return;
	case K_TAB:
		if (dialog->policy)
			complete(editor);
		return;
	}
	recalled = typed_key(&editor->typed[dialog->policy], &dialog->prompt, key);
	if (!recalled && !prompt_key(&dialog->prompt, key))
		return;
	dialog->touched = true;
	if (dialog->typed)
		dialog->typed(editor, kl_buffer_text(&dialog->prompt.text));
}

void dialog_type(struct editor *editor, struct kl_text text)
{
	struct dialog *dialog = &editor->dialog;

	kl_buffer_clear(&dialog->candidates);
	prompt_insert(&dialog->prompt, text);
	if (dialog->typed)
		dialog->typed(editor, kl_buffer_text(&dialog->prompt.text));
}

/* Is it the first letter of one of these words? */
static bool is_answer(const char *answers, int key)
{
	const char *word;

	for (word = answers; *word; word += strspn(word, " ")) {
		if (*word == key)
			return true;
		word += strcspn(word, " ");
	}
	return false;
}

static void question_key(struct editor *editor, int key)
{
	void (*answer)(struct editor *editor, int key) = editor->dialog.answer;

	if (key == K_ESCAPE || key == K_CTRL('c')) {
		dialog_close(editor);
		answer(editor, 0);
	} else if (key > 0 && key < 128 && is_answer(editor->dialog.answers, tolower(key))) {
		dialog_close(editor);
		answer(editor, tolower(key));
	}
}

void dialog_key(struct editor *editor, int key)
{
	switch (editor->dialog.kind) {
	case DIALOG_PROMPT:
		prompt_dialog_key(editor, key);
		break;
	case DIALOG_QUESTION:
		question_key(editor, key);
		break;
	case DIALOG_PAGER:
		if (!rows_key(&editor->dialog.rows, key))
			dialog_close(editor);
		break;
	}
}

/* ------------------------------------------------------------------ drawing */

/* The word that the engine complains of is underlined, and why stands below it. */
static void draw_error(struct canvas *canvas, const struct prompt *prompt,
		       const struct kl_error *error)
{
	struct kl_text text = kl_buffer_text(&prompt->text);
	size_t at = min_t(size_t, error->column - 1, text.length), end = at;
	int row = canvas->rows - 2, length = strlen(error->text), column, width;

	while (end < text.length && text.data[end] != ' ')
		end++;
	column = canvas_width(kl_text_head(text, at)) - prompt->scroll;
	width = canvas_width((struct kl_text){ text.data + at, end - at });
	canvas_restyle(canvas, row - 1, column, max(width, 1), STYLE_ERROR);
	column = max(min(column, canvas->columns - length), 0);
	canvas_text(canvas, row, column, canvas->columns - column, STYLE_ERROR,
		    kl_text_of(error->text));
}

static void draw_verdict(struct editor *editor, struct canvas *canvas)
{
	const struct prompt *prompt = &editor->dialog.prompt;
	struct kl_error error;

	if (editor->dialog.wrong &&
	    editor->dialog.wrong(editor, kl_buffer_text(&prompt->text), &error))
		draw_error(canvas, prompt, &error);
	else if (editor->dialog.hint)
		canvas_text(canvas, canvas->rows - 2, 0, canvas->columns, STYLE_FAINT,
			    kl_text_of(editor->dialog.hint));
}

/* Rows that a text takes. */
static int rows_of(struct kl_text text, int columns)
{
	struct canvas canvas = { 0 };
	int rows;

	canvas_resize(&canvas, 0, columns);
	rows = canvas_wrap(&canvas, 0, INT_MAX, STYLE_PLAIN, text);
	canvas_free(&canvas);
	return rows;
}

/* Above the prompt, as many rows as it takes, half of the picture at most. */
static void draw_candidates(struct canvas *canvas, int bottom, struct kl_text list)
{
	int rows = min(rows_of(list, canvas->columns), canvas->rows / 2), i;

	if (!list.length)
		return;
	for (i = bottom - rows - 1; i < bottom; i++)
		canvas_fill(canvas, i, 0, canvas->columns, STYLE_PLAIN, ' ');
	canvas_fill(canvas, bottom - rows - 1, 0, canvas->columns, STYLE_FAINT, 0x2500);
	canvas_wrap(canvas, bottom - rows, bottom, STYLE_ATTRIBUTE, list);
}

static void draw_prompt(struct editor *editor, struct canvas *canvas)
{
	struct dialog *dialog = &editor->dialog;
	int top = canvas->rows - 4, i;

	draw_candidates(canvas, top, kl_buffer_text(&dialog->candidates));
	for (i = top; i < canvas->rows - 1; i++)
		canvas_fill(canvas, i, 0, canvas->columns, STYLE_PLAIN, ' ');
	canvas_fill(canvas, top, 0, canvas->columns, STYLE_FAINT, 0x2500);
	canvas_print(canvas, top, 2, canvas->columns - 4, STYLE_TITLE, " %s ", dialog->title);
	prompt_show(&dialog->prompt, canvas->columns - 1);
	highlight_line(canvas, top + 1, 0, canvas->columns,
		       kl_buffer_text(&dialog->prompt.text), dialog->prompt.scroll, 0);
	canvas->cursor_row = top + 1;
	canvas->cursor_column = prompt_column(&dialog->prompt) - dialog->prompt.scroll;
	draw_verdict(editor, canvas);
}

/* The keys that answer are the last words: of what does not fit the beginning is left out. */
static void draw_question(struct editor *editor, struct canvas *canvas)
{
	struct kl_text text = kl_text_of(editor->dialog.title);
	int end = canvas->rows - 1, room = max(min(end, QUESTION_ROWS), 1), i;
	int rows = canvas_wrapped(canvas, text);
	bool cut = rows > room;

	for (; rows > room; rows--)
		canvas_row(&text, canvas_inside(canvas));
	if (canvas_width(text) <= canvas->columns)
		rows = 1;
	for (i = end - rows; i < end; i++)
		canvas_fill(canvas, i, 0, canvas->columns, STYLE_NOTICE, ' ');
	if (rows == 1)
		canvas_end(canvas, end - 1, 0, canvas->columns, STYLE_NOTICE, text);
	else
		canvas_wrap(canvas, end - rows, end, STYLE_NOTICE, text);
	if (cut)
		canvas_cut(canvas, end - rows, 0, STYLE_NOTICE);
}

/* Return: the column behind it. */
static int put_key(struct canvas *canvas, int row, int column, struct kl_text key,
		   struct kl_text what)
{
	column += canvas_text(canvas, row, column, canvas->columns - column, STYLE_BAR_KEY, key);
	column += canvas_text(canvas, row, column, canvas->columns - column, STYLE_BAR, what);
	return column + 2;
}

static void put_answers(const struct dialog *dialog, struct canvas *canvas, int row)
{
	const char *word = dialog->answers;
	int column = 0, length;

	for (; *word; word += length + strspn(word + length, " ")) {
		length = strcspn(word, " ");
		column = put_key(canvas, row, column, (struct kl_text){ word, 1 },
				 (struct kl_text){ word + 1, length - 1 });
	}
}

static void put_prompt_keys(const struct dialog *dialog, struct canvas *canvas, int row)
{
	int column = put_key(canvas, row, 0, kl_text_of("Enter"), kl_text_of("Take"));

	if (dialog->policy)
		column = put_key(canvas, row, column, kl_text_of("Tab"), kl_text_of("Complete"));
	put_key(canvas, row, column, kl_text_of("Esc"), kl_text_of("Cancel"));
}

void dialog_bar(const struct editor *editor, struct canvas *canvas, int row)
{
	canvas_fill(canvas, row, 0, canvas->columns, STYLE_BAR, ' ');
	if (editor->dialog.kind == DIALOG_QUESTION)
		put_answers(&editor->dialog, canvas, row);
	else if (editor->dialog.kind == DIALOG_PROMPT)
		put_prompt_keys(&editor->dialog, canvas, row);
	else
		canvas_text(canvas, row, 1, canvas->columns - 2, STYLE_BAR,
			    kl_text_of("arrows, PgUp, PgDn move; any other key goes back"));
}

static void draw_pager(struct editor *editor, struct canvas *canvas)
{
	struct dialog *dialog = &editor->dialog;
	const char *at = dialog->text.data, *end = at + dialog->text.length, *newline;
	u32 line = 0;
	int row = 1;

	rows_show(&dialog->rows, canvas->rows - 2);
	/* There is nothing to point at: what is seen moves at once. */
	dialog->rows.top = min(dialog->rows.cursor,
			       dialog->rows.count > dialog->rows.height ?
				       dialog->rows.count - dialog->rows.height :
				       0);
	canvas_clear(canvas);
	canvas_fill(canvas, 0, 0, canvas->columns, STYLE_BAR, ' ');
	canvas_print(canvas, 0, 1, canvas->columns - 2, STYLE_BAR, "%s", dialog->title);
	for (; at < end && row < canvas->rows - 1; at = newline + 1, line++) {
		newline = memchr(at, '\n', end - at) ?: end;
		if (line >= dialog->rows.top)
			canvas_text(canvas, row++, 1, canvas->columns - 2,
				    *at == '-' ? STYLE_DENY :
				    *at == '+' ? STYLE_ALLOW :
						 STYLE_PLAIN,
				    (struct kl_text){ at, newline - at });
	}
}

void dialog_draw(struct editor *editor, struct canvas *canvas)
{
	switch (editor->dialog.kind) {
	case DIALOG_PROMPT:
		draw_prompt(editor, canvas);
		break;
	case DIALOG_QUESTION:
		draw_question(editor, canvas);
		break;
	case DIALOG_PAGER:
		draw_pager(editor, canvas);
		break;
	}
}
