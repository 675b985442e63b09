// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies replaced under load. Each policy writes its own number on all of
 * its blocks, and each request matches three of them: so the records of a
 * request tell whether it saw more than one policy.
 *
 * First an execve is held inside its hook, between blocks, until some policies
 * have gone by. Then, as fast as may be: one process opens a file with a short
 * name; the other's name is longer than what requests have room for at hand, so
 * they sleep between the blocks to get more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "held.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE	"/tmp/swap"
#define FUSE	HERE "/fuse"
#define BLOCKS	3
#define AHEAD	15

/** struct opener - a process that opens a file all the time */
struct opener {
	volatile unsigned long opened;
	volatile int error;
	pid_t pid;
	int folder;
	/* What its records said so far. */
	volatile unsigned long records;
	unsigned int block;
	long generation;
	unsigned int generations;
	unsigned int mixed, backwards, disordered;
};

static struct {
	volatile bool stop;
	struct opener opener[2];
} *shared;

static int make_deep(void)
{
	char component[256];
	int i, next, fd = must(open(HERE, O_PATH | O_DIRECTORY));

	memset(component, 'd', 250);
	component[250] = 0;
	for (i = 0; i < 38; i++) {
		must(mkdirat(fd, component, 0755));
		next = must(openat(fd, component, O_PATH | O_DIRECTORY));
		close(fd);
		fd = next;
	}
	return fd;
}

static void keep_opening(struct opener *opener)
{
	int fd;

	subject_become();
	subject_mark();
	while (!shared->stop) {
		/* Not further ahead of the reader than the log holds. */
		if (opener->opened - opener->records / BLOCKS > AHEAD) {
			pause_for(1);
			continue;
		}
		fd = openat(opener->folder, "f", O_RDONLY);
		if (fd < 0) {
			opener->error = errno;
			_exit(1);
		}
		close(fd);
		opener->opened++;
	}
	_exit(0);
}

static void set_generation(int number)
{
	struct text text = {};

	text_add(&text, "100 acl read path.type=file " SUBJECT_RULE "\n    label g%d\n    audit 1\n",
		 number);
	text_add(&text, "200 acl read path=\"" HERE "/\\(\\*\\)/f\" " SUBJECT_RULE "\n    audit 1\n"
		 "    10 allow task.uid=21 label=g%d\n", number);
	text_add(&text,
		 "300 acl read task.exe!=\"/nowhere\" " SUBJECT_RULE "\n    label g%d\n    audit 1\n",
		 number);
	policy(text.data);
	free(text.data);
}

static void add_record(const char *record)
{
	static const char *const priorities[BLOCKS] = { "100", "200", "300" };
	pid_t pid = atoi(head_field(record, "global-pid"));
	struct opener *opener = &shared->opener[pid == shared->opener[1].pid];
	long generation = atol(head_field(record, "rule") + 1);

	if (pid != opener->pid)
		die("a record of somebody else: %s", record);
	if (strcmp(head_field(record, "priority"), priorities[opener->block]))
		opener->disordered++;
	if (opener->block && generation != opener->generation)
		opener->mixed++;
	if (generation < opener->generation)
		opener->backwards++;
	if (!opener->block && generation != opener->generation)
		opener->generations++;
	opener->generation = generation;
	opener->block = (opener->block + 1) % BLOCKS;
	opener->records++;
}

static void add_records(void)
{
	char **records;
	unsigned int i, n = records_take(&records);

	for (i = 0; i < n; i++)
		add_record(records[i]);
}

/* Until both have opened their file once more, or a second has passed. */
static void wait_for_requests(void)
{
	unsigned long opened[2] = { shared->opener[0].opened, shared->opener[1].opened };
	int i;

	for (i = 0; i < 1000; i++) {
		if (shared->opener[0].opened > opened[0] &&
		    shared->opener[1].opened > opened[1])
			return;
		pause_for(1);
	}
}

static void expect_opener(const char *name, const struct opener *opener, int status,
			  unsigned int swaps)
{
	begin("%s", name);
	expect_error("open", 0, opener->error);
	expect_number("exit status", 0, status);
	expect_number("records", opener->opened * BLOCKS, opener->records);
	expect_number("requests of mixed policies", 0, opener->mixed);
	expect_number("requests of a policy before the last one", 0, opener->backwards);
	expect_number("blocks out of order", 0, opener->disordered);
	/* Or else nothing happened while policies came and went. */
	expect(opener->generations > swaps / 2 && opener->opened > 2 * swaps,
	       "only %u policies seen in %lu requests", opener->generations, opener->opened);
	end();
}

