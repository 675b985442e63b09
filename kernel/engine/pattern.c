// SPDX-License-Identifier: GPL-2.0
/*
 * Wildcard patterns.
 *
 * What matches, for a pattern with wildcards. Its head is what stands before
 * the first wildcard. Components are what '/' separates; a '/' at the very end
 * ends the last component and begins no further one, in strings as well as in
 * patterns. A component "A\-B\-C" matches what A matches and neither B nor C.
 *
 * 1. The string begins with the head. If the pattern begins with a wildcard,
 *    the string does not begin with '/'.
 * 2. If the string is the head and no more, the rest of the pattern must lie
 *    in the component where the head ends, without a '/' after it, and this
 *    component must match: "/bin/" matches "/bin/\*", "/bin" matches "/bin\*",
 *    but neither "/bin\*" followed by "/" nor by anything more.
 * 3. Else component is compared with component, from the one where the head
 *    ends, until string or pattern is used up. Both must be; but of the pattern
 *    one last component may be left that is made of \* and \@ alone and has no
 *    '/' after it: "/srv/x" matches "/srv/\*" with another "/\*" behind it.
 *    A '/' at the end of either side changes nothing: "/a/" matches "/\*", and
 *    "/a" matches "/\*" with a "/" behind it.
 * 4. "\{A\}" takes one component that A matches and that is followed by '/',
 *    then as many more of that kind as are not empty. "\(A\)" is the same or
 *    nothing; nothing only if there is more of the string.
 *
 * Components are the steps of one automaton, the characters of a component are
 * those of another. Each keeps the set of all places where it may be, so that
 * no string makes it go back.
 */
#include "../limits.h"
#include "pattern.h"

#define WORD_BITS (8u * sizeof(unsigned long))
#define PLACE_WORDS (KL_TOKENS_MAX / WORD_BITS + 1)
#define STEP_WORDS (KL_COMPONENTS_MAX / WORD_BITS + 1)

/* '/' never reaches a place where they are asked for. */
static const u8 classes[256] = {
	[0 ... '-'] = KL_CHAR_ANY | KL_CHAR_NO_DOT,
	['.'] = KL_CHAR_ANY,
	['/'] = KL_CHAR_ANY | KL_CHAR_NO_DOT,
	['0' ... '9'] = KL_CHAR_ANY | KL_CHAR_NO_DOT | KL_CHAR_DIGIT | KL_CHAR_HEX,
	[':' ... '@'] = KL_CHAR_ANY | KL_CHAR_NO_DOT,
	['A' ... 'F'] = KL_CHAR_ANY | KL_CHAR_NO_DOT | KL_CHAR_HEX | KL_CHAR_LETTER,
	['G' ... 'Z'] = KL_CHAR_ANY | KL_CHAR_NO_DOT | KL_CHAR_LETTER,
	['[' ... '`'] = KL_CHAR_ANY | KL_CHAR_NO_DOT,
	['a' ... 'f'] = KL_CHAR_ANY | KL_CHAR_NO_DOT | KL_CHAR_HEX | KL_CHAR_LETTER,
	['g' ... 'z'] = KL_CHAR_ANY | KL_CHAR_NO_DOT | KL_CHAR_LETTER,
	['{' ... 255] = KL_CHAR_ANY | KL_CHAR_NO_DOT,
};

/**
 * struct place - where the automaton of a component may be
 * @class: what goes on to the next place, enum kl_chars; 0: just @byte
 * @byte: if @class is 0
 * @stay: what stays here, enum kl_chars; 0: nothing
 */
struct place {
	u8 class;
	u8 byte;
	u8 stay;
};

/** enum shape - of what is between prefix and suffix */
enum shape {
	EMPTY, /* nothing: the prefix is all */
	LOOP, /* zero or more of one class */
	RUN, /* one or more of one class */
	PLACES, /* anything else */
};

/**
 * struct part - what stands before, between or after \-
 * @prefix: bytes before its first wildcard
 * @suffix: bytes after its last one
 * @places: what is between, @steps + 1 of them, the last is the end
 * @steps: characters that it takes at least
 * @shape: enum shape
 * @class: of LOOP and RUN
 */
struct part {
	struct kl_text prefix;
	struct kl_text suffix;
	const struct place *places;
	u16 steps;
	u8 shape;
	u8 class;
};

/** enum repeat - how often a component stands there */
enum repeat {
	ONCE,
	ONE_OR_MORE,
	ZERO_OR_MORE,
};

