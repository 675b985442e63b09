// SPDX-License-Identifier: GPL-2.0
/* Quota lines to statements. */
#include "reading.h"

/* drop-newest or drop-oldest behind "quota memory audit BYTES". */
static int parse_drop(struct kl_reading *r)
{
	struct kl_statement *s = r->statement;
	struct kl_word word;

	if (s->index != KL_MEMORY_AUDIT || !kl_lexer_next(&r->lexer, &word))
		return kl_reading_end(r);
	s->has_drop = true;
	s->drop_oldest = kl_text_is(word.text, "drop-oldest");
	if (!s->drop_oldest && !kl_text_is(word.text, "drop-newest"))
		return kl_refuse(r->error, word.column,
				 "unknown word " KL_WORD_FMT
				 "; expected drop-newest or drop-oldest",
				 KL_WORD_ARG(word.text));
	return kl_reading_end(r);
}

static int read_memory_quota(struct kl_reading *r)
{
	static const char *const kinds[KL_MEMORY_KINDS] = {
		[KL_MEMORY_POLICY] = "policy",
		[KL_MEMORY_AUDIT] = "audit",
		[KL_MEMORY_QUERY] = "query",
	};
	struct kl_statement *s = r->statement;
	struct kl_word word;

	s->kind = KL_STATEMENT_QUOTA_MEMORY;
	if (s->delete)
		return kl_refuse(
			r->error, r->verb.column,
			"a memory quota cannot be deleted; set it to 0 for the default");
	kl_lexer_next(&r->lexer, &word);
	while (s->index < KL_MEMORY_KINDS &&
	       !kl_text_is(word.text, kinds[s->index]))
		s->index++;
	if (s->index == KL_MEMORY_KINDS)
		return kl_refuse(r->error, word.column,
				 "unknown memory " KL_WORD_FMT
				 "; expected policy, audit or query",
				 KL_WORD_ARG(word.text));
	kl_lexer_next(&r->lexer, &word);
	if (kl_text_decimal(word.text, ~0ull, &s->memory))
		return kl_refuse(
			r->error, word.column,
			KL_WORD_FMT
			" is no size; expected a decimal number of bytes",
			KL_WORD_ARG(word.text));
	return parse_drop(r);
}

/* Keys of an audit quota: @value stands behind the '='. */
static int parse_limit(struct kl_reading *r, const struct kl_word *value,
		       u32 result)
{
	u64 limit = KL_UNLIMITED;

	if (!kl_text_is(value->text, "unlimited") &&
	    kl_text_decimal(value->text, KL_UNLIMITED, &limit))
		return kl_refuse(
			r->error, value->column,
			KL_WORD_FMT
			" is no limit; expected 0 to 4294967295 or unlimited",
			KL_WORD_ARG(value->text));
	r->statement->limit[result] = limit;
	r->statement->limit_given[result] = true;
	return 0;
}

static int parse_rate(struct kl_reading *r, const struct kl_word *value)
{
	struct kl_text text = value->text;
	u64 rate;

	if (text.length > 2 &&
	    kl_text_is(kl_text_from(text, text.length - 2), "/s") &&
	    !kl_text_decimal(kl_text_head(text, text.length - 2), KL_RATE_MAX,
			     &rate) && rate) {
		r->statement->rate = rate;
		return 0;
	}
	return kl_refuse(r->error, value->column,
			 KL_WORD_FMT
			 " is no rate; expected 1/s to %u/s",
			 KL_WORD_ARG(text), KL_RATE_MAX);
}

static int parse_burst(struct kl_reading *r, const struct kl_word *value)
{
	u64 burst;

	if (kl_text_decimal(value->text, KL_RATE_MAX, &burst) || !burst)
		return kl_refuse(r->error, value->column,
				 KL_WORD_FMT
				 " is no burst; expected 1 to %u records",
				 KL_WORD_ARG(value->text), KL_RATE_MAX);
	r->statement->burst = burst;
	return 0;
}

