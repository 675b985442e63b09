// SPDX-License-Identifier: GPL-2.0-only
/* The policy by the processes that it asks for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "editor.h"
#include "key.h"

static const char policy[] =
	"100 acl read path=\"/a\"\n"				/* 0 */
	"    audit 1\n"						/* 1 */
	"    10 allow task.history=\"~/init(1;0.5)=>/sshd\"\n"	/* 2 */
	"    # why\n"						/* 3 */
	"    20 allow task.history=\"/init=>/sshd=>/sh\" task.exe=\"/sh\"\n" /* 4 */
	"    30 deny\n"						/* 5 */
	"100 acl write task.domain=\"<a>\\040/b\"\n"		/* 6 */
	"    10 allow task.exe=@G\n"				/* 7 */
	"    20 deny\n"						/* 8 */
	"100 acl execute\n"					/* 9 */
	"    10 allow path=\"/b\" transition=\"<a>\"\n"		/* 10 */
	"    20 deny task.exe!=\"/sudo\"\n"			/* 11 */
	"string_group G /g\n"					/* 12 */
	"rule_group R\n"					/* 13 */
	"    10 allow task.ancestor=\"/cron\"\n";		/* 14 */

static struct editor *editor;

static int begin(void **state)
{
	struct canvas canvas = { 0 };

	(void)state;
	editor = editor_new(kl_text_of(policy), "policy.conf", false);
	editor_key(editor, 't');
	editor_key(editor, 'g');
	canvas_resize(&canvas, 40, 120);
	editor_draw(editor, &canvas);
	canvas_free(&canvas);
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	return 0;
}

/* The left pane: depth, name, rules, how many lines it has on the right. */
static void assert_tree(const char *text)
{
	const struct subject *subject;
	struct kl_buffer tree = { 0 };
	u32 i;

	for (i = 1; i < editor->left_rows.count; i++) {
		assert_int_equal(editor->left[i].kind, ROW_SUBJECT);
		subject = &editor->subjects.list[editor->left[i].node];
		kl_buffer_printf(&tree, "%*s%s%s %u/%u\n", subject->depth * 2, "",
				 subject->entered ? ">" : "", subject->name, subject->rules,
				 subject->count);
	}
	assert_string_equal(tree.data, text);
	kl_buffer_free(&tree);
}

/* Lines on the right of the row with that name. */
static void assert_lines(const char *name, const char *lines)
{
	struct kl_buffer text = { 0 };
	u32 i;

	for (i = 1; i < editor->left_rows.count; i++)
		if (!strcmp(editor->subjects.list[editor->left[i].node].name, name))
			break;
	assert_true(i < editor->left_rows.count);
	editor->focus = PANE_NODES;
	rows_go(&editor->left_rows, i);
	editor_show_lines(editor);
	for (i = 0; i < editor->right_rows.count; i++)
		kl_buffer_printf(&text, "%u ", editor->right[i]);
	assert_string_equal(text.length ? text.data : "", lines);
	kl_buffer_free(&text);
}

static void tree(void **state)
{
	(void)state;
	assert_tree("any process 2/6\n"
		    "by history 0/0\n"
		    "  /init 0/0\n"
		    "    /sshd 1/2\n"
		    "      /sh 1/3\n"
		    "by ancestor 0/0\n"
		    "  /cron 1/2\n"
		    "by domain 0/0\n"
		    "  ><a> 1/2\n"
		    "    /b 2/3\n"
		    "by program 0/0\n"
		    "  /sh 1/3\n"
		    "  @G 1/2\n"
		    "  not /sudo 1/2\n");
	assert_lines("any process", "9 10 0 1 5 13 ");
	assert_lines("/sshd", "0 2 ");
	assert_lines("/sh", "0 3 4 ");
	assert_lines("<a>", "9 10 ");
	assert_lines("/b", "6 7 8 ");
	assert_lines("@G", "6 7 ");
	/* Nobody asks for it alone: all below. */
	assert_lines("/init", "0 2 3 4 ");
	assert_lines("by domain", "9 10 6 7 8 ");
}