/**
 * struct component - of a pattern, from the one where the head ends
 * @parts: the first must match, the others must not
 * @count: of @parts
 * @repeat: enum repeat
 * @any: "\*" or the like: everything matches
 */
struct component {
	const struct part *parts;
	u32 count;
	u8 repeat;
	bool any;
};

/**
 * struct compiled - what is behind a struct kl_pattern
 * @base: what others see
 * @count: of @components; 0 if @base.literal
 * @fixed: how many come before the first repetition
 * @open_end: the last may be left over, see 3. at the top
 * @slash: the pattern ends in '/'
 * @components: what it is made of; their parts, places and bytes follow
 */
struct compiled {
	struct kl_pattern base;
	u32 count;
	u32 fixed;
	bool open_end;
	bool slash;
	struct component components[];
};

/**
 * struct builder - lays a pattern out, at first only to measure it
 * @components: where to; NULL: measure
 * @parts: the same
 * @places: the same
 * @bytes: the same
 * @component_count: used of @components
 * @part_count: used of @parts
 * @place_count: used of @places
 * @byte_count: used of @bytes
 * @spare: what is written to when measuring
 */
struct builder {
	struct component *components;
	struct part *parts;
	struct place *places;
	char *bytes;
	u32 component_count;
	u32 part_count;
	u32 place_count;
	u32 byte_count;
	struct {
		struct component component;
		struct part part;
		struct place place;
	} spare;
};

static struct kl_text slice(struct kl_text text, u32 from, u32 to)
{
	struct kl_text part = { text.data + from, to - from };

	return part;
}

static struct kl_text add_literal(struct builder *b, struct kl_text word)
{
	struct kl_text raw = { "", 0 };
	struct kl_token token;
	u32 at;

	if (b->bytes)
		raw.data = b->bytes + b->byte_count;
	for (at = 0; at < word.length; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (b->bytes)
			b->bytes[b->byte_count] = token.byte;
		b->byte_count++;
		raw.length++;
	}
	return raw;
}

static struct place *add_place(struct builder *b)
{
	struct place *place = &b->spare.place;

	if (b->places)
		place = &b->places[b->place_count];
	b->place_count++;
	place->class = KL_CHAR_NEVER;
	place->byte = 0;
	place->stay = 0;
	return place;
}

/*
 * "\$" is a digit and a place where more digits stay. What may stay at one
 * place is always one class with its subsets ("\$\@"), so that a plain union
 * is right whatever the order.
 */
static void add_places(struct builder *b, struct kl_text word,
		       struct part *part)
{
	struct place *place;
	struct kl_token token;
	u32 at;

	part->places = b->places ? b->places + b->place_count : NULL;
	part->steps = 0;
	place = add_place(b);
	for (at = 0; at < word.length; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (token.kind != KL_TOKEN_MANY) {
			place->class = token.kind == KL_TOKEN_LITERAL ? 0 : token.class;
			place->byte = token.byte;
			place = add_place(b);
			part->steps++;
		}
		if (token.kind == KL_TOKEN_MANY || token.kind == KL_TOKEN_SOME)
			place->stay |= token.class;
	}
}

static void set_shape(struct part *part)
{
	const struct place *places = part->places;

	part->shape = PLACES;
	if (!part->steps) {
		part->shape = LOOP;
		part->class = places[0].stay;
	} else if (part->steps == 1 && places[0].class && !places[0].stay &&
		   places[1].stay == places[0].class) {
		part->shape = RUN;
		part->class = places[0].class;
	}
}

static void add_part(struct builder *b, struct kl_text word)
{
	u32 first = kl_literal_length(word), last = first, at;
	struct part *part = &b->spare.part;
	struct kl_token token;

	if (b->parts)
		part = &b->parts[b->part_count];
	b->part_count++;
	for (at = first; at < word.length; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (token.kind != KL_TOKEN_LITERAL)
			last = at + token.length;
	}
	part->prefix = add_literal(b, slice(word, 0, first));
	part->suffix = add_literal(b, slice(word, last, word.length));
	part->shape = EMPTY;
	if (first == last)
		return;
	add_places(b, slice(word, first, last), part);
	if (b->places)
		set_shape(part);
}

static bool is_loop(const struct part *part)
{
	return part->shape == LOOP && !part->prefix.length &&
	       !part->suffix.length;
}

