// SPDX-License-Identifier: GPL-2.0
/* The daemon's life: begin, end, and what happens in between by the clock. */
#include <poll.h>
#include <sys/epoll.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "daemon_inside.h"
#include "input_kernel.h"
#include "limits.h"
#include "proc.h"
#include "tell.h"

struct kl_kernel *kl_daemon_kernel(const struct kl_daemon *daemon)
{
	u32 i;

	for (i = 0; i < daemon->config->inlet_count; i++) {
		struct kl_inlet *inlet = &daemon->config->inlets[i];
		struct kl_kernel *kernel = kl_kernel_of(inlet->input);

		if (kernel && inlet->open)
			return kernel;
	}
	return NULL;
}

static void count_due(struct kl_timer *timer)
{
	struct kl_daemon *daemon = timer->data;

	kl_status_write(daemon, "running");
	kl_timer_set(daemon->loop, timer, KL_STAT_INTERVAL);
}

static void ping_due(struct kl_timer *timer)
{
	struct kl_daemon *daemon = timer->data;
	uint64_t microseconds;

	if (sd_watchdog_enabled(0, &microseconds) <= 0)
		return;
	sd_notify(0, "WATCHDOG=1");
	kl_timer_set(daemon->loop, timer, microseconds / 2000);
}

/* "log ... next=N" of the module's counters: one more than the newest record's number. */
static u64 find_newest(void)
{
	struct kl_buffer text = { 0 };
	const char *at;
	u64 next = 0;

	if (!kl_proc_read("stat", &text) && text.length) {
		at = strstr(text.data, "\nlog ");
		at = at ? strstr(at, " next=") : NULL;
		if (at)
			next = strtoull(at + strlen(" next="), NULL, 10);
	}
	kl_buffer_free(&text);
	return next ? next - 1 : 0;
}

static int open_all(struct kl_daemon *daemon)
{
	struct kl_config *config = daemon->config;
	const struct kl_position *earlier = &daemon->earlier;
	bool resumes;
	u64 newest;
	int error;
	u32 i;

	/* The counters are root's, the position is the user's. */
	newest = find_newest();
	error = kl_opener_start(&daemon->opener);
	if (!error)
		error = kl_privileges_drop(config->settings.user);
	if (error)
		return error;
	kl_position_read(config->settings.position, &daemon->earlier);
	kl_kernel_instance(&daemon->instance);
	resumes = daemon->instance && daemon->instance == earlier->instance;
	if (!resumes || earlier->clean)
		newest = 0;
	for (i = 0; i < config->outlet_count && !error; i++) {
		struct kl_outlet *outlet = &config->outlets[i];

		error = open_sink(daemon, outlet,
				  resumes ? kl_position_find(earlier,
							     outlet->sink->name) :
					    0,
				  newest);
	}
	if (error)
		return error;
	NOTE(daemon, "started pid=%d version=%s", getpid(), KELLAS_VERSION);
	return open_inputs(daemon, config, true);
}

static void begin_timers(struct kl_daemon *daemon)
{
	daemon->note = (struct kl_timer){ .expired = note_due, .data = daemon };
	daemon->settle = (struct kl_timer){ .expired = settle_due, .data = daemon };
	daemon->save = (struct kl_timer){ .expired = save_due, .data = daemon };
	daemon->count = (struct kl_timer){ .expired = count_due, .data = daemon };
	daemon->ping = (struct kl_timer){ .expired = ping_due, .data = daemon };
}

/* What the kernel still holds would be gone with it. */
static void drain(struct kl_daemon *daemon)
{
	struct kl_kernel *kernel = kl_daemon_kernel(daemon);
	struct pollfd poll_for = { .events = POLLIN };
	u32 left = KL_DRAIN_READS;

	while (kernel && kernel->watch.fd >= 0 && left--) {
		poll_for.fd = kernel->watch.fd;
		if (poll(&poll_for, 1, KL_DRAIN_WAIT) <= 0)
			break;
		kernel->watch.ready(&kernel->watch, EPOLLIN);
	}
}

/* While the other sinks can still be told. What is in memory goes to a spool later. */
static void say_undelivered(struct kl_daemon *daemon)
{
	struct kl_outlet *outlet;

	for_each_outlet(daemon, outlet) {
		u64 safe = kl_outlet_safe(outlet, daemon->seen, daemon->instance);

		if (!outlet->sink->spool_path && safe < outlet->put)
			NOTE(daemon, "undelivered sink=%s seq=%llu-%llu",
			     outlet->sink->name, (unsigned long long)safe + 1,
			     (unsigned long long)outlet->put);
	}
}

static void end(struct kl_daemon *daemon)
{
	struct kl_position position = { .instance = daemon->instance, .clean = true };
	struct kl_kernel *kernel = kl_daemon_kernel(daemon);
	u64 safe;
	u32 i;

	sd_notify(0, "STOPPING=1");
	drain(daemon);
	/* The kernel's is needed to acknowledge what the sinks say at their end. */
	close_inputs(daemon->config, kernel);
	give_notes(daemon);
	deliver(daemon);
	say_undelivered(daemon);
	NOTE(daemon, "stopped");
	give_notes(daemon);
	deliver(daemon);
	kl_status_write(daemon, "stopped");
	position.seen = safe = daemon->seen;
	close_sinks(daemon, daemon->config, position.seen, &position);
	for (i = 0; i < position.count; i++)
		safe = min(safe, position.sinks[i].safe);
	if (kernel)
		kl_kernel_acknowledge(kernel, safe);
	save(daemon, &position);
}

static void release(struct kl_daemon *daemon)
{
	if (daemon->config) {
		close_inputs(daemon->config, NULL);
		close_sinks(daemon, daemon->config, 0, NULL);
	}
	kl_config_free(daemon->config);
	kl_opener_stop(&daemon->opener);
	kl_position_free(&daemon->earlier);
	kl_position_free(&daemon->written);
	kl_buffer_free(&daemon->notes);
	kl_buffer_free(&daemon->stat);
	if (daemon->signals.fd >= 0)
		close(daemon->signals.fd);
	kl_loop_free(daemon->loop);
}

int kl_daemon_run(const char *name, struct kl_config *config)
{
	struct kl_daemon daemon = { .name = name, .config = config,
				    .opener.socket = -1, .signals.fd = -1,
				    .started_at = time(NULL) };
	int error = -ENOMEM;

	daemon.loop = kl_loop_new();
	if (!daemon.loop) {
		kl_tell(LOG_ERR, "epoll: %s", strerror(errno));
		goto release;
	}
	begin_timers(&daemon);
	error = watch_signals(&daemon);
	if (!error)
		error = open_all(&daemon);
	if (error)
		goto release;
	give_notes(&daemon);
	deliver(&daemon);
	save_due(&daemon.save);
	count_due(&daemon.count);
	ping_due(&daemon.ping);
	sd_notify(0, "READY=1");
	error = kl_loop_run(daemon.loop);
	if (error)
		kl_tell(LOG_ERR, "epoll: %s", strerror(-error));
	end(&daemon);
release:
	release(&daemon);
	return error;
}
