// SPDX-License-Identifier: GPL-2.0
/* The configuration file: text to sections, sections to objects. */
#include "conf.h"
#include "engine/lex.h"
#include "limits.h"
#include "tell.h"

int kl_conf_refuse(const struct kl_conf_place *place, const char *format, ...)
{
	struct kl_error error = { .line = place->line, .column = place->column };
	va_list args;
	size_t size;
	char *text;
	FILE *stream;

	va_start(args, format);
	vsnprintf(error.text, sizeof(error.text), format, args);
	va_end(args);
	stream = open_memstream(&text, &size);
	if (!stream)
		return -EINVAL;
	kl_source_complain(stream, place->source, &error);
	if (!fclose(stream))
		kl_tell_text(LOG_ERR, text);
	free(text);
	return -EINVAL;
}

/**
 * struct reading - a line being read
 * @source: of the line
 * @line: its number
 * @lexer: at the next word
 */
struct reading {
	const struct kl_source *source;
	u32 line;
	struct kl_lexer lexer;
};

static void read_line(struct reading *reading, const struct kl_source *source, u32 line)
{
	reading->source = source;
	reading->line = line;
	kl_lexer_init(&reading->lexer, kl_source_line(source, line));
}

static struct kl_conf_place place_at(const struct reading *reading, u32 column)
{
	return (struct kl_conf_place){ reading->source, reading->line, column };
}

#define REFUSE(reading, column, ...)                                       \
	({                                                                 \
		struct kl_conf_place place_ = place_at(reading, (column)); \
		kl_conf_refuse(&place_, __VA_ARGS__);                      \
	})

static struct kl_conf_place item_place(const struct reading *reading,
				       const struct kl_conf_item *item)
{
	return (struct kl_conf_place){ reading->source, item->line, item->column };
}

/* What the lexer takes for space, but a reader would not. */
static int check_gap(struct reading *reading, u32 from, u32 to)
{
	const struct kl_text line = kl_source_line(reading->source, reading->line);
	u32 i;

	for (i = from; i < to; i++)
		if (!strchr(" \t\r", line.data[i]) || !line.data[i])
			return REFUSE(reading, i + 1,
				      "a word with anything but ASCII letters, digits and "
				      "signs must be in quotes");
	return 0;
}

static bool is_octal(const char *at, const char *end)
{
	int i;

	for (i = 0; i < 3; i++)
		if (at + i >= end || at[i] < '0' || at[i] > (i ? '7' : '3'))
			return false;
	return memcmp(at, "000", 3);
}

/* From behind the opening quote; sets the lexer behind the closing one. */
static int read_quoted(struct reading *reading, u32 column, struct kl_buffer *text)
{
	const struct kl_text line = reading->lexer.line;
	const char *at = line.data + column, *end = line.data + line.length;

	for (; at < end && *at != '"'; at++) {
		if (*at != '\\') {
			kl_buffer_add(text, at, 1);
			continue;
		}
		at++;
		if (at < end && *at == '\\') {
			kl_buffer_add(text, at, 1);
		} else if (is_octal(at, end)) {
			char byte = (at[0] - '0') * 64 + (at[1] - '0') * 8 + at[2] - '0';

			kl_buffer_add(text, &byte, 1);
			at += 2;
		} else {
			return REFUSE(reading, at - line.data,
				      "expected \\\\ or \\ooo, the octal number of a "
				      "byte that is not 0");
		}
	}
	if (at == end)
		return REFUSE(reading, column, "the closing quote is missing");
	reading->lexer.position = at + 1 - line.data;
	if (at + 1 < end && (unsigned char)at[1] > ' ')
		return REFUSE(reading, at + 2 - line.data,
			      "expected a space behind the quote");
	return 0;
}

