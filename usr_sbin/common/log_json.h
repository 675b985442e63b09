/* SPDX-License-Identifier: GPL-2.0 */
/* A record that was written as JSON, back to the words it was made of. */
#ifndef KELLAS_LOG_JSON_H
#define KELLAS_LOG_JSON_H

#include "memory.h"

struct json_tokener;

/**
 * struct kl_log_json - a reader of JSON records
 * @tokener: of json-c
 */
struct kl_log_json {
	struct json_tokener *tokener;
};

void kl_log_json_init(struct kl_log_json *json);
void kl_log_json_free(struct kl_log_json *json);

/**
 * kl_log_json_words - a record as kl_put_record() writes it, as the text it had
 * @line: one JSON object
 * @out: cleared, then filled in with a line for kl_logline_parse(), which is
 *	the judge of what it says: here only the form is looked at
 * @error: filled in if that is not right
 *
 * Return: 0 or -EINVAL.
 */
int kl_log_json_words(struct kl_log_json *json, struct kl_text line,
		      struct kl_buffer *out, struct kl_error *error);

#endif /* KELLAS_LOG_JSON_H */
