// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is said to be decided by a line is decided by that line: as often as kl_explain()
 * says it of each record, of this text and no other, and nobody waits for it.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <locale.h>
#include <unistd.h>
#include <cmocka.h>

#include "clock.h"
#include "compiled.h"
#include "detail.h"
#include "engine/lex.h"
#include "explain.h"
#include "hands.h"
#include "job.h"
#include "key.h"
#include "samples.h"
#include "view.h"

static char folder[] = "/tmp/samples.XXXXXX";

/* ------------------------------------------------------------------- records */

static u32 sequence;

static void record_at(const char *mode, const char *head, const char *words)
{
	FILE *file = fopen("proc/audit", mode);

	assert_non_null(file);
	sequence++;
	fprintf(file, "#2026/11/22 08:%02u:%02u.%06u# seq=%u global-pid=%u %s / %s\n",
		sequence / 60 % 60, sequence % 60, sequence % 1000000, sequence,
		sequence % 900 + 1, head, words);
	fclose(file);
}

static void record(const char *head, const char *words)
{
	record_at("a", head, words);
}

#define TASK " task.uid=0 task.exe=\"/bin/cat\""

static bool is_known(void)
{
	const struct samples *samples = editor->samples;

	if (!editor->log || editor->view != VIEW_POLICY)
		return true;
	return samples && samples->made &&
	       samples->version == document_version(editor->document) &&
	       (!samples->lines || samples->next == editor->log->list.next);
}

/* A text that takes long to compile has to be left alone for some time. */
static void work(void)
{
	u64 until = clock_ms() + 20000;

	do
		while (view_work(editor))
			;
	while (!is_known() && clock_ms() < until);
	assert_true(is_known());
}

/* The log is that of the running kernel, which files play. */
static void open_text(const char *text)
{
	editor = editor_new(kl_text_of(text), "policy", false);
	editor->clock = 1795336200000000ull; /* the day of the records */
	canvas_resize(&canvas, 40, 120);
	view_turn(editor, VIEW_LOG);
	view_turn(editor, VIEW_POLICY);
	editor->focus = PANE_LINES;
	work();
}

static void more(void)
{
	press(K_TICK);
	work();
}

static struct sample_answer answer_of(u32 line)
{
	struct sample_answer answer = { 0 };

	assert_true(samples_of(editor, line - 1, &answer));
	return answer;
}

static u32 decided(u32 line)
{
	struct sample_answer answer = answer_of(line);

	return samples_decided(&answer.counts);
}

static int begin(void **state)
{
	FILE *file = fopen("proc/audit", "w");

	(void)state;
	fclose(file);
	sequence = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	editor_free(editor);
	return 0;
}

/* ---------------------------------------------------------------------- what */

static void shown(void **state)
{
	(void)state;
	record("result=denied priority=100", "read path=\"/tmp/passwd\"" TASK);
	record("result=allowed priority=100", "read path=\"/tmp/group\"" TASK);
	record("result=denied priority=100", "read path=\"/tmp/\\303\\244\\012b\"" TASK);
	open_text("100 acl read path=\"/tmp/\\*\"\n    audit 1\n    10 deny path=\"/tmp/group\"\n    20 deny\n");
	type("jjj");
	assert_true(shows("2 of 3 in the log: "));
	assert_true(shows("DENIED  /bin/cat  /tmp/\xc3\xa4\\012b"));
	assert_true(shows("DENIED  /bin/cat  /tmp/passwd"));
	/* What became of it is what the record says, not what the line does. */
	type("k");
	assert_true(shows("1 of 3 in the log; 1 recorded otherwise"));
	assert_true(shows("was allowed /bin/cat  "));
	type("kk");
	assert_true(shows("3 of 3 in the log: 3 denied; 1 recorded otherwise"));
	/* A line that decides nothing. */
	type("j");
	assert_false(shows(" in the log"));
}

