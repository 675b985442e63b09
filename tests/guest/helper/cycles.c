// SPDX-License-Identifier: GPL-2.0-only
/*
 * Load, attach everything, detach with a task asleep inside a hook, another
 * waiting for the answer to a query, a third in poll() of every file, a fourth
 * killed in the middle of a transaction; unload; again and again under load;
 * and no memory is missing in the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "held.h"
#include "kellas.h"
#include "load.h"
#include "parts.h"
#include "place.h"

#define HERE	"/tmp/cycles"
#define QUICK	HERE "/quick"
#define FUSE	HERE "/fuse"
#define ASKED	HERE "/asked"
#define WARM	3
#define SPARE	(64 * 1024)

#define ON(op, more)	"100 acl " op " path=\"" HERE "/\\*\"\n" more
#define LOGGED		"    audit 1\n"

static const char on_files[] =
	ON("execute", LOGGED) ON("environ", LOGGED) ON("read", LOGGED)
	ON("write", LOGGED "    10 deny path=\"" HERE "/nothing\"\n")
	ON("create", LOGGED) ON("mkdir", LOGGED) ON("getattr", LOGGED) ON("truncate", LOGGED)
	ON("chmod", LOGGED) ON("ioctl", LOGGED) ON("chroot", LOGGED)
	ON("unlink", LOGGED "    10 deny path=\"" ASKED "\"\n");

static const char *const hit_by_load[] = {
	"execute", "read", "write", "create", "unlink", "mkdir", "getattr", "chmod", "ioctl",
	"inet_stream_bind", "inet_stream_listen", "inet_stream_connect", "inet_stream_accept",
	"inet_dgram_bind", "inet_dgram_send",
	"unix_stream_bind", "unix_stream_listen", "unix_stream_connect", "unix_stream_accept",
};

/* Blocks of every operation that the module has, so that all is attached. */
static const char *everything(void)
{
	static struct text text, version;
	char *name, *rest, word[60];

	read_file(KELLAS "version", &version);
	name = strstr(version.data, "operations=");
	if (!name)
		die("version names no operations");
	text_clear(&text);
	text_add(&text, "%s", on_files);
	for (name = strtok_r(name + strlen("operations="), " \n", &rest); name;
	     name = strtok_r(NULL, " \n", &rest)) {
		snprintf(word, sizeof(word), " acl %s ", name);
		if (!strstr(on_files, word))
			text_add(&text, "100 acl %s\n", name);
	}
	return text.data;
}

/* Every function, of those that the kernel has. */
static void expect_attached(void)
{
	static struct counts counts;
	const char *line;

	counts_take(&counts);
	line = strstr(counts.text.data, "state=detached");
	expect(!line, "not attached: %.*s", line ? (int)(line - counts.text.data) : 0,
	       counts.text.data);
	expect(!!strstr(counts.text.data, "state=attached"), "nothing is attached");
}

static bool all_hit(struct counts *counts)
{
	unsigned int i;

	counts_take(counts);
	for (i = 0; i < ARRAY_SIZE(hit_by_load); i++)
		if (!counts_operation(counts, hit_by_load[i])->hits)
			return false;
	return true;
}

/* Changes the policy without end, and is killed somewhere. */
static void commits(void)
{
	static const char *const edits[] = {
		"begin\n300 acl chmod path=\"/added\"\n    audit 1\n    10 deny\n", "commit\n",
		"begin\ndelete 300 acl chmod path=\"/added\"\n", "commit\n",
	};
	int fd = must(open(KELLAS "policy", O_WRONLY | O_CLOEXEC)), i, err;

	for (;;)
		for (i = 0; i < 4; i++) {
			err = write_all(fd, edits[i], strlen(edits[i]));
			if (err)
				die("%s: %s", edits[i], strerror(err));
		}
}

/* The files that are there, and how many. */
static int open_files(struct pollfd *files)
{
	char name[60];
	int i, n = 0;

	for (i = 0; kellas_files[i]; i++) {
		sprintf(name, KELLAS "%s", kellas_files[i]);
		files[n].fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		files[n].events = POLLPRI;
		n += files[n].fd >= 0;
	}
	return n;
}

/*
 * Sits in poll() of every file; after a signal reads them all, whatever has
 * become of the module, and leaves.
 */
