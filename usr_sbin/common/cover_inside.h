/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of cover.h share; nobody else needs this. */
#ifndef KELLAS_COVER_INSIDE_H
#define KELLAS_COVER_INSIDE_H

#include "cover.h"
#include "ranges.h"

/**
 * struct answer - what was found out about two words
 * @inner, @outer: NULL: an empty place of the table
 * @apart: whether they have nothing in common; otherwise whether @inner lies
 *	within @outer
 * @yes: so it is
 */
struct answer {
	const struct kl_string *inner, *outer;
	bool apart, yes;
};

/**
 * struct kl_cover - what was found out
 * @answers: by hash
 * @size: of @answers, a power of two
 * @count: used
 * @work: comparisons made
 */
struct kl_cover {
	struct answer *answers;
	u32 size, count;
	u64 work;
};

/**
 * struct fact - a condition in terms of the request's operation
 * @condition: as it stands
 * @left, @right_slot: translated
 * @definite: it is true, not unknown
 */
struct fact {
	const struct kl_condition *condition;
	u8 left, right_slot;
	bool definite;
};

/**
 * struct facts - conditions that hold together
 * @at: these
 * @count: number of them
 */
struct facts {
	struct fact *at;
	u32 count;
};

/**
 * struct words - the strings of a right-hand side: one, or those of a group
 * @at: array of its own
 */
struct words {
	struct kl_string **at;
	u32 count;
};

/**
 * struct sayings - what the premises say of a string
 * @is: one of these each, struct words
 * @count: of @is
 * @not: none of these
 * @null, @not_null: "=NULL", "!=NULL" or the like
 * @any: there is some premise
 * @known: the value is known
 */
struct sayings {
	struct words *is;
	u32 count;
	struct words not;
	bool null, not_null, any, known;
};

/**
 * struct values - what a number may be
 * @set: numbers and IPv4 addresses; IPv6 addresses
 * @with, @without: permission bits that are set, that are not
 * @any: there is some premise
 * @known: the value is known
 */
struct values {
	struct kl_ranges set[2];
	u32 with, without;
	bool any, known;
};

/* cover_fact.c */

/** translate - a condition of a claim; false if the operation has no such attribute */
bool translate(const struct kl_claim *claim, enum kl_op op, u32 number,
	       struct fact *fact);

/** collect - all conditions of claims; facts.at is to be freed */
void collect(const struct kl_claim *claims, u32 count, enum kl_op op,
	     struct facts *facts);

/** same_word - words of two policies are in two tables */
bool same_word(const struct kl_string *a, const struct kl_string *b);

/** same_subject - are they about the same value? */
bool same_subject(const struct fact *a, const struct fact *b);

/** same_but_sign - do they say the same, but for "=" or "!="? */
bool same_but_sign(const struct fact *a, const struct fact *b);

/** is_null - is it a comparison with NULL? */
bool is_null(const struct fact *fact);

/** makes_known - is the value known if this premise holds? */
bool makes_known(const struct fact *fact);

/** proof - of what follows; @definite: from what is known; @doubt: see struct kl_claim */
enum kl_proof proof(bool definite, bool doubt);

/* cover_word.c */

/** words_of - of a right-hand side; words.at is to be freed */
void words_of(const struct kl_condition *c, struct words *words);

/** drop_patternless - leave out members that are no valid words */
void drop_patternless(struct words *words);

/** add_words - append copies */
void add_words(struct words *to, const struct words *from);

/** within - is every string of @inner in one of @outers? */
bool within(struct kl_cover *cover, struct kl_string *inner,
	    const struct words *outers);

/** apart_from_all - has a word nothing in common with any of @others? */
bool apart_from_all(struct kl_cover *cover, struct kl_string *word,
		    const struct words *others);

/* cover_string.c */

/** hear_all - what the premises say of the value of @subject; see forget() */
void hear_all(const struct facts *facts, const struct fact *subject,
	      struct sayings *said);

/** forget - free what hear_all() took */
void forget(struct sayings *said);

/** must_be - must the value be one of @wanted? */
bool must_be(struct kl_cover *cover, const struct sayings *said,
	     const struct words *wanted);

/** prove_string - see kl_covers(); of a string, argument or variable */
enum kl_proof prove_string(struct kl_cover *cover, const struct facts *facts,
			   const struct fact *wanted, bool doubt);

/** string_contradicts - can there be no such value? */
bool string_contradicts(struct kl_cover *cover, const struct sayings *said,
			u8 slot);

/* cover_history.c */

/** prove_history - see kl_covers(); of an ancestor or a history */
enum kl_proof prove_history(struct kl_cover *cover, const struct facts *facts,
			    const struct fact *wanted, bool doubt);

/** histories_contradict - one that is like these, and not one like those? */
bool histories_contradict(struct kl_cover *cover, const struct fact *a,
			  const struct fact *b);

/* cover_number.c */

/** values_free - what gather() took */
void values_free(struct values *values);

/** true_values - the numbers of which a condition is true; see free_sets() */
void true_values(const struct fact *fact, struct kl_ranges *set);

/** free_sets - both sets */
void free_sets(struct kl_ranges *set);

/** is_bit - is it a condition on one permission bit? */
bool is_bit(const struct fact *fact);

/** weight_of - of how many comparisons is a condition worth? */
u64 weight_of(const struct fact *fact);

/** gather - what the premises say of the number @subject; see values_free() */
void gather(struct kl_cover *cover, const struct facts *facts,
	    const struct fact *subject, struct values *values);

/** is_possible - is there such a number? */
bool is_possible(const struct values *values);

/** all_in - is every value in @set? */
bool all_in(const struct values *values, const struct kl_ranges *set);

/** prove_number - see kl_covers(); of a number, file type or address */
enum kl_proof prove_number(struct kl_cover *cover, const struct facts *facts,
			   const struct fact *wanted, bool doubt);

/* cover.c */

/** is_string - a string, argument or variable */
bool is_string(u8 slot);

/** is_history - an ancestor or a history */
bool is_history(u8 slot);

/** prove - does @wanted follow from the premises? */
enum kl_proof prove(struct kl_cover *cover, const struct facts *facts,
		    const struct fact *wanted, bool doubt);

#endif /* KELLAS_COVER_INSIDE_H */
