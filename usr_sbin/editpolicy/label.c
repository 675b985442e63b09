// SPDX-License-Identifier: GPL-2.0
/* Labels of rules and blocks. */
#include "dialog.h"
#include "engine/lex.h"
#include "label.h"
#include "target.h"

#define OWN "label="

/** enum change - what becomes of a line */
enum change {
	KEEP,
	OF_RULE, /* another label= at its end */
	OF_HEAD, /* a label line comes behind it */
	OF_LINE, /* another label line in its place */
	GOES,	 /* a label line that another one stands for */
};

/**
 * struct named - rules and blocks that get a label
 * @changes: by line: enum change
 * @blocks: by node: is it one of them?
 * @rules, @count: how many rules, and rules and blocks
 * @label: of the first one
 */
struct named {
	u8 *changes;
	bool *blocks;
	u32 rules;
	u32 count;
	struct kl_text label;
};

/**
 * struct own_label - the label= of a rule
 * @text: length 0: there is none
 * @begin, @end: bytes of the line that it takes, with the blanks before it; without
 *	one both are where it would be
 */
struct own_label {
	struct kl_text text;
	u32 begin, end;
};

static struct own_label own_label(struct kl_text line)
{
	struct own_label own = { { "", 0 }, 0, 0 };
	struct kl_lexer lexer;
	struct kl_word word;

	kl_lexer_init(&lexer, line);
	while (kl_lexer_next(&lexer, &word)) {
		own.begin = own.end;
		own.end = lexer.position;
		if (kl_text_begins(word.text, OWN)) {
			own.text = kl_text_from(word.text, strlen(OWN));
			return own;
		}
	}
	own.begin = own.end;
	return own;
}

static void name_rule(struct named *named, const struct editor *editor, u32 line)
{
	if (!named->count++)
		named->label = own_label(document_line(editor->document, line)).text;
	named->rules++;
	named->changes[line] = OF_RULE;
}

/* Its last label line counts, as for the engine; without one it comes behind the first head. */
static void name_block(struct named *named, const struct editor *editor, u32 number)
{
	const struct outline_node *node = &editor->outline.nodes[number];
	s64 head = -1, label = -1;
	u32 i, kind;

	if (named->blocks[number])
		return;
	named->blocks[number] = true;
	for (i = 0; i < node->count; i++) {
		kind = editor->outline.lines[node->lines[i]].kind;
		if (kind == KL_STATEMENT_ACL && head < 0)
			head = node->lines[i];
		if (kind != KL_STATEMENT_LABEL)
			continue;
		if (label >= 0)
			named->changes[label] = GOES;
		label = node->lines[i];
	}
	named->changes[label < 0 ? head : label] = label < 0 ? OF_HEAD : OF_LINE;
	if (!named->count++)
		named->label = node->label;
}

/* In the left pane a block is meant, not its rules. */
static void name_line(struct named *named, const struct editor *editor, u32 line, bool blocks)
{
	const struct outline_line *what = &editor->outline.lines[line];

	if (what->wrong)
		return;
	if (what->kind == KL_STATEMENT_RULE && !blocks) {
		if (what->rule_kind != KL_RULE_USE)
			name_rule(named, editor, line);
	} else if (what->node != NO_NODE &&
		   editor->outline.nodes[what->node].kind == OUTLINE_BLOCK) {
		name_block(named, editor, what->node);
	}
}

static void named_make(struct named *named, const struct editor *editor)
{
	bool blocks = editor->focus == PANE_NODES && !editor->by_subject;
	struct target target;
	u32 i, marked;

	free(editor_marked(editor, &marked));
	memset(named, 0, sizeof(*named));
	named->changes = kl_xalloc(editor->outline.count + 1, sizeof(*named->changes));
	named->blocks = kl_xalloc(editor->outline.node_count + 1, sizeof(*named->blocks));
	target_make(&target, editor, false);
	for (i = 0; i < target.count; i++)
		name_line(named, editor, target.lines[i], blocks && !marked);
	target_free(&target);
}

static void named_free(struct named *named)
{
	free(named->changes);
	free(named->blocks);
}

/* -------------------------------------------------------------------- change */

static void with_own(struct kl_text line, struct kl_text label, struct kl_buffer *out)
{
	struct own_label own = own_label(line);

	kl_buffer_add(out, line.data, own.begin);
	if (label.length)
		kl_buffer_printf(out, " " OWN "%.*s", (int)label.length, label.data);
	kl_buffer_add(out, line.data + own.end, line.length - own.end);
}

/* What is behind the two words of a label line. */
static struct kl_text comment_of(struct kl_text line)
{
	struct kl_lexer lexer;
	struct kl_word word;

	kl_lexer_init(&lexer, line);
	kl_lexer_next(&lexer, &word);
	kl_lexer_next(&lexer, &word);
	return kl_text_from(line, lexer.position);
}

