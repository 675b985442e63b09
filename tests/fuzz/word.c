// SPDX-License-Identifier: GPL-2.0
/*
 * One condition, of a policy's line or of a request: what is accepted must
 * print as a condition that is accepted and prints the same again, and nothing
 * may be left behind. Else explain would judge another request than was typed.
 *
 * Input: a byte for the operation, a byte for where the condition stands (head,
 * allow, deny, request, allow in a rule group, where the operation follows from
 * the condition), then the word.
 *
 * With -DFUZZ_SELFTEST a bug is planted: a range that begins with an octal number,
 * as in no seed, prints as one that ends earlier. A fuzzer must find that.
 */
#include "engine/parse.h"
#include "engine/print.h"

enum place { HEAD, ALLOW, DENY, REQUEST, GROUP };

#define WORD_MAX 2000

/** struct printed - a text of limited length */
struct printed {
	char data[4 * WORD_MAX];
	u32 length;
};

static void fail(const char *what, const char *first, const char *second)
{
	fprintf(stderr, "%s: \"%s\" \"%s\"\n", what, first, second);
	abort();
}

static int write_text(void *context, const char *data, size_t length)
{
	struct printed *printed = context;

	if (printed->length + length >= sizeof(printed->data))
		return -E2BIG;
	memcpy(printed->data + printed->length, data, length);
	printed->length += length;
	printed->data[printed->length] = 0;
	return 0;
}

/* A group of a statement is a name, not yet a group: it cannot be printed. */
static bool print(enum kl_op op, struct kl_condition *condition, struct printed *printed)
{
	struct kl_printer printer = { write_text, printed };

	printed->length = 0;
	if (condition->right == KL_RIGHT_GROUP)
		return false;
#ifdef FUZZ_SELFTEST
	if (condition->right == KL_RIGHT_NUMBER && !condition->number.single &&
	    condition->number.radix[0] == KL_OCTAL)
		condition->number.high--;
#endif
	return !kl_print_condition(&printer, op, condition);
}

static bool accept_request(struct kl_strings *strings, enum kl_op op, struct kl_text word,
			   struct printed *printed)
{
	struct kl_condition condition;
	struct kl_error error = { 0 };
	bool done;

	if (kl_parse_request_word(strings, op, word, &condition, &error)) {
		if (!error.text[0] || !error.column || error.column > word.length + 1)
			fail("refused without place or reason", error.text, "");
		return false;
	}
	if (condition.negated || condition.right == KL_RIGHT_GROUP)
		fail("no value", "", "");
	done = print(op, &condition, printed);
	kl_condition_release(&condition);
	return done;
}

static bool accept_line(struct kl_strings *strings, enum kl_op op, enum place place,
			struct kl_text word, struct printed *printed)
{
	static const char * const starts[] = {
		[HEAD] = "", [ALLOW] = "allow ", [DENY] = "deny ", [GROUP] = "allow ",
	};
	struct kl_statement statement;
	struct kl_parser parser;
	struct kl_error error = { 0 };
	char line[WORD_MAX + 64];
	int length;
	bool done;

	kl_parser_init(&parser, strings);
	if (place == GROUP)
		length = sprintf(line, "rule_group R");
	else
		length = sprintf(line, "acl %s", kl_op_table[op].keyword);
	if (place == HEAD) {
		line[length++] = ' ';
	} else {
		if (kl_parse_line(&parser, (struct kl_text){ line, length }, &statement,
				  &error))
			fail("head refused", line, error.text);
		kl_statement_release(&statement);
		length = sprintf(line, "%s", starts[place]);
	}
	memcpy(line + length, word.data, word.length);
	if (kl_parse_line(&parser, (struct kl_text){ line, length + word.length },
			  &statement, &error)) {
		if (!error.text[0] || !error.column ||
		    error.column > length + word.length + 1)
			fail("refused without place or reason", error.text, "");
		return false;
	}
	done = statement.count == 1 && print(statement.op, statement.conditions, printed);
	kl_statement_release(&statement);
	return done;
}

static bool accept(struct kl_strings *strings, enum kl_op op, enum place place,
		   struct kl_text word, struct printed *printed)
{
	if (place == REQUEST)
		return accept_request(strings, op, word, printed);
	return accept_line(strings, op, place, word, printed);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct printed first, second;
	struct kl_strings strings;
	enum place place;
	enum kl_op op;

	if (size < 3 || size > WORD_MAX || memchr(data + 2, '\n', size - 2))
		return 0;
	op = data[0] % KL_OP_COUNT;
	/* To find the operation takes ten times as long: not so often. */
	place = data[1] == GROUP ? GROUP : data[1] % GROUP;
	if (kl_strings_init(&strings))
		return 0;
	if (accept(&strings, op, place,
		   (struct kl_text){ (const char *)data + 2, size - 2 }, &first)) {
		if (!accept(&strings, op, place,
			    (struct kl_text){ first.data, first.length }, &second))
			fail("what was printed is refused", first.data, "");
		if (strcmp(first.data, second.data))
			fail("prints differently", first.data, second.data);
	}
	if (strings.count)
		fail("words are left behind", "", "");
	kl_strings_destroy(&strings);
	return 0;
}
