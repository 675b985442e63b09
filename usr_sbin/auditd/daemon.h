/* SPDX-License-Identifier: GPL-2.0 */
/* The daemon's one root object, and its life. */
#ifndef KELLAS_DAEMON_H
#define KELLAS_DAEMON_H

#include "config.h"
#include "position.h"
#include "privileges.h"

/**
 * struct kl_daemon - the daemon
 * @name: of the configuration file
 * @loop: its event loop
 * @config: what it does at the moment
 * @opener: opens the module's files
 * @signals: of a signalfd
 * @instance: of the module that records come from; 0: not known
 * @seen: number of its last record that went to all its sinks
 * @earlier: the position file as the last run left it
 * @written: the position file as this run wrote it last
 * @stamp: of the last line that was routed
 * @routed, @unrouted: lines that some route took, or none
 * @notes: the daemon's own lines on their way to the routes
 * @notes_lost: those that found no room
 * @note, @settle, @save, @count, @ping: timers: give @notes to the routes; see
 *	what is safe; write the position; write the counters; tell the watchdog
 * @stat: the counters as they were written last, without the time
 * @started_at: seconds since the epoch
 * @save_failed, @stat_failed: errno that was said last
 * @reloads, @refused: SIGHUPs that were followed, or not
 * @closed_lost: messages that sinks had not delivered when a reload closed them
 */
struct kl_daemon {
	const char *name;
	struct kl_loop *loop;
	struct kl_config *config;
	struct kl_opener opener;
	struct kl_watch signals;
	u64 instance, seen;
	struct kl_position earlier, written;
	u64 stamp;
	u64 routed, unrouted;
	struct kl_buffer notes;
	u64 notes_lost;
	struct kl_timer note, settle, save, count, ping;
	struct kl_buffer stat;
	u64 started_at;
	int save_failed, stat_failed;
	u64 reloads, refused;
	u64 closed_lost;
};

/**
 * kl_daemon_run - from the beginning to the end
 * @name: of the configuration file
 * @config: checked; the daemon's from now on
 *
 * kl_signals_block() was called.
 *
 * Return: 0 after an orderly end, or a negative errno, said.
 */
int kl_daemon_run(const char *name, struct kl_config *config);

/** kl_daemon_kernel - the kernel's input; NULL if there is none */
struct kl_kernel *kl_daemon_kernel(const struct kl_daemon *daemon);

/** kl_status_write - write the counters, if they have changed. @state: "running" ... */
void kl_status_write(struct kl_daemon *daemon, const char *state);

#endif /* KELLAS_DAEMON_H */
