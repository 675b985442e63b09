/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that does what a policy speaks of. It gets ready, and only then
 * takes on the real group SUBJECT_MARK, by which the policies know it.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <sys/types.h>
#include "test.h"

#define SUBJECT_MARK	11
#define SUBJECT_RULE	"task.gid=11"

/** subject_become - ids that all differ, where they may without losing rights */
void subject_become(void);

/** subject_mark - from now on the policies mean this process */
void subject_mark(void);

/**
 * struct seen - what came of it
 * @error: errno of the act, 0, or -1: it did not come back
 * @status: exit status; -1: it was killed
 * @wait_status: as wait(2) tells it
 * @pid: of the process
 * @records: lines
 * @count: of them
 * @expected: what the process itself said
 */
struct seen {
	int error;
	int status;
	int wait_status;
	pid_t pid;
	char **records;
	unsigned int count;
	char *expected;
};

/** subject_expects - in @prepare: what the record should say */
__attribute__((format(printf, 1, 2)))
void subject_expects(const char *format, ...);
#define SUBJECT_EXPECTED_MAX 400000

/**
 * subject_watch - a child gets ready, takes the mark, and acts
 * @prepare: may be NULL
 * @act: returns -1 with errno, or not negative
 * @arg: for both
 */
void subject_watch(void (*prepare)(const void *arg), long (*act)(const void *arg),
		   const void *arg, struct seen *seen);

#endif
