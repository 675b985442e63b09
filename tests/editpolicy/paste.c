// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is pasted is a text: it goes where text goes, does nothing that a key does,
 * and nothing of it gets lost in silence.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <locale.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "engine/lex.h"
#include "key.h"
#include "paste.h"
#include "texts.h"
#include "view.h"

#define POLICY "100 acl read\n    audit 1\n    10 allow task.uid=0\n    20 deny\n"

static void open_policy(const char *text, bool readonly)
{
	static char *logs[] = { "/dev/null" };

	if (editor)
		editor_free(editor);
	editor = editor_new(kl_text_of(text), "policy.conf", readonly);
	editor->logs = logs;
	editor->log_count = 1;
	canvas_resize(&canvas, 30, 120);
	editor_draw(editor, &canvas);
	editor->focus = PANE_LINES;
}

static int begin(void **state)
{
	(void)state;
	open_policy(POLICY, false);
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	editor = NULL;
	return 0;
}

static void paste_bytes(const char *bytes, size_t length)
{
	editor_paste(editor, (struct kl_text){ bytes, length });
	editor_draw(editor, &canvas);
	editor_shown(editor);
}

static void paste(const char *text)
{
	paste_bytes(text, strlen(text));
}

static void assert_typed(const char *text)
{
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	assert_string_equal(editor->dialog.prompt.text.data, text);
}

/* Otherwise a policy from a mail is typed in by hand, or runs amok as keys. */
static void lines(void **state)
{
	const char *after = "100 acl read\n    audit 1\n    10 allow task.uid=0\n"
			    "    15 deny\n    17 deny task.gid=\n\n# d\n    20 deny\n";

	(void)state;
	type("jj");
	paste("    15 deny\r    17 deny task.gid=\r\n\n# d");
	assert_true(shows("paste 4 lines below line 3, 1 of them wrong? y/n"));
	assert_text(POLICY);
	press('n');
	assert_text(POLICY);
	press('y');
	assert_text("100 acl read\n    audit 1\n    10 allow task.uid=0\n    10 allow task.uid=0\n"
		    "    20 deny\n");
	press('u');
	rows_go(&editor->right_rows, 2);
	paste("    15 deny\n    17 deny task.gid=\n\n# d\n");
	assert_true(shows("paste 4 lines below line 3, 1 of them wrong? y/n"));
	press('y');
	assert_text(after);
	assert_true(shows("4 lines pasted; u takes them out again"));
	assert_int_equal(editor_line(editor), 3);
	press('u');
	assert_text(POLICY);
	press(K_CTRL('r'));
	assert_text(after);
}

/* What a line means depends on what is above it. */
static void wrong_where_they_stand(void **state)
{
	(void)state;
	open_policy("", false);
	paste("10 deny\n");
	assert_true(shows("paste 1 line below line 0, 1 of them wrong? y/n"));
	press('n');
	paste("100 acl read\n10 deny\n");
	assert_true(shows("paste 2 lines below line 0, 0 of them wrong? y/n"));
	press('y');
	assert_text("100 acl read\n10 deny\n");
	open_policy("", false);
	type("a\n");
	paste("10 deny");
	assert_true(shows("paste 1 line below line 1, 1 of them wrong? y/n"));
}

static void where_a_line_is_typed(void **state)
{
	(void)state;
	type("ja\x15");
	type("20 deny task.=0");
	press(K_LEFT);
	press(K_LEFT);
	press(K_ENTER);
	assert_true(shows("Enter again takes it all the same"));
	paste("uid\r");
	assert_typed("20 deny task.uid=0");
	paste("\r");
	assert_typed("20 deny task.uid=0");
	paste("1\n2\n");
	assert_typed("20 deny task.uid=0");
	assert_true(shows("2 lines, where one is typed: nothing was taken. Escape, then paste"));
	paste(" x");
	press(K_ENTER);
	/* What was insisted upon has become another line. */
	assert_typed("20 deny task.uid x=0");
	assert_text(POLICY);
}

