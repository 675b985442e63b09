// SPDX-License-Identifier: GPL-2.0-only
/* execve: interpreters, arguments and environments of all sizes, refusals. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/programs"
#define QUICK	HERE "/quick"

static char *no_environment[] = { NULL };
static char *no_arguments[] = { NULL };

/** struct call - an execve */
struct call {
	const char *path;
	char **argv;
	char **envp;
};

static long call_it(const void *arg)
{
	const struct call *call = arg;

	return execve(call->path, call->argv ? call->argv : no_arguments,
		      call->envp ? call->envp : no_environment);
}

/* An execve, by a process that the policy means, and its result. */
static void watch(const char *path, char **argv, char **envp, struct seen *seen)
{
	const struct call call = { path, argv, envp };

	subject_watch(NULL, call_it, &call, seen);
}

static void expect_runs(const char *what, const char *path, char **argv, char **envp)
{
	struct seen seen;

	watch(path, argv, envp, &seen);
	expect(seen.status == QUICK_STATUS, "%s: expected that it runs, got exit status %d, errno %d",
	       what, seen.status, seen.error);
}

static void expect_refused(const char *what, const char *path, char **argv, char **envp)
{
	struct seen seen;

	watch(path, argv, envp, &seen);
	expect_error(what, EPERM, seen.error);
}

/* "execute /a;read /b;" of the records. */
static const char *summary(const struct seen *seen)
{
	static struct text text;
	unsigned int i;

	text_clear(&text);
	for (i = 0; i < seen->count; i++) {
		const char *body = record_body(seen->records[i]);

		text_add(&text, "%.*s %s;", (int)strcspn(body, " "), body,
			 body_field(seen->records[i], "path"));
	}
	return text.data;
}

static void write_script(const char *path, const char *interpreter)
{
	FILE *file = fopen(path, "w");

	if (!file || fprintf(file, "#!%s one two\n", interpreter) < 0 || fclose(file))
		die("%s: %s", path, strerror(errno));
	must(chmod(path, 0755));
}

static void make_files(void)
{
	must(mkdir(HERE, 0755));
	copy_file(quick_program(), QUICK);
	must(symlink("quick", HERE "/link"));
	write_script(HERE "/script", QUICK);
	write_script(HERE "/second", HERE "/script");
	write_script(HERE "/through", HERE "/link");
	write_script(HERE "/broken", HERE "/nowhere");
	copy_file("/bin/true", HERE "/dynamic");
	close(must(open(HERE "/plain", O_CREAT | O_WRONLY, 0644)));
}

#define EXECUTE	"100 acl execute " SUBJECT_RULE "\n    audit 1\n"
#define READ	"100 acl read path=\"" HERE "/\\*\" " SUBJECT_RULE "\n    audit 1\n"

/* The interpreter of dynamic programs, by the name that it has for policies. */
static const char *loader(void)
{
	static char full[4096];

	if (!realpath("/lib64/ld-linux-x86-64.so.2", full))
		die("no loader: %s", strerror(errno));
	return full;
}

#define CHECK	0x10000	/* AT_EXECVE_CHECK, which older headers have not */

static long ask_it(const void *arg)
{
	const struct call *call = arg;

	return syscall(SYS_execveat, AT_FDCWD, call->path, call->argv, call->envp, CHECK);
}

static void expect_question(const char *rule, const char *result)
{
	char *argv[] = { "quick", NULL }, *envp[] = { "A=1", NULL };
	const struct call call = { QUICK, argv, envp };
	bool denied = !strcmp(result, "denied");
	struct text text = {};
	struct seen seen;

	text_add(&text, EXECUTE "    10 %s path=\"" QUICK "\"\n"
		 "100 acl environ " SUBJECT_RULE "\n    audit 1\n    10 deny\n", rule);
	policy(text.data);
	free(text.data);
	begin("asked about: %s", result);
	subject_watch(NULL, ask_it, &call, &seen);
	expect_error("result", denied ? EPERM : 0, seen.error);
	expect_number("exit status of what asked", 0, seen.status);
	if (expect_number("records", 1, seen.count)) {
		expect_text("check", "yes", head_field(seen.records[0], "check"));
		expect_text("result", result, head_field(seen.records[0], "result"));
		expect_text("records", "execute \"" QUICK "\";", summary(&seen));
	}
	end();
}

/* AT_EXECVE_CHECK: the answer is that of execute, and nothing is executed. */
static void questions(void)
{
	struct seen seen;

	if (skips("AT_EXECVE_CHECK"))
		return;
	expect_question("allow", "allowed");
	expect_question("deny", "denied");
	expect_question("deny task.uid=99 ", "unmatched");
	begin("executed, not asked about");
	policy(EXECUTE);
	watch(QUICK, NULL, NULL, &seen);
	expect_number("exit status", QUICK_STATUS, seen.status);
	if (expect_number("records", 1, seen.count))
		expect_text("check", "", head_field(seen.records[0], "check"));
	end();
}

