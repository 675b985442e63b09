// SPDX-License-Identifier: GPL-2.0
/* Lines in words. */
#include "engine/lex.h"
#include "engine/word.h"
#include "earlier.h"
#include "lenient.h"
#include "phrase.h"
#include "words.h"

/* Members of a group, lines of a rule group, and lines before one that are named. */
#define MEMBERS_SHOWN 6
#define LINES_SHOWN 12
/* The same where all is told. */
#define ALL_SHOWN 1000
#define NUMBERS_SHOWN 3

/**
 * struct told - a line that is being told
 * @editor: with the document
 * @line: of the document
 * @whole: as much as there is
 * @node: block or group that it belongs to
 * @strings: of @head and @statement
 * @head: of a rule: the head of its block; else empty
 * @statement: the line
 * @settings: quotas and mode of the document
 * @out: receives the words
 */
struct told {
	const struct editor *editor;
	u32 line;
	bool whole;
	const struct outline_node *node;
	struct kl_strings strings;
	struct kl_statement head, statement;
	struct kl_policy_file settings;
	struct kl_buffer *out;
};

static const struct outline_line *line_of(const struct told *told, u32 line)
{
	return &told->editor->outline.lines[line];
}

static bool is_rule(const struct told *told, u32 line)
{
	return line_of(told, line)->kind == KL_STATEMENT_RULE &&
	       !line_of(told, line)->wrong;
}

/* --------------------------------------------------------------------- groups */

static const struct outline_node *find_group(const struct editor *editor, u8 kind,
					     struct kl_text name)
{
	const struct outline_node *node;
	u32 i;

	for (i = 0; i < editor->outline.node_count; i++) {
		node = &editor->outline.nodes[i];
		if (node->kind == kind && kl_text_equal(node->title, name))
			return node;
	}
	return NULL;
}

static void put_member(enum kl_group_kind kind, struct kl_text word, bool path,
		       struct kl_buffer *out)
{
	if (kind == KL_STRING_GROUP)
		kl_phrase_member(word, path, out);
	else
		kl_buffer_add(out, word.data, word.length);
}

static struct kl_text member_of(const struct told *told, u32 line)
{
	struct kl_lexer lexer;
	struct kl_word word;
	u32 i;

	kl_lexer_init(&lexer, document_line(told->editor->document, line));
	for (i = 0; i < 3; i++)
		kl_lexer_next(&lexer, &word);
	return word.text;
}

static bool is_member(const struct told *told, u32 line)
{
	return line_of(told, line)->kind == KL_STATEMENT_GROUP &&
	       !line_of(told, line)->wrong;
}

static void put_members(const struct told *told, const struct outline_node *group,
			enum kl_group_kind kind, bool path, struct kl_buffer *out)
{
	u32 most = told->whole ? ALL_SHOWN : MEMBERS_SHOWN, i, count = 0;

	for (i = 0; i < group->count; i++) {
		if (!is_member(told, group->lines[i]) || count++ >= most)
			continue;
		kl_buffer_puts(out, count > 1 ? ", " : " (");
		put_member(kind, member_of(told, group->lines[i]), path, out);
	}
	if (count > most)
		kl_buffer_printf(out, ", %u more", count - most);
	kl_buffer_puts(out, count ? ")" : " (empty: nothing is in it)");
}

static void say_group(void *context, enum kl_group_kind kind, struct kl_text name,
		      bool path, struct kl_buffer *out)
{
	static const u8 nodes[KL_GROUP_KINDS] = {
		[KL_STRING_GROUP] = OUTLINE_STRING_GROUP,
		[KL_NUMBER_GROUP] = OUTLINE_NUMBER_GROUP,
		[KL_IP_GROUP] = OUTLINE_IP_GROUP,
	};
	const struct told *told = context;
	const struct outline_node *group = find_group(told->editor, nodes[kind], name);

	if (group)
		put_members(told, group, kind, path, out);
	else
		kl_buffer_puts(out, " (no such group: nothing is in it)");
}

/* ----------------------------------------------------------------- conditions */

