/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where lines go. A sink has a queue, may be down and come back, and never
 * keeps the daemon waiting.
 */
#ifndef KELLAS_SINK_H
#define KELLAS_SINK_H

#include "conf.h"
#include "entry.h"
#include "loop.h"
#include "queue.h"

struct kl_sink;

/**
 * struct kl_sink_type - a kind of sink
 * @name: as in the configuration: "sink file NAME"
 * @help: one line
 * @keys: its own keys, ended by a row without name; the common keys
 *	(format, queue, spool, spool-max) are added by sink.c
 * @size: of its object, which begins with struct kl_sink
 * @check: what the table cannot say; 0 or kl_conf_refuse(). NULL: nothing.
 *	Changes nothing outside the object: it serves --check too
 * @file: value of the key that names a file which is this sink's alone; NULL: there is none
 * @open: start. A sink that cannot work yet calls kl_sink_down() and returns 0;
 *	a negative errno ends the daemon (memory)
 * @deliver: take from the queue what can be taken without waiting; called
 *	after each batch, and soon after kl_sink_up(). Not while the sink is down
 * @retry: kl_sink_down() was called and its delay is over: try again
 * @rotate: SIGUSR1: begin anew; NULL: nothing to do
 * @close: finish what can be finished without waiting; free what the type made,
 *	not the values of its keys. Called only behind @open
 */
struct kl_sink_type {
	const char *name;
	const char *help;
	const struct kl_conf_key *keys;
	size_t size;
	int (*check)(struct kl_sink *sink);
	const char *(*file)(const struct kl_sink *sink);
	int (*open)(struct kl_sink *sink);
	void (*deliver)(struct kl_sink *sink);
	void (*retry)(struct kl_sink *sink);
	void (*rotate)(struct kl_sink *sink);
	void (*close)(struct kl_sink *sink);
};

/**
 * struct kl_sink - what all sinks have
 * @type, @name: "sink TYPE NAME"
 * @place: where its section begins
 * @format, @queue_max, @spool_path, @spool_max: common keys
 * @loop: for watches and timers
 * @queue: what it has to deliver
 * @down: it does not work at the moment
 * @error: why: an errno
 * @why: why, in words
 * @since: down since: milliseconds of kl_loop_now()
 * @delay: until the next retry: milliseconds, doubled each time up to 30 s
 * @timer: the retry
 * @delivered: messages confirmed
 * @failures: how often it went down
 * @losing: when kl_sink_put() last found no room, 0: not for a while
 * @line, @text: for making messages
 * @instance: of the module whose records come, the number of its instance=; 0:
 *	not known. Set before kl_sink_start(), and again when the module was loaded
 *	anew: sequence numbers begin again then. A file tells by it whether it has a
 *	record already
 * @position: records of @instance up to this number were safe in an earlier run
 *	and are not put again. From the position file; @type->open() may correct
 *	it if it knows better (the number at a file's tail). A spool knows better
 * @repeat_until: newest record of the kernel when the daemon started, if @instance
 *	is that of the last run and it did not end in order, otherwise 0: what lies
 *	between @position and it may have been sent already. sink.c says so before the
 *	first of them (daemon=repeat); a type that knows better sets it to 0 in
 *	@type->open()
 * @advanced: kl_sink_confirm() calls it: kl_queue_safe() may have grown
 * @say: give a line of the daemon's own (kl_entry_say()) to the routes: it is
 *	copied and given later, so that it may be called from anywhere
 * @data: for @advanced and @say, which may be NULL
 *
 * The object, its name and the values of its keys are the configuration's, which
 * makes them before kl_sink_start() and frees them behind kl_sink_stop().
 */
struct kl_sink {
	const struct kl_sink_type *type;
	char *name;
	struct kl_conf_place place;
	u32 format;
	u64 queue_max;
	char *spool_path;
	u64 spool_max;
	struct kl_loop *loop;
	struct kl_queue *queue;
	bool down;
	int error;
	char why[256];
	u64 since;
	u64 delay;
	struct kl_timer timer;
	u64 delivered;
	u64 failures;
	u64 losing;
	struct kl_buffer line, text;
	u64 instance;
	u64 position;
	u64 repeat_until;
	void (*advanced)(struct kl_sink *sink);
	void (*say)(struct kl_sink *sink, const struct kl_entry *entry);
	void *data;
};

/** All kinds of sinks, ended by NULL. */
extern const struct kl_sink_type *const kl_sink_types[];
extern const struct kl_sink_type kl_sink_file;
extern const struct kl_sink_type kl_sink_journald;
extern const struct kl_sink_type kl_sink_syslog;
extern const struct kl_sink_type kl_sink_relp;
extern const struct kl_sink_type kl_sink_exec;

/** kl_sink_keys - the common keys of struct kl_sink; ended by a row without name */
extern const struct kl_conf_key kl_sink_keys[];

/**
 * kl_sink_shared - the value of a key that names what can be but one sink's: a spool,
 * or a file, by whatever names (kl_place_equal()); NULL: they have nothing in common
 */
const char *kl_sink_shared(const struct kl_sink *a, const struct kl_sink *b);

/** kl_sink_start - queue, spool and @type->open(); 0 or a negative errno */
int kl_sink_start(struct kl_sink *sink, struct kl_loop *loop);

/**
 * kl_sink_stop - deliver what can be delivered, keep the rest in the spool, close
 * @instance: set as by kl_queue_safe()
 * @left: NULL, or set to the number of messages that were not confirmed and are in no spool
 *
 * Return: kl_queue_safe() at the very end.
 */
u64 kl_sink_stop(struct kl_sink *sink, u64 *instance, u64 *left);

/** kl_sink_put - format and queue one line. What finds no room is told at its place */
void kl_sink_put(struct kl_sink *sink, const struct kl_entry *entry);

/**
 * kl_sink_deliver - a batch is over: deliver, unless the sink is down
 *
 * What cannot be delivered is safe in the spool afterwards, if there is one.
 */
void kl_sink_deliver(struct kl_sink *sink);

/**
 * kl_sink_confirm - for types: the @count oldest sent messages are where they belong
 * (with fsync=always: on disk; with RELP: acknowledged)
 */
void kl_sink_confirm(struct kl_sink *sink, u64 count);

/**
 * kl_sink_down - for types: it does not work at the moment
 * @error: errno
 *
 * Sent messages are to be sent again. Said once in the daemon's own log, not
 * at each retry. @type->retry() is called after a delay, which doubles until
 * something was confirmed.
 */
void kl_sink_down(struct kl_sink *sink, int error, const char *format, ...)
	__printf(3, 4);

/**
 * kl_sink_up - for types: it works again; said if it was down
 *
 * @type->deliver() is called soon, from the loop.
 */
void kl_sink_up(struct kl_sink *sink);

/** kl_sink_wake - for types: @type->deliver() is to be called soon, from the loop */
void kl_sink_wake(struct kl_sink *sink);

#endif /* KELLAS_SINK_H */
