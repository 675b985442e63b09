// SPDX-License-Identifier: GPL-2.0
/* One left=right or left!=right of a line. */
#include "clause.h"
#include "history_pattern.h"
#include "parse.h"
#include "pattern.h"
#include "value.h"

static const char *const type_names[] = {
	[KL_NUMBER] = "a number",      [KL_FILEPERM] = "a permission",
	[KL_FILETYPE] = "a file type", [KL_STRING] = "a string",
	[KL_IPADDR] = "an address",    [KL_ASSIGN] = "a domain",
	[KL_ANCESTOR] = "a history",   [KL_HISTORY] = "a history",
};

static int no_memory(struct kl_error *error, u32 column)
{
	kl_refuse(error, column, "out of memory");
	return -ENOMEM;
}

static struct kl_word word_from(const struct kl_word *word, u32 offset)
{
	return (struct kl_word){
		.text = kl_text_from(word->text, offset),
		.column = word->column + offset,
	};
}

/* Intern a word that must pass @check; @word may be empty if @empty. */
static int intern_checked(const struct kl_clause_parser *parser,
			  const struct kl_word *word, bool empty,
			  int (*check)(struct kl_text word, u32 *position,
				       const char **why),
			  struct kl_string **string)
{
	const char *why = "";
	u32 position = 0;
	int ret = 0;

	if (word->text.length || !empty)
		ret = check(word->text, &position, &why);
	if (ret) {
		kl_refuse(parser->error, word->column + position, "%s", why);
		return ret;
	}
	*string = kl_string_get(parser->strings, word->text);
	return *string ? 0 : no_memory(parser->error, word->column);
}

static int intern(const struct kl_clause_parser *parser,
		  const struct kl_word *word, bool empty,
		  struct kl_string **string)
{
	return intern_checked(parser, word, empty, kl_word_check, string);
}

/* No attribute of that name: say what else there is. */
static int refuse_left(const struct kl_clause_parser *parser, u32 column,
		       struct kl_text left)
{
	const char *keyword = kl_op_table[parser->op].keyword;
	const char *bracket = memchr(left.data, '[', left.length);
	char name[KL_SLOT_NAME_MAX];
	struct kl_text plain = left;
	struct kl_hint hint;
	int slot;

	if (bracket)
		plain.length = bracket - left.data;
	if (kl_slot_known(plain))
		return kl_refuse(parser->error, column,
				 KL_WORD_FMT " is not available for %s",
				 KL_WORD_ARG(left), keyword);
	kl_hint_init(&hint, left);
	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		if (slot != KL_SLOT_ARGV && slot != KL_SLOT_ENVP &&
		    kl_slot_exists(parser->op, slot))
			kl_hint_offer(&hint,
				      kl_slot_name(parser->op, slot, name));
	return kl_refuse(parser->error, column,
			 "unknown attribute " KL_WORD_FMT " for %s%s",
			 KL_WORD_ARG(left), keyword, hint.text);
}

static int parse_argv(const struct kl_clause_parser *parser,
		      const struct kl_word *left,
		      struct kl_condition *condition)
{
	struct kl_text digits = kl_text_from(left->text, strlen("argv["));
	u32 column = left->column + strlen("argv[");
	u64 index;

	if (!digits.length || digits.data[digits.length - 1] != ']')
		return kl_refuse(parser->error,
				 left->column + left->text.length,
				 "argv[ is not closed; expected ] before =");
	digits.length--;
	if (digits.length > 1 && digits.data[0] == '0')
		return kl_refuse(
			parser->error, column,
			"the index has a leading zero; expected a plain decimal number");
	switch (kl_text_decimal(digits, ~(u32)0, &index)) {
	case 0:
		condition->index = index;
		condition->left = KL_SLOT_ARGV;
		return 0;
	case -ERANGE:
		return kl_refuse(
			parser->error, column,
			"the index is too great; expected at most 4294967295");
	default:
		return kl_refuse(
			parser->error, column,
			KL_WORD_FMT
			" is no index; expected a plain decimal number",
			KL_WORD_ARG(digits));
	}
}

static int parse_envp(const struct kl_clause_parser *parser,
		      const struct kl_word *left,
		      struct kl_condition *condition)
{
	const u32 open = strlen("envp[\""), close = strlen("\"]");
	struct kl_text text = left->text;
	struct kl_word name;

