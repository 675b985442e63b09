// SPDX-License-Identifier: GPL-2.0
/* The screen of kellasctl top. */
#include <curses.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "top.h"

#define HEAD_LINES 3
#define SHIFT 8
#define ESCAPE_DELAY 100 /* milliseconds; slow lines take their keys apart */

enum { PAIR_BAD = 1, PAIR_ALARM, PAIR_HEAD };

/**
 * struct screen - what is seen
 * @top: what is shown
 * @first: number of the first row shown
 * @shift: rules are shown from this byte on
 * @paused: nothing is read
 * @helping: the help is shown
 * @typing: the filter is being typed
 * @colour: it has colours
 */
struct screen {
	struct top *top;
	u32 first, shift;
	bool paused, helping, typing, colour;
};

static volatile sig_atomic_t ended;

static void note_end(int signal)
{
	ended = signal;
}

static void paint(const struct screen *screen, int pair, attr_t without)
{
	if (screen->colour)
		attrset(COLOR_PAIR(pair) | (pair == PAIR_BAD ? A_BOLD : 0));
	else
		attrset(without);
}

/* Nothing that moves the cursor; what does not fit is marked. */
static void put_clipped(const char *data, u32 length)
{
	int x = getcurx(stdscr), width = COLS - x, i;

	for (i = 0; i < width && (u32)i < length; i++)
		addch(data[i] >= 0x20 && data[i] < 0x7f ? data[i] : '?');
	if (width > 0 && length > (u32)width)
		mvaddch(getcury(stdscr) - (getcurx(stdscr) == 0 && x), COLS - 1, '>');
}

static void put_line(int y, const char *text)
{
	if (y < 0 || y >= LINES)
		return;
	move(y, 0);
	put_clipped(text, strlen(text));
}

/* Columns that a narrow screen leaves out, for the rule's sake. */
static bool is_shown(int column)
{
	static const int least[KL_TALLY_COLUMNS] = {
		[KL_TALLY_LAST] = 100, [KL_TALLY_UNENFORCED] = 72,
		[KL_TALLY_RATE] = 60,  [KL_TALLY_LOST] = 52,
		[KL_TALLY_DENIED] = 40,
	};

	return COLS >= least[column];
}

static void draw_counts(const struct screen *screen)
{
	const struct kl_tally *hits = &screen->top->hits[screen->top->at];
	char text[256];

	snprintf(text, sizeof(text),
		 "denied %llu  written %llu  lost %llu  suppressed %llu  keeper %s",
		 (unsigned long long)hits->denied, (unsigned long long)hits->written,
		 (unsigned long long)hits->lost, (unsigned long long)hits->suppressed,
		 hits->keeper ? "yes" : "none");
	if (hits->lost)
		paint(screen, PAIR_BAD, A_BOLD);
	put_line(1, text);
	attrset(A_NORMAL);
}

static void draw_title(const struct screen *screen)
{
	const struct top *top = screen->top;
	const struct kl_tally *hits = &top->hits[top->at];
	char text[256];

	snprintf(text, sizeof(text), "kellasctl top - %u of %u rules and blocks%s%s%s%s",
		 hits->order_count, hits->count, *top->filter ? ", with " : "",
		 top->filter, screen->paused ? " - PAUSED" : "",
		 top->error ? " - THE MODULE IS GONE" : "");
	attrset(A_BOLD);
	put_line(0, text);
	attrset(A_NORMAL);
}

/* The column that rows are ordered by is told by an arrow, not by colour alone. */
static void draw_heads(const struct screen *screen)
{
	const struct top *top = screen->top;
	char text[32];
	int i;

	if (LINES <= HEAD_LINES - 1)
		return;
	paint(screen, PAIR_HEAD, A_REVERSE);
	mvhline(2, 0, ' ', COLS);
	move(2, 0);
	for (i = 0; i < KL_TALLY_COLUMNS; i++) {
		bool sorted = top->column == (enum kl_tally_column)i;
		bool up = top->reverse != (i == KL_TALLY_POLICY);
		int width = top_columns[i].width;

		if (!is_shown(i) || getcurx(stdscr) + width >= COLS)
			continue;
		snprintf(text, sizeof(text), "%s%s", sorted ? up ? "^" : "v" : "",
			 top_columns[i].title);
		printw(width ? "%*s" : "  %*s", width, text);
	}
	attrset(A_NORMAL);
}