static void where_anything_is_typed(void **state)
{
	(void)state;
	press('/');
	paste("deny");
	assert_typed("deny");
	assert_int_equal(editor_line(editor), 3);
	paste("a\nb");
	assert_typed("deny");
	assert_true(shows("2 lines, where one is typed: nothing was taken\n"));
}

/* A "y" in a text would delete a block. */
static void no_answer(void **state)
{
	(void)state;
	press('d');
	assert_int_equal(editor->dialog.kind, DIALOG_QUESTION);
	paste("y\ny");
	assert_int_equal(editor->dialog.kind, DIALOG_QUESTION);
	assert_true(shows("what is pasted is no answer"));
	assert_text(POLICY);
	press(K_ESCAPE);
	/* Nor is what was typed before its own question is seen. */
	editor_paste(editor, kl_text_of("    30 deny\n"));
	editor_key(editor, 'y');
	assert_int_equal(editor->dialog.kind, DIALOG_QUESTION);
	/* And what was pasted before the first is seen is none of the second. */
	editor_paste(editor, kl_text_of("    40 deny\n"));
	editor_shown(editor);
	assert_text(POLICY);
	press('y');
	assert_text("100 acl read\n    30 deny\n    audit 1\n    10 allow task.uid=0\n    20 deny\n");
}

static void nowhere(void **state)
{
	static const u8 others[] = { VIEW_LOG, VIEW_DECISIONS, VIEW_PROCESSES };
	u32 i;

	(void)state;
	editor->focus = PANE_NODES;
	paste("dydy\r");
	assert_true(shows("what was pasted goes nowhere here"));
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		view_turn(editor, others[i]);
		paste("1dydyy\ry");
		assert_int_equal(editor->view, others[i]);
		assert_true(shows("what was pasted goes nowhere here"));
	}
	view_turn(editor, VIEW_POLICY);
	editor->focus = PANE_LINES;
	press(K_F1);
	paste("q\r");
	assert_int_equal(editor->dialog.kind, DIALOG_PAGER);
	press('q');
	press('2');
	press('1');
	press(K_F2);
	assert_non_null(editor->front);
	paste("x\n");
	assert_true(shows("what was pasted goes nowhere here"));
	assert_text(POLICY);
}

static void nothing_is_changed(void **state)
{
	(void)state;
	open_policy(POLICY, true);
	paste("    30 deny\n");
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_true(shows("read only"));
	open_policy(POLICY, false);
	press('\\');
	type("nowhere to be found\n");
	paste("    30 deny\n");
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_true(shows("no line is shown to add one below"));
	paste("");
	assert_true(shows("nothing was pasted"));
	assert_text(POLICY);
}

/* Bytes are what they were, on the screen they are no commands. */
static void any_bytes(void **state)
{
	static const char bytes[] = "# \t\033[31m\377\303\274\\040\n";

	(void)state;
	type("jjj");
	paste_bytes(bytes, sizeof(bytes) - 1);
	press('y');
	assert_text(POLICY "# \t\033[31m\377\303\274\\040\n");
	assert_true(shows("\\033[31m\\377\303\274"));
}

static void many(void **state)
{
	struct kl_buffer text = { 0 };
	time_t start = time(NULL);
	u32 i;

	(void)state;
	for (i = 0; i < 20000; i++)
		kl_buffer_printf(&text, "    %u deny task.pid=%u\n", i % 1000, i);
	type("jjj");
	paste_bytes(text.data, text.length);
	assert_true(shows("paste 20000 lines below line 4, 0 of them wrong? y/n"));
	press('y');
	assert_int_equal(document_lines(editor->document), 20004);
	press('u');
	assert_text(POLICY);
	assert_true(time(NULL) - start < 10);
	kl_buffer_free(&text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(lines), CASE(wrong_where_they_stand), CASE(where_a_line_is_typed),
		CASE(where_anything_is_typed), CASE(no_answer), CASE(nowhere),
		CASE(nothing_is_changed), CASE(any_bytes), CASE(many),
	};
	char folder[] = "/tmp/paste.XXXXXX";
	int failed;

	if (!enter_folder(folder))
		return 2;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return leave_folder(folder) ? failed : 2;
}
