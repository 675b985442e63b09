// SPDX-License-Identifier: GPL-2.0
/* Editing a line. */
#include "key.h"
#include "prompt.h"

void prompt_set(struct prompt *prompt, struct kl_text text)
{
	kl_buffer_clear(&prompt->text);
	kl_buffer_add(&prompt->text, text.data, text.length);
	prompt->cursor = text.length;
	prompt->scroll = 0;
}

void prompt_insert(struct prompt *prompt, struct kl_text text)
{
	struct kl_buffer *line = &prompt->text;

	kl_buffer_room(line, text.length);
	memmove(line->data + prompt->cursor + text.length, line->data + prompt->cursor,
		line->length - prompt->cursor);
	memcpy(line->data + prompt->cursor, text.data, text.length);
	line->length += text.length;
	line->data[line->length] = 0;
	prompt->cursor += text.length;
}

void prompt_erase(struct prompt *prompt, u32 from, u32 to)
{
	struct kl_buffer *line = &prompt->text;

	if (to <= from)
		return;
	memmove(line->data + from, line->data + to, line->length - to);
	line->length -= to - from;
	line->data[line->length] = 0;
	prompt->cursor = from;
}

static bool is_rest(char byte)
{
	return ((u8)byte & 0xc0) == 0x80;
}

/* One character on, or back. */
static u32 behind(const struct prompt *prompt)
{
	u32 at = prompt->cursor;

	if (at < prompt->text.length)
		for (at++; at < prompt->text.length && is_rest(prompt->text.data[at]);)
			at++;
	return at;
}

static u32 before(const struct prompt *prompt)
{
	u32 at = prompt->cursor;

	if (at)
		for (at--; at && is_rest(prompt->text.data[at]);)
			at--;
	return at;
}

/* To the beginning of a word, as Ctrl-W has it. */
static u32 word_before(const struct prompt *prompt)
{
	u32 at = prompt->cursor;

	while (at && prompt->text.data[at - 1] == ' ')
		at--;
	while (at && prompt->text.data[at - 1] != ' ')
		at--;
	return at;
}

static bool move(struct prompt *prompt, int key)
{
	switch (key) {
	case K_LEFT:
	case K_CTRL('b'):
		prompt->cursor = before(prompt);
		return true;
	case K_RIGHT:
	case K_CTRL('f'):
		prompt->cursor = behind(prompt);
		return true;
	case K_HOME:
	case K_CTRL('a'):
		prompt->cursor = 0;
		return true;
	case K_END:
	case K_CTRL('e'):
		prompt->cursor = prompt->text.length;
		return true;
	}
	return false;
}

bool prompt_key(struct prompt *prompt, int key)
{
	char bytes[4];

	switch (key) {
	case K_BACKSPACE:
	case K_CTRL('h'):
		prompt_erase(prompt, before(prompt), prompt->cursor);
		return true;
	case K_DELETE:
	case K_CTRL('d'):
		prompt_erase(prompt, prompt->cursor, behind(prompt));
		return true;
	case K_CTRL('w'):
		prompt_erase(prompt, word_before(prompt), prompt->cursor);
		return true;
	case K_CTRL('u'):
		prompt_erase(prompt, 0, prompt->cursor);
		return true;
	case K_CTRL('k'):
		prompt_erase(prompt, prompt->cursor, prompt->text.length);
		return true;
	}
	if (move(prompt, key))
		return true;
	if (key < ' ' || key == K_BACKSPACE || key >= K_UP)
		return false;
	prompt_insert(prompt, (struct kl_text){ bytes, canvas_encode(key, bytes) });
	return true;
}

int prompt_column(const struct prompt *prompt)
{
	return canvas_width((struct kl_text){ prompt->text.data, prompt->cursor });
}

void prompt_show(struct prompt *prompt, int width)
{
	int column = prompt_column(prompt);

	if (column < prompt->scroll)
		prompt->scroll = column;
	if (column >= prompt->scroll + width)
		prompt->scroll = column - width + 1;
	/* Nothing is hidden on the left while there is room on the right. */
	column = canvas_width(kl_buffer_text(&prompt->text)) + 1 - width;
	prompt->scroll = max(min(prompt->scroll, column), 0);
}

struct kl_text prompt_word(const struct prompt *prompt, u32 *from)
{
	u32 at = prompt->cursor;

	while (at && prompt->text.data[at - 1] != ' ' && prompt->text.data[at - 1] != '\t')
		at--;
	*from = at;
	return (struct kl_text){ prompt->text.data + at, prompt->cursor - at };
}

void prompt_free(struct prompt *prompt)
{
	kl_buffer_free(&prompt->text);
}