/* Of the line, and of the head of its block. */
static void with_phrase(struct told *told,
			void (*tell)(struct told *told, const struct kl_phrase *phrase))
{
	u32 head = told->head.count, i;
	const struct kl_condition **conditions =
		kl_xalloc(head + told->statement.count + 1, sizeof(*conditions));
	struct kl_phrase phrase = {
		.op = told->statement.op,
		.any_op = told->node->kind == OUTLINE_RULE_GROUP,
		.conditions = conditions,
		.count = head + told->statement.count,
		.group = say_group,
		.context = told,
	};

	for (i = 0; i < phrase.count; i++)
		conditions[i] = i < head ? &told->head.conditions[i] :
					   &told->statement.conditions[i - head];
	tell(told, &phrase);
	free(conditions);
}

static void tell_deed(struct told *told, const struct kl_phrase *phrase)
{
	kl_phrase_put(phrase, told->out);
}

/* What is quoted of patterns behind @start. */
static void say_wildcards(struct told *told, size_t start)
{
	struct kl_text said = kl_text_from(kl_buffer_text(told->out), start);
	struct kl_buffer words = { 0 };

	if (kl_phrase_wildcards(said, &words))
		kl_buffer_printf(told->out, "In patterns %s.\n", words.data);
	kl_buffer_free(&words);
}

/* ------------------------------------------------------------------- settings */

/* Quotas and mode, as the engine reads them. */
static void read_settings(struct told *told)
{
	const struct outline *outline = &told->editor->outline;
	struct kl_buffer text = { 0 };
	struct kl_error error;
	struct kl_text line;
	u32 i, k;

	for (i = 0; i < outline->node_count; i++)
		for (k = 0; outline->nodes[i].kind == OUTLINE_SETTINGS &&
			    k < outline->nodes[i].count;
		     k++) {
			line = document_line(told->editor->document,
					     outline->nodes[i].lines[k]);
			kl_buffer_printf(&text, "%.*s\n", (int)line.length, line.data);
		}
	lenient_apply(kl_buffer_text(&text), "settings", &told->settings, &error);
	kl_buffer_free(&text);
}

static const struct kl_quota *quota_of(const struct told *told)
{
	static const struct kl_quota none;

	return told->settings.ready ? &told->settings.policy.quota : &none;
}

static bool is_limited(const struct told *told, u8 audit, enum kl_result result)
{
	const struct kl_quota *quota = quota_of(told);

	return kl_quota_limit(quota, audit, result) != KL_UNLIMITED ||
	       quota->audit[audit].rate;
}

static u8 audit_of(const struct told *told)
{
	return max(told->node->audit, 0);
}

static void say_record(struct told *told, enum kl_result result)
{
	u8 audit = audit_of(told);

	if (!kl_quota_limit(quota_of(told), audit, result))
		kl_buffer_printf(told->out, " It leaves no record (audit %u).", audit);
	else
		kl_buffer_printf(told->out, " It is recorded%s (audit %u).",
				 is_limited(told, audit, result) ? ", within the quota" :
								   "",
				 audit);
}

static void say_records(struct told *told, u8 audit)
{
	static const struct {
		enum kl_result result;
		const char *what;
	} results[] = {
		{ KL_ALLOWED, "allows" },
		{ KL_DENIED, "denies" },
		{ KL_UNMATCHED, "leaves open" },
	};
	u32 i, count = 0, recorded = 0;
	bool limited = false;

	for (i = 0; i < ARRAY_SIZE(results); i++)
		recorded += kl_quota_limit(quota_of(told), audit, results[i].result) > 0;
	kl_buffer_puts(told->out,
		       recorded ? "Recorded is what the block " : "Nothing is recorded");
	for (i = 0; i < ARRAY_SIZE(results); i++) {
		if (!kl_quota_limit(quota_of(told), audit, results[i].result))
			continue;
		limited |= is_limited(told, audit, results[i].result);
		kl_buffer_printf(told->out, "%s%s",
				 !count		       ? "" :
				 count + 1 == recorded ? " or " :
							 ", ",
				 results[i].what);
		count++;
	}
	kl_buffer_printf(told->out, "%s (audit %u).", limited ? ", within the quota" : "",
			 audit);
}

