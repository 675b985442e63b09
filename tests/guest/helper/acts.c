// SPDX-License-Identifier: GPL-2.0-only
/* Acts of the subject, and what came of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "acts.h"
#include "facts.h"
#include "kellas.h"
#include "subject.h"

/* What the subject tells. */
static struct {
	char task[5000];
	char words[400];
	char target[5000];
	char object[2000];
	bool changed;
} *told;

enum verdict { UNMATCHED, ALLOWED, DENIED };

static const char *const results[] = { "unmatched", "allowed", "denied" };

void act_words(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(told->words, sizeof(told->words), format, args);
	va_end(args);
}

void status_line(struct text *text, pid_t pid, const char *key)
{
	static struct text file;
	char name[60], *line;

	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	read_file(name, &file);
	line = strstr(file.data, key);
	text_add(text, "%.*s", line ? (int)strcspn(line, "\n") : 0, line ? line : "");
}

void act_target(pid_t pid)
{
	char name[60], exe[4096];
	ssize_t length;

	snprintf(name, sizeof(name), "/proc/%d/exe", pid);
	length = must(readlink(name, exe, sizeof(exe) - 1));
	exe[length] = 0;
	act_target_program(pid, exe);
}

void act_target_program(pid_t pid, const char *exe)
{
	struct text text = {}, file = {};
	unsigned int uid;
	char name[60];

	status_line(&file, pid, "Uid:");
	if (sscanf(file.data, "Uid: %u", &uid) != 1)
		die("no Uid of %d", pid);
	snprintf(name, sizeof(name), "/proc/%d/comm", pid);
	read_file(name, &file);
	text_add(&text, "target.pid=%d target.uid=%u", pid, uid);
	text_add_quoted(&text, "target.exe", exe, strlen(exe));
	text_add(&text, " target.domain=\"<kernel>\"");
	text_add_quoted(&text, "target.comm", file.data, strcspn(file.data, "\n"));
	snprintf(told->target, sizeof(told->target), "%s", text.data);
	free(text.data);
	free(file.data);
}

void act_object(const char *path)
{
	struct text text = {};

	object_facts(&text, "path", path, true);
	parent_facts(&text, "path", path);
	snprintf(told->object, sizeof(told->object), "%s", text.data);
	text_clear(&text);
	text_add_quoted(&text, "path", path, strlen(path));
	act_words("%s", text.data + 1);
	free(text.data);
}

