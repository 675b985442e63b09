/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interactive decisions: a denied request waits while somebody who has
 * /proc/kellas/query open is asked whether it shall be denied indeed.
 *
 * An open file is an observer. While there is one, each enforced denial of a
 * request that may sleep becomes a query, until it is answered, nobody is left
 * to answer, or time is up.
 *
 * Locks: the mutex of struct kl_queries may be taken within the policy mutex
 * and with any lock that a handler's caller holds; within it nothing is
 * allocated, copied from or to user space, or looked up.
 */
#ifndef KELLAS_QUERY_H
#define KELLAS_QUERY_H

#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/poll.h>
#include "request.h"

/** enum kl_answer - what becomes of a denied request */
enum kl_answer {
	KL_ANSWER_NONE,		/* not known yet */
	KL_ANSWER_GRANT,	/* go on with the next block */
	KL_ANSWER_DENY,
	KL_ANSWER_RETRY,	/* evaluate the block again */
};

/**
 * struct kl_observer - an open query file
 * @list: in kl_queries.observers
 * @file: the file; compared, never dereferenced
 * @tgid: thread group that opened it; a reference
 */
struct kl_observer {
	struct list_head list;
	const struct file *file;
	struct pid *tgid;
};

/**
 * struct kl_query_cursor - how far an observer has read
 * @started: @serial is of a query that it had
 * @serial: the last one
 */
struct kl_query_cursor {
	bool started;
	u32 serial;
};

/**
 * struct kl_query_info - a pending query, copied
 * @serial: its number
 * @retry: how often its request was retried before
 * @size: bytes of its binary record
 */
struct kl_query_info {
	u32 serial;
	u32 retry;
	u32 size;
};

/**
 * struct kl_query_stat - figures
 * @observers: open query files
 * @pending: queries without an answer
 * @memory: bytes they hold
 * @asked: queries made since load; the next serial number
 * @granted, @denied, @retried: answers, of whatever value
 * @expired: queries that nobody answered in time
 * @ended: queries denied because their task was killed, the last observer
 *	left, or the policy was detached
 * @refused: denials that were not asked about for want of room
 */
struct kl_query_stat {
	u32 observers;
	u32 pending;
	u64 memory;
	u64 asked;
	u64 granted;
	u64 denied;
	u64 retried;
	u64 expired;
	u64 ended;
	u64 refused;
};

int kl_query_init(void);

/** kl_query_exit - nobody asks or answers any more. Context: module_exit. */
void kl_query_exit(void);

/**
 * kl_query_wanted - would a denial of this request be asked about?
 *
 * Not of kernel threads, of tasks that exit, of those in a thread group that
 * has query open or opened it, and where nobody may sleep.
 *
 * Context: any that the request may be in.
 */
bool kl_query_wanted(const struct kl_check *check);

/**
 * kl_query_ask - ask, and wait for the answer
 * @check: its request, which was denied; its ruleset is held by a reference
 * @meta: for the text
 * @sequence: number of the record of the denial; 0: there is none
 * @hits: of the block that denied; tells it from all others
 *
 * Context: may sleep; TASK_KILLABLE, freezable.
 * Return: GRANT, DENY or RETRY; the latter has been counted in @check.
 */
enum kl_answer kl_query_ask(struct kl_check *check,
			    const struct kl_record_meta *meta, u64 sequence,
			    struct kl_hits *hits);

/** kl_query_open - somebody can answer now. Context: may sleep. */
void kl_query_open(struct kl_observer *observer, const struct file *file);

/**
 * kl_query_close - this observer is gone; without any, all queries are denied
 * Context: may sleep.
 */
void kl_query_close(struct kl_observer *observer);

/** kl_query_deny_all - nobody waits any longer. Context: may sleep. */
void kl_query_deny_all(void);

/** kl_query_alive - somebody is still thinking. Context: may sleep. */
void kl_query_alive(void);

/**
 * kl_query_answer - answer a query; if it is gone or answered, nothing happens
 * Context: may sleep.
 */
void kl_query_answer(u32 serial, enum kl_answer answer);

/**
 * kl_query_next - copy the next pending query
 * @cursor: where it stands; at the end it is set back to the beginning
 * @info: filled in
 * @record: receives the binary record; KL_RECORD_MAX bytes
 *
 * Context: may sleep. Return: false if there are no more.
 */
bool kl_query_next(struct kl_query_cursor *cursor, struct kl_query_info *info,
		   void *record);

/**
 * kl_query_block - which block denied?
 * @op: set to its operation
 *
 * Context: may sleep.
 * Return: counters of the block, to be released by kl_hits_put(); NULL if
 * there is no such query.
 */
struct kl_hits *kl_query_block(u32 serial, enum kl_op *op);

/** kl_query_pending - is there a query without an answer? Context: any. */
bool kl_query_pending(void);

/** kl_query_poll - let a poller wait for queries */
void kl_query_poll(struct file *file, poll_table *table);

/** kl_query_stat - copy the figures. Context: may sleep. */
void kl_query_stat(struct kl_query_stat *stat);

#endif /* KELLAS_QUERY_H */
