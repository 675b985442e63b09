/* SPDX-License-Identifier: GPL-2.0 */
/* A log record for people, or as one JSON object. */
#ifndef KELLAS_RECORD_OUTPUT_H
#define KELLAS_RECORD_OUTPUT_H

#include "logline.h"
#include "output.h"

/**
 * kl_put_record - print one record
 *
 * JSON: "type" is "request", "lost", "suppressed", "daemon" or "netconsole"; numbers are numbers,
 * permissions are octal strings and file types keywords, as in the record;
 * argv is an array with null for what the record leaves out.
 */
void kl_put_record(struct kl_output *output, const struct kl_logline *line);

/**
 * kl_record_what - what was done: the words behind the operation of a request
 *
 * Without the long tail that describes environment (envc= tells its size), task
 * and files.
 */
struct kl_text kl_record_what(const struct kl_logline *line);

/** kl_put_daemon - print a line of kellas-auditd's own that is at hand unparsed */
void kl_put_daemon(struct kl_output *output, u64 time, struct kl_text line);

/*
 * Parts of it, for other objects that hold a record.
 */

/** kl_put_time - text only: as records show it, faint */
void kl_put_time(struct kl_output *output, u64 time);

/** kl_put_iso_time - JSON only; @time: microseconds since the epoch */
void kl_put_iso_time(struct kl_output *output, const char *key, u64 time);

/** kl_put_result - in its colour, padded */
void kl_put_result(struct kl_output *output, enum kl_result result);

/** kl_put_attribute - JSON only: one attribute that is present; not argv, envp */
void kl_put_attribute(struct kl_output *output, const char *name,
		      const struct kl_request *request, u32 slot);

/**
 * kl_put_attributes - JSON only: the object "attributes"
 * @without: slots to leave out: a set of KL_SLOT_WORDS; NULL: none
 */
void kl_put_attributes(struct kl_output *output, const struct kl_request *request,
		       const u64 *without);

/** kl_put_argv - JSON only: an array, null for what the record leaves out */
void kl_put_argv(struct kl_output *output, const char *key, const struct kl_args *args);

/** kl_put_overlong - names of attributes that are too long, if any is */
void kl_put_overlong(struct kl_output *output, const struct kl_request *request);

/** kl_put_losses - how many of each rule's records were lost or suppressed */
void kl_put_losses(struct kl_output *output, const struct kl_logline *line);

/** kl_put_unreadable - print a line that is no record, made harmless */
void kl_put_unreadable(struct kl_output *output, struct kl_text line,
		       const struct kl_error *error);

#endif /* KELLAS_RECORD_OUTPUT_H */