static void interpreters(void)
{
	static const struct {
		const char *name;
		const char *path;
		const char *summary;
		int error;
	} cases[] = {
		{ "a program", QUICK, "execute \"" QUICK "\";", -1 },
		{ "a script", HERE "/script",
		  "execute \"" HERE "/script\";read \"" QUICK "\";", -1 },
		{ "a script of a script", HERE "/second",
		  "execute \"" HERE "/second\";read \"" HERE "/script\";read \"" QUICK "\";", -1 },
		{ "a script whose interpreter is a link", HERE "/through",
		  "execute \"" HERE "/through\";read \"" QUICK "\";", -1 },
		{ "a script without its interpreter", HERE "/broken",
		  "execute \"" HERE "/broken\";", ENOENT },
		{ "no permission", HERE "/plain", "", EACCES },
		{ "no file", HERE "/nowhere", "", ENOENT },
	};
	struct text text = {};
	struct seen seen;
	unsigned int i;

	group("programs interpreters");
	policy(EXECUTE READ);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		begin("%s", cases[i].name);
		watch(cases[i].path, NULL, NULL, &seen);
		expect_error("error", cases[i].error, seen.error);
		expect_text("records", cases[i].summary, summary(&seen));
		end();
	}
	begin("a dynamic program");
	text_add(&text, EXECUTE "100 acl read path=\"%s\" " SUBJECT_RULE "\n    audit 1\n", loader());
	policy(text.data);
	text_clear(&text);
	text_add(&text, "execute \"" HERE "/dynamic\";read \"%s\";", loader());
	watch(HERE "/dynamic", NULL, NULL, &seen);
	expect_number("exit status", 0, seen.status);
	expect_text("records", text.data, summary(&seen));
	end();
	free(text.data);
}

static void name_variable(char *name, const char *text, size_t length)
{
	struct text quoted = {};

	text_add_quoted(&quoted, "", text, length);
	sprintf(name, "envp[%s]", quoted.data + strlen(" ="));
	free(quoted.data);
}

/* Arguments and environment as a record has them, by the budget of the specification. */
static void add_exec_info(struct text *text, char **argv, char **envp,
			  unsigned int *omitted)
{
	unsigned int argc = 0, envc = 0, i;
	struct text item = {};
	char name[600];
	size_t left = 8192, before = text->length;

	while (argv[argc])
		argc++;
	while (envp[envc])
		envc++;
	*omitted = 0;
	text_add(text, " argc=%u envc=%u", argc ? argc : 1, envc);
	if (!argc)
		text_add(text, " argv[0]=\"\"");
	left -= text->length - before;
	for (i = 0; i < argc + envc; i++) {
		const char *value = i < argc ? argv[i] : envp[i - argc];
		size_t length = strcspn(value, "=");

		if (i < argc)
			sprintf(name, "argv[%u]", i);
		else
			name_variable(name, value, length);
		if (i >= argc)
			value += length + (value[length] == '=');
		text_clear(&item);
		text_add_quoted(&item, name, value, strlen(value));
		if (left <= item.length + 32) {
			++*omitted;
			continue;
		}
		left -= item.length;
		text_add_bytes(text, item.data, item.length);
	}
	free(item.data);
}

/* The part of a record from argc up to the task. */
static char *exec_info_of(const char *record)
{
	char *from = strstr(record, " argc="), *to = strstr(record, " task.pid=");

	return from && to ? strndup(from, to - from) : strdup("none");
}

static char *long_string(size_t length, char byte)
{
	char *text = malloc(length + 1);

	memset(text, byte, length);
	text[length] = 0;
	return text;
}

static void expect_info(char **argv, char **envp)
{
	struct text expected = {};
	unsigned int omitted;
	struct seen seen;
	char *got;

	watch(QUICK, argv, envp, &seen);
	expect_number("exit status", QUICK_STATUS, seen.status);
	if (!expect(seen.count == 1, "records: expected 1 got %u", seen.count))
		return;
	add_exec_info(&expected, argv, envp, &omitted);
	got = exec_info_of(seen.records[0]);
	expect_words("arguments", expected.data, got);
	expect_number("omitted", omitted, atoll(head_field(seen.records[0], "omitted")));
	free(got);
	free(expected.data);
}

static char **many(unsigned int n, const char *format)
{
	char **list = calloc(n + 1, sizeof(*list));
	unsigned int i;

	for (i = 0; i < n; i++)
		if (asprintf(&list[i], format, i) < 0)
			die("out of memory");
	return list;
}

