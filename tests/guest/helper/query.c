// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queries: a denied unlink(2) waits for an answer. Lost without this: nobody
 * could let a denied program go on, or a task could wait for ever.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "metronome.h"
#include "parts.h"
#include "place.h"
#include "test.h"

#define HERE	"/tmp/queries"
#define FILE_Q	HERE "/q"
#define BLOCK_Q	"100 acl unlink path=\"" FILE_Q "\"\n    audit 1\n    10 deny task.uid=0\n"

/* The observer: query and policy, open for reading and writing. */
static int query_fd, policy_fd;

static void observe(void)
{
	query_fd = must(open(KELLAS "query", O_RDWR | O_CLOEXEC));
	policy_fd = must(open(KELLAS "policy", O_RDWR | O_CLOEXEC));
}

static void observe_no_more(void)
{
	if (query_fd > 0)
		close(query_fd);
	if (policy_fd > 0)
		close(policy_fd);
	query_fd = policy_fd = -1;
}

/**
 * struct asked - a process that does what is denied
 * @pid: its pid
 * @since: when it began
 * @took: seconds until it ended
 */
struct asked {
	pid_t pid;
	double since;
	double took;
};

/* It must not hold query, or it would not be asked. */
static struct asked start_unlink(const char *path)
{
	struct asked asked = { .since = now(), .pid = must(fork()) };

	if (asked.pid)
		return asked;
	observe_no_more();
	_exit(unlink(path) ? errno : 0);
}

static bool has_ended(const struct asked *asked)
{
	siginfo_t info = {};

	must(waitid(P_PID, asked->pid, &info, WEXITED | WNOHANG | WNOWAIT));
	return info.si_pid == asked->pid;
}

/* What became of it: 0, an errno, or 1000 and a signal. */
static int result_of(struct asked *asked)
{
	int status;

	must(waitpid(asked->pid, &status, 0));
	asked->took = now() - asked->since;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void make_file(const char *path)
{
	close(must(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)));
}

static bool wait_query(int milliseconds)
{
	struct pollfd poll_fd = { .fd = query_fd, .events = POLLIN };

	return poll(&poll_fd, 1, milliseconds) == 1 && poll_fd.revents & POLLIN;
}

/* Until that many wait. */
static bool wait_pending(long long count)
{
	int i;

	for (i = 0; i < 1000 && count_now("query ", "pending") != count; i++)
		pause_for(10);
	return count_now("query ", "pending") == count;
}

/* One read. */
static ssize_t read_query(struct text *text)
{
	static char buffer[600000];
	ssize_t done = read(query_fd, buffer, sizeof(buffer));

	text_clear(text);
	if (done > 0)
		text_add_bytes(text, buffer, done);
	return done;
}

/**
 * struct question - what a query says
 * @serial, @retry: its numbers
 * @record: the line behind them
 */
struct question {
	unsigned int serial, retry;
	char *record;
};

/* The first pending query, seen from the beginning. */
static bool next_question(struct question *question)
{
	static struct text text;
	int end = 0;

	if (!wait_query(10000))
		return expect(false, "no query within ten seconds");
	if (read_query(&text) <= 0 && read_query(&text) <= 0)
		return expect(false, "poll says there is a query, read does not");
	if (sscanf(text.data, "Q%u-%u\n%n", &question->serial, &question->retry, &end) != 2 ||
	    !end)
		return expect(false, "expected Qserial-retry got '%s'", text.data);
	expect(text.data[text.length - 1] == 0, "no NUL at its end");
	question->record = text.data + end;
	/* At the end of the list: the next read begins again. */
	while (read(query_fd, (char[1]){}, 1) == 1)
		;
	return true;
}

static void answer(unsigned int serial, unsigned int number)
{
	char line[40];

	must(write(query_fd, line, sprintf(line, "A%u=%u\n", serial, number)));
}

static void put_policy(const char *text)
{
	expect_error("write to policy", 0, write_all(policy_fd, text, strlen(text)));
}

static void take_policy(struct text *text)
{
	text_clear(text);
	read_all(policy_fd, text);
}

static void expect_record(const struct question *question, pid_t pid,
			  const char *priority)
{
	char number[20];

	sprintf(number, "%d", pid);
	expect_text("result", "denied", head_field(question->record, "result"));
	expect_text("priority", priority, head_field(question->record, "priority"));
	expect_text("path", "\"" FILE_Q "\"", body_field(question->record, "path"));
	expect_text("task.pid", number, body_field(question->record, "task.pid"));
	expect_text("task.uid", "0", body_field(question->record, "task.uid"));
	expect(!strncmp(record_body(question->record), "unlink ", 7), "got '%s'",
	       record_body(question->record));
}

