// SPDX-License-Identifier: GPL-2.0
/* Which records are shown. */
#include "engine/lex.h"
#include "log_filter.h"

void log_filter_init(struct log_filter *filter)
{
	memset(filter, 0, sizeof(*filter));
	filter->pick = (struct kl_pick)KL_PICK_ANY;
}

/*
 * Words with or without the quotes that the language wants. One that is not
 * written to its end yet is no empty name.
 */
static struct kl_filter *filter_of_words(struct kl_text text)
{
	struct kl_buffer copy = { 0 }, made = { 0 };
	struct kl_filter *filter;
	struct kl_lexer lexer;
	struct kl_word word;
	struct kl_error error;
	char **words;
	int count = 0;

	if (text.data[text.length - 1] == '=')
		return NULL;
	kl_lexer_init(&lexer, text);
	words = kl_xalloc(kl_lexer_count(&lexer) + 1, sizeof(*words));
	while (kl_lexer_next(&lexer, &word)) {
		kl_buffer_clear(&copy);
		kl_buffer_add(&copy, word.text.data, word.text.length);
		words[count++] = kl_xstrdup(copy.data);
	}
	filter = kl_filter_from_words(count, words, &made, &error);
	while (count)
		free(words[--count]);
	free(words);
	kl_buffer_free(&copy);
	kl_buffer_free(&made);
	return filter;
}

/* @rest: begins with an operation; its columns are those of the error. */
static bool set_language(struct log_filter *filter, struct kl_text rest, struct kl_error *error)
{
	filter->pick.filter = kl_filter_new(rest, error);
	if (!filter->pick.filter)
		filter->pick.filter = filter_of_words(rest);
	return filter->pick.filter;
}

static bool set_text(struct log_filter *filter, struct kl_text rest, struct kl_error *error)
{
	char why[100];

	if (match_set(&filter->match, rest, why))
		return true;
	kl_refuse(error, 1, "%s", why);
	return false;
}

/* Return: what stands behind the result, if there is one. */
static struct kl_text take_result(struct log_filter *filter, struct kl_text text)
{
	struct kl_lexer lexer;
	struct kl_word word;

	kl_lexer_init(&lexer, text);
	if (!kl_lexer_next(&lexer, &word))
		return (struct kl_text){ "", 0 };
	filter->pick.result = kl_result_find(word.text);
	if (filter->pick.result < 0)
		return text;
	kl_lexer_next(&lexer, &word);
	return kl_text_from(text, word.column - 1);
}

static bool make(struct log_filter *filter, struct kl_text text, struct kl_error *error)
{
	struct kl_text rest = take_result(filter, text);
	struct kl_lexer lexer;
	struct kl_word word;
	bool ok;

	kl_lexer_init(&lexer, rest);
	if (!kl_lexer_next(&lexer, &word))
		return true;
	if (kl_op_find(word.text) >= 0)
		ok = set_language(filter, rest, error);
	else
		ok = set_text(filter, rest, error);
	if (!ok)
		error->column += rest.data - text.data;
	return ok;
}

bool log_filter_set(struct log_filter *filter, struct kl_text text, struct kl_error *error)
{
	struct log_filter new;

	memset(error, 0, sizeof(*error));
	log_filter_init(&new);
	if (!make(&new, text, error)) {
		log_filter_free(&new);
		return false;
	}
	kl_buffer_add(&new.text, text.data, text.length);
	log_filter_free(filter);
	*filter = new;
	return true;
}

bool log_filter_takes(const struct log_filter *filter, const struct log_record *record,
		      const struct kl_logline *line, struct kl_logline *scratch)
{
	const struct kl_pick *pick = &filter->pick;
	struct kl_error error;

	if (record->kind != KL_LOGLINE_REQUEST)
		return true;
	if (pick->result >= 0 && record->result != pick->result)
		return false;
	if (!match_found(&filter->match, log_record_text(record)))
		return false;
	if (!pick->filter)
		return true;
	if (record->op != pick->filter->op)
		return false;
	if (!line) {
		if (kl_logline_parse(scratch, log_record_text(record), &error))
			return false;
		line = scratch;
	}
	return kl_filter_match(pick->filter, &line->facts);
}

void log_filter_free(struct log_filter *filter)
{
	kl_buffer_free(&filter->text);
	kl_filter_free(filter->pick.filter);
	match_free(&filter->match);
	log_filter_init(filter);
}