static void draw_rule(const struct screen *screen, const struct kl_tally_row *row)
{
	struct kl_buffer text = { 0 };

	kl_buffer_puts(&text, "");
	kl_buffer_add(&text, row->text.data, row->text.length);
	if (row->inside.length)
		kl_buffer_printf(&text, "  in %.*s", (int)row->inside.length,
				 row->inside.data);
	if (row->label.length)
		kl_buffer_printf(&text, "  label %.*s", (int)row->label.length,
				 row->label.data);
	if (screen->shift < text.length)
		put_clipped(text.data + screen->shift, text.length - screen->shift);
	kl_buffer_free(&text);
}

static void draw_row(const struct screen *screen, int y, const struct kl_tally_row *row)
{
	char text[32];
	int i;

	move(y, 0);
	for (i = 0; i < KL_TALLY_POLICY; i++) {
		bool bad = (i == KL_TALLY_DENIED || i == KL_TALLY_LOST) && row->counts[i];

		if (!is_shown(i) || getcurx(stdscr) + top_columns[i].width >= COLS)
			continue;
		top_cell(row, i, text, sizeof(text));
		if (bad)
			paint(screen, i == KL_TALLY_LOST ? PAIR_ALARM : PAIR_BAD, A_BOLD);
		printw("%*s", top_columns[i].width, text);
		attrset(A_NORMAL);
	}
	addstr("  ");
	if (row->kind.length && *row->kind.data != 'r')
		attrset(A_BOLD);
	draw_rule(screen, row);
	attrset(A_NORMAL);
}

static void draw_keys(const struct screen *screen)
{
	char text[TOP_FILTER_MAX + 64];

	if (LINES <= HEAD_LINES)
		return;
	if (screen->typing) {
		snprintf(text, sizeof(text), "Filter (Enter: done, Esc: none): %s",
			 screen->top->filter);
		put_line(LINES - 1, text);
		return;
	}
	paint(screen, PAIR_HEAD, A_REVERSE);
	mvhline(LINES - 1, 0, ' ', COLS);
	put_line(LINES - 1, "< > sort  r reverse  p pause  / filter  arrows scroll  "
			    "? help  q quit");
	attrset(A_NORMAL);
}

static const char *const help[] = {
	"HITS     requests that a block matched, or that a rule of it decided",
	"DENIED   of these, denied",
	"UNENF    denials that were not enforced: permissive",
	"LOST     records of it that found no room in the log",
	"RATE/s   hits a second between the last two readings",
	"LAST     when the last hit was, UTC (on wide screens)",
	"RULE     rule, and the block it is in",
	"",
	"< >      sort by the column to the left or right",
	"r        reverse",
	"p Space  pause, and go on",
	"/        show only rules with a text in them or in their block:",
	"         an operation, a label, a path",
	"arrows, PgUp, PgDn, Home   scroll",
	"q        quit",
	"",
	"Any key goes back.",
};

static void draw_help(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(help); i++)
		put_line(HEAD_LINES + i, help[i]);
}

static int room_for_rows(void)
{
	return max(LINES - HEAD_LINES - 1, 0);
}

static void draw(struct screen *screen)
{
	const struct kl_tally *hits = &screen->top->hits[screen->top->at];
	u32 room = room_for_rows(), i;

	if (screen->first + room > hits->order_count)
		screen->first = hits->order_count > room ? hits->order_count - room : 0;
	erase();
	draw_title(screen);
	draw_counts(screen);
	draw_heads(screen);
	if (screen->helping)
		draw_help();
	for (i = 0; !screen->helping && i < room && screen->first + i < hits->order_count;
	     i++)
		draw_row(screen, HEAD_LINES + i,
			 &hits->rows[hits->order[screen->first + i]]);
	draw_keys(screen);
	move(LINES - 1, COLS - 1);
	refresh();
}

static void sort_again(struct screen *screen)
{
	struct top *top = screen->top;

	kl_tally_sort(&top->hits[top->at], top->column, top->reverse, top->filter);
}

static void move_column(struct screen *screen, int by)
{
	int column = screen->top->column;

	do
		column = (column + by + KL_TALLY_COLUMNS) % KL_TALLY_COLUMNS;
	while (!is_shown(column));
	screen->top->column = column;
	sort_again(screen);
}

static void scroll_rows(struct screen *screen, int by)
{
	if (by < 0 && screen->first < (u32)-by)
		screen->first = 0;
	else
		screen->first += by;
}