/* CaitSith's scenario, up to the answers. */
static void test_29(void)
{
	struct question question;
	struct text text = {}, again = {};
	struct asked asked;
	char seq[20], **records, head[20];
	unsigned int i, n;

	policy(BLOCK_Q);
	make_file(FILE_Q);
	begin("asked, shown, edited, retried");
	records_drop();
	observe();
	expect(!wait_query(0), "a query before any request");
	expect_number("read", 0, read_query(&text));
	asked = start_unlink(FILE_Q);
	expect(wait_query(10000), "no query");
	expect(read_query(&text) > 0, "nothing to read");
	expect(!strncmp(text.data, "Q0-0\n#", 6), "expected Q0-0 and a record got '%s'", text.data);
	expect(text.data[text.length - 1] == 0 && text.data[text.length - 2] == '\n' &&
	       strlen(text.data) == text.length - 1, "not one line and a NUL: '%s'", text.data);
	expect_number("after the last", 0, read_query(&again));
	expect(read_query(&again) > 0, "nothing to read again");
	expect_text("again", text.data, again.data);
	expect_number("after the last", 0, read_query(&again));
	n = records_take(&records);
	expect_number("records before the answer", 1, n);
	strcpy(seq, n ? head_field(records[0], "seq") : "none");
	if (next_question(&question)) {
		expect_record(&question, asked.pid, "100");
		expect_text("seq", seq, head_field(question.record, "seq"));
	}
	put_policy("Q=0\n");
	take_policy(&text);
	expect_text("shown", "# Q=0\n" BLOCK_Q "\n", text.data);
	put_policy("    5 allow task.uid=0\n");
	take_policy(&text);
	expect_text("edited", "# Q=0\n100 acl unlink path=\"" FILE_Q "\"\n    audit 1\n"
		    "    5 allow task.uid=0\n    10 deny task.uid=0\n\n", text.data);
	expect(!has_ended(&asked), "it did not wait");
	answer(0, 3);
	expect_error("unlink", 0, result_of(&asked));
	expect(access(FILE_Q, F_OK) < 0, "the file is still there");
	n = records_take(&records);
	expect_number("records of the retry", 1, n);
	for (i = 0; i < n; i++)
		expect_text("result", "allowed", head_field(records[i], "result"));
	end();

	begin("unknown queries show nothing");
	put_policy("Q=77\n");
	take_policy(&text);
	expect_text("shown", "# Q=77\n", text.data);
	expect_error("a rule for it", EINVAL,
		     write_all(policy_fd, "    7 allow\n", strlen("    7 allow\n")));
	put_policy("100 acl unlink path=\"/other\"\n");
	take_policy(&text);
	sprintf(head, "POLICY_VERSION=");
	expect(!strncmp(text.data, head, strlen(head)), "expected the whole policy got '%s'",
	       text.data);
	end();
	free(text.data);
	free(again.data);
	observe_no_more();
}

/* An answer, and what it does. */
static void expect_answer(const char *name, unsigned int number, int error,
			  const char *counter)
{
	long long before = count_now("query ", counter), serial = count_now("query ", "asked");
	struct question question;
	struct asked asked;

	begin("%s", name);
	make_file(FILE_Q);
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		expect_number("serial", serial, question.serial);
		expect_record(&question, asked.pid, "100");
		answer(question.serial, number);
	}
	expect_error("unlink", error, result_of(&asked));
	expect_took(asked.since, asked.took, 0, 8);
	expect_number(counter, before + 1, count_now("query ", counter));
	expect_number("pending", 0, count_now("query ", "pending"));
	expect_number("memory", 0, count_now("memory query ", "used"));
	expect_number("the file is there", error ? 1 : 0, !access(FILE_Q, F_OK));
	end();
}