static size_t blanks_before(struct kl_text text)
{
	size_t count = 0;

	while (count < text.length && (text.data[count] == ' ' || text.data[count] == '\t'))
		count++;
	return count;
}

/* Indented further than the head. */
static void put_label_line(struct kl_text head, struct kl_text label, struct kl_buffer *out)
{
	kl_buffer_add(out, head.data, blanks_before(head));
	kl_buffer_printf(out, "    label %.*s", (int)label.length, label.data);
}

/* Its comment stays, by itself if need be; without one there is nothing left. */
static void with_label(struct kl_text line, struct kl_text label, struct kl_buffer *out)
{
	struct kl_text comment = comment_of(line);
	size_t blanks = blanks_before(comment);

	if (!label.length && blanks == comment.length)
		return;
	kl_buffer_add(out, line.data, blanks_before(line));
	if (label.length)
		kl_buffer_printf(out, "label %.*s", (int)label.length, label.data);
	else
		comment = kl_text_from(comment, blanks);
	kl_buffer_add(out, comment.data, comment.length);
}

static void change_line(struct document *document, u32 line, enum change change,
			struct kl_text label)
{
	struct kl_text before = document_line(document, line), none = { "", 0 }, text;
	bool head = change == OF_HEAD;
	struct kl_buffer out = { 0 };

	if (change == KEEP || (head && !label.length))
		return;
	if (change == OF_RULE)
		with_own(before, label, &out);
	else if (head)
		put_label_line(before, label, &out);
	else
		with_label(before, change == GOES ? none : label, &out);
	text = kl_buffer_text(&out);
	if (head || !kl_text_equal(text, before))
		document_replace(document, line + head, !head, &text, text.length > 0);
	kl_buffer_free(&out);
}

static void put_labels(struct editor *editor, const struct named *named, struct kl_text label)
{
	struct document *document = editor->document;
	u32 place = max_t(s64, editor_line(editor), 0), here = place, count, line;

	document_begin(document, label.length ? "label" : "take the label away", place);
	for (line = editor->outline.count; line--;) {
		count = document_lines(document);
		change_line(document, line, named->changes[line], label);
		if (line < place)
			here += document_lines(document) - count;
	}
	document_end(document);
	editor_refresh(editor, here);
}

/* -------------------------------------------------------------------- prompt */

/* Return: the first word of what was typed; a comment is none. */
static struct kl_text typed_label(struct kl_text typed)
{
	struct kl_lexer lexer;
	struct kl_word word;

	kl_lexer_init(&lexer, typed);
	kl_lexer_next(&lexer, &word);
	return word.text;
}

/* What the engine says of a rule that has it. */
static bool is_wrong(struct editor *editor, struct kl_text typed, struct kl_error *error)
{
	static const char head[] = "100 acl execute", begin[] = "    allow " OWN;
	struct kl_buffer text = { 0 };
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	bool wrong = false;

	(void)editor;
	if (!typed_label(typed).length || kl_strings_init(&strings))
		return false;
	kl_parser_init(&parser, &strings);
	if (!outline_parse(&parser, kl_text_of(head), &statement, error)) {
		kl_statement_release(&statement);
		kl_buffer_printf(&text, "%s%.*s", begin, (int)typed.length, typed.data);
		wrong = outline_parse(&parser, kl_buffer_text(&text), &statement, error) != 0;
		error->column -= min_t(u32, error->column - 1, strlen(begin));
		if (!wrong)
			kl_statement_release(&statement);
	}
	kl_buffer_free(&text);
	kl_strings_destroy(&strings);
	return wrong;
}

static bool accept_label(struct editor *editor, struct kl_text typed)
{
	struct kl_error error;
	struct named named;

	if (is_wrong(editor, typed, &error)) {
		editor_say(editor, STYLE_ERROR, "this cannot be a label, see below");
		return false;
	}
	named_make(&named, editor);
	put_labels(editor, &named, typed_label(typed));
	named_free(&named);
	return true;
}

static void ask(struct editor *editor, const struct named *named)
{
	u32 blocks = named->count - named->rules;
	char title[80];

	if (named->count == 1)
		snprintf(title, sizeof(title), "label of the %s", blocks ? "block" : "rule");
	else
		snprintf(title, sizeof(title), "label of %u rules and %u blocks", named->rules,
			 blocks);
	dialog_prompt(editor, title, named->label, accept_label);
	editor->dialog.wrong = is_wrong;
	editor->dialog.hint = "records name it so; an empty one takes it away";
}

void label_edit(struct editor *editor)
{
	struct named named;

	named_make(&named, editor);
	if (named.count)
		ask(editor, &named);
	else
		editor_say(editor, STYLE_NOTICE,
			   "only blocks, and rules that allow or deny, have labels");
	named_free(&named);
}
