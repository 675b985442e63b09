// SPDX-License-Identifier: GPL-2.0
/* ncurses. */
#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

/* Its names of keys would hide ours, and its types are not the engine's. */
#include "clock.h"
#include "escape.h"
#include "key.h"
#include "screen.h"

static SCREEN *screen;
static bool coloured, unicode;

/* What the terminal sends before a text that is pasted; what is behind it stands below. */
#define KEY_PASTE (KEY_MAX + 1)

/* So long may the rest of what is pasted take to come, in milliseconds. */
#define PASTE_PATIENCE 5000

/**
 * struct paste - a text that is pasted
 * @open: its end has not come yet
 * @text: what came; nothing if it was @too_long
 * @too_long: it was more than SCREEN_PASTE_MAX
 * @cut: its end never came
 * @last: when its last byte came, clock_ms()
 */
static struct {
	bool open;
	struct kl_buffer text;
	bool too_long;
	bool cut;
	u64 last;
} paste;

/* Of a key that sends several characters, they come within so many milliseconds. */
#define ESCAPE_PATIENCE 25

/* Of a character, its bytes may come so late, on a slow line. */
#define CHARACTER_PATIENCE 1000

/* What was read, but belongs to the next key. */
static struct {
	int kind;
	wint_t key;
} ahead = { .kind = ERR };

/* Two clicks in one place are a double one if they are so many milliseconds apart at most. */
#define DOUBLE_CLICK 400

static const struct {
	short colour;
	attr_t attributes;
} looks[STYLES] = {
	[STYLE_PLAIN] = { -1, A_NORMAL },
	[STYLE_TITLE] = { -1, A_BOLD },
	[STYLE_FAINT] = { -1, A_DIM },
	[STYLE_KEYWORD] = { COLOR_BLUE, A_BOLD },
	[STYLE_ATTRIBUTE] = { COLOR_CYAN, A_NORMAL },
	[STYLE_VALUE] = { -1, A_NORMAL },
	[STYLE_GROUP] = { COLOR_MAGENTA, A_NORMAL },
	[STYLE_COMMENT] = { -1, A_DIM },
	[STYLE_ALLOW] = { COLOR_GREEN, A_NORMAL },
	[STYLE_DENY] = { COLOR_RED, A_BOLD },
	[STYLE_ERROR] = { COLOR_RED, A_BOLD | A_UNDERLINE },
	[STYLE_NOTICE] = { COLOR_YELLOW, A_BOLD },
	[STYLE_FOUND] = { COLOR_YELLOW, A_REVERSE | A_UNDERLINE },
	[STYLE_BAR] = { COLOR_CYAN, A_REVERSE },
	[STYLE_BAR_KEY] = { -1, A_BOLD },
};

static void set_up_colours(bool colour)
{
	int style;

	coloured = colour && has_colors() && start_color() == OK &&
		   use_default_colors() == OK;
	for (style = 0; coloured && style < STYLES; style++)
		init_pair(style + 1, looks[style].colour, -1);
}

/*
 * Presses are wanted as they happen: ncurses would wait for what may become of them,
 * and takes two for a double click wherever they were.
 */
static void set_up_mouse(void)
{
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
}

/*
 * What is pasted shall be told from what is typed. A terminal that does not know
 * how passes this over, as it does when a shell asks.
 */
static void mark_pastes(bool on)
{
	const char *request = on ? "\033[?2004h" : "\033[?2004l";

	if (write(STDOUT_FILENO, request, strlen(request)) < 0)
		return; /* it has gone, which is_gone() will tell */
}

/* A picture takes a terminal whose cursor goes where it is sent. */
static bool can_place_cursor(void)
{
	const char *place = tigetstr("cup");

	return place && place != (char *)-1;
}

int screen_open(bool colour, bool mouse)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return -ENOTTY;
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -ENOTTY;
	if (!can_place_cursor()) {
		screen_close();
		return -ENOTTY;
	}
	unicode = !strcmp(nl_langinfo(CODESET), "UTF-8");
	raw();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	define_key("\033[200~", KEY_PASTE);
	mark_pastes(true);
	/* On a slow line somebody may want more. */
	if (!getenv("ESCDELAY"))
		set_escdelay(ESCAPE_PATIENCE);
	leaveok(stdscr, FALSE);
	set_up_colours(colour);
	if (mouse)
		set_up_mouse();
	return 0;
}

void screen_close(void)
{
	if (!screen)
		return;
	mark_pastes(false);
	endwin();
	delscreen(screen);
	screen = NULL;
}

void screen_suspend(void)
{
	mark_pastes(false);
	endwin();
}

/* Its size may have changed meanwhile, which only the one in front of it was told. */
void screen_resume(void)
{
	reset_prog_mode();
	mark_pastes(true);
	screen_repaint();
	raise(SIGWINCH);
}

void screen_repaint(void)
{
	clearok(curscr, TRUE);
}

void screen_size(int *rows, int *columns)
{
	getmaxyx(stdscr, *rows, *columns);
}

