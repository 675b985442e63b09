/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The short way from a record in JSON to its words, for the very form in which
 * kl_put_record() writes requests: nearly all that a log holds. It knows nothing
 * of JSON beyond that; for all else there is log_json.c.
 */
#ifndef KELLAS_JSON_RECORD_H
#define KELLAS_JSON_RECORD_H

#include "memory.h"

/**
 * kl_json_record_words - as kl_log_json_words(), of what we wrote ourselves
 * @out: cleared, then filled in; of no use if this fails
 *
 * Keys must stand in the order in which they are written, without spaces; in
 * strings only quotes and backslashes may be escaped. The words are the same that
 * kl_log_json_words() finds.
 *
 * Return: false: it is another form, or no record at all.
 */
bool kl_json_record_words(struct kl_text line, struct kl_buffer *out);

#endif /* KELLAS_JSON_RECORD_H */