/* --------------------------------------------------------------------- blocks */

/* Why denials of the block are not enforced; NULL: they are. */
static const char *why_permissive(const struct told *told)
{
	if (told->node->kind != OUTLINE_BLOCK)
		return NULL;
	if (told->node->permissive)
		return "the block is permissive";
	return told->settings.ready && told->settings.policy.permissive &&
			       kl_op_is_switchable(told->node->op) ?
		       "mode is permissive" :
		       NULL;
}

/* The head of the next block of the same operation, from 1; 0: there is none. */
static u32 next_block(const struct told *told)
{
	const struct outline *outline = &told->editor->outline;
	const struct outline_node *next = told->node + 1;

	if (next == outline->nodes + outline->node_count || next->kind != OUTLINE_BLOCK ||
	    next->op != told->node->op)
		return 0;
	return outline_head(&told->editor->outline, next) + 1;
}

/* Only what is allowed takes place: a denial that is not enforced changes little. */
static bool needs_leave(const struct told *told)
{
	return told->node->kind == OUTLINE_BLOCK &&
	       (told->node->op == KL_OP_MANUAL_DOMAIN_TRANSITION ||
		told->node->op == KL_OP_AUTO_DOMAIN_TRANSITION);
}

static void say_permissive(struct told *told, const char *why)
{
	kl_buffer_printf(told->out,
			 needs_leave(told) ? " Blocks behind it may still allow it: %s." :
					     " It happens all the same: %s.",
			 why);
}

static u32 count_rules(const struct told *told)
{
	u32 i, count = 0;

	for (i = 0; i < told->node->count; i++)
		count += is_rule(told, told->node->lines[i]);
	return count;
}

static void say_block(struct told *told)
{
	const char *why = why_permissive(told);
	size_t start = told->out->length;
	u32 rules = count_rules(told);

	kl_buffer_puts(told->out, "Decides about ");
	with_phrase(told, tell_deed);
	if (rules > 1)
		kl_buffer_printf(told->out,
				 ". Of its %u lines the first that matches decides.",
				 rules);
	else
		kl_buffer_puts(told->out,
			       rules ? ". It has one line." :
				       ". It has no lines, and denies nothing.");
	if (why && told->node->denies && needs_leave(told))
		kl_buffer_printf(told->out,
				 " What it denies, blocks behind it may allow: %s.", why);
	else if (why && told->node->denies)
		kl_buffer_printf(told->out, " What it denies happens all the same: %s.",
				 why);
	kl_buffer_puts(told->out, "\n");
	if (needs_leave(told))
		kl_buffer_puts(
			told->out,
			"It takes place only if the last block that matches allows "
			"it. ");
	else if (rules)
		kl_buffer_printf(told->out, "What no line matches, it does not deny%s. ",
				 next_block(told) ? "; the next block is asked" : "");
	say_records(told, audit_of(told));
	kl_buffer_puts(told->out, "\n");
	say_wildcards(told, start);
}

/* ---------------------------------------------------------------------- rules */

/* "unless line 7 decides first": those that can, in the order of evaluation. */
static void say_before(struct told *told)
{
	const u32 *lines;
	u32 count = earlier_lines(told->editor, told->line, &lines), i;

	if (!count)
		return;
	kl_buffer_puts(told->out, ", unless ");
	if (count > NUMBERS_SHOWN) {
		kl_buffer_printf(told->out, "one of %u lines before it", count);
	} else {
		kl_buffer_puts(told->out, "line ");
		for (i = 0; i < count; i++)
			kl_buffer_printf(told->out, "%s%u",
					 !i		? "" :
					 i + 1 == count ? " or " :
							  ", ",
					 lines[i] + 1);
	}
	kl_buffer_puts(told->out, " decides first");
}