static void type(struct screen *screen, int key)
{
	char *filter = screen->top->filter;
	size_t length = strlen(filter);

	switch (key) {
	case 27:
		*filter = '\0';
		fallthrough;
	case '\n':
	case '\r':
	case KEY_ENTER:
		screen->typing = false;
		break;
	case KEY_BACKSPACE:
	case 127:
	case '\b':
		if (length)
			filter[length - 1] = '\0';
		break;
	default:
		if (key < 0x20 || key >= 0x7f || length + 1 >= TOP_FILTER_MAX)
			return;
		filter[length] = key;
		filter[length + 1] = '\0';
	}
	screen->first = 0;
	sort_again(screen);
}

/* Returns false to quit. */
static bool act(struct screen *screen, int key)
{
	if (key == KEY_RESIZE)
		return true;
	if (screen->typing) {
		type(screen, key);
		return true;
	}
	if (screen->helping) {
		screen->helping = false;
		return true;
	}
	switch (key) {
	case 'q':
		return false;
	case '<':
		move_column(screen, -1);
		break;
	case '>':
		move_column(screen, 1);
		break;
	case 'r':
		screen->top->reverse = !screen->top->reverse;
		sort_again(screen);
		break;
	case 'p':
	case ' ':
		screen->paused = !screen->paused;
		break;
	case '/':
		screen->typing = true;
		break;
	case '?':
		screen->helping = true;
		break;
	case KEY_UP:
		scroll_rows(screen, -1);
		break;
	case KEY_DOWN:
		scroll_rows(screen, 1);
		break;
	case KEY_PPAGE:
		scroll_rows(screen, -room_for_rows());
		break;
	case KEY_NPAGE:
		scroll_rows(screen, room_for_rows());
		break;
	case KEY_HOME:
		screen->first = screen->shift = 0;
		break;
	case KEY_LEFT:
		screen->shift -= min_t(u32, screen->shift, SHIFT);
		break;
	case KEY_RIGHT:
		screen->shift += SHIFT;
		break;
	}
	return true;
}

static u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ull + time.tv_nsec / 1000000;
}

/* Signals come in only here, so that none comes too early. */
static void wait_until(u64 due, const sigset_t *waiting)
{
	struct pollfd poll = { .fd = STDIN_FILENO, .events = POLLIN };
	u64 at = now(), left = due > at ? due - at : 0;
	struct timespec delay = { left / 1000, left % 1000 * 1000000 };

	if (ppoll(&poll, 1, &delay, waiting) > 0 && poll.revents & (POLLHUP | POLLERR))
		ended = SIGHUP;
}

static void watch(struct screen *screen, const sigset_t *waiting)
{
	struct top *top = screen->top;
	u64 due = now() + top->delay;
	int key;

	while (!ended) {
		draw(screen);
		wait_until(due, waiting);
		while ((key = getch()) != ERR)
			if (!act(screen, key))
				return;
		if (now() < due)
			continue;
		due = now() + top->delay;
		if (screen->paused)
			continue;
		if (top->limit && top->readings >= top->limit)
			return;
		top_read(top);
	}
}

static void catch_signals(sigset_t *waiting)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = note_end };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		sigdelset(waiting, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
}

static void use_colours(struct screen *screen)
{
	screen->colour = screen->top->common.output.colour && has_colors();
	if (!screen->colour)
		return;
	start_color();
	use_default_colors();
	init_pair(PAIR_BAD, COLOR_RED, -1);
	init_pair(PAIR_ALARM, COLOR_WHITE, COLOR_RED);
	init_pair(PAIR_HEAD, COLOR_BLACK, COLOR_CYAN);
}

int top_screen(struct top *top)
{
	struct screen screen = { .top = top };
	SCREEN *terminal;
	sigset_t waiting;

	top_read(top);
	if (top->error)
		return KL_EXIT_FAILURE;
	setlocale(LC_CTYPE, "");
	terminal = newterm(NULL, stdout, stdin);
	if (!terminal) {
		kl_complain("the terminal is not known (TERM=%s): give --batch",
			    getenv("TERM") ? getenv("TERM") : "");
		return KL_EXIT_FAILURE;
	}
	catch_signals(&waiting);
	use_colours(&screen);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_DELAY);
	watch(&screen, &waiting);
	endwin();
	delscreen(terminal);
	if (top->error)
		kl_complain("the module is gone: %s", strerror(-top->error));
	return top->error ? KL_EXIT_FAILURE : KL_EXIT_OK;
}