/* Returns 1, 0 at the end of the line, or -EINVAL; the caller frees item->text. */
static int next_word(struct reading *reading, struct kl_conf_item *item)
{
	struct kl_buffer text = { 0 };
	u32 from = reading->lexer.position;
	struct kl_word word;
	bool found = kl_lexer_next(&reading->lexer, &word);
	int error;

	item->text = NULL;
	item->line = reading->line;
	item->column = word.column;
	if (!found && !reading->lexer.comment)
		error = check_gap(reading, from,
				  kl_source_line(reading->source, reading->line).length);
	else
		error = check_gap(reading, from,
				  (found ? word.column : reading->lexer.comment) - 1);
	if (error || !found)
		return error;
	kl_buffer_room(&text, word.text.length);
	if (*word.text.data == '"')
		error = read_quoted(reading, word.column, &text);
	else
		kl_buffer_add(&text, word.text.data, word.text.length);
	if (error) {
		kl_buffer_free(&text);
		return error;
	}
	item->text = text.length ? text.data : kl_xstrdup("");
	if (!text.length)
		kl_buffer_free(&text);
	return 1;
}

/* ------------------------------------------------------------ sections */

static bool is_one_of(const char *words, struct kl_text word)
{
	struct kl_lexer lexer;
	struct kl_word one;

	kl_lexer_init(&lexer, kl_text_of(words));
	while (kl_lexer_next(&lexer, &one))
		if (kl_text_equal(one.text, word))
			return true;
	return false;
}

static struct kl_conf_section *add_section(struct kl_conf *conf, u32 line, u32 column)
{
	struct kl_conf_section *section;

	conf->sections =
		kl_xrealloc(conf->sections, conf->count + 1, sizeof(*conf->sections));
	section = &conf->sections[conf->count++];
	memset(section, 0, sizeof(*section));
	section->place = (struct kl_conf_place){ conf->source, line, column };
	return section;
}

static int read_heading(struct reading *reading, struct kl_conf_section *section)
{
	struct kl_conf_item extra;
	int got = 1;

	while (section->count < KL_CONF_WORDS) {
		got = next_word(reading, &section->words[section->count]);
		if (got <= 0)
			break;
		section->count++;
	}
	if (got > 0)
		got = next_word(reading, &extra);
	if (got > 0) {
		free(extra.text);
		return REFUSE(reading, extra.column, "nothing is expected here");
	}
	return got;
}

static int split_line(struct kl_conf *conf, struct reading *reading, const char *kinds)
{
	struct kl_lexer lexer = reading->lexer;
	struct kl_hint hint;
	struct kl_word word;

	if (!kl_lexer_next(&lexer, &word))
		return conf->count ? 0 : check_gap(reading, 0, lexer.comment ?
							       lexer.comment - 1 :
							       reading->lexer.line.length);
	if (is_one_of(kinds, word.text)) {
		struct kl_conf_section *section =
			add_section(conf, reading->line, word.column);

		section->kinds = kinds;
		return read_heading(reading, section);
	}
	if (conf->count)
		return 0;
	kl_hint_init(&hint, word.text);
	kl_conf_offer(&hint, kinds);
	return REFUSE(reading, word.column,
		      KL_WORD_FMT " begins no section; %s do%s", KL_WORD_ARG(word.text),
		      kinds, hint.text);
}

void kl_conf_offer(struct kl_hint *hint, const char *words)
{
	struct kl_lexer lexer;
	struct kl_word word;
	char copy[KL_HINT_WORD];

	kl_lexer_init(&lexer, kl_text_of(words));
	while (kl_lexer_next(&lexer, &word)) {
		snprintf(copy, sizeof(copy), "%.*s", (int)word.text.length,
			 word.text.data);
		kl_hint_offer(hint, copy);
	}
}

