// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a policy: commits on trial, publications that fail later, a
 * detach that has to wait, and the lock. Lost without this: an administrator
 * locked out by his own policy, or an intruder who changes it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "held.h"
#include "kellas.h"
#include "metronome.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/trial"
#define FUSE	HERE "/fuse"
#define FILE_A	HERE "/a"
#define FILE_B	HERE "/b"

#define OLD	"string_group G /x\n100 acl unlink path=\"" FILE_A "\"\n    label old\n    deny\n"
#define NEW	"100 acl unlink path=\"" FILE_B "\"\n    deny\n" \
		"100 acl chmod path=\"" FILE_B "\"\n    deny\n"

static int open_policy(void)
{
	return must(open(KELLAS "policy", O_RDWR | O_CLOEXEC));
}

static int put(int fd, const char *text)
{
	return write_all(fd, text, strlen(text));
}

static int put_once(const char *text)
{
	int fd = open_policy(), error = put(fd, text);

	close(fd);
	return error;
}

static void expect_message(const char *what, int fd, const char *word)
{
	struct text text = {};

	read_all(fd, &text);
	expect(text.data && strstr(text.data, word), "%s: expected '…%s…' got '%s'", what, word,
	       text.data ? text.data : "");
	free(text.data);
}

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

static bool is_attached(const char *function)
{
	struct counts counts = {};
	char line[100];
	bool attached;

	counts_take(&counts);
	sprintf(line, "function %s ", function);
	attached = strstr(counts.text.data, line) &&
		   strstr(strstr(counts.text.data, line), "state=") &&
		   !strncmp(strstr(strstr(counts.text.data, line), "state="), "state=attached", 14);
	free(counts.text.data);
	return attached;
}

static int try_unlink(const char *path)
{
	int error;

	close(must(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)));
	error = unlink(path) ? errno : 0;
	return error;
}

static void expect_in_force(const char *what, bool new)
{
	char text[100];

	sprintf(text, "unlink of a, %s", what);
	expect_error(text, new ? 0 : EPERM, try_unlink(FILE_A));
	sprintf(text, "unlink of b, %s", what);
	expect_error(text, new ? EPERM : 0, try_unlink(FILE_B));
}

static void begin_trial(int seconds)
{
	char commit[60];
	int fd = open_policy();

	sprintf(commit, "commit confirm=%d\n", seconds);
	expect_error("begin", 0, put(fd, "begin replace\n" NEW));
	expect_error("commit", 0, put(fd, commit));
	/* Who closes the file, or dies, takes nothing back. */
	close(fd);
}

/* Until the trial has come to its end by itself. */
static bool wait_reverted(int seconds)
{
	int i;

	for (i = 0; i < seconds * 20 && count_now("policy ", "confirm"); i++)
		pause_for(50);
	return !count_now("policy ", "confirm");
}

static void confirmed(void)
{
	struct text tried = {}, after = {};
	long long reverts, left;
	int fd;

	begin("confirmed in time");
	policy(OLD);
	reverts = count_now("policy ", "reverts");
	expect_in_force("before", false);
	begin_trial(6);
	left = count_now("policy ", "confirm");
	expect(left > 0 && left <= 6, "%lld seconds left", left);
	expect_in_force("on trial", true);
	current_policy(&tried);
	expect(strstr(tried.data, FILE_B) && !strstr(tried.data, FILE_A), "policy: %s", tried.data);
	expect_error("confirm", 0, put_once("confirm\n"));
	expect_number("seconds left", 0, count_now("policy ", "confirm"));
	pause_for(7000);
	expect_in_force("later", true);
	current_policy(&after);
	expect_text("policy", tried.data, after.data);
	expect_number("reverts", reverts, count_now("policy ", "reverts"));
	fd = open_policy();
	expect_error("confirm again", EINVAL, put(fd, "confirm\n"));
	expect_message("confirm again", fd, "no commit waits");
	expect_error("and then", 0, put(fd, "200 acl read\n"));
	close(fd);
	end();
	free(tried.data);
	free(after.data);
}

