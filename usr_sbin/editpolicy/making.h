/* SPDX-License-Identifier: GPL-2.0 */
/* A rule that is being made of a record. */
#ifndef KELLAS_MAKING_H
#define KELLAS_MAKING_H

#include "place.h"
#include "proposal.h"

/* Programs with objects that are told apart in a preview; more are only counted. */
#define PREVIEW_PAIRS 64u
/* Milliseconds that records are asked at a time. */
#define PREVIEW_MS 40u

/**
 * struct preview_pair - records of one program about one object
 * @program, @object: encoded, owned
 * @count: how many
 */
struct preview_pair {
	char *program, *object;
	u32 count;
};

/**
 * struct making_preview - what would become of the policy, and of the records in the list
 * @possible: all the rest means something; otherwise @why_not
 * @why_not: why there can be no such rule
 * @place: where it goes
 * @lines: what is inserted there, without newlines, owned
 * @count: of @lines
 * @rule: which of @lines decides
 * @answers: of this request: enum kl_answer, then
 * @decides: the rule does so
 * @decides_instead: line that decides instead, in the document as it is; 0: none
 * @looked, @records: records of the operation that were asked, and that there are
 * @matched: of them the rule matches, the record itself not counted
 * @denied: of @matched that were denied, and it was enforced
 * @unknown: of them nobody can tell
 * @pairs, @pair_count: of @matched; the most frequent first
 * @unlisted: of @matched that are in none
 */
struct making_preview {
	bool possible;
	char why_not[240];
	struct place place;
	char *lines[6];
	u32 count, rule;
	u32 answers;
	bool decides;
	u32 decides_instead;
	u32 looked, records;
	u32 matched, denied, unknown;
	struct preview_pair pairs[PREVIEW_PAIRS];
	u32 pair_count;
	u32 unlisted;
};

/**
 * struct target_rule - the rule in a ruleset
 * @ruleset: compiled with it
 * @block, @rule: its numbers; KL_NO_RULE: only the head counts
 */
struct target_rule {
	const struct kl_ruleset *ruleset;
	u32 block, rule;
};

/**
 * struct making - the rule
 * @strings: of @line
 * @record: text of the record
 * @line: it, parsed
 * @number: of the record in the list of the log; ~0: it is not there
 * @proposals: what it could be told by
 * @verb: enum verb
 * @rows: of the proposals on the screen
 * @preview: of the rule as it is now
 * @tried: the policy with the rule, as long as records are asked; NULL: all were
 * @target: the rule, in it
 * @log: the log that they are of, as struct log_view.opened has it
 * @next: all records before this one are yet to be asked
 * @editor: the policy that it is for, if it is not the document: that of the
 *	running kernel, and then the record is of a query
 * @serial: of the query
 */
struct making {
	struct kl_strings strings;
	struct kl_buffer record;
	struct kl_logline line;
	u64 number;
	struct proposals proposals;
	u8 verb;
	struct rows rows;
	struct making_preview preview;
	struct editor *tried;
	struct target_rule target;
	u32 log;
	u64 next;
	struct editor *editor;
	u32 serial;
};

/**
 * making_begin - begin with a record; it stands in front of the view then
 * @number: see struct making
 */
void making_begin(struct editor *editor, struct kl_text record, u64 number);

/**
 * making_for_query - likewise, for a query: the rule goes to the running kernel
 * @running: an editor of its policy, taken over
 */
void making_for_query(struct editor *editor, struct kl_text record, struct editor *running,
		      u32 serial);
void making_free(struct making *making);

/** making_preview - the rule or the policy has changed */
void making_preview(struct editor *editor);

/** making_work - ask some records. Return: there are more */
bool making_work(struct editor *editor);

/** making_rule - the line that decides, without what it is indented by */
const char *making_rule(const struct making *making);

/** making_put - put the rule into a document, one step; it must be possible */
void making_put(const struct making *making, struct editor *into);

/**
 * making_insert - put the rule into the document, one step, and go there
 * Return: false if that is impossible; a reason was said.
 */
bool making_insert(struct editor *editor);

#endif /* KELLAS_MAKING_H */
