// SPDX-License-Identifier: GPL-2.0-only
/* The audit file: readers, the keeper, quotas, losses. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "metronome.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/log"
#define FILE_A	HERE "/a"
#define FILE_B	HERE "/b"

#define LOG_A	"100 acl read path=\"" FILE_A "\"\n    audit 1\n    label a\n"
#define LOG_B	"100 acl read path=\"" FILE_B "\"\n    audit 1\n    label b\n"

static void hit(const char *path, unsigned int n)
{
	while (n--)
		close(must(open(path, O_RDONLY | O_CLOEXEC)));
}

static int open_log(int flags)
{
	return must(open(KELLAS "audit", flags | O_CLOEXEC));
}

/* "1 2 3 ": numbers of what a read gives; or the errno's name. */
static const char *read_some(int fd, size_t size)
{
	static struct text text, numbers;
	static char **lines;
	char *buffer = malloc(size + 1);
	unsigned int i, n;
	ssize_t done = read(fd, buffer, size);

	text_clear(&text);
	text_clear(&numbers);
	if (done < 0) {
		free(buffer);
		return strerrorname_np(errno);
	}
	text_add_bytes(&text, buffer, done);
	free(buffer);
	n = split_lines(&text, &lines);
	for (i = 0; i < n; i++)
		text_add(&numbers, "%s ", head_field(lines[i], "seq"));
	return numbers.data;
}

static void readers(void)
{
	int a, b, c;

	group("log readers");
	policy(LOG_A);
	a = open_log(O_RDONLY | O_NONBLOCK);
	begin("nothing there");
	expect_text("read", "EAGAIN", read_some(a, 4096));
	end();
	hit(FILE_A, 3);
	begin("two readers each get every record");
	expect_text("first", "1 2 3 ", read_some(a, 100000));
	b = open_log(O_RDONLY | O_NONBLOCK);
	expect_text("second", "1 2 3 ", read_some(b, 100000));
	expect_text("first again", "EAGAIN", read_some(a, 100000));
	hit(FILE_A, 1);
	expect_text("second, one more", "4 ", read_some(b, 100000));
	expect_text("first, one more", "4 ", read_some(a, 100000));
	end();
	begin("small buffers");
	c = open_log(O_RDONLY | O_NONBLOCK);
	expect_text("too small", "EINVAL", read_some(c, 100));
	expect_text("it is still there", "1 ", read_some(c, 1000));
	expect_text("as many as fit", "2 3 ", read_some(c, 1500));
	expect_text("nothing asked", "", read_some(c, 0));
	expect_text("the rest", "4 ", read_some(c, 1500));
	end();
	begin("lseek");
	must(lseek(c, 0, SEEK_SET));
	expect_text("start", "1 2 3 4 ", read_some(c, 100000));
	must(lseek(c, 3, SEEK_SET));
	expect_text("to a record", "3 4 ", read_some(c, 100000));
	must(lseek(c, 0, SEEK_SET));
	must(lseek(c, 0, SEEK_END));
	expect_text("end", "EAGAIN", read_some(c, 100000));
	hit(FILE_A, 1);
	expect_text("what is new", "5 ", read_some(c, 100000));
	expect(lseek(c, 5, SEEK_CUR) < 0 && errno == EINVAL, "SEEK_CUR worked");
	end();
	close(a);
	close(b);
	close(c);
}

static void alarm_rang(int signal)
{
	(void)signal;
}

/* One of these waits; the file is read a moment later. */
static pid_t hit_later(void)
{
	pid_t child = must(fork());

	if (child)
		return child;
	pause_for(300);
	hit(FILE_A, 1);
	_exit(0);
}

static void waiting(void)
{
	struct sigaction action = { .sa_handler = alarm_rang };
	struct pollfd poller = { .events = POLLIN };
	double start;
	int fd = open_log(O_RDONLY);
	pid_t child;

	group("log waiting");
	poller.fd = fd;
	begin("read");
	must(lseek(fd, 0, SEEK_END));
	start = now();
	child = hit_later();
	expect_text("read", "6 ", read_some(fd, 100000));
	expect_took(start, now() - start, 0.25, 2);
	must(waitpid(child, NULL, 0));
	end();
	begin("poll");
	expect_number("nothing there", 0, must(poll(&poller, 1, 0)));
	start = now();
	child = hit_later();
	expect_number("ready", 1, must(poll(&poller, 1, 5000)));
	expect(poller.revents & POLLIN, "events %x", poller.revents);
	expect_took(start, now() - start, 0.25, 2);
	expect_text("read", "7 ", read_some(fd, 100000));
	expect_number("nothing left", 0, must(poll(&poller, 1, 0)));
	must(waitpid(child, NULL, 0));
	end();
	begin("interrupted");
	must(sigaction(SIGALRM, &action, NULL));
	alarm(1);
	expect_text("read", "EINTR", read_some(fd, 100000));
	end();
	close(fd);
}

