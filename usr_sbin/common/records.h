/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All records that can be had: of log files and, if none is named, of what the
 * module still holds behind what kellas-auditd has written.
 *
 * Reading the module's buffer takes nothing away from anybody else.
 */
#ifndef KELLAS_RECORDS_H
#define KELLAS_RECORDS_H

#include "log.h"

/* Bytes of instance=, with a NUL; of a longer one the rest is not kept. */
#define KL_INSTANCE_MAX 64

struct kl_records;

/**
 * kl_records_open - begin to read
 * @names: log files, as for kl_log_open(); used until kl_records_close()
 * @count: number of @names; 0: KL_LOG_DEFAULT if it exists, and then, if the
 *	module is loaded, its records that are not in that file
 * @quiet: do not say what is read
 * @strings: table for interning while a line is parsed
 * @status: set to the exit status if this fails
 *
 * Return: NULL after a complaint.
 */
struct kl_records *kl_records_open(char **names, int count, bool quiet,
				   struct kl_strings *strings, int *status);

/** kl_records_open_module - likewise, only what the module holds */
struct kl_records *kl_records_open_module(struct kl_strings *strings, int *status);

/**
 * kl_records_follow - do not end with the module's records that were there at first
 *
 * kl_records_next() gives 0 whenever there is none yet, and may be called again.
 */
void kl_records_follow(struct kl_records *records);

/**
 * kl_records_next - the next record of any kind
 *
 * Before the first one of the module there is a line as kellas-auditd writes
 * it ("daemon=source-up instance=..."), so that everybody knows whose they are.
 * The module's records end with those that were there when it was begun with.
 *
 * Return: 1; 0 at the end; a negative errno after a complaint.
 */
int kl_records_next(struct kl_records *records, const struct kl_logline **line);

/** kl_records_text - the record at hand as a line of text, valid like it */
struct kl_text kl_records_text(const struct kl_records *records);

/**
 * kl_records_instance - which loading of the module the record at hand is of
 *
 * Return: instance=, as the log or the module says it; empty: neither does.
 */
const char *kl_records_instance(const struct kl_records *records);

/**
 * kl_records_loaded - instance= of the module that is loaded
 * @instance: KL_INSTANCE_MAX bytes; empty if there is none, or it does not say
 */
void kl_records_loaded(char *instance);

/** kl_records_is_whole - was nothing lost, suppressed or unreadable? */
bool kl_records_is_whole(const struct kl_records *records);

/** kl_records_say_missing - what kl_log_say_missing() says, of all sources */
void kl_records_say_missing(struct kl_output *output, const struct kl_records *records);

void kl_records_close(struct kl_records *records);

#endif /* KELLAS_RECORDS_H */
