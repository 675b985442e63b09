// SPDX-License-Identifier: GPL-2.0
/* What a log file ends with. */
#include <json-c/json.h>
#include <sys/stat.h>
#include <time.h>

#include "engine/lex.h"
#include "entry.h"
#include "limits.h"
#include "tail.h"

#define CHUNK (64u << 10)

/**
 * struct backwards - lines of a file, the last one first
 * @fd: the file
 * @at: offset in the file of @data
 * @data: bytes of the file, @length of them not yet given
 * @length: of @data
 * @room: bytes allocated
 */
struct backwards {
	int fd;
	u64 at;
	char *data;
	size_t length;
	size_t room;
};

static int read_all(int fd, char *data, size_t length, u64 at)
{
	ssize_t got;

	while (length) {
		got = pread(fd, data, length, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		/* Somebody cut it while we read. */
		if (!got)
			return -ESTALE;
		data += got;
		length -= got;
		at += got;
	}
	return 0;
}

/* Some bytes more, in front of those that we have. */
static int fetch(struct backwards *lines)
{
	size_t more = min_t(u64, lines->at, max(lines->length, (size_t)CHUNK));

	if (lines->length + more > lines->room) {
		lines->room = lines->length + more;
		lines->data = kl_xrealloc(lines->data, lines->room, 1);
	}
	memmove(lines->data + more, lines->data, lines->length);
	lines->at -= more;
	lines->length += more;
	return read_all(lines->fd, lines->data, more, lines->at);
}

/*
 * What stands behind the last newline but @skip bytes at the end; 1 if there
 * is one, 0 if nothing is left, -E2BIG if it is longer than a line can be.
 */
static int last_line(struct backwards *lines, size_t skip, struct kl_text *line)
{
	const char *newline;
	int error;

	for (;;) {
		size_t length = lines->length > skip ? lines->length - skip : 0;

		newline = length ? memrchr(lines->data, '\n', length) : NULL;
		if (newline || !lines->at) {
			line->data = newline ? newline + 1 : lines->data;
			line->length = lines->data + length - line->data;
			return newline || length;
		}
		if (lines->length > KL_FILE_LINE_MAX)
			return -E2BIG;
		error = fetch(lines);
		if (error)
			return error;
	}
}

/* The whole line before those that were given. */
static int previous_line(struct backwards *lines, struct kl_text *line)
{
	int found = last_line(lines, 1, line);

	if (found > 0)
		lines->length = line->data - lines->data;
	return found;
}

/**
 * struct facts - what one line says
 * @last: number it accounts for, 0: none
 * @instance: 0: not said
 * @time: microseconds since the epoch, only of @unnumbered
 * @unnumbered: a record without number
 * @opens: a line that begins a file: @last is not in it
 */
struct facts {
	u64 last;
	u64 instance;
	u64 time;
	bool unnumbered;
	bool opens;
};

/* #2026/11/22 01:30:00.000000# or 2026-11-22T01:30:00.000000Z */
static u64 read_time(const char *text)
{
	unsigned int micro = 0;
	struct tm tm = { 0 };
	char mark;
	time_t time;

	if (sscanf(text, "%4d%*[/-]%2d%*[/-]%2d%c%2d:%2d:%2d.%6u", &tm.tm_year, &tm.tm_mon,
		   &tm.tm_mday, &mark, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &micro) != 8)
		return 0;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	time = timegm(&tm);
	return time > 0 ? (u64)time * 1000000 + micro : 0;
}

/* "40", or "40-351", of which the last counts. */
static u64 read_last(struct kl_text value)
{
	const char *dash = memchr(value.data, '-', value.length);
	u64 number;

	if (dash)
		value = kl_text_from(value, dash + 1 - value.data);
	return kl_text_decimal(value, ~0ull, &number) ? 0 : number;
}

static u64 read_instance(const char *text, size_t length)
{
	char digits[17] = { 0 };
	char *end;
	u64 instance;

	if (!length || length >= sizeof(digits))
		return 0;
	memcpy(digits, text, length);
	instance = strtoull(digits, &end, 16);
	return *end ? 0 : instance;
}

/* A line of the daemon's own: only those that begin a file speak of numbers. */
static void read_daemon(struct kl_text event, struct kl_text rest, struct facts *facts)
{
	struct kl_text key, value;

	if (!kl_text_is(event, "opened") && !kl_text_is(event, "mark"))
		return;
	facts->opens = true;
	while (kl_logline_pair(&rest, &key, &value))
		if (kl_text_is(key, "after"))
			facts->last = read_last(value);
		else if (kl_text_is(key, "instance"))
			facts->instance = read_instance(value.data, value.length);
}

static void read_text(struct kl_text line, struct facts *facts)
{
	const char *slash = memmem(line.data, line.length, " / ", 3);
	struct kl_text rest = slash ? kl_text_head(line, slash - line.data) : line;
	struct kl_text key, value;
	char time[32] = { 0 };

	while (kl_logline_pair(&rest, &key, &value)) {
		if (kl_text_is(key, "netconsole"))
			return;
		if (kl_text_is(key, "daemon")) {
			read_daemon(value, rest, facts);
			return;
		}
		if (kl_text_is(key, "seq"))
			facts->last = read_last(value);
		else if (kl_text_is(key, "instance"))
			facts->instance = read_instance(value.data, value.length);
	}
	facts->unnumbered = !facts->last;
	memcpy(time, line.data + 1, min_t(size_t, line.length - 1, sizeof(time) - 1));
	facts->time = facts->unnumbered ? read_time(time) : 0;
}

static struct json_object *member(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(object, key, &value);
	return value;
}

static const char *string_of(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	return json_object_is_type(value, json_type_string) ?
		       json_object_get_string(value) : "";
}

static u64 number_of(struct json_object *object, const char *key)
{
	struct json_object *value = member(object, key);

	/* Values of the daemon's own lines are strings. */
	if (json_object_is_type(value, json_type_string))
		return read_last(kl_text_of(json_object_get_string(value)));
	return json_object_get_uint64(value);
}

/* Both kinds of objects: ours, and that of ECS with our fields below "kellas". */
static void read_object(struct json_object *object, struct facts *facts)
{
	struct json_object *event = member(object, "event");
	struct json_object *own = member(object, "kellas");
	bool ecs = json_object_is_type(own, json_type_object);
	const char *type, *action, *instance;

	if (!ecs)
		own = object;
	type = string_of(own, "type");
	action = ecs ? string_of(event, "action") : string_of(object, "event");
	if (!strcmp(type, "netconsole"))
		return;
	instance = string_of(own, "instance");
	facts->instance = read_instance(instance, strlen(instance));
	if (!strcmp(type, "daemon")) {
		facts->opens = !strcmp(action, "opened") || !strcmp(action, "mark");
		if (facts->opens)
			facts->last = number_of(own, "after");
		else
			facts->instance = 0;
		return;
	}
	facts->last = ecs		       ? number_of(event, "sequence") :
		      !strcmp(type, "lost") ? number_of(own, "last") :
					      number_of(own, "seq");
	facts->unnumbered = !facts->last;
	facts->time = read_time(string_of(object, ecs ? "@timestamp" : "time"));
}

static void read_json(struct kl_text line, struct facts *facts)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object = NULL;

	if (tokener && line.length <= INT32_MAX)
		object = json_tokener_parse_ex(tokener, line.data, line.length);
	if (json_object_is_type(object, json_type_object))
		read_object(object, facts);
	json_object_put(object);
	if (tokener)
		json_tokener_free(tokener);
}