int kl_conf_split(struct kl_conf *conf, const struct kl_source *source, const char *kinds)
{
	struct reading reading;
	int result = 0;
	u32 line, i;

	memset(conf, 0, sizeof(*conf));
	conf->source = source;
	for (line = 1; line <= source->line_count; line++) {
		read_line(&reading, source, line);
		if (reading.lexer.line.length != kl_source_line(source, line).length)
			result = REFUSE(&reading, reading.lexer.line.length + 1,
					"a NUL byte");
		else if (split_line(conf, &reading, kinds))
			result = -EINVAL;
		if (result && !conf->count)
			break;
	}
	for (i = 0; i < conf->count; i++)
		conf->sections[i].end = i + 1 < conf->count ?
						conf->sections[i + 1].place.line :
						source->line_count + 1;
	return result;
}

void kl_conf_free(struct kl_conf *conf)
{
	u32 i, word;

	for (i = 0; i < conf->count; i++)
		for (word = 0; word < KL_CONF_WORDS; word++)
			free(conf->sections[i].words[word].text);
	free(conf->sections);
	memset(conf, 0, sizeof(*conf));
}

/* -------------------------------------------------------------- values */

/**
 * struct unit - a suffix of a number
 * @name: suffix
 * @factor: what it stands for
 */
struct unit {
	const char *name;
	u64 factor;
};

/* The greatest first. */
static const struct unit sizes[] = {
	{ "T", 1ull << 40 }, { "G", 1ull << 30 }, { "M", 1ull << 20 },
	{ "K", 1ull << 10 }, { "", 1 },		  { 0 },
};

static const struct unit times[] = {
	{ "d", 86400000 }, { "h", 3600000 }, { "min", 60000 },
	{ "s", 1000 },	   { "ms", 1 },	     { 0 },
};

static const struct unit counts[] = { { "", 1 }, { 0 } };

static const struct unit *units_of(enum kl_conf_type type)
{
	return type == KL_CONF_SIZE ? sizes : type == KL_CONF_TIME ? times : counts;
}

/* As somebody would write it. */
static void format_amount(enum kl_conf_type type, u64 amount, char *text, size_t size)
{
	const struct unit *unit = units_of(type);

	while (unit[1].name && (!amount || amount % unit->factor))
		unit++;
	snprintf(text, size, "%llu%s", (unsigned long long)(amount / unit->factor),
		 unit->name);
}

static int parse_amount(enum kl_conf_type type, const char *text, u64 *amount)
{
	const struct unit *unit = units_of(type);
	size_t digits = strspn(text, "0123456789");
	struct kl_text head = { text, digits };

	if (!digits)
		return -EINVAL;
	while (unit->name && strcmp(unit->name, text + digits))
		unit++;
	if (!unit->name)
		return -EINVAL;
	return kl_text_decimal(head, ~0ull / unit->factor, amount) ?
		       -ERANGE :
		       (*amount *= unit->factor, 0);
}

static const char *expected(enum kl_conf_type type)
{
	switch (type) {
	case KL_CONF_SIZE:
		return "a number of bytes: 4096, 64K, 10M, 2G";
	case KL_CONF_TIME:
		return "a time with its unit: 500ms, 10s, 5min, 2h, 30d";
	default:
		return "a number";
	}
}

static int set_amount(const struct kl_conf_key *key, const struct kl_conf_place *place,
		      const char *text, u64 *value)
{
	char bound[32];
	int error = parse_amount(key->type, text, value);

	if (error == -EINVAL)
		return kl_conf_refuse(place, "expected %s", expected(key->type));
	if (!error && *value < key->min) {
		format_amount(key->type, key->min, bound, sizeof(bound));
		return kl_conf_refuse(place, "%s is at least %s", key->name, bound);
	}
	if (error || (key->max && *value > key->max)) {
		format_amount(key->type, key->max ? key->max : ~0ull, bound,
			      sizeof(bound));
		return kl_conf_refuse(place, "%s is at most %s", key->name, bound);
	}
	return 0;
}

