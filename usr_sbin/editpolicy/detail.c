// SPDX-License-Identifier: GPL-2.0
/* What is said of a line. */
#include "detail.h"
#include "engine/lex.h"
#include "findings.h"
#include "live.h"
#include "words.h"

/* What the line does, then what is wrong with it, then all the rest: rows are few. */
static void say_words(const struct editor *editor, u32 line, bool whole,
		      void (*say)(void *context, u8 style, struct kl_text text),
		      void *context)
{
	bool wrong = editor->outline.lines[line].wrong;
	struct kl_buffer words = { 0 }, found = { 0 };
	struct kl_text text, first;
	const char *newline;

	words_of_line(editor, line, whole, &words);
	text = first = kl_buffer_text(&words);
	newline = memchr(text.data, '\n', text.length);
	if (newline)
		first.length = newline + 1 - text.data;
	say(context, wrong ? STYLE_ERROR : STYLE_VALUE, first);
	if (findings_of_line(editor, line, &found))
		say(context, STYLE_NOTICE, kl_buffer_text(&found));
	say(context, STYLE_FAINT, kl_text_from(text, first.length));
	kl_buffer_free(&found);
	kl_buffer_free(&words);
}

/* As it stands there, decoded, what the kernel says, and in words. */
void detail_of_line(const struct editor *editor, u32 line, bool whole,
		    void (*say)(void *context, u8 style, struct kl_text text),
		    void *context)
{
	struct kl_text text = document_line(editor->document, line);
	struct kl_buffer words = { 0 };

	text = kl_text_from(text, strspn(text.data, " \t"));
	say(context, STYLE_PLAIN, text);
	if (words_decoded(text, &words))
		say(context, STYLE_FAINT, kl_buffer_text(&words));
	if (live_refused(editor, line)) {
		kl_buffer_clear(&words);
		kl_buffer_printf(&words, "The kernel refuses it: %s\n",
				 live_refused(editor, line)->text);
		say(context, STYLE_ERROR, kl_buffer_text(&words));
	}
	kl_buffer_free(&words);
	say_words(editor, line, whole, say, context);
}
