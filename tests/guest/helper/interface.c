// SPDX-License-Identifier: GPL-2.0-only
/* The policy file: who may, what is refused and how that is said, transactions. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

/* The running policy without the lines that count. */
static void current_policy(struct text *text)
{
	static struct text all;
	static char **lines;
	unsigned int i, n;

	read_file(KELLAS "policy", &all);
	text_clear(text);
	n = split_lines(&all, &lines);
	for (i = 0; i < n; i++)
		if (strncmp(lines[i], "stat ", 5))
			text_add(text, "%s\n", lines[i]);
}

static int open_policy(void)
{
	return must(open(KELLAS "policy", O_RDWR | O_CLOEXEC));
}

static int put(int fd, const char *text)
{
	return write_all(fd, text, strlen(text));
}

static void take(int fd, struct text *text)
{
	text_clear(text);
	read_all(fd, text);
}

static void expect_contains(const char *what, bool contains, const char *word)
{
	static struct text text;

	current_policy(&text);
	expect(!strstr(text.data, word) == !contains, "%s: policy has %s'%s': %s", what,
	       contains ? "no " : "", word, text.data);
}

/* What is wrong with each, and where. */
static const struct {
	const char *text;
	const char *place;
	const char *message;
} errors[] = {
	{ "nonsense\n", "1:1: ", "" },
	{ "100 nonsense\n", "1:", "" },
	{ "acl\n", "1:", "" },
	{ "100 acl raed\n", "1:9: ", "" },
	{ "\n# comment\n100 acl raed\n", "3:9: ", "" },
	{ "100 acl read bogus=1\n", "1:14: ", "" },
	{ "100 acl read path=\"/a\" bogus=1\n", "1:24: ", "" },
	{ "100 acl create path.uid=0\n", "1:16: ", "" },
	{ "100 acl read argv[0]=\"x\"\n", "1:14: ", "" },
	{ "100 acl read path.uid=abc\n", "1:23: ", "" },
	{ "100 acl read path.uid=5-3\n", "1:25: ", "" },
	{ "100 acl read path.uid\n", "1:14: ", "" },
	{ "100 acl read path=\"/a\n", "1:22: ", "" },
	{ "100 acl read path=/a\n", "1:19: ", "" },
	{ "100 acl read path=\"/a\\b\"\n", "1:22: ", "" },
	{ "100 acl read path=\"/\\(a\\}/\"\n", "1:", "" },
	{ "100 acl read path.type=nofile\n", "1:24: ", "" },
	{ "65536 acl read\n", "1:1: ", "65535" },
	{ "100 acl read\n    70000 deny\n", "2:5: ", "65535" },
	{ "100 acl read\n    50h deny\n", "2:7: ", "" },
	{ "100 acl read\n    10 dney\n", "2:8: ", "" },
	{ "100 acl read\n    10 deny bogus=1\n", "2:13: ", "" },
	{ "100 acl read\n    10 deny path.uid=0 path.gid=x\n", "2:33: ", "" },
	{ "100 acl read\n    audit 256\n", "2:11: ", "255" },
	{ "100 acl read\n    audit x\n", "2:11: ", "" },
	{ "100 acl read\n    label a/b\n", "2:12: ", "" },
	{ "100 acl read\n    10 allow label=x path.uid=0\n", "2:", "" },
	{ "    10 deny\n", "1:", "" },
	{ "audit 1\n", "1:1: ", "" },
	{ "quota audit[256] allowed=1\n", "1:", "255" },
	{ "quota memory policy x\n", "1:21: ", "" },
	{ "string_group G #x\n", "1:16: ", "" },
	{ "number_group G x\n", "1:16: ", "" },
	{ "ip_group G 1.2.3\n", "1:12: ", "" },
	{ "ip_group G 1.2.3.4/33\n", "1:20: ", "" },
	{ "commit\n", "1:1: ", "begin" },
	{ "abort\n", "1:1: ", "begin" },
	{ "100 acl execute\n    10 allow transition=\"\"\n", "2:", "no name" },
	{ "100 acl write path=\"/good\"\n    10 deny\n100 acl raed\n", "3:9: ", "" },
	{ "100 acl write path=\"/good\"\n    10 deny\n    20 deny path=\"\\9\"\n", "3:", "" },
};

