/* SPDX-License-Identifier: GPL-2.0 */
/* Where lines come from. */
#ifndef KELLAS_INPUT_H
#define KELLAS_INPUT_H

#include "conf.h"
#include "entry.h"
#include "loop.h"

struct kl_input;

/**
 * struct kl_input_type - a kind of input
 * @name: as in the configuration: "input netconsole"
 * @help: one line
 * @keys: ended by a row without name
 * @size: of its object, which begins with struct kl_input
 * @check: what the table cannot say; 0 or kl_conf_refuse(); NULL: nothing
 * @open: start; a negative errno (said) if it cannot work
 * @stat: append " KEY=VALUE" words; NULL: none
 * @close: stop; free what the type made, not the values of its keys. Called
 *	only behind @open
 */
struct kl_input_type {
	const char *name;
	const char *help;
	const struct kl_conf_key *keys;
	size_t size;
	int (*check)(struct kl_input *input);
	int (*open)(struct kl_input *input);
	void (*stat)(struct kl_input *input, struct kl_buffer *out);
	void (*close)(struct kl_input *input);
};

/**
 * struct kl_input - what all inputs have
 * @type: its kind
 * @place: where its section begins
 * @loop: for watches and timers
 * @take: give one line to the routes
 * @batch: a batch is over: sinks deliver
 * @data: for the functions here
 * @patient: the daemon starts: what @open cannot have yet is no error if others may give
 *	it back, but tried again
 * @whole: of the kernel's input: a route reads the facts of requests; without, records
 *	have a head only
 * @open_proc: of the kernel's input: open /proc/kellas/audit, O_RDWR and
 *	nonblocking, although the daemon may not any more; a descriptor or a
 *	negative errno
 * @begin: of the kernel's input: records of this instance of the module are about
 *	to come; returns the number of the last that is not needed, 0: all are
 */
struct kl_input {
	const struct kl_input_type *type;
	struct kl_conf_place place;
	struct kl_loop *loop;
	void (*take)(struct kl_input *input, const struct kl_entry *entry);
	void (*batch)(struct kl_input *input);
	int (*open_proc)(struct kl_input *input);
	u64 (*begin)(struct kl_input *input, u64 instance);
	void *data;
	bool patient;
	bool whole;
};

extern const struct kl_input_type kl_input_kernel;
extern const struct kl_input_type kl_input_netconsole;

/** All kinds of inputs, ended by NULL. */
extern const struct kl_input_type *const kl_input_types[];

#endif /* KELLAS_INPUT_H */
