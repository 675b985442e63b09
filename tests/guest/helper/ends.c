// SPDX-License-Identifier: GPL-2.0-only
/* task_exit: the end of each process, once. task_hang: tasks that do not go on. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "acts.h"
#include "calls.h"
#include "facts.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define CALL32_EXIT		1
#define CALL32_EXIT_GROUP	252
#define BLOCK(op) "100 acl " op " " SUBJECT_RULE \
		  "\n    label block\n    audit 1\n    10 allow task.uid=21 label=rule\n"
#define THREADS 8

static struct place ext4;
static pthread_barrier_t together;

/* What the subject says before it ends: how much was read and written, who it is. */
static void say(void)
{
	unsigned long long in, out;
	struct text io = {}, task = {};

	task_facts(&task);
	read_file("/proc/self/io", &io);
	if (sscanf(strstr(io.data, "\nread_bytes:"), "\nread_bytes: %llu write_bytes: %llu",
		   &in, &out) != 2)
		die("/proc/self/io: %s", io.data);
	subject_expects("task.read_bytes=%llu task.write_bytes=%llu%s", in, out, task.data);
}

static long end_group(const void *arg) { (void)arg; say(); _exit(3); }
static long end_thread(const void *arg) { (void)arg; say(); syscall(SYS_exit, 4); return 0; }
static long end_group32(const void *arg)
{
	(void)arg;
	say();
	return call32(CALL32_EXIT_GROUP, 5, 0, 0, 0);
}
static long end_thread32(const void *arg)
{
	(void)arg;
	say();
	return call32(CALL32_EXIT, 0, 0, 0, 0);
}

static long end_signal(const void *arg)
{
	say();
	kill(getpid(), *(const int *)arg);
	return 0;
}

static const int sigkill = SIGKILL, sigterm = SIGTERM, sigsegv = SIGSEGV;

/* Reads and writes the disk, by itself and in a thread that has ended. */
static void *use_disk(void *arg)
{
	char name[100], *data;
	int fd;

	snprintf(name, sizeof(name), "%s.%s", ext4.folder, (const char *)arg);
	data = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(data, 1, 65536);
	fd = must(open(name, O_RDWR | O_CREAT | O_DIRECT, 0600));
	must(write(fd, data, 65536));
	must(lseek(fd, 0, SEEK_SET));
	must(read(fd, data, 32768));
	close(fd);
	unlink(name);
	return NULL;
}

static long end_io(const void *arg)
{
	pthread_t thread;

	(void)arg;
	use_disk("here");
	must(pthread_create(&thread, NULL, use_disk, "thread"));
	must(pthread_join(thread, NULL));
	say();
	_exit(0);
}

static void *run_program(void *arg)
{
	char *arguments[] = { "quick", NULL };

	execve(quick_program(), arguments, arguments + 1);
	return arg;
}

/* The first thread ends by execve of another one, and is replaced by it. */
static long end_exec(const void *arg)
{
	pthread_t thread;

	(void)arg;
	must(pthread_create(&thread, NULL, run_program, NULL));
	pause();
	return 0;
}

static void *end_last(void *arg)
{
	pause_for(50);
	syscall(SYS_exit, 9);
	return arg;
}

static long end_first(const void *arg)
{
	pthread_t thread;

	(void)arg;
	must(pthread_create(&thread, NULL, end_last, NULL));
	say();
	syscall(SYS_exit, 7);
	return 0;
}

/* "exit.code=… exit.signal=…" as wait(2) tells it. */
static void add_status(struct text *text, int status)
{
	if (WIFEXITED(status))
		text_add(text, "exit.code=%d exit.signal=0", WEXITSTATUS(status));
	else
		text_add(text, "exit.signal=SIG%s", sigabbrev_np(WTERMSIG(status)));
}

/**
 * struct end - a way to end
 * @arg: for @act
 * @silent: it tells nothing of itself before
 */
struct end {
	const char *name;
	long (*act)(const void *arg);
	const void *arg;
	bool silent;
};

static const struct end ends[] = {
	{ "exit_group", end_group },
	{ "exit", end_thread },
	{ "exit_group, 32 bit", end_group32 },
	{ "exit, 32 bit", end_thread32 },
	{ "SIGKILL", end_signal, &sigkill },
	{ "SIGTERM", end_signal, &sigterm },
	{ "SIGSEGV", end_signal, &sigsegv },
	{ "reads and writes", end_io },
	{ "execve in a thread", end_exec, NULL, true },
	{ "the first thread first", end_first },
};

