/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The configuration file: sections of keys, described by tables.
 *
 *	SECTION [TYPE] [NAME]
 *	    KEY VALUE...
 *
 * As in a policy, indentation means nothing, '#' as the first character of a
 * word begins a comment, and a word may be in quotes, with \ooo for a byte;
 * here it may hold spaces, too. What begins a section is no key of any.
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
	KL_CONF_BOOL,	/* bool: yes or no; the key alone: yes */
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

/** Words of a heading. */
#define KL_CONF_WORDS 3

/**
 * struct kl_conf_section - a heading and the lines up to the next one
 * @place: of its first word
 * @words: "sink", "file", "main"; of those that are missing the text is NULL,
 *	and the place says where they are missing
 * @count: number of @words
 * @end: the line behind its last
 * @kinds: words that begin a section, for hints
 */
struct kl_conf_section {
	struct kl_conf_place place;
	struct kl_conf_item words[KL_CONF_WORDS];
	u32 count;
	u32 end;
	const char *kinds;
};

/**
 * struct kl_conf - a text taken apart into sections
 * @source: the text
 * @sections: in order
 * @count: number of @sections
 */
struct kl_conf {
	const struct kl_source *source;
	struct kl_conf_section *sections;
	u32 count;
};

/**
 * kl_conf_split - find the sections
 * @kinds: words that begin a section, separated by spaces
 *
 * Return: 0, or -EINVAL, said.
 */
int kl_conf_split(struct kl_conf *conf, const struct kl_source *source,
		  const char *kinds);
void kl_conf_free(struct kl_conf *conf);

/**
 * kl_conf_fill - read the keys of a section
 * @tables: of the keys it may have, ended by NULL; at most KL_CONF_KEYS keys
 * @object: zeroed; values and initial values are stored
 *
 * All that is wrong is said, not only the first.
 *
 * Return: 0 or -EINVAL; what was stored is to be freed in both cases.
 */
int kl_conf_fill(const struct kl_conf_section *section,
		 const struct kl_conf_key *const *tables, void *object);

/** kl_conf_release - free the values that kl_conf_fill() stored */
void kl_conf_release(const struct kl_conf_key *const *tables, void *object);

/** kl_conf_equal - are all values of two objects the same? */
bool kl_conf_equal(const struct kl_conf_key *const *tables, const void *a, const void *b);

struct kl_hint;

/** kl_conf_offer - offer each of some words as a hint */
void kl_conf_offer(struct kl_hint *hint, const char *words);

/** kl_conf_help - print the keys of a table with their types and initial values */
void kl_conf_help(FILE *stream, const struct kl_conf_key *keys);

#endif /* KELLAS_CONF_H */