	if (text.length < open + close ||
	    memcmp(text.data + text.length - close, "\"]", close))
		return kl_refuse(
			parser->error, left->column + text.length,
			"envp[\" is not closed; expected \"] before the first =");
	name = word_from(left, open);
	name.text.length -= close;
	condition->left = KL_SLOT_ENVP;
	return intern(parser, &name, true, &condition->name);
}

static int parse_left(const struct kl_clause_parser *parser,
		      const struct kl_word *left,
		      struct kl_condition *condition)
{
	bool args = kl_op_table[parser->op].flags & KL_OP_ARGS;
	int slot = kl_slot_find(parser->op, left->text);

	if (slot == KL_SLOT_TRANSITION && !parser->assigns)
		return kl_refuse(
			parser->error, left->column,
			"transition= is no condition; expected it on an allow line only");
	if (slot == KL_SLOT_TRANSITION && condition->negated)
		return kl_refuse(
			parser->error, left->column + left->text.length,
			"transition is not compared; expected = instead of !=");
	if (slot >= 0) {
		condition->left = slot;
		return 0;
	}
	if (args && kl_text_begins(left->text, "argv["))
		return parse_argv(parser, left, condition);
	if (args && kl_text_begins(left->text, "envp[\""))
		return parse_envp(parser, left, condition);
	if (args && kl_text_begins(left->text, "envp["))
		return kl_refuse(parser->error, left->column + strlen("envp["),
				 "expected a name in quotes: envp[\"NAME\"]");
	if (args && (kl_text_is(left->text, "argv") ||
		     kl_text_is(left->text, "envp")))
		return kl_refuse(
			parser->error, left->column + left->text.length,
			"which one is missing; expected argv[INDEX] or envp[\"NAME\"]");
	return refuse_left(parser, left->column, left->text);
}

static int refuse_type(const struct kl_clause_parser *parser,
		       const struct kl_word *right, enum kl_type is,
		       enum kl_type expected)
{
	return kl_refuse(parser->error, right->column,
			 KL_WORD_FMT " is %s; expected %s",
			 KL_WORD_ARG(right->text), type_names[is],
			 type_names[expected]);
}

static int right_attribute(const struct kl_clause_parser *parser,
			   const struct kl_word *right, int slot,
			   struct kl_condition *condition)
{
	enum kl_type expected = kl_slot_type(condition->left);
	enum kl_type is = kl_slot_type(slot);

	if (is >= KL_ANCESTOR)
		return kl_refuse(
			parser->error, right->column,
			KL_WORD_FMT
			" is a history; a history is compared with \"...\", @GROUP or NULL only",
			KL_WORD_ARG(right->text));
	if (is != expected && !(expected == KL_FILEPERM && is == KL_NUMBER))
		return refuse_type(parser, right, is, expected);
	condition->right = KL_RIGHT_SLOT;
	condition->right_slot = slot;
	return 0;
}

static int right_keyword(const struct kl_clause_parser *parser,
			 const struct kl_word *right, enum kl_type is,
			 u32 value, struct kl_condition *condition)
{
	enum kl_type expected = kl_slot_type(condition->left);

	if (is != expected)
		return refuse_type(parser, right, is, expected);
	condition->right = KL_RIGHT_KEYWORD;
	condition->number.low = value;
	condition->number.high = value;
	condition->number.single = true;
	return 0;
}

/*
 * A right word that names an attribute or keyword is that, whatever the left
 * side expects.
 * Return: 0; 1 if it names none; an error.
 */
static int right_name(const struct kl_clause_parser *parser,
		      const struct kl_word *right,
		      struct kl_condition *condition)
{
	int found;

	if (right->text.data[0] < 'a' || right->text.data[0] > 'z')
		return 1;
	found = kl_slot_find(parser->op, right->text);
	if (found >= 0 && found != KL_SLOT_IP && found != KL_SLOT_TRANSITION)
		return right_attribute(parser, right, found, condition);
	found = kl_keyword_find(KL_FILETYPE, right->text);
	if (found >= 0)
		return right_keyword(parser, right, KL_FILETYPE, found,
				     condition);
	found = kl_keyword_find(KL_FILEPERM, right->text);
	if (found >= 0)
		return right_keyword(parser, right, KL_FILEPERM, found,
				     condition);
	return 1;
}