/* What is still looked for; @line is taken apart only if it may have it. */
static bool is_promising(const struct kl_tail *tail, struct kl_text line)
{
	return !tail->last || memmem(line.data, line.length, "instance", 8);
}

static void read_line(struct kl_text line, struct facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	if (line.length && *line.data == '#')
		read_text(line, facts);
	else if (line.length && *line.data == '{')
		read_json(line, facts);
}

static void take_line(struct kl_tail *tail, struct kl_text line)
{
	struct facts facts;

	if (!is_promising(tail, line))
		return;
	read_line(line, &facts);
	if (!tail->last && !tail->unnumbered && facts.unnumbered)
		tail->unnumbered = facts.time;
	if (!tail->last)
		tail->last = facts.last;
	tail->instance = facts.instance;
}

/* What stands behind the last newline. */
static int find_torn(struct backwards *lines, struct kl_tail *tail, u64 size)
{
	struct kl_text line = { 0 };
	int found = last_line(lines, 0, &line);

	if (found < 0 && found != -E2BIG)
		return found;
	if (found == -E2BIG) {
		tail->foreign = true;
		tail->whole = size;
		lines->length = 0;
		lines->at = 0;
		return 0;
	}
	tail->torn = line.length;
	tail->whole = size - line.length;
	kl_buffer_add(&tail->text, line.data,
		      min_t(size_t, line.length, KL_FILE_TORN_SHOWN));
	lines->length -= line.length;
	return 0;
}

/* What its first lines say; a line that does not fit is not worth more. */
static void read_head(int fd, struct kl_tail *tail)
{
	char data[8192];
	ssize_t got = pread(fd, data, sizeof(data), 0);
	struct kl_text rest = { data, got > 0 ? got : 0 };
	struct facts facts;
	const char *newline;

	while (!tail->first && (newline = memchr(rest.data, '\n', rest.length))) {
		read_line(kl_text_head(rest, newline - rest.data), &facts);
		if (facts.last || facts.opens)
			tail->first = facts.last + facts.opens;
		rest = kl_text_from(rest, newline + 1 - rest.data);
	}
}

int kl_tail_read(int fd, struct kl_tail *tail)
{
	struct backwards lines = { .fd = fd };
	struct kl_text line;
	struct stat stat;
	int result;

	memset(tail, 0, sizeof(*tail));
	if (fstat(fd, &stat))
		return -errno;
	lines.at = stat.st_size;
	result = find_torn(&lines, tail, stat.st_size);
	/* Twice as far as a mark can be: what is longer was not written by us. */
	while (!result && !tail->instance &&
	       stat.st_size - (lines.at + lines.length) <= 2 * KL_FILE_MARK) {
		result = previous_line(&lines, &line);
		if (result <= 0)
			break;
		take_line(tail, line);
		result = 0;
	}
	free(lines.data);
	read_head(fd, tail);
	return result < 0 && result != -E2BIG ? result : 0;
}

void kl_tail_free(struct kl_tail *tail)
{
	kl_buffer_free(&tail->text);
}
