// SPDX-License-Identifier: GPL-2.0
/*
 * Does one operation exactly once under the name "klt", and prints the errno
 * it ended with. Everything it needs is made before under another name, which
 * the handlers do not notice. "ops load" and "ops sleeper" work until killed;
 * "ops bench" measures in TSC ticks. The working folder must be on tmpfs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

static int file;

static void name(const char *comm)
{
	prctl(PR_SET_NAME, comm);
}

/* One system call by the 32-bit entry; its pointers would not fit. */
static long call32(long number, long a, long b, long c)
{
	long result;

	asm volatile("int $0x80" : "=a" (result)
		     : "a" (number), "b" (a), "c" (b), "d" (c)
		     : "r8", "r9", "r10", "r11", "memory");
	if (result < 0) {
		errno = -result;
		return -1;
	}
	return result;
}

static int do_open(void) { return open("file", O_RDONLY); }
static int do_create(void) { return open("new", O_CREAT | O_WRONLY, 0600); }
static int do_open_truncate(void) { return open("file", O_WRONLY | O_TRUNC); }
static int do_fcntl(void) { return fcntl(file, F_SETFL, O_APPEND); }
static int do_fcntl32(void) { return call32(55, file, F_SETFL, O_APPEND); }

static int do_stat(void)
{
	struct stat status;

	return stat("file", &status);
}

static int do_fstat(void)
{
	struct stat status;

	return fstat(file, &status);
}

static int do_ioctl(void) { return ioctl(file, FIOCLEX); }
static int do_ioctl32(void) { return call32(54, file, FIOCLEX, 0); }
static int do_unlink(void) { return unlink("file"); }
static int do_mkdir(void) { return mkdir("new", 0700); }
static int do_rmdir(void) { return rmdir("folder"); }
static int do_mknod(void) { return mknod("new", S_IFIFO | 0600, 0); }
static int do_symlink(void) { return symlink("anywhere", "new"); }
static int do_link(void) { return link("file", "new"); }
static int do_rename(void) { return rename("file", "new"); }
static int do_truncate(void) { return truncate("file", 1); }
static int do_ftruncate(void) { return ftruncate(file, 1); }
static int do_chmod(void) { return chmod("file", 0640); }
static int do_fchmod(void) { return fchmod(file, 0640); }
static int do_chown(void) { return chown("file", 1, 2); }
static int do_chroot(void) { return chroot("folder"); }

static int wait_for(pid_t child)
{
	int status;

	if (child < 0)
		return -1;
	waitpid(child, &status, 0);
	errno = WEXITSTATUS(status);
	return errno ? -1 : 0;
}

static int do_fork(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	return wait_for(child);
}

/* The child is forked under our own name: this is about execve() alone. */
static int do_exec(void)
{
	pid_t child;

	name("ops");
	child = fork();
	if (!child) {
		name("klt");
		execl("kltexec", "kltexec", (char *)NULL);
		_exit(errno);
	}
	return wait_for(child);
}

static const struct {
	const char *name;
	int (*run)(void);
} ops[] = {
#define OP(name) { #name, do_##name }
	OP(open), OP(create), OP(open_truncate), OP(fcntl), OP(fcntl32),
	OP(stat), OP(fstat), OP(ioctl), OP(ioctl32), OP(unlink), OP(mkdir),
	OP(rmdir), OP(mknod), OP(symlink), OP(link), OP(rename), OP(truncate),
	OP(ftruncate), OP(chmod), OP(fchmod), OP(chown), OP(chroot), OP(fork),
	OP(exec),
};

#define COUNT (sizeof(ops) / sizeof(ops[0]))

static void prepare(void)
{
	unlink("new");
	rmdir("new");
	mkdir("folder", 0700);
	file = open("file", O_RDWR | O_CREAT, 0600);
	if (file < 0 || ftruncate(file, 4) || fchmod(file, 0600) ||
	    fchown(file, 0, 0)) {
		perror("file");
		exit(1);
	}
}

static int operate(const char *what)
{
	int result, error;

	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(ops[i].name, what))
			continue;
		prepare();
		name("klt");
		result = ops[i].run();
		error = result < 0 ? errno : 0;
		name("ops");
		printf("%d\n", error);
		return 0;
	}
	fprintf(stderr, "no operation %s\n", what);
	return 2;
}

/* Opens, stats, folders and executions without end. */
static void load(void)
{
	name("kltload");
	for (;;) {
		struct stat status;
		pid_t child;

		for (int i = 0; i < 100; i++) {
			close(open("load", O_RDWR | O_CREAT, 0600));
			stat("load", &status);
			mkdir("loaded", 0700);
			rmdir("loaded");
		}
		child = fork();
		if (!child) {
			execl("kltexec", "kltexec", (char *)NULL);
			_exit(1);
		}
		wait_for(child);
	}
}

/* Nearly always asleep in a handler. */
static void sleeper(void)
{
	name("kltsleep");
	for (;;)
		close(open("load", O_RDONLY | O_CREAT, 0600));
}

static void bench(const char *what, int (*once)(void))
{
	uint64_t best = UINT64_MAX;
	enum { ROUNDS = 10, TIMES = 1000 };

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = __rdtsc(), spent;

		for (int i = 0; i < TIMES; i++)
			once();
		spent = (__rdtsc() - start) / TIMES;
		if (spent < best)
			best = spent;
	}
	printf("%s=%llu\n", what, (unsigned long long)best);
}

static int open_close(void)
{
	return close(open("file", O_RDONLY));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "load"))
		load();
	if (!strcmp(what, "sleeper"))
		sleeper();
	if (!strcmp(what, "bench")) {
		prepare();
		bench("open+close", open_close);
		bench("fstat", do_fstat);
		return 0;
	}
	return operate(what);
}
