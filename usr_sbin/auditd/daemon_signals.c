// SPDX-License-Identifier: GPL-2.0
/* What signals make the daemon do. */
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "daemon_inside.h"
#include "signals.h"

static void rotate(struct kl_daemon *daemon)
{
	struct kl_outlet *outlet;

	for_each_outlet(daemon, outlet)
		if (outlet->sink->type->rotate)
			outlet->sink->type->rotate(outlet->sink);
}

static void take_signal(struct kl_watch *watch, u32 events)
{
	struct kl_daemon *daemon = watch->data;
	struct signalfd_siginfo info;

	(void)events;
	if (read(watch->fd, &info, sizeof(info)) != sizeof(info))
		return;
	switch (info.ssi_signo) {
	case SIGHUP:
		reload(daemon);
		break;
	case SIGUSR1:
		rotate(daemon);
		break;
	case SIGUSR2:
		kl_status_write(daemon, "running");
		break;
	default:
		kl_loop_stop(daemon->loop);
	}
}

int watch_signals(struct kl_daemon *daemon)
{
	daemon->signals = (struct kl_watch){ .ready = take_signal, .data = daemon };
	daemon->signals.fd = kl_signals_open();
	if (daemon->signals.fd < 0)
		return daemon->signals.fd;
	return kl_loop_add(daemon->loop, &daemon->signals, EPOLLIN);
}
