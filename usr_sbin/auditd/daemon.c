// SPDX-License-Identifier: GPL-2.0
/* The daemon's life: begin, reload, end, and what happens in between. */
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "daemon.h"
#include "engine/lex.h"
#include "input_kernel.h"
#include "limits.h"
#include "proc.h"
#include "signals.h"
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

#define for_each_outlet(daemon, outlet)                         \
	for (outlet = (daemon)->config->outlets;                \
	     outlet < (daemon)->config->outlets + (daemon)->config->outlet_count; \
	     outlet++)                                          \
		if (outlet->open)

static void route(struct kl_daemon *daemon, const struct kl_entry *entry)
{
	if (kl_routes_give(daemon->config->routes, daemon->config->route_count, entry,
			   ++daemon->stamp))
		daemon->routed++;
	else
		daemon->unrouted++;
}

static void deliver(struct kl_daemon *daemon)
{
	struct kl_outlet *outlet;

	for_each_outlet(daemon, outlet)
		kl_sink_deliver(outlet->sink);
}

/* ----------------------------------------------------------- own lines */

/**
 * struct note - a line of the daemon's own in struct kl_daemon.notes
 * @time: of the entry
 * @length: of the text behind it
 */
struct note {
	u64 time;
	u32 length;
};

static void keep_note(struct kl_daemon *daemon, const struct kl_entry *entry)
{
	struct note note = { entry->time, entry->line.length };

	if (daemon->notes.length + sizeof(note) + note.length > KL_NOTES_MAX) {
		daemon->notes_lost++;
		return;
	}
	kl_buffer_add(&daemon->notes, (const char *)&note, sizeof(note));
	kl_buffer_add(&daemon->notes, entry->line.data, note.length);
	kl_timer_set(daemon->loop, &daemon->note, 0);
}

#define NOTE(daemon, ...)                                   \
	do {                                                \
		struct kl_buffer line_ = { 0 };             \
		struct kl_entry entry_;                     \
							    \
		kl_entry_say(&entry_, &line_, __VA_ARGS__); \
		keep_note(daemon, &entry_);                 \
		kl_buffer_free(&line_);                     \
	} while (0)

/* What a sink says while it is given these comes next time. */
static void give_notes(struct kl_daemon *daemon)
{
	struct kl_buffer notes = daemon->notes;
	const char *at = notes.data, *end = notes.data + notes.length;
	struct note note;

	memset(&daemon->notes, 0, sizeof(daemon->notes));
	kl_timer_stop(daemon->loop, &daemon->note);
	for (; at < end; at += note.length) {
		struct kl_entry entry = { .source = KL_ENTRY_DAEMON };

		memcpy(&note, at, sizeof(note));
		at += sizeof(note);
		entry.time = note.time;
		entry.line = (struct kl_text){ at, note.length };
		route(daemon, &entry);
	}
	kl_buffer_free(&notes);
}

static void note_due(struct kl_timer *timer)
{
	struct kl_daemon *daemon = timer->data;

	give_notes(daemon);
	deliver(daemon);
}

static void say(struct kl_sink *sink, const struct kl_entry *entry)
{
	keep_note(sink->data, entry);
}

/* ------------------------------------------------------- what is safe */

static void collect_position(struct kl_daemon *daemon, struct kl_position *position)
{
	struct kl_outlet *outlet;

	memset(position, 0, sizeof(*position));
	position->instance = daemon->instance;
	position->seen = daemon->seen;
	for_each_outlet(daemon, outlet)
		kl_position_add(position, outlet->sink->name,
				kl_outlet_safe(outlet, daemon->seen, daemon->instance));
}

static void save(struct kl_daemon *daemon, struct kl_position *position)
{
	const char *path = daemon->config->settings.position;
	int error = 0;

	if (!kl_position_equal(position, &daemon->written))
		error = kl_position_write(path, position);
	if (error && error != daemon->save_failed)
		kl_tell(LOG_ERR, "%s: %s: after a restart records may be repeated", path,
			strerror(-error));
	if (error) {
		kl_position_free(position);
	} else {
		kl_position_free(&daemon->written);
		daemon->written = *position;
	}
	daemon->save_failed = error;
}

static void save_due(struct kl_timer *timer)
{
	struct kl_daemon *daemon = timer->data;
	struct kl_position position;

	collect_position(daemon, &position);
	save(daemon, &position);
	if (daemon->save_failed)
		kl_timer_set(daemon->loop, timer, KL_POSITION_INTERVAL);
}

static u64 safe_everywhere(struct kl_daemon *daemon)
{
	struct kl_outlet *outlet;
	u64 safe = daemon->seen;

	for_each_outlet(daemon, outlet)
		safe = min(safe, kl_outlet_safe(outlet, daemon->seen, daemon->instance));
	return safe;
}