static void *hit_as_thread(void *unused)
{
	hit(FILE_B, 50);
	return unused;
}

/* Reading the log, and what threads of the reader do, must not feed the log. */
static void own_operations(int keeper)
{
	static struct text text;
	static char **lines;
	unsigned int i, n, own = 0;
	long long unrecorded;
	pthread_t thread;

	policy("100 acl read\n    audit 1\n100 acl write\n    audit 1\n"
	       "100 acl getattr\n    audit 1\n100 acl create\n    audit 1\n");
	/* What was recorded before it became the keeper. */
	read_all(keeper, &text);
	text_clear(&text);
	unrecorded = count_now("log ", "unrecorded");
	hit(FILE_A, 50);
	pthread_create(&thread, NULL, hit_as_thread, NULL);
	pthread_join(thread, NULL);
	expect(count_now("log ", "unrecorded") >= unrecorded + 100, "only %lld are counted",
	       count_now("log ", "unrecorded") - unrecorded);
	read_all(keeper, &text);
	n = split_lines(&text, &lines);
	for (i = 0; i < n; i++)
		own += atoi(head_field(lines[i], "global-pid")) == getpid();
	expect_number("records of the keeper", 0, own);
	policy(LOG_A);
}

/* The keeper's own doings are decided, but not recorded. */
static void keeping(void)
{
	int a = open_log(O_RDWR | O_NONBLOCK), b = open_log(O_RDWR | O_NONBLOCK), fd;
	long long next;
	pid_t child;

	group("log keeper");
	begin("one at a time");
	expect_error("keep", 0, write_all(a, "keep\n", 5));
	expect_error("another", EBUSY, write_all(b, "keep\n", 5));
	expect_number("keeper", getpid(), count_now("log ", "keeper"));
	end();
	begin("its own operations");
	next = count_now("log ", "next");
	hit(FILE_A, 2);
	expect_number("unrecorded", 2, count_now("log ", "unrecorded"));
	expect_number("next", next, count_now("log ", "next"));
	policy(LOG_A "    10 deny\n");
	fd = open(FILE_A, O_RDONLY);
	expect(fd < 0 && errno == EPERM, "what is denied worked");
	policy(LOG_A);
	expect(lseek(a, 0, SEEK_END) < 0 && errno == EPERM, "the keeper may skip records");
	next = count_now("log ", "next");
	child = must(fork());
	if (!child) {
		hit(FILE_A, 1);
		_exit(0);
	}
	must(waitpid(child, NULL, 0));
	expect_number("a child's are recorded", next + 1, count_now("log ", "next"));
	end();
	begin("its own operations, when everything is logged");
	own_operations(a);
	end();
	begin("given up");
	close(a);
	expect_number("keeper", 0, count_now("log ", "keeper"));
	expect_error("another", 0, write_all(b, "keep", 4));
	expect_number("keeper", getpid(), count_now("log ", "keeper"));
	close(b);
	expect_number("keeper", 0, count_now("log ", "keeper"));
	end();
	begin("bad words");
	b = open_log(O_RDWR);
	expect_error("nonsense", EINVAL, write_all(b, "nonsense", 8));
	expect_error("a long one", EINVAL, write_all(b, "keep keep keep", 14));
	close(b);
	b = open_log(O_WRONLY);
	expect_error("a reader that cannot read", EBADF, write_all(b, "keep", 4));
	close(b);
	end();
}

#define MANY		10000
#define PACE		0.01	/* seconds between two wake-ups, at least */

/**
 * struct pace - how a reader came to its records
 * @records: it got
 * @sleeps: how often it slept for them
 */
struct pace {
	long records, sleeps;
};

/* A child that reads MANY records, and tells @out of it. */
static void read_many(int fd, bool polls, int out)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	static char buffer[1 << 20];
	struct pace pace = {};
	struct rusage usage;
	ssize_t done;
	char *end;

	while (pace.records < MANY) {
		if (polls)
			must(poll(&poller, 1, -1));
		done = must(read(fd, buffer, sizeof(buffer)));
		for (end = buffer; (end = memchr(end, '\n', buffer + done - end)); end++)
			pace.records++;
	}
	must(getrusage(RUSAGE_SELF, &usage));
	pace.sleeps = usage.ru_nvcsw;
	must(write(out, &pace, sizeof(pace)));
	_exit(0);
}

