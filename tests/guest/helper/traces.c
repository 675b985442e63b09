// SPDX-License-Identifier: GPL-2.0-only
/* ptrace: one process looking into another. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/kcmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "acts.h"
#include "calls.h"
#include "parts.h"
#include "place.h"

#define CALL32_PTRACE	26
#define CALL32_READV	347

static pid_t target;
static int fd, go[2], done[2];
static volatile long datum = 42;

static void get_attach(void)
{
	target = victim();
	act_target(target);
	act_words("mode=attach");
}

/* From 6.15 CAP_PERFMON is enough to look at memory: it is given up. */
static void get_read(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	get_attach();
	act_words("mode=read");
	must(syscall(SYS_capget, &header, data));
	data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	data[1].effective &= ~(1u << (CAP_PERFMON - 32));
	must(syscall(SYS_capset, &header, data));
}

static void tracer(struct text *text) { status_line(text, target, "TracerPid:"); }

static long run_attach(void) { return ptrace(PTRACE_ATTACH, target, NULL, NULL); }
static long run_seize(void) { return ptrace(PTRACE_SEIZE, target, NULL, NULL); }
static long run_attach32(void) { return call32(CALL32_PTRACE, PTRACE_ATTACH, target, 0, 0); }

static long run_readv(void)
{
	long copy = 0;
	struct iovec here = { &copy, sizeof(copy) }, there = { (void *)&datum, sizeof(datum) };
	long result = process_vm_readv(target, &here, 1, &there, 1, 0);

	return result < 0 || copy == 42 ? result : -1;
}

static long run_writev(void)
{
	long copy = 43;
	struct iovec here = { &copy, sizeof(copy) }, there = { (void *)&datum, sizeof(datum) };

	return process_vm_writev(target, &here, 1, &there, 1, 0);
}

/* 0 for what may not be read by whoever may not attach. */
static long run_name(const char *format, int flags)
{
	char name[60];

	snprintf(name, sizeof(name), format, target);
	return open(name, flags);
}

static long run_mem(void) { return run_name("/proc/%d/mem", O_RDWR); }
static long run_environ(void) { return run_name("/proc/%d/environ", O_RDONLY); }
static long run_maps(void) { return run_name("/proc/%d/maps", O_RDONLY); }

static long run_exe(void)
{
	char name[60], exe[400];

	snprintf(name, sizeof(name), "/proc/%d/exe", target);
	return readlink(name, exe, sizeof(exe));
}

static long run_kcmp(void)
{
	return syscall(SYS_kcmp, getpid(), target, KCMP_VM, 0, 0);
}

static long run_stat(void)
{
	char line[400];
	long n;

	fd = run_name("/proc/%d/stat", O_RDONLY);
	n = read(fd, line, sizeof(line));
	close(fd);
	return n;
}

static long run_self(void)
{
	target = getpid();
	return run_mem();
}

/* A child that the policy does not mean lets this process trace it. */
static void be_child(void)
{
	char byte;
	int error;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	must(read(go[0], &byte, 1));
	error = ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno : 0;
	must(write(done[1], &error, sizeof(error)));
	for (;;)
		pause();
}

static void get_child(void)
{
	must(pipe(go));
	must(pipe(done));
	target = must(fork());
	if (!target)
		be_child();
	act_target(target);
	act_words("mode=attach");
}

static long run_traceme(void)
{
	int error;

	must(write(go[1], "", 1));
	must(read(done[0], &error, sizeof(error)));
	errno = error;
	return error ? -1 : 0;
}

/* One that is traced already, and executes. */
#define PROGRAM	"/tmp/traced"
#define SCRIPT	"/tmp/traced.sh"

static const char *executed;
static bool seized;

static void be_executing(void)
{
	char byte;
	int error;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!seized)
		must(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	must(write(done[1], "", 1));
	must(read(go[0], &byte, 1));
	execl(executed, executed, NULL);
	error = errno;
	must(write(done[1], &error, sizeof(error)));
	for (;;)
		pause();
}

static void get_executing(const char *program)
{
	char byte;

	executed = program;
	must(pipe(go));
	must(pipe2(done, O_CLOEXEC));
	target = must(fork());
	if (!target)
		be_executing();
	close(done[1]);
	must(read(done[0], &byte, 1));
	if (seized)
		must(ptrace(PTRACE_SEIZE, target, NULL, PTRACE_O_TRACEEXEC));
	act_target_program(target, PROGRAM);
	act_words("mode=attach");
}

static void get_traced(void) { seized = false; get_executing(PROGRAM); }
static void get_traced_script(void) { seized = false; get_executing(SCRIPT); }
static void get_seized(void) { seized = true; get_executing(PROGRAM); }

/* It stops when it has executed. */
static long run_execute(void)
{
	int error = 0;

	must(write(go[1], "", 1));
	must(read(done[0], &error, sizeof(error)));
	if (!error)
		must(waitpid(target, NULL, 0));
	errno = error;
	return error ? -1 : 0;
}

static void program(struct text *text)
{
	char name[60], exe[400] = "";

	snprintf(name, sizeof(name), "/proc/%d/exe", target);
	must(readlink(name, exe, sizeof(exe) - 1));
	text_add(text, "%s", exe);
}

#define ACT(name, prepare, run, ...) \
	{ name, "ptrace", NULL, NULL, prepare, run, __VA_ARGS__ }

static void make_script(void)
{
	static const char line[] = "#!" PROGRAM "\n";
	int file = must(open(SCRIPT, O_WRONLY | O_CREAT | O_TRUNC, 0755));

	must(write(file, line, sizeof(line) - 1));
	close(file);
}

#define TO_PROGRAM	"mode=attach target.exe=\"" PROGRAM "\""

static const struct act acts[] = {
	ACT("attach", get_attach, run_attach, tracer),
	ACT("attach, 32 bit", get_attach, run_attach32, tracer),
	ACT("seize", get_attach, run_seize, tracer),
	ACT("traceme", get_child, run_traceme, tracer),
	ACT("process_vm_readv", get_attach, run_readv),
	ACT("process_vm_writev", get_attach, run_writev),
	ACT("/proc/PID/mem", get_attach, run_mem, .denied = EACCES),
	ACT("/proc/PID/environ", get_read, run_environ, .denied = EACCES),
	ACT("/proc/PID/maps", get_read, run_maps, .denied = EACCES),
	ACT("/proc/PID/exe", get_read, run_exe, .denied = EACCES),
	ACT("kcmp", get_read, run_kcmp, .denied = EPERM),
	ACT("/proc/PID/stat", get_read, run_stat, .denied = -1, .probe = true),
	ACT("itself", NULL, run_self, .none = true),
	{ "traced before its execve", "ptrace", TO_PROGRAM, NULL, get_traced, run_execute, program },
	{ "seized before its execve", "ptrace", TO_PROGRAM, NULL, get_seized, run_execute, program },
	{ "traced before a script", "ptrace", TO_PROGRAM, NULL, get_traced_script, run_execute,
	  program },
	{ "traced before another program", "ptrace",
	  "mode=attach target.exe=\"" SCRIPT "\"", NULL, get_traced_script, run_execute, program,
	  .none = true },
	{ "mode=read", "ptrace", "mode=read", NULL, get_read, run_exe, .denied = EACCES },
	{ "not mode=read", "ptrace", "mode=read", NULL, get_attach, run_attach, tracer,
	  .none = true },
};

void part_traces(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	copy_file(quick_program(), PROGRAM);
	make_script();
	acts_run("traces", acts, ARRAY_SIZE(acts));
	acts_end("traces");
}
