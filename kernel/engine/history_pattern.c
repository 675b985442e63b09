// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns of histories: an automaton whose steps are programs. It keeps the
 * set of all places where it may be, so that no history makes it go back.
 */
#include "history_pattern.h"
#include "pattern.h"
#include "ruleset.h"

#define WORD_BITS (8u * sizeof(unsigned long))
#define PLACE_WORDS (KL_PROGRAMS_MAX / WORD_BITS + 1)

enum kind {
	NAME,	/* one program whose name matches */
	ANY,	/* one program */
	MANY,	/* one or more */
};

/**
 * struct step - what stands between two "=>"
 * @kind: enum kind
 * @name: of NAME
 */
struct step {
	u8 kind;
	struct kl_pattern *name;
};

/**
 * struct compiled - what is behind a struct kl_history_pattern
 * @base: what others see
 * @count: of @steps
 */
struct compiled {
	struct kl_history_pattern base;
	u32 count;
	struct step steps[];
};

static bool is(struct kl_text text, const char *word)
{
	return text.length == strlen(word) &&
	       !memcmp(text.data, word, text.length);
}

/* What a part is; its name, as typed, is what is left of @part then. */
static enum kind kind_of(struct kl_text *part, bool first)
{
	struct kl_program ignored;

	if (first && kl_history_is_older(*part))
		return MANY;
	kl_history_strip(part, &ignored);
	if (is(*part, "\\{\\*\\}"))
		return MANY;
	return is(*part, "\\*") ? ANY : NAME;
}

int kl_history_word_check(struct kl_text word, u32 *position, const char **why)
{
	struct kl_text rest = word, part;
	bool more = word.length;
	u32 count;
	int error;

	for (count = 0; more; count++) {
		more = kl_history_split(&rest, &part);
		*position = part.data - word.data;
		if (count == KL_PROGRAMS_MAX) {
			*why = "more than 1024 programs in a history";
			return -E2BIG;
		}
		if (kind_of(&part, !count) != NAME || !part.length)
			continue;
		error = kl_word_check(part, position, why);
		*position += part.data - word.data;
		if (error)
			return error;
	}
	return 0;
}

static_assert(KL_PROGRAMS_MAX == 1024, "the message above says this number");

/*
 * A part as typed to the word that matches the raw name: what history.h has
 * written in octal is escaped twice there.
 * Return: bytes at @out, which has room for all of @part.
 */
static u32 unescape(struct kl_text part, char *out)
{
	static const struct {
		const char *typed;
		const char *word;
		u8 places;
	} escapes[] = {
		{ "\\134076", ">", 1 },
		{ "\\134176", "~", 2 },
		{ "\\134134", "\\134", 1 | 2 },
	};
	u32 at = 0, used = 0, i, place;

	while (at < part.length) {
		place = at ? part.data[at - 1] == '=' : 2;
		for (i = 0; i < ARRAY_SIZE(escapes); i++)
			if (escapes[i].places & place &&
			    part.length - at >= strlen(escapes[i].typed) &&
			    !memcmp(part.data + at, escapes[i].typed,
				    strlen(escapes[i].typed)))
				break;
		if (i == ARRAY_SIZE(escapes)) {
			out[used++] = part.data[at++];
			continue;
		}
		memcpy(out + used, escapes[i].word, strlen(escapes[i].word));
		used += strlen(escapes[i].word);
		at += strlen(escapes[i].typed);
	}
	return used;
}

static u32 count_parts(struct kl_text word)
{
	struct kl_text part;
	u32 count = 1;

	if (!word.length)
		return 0;
	while (kl_history_split(&word, &part))
		count++;
	return count;
}

static bool add_step(struct compiled *c, struct kl_text part, char *buffer)
{
	struct step *step = &c->steps[c->count];
	struct kl_text name = { buffer, 0 };

	step->kind = kind_of(&part, !c->count);
	c->count++;
	if (step->kind != NAME)
		return true;
	name.length = unescape(part, buffer);
	step->name = kl_pattern_new(name);
	if (!step->name)
		return false;
	c->base.memory += step->name->memory;
	return true;
}

struct kl_history_pattern *kl_history_pattern_new(struct kl_text word)
{
	size_t size = sizeof(struct compiled) +
		      count_parts(word) * sizeof(struct step);
	struct compiled *c = kl_alloc(size);
	char *buffer = kl_alloc(word.length + 1);
	bool more = word.length, good = c && buffer;
	struct kl_text part;

	if (good)
		c->base.memory = size;
	while (good && more) {
		more = kl_history_split(&word, &part);
		good = add_step(c, part, buffer);
	}
	kl_free(buffer);
	if (good)
		return &c->base;
	if (c)
		kl_history_pattern_free(&c->base);
	return NULL;
}

void kl_history_pattern_free(struct kl_history_pattern *pattern)
{
	struct compiled *c;
	u32 i;

	if (!pattern)
		return;
	c = container_of(pattern, struct compiled, base);
	for (i = 0; i < c->count; i++)
		kl_pattern_free(c->steps[i].name);
	kl_free(c);
}

static void add(unsigned long *set, u32 place)
{
	set[place / WORD_BITS] |= 1ul << place % WORD_BITS;
}

/* Take a program from every place of a word of the set. */
static void take(const struct compiled *c, unsigned long *set, u32 word,
		 struct kl_text exe)
{
	unsigned long places = set[word];
	const struct step *step;
	u32 place;

	set[word] = 0;
	for (; places; places &= places - 1) {
		place = word * WORD_BITS + __ffs(places);
		if (place == c->count)
			continue;
		step = &c->steps[place];
		if (step->kind == NAME && !kl_pattern_match(step->name, exe))
			continue;
		add(set, place + 1);
		if (step->kind == MANY)
			add(set, place);
	}
}

/*
 * Do the programs lead from a place of the set to the end? Words from the last
 * to the first: what goes on is not gone over again. Within a word the places
 * that are added are not those that are taken.
 */
static bool walk(const struct compiled *c, unsigned long *set,
		 const struct kl_history *history)
{
	struct kl_history_cursor cursor = kl_history_walk(history);
	struct kl_program program;
	u32 word;

	while (kl_history_next(&cursor, &program))
		for (word = c->count / WORD_BITS + 1; word--;)
			take(c, set, word, program.exe);
	return set[c->count / WORD_BITS] >> c->count % WORD_BITS & 1;
}

/* Of the dropped programs nothing is known but that there is one at least. */
static noinline int match_truncated(const struct compiled *c,
				    const struct kl_history *history)
{
	unsigned long set[PLACE_WORDS] = { 0 };
	bool many = c->count && c->steps[0].kind == MANY;
	u32 place;

	if (many) {
		set[0] = 3;
		if (walk(c, set, history))
			return KL_TRUE;
	}
	memset(set, 0, sizeof(set));
	for (place = !many; place <= c->count; place++)
		add(set, place);
	return walk(c, set, history) ? KL_UNKNOWN : KL_FALSE;
}

int kl_history_match(const struct kl_history_pattern *pattern,
		     const struct kl_history *history)
{
	const struct compiled *c =
		container_of(pattern, struct compiled, base);
	unsigned long set[PLACE_WORDS] = { 1 };

	if (history->truncated)
		return match_truncated(c, history);
	return walk(c, set, history) ? KL_TRUE : KL_FALSE;
}
