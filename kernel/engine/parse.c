// SPDX-License-Identifier: GPL-2.0
/*
 * Policy text to statements.
 *
 * Deliberate differences from CaitSith 0.2.10, beyond those that the language
 * document numbers: words after the expected ones of a group, audit, quota or
 * POLICY_VERSION line are an error (CaitSith ignored them, and the line meant
 * less than it said), as are unknown keys of a quota line, envp["NAME"] with
 * an invalid NAME, and transition!=.
 * As in CaitSith a priority before a group, audit, quota or POLICY_VERSION
 * line, and "delete" before audit and POLICY_VERSION, have no meaning and no
 * effect. "stat" lines count as blank ones: they do not end a block.
 */
#include "parse.h"
#include "clause.h"
#include "history_pattern.h"
#include "pattern.h"
#include "reading.h"
#include "value.h"

static int no_memory(struct kl_reading *r, u32 column)
{
	kl_refuse(r->error, column, "out of memory");
	return -ENOMEM;
}

int kl_reading_end(struct kl_reading *r)
{
	struct kl_word word;

	if (!kl_lexer_next(&r->lexer, &word))
		return 0;
	return kl_refuse(r->error, word.column,
			 KL_WORD_FMT
			 " is one word too many; expected the end of the line",
			 KL_WORD_ARG(word.text));
}

/* A member that is no word may be a pattern of histories, with its "=>". */
static bool is_history(struct kl_text text)
{
	struct kl_text rest = text, part;
	const char *why;
	u32 position;

	return kl_history_split(&rest, &part) &&
	       !kl_history_word_check(text, &position, &why);
}

/* Intern a valid word that is neither quoted nor a condition. */
static int intern_word(struct kl_reading *r, const struct kl_word *word,
		       struct kl_string **string)
{
	const char *why = "";
	u32 position = 0;
	int ret = kl_word_check(word->text, &position, &why);

	if (ret) {
		kl_refuse(r->error, word->column + position, "%s", why);
		return ret;
	}
	*string = kl_string_get(r->parser->strings, word->text);
	return *string ? 0 : no_memory(r, word->column);
}

static int intern_member(struct kl_reading *r, const struct kl_word *word,
			 struct kl_string **string)
{
	const char *why;
	u32 position;

	if (!kl_word_check(word->text, &position, &why) ||
	    !is_history(word->text))
		return intern_word(r, word, string);
	*string = kl_string_get(r->parser->strings, word->text);
	return *string ? 0 : no_memory(r, word->column);
}

