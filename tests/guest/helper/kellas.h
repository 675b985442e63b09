/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module under test and its files. stat and audit are opened once, so that
 * looking at them is no operation that a policy could count.
 */
#ifndef KELLAS_H
#define KELLAS_H

#include <sys/types.h>
#include "test.h"

#define KELLAS "/proc/kellas/"

/** kellas_load - load the module and open its files; dies if that fails */
void kellas_load(void);

/** kellas_open - open stat and audit of the loaded module */
void kellas_open(void);

/** kellas_close - close them */
void kellas_close(void);

/** kellas_unload - close, detach, remove. Return: 0 or an errno */
int kellas_unload(void);

/** kellas_insert, kellas_remove - the bare system calls. Return: 0 or an errno */
int kellas_insert(void);
int kellas_insert_with(const char *parameters);
int kellas_remove(void);

/** policy - replace the policy; dies if it is refused */
void policy(const char *text);

/**
 * policy_try - replace the policy
 * @message: receives what a read gives after an error; or NULL
 * Return: 0 or an errno.
 */
int policy_try(const char *text, struct text *message);

/** write_all - write with as many calls as it takes. Return: 0 or an errno */
int write_all(int fd, const char *data, size_t length);

/** read_all - everything that can be read now, appended */
void read_all(int fd, struct text *text);

/** read_file - a file's text; dies if it cannot be opened */
void read_file(const char *name, struct text *text);

/** policy_blocks - the printed policy behind its first lines */
void policy_blocks(struct text *text);

/**
 * struct operation_count - what stat says of one operation
 * @name: of the operation
 * @checks, @matches: requests, matching blocks
 * @has_block: the policy has a block of it; what follows is of the first one
 * @hits, @denials, @lost: of the block
 * @rule_hits, @rule_denials, @rule_lost: of its first rule; 0 if it has none
 */
struct operation_count {
	char name[32];
	long long checks, matches;
	bool has_block;
	long long hits, denials, lost;
	long long rule_hits, rule_denials, rule_lost;
};

/**
 * struct counts - what stat says
 * @text: all of it
 * @operation: each operation that the module supports
 * @operations: how many
 */
struct counts {
	struct text text;
	struct operation_count operation[128];
	unsigned int operations;
};

/** counts_take - read stat now */
void counts_take(struct counts *counts);

/** count_of - KEY's number in the first line that begins with @line; -1: none */
long long count_of(const struct counts *counts, const char *line, const char *key);

/** count_block - KEY's number of the block whose policy text is @text; -1: none */
long long count_block(const struct counts *counts, const char *text, const char *key);

/** count_now - the same, read now */
long long count_now(const char *line, const char *key);

/** counts_operation - of the operation with this name; dies if there is none */
const struct operation_count *counts_operation(const struct counts *counts,
					       const char *name);

/** records_drop - forget what has been recorded until now */
void records_drop(void);

/**
 * records_take - what has been recorded since; a line each
 * @lines: pointers into storage that lives until the next call
 * Return: how many.
 */
unsigned int records_take(char ***lines);

/**
 * split_lines - the lines of a text, which is changed
 * @lines: NULL or those of an earlier call; pointers into @text
 * Return: how many.
 */
unsigned int split_lines(struct text *text, char ***lines);

/** records_stop - true: leave records unread; records_take() gives none. Or no more */
void records_stop(bool stop);

/** head_field - KEY's value in the head of a record, or "" */
const char *head_field(const char *record, const char *key);

/** record_body - what stands behind " / "; "" if the record has none */
const char *record_body(const char *record);

/** body_field - KEY's value in the body, with its quotes if it has any; or "" */
const char *body_field(const char *record, const char *key);

/** record_time - seconds since the epoch; -1: none */
double record_time(const char *record);

#endif
