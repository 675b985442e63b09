// SPDX-License-Identifier: GPL-2.0-only
/* The view of the processes, with files in the place of the module's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <pwd.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "clock.h"
#include "key.h"
#include "processes.h"
#include "view.h"

static char folder[] = "/tmp/processes.XXXXXX";

#define LINE(pid, uid, domain, exe, history) \
	"pid=" pid " nspid=" pid " start=5 domain=\"" domain "\" uid=" uid " exe=\"" exe \
	"\" history=\"" history "\"\n"
#define INIT	"~/sbin/init(1;0.000005)"
#define SSHD	INIT "=>/usr/sbin/sshd(20;2.0)"
#define SHELL	SSHD "=>/bin/sh(30;3.0)"
#define INIT_LINE LINE("1", "0", "<kernel>", "/sbin/init", INIT)
#define SSHD_LINE LINE("20", "0", "<sshd>", "/usr/sbin/sshd", SSHD)
#define SHELL_LINE LINE("30", "1000", "<sshd>", "/bin/sh", SHELL)
#define CRON_LINE LINE("10", "0", "<kernel>", "/usr/sbin/cron", INIT "=>/usr/sbin/cron(10;1.0)")

#define LATER_LINES LINE("40", "0", "<a>", "/x", INIT "=>/x(40;4.0)") \
	LINE("41", "0", "<a>", "/x", INIT "=>/x(41;4.1)") \
	LINE("42", "0", "<a>", "/x", INIT "=>/x(42;4.2)")

/* ---------------------------------------------- the linker leads here */

int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size,
		      struct passwd **found);

/* User 1000 comes from far away; there is no user 77; 5 has a long entry. */
static atomic_bool far_away;
static atomic_int asked_for_nobody;

int __wrap_getpwuid_r(uid_t uid, struct passwd *entry, char *room, size_t size,
		      struct passwd **found)
{
	*found = NULL;
	while (uid == 1000 && far_away)
		usleep(1000);
	asked_for_nobody += uid == 77;
	if (uid == 77)
		return 0;
	if (size < (uid == 5 ? 20000 : 20))
		return ERANGE;
	snprintf(room, size, uid ? "u-%u" : "root", uid);
	entry->pw_name = room;
	*found = entry;
	return 0;
}