static int parse_label(struct kl_reading *r, const struct kl_word *word)
{
	struct kl_text text = word->text;
	u32 i;

	if (!text.length)
		return kl_refuse(
			r->error, word->column,
			"the label is missing; expected letters, digits, _ . or -");
	for (i = 0; i < text.length; i++) {
		char c = text.data[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-')
			continue;
		return kl_refuse(
			r->error, word->column + i,
			"\"%c\" in a label; expected letters, digits, _ . or -",
			c);
	}
	if (text.length > KL_LABEL_MAX)
		return kl_refuse(
			r->error, word->column + KL_LABEL_MAX,
			"the label is too long; expected at most %u bytes",
			KL_LABEL_MAX);
	r->statement->name = kl_string_get(r->parser->strings, text);
	return r->statement->name ? 0 : no_memory(r, word->column);
}

/* label=WORD at the end of an allow or deny line. */
static int parse_own_label(struct kl_reading *r, const struct kl_word *word)
{
	const u32 skip = strlen("label=");
	struct kl_word label = {
		.text = kl_text_from(word->text, skip),
		.column = word->column + skip,
	};
	struct kl_word more;
	int ret;

	if (r->statement->kind == KL_STATEMENT_ACL)
		return kl_refuse(
			r->error, word->column,
			"label= stands on allow and deny lines; expected a line \"label WORD\" in the block");
	ret = parse_label(r, &label);
	if (!ret && kl_lexer_next(&r->lexer, &more))
		return kl_refuse(
			r->error, more.column,
			KL_WORD_FMT
			" after label=; expected label= as the last word",
			KL_WORD_ARG(more.text));
	return ret;
}

static int parse_conditions(struct kl_reading *r)
{
	struct kl_statement *s = r->statement;
	struct kl_clause_parser parser = {
		.strings = r->parser->strings,
		.error = r->error,
		.op = s->op,
		.assigns = s->rule_kind == KL_RULE_ALLOW && !s->in_group,
		.line = r->lexer.line,
	};
	u32 room = kl_lexer_count(&r->lexer);
	struct kl_condition *condition;
	struct kl_word word;
	bool assigned = false;
	int ret;

	if (room)
		s->conditions = kl_alloc(sizeof(*s->conditions) *
					 min_t(u32, room, KL_CONDITIONS_MAX));
	if (room && !s->conditions)
		return no_memory(r, r->verb.column);
	while (kl_lexer_next(&r->lexer, &word)) {
		if (kl_text_begins(word.text, "label="))
			return parse_own_label(r, &word);
		if (s->count == KL_CONDITIONS_MAX) {
			kl_refuse(
				r->error, word.column,
				"too many conditions; expected at most %u in a line",
				KL_CONDITIONS_MAX);
			return -E2BIG;
		}
		condition = &s->conditions[s->count++];
		ret = kl_parse_clause(&parser, &word, condition);
		if (ret)
			return ret;
		if (condition->left != KL_SLOT_TRANSITION)
			continue;
		if (assigned)
			return kl_refuse(
				r->error, word.column,
				"a second transition=; expected at most one in a line");
		assigned = true;
	}
	return 0;
}

static int read_acl(struct kl_reading *r)
{
	struct kl_word word;
	struct kl_hint hint;
	int op, ret;

	r->statement->kind = KL_STATEMENT_ACL;
	r->statement->rule_kind = KL_RULE_BLOCK;
	if (!kl_lexer_next(&r->lexer, &word))
		return kl_refuse(
			r->error, word.column,
			"acl without an operation; expected one such as read");
	op = kl_op_find(word.text);
	if (op < 0) {
		kl_hint_init(&hint, word.text);
		for (op = 0; op < KL_OP_COUNT; op++)
			kl_hint_offer(&hint, kl_op_table[op].keyword);
		return kl_refuse(r->error, word.column,
				 "unknown operation " KL_WORD_FMT "%s",
				 KL_WORD_ARG(word.text), hint.text);
	}
	r->statement->op = op;
	r->statement->column = word.column;
	ret = parse_conditions(r);
	if (!ret && !r->statement->delete) {
		r->parser->in_block = true;
		r->parser->in_group = false;
		r->parser->op = op;
	}
	return ret;
}

static int read_rule(struct kl_reading *r)
{
	struct kl_statement *s = r->statement;

	s->kind = KL_STATEMENT_RULE;
	s->op = r->parser->op;
	s->rule_kind = kl_text_is(r->verb.text, "allow") ? KL_RULE_ALLOW :
							   KL_RULE_DENY;
	if (r->parser->in_group) {
		int op = kl_find_clause_op(r->lexer, r->error);

		if (op < 0)
			return op;
		s->op = op;
		s->in_group = true;
	} else if (s->rule_kind == KL_RULE_DENY &&
		   kl_op_table[s->op].flags & KL_OP_LOG_ONLY) {
		return kl_refuse(
			r->error, r->verb.column,
			"%s can only be logged, not denied; expected allow",
			kl_op_table[s->op].keyword);
	}
	return parse_conditions(r);
}

/* use NAME: the lines of a rule group, in this place. */
static int read_use(struct kl_reading *r)
{
	struct kl_statement *s = r->statement;
	struct kl_word word;
	int ret;

	s->kind = KL_STATEMENT_RULE;
	s->rule_kind = KL_RULE_USE;
	s->in_group = r->parser->in_group;
	s->op = s->in_group ? 0 : r->parser->op;
	if (!kl_lexer_next(&r->lexer, &word))
		return kl_refuse(
			r->error, word.column,
			"use without a name; expected that of a rule group");
	s->column = word.column;
	ret = intern_word(r, &word, &s->name);
	return ret ? ret : kl_reading_end(r);
}

static int read_rule_group(struct kl_reading *r)
{
	struct kl_statement *s = r->statement;
	struct kl_word word;
	int ret;

	s->kind = KL_STATEMENT_RULE_GROUP;
	if (r->prioritized)
		return kl_refuse(
			r->error, r->verb.column,
			"a rule group has no priority; expected \"rule_group NAME\"");
	if (!kl_lexer_next(&r->lexer, &word))
		return kl_refuse(
			r->error, word.column,
			"the rule group has no name; expected \"rule_group NAME\"");
	ret = intern_word(r, &word, &s->name);
	if (!ret)
		ret = kl_reading_end(r);
	if (!ret && !s->delete) {
		r->parser->in_block = true;
		r->parser->in_group = true;
	}
	return ret;
}

/* wait=MS behind the index of an audit line. */
static int parse_wait(struct kl_reading *r)
{
	const u32 skip = strlen("wait=");
	struct kl_word word;
	struct kl_text value;
	u64 wait;

	if (!kl_lexer_next(&r->lexer, &word))
		return 0;
	if (!kl_text_begins(word.text, "wait="))
		return kl_refuse(
			r->error, word.column,
			"unknown word " KL_WORD_FMT
			"; expected wait=MS or the end of the line",
			KL_WORD_ARG(word.text));
	value = kl_text_from(word.text, skip);
	if (kl_text_decimal(value, KL_WAIT_MAX, &wait))
		return kl_refuse(
			r->error, word.column + skip,
			KL_WORD_FMT
			" is no time to wait; expected 0 to %u milliseconds",
			KL_WORD_ARG(value), KL_WAIT_MAX);
	if (wait && kl_op_table[r->parser->op].flags & KL_OP_ATOMIC)
		return kl_refuse(
			r->error, word.column,
			"%s happens where nobody may wait; expected no wait=",
			kl_op_table[r->parser->op].keyword);
	r->statement->wait = wait;
	return kl_reading_end(r);
}

static int read_audit(struct kl_reading *r)
{
	struct kl_word word;
	u64 index;

	r->statement->kind = KL_STATEMENT_AUDIT;
	if (!kl_lexer_next(&r->lexer, &word))
		return kl_refuse(r->error, word.column,
				 "audit without an index; expected 0 to %u",
				 KL_AUDIT_INDEXES - 1);
	if (kl_text_decimal(word.text, KL_AUDIT_INDEXES - 1, &index))
		return kl_refuse(r->error, word.column,
				 KL_WORD_FMT
				 " is no audit index; expected 0 to %u",
				 KL_WORD_ARG(word.text), KL_AUDIT_INDEXES - 1);
	r->statement->index = index;
	return parse_wait(r);
}

static int read_label(struct kl_reading *r)
{
	struct kl_word word;
	int ret;

	r->statement->kind = KL_STATEMENT_LABEL;
	if (r->prioritized)
		return kl_refuse(
			r->error, r->verb.column,
			"a label has no priority; expected \"label WORD\"");
	if (!kl_lexer_next(&r->lexer, &word) && r->statement->delete)
		return 0;
	ret = parse_label(r, &word);
	return ret ? ret : kl_reading_end(r);
}

static int read_permissive(struct kl_reading *r)
{
	r->statement->kind = KL_STATEMENT_PERMISSIVE;
	if (r->prioritized)
		return kl_refuse(
			r->error, r->verb.column,
			"permissive has no priority; expected it alone");
	return kl_reading_end(r);
}

static int read_mode(struct kl_reading *r)
{
	struct kl_word word;

	r->statement->kind = KL_STATEMENT_MODE;
	kl_lexer_next(&r->lexer, &word);
	r->statement->permissive = kl_text_is(word.text, "permissive");
	if (!r->statement->permissive && !kl_text_is(word.text, "enforcing"))
		return kl_refuse(r->error, word.column,
				 "unknown mode " KL_WORD_FMT
				 "; expected enforcing or permissive",
				 KL_WORD_ARG(word.text));
	return kl_reading_end(r);
}

static int parse_member(struct kl_reading *r, const struct kl_word *word)
{
	struct kl_member *member = &r->statement->member;

	switch (r->statement->group_kind) {
	case KL_NUMBER_GROUP:
		return kl_parse_numbers(word, &member->number, r->error);
	case KL_IP_GROUP:
		return kl_parse_addresses(word, &member->ip, r->error);
	default:
		return intern_member(r, word, &member->string);
	}
}

static int read_group(struct kl_reading *r)
{
	struct kl_statement *s = r->statement;
	struct kl_word word;
	int ret;

	s->kind = KL_STATEMENT_GROUP;
	s->group_kind =
		kl_text_is(r->verb.text, "string_group") ? KL_STRING_GROUP :
		kl_text_is(r->verb.text, "number_group") ? KL_NUMBER_GROUP :
							   KL_IP_GROUP;
	if (!kl_lexer_next(&r->lexer, &word))
		return kl_refuse(
			r->error, word.column,
			"the group has no name; expected NAME and a member");
	ret = intern_word(r, &word, &s->name);
	if (ret)
		return ret;
	if (!kl_lexer_next(&r->lexer, &word)) {
		if (!r->lexer.comment)
			return kl_refuse(
				r->error, word.column,
				"the group line has no member; expected one");
		return kl_refuse(
			r->error, r->lexer.comment,
			"a group member cannot begin with #, which begins a comment; write it with a wildcard, such as \\?");
	}
	s->column = word.column;
	ret = parse_member(r, &word);
	return ret ? ret : kl_reading_end(r);
}

/* Any number will do; what is printed is always the same (20120401). */
static int read_version(struct kl_reading *r)
{
	const u32 skip = strlen("POLICY_VERSION=");
	struct kl_text value = kl_text_from(r->verb.text, skip);
	u64 ignored;

	r->statement->kind = KL_STATEMENT_VERSION;
	if (kl_text_decimal(value, ~0ull, &ignored) == -EINVAL)
		return kl_refuse(r->error, r->verb.column + skip,
				 KL_WORD_FMT
				 " is no version; expected a decimal number",
				 KL_WORD_ARG(value));
	return kl_reading_end(r);
}

static int read_stat(struct kl_reading *r)
{
	r->statement->kind = KL_STATEMENT_EMPTY;
	return 0;
}

static int read_begin(struct kl_reading *r)
{
	struct kl_statement *s = r->statement;
	struct kl_word word;

	s->kind = KL_STATEMENT_BEGIN;
	while (kl_lexer_next(&r->lexer, &word)) {
		if (kl_text_is(word.text, "replace") && !s->replace)
			s->replace = true;
		else if (kl_text_is(word.text, "force") && !s->force)
			s->force = true;
		else
			return kl_refuse(
				r->error, word.column,
				"unexpected " KL_WORD_FMT
				" after begin; expected replace, force or the end of the line",
				KL_WORD_ARG(word.text));
	}
	return 0;
}

/* commit [confirm=SECONDS] */
static int read_commit(struct kl_reading *r)
{
	const u32 skip = strlen("confirm=");
	struct kl_word word;
	struct kl_text value;
	u64 seconds;

	r->statement->kind = KL_STATEMENT_COMMIT;
	if (!kl_lexer_next(&r->lexer, &word))
		return 0;
	if (!kl_text_begins(word.text, "confirm="))
		return kl_refuse(
			r->error, word.column,
			"unexpected " KL_WORD_FMT
			" after commit; expected confirm=SECONDS or the end of the line",
			KL_WORD_ARG(word.text));
	value = kl_text_from(word.text, skip);
	if (kl_text_decimal(value, KL_CONFIRM_MAX, &seconds) || !seconds)
		return kl_refuse(
			r->error, word.column + skip,
			KL_WORD_FMT
			" is no time to confirm in; expected 1 to %u seconds",
			KL_WORD_ARG(value), KL_CONFIRM_MAX);
	r->statement->confirm = seconds;
	return kl_reading_end(r);
}

/* A command of one word. */
static int read_command(struct kl_reading *r)
{
	struct kl_text verb = r->verb.text;

	r->statement->kind =
		kl_text_is(verb, "abort") ? KL_STATEMENT_ABORT :
		kl_text_is(verb, "confirm") ? KL_STATEMENT_CONFIRM :
		kl_text_is(verb, "revert") ? KL_STATEMENT_REVERT :
		kl_text_is(verb, "lock") ? KL_STATEMENT_LOCK :
					   KL_STATEMENT_DETACH;
	return kl_reading_end(r);
}

/**
 * enum verb_flag - where a verb may stand
 * @WITHIN: belongs to the selected block and keeps it selected
 * @ACL: does not belong to a rule group
 * @KEEPS: keeps the block selected
 * @COMMAND: takes neither delete nor a priority
 */
enum verb_flag { WITHIN = 1, KEEPS = 2, COMMAND = 4, ACL = 8 };

static const struct verb {
	const char *word;
	int (*read)(struct kl_reading *r);
	u32 flags;
} verbs[] = {
	{ "acl", read_acl, 0 },
	{ "allow", read_rule, WITHIN },
	{ "deny", read_rule, WITHIN },
	{ "use", read_use, WITHIN },
	{ "audit", read_audit, WITHIN | ACL },
	{ "label", read_label, WITHIN | ACL },
	{ "permissive", read_permissive, WITHIN | ACL },
	{ "string_group", read_group, 0 },
	{ "number_group", read_group, 0 },
	{ "ip_group", read_group, 0 },
	{ "rule_group", read_rule_group, 0 },
	{ "quota", kl_read_quota, 0 },
	{ "mode", read_mode, COMMAND },
	{ "POLICY_VERSION=", read_version, 0 },
	{ "stat", read_stat, KEEPS | COMMAND },
	{ "begin", read_begin, COMMAND },
	{ "commit", read_commit, COMMAND },
	{ "abort", read_command, COMMAND },
	{ "confirm", read_command, COMMAND },
	{ "detach", read_command, COMMAND },
	{ "lock", read_command, COMMAND },
	{ "revert", read_command, COMMAND },
};

static const struct verb *find_verb(struct kl_text text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		if (kl_text_is(text, verbs[i].word) ||
		    (verbs[i].read == read_version &&
		     kl_text_begins(text, verbs[i].word)))
			return &verbs[i];
	return NULL;
}

static int refuse_verb(struct kl_reading *r)
{
	struct kl_hint hint;
	size_t i;

	if (!r->verb.text.length)
		return kl_refuse(
			r->error, r->verb.column,
			"the line ends here; expected acl, allow, deny or another statement");
	if (kl_text_is(r->verb.text, "delete"))
		return kl_refuse(
			r->error, r->verb.column,
			"delete in the middle; expected it once, as the first word of the line");
	if (kl_text_begins(r->verb.text, "Q="))
		return kl_refuse(
			r->error, r->verb.column,
			"a query is known to the running kernel only; expected the acl line of its block");
	kl_hint_init(&hint, r->verb.text);
	kl_hint_offer(&hint, "delete");
	for (i = 0; i < ARRAY_SIZE(verbs); i++)
		kl_hint_offer(&hint, verbs[i].word);
	return kl_refuse(r->error, r->verb.column,
			 "unknown word " KL_WORD_FMT
			 "; expected acl, allow, deny or another statement%s",
			 KL_WORD_ARG(r->verb.text), hint.text);
}

/* @word begins with a digit. */
static int parse_priority(struct kl_reading *r, const struct kl_word *word)
{
	u64 priority;
	u32 i = 0;

	switch (kl_text_decimal(word->text, KL_PRIORITY_MAX, &priority)) {
	case 0:
		r->statement->priority = priority;
		r->prioritized = true;
		return 0;
	case -ERANGE:
		return kl_refuse(r->error, word->column,
				 "priority " KL_WORD_FMT
				 " is out of range; expected 0 to %u",
				 KL_WORD_ARG(word->text), KL_PRIORITY_MAX);
	}
	while (word->text.data[i] >= '0' && word->text.data[i] <= '9')
		i++;
	return kl_refuse(
		r->error, word->column + i,
		"\"%c\" does not belong to the priority; expected a decimal number",
		word->text.data[i]);
}

static int read_verb(struct kl_reading *r)
{
	const struct verb *verb = find_verb(r->verb.text);
	bool selected = r->parser->in_block;

	if (!verb || !(verb->flags & (WITHIN | KEEPS)))
		r->parser->in_block = false;
	if (!verb)
		return refuse_verb(r);
	if ((verb->flags & COMMAND) && (r->statement->delete || r->prioritized))
		return kl_refuse(
			r->error, r->verb.column,
			"%s takes neither delete nor a priority; expected it alone",
			verb->word);
	if ((verb->flags & WITHIN) && !selected)
		return kl_refuse(
			r->error, r->verb.column,
			"%s outside a block; expected an acl line before it",
			verb->word);
	if ((verb->flags & ACL) && r->parser->in_group)
		return kl_refuse(
			r->error, r->verb.column,
			"%s in a rule group; expected allow, deny or use",
			verb->word);
	r->statement->column = r->verb.column;
	return verb->read(r);
}

static int read_line(struct kl_reading *r)
{
	struct kl_word *word = &r->verb;
	int ret;

	if (!kl_lexer_next(&r->lexer, word))
		return 0;
	if (kl_text_is(word->text, "delete")) {
		r->statement->delete = true;
		kl_lexer_next(&r->lexer, word);
	}
	r->statement->priority = KL_PRIORITY_DEFAULT;
	if (word->text.length && word->text.data[0] >= '0' &&
	    word->text.data[0] <= '9') {
		ret = parse_priority(r, word);
		if (ret) {
			r->parser->in_block = false;
			return ret;
		}
		kl_lexer_next(&r->lexer, word);
	}
	return read_verb(r);
}

void kl_parser_init(struct kl_parser *parser, struct kl_strings *strings)
{
	memset(parser, 0, sizeof(*parser));
	parser->strings = strings;
}

int kl_parse_line(struct kl_parser *parser, struct kl_text text,
		  struct kl_statement *statement, struct kl_error *error)
{
	struct kl_reading r = {
		.parser = parser,
		.statement = statement,
		.error = error,
	};
	int ret;

	memset(statement, 0, sizeof(*statement));
	memset(error, 0, sizeof(*error));
	statement->line = ++parser->line;
	if (text.length > KL_LINE_MAX) {
		parser->in_block = false;
		kl_refuse(error, KL_LINE_MAX + 1,
			  "the line is too long; expected at most %u bytes",
			  KL_LINE_MAX);
		ret = -E2BIG;
	} else {
		kl_lexer_init(&r.lexer, text);
		ret = read_line(&r);
	}
	if (ret) {
		error->line = parser->line;
		kl_statement_release(statement);
	}
	return ret;
}

/* A text is one transaction: it cannot hold commands. */
static int keep_statement(struct kl_batch *batch,
			  struct kl_statement *statement,
			  struct kl_error *error)
{
	int ret = -EINVAL;

	switch (statement->kind) {
	case KL_STATEMENT_EMPTY:
		return 0;
	case KL_STATEMENT_BEGIN:
	case KL_STATEMENT_COMMIT:
	case KL_STATEMENT_ABORT:
	case KL_STATEMENT_CONFIRM:
	case KL_STATEMENT_REVERT:
	case KL_STATEMENT_LOCK:
	case KL_STATEMENT_DETACH:
		kl_refuse(
			error, statement->column,
			"commands cannot stand here; expected policy lines only");
		break;
	default:
		ret = kl_batch_add(batch, statement);
		if (!ret)
			return 0;
		if (ret == -E2BIG)
			kl_refuse(
				error, statement->column,
				"too many statements; expected at most %u in a transaction",
				KL_STATEMENTS_MAX);
		else
			kl_refuse(error, statement->column, "out of memory");
	}
	error->line = statement->line;
	kl_statement_release(statement);
	return ret;
}

int kl_parse_text(struct kl_parser *parser, struct kl_text text,
		  struct kl_batch *batch, struct kl_error *error)
{
	struct kl_statement statement;
	struct kl_text line = { text.data, 0 };
	const char *newline;
	u32 start = 0;
	int ret;

	if (text.length > KL_TRANSACTION_MAX) {
		memset(error, 0, sizeof(*error));
		error->line = parser->line + 1;
		kl_refuse(error, 1,
			  "the text is too long; expected at most %u bytes",
			  KL_TRANSACTION_MAX);
		return -E2BIG;
	}
	while (start < text.length) {
		line = kl_text_from(text, start);
		newline = memchr(line.data, '\n', line.length);
		if (newline)
			line.length = newline - line.data;
		start += line.length + 1;
		ret = kl_parse_line(parser, line, &statement, error);
		if (!ret)
			ret = keep_statement(batch, &statement, error);
		if (ret)
			return ret;
		kl_cond_resched();
	}
	return 0;
}
