// SPDX-License-Identifier: GPL-2.0
/*
 * What random policies and requests are made of: strings that share beginnings
 * and ends, numbers and addresses that lie close together, patterns that match
 * such strings.
 */
#include "text.h"
#include "vocabulary.h"

static const char * const parts[] = {
	"a", "b", "ab", "abc", "abd", "bin", "lib", "lib64", "x.txt", "a.txt", ".git",
	".hidden", "tmp", "tmp1", "tmp12", "tty12", "v1", "123", "3", "1f", "fg", "foo",
	"foobar", "foobaz", "a b", "caf\303\251", "back\\slash", "\001", "*", "\\*", "[x]",
	"etc", "usr", "share", "log", "log.1", "c=d", "\"q\"", "#c", "passwd", "-", "--x", "x=>y", "~", "=\\", "=>",
	"a-name-of-thirty-two-characters-", "another.long.name.0123456789abcdef",
};

const char * const variable_names[VARIABLE_NAMES] = {
	"PATH", "LD_PRELOAD", "LD_LIBRARY_PATH", "HOME", "A", "AA", "B", "", "X_1", "_",
};

static u32 put_part(struct generator *generator, char *out)
{
	u64 *random = &generator->random;

	if (random_chance(random, 25))
		return sprintf(out, "f%u", random_below(random, generator->words));
	strcpy(out, parts[random_below(random, ARRAY_SIZE(parts))]);
	return strlen(out);
}

/* Some string: mostly an absolute path. */
static struct kl_text make_string(struct generator *generator, struct arena *arena)
{
	static const char * const starts[] = { "", "proc:", "rel", "dev(8,1):" };
	static const u8 start_weights[] = { 88, 4, 5, 3 };
	static const u8 counts[] = { 2, 20, 30, 25, 13, 6, 1, 1, 1, 1 };
	u64 *random = &generator->random;
	u32 count = random_weighted(random, counts, ARRAY_SIZE(counts)), used, i;
	char buffer[512];
	char *copy;

	used = sprintf(buffer, "%s", starts[random_weighted(random, start_weights, 4)]);
	for (i = 0; i < count; i++) {
		buffer[used++] = '/';
		used += put_part(generator, buffer + used);
	}
	if (random_chance(random, 2)) {
		used = sprintf(buffer, "pipe:[%u]", random_below(random, 1000));
	} else if (random_chance(random, 2)) {
		buffer[0] = 0;
		used += !used;
	} else if (random_chance(random, 3)) {
		buffer[used++] = '/';
	}
	copy = arena_get(arena, used + 1);
	memcpy(copy, buffer, used);
	return (struct kl_text){ copy, used };
}

static struct kl_text known_string(struct generator *generator)
{
	return generator->vocabulary[random_below(&generator->random, generator->words)];
}

/* A neighbour: nearly the same string. */
static struct kl_text near_string(struct generator *generator, struct arena *arena)
{
	struct kl_text text = known_string(generator);
	u64 *random = &generator->random;
	char *copy = arena_get(arena, text.length + 64);

	memcpy(copy, text.data, text.length);
	switch (random_below(random, 6)) {
	case 0:
		copy[text.length++] = "/a.1\001"[random_below(random, 5)];
		break;
	case 1:
		text.length -= text.length > 0;
		break;
	case 2:
		if (text.length)
			copy[random_below(random, text.length)] =
				"/ax\\"[random_below(random, 4)];
		break;
	case 3:
		while (text.length && copy[--text.length] != '/')
			;
		break;
	case 4:
		text.length += put_part(generator, copy + text.length);
		break;
	default:
		text.length = 0;
	}
	return (struct kl_text){ copy, text.length };
}

struct kl_text some_string(struct generator *generator, struct arena *arena)
{
	u32 pick = random_below(&generator->random, 100);

	if (pick < 75)
		return known_string(generator);
	if (pick < 90)
		return near_string(generator, arena);
	return make_string(generator, arena);
}

void vocabulary_make(struct generator *generator, u32 lines)
{
	u32 i;

	generator->words = 20 + random_below(&generator->random, lines * 2 + 60);
	generator->vocabulary = arena_get(
		&generator->memory, generator->words * sizeof(*generator->vocabulary));
	for (i = 0; i < generator->words; i++)
		generator->vocabulary[i] = make_string(generator, &generator->memory);
}

/*
 * Numbers and addresses.
 */
u64 some_number(struct generator *generator)
{
	static const u64 edges[] = {
		0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
		0x8000000000000000, 0xfffffffffffffffe, 0xffffffffffffffff,
	};
	u64 *random = &generator->random;
	u32 pick = random_below(random, 100);

	if (generator->wide && pick < 70)
		return random_below(random, 6000);
	if (pick < 60)
		return random_below(random, 30);
	if (pick < 80)
		return 1000 + random_below(random, 30);
	if (pick < 88)
		return random_below(random, 010000);
	if (pick < 97)
		return edges[random_below(random, ARRAY_SIZE(edges))];
	return random_next(random);
}