static bool is_place(const char *message)
{
	unsigned int line, column;
	int end = 0;

	return sscanf(message, "%u:%u: %n", &line, &column, &end) == 2 && line && column &&
	       end && strlen(message + end) > 3 && message[strlen(message) - 1] == '\n' &&
	       strchr(message, '\n') == message + strlen(message) - 1;
}

static void run_error(unsigned int i, bool transaction, const struct text *before)
{
	struct text message = {}, after = {};
	int fd = open_policy(), err;

	begin("%u: %.*s%s", i, (int)strcspn(errors[i].text, "\n"), errors[i].text,
	      transaction ? " in a transaction" : "");
	if (transaction)
		expect_error("begin", 0, put(fd, "begin\n"));
	/* One write: all of it is refused, whatever was good. */
	err = write(fd, errors[i].text, strlen(errors[i].text)) < 0 ? errno : 0;
	expect_error("write", EINVAL, err);
	take(fd, &message);
	expect(is_place(message.data), "expected LINE:COLUMN: message got '%s'", message.data);
	expect(!strncmp(message.data, errors[i].place, strlen(errors[i].place)),
	       "expected '%s…' got '%s'", errors[i].place, message.data);
	expect(strstr(message.data, errors[i].message) != NULL, "expected '…%s…' got '%s'",
	       errors[i].message, message.data);
	if (transaction) {
		expect_error("a line after it", ECANCELED, put(fd, "100 acl read path=\"/x\"\n"));
		expect_error("commit after it", ECANCELED, put(fd, "commit\n"));
	}
	current_policy(&after);
	expect_text("policy", before->data, after.data);
	close(fd);
	free(message.data);
	free(after.data);
	end();
}

#define SOME	"string_group S /a/\\*\nstring_group S b\nnumber_group N 1-0xff\n" \
		"ip_group I 10.0.0.1-10.0.0.9\nquota audit[3] allowed=1 denied=2\n" \
		"100 acl read path=@S path.uid=@N\n    audit 3\n    label l\n    10 allow task.uid=0\n" \
		"    20 deny label=z\n200 acl unlink path.parent.perm=sticky\n    30 deny path.uid!=task.uid\n"

static void refused_lines(void)
{
	struct text before = {};
	unsigned int i;

	policy(SOME);
	current_policy(&before);
	group("policy errors");
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		if (strcmp(errors[i].text, "commit\n") && strcmp(errors[i].text, "abort\n"))
			run_error(i, true, &before);
	for (i = 0; i < ARRAY_SIZE(errors); i++)
		run_error(i, false, &before);
	free(before.data);
}

static void fed_back(void)
{
	struct text first = {}, second = {};
	int fd;

	group("policy text");
	begin("fed back");
	policy(SOME);
	read_file(KELLAS "policy", &first);
	policy(first.data);
	current_policy(&second);
	current_policy(&first);
	expect_text("policy", first.data, second.data);
	/* The same once more: nothing is there twice. */
	read_file(KELLAS "policy", &second);
	fd = open_policy();
	expect_error("write", 0, put(fd, second.data));
	close(fd);
	current_policy(&second);
	expect_text("policy", first.data, second.data);
	expect(strstr(first.data, "    20 deny label=z\n") != NULL, "no rule in %s", first.data);
	end();

	begin("delete");
	fd = open_policy();
	expect_error("other order", 0, put(fd, "delete 100 acl read path.uid=@N path=@S\n"));
	expect_contains("other order", true, "100 acl read path=@S path.uid=@N\n");
	expect_error("a rule", 0, put(fd, "100 acl read path=@S path.uid=@N\n    delete 20 deny\n"));
	expect_contains("a rule", false, "20 deny");
	expect_contains("a rule", true, "10 allow");
	expect_error("a block", 0, put(fd, "delete 100 acl read path=@S path.uid=@N\n"));
	expect_contains("a block", false, "acl read");
	expect_contains("a block", true, "acl unlink");
	close(fd);
	end();

	begin("written in pieces");
	policy("");
	fd = open_policy();
	expect_error("half a line", 0, put(fd, "100 acl read pa"));
	expect_contains("half a line", false, "acl");
	expect_error("the rest", 0, put(fd, "th=\"/p\"\n    10 de"));
	expect_contains("the rest", true, "path=\"/p\"");
	expect_error("its rule", 0, put(fd, "ny\n"));
	expect_contains("its rule", true, "    10 deny\n");
	expect_error("without an end", 0, put(fd, "100 acl write path=\"/never\""));
	close(fd);
	expect_contains("without an end", false, "never");
	end();
	free(first.data);
	free(second.data);
}

