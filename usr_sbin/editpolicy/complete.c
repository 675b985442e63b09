// SPDX-License-Identifier: GPL-2.0
/* Checking and completing a line of a policy while it is typed. */
#include <dirent.h>
#include <pwd.h>

#include "complete.h"
#include "engine/lex.h"
#include "engine/parse.h"

/* Where a line stands decides what it may be: the parser as it is there. */
static void enter_place(const struct editor *editor, struct kl_parser *parser)
{
	const struct outline *outline = &editor->outline;
	u32 end = min(editor->edited, outline->count), from = end;
	struct kl_statement statement;
	struct kl_error error;

	while (from && outline->lines[from - 1].kind != KL_STATEMENT_ACL &&
	       outline->lines[from - 1].kind != KL_STATEMENT_RULE_GROUP)
		from--;
	for (from = from ? from - 1 : 0; from < end; from++) {
		memset(&statement, 0, sizeof(statement));
		if (!kl_parse_line(parser, document_line(editor->document, from),
				   &statement, &error))
			kl_statement_release(&statement);
	}
}

bool line_is_wrong(struct editor *editor, struct kl_text line, struct kl_error *error)
{
	struct kl_statement statement;
	struct kl_strings strings;
	struct kl_parser parser;
	bool wrong;

	if (kl_strings_init(&strings))
		return false;
	kl_parser_init(&parser, &strings);
	enter_place(editor, &parser);
	wrong = outline_parse(&parser, line, &statement, error) != 0;
	if (!wrong)
		kl_statement_release(&statement);
	kl_strings_destroy(&strings);
	return wrong;
}

/* ------------------------------------------------------------- completion */

/**
 * struct candidates - what the word may become
 * @typed: its beginning
 * @found: how many begin so
 * @common: what they have in common
 * @list: all of them, with spaces between
 */
struct candidates {
	struct kl_text typed;
	u32 found;
	struct kl_buffer common;
	struct kl_buffer list;
};

static void offer(struct candidates *candidates, const char *word)
{
	struct kl_buffer *common = &candidates->common;
	size_t same = 0;

	if (strncmp(word, candidates->typed.data, candidates->typed.length))
		return;
	if (!candidates->found++) {
		kl_buffer_puts(common, word);
	} else {
		while (same < common->length && word[same] == common->data[same])
			same++;
		common->length = same;
		common->data[same] = 0;
	}
	kl_buffer_printf(&candidates->list, " %s", word);
}

static void offer_words(struct candidates *candidates, const char *const *words)
{
	for (; *words; words++)
		offer(candidates, *words);
}

static void offer_operations(struct candidates *candidates)
{
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		offer(candidates, kl_op_table[op].keyword);
}

static void offer_attributes(struct candidates *candidates, enum kl_op op)
{
	char name[KL_SLOT_NAME_MAX], word[KL_SLOT_NAME_MAX + 4];
	u32 slot;

	for (slot = 0; slot < KL_SLOT_COUNT; slot++) {
		if (!kl_slot_exists(op, slot))
			continue;
		kl_slot_name(op, slot, name);
		snprintf(word, sizeof(word),
			 slot == KL_SLOT_ARGV ? "%s[" :
			 slot == KL_SLOT_ENVP ? "%s[\"" :
						"%s=",
			 name);
		offer(candidates, word);
	}
}

static void offer_groups(struct candidates *candidates, const struct editor *editor,
			 struct kl_text before)
{
	const struct outline_node *node;
	struct kl_buffer word = { 0 };
	u32 i;

	for (i = 0; i < editor->outline.node_count; i++) {
		node = &editor->outline.nodes[i];
		if (node->kind < OUTLINE_STRING_GROUP || node->kind > OUTLINE_IP_GROUP)
			continue;
		kl_buffer_clear(&word);
		kl_buffer_printf(&word, "%.*s%.*s", (int)before.length, before.data,
				 (int)node->title.length, node->title.data);
		offer(candidates, word.data);
	}
	kl_buffer_free(&word);
}

/* Names below a folder, as the language writes them. */
static void offer_files(struct candidates *candidates, struct kl_text before,
			const char *folder)
{
	struct kl_buffer word = { 0 };
	struct dirent *entry;
	DIR *directory = opendir(folder);
	const u8 *byte;

	while (directory && (entry = readdir(directory))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		kl_buffer_clear(&word);
		kl_buffer_add(&word, before.data, before.length);
		for (byte = (const u8 *)entry->d_name; *byte; byte++)
			kl_buffer_printf(&word,
					 *byte > 0x20 && *byte < 0x7f && *byte != '\\' ?
						 "%c" :
						 "\\%03o",
					 *byte);
		kl_buffer_puts(&word, entry->d_type == DT_DIR ? "/" : "\"");
		offer(candidates, word.data);
	}
	if (directory)
		closedir(directory);
	kl_buffer_free(&word);
}