/* The rule is another one, or there is none: so is what it decides. */
static void of_the_text(void **state)
{
	(void)state;
	record("result=denied priority=100", "read path=\"/etc/passwd\"" TASK);
	open_text("100 acl read\n    audit 1\n    10 deny\n");
	assert_int_equal(decided(3), 1);
	type("jje\x15" "    10 allow\n");
	assert_false(shows(" in the log"));
	work();
	assert_true(shows("1 of 1 in the log; 1 recorded otherwise"));
	type("e\x15" "    10 allow task.uid=7\n");
	work();
	assert_true(shows("none of 1 in the log"));
	type("e\x15" "    10 alow\n\n");
	work();
	assert_false(shows(" in the log"));
	press('r');
	assert_false(shows("not known"));
	type("quuur");
	assert_true(shows("is not known yet"));
	press('q');
	work();
	assert_true(shows("1 of 1 in the log: "));
	assert_false(shows("otherwise"));
}

/* A request of which two blocks leave records is one. */
static void together(void **state)
{
	static const char words[] = "read path=\"/etc/passwd\"" TASK;

	u64 at;

	(void)state;
	record("result=allowed priority=50", words);
	sequence--;
	record("result=denied priority=100", words);
	/* Another one. */
	record("result=allowed priority=50", words);
	open_text("50 acl read\n    audit 1\n    10 allow\n100 acl read\n    audit 1\n    10 deny\n");
	assert_int_equal(answer_of(1).requests, 2);
	assert_int_equal(decided(1), 2);
	assert_int_equal(answer_of(1).counts.otherwise, 0);
	assert_int_equal(decided(6), 2);
	assert_int_equal(answer_of(6).counts.otherwise, 1);
	/* Shown is the record that says so. */
	at = answer_of(6).newest;
	assert_int_equal(samples_next(editor, &at)->record, 2);
	assert_int_equal(samples_next(editor, &at)->record, 1);
	assert_null(samples_next(editor, &at));
}

/* A block that leaves no records is not said to be otherwise. */
static void silent(void **state)
{
	(void)state;
	record("result=allowed priority=100", "read path=\"/etc/passwd\"" TASK);
	open_text("50 acl read\n    audit 0\n    10 allow\n100 acl read\n    audit 1\n    10 allow\n");
	assert_int_equal(answer_of(3).counts.results[KL_ALLOWED], 1);
	assert_int_equal(answer_of(3).counts.otherwise, 0);
}

/* Who is told that a line decides must be able to trust it: the record does not say. */
static void untold(void **state)
{
	(void)state;
	record("result=denied priority=100", "read path=\"/etc/passwd\"" TASK);
	record("result=denied priority=100", "read path=\"/etc/passwd\" path.uid=1" TASK);
	open_text("90 acl read path.uid=7\n    audit 1\n    10 deny\n"
		  "100 acl read\n    audit 1\n    10 allow path.uid=0\n    20 deny\n    30 deny\n");
	assert_int_equal(answer_of(1).counts.open, 1);
	assert_int_equal(decided(1), 0);
	assert_int_equal(answer_of(3).counts.open, 1);
	/* That of the block before it may have denied it already. */
	assert_int_equal(answer_of(4).counts.open, 1);
	assert_int_equal(decided(4), 1);
	assert_int_equal(answer_of(6).counts.open, 1);
	assert_int_equal(answer_of(7).counts.open, 1);
	assert_int_equal(decided(7), 1);
	assert_int_equal(answer_of(8).counts.open, 0);
	type("GG");
	assert_true(shows("none of 2 in the log"));
	type("k");
	assert_true(shows("1 of 2 in the log; 1 cannot be told without path.uid"));
	/* Of which it is is said with the record. */
	type("rj");
	assert_true(shows("? "));
	type("\n");
	assert_true(shows("perhaps by 10 allow path.uid=0  (line 6)"));
	assert_true(shows("perhaps by 20 deny  (line 7)"));
	assert_false(shows("(line 8)"));
}