static void settle(struct kl_daemon *daemon)
{
	struct kl_kernel *kernel = kl_daemon_kernel(daemon);

	kl_timer_stop(daemon->loop, &daemon->settle);
	if (kernel && daemon->instance == kernel->instance)
		kl_kernel_acknowledge(kernel, safe_everywhere(daemon));
	if (!daemon->save.due)
		kl_timer_set(daemon->loop, &daemon->save, KL_POSITION_INTERVAL);
}

static void settle_due(struct kl_timer *timer)
{
	settle(timer->data);
}

/* From inside of a sink, perhaps while a line is on its way to the next one. */
static void advanced(struct kl_sink *sink)
{
	struct kl_daemon *daemon = sink->data;

	if (!daemon->settle.due)
		kl_timer_set(daemon->loop, &daemon->settle, 0);
}

/* -------------------------------------------------------------- inputs */

static void take(struct kl_input *input, const struct kl_entry *entry)
{
	struct kl_daemon *daemon = input->data;

	/* Lines of our own that came before it. */
	if (daemon->notes.length)
		give_notes(daemon);
	route(daemon, entry);
	if (entry->sequence)
		daemon->seen = entry->sequence;
}

static void batch(struct kl_input *input)
{
	struct kl_daemon *daemon = input->data;

	if (daemon->notes.length)
		give_notes(daemon);
	deliver(daemon);
	settle(daemon);
}

static int open_proc(struct kl_input *input)
{
	struct kl_daemon *daemon = input->data;

	return kl_opener_open(&daemon->opener);
}

/* Numbers begin again: what was known of the old ones means nothing any more. */
static void forget_numbers(struct kl_daemon *daemon, u64 instance)
{
	struct kl_outlet *outlet;

	for_each_outlet(daemon, outlet) {
		outlet->put = 0;
		outlet->sink->position = 0;
		outlet->sink->repeat_until = 0;
		outlet->sink->instance = instance;
	}
	daemon->instance = instance;
	daemon->seen = 0;
}

static u64 begin(struct kl_input *input, u64 instance)
{
	struct kl_daemon *daemon = input->data;
	struct kl_outlet *outlet;
	u64 last = ~0ull;

	if (instance != daemon->instance)
		forget_numbers(daemon, instance);
	for_each_outlet(daemon, outlet)
		last = min(last, outlet->sink->position);
	last = max(last == ~0ull ? 0 : last, daemon->seen);
	/* No sink lacks any of these, even if no record follows that would say so. */
	daemon->seen = last;
	NOTE(daemon, "source-up instance=%016llx behind=%llu",
	     (unsigned long long)instance, (unsigned long long)last);
	return last;
}

/* ------------------------------------------------- opening and closing */

/* @position: number up to which the sink needs nothing; @newest: see kl_sink.repeat_until */
static int open_sink(struct kl_daemon *daemon, struct kl_outlet *outlet, u64 position,
		     u64 newest)
{
	struct kl_sink *sink = outlet->sink;
	int error;

	sink->instance = daemon->instance;
	sink->position = position;
	sink->repeat_until = newest;
	sink->advanced = advanced;
	sink->say = say;
	sink->data = daemon;
	error = kl_sink_start(sink, daemon->loop);
	if (error) {
		kl_tell(LOG_ERR, "sink %s: %s", sink->name, strerror(-error));
		return error;
	}
	outlet->open = true;
	return 0;
}

/* A sink is closed and will not be given again what it had not delivered. */
static void say_closed(struct kl_daemon *daemon, const struct kl_outlet *outlet, u64 safe,
		       u64 left)
{
	char records[64] = "";

	daemon->closed_lost += left;
	if (safe < outlet->put)
		snprintf(records, sizeof(records), " seq=%llu-%llu",
			 (unsigned long long)safe + 1, (unsigned long long)outlet->put);
	NOTE(daemon, "lost sink=%s%s messages=%llu reason=closed", outlet->sink->name,
	     records, (unsigned long long)left);
}

/* @position: at the end of the daemon, receives how far it has got; NULL: at a reload */
static void close_sink(struct kl_daemon *daemon, struct kl_outlet *outlet, u64 seen,
		       struct kl_position *position)
{
	u64 instance, left, safe = kl_sink_stop(outlet->sink, &instance, &left);

	outlet->open = false;
	if (!outlet->put || (instance == daemon->instance && safe >= outlet->put))
		safe = seen;
	else if (instance != daemon->instance)
		safe = outlet->sink->position;
	if (position)
		kl_position_add(position, outlet->sink->name, safe);
	else if (left || safe < outlet->put)
		say_closed(daemon, outlet, safe, left);
	if (safe < outlet->put)
		kl_tell(LOG_WARNING, "sink %s ends before records %llu to %llu are delivered",
			outlet->sink->name, (unsigned long long)safe + 1,
			(unsigned long long)outlet->put);
}

static int open_input(struct kl_daemon *daemon, struct kl_inlet *inlet)
{
	struct kl_input *input = inlet->input;
	int error;

	input->loop = daemon->loop;
	input->take = take;
	input->batch = batch;
	input->open_proc = open_proc;
	input->begin = begin;
	input->data = daemon;
	inlet->open = true;
	error = input->type->open(input);
	inlet->open = !error;
	return error;
}