static void poller(void)
{
	struct pollfd files[10];
	char data[5000];
	int i, n = open_files(files);

	if (n < 4)
		die("only %d files in " KELLAS, n);
	while (poll(files, n, -1) >= 0)
		pause_for(10);
	for (i = 0; i < n; i++)
		if (read(files[i].fd, data, sizeof(data)) < 0 && errno != EAGAIN)
			die("read after detach: %s", strerror(errno));
	_exit(0);
}

static void nothing(int signal) { (void)signal; }

static pid_t start_poller(void)
{
	struct sigaction action = { .sa_handler = nothing };

	must(sigaction(SIGUSR1, &action, NULL));
	return load_one(poller);
}

static void asker(void)
{
	_exit(unlink(ASKED) ? errno : 0);
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

/* Seconds for what takes moments. */
static double patience(void)
{
	return kernel_is_slow() ? 600 : 60;
}

/* Ended by itself: its exit status; or killed: -1. */
static int wait_end(pid_t pid, double seconds)
{
	double start = now();
	int status;

	while (!has_ended(pid) && now() - start < seconds)
		pause_for(10);
	if (!has_ended(pid))
		kill(pid, SIGKILL);
	must(waitpid(pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Those who look at its files may have one open; they close it soon. */
static int remove_soon(void)
{
	double start = now();
	int err;

	while ((err = kellas_remove()) == EAGAIN && now() - start < patience())
		pause_for(5);
	return err;
}

static void attach(void)
{
	static struct counts counts;
	int i;

	policy(everything());
	expect_attached();
	for (i = 0; i < 1000 && !all_hit(&counts); i++)
		pause_for(10);
	for (i = 0; i < (int)ARRAY_SIZE(hit_by_load); i++)
		expect(counts_operation(&counts, hit_by_load[i])->hits > 0, "%s was not hit",
		       hit_by_load[i]);
}

static pid_t ask(void)
{
	close(must(open(ASKED, O_CREAT | O_WRONLY | O_CLOEXEC, 0600)));
	return load_one(asker);
}

/*
 * The load opens the file of queries, too, for a moment: who was about to ask
 * it is denied when it is closed, and asks again.
 */
static pid_t start_asking(void)
{
	pid_t pid = ask();
	/* A look takes long on a slow kernel, and nobody waits for more than ten seconds. */
	int i, waiting = 0, looks = kernel_is_slow() ? 5 : 30;

	for (i = 0; i < 2000 && waiting < looks; i++) {
		if (has_ended(pid)) {
			must(waitpid(pid, NULL, 0));
			pid = ask();
		}
		waiting = count_now("query ", "pending") < 1 ? 0 : waiting + 1;
		pause_for(10);
	}
	expect(waiting == looks, "nobody waits for the answer to a query");
	return pid;
}

/** struct inside - who is somewhere in the module when it has to go */
struct inside {
	pid_t committer, poller, asker, sleeper;
};

static void enter(struct inside *inside)
{
	inside->committer = load_one(commits);
	inside->poller = start_poller();
	for (int i = 0; i < 500 && count_now("query ", "observers") < 1; i++)
		pause_for(10);
	held_hold(true);
	inside->sleeper = held_execve(FUSE);
	expect(held_wait(), "nobody sleeps");
	/* Last: after ten seconds without an answer it is denied. */
	inside->asker = start_asking();
	expect(count_now("attached ", "inflight") > 1, "nobody is in a hook");
	expect(!has_ended(inside->committer), "the policy cannot be changed any more");
	load_end(inside->committer);
}

static void detach(struct inside *inside)
{
	pid_t detacher = start_detaching();
	double start = now();
	int err, status;

	expect(wait_for_wait(detacher), "detach does not wait for the task that sleeps in a hook: %s",
	       stack_of(detacher));
	err = kellas_remove();
	expect(err == EAGAIN || err == EBUSY, "remove meanwhile: got %s",
	       err ? strerrorname_np(err) : "no error");
	expect_error("what waits for an answer", EPERM, wait_end(inside->asker, patience()));
	held_hold(false);
	must(waitpid(detacher, &status, 0));
	expect_number("detach", 0, status);
	expect(kernel_is_slow() || now() - start < 60, "detach took %.1f s", now() - start);
	must(waitpid(inside->sleeper, &status, 0));
	expect_number("the sleeper's program", QUICK_STATUS, WEXITSTATUS(status));
	expect_error("remove while files are open", EAGAIN, kellas_remove());
	must(kill(inside->poller, SIGUSR1));
	expect_number("who polled its files", 0, wait_end(inside->poller, patience()));
}

static void run_cycle(int number)
{
	struct inside inside;
	double at[6];

	begin("%d", number);
	at[0] = now();
	kellas_load();
	at[1] = now();
	attach();
	at[2] = now();
	enter(&inside);
	at[3] = now();
	kellas_close();
	detach(&inside);
	at[4] = now();
	expect_error("remove", 0, remove_soon());
	expect(access(KELLAS, F_OK) < 0, "its folder is still there");
	expect(load_alive(), "part of the load has died");
	at[5] = now();
	printf("# seconds: load %.2f, attach and hits %.2f, enter %.2f, detach %.2f, remove %.2f\n",
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

/**
 * struct cache - a kind of slab
 * @name: as the kernel calls it
 * @bytes: of its objects in use. How many pages they are strewn over is chance:
 *	one object that stays keeps a slab of 32 KiB.
 * @pages: bytes of all its slabs
 */
struct cache {
	char name[64];
	long long bytes;
	long long pages;
};

static unsigned int read_slabs(struct cache *caches, unsigned int room)
{
	static struct text text;
	static char **lines;
	unsigned int i, count, n = 0;
	long long objects, size, pages, slabs;

	read_file("/proc/slabinfo", &text);
	count = split_lines(&text, &lines);
	for (i = 0; i < count && n < room; i++) {
		if (sscanf(lines[i], "%63s %lld %*d %lld %*d %lld : tunables %*d %*d %*d : slabdata %*d %lld",
			   caches[n].name, &objects, &size, &pages, &slabs) != 5)
			continue;
		caches[n].bytes = objects * size;
		caches[n++].pages = slabs * pages * getpagesize();
	}
	return n;
}

#define CACHES 400

/* Objects in use, and what is too large for a slab: /proc/meminfo counts it as Slab. */
static long long objects_used(void)
{
	static struct cache there[CACHES];
	unsigned int i, n = read_slabs(there, CACHES);
	long long used = meminfo("\nSlab:");

	for (i = 0; i < n; i++)
		used += there[i].bytes - there[i].pages;
	return used;
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
		used = objects_used() + meminfo("\nPercpu:") + meminfo("\nVmallocUsed:") -
		       meminfo("\nKernelStack:");
		if (!i || used < least)
			least = used;
	}
	printf("# KiB: Slab %lld, in use %lld; Percpu %lld VmallocUsed %lld KernelStack %lld\n",
	       meminfo("\nSlab:") / 1024, objects_used() / 1024, meminfo("\nPercpu:") / 1024,
	       meminfo("\nVmallocUsed:") / 1024, meminfo("\nKernelStack:") / 1024);
	return least;
}

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

static long long measure(void)
{
	long long used;

	load_pause();
	used = memory_used();
	load_resume();
	return used;
}

/* The least of a few looks, unless one is small enough. */
static long long measure_least(long long enough)
{
	long long used, least = 0;
	int i;

	for (i = 0; i < 5 && (!i || least > enough); i++) {
		used = measure();
		if (!i || used < least)
			least = used;
	}
	return least;
}

/* cycles [N] */
void part_cycles(int argc, char **argv)
{
	int i, cycles = argc ? atoi(argv[0]) : 20;
	long long before = 0, after;
	struct text grown = {};

	group("cycles");
	must(mkdir(HERE, 0755));
	must(mkdir(FUSE, 0755));
	copy_file(quick_program(), QUICK);
	held_mount(FUSE, QUICK);
	load_start(HERE);
	for (i = 1; i <= cycles; i++) {
		run_cycle(i);
		if (i == WARM)
			before = measure();
		if (i == WARM)
			caches = read_slabs(caches_before, CACHES);
	}
	after = measure_least(before + SPARE);
	/* What the kernel caches comes once; what a cycle loses it loses again. */
	if (after - before > SPARE) {
		printf("# memory: %lld KiB, then %lld KiB: once more\n", before / 1024,
		       after / 1024);
		for (i = 1; i <= cycles; i++)
			run_cycle(cycles + i);
		before = after;
		after = measure_least(before + SPARE);
	}
	begin("memory after %d cycles and after %d", WARM, cycles);
	text_add(&grown, " ");
	tell_growth(&grown);
	expect(after - before <= SPARE, "%lld KiB more than the %lld KiB before:%s",
	       (after - before) / 1024, before / 1024, grown.data);
	printf("# memory: %lld KiB, in the end %lld KiB\n", before / 1024, after / 1024);
	end();
	load_stop();
	held_unmount(FUSE);
}