static void arguments(void)
{
	char *argv[40] = { "a" }, *short_after[] = { "a", NULL, "short", NULL };
	char *odd[] = { "\x01\xff\n\t \\ \"", "", "a=b", NULL };
	char *variables[] = { "", "=", "=x", "X==", "\xc3\xa4=\xe2\x82\xac", "X=2", NULL };
	struct text text = {};
	unsigned int i;

	group("programs arguments");
	policy(EXECUTE);
	begin("none");
	expect_info(no_arguments, no_environment);
	end();
	begin("odd bytes");
	expect_info(odd, variables);
	end();
	begin("100");
	expect_info(many(100, "argument-%u"), many(50, "V%u=value"));
	end();
	begin("1,000");
	expect_info(many(1000, "argument-%u"), many(10, "V%u=value"));
	end();
	begin("a long one before a short one");
	short_after[1] = long_string(8000, 'x');
	expect_info(short_after, no_environment);
	end();
	begin("one of 128 KiB");
	short_after[1] = long_string(131071, 'x');
	expect_info(short_after, no_environment);
	end();

	/* Rules see what records omit. */
	begin("one of 128 KiB is compared to its last byte");
	policy("100 acl execute " SUBJECT_RULE "\n    10 deny argv[1]=\"x\\*y\"\n");
	expect_runs("without it", QUICK, short_after, NULL);
	short_after[1][131070] = 'y';
	expect_refused("with it", QUICK, short_after, NULL);
	end();
	begin("the last of 1,000");
	policy("100 acl execute " SUBJECT_RULE "\n    10 deny argv[999]=\"argument-999\" argv[1000]=NULL"
	       " argc=1000\n");
	expect_refused("1,000", QUICK, many(1000, "argument-%u"), NULL);
	expect_runs("999", QUICK, many(999, "argument-%u"), NULL);
	expect_runs("1,001", QUICK, many(1001, "argument-%u"), NULL);
	end();
	begin("2 MiB in all");
	for (i = 1; i < 16; i++)
		argv[i] = long_string(130000, 'a' + i);
	argv[i] = "last";
	policy("100 acl execute " SUBJECT_RULE "\n    10 deny argv[16]=\"last\" argv[15]=\"\\*p\"\n");
	expect_refused("all there", QUICK, argv, NULL);
	argv[15][129999] = 'q';
	expect_runs("another end", QUICK, argv, NULL);
	end();
	free(text.data);
}

/* Tests 10, 11 and 13 of the specification, with programs of our own. */
static void conditions(void)
{
	char *two[] = { "p", "x.py", NULL }, *c[] = { "p", "-c", "pass", NULL }, *one[] = { "p", NULL };
	char *home[] = { "HOME=/root", NULL }, *path[] = { "PYTHONPATH=", NULL };
	char *preload[] = { "A=1", "LD_PRELOAD=/tmp/x.so", "LD_LIBRARY_PATH=/x", "B=2", NULL };
	char *empty[] = { "LD_PRELOAD=", "PATH=/bin", NULL };
	struct seen seen;

	group("programs conditions");
	begin("exec and path");
	copy_file(quick_program(), HERE "/vim");
	copy_file(quick_program(), HERE "/nano");
	must(symlink("vim", HERE "/vi"));
	policy("100 acl execute exec=\"" HERE "/vi\"\n    10 allow path=\"" HERE "/vim\"\n    20 deny\n");
	expect_runs("vi is vim", HERE "/vi", NULL, NULL);
	must(unlink(HERE "/vi"));
	must(symlink("nano", HERE "/vi"));
	expect_refused("vi is nano", HERE "/vi", NULL, NULL);
	expect_runs("vim itself", HERE "/vim", NULL, NULL);
	end();

	begin("argv, envp, argc");
	policy("100 acl execute path=\"" QUICK "\\*\"\n    audit 1\n    10 deny envp[\"PYTHONPATH\"]!=NULL\n"
	       "    20 deny argv[1]=\"-c\"\n    30 allow argc=2-9\n    40 deny\n");
	expect_runs("x.py", QUICK, two, home);
	expect_refused("PYTHONPATH=", QUICK, two, path);
	expect_refused("-c", QUICK, c, NULL);
	expect_refused("alone", QUICK, one, NULL);
	end();

	begin("environ");
	policy("100 acl environ name=\"LD_\\*\" " SUBJECT_RULE "\n    audit 1\n"
	       "    10 allow value=\"\" task.uid=21\n    20 deny\n");
	watch(QUICK, two, preload, &seen);
	expect_error("LD_PRELOAD=/tmp/x.so", EPERM, seen.error);
	expect_number("records", 1, seen.count);
	expect_text("name", "\"LD_PRELOAD\"", seen.count ? body_field(seen.records[0], "name") : "");
	watch(QUICK, two, empty, &seen);
	expect_number("LD_PRELOAD=: exit status", QUICK_STATUS, seen.status);
	expect_number("records", 1, seen.count);
	expect_text("result", "allowed", seen.count ? head_field(seen.records[0], "result") : "");
	expect_runs("PATH=", QUICK, two, home);
	end();

	begin("environ comes after execute");
	policy(EXECUTE "    10 deny argv[1]=\"-c\"\n"
	       "100 acl environ " SUBJECT_RULE "\n    audit 1\n");
	watch(QUICK, c, home, &seen);
	expect_text("refused", "execute \"" QUICK "\";", summary(&seen));
	watch(QUICK, two, home, &seen);
	expect_text("runs", "execute \"" QUICK "\";environ \"" QUICK "\";", summary(&seen));
	end();
}

