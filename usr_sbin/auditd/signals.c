// SPDX-License-Identifier: GPL-2.0
/* The signals that the daemon follows. */
#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>

#include "engine/port.h"
#include "signals.h"

static void fill(sigset_t *set)
{
	static const int numbers[] = { SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT };
	size_t i;

	sigemptyset(set);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaddset(set, numbers[i]);
}

void kl_signals_block(void)
{
	sigset_t set;

	fill(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

int kl_signals_open(void)
{
	sigset_t set;
	int fd;

	fill(&set);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}
