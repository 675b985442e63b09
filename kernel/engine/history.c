// SPDX-License-Identifier: GPL-2.0
/*
 * Histories: growing, walking, text.
 *
 * A packed entry is a u8 that says whether it was reconstructed, the u32 pid,
 * the u64 time of the exec, the u32 length of the name, the name; in the
 * machine's byte order and not aligned.
 */
#include "history.h"

#define HEAD_BYTES	(1 + sizeof(u32) + sizeof(u64) + sizeof(u32))
#define ARROW		"=>"
#define OLDER		"..."
#define NANOSECONDS	1000000000ull

struct kl_history_cursor kl_history_walk(const struct kl_history *history)
{
	return (struct kl_history_cursor){ history->data, history->size };
}

/* Inline always: a call would cost more than what it does. */
static __always_inline void take(struct kl_history_cursor *cursor, void *out,
				 u32 length)
{
	memcpy(out, cursor->data, length);
	cursor->data += length;
	cursor->left -= length;
}

bool kl_history_next(struct kl_history_cursor *cursor,
		     struct kl_program *program)
{
	struct kl_history_cursor at = *cursor;
	u8 reconstructed;

	if (at.left < HEAD_BYTES)
		return false;
	take(&at, &reconstructed, sizeof(reconstructed));
	take(&at, &program->pid, sizeof(program->pid));
	take(&at, &program->started, sizeof(program->started));
	take(&at, &program->exe.length, sizeof(program->exe.length));
	if (reconstructed > 1 || program->exe.length > at.left)
		return false;
	program->reconstructed = reconstructed;
	program->exe.data = (const char *)at.data;
	at.data += program->exe.length;
	at.left -= program->exe.length;
	*cursor = at;
	return true;
}

bool kl_history_last(const struct kl_history *history,
		     struct kl_program *program)
{
	struct kl_history_cursor cursor = kl_history_walk(history);
	bool found = false;

	while (kl_history_next(&cursor, program))
		found = true;
	return found;
}

static void pack(u8 *out, const struct kl_program *program)
{
	u8 reconstructed = program->reconstructed;

	*out++ = reconstructed;
	memcpy(out, &program->pid, sizeof(program->pid));
	out += sizeof(program->pid);
	memcpy(out, &program->started, sizeof(program->started));
	out += sizeof(program->started);
	memcpy(out, &program->exe.length, sizeof(program->exe.length));
	out += sizeof(program->exe.length);
	if (program->exe.length)
		memcpy(out, program->exe.data, program->exe.length);
}

static size_t packed_bytes(const struct kl_program *program)
{
	return HEAD_BYTES + (size_t)program->exe.length;
}

/*
 * Must this byte of a name be written in octal? '>' behind '=' would end the
 * name, '~' at its beginning would mark it; and so that the octal form can be
 * told from a name that looks like it, a backslash in these places, too.
 */
static bool is_escaped(struct kl_text name, u32 at)
{
	char byte = name.data[at];

	if (!at)
		return byte == '~' || byte == '\\';
	return name.data[at - 1] == '=' && (byte == '>' || byte == '\\');
}

#define ESCAPE_BYTES 4u /* \ooo */

/* The first of these from @at on; the length if there is none. */
static u32 find_escaped(struct kl_text name, u32 at)
{
	const char *equals;

	if (!at && name.length && is_escaped(name, 0))
		return 0;
	for (at = max(at, 1u); at < name.length; at++) {
		equals = memchr(name.data + at - 1, '=', name.length - at);
		if (!equals)
			break;
		at = equals - name.data + 1;
		if (is_escaped(name, at))
			return at;
	}
	return name.length;
}

static void write_piece(struct kl_writer *writer, struct kl_text piece,
			bool encode)
{
	if (encode)
		kl_write_encoded(writer, piece);
	else if (piece.length)
		kl_write_bytes(writer, piece.data, piece.length);
}

static void write_octal(struct kl_writer *writer, u8 byte, bool encode)
{
	const char octal[ESCAPE_BYTES] = {
		'\\', '0' + (byte >> 6), '0' + (byte >> 3 & 7),
		'0' + (byte & 7),
	};

	write_piece(writer, (struct kl_text){ octal, ESCAPE_BYTES }, encode);
}

static void write_name(struct kl_writer *writer, struct kl_text name,
		       bool encode)
{
	struct kl_text piece;
	u32 at, from = 0;

	for (;;) {
		at = find_escaped(name, from);
		piece = (struct kl_text){ name.data + from, at - from };
		write_piece(writer, piece, encode);
		if (at == name.length)
			return;
		write_octal(writer, name.data[at], encode);
		from = at + 1;
	}
}

