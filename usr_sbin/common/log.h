/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Records from log files: text as the kernel gives it, or JSON lines as
 * kellas-auditd and "kellasctl monitor -o json" write them, plain or compressed
 * by zstd or gzip (told by content, not by name), several files one after the
 * other.
 *
 * What the log itself says is missing, and what could not be read of it, is
 * counted, so that nobody takes a part for the whole.
 */
#ifndef KELLAS_LOG_H
#define KELLAS_LOG_H

#include "logline.h"
#include "output.h"

/* A line of any format; a longer one counts as unreadable. */
#define KL_LOG_LINE_MAX (4u << 20) /* bytes */
/* So many unreadable lines are shown, the others only counted. */
#define KL_LOG_COMPLAINTS 5u
/* What is read if no file is named: where the shipped kellas-auditd.conf writes. */
#define KL_LOG_DEFAULT "/var/log/kellas/kellas.log"

struct kl_log;

/**
 * struct kl_log_place - where the current record stands: for messages "FILE:LINE"
 * @file: as it was named; "<stdin>" for "-"; valid as long as the log is open
 * @line: from 1; of a compressed file, of what was compressed
 */
struct kl_log_place {
	const char *file;
	u64 line;
};

/**
 * struct kl_log_counts - what was read so far
 * @lines: lines that are not empty; the sum of those below but @lost and
 *	@suppressed, which count records
 * @requests: records of requests
 * @lost, @suppressed: records that are missing according to the log itself
 * @others: lines about that, and those that kellas-auditd adds
 * @unreadable: lines that are no record
 * @damaged: files of which the end, or all, could not be read
 * @left_out: bytes at the beginning of files, see kl_log_tail()
 * @bytes, @size: read of how many, as they are on disk; @size is 0 if not known
 */
struct kl_log_counts {
	u64 lines, requests, lost, suppressed, others, unreadable, damaged;
	u64 left_out, bytes, size;
};

/**
 * kl_log_open - begin to read logs
 * @names: files in the order of their records, "-" is standard input; used
 *	until kl_log_close()
 * @count: number of @names; 0: KL_LOG_DEFAULT is read, which is said
 * @strings: table for interning while a line is parsed
 *
 * Return: the log, or NULL after a complaint: one of the files cannot be opened.
 */
struct kl_log *kl_log_open(char **names, int count, struct kl_strings *strings);

/**
 * kl_log_tail - read only the end of each file; before the first kl_log_next()
 * @bytes: of the end; compressed files, and what is no file, are read whole
 */
void kl_log_tail(struct kl_log *log, u64 bytes);

/**
 * kl_log_next - read the next record
 * @line: set to a record of any kind, valid until the next call
 *
 * Lines that are no record are counted, the first KL_LOG_COMPLAINTS of them
 * complained of as FILE:LINE:COLUMN, and passed over. A file that cannot be
 * read to its end, such as a compressed one that was cut off, is complained of
 * and counted, and the next one is begun: what was read of it counts.
 *
 * Return: 1; 0 at the end.
 */
int kl_log_next(struct kl_log *log, const struct kl_logline **line);

struct kl_log_place kl_log_place(const struct kl_log *log);

/** kl_log_text - the current record as a line of text; valid as long as it */
struct kl_text kl_log_text(const struct kl_log *log);

const struct kl_log_counts *kl_log_counts(const struct kl_log *log);

/** kl_log_is_whole - was all of it readable, and nothing lost or suppressed? */
bool kl_log_is_whole(const struct kl_log *log);

/**
 * kl_log_say_missing - say what is missing from what was read
 *
 * Text: a line for each thing that is missing, nothing if nothing is. JSON: the
 * object "log" with all counts, within one that is open.
 */
void kl_log_say_missing(struct kl_output *output, const struct kl_log *log);

void kl_log_close(struct kl_log *log);

#endif /* KELLAS_LOG_H */
