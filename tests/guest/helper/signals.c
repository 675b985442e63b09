// SPDX-License-Identifier: GPL-2.0-only
/* signal: what processes send, and what the kernel sends for itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "acts.h"
#include "calls.h"
#include "parts.h"

#define CALL32_KILL	37
#define CALL32_TKILL	238

static pid_t target;
static int fd;

static void get_victim(void)
{
	target = victim();
	act_target(target);
	act_words("sig=SIGUSR1");
}

static void get_group(void)
{
	get_victim();
	must(setpgid(target, target));
}

static void get_pidfd(void)
{
	get_victim();
	fd = must(syscall(SYS_pidfd_open, target, 0));
}

static void get_probed(void)
{
	get_victim();
	act_words("sig=0");
}

static void block(void)
{
	sigset_t all;

	sigfillset(&all);
	must(sigprocmask(SIG_SETMASK, &all, NULL));
}

static void get_self(void)
{
	block();
	target = getpid();
	act_target(target);
	act_words("sig=SIGUSR1");
}

/* What waits for it, for the process and for its thread. */
static void pending(struct text *text)
{
	status_line(text, target, "ShdPnd:");
	status_line(text, target, "SigPnd:");
}

static long queue(long number, pid_t thread)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = SI_QUEUE, .si_pid = getpid() };

	return number == SYS_rt_sigqueueinfo ?
		       syscall(number, target, SIGUSR1, &info) :
		       syscall(number, target, thread, SIGUSR1, &info);
}

static long run_kill(void) { return kill(target, SIGUSR1); }
static long run_kill32(void) { return call32(CALL32_KILL, target, SIGUSR1, 0, 0); }
static long run_group(void) { return kill(-target, SIGUSR1); }
static long run_tgkill(void) { return syscall(SYS_tgkill, target, target, SIGUSR1); }
static long run_tkill(void) { return syscall(SYS_tkill, target, SIGUSR1); }
static long run_tkill32(void) { return call32(CALL32_TKILL, target, SIGUSR1, 0, 0); }
static long run_queue(void) { return queue(SYS_rt_sigqueueinfo, 0); }
static long run_thread_queue(void) { return queue(SYS_rt_tgsigqueueinfo, target); }
static long run_pidfd(void)
{
	return syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0);
}
static long run_probe(void) { return kill(target, 0); }

/* What the kernel sends. */

static void get_kernel(void)
{
	block();
	target = getpid();
}

static long run_pipe(void)
{
	int ends[2];

	must(pipe(ends));
	close(ends[0]);
	return write(ends[1], "", 1) < 0 && errno == EPIPE ? 0 : -1;
}

static long run_timer(void)
{
	struct itimerval soon = { .it_value.tv_usec = 1000 };

	if (setitimer(ITIMER_REAL, &soon, NULL))
		return -1;
	pause_for(20);
	return 0;
}

static long run_child(void)
{
	siginfo_t info;
	pid_t pid = must(fork());

	if (!pid)
		_exit(0);
	return waitid(P_PID, pid, &info, WEXITED);
}

/* The line discipline's ^C, to this process's session. */
static long run_tty(void)
{
	int master, slave;

	must(setsid());
	must(openpty(&master, &slave, NULL, NULL, NULL));
	must(ioctl(slave, TIOCSCTTY, 0));
	must(write(master, "\3", 1));
	pause_for(50);
	return 0;
}

static long run_owner(void)
{
	int ends[2];

	must(pipe(ends));
	must(fcntl(ends[0], F_SETOWN, getpid()));
	must(fcntl(ends[0], F_SETFL, O_ASYNC));
	must(write(ends[1], "", 1));
	return 0;
}

/* Its child has asked for one when it ends. */
static long run_parent(void)
{
	pid_t parent = must(fork());

	if (!parent) {
		if (!must(fork())) {
			must(prctl(PR_SET_PDEATHSIG, SIGUSR1));
			pause_for(100);
			_exit(0);
		}
		pause_for(50);
		_exit(0);
	}
	pause_for(300);
	return 0;
}

#define SENT(name, prepare, run) \
	{ name, "signal", NULL, NULL, prepare, run, pending }
#define KERNEL(name, run) \
	{ name, "signal", NULL, NULL, get_kernel, run, pending, .none = true }

static const struct act acts[] = {
	SENT("kill", get_victim, run_kill),
	SENT("kill, 32 bit", get_victim, run_kill32),
	SENT("kill of a group", get_group, run_group),
	SENT("tgkill", get_victim, run_tgkill),
	SENT("tkill", get_victim, run_tkill),
	SENT("tkill, 32 bit", get_victim, run_tkill32),
	SENT("rt_sigqueueinfo", get_victim, run_queue),
	SENT("rt_tgsigqueueinfo", get_victim, run_thread_queue),
	SENT("pidfd_send_signal", get_pidfd, run_pidfd),
	SENT("to itself", get_self, run_kill),
	{ "signal 0", "signal", NULL, NULL, get_probed, run_probe },
	{ "sig=10", "signal", "sig=10", NULL, get_victim, run_kill, pending },
	{ "sig!=SIGUSR1", "signal", "sig!=SIGUSR1", NULL, get_victim, run_kill, pending, .none = true },
	KERNEL("SIGPIPE", run_pipe),
	KERNEL("timer", run_timer),
	KERNEL("SIGCHLD", run_child),
	KERNEL("terminal", run_tty),
	KERNEL("SIGIO", run_owner),
	{ "parent's death", "signal", NULL, NULL, get_kernel, run_parent, .none = true },
};

void part_signals(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	acts_run("signals", acts, ARRAY_SIZE(acts));
	acts_end("signals");
}
