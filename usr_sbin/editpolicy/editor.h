/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The editor without a terminal: what it knows, what a key does to it, and the
 * picture of it. screen.c brings both to a terminal; tests need none.
 */
#ifndef KELLAS_EDITOR_H
#define KELLAS_EDITOR_H

#include "canvas.h"
#include "document.h"
#include "match.h"
#include "outline.h"
#include "prompt.h"
#include "rows.h"
#include "subjects.h"
#include "typed.h"

struct changes;
struct compiled;
struct editor;
struct decisions;
struct detail;
struct earlier;
struct findings;
struct kl_save;
struct live;
struct log_view;
struct making;
struct processes;
struct rescue;
struct samples;
struct view;
struct why;

/** enum view_number - which view is shown; views[] has them */
enum view_number {
	VIEW_POLICY,
	VIEW_LOG,
	VIEW_DECISIONS,
	VIEW_PROCESSES,
};

/** enum pane - where keys go */
enum pane {
	PANE_NODES, /* left: blocks by operation, groups; or the tree of subjects */
	PANE_LINES, /* right: lines of the one chosen on the left */
};

/** enum node_row_kind - what a row of the left pane is */
enum node_row_kind {
	ROW_ALL,     /* the whole text */
	ROW_HEADING, /* an operation, or a kind of groups: can be folded */
	ROW_NODE,    /* a block, a group, the settings */
	ROW_SUBJECT, /* of the tree of subjects */
};

/**
 * struct node_row - a row of the left pane
 * @kind: enum node_row_kind
 * @heading: of a HEADING and of the NODEs below it: the operation, or
 *	KL_OP_COUNT + enum outline_kind
 * @node: NODE: index in editor.outline; HEADING: how many nodes it has; SUBJECT:
 *	index in editor.subjects
 */
struct node_row {
	u8 kind;
	u8 heading;
	u32 node;
};

#define HEADINGS (KL_OP_COUNT + OUTLINE_KINDS)

/** enum dialog_kind - what stands before the panes */
enum dialog_kind {
	DIALOG_NONE,
	DIALOG_PROMPT,	 /* a line to be typed, in the last row but one */
	DIALOG_QUESTION, /* a key to be chosen */
	DIALOG_PAGER,	 /* text to be read */
};

/**
 * struct dialog - one that is open
 * @kind: enum dialog_kind
 * @title: what it is about
 * @prompt: PROMPT: what is typed
 * @policy: PROMPT: it is a line of a policy: completed, and checked
 * @wrong: PROMPT: NULL, or is the line wrong, and why, its column from 1
 * @hint: PROMPT: NULL, or said below it as long as it is not wrong
 * @touched: PROMPT: a key has edited the line
 * @candidates: PROMPT: what the word may become, until the next key
 * @accept: PROMPT: gets the line; false: it stays open, editor_say() told why
 * @typed: PROMPT: gets each change of it, may be NULL
 * @cancel: PROMPT: after Escape, may be NULL
 * @answers: QUESTION: a word for each key, which is its first letter; see
 *	dialog_question()
 * @answer: QUESTION: gets the key
 * @text: PAGER: its lines
 * @rows: PAGER: where it is
 */
struct dialog {
	u8 kind;
	char title[400];
	struct prompt prompt;
	bool policy;
	bool touched;
	bool (*wrong)(struct editor *editor, struct kl_text line, struct kl_error *error);
	const char *hint;
	struct kl_buffer candidates;
	bool (*accept)(struct editor *editor, struct kl_text line);
	void (*typed)(struct editor *editor, struct kl_text line);
	void (*cancel)(struct editor *editor);
	const char *answers;
	void (*answer)(struct editor *editor, int key);
	struct kl_buffer text;
	struct rows rows;
};

/**
 * struct area - a place of the picture that the mouse can do something with
 * @row, @column, @height, @width: the place
 * @list: NULL, or the list whose rows are there
 * @pane: of @list, for the view
 * @key: without @list: what a click there is
 */
struct area {
	int row, column, height, width;
	struct rows *list;
	u8 pane;
	int key;
};

#define EDITOR_AREAS 40

