// SPDX-License-Identifier: GPL-2.0
/* Records in the form of JSON that record_output.c writes. */
#include "engine/attribute.h"
#include "engine/lex.h"
#include "json_record.h"

/**
 * struct reading - a line being read
 * @at, @end: what is left of it
 * @out: words
 */
struct reading {
	const char *at, *end;
	struct kl_buffer *out;
};

static bool take_text(struct reading *reading, const char *text, size_t length)
{
	if ((size_t)(reading->end - reading->at) < length ||
	    memcmp(reading->at, text, length))
		return false;
	reading->at += length;
	return true;
}

#define TAKE(reading, literal) take_text(reading, literal, sizeof(literal) - 1)
#define ADD(reading, literal)  kl_buffer_add((reading)->out, literal, sizeof(literal) - 1)

/* What may stand in a string as it is, and in a word, too. */
static const bool plain[256] = {
	['!'] = true, ['#' ... '['] = true, [']' ... '~'] = true
};

/* The rest of a string, up to its quote or @stop, whichever comes first. */
static bool read_until(struct reading *reading, char stop)
{
	const char *from = reading->at, *at = from;

	for (;;) {
		while (at < reading->end && plain[(u8)*at] && *at != stop)
			at++;
		if (at == reading->end)
			return false;
		if (*at == '"' || *at == stop)
			break;
		if (*at != '\\' || reading->end - at < 2 || (at[1] != '\\' && at[1] != '"'))
			return false;
		kl_buffer_add(reading->out, from, at - from);
		from = at + 1;
		at += 2;
	}
	kl_buffer_add(reading->out, from, at - from);
	reading->at = at;
	return true;
}

static bool read_string(struct reading *reading)
{
	return TAKE(reading, "\"") && read_until(reading, '"') && TAKE(reading, "\"");
}

/* Of one that is too large json-c decides what becomes of it. */
static bool take_number(struct reading *reading, u64 *number)
{
	const char *from = reading->at;

	*number = 0;
	for (; reading->at < reading->end && *reading->at >= '0' && *reading->at <= '9';
	     reading->at++)
		if (__builtin_mul_overflow(*number, 10u, number) ||
		    __builtin_add_overflow(*number, (u64)(*reading->at - '0'), number))
			return false;
	return reading->at > from && (*from != '0' || reading->at == from + 1);
}

static bool read_number(struct reading *reading)
{
	const char *from = reading->at;
	u64 number;

	if (!take_number(reading, &number))
		return false;
	kl_buffer_add(reading->out, from, reading->at - from);
	return true;
}

/* ------------------------------------------------------------ the header */

/* "2026-11-21T19:03:40.123456Z" to "#2026/11/21 19:03:40.123456#" */
static bool read_time(struct reading *reading)
{
	static const char form[] = "dddd-dd-ddTdd:dd:dd.ddddddZ\"";
	const char *at = reading->at;
	char time[] = "#yyyy/mm/dd hh:mm:ss.uuuuuu#";
	u32 i;

	if (reading->end - at < (ssize_t)sizeof(form) - 1)
		return false;
	for (i = 0; form[i]; i++)
		if (form[i] == 'd' ? at[i] < '0' || at[i] > '9' : at[i] != form[i])
			return false;
	memcpy(time + 1, at, 4);
	memcpy(time + 6, at + 5, 2);
	memcpy(time + 9, at + 8, 2);
	memcpy(time + 12, at + 11, 15);
	kl_buffer_add(reading->out, time, sizeof(time) - 1);
	reading->at += sizeof(form) - 1;
	return true;
}

/* A member that may be missing: @key is ,"key": and @word " word=" */
#define OPTIONAL(reading, key, word, read) \
	(!TAKE(reading, key) || (ADD(reading, word), read(reading)))
#define REQUIRED(reading, key, word, read) \
	(TAKE(reading, key) && (ADD(reading, word), read(reading)))

static bool read_overlong(struct reading *reading)
{
	if (!TAKE(reading, ",\"overlong\":["))
		return true;
	ADD(reading, " overlong=");
	while (read_string(reading)) {
		if (TAKE(reading, "]"))
			return true;
		if (!TAKE(reading, ","))
			break;
		ADD(reading, ",");
	}
	return false;
}