/*
 * The name of a number. Signals and capabilities are told by their names alone,
 * so that one in the wrong place can be called by its kind.
 * Return: 0; 1 if it is none; an error.
 */
static int right_named(const struct kl_clause_parser *parser,
		       const struct kl_word *right,
		       struct kl_condition *condition)
{
	static const u8 kinds[] = { KL_SLOT_SIG, KL_SLOT_CAP };
	const char *expected = kl_number_names(condition->left);
	int number = kl_number_find(condition->left, right->text);
	size_t i;

	if (number >= 0) {
		condition->right = KL_RIGHT_NUMBER;
		condition->number.low = number;
		condition->number.high = number;
		condition->number.radix[0] = KL_NAMED;
		condition->number.radix[1] = KL_NAMED;
		condition->number.single = true;
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kl_number_find(kinds[i], right->text) >= 0)
			return kl_refuse(
				parser->error, right->column,
				KL_WORD_FMT " is %s; expected %s",
				KL_WORD_ARG(right->text),
				kl_number_names(kinds[i]),
				expected ? expected :
					   type_names[kl_slot_type(
						   condition->left)]);
	return 1;
}

static int right_group(const struct kl_clause_parser *parser,
		       const struct kl_word *right,
		       struct kl_condition *condition)
{
	enum kl_type type = kl_slot_type(condition->left);
	struct kl_word name = word_from(right, 1);
	int ret;

	if (type == KL_FILETYPE || type == KL_ASSIGN)
		return kl_refuse(parser->error, right->column,
				 KL_WORD_FMT " is a group; expected %s",
				 KL_WORD_ARG(right->text), type_names[type]);
	if (!name.text.length)
		return kl_refuse(parser->error, name.column,
				 "the group has no name; expected @NAME");
	ret = intern(parser, &name, false, &condition->group_name);
	if (!ret)
		condition->right = KL_RIGHT_GROUP;
	return ret;
}

/* What cut the string off? Not always a blank that somebody can see. */
static int refuse_open(const struct kl_clause_parser *parser,
		       const struct kl_word *right)
{
	u32 column = right->column + right->text.length;
	u8 byte;

	if (column <= parser->line.length) {
		byte = parser->line.data[column - 1];
		if (byte >= 0x7f || (byte < ' ' && byte != '\t' && byte))
			return kl_refuse(
				parser->error, column,
				"this byte cannot stand in a string; expected \\%03o in its place",
				byte);
	}
	return kl_refuse(
		parser->error, column,
		"the string is not closed; expected \" (a space inside is written \\040)");
}

static int right_string(const struct kl_clause_parser *parser,
			const struct kl_word *right,
			struct kl_condition *condition)
{
	struct kl_text text = right->text;
	struct kl_word body;
	int ret;

	if (kl_text_is(text, "NULL")) {
		condition->right = KL_RIGHT_NULL;
		return 0;
	}
	if (text.data[0] != '"')
		return kl_refuse(
			parser->error, right->column,
			KL_WORD_FMT
			" is no string; expected \"...\", @GROUP%s",
			KL_WORD_ARG(text),
			kl_slot_type(condition->left) == KL_STRING ?
				", NULL or an attribute" :
				" or NULL");
	if (text.length < 2 || text.data[text.length - 1] != '"')
		return refuse_open(parser, right);
	body = word_from(right, 1);
	body.text.length--;
	ret = intern_checked(parser, &body, true,
			     condition->left == KL_SLOT_TASK_HISTORY ?
				     kl_history_word_check :
				     kl_word_check,
			     &condition->string);
	if (!ret)
		condition->right = KL_RIGHT_STRING;
	return ret;
}

static int right_domain(const struct kl_clause_parser *parser,
			const struct kl_word *right,
			struct kl_condition *condition)
{
	struct kl_text text = right->text;
	int ret;

