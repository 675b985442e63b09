// SPDX-License-Identifier: GPL-2.0-only
/*
 * The left pane of the policy: what it counts, that a filter hides neither what was
 * asked for nor that it hides something, and that the search finds what it has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <locale.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "key.h"
#include "left.h"
#include "live.h"
#include "texts.h"

static const char policy[] =
	"100 acl read path=\"/a\"\n"						/* 0: 50 */
	"    10 allow task.history=\"/init=>/sshd\" task.exe=\"/sshd\"\n"	/* 1: 7 */
	"    20 allow task.history=\"/init=>/sshd=>/sh\"\n"			/* 2: 11 */
	"    30 deny\n"								/* 3: 32 */
	"100 acl write task.domain=\"<a>\"\n"					/* 4: 20 */
	"    10 allow task.exe=@G\n"						/* 5: 13 */
	"    20 deny task.domain=\"<a>\\040/b\"\n"				/* 6: 3 */
	"100 acl execute\n"							/* 7: 1000 */
	"    10 allow path=\"/b\" transition=\"<a>\"\n"				/* 8: 900 */
	"    20 deny task.exe!=\"/sudo\"\n"					/* 9: new */
	"string_group G /g\n"							/* 10 */
	"rule_group R\n"							/* 11 */
	"    10 allow task.ancestor=\"/cron\"\n"				/* 12: 5 */
	"    20 allow task.ancestor=\"/cron\" task.ancestor=\"/at\"\n";		/* 13: 2 */

#define STAT(kind, hits, denied, text) \
	kind " hits=" #hits " denials=" #denied " lost=0 last=1.0 line=1 unenforced=0 / " text "\n"
static const char counters[] =
	"policy generation=1 publications=1 reverts=0 confirm=0 locked=0\n"
	STAT("block", 1000, 0, "100 acl execute")
	STAT("rule", 900, 0, "10 allow path=\"/b\" transition=\"<a>\"")
	STAT("block", 50, 32, "100 acl read path=\"/a\"")
	STAT("rule", 7, 0, "10 allow task.history=\"/init=>/sshd\" task.exe=\"/sshd\"")
	STAT("rule", 11, 0, "20 allow task.history=\"/init=>/sshd=>/sh\"")
	STAT("rule", 32, 32, "30 deny")
	STAT("block", 20, 3, "100 acl write task.domain=\"<a>\"")
	STAT("rule", 13, 0, "10 allow task.exe=@G")
	STAT("rule", 3, 3, "20 deny task.domain=\"<a>\\040/b\"")
	STAT("group", 0, 0, "rule_group R")
	STAT("rule", 5, 0, "10 allow task.ancestor=\"/cron\"")
	STAT("rule", 2, 0, "20 allow task.ancestor=\"/cron\" task.ancestor=\"/at\"");

static int begin(void **state)
{
	(void)state;
	put("stat", counters);
	put("policy", policy);
	editor = editor_new(kl_text_of(policy), "policy.conf", false);
	live_open(editor, false);
	canvas_resize(&canvas, 40, 120);
	editor_draw(editor, &canvas);
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	return 0;
}

static const char *name_of(const struct node_row *row, char name[100])
{
	const struct outline_node *node = &editor->outline.nodes[row->node];

	if (row->kind == ROW_ALL)
		return "all";
	if (row->kind == ROW_HEADING)
		return left_heading_name(row->heading);
	if (row->kind == ROW_SUBJECT)
		return editor->subjects.list[row->node].name;
	snprintf(name, 100, "[%.*s]", (int)node->title.length, node->title.data);
	return name;
}

static void assert_rows(const char *names)
{
	struct kl_buffer text = { 0 };
	char name[100];
	u32 i;

	for (i = 0; i < editor->left_rows.count; i++)
		kl_buffer_printf(&text, "%s%s", i ? ", " : "", name_of(&editor->left[i], name));
	assert_string_equal(text.data, names);
	kl_buffer_free(&text);
}

static void assert_on(const char *wanted)
{
	char name[100];

	assert_string_equal(name_of(editor_node_row(editor), name), wanted);
}

static void go_to(const char *wanted)
{
	char name[100];
	u32 i = 0;

	while (i < editor->left_rows.count && strcmp(name_of(&editor->left[i], name), wanted))
		i++;
	assert_true(i < editor->left_rows.count);
	rows_go(&editor->left_rows, i);
	editor_show_lines(editor);
}

/* ---------------------------------------------------------------- counters */