static void transactions(void)
{
	struct text message = {};
	int a, b;

	group("policy transactions");
	policy("100 acl read path=\"/first\"\n");
	a = open_policy();
	begin("begin … commit");
	expect_error("begin", 0, put(a, "begin\n100 acl read path=\"/two\"\n"));
	expect_contains("before commit", false, "/two");
	expect_error("commit", 0, put(a, "commit\n"));
	expect_contains("after commit", true, "/two");
	expect_contains("after commit", true, "/first");
	end();
	begin("begin replace");
	expect_error("all", 0, put(a, "begin replace\n100 acl read path=\"/three\"\ncommit\n"));
	expect_contains("replaced", false, "/two");
	expect_contains("replaced", true, "/three");
	end();
	begin("abort");
	expect_error("all", 0, put(a, "begin replace\n100 acl read path=\"/four\"\nabort\n"));
	expect_contains("aborted", false, "/four");
	expect_contains("aborted", true, "/three");
	end();
	begin("close drops it");
	b = open_policy();
	expect_error("begin", 0, put(b, "begin\n100 acl read path=\"/five\"\n"));
	close(b);
	expect_contains("closed", false, "/five");
	end();
	begin("poisoned");
	expect_error("begin", 0, put(a, "begin\n100 acl read path=\"/six\"\n"));
	expect_error("error", EINVAL, put(a, "nonsense\n"));
	take(a, &message);
	expect(!strncmp(message.data, "2:1: ", 5), "expected 2:1: got %s", message.data);
	expect_error("line", ECANCELED, put(a, "100 acl read path=\"/six\"\n"));
	expect_error("commit", ECANCELED, put(a, "commit\n"));
	expect_contains("after commit", false, "/six");
	expect_error("and then", 0, put(a, "100 acl read path=\"/seven\"\n"));
	expect_contains("and then", true, "/seven");
	end();
	begin("poisoned, aborted");
	expect_error("error", EINVAL, put(a, "begin\nnonsense\n"));
	expect_error("abort", 0, put(a, "abort\n"));
	expect_error("and then", 0, put(a, "begin\n100 acl read path=\"/eight\"\ncommit\n"));
	expect_contains("and then", true, "/eight");
	end();
	begin("changed meanwhile");
	b = open_policy();
	expect_error("begin", 0, put(a, "begin\n100 acl read path=\"/nine\"\n"));
	expect_error("another", 0, put(b, "100 acl read path=\"/other\"\n"));
	expect_error("commit", EAGAIN, put(a, "commit\n"));
	expect_contains("commit", false, "/nine");
	expect_contains("commit", true, "/other");
	expect_error("it has ended", EINVAL, put(a, "commit\n"));
	end();
	begin("two transactions");
	expect_error("begin", 0, put(a, "begin\n100 acl read path=\"/nine\"\n"));
	expect_error("begin", 0, put(b, "begin\n100 acl read path=\"/ten\"\n"));
	expect_error("commit", 0, put(b, "commit\n"));
	expect_error("commit", EAGAIN, put(a, "commit\n"));
	expect_contains("first", true, "/ten");
	expect_contains("second", false, "/nine");
	end();
	begin("begin force");
	expect_error("begin", 0, put(a, "begin force\n100 acl read path=\"/nine\"\n"));
	expect_error("another", 0, put(b, "100 acl read path=\"/eleven\"\n"));
	expect_error("commit", 0, put(a, "commit\n"));
	expect_contains("both", true, "/nine");
	expect_contains("both", true, "/eleven");
	end();
	begin("begin within begin");
	expect_error("begin", 0, put(a, "begin\n"));
	expect_error("begin", EINVAL, put(a, "begin\n"));
	expect_error("abort", 0, put(a, "abort\n"));
	end();
	close(a);
	close(b);
	free(message.data);
}