	if (!kl_text_is(text, "NULL") && text.data[0] != '"')
		return kl_refuse(parser->error, right->column,
				 KL_WORD_FMT
				 " is no domain; expected \"NAME\" or NULL",
				 KL_WORD_ARG(text));
	ret = right_string(parser, right, condition);
	if (ret || condition->right == KL_RIGHT_NULL)
		return ret;
	if (!condition->string->length)
		return kl_refuse(
			parser->error, right->column + 1,
			"the domain has no name; expected \"NAME\" or NULL");
	text = kl_text_head(kl_text_from(text, 1), text.length - 2);
	if (!kl_word_is_literal(text))
		return kl_refuse(
			parser->error, right->column + 1,
			"a domain to enter cannot have wildcards; expected a plain \"NAME\"");
	return 0;
}

/* What may have been meant on the right of a number or permission. */
static void find_hint(const struct kl_clause_parser *parser,
		      struct kl_text word, u8 left, struct kl_hint *hint)
{
	enum kl_type type = kl_slot_type(left);
	char name[KL_SLOT_NAME_MAX];
	u32 bit, number;
	int slot;

	kl_hint_init(hint, word);
	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		if (kl_slot_type(slot) == type &&
		    kl_slot_exists(parser->op, slot))
			kl_hint_offer(hint,
				      kl_slot_name(parser->op, slot, name));
	for (bit = 1; bit <= 04000 && type == KL_FILEPERM; bit <<= 1)
		kl_hint_offer(hint, kl_keyword_name(type, bit));
	for (number = 0; number < KL_NAMED_MAX; number++)
		if (kl_number_name(left, number))
			kl_hint_offer(hint, kl_number_name(left, number));
}

static int right_numbers(const struct kl_clause_parser *parser,
			 const struct kl_word *right,
			 struct kl_condition *condition)
{
	const char *named = kl_number_names(condition->left);
	enum kl_type type = kl_slot_type(condition->left);
	char first = right->text.data[0];
	struct kl_hint hint;

	if (first >= '0' && first <= '9') {
		condition->right = KL_RIGHT_NUMBER;
		return kl_parse_numbers(right, &condition->number,
					parser->error);
	}
	find_hint(parser, right->text, condition->left, &hint);
	return kl_refuse(
		parser->error, right->column,
		KL_WORD_FMT
		" is no number; expected a number, A-B, @GROUP%s%s or an attribute%s",
		KL_WORD_ARG(right->text), named ? ", " : "",
		type == KL_FILEPERM ? ", a permission" : named ? named : "",
		hint.text);
}

static int right_filetype(const struct kl_clause_parser *parser,
			  const struct kl_word *right)
{
	struct kl_hint hint;
	const char *name;
	u32 bits;

	kl_hint_init(&hint, right->text);
	for (bits = 0010000; bits < 0170000; bits += 0010000) {
		name = kl_keyword_name(KL_FILETYPE, bits);
		if (name)
			kl_hint_offer(&hint, name);
	}
	return kl_refuse(
		parser->error, right->column,
		KL_WORD_FMT
		" is no file type; expected file, directory, symlink, fifo, socket, block, char or an attribute%s",
		KL_WORD_ARG(right->text), hint.text);
}

static int right_addresses(const struct kl_clause_parser *parser,
			   const struct kl_word *right,
			   struct kl_condition *condition)
{
	condition->ip = kl_alloc(sizeof(*condition->ip));
	if (!condition->ip)
		return no_memory(parser->error, right->column);
	condition->right = KL_RIGHT_IP;
	return kl_parse_addresses(right, condition->ip, parser->error);
}

static int parse_right(const struct kl_clause_parser *parser,
		       const struct kl_word *right,
		       struct kl_condition *condition)
{
	int ret = right_named(parser, right, condition);

	if (ret > 0)
		ret = right_name(parser, right, condition);
	if (ret <= 0)
		return ret;
	if (right->text.data[0] == '@')
		return right_group(parser, right, condition);
	switch (kl_slot_type(condition->left)) {
	case KL_NUMBER:
	case KL_FILEPERM:
		return right_numbers(parser, right, condition);
	case KL_FILETYPE:
		return right_filetype(parser, right);
	case KL_STRING:
	case KL_ANCESTOR:
	case KL_HISTORY:
		return right_string(parser, right, condition);
	case KL_IPADDR:
		return right_addresses(parser, right, condition);
	case KL_ASSIGN:
		return right_domain(parser, right, condition);
	}
	return -EINVAL;
}