#define SUFFIX_MAX 48u /* bytes of it, at most */

/* Pid and time, as they stand behind the name. */
static void write_suffix(struct kl_writer *writer,
			 const struct kl_program *program)
{
	kl_write_text(writer, "(");
	kl_write_number(writer, program->pid);
	kl_write_text(writer, ";");
	kl_write_number(writer, program->started / NANOSECONDS);
	kl_write_micro(writer, program->started % NANOSECONDS);
	kl_write_text(writer, ")");
}

static void write_program(struct kl_writer *writer,
			  const struct kl_program *program, bool encode)
{
	if (program->reconstructed)
		kl_write_text(writer, "~");
	write_name(writer, program->exe, encode);
	write_suffix(writer, program);
}

/* Bytes of a program's text. */
static size_t program_text_bytes(const struct kl_program *program)
{
	struct kl_writer writer = { 0 };

	write_program(&writer, program, false);
	return writer.used;
}

/**
 * struct tail - the programs of a history that stay when it grows
 * @entries: where the first of them begins
 * @count: programs that are dropped
 */
struct tail {
	struct kl_history_cursor entries;
	u16 dropped;
};

/*
 * Is there room whatever the names are? Most histories need not be walked: at
 * worst each second byte of a name is escaped, behind one that is not.
 */
static bool has_room(const struct kl_history *old,
		     const struct kl_program *program)
{
	size_t count = old->count + 1;
	size_t names = old->size + packed_bytes(program) - count * HEAD_BYTES;

	return names <= KL_HISTORY_MAX &&
	       names + names / 2 * (ESCAPE_BYTES - 1) +
	       count * (ESCAPE_BYTES + SUFFIX_MAX + strlen("~" ARROW)) +
	       strlen(OLDER ARROW) <= KL_HISTORY_MAX;
}

/* The oldest go, until the text of the rest and of @program has room. */
static struct tail find_tail(const struct kl_history *old,
			     const struct kl_program *program)
{
	struct kl_program entry;
	struct tail tail = { 0 };
	size_t text;

	if (!old)
		return tail;
	tail.entries = kl_history_walk(old);
	if (has_room(old, program))
		return tail;
	text = program_text_bytes(program);
	while (kl_history_next(&tail.entries, &entry))
		text += program_text_bytes(&entry) + strlen(ARROW);
	tail.entries = kl_history_walk(old);
	if (old->truncated)
		text += strlen(OLDER ARROW);
	while (text > KL_HISTORY_MAX &&
	       kl_history_next(&tail.entries, &entry)) {
		text -= program_text_bytes(&entry) + strlen(ARROW);
		if (!tail.dropped && !old->truncated)
			text += strlen(OLDER ARROW);
		tail.dropped++;
	}
	return tail;
}

size_t kl_history_grown(const struct kl_history *old,
			const struct kl_program *program)
{
	return sizeof(*old) + find_tail(old, program).entries.left +
	       packed_bytes(program);
}

void kl_history_grow(struct kl_history *out, const struct kl_history *old,
		     const struct kl_program *program)
{
	struct tail tail = find_tail(old, program);

	out->count = 1;
	out->truncated = tail.dropped;
	if (old) {
		out->count += old->count - tail.dropped;
		out->truncated |= old->truncated;
	}
	out->size = tail.entries.left + packed_bytes(program);
	if (tail.entries.left)
		memcpy(out->data, tail.entries.data, tail.entries.left);
	pack(out->data + tail.entries.left, program);
}

bool kl_history_write(struct kl_writer *writer,
		      struct kl_history_cursor cursor, bool truncated,
		      bool encode)
{
	struct kl_program program;
	bool first = !truncated;

	if (truncated)
		kl_write_text(writer, OLDER);
	while (kl_history_next(&cursor, &program)) {
		if (!first)
			kl_write_text(writer, ARROW);
		first = false;
		write_program(writer, &program, encode);
	}
	return !cursor.left;
}

size_t kl_history_text(const struct kl_history *history, char *out,
		       size_t size)
{
	struct kl_writer writer = { .out = out, .room = size };

	kl_history_write(&writer, kl_history_walk(history), history->truncated,
			 false);
	return writer.used;
}