/* Of a group: the line that decides, and each use that led to it, where it stands. */
static void groups(void **state)
{
	(void)state;
	record("result=allowed priority=1", "read path=\"/a\"" TASK);
	record("result=allowed priority=2", "write path=\"/a\"" TASK);
	record("result=denied priority=2", "write path=\"/b\"" TASK);
	open_text("rule_group INNER\n    10 allow path=\"/a\"\n"
		  "rule_group OUTER\n    10 use INNER\n    20 deny\n"
		  "1 acl read\n    audit 1\n    10 use INNER\n"
		  "2 acl write\n    audit 1\n    10 use OUTER\n");
	assert_int_equal(decided(2), 2);
	assert_int_equal(decided(4), 1);
	assert_int_equal(decided(5), 1);
	assert_int_equal(decided(8), 1);
	assert_int_equal(decided(11), 2);
	assert_int_equal(answer_of(11).counts.otherwise, 0);
}

/* Heads that say the same are one block. */
static void two_heads(void **state)
{
	(void)state;
	record("result=denied priority=1", "read path=\"/a\"" TASK);
	open_text("1 acl read\n    audit 1\n    10 allow path=\"/b\"\n1 acl read\n    20 deny\n");
	assert_int_equal(decided(1), 1);
	assert_int_equal(decided(4), 1);
	assert_int_equal(decided(5), 1);
}

static void no_log(void **state)
{
	(void)state;
	editor = editor_new(kl_text_of("100 acl read\n    10 deny\n"), "policy", false);
	press(K_TICK);
	work();
	assert_null(editor->log);
	assert_false(shows(" in the log"));
	editor->focus = PANE_LINES;
	press('r');
	assert_true(shows("there is no log; --log names one"));
	press('q');
	/* One that is named is read without being turned to. */
	static char *logs[] = { "proc/audit" };

	record("result=denied priority=100", "read path=\"/a\"" TASK);
	editor->logs = logs;
	editor->log_count = 1;
	more();
	editor->focus = PANE_LINES;
	press('j');
	assert_true(shows("1 of 1 in the log"));
}

/* ------------------------------------------------------------- all of a line */

static const char *const three =
	"100 acl read path=\"/tmp/\\*\"\n    audit 1\n    10 deny\n";

static void open_three(void)
{
	record("result=denied priority=100", "read path=\"/tmp/1\"" TASK);
	record("result=denied priority=100", "read path=\"/tmp/2\"" TASK);
	record("result=denied priority=100", "read path=\"/tmp/3\"" TASK);
	open_text(three);
	press('G');
	press('r');
}

static u64 sample_here(void)
{
	const struct detail *detail = editor->detail;
	u64 at = detail->list[detail->rows.cursor].sample;

	assert_int_not_equal(at, 0);
	return samples_next(editor, &at)->record;
}

/* From the line to its records, to why, and back again. */
static void there_and_back(void **state)
{
	(void)state;
	open_three();
	assert_int_equal(sample_here(), 2);
	press('j');
	assert_true(shows("seq 2 "));
	press('\n');
	assert_true(shows("why read is denied"));
	press('q');
	assert_ptr_equal(editor_view(editor), &detail_view);
	assert_int_equal(sample_here(), 1);
	press('r');
	assert_true(shows("before \"10 deny\""));
	press('q');
	assert_int_equal(sample_here(), 1);
	press('v');
	assert_true(shows("the whole record"));
	press('q');
	press('q');
	assert_ptr_equal(editor_view(editor), &policy_view);
	assert_int_equal(editor_line(editor), 2);
	/* Of the way back nothing is left. */
	press('r');
	press('\n');
	press('\n');
	view_back(editor);
	assert_ptr_equal(editor_view(editor), &policy_view);
	press('2');
	press('\n');
	press('q');
	assert_ptr_equal(editor_view(editor), &log_view);
}

/* It is seen there, whatever was hidden. */
static void in_the_log(void **state)
{
	(void)state;
	open_three();
	type("jl");
	assert_ptr_equal(editor_view(editor), &log_view);
	assert_int_equal(log_row(editor->log, editor->log->rows.cursor), 1);
	type("\\read path=/tmp/3\n");
	assert_int_equal(editor->log->rows.count, 1);
	type("1r");
	press('l');
	assert_int_equal(log_row(editor->log, editor->log->rows.cursor), 2);
	assert_int_equal(editor->log->rows.count, 1);
	type("1rjl");
	assert_int_equal(log_row(editor->log, editor->log->rows.cursor), 1);
	assert_int_equal(editor->log->rows.count, 3);
	assert_true(shows("hidden by the filter"));
	type("p");
	record("result=denied priority=100", "read path=\"/tmp/4\"" TASK);
	more();
	press('1');
	work();
	press('r');
	assert_int_equal(sample_here(), 3);
	press('l');
	assert_int_equal(log_row(editor->log, editor->log->rows.cursor), 3);
	assert_false(shows("hidden by the filter"));
}