/* Lost: the host, to readers that are woken for each record. */
static void wakeups(const char *how, bool polls)
{
	struct pace pace = {};
	int fd, pipes[2];
	double start, took;
	unsigned int i;
	pid_t child;

	begin("%s", how);
	must(pipe2(pipes, O_CLOEXEC));
	fd = open_log(O_RDONLY);
	must(lseek(fd, 0, SEEK_END));
	child = must(fork());
	if (!child)
		read_many(fd, polls, pipes[1]);
	start = now();
	/* Slowly, so that the reader catches up again and again. */
	for (i = 0; i < MANY / 10; i++) {
		hit(FILE_A, 10);
		usleep(1000);
	}
	must(read(pipes[0], &pace, sizeof(pace)));
	took = now() - start;
	must(waitpid(child, NULL, 0));
	expect_number("records", MANY, pace.records);
	/* Some sleeps are no waits for records. */
	expect(pace.sleeps >= 10 && pace.sleeps < took / PACE + 20, "%ld sleeps in %.2f s",
	       pace.sleeps, took);
	printf("# %s: %ld sleeps for %d records in %.2f s\n", how, pace.sleeps, MANY, took);
	close(fd);
	close(pipes[0]);
	close(pipes[1]);
	end();
}

/* Test 25: quotas count what nobody has read, by index and result. */
static long unlink_it(const void *arg)
{
	return unlink(arg);
}

static int remove_file(const char *name)
{
	struct seen seen;
	int fd = open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	close(fd);
	subject_watch(NULL, unlink_it, name, &seen);
	unlink(name);
	return seen.error;
}

static void expect_growth(const char *what, long long records, long long suppressed)
{
	static long long last_written, last_suppressed;
	long long written = count_now("log ", "written");
	long long kept = count_now("log ", "suppressed");

	if (what) {
		expect(written - last_written == records, "%s: expected %lld records got %lld",
		       what, records, written - last_written);
		expect(kept - last_suppressed == suppressed, "%s: expected %lld suppressed got %lld",
		       what, suppressed, kept - last_suppressed);
	}
	last_written = written;
	last_suppressed = kept;
}

#define QUOTA_BLOCK	"100 acl unlink path=\"" HERE "/\\*\" " SUBJECT_RULE "\n    audit %d\n" \
			"    10 deny path=\"" HERE "/keep\\*\"\n    20 allow path=\"" HERE "/ok\\*\"\n"

static void quotas(void)
{
	struct text text = {};
	unsigned int i, n, suppressed = 0;
	char **lines = NULL;
	long long denied;
	int fd;

	/* subject_watch() reads records; so this must not, to leave them unread. */
	records_drop();
	records_stop(true);
	group("log quotas");
	begin("unread records per result");
	text_add(&text, "quota audit[1] allowed=0 denied=2 unmatched=1\n" QUOTA_BLOCK, 1);
	policy(text.data);
	expect_growth(NULL, 0, 0);
	denied = count_now("requests ", "denied");
	expect_error("keep1", EPERM, remove_file(HERE "/keep1"));
	expect_error("keep2", EPERM, remove_file(HERE "/keep2"));
	expect_growth("two denied", 2, 0);
	expect_error("keep3", EPERM, remove_file(HERE "/keep3"));
	expect_growth("a third", 0, 1);
	expect_number("denied", denied + 3, count_now("requests ", "denied"));
	expect_error("ok", 0, remove_file(HERE "/ok"));
	expect_growth("allowed, limit 0", 0, 0);
	expect_error("x", 0, remove_file(HERE "/x"));
	expect_growth("unmatched", 1, 0);
	expect_error("y", 0, remove_file(HERE "/y"));
	expect_growth("unmatched again", 0, 1);
	fd = open_log(O_RDONLY | O_NONBLOCK);
	must(lseek(fd, count_now("log ", "next") - 3, SEEK_SET));
	expect(strlen(read_some(fd, 1000)) > 1, "nothing to read");
	expect_error("keep4", EPERM, remove_file(HERE "/keep4"));
	expect_growth("after one was read", 1, 0);
	text_clear(&text);
	text_add(&text, "quota audit[1] allowed=0 denied=2 unmatched=1\n" QUOTA_BLOCK, 0);
	policy(text.data);
	expect_error("keep5", EPERM, remove_file(HERE "/keep5"));
	expect_growth("audit 0", 0, 0);
	close(fd);
	end();
	begin("what was suppressed is said");
	pause_for(1200);
	fd = open_log(O_RDONLY | O_NONBLOCK);
	text_clear(&text);
	read_all(fd, &text);
	close(fd);
	n = split_lines(&text, &lines);
	for (i = 0; i < n; i++) {
		if (!*head_field(lines[i], "suppressed"))
			continue;
		suppressed += atoi(head_field(lines[i], "suppressed"));
		expect_text("index", "1", head_field(lines[i], "index"));
		expect_text("seq", "", head_field(lines[i], "seq"));
	}
	expect_number("suppressed", 2, suppressed);
	free(lines);
	end();
	records_stop(false);
	free(text.data);
}

