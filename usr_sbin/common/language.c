// SPDX-License-Identifier: GPL-2.0
/*
 * Patterns as machines that take one byte at a time. A machine is where the
 * matcher would be after these bytes: in which components of the pattern it may
 * be, and where in each of them. What the matcher decides by looking ahead
 * ("is there more behind this '/'?") is decided when the next byte comes.
 *
 * The search goes from place to place, a place being where all the machines
 * are, until it finds one where they say what is wanted, or has seen them all.
 */
#include <pthread.h>

#include "engine/pattern.h"
#include "language.h"

/* Places of a part, and components, are bits of a word. */
#define BITS_MAX 62u

enum phase {
	HEAD,	/* before the component in which the first wildcard stands */
	START,	/* at the beginning of that */
	INSIDE,	/* in a component */
	BEHIND,	/* behind a '/' that ended one */
	DEAD,	/* nothing can match any more */
};

enum repeat { ONCE, ONE_OR_MORE, ZERO_OR_MORE };

/* As struct place of the engine: what goes on, what stays. */
struct step {
	u8 class;
	u8 byte;
	u8 stay;
};

struct part {
	u32 first; /* of the machine's steps */
	u32 count; /* without the end */
};

struct component {
	u32 first; /* of the machine's parts */
	u32 count;
	u8 repeat;
};

/**
 * struct machine - a pattern
 * @pattern: the engine's; its head, and whether it is a literal
 * @fixed: bytes before the first component
 * @open_end, @slash: as in the engine's pattern.c
 * @size: words of its state: position and phase, components, places of each part
 */
struct machine {
	const struct kl_pattern *pattern;
	u32 fixed;
	bool open_end, slash;
	struct step *steps;
	struct part *parts;
	struct component *components;
	u32 step_count, part_count, count;
	u32 size;
};

/**
 * struct search - the machines and the places where they have been
 * @alphabet: bytes that make a difference, one of each kind
 * @width: words of a place
 * @places: these
 * @from, @by: from which place and by which byte each was reached
 * @table: numbers of places + 1 by hash
 */
struct search {
	struct machine machines[KL_LANGUAGE_PATTERNS];
	u32 all, count;
	u8 alphabet[256];
	u32 letters;
	u32 width;
	u64 *places;
	u32 *from;
	u8 *by;
	u32 place_count, room;
	u32 *table;
	u32 table_size;
};

/* The engine says which bytes are in a class: asked once, by the thread that comes first. */
static u8 classes[256];
static pthread_once_t learnt = PTHREAD_ONCE_INIT;

static void learn_classes(void)
{
	static const struct {
		const char *word;
		u8 class;
	} words[] = {
		{ "\\?", KL_CHAR_ANY }, { "\\@", KL_CHAR_NO_DOT },
		{ "\\+", KL_CHAR_DIGIT }, { "\\x", KL_CHAR_HEX },
		{ "\\a", KL_CHAR_LETTER },
	};
	struct kl_pattern *pattern;
	u32 i, byte;
	char c;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		pattern = kl_pattern_new(kl_text_of(words[i].word));
		for (byte = 0; pattern && byte < 256; byte++) {
			c = byte;
			if (kl_pattern_match(pattern, (struct kl_text){ &c, 1 }))
				classes[byte] |= words[i].class;
		}
		kl_pattern_free(pattern);
	}
}

/*
 * A pattern to a machine.
 */
static struct step *add_step(struct machine *m)
{
	m->steps = kl_xrealloc(m->steps, m->step_count + 1, sizeof(*m->steps));
	memset(&m->steps[m->step_count], 0, sizeof(*m->steps));
	m->steps[m->step_count].class = KL_CHAR_NEVER;
	return &m->steps[m->step_count++];
}

static bool add_part(struct machine *m, struct kl_text word)
{
	struct part *part;
	struct step *step;
	struct kl_token token;
	u32 at;

	m->parts = kl_xrealloc(m->parts, m->part_count + 1, sizeof(*m->parts));
	part = &m->parts[m->part_count++];
	part->first = m->step_count;
	part->count = 0;
	step = add_step(m);
	for (at = 0; at < word.length; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (token.kind != KL_TOKEN_MANY) {
			step->class = token.kind == KL_TOKEN_LITERAL ? 0 : token.class;
			step->byte = token.byte;
			step = add_step(m);
			part->count++;
		}
		if (token.kind == KL_TOKEN_MANY || token.kind == KL_TOKEN_SOME)
			step->stay |= token.class;
	}
	return part->count < BITS_MAX;
}