static void answers(void)
{
	static const char *const nothing[] = {
		"A0=0\n", "\n", "A\n", "A0\n", "A0=\n", "A0=x\n", "A4000000000=1\n", "B0=1\n",
		"A0=1 1\n", "A00000000000000000000000000000000000000000000000000000000=1\n",
	};
	struct question question;
	struct asked asked;
	unsigned int i;
	char line[40];

	policy(BLOCK_Q);
	observe();
	expect_answer("granted", 1, 0, "granted");
	expect_answer("asked again", 2, EPERM, "denied");
	expect_answer("any other number denies", 4000000000u, EPERM, "denied");

	begin("what is no answer does nothing");
	make_file(FILE_Q);
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		for (i = 0; i < ARRAY_SIZE(nothing); i++)
			must(write(query_fd, nothing[i], strlen(nothing[i])));
		must(write(query_fd, line, sprintf(line, "A%u=0\n", question.serial)));
		must(write(query_fd, line, sprintf(line, "A%u=1", question.serial + 1)));
		must(write(query_fd, "\n", 1));
		pause_for(200);
		expect(!has_ended(&asked), "it ended");
		/* In pieces, and the first answer counts. */
		must(write(query_fd, "A", 1));
		must(write(query_fd, line, sprintf(line, "%u=", question.serial)));
		must(write(query_fd, line, sprintf(line, "1\nA%u=2\n", question.serial)));
	}
	expect_error("unlink", 0, result_of(&asked));
	end();

	begin("a query read in pieces");
	make_file(FILE_Q);
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		struct text pieces = {}, whole = {};
		char byte;

		expect(read_query(&whole) > 0, "nothing to read");
		expect_number("the end", 0, read(query_fd, &byte, 1));
		while (read(query_fd, &byte, 1) == 1)
			text_add_bytes(&pieces, &byte, 1);
		expect_number("bytes", whole.length, pieces.length);
		expect(pieces.length == whole.length &&
		       !memcmp(pieces.data, whole.data, whole.length), "got '%s'", pieces.data);
		answer(question.serial, 2);
		free(pieces.data);
		free(whole.data);
	}
	expect_error("unlink", EPERM, result_of(&asked));
	end();
	observe_no_more();
}

/* Granted means: this block; the others are still looked at. */
static void several_blocks(void)
{
	struct question question;
	struct asked asked;

	policy(BLOCK_Q "200 acl unlink path=\"" FILE_Q "\"\n    20 deny\n"
	       "300 acl unlink path=\"" FILE_Q "\"\n    audit 1\n    30 allow\n");
	observe();
	begin("the next block asks, too");
	make_file(FILE_Q);
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		expect_record(&question, asked.pid, "100");
		answer(question.serial, 1);
	}
	if (next_question(&question)) {
		expect_record(&question, asked.pid, "200");
		/* Index 0 records nothing: there is no number to show. */
		expect_text("seq", "", head_field(question.record, "seq"));
		expect_number("retry", 0, question.retry);
		answer(question.serial, 1);
	}
	expect_error("unlink", 0, result_of(&asked));
	end();
	observe_no_more();
}

/* What the policy becomes meanwhile, and what a retry makes of it. */
static const struct {
	const char *name;
	const char *before;
	const char *change;
	int error;
	/* Priority of the block that asks again, or NULL; it is denied then. */
	const char *again;
} retries[] = {
	{ "unchanged", BLOCK_Q, "# nothing\n", EPERM, "100" },
	{ "its block is gone", BLOCK_Q, "delete 100 acl unlink path=\"" FILE_Q "\"\n", 0, NULL },
	{ "its rule is gone", BLOCK_Q,
	  "100 acl unlink path=\"" FILE_Q "\"\n    delete 10 deny task.uid=0\n", 0, NULL },
	{ "a block before it is added", BLOCK_Q,
	  "50 acl unlink\n    deny\n100 acl unlink path=\"" FILE_Q "\"\n    5 allow\n", 0, NULL },
	{ "the same in a new policy", BLOCK_Q,
	  "begin replace\n50 acl unlink\n    deny\n" BLOCK_Q "    5 allow\ncommit\n", 0, NULL },
	{ "gone, and one of its priority is new", BLOCK_Q,
	  "delete 100 acl unlink path=\"" FILE_Q "\"\n100 acl unlink\n    deny\n", EPERM, "100" },
	{ "gone, and the next one denies",
	  BLOCK_Q "200 acl unlink path=\"" FILE_Q "\"\n    deny\n",
	  "delete 100 acl unlink path=\"" FILE_Q "\"\n", EPERM, "200" },
	{ "gone, and those before it are not asked again",
	  "100 acl unlink task.uid=0\n    allow\n" BLOCK_Q,
	  "delete 100 acl unlink path=\"" FILE_Q "\"\n100 acl unlink task.uid=0\n    1 deny\n", 0,
	  NULL },
	{ "one behind it is new", BLOCK_Q,
	  "100 acl unlink path=\"" FILE_Q "\"\n    5 allow\n150 acl unlink\n    deny\n", EPERM,
	  "150" },
	{ "everything is gone", BLOCK_Q, "begin replace\ncommit\n", 0, NULL },
};

