/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration file: sections of keys, described by tables.
 *
 *	SECTION [TYPE] [NAME]
 *	    KEY VALUE...
 *
 * As in a policy, indentation means nothing, '#' as the first character of a
 * word begins a comment, a word with spaces is quoted.
 */
#ifndef KELLAS_CONF_H
#define KELLAS_CONF_H

#include "source.h"

/** enum kl_conf_type - what a key's value is, and what it is stored as */
enum kl_conf_type {
	KL_CONF_WORD,	/* char *: any one word */
	KL_CONF_PATH,	/* char *: an absolute pathname */
	KL_CONF_SIZE,	/* u64: bytes; 64K 10M 2G, powers of 1024 */
	KL_CONF_TIME,	/* u64: milliseconds; 500ms 10s 5min 2h 30d */
	KL_CONF_COUNT,	/* u64 */
	KL_CONF_MODE,	/* u64: octal permissions */
	KL_CONF_BOOL,	/* bool: yes or no */
	KL_CONF_CHOICE,	/* u32: index of the word in choices */
	KL_CONF_LIST,	/* struct kl_conf_list: all words of the line; again: appended */
	KL_CONF_LINES,	/* struct kl_conf_list: the rest of the line, unparsed; again: appended */
};

/**
 * struct kl_conf_item - a word or line, and where it stands
 * @text: NUL-terminated
 * @line, @column: within the joined source
 */
struct kl_conf_item {
	char *text;
	u32 line;
	u32 column;
};

struct kl_conf_list {
	struct kl_conf_item *items;
	u32 count;
};

/**
 * struct kl_conf_key - one key of a section
 * @name: what is written
 * @type: enum kl_conf_type
 * @required: a section without it is an error
 * @offset: where the value goes in the section's object
 * @min, @max: of SIZE, TIME, COUNT; max 0: no limit
 * @choices: of CHOICE: words separated by spaces
 * @initial: value if the key is not given, as it would be written, or NULL
 * @help: one line
 *
 * Tables end with a row without name.
 */
struct kl_conf_key {
	const char *name;
	enum kl_conf_type type;
	bool required;
	size_t offset;
	u64 min, max;
	const char *choices;
	const char *initial;
	const char *help;
};

/**
 * struct kl_conf_place - where a section or key stands, for errors found later
 * @source: the text
 * @line, @column: in it
 */
struct kl_conf_place {
	const struct kl_source *source;
	u32 line;
	u32 column;
};

/**
 * kl_conf_refuse - "FILE:LINE:COLUMN: message" on stderr, with the line and a
 * caret; returns -EINVAL
 */
int kl_conf_refuse(const struct kl_conf_place *place, const char *format, ...)
	__printf(2, 3);

#endif /* KELLAS_CONF_H */
