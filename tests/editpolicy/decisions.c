// SPDX-License-Identifier: GPL-2.0-only
/* What waits for a decision, with a terminal in the place of the module's file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "decisions.h"
#include "key.h"
#include "module.h"
#include "view.h"

#define SECOND 1000000ull
/* 2026-11-22 08:30:00; what waits was asked a few seconds before. */
#define NOW (1795336200ull * SECOND)

static struct editor *begin(bool readonly)
{
	struct editor *editor = editor_new(kl_text_of(""), NULL, readonly);

	editor->clock = NOW;
	return editor;
}

static void tick(struct editor *editor)
{
	module_asks();
	editor_key(editor, K_TICK);
}

/* What was written since, without signs of life. */
static void heard(const char *wanted, u32 alive)
{
	char text[500], answers[500] = "";
	ssize_t got = module_heard(text, sizeof(text) - 1);
	char *line, *rest = text;
	u32 count = 0;

	text[max(got, (ssize_t)0)] = 0;
	while ((line = strsep(&rest, "\n")) && rest) {
		count += !*line;
		snprintf(answers + strlen(answers), sizeof(answers) - strlen(answers), "%s%s", line,
			 *line ? " " : "");
	}
	assert_string_equal(answers, wanted);
	assert_int_equal(count, alive);
}

/* Nobody answers before somebody turns to it; read only nobody does. */
static void opened(void **state)
{
	struct editor *editor = begin(false);

	(void)state;
	tick(editor);
	assert_null(editor->decisions);
	heard("", 0);
	view_turn(editor, VIEW_DECISIONS);
	assert_true(kl_queries_are_open(&editor->decisions->queries));
	heard("", 1);
	editor_free(editor);
	editor = begin(true);
	view_turn(editor, VIEW_DECISIONS);
	assert_false(kl_queries_are_open(&editor->decisions->queries));
	heard("", 0);
	editor_free(editor);
}

/* A key that was typed before the request was seen is no answer to it. */
static void typed_ahead(void **state)
{
	struct editor *editor = begin(false);

	(void)state;
	module_asks();
	view_turn(editor, VIEW_DECISIONS);
	assert_int_equal(editor->decisions->count, 3);
	assert_int_equal(editor->decisions->group_count, 2);
	assert_true(editor->fresh);
	editor_key(editor, 'y');
	heard("", 1);
	assert_true(editor_shown(editor));
	editor_key(editor, 'y');
	heard("A7=1 A9=1 ", 0);
	assert_int_equal(editor->decisions->count, 1);
	editor_key(editor, 'n');
	heard("", 0);
	assert_true(editor_shown(editor));
	editor_key(editor, 'n');
	heard("A8=2 ", 0);
	assert_int_equal(editor->decisions->count, 0);
	editor_free(editor);
}

/* Nor before it is seen because another view, or a text, was in front of it. */
static void typed_elsewhere(void **state)
{
	struct editor *editor = begin(false);

	(void)state;
	module_asks();
	view_turn(editor, VIEW_DECISIONS);
	editor_shown(editor);
	editor_key(editor, '1');
	module_asks();
	editor_key(editor, '3');
	editor_key(editor, 'y');
	assert_int_equal(editor->decisions->count, 3);
	editor_shown(editor);
	editor_key(editor, K_F1);
	assert_int_equal(editor->dialog.kind, DIALOG_PAGER);
	editor_key(editor, 'y');
	editor_key(editor, 'y');
	assert_int_equal(editor->decisions->count, 3);
	editor_shown(editor);
	heard("", 2);
	editor_free(editor);
}

static void ask_twice(const char *first, const char *second)
{
	FILE *file = fopen("proc/twice", "w");

	assert_non_null(file);
	fprintf(file,
		"Q1-0\n#2026/11/22 08:29:57.000000# global-pid=5 result=denied priority=1 / %s\n"
		"Q2-0\n#2026/11/22 08:29:57.500000# global-pid=6 result=denied priority=1 / %s\n",
		first, second);
	fclose(file);
	snprintf(module.name, sizeof(module.name), "proc/twice");
	module_asks();
}