/* What comes stands above, what is looked at stays below the cursor. */
static void while_it_grows(void **state)
{
	u32 row;

	(void)state;
	open_three();
	press('j');
	row = editor->detail->rows.cursor;
	record("result=denied priority=100", "read path=\"/tmp/4\"" TASK);
	more();
	assert_true(shows("4 of 4 in the log"));
	assert_int_equal(sample_here(), 1);
	assert_int_equal(editor->detail->rows.cursor, row + 1);
	/* It is searched for in what the records say. */
	type("/tmp/3\n");
	assert_int_equal(sample_here(), 2);
	/* It falls out of the log while it is looked at. */
	log_list_free(&editor->log->list);
	editor->log->opened++;
	type("jjj\nrlv");
	assert_ptr_equal(editor_view(editor), &detail_view);
	assert_false(shows("DENIED"));
}

/* A line of which nothing is recorded says all that it says. */
static void only_words(void **state)
{
	struct kl_buffer text = { 0 };
	u32 i;

	(void)state;
	for (i = 0; i < 30; i++)
		kl_buffer_printf(&text, "string_group G /member/%u\n", i);
	kl_buffer_puts(&text, "100 acl read path=@G\n    audit 1\n");
	open_text(text.data);
	type("Gk");
	assert_false(shows("/member/29,"));
	assert_true(shows(" more)"));
	press('r');
	assert_true(shows("/member/12, "));
	assert_true(shows("/member/29)"));
	assert_true(shows("none of 0 in the log"));
	type("\nrlv");
	assert_true(shows("this is no record"));
	press(K_ESCAPE);
	assert_ptr_equal(editor_view(editor), &policy_view);
	kl_buffer_free(&text);
}

/* ----------------------------------------------------------------- as explain */

static u32 random_state = 1;

static u32 random_below(u32 limit)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 16) % limit;
}

static const char many[] =
	"quota audit[2] allowed=0 denied=unlimited unmatched=0\n"
	"path_group NONE /none\n"
	"string_group TOOLS /bin/0\nstring_group TOOLS /bin/1\n"
	"rule_group G\n    5 allow path=\"/etc/0\"\n    10 deny task.uid=3 path.uid=0\n    20 use H\n"
	"rule_group H\n    5 allow task.exe=@TOOLS task.uid=0-2\n    6 deny path.perm=setuid\n"
	"10 acl read\n    permissive\n    audit 1\n    10 deny path=\"/etc/1\"\n    20 use G\n"
	"20 acl read path=\"/etc/\\*\"\n    audit 2\n    10 use H\n    20 allow task.uid=0\n"
	"    25 deny path.uid=5\n    30 allow path=\"/etc/2\"\n    40 use G\n"
	"30 acl read path.uid!=9\n    audit 1\n    10 deny task.uid=1\n    20 allow\n"
	"40 acl read\n    10 deny path=\"/etc/3\"\n"
	"10 acl write\n    audit 1\n    10 allow path=\"/etc/3\"\n    20 deny\n"
	"10 acl execute\n    10 deny argv[2]=\"x\"\n    20 allow path.uid=0\n    30 use G\n";