static void add_component(struct builder *b, struct kl_text word)
{
	struct component *component = &b->spare.component;
	struct kl_token token;
	u32 at, from = 0;

	if (b->components)
		component = &b->components[b->component_count];
	b->component_count++;
	component->repeat = ONCE;
	component->parts = b->parts ? b->parts + b->part_count : NULL;
	component->count = 1;
	if (word.length && !kl_token_read(word.data, word.length, &token) &&
	    token.kind == KL_TOKEN_OPEN) {
		component->repeat = token.byte == '}' ? ONE_OR_MORE :
							ZERO_OR_MORE;
		word = slice(word, 2, word.length - 2);
	}
	for (at = 0; at < word.length; at += token.length) {
		kl_token_read(word.data + at, word.length - at, &token);
		if (token.kind != KL_TOKEN_MINUS)
			continue;
		add_part(b, slice(word, from, at));
		from = at + token.length;
		component->count++;
	}
	add_part(b, slice(word, from, word.length));
	if (b->parts)
		component->any = component->count == 1 &&
				 is_loop(component->parts) &&
				 component->parts->class & KL_CHAR_ANY;
}

/*
 * Return: bytes of @word before its first '/', 8 if there is none. Less '/' in
 * every byte, that one is zero, and the first zero byte is the first to borrow
 * from its highest bit.
 */
static inline u32 slash_in(u64 word)
{
	const u64 ones = ~0ull / 255;

	word ^= ones * '/';
	word = (word - ones) & ~word & ones << 7;
	return word ? __builtin_ctzll(word) / 8 : 8;
}

/* Return: offset of the first '/' from @at on, or the length. */
static u32 component_end(struct kl_text text, u32 at)
{
	u32 found, left;

	for (; text.length - at >= 8; at += 8) {
		found = slash_in(kl_load64(text.data + at));
		if (found < 8)
			return at + found;
	}
	left = text.length - at;
	if (left && text.length >= 8) {
		found = slash_in(kl_load64(text.data + text.length - 8) >>
				 8 * (8 - left));
		return at + min(found, left);
	}
	while (at < text.length && text.data[at] != '/')
		at++;
	return at;
}

/* Return: the part of @text up to and including its last '/', length only. */
static u32 directory_length(struct kl_text text)
{
	u32 length = text.length;

	while (length && text.data[length - 1] != '/')
		length--;
	return length;
}

static void add_components(struct builder *b, struct kl_text word)
{
	u32 at, end;

	for (at = 0; at < word.length; at = end + 1) {
		end = component_end(word, at);
		add_component(b, slice(word, at, end));
	}
}

static void describe(struct compiled *c, struct kl_text word)
{
	struct kl_pattern *base = &c->base;
	struct component *last;

	base->directory = directory_length(base->head);
	base->tail = slice(base->head, base->directory, base->head.length);
	if (base->literal) {
		base->tail_literal = true;
		base->leaf_literal = true;
		return;
	}
	last = &c->components[c->count - 1];
	c->slash = word.data[word.length - 1] == '/';
	c->open_end = !c->slash && last->repeat == ONCE && last->count == 1 &&
		      is_loop(last->parts);
	base->leaf_literal = !c->slash && last->repeat == ONCE &&
			     last->count == 1 && last->parts[0].shape == EMPTY;
	if (base->leaf_literal)
		base->tail = last->parts[0].prefix;
	while (c->fixed < c->count && c->components[c->fixed].repeat == ONCE)
		c->fixed++;
}

static void build(struct builder *b, struct kl_text word, struct kl_text *head)
{
	u32 length = kl_literal_length(word);

	*head = add_literal(b, slice(word, 0, length));
	if (length == word.length)
		return;
	/* In octal there is no '/', so this is the same one as in the head. */
	length = directory_length(slice(word, 0, length));
	add_components(b, slice(word, length, word.length));
}

static size_t measure(struct kl_text word, struct builder *b)
{
	struct kl_text head;

	build(b, word, &head);
	return sizeof(struct compiled) +
	       b->component_count * sizeof(*b->components) +
	       b->part_count * sizeof(*b->parts) +
	       b->place_count * sizeof(*b->places) + b->byte_count;
}

static void lay_out(struct kl_text word, const struct builder *measured,
		    struct compiled *c)
{
	struct builder b = { 0 };

