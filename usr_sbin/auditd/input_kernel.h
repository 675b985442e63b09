/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records of the kernel module. The daemon is its keeper: what it has not read
 * waits in the kernel, and requests may wait until it says that their record
 * is safe.
 */
#ifndef KELLAS_INPUT_KERNEL_H
#define KELLAS_INPUT_KERNEL_H

#include "input.h"

/**
 * struct kl_kernel - the kernel's input
 * @input: what all inputs have
 * @instance: of the module that records come from; 0: none yet
 * @watch: of /proc/kellas/audit; its fd is -1 while it is not open
 * @retry: open it, or become its keeper
 * @keeper: the module knows this daemon as its keeper
 * @absent: that it is not there has been said, as errno
 * @pending: read, but not a whole line yet
 * @skipping: the line at hand is too long, its rest is thrown away
 * @strings, @line: for parsing
 * @seen: number of the last record that went to the routes
 * @acknowledged: last number that the module was told
 * @connects: how often it was opened
 * @records, @bytes: read, of this run
 * @lost, @suppressed: records that the module says are missing
 * @missing: records that are missing and nobody says why
 * @repeated: records that had been read before
 * @unreadable: lines that are no records
 */
struct kl_kernel {
	struct kl_input input;
	u64 instance;
	struct kl_watch watch;
	struct kl_timer retry;
	bool keeper;
	int absent;
	struct kl_buffer pending;
	bool skipping;
	struct kl_strings strings;
	struct kl_logline line;
	u64 seen, acknowledged;
	u64 connects, records, bytes;
	u64 lost, suppressed, missing, repeated, unreadable;
};

/** kl_kernel_of - the input as the kernel's, or NULL if it is another */
struct kl_kernel *kl_kernel_of(struct kl_input *input);

/** kl_kernel_acknowledge - tell the module that all up to @sequence is safe */
void kl_kernel_acknowledge(struct kl_kernel *kernel, u64 sequence);

/**
 * kl_kernel_instance - which module is loaded?
 * Return: 0 with @instance set; -ENOENT if none; -EPROTO, said, if it is newer
 * than this daemon; another negative errno.
 */
int kl_kernel_instance(u64 *instance);

#endif /* KELLAS_INPUT_KERNEL_H */