static bool add_component(struct machine *m, struct kl_text word)
{
	struct component *c;
	struct kl_token token;
	u32 at, from = 0;
	bool fits = true;

	m->components = kl_xrealloc(m->components, m->count + 1, sizeof(*c));
	c = &m->components[m->count++];
	c->first = m->part_count;
	c->repeat = ONCE;
	if (word.length && !kl_token_read(word.data, word.length, &token) &&
	    token.kind == KL_TOKEN_OPEN) {
		c->repeat = token.byte == '}' ? ONE_OR_MORE : ZERO_OR_MORE;
		word = (struct kl_text){ word.data + 2, word.length - 4 };
	}
	for (at = 0; at < word.length; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (token.kind != KL_TOKEN_MINUS)
			continue;
		fits &= add_part(m, (struct kl_text){ word.data + from, at - from });
		from = at + token.length;
	}
	fits &= add_part(m, (struct kl_text){ word.data + from, word.length - from });
	c->count = m->part_count - c->first;
	return fits && m->count < BITS_MAX;
}

/* Is the last component made of \* and \@ alone? */
static bool is_loop(const struct machine *m)
{
	const struct component *c = &m->components[m->count - 1];

	return c->repeat == ONCE && c->count == 1 && !m->parts[c->first].count;
}

static bool machine_init(struct machine *m, struct kl_string *word)
{
	struct kl_text text = { word->text, word->length }, piece;
	const char *slash;
	bool fits = true;
	u32 at;

	m->pattern = kl_string_pattern(word);
	m->size = 1;
	if (!m->pattern)
		return false;
	m->fixed = m->pattern->literal ? m->pattern->head.length : m->pattern->directory;
	if (m->pattern->literal)
		return true;
	at = kl_literal_length(text);
	while (at && text.data[at - 1] != '/')
		at--;
	while (at < text.length && fits) {
		piece = (struct kl_text){ text.data + at, text.length - at };
		slash = memchr(piece.data, '/', piece.length);
		if (slash)
			piece.length = slash - piece.data;
		fits = add_component(m, piece);
		at += piece.length + 1;
	}
	m->slash = text.data[text.length - 1] == '/';
	m->open_end = fits && !m->slash && is_loop(m);
	m->size = 2 + m->part_count;
	return fits;
}

static void machine_free(struct machine *m)
{
	free(m->steps);
	free(m->parts);
	free(m->components);
}

/*
 * The machine at work. Its state: word 0 the phase and the position, which is
 * not told apart beyond the head; word 1 the components; then each part's.
 */
static enum phase phase_of(const u64 *state)
{
	return state[0] & 7;
}

static u32 position_of(const u64 *state)
{
	return state[0] >> 3;
}

static void set_state(u64 *state, enum phase phase, u32 position)
{
	state[0] = (u64)position << 3 | phase;
}

static void machine_start(const struct machine *m, u64 *state)
{
	memset(state, 0, m->size * sizeof(*state));
	set_state(state, m->fixed || m->pattern->literal ? HEAD : START, 0);
}

static void machine_die(const struct machine *m, u64 *state)
{
	memset(state, 0, m->size * sizeof(*state));
	set_state(state, DEAD, 0);
}

/* Component @n comes next; one that may be left out leads on to the next. */
static u64 reach(const struct machine *m, u32 n)
{
	u64 set = 1ull << n;

	for (; n < m->count && m->components[n].repeat == ZERO_OR_MORE; n++)
		set |= 2ull << n;
	return set;
}

static bool component_matches(const struct machine *m, const u64 *state, u32 n)
{
	const struct component *c = &m->components[n];
	u32 i, part;

	for (i = 0; i < c->count; i++) {
		part = c->first + i;
		if ((state[2 + part] >> m->parts[part].count & 1) != !i)
			return false;
	}
	return true;
}

/* The components among those that match now. */
static u64 matching(const struct machine *m, const u64 *state)
{
	u64 set = 0;
	u32 n;

	for (n = 0; n < m->count; n++)
		if (state[1] >> n & 1 && component_matches(m, state, n))
			set |= 1ull << n;
	return set;
}

static void begin_components(const struct machine *m, u64 *state, u64 set)
{
	u32 n, i;

	set &= (1ull << m->count) - 1;
	memset(state + 2, 0, m->part_count * sizeof(*state));
	state[1] = set;
	for (n = 0; n < m->count; n++)
		for (i = 0; set >> n & 1 && i < m->components[n].count; i++)
			state[2 + m->components[n].first + i] = 1;
}

static u64 step_part(const struct machine *m, const struct part *part, u64 set, u8 byte)
{
	const struct step *step = &m->steps[part->first];
	u64 next = 0;
	u32 i;

	for (i = 0; i <= part->count; i++, step++) {
		if (!(set >> i & 1))
			continue;
		if (step->stay & classes[byte])
			next |= 1ull << i;
		if (step->class ? step->class & classes[byte] : step->byte == byte)
			next |= 2ull << i;
	}
	return next;
}