static int set_choice(const struct kl_conf_key *key, const struct kl_conf_place *place,
		      const char *text, u32 *value)
{
	struct kl_lexer lexer;
	struct kl_word word;
	struct kl_hint hint;
	u32 n = 0;

	kl_lexer_init(&lexer, kl_text_of(key->choices));
	while (kl_lexer_next(&lexer, &word)) {
		if (kl_text_is(word.text, text)) {
			*value = n;
			return 0;
		}
		n++;
	}
	kl_hint_init(&hint, kl_text_of(text));
	kl_conf_offer(&hint, key->choices);
	return kl_conf_refuse(place, "%s is one of: %s%s", key->name, key->choices,
			      hint.text);
}

static int set_mode(const struct kl_conf_key *key, const struct kl_conf_place *place,
		    const char *text, u64 *value)
{
	size_t length = strlen(text);

	if (!length || length > 4 || strspn(text, "01234567") != length)
		return kl_conf_refuse(place,
				      "%s is an octal number of up to 4 digits, as 0600",
				      key->name);
	*value = strtoul(text, NULL, 8);
	return 0;
}

static int set_word(const struct kl_conf_key *key, const struct kl_conf_place *place,
		    const char *text, char **value)
{
	if (key->type == KL_CONF_PATH && *text != '/')
		return kl_conf_refuse(place, "expected a pathname that begins with /");
	if (!*text)
		return kl_conf_refuse(place, "%s is empty", key->name);
	free(*value);
	*value = kl_xstrdup(text);
	return 0;
}

static int set_bool(const struct kl_conf_place *place, const char *text, bool *value)
{
	if (strcmp(text, "yes") && strcmp(text, "no"))
		return kl_conf_refuse(place, "expected yes or no");
	*value = !strcmp(text, "yes");
	return 0;
}

static int set_value(const struct kl_conf_key *key, const struct kl_conf_place *place,
		     const char *text, void *at)
{
	switch (key->type) {
	case KL_CONF_WORD:
	case KL_CONF_PATH:
		return set_word(key, place, text, at);
	case KL_CONF_SIZE:
	case KL_CONF_TIME:
	case KL_CONF_COUNT:
		return set_amount(key, place, text, at);
	case KL_CONF_MODE:
		return set_mode(key, place, text, at);
	case KL_CONF_BOOL:
		return set_bool(place, text, at);
	default:
		return set_choice(key, place, text, at);
	}
}

