// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit N wait=MS: a request goes on only when the keeper has its record. Lost
 * without this: the last record before a machine is brought down.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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
#include "test.h"

#define HERE	"/tmp/waiting"
#define FILE_A	HERE "/a"
#define WAIT	"100 acl read path=\"" FILE_A "\"\n    audit 1 wait=2000\n"

static int keeper_fd = -1;

static void become_keeper(void)
{
	keeper_fd = must(open(KELLAS "audit", O_RDWR | O_NONBLOCK | O_CLOEXEC));
	must(write(keeper_fd, "keep\n", 5));
}

static int tell(const char *word)
{
	return write(keeper_fd, word, strlen(word)) < 0 ? errno : 0;
}

static void acknowledge(long long sequence)
{
	char word[40];

	sprintf(word, "ack %lld\n", sequence);
	expect_error(word, 0, tell(word));
}

static int detach(void)
{
	int fd = must(open(KELLAS "policy", O_WRONLY | O_CLOEXEC));
	int err = write_all(fd, "detach\n", 7);

	close(fd);
	return err;
}

/* A child that opens the file; its pid. */
static pid_t start_open(double *since)
{
	pid_t child;

	*since = now();
	child = must(fork());
	if (child)
		return child;
	/* A copy of the descriptor would keep the keeper. */
	close(keeper_fd);
	_exit(open(FILE_A, O_RDONLY | O_CLOEXEC) < 0 ? errno : 0);
}

static double end_open(pid_t child, double since, int result)
{
	int status;

	must(waitpid(child, &status, 0));
	expect_error("open", result,
		     WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status));
	return now() - since;
}

/* Number of the newest record. */
static long long newest(void)
{
	return count_now("log ", "next") - 1;
}

static void without_keeper(void)
{
	long long waited = count_now("log ", "waited");
	double since, took;
	pid_t child;

	begin("nobody keeps the log");
	child = start_open(&since);
	took = end_open(child, since, 0);
	expect_took(since, took, 0, 1);
	expect_number("waited", waited, count_now("log ", "waited"));
	end();
}

static void with_keeper(void)
{
	long long vain, before;
	double since, took;
	pid_t child;

	become_keeper();
	begin("time is up");
	vain = count_now("log ", "unacknowledged");
	child = start_open(&since);
	took = end_open(child, since, 0);
	expect_took(since, took, 1.9, 3.5);
	expect_number("in vain", vain + 1, count_now("log ", "unacknowledged"));
	end();

	begin("acknowledged");
	vain = count_now("log ", "unacknowledged");
	before = newest();
	child = start_open(&since);
	pause_for(300);
	/* An older one is not this one. */
	acknowledge(before);
	pause_for(300);
	expect_number("it waits", 0, waitpid(child, NULL, WNOHANG));
	expect_number("record", before + 1, newest());
	acknowledge(newest());
	took = end_open(child, since, 0);
	expect_took(since, took, 0.6, 1.8);
	expect_number("in vain", vain, count_now("log ", "unacknowledged"));
	end();

	begin("what the keeper may say");
	expect_error("a record to come", EINVAL, tell("ack 999999999\n"));
	expect_error("no number", EINVAL, tell("ack \n"));
	expect_error("no number", EINVAL, tell("ack x\n"));
	expect_error("too long", EINVAL, tell("ack 00000000000000000000000000000000000001\n"));
	expect_error("an old one", 0, tell("ack 1"));
	child = must(fork());
	if (!child) {
		int fd = must(open(KELLAS "audit", O_RDWR | O_CLOEXEC));

		_exit(write(fd, "ack 1\n", 6) < 0 ? errno : 0);
	}
	took = end_open(child, now(), EPERM);
	end();

	begin("killed");
	child = start_open(&since);
	pause_for(300);
	must(kill(child, SIGKILL));
	took = end_open(child, since, 1000 + SIGKILL);
	expect_took(since, took, 0, 1.7);
	end();

	begin("the keeper leaves");
	child = start_open(&since);
	pause_for(300);
	close(keeper_fd);
	took = end_open(child, since, 0);
	expect_took(since, took, 0, 1.7);
	end();

	begin("all is detached");
	become_keeper();
	vain = count_now("log ", "unacknowledged");
	child = start_open(&since);
	pause_for(300);
	expect_error("detach", 0, detach());
	took = end_open(child, since, 0);
	expect_took(since, took, 0.3, 1.7);
	expect_number("in vain", vain + 1, count_now("log ", "unacknowledged"));
	close(keeper_fd);
	end();

	begin("the longest of several, and once");
	policy(WAIT "200 acl read path=\"" FILE_A "\"\n    audit 1 wait=500\n"
	       "300 acl read path=\"" FILE_A "\"\n    audit 1\n    deny\n");
	become_keeper();
	child = start_open(&since);
	took = end_open(child, since, EPERM);
	expect_took(since, took, 1.9, 2.4);
	end();

	begin("its own files");
	since = now();
	expect(open(FILE_A, O_RDONLY) < 0 && errno == EPERM, "open is not denied");
	expect_took(since, now() - since, 0, 0.5);
	close(keeper_fd);
	end();
}

void part_waiting(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	metronome_start();
	kellas_load();
	must(mkdir(HERE, 0755));
	must(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	close(must(open(FILE_A, O_CREAT | O_WRONLY | O_CLOEXEC, 0644)));
	group("waiting");
	policy(WAIT);
	without_keeper();
	with_keeper();
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