/* What the subject told and what wait(2) told; of a silent one only the latter. */
static void expect_body(const struct end *end, const struct seen *seen)
{
	static struct text expected, got;
	const char *body = record_body(seen->records[0]);
	const char *rest = strstr(body, " task.read_bytes=");
	int length = end->silent && rest ? rest - body : (int)strlen(body);

	text_clear(&expected);
	text_clear(&got);
	text_add(&expected, "task_exit ");
	add_status(&expected, seen->wait_status);
	if (!end->silent)
		text_add(&expected, " %s", seen->expected);
	text_add(&got, "%.*s", length, body);
	expect_words("record", expected.data, got.data);
}

static void expect_hits(const char *op, long long expected, const struct counts *before,
			const struct counts *after)
{
	const struct operation_count *b = counts_operation(before, op),
				     *a = counts_operation(after, op);

	expect_number("matches", expected, a->matches - b->matches);
	expect_number("block hits", expected, a->hits - b->hits);
	expect_number("rule hits", expected, a->rule_hits - b->rule_hits);
	expect_number("denials", 0, a->denials - b->denials);
}

static void run_end(const struct end *way, bool matches)
{
	static struct counts before, after;
	struct seen seen;

	counts_take(&before);
	subject_watch(NULL, way->act, way->arg, &seen);
	counts_take(&after);
	begin("%s", way->name);
	expect_hits("task_exit", matches, &before, &after);
	expect_number("records", matches, seen.count);
	if (seen.count == 1) {
		expect_text("result", "allowed", head_field(seen.records[0], "result"));
		expect_text("rule", "rule", head_field(seen.records[0], "rule"));
		expect_body(way, &seen);
		expect_number("task.pid", seen.pid,
			      atoll(body_field(seen.records[0], "task.pid")));
	}
	end();
}

/* Many threads that end at the same moment are one end. */
static void *end_together(void *arg)
{
	pthread_barrier_wait(&together);
	if (arg)
		syscall(SYS_exit, 0);
	_exit(1);
}

static void be_many(bool alone)
{
	pthread_t thread;
	int i;

	pthread_barrier_init(&together, NULL, THREADS);
	for (i = 1; i < THREADS; i++)
		must(pthread_create(&thread, NULL, end_together, alone ? "" : NULL));
	subject_mark();
	end_together(alone ? "" : NULL);
}

static void run_together(bool alone, int processes)
{
	static struct counts before, after;
	char **records;
	unsigned int count;
	int i, status;
	pid_t pid;

	counts_take(&before);
	records_drop();
	begin("%d processes of %d threads%s", processes, THREADS,
	      alone ? ", each by itself" : "");
	for (i = 0; i < processes; i++) {
		pid = must(fork());
		if (!pid) {
			subject_become();
			be_many(alone);
		}
		if (i % 4 == 3)
			while (waitpid(-1, &status, 0) > 0)
				expect_number("status", alone ? 0 : 1, WEXITSTATUS(status));
	}
	counts_take(&after);
	count = records_take(&records);
	expect_hits("task_exit", processes, &before, &after);
	expect_number("records", processes, count);
	end();
}

static void write_number(const char *name, const char *value)
{
	int fd = must(open(name, O_WRONLY | O_CLOEXEC));

	must(write(fd, value, strlen(value)));
	close(fd);
}

static void watch_closely(void)
{
	write_number("/proc/sys/kernel/hung_task_warnings", "0");
	write_number("/proc/sys/kernel/hung_task_check_interval_secs", "1");
	write_number("/proc/sys/kernel/hung_task_timeout_secs", "1");
}

/* Waits for a frozen file system, as long as it is. */
static void hang(int tell)
{
	static struct text text;
	char name[100];

	subject_become();
	subject_mark();
	task_facts(&text);
	must(write(tell, text.data, text.length));
	close(tell);
	snprintf(name, sizeof(name), "%s.hang", ext4.folder);
	unlink(name);
	_exit(0);
}

static unsigned int wait_records(char ***records, double seconds)
{
	static struct text all;
	double until = now() + seconds;
	unsigned int n = 0, count;
	static char *first[1];
	char **lines;

	text_clear(&all);
	while (now() < until) {
		count = records_take(&lines);
		if (count && !n) {
			text_add(&all, "%s", lines[0]);
			first[0] = all.data;
			*records = first;
		}
		n += count;
		if (n >= 2)
			break;
		pause_for(100);
	}
	return n;
}

