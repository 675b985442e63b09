// SPDX-License-Identifier: GPL-2.0-only
/* The list of records: its limits, what is shown of it, where the cursor stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#include "key.h"
#include "log.h"
#include "proposal.h"
#include "view.h"
#include "words.h"

/* The module gives whole records: so does what is read at once. */
#define PIECE 2000u

static char folder[] = "/tmp/log.XXXXXX";

static void put_records(const char *mode, u32 from, u32 to)
{
	FILE *file = fopen("proc/audit", mode);

	assert_non_null(file);
	for (; from <= to; from++)
		fprintf(file,
			"#2026/11/22 08:00:00.000000# seq=%u global-pid=5 result=%s priority=1 / "
			"read path=\"/tmp/%u\" task.uid=0 task.exe=\"/bin/cat\"\n",
			from, from % 2 ? "denied" : "allowed", from);
	fclose(file);
}

static struct editor *begin(void)
{
	struct editor *editor = editor_new(kl_text_of("100 acl read\n    10 deny\n"), NULL, false);

	view_turn(editor, VIEW_LOG);
	while (view_work(editor))
		;
	return editor;
}

static void type(struct editor *editor, const char *text)
{
	for (; *text; text++)
		editor_key(editor, *text);
}

static u64 here(const struct editor *editor)
{
	return log_row(editor->log, editor->log->rows.cursor);
}

/* Whoever looks at a record keeps it below the cursor; at the end the newest one is. */
static void follows(void **state)
{
	struct editor *editor;

	(void)state;
	put_records("w", 1, 10);
	editor = begin();
	assert_int_equal(editor->log->rows.count, 10);
	assert_int_equal(here(editor), 9);
	put_records("a", 11, 12);
	editor_key(editor, K_TICK);
	assert_int_equal(here(editor), 11);
	type(editor, "kk");
	put_records("a", 13, 20);
	editor_key(editor, K_TICK);
	assert_int_equal(here(editor), 9);
	assert_int_equal(editor->log->rows.count, 20);
	type(editor, "p");
	put_records("a", 21, 22);
	editor_key(editor, K_TICK);
	assert_int_equal(editor->log->rows.count, 20);
	assert_int_equal(editor->log->list.next, 22);
	type(editor, "p");
	assert_int_equal(editor->log->rows.count, 22);
	type(editor, "G");
	put_records("a", 23, 23);
	editor_key(editor, K_TICK);
	assert_int_equal(here(editor), 22);
	editor_free(editor);
}

/* What does not fit falls out, is counted, and the cursor stays on its record. */
static void bounded(void **state)
{
	struct editor *editor;
	struct log_list *list;
	u32 i;

	(void)state;
	put_records("w", 1, PIECE);
	editor = begin();
	list = &editor->log->list;
	for (i = PIECE; i < LOG_RECORDS_MAX; i += PIECE) {
		put_records("a", i + 1, i + PIECE);
		editor_key(editor, K_TICK);
		while (view_work(editor))
			;
	}
	assert_int_equal(list->first, 0);
	rows_go(&editor->log->rows, 100);
	put_records("a", LOG_RECORDS_MAX + 1, LOG_RECORDS_MAX + 50);
	editor_key(editor, K_TICK);
	while (view_work(editor))
		;
	assert_int_equal(list->first, 50);
	assert_int_equal(list->next, LOG_RECORDS_MAX + 50);
	assert_int_equal(editor->log->rows.count, LOG_RECORDS_MAX);
	assert_int_equal(here(editor), 100);
	assert_memory_equal(strstr(log_here(editor->log)->text, "seq="), "seq=101 ", 8);
	/* Also while nothing new is shown. */
	type(editor, "gp");
	put_records("a", LOG_RECORDS_MAX + 51, LOG_RECORDS_MAX + 100);
	editor_key(editor, K_TICK);
	while (view_work(editor))
		;
	assert_int_equal(list->first, 100);
	assert_int_equal(editor->log->rows.count, LOG_RECORDS_MAX - 50);
	assert_int_equal(here(editor), 100);
	assert_memory_equal(strstr(log_here(editor->log)->text, "seq="), "seq=101 ", 8);
	editor_free(editor);
}