	b.components = c->components;
	b.parts = (void *)(b.components + measured->component_count);
	b.places = (void *)(b.parts + measured->part_count);
	b.bytes = (void *)(b.places + measured->place_count);
	build(&b, word, &c->base.head);
	c->count = b.component_count;
}

static_assert(sizeof(struct compiled) % 8 == 0 &&
		      sizeof(struct component) % 8 == 0 &&
		      sizeof(struct part) % 8 == 0,
	      "what follows is laid out without gaps");

struct kl_pattern *kl_pattern_new(struct kl_text word)
{
	struct builder measured = { 0 };
	struct compiled *c;
	const char *why;
	size_t size;
	u32 at;

	if (WARN_ON_ONCE(word.length && kl_word_check(word, &at, &why)))
		return NULL;
	size = measure(word, &measured);
	c = kl_alloc(size);
	if (!c)
		return NULL;
	lay_out(word, &measured, c);
	c->base.literal = !c->count;
	c->base.memory = size;
	describe(c, word);
	return &c->base;
}

void kl_pattern_free(struct kl_pattern *pattern)
{
	if (pattern)
		kl_free(container_of(pattern, struct compiled, base));
}

/* The first byte alone rules most strings out, without a call. */
static inline bool same(const char *data, struct kl_text text)
{
	return !text.length ||
	       (*data == *text.data && !memcmp(data, text.data, text.length));
}

static bool all_in(u8 class, const char *data, u32 length)
{
	u32 i;

	if (class & KL_CHAR_ANY)
		return true;
	for (i = 0; i < length; i++)
		if (!(classes[(u8)data[i]] & class))
			return false;
	return true;
}

/*
 * Where @byte leads from the places in @set, of which bit 0 is @places[0].
 * *@over is set if one of them is the first place beyond the word.
 */
static inline unsigned long step(const struct place *places, unsigned long set,
				 u8 byte, bool *over)
{
	const struct place *place;
	unsigned long next = 0;
	unsigned int bit;
	u8 is = classes[byte];

	for (; set; set &= set - 1) {
		bit = __ffs(set);
		place = &places[bit];
		if (place->stay & is)
			next |= 1ul << bit;
		if (place->class ? !(place->class & is) : place->byte != byte)
			continue;
		if (bit == WORD_BITS - 1)
			*over = true;
		else
			next |= 2ul << bit;
	}
	return next;
}

/*
 * While the automaton has not left its first place "\*", only the byte after
 * that is worth a step; and beyond a last place "\*" nothing is.
 */
static bool match_few_places(const struct part *part, const char *data,
			     u32 length)
{
	const struct place *places = part->places;
	bool search = places[0].stay & KL_CHAR_ANY && !places[0].class;
	unsigned long set = 1, end = 1ul << part->steps;
	unsigned long enough = places[part->steps].stay & KL_CHAR_ANY ? end : 0;
	bool over = false;
	u32 i;

	for (i = 0; i < length && set && !(set & enough); i++) {
		if (search && set == 1)
			while ((u8)data[i] != places[0].byte)
				if (++i == length)
					return false;
		set = step(places, set, data[i], &over);
	}
	return set & end;
}

/* Words from the last to the first: what goes on is not gone over again. */
static noinline bool match_many_places(const struct part *part,
				       const char *data, u32 length)
{
	unsigned long sets[PLACE_WORDS] = { 1 }, all = 1;
	u32 i, word;
	bool over;

	for (i = 0; all && i < length; i++) {
		all = 0;
		for (word = part->steps / WORD_BITS + 1; word--;) {
			if (!sets[word])
				continue;
			over = false;
			sets[word] = step(part->places + word * WORD_BITS,
					  sets[word], data[i], &over);
			if (over)
				sets[word + 1] |= 1;
			all |= sets[word] | over;
		}
	}
	return sets[part->steps / WORD_BITS] >> part->steps % WORD_BITS & 1;
}

static bool match_part(const struct part *part, const char *data, u32 length)
{
	u32 both = part->prefix.length + part->suffix.length;

	if (length < both || !same(data, part->prefix) ||
	    !same(data + length - part->suffix.length, part->suffix))
		return false;
	data += part->prefix.length;
	length -= both;
	switch (part->shape) {
	case EMPTY:
		return !length;
	case LOOP:
		return all_in(part->class, data, length);
	case RUN:
		return length && all_in(part->class, data, length);
	}
	if (length < part->steps)
		return false;
	if (part->steps < WORD_BITS)
		return match_few_places(part, data, length);
	return match_many_places(part, data, length);
}