/* N of "LINE:COLUMN: the policy needs at least N bytes …", or 0. */
static unsigned long long bytes_told(const struct text *message)
{
	unsigned long long bytes = 0;

	sscanf(message->data, "%*u:%*u: the policy needs at least %llu bytes", &bytes);
	return bytes;
}

static void quotas(void)
{
	struct text before = {}, after = {}, message = {};
	unsigned long long bytes, more;
	int fd, i, err;

	group("policy quota");
	begin("too much");
	policy(SOME);
	current_policy(&before);
	fd = open_policy();
	expect_error("write", ENOMEM, put(fd, "quota memory policy 1000\n"));
	take(fd, &message);
	bytes = bytes_told(&message);
	expect(bytes > 1000 && bytes < 1000000, "expected how much is needed got %s", message.data);
	current_policy(&after);
	expect_text("policy", before.data, after.data);
	end();
	/* What the ruleset takes is known only after the rest has been let pass. */
	begin("what it says is enough in the end");
	for (i = 0, err = ENOMEM; i < 3 && err == ENOMEM; i++) {
		text_clear(&after);
		text_add(&after, "quota memory policy %llu\n", bytes);
		err = put(fd, after.data);
		take(fd, &message);
		more = err ? bytes_told(&message) : bytes + 1;
		expect(more > bytes, "%llu bytes are not enough, but %llu are needed", bytes, more);
		bytes = more;
	}
	expect_error("write", 0, err);
	end();
	begin("no more than that");
	policy(SOME "quota memory policy 50000\n");
	text_clear(&message);
	text_add(&message, "100 acl read path=\"/%0*d\"\n", 100000, 1);
	current_policy(&before);
	expect_error("write", ENOMEM, put(fd, message.data));
	current_policy(&after);
	expect_text("policy", before.data, after.data);
	end();
	close(fd);
	policy("");
	free(before.data);
	free(after.data);
	free(message.data);
}

/* Who may. */

static void drop_capability(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	must(syscall(SYS_capget, &head, data));
	data[1].effective &= ~(1u << (CAP_MAC_ADMIN - 32));
	must(syscall(SYS_capset, &head, data));
}

static void be_nobody(void)
{
	must(setresgid(1000, 1000, 1000));
	must(setresuid(1000, 1000, 1000));
}

static void be_root_of_namespace(void)
{
	char map[40];
	int fd;

	sprintf(map, "0 %u 1\n", geteuid());
	must(unshare(CLONE_NEWUSER));
	fd = must(open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC));
	must(write(fd, map, strlen(map)));
	close(fd);
}

static void be_nobody_as_root(void)
{
	be_nobody();
	must(prctl(PR_SET_DUMPABLE, 1));
	be_root_of_namespace();
}

static const struct {
	const char *name;
	void (*become)(void);
	int error;
} strangers[] = {
	{ "root without CAP_MAC_ADMIN", drop_capability, EPERM },
	{ "root of a user namespace", be_root_of_namespace, EPERM },
	{ "a user", be_nobody, EACCES },
	{ "a user, root of a user namespace", be_nobody_as_root, EACCES },
};

static const struct {
	const char *name;
	mode_t mode;
	int flags;
	bool all;
} files[] = {
	{ "policy", 0600, O_RDWR },
	{ "policy", 0600, O_RDONLY },
	{ "policy", 0600, O_WRONLY },
	{ "audit", 0600, O_RDONLY },
	{ "query", 0600, O_RDWR },
	{ "query", 0600, O_RDONLY },
	{ "stat", 0400, O_RDONLY },
	{ "version", 0444, O_RDONLY, true },
};