static void retried(void)
{
	struct question question;
	struct asked asked;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(retries); i++) {
		begin("retried: %s", retries[i].name);
		policy(retries[i].before);
		observe();
		make_file(FILE_Q);
		asked = start_unlink(FILE_Q);
		if (next_question(&question)) {
			expect_number("retry", 0, question.retry);
			put_policy(retries[i].change);
			/* What other requests see by now. */
			take_policy(&(struct text){});
			answer(question.serial, 3);
		}
		if (retries[i].again && next_question(&question)) {
			expect_number("retry", 1, question.retry);
			expect_text("priority", retries[i].again,
				    head_field(question.record, "priority"));
			answer(question.serial, 2);
		}
		expect_error("unlink", retries[i].error, result_of(&asked));
		expect_took(asked.since, asked.took, 0, 8);
		observe_no_more();
		end();
	}
}

static void time_is_up(void)
{
	struct question question;
	struct asked asked;
	long long expired = count_now("query ", "expired");

	policy(BLOCK_Q);
	observe();
	begin("nobody answers");
	make_file(FILE_Q);
	asked = start_unlink(FILE_Q);
	expect_error("unlink", EPERM, result_of(&asked));
	expect_took(asked.since, asked.took, 9.5, 14);
	expect_number("expired", expired + 1, count_now("query ", "expired"));
	end();

	begin("signs of life prolong it, but not for ever");
	asked = start_unlink(FILE_Q);
	expect(next_question(&question), "no query");
	while (now() - asked.since < 75 && !has_ended(&asked)) {
		must(write(query_fd, "\n", 1));
		pause_for(1000);
	}
	expect_error("unlink", EPERM, result_of(&asked));
	expect_took(asked.since, asked.took, 59, 65);
	end();

	begin("retries do not prolong it");
	asked = start_unlink(FILE_Q);
	while (now() - asked.since < 75 && !has_ended(&asked) &&
	       next_question(&question)) {
		pause_for(6000);
		answer(question.serial, 3);
		pause_for(500);
	}
	expect_error("unlink", EPERM, result_of(&asked));
	expect_took(asked.since, asked.took, 59, 66);
	end();
	observe_no_more();
}

static void endings(void)
{
	struct question question;
	struct asked asked;
	double start;
	int other;

	policy(BLOCK_Q);
	begin("killed");
	observe();
	make_file(FILE_Q);
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		must(kill(asked.pid, SIGTERM));
		must(kill(asked.pid, SIGKILL));
	}
	start = now();
	expect(result_of(&asked) > 1000, "it was not killed");
	expect_took(start, now() - start, 0, 3);
	expect_number("pending", 0, count_now("query ", "pending"));
	observe_no_more();
	end();

	begin("a signal that is caught does not end it");
	observe();
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		must(kill(asked.pid, SIGSTOP));
		pause_for(300);
		expect(!has_ended(&asked), "it ended");
		expect_number("pending", 1, count_now("query ", "pending"));
		answer(question.serial, 2);
		must(kill(asked.pid, SIGCONT));
	}
	expect_error("unlink", EPERM, result_of(&asked));
	observe_no_more();
	end();

	begin("the last observer leaves");
	observe();
	other = must(open(KELLAS "query", O_RDONLY | O_CLOEXEC));
	asked = start_unlink(FILE_Q);
	/* The child holds this one; so it is not asked if it does not close it. */
	expect_error("unlink by one who holds it", EPERM, result_of(&asked));
	close(other);
	asked = start_unlink(FILE_Q);
	expect(next_question(&question), "no query");
	other = must(open(KELLAS "query", O_RDONLY | O_CLOEXEC));
	observe_no_more();
	pause_for(300);
	expect(!has_ended(&asked), "it ended with another observer there");
	start = now();
	close(other);
	expect_error("unlink", EPERM, result_of(&asked));
	expect_took(start, now() - start, 0, 3);
	end();

	begin("nobody is there");
	asked = start_unlink(FILE_Q);
	expect_error("unlink", EPERM, result_of(&asked));
	expect_took(asked.since, asked.took, 0, 3);
	end();

	begin("detach does not wait for an answer");
	observe();
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		start = now();
		put_policy("detach\n");
		expect_took(start, now() - start, 0, 8);
	}
	expect_error("unlink", EPERM, result_of(&asked));
	expect_number("functions", 0, count_now("attached ", "functions"));
	expect_number("pending", 0, count_now("query ", "pending"));
	observe_no_more();
	end();
}

