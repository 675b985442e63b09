// SPDX-License-Identifier: GPL-2.0
/* Checking and completing a line of a policy while it is typed. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include "candidates.h"
#include "clock.h"
#include "complete.h"
#include "engine/lex.h"
#include "engine/parse.h"
#include "engine/word.h"

/* Milliseconds for the names of a folder; meanwhile nothing else goes on. */
#define LONG 500u

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

static void offer_words(struct candidates *candidates, const char *const *words)
{
	for (; *words; words++)
		candidates_offer(candidates, *words);
}

static void offer_operations(struct candidates *candidates)
{
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		candidates_offer(candidates, kl_op_table[op].keyword);
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
		candidates_offer(candidates, word);
	}
}

/* Names of groups of these kinds: enum outline_kind. */
static void offer_groups(struct candidates *candidates, const struct editor *editor,
			 struct kl_text before, u8 first, u8 last)
{
	const struct outline_node *node;
	struct kl_buffer name = { 0 };
	u32 i;

	for (i = 0; i < editor->outline.node_count; i++) {
		node = &editor->outline.nodes[i];
		if (node->kind < first || node->kind > last)
			continue;
		kl_buffer_clear(&name);
		kl_buffer_add(&name, node->title.data, node->title.length);
		candidates_offer_value(candidates, before, name.data, NULL);
	}
	kl_buffer_free(&name);
}

/* Not every file system tells it with the name. */
static bool is_folder(int directory, const struct dirent *entry)
{
	struct stat there;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return !fstatat(directory, entry->d_name, &there, AT_SYMLINK_NOFOLLOW) &&
	       S_ISDIR(there.st_mode);
}

static void offer_file(struct candidates *candidates, struct kl_text before,
		       const char *file, bool folder)
{
	struct kl_text name = kl_text_of(file);
	struct kl_buffer word = { 0 };

	kl_buffer_room(&word, 4 * name.length);
	word.length = kl_encode(name, word.data, 4 * name.length);
	kl_buffer_puts(&word, folder ? "/" : "\"");
	candidates_offer_value(candidates, before, word.data, NULL);
	kl_buffer_free(&word);
}

/* Names below a folder, as the language writes them: all of them, or none. */
static void offer_files(struct candidates *candidates, struct kl_text before,
			const char *folder)
{
	DIR *directory = opendir(folder);
	u64 begin = clock_ms();
	struct dirent *entry;

	while (directory && !candidates->too_many && (entry = readdir(directory))) {
		candidates->too_many = clock_ms() - begin > LONG;
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			offer_file(candidates, before, entry->d_name,
				   is_folder(dirfd(directory), entry));
	}
	if (directory)
		closedir(directory);
}

/* A path in quotes without wildcards, up to its last slash. */
static void offer_paths(struct candidates *candidates, struct kl_text word, u32 quote)
{
	const char *slash = memrchr(word.data, '/', word.length);
	char folder[4096];
	ssize_t length;
	u32 end;

	if (!slash)
		return;
	end = slash + 1 - word.data;
	if (end - quote >= sizeof(folder))
		return;
	length = kl_decode((struct kl_text){ word.data + quote, end - quote }, folder);
	if (length < 0)
		return;
	folder[length] = 0;
	offer_files(candidates, kl_text_head(word, end), folder);
}

/*
 * Users and groups are numbers in the language; their names may be typed here. Only
 * those in the files are known: to ask others for them may take long.
 */
static void offer_accounts(struct candidates *candidates, struct kl_text before, bool users)
{
	FILE *file = fopen(users ? "/etc/passwd" : "/etc/group", "re");
	const struct passwd *user = NULL;
	const struct group *group = NULL;
	char number[16];

	while (file && (users ? (user = fgetpwent(file)) != NULL :
				(group = fgetgrent(file)) != NULL)) {
		snprintf(number, sizeof(number), "%u", users ? user->pw_uid : group->gr_gid);
		candidates_offer_value(candidates, before, users ? user->pw_name : group->gr_name,
				       number);
	}
	if (file)
		fclose(file);
}

static void offer_keywords(struct candidates *candidates, struct kl_text before, enum kl_type type)
{
	const char *word;
	u32 bit;

	for (bit = 0; bit < 16; bit++) {
		word = kl_keyword_name(type, type == KL_FILETYPE ? bit << 12 : 1u << bit);
		if (word)
			candidates_offer_value(candidates, before, word, NULL);
	}
}