static void close_input(struct kl_inlet *inlet)
{
	inlet->open = false;
	inlet->input->type->close(inlet->input);
}

/* @but: stays open, or NULL. What they still have is routed: before sinks are closed */
static void close_inputs(struct kl_config *config, const struct kl_kernel *but)
{
	u32 i;

	for (i = 0; i < config->inlet_count; i++) {
		struct kl_inlet *inlet = &config->inlets[i];

		if (inlet->open && (!but || kl_kernel_of(inlet->input) != but))
			close_input(inlet);
	}
}

/* @position: receives how far each has got, or NULL */
static void close_sinks(struct kl_daemon *daemon, struct kl_config *config, u64 seen,
			struct kl_position *position)
{
	u32 i;

	for (i = 0; i < config->outlet_count; i++)
		if (config->outlets[i].open)
			close_sink(daemon, &config->outlets[i], seen, position);
}

static bool reads_facts(const struct kl_config *config)
{
	u32 i;

	for (i = 0; i < config->route_count; i++)
		if (kl_route_reads_facts(&config->routes[i]))
			return true;
	return false;
}

static int open_inputs(struct kl_daemon *daemon, struct kl_config *config, bool patient)
{
	int error = 0;
	u32 i;

	for (i = 0; i < config->inlet_count; i++) {
		config->inlets[i].input->whole = reads_facts(config);
		config->inlets[i].input->patient = patient;
	}

	for (i = 0; i < config->inlet_count && !error; i++)
		if (!config->inlets[i].open)
			error = open_input(daemon, &config->inlets[i]);
	return error;
}

/* -------------------------------------------------------------- reload */

static void close_config(struct kl_daemon *daemon, struct kl_config *config, u64 seen)
{
	close_inputs(config, NULL);
	close_sinks(daemon, config, seen, NULL);
	kl_config_free(config);
}

static int open_config(struct kl_daemon *daemon, struct kl_config *config, u64 seen)
{
	int error = 0;
	u32 i;

	for (i = 0; i < config->outlet_count && !error; i++)
		if (!config->outlets[i].open)
			error = open_sink(daemon, &config->outlets[i], seen, 0);
	return error ? error : open_inputs(daemon, config, false);
}

/*
 * A spool and a file have one owner: hand them over. Whoever still had the file would
 * take what the other writes for meddling.
 */
static void hand_over(struct kl_daemon *daemon, struct kl_config *old,
		      const struct kl_config *config, u64 seen)
{
	u32 i, n;

	for (i = 0; i < old->outlet_count; i++)
		for (n = 0; n < config->outlet_count && old->outlets[i].open; n++)
			if (!config->outlets[n].open &&
			    kl_sink_shared(old->outlets[i].sink, config->outlets[n].sink))
				close_sink(daemon, &old->outlets[i], seen, NULL);
}

/* All that is new is opened before the old is closed; if that fails, all is as it was. */
static int follow(struct kl_daemon *daemon, struct kl_config *config)
{
	struct kl_config *old = daemon->config;
	u64 seen = daemon->seen;
	int error;

	if (strcmp(config->settings.user ?: "", old->settings.user ?: ""))
		kl_tell(LOG_WARNING, "the user can only be changed by a restart");
	kl_config_adopt(config, old);
	hand_over(daemon, old, config, seen);
	daemon->config = config;
	error = open_config(daemon, config, seen);
	if (!error) {
		close_config(daemon, old, seen);
		return 0;
	}
	daemon->config = old;
	kl_config_adopt(old, config);
	close_config(daemon, config, seen);
	if (open_config(daemon, old, seen))
		kl_tell(LOG_ERR, "and what was closed for it cannot be opened again");
	return error;
}

static void notify_reloading(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

static void reload(struct kl_daemon *daemon)
{
	struct kl_config *config;

	notify_reloading();
	config = kl_config_read(daemon->name);
	if (config && !follow(daemon, config)) {
		daemon->reloads++;
		kl_tell(LOG_NOTICE, "follows the new %s", daemon->name);
		NOTE(daemon, "reloaded");
	} else {
		daemon->refused++;
		kl_tell(LOG_ERR, "the new %s is not followed; the old one stays in force",
			daemon->name);
		NOTE(daemon, "reload-refused");
	}
	settle(daemon);
	kl_status_write(daemon, "running");
	sd_notify(0, "READY=1");
}

/* ------------------------------------------------------------- signals */

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

static int watch_signals(struct kl_daemon *daemon)
{
	daemon->signals = (struct kl_watch){ .ready = take_signal, .data = daemon };
	daemon->signals.fd = kl_signals_open();
	if (daemon->signals.fd < 0)
		return daemon->signals.fd;
	return kl_loop_add(daemon->loop, &daemon->signals, EPOLLIN);
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

/* ------------------------------------------------- beginning and end */

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
