// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load, attach everything, detach with a task asleep inside a hook, unload;
 * again and again under a load of opens and execs; and no memory is missing in
 * the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "held.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"

#define HERE	"/tmp/cycles"
#define QUICK	HERE "/quick"
#define FUSE	HERE "/fuse"
#define WARM	3
#define SPARE	(64 * 1024)

/*
 * An emulated processor that never rests keeps the other one waiting for as
 * long as a slice whenever code is patched.
 */
static void give_way(void)
{
	usleep(300);
}

static void load_opens(void)
{
	struct stat status;
	int fd;

	for (;;) {
		fd = open(HERE "/f", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		fstat(fd, &status);
		ioctl(fd, FIOCLEX);
		fchmod(fd, 0600);
		close(fd);
		mkdir(HERE "/d", 0755);
		rmdir(HERE "/d");
		unlink(HERE "/f");
		give_way();
	}
}

static void load_execs(void)
{
	char *const none[] = { NULL };
	pid_t child;

	for (;;) {
		child = fork();
		if (!child) {
			execve(QUICK, none, none);
			_exit(1);
		}
		waitpid(child, NULL, 0);
		give_way();
	}
}

static pid_t start(void (*run)(void))
{
	pid_t child = must(fork());

	if (child)
		return child;
	run();
	_exit(1);
}

static const char everything[] =
	"100 acl execute path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl environ path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl read path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl write path=\"" HERE "/\\*\"\n    audit 1\n    10 deny path=\"" HERE "/nothing\"\n"
	"100 acl create path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl unlink path=\"" HERE "/\\*\"\n"
	"100 acl mkdir path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl getattr path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl truncate path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl chmod path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl ioctl path=\"" HERE "/\\*\"\n    audit 1\n"
	"100 acl chroot path=\"" HERE "/\\*\"\n    audit 1\n";

static const char *const hit_by_load[] = {
	"execute", "read", "write", "create", "unlink", "mkdir", "getattr", "chmod", "ioctl",
};

static bool all_hit(struct counts *counts)
{
	unsigned int i;

	counts_take(counts);
	for (i = 0; i < ARRAY_SIZE(hit_by_load); i++)
		if (!counts_operation(counts, hit_by_load[i])->hits)
			return false;
	return true;
}

static pid_t start_detaching(void)
{
	pid_t child = must(fork());
	int fd;

	if (child)
		return child;
	fd = must(open(KELLAS "policy", O_WRONLY | O_CLOEXEC));
	_exit(write_all(fd, "detach\n", 7));
}

static const char *stack_of(pid_t pid)
{
	static struct text stack;
	char name[40];

	sprintf(name, "/proc/%d/stack", pid);
	read_file(name, &stack);
	return stack.data;
}

/*
 * Detaching, once nothing is entered any more, sleeps until those inside have
 * left: the module itself is then the innermost of its stack. Before that and
 * after it waits for RCU, which is the kernel's.
 */
static bool waits_for_hooks(pid_t pid)
{
	const char *stack = stack_of(pid);
	const char *module = strstr(stack, "[kellas]"), *end = strchr(stack, '\n');

	return module && end && module < end;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {};

	must(waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT));
	return info.si_pid == pid;
}

static bool wait_for_wait(pid_t pid)
{
	int i;

	for (i = 0; i < 2000; i++) {
		if (waits_for_hooks(pid) && (pause_for(30), waits_for_hooks(pid)))
			return true;
		if (has_ended(pid))
			return false;
		pause_for(10);
	}
	return false;
}

static void run_cycle(int number)
{
	static struct counts counts;
	pid_t sleeper, detacher;
	int i, status, err;
	double start, at[6];

	begin("%d", number);
	at[0] = now();
	kellas_load();
	at[1] = now();
	policy(everything);
	at[2] = now();
	for (i = 0; i < 500 && !all_hit(&counts); i++)
		pause_for(10);
	for (i = 0; i < (int)ARRAY_SIZE(hit_by_load); i++)
		expect(counts_operation(&counts, hit_by_load[i])->hits > 0, "%s was not hit",
		       hit_by_load[i]);

	at[3] = now();
	held_hold(true);
	sleeper = held_execve(FUSE);
	expect(held_wait(), "nobody sleeps");
	expect(count_now("attached ", "inflight") > 0, "nobody is in a hook");
	detacher = start_detaching();
	kellas_close();
	start = now();
	expect(wait_for_wait(detacher), "detach does not wait for the task that sleeps in a hook: %s",
	       stack_of(detacher));
	err = kellas_remove();
	expect(err == EAGAIN || err == EBUSY, "remove meanwhile: got %s",
	       err ? strerrorname_np(err) : "no error");
	at[4] = now();
	held_hold(false);
	must(waitpid(detacher, &status, 0));
	expect_number("detach", 0, status);
	expect(now() - start < 60, "detach took %.1f s", now() - start);
	must(waitpid(sleeper, &status, 0));
	expect_number("the sleeper's program", QUICK_STATUS, WEXITSTATUS(status));
	expect_error("remove", 0, kellas_remove());
	expect(access(KELLAS, F_OK) < 0, "its folder is still there");
	at[5] = now();
	printf("# seconds: load %.2f, attach %.2f, hits %.2f, asleep %.2f, detach and remove %.2f\n",
	       at[1] - at[0], at[2] - at[1], at[3] - at[2], at[4] - at[3], at[5] - at[4]);
	end();
}