/* A byte within components; those that it leads out of are left. */
static void step_components(const struct machine *m, u64 *state, u8 byte)
{
	const struct component *c;
	u32 n, i, part;

	for (n = 0; n < m->count; n++) {
		if (!(state[1] >> n & 1))
			continue;
		c = &m->components[n];
		for (i = 0; i < c->count; i++) {
			part = c->first + i;
			state[2 + part] = step_part(m, &m->parts[part], state[2 + part],
						    byte);
		}
		if (state[2 + c->first])
			continue;
		state[1] &= ~(1ull << n);
		memset(&state[2 + c->first], 0, c->count * sizeof(*state));
	}
}

/* What comes behind a '/', now that @byte is known to follow it. */
static u64 follow(const struct machine *m, u64 matched, u8 byte)
{
	u64 set = 0;
	u32 n;

	for (n = 0; n < m->count; n++) {
		if (!(matched >> n & 1))
			continue;
		set |= reach(m, n + 1);
		if (m->components[n].repeat != ONCE && byte != '/')
			set |= 1ull << n;
	}
	return set;
}

static void step_inside(const struct machine *m, u64 *state, u32 position, u8 byte)
{
	if (byte == '/') {
		state[1] = matching(m, state);
		memset(state + 2, 0, m->part_count * sizeof(*state));
		set_state(state, BEHIND, position);
	} else {
		step_components(m, state, byte);
		set_state(state, INSIDE, position);
	}
	if (!state[1])
		machine_die(m, state);
}

static void machine_step(const struct machine *m, u64 *state, u8 byte)
{
	u32 at = position_of(state), next = min(at + 1, m->pattern->head.length + 1);

	switch (phase_of(state)) {
	case HEAD:
		if (at == m->fixed || (u8)m->pattern->head.data[at] != byte)
			machine_die(m, state);
		else
			set_state(state, next == m->fixed && !m->pattern->literal ?
						 START : HEAD, next);
		return;
	case START:
		if (!m->pattern->head.length && byte == '/') {
			machine_die(m, state);
			return;
		}
		begin_components(m, state, reach(m, 0));
		break;
	case BEHIND:
		begin_components(m, state, follow(m, state[1], byte));
		break;
	case INSIDE:
		break;
	case DEAD:
		return;
	}
	step_inside(m, state, next, byte);
}

/* The string is the head and no more: the engine's match_head(). */
static bool ends_in_head(const struct machine *m, const u64 *state)
{
	return m->count == 1 && !m->slash && m->components[0].repeat == ONCE &&
	       component_matches(m, state, 0);
}

static bool accepts_start(const struct machine *m)
{
	u64 state[2 + BITS_MAX];

	if (m->pattern->head.length != m->fixed || m->part_count > BITS_MAX)
		return false;
	begin_components(m, state, 1);
	return ends_in_head(m, state);
}

static u64 drop_repeated(const struct machine *m, u64 set)
{
	u32 n;

	for (n = 0; n < m->count; n++)
		if (m->components[n].repeat != ONCE)
			set &= ~(1ull << n);
	return set;
}

/* Does the string, as far as it has come, match? */
static bool machine_accepts(const struct machine *m, const u64 *state)
{
	u64 set;

	switch (phase_of(state)) {
	case HEAD:
		return m->pattern->literal && position_of(state) == m->fixed;
	case START:
		return accepts_start(m);
	case INSIDE:
		if (position_of(state) == m->pattern->head.length)
			return ends_in_head(m, state);
		set = drop_repeated(m, matching(m, state)) << 1;
		break;
	case BEHIND:
		set = state[1] << 1;
		break;
	default:
		return false;
	}
	return set >> m->count & 1 || (m->open_end && set >> (m->count - 1) & 1);
}

/*
 * The search.
 */
static void add_letter(struct search *s, bool *seen, u8 byte)
{
	if (!seen[byte])
		s->alphabet[s->letters++] = byte;
	seen[byte] = true;
}

/* Bytes that patterns name, and of the rest one for each set of classes. */
static void make_alphabet(struct search *s)
{
	bool seen[256] = { false }, kinds[256] = { false };
	u32 i, j;

	for (i = 0; i < s->count; i++) {
		const struct machine *m = &s->machines[i];

		for (j = 0; j < m->fixed; j++)
			add_letter(s, seen, m->pattern->head.data[j]);
		for (j = 0; j < m->step_count; j++)
			if (!m->steps[j].class)
				add_letter(s, seen, m->steps[j].byte);
	}
	add_letter(s, seen, '/');
	for (i = 0; i < 256; i++) {
		if (seen[(i + 'a') % 256] || kinds[classes[(i + 'a') % 256]])
			continue;
		kinds[classes[(i + 'a') % 256]] = true;
		add_letter(s, seen, i + 'a');
	}
}

static u32 hash_place(const struct search *s, const u64 *place)
{
	return kl_hash(0, (const char *)place, s->width * sizeof(*place));
}