static attr_t attributes_of(u8 style)
{
	attr_t attributes = looks[style & ~(STYLE_CURSOR | STYLE_MARKED)].attributes;

	if (style & STYLE_CURSOR)
		attributes |= A_REVERSE;
	if (style & STYLE_MARKED)
		attributes |= A_BOLD;
	return attributes;
}

/* Only lines and dots are drawn that are no text: that has been made \\ooo long before. */
static u32 in_ascii(u32 character)
{
	switch (character) {
	case 0x2500:
		return '-';
	case 0x2502:
		return '|';
	case 0x2026:
		return '~';
	case 0x2514:
		return '`';
	default:
		return character < 0x80 ? character : '+';
	}
}

static void show_cell(int row, int column, const struct cell *cell)
{
	wchar_t text[2] = { unicode ? cell->character : in_ascii(cell->character), 0 };
	u8 style = cell->style & ~(STYLE_CURSOR | STYLE_MARKED);
	cchar_t character;

	setcchar(&character, text, attributes_of(cell->style), coloured ? style + 1 : 0, NULL);
	mvadd_wch(row, column, &character);
}

/* ncurses stops where a key is waiting: there will be another picture. Here there is none. */
static void refresh_all(void)
{
	typeahead(-1);
	refresh();
	typeahead(STDIN_FILENO);
	tcdrain(STDOUT_FILENO);
}

void screen_show(const struct canvas *canvas, bool all)
{
	const struct cell *cell = canvas->cells;
	int row, column;

	erase();
	for (row = 0; row < canvas->rows; row++)
		for (column = 0; column < canvas->columns; column++, cell++)
			if (cell->character && (cell->character != ' ' || cell->style))
				show_cell(row, column, cell);
	curs_set(canvas->cursor_row >= 0);
	if (canvas->cursor_row >= 0)
		move(canvas->cursor_row, canvas->cursor_column);
	if (all)
		refresh_all();
	else
		refresh();
}

static int translate(wint_t key)
{
	static const struct {
		int theirs, ours;
	} keys[] = {
		{ KEY_UP, K_UP },	  { KEY_DOWN, K_DOWN },	    { KEY_LEFT, K_LEFT },
		{ KEY_RIGHT, K_RIGHT },	  { KEY_PPAGE, K_PAGE_UP }, { KEY_NPAGE, K_PAGE_DOWN },
		{ KEY_HOME, K_HOME },	  { KEY_END, K_END },	    { KEY_IC, K_INSERT },
		{ KEY_DC, K_DELETE },	  { KEY_BTAB, K_BACK_TAB }, { KEY_BACKSPACE, K_BACKSPACE },
		{ KEY_ENTER, K_ENTER },	  { KEY_RESIZE, K_RESIZE }, { KEY_MOUSE, K_MOUSE },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].theirs == (int)key)
			return keys[i].ours;
	if (key >= (wint_t)KEY_F(1) && key <= (wint_t)KEY_F(10))
		return K_F1 + key - KEY_F(1);
	return K_UNKNOWN;
}

static u8 click_kind(int row, int column)
{
	static struct {
		int row, column;
		u64 when;
	} last;
	u64 now = clock_ms();
	bool second = last.when && row == last.row && column == last.column &&
		      now - last.when <= DOUBLE_CLICK;

	last.row = row;
	last.column = column;
	last.when = second ? 0 : now;
	return second ? MOUSE_DOUBLE : MOUSE_CLICK;
}

bool screen_mouse(struct mouse *mouse)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return false;
	mouse->row = event.y;
	mouse->column = event.x;
	if (event.bstate & BUTTON4_PRESSED)
		mouse->kind = MOUSE_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		mouse->kind = MOUSE_WHEEL_DOWN;
	else if (event.bstate & BUTTON1_PRESSED)
		mouse->kind = click_kind(event.y, event.x);
	else
		return false;
	return true;
}

/* A terminal that has gone is readable for ever, and ncurses does not tell. */
static bool is_gone(int milliseconds)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&terminal, 1, milliseconds) > 0 && terminal.revents & (POLLHUP | POLLERR);
}

/* -------------------------------------------------------------------- pastes */

static bool paste_ends(void)
{
	static const char end[] = "\033[201~";
	size_t length = strlen(end);

	if (paste.text.length < length ||
	    memcmp(paste.text.data + paste.text.length - length, end, length))
		return false;
	paste.text.length -= length;
	return true;
}

static void add_byte(char byte)
{
	size_t kept = strlen("\033[201");

	kl_buffer_add(&paste.text, &byte, 1);
	paste.last = clock_ms();
	if (paste_ends()) {
		paste.open = false;
	} else if (paste.text.length > SCREEN_PASTE_MAX) {
		/* What may be the beginning of its end. */
		memmove(paste.text.data, paste.text.data + paste.text.length - kept, kept);
		paste.text.length = kept;
		paste.too_long = true;
	}
}

/*
 * Byte by byte, not by ncurses: it would take keys out of the text, and waits for
 * no end that comes in pieces. What is behind the end is left to it.
 */
