// SPDX-License-Identifier: GPL-2.0
/* The shape of one component of a name. */
#include "engine/lex.h"
#include "shape.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_lower_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool is_upper_hex(char c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F');
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
	return is_digit(c) || is_letter(c);
}

static u32 span(struct kl_text text, u32 at, bool (*test)(char))
{
	u32 from = at;

	while (at < text.length && test(text.data[at]))
		at++;
	return at - from;
}

static void add_hole(struct kl_shape *shape, u32 start, u32 length, enum kl_reason reason)
{
	struct kl_hole *hole;

	if (shape->count == KL_HOLES_MAX)
		return;
	hole = &shape->holes[shape->count++];
	hole->start = start;
	hole->length = length;
	hole->reason = reason;
}

/* Each run of digits between two offsets. */
static void add_digits(struct kl_shape *shape, u32 from, u32 to, enum kl_reason reason)
{
	u32 length;

	for (; from < to; from += length ? length : 1) {
		length = span(kl_text_head(shape->text, to), from, is_digit);
		if (length)
			add_hole(shape, from, length, reason);
	}
}

static bool ends_with(struct kl_text text, const char *tail)
{
	u32 length = strlen(tail);

	return text.length >= length &&
	       !memcmp(text.data + text.length - length, tail, length);
}

/*
 * Folders of which the kernel names the entries by number. Of processes only
 * the first one always has the same.
 */
static bool is_numbered(struct kl_text folder, struct kl_text component)
{
	bool process = kl_text_begins(folder, "proc:/") || kl_text_begins(folder, "/proc/");

	if (kl_text_is(folder, "proc:/") || kl_text_is(folder, "/proc/"))
		return !kl_text_is(component, "1");
	return kl_text_is(folder, "devpts:/") || kl_text_is(folder, "/dev/pts/") ||
	       (process && (ends_with(folder, "/task/") || ends_with(folder, "/fd/") ||
			    ends_with(folder, "/fdinfo/")));
}

/* "pipe:[12345]", "socket:[12345]", and all digits in a numbered folder. */
static bool read_kernel(struct kl_shape *shape, struct kl_text folder)
{
	struct kl_text text = shape->text;
	u32 start = 0, digits;

	if (!folder.length && kl_text_begins(text, "pipe:["))
		start = strlen("pipe:[");
	else if (!folder.length && kl_text_begins(text, "socket:["))
		start = strlen("socket:[");
	else if (!is_numbered(folder, text))
		return false;
	digits = span(text, start, is_digit);
	if (!digits || start + digits + (start ? 1 : 0) != text.length)
		return false;
	add_hole(shape, start, digits, KL_REASON_KERNEL);
	return true;
}

static bool is_version(char c)
{
	return is_digit(c) || c == '.';
}

/* Where the version of a library begins; 0: it has none. */
static u32 version_start(struct kl_text text, u32 *end)
{
	static const char infix[] = ".so.";
	const char *found = memmem(text.data, text.length, infix, sizeof(infix) - 1);
	u32 start;

	*end = text.length;
	if (found) {
		start = found - text.data + sizeof(infix) - 1;
		return start + span(text, start, is_version) == text.length ? start : 0;
	}
	if (!ends_with(text, ".so"))
		return 0;
	*end = start = text.length - strlen(".so");
	while (start && is_version(text.data[start - 1]))
		start--;
	return start && text.data[start - 1] == '-' ? start : 0;
}

/* The length of a UUID at an offset, or 0. */
static u32 uuid_length(struct kl_text text, u32 at)
{
	static const u8 groups[] = { 8, 4, 4, 4, 12 };
	u32 i, length, from = at;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		if (i && (at == text.length || text.data[at++] != '-'))
			return 0;
		length = max(span(text, at, is_lower_hex), span(text, at, is_upper_hex));
		if (length != groups[i])
			return 0;
		at += length;
	}
	return at < text.length && is_word(text.data[at]) ? 0 : at - from;
}

static u32 decimal(const char *data, u32 digits)
{
	u32 value = 0;

	while (digits--)
		value = value * 10 + (*data++ - '0');
	return value;
}

static bool is_day(u32 year, u32 month, u32 day)
{
	return year >= 1990 && year <= 2099 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= 31;
}

/* The length of a date at an offset where digits begin, or 0. */
static u32 date_length(struct kl_text text, u32 at)
{
	const char *data = text.data + at;
	u32 digits = span(text, at, is_digit), left = text.length - at;

	if (digits == 8)
		return is_day(decimal(data, 4), decimal(data + 4, 2),
			      decimal(data + 6, 2)) ?
			       8 :
			       0;
	if (digits != 4 || left < 10 || !memchr("-._", data[4], 3) || data[7] != data[4] ||
	    span(text, at + 5, is_digit) != 2 || span(text, at + 8, is_digit) != 2)
		return 0;
	return is_day(decimal(data, 4), decimal(data + 5, 2), decimal(data + 8, 2)) ? 10 :
										      0;
}

