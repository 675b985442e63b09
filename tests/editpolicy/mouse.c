// SPDX-License-Identifier: GPL-2.0-only
/* The mouse: what is where, and that nothing is answered by it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "key.h"
#include "mouse.h"
#include "view.h"

static struct editor *editor;
static struct canvas canvas;

static int begin(void **state)
{
	struct kl_buffer text = { 0 };
	int i;

	(void)state;
	setenv("KELLAS_PROC", "/nonexistent", 1);
	kl_buffer_puts(&text, "100 acl read\n    audit 1\n");
	for (i = 0; i < 100; i++)
		kl_buffer_printf(&text, "    %d allow task.uid=%d\n", i, i);
	kl_buffer_puts(&text, "100 acl write\n    10 deny\n");
	editor = editor_new(kl_buffer_text(&text), "policy.conf", false);
	kl_buffer_free(&text);
	canvas_resize(&canvas, 24, 80);
	editor_draw(editor, &canvas);
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	canvas_free(&canvas);
	return 0;
}

static void mouse(u8 kind, int row, int column)
{
	struct mouse event = { kind, row, column };

	editor_mouse(editor, &event);
	editor_draw(editor, &canvas);
}

/* The column where a text stands in a row of the picture. */
static int column_of(int row, const char *text)
{
	struct kl_buffer dump = { 0 };
	const char *line, *found;
	int column, i;

	canvas_dump(&canvas, false, &dump);
	for (line = dump.data, i = 0; i < row; i++)
		line = strchr(line, '\n') + 1;
	found = strstr(line, text);
	assert_non_null(found);
	column = canvas_width((struct kl_text){ line, found - line });
	kl_buffer_free(&dump);
	return column;
}

static void panes(void **state)
{
	(void)state;
	mouse(MOUSE_CLICK, 4, 3);
	assert_int_equal(editor->focus, PANE_NODES);
	assert_int_equal(editor->left_rows.cursor, 3);
	assert_int_equal(editor->right_rows.count, 2);
	mouse(MOUSE_CLICK, 2, 40);
	assert_int_equal(editor->focus, PANE_LINES);
	assert_int_equal(editor->right_rows.cursor, 1);
	assert_int_equal(editor_line(editor), 103);
	/* Behind the last one is nothing. */
	mouse(MOUSE_DOUBLE, 9, 40);
	assert_int_equal(editor->right_rows.cursor, 1);
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	mouse(MOUSE_CLICK, 9, 3);
	assert_int_equal(editor->focus, PANE_NODES);
	assert_int_equal(editor->left_rows.cursor, 3);
	/* Neither the line between the panes nor the detail is anything. */
	mouse(MOUSE_CLICK, 1, 24);
	mouse(MOUSE_CLICK, 20, 3);
	assert_int_equal(editor->left_rows.cursor, 3);
}

static void double_is_enter(void **state)
{
	(void)state;
	mouse(MOUSE_CLICK, 2, 3);
	mouse(MOUSE_DOUBLE, 2, 3);
	assert_true(editor->folded[editor->left[1].heading]);
	mouse(MOUSE_CLICK, 2, 40);
	mouse(MOUSE_DOUBLE, 2, 40);
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	assert_int_equal(editor->edited, editor_line(editor));
}

static void wheel(void **state)
{
	struct rows *rows = &editor->right_rows;

	(void)state;
	mouse(MOUSE_WHEEL_DOWN, 5, 40);
	assert_int_equal(editor->focus, PANE_LINES);
	assert_int_equal(rows->top, 3);
	assert_int_equal(rows->cursor, 3);
	mouse(MOUSE_CLICK, 1 + 5, 40);
	mouse(MOUSE_WHEEL_DOWN, 5, 40);
	assert_int_equal(rows->top, 6);
	assert_int_equal(rows->cursor, 8);
	mouse(MOUSE_WHEEL_UP, 5, 40);
	assert_int_equal(rows->top, 3);
	assert_int_equal(rows->cursor, 8);
	editor_key(editor, 'G');
	editor_draw(editor, &canvas);
	mouse(MOUSE_WHEEL_DOWN, 5, 40);
	assert_int_equal(rows->top, rows->count - rows->height);
	for (int i = 0; i < 50; i++)
		mouse(MOUSE_WHEEL_UP, 5, 40);
	assert_int_equal(rows->top, 0);
	assert_int_equal(rows->cursor, rows->height - 1);
	/* All rows fit: there is nothing to scroll. */
	mouse(MOUSE_WHEEL_DOWN, 5, 3);
	assert_int_equal(editor->left_rows.top, 0);
}

static void bars(void **state)
{
	(void)state;
	mouse(MOUSE_CLICK, 23, column_of(23, "F4"));
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	assert_non_null(strstr(editor->dialog.title, "show only"));
	editor_key(editor, K_ESCAPE);
	editor_draw(editor, &canvas);
	mouse(MOUSE_CLICK, 0, column_of(0, "processes"));
	assert_int_equal(editor->view, VIEW_PROCESSES);
	mouse(MOUSE_CLICK, 5, 5);
	mouse(MOUSE_DOUBLE, 5, 5);
	mouse(MOUSE_CLICK, 0, column_of(0, "1policy"));
	assert_int_equal(editor->view, VIEW_POLICY);
	mouse(MOUSE_CLICK, 23, column_of(23, "Quit"));
	assert_true(editor->quit);
}

static void before_dialogs(void **state)
{
	int quit = column_of(23, "Quit");
	u32 row, column;

	(void)state;
	editor_key(editor, 'd');
	editor_draw(editor, &canvas);
	editor_key(editor, K_TAB);
	editor_key(editor, 'd');
	editor_draw(editor, &canvas);
	mouse(MOUSE_CLICK, 23, quit);
	assert_int_equal(editor->dialog.kind, DIALOG_QUESTION);
	for (row = 0; row < 24; row++)
		for (column = 0; column < 80; column++)
			mouse(MOUSE_DOUBLE, row, column);
	assert_int_equal(editor->dialog.kind, DIALOG_QUESTION);
	assert_int_equal(editor->focus, PANE_LINES);
	assert_int_equal(editor->left_rows.cursor, 0);
	assert_int_equal(editor->right_rows.cursor, 0);
	assert_int_equal(editor->view, VIEW_POLICY);
	editor_shown(editor);
	editor_key(editor, K_ESCAPE);
	editor_key(editor, K_F1);
	editor_draw(editor, &canvas);
	mouse(MOUSE_WHEEL_DOWN, 5, 5);
	assert_int_equal(editor->dialog.rows.top, 3);
	mouse(MOUSE_WHEEL_UP, 5, 5);
	assert_int_equal(editor->dialog.rows.top, 0);
	mouse(MOUSE_CLICK, 23, quit);
	assert_int_equal(editor->dialog.kind, DIALOG_PAGER);
	editor_key(editor, K_F3);
	editor_key(editor, K_F3);
	editor_draw(editor, &canvas);
	mouse(MOUSE_CLICK, 23, quit);
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	assert_false(editor->quit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(panes, begin, end),
		cmocka_unit_test_setup_teardown(double_is_enter, begin, end),
		cmocka_unit_test_setup_teardown(wheel, begin, end),
		cmocka_unit_test_setup_teardown(bars, begin, end),
		cmocka_unit_test_setup_teardown(before_dialogs, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