/* Each row of the tree with its hits, and ! where something was denied. */
static void assert_sums(const char *wanted)
{
	struct kl_buffer text = { 0 };
	struct hits_sum sum;
	char name[100];
	u32 i;

	editor_draw(editor, &canvas);
	for (i = 1; i < editor->left_rows.count; i++) {
		kl_buffer_printf(&text, "%s%s", i > 1 ? ", " : "",
				 name_of(&editor->left[i], name));
		if (!left_sum(editor, live_hits(editor), &editor->left[i], &sum))
			continue;
		kl_buffer_printf(&text, sum.counted ? " %u%s" : " new",
				 (u32)sum.counts[KL_TALLY_HITS],
				 sum.counts[KL_TALLY_DENIED] ? "!" : "");
	}
	assert_string_equal(text.data, wanted);
	kl_buffer_free(&text);
}

static void hits_of_subjects(void **state)
{
	(void)state;
	press('t');
	/* The head of a block counts what its rules do; what is only a way shows all below. */
	assert_sums("any process 1050!, "
		    "by history 18, /init 18, /sshd 7, /sh 11, "
		    "by ancestor 7, /at 2, /cron 7, "
		    "by domain 920!, <a> 920!, /b 3!, "
		    "by program 20, /sshd 7, @G 13, not /sudo new");
	/* A row that is folded is all of them; one line is never two. */
	go_to("<a>");
	press('h');
	go_to("/sshd");
	press('h');
	assert_sums("any process 1050!, "
		    "by history 18, /init 18, /sshd 18, "
		    "by ancestor 7, /at 2, /cron 7, "
		    "by domain 920!, <a> 920!, "
		    "by program 20, /sshd 7, @G 13, not /sudo new");
	/* It is on the screen, and in full for the row of the cursor. */
	go_to("<a>");
	assert_true(shows("<a> (3)"));
	assert_true(shows("920│"));
	assert_true(shows(" in all 920 hits, 3 denied, last "));
	go_to("not /sudo");
	assert_true(shows(" not in the running policy "));
	/* Counters rise while somebody looks. */
	put("stat", "policy generation=1 publications=1 reverts=0 confirm=0 locked=0\n"
		    STAT("rule", 8, 0, "10 allow task.history=\"/init=>/sshd\" task.exe=\"/sshd\""));
	editor->live->next = 0;
	press(K_TICK);
	assert_true(shows("/sshd (2)"));
	assert_true(shows("  8│"));
}

static u8 style_before_edge(const char *name)
{
	int column = canvas.columns * (editor->by_subject ? 4 : 3) / 10 - 1;
	char buffer[100];
	u32 i = 0;

	editor_draw(editor, &canvas);
	while (strcmp(name_of(&editor->left[i], buffer), name))
		i++;
	return canvas.cells[(1 + i) * canvas.columns + column].style;
}

/* That somebody was denied something is seen without unfolding. */
static void denied_is_marked(void **state)
{
	(void)state;
	assert_int_equal(style_before_edge("read"), STYLE_DENY);
	assert_int_equal(style_before_edge("[path=\"/a\"]"), STYLE_DENY);
	assert_int_equal(style_before_edge("execute"), STYLE_VALUE);
	press('t');
	assert_int_equal(style_before_edge("by history"), STYLE_VALUE);
	assert_int_equal(style_before_edge("by domain"), STYLE_DENY);
	go_to("by domain");
	press('h');
	assert_int_equal(style_before_edge("by history"), STYLE_VALUE);
	rows_go(&editor->left_rows, 0);
	assert_int_equal(style_before_edge("by domain"), STYLE_DENY);
}

/* A rule that asks for two things of a kind is one rule. */
static void rules_count_once(void **state)
{
	(void)state;
	press('t');
	go_to("by ancestor");
	assert_int_equal(editor->subjects.list[editor_node_row(editor)->node].below, 2);
	press('h');
	assert_true(shows("+ by ancestor (2)"));
}

/* ------------------------------------------------------------------ filter */