static void random_record(void)
{
	static const char *const ops[] = { "read", "read", "read", "write", "execute" };
	static const char *const heads[] = { "result=denied priority=20", "result=allowed priority=30",
					     "result=denied priority=10 enforced=no",
					     "result=unmatched priority=40" };
	const char *op = ops[random_below(5)];
	char words[400];
	int length;

	length = snprintf(words, sizeof(words), "%s path=\"/etc/%u\"", op, random_below(5));
	if (random_below(4))
		length += snprintf(words + length, sizeof(words) - length, " path.uid=%u",
				   random_below(10));
	if (!strcmp(op, "execute") && random_below(2))
		length += snprintf(words + length, sizeof(words) - length, " argc=%u argv[0]=\"x\"",
				   1 + random_below(3));
	if (random_below(2))
		length += snprintf(words + length, sizeof(words) - length, " path.perm=0%u755",
				   4 * random_below(2));
	length += snprintf(words + length, sizeof(words) - length, " task.uid=%u", random_below(5));
	snprintf(words + length, sizeof(words) - length, " task.exe=\"/bin/%u\"", random_below(3));
	record(heads[random_below(4)], words);
}

struct expected {
	u32 results[KL_RESULTS], open;
	bool seen, seen_open;
};

static struct expected expected[100];

static void expect(u32 line, u32 result)
{
	if (!expected[line].seen)
		expected[line].results[result]++;
	expected[line].seen = true;
}

static void expect_open(u32 line)
{
	expected[line].seen_open = true;
}

/* What is said of one block; @doubt: it may not even have been asked. */
static void expect_block(const struct kl_explained_block *block, bool doubt)
{
	u32 result = block->outcomes == KL_OUTCOME_DENIED  ? KL_DENIED :
		     block->outcomes == KL_OUTCOME_ALLOWED ? KL_ALLOWED :
							     KL_UNMATCHED;
	bool certain = !doubt && !(block->outcomes & (block->outcomes - 1)),
	     all = block->rule;
	u32 i;

	if (certain)
		expect(block->head->rule.line, result);
	else
		expect_open(block->head->rule.line);
	if (all && certain)
		expect(block->rule->line, result);
	else if (all)
		expect_open(block->rule->line);
	for (i = 0; i < block->use_count; i++)
		if (certain)
			expect(block->uses[i]->line, result);
		else
			expect_open(block->uses[i]->line);
	for (i = 0; i < block->candidate_count; i++)
		expect_open(block->candidates[i]->line);
}

static void expect_record(struct kl_policy_file *file, struct kl_facts *facts)
{
	struct kl_explanation explanation;
	bool doubt = false;
	u32 i;

	assert_int_equal(kl_explain(file, facts, false, &explanation), 0);
	for (i = 0; i < explanation.count; i++) {
		const struct kl_explained_block *block = &explanation.blocks[i];

		expect_block(block, doubt);
		doubt |= !block->permissive && (block->outcomes & KL_OUTCOME_DENIED) &&
			 block->outcomes != KL_OUTCOME_DENIED;
	}
	kl_explanation_free(&explanation);
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		expected[i].open += expected[i].seen_open && !expected[i].seen;
		expected[i].seen = expected[i].seen_open = false;
	}
}

#define RECORDS 3000

/* Of every line, the sum over all records that are explained one by one. */
static void as_explained(void **state)
{
	struct compiled *compiled;
	u32 i, r, line, certain = 0, open = 0;
	u64 number;

	(void)state;
	for (i = 0; i < RECORDS; i++)
		random_record();
	open_text(many);
	compiled = editor_compiled(editor);
	assert_int_equal(compiled->left_out, 1); /* path_group is none */
	memset(expected, 0, sizeof(expected));
	for (number = editor->log->list.first; number < editor->log->list.next;
	     number++) {
		const struct log_record *record =
			log_list_get(&editor->log->list, number);

		if (record->kind == KL_LOGLINE_REQUEST && log_parse(editor->log, record))
			expect_record(&compiled->file, &editor->log->line.facts);
	}
	for (i = 0; i < editor->outline.count; i++) {
		struct sample_answer answer;

		if (!samples_of(editor, i, &answer))
			continue;
		line = i + 1;
		assert_int_equal(answer.requests, RECORDS);
		assert_false(answer.going_on);
		for (r = 0; r < KL_RESULTS; r++) {
			assert_int_equal(answer.counts.results[r],
					 expected[line].results[r]);
			certain += expected[line].results[r];
		}
		assert_int_equal(answer.counts.open, expected[line].open);
		open += expected[line].open;
	}
	assert_true(certain > 3 * RECORDS);
	assert_true(open > RECORDS);
}

