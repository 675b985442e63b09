/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the daemon's life share; nobody else needs this. */
#ifndef KELLAS_DAEMON_INSIDE_H
#define KELLAS_DAEMON_INSIDE_H

#include "daemon.h"

#define for_each_outlet(daemon, outlet)                         \
	for (outlet = (daemon)->config->outlets;                \
	     outlet < (daemon)->config->outlets + (daemon)->config->outlet_count; \
	     outlet++)                                          \
		if (outlet->open)

/* daemon_note.c */

/** route - give a line to all routes */
void route(struct kl_daemon *daemon, const struct kl_entry *entry);

/** deliver - have all sinks deliver what they were given */
void deliver(struct kl_daemon *daemon);

/** keep_note - a line of the daemon's own: routed before the next record, or soon */
void keep_note(struct kl_daemon *daemon, const struct kl_entry *entry);

/** NOTE - the same of a format and what it asks for */
#define NOTE(daemon, ...)                                   \
	do {                                                \
		struct kl_buffer line_ = { 0 };             \
		struct kl_entry entry_;                     \
							    \
		kl_entry_say(&entry_, &line_, __VA_ARGS__); \
		keep_note(daemon, &entry_);                 \
		kl_buffer_free(&line_);                     \
	} while (0)

/** give_notes - route them; what a sink says while it is given these comes next time */
void give_notes(struct kl_daemon *daemon);

/** note_due - of kl_daemon.note */
void note_due(struct kl_timer *timer);

/** say - of struct kl_sink: keep_note() */
void say(struct kl_sink *sink, const struct kl_entry *entry);

/* daemon_safe.c */

/** save - write the position unless it is the same; @position: freed, or kept */
void save(struct kl_daemon *daemon, struct kl_position *position);

/** save_due - of kl_daemon.save */
void save_due(struct kl_timer *timer);

/** settle - acknowledge to the kernel what is safe everywhere, and have it saved soon */
void settle(struct kl_daemon *daemon);

/** settle_due - of kl_daemon.settle */
void settle_due(struct kl_timer *timer);

/** advanced - of struct kl_sink: called from inside of one */
void advanced(struct kl_sink *sink);

/* daemon_parts.c */

/**
 * open_sink - begin with a sink
 * @position: number up to which the sink needs nothing
 * @newest: see kl_sink.repeat_until
 *
 * Return: 0 or a negative errno, said.
 */
int open_sink(struct kl_daemon *daemon, struct kl_outlet *outlet, u64 position,
	      u64 newest);

/**
 * close_sink - end with a sink
 * @seen: number of the last record that it could have been given
 * @position: at the end of the daemon, receives how far it has got; NULL: at a reload
 */
void close_sink(struct kl_daemon *daemon, struct kl_outlet *outlet, u64 seen,
		struct kl_position *position);

/**
 * open_inputs - all that are not open
 * @patient: see kl_input.patient
 *
 * Return: 0 or a negative errno, said.
 */
int open_inputs(struct kl_daemon *daemon, struct kl_config *config, bool patient);

/** close_inputs - before sinks are closed; @but: stays open, or NULL */
void close_inputs(struct kl_config *config, const struct kl_kernel *but);

/** close_sinks - all that are open; see close_sink() */
void close_sinks(struct kl_daemon *daemon, struct kl_config *config, u64 seen,
		 struct kl_position *position);

/** reload - read the configuration and follow it, or stay with the old one */
void reload(struct kl_daemon *daemon);

/** watch_signals - from now on; Return: 0 or a negative errno */
int watch_signals(struct kl_daemon *daemon);

#endif /* KELLAS_DAEMON_INSIDE_H */