/* Runs in a child; returns what it returns. */
static int in_child(int (*run)(unsigned int), unsigned int arg)
{
	int status;
	pid_t child = must(fork());

	if (!child)
		_exit(run(arg));
	must(waitpid(child, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static unsigned int current_file;
static int passed_fd;

static int try_open(unsigned int who)
{
	char path[64], byte;
	int fd;

	strangers[who].become();
	sprintf(path, KELLAS "%s", files[current_file].name);
	fd = open(path, files[current_file].flags);
	if (fd < 0)
		return errno;
	return files[current_file].all && read(fd, &byte, 1) != 1 ? 254 : 0;
}

static int try_write(unsigned int who)
{
	strangers[who].become();
	return put(passed_fd, "100 acl read path=\"/stranger\"\n");
}

static int try_keep(unsigned int who)
{
	strangers[who].become();
	return put(passed_fd, "keep");
}

static void permissions(void)
{
	unsigned int i, k;
	char path[64];
	struct stat status;
	struct text version = {};

	group("policy permissions");
	begin("modes");
	must(stat(KELLAS, &status));
	expect_number("folder", 0555, status.st_mode & 07777);
	for (k = 0; k < ARRAY_SIZE(files); k++) {
		sprintf(path, KELLAS "%s", files[k].name);
		must(stat(path, &status));
		expect_number(files[k].name, files[k].mode, status.st_mode & 07777);
		expect_number("owner", 0, status.st_uid + status.st_gid);
	}
	end();
	begin("version");
	read_file(KELLAS "version", &version);
	expect(!strncmp(version.data, "version=", 8), "got %s", version.data);
	expect(strstr(version.data, "\nlanguage=1\n") != NULL, "got %s", version.data);
	expect(strstr(version.data, release()) != NULL, "no kernel in %s", version.data);
	expect(strstr(version.data, "\noperations=execute read ") != NULL, "got %s", version.data);
	end();
	for (i = 0; i < ARRAY_SIZE(strangers); i++) {
		begin("open by %s", strangers[i].name);
		for (current_file = 0; current_file < ARRAY_SIZE(files); current_file++)
			expect_error(files[current_file].name,
				     files[current_file].all ? 0 : strangers[i].error,
				     in_child(try_open, i));
		end();
		begin("write to what was opened for %s", strangers[i].name);
		passed_fd = open_policy();
		expect_error("policy", EPERM, in_child(try_write, i));
		expect_contains("policy", false, "stranger");
		close(passed_fd);
		passed_fd = must(open(KELLAS "audit", O_RDWR | O_CLOEXEC));
		expect_error("audit", EPERM, in_child(try_keep, i));
		expect_number("keeper", 0, count_now("log ", "keeper"));
		close(passed_fd);
		end();
	}
	free(version.data);
}

/* Who may once may until it executes something: so this does. Exit status 0 or not. */
static long write_policy(const void *arg)
{
	return execl("/bin/sh", "sh", "-pc", "exec 2>/dev/null; printf '%s\\n' \"$1\" >" KELLAS "policy",
		     "sh", arg, NULL);
}

/* A child of this process has the mark that this one got by writing policies. */
static long write_policy_twice(const void *arg)
{
	int fd = open(KELLAS "policy", O_WRONLY);
	int err = fd < 0 ? errno : put(fd, arg) ?: put(fd, arg);

	errno = err;
	return err ? -1 : 0;
}

static void modify_policy(void)
{
	static const char *const line = "100 acl read path=\"/line\"";
	struct counts before = {}, after = {};
	struct seen seen;

	group("policy modify_policy");
	policy("100 acl modify_policy " SUBJECT_RULE "\n    audit 1\n    10 deny label=no\n");
	counts_take(&before);
	begin("denied");
	subject_watch(NULL, write_policy, line, &seen);
	expect(seen.status > 0, "exit status: expected a failure got %d", seen.status);
	expect_contains("denied", false, "/line");
	expect_number("records", 1, seen.count);
	if (seen.count) {
		expect_text("operation", "modify_policy",
			    strtok(strdupa(record_body(seen.records[0])), " "));
		expect_text("result", "denied", head_field(seen.records[0], "result"));
		expect_text("rule", "no", head_field(seen.records[0], "rule"));
		expect_number("global-pid", seen.pid, atoll(head_field(seen.records[0], "global-pid")));
	}
	counts_take(&after);
	expect_number("matches", 1, counts_operation(&after, "modify_policy")->matches -
				    counts_operation(&before, "modify_policy")->matches);
	end();
	begin("others may");
	policy("100 acl modify_policy " SUBJECT_RULE "\n    audit 1\n    10 allow\n");
	subject_watch(NULL, write_policy, line, &seen);
	expect_number("exit status", 0, seen.status);
	expect_contains("allowed", true, "/line");
	expect_text("result", "allowed", seen.count ? head_field(seen.records[0], "result") : "none");
	end();
	begin("who may is not asked again");
	policy("100 acl modify_policy " SUBJECT_RULE "\n    audit 1\n    10 deny\n");
	subject_watch(NULL, write_policy_twice, "100 acl read path=\"/line\"\n", &seen);
	expect_error("write", 0, seen.error);
	expect_contains("unasked", true, "/line");
	expect_number("records", 0, seen.count);
	end();
	policy("");
}

/* Ten thousand single lines cost at most twenty times one transaction. */
static void many_writes(void)
{
	struct text text = {}, whole = {}, single = {};
	double start, once, lines;
	char line[100];
	int fd, i, count = kernel_is_slow() ? 100 : 5000;

	group("policy speed");
	begin("%d writes of a line", 2 * count);
	text_add(&text, "begin replace\n");
	for (i = 0; i < count; i++)
		text_add(&text, "100 acl read path=\"/many/%d\"\n    10 deny\n", i);
	text_add(&text, "commit\n");
	start = now();
	fd = open_policy();
	expect_error("transaction", 0, put(fd, text.data));
	close(fd);
	once = now() - start;
	current_policy(&whole);
	policy("");
	start = now();
	fd = open_policy();
	for (i = 0; i < count; i++) {
		sprintf(line, "100 acl read path=\"/many/%d\"\n", i);
		expect_error("head", 0, put(fd, line));
		expect_error("rule", 0, put(fd, "    10 deny\n"));
	}
	close(fd);
	lines = now() - start;
	current_policy(&single);
	expect(!strcmp(whole.data, single.data), "the policies differ");
	printf("# seconds: one transaction %.2f, %d writes %.2f\n", once, 2 * count, lines);
	expect(kernel_is_slow() || lines < 20 * once, "took %.2f s, one transaction %.2f s", lines,
	       once);
	end();
	policy("");
	free(text.data);
	free(whole.data);
	free(single.data);
}

/* Nobody can take the module away from under an open file; it is told who has it open. */
static void unloading(void)
{
	static const char *const names[] = { "policy", "audit", "stat", "version" };
	struct text said = {};
	char path[64], line[512], pid[32];
	int fd, status;
	unsigned int i;
	FILE *tool;

	group("policy unload");
	begin("rmmod while attached");
	policy("100 acl read path=\"/x\"\n");
	kellas_close();
	expect_error("remove", EAGAIN, kellas_remove());
	fd = open_policy();
	expect_error("detach", 0, put(fd, "detach\n"));
	close(fd);
	end();
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		begin("rmmod while %s is open", names[i]);
		sprintf(path, KELLAS "%s", names[i]);
		fd = must(open(path, O_RDONLY | O_CLOEXEC));
		expect_error("remove", EAGAIN, kellas_remove());
		close(fd);
		end();
	}
	begin("kellasctl names who has a file open");
	fd = must(open(KELLAS "version", O_RDONLY | O_CLOEXEC));
	tool = popen("build/tools/kellasctl/kellasctl unload 2>&1", "r");
	while (tool && fgets(line, sizeof(line), tool))
		text_add(&said, "%s", line);
	status = pclose(tool);
	sprintf(pid, "%d", getpid());
	expect(WEXITSTATUS(status) != 0, "exit status 0");
	expect(said.data && strstr(said.data, pid), "expected pid %s got %s", pid,
	       said.data ? said.data : "nothing");
	close(fd);
	end();
	begin("kellasctl unloads");
	expect_number("exit status", 0, WEXITSTATUS(system("build/tools/kellasctl/kellasctl unload >/dev/null")));
	expect(access(KELLAS, F_OK) < 0, "it is still loaded");
	end();
	free(said.data);
}

void part_policy(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	kellas_load();
	refused_lines();
	fed_back();
	transactions();
	quotas();
	permissions();
	modify_policy();
	many_writes();
	unloading();
}