static int paste_key(int milliseconds)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte;

	while (paste.open && poll(&terminal, 1, milliseconds) > 0) {
		if (read(STDIN_FILENO, &byte, 1) != 1)
			return -1;
		add_byte(byte);
	}
	if (!paste.open)
		return K_PASTE;
	if (clock_ms() - paste.last < PASTE_PATIENCE)
		return K_TICK;
	paste.open = false;
	paste.cut = true;
	return K_PASTE;
}

static int begin_paste(int milliseconds)
{
	paste.open = true;
	paste.too_long = paste.cut = false;
	paste.last = clock_ms();
	kl_buffer_clear(&paste.text);
	return paste_key(milliseconds);
}

const char *screen_pasted(struct kl_buffer *text)
{
	kl_buffer_clear(text);
	if (paste.too_long)
		return "more than 1 MiB was pasted: nothing of it was taken";
	if (paste.cut)
		return "the end of what was pasted did not come: nothing of it was taken";
	kl_buffer_add(text, paste.text.data, paste.text.length);
	return NULL;
}

/* ---------------------------------------------------------------------- keys */

/* Return: false after a byte that is none of a character; it belongs to the next key. */
static bool add_rest(u32 *value)
{
	int got;

	timeout(CHARACTER_PATIENCE);
	got = getch();
	if (got != ERR && (got & ~0x3f) != 0x80) {
		ahead.kind = got > 0xff ? KEY_CODE_YES : OK;
		ahead.key = got;
	}
	*value = *value << 6 | (got & 0x3f);
	return got != ERR && ahead.kind == ERR;
}

/* Terminals send UTF-8 also where the locale has but ASCII. Return: K_UNKNOWN if it is none. */
static wint_t rest_of_utf8(int first)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	int length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0, i;
	u32 value = first & (0x7f >> length);

	for (i = 1; i < length; i++)
		if (!add_rest(&value))
			return K_UNKNOWN;
	if (!length || value < least[length] || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return K_UNKNOWN;
	return value;
}

/* In other locales: as these have it. */
static wint_t rest_of_other(int first)
{
	mbstate_t state = { 0 };
	wchar_t value = 0;
	char byte = first;
	size_t used;
	int got;

	timeout(CHARACTER_PATIENCE);
	while ((used = mbrtowc(&value, &byte, 1, &state)) == (size_t)-2) {
		got = getch();
		if (got == ERR || got > 0xff)
			return K_UNKNOWN;
		byte = got;
	}
	return used == (size_t)-1 ? K_UNKNOWN : (wint_t)value;
}

/*
 * The bytes of a character may come one by one, and ncurses forgets those that it has
 * when the next one is late.
 */
static wint_t rest_of_character(int first)
{
	if (unicode || !strcmp(nl_langinfo(CODESET), "ANSI_X3.4-1968"))
		return rest_of_utf8(first);
	return rest_of_other(first);
}

/* A byte, or a key of ncurses. */
static int read_raw(wint_t *key, int milliseconds)
{
	int kind = ahead.kind, got;

	*key = ahead.key;
	ahead.kind = ERR;
	if (kind != ERR)
		return kind;
	timeout(milliseconds);
	got = getch();
	if (got == ERR)
		return ERR;
	*key = got;
	return got > 0xff ? KEY_CODE_YES : OK;
}

static int read_key(wint_t *key, int milliseconds)
{
	int kind = read_raw(key, milliseconds);

	if (kind == OK && *key >= 0x80)
		*key = rest_of_character(*key);
	return kind;
}

/*
 * Terminals have keys that TERM does not know, and for ncurses these are an Escape,
 * and some letters and digits: a dialog would be left by them, and what the letters
 * do be done.
 */
static int escaped_key(void)
{
	char code[ESCAPE_MAX] = "";
	u32 length = 0;
	wint_t key;

	do {
		ahead.kind = read_raw(&key, length ? ESCAPE_PATIENCE : 0);
		ahead.key = key;
		if (ahead.kind != OK || key >= 127 || (!length && !escape_begins(key)))
			return length ? K_UNKNOWN : K_ESCAPE;
		ahead.kind = ERR;
		code[length++] = key;
	} while (!escape_ends(code));
	return escape_key(code);
}

int screen_key(int milliseconds)
{
	wint_t key;
	int kind;

	if (paste.open)
		return paste_key(milliseconds);
	/* First what ncurses has read already. */
	kind = read_key(&key, 0);
	if (kind == ERR) {
		if (is_gone(milliseconds))
			return -1;
		kind = read_key(&key, 0);
	}
	if (kind == KEY_CODE_YES && key == KEY_PASTE)
		return begin_paste(milliseconds);
	if (kind == KEY_CODE_YES)
		return translate(key);
	if (kind == OK && key == K_ESCAPE)
		return escaped_key();
	if (kind == OK)
		return key == '\r' ? K_ENTER : (int)key;
	return K_TICK;
}

/* Taken one by one: what is pasted may have come in part, and its rest is no key. */
void screen_flush(void)
{
	struct mouse mouse;
	int key;

	while ((key = screen_key(0)) != K_TICK && key >= 0)
		if (key == K_MOUSE)
			screen_mouse(&mouse);
}
