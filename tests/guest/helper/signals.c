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
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "acts.h"
#include "calls.h"
#include "parts.h"

#define CALL32_KILL	37
#define CALL32_TKILL	238
#define CALL32_FCNTL	221

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

/* Sent by a file, for whoever arranges it. */

static void get_file(void)
{
	int ends[2];

	get_victim();
	must(pipe(ends));
	fd = ends[0];
	act_words("sig=SIGIO");
}

static void get_file_group(void)
{
	get_file();
	must(setpgid(target, target));
}

static void get_file_signal(void)
{
	get_file();
	must(fcntl(fd, F_SETSIG, SIGUSR1));
	act_words("sig=SIGUSR1");
}

static void get_file_owner(void)
{
	get_file();
	must(fcntl(fd, F_SETOWN, target));
	act_words("sig=SIGUSR1");
}

static void get_socket(void)
{
	get_victim();
	fd = must(socket(AF_UNIX, SOCK_STREAM, 0));
	act_words("sig=SIGURG");
}

static void owner(struct text *text)
{
	struct f_owner_ex who;

	must(fcntl(fd, F_GETOWN_EX, &who));
	text_add(text, "%d %d %d", who.type, who.pid, fcntl(fd, F_GETSIG));
}

static long set_owner(int type)
{
	const struct f_owner_ex who = { type, target };

	return fcntl(fd, F_SETOWN_EX, &who);
}

static long run_setown(void) { return fcntl(fd, F_SETOWN, target); }
static long run_setown32(void) { return call32(CALL32_FCNTL, fd, F_SETOWN, target, 0); }
static long run_setown_group(void) { return fcntl(fd, F_SETOWN, -target); }
static long run_setown_process(void) { return set_owner(F_OWNER_PID); }
static long run_setown_thread(void) { return set_owner(F_OWNER_TID); }
static long run_setsig(void) { return fcntl(fd, F_SETSIG, SIGUSR1); }
static long run_nobody(void) { return fcntl(fd, F_SETOWN, 0); }
static long run_fiosetown(void) { return ioctl(fd, 0x8901, &target); }
static long run_siocspgrp(void) { return ioctl(fd, 0x8902, &target); }

/* What the kernel sends. */

static void get_kernel(void)
{
	block();
	target = getpid();
}

static int ends[2];

static void get_kernel_owner(void)
{
	get_kernel();
	must(pipe(ends));
	must(fcntl(ends[0], F_SETOWN, getpid()));
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
#define OWNER(name, where, prepare, run) \
	{ name, "signal", where, NULL, prepare, run, owner }
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
	OWNER("F_SETOWN", NULL, get_file, run_setown),
	OWNER("F_SETOWN, 32 bit", NULL, get_file, run_setown32),
	OWNER("F_SETOWN of a group", NULL, get_file_group, run_setown_group),
	OWNER("F_SETOWN_EX of a process", NULL, get_file, run_setown_process),
	OWNER("F_SETOWN_EX of a thread", NULL, get_file, run_setown_thread),
	OWNER("F_SETSIG before", NULL, get_file_signal, run_setown),
	OWNER("F_SETSIG after", NULL, get_file_owner, run_setsig),
	OWNER("F_SETOWN of a socket", "sig=SIGURG", get_socket, run_setown),
	OWNER("FIOSETOWN", "sig=SIGURG", get_socket, run_fiosetown),
	OWNER("SIOCSPGRP", "sig=SIGURG", get_socket, run_siocspgrp),
	{ "F_SETSIG of nobody", "signal", NULL, NULL, get_file, run_setsig, .none = true },
	{ "F_SETOWN to nobody", "signal", NULL, NULL, get_file_owner, run_nobody, .none = true },
	KERNEL("SIGPIPE", run_pipe),
	KERNEL("timer", run_timer),
	KERNEL("SIGCHLD", run_child),
	KERNEL("terminal", run_tty),
	{ "SIGIO", "signal", NULL, NULL, get_kernel_owner, run_owner, pending, .none = true },
	{ "parent's death", "signal", NULL, NULL, get_kernel, run_parent, .none = true },
};

void part_signals(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	acts_run("signals", acts, ARRAY_SIZE(acts));
	acts_end("signals");
}