static void put_processes(const char *text)
{
	FILE *file = fopen("processes", "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static struct editor *begin(const char *policy)
{
	struct editor *editor = editor_new(kl_text_of(policy), "policy.conf", false);
	struct canvas canvas = { 0 };

	canvas_resize(&canvas, 24, 80);
	editor_draw(editor, &canvas);
	view_turn(editor, VIEW_PROCESSES);
	editor_draw(editor, &canvas);
	canvas_free(&canvas);
	return editor;
}

static void press(struct editor *editor, const char *keys)
{
	for (; *keys; keys++)
		editor_key(editor, *keys);
}

static void assert_here(const struct editor *editor, const char *name)
{
	const struct process *here = processes_here(editor->processes);

	assert_non_null(here);
	assert_string_equal(here->node->name->text, name);
}

/* Names of what is seen, with spaces between. */
static void assert_seen(const struct editor *editor, const char *names)
{
	const struct processes *processes = editor->processes;
	struct kl_buffer seen = { 0 };
	u32 i;

	for (i = 0; i < processes->rows.count; i++)
		kl_buffer_printf(&seen, "%s%s", i ? " " : "",
				 processes->list[processes->shown[i]].node->name->text);
	assert_string_equal(seen.length ? seen.data : "", names);
	kl_buffer_free(&seen);
}

static void work(struct editor *editor)
{
	while (view_work(editor))
		;
}

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

/* Whoever looks without the module must be told. */
static void without_module(void **state)
{
	struct editor *editor;

	(void)state;
	setenv("KELLAS_PROC", "/nonexistent", 1);
	editor = begin("");
	work(editor);
	assert_true(shows(editor, "the module kellas is not loaded"));
	press(editor, "jkGgzhl\nnN/x\n\\x\nro");
	work(editor);
	assert_int_equal(editor->processes->rows.count, 0);
	press(editor, "m");
	assert_true(shows(editor, "the module kellas is not loaded"));
	press(editor, "jkGgzhl\nnN/x\n\\x\nrom");
	editor_free(editor);
	setenv("KELLAS_PROC", folder, 1);
	put_processes(INIT_LINE "nonsense\n" SSHD_LINE);
	editor = begin("");
	assert_seen(editor, "/sbin/init /usr/sbin/sshd");
	assert_non_null(strstr(editor->processes->failure, "processes:2"));
	editor_free(editor);
}

/* Whoever reads on must not lose the place when processes come and go. */
static void place_stays(void **state)
{
	struct editor *editor;
	struct rows *rows;

	(void)state;
	put_processes(INIT_LINE SSHD_LINE SHELL_LINE);
	editor = begin("");
	assert_seen(editor, "/sbin/init /usr/sbin/sshd /bin/sh");
	press(editor, "jj");
	assert_here(editor, "/bin/sh");
	put_processes(INIT_LINE CRON_LINE SSHD_LINE SHELL_LINE);
	editor_key(editor, K_TICK);
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd /bin/sh");
	assert_here(editor, "/bin/sh");
	/* Its end leads to what executed it. */
	put_processes(INIT_LINE CRON_LINE SSHD_LINE);
	editor_key(editor, K_TICK);
	assert_here(editor, "/usr/sbin/sshd");
	/* In the same row of the screen. */
	put_processes(INIT_LINE CRON_LINE SSHD_LINE LATER_LINES);
	editor_key(editor, K_TICK);
	rows = &editor->processes->rows;
	rows_show(rows, 2);
	rows->top = 2;
	put_processes(INIT_LINE SSHD_LINE LATER_LINES);
	editor_key(editor, K_TICK);
	assert_here(editor, "/usr/sbin/sshd");
	assert_int_equal(rows->cursor, rows->top);
	put_processes(INIT_LINE SSHD_LINE);
	editor_key(editor, K_TICK);
	/* Nothing is read when something else is looked at. */
	press(editor, "1");
	put_processes(INIT_LINE);
	editor_key(editor, K_TICK);
	assert_int_equal(editor->processes->rows.count, 2);
	view_turn(editor, VIEW_PROCESSES);
	assert_int_equal(editor->processes->rows.count, 1);
	/* If it takes long, it is not done again at once, unless somebody wants it. */
	editor->processes->next = ~0ull;
	put_processes(INIT_LINE SSHD_LINE);
	editor_key(editor, K_TICK);
	assert_int_equal(editor->processes->rows.count, 1);
	press(editor, "r");
	assert_int_equal(editor->processes->rows.count, 2);
	editor->processes->next = 0;
	unlink("processes");
	editor_key(editor, K_TICK);
	assert_int_equal(editor->processes->rows.count, 0);
	assert_true(editor->processes->failure[0]);
	editor_free(editor);
}

static void folding(void **state)
{
	struct editor *editor;

	(void)state;
	put_processes(INIT_LINE SSHD_LINE SHELL_LINE LINE("31", "0", "<sshd>", "/bin/sh", SHELL));
	editor = begin("");
	assert_int_equal(editor->processes->list[0].living, 4);
	assert_int_equal(editor->processes->list[2].node->living, 2);
	press(editor, "jh");
	assert_seen(editor, "/sbin/init /usr/sbin/sshd");
	/* Where nothing is left below, nothing is hidden; but it is when it comes again. */
	put_processes(INIT_LINE SSHD_LINE);
	editor_key(editor, K_TICK);
	assert_false(processes_here(editor->processes)->folded);
	put_processes(INIT_LINE CRON_LINE SSHD_LINE SHELL_LINE);
	editor_key(editor, K_TICK);
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd");
	assert_here(editor, "/usr/sbin/sshd");
	/* A filter finds what is folded, and shows what it is below. */
	press(editor, "\\/bin/sh\n");
	assert_seen(editor, "/sbin/init /usr/sbin/sshd /bin/sh");
	/* Then nothing is folded unseen, and the key to the left goes up at once. */
	press(editor, "g z");
	assert_string_equal(editor->message, "with a filter nothing is folded");
	press(editor, "Gh");
	assert_here(editor, "/usr/sbin/sshd");
	press(editor, "h");
	assert_here(editor, "/sbin/init");
	press(editor, "j\\\x15\n");
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd");
	press(editor, "l");
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd /bin/sh");
	press(editor, "z");
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd");
	press(editor, "zGhhh");
	assert_here(editor, "/sbin/init");
	editor_free(editor);
}

static void searching(void **state)
{
	struct editor *editor;

	(void)state;
	put_processes(INIT_LINE CRON_LINE SSHD_LINE SHELL_LINE);
	editor = begin("");
	press(editor, "/usr");
	assert_here(editor, "/usr/sbin/cron");
	press(editor, "\n");
	assert_string_equal(editor->message, "match 1 of 2");
	press(editor, "n");
	assert_here(editor, "/usr/sbin/sshd");
	press(editor, "n");
	assert_string_equal(editor->message, "match 1 of 2, round the end");
	press(editor, "/1000\n");
	assert_here(editor, "/bin/sh");
	press(editor, "/(\n");
	assert_int_equal(editor->dialog.kind, DIALOG_PROMPT);
	editor_key(editor, K_ESCAPE);
	assert_here(editor, "/bin/sh");
	/* Who thinks better of a filter has the one that he had, and is where he was. */
	press(editor, "\\cron");
	assert_seen(editor, "/sbin/init /usr/sbin/cron");
	editor_key(editor, K_ESCAPE);
	assert_false(match_is_set(&editor->processes->filter));
	assert_here(editor, "/bin/sh");
	press(editor, "\\sshd\n\\\x15" "cron");
	editor_key(editor, K_ESCAPE);
	assert_string_equal(editor->processes->filter.pattern.data, "sshd");
	editor_free(editor);
}

static const char policy[] =
	"string_group SHELLS /bin/sh\n"				/* 1 */
	"100 acl read task.exe=@SHELLS\n"			/* 2 yes */
	"    audit 1\n"						/* 3 */
	"    10 allow path=\"/a\" task.uid=0\n"			/* 4 no */
	"    20 allow path=\"/b\" task.uid=1000\n"		/* 5 yes */
	"    30 deny task.gid=7\n"				/* 6 ? */
	"    40 deny path.uid=0 task.uid!=1000\n"		/* 7 no */
	"    50 allow\n"					/* 8 yes, always */
	"    60 deny path=\"/c\"\n"				/* 9 out of reach */
	"200 acl read\n"					/* 10 yes */
	"    10 use OTHERS\n"					/* 11 yes */
	"    20 deny\n"						/* 12 yes, always */
	"300 acl read\n"					/* 13 out of reach */
	"    10 allow\n"					/* 14 */
	"rule_group OTHERS\n"					/* 15 */
	"    10 allow task.domain=\"<none>\"\n"			/* 16 no */
	"    20 allow task.history=\"\\{\\*\\}=>/bin/sh\" path=\"/d\"\n" /* 17 yes */
	"100 acl write task.ancestor=\"/usr/sbin/cron\"\n"	/* 18 no */
	"    10 deny\n"						/* 19 */
	"100 acl write task.ancestor=\"/usr/sbin/sshd\"\n"	/* 20 yes */
	"    10 allow wrong=1\n"				/* 21 wrong */
	"    permissive\n"					/* 22 */
	"    10 deny\n"						/* 23 yes, always */
	"200 acl write task.uid=path.uid\n"			/* 24 yes, if the object is so */
	"    10 deny path=\"/x\"\n";				/* 25 yes */

/* Whoever is shown a rule too few takes the process for safe. */
static void concerns(void **state)
{
	static const u32 lines[] = { 2, 5, 6, 8, 10, 11, 17, 12, 20, 23, 24, 25 };
	const struct processes *processes;
	struct editor *editor;
	u32 i;

	(void)state;
	put_processes(INIT_LINE SSHD_LINE SHELL_LINE);
	editor = begin(policy);
	processes = editor->processes;
	press(editor, "G\n");
	assert_true(processes->listing);
	for (i = 0; i < ARRAY_SIZE(lines) && i < processes->concerns.count; i++)
		assert_int_equal(processes->concerns.list[i].line, lines[i]);
	assert_int_equal(processes->concerns.count, ARRAY_SIZE(lines));
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(processes->concerns.list[i].missing,
				 lines[i] == 6 ? KL_SLOT_TASK_GID : -1);
	assert_int_equal(processes->left_out, 1);
	press(editor, "jj\n");
	assert_int_equal(editor->view, VIEW_POLICY);
	assert_int_equal(editor_line(editor), 6 - 1);
	/* What is edited in between counts. */
	press(editor, "d");
	view_turn(editor, VIEW_PROCESSES);
	processes_update(editor);
	assert_int_equal(processes->concerns.count, ARRAY_SIZE(lines) - 1);
	editor_key(editor, K_ESCAPE);
	assert_false(processes->listing);
	editor_free(editor);
}

/* Of two processes that differ nothing may be taken for known. */
static void several(void **state)
{
	struct editor *editor;

	(void)state;
	put_processes(INIT_LINE SSHD_LINE LINE("21", "1000", "<other>", "/usr/sbin/sshd", SSHD));
	editor = begin("100 acl read task.uid=0\n    10 deny task.domain=\"<sshd>\"\n");
	press(editor, "G\n");
	assert_int_equal(editor->processes->concerns.count, 2);
	assert_int_equal(editor->processes->concerns.list[0].missing, KL_SLOT_TASK_UID);
	assert_int_equal(editor->processes->concerns.list[1].missing, KL_SLOT_TASK_DOMAIN);
	editor_free(editor);
}

/* ------------------------------------------------------ as a log tells them */

#define RECORD(time, pid, uid, result, history, what) \
	"#2026/11/22 " time "# seq=1 global-pid=" pid " result=" result " priority=100 / " what \
	" task.pid=" pid " task.uid=" uid " task.exe=\"/x\" task.domain=\"<kernel>\"" \
	" task.history=\"" history "\"\n"
#define READ " read path=\"/etc/shadow\""
#define SHELL_RECORD RECORD("05:30:01", "30", "1000", "denied", SHELL, READ)
#define CHILD_RECORD RECORD("05:30:03", "31", "7", "allowed", SHELL, READ)
#define CRON "~/sbin/init(1;0.000005)=>/usr/sbin/cron(10;1.0)"
#define CRON_RECORD RECORD("05:30:02", "10", "0", "allowed", CRON, READ)
#define LS_RECORD RECORD("05:30:04", "32", "1000", "allowed", SHELL "=>/bin/ls(32;9.25)", READ)
#define OTHER_LS RECORD("05:30:05", "32", "0", "allowed", INIT "=>/bin/ls(32;90.25)", READ)

static void put_log(const char *text)
{
	FILE *file = fopen("kellas.log", "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static struct editor *begin_log(const char *policy)
{
	static char *logs[] = { "kellas.log" };
	struct editor *editor = editor_new(kl_text_of(policy), "policy.conf", false);

	editor->logs = logs;
	editor->log_count = 1;
	view_turn(editor, VIEW_PROCESSES);
	/* How many there are is not known before they are read. */
	assert_true(shows(editor, "reading the log"));
	assert_false(shows(editor, "0 records"));
	work(editor);
	shows(editor, "");
	return editor;
}

static const struct process *here(const struct editor *editor)
{
	return processes_here(editor->processes);
}

static void of_log(void **state)
{
	struct editor *editor;

	(void)state;
	setenv("KELLAS_PROC", "/nonexistent", 1);
	put_log(SHELL_RECORD CRON_RECORD "#2026/11/22 05:30:02# seq=4-9 lost=6 other=6\n"
		CHILD_RECORD LS_RECORD);
	editor = begin_log(policy);
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd /bin/sh /bin/ls");
	assert_true(shows(editor, "from kellas.log, 4 records"));
	assert_true(shows(editor, "kellas.log: who left no record is missing"));
	/* What processes did that executed nothing is the program's; the user is the last one. */
	press(editor, "jjj");
	assert_here(editor, "/bin/sh");
	assert_int_equal(processes_records(here(editor)->node), 2);
	assert_int_equal(here(editor)->node->last_uid, 7);
	assert_true(shows(editor, "     30 7,+1          2  05:30:03 <kernel>"));
	assert_true(shows(editor, "2 records, 1 denied, last 2026-11-22 05:30:03."));
	/* Folded, it is all below; what left none has none. */
	press(editor, "h");
	assert_true(shows(editor, "     30 7,+1          3  05:30:04 <kernel>"));
	press(editor, "lk");
	assert_true(shows(editor, "     20               -"));
	/* The rules that can concern it: the user is not always the same. */
	press(editor, "j\n");
	assert_true(editor->processes->listing);
	assert_int_equal(editor->processes->concerns.list[1].line, 4);
	assert_int_equal(editor->processes->concerns.list[1].missing, KL_SLOT_TASK_UID);
	editor_key(editor, K_ESCAPE);
	/* A filter is taken away by Escape, too. */
	press(editor, "\\cron\n");
	assert_seen(editor, "/sbin/init /usr/sbin/cron");
	editor_key(editor, K_ESCAPE);
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd /bin/sh /bin/ls");
	editor_free(editor);
	setenv("KELLAS_PROC", folder, 1);
}

/* Who takes one tree for the other is mistaken about what runs. */
static void both(void **state)
{
	struct editor *editor;

	(void)state;
	put_processes(INIT_LINE SSHD_LINE SHELL_LINE);
	put_log(SHELL_RECORD CRON_RECORD);
	editor = begin("");
	assert_false(editor->processes->of_log);
	assert_true(shows(editor, "3 running processes"));
	editor_free(editor);
	editor = begin_log("");
	assert_true(editor->processes->of_log);
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd /bin/sh");
	press(editor, "G");
	editor_key(editor, K_F2);
	assert_true(shows(editor, "3 running processes"));
	assert_false(shows(editor, "kellas.log"));
	assert_seen(editor, "/sbin/init /usr/sbin/sshd /bin/sh");
	assert_here(editor, "/bin/sh");
	put_processes(INIT_LINE SHELL_LINE);
	editor_key(editor, K_TICK);
	assert_here(editor, "/bin/sh");
	press(editor, "m");
	assert_true(shows(editor, "from kellas.log, 2 records"));
	assert_here(editor, "/bin/sh");
	press(editor, "kk");
	assert_here(editor, "/usr/sbin/cron");
	/* What is not there leads to what executed it, and back. */
	press(editor, "m");
	assert_here(editor, "/sbin/init");
	press(editor, "m");
	assert_here(editor, "/usr/sbin/cron");
	press(editor, "mjkm");
	assert_here(editor, "/sbin/init");
	editor_free(editor);
}

static void from_record(void **state)
{
	struct editor *editor;

	(void)state;
	put_processes(INIT_LINE SSHD_LINE SHELL_LINE);
	put_log(SHELL_RECORD CRON_RECORD CHILD_RECORD LS_RECORD
		"#2026/11/22 05:30:02# seq=4-9 lost=6 other=6\n" OTHER_LS);
	editor = begin_log("");
	press(editor, "jjjhm\\nothing\n");
	/* It is unfolded, what is filtered is shown, and it is that of the log. */
	view_turn(editor, VIEW_LOG);
	press(editor, "Gkk");
	press(editor, "t");
	work(editor);
	assert_int_equal(editor->view, VIEW_PROCESSES);
	assert_true(editor->processes->of_log);
	assert_here(editor, "/bin/ls");
	assert_int_equal(here(editor)->node->started, 9250000000ull);
	assert_string_equal(editor->message, "the filter hid it, and is taken away");
	/* Each record of its own process, though pid and program are the same. */
	press(editor, "2G");
	editor_key(editor, K_F9);
	assert_int_equal(here(editor)->node->started, 90250000000ull);
	press(editor, "2k");
	assert_true(editor->log->rows.count == 6);
	press(editor, "t");
	assert_int_equal(editor->view, VIEW_LOG);
	assert_true(shows(editor, "this is no record of a process"));
	/* And when the log was read again, of what it has now. */
	put_log(CRON_RECORD SHELL_RECORD SHELL_RECORD SHELL_RECORD SHELL_RECORD SHELL_RECORD);
	press(editor, "R");
	work(editor);
	press(editor, "gt");
	work(editor);
	assert_here(editor, "/usr/sbin/cron");
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd /bin/sh");
	/* While it is made anew, and then, the cursor stays on its program. */
	put_log(RECORD("05:30:08", "5", "0", "allowed", INIT "=>/early(5;0.5)", READ) CRON_RECORD);
	press(editor, "2R");
	work(editor);
	press(editor, "4");
	assert_here(editor, "/usr/sbin/cron");
	work(editor);
	assert_seen(editor, "/sbin/init /early /usr/sbin/cron");
	assert_here(editor, "/usr/sbin/cron");
	editor_free(editor);
}

static void assert_records(const struct editor *editor, const char *times)
{
	struct log_view *log = editor->log;
	struct kl_buffer text = { 0 };
	u32 i;

	assert_int_equal(editor->view, VIEW_LOG);
	for (i = 0; i < log->rows.count; i++)
		kl_buffer_printf(&text, "%u ",
				 (u32)(log_list_get(&log->list, log_row(log, i))->time / 1000000 % 60));
	assert_string_equal(text.length ? text.data : "", times);
	kl_buffer_free(&text);
}

static void to_records(void **state)
{
	struct editor *editor;

	(void)state;
	put_processes(INIT_LINE SSHD_LINE SHELL_LINE);
	put_log(SHELL_RECORD CRON_RECORD CHILD_RECORD LS_RECORD OTHER_LS
		"#2026/11/22 05:30:06# global-pid=77 result=allowed priority=1 / read path=\"/a\" "
		"task.pid=77 task.exe=\"/a.b\"\n"
		"#2026/11/22 05:30:07# global-pid=77 result=allowed priority=1 / read path=\"/a\" "
		"task.pid=77 task.exe=\"/acb\"\n"
		RECORD("05:30:08", "50", "0", "allowed", INIT "=>/odd(name)[\\040(50;3.5)", READ)
		"#2026/11/22 05:30:09# seq=40-42 lost=3 other=3\n");
	editor = begin_log("");
	assert_seen(editor, "/sbin/init /usr/sbin/cron /usr/sbin/sshd /bin/sh /bin/ls "
			    "/odd(name)[  /bin/ls  /a.b /acb");
	/* Its own; those of the program that it executed are not. */
	press(editor, "/bin/sh\no");
	assert_records(editor, "1 3 9 ");
	assert_true(shows(editor, "records of /bin/sh; Escape shows all"));
	assert_int_equal(log_here(editor->log)->time / 1000000 % 60, 3);
	press(editor, "t");
	assert_here(editor, "/bin/sh");
	/* Folded, they are. */
	press(editor, "ho");
	assert_records(editor, "1 3 4 9 ");
	assert_true(shows(editor, "/bin/sh and all below"));
	/* With a filter nothing is. */
	press(editor, "4\\/bin/sh\no");
	assert_records(editor, "1 3 9 ");
	press(editor, "4\\\x15\n");
	/* Also of what left none itself. */
	press(editor, "4k");
	assert_here(editor, "/usr/sbin/sshd");
	press(editor, "o");
	assert_records(editor, "1 3 4 9 ");
	/* What executed the same as another, in a process of the same number, later. */
	press(editor, "4/ls\nno");
	assert_records(editor, "5 9 ");
	/* Names are no expressions. */
	press(editor, "4/odd\no");
	assert_records(editor, "8 9 ");
	/* Without a history: program and process. */
	press(editor, "4/a.b\no");
	assert_records(editor, "6 9 ");
	editor_key(editor, K_ESCAPE);
	assert_int_equal(editor->log->rows.count, 9);
	/* From the running kernel, too. */
	press(editor, "4m/bin/sh\no");
	assert_records(editor, "1 3 9 ");
	editor_free(editor);
}

/* Two boots may have the same process numbers. */
static void loadings(void **state)
{
	struct editor *editor;

	(void)state;
	put_log("#2026/11/22 05:29:58# daemon=source-up instance=aa\n" SHELL_RECORD
		"#2026/11/22 05:29:59# daemon=source-up instance=bb\n" CRON_RECORD);
	editor = begin_log("");
	assert_seen(editor, "aa /sbin/init /usr/sbin/sshd /bin/sh bb /sbin/init /usr/sbin/cron");
	assert_true(shows(editor, "loading of the module: aa"));
	press(editor, "o");
	assert_int_equal(editor->view, VIEW_PROCESSES);
	press(editor, "h");
	assert_seen(editor, "aa bb /sbin/init /usr/sbin/cron");
	editor_free(editor);
}

/* Whoever looks at a large log waits for it, but not for his keys. */
static void large_log(void **state)
{
	struct editor *editor;
	u32 i, steps = 0;
	u64 began, longest = 0;
	FILE *file;

	(void)state;
	file = fopen("kellas.log", "w");
	assert_non_null(file);
	for (i = 0; i < 60000; i++)
		fprintf(file, RECORD("05:30:01", "%u", "0", "allowed",
				     INIT "=>/p%u(%u;2.0)=>/q(%u;3.0)=>/r(%u;4.0)", READ),
			i, i, i, i, i, i);
	fclose(file);
	editor = begin_log("");
	assert_int_equal(editor->processes->records->records, LOG_RECORDS_MAX);
	/* As many programs as there is room for; their records go to what executed them. */
	assert_true(editor->processes->records->tree.count <= RECORD_TREE_ROOM + 10);
	assert_true(editor->processes->records->tree.crowded_out);
	assert_true(shows(editor, "programs found no room"));
	assert_int_equal(editor->processes->list[0].records, LOG_RECORDS_MAX);
	press(editor, "r");
	for (began = clock_ms(); view_work(editor); began = clock_ms(), steps++)
		longest = max(longest, clock_ms() - began);
	assert_true(steps > 3);
	printf("longest step: %u ms\n", (u32)longest);
	assert_true(longest < 1000);
	editor_free(editor);
}

/* ------------------------------------------------------------------- users */

static void work_until(struct editor *editor, const char *text)
{
	int patience = 1000;

	while (!shows(editor, text) && patience--)
		users_work(editor->processes->users, 20);
	assert_true(shows(editor, text));
}

/* No picture waits for a name; who has none is a number, and not asked for again. */
static void users(void **state)
{
	struct editor *editor;

	(void)state;
	far_away = true;
	put_processes(INIT_LINE SSHD_LINE SHELL_LINE
		      LINE("40", "77", "<a>", "/x", INIT "=>/x(40;4.0)")
		      LINE("50", "5", "<a>", "/y", INIT "=>/y(50;4.0)"));
	editor = begin("");
	assert_true(shows(editor, " 1000 "));
	work_until(editor, " root ");
	work_until(editor, " u-5 ");
	assert_true(shows(editor, " 1000 "));
	assert_true(shows(editor, " 77 "));
	/* The filter knows a name as soon as it is there. */
	press(editor, "\\u-1000\n");
	assert_int_equal(editor->processes->rows.count, 0);
	assert_true(users_are_sought(editor->processes->users));
	far_away = false;
	while (users_are_sought(editor->processes->users)) {
		editor_key(editor, K_TICK);
		usleep(1000);
	}
	assert_int_equal(editor->processes->rows.count, 3);
	assert_true(shows(editor, " u-1000 "));
	assert_int_equal(asked_for_nobody, 1);
	editor_free(editor);
	/* Nor does leaving wait. */
	far_away = true;
	editor = begin("");
	assert_true(shows(editor, " 1000 "));
	editor_free(editor);
	far_away = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_module), cmocka_unit_test(place_stays),
		cmocka_unit_test(folding),	  cmocka_unit_test(searching),
		cmocka_unit_test(concerns),	  cmocka_unit_test(several),
		cmocka_unit_test(of_log),	  cmocka_unit_test(both),
		cmocka_unit_test(from_record),	  cmocka_unit_test(to_records),
		cmocka_unit_test(loadings),	  cmocka_unit_test(large_log),
		cmocka_unit_test(users),
	};
	int failed;

	if (!mkdtemp(folder) || chdir(folder))
		return 2;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink("processes");
	unlink("kellas.log");
	return rmdir(folder) || failed;
}