static void append(struct kl_conf_list *list, const struct kl_conf_item *item)
{
	list->items = kl_xrealloc(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = *item;
}

static int read_list(struct reading *reading, const struct kl_conf_key *key,
		     struct kl_conf_list *list)
{
	struct kl_conf_item item;
	u32 before = list->count;
	int got;

	while ((got = next_word(reading, &item)) > 0)
		append(list, &item);
	if (!got && list->count == before)
		return REFUSE(reading, item.column, "%s takes one word or more",
			      key->name);
	return got;
}

/* All that is left up to a comment; what is in it is for its reader to judge. */
static int read_rest(struct reading *reading, const struct kl_conf_key *key,
		     struct kl_conf_list *list)
{
	const char *line = reading->lexer.line.data;
	struct kl_word first, last, word;
	struct kl_conf_item item;

	if (!kl_lexer_next(&reading->lexer, &first))
		return REFUSE(reading, first.column, "something is missing behind %s",
			      key->name);
	last = first;
	while (kl_lexer_next(&reading->lexer, &word))
		last = word;
	item.line = reading->line;
	item.column = first.column;
	item.text = strndup(line + first.column - 1,
			    last.column - first.column + last.text.length);
	if (!item.text)
		abort();
	append(list, &item);
	return 0;
}

static int read_value(struct reading *reading, const struct kl_conf_key *key, void *at)
{
	struct kl_conf_item item, extra;
	struct kl_conf_place place;
	int result;

	if (key->type == KL_CONF_LIST)
		return read_list(reading, key, at);
	if (key->type == KL_CONF_LINES)
		return read_rest(reading, key, at);
	result = next_word(reading, &item);
	if (!result && key->type == KL_CONF_BOOL) {
		*(bool *)at = true;
		return 0;
	}
	if (!result)
		return REFUSE(reading, item.column, "the value of %s is missing",
			      key->name);
	if (result < 0)
		return result;
	place = item_place(reading, &item);
	result = set_value(key, &place, item.text, at);
	free(item.text);
	if (result)
		return result;
	result = next_word(reading, &extra);
	if (result <= 0)
		return result;
	free(extra.text);
	return REFUSE(reading, extra.column,
		      "%s takes one value; if this belongs to it, use quotes", key->name);
}

/* ---------------------------------------------------------------- fill */

/**
 * struct filling - a section becoming an object
 * @section: what is read
 * @tables: keys
 * @object: what is filled
 * @given: line of each key, in the order of the tables; 0: not given
 */
struct filling {
	const struct kl_conf_section *section;
	const struct kl_conf_key *const *tables;
	char *object;
	u32 given[KL_CONF_KEYS];
};

/* Walks all rows of all tables: for (at = {0}; (key = step(tables, &at)); at.n++) */
struct walk {
	u32 table, row, n;
};

static const struct kl_conf_key *step(const struct kl_conf_key *const *tables,
				      struct walk *at)
{
	while (tables[at->table]) {
		const struct kl_conf_key *key = &tables[at->table][at->row++];

		if (key->name)
			return key;
		at->table++;
		at->row = 0;
	}
	return NULL;
}

#define for_each_key(key, at, tables) \
	for (at = (struct walk){ 0 }; (key = step(tables, &at)); at.n++)

static int set_initial(struct filling *filling)
{
	const struct kl_conf_key *key;
	struct walk at;

	for_each_key(key, at, filling->tables) {
		if (WARN_ON_ONCE(at.n >= KL_CONF_KEYS))
			return -EINVAL;
		if (!key->initial)
			continue;
		if (set_value(key, &filling->section->place, key->initial,
			      filling->object + key->offset))
			return -EINVAL;
	}
	return 0;
}

static int refuse_key(struct filling *filling, struct reading *reading,
		      const struct kl_conf_item *item)
{
	const struct kl_conf_section *section = filling->section;
	const struct kl_conf_key *key;
	struct kl_hint hint;
	struct walk at;

	kl_hint_init(&hint, kl_text_of(item->text));
	for_each_key(key, at, filling->tables)
		kl_hint_offer(&hint, key->name);
	kl_conf_offer(&hint, section->kinds);
	return REFUSE(reading, item->column, "%s%s%s has no key \"%.40s\"%s",
		      section->words[0].text, section->count > 1 ? " " : "",
		      section->count > 1 ? section->words[1].text : "", item->text,
		      hint.text);
}

static bool is_repeatable(const struct kl_conf_key *key)
{
	return key->type == KL_CONF_LIST || key->type == KL_CONF_LINES;
}

static int read_key(struct filling *filling, struct reading *reading,
		    const struct kl_conf_item *item)
{
	const struct kl_conf_key *key;
	u32 *given, local;
	struct walk at;

	for_each_key(key, at, filling->tables)
		if (!strcmp(key->name, item->text))
			break;
	if (!key)
		return refuse_key(filling, reading, item);
	given = &filling->given[at.n];
	if (*given && !is_repeatable(key)) {
		kl_source_locate(reading->source, *given, &local);
		return REFUSE(reading, item->column,
			      "%s was given before, in line %u", key->name, local);
	}
	*given = reading->line;
	return read_value(reading, key, filling->object + key->offset);
}

static int fill_line(struct filling *filling, u32 line)
{
	struct kl_conf_item item;
	struct reading reading;
	int result;

	read_line(&reading, filling->section->place.source, line);
	result = next_word(&reading, &item);
	if (result <= 0)
		return result;
	result = read_key(filling, &reading, &item);
	free(item.text);
	return result;
}

static int check_required(struct filling *filling)
{
	const struct kl_conf_key *key;
	struct walk at;
	int result = 0;

	for_each_key(key, at, filling->tables)
		if (key->required && !filling->given[at.n])
			result = kl_conf_refuse(&filling->section->place,
						"%s is missing", key->name);
	return result;
}

int kl_conf_fill(const struct kl_conf_section *section,
		 const struct kl_conf_key *const *tables, void *object)
{
	struct filling filling = { section, tables, object, { 0 } };
	int result = set_initial(&filling);
	u32 line;

	if (result)
		return result;
	for (line = section->place.line + 1; line < section->end; line++)
		if (fill_line(&filling, line))
			result = -EINVAL;
	return check_required(&filling) ? -EINVAL : result;
}

static void release_list(struct kl_conf_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		free(list->items[i].text);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

void kl_conf_release(const struct kl_conf_key *const *tables, void *object)
{
	const struct kl_conf_key *key;
	struct walk at;

	for_each_key(key, at, tables) {
		void *value = (char *)object + key->offset;

		if (is_repeatable(key)) {
			release_list(value);
		} else if (key->type == KL_CONF_WORD || key->type == KL_CONF_PATH) {
			free(*(char **)value);
			*(char **)value = NULL;
		}
	}
}

static bool equal_lists(const struct kl_conf_list *a, const struct kl_conf_list *b)
{
	u32 i;

	for (i = 0; i < a->count && i < b->count; i++)
		if (strcmp(a->items[i].text, b->items[i].text))
			return false;
	return a->count == b->count;
}

static bool equal_values(enum kl_conf_type type, const void *a, const void *b)
{
	const char *const *texts[] = { a, b };

	switch (type) {
	case KL_CONF_WORD:
	case KL_CONF_PATH:
		return *texts[0] && *texts[1] ? !strcmp(*texts[0], *texts[1]) :
						*texts[0] == *texts[1];
	case KL_CONF_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case KL_CONF_CHOICE:
		return *(const u32 *)a == *(const u32 *)b;
	case KL_CONF_LIST:
	case KL_CONF_LINES:
		return equal_lists(a, b);
	default:
		return *(const u64 *)a == *(const u64 *)b;
	}
}

bool kl_conf_equal(const struct kl_conf_key *const *tables, const void *a, const void *b)
{
	const struct kl_conf_key *key;
	struct walk at;

	for_each_key(key, at, tables)
		if (!equal_values(key->type, (const char *)a + key->offset,
				  (const char *)b + key->offset))
			return false;
	return true;
}

/* ---------------------------------------------------------------- help */

static void put_type(FILE *stream, const struct kl_conf_key *key)
{
	static const char *const types[] = {
		[KL_CONF_WORD] = "WORD",      [KL_CONF_PATH] = "PATH",
		[KL_CONF_SIZE] = "SIZE",      [KL_CONF_TIME] = "TIME",
		[KL_CONF_COUNT] = "N",	      [KL_CONF_MODE] = "MODE",
		[KL_CONF_BOOL] = "[yes|no]",  [KL_CONF_LIST] = "WORD...",
		[KL_CONF_LINES] = "TEXT...",
	};
	const char *at;

	if (key->type != KL_CONF_CHOICE) {
		fputs(types[key->type], stream);
		return;
	}
	for (at = key->choices; *at; at++)
		fputc(*at == ' ' ? '|' : *at, stream);
}

void kl_conf_help(FILE *stream, const struct kl_conf_key *keys)
{
	const struct kl_conf_key *key;

	for (key = keys; key->name; key++) {
		fprintf(stream, "    %s ", key->name);
		put_type(stream, key);
		fprintf(stream, "\n        %s", key->help);
		if (key->required)
			fputs(" (required)", stream);
		if (key->initial)
			fprintf(stream, " (default: %s)", key->initial);
		fputc('\n', stream);
	}
}
