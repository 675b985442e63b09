/* SPDX-License-Identifier: GPL-2.0 */
/* The oracle's policies and requests as text. */
#ifndef TESTS_TEXT_H
#define TESTS_TEXT_H

#include "oracle.h"

/**
 * struct text - a string that grows
 * @line: number of the line to be printed next, where lines are counted
 */
struct text {
	char *data;
	size_t length, room;
	u32 line;
};

void text_add(struct text *text, const char *format, ...) __printf(2, 3);
void text_free(struct text *text);

/** text_encode - raw bytes as a word (section 5.2); returns the length */
size_t text_encode(const char *raw, u32 length, char *out);

/** text_rule - a head or sub-entry in one fixed form: its identity */
void text_rule(struct text *text, const struct oracle_rule *rule);

/**
 * text_policy - the whole policy, looking as people might type it
 * @policy: every line printed is noted in its rule
 */
void text_policy(struct text *text, struct oracle_policy *policy);

/** text_request - what a request holds, one word a line */
void text_request(struct text *text, const struct oracle_request *request);

#endif /* TESTS_TEXT_H */