static void say_transition(struct told *told)
{
	const struct kl_condition *condition = NULL;
	u32 i;

	for (i = 0; i < told->statement.count && !condition; i++)
		if (told->statement.conditions[i].left == KL_SLOT_TRANSITION)
			condition = &told->statement.conditions[i];
	if (!condition)
		return;
	if (condition->right == KL_RIGHT_NULL) {
		kl_buffer_puts(told->out, " The process stays in its domain.");
		return;
	}
	kl_buffer_puts(told->out,
		       told->node->op == KL_OP_EXECUTE ?
			       " If that is permitted, the process enters the domain " :
			       " If the last block that matches allows it as well, the "
			       "process enters the domain ");
	kl_phrase_name((struct kl_text){ condition->string->text,
					 condition->string->length },
		       told->out);
	kl_buffer_puts(told->out, ", unless a block before led elsewhere.");
}

static void say_label(struct told *told)
{
	const struct kl_string *label = told->statement.name;

	if (label && told->statement.rule_kind != KL_RULE_USE)
		kl_buffer_printf(told->out, " Records name it %.*s.", (int)label->length,
				 label->text);
}

static void say_lines(struct told *told, const struct outline_node *group)
{
	struct kl_text text;
	u32 most = told->whole ? ALL_SHOWN : LINES_SHOWN, i, shown = 0;

	for (i = 0; group && i < group->count; i++) {
		if (!is_rule(told, group->lines[i]))
			continue;
		text = document_line(told->editor->document, group->lines[i]);
		text = kl_text_from(text, strspn(text.data, " \t"));
		if (shown++ < most)
			kl_buffer_printf(told->out, "    %.*s\n", (int)text.length,
					 text.data);
	}
	if (shown > most)
		kl_buffer_printf(told->out, "    and %u more\n", shown - most);
}

static void say_use(struct told *told)
{
	const struct kl_string *name = told->statement.name;
	struct kl_text text = { name->text, name->length };

	kl_buffer_printf(told->out, "Asks the lines of the rule group %s about ",
			 name->text);
	with_phrase(told, tell_deed);
	say_before(told);
	kl_buffer_puts(told->out, ". The first that matches decides:\n");
	say_lines(told, find_group(told->editor, OUTLINE_RULE_GROUP, text));
}

static const char *verb(const struct told *told, const char *why)
{
	if (told->statement.rule_kind == KL_RULE_DENY)
		return why && !needs_leave(told) ? "Would deny " : "Denies ";
	if (told->node->kind == OUTLINE_BLOCK &&
	    kl_op_table[told->node->op].flags & KL_OP_LOG_ONLY)
		return "Counts as allowed: ";
	return "Allows ";
}

static void say_result(struct told *told)
{
	bool denies = told->statement.rule_kind == KL_RULE_DENY;

	if (!denies && told->node->op == KL_OP_MANUAL_DOMAIN_TRANSITION)
		kl_buffer_puts(told->out,
			       " It takes place only if the last block that matches "
			       "allows it.");
	if (denies && told->node->op == KL_OP_AUTO_DOMAIN_TRANSITION)
		kl_buffer_puts(told->out, " The other operation is not denied by this.");
	if (!denies && next_block(told))
		kl_buffer_printf(told->out,
				 " The next block, line %u, is asked all the same.",
				 next_block(told));
	say_record(told, denies ? KL_DENIED : KL_ALLOWED);
}

static void say_rule(struct told *told)
{
	size_t begin = told->out->length, start;
	const char *why = why_permissive(told);

	kl_buffer_puts(told->out, verb(told, why));
	with_phrase(told, tell_deed);
	say_before(told);
	kl_buffer_puts(told->out, ".");
	if (why && told->statement.rule_kind == KL_RULE_DENY)
		say_permissive(told, why);
	kl_buffer_puts(told->out, "\n");
	start = told->out->length;
	say_transition(told);
	if (told->node->kind == OUTLINE_BLOCK)
		say_result(told);
	say_label(told);
	if (told->out->length > start) {
		/* They all begin with a blank. */
		memmove(told->out->data + start, told->out->data + start + 1,
			told->out->length - start);
		told->out->data[told->out->length - 1] = '\n';
	}
	say_wildcards(told, begin);
}

/* --------------------------------------------------------------- other lines */