static void taken_back(void)
{
	struct text before = {}, after = {};
	long long reverts, updates;
	double start;
	int fd;

	policy(OLD);
	reverts = count_now("policy ", "reverts");
	current_policy(&before);
	begin("taken back in time");
	/* What the last policy needed is let go of a moment later. */
	pause_for(500);
	expect(!is_attached("security_path_chmod"), "chmod is attached before");
	fd = open_policy();
	expect_error("a transaction begun before", 0, put(fd, "begin\n100 acl read\n"));
	begin_trial(2);
	start = now();
	updates = count_now("policy ", "updates");
	expect(is_attached("security_path_chmod"), "chmod is not attached");
	expect_in_force("on trial", true);
	expect_error("chmod on trial", EPERM, chmod(FILE_B, 0600) ? errno : 0);
	expect(wait_reverted(20), "it was not taken back");
	expect_took(start, now() - start, 1.5, 5);
	expect_in_force("after", false);
	current_policy(&after);
	expect_text("policy", before.data, after.data);
	expect_number("reverts", reverts + 1, count_now("policy ", "reverts"));
	expect(llabs(count_now("policy ", "reverted_at") - (long long)wall_time()) < 5,
	       "reverted_at=%lld", count_now("policy ", "reverted_at"));
	expect_number("updates", updates, count_now("policy ", "updates"));
	pause_for(300);
	expect(!is_attached("security_path_chmod"), "chmod is still attached");
	/* The policy is another one than at its begin, even if it looks the same. */
	expect_error("its commit", EAGAIN, put(fd, "commit\n"));
	close(fd);
	expect_error("confirm, too late", EINVAL, put_once("confirm\n"));
	expect_error("a change", 0, put_once("100 acl chmod path=\"/y\"\n"));
	end();
	free(before.data);
	free(after.data);
}

/* Whoever sees at once that it is wrong need not wait. */
static void reverted(void)
{
	struct text before = {}, after = {};
	long long reverts;
	double start;
	int fd;

	policy(OLD);
	reverts = count_now("policy ", "reverts");
	current_policy(&before);
	begin("taken back at once");
	begin_trial(60);
	expect_in_force("on trial", true);
	start = now();
	fd = open_policy();
	expect_error("revert", 0, put(fd, "revert\n"));
	expect_took(start, now() - start, 0, 20);
	expect_in_force("after", false);
	current_policy(&after);
	expect_text("policy", before.data, after.data);
	expect_number("reverts", reverts + 1, count_now("policy ", "reverts"));
	expect_number("on trial", 0, count_now("policy ", "confirm"));
	pause_for(500);
	expect(!is_attached("security_path_chmod"), "chmod is still attached");
	end();

	begin("revert when nothing waits");
	expect_error("again", EINVAL, put(fd, "revert\n"));
	expect_message("again", fd, "no commit waits");
	begin_trial(30);
	expect_error("confirm", 0, put(fd, "confirm\n"));
	expect_error("when it was confirmed", EINVAL, put(fd, "revert\n"));
	expect_in_force("confirmed", true);
	policy(OLD);
	begin_trial(1);
	expect(wait_reverted(20), "it was not taken back");
	expect_error("when its time is over", EINVAL, put(fd, "revert\n"));
	expect_number("reverts", reverts + 2, count_now("policy ", "reverts"));
	expect_in_force("once is enough", false);
	end();

	begin("a trial behind one that was taken back");
	begin_trial(2);
	expect_error("revert", 0, put(fd, "  revert  # no\n"));
	begin_trial(60);
	pause_for(3500);
	expect(count_now("policy ", "confirm") > 30, "it has the time of the one before");
	expect_in_force("on trial", true);
	expect_error("within a transaction", EINVAL, put(fd, "begin\nrevert\n"));
	expect_error("abort", 0, put(fd, "abort\n"));
	expect_error("within a line", 0, put(fd, "100 acl "));
	expect_error("within a line", EINVAL, put(fd, "revert\n"));
	expect_in_force("still", true);
	expect_error("revert", 0, put(fd, "revert\n"));
	close(fd);
	end();
	free(before.data);
	free(after.data);
}

