/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A picture of characters, drawn without a terminal: what is shown can be
 * tested as it is.
 */
#ifndef KELLAS_CANVAS_H
#define KELLAS_CANVAS_H

#include "memory.h"

/** enum style - what a piece of text is; how it looks is the terminal's business */
enum style {
	STYLE_PLAIN,
	STYLE_TITLE,
	STYLE_FAINT,
	STYLE_KEYWORD,
	STYLE_ATTRIBUTE,
	STYLE_VALUE,
	STYLE_GROUP,
	STYLE_COMMENT,
	STYLE_ALLOW,
	STYLE_DENY,
	STYLE_ERROR,
	STYLE_NOTICE,
	STYLE_FOUND,
	STYLE_BAR,
	STYLE_BAR_KEY,
	STYLES,
	STYLE_CURSOR = 0x40, /* added to others: the line that is acted upon */
	STYLE_MARKED = 0x80, /* added to others: marked for what comes */
};

/**
 * struct cell - a place for one character
 * @character: Unicode; 0: covered by a wide one to the left
 * @style: enum style
 */
struct cell {
	u32 character;
	u8 style;
};

/**
 * struct canvas - the picture
 * @rows, @columns: its size
 * @cells: row by row
 * @cursor_row, @cursor_column: where somebody types; -1: nowhere
 */
struct canvas {
	int rows, columns;
	struct cell *cells;
	int cursor_row, cursor_column;
};

/** canvas_resize - another size; it is empty then */
void canvas_resize(struct canvas *canvas, int rows, int columns);
void canvas_clear(struct canvas *canvas);
void canvas_free(struct canvas *canvas);

/**
 * canvas_text - write a text
 * @row, @column: where; what lies outside of the canvas is left out
 * @width: columns at most; dots in the last one say that there is more
 *
 * Bytes that are no characters are shown as \ooo, so that nothing that a file
 * holds can reach the terminal as a command; tabs as four blanks.
 *
 * Return: columns written.
 */
int canvas_text(struct canvas *canvas, int row, int column, int width, u8 style,
		struct kl_text text);

/** canvas_print - the same with a format */
int canvas_print(struct canvas *canvas, int row, int column, int width, u8 style,
		 const char *format, ...) __printf(6, 7);

/** canvas_cut - dots at a place: there, something is left out */
void canvas_cut(struct canvas *canvas, int row, int column, u8 style);

/** canvas_end - write the end of a text that is too long, dots before it */
int canvas_end(struct canvas *canvas, int row, int column, int width, u8 style,
	       struct kl_text text);

/** canvas_inside - columns of text that is wrapped */
static inline int canvas_inside(const struct canvas *canvas)
{
	return max(canvas->columns - 2, 4);
}

/**
 * canvas_row - take off a text what fits into a row: up to a newline, or a blank before the edge
 * @text: not empty; what is left
 */
struct kl_text canvas_row(struct kl_text *text, int columns);

/**
 * canvas_wrap - write a text in as many rows as it takes, broken at blanks and newlines
 * @end: the row behind the last one that may be used; dots there say that there is more
 *
 * Return: the row behind it.
 */
int canvas_wrap(struct canvas *canvas, int row, int end, u8 style, struct kl_text text);

/** canvas_wrapped - rows that canvas_wrap() takes for a text */
int canvas_wrapped(const struct canvas *canvas, struct kl_text text);

/** canvas_fill - one character again and again */
void canvas_fill(struct canvas *canvas, int row, int column, int width, u8 style,
		 u32 character);

/** canvas_restyle - another style for what is there */
void canvas_restyle(struct canvas *canvas, int row, int column, int width, u8 style);

/**
 * canvas_dump - append the picture as lines of UTF-8
 * @styles: a line of letters below each, one for each cell; PLAIN ends are left out
 */
void canvas_dump(const struct canvas *canvas, bool styles, struct kl_buffer *out);

/** canvas_width - columns that a text takes */
int canvas_width(struct kl_text text);

/**
 * canvas_character - take the first character off a text
 * @width: set to its columns
 *
 * Return: the character; a byte that is none as 0x80000000 + byte. So are those of
 * characters without a column of their own: a name would look like another one.
 */
u32 canvas_character(struct kl_text *text, int *width);
#define CANVAS_BYTE 0x80000000u

/** canvas_encode - UTF-8 of a character; returns its length */
int canvas_encode(u32 character, char out[4]);

#endif /* KELLAS_CANVAS_H */