/* A path in quotes without wildcards, up to its last slash. */
static void offer_paths(struct candidates *candidates, struct kl_text word, u32 quote)
{
	const char *slash = memrchr(word.data, '/', word.length);
	char folder[4096];
	u32 length;

	if (!slash || memchr(word.data + quote, '\\', word.length - quote))
		return;
	length = slash + 1 - word.data;
	if (length - quote >= sizeof(folder))
		return;
	memcpy(folder, word.data + quote, length - quote);
	folder[length - quote] = 0;
	offer_files(candidates, kl_text_head(word, length), folder);
}

/* Users are numbers in the language; their names may be typed here. */
static void offer_user(struct candidates *candidates, struct kl_text word, u32 from)
{
	char name[64], number[sizeof(name) + 80];
	const struct passwd *user;

	snprintf(name, sizeof(name), "%.*s", (int)(word.length - from), word.data + from);
	user = *name ? getpwnam(name) : NULL;
	if (!user)
		return;
	snprintf(number, sizeof(number), "%.*s%u", (int)min(from, 64u), word.data,
		 user->pw_uid);
	candidates->typed.length = from;
	offer(candidates, number);
}

static void offer_values(struct candidates *candidates, const struct editor *editor,
			 struct kl_text word, u32 value)
{
	char first = value < word.length ? word.data[value] : 0;

	if (first == '@')
		offer_groups(candidates, editor, kl_text_head(word, value + 1));
	else if (first == '"')
		offer_paths(candidates, word, value + 1);
	else if (value > 4 && !memcmp(word.data + value - 4, "uid=", 4))
		offer_user(candidates, word, value);
}

/* The operation of the block that the line is in, or of its own head. */
static int operation_here(const struct editor *editor, struct kl_text line)
{
	struct kl_strings strings;
	struct kl_parser parser;
	struct kl_lexer lexer;
	struct kl_word word;
	int op = -1, i;

	kl_lexer_init(&lexer, line);
	for (i = 0; i < 3 && kl_lexer_next(&lexer, &word); i++)
		if (i == 2)
			op = kl_op_find(word.text);
	if (op >= 0 || kl_strings_init(&strings))
		return op;
	kl_parser_init(&parser, &strings);
	enter_place(editor, &parser);
	if (parser.in_block && !parser.in_group)
		op = parser.op;
	kl_strings_destroy(&strings);
	return op;
}

/* What may stand as the word of that number, from 0, behind the one before it. */
static void offer_for(struct candidates *candidates, const struct editor *editor,
		      struct kl_text line, u32 number, struct kl_text previous)
{
	static const char *const at_first[] = {
		"allow", "deny", "audit", "label", "use", "permissive", "quota", "mode",
		"string_group", "number_group", "ip_group", "rule_group", NULL
	};
	static const char *const behind_number[] = { "acl", "allow", "deny", "use", NULL };
	const char *equal = memchr(candidates->typed.data, '=', candidates->typed.length);
	int op;

	if (equal) {
		offer_values(candidates, editor, candidates->typed,
			     equal - candidates->typed.data + 1);
	} else if (!number) {
		offer_words(candidates, at_first);
	} else if (kl_text_is(previous, "acl")) {
		offer_operations(candidates);
	} else {
		if (number == 1)
			offer_words(candidates, behind_number);
		op = operation_here(editor, line);
		if (op >= 0)
			offer_attributes(candidates, op);
	}
}

void complete(struct editor *editor)
{
	struct prompt *prompt = &editor->dialog.prompt;
	struct candidates candidates = { 0 };
	struct kl_text line = kl_buffer_text(&prompt->text), previous = { "", 0 };
	struct kl_lexer lexer;
	struct kl_word word;
	u32 from, number = 0;

	candidates.typed = prompt_word(prompt, &from);
	kl_lexer_init(&lexer, kl_text_head(line, from));
	for (; kl_lexer_next(&lexer, &word); number++)
		previous = word.text;
	offer_for(&candidates, editor, line, number, previous);
	if (!candidates.found) {
		editor_say(editor, STYLE_NOTICE, "nothing to complete here");
	} else if (candidates.common.length > candidates.typed.length) {
		prompt_erase(prompt, from + candidates.typed.length, prompt->cursor);
		prompt_insert(prompt, kl_text_from(kl_buffer_text(&candidates.common),
						   candidates.typed.length));
	} else {
		editor_say(editor, STYLE_PLAIN, "%s", candidates.list.data + 1);
	}
	kl_buffer_free(&candidates.common);
	kl_buffer_free(&candidates.list);
}
