// SPDX-License-Identifier: GPL-2.0
/* Text from elsewhere. */
#include "dialog.h"
#include "edit.h"
#include "outline.h"
#include "paste.h"
#include "view.h"

/* Terminals send lines as if each was ended by Enter. */
static void put_newlines(struct kl_text text, struct kl_buffer *out)
{
	size_t i;

	kl_buffer_clear(out);
	for (i = 0; i < text.length; i++)
		if (text.data[i] == '\r')
			kl_buffer_add(out, "\n", 1);
		else if (text.data[i] != '\n' || !i || text.data[i - 1] != '\r')
			kl_buffer_add(out, text.data + i, 1);
}

static const char *lines_word(u32 count)
{
	return count == 1 ? "line" : "lines";
}

/* ---------------------------------------------------------- where one is typed */

static void paste_line(struct editor *editor, const struct document *pasted)
{
	u32 count = document_lines(pasted);

	if (count == 1)
		dialog_type(editor, document_line(pasted, 0));
	else
		editor_say(editor, STYLE_NOTICE, "%u lines, where one is typed: nothing was taken%s",
			   count, editor->dialog.policy ? ". Escape, then paste" : "");
}

/* --------------------------------------------------------------- into the text */

/* How many of the lines from @at on are wrong, where they stand. */
static u32 count_wrong(const struct document *document, u32 at, u32 count)
{
	struct outline outline = { 0 };
	u32 wrong = 0, i;

	outline_make(&outline, document);
	for (i = at; i < at + count; i++)
		wrong += outline.lines[i].wrong != 0;
	outline_free(&outline);
	return wrong;
}

static u32 count_wrong_there(const struct editor *editor, const struct document *pasted)
{
	struct document *whole = document_new((struct kl_text){ "", 0 });
	u32 wrong;

	edit_insert(whole, 0, editor->document);
	edit_insert(whole, editor->edited, pasted);
	wrong = count_wrong(whole, editor->edited, document_lines(pasted));
	document_free(whole);
	return wrong;
}

static void paste_answered(struct editor *editor, int key)
{
	struct document *pasted = document_new(kl_buffer_text(&editor->pasted));
	u32 count = document_lines(pasted);

	if (key == 'y') {
		edit_insert(editor->document, editor->edited, pasted);
		editor_refresh(editor, editor->edited);
		editor_say(editor, STYLE_PLAIN, "%u %s pasted; u takes %s out again", count,
			   lines_word(count), count == 1 ? "it" : "them");
	}
	document_free(pasted);
	kl_buffer_clear(&editor->pasted);
}

static void ask(struct editor *editor, const struct document *pasted)
{
	u32 count = document_lines(pasted), wrong;

	if (!edit_place(editor))
		return;
	document_text(pasted, &editor->pasted);
	wrong = count_wrong_there(editor, pasted);
	dialog_question(editor, "yes no", paste_answered,
			"paste %u %s below line %u, %u of them wrong? y/n", count, lines_word(count),
			editor->edited, wrong);
}

/* ------------------------------------------------------------------------ both */

static bool is_text(const struct editor *editor)
{
	return editor_view(editor) == &policy_view && editor->focus == PANE_LINES;
}

static void take(struct editor *editor, const struct document *pasted)
{
	if (!document_lines(pasted))
		editor_say(editor, STYLE_NOTICE, "nothing was pasted");
	else if (editor->dialog.kind == DIALOG_PROMPT)
		paste_line(editor, pasted);
	else if (editor->dialog.kind == DIALOG_QUESTION)
		editor_say(editor, STYLE_NOTICE, "what is pasted is no answer");
	else if (editor->dialog.kind || !is_text(editor))
		editor_say(editor, STYLE_NOTICE,
			   "what was pasted goes nowhere here; a policy's lines go into its right pane");
	else if (editor->readonly)
		editor_say(editor, STYLE_NOTICE, "read only");
	else
		ask(editor, pasted);
}

void editor_paste(struct editor *editor, struct kl_text text)
{
	struct kl_buffer lines = { 0 };
	struct document *pasted;

	editor->message[0] = 0;
	put_newlines(text, &lines);
	pasted = document_new(kl_buffer_text(&lines));
	take(editor, pasted);
	document_free(pasted);
	kl_buffer_free(&lines);
}