int kl_parse_clause(const struct kl_clause_parser *parser,
		    const struct kl_word *word, struct kl_condition *condition)
{
	struct kl_text text = word->text;
	const char *equals = memchr(text.data, '=', text.length);
	struct kl_word left = *word, right;
	u32 split;
	int ret;

	memset(condition, 0, sizeof(*condition));
	if (!equals)
		return kl_refuse(
			parser->error, word->column,
			KL_WORD_FMT
			" is no condition; expected ATTRIBUTE=VALUE or ATTRIBUTE!=VALUE",
			KL_WORD_ARG(text));
	split = equals - text.data;
	right = word_from(word, split + 1);
	condition->negated = split && text.data[split - 1] == '!';
	left.text.length = split - condition->negated;
	if (!left.text.length)
		return kl_refuse(parser->error, word->column,
				 "nothing before %s; expected an attribute",
				 condition->negated ? "!=" : "=");
	ret = parse_left(parser, &left, condition);
	if (ret)
		return ret;
	if (!right.text.length)
		return kl_refuse(parser->error, right.column,
				 "nothing after =; expected %s",
				 type_names[kl_slot_type(condition->left)]);
	return parse_right(parser, &right, condition);
}

void kl_condition_release(struct kl_condition *condition)
{
	kl_string_put(condition->name);
	switch (condition->right) {
	case KL_RIGHT_STRING:
		kl_string_put(condition->string);
		break;
	case KL_RIGHT_GROUP:
		kl_string_put(condition->group_name);
		break;
	case KL_RIGHT_IP:
		kl_free(condition->ip);
		break;
	default:
		break;
	}
	memset(condition, 0, sizeof(*condition));
}

/* What a condition may be and a value of a request may not. */
static int refuse_vague(const struct kl_condition *condition,
			const struct kl_word *word, struct kl_error *error)
{
	u32 column = word->column;
	struct kl_text text = word->text;
	u32 right = (const char *)memchr(text.data, '=', text.length) -
		    text.data + 1;

	if (condition->negated)
		return kl_refuse(error, column + right - 2,
				 "a value is given with =, not !=");
	column += right;
	if (condition->name && condition->name->length &&
	    !kl_word_is_literal((struct kl_text){ condition->name->text,
						  condition->name->length }))
		return kl_refuse(
			error, word->column + strlen("envp[\""),
			"a variable's name cannot have wildcards here; expected one name");
	switch (condition->right) {
	case KL_RIGHT_NUMBER:
		if (condition->number.single)
			return 0;
		break;
	case KL_RIGHT_IP:
		if (condition->ip->single)
			return 0;
		break;
	case KL_RIGHT_KEYWORD:
		if (kl_slot_type(condition->left) == KL_FILETYPE)
			return 0;
		break;
	case KL_RIGHT_STRING:
		text = (struct kl_text){ condition->string->text,
					 condition->string->length };
		if (!text.length || kl_word_is_literal(text))
			return 0;
		return kl_refuse(
			error, column + 1,
			"a value cannot have wildcards; expected plain text (a backslash is written \\134)");
	}
	return kl_refuse(error, column,
			 KL_WORD_FMT " is no single value; expected one %s",
			 KL_WORD_ARG(kl_text_from(word->text, right)),
			 condition->right == KL_RIGHT_KEYWORD ?
				 "permission number" :
				 "value");
}

int kl_parse_request_word(struct kl_strings *strings, enum kl_op op,
			  struct kl_text word, struct kl_condition *condition,
			  struct kl_error *error)
{
	struct kl_clause_parser parser = {
		.strings = strings,
		.error = error,
		.op = op,
		.line = word,
	};
	struct kl_lexer lexer;
	struct kl_word only, more;
	int ret;

	memset(error, 0, sizeof(*error));
	memset(condition, 0, sizeof(*condition));
	error->line = 1;
	kl_lexer_init(&lexer, word);
	if (!kl_lexer_next(&lexer, &only))
		return kl_refuse(error, only.column,
				 "nothing here; expected ATTRIBUTE=VALUE");
	if (kl_lexer_next(&lexer, &more))
		return kl_refuse(
			error, more.column,
			"more than one word; expected one ATTRIBUTE=VALUE");
	ret = kl_parse_clause(&parser, &only, condition);
	if (!ret)
		ret = refuse_vague(condition, &only, error);
	if (ret)
		kl_condition_release(condition);
	return ret;
}