/**
 * struct sum - what a reader has seen
 * @records: that it got
 * @lost: that it was told are lost
 * @lost_a, @lost_b: of them by rule
 * @holes: numbers between two records that nobody told of
 */
struct sum {
	unsigned long long records, lost, lost_a, lost_b, holes, next;
};

/* N of " rule=LABEL:N" or " other=N" */
static unsigned long long lost_of(const char *record, const char *word)
{
	const char *at = strstr(record, word);

	return at ? strtoull(at + strlen(word), NULL, 10) : 0;
}

static void add_up(struct sum *sum, const char *record)
{
	unsigned long long from = 0, to = 0;
	const char *seq = head_field(record, "seq"), *lost = head_field(record, "lost");

	if (!*seq)
		return;
	if (sscanf(seq, "%llu-%llu", &from, &to) < 2)
		to = from;
	if (sum->next && from != sum->next)
		sum->holes++;
	sum->next = to + 1;
	if (*lost) {
		sum->lost += strtoull(lost, NULL, 10);
		sum->lost_a += lost_of(record, " rule=a:");
		sum->lost_b += lost_of(record, " rule=b:");
	} else {
		sum->records++;
	}
}

static void add_up_all(struct sum *sum, int fd)
{
	static struct text text;
	static char **lines;
	unsigned int i, n;

	text_clear(&text);
	read_all(fd, &text);
	n = split_lines(&text, &lines);
	for (i = 0; i < n; i++)
		add_up(sum, lines[i]);
}

static long long lost_in_stat(const struct counts *counts, const char *path)
{
	char block[100];

	sprintf(block, "100 acl read path=\"%s\"", path);
	return count_block(counts, block, "lost");
}

/* A small log, more requests than it holds: what is not there is told, to the last. */
static void losses(const char *how, const char *quota, unsigned int reads)
{
	static struct counts before, after;
	struct text text = {};
	struct sum sum = {};
	unsigned int i, a = 0, b = 0;
	int fd;

	records_stop(true);
	group("log losses");
	begin("%s", how);
	text_add(&text, "%s" LOG_A LOG_B, quota);
	policy(text.data);
	fd = open_log(O_RDONLY | O_NONBLOCK);
	must(lseek(fd, 0, SEEK_END));
	counts_take(&before);
	for (i = 0; i < 3000; i++) {
		hit(i % 3 ? FILE_A : FILE_B, 1);
		i % 3 ? a++ : b++;
		if (reads && i % reads == reads - 1)
			add_up_all(&sum, fd);
	}
	add_up_all(&sum, fd);
	counts_take(&after);
	expect_number("numbers", 3000, count_of(&after, "log ", "next") -
				       count_of(&before, "log ", "next"));
	expect_number("records and losses", 3000, sum.records + sum.lost);
	expect_number("holes", 0, sum.holes);
	expect(sum.lost > 500 && sum.records > 100, "%llu lost, %llu records", sum.lost,
	       sum.records);
	expect_number("lost by rule", sum.lost, sum.lost_a + sum.lost_b);
	expect_number("lost and overwritten in stat", sum.lost,
		      count_of(&after, "log ", "lost") - count_of(&before, "log ", "lost") +
		      count_of(&after, "log ", "overwritten") -
		      count_of(&before, "log ", "overwritten"));
	expect(sum.lost_a > sum.lost_b, "of a %llu lost, of b %llu", sum.lost_a, sum.lost_b);
	expect_number("lost of a in stat", sum.lost_a, lost_in_stat(&after, FILE_A) -
						       lost_in_stat(&before, FILE_A));
	expect_number("lost of b in stat", sum.lost_b, lost_in_stat(&after, FILE_B) -
						       lost_in_stat(&before, FILE_B));
	close(fd);
	records_stop(false);
	free(text.data);
	end();
}

void part_log(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	metronome_start();
	kellas_load();
	must(mkdir(HERE, 0755));
	close(must(open(FILE_A, O_CREAT | O_WRONLY, 0644)));
	close(must(open(FILE_B, O_CREAT | O_WRONLY, 0644)));
	records_stop(true);
	readers();
	waiting();
	keeping();
	group("log wake-ups");
	wakeups("read", false);
	wakeups("poll", true);
	records_stop(false);
	quotas();
	losses("full, new ones dropped", "quota memory audit 262144\n", 0);
	losses("full, new ones dropped, read now and then", "quota memory audit 262144\n", 1000);
	losses("full, old ones dropped", "quota memory audit 262144 drop-oldest\n", 0);
	group("log");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