/**
 * struct editor - everything
 * @document: the text
 * @outline: what it means; follows @document
 * @seen: document_version() that @outline was made of
 * @name: file it is saved to; NULL: none yet
 * @readonly: nothing can be changed
 * @view: enum view_number
 * @front: NULL, or what stands in front of that view until it is left
 * @behind: NULL, or what it was put in front of
 * @focus: enum pane
 * @left, @left_room, @left_rows: rows of the left pane; those of folded headings are
 *	left out, see left.h
 * @left_filter: nodes or subjects that do not match are left out; empty: none
 * @folded: by heading
 * @by_subject: the left pane has @subjects instead of blocks by operation
 * @subjects: of @outline, if @by_subject
 * @right, @right_rows: lines of the document that the right pane shows
 * @right_scroll: columns of them that are out of sight on the left
 * @marked: by line of the document; forgotten when lines come or go
 * @filter: rows of the right pane that do not match are left out; empty: none
 * @filter_before: @filter, @left_filter, or that of another view, as it was before another
 *	one is typed
 * @filter_from, @filter_row: row of the left pane, and number of the one of the right
 *	pane, that the cursors were on then
 * @search: what is searched for
 * @search_from: row that a search began at
 * @edited: line of the document that is typed anew
 * @inserting: what is typed comes before @edited instead
 * @insisting: what is wrong with the line was shown: Enter takes it
 * @pasted: lines that are asked about before they come before @edited
 * @saved: the text as it was read, or saved last
 * @changes: of the view of that name; NULL: not made yet
 * @findings: of the linter; NULL: nobody asked yet
 * @earlier: of the line that the detail is about
 * @live: the running kernel; NULL: there is none beside the document
 * @compiled: see editor_compiled(); NULL: not made yet
 * @log: of the view of that name; NULL: not made yet
 * @samples: of @log, by line; NULL: not made yet
 * @detail: of the view of that name; NULL: none was yet
 * @why: a record explained; NULL: none was yet
 * @making: a rule being made of a record; NULL: none was yet
 * @decisions: of the view of that name; NULL: not made yet
 * @logs, @log_count: files that the log is read from, not owned; none: as
 *	kl_records_open() has it
 * @keys: pressed so far
 * @fresh: what is shown next must be seen before a key counts: what was typed
 *	ahead is thrown away
 * @clock: microseconds since the epoch, for tests; 0: what the system says
 * @processes: of the view of that name; NULL: not made yet
 * @areas, @area_count: of the last picture, see mouse.h
 * @dialog: what is open
 * @typed: lines that were typed before, those of a policy in the second one
 * @message: the last thing to say; empty: none
 * @message_style: enum style
 * @saving: file that was saved last, or is asked about before; NULL: none yet
 * @rescue: what was rescued, if it was offered, or NULL
 * @repaint: the terminal may show something else: all is to be drawn
 * @suspend: the program shall stop until a shell goes on with it
 * @quitting: it shall end once it is saved
 * @quit: the program ends
 * @status: its exit status then
 */
struct editor {
	struct document *document;
	struct outline outline;
	u64 seen;
	char *name;
	bool readonly;
	u8 view;
	const struct view *front;
	const struct view *behind;
	u8 focus;
	struct node_row *left;
	u32 left_room;
	struct rows left_rows;
	struct match left_filter;
	bool folded[HEADINGS];
	bool by_subject;
	struct subjects subjects;
	u32 *right;
	struct rows right_rows;
	int right_scroll;
	bool *marked;
	struct match filter;
	struct kl_buffer filter_before;
	struct node_row filter_from;
	u32 filter_row;
	struct match search;
	u32 search_from;
	u32 edited;
	bool inserting;
	bool insisting;
	struct kl_buffer pasted;
	struct kl_buffer saved;
	struct changes *changes;
	struct findings *findings;
	struct earlier *earlier;
	struct live *live;
	struct compiled *compiled;
	struct log_view *log;
	struct samples *samples;
	struct detail *detail;
	struct why *why;
	struct making *making;
	struct decisions *decisions;
	char **logs;
	int log_count;
	u64 keys;
	bool fresh;
	u64 clock;
	struct processes *processes;
	struct area areas[EDITOR_AREAS];
	u32 area_count;
	struct dialog dialog;
	struct typed typed[2];
	char message[200];
	u8 message_style;
	struct kl_save *saving;
	struct rescue *rescue;
	bool repaint;
	bool suspend;
	bool quitting;
	bool quit;
	int status;
};

/**
 * editor_new - an editor of a text
 * @name: file that it is saved to; copied
 */
struct editor *editor_new(struct kl_text text, const char *name, bool readonly);
void editor_free(struct editor *editor);

/** editor_key - what a key does. @key: Unicode, a control code or enum key */
void editor_key(struct editor *editor, int key);

/** editor_draw - the picture; the panes learn their heights from @canvas */
void editor_draw(struct editor *editor, struct canvas *canvas);

/**
 * editor_shown - the picture was shown
 *
 * Return: keys typed before it must be thrown away, those that editor_key() does
 * not know of yet, too.
 */
bool editor_shown(struct editor *editor);

/* ---- for the actions ---- */

/** editor_now - microseconds since the epoch */
u64 editor_now(const struct editor *editor);

/** editor_say - a message below the panes, until the next key */
void editor_say(struct editor *editor, u8 style, const char *format, ...) __printf(3, 4);

/** editor_title - what is edited, in words: a file's name, or that it is the running policy */
const char *editor_title(const struct editor *editor);

/** editor_refresh - the document has changed: @place is the line to stand on */
void editor_refresh(struct editor *editor, u32 place);

/** editor_node_row - the row of the left pane that the cursor is on */
const struct node_row *editor_node_row(const struct editor *editor);

/** editor_line - the line that the cursor is on on the right; -1: none */
s64 editor_line(const struct editor *editor);

/** editor_show_lines - the left cursor has moved: the right pane follows */
void editor_show_lines(struct editor *editor);

/** editor_stand_on - both cursors to a line of the document, unfolding what hides it */
void editor_stand_on(struct editor *editor, u32 line);

/** editor_turn - the left pane by operation or by subject; the right cursor stays */
void editor_turn(struct editor *editor);

/** editor_fold - make the left pane anew, after folding or unfolding */
void editor_fold(struct editor *editor);

/** editor_marked - marked lines of the document; their number in @count; free() it */
u32 *editor_marked(const struct editor *editor, u32 *count);

#endif /* KELLAS_EDITOR_H */