/* Return: the operation, or -1. */
static int read_operation(struct reading *reading)
{
	struct kl_text name = { reading->at, 0 };

	while (reading->at < reading->end && plain[(u8)*reading->at])
		reading->at++;
	name.length = reading->at - name.data;
	return TAKE(reading, "\"") ? kl_op_find(name) : -1;
}

/* Return: the operation, or -1. */
static int read_header(struct reading *reading)
{
	int op;

	if (!TAKE(reading, "{\"type\":\"request\",\"time\":\"") || !read_time(reading) ||
	    !OPTIONAL(reading, ",\"seq\":", " seq=", read_number) ||
	    !OPTIONAL(reading, ",\"instance\":", " instance=", read_string) ||
	    !OPTIONAL(reading, ",\"boot_id\":", " boot_id=", read_string) ||
	    !REQUIRED(reading, ",\"global_pid\":", " global-pid=", read_number) ||
	    !REQUIRED(reading, ",\"result\":", " result=", read_string) ||
	    !TAKE(reading, ",\"operation\":\""))
		return -1;
	op = read_operation(reading);
	if (op < 0 || !REQUIRED(reading, ",\"priority\":", " priority=", read_number) ||
	    !OPTIONAL(reading, ",\"rule\":", " rule=", read_string))
		return -1;
	if (TAKE(reading, ",\"enforced\":false"))
		ADD(reading, " enforced=no");
	if (TAKE(reading, ",\"check\":true"))
		ADD(reading, " check=yes");
	if (!OPTIONAL(reading, ",\"omitted\":", " omitted=", read_number) ||
	    !read_overlong(reading))
		return -1;
	ADD(reading, " / ");
	kl_buffer_puts(reading->out, kl_op_table[op].keyword);
	return op;
}

/* -------------------------------------------------------- the attributes */

/* What was left out stands as null. */
static bool read_argv(struct reading *reading)
{
	char word[32];
	u32 i;

	for (i = 0; !TAKE(reading, "]"); i++) {
		if (i && !TAKE(reading, ","))
			return false;
		if (TAKE(reading, "null"))
			continue;
		kl_buffer_add(reading->out, word,
			      snprintf(word, sizeof(word), " argv[%u]=\"", i));
		if (!read_string(reading))
			return false;
		ADD(reading, "\"");
	}
	return true;
}

static bool read_envp(struct reading *reading)
{
	bool first = true;

	while (!TAKE(reading, "]")) {
		if (!first && !TAKE(reading, ","))
			return false;
		first = false;
		ADD(reading, " envp[\"");
		if (!TAKE(reading, "\"") || !read_until(reading, '='))
			return false;
		ADD(reading, "\"]=\"");
		if (TAKE(reading, "=") && !read_until(reading, '"'))
			return false;
		if (!TAKE(reading, "\""))
			return false;
		ADD(reading, "\"");
	}
	return true;
}

