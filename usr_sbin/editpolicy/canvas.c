// SPDX-License-Identifier: GPL-2.0
/* Characters in cells. */
#include <wchar.h>

#include "canvas.h"
#include "engine/lex.h"

void canvas_resize(struct canvas *canvas, int rows, int columns)
{
	free(canvas->cells);
	canvas->rows = rows;
	canvas->columns = columns;
	canvas->cells = kl_xalloc((size_t)rows * columns + 1, sizeof(*canvas->cells));
	canvas_clear(canvas);
}

void canvas_clear(struct canvas *canvas)
{
	int i;

	for (i = 0; i < canvas->rows * canvas->columns; i++)
		canvas->cells[i] = (struct cell){ ' ', STYLE_PLAIN };
	canvas->cursor_row = canvas->cursor_column = -1;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->cells);
	memset(canvas, 0, sizeof(*canvas));
}

/* Length of the UTF-8 sequence at the beginning, 0 if there is none. */
static int sequence_length(struct kl_text text)
{
	u8 first = text.data[0];
	int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 :
		     first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0, i;

	if (length > (int)text.length)
		return 0;
	for (i = 1; i < length; i++)
		if (((u8)text.data[i] & 0xc0) != 0x80)
			return 0;
	return length;
}

static u32 decode(const char *data, int length)
{
	static const u8 masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	u32 character = (u8)data[0] & masks[length];
	int i;

	for (i = 1; i < length; i++)
		character = character << 6 | ((u8)data[i] & 0x3f);
	return character;
}

/* What turns the direction of writing would show names as they are not. */
static bool is_deceiving(u32 character)
{
	return (character >= 0x200b && character <= 0x200f) ||
	       (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2060 && character <= 0x206f) || character == 0xfeff ||
	       character == 0x061c || (character >= 0xd800 && character <= 0xdfff);
}

u32 canvas_character(struct kl_text *text, int *width)
{
	int length = sequence_length(*text), columns;
	u32 character;

	if (length) {
		character = decode(text->data, length);
		columns = wcwidth(character);
		if (columns > 0 && character >= 0x20 && !is_deceiving(character) &&
		    !(length == 3 && character < 0x800) &&
		    !(length == 4 && character < 0x10000)) {
			*width = columns;
			text->data += length;
			text->length -= length;
			return character;
		}
	}
	character = CANVAS_BYTE + (u8)text->data[0];
	text->data++;
	text->length--;
	*width = 4;
	return character;
}

int canvas_width(struct kl_text text)
{
	int width, all = 0;

	while (text.length) {
		canvas_character(&text, &width);
		all += width;
	}
	return all;
}

static struct cell *cell_at(struct canvas *canvas, int row, int column)
{
	if (row < 0 || row >= canvas->rows || column < 0 || column >= canvas->columns)
		return NULL;
	return &canvas->cells[row * canvas->columns + column];
}

static void set(struct canvas *canvas, int row, int column, u8 style, u32 character)
{
	struct cell *cell = cell_at(canvas, row, column);

	if (cell)
		*cell = (struct cell){ character, style };
}

/* A tab has four columns wherever it stands, as all bytes have. */
static void set_byte(struct canvas *canvas, int row, int column, u8 style, u8 byte)
{
	if (byte == '\t') {
		canvas_fill(canvas, row, column, 4, style, ' ');
		return;
	}
	set(canvas, row, column, style, '\\');
	set(canvas, row, column + 1, style, '0' + (byte >> 6));
	set(canvas, row, column + 2, style, '0' + (byte >> 3 & 7));
	set(canvas, row, column + 3, style, '0' + (byte & 7));
}

/* Blanks at the end are not missed. */
static bool is_blank(struct kl_text text)
{
	size_t i;

	for (i = 0; i < text.length; i++)
		if (text.data[i] != ' ' && text.data[i] != '\t')
			return false;
	return true;
}

/* Half of a wide character is none. */
void canvas_cut(struct canvas *canvas, int row, int column, u8 style)
{
	struct cell *cell = cell_at(canvas, row, column);

	if (!cell)
		return;
	if (!cell->character)
		cell[-1].character = ' ';
	set(canvas, row, column, style, 0x2026);
}

int canvas_text(struct canvas *canvas, int row, int column, int width, u8 style,
		struct kl_text text)
{
	int used = 0, columns, i;
	struct kl_text rest;
	u32 character;

	width = min(width, canvas->columns - column);
	while (text.length) {
		rest = text;
		character = canvas_character(&text, &columns);
		if (used + columns > width) {
			if (width > 0 && !is_blank(rest))
				canvas_cut(canvas, row, column + width - 1, style);
			return max(used, width);
		}
		if (character & CANVAS_BYTE) {
			set_byte(canvas, row, column + used, style, character & 0xff);
		} else {
			set(canvas, row, column + used, style, character);
			for (i = 1; i < columns; i++)
				set(canvas, row, column + used + i, style, 0);
		}
		used += columns;
	}
	return used;
}

