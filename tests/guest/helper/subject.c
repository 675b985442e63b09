// SPDX-License-Identifier: GPL-2.0-only
/* The process that does what a policy speaks of. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "subject.h"

static struct {
	int error;
	char expected[SUBJECT_EXPECTED_MAX];
} *shared;

/* Without "dumpable" its files below /proc would not be its own. */
void subject_become(void)
{
	must(setresgid(10, 12, 13));
	setfsgid(14);
	must(setresuid(21, 0, 23));
	must(prctl(PR_SET_DUMPABLE, 1));
}

void subject_mark(void)
{
	must(setresgid(SUBJECT_MARK, -1, -1));
	setfsgid(14);
	must(prctl(PR_SET_DUMPABLE, 1));
}

void subject_expects(const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(shared->expected, sizeof(shared->expected), format, args);
	va_end(args);
	if (length >= (int)sizeof(shared->expected))
		die("no room for what is expected");
}

static void be_subject(void (*prepare)(const void *arg), long (*act)(const void *arg),
		       const void *arg)
{
	subject_become();
	if (prepare)
		prepare(arg);
	records_drop();
	subject_mark();
	shared->error = act(arg) < 0 ? errno : 0;
	_exit(0);
}

void subject_watch(void (*prepare)(const void *arg), long (*act)(const void *arg),
		   const void *arg, struct seen *seen)
{
	if (!shared)
		shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	shared->error = -1;
	shared->expected[0] = 0;
	records_drop();
	seen->pid = must(fork());
	if (!seen->pid)
		be_subject(prepare, act, arg);
	must(waitpid(seen->pid, &seen->wait_status, 0));
	seen->status = WIFEXITED(seen->wait_status) ? WEXITSTATUS(seen->wait_status) : -1;
	seen->error = shared->error;
	seen->expected = shared->expected;
	seen->count = records_take(&seen->records);
}