/* Half of a filter changes nothing; a whole one keeps the cursor where it was. */
static void filtered(void **state)
{
	struct editor *editor;

	(void)state;
	put_records("w", 1, 20);
	editor = begin();
	type(editor, "gjj");
	type(editor, "\\denied re");
	assert_int_equal(editor->log->rows.count, 10);
	type(editor, "ad task.uid=");
	assert_int_equal(editor->log->rows.count, 10);
	type(editor, "0\n");
	assert_int_equal(editor->dialog.kind, DIALOG_NONE);
	assert_int_equal(editor->log->rows.count, 10);
	type(editor, "\\\x15read path=/tmp/1\\$\n");
	assert_int_equal(editor->log->rows.count, 10);
	type(editor, "\\\x15read path=\n");
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	type(editor, "\x15(\n");
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	type(editor, "\x15\n");
	assert_int_equal(editor->log->rows.count, 20);
	/* Who thinks better of it has what he had. */
	type(editor, "gjj\\seq=9 ");
	assert_int_equal(editor->log->rows.count, 1);
	editor_key(editor, K_ESCAPE);
	assert_int_equal(editor->log->rows.count, 20);
	assert_int_equal(here(editor), 2);
	type(editor, "\\denied read\n\\\x15seq=1 ");
	assert_int_equal(editor->log->rows.count, 1);
	editor_key(editor, K_ESCAPE);
	assert_int_equal(editor->log->rows.count, 10);
	type(editor, "G\\nothing");
	put_records("a", 21, 30);
	log_read(editor->log);
	editor_key(editor, K_ESCAPE);
	assert_int_equal(editor->log->rows.count, 15);
	assert_int_equal(editor->log->rows.cursor, 14);
	editor_free(editor);
}

/* All that is offered for a record matches it, wider and wider, each once. */
static void proposed(void **state)
{
	static const char record[] =
		"#2026/11/22 08:00:00# global-pid=5 result=denied priority=1 / "
		"inet_stream_connect ip=10.1.2.3 port=8080 task.pid=5 task.uid=1000 "
		"task.exe=\"/opt/a-1.2/bin/x\" task.history=\"~/sbin/init(1;0.1)=>/bin/sh(4;2.0)=>"
		"/opt/a-1.2/bin/x(5;3.0)\"";
	static const char *const first[] = { "ip=10.1.2.3", "port=8080",
					     "task.exe=\"/opt/a-1.2/bin/x\"", "task.uid=1000" };
	struct proposals proposals;
	struct kl_logline line;
	struct kl_strings strings;
	struct kl_error error;
	u32 i;

	(void)state;
	kl_xstrings(&strings);
	kl_logline_init(&line, &strings);
	assert_int_equal(kl_logline_parse(&line, kl_text_of(record), &error), 0);
	proposals_make(&proposals, &line);
	assert_int_equal(proposals.count, 6);
	for (i = 0; i < ARRAY_SIZE(first); i++) {
		assert_string_equal(proposal_word(&proposals.list[i]), first[i]);
		assert_int_equal(proposals.list[i].on, i < 3);
	}
	assert_string_equal(proposals.list[0].words[1], "ip=10.1.2.0/24");
	assert_string_equal(proposals.list[1].words[1], "port=1024-65535");
	assert_string_equal(proposals.list[4].words[0],
			    "task.history=\"/sbin/init=>/bin/sh=>/opt/a-1.2/bin/x\"");
	assert_string_equal(proposals.list[4].words[1],
			    "task.history=\"\\{\\*\\}=>/bin/sh=>/opt/a-1.2/bin/x\"");
	assert_string_equal(proposals.list[5].words[0], "task.ancestor=\"/bin/sh\"");
	proposals_free(&proposals);
	kl_logline_free(&line);
	kl_strings_destroy(&strings);
	/* Typed by hand, a comment would hide the conditions behind it. */
	assert_true(condition_is_wrong(KL_OP_READ, kl_text_of("path=\"/a\" # x"), &error));
	assert_int_equal(error.column, 11);
	assert_false(condition_is_wrong(KL_OP_READ, kl_text_of("path=\"/a#x\""), &error));
}

/* No name may look like the end of its word, or of the line, or like another name. */
static void decoded(void **state)
{
	struct kl_buffer text = { 0 };

	(void)state;
	assert_true(words_decoded(kl_text_of("\\303\\244\\012b\\040c\\\\101\\177"), &text));
	assert_string_equal(text.data, "\303\244\\012b\\040c\\\\101\\177");
	kl_buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows),
		cmocka_unit_test(bounded),
		cmocka_unit_test(filtered),
		cmocka_unit_test(proposed),
		cmocka_unit_test(decoded),
	};
	FILE *version;
	int failed;

	if (!mkdtemp(folder) || chdir(folder) || system("mkdir proc"))
		return 2;
	setenv("KELLAS_PROC", "proc", 1);
	version = fopen("proc/version", "w");
	fputs("language=1\n", version);
	fclose(version);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	return system("rm -r proc") || chdir("/") || rmdir(folder) || failed;
}
