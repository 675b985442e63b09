// SPDX-License-Identifier: GPL-2.0-only
/* Cases, their verdicts, and the sum. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>
#include "test.h"

static struct text group_name, case_name, complaint;
static unsigned int passed, failed, facts;

static void make_room(struct text *text, size_t more)
{
	if (text->length + more + 1 <= text->room)
		return;
	text->room = 2 * (text->length + more + 1);
	text->data = realloc(text->data, text->room);
	if (!text->data)
		die("out of memory");
}

static void text_vadd(struct text *text, const char *format, va_list args)
{
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	make_room(text, length);
	vsnprintf(text->data + text->length, length + 1, format, args);
	text->length += length;
}

void text_add(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vadd(text, format, args);
	va_end(args);
}

void text_add_bytes(struct text *text, const void *data, size_t length)
{
	make_room(text, length);
	memcpy(text->data + text->length, data, length);
	text->length += length;
	text->data[text->length] = 0;
}

void text_add_quoted(struct text *text, const char *name, const void *value,
		     size_t length)
{
	const unsigned char *byte = value;

	text_add(text, " %s=\"", name);
	make_room(text, 4 * length + 1);
	for (; length--; byte++) {
		if (*byte > ' ' && *byte < 0x7f && *byte != '\\')
			text->data[text->length++] = *byte;
		else
			text->length += sprintf(text->data + text->length, "\\%03o", *byte);
	}
	text_add_bytes(text, "\"", 1);
}

void text_clear(struct text *text)
{
	text->length = 0;
	make_room(text, 0);
	text->data[0] = 0;
}

void group(const char *format, ...)
{
	va_list args;

	text_clear(&group_name);
	va_start(args, format);
	text_vadd(&group_name, format, args);
	va_end(args);
}

void begin(const char *format, ...)
{
	va_list args;

	text_clear(&case_name);
	text_clear(&complaint);
	facts = 0;
	va_start(args, format);
	text_vadd(&case_name, format, args);
	va_end(args);
}

/* A case is one line, whatever texts it tells of. */
static void flatten(struct text *text)
{
	size_t i;

	for (i = 0; i < text->length; i++)
		if (text->data[i] == '\n')
			text->data[i] = ';';
}

bool end(void)
{
	if (!facts)
		expect(false, "this case expects nothing");
	flatten(&case_name);
	flatten(&complaint);
	printf("%s %s: %s %s%s\n", release(), group_name.data, complaint.length ? "not ok" : "ok",
	       case_name.data, complaint.data);
	fflush(stdout);
	if (complaint.length)
		failed++;
	else
		passed++;
	return !complaint.length;
}

bool expect(bool fact, const char *format, ...)
{
	va_list args;

	facts++;
	if (fact)
		return true;
	text_add(&complaint, ": ");
	va_start(args, format);
	text_vadd(&complaint, format, args);
	va_end(args);
	return false;
}

bool expect_number(const char *what, long long expected, long long got)
{
	return expect(expected == got, "%s: expected %lld got %lld", what, expected, got);
}

bool expect_text(const char *what, const char *expected, const char *got)
{
	return expect(!strcmp(expected, got), "%s: expected '%s' got '%s'", what, expected, got);
}

static const char *error_name(int error)
{
	const char *name = error ? strerrorname_np(error) : "no error";

	return name ? name : "an unknown error";
}

bool expect_error(const char *what, int expected, int got)
{
	return expect(expected == got, "%s: expected %s got %s", what, error_name(expected),
		      error_name(got));
}

/* A time such as 11.237969 within the tick that 1123T stands for. */
static bool same_time(const char **expected, const char **got)
{
	char *e, *g;
	unsigned long long ticks = strtoull(*expected, &e, 10), seconds, micro;

	bool any = e == *expected;

	if (*e != 'T')
		return false;
	seconds = strtoull(*got, &g, 10);
	if (g == *got || *g != '.')
		return false;
	*got = g + 1;
	micro = strtoull(*got, &g, 10);
	if (g != *got + 6 || (!any && ticks != seconds * 100 + micro / 10000))
		return false;
	*expected = e + 1;
	*got = g;
	return true;
}

static bool same_word(const char *expected, const char *expected_end, const char *got,
		      const char *got_end)
{
	while (expected < expected_end && got < got_end)
		if (expected[0] == ';' && got[0] == ';') {
			expected++;
			got++;
			same_time(&expected, &got);
		} else if (*expected++ != *got++) {
			return false;
		}
	return expected == expected_end && got == got_end;
}

bool expect_words(const char *what, const char *expected, const char *got)
{
	size_t e, g;

	for (;;) {
		e = strcspn(expected, " ");
		g = strcspn(got, " ");
		if (!same_word(expected, expected + e, got, got + g))
			return expect(false, "%s: expected '%.*s' got '%.*s'", what,
				      (int)(e < 300 ? e : 300), expected,
				      (int)(g < 300 ? g : 300), got);
		if (!expected[e] || !got[g])
			break;
		expected += e + 1;
		got += g + 1;
	}
	return expect(expected[e] == got[g], "%s: expected then '%.300s' got '%.300s'", what,
		      expected + e, got + g);
}

int finish(void)
{
	printf("%s: %u passed, %u failed\n", release(), passed, failed);
	fflush(stdout);
	return failed || !passed;
}

const char *release(void)
{
	static struct utsname name;

	if (!name.release[0])
		uname(&name);
	return name.release;
}

bool kernel_is_slow(void)
{
	const char *suffix = strrchr(release(), '-');

	return suffix && !strcmp(suffix, "-debug");
}

bool kernel_at_least(int major, int minor)
{
	int has_major = 0, has_minor = 0;

	sscanf(release(), "%d.%d", &has_major, &has_minor);
	return has_major > major || (has_major == major && has_minor >= minor);
}

bool skips(const char *name)
{
	static const struct {
		const char *name;
		int since;
	} allowed[] = {
#define SKIP(since, name) { name, since },
#include "skips.def"
#undef SKIP
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(allowed) && strcmp(allowed[i].name, name); i++)
		;
	if (i == ARRAY_SIZE(allowed))
		die("%s: not in the list of skips", name);
	if (kernel_at_least(allowed[i].since / 100, allowed[i].since % 100))
		return false;
	printf("# %s: skipped: %s\n", release(), name);
	return true;
}

void die(const char *format, ...)
{
	va_list args;

	printf("%s %s: not ok %s: the test broke: ", release(),
	       group_name.data ? group_name.data : "", case_name.data ? case_name.data : "");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	puts("");
	fflush(stdout);
	_exit(3);
}

long must_line(long result, const char *call, const char *file, int line)
{
	if (result < 0)
		die("%s:%d: %s: %s", file, line, call, strerror(errno));
	return result;
}

static double read_clock(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

double now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

double wall_time(void)
{
	return read_clock(CLOCK_REALTIME);
}

void pause_for(int milliseconds)
{
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}