/* Three blocks, the second of which asks for what is held. */
static void set_held_generation(int number, const char *last)
{
	struct text text = {};

	text_add(&text, "100 acl execute path=\"" HERE "/quick\"\n    label g%d\n    audit 1\n", number);
	text_add(&text, "200 acl execute exec=\"" FUSE "/link\"\n    label g%d\n    audit 1\n", number);
	text_add(&text, "300 acl execute argv[0]=\"\\*\"\n    label g%d\n    audit 1\n%s", number, last);
	policy(text.data);
	free(text.data);
}

/* A request ends on the policy that it began with, whatever comes meanwhile. */
static void run_held(int number, const char *before, const char *after, int status)
{
	static const char *const priorities[BLOCKS] = { "100", "200", "300" };
	char **records, label[20];
	unsigned int i, n;
	pid_t child;
	int got;

	set_held_generation(10 * number, before);
	held_hold(true);
	child = held_execve(FUSE);
	expect(held_wait(), "nobody sleeps");
	records_drop();
	for (i = 1; i < 5; i++)
		set_held_generation(10 * number + i, after);
	if (number % 2)
		policy("");
	held_hold(false);
	must(waitpid(child, &got, 0));
	expect_number("exit status", status, WEXITSTATUS(got));
	n = records_take(&records);
	expect_number("records", BLOCKS, n);
	sprintf(label, "g%d", 10 * number);
	for (i = 0; i < n && i < BLOCKS; i++) {
		expect_text("rule", label, head_field(records[i], "rule"));
		expect_text("priority", priorities[i], head_field(records[i], "priority"));
	}
}

static void held_requests(void)
{
	int i;

	group("swap while a request sleeps");
	must(mkdir(FUSE, 0755));
	copy_file(quick_program(), HERE "/quick");
	held_mount(FUSE, HERE "/quick");
	for (i = 1; i <= 10; i++) {
		begin("permitted by the old policy, denied by the new ones, %d", i);
		run_held(i, "", "    10 deny\n", QUICK_STATUS);
		end();
		begin("denied by the old policy, permitted by the new ones, %d", i);
		run_held(i, "    10 deny\n", "", EPERM);
		end();
	}
	held_unmount(FUSE);
}

/* swap [N]: times */
void part_swap(int argc, char **argv)
{
	static const char *const names[] = { "a short name", "a name that needs room" };
	int i, status[2], swaps = argc ? atoi(argv[0]) : 200;
	long long memory, lost, publications;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	kellas_load();
	must(mkdir(HERE, 0755));
	must(mount("tmpfs", HERE, "tmpfs", 0, NULL));
	held_requests();
	shared->opener[0].folder = must(open(HERE, O_PATH | O_DIRECTORY));
	shared->opener[1].folder = make_deep();
	for (i = 0; i < 2; i++)
		close(must(openat(shared->opener[i].folder, "f", O_CREAT | O_WRONLY, 0644)));
	group("swap");
	set_generation(1);
	memory = count_now("memory policy ", "used");
	publications = count_now("policy ", "publications");
	for (i = 0; i < 2; i++) {
		pid_t child = must(fork());

		if (!child)
			keep_opening(&shared->opener[i]);
		shared->opener[i].pid = child;
	}
	for (i = 2; i <= swaps + 1; i++) {
		set_generation(i);
		add_records();
		wait_for_requests();
	}
	shared->stop = true;
	for (i = 0; i < 2; i++)
		must(waitpid(shared->opener[i].pid, &status[i], 0));
	add_records();
	for (i = 0; i < 2; i++)
		expect_opener(names[i], &shared->opener[i], status[i], swaps);
	begin("old policies are freed");
	pause_for(200);
	expect_number("publications", publications + swaps, count_now("policy ", "publications"));
	expect(count_now("memory policy ", "used") < memory + 4096, "memory: %lld, in the end %lld",
	       memory, count_now("memory policy ", "used"));
	lost = count_now("log ", "lost");
	expect_number("records lost", 0, lost);
	end();
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
