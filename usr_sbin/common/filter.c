// SPDX-License-Identifier: GPL-2.0
/* Records picked by the policy language. */
#include "engine/parse.h"
#include "filter.h"

#define HEAD "0 acl "

static int refuse_groups(const struct kl_statement *statement, struct kl_error *error)
{
	u32 i;

	for (i = 0; i < statement->count; i++)
		if (statement->conditions[i].right == KL_RIGHT_GROUP) {
			error->column = sizeof(HEAD);
			snprintf(error->text, sizeof(error->text),
				 "@%s: a filter has no groups",
				 statement->conditions[i].group_name->text);
			return -EINVAL;
		}
	return 0;
}

static int parse(struct kl_filter *filter, const struct kl_buffer *line,
		 struct kl_batch *batch, struct kl_error *error)
{
	struct kl_statement statement = { 0 };
	struct kl_parser parser;
	int result;

	kl_parser_init(&parser, &filter->policy.strings);
	result = kl_parse_line(&parser, kl_buffer_text(line), &statement, error);
	if (!result)
		result = refuse_groups(&statement, error);
	filter->op = statement.op;
	if (!result)
		result = kl_batch_add(batch, &statement);
	kl_statement_release(&statement);
	return result;
}

static int build(struct kl_filter *filter, const struct kl_buffer *line,
		 struct kl_error *error)
{
	struct kl_batch batch;
	struct kl_undo *undo;
	int result;

	kl_batch_init(&batch);
	result = parse(filter, line, &batch, error);
	if (!result)
		result = kl_policy_apply(&filter->policy, &batch, &undo, error);
	kl_batch_release(&batch);
	if (result)
		return result;
	kl_policy_settle(&filter->policy, undo);
	result = kl_compile(&filter->policy, &filter->ruleset, error);
	if (!result)
		kl_ruleset_blocks(filter->ruleset, filter->op, &filter->block);
	return result;
}

struct kl_filter *kl_filter_new(struct kl_text text, struct kl_error *error)
{
	struct kl_filter *filter = kl_xalloc(1, sizeof(*filter));
	struct kl_buffer line = { 0 };
	int result;

	memset(error, 0, sizeof(*error));
	kl_buffer_puts(&line, HEAD);
	kl_buffer_add(&line, text.data, text.length);
	result = kl_policy_init(&filter->policy);
	if (result) {
		free(filter);
		filter = NULL;
	} else {
		result = build(filter, &line, error);
	}
	kl_buffer_free(&line);
	if (!result)
		return filter;
	error->column -= min_t(u32, error->column, sizeof(HEAD) - 1);
	kl_filter_free(filter);
	return NULL;
}

struct kl_filter *kl_filter_from_words(int count, char **words, struct kl_buffer *text,
				       struct kl_error *error)
{
	struct kl_buffer word = { 0 };
	int op = kl_op_find(kl_text_of(words[0])), i;

	kl_buffer_clear(text);
	kl_buffer_puts(text, words[0]);
	for (i = 1; i < count; i++) {
		if (op >= 0)
			kl_word_from_shell(op, words[i], &word);
		kl_buffer_printf(text, " %s", word.data ? word.data : words[i]);
	}
	kl_buffer_free(&word);
	return kl_filter_new(kl_buffer_text(text), error);
}

void kl_filter_free(struct kl_filter *filter)
{
	if (!filter)
		return;
	if (filter->ruleset)
		kl_ruleset_free(filter->ruleset);
	kl_policy_destroy(&filter->policy);
	free(filter);
}

bool kl_filter_match(const struct kl_filter *filter, const struct kl_facts *facts)
{
	int missing = -1;

	if (facts->request.op != filter->op)
		return false;
	/* Neither false nor unknown is a match. */
	return kl_line_truth(filter->ruleset, filter->block, KL_NO_RULE, &facts->request,
			     &missing) == KL_TRUE;
}