static void filter_blocks(void **state)
{
	(void)state;
	assert_rows("all, execute, [], read, [path=\"/a\"], write, [task.domain=\"<a>\"], "
		    "rule groups, [R], string groups, [G]");
	go_to("[task.domain=\"<a>\"]");
	/* By a line of it, by its name, by its heading; folded or not. */
	type("\\@g\n");
	assert_rows("all, write, [task.domain=\"<a>\"]");
	assert_on("[task.domain=\"<a>\"]");
	assert_string_equal(editor->message, "1 of 5 match");
	assert_true(shows(" only @g "));
	assert_int_equal(editor->filter.pattern.length, 0);
	type("\\\x15^read\n");
	assert_rows("all, read, [path=\"/a\"]");
	type("\\\x15sshd|cron\n");
	assert_rows("all, read, [path=\"/a\"], rule groups, [R]");
	/* A pattern does not reach from one line into the next. */
	type("\\\x15/a.*sshd\n");
	assert_rows("all");
	assert_true(shows("nothing matches"));
	canvas_resize(&canvas, 12, 80);
	assert_true(shows(" only /a.*sshd "));
	canvas_resize(&canvas, 40, 120);
	press(K_ESCAPE);
	assert_int_equal(editor->left_rows.count, 11);
	assert_false(shows(" only "));
	press('z');
	assert_rows("all, execute, read, write, rule groups, string groups");
	type("\\cron\n");
	assert_rows("all, rule groups, [R]");
	press('z');
	assert_true(shows("with a filter nothing is folded"));
	/* Nothing typed takes it away, too; what was folded still is. */
	type("\\\x15\n");
	assert_rows("all, execute, read, write, rule groups, string groups");
}

static void filter_subjects(void **state)
{
	(void)state;
	press('t');
	type("\\/sh\\b\n");
	assert_rows("all, by history, /init, /sshd, /sh");
	/* By all that it is below, by a line that it has; not by heads that only say where. */
	type("\\\x15ssh.*=>\n");
	assert_rows("all, by history, /init, /sshd, /sh");
	type("\\\x15sudo\n");
	assert_rows("all, by program, not /sudo");
	type("\\\x15path=\n");
	assert_rows("all, any process, by domain, <a>");
	/* What is folded is found, and what the row has is what is shown of it. */
	type("\\\x15\n");
	press('z');
	assert_rows("all, any process, by history, by ancestor, by domain, by program");
	type("\\sshd\n");
	go_to("/sshd");
	assert_int_equal(editor->right_rows.count, 2);
	press('h');
	assert_on("/init");
	/* Enter goes nowhere where there is nothing to fold or to see. */
	press(K_ESCAPE);
	press('z');
	type("\\sshd\n");
	go_to("/init");
	press(K_ENTER);
	assert_on("/init");
	assert_true(shows("nothing is folded"));
}

/* Who looks for something must find back to where he was. */
static void filter_keeps_place(void **state)
{
	(void)state;
	press('t');
	go_to("@G");
	press(K_TAB);
	press('j');
	press(K_TAB);
	assert_int_equal(editor->right_rows.cursor, 1);
	type("\\program|@g");
	assert_on("@G");
	assert_int_equal(editor->right_rows.cursor, 1);
	/* Where it is not shown: the next one that is asked for, or the last one. */
	type("\x15sudo");
	assert_on("not /sudo");
	type("\x15" "cron");
	assert_on("/cron");
	type("\x15nothing");
	assert_on("all");
	type("\x15");
	assert_on("@G");
	type("cron");
	press(K_ESCAPE);
	assert_on("@G");
	assert_int_equal(editor->left_rows.count, 16);
	/* One that was accepted leaves the cursor where it led, also once it is away. */
	type("\\cron\n");
	assert_on("/cron");
	press(K_ESCAPE);
	assert_on("/cron");
	assert_int_equal(editor->left_rows.count, 16);
	press(K_ESCAPE);
	assert_true(shows("nothing is filtered"));
	/* Each pane has its own; a wrong pattern changes nothing. */
	press('t');
	type("\\cron\n");
	press(K_TAB);
	type("\\allow\n");
	type("\\(");
	assert_true(editor->message[0]);
	press(K_ESCAPE);
	assert_string_equal(editor->filter.pattern.data, "allow");
	assert_string_equal(editor->left_filter.pattern.data, "cron");
	press(K_ESCAPE);
	assert_false(match_is_set(&editor->filter));
	press(K_ESCAPE);
	assert_false(match_is_set(&editor->left_filter));
}

/* Who deletes what he sees must not lose what he does not see. */
static void filter_spares(void **state)
{
	struct hits_sum sum;

	(void)state;
	press('t');
	type("\\/sh\\b\n");
	go_to("/init");
	assert_int_equal(editor->right_rows.count, 2);
	assert_true(shows("(/init) (1)"));
	left_sum(editor, live_hits(editor), editor_node_row(editor), &sum);
	assert_int_equal(sum.counts[KL_TALLY_HITS], 11);
	type("dy");
	assert_int_equal(document_lines(editor->document), 13);
	assert_non_null(strstr(document_line(editor->document, 1).data, "/sshd\""));
	press('u');
	press(K_ESCAPE);
	go_to("/init");
	assert_int_equal(editor->right_rows.count, 3);
	assert_true(shows("(/init) (2)"));
	/* Folded or not: what the filter shows, it is about. */
	go_to("/sshd");
	press('h');
	type("\\sshd.*task.exe\n");
	go_to("/sshd");
	type("dy");
	assert_int_equal(document_lines(editor->document), 13);
	assert_non_null(strstr(document_line(editor->document, 1).data, "=>/sh\""));
	press('u');
	press(K_ESCAPE);
	/* Blocks, too. */
	press('t');
	editor_stand_on(editor, 0);
	editor->focus = PANE_LINES;
	type("a\x15" "200 acl read path=\"/z\"\n");
	press(K_TAB);
	type("\\/a\"\n");
	go_to("read");
	assert_true(shows("- read (1)"));
	assert_int_equal(editor->right_rows.count, 1);
	type("dy");
	assert_non_null(strstr(document_line(editor->document, 0).data, "200 acl read"));
}