static void folding(void **state)
{
	(void)state;
	assert_lines("/sshd", "0 2 ");
	editor_key(editor, 'h');
	assert_lines("/sshd", "0 2 3 4 ");
	editor_key(editor, 'h');
	assert_string_equal(editor->subjects.list[editor_node_row(editor)->node].name, "/init");
	editor_key(editor, 'z');
	assert_tree("any process 2/6\nby history 0/0\nby ancestor 0/0\nby domain 0/0\nby program 0/0\n");
	/* What is folded is unfolded for what is looked for. */
	editor_stand_on(editor, 4);
	assert_int_equal(editor_line(editor), 4);
	assert_string_equal(editor->subjects.list[editor_node_row(editor)->node].name, "/sh");
	editor_stand_on(editor, 12);
	assert_int_equal(editor_line(editor), 12);
	assert_int_equal(editor_node_row(editor)->kind, ROW_ALL);
}

/* The heads that only say where a rule stands must not go with it. */
static void deleting(void **state)
{
	struct kl_buffer text = { 0 };

	(void)state;
	assert_lines("/sh", "0 3 4 ");
	editor_key(editor, 'd');
	editor_shown(editor);
	editor_key(editor, 'y');
	document_text(editor->document, &text);
	assert_null(strstr(text.data, "/sshd=>/sh"));
	assert_null(strstr(text.data, "# why"));
	assert_non_null(strstr(text.data, "100 acl read"));
	assert_int_equal(document_lines(editor->document), 13);
	/* It is gone from the tree, and undo brings it back. */
	assert_lines("/sshd", "0 2 ");
	editor_key(editor, 'u');
	assert_int_equal(document_lines(editor->document), 15);
	assert_lines("/sh", "0 3 4 ");
	/* That all who ask for nobody go at once is not meant. */
	assert_lines("any process", "9 10 0 1 5 13 ");
	editor_key(editor, 'd');
	editor_shown(editor);
	editor_key(editor, 'y');
	assert_int_equal(document_lines(editor->document), 15);
	/* A block that asks goes whole. */
	if (editor->dialog.kind)
		editor_key(editor, K_ESCAPE);
	assert_lines("/b", "6 7 8 ");
	editor_key(editor, 'd');
	editor_shown(editor);
	editor_key(editor, 'y');
	assert_int_equal(document_lines(editor->document), 12);
	kl_buffer_free(&text);
}

static void place_stays(void **state)
{
	(void)state;
	assert_lines("not /sudo", "9 11 ");
	editor_key(editor, K_TAB);
	editor_key(editor, 'G');
	assert_int_equal(editor_line(editor), 11);
	/* One more program before it. */
	editor_key(editor, 'y');
	editor_key(editor, 'e');
	editor_key(editor, K_CTRL('u'));
	for (const char *at = "    5 allow task.exe=\"/aa\"\n"; *at; at++)
		editor_key(editor, *at);
	assert_string_equal(editor->subjects.list[editor_node_row(editor)->node].name, "/aa");
	editor_key(editor, 't');
	assert_int_equal(editor_node_row(editor)->kind, ROW_NODE);
	assert_int_equal(editor_line(editor), 12);
	editor_key(editor, 't');
	assert_int_equal(editor_line(editor), 12);
	assert_string_equal(editor->subjects.list[editor_node_row(editor)->node].name, "/aa");
}

/* Large policies are to be looked at, and folded, without a wait. */
static void large(void **state)
{
	struct kl_buffer text = { 0 };
	struct editor *many;
	clock_t start;
	u32 i;

	(void)state;
	kl_buffer_puts(&text, "100 acl read\n");
	for (i = 0; i < 30000; i++)
		kl_buffer_printf(&text, "    %u allow task.history=\"/a%u=>/b\"\n", i, i);
	many = editor_new(kl_buffer_text(&text), "policy.conf", false);
	start = clock();
	editor_key(many, 't');
	editor_key(many, 'z');
	editor_key(many, 't');
	editor_key(many, 't');
	assert_true(many->subjects.count > 60000);
	assert_true(clock() - start < 4 * CLOCKS_PER_SEC);
	editor_free(many);
	kl_buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tree, begin, end),
		cmocka_unit_test_setup_teardown(folding, begin, end),
		cmocka_unit_test_setup_teardown(deleting, begin, end),
		cmocka_unit_test_setup_teardown(place_stays, begin, end),
		cmocka_unit_test(large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
