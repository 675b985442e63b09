// SPDX-License-Identifier: GPL-2.0
/* kellas-editpolicy */
#include <errno.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "complaints.h"
#include "key.h"
#include "live.h"
#include "options.h"
#include "paste.h"
#include "proc.h"
#include "rescue.h"
#include "screen.h"
#include "signals.h"
#include "store.h"
#include "view.h"

#define SECOND 1000 /* milliseconds */

/* What is not saved is kept this often, and takes a twentieth of the time at most. */
#define KEEP_PAUSE (4 * SECOND)
#define REST 20u

enum { READONLY = 256 + 1, LIVE, LOG, DECIDE, KEYS, COLOUR, NO_MOUSE };

static const struct kl_option options[] = {
	{ "live", LIVE, NULL, NULL, "edit the running policy; nothing takes effect by itself" },
	{ "readonly", READONLY, NULL, NULL, "look only" },
	{ "decide", DECIDE, NULL, NULL, "answer what the running policy denies" },
	{ "log", LOG, "FILE", "@file", "show the records of this log (again for several files)" },
	{ "keys", KEYS, NULL, NULL, "print the keys, and end" },
	{ "color", COLOUR, "WHEN", "auto always never", "auto, always or never" },
	{ "no-mouse", NO_MOUSE, NULL, NULL, "leave the mouse to the terminal" },
	{ "version", 'V', NULL, NULL, "show the version" },
	{ 0 },
};

static struct editor *editor;

/* What breaks the program: keep what there is. */
static void rescue(void)
{
	struct kl_buffer rescued = { 0 };

	if (document_changed(editor->document))
		rescue_keep(editor, &rescued);
	screen_close();
	complaints_close();
}

static void draw(struct canvas *canvas)
{
	int rows, columns;

	screen_size(&rows, &columns);
	if (rows != canvas->rows || columns != canvas->columns)
		canvas_resize(canvas, rows, columns);
	editor_draw(editor, canvas);
	screen_show(canvas, editor->fresh);
	if (editor_shown(editor))
		screen_flush();
}

/* What would have been written across the screen. */
static void say_complaints(void)
{
	struct kl_buffer line = { 0 };

	if (complaints_take(&line))
		editor_say(editor, STYLE_ERROR, "%s", line.data);
	kl_buffer_free(&line);
}

/* What a shell does when it stops the program, and goes on with it. */
static void stop_and_go_on(void)
{
	if (signal_stop) {
		signal_stop = 0;
		editor_key(editor, K_CTRL('z'));
	}
	if (editor->suspend) {
		editor->suspend = false;
		screen_suspend();
		signals_stop();
		signal_continued = 1;
	}
	if (signal_continued) {
		signal_continued = 0;
		screen_resume();
		editor->fresh = true;
	}
	if (editor->repaint)
		screen_repaint();
	editor->repaint = false;
}

static void take_paste(void)
{
	struct kl_buffer text = { 0 };
	const char *error = screen_pasted(&text);

	if (error)
		editor_say(editor, STYLE_ERROR, "%s", error);
	else
		editor_paste(editor, kl_buffer_text(&text));
	kl_buffer_free(&text);
}

static void take_key(int key)
{
	struct mouse mouse;

	if (key < 0)
		signal_ended = SIGHUP;
	else if (key == K_PASTE)
		take_paste();
	else if (key == K_MOUSE && screen_mouse(&mouse))
		editor_mouse(editor, &mouse);
	else if (key != K_MOUSE && key != K_TICK)
		editor_key(editor, key);
}

/* Some ends come without a warning: a kill, the kernel's, a power cut. */
static void keep_up(void)
{
	static u64 next;
	static int said;
	u64 begin = clock_ms(), end;
	int error;

	if (begin < next)
		return;
	error = rescue_keep_up(editor);
	end = clock_ms();
	next = end + max_t(u64, KEEP_PAUSE, (end - begin) * REST);
	if (error && error != said)
		editor_say(editor, STYLE_NOTICE,
			   "if the program is killed, what is not saved is lost: it cannot be "
			   "kept meanwhile: %s", strerror(-error));
	said = error;
}

/* Seconds pass while keys come without a pause, or there is much to do, as well. */
static void run_keys(void)
{
	struct canvas canvas = { 0 };
	bool busy = false;
	u64 next = clock_ms() + SECOND;

	while (!editor->quit && !signal_ended) {
		stop_and_go_on();
		draw(&canvas);
		take_key(screen_key(busy ? 0 : SECOND));
		if (clock_ms() >= next) {
			editor_key(editor, K_TICK);
			next = clock_ms() + SECOND;
			keep_up();
		}
		busy = view_work(editor);
		say_complaints();
	}
	canvas_free(&canvas);
}