static int parse_to_audit(struct kl_reading *r, const struct kl_word *value)
{
	r->statement->to_audit_given = true;
	r->statement->to_audit = kl_text_is(value->text, "yes");
	if (r->statement->to_audit || kl_text_is(value->text, "no"))
		return 0;
	return kl_refuse(r->error, value->column,
			 KL_WORD_FMT " is neither; expected yes or no",
			 KL_WORD_ARG(value->text));
}

static const struct quota_key {
	const char *key;
	int (*parse)(struct kl_reading *r, const struct kl_word *value);
	u32 result; /* whose limit it is, without @parse */
} quota_keys[] = {
	{ "allowed=", NULL, KL_ALLOWED },
	{ "denied=", NULL, KL_DENIED },
	{ "unmatched=", NULL, KL_UNMATCHED },
	{ "rate=", parse_rate, 0 },
	{ "burst=", parse_burst, 0 },
	{ "audit=", parse_to_audit, 0 },
};

static int parse_quota_key(struct kl_reading *r, const struct kl_word *word)
{
	const struct quota_key *key = quota_keys;
	const struct quota_key *end = key + ARRAY_SIZE(quota_keys);
	struct kl_word value;
	u32 skip;

	while (key < end && !kl_text_begins(word->text, key->key))
		key++;
	if (key == end)
		return kl_refuse(
			r->error, word->column,
			"unknown limit " KL_WORD_FMT
			"; expected allowed=, denied=, unmatched=, rate=, burst= or audit=",
			KL_WORD_ARG(word->text));
	skip = strlen(key->key);
	value.text = kl_text_from(word->text, skip);
	value.column = word->column + skip;
	return key->parse ? key->parse(r, &value) :
			    parse_limit(r, &value, key->result);
}

/* A rate without a burst admits at once what it admits in a second. */
static int finish_rate(struct kl_reading *r, u32 burst_column)
{
	struct kl_statement *s = r->statement;

	if (s->burst && !s->rate)
		return kl_refuse(
			r->error, burst_column,
			"burst= without rate=; expected both on one line");
	if (!s->burst)
		s->burst = s->rate;
	return 0;
}

static int read_audit_quota(struct kl_reading *r, const struct kl_word *name)
{
	const u32 skip = strlen("audit[");
	struct kl_text digits = kl_text_from(name->text, skip);
	struct kl_statement *s = r->statement;
	struct kl_word word;
	u32 burst_column = 0;
	u64 index;
	int ret;

	s->kind = KL_STATEMENT_QUOTA_AUDIT;
	if (!digits.length || digits.data[digits.length - 1] != ']')
		return kl_refuse(r->error, name->column + name->text.length,
				 "audit[ is not closed; expected audit[INDEX]");
	digits.length--;
	if (kl_text_decimal(digits, KL_AUDIT_INDEXES - 1, &index))
		return kl_refuse(r->error, name->column + skip,
				 KL_WORD_FMT
				 " is no audit index; expected 0 to %u",
				 KL_WORD_ARG(digits), KL_AUDIT_INDEXES - 1);
	s->index = index;
	if (s->delete)
		return kl_reading_end(r);
	while (kl_lexer_next(&r->lexer, &word)) {
		ret = parse_quota_key(r, &word);
		if (ret)
			return ret;
		if (kl_text_begins(word.text, "burst="))
			burst_column = word.column;
	}
	return finish_rate(r, burst_column);
}

int kl_read_quota(struct kl_reading *r)
{
	struct kl_word word;

	kl_lexer_next(&r->lexer, &word);
	if (kl_text_is(word.text, "memory"))
		return read_memory_quota(r);
	if (kl_text_begins(word.text, "audit["))
		return read_audit_quota(r, &word);
	return kl_refuse(r->error, word.column,
			 "unknown quota " KL_WORD_FMT
			 "; expected memory or audit[INDEX]",
			 KL_WORD_ARG(word.text));
}
