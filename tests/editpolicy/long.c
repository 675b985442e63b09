// SPDX-License-Identifier: GPL-2.0-only
/*
 * A long policy: no key waits for what is looked for meanwhile, and what is found is
 * told of the text that it was found in, and of no other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <locale.h>
#include <unistd.h>
#include <cmocka.h>

#include "changes.h"
#include "dialog.h"
#include "engine/lex.h"
#include "findings.h"
#include "key.h"
#include "lint.h"
#include "making.h"
#include "store.h"
#include "texts.h"
#include "view.h"

#define RULES 2500

static int begin(void **state)
{
	static char *none[] = { "none.log" };
	struct kl_buffer text = { 0 };
	u32 i;

	(void)state;
	kl_buffer_puts(&text, "100 acl read\n    audit 1\n");
	for (i = 0; i < RULES; i++)
		kl_buffer_printf(&text, "    %u allow task.exe=\"/usr/bin/number%u\"\n", i + 1, i);
	/* Nothing is left for this one. */
	kl_buffer_puts(&text, "    9000 allow task.uid=7\n    9001 deny task.uid=7\n");
	editor = editor_new(kl_buffer_text(&text), "policy.conf", false);
	editor->logs = none;
	editor->log_count = 1;
	canvas_resize(&canvas, 30, 120);
	editor_draw(editor, &canvas);
	editor->focus = PANE_LINES;
	kl_buffer_free(&text);
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	return 0;
}

static void work(void)
{
	while (view_work(editor))
		;
}

/* ------------------------------------------------------------------ changes */

static void changes_come(void **state)
{
	u32 percent, before = 0;

	(void)state;
	press('G');
	press('d');
	press(K_F2);
	assert_true(shows("changes, comparing"));
	assert_true(shows("looking ..."));
	/* Keys do what they do. */
	press(K_F5);
	assert_false(shows("differs from the running policy"));
	while (editor->changes->step == CHANGES_COMPARE)
		assert_true(view_work(editor));
	assert_true(shows("-     9001 deny task.uid=7"));
	assert_false(shows("looking ..."));
	assert_true(shows("linting: "));
	assert_false(shows("What the linter says"));
	press('j');
	assert_int_equal(editor->changes->position.cursor, 1);
	for (; editor->changes->step == CHANGES_LINT; before = percent) {
		assert_true(view_work(editor) || editor->changes->step == CHANGES_DONE);
		percent = changes_percent(editor->changes);
		assert_true(percent >= before || editor->changes->step != CHANGES_LINT);
	}
	work();
	assert_true(shows("What the linter says"));
	assert_int_equal(editor->changes->step, CHANGES_DONE);
	assert_int_equal(editor->changes->position.cursor, 1);
}

/* Nobody waits for what is not wanted any more. */
static void changes_anew(void **state)
{
	(void)state;
	press('G');
	press('d');
	press(K_F2);
	press('q');
	press('u');
	press(K_F2);
	work();
	assert_true(shows("nothing that the kernel would notice"));
	assert_false(shows("9001 deny"));
	press(K_F7);
	work();
	press(K_F7);
	view_work(editor);
	press('q');
}

static void changes_keep_cursor(void **state)
{
	(void)state;
	press('G');
	press('d');
	press('d');
	press(K_F2);
	work();
	press('j');
	press('j');
	press(K_F7);
	press(K_ENTER);
	assert_true(shows("this is not about a line of the text"));
	press(K_F7);
	work();
	assert_int_equal(editor->changes->position.cursor, 2);
}

/* ----------------------------------------------------------------- findings */

static void findings_come(void **state)
{
	(void)state;
	press('i');
	assert_true(shows("the linter is looking ..."));
	assert_true(shows("2502 rules, linting: "));
	assert_int_equal(editor_line(editor), 0);
	work();
	assert_true(shows("finding 1 of 1"));
	assert_int_equal(editor_line(editor), RULES + 3);
	assert_false(shows("linting"));
	assert_int_equal(findings_level(editor, RULES + 3), KL_LINT_WARNING);
}

