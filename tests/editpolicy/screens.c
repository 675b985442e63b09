// SPDX-License-Identifier: GPL-2.0-only
/*
 * Usage: screens FILE ROWS COLUMNS KEYS [styles]
 *
 * The picture after keys, without a terminal. KEYS is a file as tmux send-keys
 * takes them: names such as Down, F3, C-r, or text, a word a line. With KELLAS_PROC
 * the running kernel is beside the file, or with --live in its place. If there is a
 * file kellas.log, it is the log. "view NAME" turns to that view. "Work" waits until nothing more is to do. If there
 * is a file proc/queries, these queries wait: "@NAME" makes it proc/NAME from then on.
 * What was written to the kernel's file is printed below the picture.
 */
#include <locale.h>
#include <unistd.h>

#include "editor.h"
#include "engine/lex.h"
#include "key.h"
#include "module.h"
#include "live.h"
#include "processes.h"
#include "store.h"
#include "view.h"

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
	{ "Tick", K_TICK },
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

/* By its name: another view before it would make a number that of another one. */
static void turn_to(struct editor *editor, const char *name)
{
	u32 i;

	for (i = 0; views[i] && strcmp(views[i]->name, name); i++)
		;
	if (!view_turn(editor, i))
		exit(2);
}

static void press(struct editor *editor, char *word)
{
	struct kl_text text = kl_text_of(word);
	size_t i;
	int width;

	if (!strcmp(word, "Work")) {
		while (view_work(editor))
			;
		return;
	}
	if (kl_text_begins(text, "view ")) {
		turn_to(editor, word + strlen("view "));
		return;
	}
	if (word[0] == '@') {
		snprintf(module.name, sizeof(module.name), "proc/%s", word + 1);
		return;
	}
	module_asks();
	editor_shown(editor);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i].name, word)) {
			editor_key(editor, names[i].key);
			return;
		}
	while (text.length)
		editor_key(editor, canvas_character(&text, &width));
}

static int press_all(struct editor *editor, const char *name)
{
	FILE *file = fopen(name, "r");
	char line[200];

	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] && strncmp(line, "# ", 2))
			press(editor, line);
	}
	fclose(file);
	return 0;
}


static struct editor *open_editor(const char *name)
{
	static char *logs[] = { "kellas.log" };
	bool live = !strcmp(name, "--live");
	struct kl_buffer text = { 0 };
	struct editor *editor;

	if (live ? live_read_policy(&text) : store_read(name, &text))
		return NULL;
	editor = editor_new(kl_buffer_text(&text), live ? NULL : name, false);
	kl_buffer_free(&text);
	if (getenv("KELLAS_PROC"))
		live_open(editor, live);
	/* Of the files in proc/: 2026-11-22 08:30:00. */
	editor->clock = 1795336200000000ull;
	editor->logs = logs;
	editor->log_count = access(logs[0], R_OK) == 0;
	return editor;
}

int main(int argc, char **argv)
{
	struct kl_buffer text = { 0 };
	struct canvas canvas = { 0 };
	struct editor *editor;

	setlocale(LC_ALL, "C.UTF-8");
	module_play();
	editor = argc < 5 ? NULL : open_editor(argv[1]);
	if (!editor)
		return 2;
	processes_of(editor)->booted = 1800000000ull * 1000000; /* pictures stay the same */
	canvas_resize(&canvas, atoi(argv[2]), atoi(argv[3]));
	editor_draw(editor, &canvas); /* panes learn their heights, as on a terminal */
	if (press_all(editor, argv[4]))
		return 2;
	editor_draw(editor, &canvas);
	canvas_dump(&canvas, argc > 5, &text);
	fwrite(text.data, 1, text.length, stdout);
	print_answers();
	kl_buffer_free(&text);
	canvas_free(&canvas);
	editor_free(editor);
	return 0;
}
