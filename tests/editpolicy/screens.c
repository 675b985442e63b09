// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: screens FILE ROWS COLUMNS KEYS [styles|OUT]
 *
 * The picture after keys. KEYS is a file as tmux send-keys takes them: names such as
 * Down, F3, C-r, or text, a word a line. With KELLAS_PROC the running kernel is beside
 * the file, or with --live in its place. If there is a file kellas.log, it is the log.
 * "Paste TEXT" pastes it, a "\n" in it is a newline. "view NAME" turns to that view. "Tick": a second has passed. "Work" waits until
 * nothing more is to do. If there
 * is a file proc/queries, these queries wait: "@NAME" makes it proc/NAME from then on.
 * Below the picture is printed where the cursor is, if there are styles, and what was
 * written to the kernel's file.
 *
 * With OUT in a window of tmux, of that size: tmux types the keys, and shows each
 * picture. OUT is what is printed otherwise, with styles, and OUT.shown what the window
 * shows in the end, as tmux says it.
 */
#include <locale.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "editor.h"
#include "engine/lex.h"
#include "hands.h"
#include "key.h"
#include "module.h"
#include "live.h"
#include "output.h"
#include "paste.h"
#include "processes.h"
#include "screen.h"
#include "store.h"
#include "view.h"

/* The file OUT; NULL: there is no terminal. */
static const char *out;

static const struct {
	const char *name;
	int key;
} names[] = {
	{ "Up", K_UP },	      { "Down", K_DOWN },  { "Left", K_LEFT },	 { "Right", K_RIGHT },
	{ "Tab", K_TAB },     { "Enter", K_ENTER }, { "Escape", K_ESCAPE }, { "Space", ' ' },
	{ "PPage", K_PAGE_UP }, { "NPage", K_PAGE_DOWN }, { "Home", K_HOME }, { "End", K_END },
	{ "BSpace", K_BACKSPACE }, { "DC", K_DELETE }, { "F1", K_F1 }, { "F2", K_F2 },
	{ "F3", K_F3 }, { "F4", K_F4 }, { "F5", K_F5 }, { "F6", K_F6 }, { "F7", K_F7 },
	{ "F8", K_F8 }, { "F9", K_F9 }, { "F10", K_F10 }, { "C-r", K_CTRL('r') }, { "C-u", K_CTRL('u') },
};

static void print_answers(void)
{
	char text[4000], *line, *rest = text;

	if (module.master < 0)
		return;
	text[module_heard(text, sizeof(text) - 1)] = 0;
	printf("answers:");
	/* How many signs of life there are, empty lines, depends on the time that it takes. */
	while ((line = strsep(&rest, "\n")))
		printf("%s%s", *line ? " " : "", line);
	printf("\n");
}

/* ---------------------------------------------------------- in a terminal */

/* What goes wrong in a terminal is said behind it. */
static void fail(const char *what, const char *word)
{
	screen_close();
	fprintf(stderr, "screens: %s: %s\n", word, what);
	exit(3);
}

/* A command for the window that this runs in; its output in OUT.shown. */
static void tmux(char **arguments)
{
	posix_spawn_file_actions_t actions;
	char name[300];
	int status;
	pid_t pid;

	snprintf(name, sizeof(name), "%s.shown", out);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, name,
					 O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (posix_spawnp(&pid, "tmux", &actions, NULL, arguments, environ) ||
	    waitpid(pid, &status, 0) != pid || status)
		fail("tmux does not do it", arguments[1]);
	posix_spawn_file_actions_destroy(&actions);
}

/* It answers when it has shown all that it got before. */
static void wait_for_terminal(void)
{
	struct pollfd terminal = { .fd = STDIN_FILENO, .events = POLLIN };
	char byte = 0;

	if (write(STDOUT_FILENO, "\033[5n", 4) != 4)
		fail("cannot be asked", "terminal");
	while (byte != 'n')
		if (poll(&terminal, 1, 10000) <= 0 || read(STDIN_FILENO, &byte, 1) != 1)
			fail("does not answer", "terminal");
}

static void open_terminal(int rows, int columns)
{
	int there[2];

	if (screen_open(kl_may_colour(stdout, KL_AUTO), false))
		fail("none", "terminal");
	screen_size(&there[0], &there[1]);
	if (there[0] != rows || there[1] != columns)
		fail("of another size", "terminal");
	screen_flush(); /* what one before this did not take */
	screen_show(&canvas, true);
}

static void close_terminal(void)
{
	char *window = getenv("TMUX_PANE");
	char *capture[] = { "tmux", "capture-pane", "-p", "-e", "-N", "-t", window,
			    ";", "display-message", "-p", "-t", window,
			    "cursor: #{cursor_y} #{cursor_x}#{?cursor_flag,, hidden}", NULL };

	if (screen_key(0) != K_TICK)
		fail("more than were typed", "keys");
	wait_for_terminal();
	tmux(capture);
	screen_close();
	if (!freopen(out, "w", stdout))
		fail(strerror(errno), out);
}

static void send_keys(char *word, bool name)
{
	char *arguments[] = { "tmux", "send-keys", "-t", getenv("TMUX_PANE"),
			      name ? "--" : "-l", name ? word : "--", name ? NULL : word, NULL };

	tmux(arguments);
}