/* Ended from outside: what is not saved is kept, and that is said. */
static int leave(void)
{
	struct kl_buffer rescued = { 0 };
	int error;

	if (!signal_ended) {
		if (!document_changed(editor->document))
			rescue_keep_up(editor);
		return KL_EXIT_OK;
	}
	if (document_changed(editor->document)) {
		error = rescue_keep(editor, &rescued);
		if (error)
			kl_complain("what was not saved is lost: %s", strerror(-error));
		else
			kl_complain("what was not saved is in %s", rescued.data);
		kl_buffer_free(&rescued);
	}
	return KL_EXIT_FAILURE;
}

/**
 * struct wish - what the options say
 * @name: file; NULL: none
 * @live: the running policy is edited
 * @readonly: nothing is changed
 * @colour: colours may be used
 * @mouse: so may a mouse
 * @decide: begin with what waits for a decision
 * @logs, @log_count: files of the log
 */
struct wish {
	const char *name;
	bool live;
	bool readonly;
	bool colour;
	bool mouse;
	bool decide;
	char **logs;
	int log_count;
};

static int read_policy(const struct wish *wish, struct kl_buffer *text)
{
	int status = wish->live ? kl_proc_check() : KL_EXIT_OK, error = 0;

	if (status)
		return status;
	if (wish->live)
		error = live_read_policy(text);
	else if (wish->name)
		error = store_read(wish->name, text);
	if (error && wish->live)
		return kl_proc_complain("policy", error);
	if (error)
		kl_complain("%s: %s", wish->name, error == -EFBIG ?
			    "it is larger than a policy can be" : strerror(-error));
	return error ? KL_EXIT_FAILURE : KL_EXIT_OK;
}

/* Nothing may wait for what comes out of a pipe, or the terminal; what is not there yet may come. */
static int check_logs(const struct wish *wish)
{
	struct stat there;
	int i;

	for (i = 0; i < wish->log_count; i++)
		if (!strcmp(wish->logs[i], "-") ||
		    (!stat(wish->logs[i], &there) && !S_ISREG(there.st_mode))) {
			kl_complain("--log=%s: only a file can be shown: put it into one",
				    wish->logs[i]);
			return KL_EXIT_FAILURE;
		}
	return KL_EXIT_OK;
}

static int edit(const struct wish *wish)
{
	struct kl_buffer text = { 0 };
	int status = check_logs(wish) ?: read_policy(wish, &text);

	if (status) {
		kl_buffer_free(&text);
		return status;
	}
	editor = editor_new(kl_buffer_text(&text), wish->name, wish->readonly);
	editor->logs = wish->logs;
	editor->log_count = wish->log_count;
	kl_buffer_free(&text);
	live_open(editor, wish->live);
	if (screen_open(wish->colour, wish->mouse)) {
		kl_complain("this needs a terminal, and a TERM that is known and not dumb");
		status = KL_EXIT_FAILURE;
	} else {
		complaints_open();
		signals_catch(rescue);
		rescue_offer(editor);
		if (wish->decide)
			view_turn(editor, VIEW_DECISIONS);
		run_keys();
		screen_close();
		complaints_close();
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

static int print_version(void)
{
	puts("kellas-editpolicy " KELLAS_VERSION);
	return fflush(stdout) ? KL_EXIT_FAILURE : KL_EXIT_OK;
}

/* Return: -1: go on; otherwise the exit status to end with. */
static int take_options(const struct kl_command *command, int argc, char **argv,
			struct wish *wish)
{
	int option, colour = KL_AUTO;
	struct kl_common common;
	bool keys = false;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option == 'h')
			return KL_EXIT_OK;
		if (option == '?')
			return KL_EXIT_USAGE;
		if (option == 'V')
			return print_version();
		wish->readonly |= option == READONLY;
		wish->live |= option == LIVE;
		wish->decide |= option == DECIDE;
		keys |= option == KEYS;
		wish->mouse &= option != NO_MOUSE;
		if (option == LOG)
			wish->logs[wish->log_count++] = optarg;
		if (option == COLOUR)
			colour = kl_when_find(optarg);
		if (colour < 0)
			return kl_usage(command, "--color=%s: expected auto, always or never",
					optarg);
	}
	if (argc - optind > 1)
		return kl_usage(command, "one FILE at a time");
	if (wish->live && argc > optind)
		return kl_usage(command, "--live is about the running policy, not about a file");
	wish->name = argv[optind];
	wish->colour = kl_may_colour(stdout, colour);
	return keys ? print_keys() : -1;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct wish wish = { .mouse = true, .logs = kl_xalloc(argc, sizeof(*wish.logs)) };
	int status = take_options(command, argc, argv, &wish);

	if (status < 0)
		status = edit(&wish);
	free(wish.logs);
	return status;
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