static bool match_component(const struct component *component,
			    struct kl_text text, u32 at, u32 end)
{
	const struct part *part = component->parts;
	u32 i;

	if (component->any)
		return true;
	if (!match_part(part, text.data + at, end - at))
		return false;
	for (i = 1; i < component->count; i++)
		if (match_part(part + i, text.data + at, end - at))
			return false;
	return true;
}

/*
 * Bit n of @set: component n of the pattern comes next; bit @c->count: the
 * pattern is used up. A component that may be left out leads on to the next
 * one, unless the string is used up.
 */
static void enter(const struct compiled *c, unsigned long *set, u32 n,
		  bool more)
{
	set[n / WORD_BITS] |= 1ul << n % WORD_BITS;
	while (more && n < c->count &&
	       c->components[n].repeat == ZERO_OR_MORE) {
		n++;
		set[n / WORD_BITS] |= 1ul << n % WORD_BITS;
	}
}

/* Take the string's component from @at to @end from place @n. */
static bool take(const struct compiled *c, unsigned long *set, u32 n,
		 struct kl_text text, u32 at, u32 end)
{
	bool more = end + 1 < text.length;

	if (n == c->count)
		return false;
	if (c->components[n].repeat != ONCE && end == text.length)
		return false;
	if (!match_component(&c->components[n], text, at, end))
		return false;
	enter(c, set, n + 1, more);
	if (c->components[n].repeat != ONCE && more &&
	    text.data[end + 1] != '/')
		set[n / WORD_BITS] |= 1ul << n % WORD_BITS;
	return true;
}

static bool has(const unsigned long *set, u32 n)
{
	return set[n / WORD_BITS] >> n % WORD_BITS & 1;
}

/* The walk from the first repetition on, where there are several ways. */
static noinline bool match_repeated(const struct compiled *c,
				    struct kl_text text, u32 at)
{
	unsigned long set[STEP_WORDS] = { 0 }, bits;
	u32 word, end;
	bool alive;

	enter(c, set, c->fixed, at < text.length);
	for (; at < text.length; at = end + 1) {
		end = component_end(text, at);
		alive = false;
		for (word = c->count / WORD_BITS + 1; word--;) {
			bits = set[word];
			set[word] = 0;
			for (; bits; bits &= bits - 1)
				alive |= take(c, set,
					      word * WORD_BITS + __ffs(bits),
					      text, at, end);
		}
		if (!alive)
			return false;
	}
	return has(set, c->count) || (c->open_end && has(set, c->count - 1));
}

/* The walk component by component. */
static bool match_components(const struct compiled *c, struct kl_text text)
{
	u32 at = c->base.directory, n, end;

	for (n = 0; n < c->fixed && at < text.length; n++) {
		end = component_end(text, at);
		if (!match_component(&c->components[n], text, at, end))
			return false;
		at = end + 1;
	}
	if (n < c->count && n == c->fixed)
		return match_repeated(c, text, at);
	if (at < text.length)
		return false;
	return n == c->count || (c->open_end && n == c->count - 1);
}

/* The string is the head and no more. */
static bool match_head(const struct compiled *c, struct kl_text text)
{
	if (!text.length)
		text.data = "";
	return c->count == 1 && !c->slash && c->components[0].repeat == ONCE &&
	       match_component(&c->components[0], text, c->base.directory,
			       text.length);
}

static bool match_leaf(const struct kl_pattern *pattern, struct kl_text text)
{
	u32 length = text.length, tail = pattern->tail.length;

	if (length && text.data[length - 1] == '/')
		length--;
	return length > tail && text.data[length - tail - 1] == '/' &&
	       same(text.data + length - tail, pattern->tail);
}

bool kl_pattern_match(const struct kl_pattern *pattern, struct kl_text text)
{
	const struct compiled *c;

	if (text.length < pattern->head.length)
		return false;
	if (pattern->literal)
		return text.length == pattern->head.length &&
		       same(text.data, pattern->head);
	if (!same(text.data, pattern->head))
		return false;
	if (pattern->leaf_literal && !match_leaf(pattern, text))
		return false;
	c = container_of(pattern, struct compiled, base);
	if (text.length == pattern->head.length)
		return match_head(c, text);
	if (!pattern->head.length && text.data[0] == '/')
		return false;
	return match_components(c, text);
}
