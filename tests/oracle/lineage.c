// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns of histories by trying everything: a part takes one program or, if
 * it is \{\*\}, one and stays. Programs that were dropped are jokers; as many as
 * the pattern has parts are enough to try.
 */
#include <regex.h>

#include "lineage.h"
#include "match.h"

#define PARTS_MAX 64

enum kind { NAME, ANY, MANY };

struct oracle_lineage {
	bool invalid;
	u32 count;
	struct {
		enum kind kind;
		struct oracle_pattern *name;
	} parts[PARTS_MAX];
};

static void cut_suffix(char *part)
{
	static regex_t regex;
	static bool ready;
	regmatch_t found;

	if (!ready && regcomp(&regex, "[(][0-9]+;[0-9]+([.][0-9]+)?[)]$", REG_EXTENDED))
		abort();
	ready = true;
	if (!regexec(&regex, part, 1, &found, 0))
		part[found.rm_so] = 0;
}

/* Replace @typed by @word where it stands; return: was it there? */
static bool replace(char **at, char **out, const char *typed, const char *word)
{
	if (strncmp(*at, typed, strlen(typed)))
		return false;
	*at += strlen(typed);
	*out = stpcpy(*out, word);
	return true;
}

static void unescape(char *part)
{
	char *at = part, *out = part;
	bool equals = false, first = true;

	for (; *at; first = false) {
		if (equals && (replace(&at, &out, "\\134076", ">") ||
			       replace(&at, &out, "\\134134", "\\134"))) {
			equals = false;
			continue;
		}
		if (first && (replace(&at, &out, "\\134176", "~") ||
			      replace(&at, &out, "\\134134", "\\134")))
			continue;
		equals = *at == '=';
		*out++ = *at++;
	}
	*out = 0;
}

static void add_part(struct oracle_lineage *lineage, char *part)
{
	u32 n = lineage->count++;

	if (n == PARTS_MAX)
		abort();
	if (!n && !strcmp(part, "...")) {
		lineage->parts[n].kind = MANY;
		return;
	}
	part += *part == '~';
	cut_suffix(part);
	lineage->parts[n].kind = !strcmp(part, "\\*")	     ? ANY :
				 !strcmp(part, "\\{\\*\\}") ? MANY :
							       NAME;
	if (lineage->parts[n].kind != NAME)
		return;
	if (*part && oracle_word(part, strlen(part)) != ORACLE_VALID) {
		lineage->invalid = true;
		return;
	}
	unescape(part);
	lineage->parts[n].name = oracle_new(part, strlen(part));
	if (!lineage->parts[n].name)
		abort();
}

struct oracle_lineage *oracle_lineage_new(const char *text)
{
	struct oracle_lineage *lineage = calloc(1, sizeof(*lineage));
	char *copy = strdup(text), *at = copy, *arrow;

	while (*text && (arrow = strstr(at, "=>"))) {
		*arrow = 0;
		add_part(lineage, at);
		at = arrow + 2;
	}
	if (*text)
		add_part(lineage, at);
	free(copy);
	return lineage;
}

void oracle_lineage_free(struct oracle_lineage *lineage)
{
	u32 i;

	if (!lineage)
		return;
	for (i = 0; i < lineage->count; i++)
		oracle_free(lineage->parts[i].name);
	free(lineage);
}

static bool takes(const struct oracle_lineage *lineage, u32 part, struct kl_text program)
{
	int answer;

	if (lineage->parts[part].kind != NAME)
		return true;
	answer = oracle_match(lineage->parts[part].name, program.data, program.length);
	if (answer < 0)
		abort();
	return answer;
}

/* Parts from @part on, after @jokers more, programs from @program on. */
static bool matches(const struct oracle_lineage *lineage, u32 part,
		    const struct oracle_history *history, u32 jokers, u32 program)
{
	if (part == lineage->count)
		return !jokers && program == history->count;
	if (!jokers && program == history->count)
		return false;
	if (!jokers && !takes(lineage, part, history->programs[program]))
		return false;
	program += !jokers;
	jokers -= !!jokers;
	return matches(lineage, part + 1, history, jokers, program) ||
	       (lineage->parts[part].kind == MANY &&
		matches(lineage, part, history, jokers, program));
}

enum kl_truth oracle_lineage_truth(const struct oracle_lineage *lineage,
				   const struct oracle_history *history)
{
	u32 jokers;

	if (lineage->invalid)
		return KL_FALSE;
	if (!history->truncated)
		return matches(lineage, 0, history, 0, 0);
	if (!lineage->count)
		return KL_FALSE;
	/* All that was dropped is in the first part: it does not matter. */
	if (lineage->parts[0].kind == MANY && matches(lineage, 0, history, 1, 0))
		return KL_TRUE;
	for (jokers = 1; jokers <= lineage->count; jokers++)
		if (matches(lineage, 0, history, jokers, 0))
			return KL_UNKNOWN;
	return KL_FALSE;
}