/* Who has gone on is not carried off. */
static void findings_too_late(void **state)
{
	(void)state;
	press('i');
	press('j');
	work();
	assert_int_equal(editor_line(editor), 1);
	assert_int_equal(findings_level(editor, RULES + 3), KL_LINT_WARNING);
	press('i');
	assert_int_equal(editor_line(editor), RULES + 3);
}

/* One line more: they would all stand one line too high. */
static void findings_of_another_text(void **state)
{
	(void)state;
	press('i');
	work();
	press('g');
	press('y');
	assert_int_equal(findings_level(editor, RULES + 3), -1);
	assert_int_equal(findings_level(editor, RULES + 4), -1);
	/* It looks again by itself. */
	editor_key(editor, K_TICK);
	work();
	assert_int_equal(findings_level(editor, RULES + 3), -1);
	assert_int_equal(findings_level(editor, RULES + 4), KL_LINT_WARNING);
}

/* --------------------------------------------------------- a rule of a record */

#define RECORDS 6000

static void put_log(const char *name)
{
	FILE *file = fopen(name, "w");
	u32 i;

	assert_non_null(file);
	for (i = 0; i < RECORDS; i++)
		fprintf(file, "#2026/11/22 08:%02u:%02u.%06u# seq=%u global-pid=5 result=unmatched "
			"priority=100 / read path=\"/x%u\" task.pid=5 task.uid=%u "
			"task.exe=\"/bin/y\"\n", i / 60000, i / 1000 % 60, i % 1000 * 1000, i + 1,
			i % 7, i % 2);
	fclose(file);
}

/* All records are asked in the end; how far it is, is said; and a change begins anew. */
static void records_come(void **state)
{
	static char *logs[] = { "long.log" };
	const struct making_preview *preview;
	u32 rounds;

	(void)state;
	put_log("long.log");
	editor->logs = logs;
	press('2');
	work();
	press('G');
	press('r');
	assert_ptr_equal(editor->front, &making_view);
	preview = &editor->making->preview;
	for (rounds = 0; rounds < 3; rounds++) {
		assert_true(preview->possible);
		assert_int_equal(preview->records, RECORDS - 1);
		assert_int_equal(shows("older ones are asked yet"), editor->making->tried != NULL);
		if (rounds)
			work();
		press(rounds ? 'l' : 'd');
		press(rounds ? 'h' : 'a');
	}
	work();
	assert_null(editor->making->tried);
	assert_int_equal(preview->looked, RECORDS - 1);
	assert_false(shows("older ones"));
	assert_true(preview->matched > 0);
	assert_int_equal(preview->pairs[0].count, preview->matched);
	press(K_ENTER);
	assert_true(document_changed(editor->document));
	unlink("long.log");
}

static void watched(void **state)
{
	struct kl_lint_watch watch = { 0 };
	struct kl_policy_file file = { 0 };
	struct kl_buffer text = { 0 };
	struct kl_error error;
	struct kl_lint lint;

	(void)state;
	document_text(editor->document, &text);
	kl_source_add_text(&file.source, "long", kl_buffer_text(&text));
	assert_int_equal(kl_policy_file_compile(&file, &error), 0);
	kl_lint_watched(&file, NULL, &lint, &watch);
	assert_int_equal(lint.count, 1);
	assert_int_equal(atomic_load(&watch.percent), 99);
	kl_lint_free(&lint);
	atomic_store(&watch.stop, true);
	kl_lint_watched(&file, NULL, &lint, &watch);
	assert_int_equal(lint.count, 1);
	assert_string_equal(lint.findings[0].name, "unfinished");
	kl_lint_free(&lint);
	kl_policy_file_free(&file);
	kl_buffer_free(&text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(changes_come), CASE(changes_anew), CASE(changes_keep_cursor),
		CASE(records_come), CASE(watched), CASE(findings_come), CASE(findings_too_late), CASE(findings_of_another_text),
	};
	char folder[] = "/tmp/long.XXXXXX";
	int failed;

	if (!enter_folder(folder))
		return 2;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return leave_folder(folder) ? failed : 2;
}