/* "paste-buffer" says what it is only to a window that has asked for it. */
static void paste_there(char *words, struct kl_buffer *text)
{
	char *arguments[] = { "tmux", "set-buffer", "--", words, ";",
			      "paste-buffer", "-p", "-d", "-t", getenv("TMUX_PANE"), NULL };

	tmux(arguments);
	if (screen_key(10000) != K_PASTE || screen_pasted(text))
		fail("it did not come as pasted", words);
}

/* ---------------------------------------------------------------------- keys */

/* By its name: another view before it would make a number that of another one. */
static void turn_to(const char *name)
{
	u32 i;

	for (i = 0; views[i] && strcmp(views[i]->name, name); i++)
		;
	if (!view_turn(editor, i))
		exit(2);
}

static void paste(char *words)
{
	struct kl_buffer text = { 0 };
	char *newline = words;

	while ((newline = strstr(newline, "\\n"))) {
		*newline = '\n';
		memmove(newline + 1, newline + 2, strlen(newline + 2) + 1);
	}
	if (out)
		paste_there(words, &text);
	else
		kl_buffer_puts(&text, words);
	editor_paste(editor, kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* What does not come from a keyboard. */
static bool happens(char *word)
{
	if (!strncmp(word, "Paste ", strlen("Paste ")))
		paste(word + strlen("Paste "));
	else if (!strcmp(word, "Work"))
		while (view_work(editor))
			;
	else if (!strncmp(word, "view ", strlen("view ")))
		turn_to(word + strlen("view "));
	else if (word[0] == '@')
		snprintf(module.name, sizeof(module.name), "proc/%s", word + 1);
	else
		return false;
	return true;
}

/* The key that was typed, or what has become of it on its way through the terminal. */
static int arrived(int key, const char *word)
{
	if (!out)
		return key;
	key = screen_key(10000);
	if (key == K_TICK)
		fail("it was lost", word);
	return key;
}

static void type_word(char *word)
{
	struct kl_text text = kl_text_of(word);
	size_t i;
	int width;

	for (i = 0; i < ARRAY_SIZE(names) && strcmp(names[i].name, word); i++)
		;
	if (out)
		send_keys(word, i < ARRAY_SIZE(names));
	if (i < ARRAY_SIZE(names))
		press(arrived(names[i].key, word));
	else
		while (text.length)
			press(arrived(canvas_character(&text, &width), word));
}

/* Names of users come a moment later. Return: some did. */
static bool wait_for_users(struct users *users)
{
	bool any = users_are_sought(users);
	int patience = 100;

	while (users_are_sought(users) && patience--)
		users_work(users, 100);
	return any;
}

static void take_word(char *word)
{
	if (!happens(word)) {
		module_asks();
		if (!strcmp(word, "Tick"))
			press(K_TICK);
		else
			type_word(word);
	}
	editor_draw(editor, &canvas);
	if (wait_for_users(processes_of(editor)->users))
		editor_draw(editor, &canvas);
	editor_shown(editor);
	if (out)
		screen_show(&canvas, true);
}

static int take_words(const char *name)
{
	FILE *file = fopen(name, "r");
	char line[200];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] && strncmp(line, "# ", 2))
			take_word(line);
	}
	fclose(file);
	return 0;
}

static int open_editor(const char *name)
{
	static char *logs[] = { "kellas.log" };
	bool live = !strcmp(name, "--live");
	struct kl_buffer text = { 0 };

	if (live ? live_read_policy(&text) : store_read(name, &text))
		return -1;
	editor = editor_new(kl_buffer_text(&text), live ? NULL : name, false);
	kl_buffer_free(&text);
	if (getenv("KELLAS_PROC"))
		live_open(editor, live);
	/* Of the files in proc/: 2026-11-22 08:30:00. */
	editor->clock = 1795336200000000ull;
	editor->logs = logs;
	editor->log_count = access(logs[0], R_OK) == 0;
	processes_of(editor)->booted = 1800000000ull * 1000000; /* pictures stay the same */
	return 0;
}

int main(int argc, char **argv)
{
	struct kl_buffer text = { 0 };
	bool styles = argc > 5;

	setlocale(LC_ALL, "C.UTF-8");
	module_play();
	if (argc < 5 || open_editor(argv[1]))
		return 2;
	if (styles && strcmp(argv[5], "styles"))
		out = argv[5];
	canvas_resize(&canvas, atoi(argv[2]), atoi(argv[3]));
	editor_draw(editor, &canvas); /* panes learn their heights */
	editor_shown(editor);
	if (out)
		open_terminal(canvas.rows, canvas.columns);
	if (take_words(argv[4]))
		return 2;
	if (out)
		close_terminal();
	canvas_dump(&canvas, styles, &text);
	fwrite(text.data, 1, text.length, stdout);
	if (styles && canvas.cursor_row >= 0)
		printf("cursor: %d %d\n", canvas.cursor_row, canvas.cursor_column);
	print_answers();
	kl_buffer_free(&text);
	canvas_free(&canvas);
	editor_free(editor);
	return 0;
}
