// SPDX-License-Identifier: GPL-2.0
/* Lines of counters. */
#include "engine/lex.h"
#include "stat_line.h"

struct kl_text kl_text_until(struct kl_text *rest, char end)
{
	const char *at = memchr(rest->data, end, rest->length);
	struct kl_text head = *rest;

	if (at)
		head.length = at - rest->data;
	*rest = kl_text_from(*rest, head.length + (at ? 1 : 0));
	return head;
}

bool kl_stat_next(struct kl_text *rest, struct kl_stat_line *line)
{
	struct kl_text text, word;
	const char *slash;

	if (!rest->length)
		return false;
	memset(line, 0, sizeof(*line));
	text = kl_text_until(rest, '\n');
	slash = memmem(text.data, text.length, " / ", 3);
	if (slash) {
		line->policy = kl_text_from(text, slash - text.data + 3);
		text = kl_text_head(text, slash - text.data);
	}
	line->subject = kl_text_until(&text, ' ');
	while (text.length && line->count < KL_STAT_PAIRS_MAX) {
		struct kl_stat_pair *pair = &line->pairs[line->count++];

		word = kl_text_until(&text, ' ');
		pair->key = kl_text_until(&word, '=');
		pair->value = word;
	}
	return true;
}

struct kl_text kl_stat_value(const struct kl_stat_line *line, const char *key)
{
	u32 i;

	for (i = 0; i < line->count; i++)
		if (kl_text_is(line->pairs[i].key, key))
			return line->pairs[i].value;
	return kl_text_of("");
}

u64 kl_stat_number(struct kl_text text)
{
	u64 number;

	return kl_text_decimal(text, ~0ull, &number) ? 0 : number;
}