static void busy(void)
{
	static const char *const words[] = {
		"100 acl read\n", "detach\n", "lock\n", "begin\ncommit\n",
		"begin force\n100 acl read\ncommit\n", "begin replace\n100 acl read\ncommit confirm=5\n",
		"delete 100 acl chmod\n",
	};
	struct text before = {}, after = {};
	unsigned int i;
	int fd;

	policy(OLD);
	begin_trial(30);
	current_policy(&before);
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		begin("busy: %.*s", (int)strlen(words[i]) - 1, words[i]);
		fd = open_policy();
		expect_error("write", EBUSY, put(fd, words[i]));
		expect_message("write", fd, "confirmed");
		close(fd);
		current_policy(&after);
		expect_text("policy", before.data, after.data);
		end();
	}
	begin("confirm where it cannot be");
	fd = open_policy();
	expect_error("begin", 0, put(fd, "begin\n"));
	expect_error("confirm", EINVAL, put(fd, "confirm\n"));
	expect_error("abort", 0, put(fd, "abort\n"));
	expect_number("it is still on trial", true, count_now("policy ", "confirm") > 0);
	expect_error("confirm", 0, put(fd, "  confirm  # yes\n"));
	expect_number("it is no more", 0, count_now("policy ", "confirm"));
	close(fd);
	end();
	free(before.data);
	free(after.data);
}

/* Who may once may until it executes something: so this does. Exit status 0 or not. */
static long write_line(const void *arg)
{
	return execl("/bin/sh", "sh", "-pc", "exec 2>/dev/null; printf '%b' \"$1\" >" KELLAS "policy",
		     "sh", arg, NULL);
}

/* The new policy forbids its author to write: he can still keep it, or not. */
static void locked_out(const char *word)
{
	struct counts before = {}, after = {};
	struct seen seen;
	int fd;

	begin("%.*sed in spite of modify_policy", (int)strcspn(word, "\\"), word);
	policy(OLD);
	fd = open_policy();
	expect_error("commit", 0, put(fd, "begin replace\n" NEW "100 acl modify_policy "
				      SUBJECT_RULE "\n    deny\ncommit confirm=20\n"));
	counts_take(&before);
	subject_watch(NULL, write_line, "100 acl read\\n", &seen);
	expect(seen.status > 0, "a line: exit status %d", seen.status);
	subject_watch(NULL, write_line, "confirm\\n100 acl read\\n", &seen);
	expect(seen.status > 0, "confirm and more: exit status %d", seen.status);
	expect(count_now("policy ", "confirm") > 0, "it is not on trial any more");
	subject_watch(NULL, write_line, word, &seen);
	expect_number("exit status", 0, seen.status);
	expect_number("on trial", 0, count_now("policy ", "confirm"));
	counts_take(&after);
	expect_number("denied by modify_policy", 2,
		      counts_operation(&after, "modify_policy")->matches -
		      counts_operation(&before, "modify_policy")->matches);
	close(fd);
	end();
}

static void from_nothing(void)
{
	begin("taken back to no policy at all");
	expect_error("detach", 0, put_once("detach\n"));
	begin_trial(1);
	expect_error("on trial", EPERM, try_unlink(FILE_B));
	expect(wait_reverted(20), "it was not taken back");
	expect_error("after", 0, try_unlink(FILE_B));
	pause_for(500);
	/* Those that follow tasks stay until a detach. */
	expect(!is_attached("security_path_unlink"), "unlink is still attached");
	expect(!is_attached("security_path_chmod"), "chmod is still attached");
	end();

	begin("twenty times, under load");
	policy(OLD);
	for (int i = 0; i < 10; i++) {
		begin_trial(30);
		expect_in_force("on trial", true);
		expect_error("confirm", 0, put_once("confirm\n"));
		policy(OLD);
		begin_trial(1);
		expect(wait_reverted(20), "it was not taken back");
		expect_in_force("after", false);
	}
	pause_for(500);
	expect(!is_attached("security_path_chmod"), "chmod is still attached");
	end();
}