/* The byte that \ooo stands for, if it has to be written so; otherwise -1. */
static int encoded_byte(const char *at, size_t length)
{
	int byte;

	if (length < 4 || at[1] < '0' || at[1] > '3' || at[2] < '0' || at[2] > '7' ||
	    at[3] < '0' || at[3] > '7')
		return -1;
	byte = (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0');
	return byte && (byte <= 0x20 || byte >= 0x7f || byte == '\\') ? byte : -1;
}

/* Does a name stand in a history as it does in JSON? See is_escaped() of history.c. */
static bool is_simple(const char *name, size_t length)
{
	bool begins = true, equals = false;
	size_t i;
	int byte;

	for (i = 0; i < length; i++) {
		byte = name[i];
		if (byte == '\\') {
			byte = encoded_byte(name + i, length - i);
			i += 3;
		}
		if (byte < 0 || (begins && (byte == '~' || byte == '\\')) ||
		    (equals && (byte == '>' || byte == '\\')))
			return false;
		begins = false;
		equals = byte == '=';
	}
	return true;
}

/* {"program":"/sbin/init","pid":1,"started":5000,"reconstructed":true} */
static bool read_program(struct reading *reading)
{
	struct kl_buffer *out = reading->out;
	size_t from = out->length;
	u64 pid, started;
	char suffix[64];

	/* Whether the mark belongs there, the last member says. */
	ADD(reading, "~");
	if (!TAKE(reading, "{\"program\":") || !read_string(reading) ||
	    !is_simple(out->data + from + 1, out->length - from - 1) ||
	    !TAKE(reading, ",\"pid\":") || !take_number(reading, &pid) || pid > ~0u ||
	    !TAKE(reading, ",\"started\":") || !take_number(reading, &started))
		return false;
	kl_buffer_add(out, suffix,
		      snprintf(suffix, sizeof(suffix), "(%llu;%llu.%06llu)",
			       (unsigned long long)pid,
			       (unsigned long long)started / 1000000000,
			       (unsigned long long)started / 1000 % 1000000));
	if (TAKE(reading, ",\"reconstructed\":true}"))
		return true;
	memmove(out->data + from, out->data + from + 1, out->length - from);
	out->length--;
	return TAKE(reading, ",\"reconstructed\":false}");
}

/* It begins with null where older programs were dropped. */
static bool read_history(struct reading *reading)
{
	bool first = true;

	ADD(reading, " task.history=\"");
	while (!TAKE(reading, "]")) {
		if (!first && !TAKE(reading, ","))
			return false;
		if (!first)
			ADD(reading, "=>");
		if (first && TAKE(reading, "null"))
			ADD(reading, "...");
		else if (!read_program(reading))
			return false;
		first = false;
	}
	ADD(reading, "\"");
	return true;
}

/* They stand in the order of slots. @next: the first that may come; set behind it */
static bool find_slot(enum kl_op op, struct kl_text name, u32 *next)
{
	char text[KL_SLOT_NAME_MAX];

	while (*next < KL_SLOT_ARGV) {
		u32 slot = (*next)++;

		if (kl_slot_exists(op, slot) && slot != KL_SLOT_TASK_ANCESTOR &&
		    kl_text_is(name, kl_slot_name(op, slot, text)))
			return true;
	}
	return false;
}

/* A string is quoted if the attribute is one, otherwise it is a keyword. */
static bool read_value(struct reading *reading, struct kl_text name, u32 slot)
{
	bool good, quoted = kl_slot_type(slot) == KL_STRING;

	if (slot == KL_SLOT_TASK_HISTORY)
		return TAKE(reading, "[") && read_history(reading);
	ADD(reading, " ");
	kl_buffer_add(reading->out, name.data, name.length);
	ADD(reading, "=");
	if (reading->at == reading->end || *reading->at != '"')
		return read_number(reading);
	if (quoted)
		ADD(reading, "\"");
	good = read_string(reading);
	if (quoted)
		ADD(reading, "\"");
	return good;
}

static bool read_attribute(struct reading *reading, enum kl_op op, u32 *next)
{
	struct kl_text name;

	if (*next <= KL_SLOT_ARGV && TAKE(reading, "\"argv\":[")) {
		*next = KL_SLOT_ARGV + 1;
		return read_argv(reading);
	}
	if (*next <= KL_SLOT_ENVP && TAKE(reading, "\"envp\":[")) {
		*next = KL_SLOT_ENVP + 1;
		return read_envp(reading);
	}
	if (!TAKE(reading, "\""))
		return false;
	name.data = reading->at;
	while (reading->at < reading->end && plain[(u8)*reading->at])
		reading->at++;
	name.length = reading->at - name.data;
	return TAKE(reading, "\":") && find_slot(op, name, next) &&
	       read_value(reading, name, *next - 1);
}

bool kl_json_record_words(struct kl_text line, struct kl_buffer *out)
{
	struct reading reading = { line.data, line.data + line.length, out };
	bool first = true;
	u32 next = 0;
	int op;

	kl_buffer_clear(out);
	op = read_header(&reading);
	if (op < 0 || !TAKE(&reading, ",\"attributes\":{"))
		return false;
	while (!TAKE(&reading, "}")) {
		if ((!first && !TAKE(&reading, ",")) ||
		    !read_attribute(&reading, op, &next))
			return false;
		first = false;
	}
	return TAKE(&reading, "}") && reading.at == reading.end;
}