/** struct series - one process tries programs until one runs */
struct series {
	const char *paths[4];
};

static long try_all(const void *arg)
{
	const struct series *series = arg;
	unsigned int i;

	for (i = 0; i < 4 && series->paths[i]; i++)
		execve(series->paths[i], no_arguments, no_environment);
	return -1;
}

static void expect_series(const char *what, const struct series *series, int status,
			  const char *records)
{
	struct seen seen;

	subject_watch(NULL, try_all, series, &seen);
	expect(seen.status == status, "%s: expected exit status %d got %d", what, status,
	       seen.status);
	expect_text(what, records, summary(&seen));
}

/* A refused execve leaves nothing behind (Q1, test 31). */
static void refusals(void)
{
	const struct series twice = { { QUICK, QUICK, QUICK } };
	const struct series then = { { QUICK, HERE "/vim" } };
	const struct series broken = { { HERE "/broken", HERE "/vim" } };
	const struct series interpreter = { { HERE "/script", QUICK } };
	const struct series variable = { { HERE "/vim", HERE "/nano" } };
	struct seen seen;

	group("programs refusals");
	policy(EXECUTE "    10 deny path=\"" QUICK "\"\n" READ);
	begin("three times");
	expect_series("denied", &twice, 0,
		      "execute \"" QUICK "\";execute \"" QUICK "\";execute \"" QUICK "\";");
	end();
	begin("then another program");
	expect_series("runs", &then, QUICK_STATUS,
		      "execute \"" QUICK "\";execute \"" HERE "/vim\";");
	end();
	begin("failed late, then another program");
	expect_series("runs", &broken, QUICK_STATUS,
		      "execute \"" HERE "/broken\";execute \"" HERE "/vim\";");
	end();
	begin("as an interpreter it is only read");
	watch(HERE "/script", NULL, NULL, &seen);
	expect_number("exit status", QUICK_STATUS, seen.status);
	expect_text("records", "execute \"" HERE "/script\";read \"" QUICK "\";", summary(&seen));
	end();
	policy(EXECUTE "100 acl read path=\"" QUICK "\" " SUBJECT_RULE "\n    audit 1\n    10 deny\n");
	begin("a refused interpreter can be executed");
	expect_series("runs", &interpreter, QUICK_STATUS,
		      "execute \"" HERE "/script\";read \"" QUICK "\";execute \"" QUICK "\";");
	end();
	policy(EXECUTE "100 acl environ path=\"" HERE "/vim\" " SUBJECT_RULE "\n    10 deny\n");
	begin("nothing of the environment remains");
	expect_series("runs", &variable, QUICK_STATUS, "execute \"" HERE "/vim\";");
	end();
}

/* The kernel starts a program itself: modprobe, for an unknown file system. */
static void helpers(void)
{
	char **records;
	unsigned int n;

	group("programs helpers");
	begin("of the kernel");
	policy("100 acl execute argv[3]=\"fs-kellastest\"\n    audit 1\n");
	records_drop();
	expect(mount("none", "/tmp", "kellastest", 0, NULL) < 0, "mounted");
	n = records_take(&records);
	if (expect(n == 1, "records: expected 1 got %u", n)) {
		/* It has executed nothing yet: its past is that of the kernel thread that forked it. */
		expect_text("task.exe", "\"<kernel>\"", body_field(records[0], "task.exe"));
		expect_text("task.uid", "0", body_field(records[0], "task.uid"));
		expect_text("argv[0]", "\"/sbin/modprobe\"", body_field(records[0], "argv[0]"));
	}
	end();
}

void part_programs(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	kellas_load();
	make_files();
	interpreters();
	arguments();
	conditions();
	refusals();
	questions();
	helpers();
	group("programs");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