/* A wall clock that is set does not end it. */
static void other_clock(void)
{
	struct timespec time;

	begin("the wall clock does not matter");
	policy(OLD);
	begin_trial(60);
	must(clock_gettime(CLOCK_REALTIME, &time));
	time.tv_sec += 3600;
	must(clock_settime(CLOCK_REALTIME, &time));
	pause_for(2500);
	expect(count_now("policy ", "confirm") > 20, "%lld seconds left",
	       count_now("policy ", "confirm"));
	time.tv_sec -= 3600 - 2;
	must(clock_settime(CLOCK_REALTIME, &time));
	expect_error("confirm", 0, put_once("confirm\n"));
	end();
}

#define RULES 400
static void failing_later(void)
{
	struct text text = {}, before = {}, after = {};
	long long used, failures;
	char line[100];
	int i, fd;

	begin("published later, and that fails");
	for (i = 0; i < RULES; i++)
		text_add(&text, "100 acl unlink path=\"" HERE "/later%d\"\n    deny\n", i);
	text_add(&text, "100 acl chmod path=\"/later\"\n");
	policy(text.data);
	used = count_now("memory policy ", "used");
	policy(OLD);
	pause_for(300);
	current_policy(&before);
	failures = count_now("policy ", "failures");
	expect(!is_attached("security_path_chmod"), "chmod is attached before");
	/* Enough for the policy as it is edited, but not for what is made of it. */
	sprintf(line, "quota memory policy %lld\n", used - 2000);
	text_add(&text, "%s", line);
	fd = open_policy();
	expect_error("write", 0, put(fd, text.data));
	pause_for(500);
	close(fd);
	expect_number("failures", failures + 1, count_now("policy ", "failures"));
	fd = open_policy();
	expect_message("the next reader", fd, "# changes were taken back at ");
	close(fd);
	fd = open_policy();
	expect_message("the next reader", fd, "bytes of memory");
	close(fd);
	expect(!is_attached("security_path_chmod"), "chmod is still attached");
	current_policy(&after);
	expect(strstr(after.data, "\nPOLICY_VERSION=") &&
	       !strcmp(strchr(after.data, '\n') + 1, before.data), "expected '%s' got '%s'",
	       before.data, after.data);
	/* What was read can be written, and then it is forgotten. */
	expect_error("fed back", 0, put_once(after.data));
	current_policy(&after);
	expect_text("policy", before.data, after.data);
	end();
	free(text.data);
	free(before.data);
	free(after.data);
}

static pid_t start_detaching(const char *word)
{
	pid_t child = must(fork());
	struct text text = {};
	int fd, error;

	if (child)
		return child;
	fd = open_policy();
	error = put(fd, "detach\n");
	read_all(fd, &text);
	_exit(error && !strstr(text.data, word) ? 255 : error);
}

/* While a detach waits for a task inside, the policy can be read, and changed. */
static void waiting_detach(void)
{
	pid_t sleeper, detacher;
	double start;
	int status;

	must(mkdir(FUSE, 0755));
	copy_file(quick_program(), HERE "/quick");
	held_mount(FUSE, HERE "/quick");
	begin("the policy is not held up by a detach");
	policy("100 acl execute exec=\"" FUSE "/link\"\n    audit 1\n");
	held_hold(true);
	sleeper = held_execve(FUSE);
	expect(held_wait(), "nobody sleeps");
	detacher = start_detaching("changed the policy");
	pause_for(3000);
	expect_number("functions", 0, count_now("attached ", "functions"));
	start = now();
	expect_error("a change", 0, put_once("begin\n" OLD "commit\n"));
	expect_took(start, now() - start, 0, 5);
	must(waitpid(detacher, &status, 0));
	expect_error("detach", EBUSY, WEXITSTATUS(status));
	expect_in_force("after", false);
	detacher = start_detaching("");
	pause_for(1500);
	held_hold(false);
	must(waitpid(detacher, &status, 0));
	expect_error("detach again", 0, WEXITSTATUS(status));
	must(waitpid(sleeper, &status, 0));
	expect_number("the sleeper's program", QUICK_STATUS, WEXITSTATUS(status));
	end();
	held_unmount(FUSE);
}