/* It ends with its parent, whatever happened to it: ready before anything does. */
pid_t victim(void)
{
	sigset_t all, usual;
	int ready[2];
	char byte;
	pid_t pid;

	must(pipe(ready));
	sigfillset(&all);
	must(sigprocmask(SIG_SETMASK, &all, &usual));
	pid = must(fork());
	if (!pid) {
		must(prctl(PR_SET_PDEATHSIG, SIGKILL));
		must(write(ready[1], "", 1));
		for (;;)
			pause();
	}
	must(sigprocmask(SIG_SETMASK, &usual, NULL));
	must(read(ready[0], &byte, 1));
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void prepare(const void *arg)
{
	const struct act *act = arg;

	if (act->prepare)
		act->prepare();
}

static long run(const void *arg)
{
	const struct act *act = arg;
	struct text facts = {}, before = {}, after = {};
	long result;
	int error;

	text_clear(&before);
	text_clear(&after);
	task_facts(&facts);
	snprintf(told->task, sizeof(told->task), "%s", facts.data);
	if (act->state)
		act->state(&before);
	result = act->run();
	error = errno;
	if (act->state)
		act->state(&after);
	told->changed = act->state && strcmp(before.data, after.data);
	errno = error;
	return result;
}

static void set_policy(const struct act *act, enum verdict verdict)
{
	static const char *const rules[] = {
		"10 deny task.uid=99", "10 allow task.uid=21 label=rule",
		"10 deny task.uid=21 label=rule",
	};
	struct text text = {};

	text_add(&text, "100 acl %s " SUBJECT_RULE "%s%s\n    label block\n    audit 1\n    %s\n",
		 act->op, act->where ? " " : "", act->where ? act->where : "", rules[verdict]);
	policy(text.data);
	free(text.data);
}

static void expect_more(const char *what, long long expected, long long before,
			long long after)
{
	expect_number(what, expected, after - before);
}

static void expect_counts(const struct act *act, enum verdict verdict, unsigned int n,
			  const struct counts *before, const struct counts *after)
{
	const struct operation_count *b = counts_operation(before, act->op),
				     *a = counts_operation(after, act->op);
	unsigned int denials = verdict == DENIED ? n : 0;

	expect_more("matches", n, b->matches, a->matches);
	expect_more("block hits", n, b->hits, a->hits);
	expect_more("block denials", denials, b->denials, a->denials);
	expect_more("rule hits", verdict == UNMATCHED ? 0 : n, b->rule_hits, a->rule_hits);
	expect_more("rule denials", denials, b->rule_denials, a->rule_denials);
	expect_more("lost", 0, b->lost, a->lost);
	expect_more("probes", act->probe ? n : 0, count_of(before, "log ", "probes"),
		    count_of(after, "log ", "probes"));
}

/* The body without the words that begin with @with, which go to @apart. */
static void take_apart(const char *body, const char *with, struct text *rest,
		       struct text *apart)
{
	size_t n;

	text_clear(rest);
	text_clear(apart);
	for (; *body; body += n + !!body[n]) {
		struct text *to = strncmp(body, with, strlen(with)) ? rest : apart;

		n = strcspn(body, " ");
		text_add(to, "%s%.*s", to->length ? " " : "", (int)n, body);
	}
}

static void expect_record(const struct act *act, enum verdict verdict,
			  const struct seen *seen, const char *record)
{
	static struct text rest, target, expected;

	text_clear(&expected);
	text_add(&expected, "%s%s%s%s%s", act->op, *told->words ? " " : "", told->words,
		 told->task, told->object);
	take_apart(record_body(record), "target.", &rest, &target);
	expect_words("record", expected.data, rest.data);
	expect_words("target", told->target, target.data);
	expect_text("result", results[verdict], head_field(record, "result"));
	expect_text("rule", verdict == UNMATCHED ? "block" : "rule",
		    head_field(record, "rule"));
	expect_number("global-pid", seen->pid, atoll(head_field(record, "global-pid")));
}

static int expected_error(const struct act *act, enum verdict verdict)
{
	if (verdict != DENIED || act->none || act->denied < 0)
		return act->error;
	return act->denied ? act->denied : EPERM;
}

static void run_act(const struct act *act, enum verdict verdict)
{
	static struct counts before, after;
	bool denied = verdict == DENIED && !act->none;
	unsigned int i, n = act->none ? 0 : act->requests && !denied ? act->requests : 1;
	struct seen seen;

	set_policy(act, verdict);
	memset(told, 0, sizeof(*told));
	if (act->words)
		act_words("%s", act->words);
	counts_take(&before);
	subject_watch(prepare, run, act, &seen);
	counts_take(&after);
	begin("%s", act->name);
	expect_number("exit status", 0, seen.status);
	expect_error("result", expected_error(act, verdict), seen.error);
	if (act->state)
		expect(told->changed == !denied, "it changed %s",
		       told->changed ? "something" : "nothing");
	expect_counts(act, verdict, n, &before, &after);
	expect_number("records", act->probe ? 0 : n, seen.count);
	for (i = 0; i < seen.count; i++)
		expect_record(act, verdict, &seen, seen.records[i]);
	end();
	if (act->clean)
		act->clean();
}

void acts_run(const char *part, const struct act *acts, unsigned int count)
{
	enum verdict verdict;
	unsigned int i;

	if (!told) {
		told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (told == MAP_FAILED)
			die("mmap: %s", strerror(errno));
		kellas_load();
	}
	for (verdict = UNMATCHED; verdict <= DENIED; verdict++) {
		group("%s %s", part, results[verdict]);
		for (i = 0; i < count; i++)
			if (!acts[i].since ||
			    kernel_at_least(acts[i].since / 100, acts[i].since % 100))
				run_act(&acts[i], verdict);
	}
}

void acts_end(const char *part)
{
	/* Victims that are dying hold our files open. */
	pause_for(300);
	group("%s", part);
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
