// SPDX-License-Identifier: GPL-2.0
/* Words of a policy by what they are. */
#include "engine/lex.h"
#include "highlight.h"

/**
 * struct pen - where the next piece goes
 * @canvas: the picture
 * @row, @column, @width: what is left of the place
 * @scroll: columns still to be left out
 * @added: style bits
 */
struct pen {
	struct canvas *canvas;
	int row, column, width, scroll;
	u8 added;
};

static void put(struct pen *pen, u8 style, struct kl_text text)
{
	int width, used;

	while (pen->scroll > 0 && text.length) {
		canvas_character(&text, &width);
		pen->scroll -= width;
	}
	/* Of the last one a part is in sight: what follows stands where it would anyway. */
	if (pen->scroll < 0) {
		pen->column -= pen->scroll;
		pen->width += pen->scroll;
		pen->scroll = 0;
	}
	if (pen->width <= 0 && text.length)
		canvas_cut(pen->canvas, pen->row, pen->column - 1, style | pen->added);
	used = canvas_text(pen->canvas, pen->row, pen->column, pen->width,
			   style | pen->added, text);
	pen->column += used;
	pen->width -= used;
}

static u8 style_of_word(struct kl_text word)
{
	static const struct {
		const char *word;
		u8 style;
	} words[] = {
		{ "allow", STYLE_ALLOW }, { "deny", STYLE_DENY },
		{ "acl", STYLE_KEYWORD }, { "audit", STYLE_KEYWORD },
		{ "label", STYLE_KEYWORD }, { "use", STYLE_KEYWORD },
		{ "permissive", STYLE_NOTICE }, { "quota", STYLE_KEYWORD },
		{ "mode", STYLE_KEYWORD }, { "rule_group", STYLE_KEYWORD },
		{ "string_group", STYLE_KEYWORD }, { "number_group", STYLE_KEYWORD },
		{ "ip_group", STYLE_KEYWORD },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (kl_text_is(word, words[i].word))
			return words[i].style;
	return STYLE_PLAIN;
}

/* left=right or left!=right; anything else is one piece. */
static void put_word(struct pen *pen, struct kl_text word)
{
	const char *equal = memchr(word.data, '=', word.length);
	u32 left = equal ? equal - word.data : 0;
	struct kl_text right;

	if (!left || word.data[0] == '"') {
		put(pen, style_of_word(word), word);
		return;
	}
	right = kl_text_from(word, left + 1);
	put(pen, STYLE_ATTRIBUTE, kl_text_head(word, left - (equal[-1] == '!')));
	put(pen, STYLE_PLAIN, equal[-1] == '!' ? kl_text_of("!=") : kl_text_of("="));
	put(pen, right.length && right.data[0] == '@' ? STYLE_GROUP : STYLE_VALUE, right);
}

int highlight_line(struct canvas *canvas, int row, int column, int width,
		   struct kl_text line, int scroll, u8 added)
{
	struct pen pen = { canvas, row, column, width, scroll, added };
	struct kl_lexer lexer;
	struct kl_word word;
	u32 at = 0;

	kl_lexer_init(&lexer, line);
	while (kl_lexer_next(&lexer, &word)) {
		put(&pen, STYLE_PLAIN,
		    (struct kl_text){ line.data + at, word.column - 1 - at });
		put_word(&pen, word.text);
		at = word.column - 1 + word.text.length;
	}
	put(&pen, lexer.comment ? STYLE_COMMENT : STYLE_PLAIN, kl_text_from(line, at));
	if (scroll > 0 && line.length)
		canvas_cut(canvas, row, column, STYLE_FAINT | added);
	return pen.column - column;
}