static void grow_table(struct search *s)
{
	u32 i, at;

	free(s->table);
	s->table_size = s->table_size ? 4 * s->table_size : 256;
	s->table = kl_xalloc(s->table_size, sizeof(*s->table));
	for (i = 0; i < s->place_count; i++) {
		at = hash_place(s, s->places + (size_t)i * s->width) % s->table_size;
		while (s->table[at])
			at = (at + 1) % s->table_size;
		s->table[at] = i + 1;
	}
}

static void make_room(struct search *s)
{
	if (2 * s->place_count >= s->table_size)
		grow_table(s);
	if (s->place_count < s->room)
		return;
	s->room = s->room ? 2 * s->room : 64;
	s->places = kl_xrealloc(s->places, (size_t)s->room * s->width, sizeof(u64));
	s->from = kl_xrealloc(s->from, s->room, sizeof(*s->from));
	s->by = kl_xrealloc(s->by, s->room, 1);
}

/* Go to a place, unless somebody has been there. */
static void visit(struct search *s, const u64 *place, u32 from, u8 by)
{
	u32 at;

	make_room(s);
	at = hash_place(s, place) % s->table_size;
	for (; s->table[at]; at = (at + 1) % s->table_size)
		if (!memcmp(s->places + (size_t)(s->table[at] - 1) * s->width, place,
			    s->width * sizeof(*place)))
			return;
	memcpy(s->places + (size_t)s->place_count * s->width, place,
	       s->width * sizeof(*place));
	s->from[s->place_count] = from;
	s->by[s->place_count] = by;
	s->table[at] = ++s->place_count;
}

static bool is_wanted(const struct search *s, const u64 *place)
{
	u32 i;

	for (i = 0; i < s->count; i++) {
		if (machine_accepts(&s->machines[i], place) != (i < s->all))
			return false;
		place += s->machines[i].size;
	}
	return true;
}

/* Step all machines. Return: false if one that must match is dead. */
static bool step_all(const struct search *s, u64 *place, u8 byte)
{
	u32 i;

	for (i = 0; i < s->count; i++) {
		machine_step(&s->machines[i], place, byte);
		if (i < s->all && phase_of(place) == DEAD)
			return false;
		place += s->machines[i].size;
	}
	return true;
}

static void spell(const struct search *s, u32 place, struct kl_buffer *example)
{
	char *left, *right, byte;
	u32 at;

	kl_buffer_clear(example);
	for (at = place; at; at = s->from[at])
		kl_buffer_add(example, (const char *)&s->by[at], 1);
	if (!example->length)
		return;
	right = example->data + example->length - 1;
	for (left = example->data; left < right; left++, right--) {
		byte = *left;
		*left = *right;
		*right = byte;
	}
}

static enum kl_language run(struct search *s, struct kl_buffer *example)
{
	u64 *start = kl_xalloc(s->width, sizeof(*start)), *at = start;
	enum kl_language answer = KL_LANGUAGE_NONE;
	u32 i, letter;

	for (i = 0; i < s->count; at += s->machines[i++].size)
		machine_start(&s->machines[i], at);
	visit(s, start, 0, 0);
	for (i = 0; i < s->place_count; i++) {
		if (is_wanted(s, s->places + (size_t)i * s->width)) {
			if (example)
				spell(s, i, example);
			answer = KL_LANGUAGE_SOME;
			break;
		}
		if (s->place_count > KL_LANGUAGE_PLACES) {
			answer = KL_LANGUAGE_UNSURE;
			break;
		}
		for (letter = 0; letter < s->letters; letter++) {
			memcpy(start, s->places + (size_t)i * s->width,
			       s->width * sizeof(*start));
			if (step_all(s, start, s->alphabet[letter]))
				visit(s, start, i, s->alphabet[letter]);
		}
	}
	free(start);
	return answer;
}

enum kl_language kl_language_search(const struct kl_string *const *words, u32 all,
				    u32 none, struct kl_buffer *example)
{
	enum kl_language answer = KL_LANGUAGE_UNSURE;
	struct search s = { .all = all };
	u32 i;

	if (all + none > KL_LANGUAGE_PATTERNS)
		return answer;
	pthread_once(&learnt, learn_classes);
	for (; s.count < all + none; s.count++) {
		/* The pattern that it keeps is no part of what it says. */
		if (!machine_init(&s.machines[s.count],
				  (struct kl_string *)words[s.count])) {
			s.count++;
			goto out;
		}
		s.width += s.machines[s.count].size;
	}
	make_alphabet(&s);
	answer = run(&s, example);
out:
	for (i = 0; i < s.count; i++)
		machine_free(&s.machines[i]);
	free(s.places);
	free(s.from);
	free(s.by);
	free(s.table);
	return answer;
}
