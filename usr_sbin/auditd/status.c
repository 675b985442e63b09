// SPDX-License-Identifier: GPL-2.0
/*
 * The counters, as kellasctl stat reads them: a subject and KEY=VALUE words in
 * each line, as in the module's own.
 *
 *	daemon pid=812 state=running ...
 *	input KIND ...
 *	sink NAME kind=KIND state=up ...
 *	route NAME taken=...
 */
#include <systemd/sd-daemon.h>
#include <time.h>

#include "daemon.h"
#include "engine/lex.h"
#include "figure.h"
#include "input_kernel.h"
#include "proc.h"
#include "tell.h"

static void put_daemon(const struct kl_daemon *daemon, const char *state,
		       struct kl_buffer *out)
{
	kl_buffer_printf(out, "daemon pid=%d version=%s state=%s", getpid(),
			 KELLAS_VERSION, state);
	kl_figure(out, "started_at", daemon->started_at);
	kl_figure(out, "routed", daemon->routed);
	kl_figure(out, "unrouted", daemon->unrouted);
	kl_figure(out, "notes_lost", daemon->notes_lost);
	kl_figure(out, "reloads", daemon->reloads);
	kl_figure(out, "refused", daemon->refused);
	kl_figure(out, "closed_lost", daemon->closed_lost);
	kl_buffer_puts(out, "\n");
}

static void put_input(struct kl_input *input, struct kl_buffer *out)
{
	kl_buffer_printf(out, "input %s", input->type->name);
	if (input->type->stat)
		input->type->stat(input, out);
	kl_buffer_puts(out, "\n");
}

static void put_sink(const struct kl_daemon *daemon, const struct kl_outlet *outlet,
		     struct kl_buffer *out)
{
	const struct kl_sink *sink = outlet->sink;
	struct kl_queue_stat stat;

	kl_queue_stat(sink->queue, &stat);
	kl_buffer_printf(out, "sink %s kind=%s state=%s", sink->name, sink->type->name,
			 sink->down ? "down" : "up");
	kl_figure(out, "safe", kl_outlet_safe(outlet, daemon->seen, daemon->instance));
	kl_figure(out, "delivered", sink->delivered);
	kl_figure(out, "dropped", stat.dropped);
	kl_figure(out, "damaged", stat.damaged);
	kl_figure(out, "repeated", stat.repeated);
	kl_figure(out, "skipped", outlet->skipped);
	kl_figure(out, "failures", sink->failures);
	kl_figure(out, "queued", stat.messages);
	kl_figure(out, "queued_bytes", stat.bytes);
	kl_figure(out, "spooled", stat.spooled);
	kl_figure(out, "spooled_bytes", stat.spooled_bytes);
	kl_figure(out, "spool_failures", stat.spool_failures);
	if (sink->down) {
		kl_buffer_printf(out, " errno=%d why=", sink->error);
		kl_entry_quote(out, kl_text_of(sink->why));
	}
	kl_buffer_puts(out, "\n");
}

static void put_all(const struct kl_daemon *daemon, const char *state,
		    struct kl_buffer *out)
{
	const struct kl_config *config = daemon->config;
	u32 i;

	put_daemon(daemon, state, out);
	for (i = 0; i < config->inlet_count; i++)
		if (config->inlets[i].open)
			put_input(config->inlets[i].input, out);
	for (i = 0; i < config->outlet_count; i++)
		if (config->outlets[i].open)
			put_sink(daemon, &config->outlets[i], out);
	for (i = 0; i < config->route_count; i++)
		kl_buffer_printf(out, "route %s taken=%llu\n", config->routes[i].name,
				 (unsigned long long)config->routes[i].taken);
}

/* One line for systemctl status. */
static void notify(const struct kl_daemon *daemon)
{
	const struct kl_config *config = daemon->config;
	struct kl_kernel *kernel = kl_daemon_kernel(daemon);
	const char *first = NULL;
	u32 i, down = 0;

	for (i = 0; i < config->outlet_count; i++)
		if (config->outlets[i].open && config->outlets[i].sink->down) {
			down++;
			if (!first)
				first = config->outlets[i].sink->name;
		}
	sd_notifyf(0, "STATUS=%llu lines routed%s%s%s%s",
		   (unsigned long long)daemon->routed,
		   kernel && kernel->watch.fd < 0 ? ", the module is not loaded" : "",
		   down ? ", down: " : "", down ? first : "", down > 1 ? " and others" : "");
}

void kl_status_write(struct kl_daemon *daemon, const char *state)
{
	struct kl_buffer text = { 0 };
	int error = 0;

	put_all(daemon, state, &text);
	if (!kl_text_equal(kl_buffer_text(&text), kl_buffer_text(&daemon->stat))) {
		error = kl_replace_file(daemon->config->settings.stat,
					kl_buffer_text(&text), false);
		notify(daemon);
	}
	if (error && error != daemon->stat_failed)
		kl_tell(LOG_WARNING, "%s: %s: kellasctl stat will not know",
			daemon->config->settings.stat, strerror(-error));
	daemon->stat_failed = error;
	kl_buffer_free(&daemon->stat);
	daemon->stat = text;
}