static void by_force(void)
{
	kellas_close();
	expect_error("remove", 0, syscall(SYS_delete_module, "kellas", O_NONBLOCK | O_TRUNC) ?
			     errno : 0);
	expect(access(KELLAS, F_OK) < 0, "its folder is still there");
}

/* Waits for a record, of which there are none. */
static int be_reader(int ready)
{
	int fd = must(open(KELLAS "audit", O_RDONLY | O_CLOEXEC));
	char data[5000];

	must(lseek(fd, 0, SEEK_END));
	must(write(ready, "", 1));
	return read(fd, data, sizeof(data)) < 0 ? errno : 0;
}

static int poll_both(int ready, short events)
{
	struct pollfd files[] = {
		{ .fd = must(open(KELLAS "audit", O_RDONLY | O_CLOEXEC)), .events = events },
		{ .fd = must(open(KELLAS "query", O_RDONLY | O_CLOEXEC)), .events = events },
	};

	must(lseek(files[0].fd, 0, SEEK_END));
	must(write(ready, "", 1));
	return poll(files, 2, -1) < 0 ? errno : 0;
}

static int be_poller(int ready) { return poll_both(ready, POLLIN); }

/* Stays in poll whatever becomes of the files, until it is told to go. */
static int be_stubborn(int ready) { return poll_both(ready, POLLPRI); }

/* Does not wait, but is on the queues until its descriptors are closed. */
static int be_epoll(int ready)
{
	struct epoll_event event = { .events = EPOLLPRI };
	int set = must(epoll_create1(EPOLL_CLOEXEC));
	int audit = must(open(KELLAS "audit", O_RDONLY | O_CLOEXEC));
	int query = must(open(KELLAS "query", O_RDONLY | O_CLOEXEC));

	must(epoll_ctl(set, EPOLL_CTL_ADD, audit, &event));
	must(epoll_ctl(set, EPOLL_CTL_ADD, query, &event));
	must(write(ready, "", 1));
	pause();
	close(audit);
	close(query);
	close(set);
	return 0;
}

static void wake_up_call(int number) { (void)number; }