int canvas_print(struct canvas *canvas, int row, int column, int width, u8 style,
		 const char *format, ...)
{
	char *text;
	va_list arguments;
	int length, used;

	va_start(arguments, format);
	length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0)
		return 0;
	used = canvas_text(canvas, row, column, width, style,
			   (struct kl_text){ text, length });
	free(text);
	return used;
}

int canvas_end(struct canvas *canvas, int row, int column, int width, u8 style,
	       struct kl_text text)
{
	int over = canvas_width(text) - width, skipped;

	if (width < 2 || over <= 0)
		return canvas_text(canvas, row, column, max(width, 0), style, text);
	for (over++; over > 0; over -= skipped)
		canvas_character(&text, &skipped);
	canvas_fill(canvas, row, column, 1, style, 0x2026);
	return 1 + canvas_text(canvas, row, column + 1, width - 1, style, text);
}

/* Bytes that fit into a row: up to a newline, or the last blank before the edge. */
static size_t row_length(struct kl_text text, int columns)
{
	struct kl_text rest = text;
	size_t at = 0, blank = 0;
	int width;

	while (rest.length && rest.data[0] != '\n') {
		if (rest.data[0] == ' ')
			blank = at;
		canvas_character(&rest, &width);
		columns -= width;
		if (columns < 0)
			return blank ?: at;
		at = text.length - rest.length;
	}
	return at;
}

struct kl_text canvas_row(struct kl_text *text, int columns)
{
	struct kl_text head = { text->data, row_length(*text, columns) };
	u32 used = head.length;

	if (used < text->length && (text->data[used] == ' ' || text->data[used] == '\n'))
		used++;
	text->data += used;
	text->length -= used;
	return head;
}

int canvas_wrap(struct canvas *canvas, int row, int end, u8 style, struct kl_text text)
{
	int columns = canvas_inside(canvas);

	for (; text.length && row < end; row++)
		canvas_text(canvas, row, 1, columns, style, canvas_row(&text, columns));
	if (!is_blank(text) && row == end)
		canvas_cut(canvas, row - 1, columns + 1, style);
	return row;
}

int canvas_wrapped(const struct canvas *canvas, struct kl_text text)
{
	int columns = canvas_inside(canvas), rows;

	for (rows = 0; text.length; rows++)
		canvas_row(&text, columns);
	return rows;
}

void canvas_fill(struct canvas *canvas, int row, int column, int width, u8 style,
		 u32 character)
{
	int i;

	for (i = 0; i < width; i++)
		set(canvas, row, column + i, style, character);
}

void canvas_restyle(struct canvas *canvas, int row, int column, int width, u8 style)
{
	struct cell *cell;
	int i;

	for (i = 0; i < width; i++) {
		cell = cell_at(canvas, row, column + i);
		if (cell)
			cell->style = style;
	}
}

int canvas_encode(u32 character, char out[4])
{
	int length = character < 0x80 ? 1 : character < 0x800 ? 2 :
		     character < 0x10000 ? 3 : 4, i;
	static const u8 first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (i = length - 1; i > 0; i--, character >>= 6)
		out[i] = 0x80 | (character & 0x3f);
	out[0] = first[length] | character;
	return length;
}

/* A letter for each style, two for what is added. */
static char style_letter(u8 style)
{
	static const char letters[] = ".TfkavgcADENFbB";

	if (style & STYLE_CURSOR)
		return style & STYLE_MARKED ? '#' : '>';
	return style & STYLE_MARKED ? '*' : letters[style];
}

static void dump_row(const struct cell *cells, int columns, struct kl_buffer *out)
{
	int last = columns, i;
	char text[4];

	while (last && cells[last - 1].character == ' ')
		last--;
	for (i = 0; i < last; i++)
		if (cells[i].character)
			kl_buffer_add(out, text, canvas_encode(cells[i].character, text));
	kl_buffer_add(out, "\n", 1);
}

static void dump_styles(const struct cell *cells, int columns, struct kl_buffer *out)
{
	int last = columns, i;
	char letter;

	while (last && cells[last - 1].style == STYLE_PLAIN)
		last--;
	for (i = 0; i < last; i++) {
		letter = style_letter(cells[i].style);
		kl_buffer_add(out, &letter, 1);
	}
	kl_buffer_add(out, "\n", 1);
}

void canvas_dump(const struct canvas *canvas, bool styles, struct kl_buffer *out)
{
	const struct cell *cells;
	int row;

	for (row = 0; row < canvas->rows; row++) {
		cells = canvas->cells + row * canvas->columns;
		dump_row(cells, canvas->columns, out);
		if (styles)
			dump_styles(cells, canvas->columns, out);
	}
}
