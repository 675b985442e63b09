/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the policy of the running kernel denies, waiting for an answer.
 *
 * As long as the module's file "query" is open, denials wait; so it is opened only
 * when somebody turns to the view, or asks for it, and can be closed there. Any key
 * in the view is a sign of life for all that waits: without one for
 * KL_QUERY_SECONDS, or when KL_QUERY_SECONDS_MAX are over, the kernel denies.
 */
#ifndef KELLAS_DECISIONS_H
#define KELLAS_DECISIONS_H

#include "editor.h"
#include "log_list.h"
#include "queries.h"

/**
 * struct waiting - a query
 * @serial, @retry: its numbers
 * @record: of it, owned
 * @key: what it has in common with others that are answered together
 * @hash: of @key
 * @asked: microseconds since the epoch: when
 * @first: when its request was asked about for the first time; 0: not known
 * @pid: thread that waits
 * @there: it was there when last looked
 */
struct waiting {
	u32 serial, retry;
	char *record;
	struct kl_buffer key;
	u64 hash;
	u64 asked;
	u64 first;
	u64 pid;
	bool there;
};

/**
 * struct again - a request that the kernel shall ask about again, as a new query
 * @pid, @retry, @first: of its query so far
 */
struct again {
	u64 pid;
	u32 retry;
	u64 first;
};

/**
 * struct alike - queries that are answered together: of the same block, and all that
 * their records tell is the same, but for numbers and times of processes
 * @key: what they have in common, owned
 * @hash: of @key
 * @list: numbers in decisions.list
 * @count: of @list
 */
struct alike {
	char *key;
	u64 hash;
	u32 *list;
	u32 count;
};

/**
 * struct decisions - the view
 * @queries: the module
 * @failure: why that is not open; empty: it is, or was closed
 * @stopped: it was closed here
 * @list, @count: what waits, oldest first
 * @groups, @group_count: the same, joined
 * @again, @again_count, @again_room: retried here, and not yet asked about again
 * @rows: of the groups on the screen
 * @alive: microseconds since the epoch: last sign of life
 * @keys: editor.keys then
 * @strings, @line: for parsing a record
 */
struct decisions {
	struct kl_queries queries;
	char failure[120];
	bool stopped;
	struct waiting *list;
	u32 count;
	struct alike *groups;
	u32 group_count;
	struct again *again;
	u32 again_count, again_room;
	struct rows rows;
	u64 alive;
	u64 keys;
	struct kl_strings strings;
	struct kl_logline line;
};

/** decisions_of - those of an editor, made when first asked for */
struct decisions *decisions_of(struct editor *editor);
void decisions_free(struct decisions *decisions);

/** decisions_open - from now on denials wait, if that is possible */
void decisions_open(struct editor *editor);

/** decisions_close - what waits is denied */
void decisions_close(struct decisions *decisions);

/** decisions_read - see what waits now, and show that somebody is there */
void decisions_read(struct editor *editor);

/**
 * decisions_reply - answer all of the group below the cursor
 * Return: how many.
 */
u32 decisions_reply(struct editor *editor, enum kl_reply reply);

/** decisions_rule - make a rule for the group below the cursor */
void decisions_rule(struct editor *editor);

/** decisions_add_rule - the rule that was made goes to the kernel, which then asks it */
void decisions_add_rule(struct editor *editor);

/** decisions_left - seconds until a query is denied; sooner, if waiting.first is not known */
u32 decisions_left(const struct editor *editor, const struct waiting *waiting);

/** decisions_group_left - likewise until the first of them is; @known: not sooner */
u32 decisions_group_left(const struct editor *editor, const struct alike *group, bool *known);

/** decisions_draw_left - write that of a query, by its number */
void decisions_draw_left(const struct editor *editor, struct canvas *canvas, int column,
			 u32 serial);

/** decisions_parse - a record of a query, until the next call; NULL: it is none */
const struct kl_logline *decisions_parse(struct decisions *decisions, const char *record);

#endif /* KELLAS_DECISIONS_H */