static void assert_groups(const char *first, const char *second, u32 count)
{
	struct editor *editor = begin(false);

	ask_twice(first, second);
	view_turn(editor, VIEW_DECISIONS);
	assert_int_equal(editor->decisions->count, 2);
	assert_int_equal(editor->decisions->group_count, count);
	heard("", 1);
	editor_free(editor);
	snprintf(module.name, sizeof(module.name), "proc/queries");
}

/* Whoever permits what is seen must not permit something else with it. */
static void alike(void **state)
{
	(void)state;
	assert_groups("chmod path=\"/x\" perm=0644 task.pid=5 task.uid=1",
		      "chmod path=\"/x\" perm=0644 task.pid=6 task.uid=1", 1);
	assert_groups("chmod path=\"/x\" perm=0644 task.pid=5 task.uid=1",
		      "chmod path=\"/x\" perm=04755 task.pid=6 task.uid=1", 2);
	assert_groups("execute path=\"/sh\" argv[1]=\"a\"", "execute path=\"/sh\" argv[1]=\"b\"", 2);
	assert_groups("read path=\"/x\" task.uid=1 task.euid=1",
		      "read path=\"/x\" task.uid=1 task.euid=0", 2);
}

/*
 * The rule goes to the kernel only once it was seen, and into the document only where
 * that denies the same.
 */
static void ruled(void **state)
{
	struct editor *editor = editor_new(kl_text_of("100 acl write\n    10 allow\n"), NULL, false);

	(void)state;
	editor->clock = NOW;
	assert_int_equal(system("cp proc/queries-policy proc/policy"), 0);
	module_asks();
	view_turn(editor, VIEW_DECISIONS);
	editor_shown(editor);
	editor_key(editor, 'a');
	assert_ptr_equal(editor->front, &making_view);
	heard("", 1);
	editor_key(editor, K_ENTER);
	assert_ptr_equal(editor->front, &making_view);
	editor_shown(editor);
	editor_key(editor, K_ENTER);
	assert_null(editor->front);
	heard("A7=3 A9=3 ", 0);
	assert_non_null(strstr(editor->message, "not in the document"));
	assert_false(document_changed(editor->document));
	editor_free(editor);
}

/* Ten seconds; a key gives ten more, nobody's key none; sixty in all. */
static void countdown(void **state)
{
	struct editor *editor = begin(false);
	struct decisions *decisions;

	(void)state;
	module_asks();
	view_turn(editor, VIEW_DECISIONS);
	decisions = editor->decisions;
	editor_shown(editor);
	heard("", 1);
	editor->clock = NOW + 4 * SECOND;
	tick(editor);
	heard("", 0);
	assert_int_equal(decisions_left(editor, &decisions->list[0]), 6);
	editor_key(editor, K_DOWN);
	tick(editor);
	heard("", 1);
	assert_int_equal(decisions_left(editor, &decisions->list[0]), 10);
	editor->clock = NOW + 55 * SECOND;
	editor_key(editor, K_UP);
	tick(editor);
	heard("", 1);
	/* It was asked at 57.25 seconds. */
	assert_int_equal(decisions_left(editor, &decisions->list[0]), 3);
	view_turn(editor, VIEW_POLICY);
	editor_key(editor, K_DOWN);
	tick(editor);
	heard("", 0);
	assert_int_equal(views[VIEW_DECISIONS]->waiting(editor), 3);
	editor_free(editor);
}

static void ask(const char *queries)
{
	FILE *file = fopen("proc/asked", "w");

	assert_non_null(file);
	fputs(queries, file);
	fclose(file);
	snprintf(module.name, sizeof(module.name), "proc/asked");
}

#define QUERY(serial, time, pid)                                                              \
	"Q" serial "\n#2026/11/22 " time ".000000# global-pid=" pid                           \
	" result=denied priority=1 / read path=\"/" pid "\" task.pid=" pid "\n"

static bool shows(struct editor *editor, const char *text)
{
	struct kl_buffer picture = { 0 };
	struct canvas canvas = { 0 };
	bool found;

	canvas_resize(&canvas, 24, 80);
	editor_draw(editor, &canvas);
	canvas_dump(&canvas, false, &picture);
	found = strstr(picture.data, text);
	kl_buffer_free(&picture);
	canvas_free(&canvas);
	return found;
}

