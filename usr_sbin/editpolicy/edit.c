// SPDX-License-Identifier: GPL-2.0
/* Changing lines. */
#include <ctype.h>
#include <regex.h>

#include "complete.h"
#include "dialog.h"
#include "edit.h"
#include "engine/lex.h"
#include "key.h"
#include "target.h"

static struct kl_text line_at(const struct editor *editor, u32 line)
{
	return document_line(editor->document, line);
}

/* One line for another, or a new one before it. */
static void put_line(struct editor *editor, const char *what, u32 at, bool insert,
		     struct kl_text text)
{
	document_begin(editor->document, what, at);
	document_replace(editor->document, at, !insert, &text, 1);
	document_end(editor->document);
	editor_refresh(editor, at);
}

/* ------------------------------------------------------- typing a line */

/* Files from elsewhere end their lines so: it is no part of what is typed. */
static bool has_return(const struct editor *editor, s64 number)
{
	struct kl_text line = number < 0 || number >= document_lines(editor->document) ?
				      (struct kl_text){ "", 0 } : line_at(editor, number);

	return line.length && line.data[line.length - 1] == '\r';
}

/* A line that is typed anew ends as it did, a new one as the one above. */
static void take_line(struct editor *editor, struct kl_text line)
{
	bool end = has_return(editor, (s64)editor->edited - editor->inserting);
	struct kl_buffer text = { 0 };

	kl_buffer_add(&text, line.data, line.length);
	kl_buffer_puts(&text, end ? "\r" : "");
	if (editor->inserting ||
	    !kl_text_equal(line_at(editor, editor->edited), kl_buffer_text(&text)))
		put_line(editor, editor->inserting ? "add a line" : "edit a line",
			 editor->edited, editor->inserting, kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* A line that the engine refuses is only taken when Enter insists. */
static bool accept_line(struct editor *editor, struct kl_text line)
{
	struct kl_error error;

	if (line_is_wrong(editor, line, &error) && !editor->insisting) {
		editor->insisting = true;
		editor_say(editor, STYLE_ERROR,
			   "wrong, see below; Enter again takes it all the same");
		return false;
	}
	take_line(editor, line);
	return true;
}

static void typed_again(struct editor *editor, struct kl_text line)
{
	(void)line;
	editor->insisting = false;
}

static void type_line(struct editor *editor, const char *title, struct kl_text text)
{
	editor->insisting = false;
	dialog_prompt(editor, title, text, accept_line);
	editor->dialog.policy = true;
	editor->dialog.wrong = line_is_wrong;
	editor->dialog.hint = "Tab completes, Enter takes it, Escape leaves it as it was";
	editor->dialog.typed = typed_again;
}

void edit_line(struct editor *editor)
{
	s64 line = editor_line(editor);
	char title[40];

	if (line < 0) {
		edit_add(editor);
		return;
	}
	editor->edited = line;
	editor->inserting = false;
	snprintf(title, sizeof(title), "line %u", (u32)line + 1);
	type_line(editor, title,
		  kl_text_head(line_at(editor, line),
			       line_at(editor, line).length - has_return(editor, line)));
}

static void add_words(struct kl_buffer *text, struct kl_lexer *lexer, struct kl_word word,
		      int count)
{
	do
		kl_buffer_printf(text, "%.*s ", (int)word.text.length, word.text.data);
	while (--count && kl_lexer_next(lexer, &word));
}

/* Indented as the line above, with its number; a head's lines are indented further. */
static void begin_like(const struct editor *editor, s64 line, struct kl_buffer *text)
{
	const struct outline_line *above;
	struct kl_lexer lexer;
	struct kl_word word;

	if (line < 0)
		return;
	above = &editor->outline.lines[line];
	kl_lexer_init(&lexer, line_at(editor, line));
	if (!kl_lexer_next(&lexer, &word))
		return;
	kl_buffer_add(text, line_at(editor, line).data, word.column - 1);
	if (above->kind == KL_STATEMENT_ACL || above->kind == KL_STATEMENT_RULE_GROUP)
		kl_buffer_puts(text, "    ");
	else if (above->kind == KL_STATEMENT_RULE)
		kl_buffer_printf(text, "%u ", above->priority);
	else if (above->kind == KL_STATEMENT_GROUP)
		add_words(text, &lexer, word, 2);
}

bool edit_place(struct editor *editor)
{
	s64 line = editor_line(editor);

	if (line < 0 && match_is_set(&editor->filter)) {
		editor_say(editor, STYLE_NOTICE, "no line is shown to add one below: \\ changes the filter");
		return false;
	}
	editor->edited = line < 0 ? document_lines(editor->document) : line + 1;
	return true;
}

void edit_add(struct editor *editor)
{
	struct kl_buffer text = { 0 };

	if (!edit_place(editor))
		return;
	begin_like(editor, editor_line(editor), &text);
	editor->inserting = true;
	type_line(editor, "a new line", kl_buffer_text(&text));
	kl_buffer_free(&text);
}

/* --------------------------------------------------- several lines at once */

static bool is_rule(const struct editor *editor, u32 line)
{
	return editor->outline.lines[line].kind == KL_STATEMENT_RULE;
}

/* The first of the comments that stand directly above a line, or the line itself. */
static u32 comments_above(const struct editor *editor, u32 line)
{
	const struct outline_line *lines = editor->outline.lines;
	u32 first = line;

	while (first && lines[first - 1].kind == KL_STATEMENT_EMPTY && !lines[first - 1].wrong &&
	       lines[first - 1].node == lines[line].node)
		first--;
	return first;
}

/* Do comments stay that were about rules which go? */
static bool leaves_comments(const struct editor *editor, const struct target *target)
{
	u32 i, line;

	for (i = 0; i < target->count; i++) {
		line = target->lines[i];
		if (is_rule(editor, line) && comments_above(editor, line) < line &&
		    (!i || target->lines[i - 1] + 1 != line))
			return true;
	}
	return false;
}

static void delete_lines(struct editor *editor, const struct target *target)
{
	bool comments = leaves_comments(editor, target);
	const u32 *lines = target->lines;
	u32 from, end;

	document_begin(editor->document, "delete", lines[0]);
	for (end = target->count; end; end = from) {
		for (from = end - 1; from && lines[from - 1] + 1 == lines[from]; from--)
			;
		document_replace(editor->document, lines[from], end - from, NULL, 0);
	}
	document_end(editor->document);
	editor_refresh(editor, min(target->lines[0], document_lines(editor->document)));
	editor_say(editor, comments ? STYLE_NOTICE : STYLE_PLAIN,
		   "%u %s deleted; u brings %s back%s", target->count,
		   target->count == 1 ? "line" : "lines", target->count == 1 ? "it" : "them",
		   comments ? "; the comment above stays" : "");
}

static void delete_answered(struct editor *editor, int key)
{
	struct target target;

	if (key != 'y')
		return;
	target_make(&target, editor, true);
	delete_lines(editor, &target);
	target_free(&target);
}

/* Rules without their head would belong to the block above: they go with it. */
void edit_delete(struct editor *editor)
{
	struct target target;
	u32 asked;

	target_make(&target, editor, false);
	asked = target.count;
	target_free(&target);
	target_make(&target, editor, true);
	if (!target.count)
		editor_say(editor, STYLE_NOTICE, "there is nothing to delete");
	else if (target.count > asked || editor->focus == PANE_NODES)
		dialog_question(editor, "yes no", delete_answered,
				"delete whole blocks, %u lines? y/n", target.count);
	else
		delete_lines(editor, &target);
	target_free(&target);
}

void edit_duplicate(struct editor *editor)
{
	struct target target;
	struct kl_text *copies;
	u32 i, behind;

	target_make(&target, editor, false);
	if (target.count) {
		copies = kl_xalloc(target.count, sizeof(*copies));
		for (i = 0; i < target.count; i++)
			copies[i] = line_at(editor, target.lines[i]);
		behind = target.lines[target.count - 1] + 1;
		document_begin(editor->document, "duplicate", target.lines[0]);
		document_replace(editor->document, behind, 0, copies, target.count);
		document_end(editor->document);
		free(copies);
		editor_refresh(editor, behind);
	}
	target_free(&target);
}

static bool is_comment(struct kl_text line)
{
	return line.length && line.data[0] == '#';
}

/* All become comments, unless all are: then none is any more. */
void edit_comment(struct editor *editor)
{
	struct kl_buffer text = { 0 };
	struct target target;
	struct kl_text line;
	bool all = true;
	u32 i;

	target_make(&target, editor, true);
	for (i = 0; i < target.count; i++)
		all &= is_comment(line_at(editor, target.lines[i]));
	document_begin(editor->document, all ? "uncomment" : "comment out",
		       target.count ? target.lines[0] : 0);
	for (i = 0; i < target.count; i++) {
		line = line_at(editor, target.lines[i]);
		kl_buffer_clear(&text);
		if (!all)
			kl_buffer_puts(&text, "#");
		kl_buffer_add(&text, line.data + all, line.length - all);
		line = kl_buffer_text(&text);
		document_replace(editor->document, target.lines[i], 1, &line, 1);
	}
	document_end(editor->document);
	kl_buffer_free(&text);
	if (target.count)
		editor_refresh(editor, target.lines[0]);
	target_free(&target);
}

/* -------------------------------------------------------------------- order */

/* A line with another number in front. */
static void with_priority(struct kl_text line, u32 priority, struct kl_buffer *out)
{
	struct kl_lexer lexer;
	struct kl_word word;
	u32 at;

	kl_lexer_init(&lexer, line);
	kl_lexer_next(&lexer, &word);
	at = word.column - 1;
	kl_buffer_add(out, line.data, at);
	kl_buffer_printf(out, "%u", priority);
	if (isdigit((u8)word.text.data[0]))
		at += word.text.length;
	else
		kl_buffer_puts(out, " ");
	kl_buffer_add(out, line.data + at, line.length - at);
}

/**
 * struct group - a rule with its comments
 * @first, @rule: its first and its last line
 * @lines: copies of them, the rule with another number
 */
struct group {
	u32 first, rule;
	struct kl_buffer *lines;
};

static u32 group_size(const struct group *group)
{
	return group->rule + 1 - group->first;
}

static void group_make(struct group *group, const struct editor *editor, u32 rule, u32 priority)
{
	struct kl_text text;
	u32 i;

	group->first = comments_above(editor, rule);
	group->rule = rule;
	group->lines = kl_xalloc(group_size(group), sizeof(*group->lines));
	for (i = group->first; i <= rule; i++) {
		text = line_at(editor, i);
		if (i == rule && editor->outline.lines[rule].priority != priority)
			with_priority(text, priority, &group->lines[i - group->first]);
		else
			kl_buffer_add(&group->lines[i - group->first], text.data, text.length);
	}
}

static void group_free(struct group *group)
{
	u32 i;

	for (i = 0; i < group_size(group); i++)
		kl_buffer_free(&group->lines[i]);
	free(group->lines);
}

static void put_group(struct editor *editor, const struct group *place, const struct group *group)
{
	u32 count = group_size(group), i;
	struct kl_text *lines = kl_xalloc(count, sizeof(*lines));

	for (i = 0; i < count; i++)
		lines[i] = kl_buffer_text(&group->lines[i]);
	document_replace(editor->document, place->first, group_size(place), lines, count);
	free(lines);
}

/* They go with their lines. */
static void swap_marks(struct editor *editor, const struct group *upper, const struct group *lower)
{
	u32 count = lower->rule + 1 - upper->first, between = lower->first - upper->rule - 1;
	bool *from = editor->marked + upper->first, *old = kl_xalloc(count, sizeof(*old));

	memcpy(old, from, count * sizeof(*old));
	memcpy(from, old + count - group_size(lower), group_size(lower) * sizeof(*old));
	memcpy(from + group_size(lower), old + group_size(upper), between * sizeof(*old));
	memcpy(from + group_size(lower) + between, old, group_size(upper) * sizeof(*old));
	free(old);
}

/*
 * Two rules change places, each with its comments and the number that stood there. The
 * cursor goes with the rule that was in line @a.
 */
static void swap_lines(struct editor *editor, u32 a, u32 b)
{
	const struct outline_line *lines = editor->outline.lines;
	u32 up = min(a, b), down = max(a, b), at;
	struct group upper, lower;

	group_make(&upper, editor, up, lines[down].priority);
	group_make(&lower, editor, down, lines[up].priority);
	/* The rule that comes to stand below ends where the other one did. */
	at = a == up ? down : upper.first + group_size(&lower) - 1;
	document_begin(editor->document, "move", a);
	put_group(editor, &lower, &upper);
	put_group(editor, &upper, &lower);
	document_end(editor->document);
	swap_marks(editor, &upper, &lower);
	group_free(&upper);
	group_free(&lower);
	editor_refresh(editor, at);
}

/* The next rule of the same block in the order of evaluation; -1: none. */
static s64 neighbour(const struct editor *editor, u32 line, int step)
{
	const struct outline_node *node =
		&editor->outline.nodes[editor->outline.lines[line].node];
	s64 i;

	for (i = 0; i < node->count && node->lines[i] != line; i++)
		;
	for (i += step; i >= 0 && i < node->count; i += step)
		if (is_rule(editor, node->lines[i]))
			return node->lines[i];
	return -1;
}

static void move(struct editor *editor, int step)
{
	s64 line = editor_line(editor), other;

	if (line < 0 || !is_rule(editor, line) ||
	    editor->outline.lines[line].node == NO_NODE) {
		editor_say(editor, STYLE_NOTICE,
			   "only rules (allow, deny, use) can be moved within their block");
		return;
	}
	other = neighbour(editor, line, step);
	if (other < 0)
		editor_say(editor, STYLE_NOTICE, "it is the %s one already",
			   step < 0 ? "first" : "last");
	else
		swap_lines(editor, line, other);
}

void edit_move_up(struct editor *editor)
{
	move(editor, -1);
}

void edit_move_down(struct editor *editor)
{
	move(editor, 1);
}

/* ------------------------------------------------------------- substitution */

/* The pieces of s/PATTERN/TEXT/, whatever the character behind the s. */
static bool split_command(struct kl_text command, struct kl_buffer *pattern,
			  struct kl_buffer *text)
{
	const char *end = command.data + command.length, *middle, *last;

	if (command.length < 4 || command.data[0] != 's')
		return false;
	middle = memchr(command.data + 2, command.data[1], command.length - 2);
	if (!middle || middle == command.data + 2)
		return false;
	last = memchr(middle + 1, command.data[1], end - middle - 1);
	if (!last || last + 1 != end)
		return false;
	kl_buffer_add(pattern, command.data + 2, middle - command.data - 2);
	kl_buffer_add(text, middle + 1, last - middle - 1);
	kl_buffer_add(text, "", 0);
	return true;
}

/* Every match in a line. Return: how many. */
static u32 substitute_line(const regex_t *regex, struct kl_text line, struct kl_text by,
			   struct kl_buffer *out)
{
	regmatch_t match;
	size_t at = 0;
	u32 count = 0;

	while (at <= line.length) {
		match.rm_so = at;
		match.rm_eo = line.length;
		if (regexec(regex, line.data, 1, &match, REG_STARTEND | (at ? REG_NOTBOL : 0)) ||
		    match.rm_eo == match.rm_so)
			break;
		kl_buffer_add(out, line.data + at, match.rm_so - at);
		kl_buffer_add(out, by.data, by.length);
		at = match.rm_eo;
		count++;
	}
	kl_buffer_add(out, line.data + at, line.length - at);
	return count;
}

static void substitute_lines(struct editor *editor, const regex_t *regex, struct kl_text by)
{
	struct kl_buffer out = { 0 };
	struct target target;
	struct kl_text text;
	u32 i, count, all = 0, lines = 0;

	target_make(&target, editor, false);
	document_begin(editor->document, "substitute", target.count ? target.lines[0] : 0);
	for (i = 0; i < target.count; i++) {
		kl_buffer_clear(&out);
		count = substitute_line(regex, line_at(editor, target.lines[i]), by, &out);
		all += count;
		lines += count > 0;
		text = kl_buffer_text(&out);
		if (count)
			document_replace(editor->document, target.lines[i], 1, &text, 1);
	}
	document_end(editor->document);
	kl_buffer_free(&out);
	if (target.count)
		editor_refresh(editor, target.lines[0]);
	target_free(&target);
	editor_say(editor, all ? STYLE_PLAIN : STYLE_NOTICE, "%u substituted in %u lines", all,
		   lines);
}

static bool accept_substitute(struct editor *editor, struct kl_text command)
{
	struct kl_buffer pattern = { 0 }, text = { 0 };
	regex_t regex;
	char reason[80];
	int error;
	bool ok = split_command(command, &pattern, &text);

	if (!ok) {
		editor_say(editor, STYLE_ERROR, "expected s/PATTERN/TEXT/, such as s/uid=0/uid=1000/");
	} else if ((error = regcomp(&regex, pattern.data, REG_EXTENDED))) {
		regerror(error, &regex, reason, sizeof(reason));
		editor_say(editor, STYLE_ERROR, "%s", reason);
		ok = false;
	} else {
		substitute_lines(editor, &regex, kl_buffer_text(&text));
		regfree(&regex);
	}
	kl_buffer_free(&pattern);
	kl_buffer_free(&text);
	return ok;
}

void edit_substitute(struct editor *editor)
{
	dialog_prompt(editor, "substitute in the marked lines, or in this one", kl_text_of("s/"),
		      accept_substitute);
}

/* --------------------------------------------------------------------- undo */

void edit_undo(struct editor *editor)
{
	u32 place;
	const char *what = document_undo(editor->document, &place);

	if (what)
		editor_refresh(editor, place);
	editor_say(editor, what ? STYLE_PLAIN : STYLE_NOTICE, "%s%s",
		   what ? "undone: " : "nothing to undo", what ?: "");
}

void edit_redo(struct editor *editor)
{
	u32 place;
	const char *what = document_redo(editor->document, &place);

	if (what)
		editor_refresh(editor, place);
	editor_say(editor, what ? STYLE_PLAIN : STYLE_NOTICE, "%s%s",
		   what ? "done again: " : "nothing to do again", what ?: "");
}

/* ----------------------------------------------------------- another text */

/* All lines of another document in the place of some. */
static void put_document(struct document *document, const char *what, u32 at, u32 removed,
			 const struct document *other)
{
	u32 count = document_lines(other), i;
	struct kl_text *lines = kl_xalloc(count + 1, sizeof(*lines));

	for (i = 0; i < count; i++)
		lines[i] = document_line(other, i);
	document_begin(document, what, at);
	document_replace(document, at, removed, lines, count);
	document_end(document);
	free(lines);
}

void edit_insert(struct document *document, u32 at, const struct document *other)
{
	put_document(document, "paste", at, 0, other);
}

void edit_replace_all(struct editor *editor, const char *what, struct kl_text text)
{
	struct document *other = document_new(text);

	put_document(editor->document, what, 0, document_lines(editor->document), other);
	document_free(other);
	memset(editor->marked, 0, editor->outline.count);
	editor_refresh(editor, 0);
}
