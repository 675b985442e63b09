/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of phrase.h share; nobody else needs this. */
#ifndef KELLAS_PHRASE_INSIDE_H
#define KELLAS_PHRASE_INSIDE_H

#include "phrase.h"

/** enum noun - what a string is the name of */
enum noun {
	NOUN_NONE,
	NOUN_FILE,
	NOUN_FOLDER,
	NOUN_BOTH, /* file or folder */
	NOUN_PLACE, /* the name that something gets */
	NOUN_PIPE,
	NOUN_SOCKET,
	NOUN_LINK,
	NOUN_BLOCK,
	NOUN_CHAR,
	NOUN_PROGRAM,
	NOUN_ADDRESS,
	NOUN_VARIABLE,
	NOUN_MODULE,
	NOUN_XATTR,
	NOUN_DOMAIN,
	NOUNS
};

/**
 * struct deed - an operation in words
 * @text: what is done. %0 and %1 stand for the objects, %n for the parameter
 *	name=, %u addr=, %d domain=, %a ip= and port=, %s sig=, %c cap=,
 *	%t target.exe=; what is in [] is left out if no condition is about it
 * @noun: of the objects, and of %n
 * @it: the objects again, when more is said of them
 */
struct deed {
	const char *text;
	u8 noun[3];
	const char *it[2];
};

/**
 * struct telling - a phrase being made
 * @phrase: the caller's
 * @told: by condition: it has been
 * @out: the caller's
 */
struct telling {
	const struct kl_phrase *phrase;
	bool *told;
	struct kl_buffer *out;
};

/* phrase_deed.c */
const struct deed *deed_of(enum kl_op op);

/**
 * take_condition - the condition on an attribute that says most, to be told now
 *
 * Comparisons with NULL and other attributes are not told that way.
 *
 * Return: NULL if there is none that has not been told.
 */
const struct kl_condition *take_condition(struct telling *telling, u8 slot);

/** has_condition - is there one that take_condition() would return? */
bool has_condition(const struct telling *telling, u8 slot);

/** take_exception - the next condition that says what an attribute is not, likewise */
const struct kl_condition *take_exception(struct telling *telling, u8 slot);

/** put_deed - append what is done, with the conditions that belong to that */
void put_deed(struct telling *telling);

/* phrase_name.c */

/**
 * put_names - append what conditions say of a string, as a noun: "files below /etc",
 * "any file except /etc/motd and /etc/issue"; "any file" if there are none
 */
void put_names(struct telling *telling, u8 slot, enum noun noun);

/**
 * put_is - append what a condition says, as a predicate: "is below /etc"
 * @negated: say the opposite of what is equal
 */
void put_is(const struct telling *telling, const struct kl_condition *condition,
	    bool negated);

/** put_quoted - append a pattern in quotes */
void put_quoted(struct kl_text pattern, struct kl_buffer *out);

/** put_group - append "@NAME" and who that is */
void put_group(const struct telling *telling, const struct kl_condition *condition);

/* phrase_number.c */

/** put_users - append whom conditions say: "root", "users 5 to 9 except user 7" */
void put_users(struct telling *telling, u8 slot);

/**
 * put_numbers - append what conditions say of a number: "port 80", "any port except 80";
 * "any port" if there are none
 */
void put_numbers(struct telling *telling, u8 slot, const char *one, const char *several);

/** put_addresses - append what a condition says: "addresses in 10.0.0.0/8" */
void put_addresses(const struct telling *telling, const struct kl_condition *condition);

/** put_number_is - as put_is(), of numbers; @user: they are users */
void put_number_is(const struct telling *telling, const struct kl_condition *condition,
		   bool user);

/** put_address_is - as put_is(), of addresses */
void put_address_is(const struct telling *telling, const struct kl_condition *condition);

/* phrase_fact.c */

/** put_fact - append a condition as a sentence: "its owner is root" */
void put_fact(const struct telling *telling, const struct kl_condition *condition);

#endif /* KELLAS_PHRASE_INSIDE_H */
