/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of a policy by the processes that they ask for: a tree of the
 * histories, domains and programs that the policy names. What TOMOYO's editor
 * shows as domains, each with its rules.
 */
#ifndef KELLAS_SUBJECTS_H
#define KELLAS_SUBJECTS_H

#include "folds.h"
#include "hits.h"

/** enum subject_kind - what is asked; also the order */
enum subject_kind {
	SUBJECT_ANY,	  /* nothing of these: any process */
	SUBJECT_HISTORY,  /* task.history */
	SUBJECT_ANCESTOR, /* task.ancestor */
	SUBJECT_DOMAIN,	  /* task.domain, and what transition= leads to */
	SUBJECT_PROGRAM,  /* task.exe */
	SUBJECT_KINDS
};

/**
 * struct subject_line - a line of a subject
 * @line: of the document
 * @context: the head of the block that a rule stands in: it does not ask itself
 */
struct subject_line {
	u32 line;
	bool context;
};

/**
 * struct subject - a row of the tree
 * @kind: enum subject_kind
 * @named: some line asks for it; otherwise only for something below it
 * @entered: some line leads there by transition=
 * @folded: what is below it is hidden
 * @passes: it is what the filter asks for
 * @shown: it does, or something below it
 * @name: as it is typed, without what it is below
 * @key: of @name and all above
 * @depth: 0: the kind itself
 * @parent: NO_NODE: none
 * @behind: the next one that is not below it
 * @lines: in the order of evaluation
 * @count, @room: of @lines
 * @rules: how many of these are rules
 * @below: how many rules it and all below have, that pass, each counted once
 * @own, @all: hits of @lines, and of those of all below, see subjects_add_up()
 */
struct subject {
	u8 kind;
	bool named, entered, folded, passes, shown;
	char *name;
	u64 key;
	u32 depth, parent, behind;
	struct subject_line *lines;
	u32 count, room, rules, below;
	struct hits_sum own, all;
};

/**
 * struct subject_mention - a line stands with a subject
 * @subject: number of it; while they are gathered, of its name
 * @entry: by transition=
 */
struct subject_mention {
	u32 subject;
	struct subject_line line;
	bool entry;
};

/**
 * struct subjects - the tree
 * @list: rows, parents first
 * @count: of @list
 * @mentions, @mention_count: all lines, in the order of evaluation
 * @folds: what is folded, by struct subject.key
 */
struct subjects {
	struct subject *list;
	u32 count;
	struct subject_mention *mentions;
	u32 mention_count;
	struct folds folds;
};

/** subjects_make - find them anew; what is folded stays so */
void subjects_make(struct subjects *subjects, const struct outline *outline,
		   const struct document *document);

/** subjects_fold - fold or unfold what is below */
void subjects_fold(struct subjects *subjects, u32 number, bool folded);

/** subjects_count - the rules again, after a change of what passes */
void subjects_count(struct subjects *subjects, const struct outline *outline);

/** subjects_find - the first that has a line, and not only as context; NO_NODE: none */
u32 subjects_find(const struct subjects *subjects, u32 line);

/**
 * subjects_add_up - the hits of each subject
 *
 * Of a block whose head stands there itself those of the head, which are those of its
 * rules as well; of other rules their own. No line counts twice in one sum; of what is
 * below, what does not pass does not count.
 */
void subjects_add_up(struct subjects *subjects, const struct outline *outline,
		     const struct hits *hits);

/** subject_pattern - append what a subject is, and all that it is below */
void subject_pattern(const struct subjects *subjects, u32 number, struct kl_buffer *out);

/** subjects_free - free what it holds */
void subjects_free(struct subjects *subjects);

#endif /* KELLAS_SUBJECTS_H */