/* ---------------------------------------------------------------------- size */

static void put_many(u32 count)
{
	FILE *file = fopen("proc/audit", "a");
	u32 i;

	for (i = 0; i < count; i++, sequence++)
		fprintf(file,
			"#2026/11/22 08:00:00.%06u# seq=%u global-pid=5 result=denied priority=100 / "
			"read path=\"/tmp/%u\"" TASK "\n",
			sequence % 1000000, sequence + 1, sequence);
	fclose(file);
}

/* What falls out of the log is not counted any more, what comes is. */
static void keeps_up(void **state)
{
	struct samples *samples;
	u64 at;

	(void)state;
	open_text("100 acl read\n    audit 1\n    10 deny path=\"/tmp/5\"\n    20 deny\n");
	put_many(2000);
	more();
	samples = editor->samples;
	assert_int_equal(decided(1), 2000);
	assert_int_equal(decided(3), 1);
	assert_int_equal(decided(4), 1999);
	while (editor->log->list.first < 10) {
		put_many(2000);
		more();
	}
	assert_int_equal(decided(1), LOG_RECORDS_MAX);
	assert_int_equal(decided(3), 0);
	assert_int_equal(decided(4), LOG_RECORDS_MAX);
	assert_int_equal(answer_of(4).counts.otherwise, 0);
	type("jjj");
	assert_true(shows("50000 of the newest 50000 in the log: "));
	assert_true(samples->end - samples->first == 3 * LOG_RECORDS_MAX);
	at = answer_of(4).newest;
	assert_int_equal(samples_next(editor, &at)->record, editor->log->list.next - 1);
	/* Whether all is looked at again, or only what came: it is the same. */
	type("e\n");
	type("#");
	work();
	type("u");
	work();
	assert_int_equal(decided(4), LOG_RECORDS_MAX);
}

/* A key never waits for more than a step; a moved cursor for nothing. */
static void in_steps(void **state)
{
	struct kl_buffer text = { 0 };
	u64 begin, longest = 0, took, until;
	u32 i, steps = 0;

	(void)state;
	for (i = 0; i < 100; i++)
		kl_buffer_printf(&text, "100 acl read path=\"/tmp/%u\"\n    10 deny\n", i);
	kl_buffer_puts(&text, "100 acl read path.uid=0\n    20 deny\n");
	open_text(text.data);
	for (i = 0; i < LOG_RECORDS_MAX; i += 2000) {
		put_many(2000);
		do
			log_read(editor->log);
		while (editor->log->reading);
	}
	press('y');
	press('u');
	assert_false(is_known());
	for (until = clock_ms() + 60000; !is_known() && clock_ms() < until; steps++) {
		begin = clock_ms();
		if (!samples_work(editor))
			usleep(1000);
		took = clock_ms() - begin;
		longest = max(longest, took);
	}
	assert_true(is_known());
	assert_int_equal(answer_of(201).requests, LOG_RECORDS_MAX);
	assert_int_equal(answer_of(201).counts.open, LOG_RECORDS_MAX - 100);
	assert_true(steps > 3);
	print_message("longest step: %llu ms\n", (unsigned long long)longest);
	assert_true(longest < 1000);
	begin = clock_ms();
	for (i = 0; i < 50; i++)
		press('j');
	assert_true(clock_ms() - begin < 5000);
	kl_buffer_free(&text);
}