/* A line that a filter hides on the left is shown all the same when one goes to it. */
static void filter_and_changes(void **state)
{
	(void)state;
	type("\\cron\n");
	go_to("[R]");
	editor_stand_on(editor, 3);
	assert_on("all");
	assert_int_equal(editor_line(editor), 3);
	go_to("[R]");
	press(K_TAB);
	press('j');
	type("dd");
	assert_rows("all");
	type("uu");
	assert_rows("all, rule groups, [R]");
}

/* ------------------------------------------------------------------ search */

static void search_blocks(void **state)
{
	(void)state;
	go_to("write");
	type("/task");
	assert_true(shows("search on the left"));
	assert_on("[task.domain=\"<a>\"]");
	press('\n');
	assert_string_equal(editor->message, "match 3 of 4");
	assert_int_equal(editor->focus, PANE_NODES);
	press('n');
	assert_on("[R]");
	press('n');
	assert_on("[]");
	assert_string_equal(editor->message, "match 1 of 4, round the end");
	press('N');
	assert_on("[R]");
	assert_int_equal(editor->right[0], 11);
	/* It is painted where it stands. */
	go_to("all");
	type("/path\n");
	assert_on("[]");
	press('n');
	assert_on("[path=\"/a\"]");
	editor_draw(editor, &canvas);
	assert_int_equal(canvas.cells[(1 + editor->left_rows.cursor) * canvas.columns + 6].style,
			 STYLE_FOUND);
	/* Escape: back to where it began. */
	type("/string");
	assert_on("string groups");
	press(K_ESCAPE);
	assert_on("[path=\"/a\"]");
	/* On the right, lines. */
	go_to("all");
	press(K_TAB);
	type("/task\n");
	assert_string_equal(editor->message, "match 1 of 8");
	assert_int_equal(editor_line(editor), 1);
}

static void search_subjects(void **state)
{
	(void)state;
	press('t');
	type("/cron\n");
	assert_on("/at");
	press('n');
	assert_on("/cron");
	assert_string_equal(editor->message, "match 2 of 2");
	/* What is folded is found in what hides it. */
	go_to("by ancestor");
	press('h');
	go_to("all");
	type("/cron\n");
	assert_on("by ancestor");
	assert_string_equal(editor->message, "match 1 of 1");
	type("/<a> /b\n");
	assert_on("/b");
}

/* Nobody waits for a key of a filter in a policy that is large. */
static void large(void **state)
{
	struct kl_buffer text = { 0 };
	clock_t start;
	u32 i;

	(void)state;
	kl_buffer_puts(&text, "100 acl read\n");
	for (i = 0; i < 30000; i++)
		kl_buffer_printf(&text, "    %u allow task.history=\"/a%u=>/b\"\n", i, i);
	editor_free(editor);
	editor = editor_new(kl_buffer_text(&text), "policy.conf", false);
	live_open(editor, false);
	press('t');
	start = clock();
	type("\\a77");
	assert_true(clock() - start < 4 * CLOCKS_PER_SEC);
	assert_true(editor->left_rows.count > 200);
	kl_buffer_free(&text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(hits_of_subjects), CASE(denied_is_marked), CASE(rules_count_once),
		CASE(filter_blocks),	CASE(filter_subjects),	CASE(filter_keeps_place),
		CASE(filter_spares), CASE(filter_and_changes), CASE(search_blocks),	CASE(search_subjects),
		CASE(large),
	};
	char folder[] = "/tmp/left.XXXXXX";
	int failed;

	setlocale(LC_ALL, "C.UTF-8");
	if (!mkdtemp(folder) || chdir(folder) || setenv("KELLAS_PROC", folder, 1))
		return 2;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	canvas_free(&canvas);
	unlink("stat");
	unlink("policy");
	return chdir("/") || rmdir(folder) || failed;
}