static void say_audit(struct told *told)
{
	say_records(told, told->statement.index);
	if (told->statement.wait)
		kl_buffer_printf(told->out,
				 " The process waits until the log has it, for %u ms "
				 "at most.",
				 told->statement.wait);
	kl_buffer_puts(told->out, "\n");
}

static void say_not_enforced(struct told *told)
{
	kl_buffer_puts(
		told->out,
		needs_leave(told) ?
			"What the block denies, blocks behind it may allow." :
			"What the block denies happens all the same, and is counted.");
	say_record(told, KL_DENIED);
	kl_buffer_puts(told->out, "\n");
}

static void say_member(struct told *told)
{
	const struct kl_string *name = told->statement.name;
	u32 i, count = 0, start = told->out->length;

	for (i = 0; i < told->node->count; i++)
		count += is_member(told, told->node->lines[i]);
	if (count > 1)
		kl_buffer_printf(told->out, "One of %u members", count);
	else
		kl_buffer_puts(told->out, "The only member");
	kl_buffer_printf(told->out,
			 " of the group that conditions call @%s: ", name->text);
	put_member(told->statement.group_kind, member_of(told, told->line), true,
		   told->out);
	kl_buffer_puts(told->out, ".\n");
	say_wildcards(told, start);
}

static void say_rule_group(struct told *told)
{
	const struct outline *outline = &told->editor->outline;
	struct kl_text title = told->node->title;
	struct kl_lexer lexer;
	struct kl_word word;
	u32 rules = count_rules(told), i, count = 0;

	kl_buffer_printf(told->out,
			 "%u line%s that %s asked wherever a block says \"use %.*s\"",
			 rules, rules == 1 ? "" : "s", rules == 1 ? "is" : "are",
			 (int)title.length, title.data);
	for (i = 0; i < outline->count; i++) {
		if (!is_rule(told, i) || outline->lines[i].rule_kind != KL_RULE_USE)
			continue;
		kl_lexer_init(&lexer, document_line(told->editor->document, i));
		kl_lexer_next(&lexer, &word);
		while (!kl_text_is(word.text, "use"))
			kl_lexer_next(&lexer, &word);
		kl_lexer_next(&lexer, &word);
		if (!kl_text_equal(word.text, title) || count++ >= NUMBERS_SHOWN)
			continue;
		kl_buffer_printf(told->out, "%s%u", count == 1 ? ": line " : ", ", i + 1);
	}
	if (count > NUMBERS_SHOWN)
		kl_buffer_printf(told->out, " and %u more", count - NUMBERS_SHOWN);
	kl_buffer_puts(told->out, count ? ".\n" : ": nowhere, so far.\n");
}

static void say_mode(struct told *told)
{
	kl_buffer_puts(
		told->out,
		told->statement.permissive ?
			"What any block denies happens all the same, and counts as denied; but "
			"changing the policy and entering domains are really denied.\n" :
			"Denials are enforced, but those of permissive blocks. So it is "
			"without this line, too.\n");
}

static void say_memory(struct told *told)
{
	static const char *const what[KL_MEMORY_KINDS] = {
		[KL_MEMORY_POLICY] =
			"The policy may take %llu bytes of memory; a bigger one is "
			"refused.",
		[KL_MEMORY_AUDIT] = "The buffer of the log has %llu bytes.",
		[KL_MEMORY_QUERY] =
			"Queries may take %llu bytes of memory; a denial for which "
			"there is no room is not asked about.",
	};
	const struct kl_statement *statement = &told->statement;

	if (!statement->memory)
		kl_buffer_puts(told->out, "The default applies.");
	else
		kl_buffer_printf(told->out, what[statement->index],
				 (unsigned long long)statement->memory);
	if (statement->has_drop)
		kl_buffer_puts(told->out,
			       statement->drop_oldest ?
				       " When it is full, the oldest record gives way." :
				       " When it is full, new records are dropped.");
	kl_buffer_puts(told->out, "\n");
}

static void put_limit(struct told *told, const char *what, u32 limit)
{
	if (limit == KL_UNLIMITED)
		kl_buffer_printf(told->out, "%s all", what);
	else
		kl_buffer_printf(told->out, "%s %u", what, limit);
}