static long long meminfo(const char *key)
{
	static struct text text;
	char *line;

	read_file("/proc/meminfo", &text);
	line = strstr(text.data, key);
	return line ? strtoll(line + strlen(key) + 1, NULL, 10) * 1024 : 0;
}

static void write_file(const char *name, const char *text)
{
	int fd = must(open(name, O_WRONLY | O_CLOEXEC));

	must(write(fd, text, strlen(text)));
	close(fd);
}

/* Give back slabs that hold nothing, and what processors keep at hand. */
static void shrink_slabs(void)
{
	glob_t names;
	size_t i;

	if (glob("/sys/kernel/slab/*/shrink", 0, NULL, &names))
		die("no /sys/kernel/slab");
	for (i = 0; i < names.gl_pathc; i++)
		write_file(names.gl_pathv[i], "1");
	globfree(&names);
}

/* Caches come and go: the least of several looks is what is really held. */
static long long memory_used(void)
{
	long long used, least = 0;
	int i;

	for (i = 0; i < 4; i++) {
		sync();
		write_file("/proc/sys/vm/drop_caches", "3");
		pause_for(150);
		shrink_slabs();
		/* Stacks are of threads, and the kernel's workers come and go. */
		used = meminfo("\nSlab:") + meminfo("\nPercpu:") + meminfo("\nVmallocUsed:") -
		       meminfo("\nKernelStack:");
		if (!i || used < least)
			least = used;
	}
	printf("# KiB: Slab %lld Percpu %lld VmallocUsed %lld KernelStack %lld\n",
	       meminfo("\nSlab:") / 1024, meminfo("\nPercpu:") / 1024,
	       meminfo("\nVmallocUsed:") / 1024, meminfo("\nKernelStack:") / 1024);
	return least;
}

/** struct cache - a kind of slab */
struct cache {
	char name[64];
	long long bytes;
};

static unsigned int read_slabs(struct cache *caches, unsigned int room)
{
	static struct text text;
	static char **lines;
	unsigned int i, count, n = 0;
	long long objects, size;

	read_file("/proc/slabinfo", &text);
	count = split_lines(&text, &lines);
	for (i = 0; i < count && n < room; i++) {
		if (sscanf(lines[i], "%63s %*d %lld %lld", caches[n].name, &objects, &size) != 3)
			continue;
		caches[n++].bytes = objects * size;
	}
	return n;
}

#define CACHES 400
static struct cache caches_before[CACHES];
static unsigned int caches;

/* Which slabs hold more than before. */
static void tell_growth(struct text *text)
{
	static struct cache after[CACHES];
	unsigned int i, k, n = read_slabs(after, CACHES);

	for (i = 0; i < n; i++)
		for (k = 0; k < caches; k++)
			if (!strcmp(after[i].name, caches_before[k].name) &&
			    after[i].bytes > caches_before[k].bytes + 4096)
				text_add(text, " %s+%lld", after[i].name,
					 after[i].bytes - caches_before[k].bytes);
}

static void tell_all(const pid_t *load, int signal)
{
	int i;

	for (i = 0; i < 2; i++)
		must(kill(load[i], signal));
	pause_for(50);
}

static long long measure(const pid_t *load)
{
	long long used;

	tell_all(load, SIGSTOP);
	used = memory_used();
	tell_all(load, SIGCONT);
	return used;
}

/* cycles [N] */
void part_cycles(int argc, char **argv)
{
	int i, cycles = argc ? atoi(argv[0]) : 20;
	long long before = 0, after;
	struct text grown = {};
	pid_t load[2];

	group("cycles");
	must(mkdir(HERE, 0755));
	must(mkdir(FUSE, 0755));
	copy_file(quick_program(), QUICK);
	held_mount(FUSE, QUICK);
	load[0] = start(load_opens);
	load[1] = start(load_execs);
	for (i = 1; i <= cycles; i++) {
		run_cycle(i);
		if (i == WARM)
			before = measure(load);
		if (i == WARM)
			caches = read_slabs(caches_before, CACHES);
	}
	/* Where things lie in slabs is chance: what is really held is the least. */
	for (i = 0, after = before + SPARE + 1; i < 5 && after - before > SPARE; i++)
		after = measure(load);
	/* What the kernel caches comes once; what a cycle loses it loses again. */
	if (after - before > SPARE) {
		printf("# memory: %lld KiB, then %lld KiB: once more\n", before / 1024,
		       after / 1024);
		for (i = 1; i <= cycles; i++)
			run_cycle(cycles + i);
		before = after;
		after = measure(load);
	}
	begin("memory after %d cycles and after %d", WARM, cycles);
	text_add(&grown, " ");
	tell_growth(&grown);
	expect(after - before <= SPARE, "%lld KiB more than the %lld KiB before:%s",
	       (after - before) / 1024, before / 1024, grown.data);
	printf("# memory: %lld KiB, in the end %lld KiB\n", before / 1024, after / 1024);
	end();
	for (i = 0; i < 2; i++) {
		must(kill(load[i], SIGKILL));
		must(waitpid(load[i], NULL, 0));
	}
	held_unmount(FUSE);
}