static bool ends_in(struct kl_text text, const char *end)
{
	size_t length = strlen(end);

	return length <= text.length &&
	       !memcmp(text.data + text.length - length, end, length);
}

static void offer_numbers(struct candidates *candidates, struct kl_text before,
			  struct kl_text name, int slot)
{
	u64 number;

	if (ends_in(name, "uid") || ends_in(name, "gid"))
		offer_accounts(candidates, before, ends_in(name, "uid"));
	for (number = 0; slot >= 0 && number < KL_NAMED_MAX; number++)
		if (kl_number_name(slot, number))
			candidates_offer_value(candidates, before, kl_number_name(slot, number),
					       NULL);
}

static void offer_groups_of(struct candidates *candidates, const struct editor *editor,
			    struct kl_text before, enum kl_type type)
{
	u8 kind = type == KL_STRING ? OUTLINE_STRING_GROUP :
		  type == KL_IPADDR ? OUTLINE_IP_GROUP :
				      OUTLINE_NUMBER_GROUP;

	offer_groups(candidates, editor, before, kind, kind);
}

/* Behind the = of an attribute. */
static void offer_values(struct candidates *candidates, const struct editor *editor, int op,
			 u32 value)
{
	struct kl_text word = candidates->typed, name = kl_text_head(word, value - 1);
	char first = value < word.length ? word.data[value] : 0;
	struct kl_text before = kl_text_head(word, value + (first == '@'));
	enum kl_type type;
	int slot;

	if (ends_in(name, "!"))
		name.length--;
	slot = op < 0 ? -ENOENT : kl_slot_find(op, name);
	type = slot < 0 ? KL_NUMBER : kl_slot_type(slot);
	if (first == '"')
		offer_paths(candidates, word, value + 1);
	else if (first == '@' && slot < 0)
		offer_groups(candidates, editor, before, OUTLINE_STRING_GROUP, OUTLINE_IP_GROUP);
	else if (first == '@')
		offer_groups_of(candidates, editor, before, type);
	else if (type == KL_NUMBER)
		offer_numbers(candidates, before, name, slot);
	else
		offer_keywords(candidates, before, type);
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

/* The kind of groups that a line with this word names next; 0: none. */
static u8 groups_behind(struct kl_text word)
{
	static const struct {
		const char *word;
		u8 kind;
	} words[] = {
		{ "use", OUTLINE_RULE_GROUP },		{ "rule_group", OUTLINE_RULE_GROUP },
		{ "string_group", OUTLINE_STRING_GROUP }, { "number_group", OUTLINE_NUMBER_GROUP },
		{ "ip_group", OUTLINE_IP_GROUP },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++)
		if (kl_text_is(word, words[i].word))
			return words[i].kind;
	return 0;
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
	u8 kind = groups_behind(previous);
	int op = operation_here(editor, line);

	if (equal) {
		offer_values(candidates, editor, op, equal - candidates->typed.data + 1);
	} else if (!number) {
		offer_words(candidates, at_first);
	} else if (kl_text_is(previous, "acl")) {
		offer_operations(candidates);
	} else if (kind) {
		offer_groups(candidates, editor, (struct kl_text){ "", 0 }, kind, kind);
	} else {
		if (number == 1)
			offer_words(candidates, behind_number);
		if (op >= 0)
			offer_attributes(candidates, op);
	}
}

/* A word that is whole is followed by a blank, if it ends the line. */
static void put_word(struct prompt *prompt, u32 from, const struct candidates *candidates)
{
	const struct kl_buffer *meant = &candidates->meant;
	struct kl_text word = kl_buffer_text(candidates_settled(candidates) && meant->length ?
						     meant :
						     &candidates->common);

	prompt_erase(prompt, from, prompt->cursor);
	prompt_insert(prompt, word);
	if (candidates->found == 1 && prompt->cursor == prompt->text.length &&
	    !strchr("=/[", word.data[word.length - 1]) && !ends_in(word, "[\""))
		prompt_insert(prompt, kl_text_of(" "));
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
	if (candidates.too_many)
		editor_say(editor, STYLE_NOTICE,
			   "this folder has too many names, or is too slow, to complete them");
	else if (!candidates.found)
		editor_say(editor, STYLE_NOTICE, "nothing to complete here");
	else if (candidates_settled(&candidates) ||
		 candidates.common.length > candidates.typed.length)
		put_word(prompt, from, &candidates);
	else
		kl_buffer_add(&editor->dialog.candidates, candidates.list.data,
			      candidates.list.length - 1);
	candidates_free(&candidates);
}