/* What all lines of the index together say. */
static void say_quota(struct told *told)
{
	u32 index = told->statement.index;
	const struct kl_quota *quota = quota_of(told);
	const struct kl_audit_quota *audit = &quota->audit[index];

	kl_buffer_printf(
		told->out,
		"Of blocks with \"audit %u\" so many unread records are kept: ", index);
	put_limit(told, "allowed", kl_quota_limit(quota, index, KL_ALLOWED));
	put_limit(told, ", denied", kl_quota_limit(quota, index, KL_DENIED));
	put_limit(told, ", unmatched", kl_quota_limit(quota, index, KL_UNMATCHED));
	if (audit->rate)
		kl_buffer_printf(told->out, "; at most %u a second", audit->rate);
	if (audit->rate && audit->burst)
		kl_buffer_printf(told->out, ", %u at once", audit->burst);
	if (audit->to_audit)
		kl_buffer_puts(told->out, "; the Linux audit system gets them, too");
	kl_buffer_puts(told->out, ".\n");
}

static void say_line(struct told *told)
{
	switch (told->statement.kind) {
	case KL_STATEMENT_ACL:
		say_block(told);
		break;
	case KL_STATEMENT_RULE:
		if (told->statement.rule_kind == KL_RULE_USE)
			say_use(told);
		else
			say_rule(told);
		break;
	case KL_STATEMENT_AUDIT:
		say_audit(told);
		break;
	case KL_STATEMENT_LABEL:
		kl_buffer_puts(told->out,
			       "Records name the block so, where a line has no label "
			       "of its own.\n");
		break;
	case KL_STATEMENT_PERMISSIVE:
		say_not_enforced(told);
		break;
	case KL_STATEMENT_GROUP:
		say_member(told);
		break;
	case KL_STATEMENT_RULE_GROUP:
		say_rule_group(told);
		break;
	case KL_STATEMENT_VERSION:
		kl_buffer_puts(told->out,
			       "Changes nothing: CaitSith's policies begin so.\n");
		break;
	case KL_STATEMENT_QUOTA_MEMORY:
		say_memory(told);
		break;
	case KL_STATEMENT_QUOTA_AUDIT:
		say_quota(told);
		break;
	case KL_STATEMENT_MODE:
		say_mode(told);
		break;
	}
}

/* As the engine reads it where it stands. */
static void parse(struct told *told, u32 line, struct kl_statement *statement)
{
	struct kl_parser parser;
	struct kl_error error;

	kl_parser_init(&parser, &told->strings);
	if (told->node->kind <= OUTLINE_RULE_GROUP) {
		parser.in_block = true;
		parser.in_group = told->node->kind == OUTLINE_RULE_GROUP;
		parser.op = told->node->op;
	}
	if (outline_parse(&parser, document_line(told->editor->document, line), statement,
			  &error))
		memset(statement, 0, sizeof(*statement));
}

void words_of_line(const struct editor *editor, u32 line, bool whole,
		   struct kl_buffer *out)
{
	const struct outline_line *what = &editor->outline.lines[line];
	struct told told = { .editor = editor, .line = line, .whole = whole, .out = out };

	if (what->wrong) {
		kl_buffer_printf(out, "Wrong: column %u: %s\n",
				 editor->outline.errors[what->wrong - 1].column,
				 editor->outline.errors[what->wrong - 1].text);
		return;
	}
	if (what->kind == KL_STATEMENT_EMPTY || what->node == NO_NODE)
		return;
	told.node = &editor->outline.nodes[what->node];
	kl_xstrings(&told.strings);
	read_settings(&told);
	parse(&told, line, &told.statement);
	if (what->kind == KL_STATEMENT_RULE && told.node->kind == OUTLINE_BLOCK)
		parse(&told, outline_head(&editor->outline, told.node), &told.head);
	say_line(&told);
	kl_statement_release(&told.head);
	kl_statement_release(&told.statement);
	kl_strings_destroy(&told.strings);
	kl_policy_file_free(&told.settings);
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