/* Decimal digits at the end of @text, which is shortened by them. */
static bool take_digits(struct kl_text *text, u64 max, u64 *value)
{
	u32 end = text->length, at;

	while (text->length && text->data[text->length - 1] >= '0' &&
	       text->data[text->length - 1] <= '9')
		text->length--;
	*value = 0;
	for (at = text->length; at < end; at++) {
		u32 digit = text->data[at] - '0';

		if (*value > (max - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return at > text->length;
}

static bool take_byte(struct kl_text *text, char byte)
{
	if (!text->length || text->data[text->length - 1] != byte)
		return false;
	text->length--;
	return true;
}

/* "341.102233" or "341" at the end of @text, to nanoseconds. */
static bool take_time(struct kl_text *text, u64 *started)
{
	u32 end = text->length, digits;
	u64 fraction, seconds;

	if (!take_digits(text, ~0ull, &fraction))
		return false;
	digits = end - text->length;
	if (!take_byte(text, '.')) {
		seconds = fraction;
		fraction = 0;
		digits = 9;
	} else if (digits > 9 || !take_digits(text, ~0ull, &seconds)) {
		return false;
	}
	for (; digits < 9; digits++)
		fraction *= 10;
	if (seconds > (~0ull - fraction) / NANOSECONDS)
		return false;
	*started = seconds * NANOSECONDS + fraction;
	return true;
}

void kl_history_strip(struct kl_text *text, struct kl_program *program)
{
	struct kl_text rest;
	u64 pid, started;

	program->reconstructed = text->length && text->data[0] == '~';
	if (program->reconstructed) {
		text->data++;
		text->length--;
	}
	rest = *text;
	program->pid = 0;
	program->started = 0;
	if (!take_byte(&rest, ')') || !take_time(&rest, &started) ||
	    !take_byte(&rest, ';') || !take_digits(&rest, ~(u32)0, &pid) ||
	    !take_byte(&rest, '('))
		return;
	program->pid = pid;
	program->started = started;
	*text = rest;
}

bool kl_history_split(struct kl_text *rest, struct kl_text *part)
{
	u32 at;

	*part = *rest;
	for (at = 0; at + 1 < rest->length; at++) {
		if (rest->data[at] != '=' || rest->data[at + 1] != '>')
			continue;
		part->length = at;
		rest->data += at + strlen(ARROW);
		rest->length -= at + strlen(ARROW);
		return true;
	}
	return false;
}

bool kl_history_is_older(struct kl_text part)
{
	return part.length == strlen(OLDER) &&
	       !memcmp(part.data, OLDER, part.length);
}

/* The byte that "\ooo" at @at of a name's text stands for; 0: it is none. */
static char unescape(struct kl_text text, u32 at)
{
	static const struct {
		char octal[ESCAPE_BYTES + 1];
		char byte;
	} escapes[] = {
		{ "\\076", '>' }, { "\\134", '\\' }, { "\\176", '~' },
	};
	u32 i;

	if (at && text.data[at - 1] != '=')
		return 0;
	for (i = 0; i < ARRAY_SIZE(escapes); i++)
		if (text.length - at >= ESCAPE_BYTES &&
		    (escapes[i].byte == '\\' || !at == (escapes[i].byte == '~')) &&
		    !memcmp(text.data + at, escapes[i].octal, ESCAPE_BYTES))
			return escapes[i].byte;
	return 0;
}

/* Return: bytes of the name. @out may be NULL. */
static u32 read_name(struct kl_text text, u8 *out)
{
	u32 at = 0, length = 0;
	char byte;

	while (at < text.length) {
		byte = unescape(text, at);
		if (out)
			out[length] = byte ? byte : text.data[at];
		length++;
		at += byte ? ESCAPE_BYTES : 1;
	}
	return length;
}

/* Pack the program that @part tells of. @out may be NULL. */
static size_t read_program(struct kl_text part, u8 *out)
{
	struct kl_program program = { .exe = { NULL, 0 } };
	u32 length;

	kl_history_strip(&part, &program);
	length = read_name(part, NULL);
	if (out) {
		pack(out, &program);
		memcpy(out + HEAD_BYTES - sizeof(length), &length,
		       sizeof(length));
		read_name(part, out + HEAD_BYTES);
	}
	return HEAD_BYTES + (size_t)length;
}

ssize_t kl_history_parse(struct kl_text text, struct kl_history *out,
			 size_t room)
{
	bool more = text.length, first = true, truncated = false;
	struct kl_text part;
	size_t size = 0, used;
	u32 count = 0;

	for (; more; first = false) {
		more = kl_history_split(&text, &part);
		if (first && kl_history_is_older(part)) {
			truncated = true;
			continue;
		}
		if (count == KL_PROGRAMS_MAX)
			return -E2BIG;
		used = read_program(part, NULL);
		if (out && sizeof(*out) + size + used <= room)
			read_program(part, out->data + size);
		size += used;
		count++;
	}
	/* Not all at once: the data begin in the padding of the structure. */
	if (out && room >= sizeof(*out)) {
		out->size = size;
		out->count = count;
		out->truncated = truncated;
	}
	return sizeof(*out) + size;
}