/* What is asked again has ten seconds once more, but its request none of its sixty. */
static void asked_again(void **state)
{
	struct editor *editor = begin(false);
	struct decisions *decisions;

	(void)state;
	ask(QUERY("1-0", "08:30:00", "5"));
	module_asks();
	view_turn(editor, VIEW_DECISIONS);
	decisions = editor->decisions;
	editor_shown(editor);
	editor->clock = NOW + 9 * SECOND;
	editor_key(editor, 'r');
	heard("A1=3 ", 1);
	ask(QUERY("2-1", "08:30:09", "5"));
	tick(editor);
	assert_int_equal(decisions->count, 1);
	editor->clock = NOW + 12 * SECOND;
	assert_int_equal(decisions_left(editor, &decisions->list[0]), 7);
	editor->clock = NOW + 53 * SECOND;
	editor_shown(editor);
	editor_key(editor, 'r');
	ask(QUERY("3-2", "08:30:53", "5") QUERY("4-1", "08:30:53", "6"));
	tick(editor);
	assert_int_equal(decisions->count, 2);
	assert_int_equal(decisions_left(editor, &decisions->list[0]), 7);
	assert_true(shows(editor, "   7 s    1x read"));
	/* Somebody else has had that one asked again: since when it waits is not known. */
	assert_true(shows(editor, " <10 s    1x read"));
	editor_shown(editor);
	editor_key(editor, K_DOWN);
	assert_true(shows(editor, "query 4, asked again, by somebody else"));
	heard("A2=3 ", 2);
	editor_free(editor);
	snprintf(module.name, sizeof(module.name), "proc/queries");
}

/* An answer is a sign of life for all that waits. */
static void answer_is_life(void **state)
{
	struct editor *editor = begin(false);

	(void)state;
	ask(QUERY("1-0", "08:30:00", "5") QUERY("2-0", "08:30:00", "6"));
	module_asks();
	view_turn(editor, VIEW_DECISIONS);
	editor_shown(editor);
	editor->clock = NOW + 6 * SECOND;
	editor_key(editor, 'y');
	assert_int_equal(decisions_left(editor, &editor->decisions->list[0]), 10);
	heard("A1=1 ", 1);
	editor_free(editor);
	snprintf(module.name, sizeof(module.name), "proc/queries");
}

/* The cursor stays on its request while others come and go. */
static void stays(void **state)
{
	struct editor *editor = begin(false);

	(void)state;
	module_asks();
	view_turn(editor, VIEW_DECISIONS);
	editor_shown(editor);
	editor_key(editor, K_DOWN);
	snprintf(module.name, sizeof(module.name), "proc/queries-later");
	tick(editor);
	assert_int_equal(editor->decisions->count, 1);
	assert_false(editor->fresh);
	snprintf(module.name, sizeof(module.name), "proc/queries");
	tick(editor);
	assert_int_equal(editor->decisions->count, 3);
	assert_false(editor->fresh);
	heard("", 2);
	editor_key(editor, 'n');
	heard("A8=2 ", 0);
	editor_shown(editor);
	editor_key(editor, K_F7);
	assert_false(kl_queries_are_open(&editor->decisions->queries));
	editor_free(editor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opened),
		cmocka_unit_test(typed_ahead),
		cmocka_unit_test(typed_elsewhere),
		cmocka_unit_test(alike),
		cmocka_unit_test(ruled),
		cmocka_unit_test(countdown),
		cmocka_unit_test(asked_again),
		cmocka_unit_test(answer_is_life),
		cmocka_unit_test(stays),
	};
	char folder[] = "/tmp/decisions.XXXXXX", copy[200];
	int failed;

	if (!mkdtemp(folder))
		return 2;
	snprintf(copy, sizeof(copy), "cp -r proc queries queries-later queries-policy %s && cd %s && mv queries* proc/",
		 folder, folder);
	if (system(copy) || chdir(folder))
		return 2;
	setenv("KELLAS_PROC", "proc", 1);
	module_play();
	failed = module.master < 0 || cmocka_run_group_tests(tests, NULL, NULL);
	return system("rm -r proc") || chdir("/") || rmdir(folder) || failed;
}
