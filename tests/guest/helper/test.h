/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cases and what they expect. A case prints one line:
 *
 *	6.12.1-amd64 operations tmpfs allow: ok open
 *	6.12.1-amd64 operations tmpfs allow: not ok open: path: expected … got …
 *
 * One that expected nothing is not ok.
 */
#ifndef TEST_H
#define TEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/** struct text - a string that grows; zeroed it is empty */
struct text {
	char *data;
	size_t length;
	size_t room;
};

__attribute__((format(printf, 2, 3)))
void text_add(struct text *text, const char *format, ...);

/** text_add_bytes - append bytes as they are */
void text_add_bytes(struct text *text, const void *data, size_t length);

/** text_add_quoted - NAME="VALUE" as records write it, with a blank before */
void text_add_quoted(struct text *text, const char *name, const void *value,
		     size_t length);

/** text_clear - make it "" and keep the room */
void text_clear(struct text *text);

/** group - begin a group of cases; its words stand before each line */
__attribute__((format(printf, 1, 2)))
void group(const char *format, ...);

/** begin - begin a case */
__attribute__((format(printf, 1, 2)))
void begin(const char *format, ...);

/** end - end it: print its line. Return: was it ok? */
bool end(void);

/** expect - a fact, or else why not */
__attribute__((format(printf, 2, 3)))
bool expect(bool fact, const char *format, ...);

bool expect_number(const char *what, long long expected, long long got);
bool expect_text(const char *what, const char *expected, const char *got);

/** expect_error - errno values, 0 for none */
bool expect_error(const char *what, int expected, int got);

/**
 * expect_words - compare texts word by word; tells the first difference
 *
 * Behind a ';' a time in hundredths of seconds may be expected: "1123T"; or
 * any time: "T".
 */
bool expect_words(const char *what, const char *expected, const char *got);

/** finish - print the sum. Return: exit status */
int finish(void);

/** release - of the kernel */
const char *release(void);

/** kernel_at_least - is the kernel that new? */
bool kernel_at_least(int major, int minor);

/**
 * skips - can a case not be run on this kernel?
 *
 * Says so in a line of its own if not. The list of skips (skips.def) tells from
 * which version on it must run; a case that is not in the list dies here.
 */
bool skips(const char *name);

/** kernel_is_slow - is it one for debugging? Time means nothing then */
bool kernel_is_slow(void);

/** die - the test itself cannot go on */
__attribute__((format(printf, 1, 2), noreturn))
void die(const char *format, ...);

/** must - die unless a system call of the test itself worked; returns its result */
#define must(call) must_line((call), #call, __FILE__, __LINE__)
long must_line(long result, const char *call, const char *file, int line);

/** now - seconds of the monotonic clock */
double now(void);

/** wall_time - seconds since the epoch, as exact as records tell them */
double wall_time(void);

/** pause_for - sleep that many milliseconds */
void pause_for(int milliseconds);

#endif
