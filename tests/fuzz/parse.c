// SPDX-License-Identifier: GPL-2.0
/*
 * Policies of any bytes: what is accepted compiles and prints in a form that loads
 * as the same policy, and what is taken back leaves no trace.
 *
 * Input: lines; each form feed ends a transaction. Lines that are refused are left
 * out, so that one mistake does not hide what stands behind it; where and why they
 * are refused is checked.
 *
 * With -DFUZZ_SELFTEST the second policy forgets the label of a block whose audit
 * index is above 1, as in no seed: a fuzzer that does not find that is not looking.
 */
#include "engine/parse.h"
#include "engine/print.h"
#include "engine/ruleset.h"

/* A few lines can stand for a million: such a policy is not compiled. */
#define EXPANDED_MAX 2000

struct text {
	char *data;
	size_t length;
	size_t room;
};

static void check(bool right, const char *what, const char *detail)
{
	if (right)
		return;
	fprintf(stderr, "%s: %s\n", what, detail);
	abort();
}

void kl_port_warn(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: ", file, line);
	check(false, "cannot happen", what);
}

static int add_text(void *context, const char *data, size_t length)
{
	struct text *text = context;

	if (text->length + length >= text->room) {
		text->room = 2 * (text->length + length) + 256;
		text->data = realloc(text->data, text->room);
		check(text->data, "realloc", "out of memory");
	}
	memcpy(text->data + text->length, data, length);
	text->length += length;
	text->data[text->length] = '\0';
	return 0;
}

static struct text print(const struct kl_policy *policy)
{
	struct text text = { 0 };
	const struct kl_printer printer = { add_text, &text };

	check(!kl_print_policy(&printer, policy, NULL), "print", "refused");
	return text;
}

static void check_same(const struct text *a, const struct text *b, const char *what)
{
	if (a->length == b->length && !memcmp(a->data, b->data, a->length))
		return;
	fprintf(stderr, "%s:\n%s\nand\n%s\n", what, a->data, b->data);
	abort();
}

static void check_error(const struct kl_error *error, u32 line, size_t length)
{
	size_t shown = strlen(error->text);

	check(shown && shown < sizeof(error->text) - 1, "message of no or too great length",
	      error->text);
	check(error->line == line, "wrong line", error->text);
	check(error->column >= 1 && error->column <= length + 1, "wrong column", error->text);
}

static bool is_command(const struct kl_statement *statement)
{
	return statement->kind >= KL_STATEMENT_BEGIN;
}

/* Parse one line of its own allocation, so that no byte beyond it is read. */
static int parse_line(struct kl_parser *parser, struct kl_text line,
		      struct kl_statement *statement, struct kl_error *error)
{
	char *copy = malloc(line.length ? line.length : 1);
	int ret;

	memcpy(copy, line.data, line.length);
	line.data = copy;
	ret = kl_parse_line(parser, line, statement, error);
	if (ret)
		check_error(error, parser->line, line.length);
	free(copy);
	return ret;
}

/* The good lines of a transaction, into @batch and @good. */
static void gather(struct kl_policy *policy, struct kl_text text, struct kl_batch *batch,
		   struct text *good)
{
	struct kl_statement statement;
	struct kl_parser parser;
	struct kl_error error;

	kl_parser_init(&parser, &policy->strings);
	while (text.length) {
		const char *newline = memchr(text.data, '\n', text.length);
		struct kl_text line = text;
		u32 used;

		if (newline)
			line.length = newline - text.data;
		used = line.length + !!newline;
		text.data += used;
		text.length -= used;
		if (parse_line(&parser, line, &statement, &error))
			continue;
		if (!is_command(&statement)) {
			add_text(good, line.data, line.length);
			add_text(good, "\n", 1);
			if (!kl_batch_add(batch, &statement))
				continue;
		}
		kl_statement_release(&statement);
	}
}

/* The good lines alone parse as a text, into as many statements with an effect. */
static void check_text(struct kl_policy *policy, const struct text *good)
{
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_error error;

	if (!good->data)
		return;
	kl_parser_init(&parser, &policy->strings);
	kl_batch_init(&batch);
	check(!kl_parse_text(&parser, (struct kl_text){ good->data, good->length },
			     &batch, &error),
	      "good lines are refused together", error.text);
	kl_batch_release(&batch);
}