u64 some_value(struct generator *generator, u8 slot)
{
	static const u64 types[] = {
		0100000, 040000, 0120000, 010000, 0140000, 060000, 020000, 0,
	};
	u64 number = some_number(generator);

	if (kl_slot_type(slot) == KL_FILEPERM)
		return number & 07777;
	return kl_slot_type(slot) == KL_FILETYPE ? types[number & 7] : number;
}

struct kl_ip some_ip(struct generator *generator)
{
	static const u8 starts4[][4] = {
		{ 10, 0, 0, 0 }, { 10, 0, 1, 0 }, { 10, 1, 0, 0 }, { 192, 168, 0, 0 },
		{ 127, 0, 0, 0 }, { 0, 0, 0, 0 }, { 255, 255, 255, 0 },
	};
	static const u8 starts6[][16] = {
		{ 0x20, 0x01, 0x0d, 0xb8 }, { 0xfe, 0x80 }, { 0 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10 },
		{ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1 },
		{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0 },
	};
	u64 *random = &generator->random;
	bool four = random_chance(random, 60);
	struct kl_ip ip = { .family = four ? KL_IPV4 : KL_IPV6 };

	if (four)
		memcpy(ip.bytes, starts4[random_below(random, ARRAY_SIZE(starts4))], 4);
	else
		memcpy(ip.bytes, starts6[random_below(random, ARRAY_SIZE(starts6))], 16);
	ip.bytes[four ? 3 : 15] |= random_chance(random, 50) ? random_below(random, 16) :
							      random_below(random, 256);
	if (generator->wide)
		ip.bytes[four ? 2 : 14] |= random_below(random, 32);
	return ip;
}

/*
 * Words: a string of the vocabulary, parts of it replaced by wildcards.
 */
struct weaver {
	struct generator *generator;
	char *out;
	u32 wildcards;
};

static void put_raw(struct weaver *weaver, const char *raw, u32 length)
{
	weaver->out += text_encode(raw, length, weaver->out);
}

static void put(struct weaver *weaver, const char *text, bool counted)
{
	weaver->out += sprintf(weaver->out, "%s", text);
	weaver->wildcards += counted;
}

/* How many of the next characters belong to a class? */
static u32 run_of(const char *raw, u32 length, int (*class)(int))
{
	u32 i = 0;

	while (i < length && (unsigned char)raw[i] < 0x80 && class(raw[i]))
		i++;
	return i;
}

/* Write a wildcard that matches the beginning; return how much of it. */
static u32 put_wildcard(struct weaver *weaver, const char *raw, u32 length)
{
	static const struct {
		int (*class)(int);
		const char *one, *many;
	} classes[] = {
		{ isdigit, "\\+", "\\$" }, { isxdigit, "\\x", "\\X" },
		{ isalpha, "\\a", "\\A" },
	};
	u64 *random = &weaver->generator->random;
	u32 pick = random_below(random, ARRAY_SIZE(classes)), run, taken;

	run = run_of(raw, length, classes[pick].class);
	if (run && random_chance(random, 50)) {
		bool many = random_chance(random, 60) && weaver->wildcards < 15;

		put(weaver, many ? classes[pick].many : classes[pick].one, many);
		return many ? run : 1;
	}
	if (length && random_chance(random, 30)) {
		put(weaver, "\\?", false);
		return 1;
	}
	if (weaver->wildcards > 15)
		return 0;
	taken = random_below(random, length + 1);
	if (!memchr(raw, '.', taken) && random_chance(random, 40))
		put(weaver, "\\@", true);
	else
		put(weaver, "\\*", true);
	return taken;
}

static void put_component(struct weaver *weaver, const char *raw, u32 length)
{
	u64 *random = &weaver->generator->random;
	u32 i = 0, wild = random_below(random, 4) ? 0 : 1 + random_below(random, 2);
	char part[64];

	if (random_chance(random, 20) && weaver->wildcards < 15) {
		put(weaver, "\\*", true);
		i = length;
	}
	for (; wild; wild--) {
		u32 plain = random_below(random, length - i + 1);

		put_raw(weaver, raw + i, plain);
		i += plain;
		i += put_wildcard(weaver, raw + i, length - i);
	}
	put_raw(weaver, raw + i, length - i);
	while (random_chance(random, 8) && weaver->wildcards < 15) {
		put(weaver, "\\-", false);
		put_raw(weaver, part, put_part(weaver->generator, part));
		if (random_chance(random, 40))
			put(weaver, "\\*", true);
	}
}

/* A repetition that matches the component, or that matches nothing at all. */
static void put_repetition(struct weaver *weaver, const char *raw, u32 length, bool zero)
{
	bool round = zero || random_chance(&weaver->generator->random, 50);

	put(weaver, round ? "\\(" : "\\{", true);
	if (random_chance(&weaver->generator->random, 50) || !length)
		put(weaver, "\\*", true);
	else
		put_component(weaver, raw, length);
	put(weaver, round ? "\\)/" : "\\}/", true);
}