/* Who is never asked: those who answer. */

static void *unlink_in_thread(void *path)
{
	return (void *)(long)(unlink(path) ? errno : 0);
}

/* A thread with descriptors of its own, but of the group that opened query. */
static void *unlink_without_descriptor(void *path)
{
	must(unshare(CLONE_FILES));
	close(query_fd);
	return unlink_in_thread(path);
}

static void never_asked(void)
{
	long long before;
	pthread_t thread;
	double start;
	void *error;
	pid_t child;
	int status;

	policy(BLOCK_Q);
	make_file(FILE_Q);
	observe();
	before = count_now("query ", "asked");
	begin("never asked: the observer");
	start = now();
	expect_error("unlink", EPERM, unlink(FILE_Q) ? errno : 0);
	must(-pthread_create(&thread, NULL, unlink_in_thread, FILE_Q));
	must(-pthread_join(thread, &error));
	expect_error("unlink by its thread", EPERM, (long)error);
	must(-pthread_create(&thread, NULL, unlink_without_descriptor, FILE_Q));
	must(-pthread_join(thread, &error));
	expect_error("unlink by a thread that has closed it", EPERM, (long)error);
	expect_took(start, now() - start, 0, 3);
	end();
	begin("never asked: a child that inherited it");
	start = now();
	child = must(fork());
	if (!child)
		_exit(unlink(FILE_Q) ? errno : 0);
	must(waitpid(child, &status, 0));
	expect_error("unlink", EPERM, WEXITSTATUS(status));
	expect_took(start, now() - start, 0, 3);
	expect_number("asked", before, count_now("query ", "asked"));
	end();
	observe_no_more();
}

/* Who waits holds the folder's lock: each has one of its own. */
static void start_many(struct asked *asked, unsigned int count)
{
	char path[64];
	unsigned int i;

	for (i = 0; i < count; i++) {
		sprintf(path, HERE "/many%u", i);
		if (mkdir(path, 0755) && errno != EEXIST)
			die("%s: %s", path, strerror(errno));
		strcat(path, "/f");
		make_file(path);
		asked[i] = start_unlink(path);
	}
}

#define MANY 100
static void many(void)
{
	static struct asked asked[MANY];
	unsigned int i, serial, retry, number, seen = 0, granted = 0, removed = 0;
	struct text text = {};
	char path[64];

	policy("100 acl unlink path=\"" HERE "/many\\$/f\"\n    deny\n");
	begin("%u at the same time", MANY);
	observe();
	start_many(asked, MANY);
	expect(wait_pending(MANY), "%lld wait", count_now("query ", "pending"));
	while (read_query(&text) > 0) {
		const char *name = strstr(text.data, HERE "/many");

		seen++;
		if (!name || sscanf(text.data, "Q%u-%u", &serial, &retry) != 2)
			break;
		/* Those with an even number may. */
		number = atoi(name + strlen(HERE "/many"));
		answer(serial, number % 2 ? 2 : 1);
	}
	expect_number("read", MANY, seen);
	for (i = 0; i < MANY; i++) {
		sprintf(path, HERE "/many%u/f", i);
		granted += result_of(&asked[i]) == (i % 2 ? EPERM : 0);
		removed += (access(path, F_OK) < 0) == !(i % 2);
	}
	expect_number("answered rightly", MANY, granted);
	expect_number("files there or not", MANY, removed);
	end();

	begin("quota memory query");
	policy("quota memory query 5000\n"
	       "100 acl unlink path=\"" HERE "/many\\$/f\"\n    deny\n");
	start_many(asked, 20);
	for (i = 0; i < 160 && count_now("query ", "refused") + count_now("query ", "pending") < 20; i++)
		pause_for(50);
	pause_for(500);
	for (i = 0, seen = 0; i < 20; i++)
		seen += has_ended(&asked[i]);
	expect(seen > 2 && seen < 18, "%u of 20 are denied at once", seen);
	expect(count_now("memory query ", "used") < 5000, "%lld bytes",
	       count_now("memory query ", "used"));
	expect_number("quota", 5000, count_now("memory query ", "quota"));
	expect_number("refused", seen, count_now("query ", "refused"));
	expect_number("pending", 20 - seen, count_now("query ", "pending"));
	observe_no_more();
	for (i = 0; i < 20; i++)
		expect_error("unlink", EPERM, result_of(&asked[i]));
	end();
	free(text.data);
}

