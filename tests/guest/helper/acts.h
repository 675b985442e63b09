/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations that are not about files, each by several system calls. An act is
 * done by the subject under policies of one block: unmatched, allowed, denied.
 */
#ifndef ACTS_H
#define ACTS_H

#include <sys/types.h>
#include "test.h"

/**
 * struct act - a system call and what the module should see
 * @name: of the case
 * @op: operation
 * @where: more conditions for the block, or NULL
 * @words: parameters in its records; NULL: none, or act_words() gave them
 * @prepare: gets ready, in the subject; or NULL
 * @run: does it
 * @state: what it changes, and a denial does not; asked in the subject; or NULL
 * @clean: in the parent, after each; or NULL
 * @error: errno if it is not denied
 * @denied: errno if it is; 0: EPERM; -1: it does not say so
 * @requests: how many if not denied; 0: one. A denied one is the last
 * @probe: no record is made
 * @none: there is no such request: it is done whatever the policy says
 * @since: not before this kernel: 606 is 6.6
 */
struct act {
	const char *name;
	const char *op;
	const char *where;
	const char *words;
	void (*prepare)(void);
	long (*run)(void);
	void (*state)(struct text *text);
	void (*clean)(void);
	int error;
	int denied;
	unsigned int requests;
	bool probe;
	bool none;
	int since;
};

/** acts_run - by each of them, with each result */
void acts_run(const char *part, const struct act *acts, unsigned int count);

/** acts_end - unload the module, as the last case */
void acts_end(const char *part);

/** act_words - in @prepare or @run: parameters that the records should say */
__attribute__((format(printf, 1, 2)))
void act_words(const char *format, ...);

/** act_object - in @prepare: the records should name this file as path */
void act_object(const char *path);

/** act_target - the records should name this process as target */
void act_target(pid_t pid);

/** act_target_program - the same, of one that is about to run that program */
void act_target_program(pid_t pid, const char *exe);

/** victim - in @prepare: a process that waits, with signals blocked. Return: its pid */
pid_t victim(void);

/** status_line - a line of /proc/PID/status, or "" */
void status_line(struct text *text, pid_t pid, const char *key);

#endif