static void weave(struct weaver *weaver, struct kl_text raw)
{
	u64 *random = &weaver->generator->random;
	const char *end = raw.data + raw.length, *at = raw.data;
	bool first = true;

	while (at <= end) {
		const char *slash = memchr(at, '/', end - at);
		u32 length = (slash ? slash : end) - at;

		if (!first && random_chance(random, 8) && weaver->wildcards < 12)
			put_repetition(weaver, at, length, true);
		if (!first && slash && length && random_chance(random, 12) &&
		    weaver->wildcards < 12) {
			put_repetition(weaver, at, length, false);
			at = slash + 1;
			while (random_chance(random, 40)) {
				slash = memchr(at, '/', end - at);
				if (!slash)
					break;
				at = slash + 1;
			}
			continue;
		}
		put_component(weaver, at, length);
		if (slash)
			put(weaver, "/", false);
		at = slash ? slash + 1 : end + 1;
		first = false;
	}
}

/* Wildcards that are not counted are wildcards too. */
static bool is_literal(const char *word)
{
	while ((word = strchr(word, '\\')) && isdigit(word[1]))
		word += 4;
	return !word;
}

struct oracle_string *make_word(struct generator *generator, struct kl_text raw,
				       bool literal)
{
	struct oracle_string *word = arena_get(&generator->memory, sizeof(*word));
	char buffer[8192];
	struct weaver weaver = { generator, buffer, 0 };

	if (literal)
		put_raw(&weaver, raw.data, raw.length);
	else
		weave(&weaver, raw);
	*weaver.out = 0;
	word->text = arena_get(&generator->memory, weaver.out - buffer + 1);
	memcpy(word->text, buffer, weaver.out - buffer + 1);
	word->raw = arena_get(&generator->memory, raw.length + 1);
	memcpy(word->raw, raw.data, raw.length);
	word->length = raw.length;
	word->literal = literal || is_literal(word->text);
	return word;
}

/*
 * Patterns of histories: some programs, parts of the list replaced by wildcards.
 */

/* "=>" and the like of a name are written as histories write them. */
static void escape_name(const char *text, char *out)
{
	const char *at = text;

	while (*at) {
		bool first = at == text, equals = !first && at[-1] == '=';

		if (equals && *at == '>') {
			out = stpcpy(out, "\\134076");
			at++;
		} else if (first && *at == '~') {
			out = stpcpy(out, "\\134176");
			at++;
		} else if ((first || equals) && !strncmp(at, "\\134", 4)) {
			out = stpcpy(out, "\\134134");
			at += 4;
		} else {
			*out++ = *at++;
		}
	}
	*out = 0;
}

/* The name of a program, decorated as in a record now and then. */
static void put_program(struct weaver *weaver, struct kl_text raw, bool literal, bool alone)
{
	u64 *random = &weaver->generator->random;
	struct oracle_string *word = make_word(weaver->generator, raw, literal);
	char name[16384];

	escape_name(word->text, name);
	if (random_chance(random, 10))
		put(weaver, "~", false);
	put(weaver, name, false);
	/* Nothing at all would be the history of nothing. */
	if (random_chance(random, 10) || (alone && !*name))
		put(weaver, random_chance(random, 50) ? "(7;3.500000)" : "(0;12)", false);
}

struct oracle_string *make_lineage(struct generator *generator, bool literal)
{
	struct oracle_string *word = arena_get(&generator->memory, sizeof(*word));
	u64 *random = &generator->random;
	u32 parts = random_between(random, 1, 4), i, more;
	struct weaver weaver;
	char buffer[65536];

	memset(word, 0, sizeof(*word));
	weaver = (struct weaver){ generator, buffer, 0 };
	word->literal = true;
	for (i = 0; i < parts; i++) {
		u32 pick = literal ? 99 : random_below(random, 100);

		put(&weaver, i ? "=>" : "", false);
		word->programs[word->program_count++] =
			some_string(generator, &generator->memory);
		if (pick >= 50) {
			put_program(&weaver, word->programs[word->program_count - 1],
				    pick >= 80, parts == 1);
			word->literal &= pick >= 80;
			continue;
		}
		word->literal = false;
		put(&weaver, pick < 20 ? "\\*" : !i && pick < 30 ? "..." : "\\{\\*\\}",
		    false);
		for (more = pick < 20 ? 0 : random_below(random, 3); more; more--)
			if (word->program_count + parts - i <= ORACLE_PROGRAMS)
				word->programs[word->program_count++] =
					some_string(generator, &generator->memory);
	}
	*weaver.out = 0;
	word->text = arena_get(&generator->memory, weaver.out - buffer + 1);
	memcpy(word->text, buffer, weaver.out - buffer + 1);
	/* As a member of a group it is a string, too. */
	word->raw = word->programs[0].length ? (char *)word->programs[0].data : (char *)"";
	word->length = word->programs[0].length;
	return word;
}