/* Apply, and keep or take back. Return: whether it was applied. */
static bool apply(struct kl_policy *policy, struct kl_text text, bool replace, bool keep)
{
	struct text before = print(policy), after, good = { 0 };
	struct kl_batch batch;
	struct kl_error error;
	struct kl_undo *undo;
	bool applied;

	kl_batch_init(&batch);
	batch.replace = replace;
	gather(policy, text, &batch, &good);
	if (keep)
		check_text(policy, &good);
	applied = !kl_policy_apply(policy, &batch, &undo, &error);
	kl_batch_release(&batch);
	if (!applied)
		check(error.text[0], "refused without a word", good.data ? good.data : "");
	if (applied && keep)
		kl_policy_settle(policy, undo);
	else if (applied)
		kl_policy_revert(policy, undo);
	after = print(policy);
	if (!applied || !keep)
		check_same(&before, &after, "taking back leaves a trace");
	free(before.data);
	free(after.data);
	free(good.data);
	return applied;
}

#ifdef FUZZ_SELFTEST
static void plant(struct kl_policy *policy)
{
	struct kl_block *block;

	for (int op = 0; op < KL_OP_COUNT; op++)
		list_for_each_entry(block, &policy->blocks[op], rule.list)
			if (block->audit > 1 && block->rule.label) {
				kl_string_put(block->rule.label);
				block->rule.label = NULL;
			}
}
#else
static void plant(struct kl_policy *policy)
{
	(void)policy;
}
#endif

static void check_round_trip(const struct kl_policy *policy)
{
	struct text first = print(policy), second;
	struct kl_policy copy;
	struct kl_parser parser;
	struct kl_batch batch;
	struct kl_error error;
	struct kl_undo *undo;
	int ret;

	check(!kl_policy_init(&copy), "init", "out of memory");
	kl_parser_init(&parser, &copy.strings);
	kl_batch_init(&batch);
	ret = kl_parse_text(&parser, (struct kl_text){ first.data, first.length }, &batch,
			    &error);
	check(!ret, "what was printed is refused", error.text);
	ret = kl_policy_apply(&copy, &batch, &undo, &error);
	kl_batch_release(&batch);
	/* Words of the past do not count for the copy, those of its batch do. */
	if (ret != -ENOMEM || !policy->quota.memory[KL_MEMORY_POLICY])
		check(!ret, "what was printed is not applied", error.text);
	if (!ret) {
		kl_policy_settle(&copy, undo);
		plant(&copy);
		second = print(&copy);
		check_same(&first, &second, "a policy loads as another");
		free(second.data);
	}
	kl_policy_destroy(&copy);
	free(first.data);
}

/* Whatever is applied compiles, to as many blocks as there are. */
static void check_compiled(struct kl_policy *policy)
{
	struct kl_ruleset *ruleset;
	struct kl_error error;
	u32 first;

	if (policy->expanded > EXPANDED_MAX)
		return;
	check(!kl_compile(policy, &ruleset, &error), "does not compile", error.text);
	for (int op = 0; op < KL_OP_COUNT; op++)
		check(kl_ruleset_blocks(ruleset, op, &first) == policy->block_count[op],
		      "other blocks", kl_op_table[op].keyword);
	kl_ruleset_free(ruleset);
}

static void check_empty(struct kl_policy *policy)
{
	check(apply(policy, (struct kl_text){ "", 0 }, true, true), "nothing", "is refused");
	check(!policy->memory && !policy->rule_count && !policy->group_count &&
		      !policy->strings.count,
	      "an empty policy", "holds something");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kl_text text = { (const char *)data, size };
	struct kl_policy policy;
	const char *end;
	u32 used;

	check(!kl_policy_init(&policy), "init", "out of memory");
	while (text.length) {
		struct kl_text part = text;

		end = memchr(text.data, '\f', text.length);
		if (end)
			part.length = end - text.data;
		used = part.length + !!end;
		text.data += used;
		text.length -= used;
		apply(&policy, part, part.length & 1, false);
		apply(&policy, part, false, true);
		check_round_trip(&policy);
		check_compiled(&policy);
	}
	check_empty(&policy);
	kl_policy_destroy(&policy);
	return 0;
}