/* A long text is compiled while keys are taken; what counts is the text as it is then. */
static void long_text(void **state)
{
	struct kl_buffer text = { 0 };
	u64 begin, longest = 0, took;
	u32 i, elsewhere = 0;

	(void)state;
	record("result=denied priority=100", "read path=\"/tmp/1\"" TASK);
	kl_buffer_puts(&text, three);
	for (i = 0; i < 50000; i++)
		kl_buffer_printf(&text, "    20 allow path=\"/%u\"\n", i);
	open_text(text.data);
	assert_int_equal(decided(3), 1);
	type("jj#");
	assert_false(is_known());
	type("u");
	for (i = 0; i < 100 && !is_known(); i++) {
		begin = clock_ms();
		samples_work(editor);
		took = clock_ms() - begin;
		longest = max(longest, took);
		elsewhere += editor->samples->job != NULL;
		if (!i)
			editor_stand_on(editor, 2);
		type(i ? "l" : "#");
	}
	work();
	print_message("longest step: %llu ms\n", (unsigned long long)longest);
	assert_true(elsewhere > 1 && longest < 1000);
	assert_int_equal(editor->outline.lines[2].kind, KL_STATEMENT_EMPTY);
	assert_int_equal(answer_of(1).counts.results[KL_UNMATCHED], 1);
	/* Whoever looks elsewhere meanwhile makes it take no longer. */
	type("u");
	begin = clock_ms();
	samples_work(editor);
	assert_non_null(editor->samples->job);
	press('2');
	while (!job_wait(editor->samples->job, 100))
		;
	took = clock_ms() - begin;
	usleep(200000);
	press('1');
	work();
	assert_true(editor->samples->took <= took);
	kl_buffer_free(&text);
}

static void look_at_signals(void *context)
{
	pthread_sigmask(SIG_BLOCK, NULL, context);
}

/* A signal that a thread takes would not wake who waits for keys: Ctrl-Z would do nothing. */
static void signals(void **state)
{
	static const int sent[] = { SIGTSTP, SIGCONT, SIGWINCH, SIGTERM, SIGQUIT, SIGUSR1 };
	sigset_t blocked;
	struct job *job;
	u32 i;

	(void)state;
	sigemptyset(&blocked);
	job = job_start(false, look_at_signals, &blocked, NULL);
	while (!job_wait(job, 1000))
		;
	job_end(job);
	for (i = 0; i < ARRAY_SIZE(sent); i++)
		assert_true(sigismember(&blocked, sent[i]));
	assert_false(sigismember(&blocked, SIGSEGV));
}

/* One that takes very long is compiled when somebody asks. */
static void left_alone(void **state)
{
	(void)state;
	record("result=denied priority=100", "read path=\"/tmp/1\"" TASK);
	open_text(three);
	editor->samples->took = 3000;
	type("Gy");
	while (view_work(editor))
		;
	assert_false(is_known());
	press('r');
	assert_true(shows("is not known yet"));
	work();
	assert_true(shows(" of 1 in the log"));
}

/* However many blocks match, what is kept is bounded, and that is said. */
static void bounded(void **state)
{
	struct kl_buffer text = { 0 };
	u32 i;

	(void)state;
	for (i = 0; i < 600; i++)
		kl_buffer_printf(&text, "%u acl read\n    10 allow\n", i);
	open_text(text.data);
	put_many(1000);
	more();
	assert_true(editor->samples->end - editor->samples->first <= SAMPLES_MAX);
	assert_int_equal(answer_of(1).requests + editor->samples->crowded, 1000);
	assert_in_range(decided(1), 800, 873);
	assert_int_equal(decided(1200), decided(1));
	assert_true(shows(" of the newest 87"));
	kl_buffer_free(&text);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(shown),	  CASE(of_the_text),	CASE(together),
		CASE(silent),	  CASE(untold),		CASE(groups),
		CASE(two_heads),  CASE(no_log),		CASE(as_explained),
		CASE(keeps_up),	  CASE(in_steps),	CASE(left_alone),
		CASE(long_text),  CASE(bounded),	CASE(there_and_back), cmocka_unit_test(signals),
		CASE(in_the_log), CASE(while_it_grows), CASE(only_words),
	};
	FILE *version;
	int failed;

	setlocale(LC_ALL, "C.UTF-8");
	if (!mkdtemp(folder) || chdir(folder) || system("mkdir proc"))
		return 2;
	setenv("KELLAS_PROC", "proc", 1);
	version = fopen("proc/version", "w");
	fputs("language=1\n", version);
	fclose(version);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	canvas_free(&canvas);
	return system("rm -r proc") || chdir("/") || rmdir(folder) || failed;
}