static pid_t start(int (*be)(int ready))
{
	struct sigaction action = { .sa_handler = wake_up_call };
	int ready[2];
	char byte;
	pid_t pid;

	must(sigaction(SIGUSR1, &action, NULL));
	must(pipe2(ready, O_CLOEXEC));
	pid = must(fork());
	if (!pid)
		_exit(be(ready[1]));
	must(read(ready[0], &byte, 1));
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Its exit status; -1 if it does not end by itself. */
static int end_of(pid_t pid)
{
	int i, status;

	for (i = 0; i < 1000; i++) {
		if (must(waitpid(pid, &status, WNOHANG)))
			return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
		pause_for(10);
	}
	kill(pid, SIGKILL);
	return -1;
}

/* By a child, lest it waits for ever. */
static int remove_elsewhere(int ready)
{
	must(write(ready, "", 1));
	return syscall(SYS_delete_module, "kellas", O_NONBLOCK | O_TRUNC) ? errno : 0;
}

/* Nobody is left waiting, and nobody touches what was the module's memory. */
static void forced_out(void)
{
	pid_t reader, poller, stubborn, waiter;

	begin("removed by force with readers and pollers");
	kellas_load();
	policy("");
	kellas_close();
	reader = start(be_reader);
	poller = start(be_poller);
	stubborn = start(be_stubborn);
	waiter = start(be_epoll);
	pause_for(300);
	expect_error("remove", EAGAIN, kellas_remove());
	expect_error("remove by force", 0, end_of(start(remove_elsewhere)));
	expect(access(KELLAS, F_OK) < 0, "its folder is still there");
	expect_error("who read", ENODEV, end_of(reader));
	expect_number("who polled", 0, end_of(poller));
	expect_number("who polls for something else", 0, must(waitpid(stubborn, NULL, WNOHANG)));
	must(kill(stubborn, SIGUSR1));
	expect_error("who polls for something else", EINTR, end_of(stubborn));
	must(kill(waiter, SIGUSR1));
	expect_number("who has it in an epoll set", 0, end_of(waiter));
	end();
}

void part_trial(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	metronome_start();
	kellas_load();
	must(mkdir(HERE, 0755));
	must(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	group("trial");
	confirmed();
	taken_back();
	reverted();
	busy();
	locked_out("confirm\\n");
	locked_out("revert\\n");
	from_nothing();
	other_clock();
	failing_later();
	waiting_detach();
	begin("removed by force while on trial");
	policy(OLD);
	begin_trial(100);
	by_force();
	end();
	forced_out();
}

/* Nothing is undone here: the machine is given up. */
static void expect_locked(void)
{
	struct text text = {};
	pid_t child;
	int fd, status;

	begin("locked: no change");
	expect_number("locked", 1, count_now("policy ", "locked"));
	fd = open_policy();
	expect_error("a line", EPERM, put(fd, "100 acl read\n"));
	expect_message("a line", fd, "locked");
	expect_error("a transaction", EPERM, put(fd, "begin replace\ncommit\n"));
	expect_error("confirm=", EPERM, put(fd, "begin replace\ncommit confirm=1\n"));
	expect_error("detach", EPERM, put(fd, "detach\n"));
	expect_error("lock again", 0, put(fd, "lock\n"));
	close(fd);
	current_policy(&text);
	expect(strstr(text.data, FILE_A) != NULL, "policy: %s", text.data);
	expect_in_force("locked", false);
	end();

	begin("locked: not removed");
	kellas_close();
	expect_error("remove", EAGAIN, kellas_remove());
	child = must(fork());
	if (!child)
		_exit(syscall(SYS_delete_module, "kellas", O_NONBLOCK | O_TRUNC) ? errno : 0);
	pause_for(3000);
	/* Either this kernel does not do it by force, or it waits for ever. */
	if (must(waitpid(child, &status, WNOHANG)))
		expect_error("by force", EAGAIN, WEXITSTATUS(status));
	else
		printf("# a removal by force waits\n");
	expect_in_force("after that", false);
	fd = open(KELLAS "audit", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	expect(fd >= 0, "audit: %s", strerror(errno));
	close(fd);
	read_file(KELLAS "policy", &text);
	expect(strstr(text.data, FILE_A) != NULL, "policy: %s", text.data);
	end();
	free(text.data);
}

/* lock [parameter]: one boot each */
void part_lock(int argc, char **argv)
{
	bool parameter = argc && !strcmp(argv[0], "parameter");

	group("lock%s", parameter ? "=1" : "");
	must(mkdir(HERE, 0755));
	must(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	if (!parameter) {
		kellas_load();
		policy(OLD);
		expect_error("lock", 0, put_once("lock\n"));
		expect_locked();
		return;
	}
	begin("loaded with lock=1");
	expect_error("insert", 0, kellas_insert_with("lock=1"));
	kellas_open();
	kellas_close();
	expect_error("remove", EAGAIN, kellas_remove());
	kellas_open();
	expect_error("a line", 0, put_once("100 acl unlink path=\"" FILE_B "\"\n    deny\n"));
	expect_error("on trial", 0, put_once("begin replace\n" NEW "commit confirm=1\n"));
	expect(wait_reverted(20), "it was not taken back");
	expect_number("locked", 0, count_now("policy ", "locked"));
	expect_error("the policy", 0, put_once("begin replace\n" OLD "commit\n"));
	end();
	expect_locked();
}
