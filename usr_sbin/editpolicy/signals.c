// SPDX-License-Identifier: GPL-2.0
/* What signals do. */
#include <signal.h>
#include <unistd.h>

#include "memory.h"
#include "signals.h"

/* Seconds to keep what there is, on whatever disk. */
#define LONGEST 30

volatile sig_atomic_t signal_ended, signal_stop, signal_continued;

static void (*before_crash)(void);

static void on_end(int signal)
{
	signal_ended = signal;
}

static void on_stop(int signal)
{
	(void)signal;
	signal_stop = 1;
}

static void on_continue(int signal)
{
	(void)signal;
	signal_continued = 1;
}

/*
 * What breaks the program: keep what there is, then break as usual. To keep it takes
 * memory; if that is what broke, it may wait for itself.
 */
static void on_crash(int signal)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t end;

	sigaction(signal, &usual, NULL);
	sigaction(SIGALRM, &usual, NULL);
	sigemptyset(&end);
	sigaddset(&end, SIGALRM);
	sigprocmask(SIG_UNBLOCK, &end, NULL);
	alarm(LONGEST);
	before_crash();
	raise(signal);
}

static void catch_all(const int *signals, size_t count, void (*handler)(int signal))
{
	struct sigaction action = { .sa_handler = handler };
	size_t i;

	for (i = 0; i < count; i++)
		sigaction(signals[i], &action, NULL);
}

void signals_catch(void (*crash)(void))
{
	static const int ends[] = { SIGHUP,    SIGTERM, SIGINT,  SIGQUIT, SIGUSR1, SIGUSR2,
				    SIGALRM,   SIGPROF, SIGXCPU, SIGPWR,  SIGPOLL, SIGVTALRM,
				    SIGSTKFLT };
	static const int errors[] = { SIGPIPE, SIGXFSZ };
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGTRAP };
	static const int stop[] = { SIGTSTP }, on[] = { SIGCONT };

	before_crash = crash;
	catch_all(ends, ARRAY_SIZE(ends), on_end);
	catch_all(errors, ARRAY_SIZE(errors), SIG_IGN);
	catch_all(crashes, ARRAY_SIZE(crashes), on_crash);
	catch_all(stop, ARRAY_SIZE(stop), on_stop);
	catch_all(on, ARRAY_SIZE(on), on_continue);
}

void signals_stop(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, ours;

	signal_stop = 0;
	sigaction(SIGTSTP, &usual, &ours);
	raise(SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
}
