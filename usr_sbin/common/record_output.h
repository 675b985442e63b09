/* SPDX-License-Identifier: GPL-2.0 */
/* A log record for people, or as one JSON object. */
#ifndef KELLAS_RECORD_OUTPUT_H
#define KELLAS_RECORD_OUTPUT_H

#include "logline.h"
#include "output.h"

/**
 * kl_put_record - print one record
 *
 * JSON: "type" is "request", "lost" or "suppressed"; numbers are numbers,
 * permissions are octal strings and file types keywords, as in the record;
 * argv is an array with null for what the record leaves out.
 */
void kl_put_record(struct kl_output *output, const struct kl_logline *line);

/** kl_put_unreadable - print a line that is no record, made harmless */
void kl_put_unreadable(struct kl_output *output, struct kl_text line,
		       const struct kl_error *error);

#endif /* KELLAS_RECORD_OUTPUT_H */
