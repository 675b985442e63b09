/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records kept for being looked at: the newest ones. They have numbers, from 0
 * on, that stay the same while older ones fall out.
 */
#ifndef KELLAS_LOG_LIST_H
#define KELLAS_LOG_LIST_H

#include "logline.h"

/* Records that are kept at most. */
#define LOG_RECORDS_MAX 50000u
/* Bytes of their text at most. */
#define LOG_BYTES_MAX (64u << 20)

/**
 * struct log_record - a line of a log
 * @text: as it was read, owned
 * @length: of @text
 * @time: microseconds since the epoch
 * @count: of lost or suppressed records
 * @kind: enum kl_logline_kind
 * @op: REQUEST: enum kl_op
 * @result: REQUEST: enum kl_result
 * @unenforced: REQUEST: a denial that was not enforced
 */
struct log_record {
	char *text;
	u32 length;
	u64 time;
	u64 count;
	u8 kind, op, result;
	bool unenforced;
};

/**
 * struct log_list - the records
 * @records: LOG_RECORDS_MAX places, that of a number is its rest
 * @first: number of the oldest one that is kept, and so how many fell out
 * @next: number that the next one will have
 * @bytes: of all texts
 * @lost, @suppressed: how many are missing, according to all lines so far
 */
struct log_list {
	struct log_record *records;
	u64 first, next;
	size_t bytes;
	u64 lost, suppressed;
};

void log_list_free(struct log_list *list);

/** log_list_add - add a line; the oldest ones make room for it */
void log_list_add(struct log_list *list, const struct kl_logline *line, struct kl_text text);

/** log_list_get - the record of a number from @first up to @next */
const struct log_record *log_list_get(const struct log_list *list, u64 number);

static inline struct kl_text log_record_text(const struct log_record *record)
{
	return (struct kl_text){ record->text, record->length };
}

#endif /* KELLAS_LOG_LIST_H */
