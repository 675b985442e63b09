// SPDX-License-Identifier: GPL-2.0
/* Regular expressions. */
#include "engine/lex.h"
#include "match.h"

bool match_set(struct match *match, struct kl_text pattern, char why[100])
{
	struct kl_buffer text = { 0 };
	regex_t regex;
	int error;

	if (!pattern.length) {
		match_free(match);
		return true;
	}
	kl_buffer_add(&text, pattern.data, pattern.length);
	error = regcomp(&regex, text.data, REG_EXTENDED | REG_ICASE);
	if (error) {
		regerror(error, &regex, why, 100);
		kl_buffer_free(&text);
		return false;
	}
	match_free(match);
	match->pattern = text;
	match->regex = regex;
	return true;
}

bool match_is_set(const struct match *match)
{
	return match->pattern.length;
}

bool match_found(const struct match *match, struct kl_text text)
{
	regmatch_t place = { 0 };

	return !match_is_set(match) || match_next(match, text, &place);
}

bool match_found_in_lines(const struct match *match, struct kl_text text)
{
	const char *end;
	u32 length;

	do {
		end = memchr(text.data, '\n', text.length);
		length = end ? end - text.data : text.length;
		if (match_found(match, kl_text_head(text, length)))
			return true;
		text = kl_text_from(text, length + (end ? 1 : 0));
	} while (text.length);
	return false;
}

bool match_next(const struct match *match, struct kl_text text, regmatch_t *place)
{
	regoff_t from = place->rm_so;

	place->rm_eo = text.length;
	return from <= (regoff_t)text.length &&
	       !regexec(&match->regex, text.data, 1, place,
			REG_STARTEND | (from ? REG_NOTBOL : 0));
}

void match_free(struct match *match)
{
	if (match_is_set(match))
		regfree(&match->regex);
	kl_buffer_free(&match->pattern);
	memset(match, 0, sizeof(*match));
}