static void run_hang(const char *name, bool matches)
{
	struct text expected = {};
	int fd, told[2], status;
	char facts[5000], folder[64], **records = NULL;
	unsigned int n;
	ssize_t length;
	pid_t pid;

	snprintf(folder, sizeof(folder), "%s", ext4.folder);
	*strrchr(folder, '/') = 0;
	fd = must(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	must(pipe(told));
	records_drop();
	must(ioctl(fd, FIFREEZE, 0));
	pid = must(fork());
	if (!pid)
		hang(told[1]);
	length = must(read(told[0], facts, sizeof(facts) - 1));
	facts[length] = 0;
	n = wait_records(&records, matches ? 20 : 5);
	must(ioctl(fd, FITHAW, 0));
	must(waitpid(pid, &status, 0));
	begin("%s", name);
	expect_number("exit status", 0, status);
	if (matches && expect(n >= 2, "records: got %u, expected one for each look", n)) {
		text_add(&expected, "task_hang%s", facts);
		expect_words("record", expected.data, record_body(records[0]));
		expect_number("global-pid", pid, atoll(head_field(records[0], "global-pid")));
	} else if (!matches) {
		expect_number("records", 0, n);
	}
	records_drop();
	pause_for(2500);
	expect_number("records when it goes on", 0, records_take(&records));
	end();
	close(fd);
	close(told[0]);
	close(told[1]);
	free(expected.data);
}

static void expect_refused(const char *op)
{
	struct text text = {}, message = {};

	begin("deny of %s is refused", op);
	text_add(&text, "100 acl %s\n    10 deny\n", op);
	expect_error("policy", EINVAL, policy_try(text.data, &message));
	expect(strstr(message.data, op) || strstr(message.data, "logged"), "message: %s",
	       message.data);
	end();
	free(text.data);
	free(message.data);
}

/* Functions that are attached, but for those that follow tasks. */
static unsigned int count_functions(const char *text)
{
	char family[40], state[20];
	unsigned int n = 0;

	for (; (text = strstr(text, "\nfunction ")); text++)
		n += sscanf(text, "\nfunction %*s family=%39s state=%19s", family, state) == 2 &&
		     strncmp(family, "task", 4) && !strcmp(state, "attached");
	return n;
}

/* @points: how many tracepoints are attached, and nothing else. */
static void expect_state(const char *point, const char *state, int points)
{
	struct counts counts = {};
	char line[100];
	int i;

	snprintf(line, sizeof(line), "tracepoint %s ", point);
	for (i = 0; i < 100; i++) {
		counts_take(&counts);
		if (count_of(&counts, "attached ", "tracepoints") == points)
			break;
		pause_for(30);
	}
	begin("%s is %s", point, state);
	snprintf(line, sizeof(line), "\ntracepoint %s family=%s state=%s\n", point,
		 strrchr(point, '_') + 1, state);
	expect(!!strstr(counts.text.data, line), "stat has no line%s", line);
	expect_number("tracepoints", points, count_of(&counts, "attached ", "tracepoints"));
	expect_number("functions", 0, count_functions(counts.text.data));
	end();
	free(counts.text.data);
}

/* Processes that end all the time, while the tracepoint comes and goes. */
static void run_load(int rounds)
{
	pid_t load[3];
	long long hits;
	unsigned int i;
	int k;

	for (i = 0; i < ARRAY_SIZE(load); i++) {
		load[i] = must(fork());
		while (!load[i]) {
			if (!fork())
				_exit(0);
			wait(NULL);
		}
	}
	begin("attached %d times under load", rounds);
	for (k = 0; k < rounds; k++) {
		policy("100 acl task_exit\n    audit 0\n    10 allow\n");
		for (i = 0, hits = 0; i < 100 && hits < 3; i++) {
			pause_for(20);
			hits = count_now("block ", "hits");
		}
		expect(hits >= 3, "round %d: hits: %lld", k, hits);
		policy("");
	}
	for (i = 0; i < ARRAY_SIZE(load); i++) {
		kill(load[i], SIGKILL);
		waitpid(load[i], NULL, 0);
	}
	end();
}

void part_ends(int argc, char **argv)
{
	unsigned int i;

	(void)argc;
	(void)argv;
	kellas_load();
	place_open(&ext4, "ext4");
	must(setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }));
	group("ends");
	expect_refused("task_exit");
	expect_refused("task_hang");
	policy(BLOCK("task_exit"));
	expect_state("sched_process_exit", "attached", 1);
	expect_state("sched_process_hang", "detached", 1);
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		run_end(&ends[i], true);
	run_together(false, 200);
	run_together(true, 200);
	group("ends unmatched");
	policy("100 acl task_exit " SUBJECT_RULE " exit.code=200\n    audit 1\n    10 allow\n");
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		run_end(&ends[i], false);
	group("ends hanging");
	watch_closely();
	policy(BLOCK("task_hang"));
	expect_state("sched_process_hang", "attached", 1);
	run_hang("a frozen file system", true);
	policy("100 acl task_hang task.gid=12\n    audit 1\n    10 allow\n");
	run_hang("another task", false);
	group("ends load");
	run_load(20);
	expect_state("sched_process_exit", "detached", 0);
	acts_end("ends");
}