/* How often a word goes from letters to digits or back. */
static u32 switches(struct kl_text word)
{
	u32 i, count = 0;

	for (i = 1; i < word.length; i++)
		count += is_digit(word.data[i]) != is_digit(word.data[i - 1]);
	return count;
}

/*
 * A word of letters and digits. "sess12" is a name and a number; "aB3dE9" was
 * drawn by lot, or might have been.
 */
static void read_word(struct kl_shape *shape, u32 at, u32 length)
{
	struct kl_text word = kl_text_head(kl_text_from(shape->text, at), length);
	u32 digits = span(word, 0, is_digit);
	u32 hex = max(span(word, 0, is_lower_hex), span(word, 0, is_upper_hex));

	if (hex == length && length >= KL_SHAPE_HEX &&
	    (digits == length || switches(word)))
		add_hole(shape, at, length, KL_REASON_HEX);
	else if (length >= KL_SHAPE_RANDOM && switches(word) > 1)
		add_hole(shape, at, length, KL_REASON_RANDOM);
	else
		add_digits(shape, at, at + length, KL_REASON_NUMBER);
}

/* Python's names of temporary files: tmp and eight of a-z, 0-9 and _. */
static bool is_python(char c)
{
	return is_word(c) || c == '_';
}

static u32 python_length(struct kl_text text)
{
	static const char head[] = "tmp";
	u32 start = sizeof(head) - 1, length;

	if (!kl_text_begins(text, head))
		return 0;
	length = span(text, start, is_python);
	return length == 8 && switches(kl_text_head(kl_text_from(text, start), length)) ?
		       length :
		       0;
}

static void read_plain(struct kl_shape *shape, u32 at, u32 end)
{
	struct kl_text text = kl_text_head(shape->text, end);
	u32 length;

	while (at < end) {
		if (!is_word(text.data[at])) {
			at++;
			continue;
		}
		length = uuid_length(text, at);
		if (length) {
			add_hole(shape, at, length, KL_REASON_UUID);
		} else if (is_digit(text.data[at]) && (length = date_length(text, at))) {
			add_hole(shape, at, length, KL_REASON_DATE);
		} else {
			length = span(text, at, is_word);
			read_word(shape, at, length);
		}
		at += length;
	}
}

static bool is_allowed(enum kl_reason reason, enum kl_generality level)
{
	if (level == KL_GENERALISE_NUMBERS)
		return reason <= KL_REASON_HEX;
	return level == KL_GENERALISE_ALL;
}

/* Of what may be hexadecimal or random, at least what is decimal. */
static void narrow(struct kl_shape *shape, enum kl_generality level)
{
	u32 i, kept = 0;

	for (i = 0; i < shape->count; i++) {
		struct kl_hole hole = shape->holes[i];

		if (!is_allowed(hole.reason, level))
			continue;
		if (level == KL_GENERALISE_NUMBERS && hole.reason == KL_REASON_HEX) {
			if (span(shape->text, hole.start, is_digit) < hole.length)
				continue;
			hole.reason = KL_REASON_NUMBER;
		}
		shape->holes[kept++] = hole;
	}
	shape->count = kept;
}

void kl_shape_read(struct kl_shape *shape, struct kl_text component,
		   struct kl_text folder, enum kl_generality level)
{
	u32 start, end, python;

	shape->text = component;
	shape->count = 0;
	if (level == KL_GENERALISE_NONE || read_kernel(shape, folder))
		return;
	start = version_start(component, &end);
	python = python_length(component);
	if (python) {
		add_hole(shape, 3, python, KL_REASON_RANDOM);
		read_plain(shape, 3 + python, component.length);
	} else if (start) {
		read_plain(shape, 0, start);
		add_digits(shape, start, end, KL_REASON_VERSION);
	} else {
		read_plain(shape, 0, component.length);
	}
	narrow(shape, level);
}

void kl_shape_key(const struct kl_shape *shape, struct kl_buffer *key)
{
	const struct kl_text text = shape->text;
	u32 i, at = 0;

	for (i = 0; i < shape->count; i++) {
		const struct kl_hole *hole = &shape->holes[i];
		bool sized = hole->reason == KL_REASON_HEX ||
			     hole->reason == KL_REASON_RANDOM ||
			     hole->reason == KL_REASON_DATE;

		kl_buffer_add(key, text.data + at, hole->start - at);
		/* No '/' is in a component. */
		kl_buffer_printf(key, "/%u:%u/", hole->reason, sized ? hole->length : 0);
		at = hole->start + hole->length;
	}
	kl_buffer_add(key, text.data + at, text.length - at);
}

struct kl_text kl_hole_text(const struct kl_shape *shape, u32 hole)
{
	return kl_text_head(kl_text_from(shape->text, shape->holes[hole].start),
			    shape->holes[hole].length);
}
