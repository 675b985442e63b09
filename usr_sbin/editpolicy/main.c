// SPDX-License-Identifier: GPL-2.0
/* kellas-editpolicy */
#include <locale.h>
#include <signal.h>
#include <unistd.h>

#include "key.h"
#include "options.h"
#include "screen.h"
#include "store.h"
#include "view.h"

enum { READONLY = 256 + 1, KEYS, COLOUR };

static const struct kl_option options[] = {
	{ "readonly", READONLY, NULL, NULL, "look only" },
	{ "keys", KEYS, NULL, NULL, "print the keys, and end" },
	{ "color", COLOUR, "WHEN", "auto always never", "auto, always or never" },
	{ 0 },
};

static struct editor *editor;
static volatile sig_atomic_t ended;

/* The terminal goes away, or somebody wants the program to end. */
static void on_signal(int signal)
{
	ended = signal;
}

/* What breaks the program: keep what there is, then break as usual. */
static void on_crash(int signal)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };

	sigaction(signal, &usual, NULL);
	if (document_changed(editor->document))
		store_rescue(editor);
	screen_close();
	raise(signal);
}

static void catch_signals(void)
{
	static const int ends[] = { SIGHUP, SIGTERM, SIGINT };
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL };
	struct sigaction end = { .sa_handler = on_signal };
	struct sigaction crash = { .sa_handler = on_crash };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ends); i++)
		sigaction(ends[i], &end, NULL);
	for (i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &crash, NULL);
}

static void draw(struct canvas *canvas)
{
	int rows, columns;

	screen_size(&rows, &columns);
	if (rows != canvas->rows || columns != canvas->columns)
		canvas_resize(canvas, rows, columns);
	editor_draw(editor, canvas);
	screen_show(canvas);
}

static void run_keys(void)
{
	struct canvas canvas = { 0 };
	int key;

	while (!editor->quit && !ended) {
		draw(&canvas);
		key = screen_key(1000);
		if (key < 0)
			ended = SIGHUP;
		else
			editor_key(editor, key);
	}
	canvas_free(&canvas);
}

/* Ended from outside: what is not saved is kept, and that is said. */
static int leave(void)
{
	char *recovery = store_recovery(editor->name ?: "kellas-policy");
	int error = 0;

	if (!ended)
		return KL_EXIT_OK;
	if (document_changed(editor->document)) {
		error = store_rescue(editor);
		if (error)
			kl_complain("what was not saved is lost: %s: %s", recovery,
				    strerror(-error));
		else
			kl_complain("what was not saved is in %s", recovery);
	}
	free(recovery);
	return KL_EXIT_FAILURE;
}

static int edit(const char *name, bool readonly, bool colour)
{
	struct kl_buffer text = { 0 };
	int status = name ? store_read(name, &text) : 0;

	if (status) {
		kl_complain("%s: %s", name, strerror(-status));
		return KL_EXIT_FAILURE;
	}
	editor = editor_new(kl_buffer_text(&text), name, readonly);
	kl_buffer_free(&text);
	if (screen_open(colour)) {
		kl_complain("this needs a terminal, and a TERM that is known");
		status = KL_EXIT_FAILURE;
	} else {
		catch_signals();
		store_offer(editor);
		run_keys();
		screen_close();
		status = leave();
	}
	editor_free(editor);
	return status;
}

static int print_keys(void)
{
	struct kl_buffer text = { 0 };

	action_help(&policy_view, &text);
	fwrite(text.data, 1, text.length, stdout);
	kl_buffer_free(&text);
	return fflush(stdout) ? KL_EXIT_FAILURE : KL_EXIT_OK;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	bool readonly = false, keys = false;
	int option, colour = KL_AUTO;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option == 'h')
			return KL_EXIT_OK;
		if (option == '?')
			return KL_EXIT_USAGE;
		readonly |= option == READONLY;
		keys |= option == KEYS;
		if (option == COLOUR)
			colour = kl_when_find(optarg);
		if (colour < 0)
			return kl_usage(command, "--color=%s: expected auto, always or never",
					optarg);
	}
	if (argc - optind > 1)
		return kl_usage(command, "one FILE at a time");
	if (keys)
		return print_keys();
	return edit(argv[optind], readonly, kl_may_colour(stdout, colour));
}

static const struct kl_command command = {
	.name = "",
	.arguments = "[FILE]",
	.words = "@file",
	.summary = "Edit a policy",
	.options = options,
	.run = run,
};

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	return command.run(&command, argc, argv);
}
