// SPDX-License-Identifier: GPL-2.0
/* Lines in words. */
#include "engine/lex.h"
#include "words.h"

/* Members of a group that are named; more are counted. */
#define MEMBERS_SHOWN 12

static const struct outline_node *find_group(const struct editor *editor, struct kl_text name)
{
	const struct outline_node *node;
	u32 i;

	for (i = 0; i < editor->outline.node_count; i++) {
		node = &editor->outline.nodes[i];
		if (node->kind > OUTLINE_RULE_GROUP && node->kind < OUTLINE_SETTINGS &&
		    node->title.length == name.length &&
		    !memcmp(node->title.data, name.data, name.length))
			return node;
	}
	return NULL;
}

static void say_members(const struct editor *editor, const struct outline_node *group,
			struct kl_buffer *out)
{
	struct kl_lexer lexer;
	struct kl_word word;
	u32 i, shown = 0, count = 0;

	for (i = 0; i < group->count; i++) {
		if (editor->outline.lines[group->lines[i]].kind != KL_STATEMENT_GROUP)
			continue;
		kl_lexer_init(&lexer, document_line(editor->document, group->lines[i]));
		kl_lexer_next(&lexer, &word);
		kl_lexer_next(&lexer, &word);
		if (count++ >= MEMBERS_SHOWN || !kl_lexer_next(&lexer, &word))
			continue;
		kl_buffer_printf(out, "%s%.*s", shown++ ? ", " : " (", (int)word.text.length,
				 word.text.data);
	}
	if (count > shown)
		kl_buffer_printf(out, "%s%u more", shown ? ", " : " (", count - shown);
	kl_buffer_puts(out, count ? ")" : " (empty: nothing is in it)");
}

static void say_value(const struct editor *editor, struct kl_text value, bool negated,
		      struct kl_buffer *out)
{
	const struct outline_node *group;
	bool pattern = value.data[0] == '"' && memchr(value.data, '\\', value.length);

	if (kl_text_is(value, "NULL")) {
		kl_buffer_puts(out, negated ? "is there" : "is not there");
		return;
	}
	if (value.data[0] != '@') {
		kl_buffer_printf(out, "%s %.*s",
				 pattern ? (negated ? "does not match" : "matches") :
					   (negated ? "is not" : "is"),
				 (int)value.length, value.data);
		return;
	}
	kl_buffer_printf(out, "%s %.*s", negated ? "is none of" : "is one of",
			 (int)value.length, value.data);
	group = find_group(editor, kl_text_from(value, 1));
	if (group)
		say_members(editor, group, out);
	else
		kl_buffer_puts(out, " (no such group: nothing is in it)");
}

/* What looks like a condition, and says what happens. */
static bool is_effect(struct kl_text word)
{
	return kl_text_begins(word, "transition=") || kl_text_begins(word, "label=");
}

static void say_effects(struct kl_text line, struct kl_buffer *out)
{
	struct kl_lexer lexer;
	struct kl_word word;
	struct kl_text value;

	kl_lexer_init(&lexer, line);
	while (kl_lexer_next(&lexer, &word)) {
		if (!is_effect(word.text))
			continue;
		value = kl_text_from(word.text, strcspn(word.text.data, "=") + 1);
		kl_buffer_printf(out, word.text.data[0] == 't' ? " The domain becomes %.*s." :
								 " Records name it %.*s.",
				 (int)value.length, value.data);
	}
}

/* Return: false if the word is no condition. */
static bool say_condition(const struct editor *editor, struct kl_text word,
			  struct kl_buffer *out)
{
	const char *equal = memchr(word.data, '=', word.length);
	u32 left = equal ? equal - word.data : 0;
	bool negated;

	if (!left || left + 1 == word.length || is_effect(word))
		return false;
	negated = equal[-1] == '!';
	kl_buffer_printf(out, "%.*s ", (int)(left - negated), word.data);
	say_value(editor, kl_text_from(word, left + 1), negated, out);
	return true;
}

/* "... if A and B"; nothing if there are no conditions. */
static void say_conditions(const struct editor *editor, struct kl_text line, const char *lead,
			   const char *none, struct kl_buffer *out)
{
	struct kl_lexer lexer;
	struct kl_word word;
	u32 count = 0;

	kl_lexer_init(&lexer, line);
	while (kl_lexer_next(&lexer, &word)) {
		size_t before = out->length;

		kl_buffer_puts(out, count ? " and " : lead);
		if (say_condition(editor, word.text, out)) {
			count++;
		} else {
			out->length = before;
			out->data[before] = 0;
		}
	}
	kl_buffer_puts(out, count ? "." : none);
}

/* The rule group that a use line names, or NULL. */
static const struct outline_node *used_group(const struct editor *editor, struct kl_text line)
{
	const struct outline *outline = &editor->outline;
	struct kl_text name = { "", 0 };
	struct kl_lexer lexer;
	struct kl_word word;
	u32 i;

	kl_lexer_init(&lexer, line);
	for (i = 0; i < 3 && kl_lexer_next(&lexer, &word); i++)
		name = word.text;
	for (i = 0; i < outline->node_count; i++)
		if (outline->nodes[i].kind == OUTLINE_RULE_GROUP &&
		    kl_text_equal(outline->nodes[i].title, name))
			return &outline->nodes[i];
	return NULL;
}

