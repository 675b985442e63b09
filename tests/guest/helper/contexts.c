// SPDX-License-Identifier: GPL-2.0-only
/*
 * capability, asked where nobody may sleep: with interrupts off, under locks, in
 * interrupts. The module of tests/guest/contexts asks; CONTEXTS_KO names it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "parts.h"
#include "subject.h"

#define CONTEXTS	"/proc/contexts"
#define TIMES		1000
#define INTERRUPTS	50

/* How the questions of the subject were answered, and those of interrupts. */
struct answers {
	int off, bottom, rcu, opener, softirq, hardirq;
};

static void insert_module(void)
{
	const char *name = getenv("CONTEXTS_KO");
	int fd;

	if (!name)
		die("CONTEXTS_KO is not set");
	fd = must(open(name, O_RDONLY | O_CLOEXEC));
	must(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
}

static long read_contexts(const void *arg)
{
	struct text text = {};

	(void)arg;
	read_file(CONTEXTS, &text);
	subject_expects("%s", text.data);
	return 0;
}

static void ask(bool allowed)
{
	const struct answers expected = {
		allowed * TIMES, allowed * TIMES, allowed * TIMES, allowed * TIMES,
		INTERRUPTS, INTERRUPTS,
	};
	static struct counts before, after;
	struct answers got;
	struct seen seen;

	counts_take(&before);
	subject_watch(NULL, read_contexts, NULL, &seen);
	counts_take(&after);
	begin("%s", allowed ? "allow" : "deny");
	if (sscanf(seen.expected, "off=%d bottom=%d rcu=%d opener=%d softirq=%d hardirq=%d",
		   &got.off, &got.bottom, &got.rcu, &got.opener, &got.softirq, &got.hardirq) != 6)
		die(CONTEXTS ": %s", seen.expected);
	expect_number("interrupts off", expected.off, got.off);
	expect_number("bottom halves off", expected.bottom, got.bottom);
	expect_number("under RCU", expected.rcu, got.rcu);
	expect_number("opener's credentials", expected.opener, got.opener);
	expect_number("in a timer", expected.softirq, got.softirq);
	expect_number("in an interrupt", expected.hardirq, got.hardirq);
	expect_number("block hits", 4 * TIMES,
		      counts_operation(&after, "capability")->hits -
			      counts_operation(&before, "capability")->hits);
	expect_number("records", 4 * TIMES, seen.count);
	end();
}

static long read_as_another(const void *arg)
{
	char line[200];
	int fd = must(open(CONTEXTS, O_RDONLY | O_CLOEXEC));

	(void)arg;
	must(setresgid(10, -1, -1));
	return read(fd, line, sizeof(line));
}

/* Who opened the file had the mark; who reads it has not, but is the process. */
static void ask_for_opener(void)
{
	struct seen seen;
	unsigned int i;

	subject_watch(NULL, read_as_another, NULL, &seen);
	begin("opener's credentials alone");
	expect_error("read", 0, seen.error);
	expect_number("records", TIMES, seen.count);
	for (i = 0; i < seen.count; i += TIMES / 4) {
		expect_text("task.gid", "11", body_field(seen.records[i], "task.gid"));
		expect_number("task.pid", seen.pid,
			      atoll(body_field(seen.records[i], "task.pid")));
	}
	end();
}

/* Several at once, while others ask for capabilities all the time. */
static void ask_under_load(int askers)
{
	long long before;
	int i, status;
	pid_t load;

	load = must(fork());
	while (!load)
		if (chroot("/"))
			_exit(1);
	before = count_now("block ", "hits");
	begin("%d at once under load", askers);
	for (i = 0; i < askers; i++) {
		if (must(fork()))
			continue;
		subject_become();
		subject_mark();
		read_contexts(NULL);
		_exit(0);
	}
	for (i = 0; i < askers; i++) {
		must(wait(&status));
		expect_number("status", 0, status);
	}
	expect_number("block hits", 4ll * TIMES * askers, count_now("block ", "hits") - before);
	must(kill(load, SIGKILL));
	waitpid(load, NULL, 0);
	end();
}

static void set_policy(const char *rule)
{
	struct text text = {};

	text_add(&text, "100 acl capability " SUBJECT_RULE " cap=CAP_SYS_PACCT\n"
		 "    audit 1\n    10 %s task.exe!=\"/nowhere\"\n"
		 "100 acl capability cap=CAP_SYS_CHROOT\n    audit 1\n    10 allow\n", rule);
	policy(text.data);
	free(text.data);
}

void part_contexts(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	insert_module();
	kellas_load();
	group("contexts");
	set_policy("deny");
	ask(false);
	set_policy("allow");
	ask(true);
	ask_for_opener();
	ask_under_load(3);
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
