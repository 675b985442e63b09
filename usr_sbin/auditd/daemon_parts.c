// SPDX-License-Identifier: GPL-2.0
/* The inputs and sinks of a configuration: opened, at work, and closed. */
#include "daemon_inside.h"
#include "input_kernel.h"
#include "tell.h"

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

/* @newest: see kl_sink.repeat_until */
int open_sink(struct kl_daemon *daemon, struct kl_outlet *outlet, u64 position,
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
void close_sink(struct kl_daemon *daemon, struct kl_outlet *outlet, u64 seen,
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
void close_inputs(struct kl_config *config, const struct kl_kernel *but)
{
	u32 i;

	for (i = 0; i < config->inlet_count; i++) {
		struct kl_inlet *inlet = &config->inlets[i];

		if (inlet->open && (!but || kl_kernel_of(inlet->input) != but))
			close_input(inlet);
	}
}

/* @position: receives how far each has got, or NULL */
void close_sinks(struct kl_daemon *daemon, struct kl_config *config, u64 seen,
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

int open_inputs(struct kl_daemon *daemon, struct kl_config *config, bool patient)
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