static void say_group_lines(const struct editor *editor, struct kl_text line, struct kl_buffer *out)
{
	const struct outline_node *group = used_group(editor, line);
	struct kl_text text;
	u32 i, shown = 0;

	for (i = 0; group && i < group->count; i++) {
		if (editor->outline.lines[group->lines[i]].kind != KL_STATEMENT_RULE)
			continue;
		text = document_line(editor->document, group->lines[i]);
		text = kl_text_from(text, strspn(text.data, " \t"));
		if (shown++ < MEMBERS_SHOWN)
			kl_buffer_printf(out, "    %.*s\n", (int)text.length, text.data);
	}
	if (shown > MEMBERS_SHOWN)
		kl_buffer_printf(out, "    and %u more\n", shown - MEMBERS_SHOWN);
}

static void say_rule(const struct editor *editor, u32 line, struct kl_buffer *out)
{
	static const char *const verbs[] = {
		[KL_RULE_ALLOW] = "Allows it",
		[KL_RULE_DENY] = "Denies it",
		[KL_RULE_USE] = "Goes through the lines of the rule group",
	};

	kl_buffer_puts(out, verbs[editor->outline.lines[line].rule_kind]);
	say_conditions(editor, document_line(editor->document, line), " if ",
		       editor->outline.lines[line].rule_kind == KL_RULE_USE ? "." :
									      " in every case.",
		       out);
	say_effects(document_line(editor->document, line), out);
	kl_buffer_puts(out, " The first line that matches decides.\n");
	if (editor->outline.lines[line].rule_kind == KL_RULE_USE)
		say_group_lines(editor, document_line(editor->document, line), out);
}

static void say_block(const struct editor *editor, u32 line, struct kl_buffer *out)
{
	const struct outline_node *node =
		&editor->outline.nodes[editor->outline.lines[line].node];

	kl_buffer_printf(out, "Asked about %s", kl_op_table[node->op].keyword);
	say_conditions(editor, document_line(editor->document, line), " where ",
		       ", whatever it is about.", out);
	kl_buffer_printf(out, " %s %s\n",
			 node->permissive ? "What it denies happens all the same." :
			 node->denies	  ? "It denies." :
					    "It denies nothing.",
			 node->audit < 0  ? "It leaves no records." :
			 node->audit	  ? "It leaves records." :
					    "It leaves records if quota audit[0] says so.");
}

void words_of_line(const struct editor *editor, u32 line, struct kl_buffer *out)
{
	const struct outline_line *what = &editor->outline.lines[line];

	if (what->wrong) {
		kl_buffer_printf(out, "Wrong: column %u: %s\n",
				 editor->outline.errors[what->wrong - 1].column,
				 editor->outline.errors[what->wrong - 1].text);
		return;
	}
	switch (what->kind) {
	case KL_STATEMENT_ACL:
		say_block(editor, line, out);
		break;
	case KL_STATEMENT_RULE:
		say_rule(editor, line, out);
		break;
	case KL_STATEMENT_AUDIT:
		kl_buffer_puts(out, "Requests that the block is asked about are recorded, as the quota of "
				    "this audit index allows.\n");
		break;
	case KL_STATEMENT_LABEL:
		kl_buffer_puts(out, "Records name the block so: rule=LABEL.\n");
		break;
	case KL_STATEMENT_PERMISSIVE:
		kl_buffer_puts(out, "What the block denies is recorded, and happens all the same.\n");
		break;
	case KL_STATEMENT_GROUP:
		kl_buffer_puts(out, "A member of a group; conditions ask for it by @NAME.\n");
		break;
	}
}

/*
 * Return: the byte that \ooo stands for; 0: none, or one that stays so: a blank or a
 * newline in a name would look like the end of a word or line.
 */
static u8 octal_byte(struct kl_text text, size_t at)
{
	u8 byte;

	if (at + 3 >= text.length || text.data[at] != '\\' || text.data[at + 1] < '0' ||
	    text.data[at + 1] > '3' || (text.data[at + 2] & ~7) != '0' ||
	    (text.data[at + 3] & ~7) != '0')
		return 0;
	byte = (text.data[at + 1] - '0') << 6 | (text.data[at + 2] - '0') << 3 |
	       (text.data[at + 3] - '0');
	return byte > ' ' && byte != 0x7f ? byte : 0;
}

bool words_decoded(struct kl_text line, struct kl_buffer *out)
{
	bool found = false;
	size_t i;
	char byte;

	for (i = 0; i < line.length; i++) {
		byte = octal_byte(line, i);
		if (byte) {
			i += 3;
			found = true;
		} else {
			byte = line.data[i];
		}
		kl_buffer_add(out, &byte, 1);
		/* A backslash by itself is written as two. */
		if (byte == '\\' && i + 1 < line.length && line.data[i + 1] == '\\')
			kl_buffer_add(out, &line.data[++i], 1);
	}
	return found;
}
