/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of generalise.h share; nobody else needs this. */
#ifndef KELLAS_GENERALISE_INSIDE_H
#define KELLAS_GENERALISE_INSIDE_H

#include "engine/lex.h"
#include "generalise.h"

/**
 * struct name - a name that was seen
 * @raw: its bytes
 * @tag, @count: as added
 * @at: offset of its next component; beyond the end: there is none
 * @length: of that component
 * @piece: what that component became
 * @pattern: what the whole became
 */
struct name {
	struct kl_text raw;
	u32 tag;
	u64 count;
	u32 at, length;
	u32 piece;
	struct kl_name_pattern *pattern;
};

/**
 * struct why - reasons gathered on the way down
 * @different, @shown: as in struct kl_name_pattern
 */
struct why {
	u32 different[KL_REASONS];
	char *shown[KL_REASONS];
};

/**
 * struct task - names that have a common beginning, still to be looked at
 * @from, @to: these of kl_names.order
 * @prefix: the pattern so far; owned
 * @wildcards: that count for KL_WILDCARDS_MAX in it
 * @why: reasons so far
 */
struct task {
	u32 from, to;
	char *prefix;
	u32 wildcards;
	struct why why;
};

/**
 * struct place - a component that stands in the folder at hand
 * @shape: the component and its holes
 * @key: offset of the shape's key in kl_names.keys
 * @key_length: of it
 * @piece: what becomes of it
 */
struct place {
	struct kl_shape shape;
	u32 key, key_length;
	u32 piece;
};

/**
 * struct piece - a component of a pattern
 * @word: encoded
 * @wildcards: that count for KL_WILDCARDS_MAX
 * @why: reasons for these
 */
struct piece {
	char *word;
	u32 wildcards;
	struct why why;
};

/**
 * struct kl_names - names on their way to patterns
 * @how: the caller's wishes
 * @names, @count, @room: in the order in which they were added
 * @order: these, sorted
 * @tasks, @task_count, @task_room: a stack
 * @places, @place_count, @place_room: of the folder at hand
 * @pieces, @piece_count, @piece_room: of the folder at hand
 * @keys: text of shapes of the folder at hand
 * @patterns, @pattern_count, @pattern_room: results
 */
struct kl_names {
	struct kl_generalise how;
	struct name *names;
	u32 count, room;
	struct name **order;
	struct task *tasks;
	u32 task_count, task_room;
	struct place *places;
	u32 place_count, place_room;
	struct piece *pieces;
	u32 piece_count, piece_room;
	struct kl_buffer keys;
	struct kl_name_pattern **patterns;
	u32 pattern_count, pattern_room;
};

/** component_of - the component at which a name is */
static inline struct kl_text component_of(const struct name *name)
{
	struct kl_text text = { name->raw.data + name->at, name->length };

	return text;
}

/** is_last - is there nothing behind that component? */
static inline bool is_last(const struct name *name)
{
	return name->at + name->length == name->raw.length;
}

/* generalise_why.c */

void why_free(struct why *why);

/**
 * why_add - there is a wildcard for this reason
 * @shown: what the wildcard looks like; kept from the place that varies most
 */
void why_add(struct why *why, enum kl_reason reason, u32 different, const char *shown);

/** why_any - is there a reason at all? */
bool why_any(const struct why *why);

/** why_merge - add those of another */
void why_merge(struct why *why, const struct why *more);

/* generalise_pattern.c */

/** compare_text - as memcmp(); what begins another comes first */
int compare_text(struct kl_text a, struct kl_text b);

/** compare_raw - pointers to names by their bytes, for qsort() */
int compare_raw(const void *a, const void *b);

/** encoded - printed form, to be freed */
char *encoded(struct kl_text raw);

/** matcher_of - compile a word; NULL if it is no valid one */
struct kl_pattern *matcher_of(const char *word);

/** keep_literal - names in order of their bytes stay as they are, each for itself */
void keep_literal(struct kl_names *names, struct name **run, u32 count);

/** finish_names - make a pattern of names that have no further component */
void finish_names(struct kl_names *names, const struct task *task);

/* generalise_piece.c */

/** find_places - fill kl_names.places; name.piece is the number of its place for now */
void find_places(struct kl_names *names, const struct task *task);

/**
 * find_piece - a piece of that word, made unless there is one
 * @from: looked for among those from this one on
 *
 * Return: its number.
 */
u32 find_piece(struct kl_names *names, u32 from, const char *word, u32 wildcards,
	       const struct why *why);

/** forget_pieces - done with a folder: its places and pieces */
void forget_pieces(struct kl_names *names);

/** join_shapes - make pieces of places, one of those of one shape that vary */
void join_shapes(struct kl_names *names, const struct task *task);

/* generalise_entries.c */

/** extension_of - from the last dot on, if it looks like a kind of file, else "" */
const char *extension_of(const char *word);

/** join_entries - one piece for the many entries that one operation met in a folder */
void join_entries(struct kl_names *names, const struct task *task);

#endif /* KELLAS_GENERALISE_INSIDE_H */