/* Suspend must be able to freeze a task that waits; here as cgroups do. */
static void frozen(void)
{
	struct text state = {};
	struct question question;
	struct asked asked;
	int fd, i;

	policy(BLOCK_Q);
	make_file(FILE_Q);
	begin("frozen while it waits");
	must(mkdir("/tmp/freezer", 0755));
	if (!expect(!mount("none", "/tmp/freezer", "cgroup", 0, "freezer"),
		    "no cgroup freezer: %s", strerror(errno))) {
		end();
		return;
	}
	must(mkdir("/tmp/freezer/x", 0755));
	observe();
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		char pid[20];

		fd = must(open("/tmp/freezer/x/tasks", O_WRONLY | O_CLOEXEC));
		must(write(fd, pid, sprintf(pid, "%d", asked.pid)));
		close(fd);
		fd = must(open("/tmp/freezer/x/freezer.state", O_WRONLY | O_CLOEXEC));
		must(write(fd, "FROZEN", 6));
		for (i = 0; i < 300; i++) {
			read_file("/tmp/freezer/x/freezer.state", &state);
			if (!strcmp(state.data, "FROZEN\n"))
				break;
			pause_for(10);
		}
		expect_text("state", "FROZEN\n", state.data);
		answer(question.serial, 1);
		pause_for(100);
		expect(!has_ended(&asked), "it went on");
		must(write(fd, "THAWED", 6));
		close(fd);
	}
	expect_error("unlink", 0, result_of(&asked));
	observe_no_more();
	must(rmdir("/tmp/freezer/x"));
	must(umount("/tmp/freezer"));
	free(state.data);
	end();
}

/* Who may answer. */
static void managers(void)
{
	struct question question;
	struct asked asked;
	pid_t child;
	int status;

	policy(BLOCK_Q "100 acl modify_policy task.uid=1000\n    deny\n");
	make_file(FILE_Q);
	observe();
	begin("modify_policy forbids to answer");
	asked = start_unlink(FILE_Q);
	if (next_question(&question)) {
		child = must(fork());
		if (!child) {
			/* Capabilities stay where only the real id changes. */
			must(setresuid(1000, -1, -1));
			must(dup2(query_fd, 1));
			/* What it may, being a child of ours, ends here. */
			execl("/bin/sh", "sh", "-pc", "printf 'A0=1\\n' 2>/dev/null", NULL);
			_exit(99);
		}
		must(waitpid(child, &status, 0));
		expect_number("exit status of its write", 1, WEXITSTATUS(status));
		expect(!has_ended(&asked), "it ended");
		answer(question.serial, 1);
	}
	expect_error("unlink", 0, result_of(&asked));
	observe_no_more();
	end();
}

#define MANUAL	"100 acl manual_domain_transition domain=\"worker\"\n    10 deny\n"

static struct asked start_transition(void)
{
	struct asked asked = { .since = now(), .pid = must(fork()) };
	int fd;

	if (asked.pid)
		return asked;
	observe_no_more();
	fd = must(open(KELLAS "self_domain", O_WRONLY | O_CLOEXEC));
	_exit(write(fd, "worker", 6) < 0 ? errno : 0);
}

/* Only an "allow" leads into another domain; a grant is none. */
static void granted_transition(void)
{
	struct question question;
	struct asked asked;

	begin("manual_domain_transition is granted in vain");
	policy(MANUAL);
	observe();
	asked = start_transition();
	if (next_question(&question))
		answer(question.serial, 1);
	expect_error("write", EPERM, result_of(&asked));
	put_policy("200 acl manual_domain_transition domain=\"worker\"\n    10 allow\n");
	/* Published by now. */
	take_policy(&(struct text){});
	asked = start_transition();
	if (next_question(&question))
		answer(question.serial, 1);
	expect_error("write, with a block that allows", 0, result_of(&asked));
	observe_no_more();
	end();
}

/* query [quick]: without what takes minutes */
void part_query(int argc, char **argv)
{
	metronome_start();
	kellas_load();
	must(mkdir(HERE, 0755));
	must(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	group("query");
	test_29();
	answers();
	several_blocks();
	retried();
	endings();
	never_asked();
	many();
	frozen();
	managers();
	granted_transition();
	if (!argc || strcmp(argv[0], "quick"))
		time_is_up();
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
