// SPDX-License-Identifier: GPL-2.0
/* A log record as text, back to a request. */
#include "engine/lex.h"
#include "logline.h"

static const char *const results[KL_RESULTS] = {
	[KL_UNMATCHED] = "unmatched",
	[KL_ALLOWED] = "allowed",
	[KL_DENIED] = "denied",
};

const char *kl_result_name(enum kl_result result)
{
	return results[result];
}

int kl_result_find(struct kl_text word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(results); i++)
		if (kl_text_is(word, results[i]))
			return i;
	return -ENOENT;
}

void kl_logline_init(struct kl_logline *logline, struct kl_strings *strings)
{
	memset(logline, 0, sizeof(*logline));
	kl_facts_init(&logline->facts, strings, 0);
}

void kl_logline_free(struct kl_logline *logline)
{
	kl_facts_free(&logline->facts);
}

/**
 * struct reading - a line being read
 * @line: all of it
 * @at: offset of the next word
 * @word: the last word read
 * @error: the caller's
 * @overlong: text of overlong=, to be understood once the operation is known
 * @has_result, @has_priority, @has_pid: these fields were seen
 */
struct reading {
	struct kl_text line;
	u32 at;
	struct kl_text word;
	struct kl_error *error;
	struct kl_text overlong;
	bool has_result, has_priority, has_pid;
};

/* Words of a record stand between single spaces; more of them do no harm. */
static bool next_word(struct reading *reading)
{
	const char *data = reading->line.data;
	u32 length = reading->line.length, start;

	while (reading->at < length && data[reading->at] == ' ')
		reading->at++;
	start = reading->at;
	while (reading->at < length && data[reading->at] != ' ')
		reading->at++;
	reading->word.data = data + start;
	reading->word.length = reading->at - start;
	return reading->word.length;
}

static __printf(2, 3) int refuse(struct reading *reading, const char *format, ...)
{
	struct kl_error *error = reading->error;
	va_list args;

	error->line = 0;
	error->column = reading->word.data - reading->line.data + 1;
	va_start(args, format);
	vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return -EINVAL;
}

/* Exactly @digits digits at *@at, then @end. */
static bool read_field(const char **at, const char *limit, int digits, char end,
		       u32 *value)
{
	const char *p = *at;

	*value = 0;
	if (limit - p <= digits)
		return false;
	while (digits--) {
		if (*p < '0' || *p > '9')
			return false;
		*value = *value * 10 + (*p++ - '0');
	}
	if (*p++ != end)
		return false;
	*at = p;
	return true;
}

static bool is_leap(u32 year)
{
	return !(year % 4) && (year % 100 || !(year % 400));
}

static u32 days_of(u32 year, u32 month)
{
	static const u8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from the epoch to a day of the Gregorian calendar, @year from 1970. */
static u64 days_to(u32 year, u32 month, u32 day)
{
	static const u16 before[] = { 0,   31,	59,  90,  120, 151,
				      181, 212, 243, 273, 304, 334 };
	u32 leap_days = (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 -
			(1969 / 4 - 1969 / 100 + 1969 / 400);

	return (year - 1970) * 365ull + leap_days + before[month - 1] + day - 1 +
	       (month > 2 && is_leap(year));
}

/* #2026/11/21 19:03:40.123456# or, from CaitSith, without a fraction */
static int read_time(struct kl_logline *logline, struct reading *reading)
{
	const char *p = reading->line.data, *limit = p + reading->line.length;
	u32 year, month, day, hour, minute, second, fraction = 0;
	u64 seconds;

	reading->word.data = p;
	if (p == limit || *p++ != '#' || !read_field(&p, limit, 4, '/', &year) ||
	    !read_field(&p, limit, 2, '/', &month) ||
	    !read_field(&p, limit, 2, ' ', &day) ||
	    !read_field(&p, limit, 2, ':', &hour) ||
	    !read_field(&p, limit, 2, ':', &minute) ||
	    (!read_field(&p, limit, 2, '#', &second) &&
	     (!read_field(&p, limit, 2, '.', &second) ||
	      !read_field(&p, limit, 6, '#', &fraction))))
		return refuse(reading, "not a record: it should begin with "
				       "#YYYY/MM/DD hh:mm:ss.uuuuuu#");
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > days_of(year, month) || hour > 23 || minute > 59 || second > 59)
		return refuse(reading, "there is no such time");
	seconds = ((days_to(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
	logline->time = seconds * 1000000 + fraction;
	reading->at = p - reading->line.data;
	return 0;
}

static int read_number(struct reading *reading, struct kl_text text, u64 max, u64 *value)
{
	if (kl_text_decimal(text, max, value))
		return refuse(reading, "expected a number up to %llu",
			      (unsigned long long)max);
	return 0;
}

/* "40-351", or "40" */
static int read_range(struct reading *reading, struct kl_text text, u64 *low, u64 *high)
{
	const char *dash = memchr(text.data, '-', text.length);
	struct kl_text first = text;

	if (!dash) {
		if (read_number(reading, text, ~0ull, low))
			return -EINVAL;
		*high = *low;
		return 0;
	}
	first.length = dash - text.data;
	if (read_number(reading, first, ~0ull, low) ||
	    read_number(reading, kl_text_from(text, first.length + 1), ~0ull, high))
		return -EINVAL;
	return *high < *low ? refuse(reading, "the range goes backwards") : 0;
}

/* "label:count" of a loss record. */
static int read_loss(struct kl_logline *logline, struct reading *reading,
		     struct kl_text label, struct kl_text count)
{
	struct kl_loss *loss;

	if (logline->loss_count == KL_LOGLINE_LOSSES)
		return refuse(reading, "more than %u rules in one record",
			      KL_LOSS_RULES_MAX);
	loss = &logline->losses[logline->loss_count++];
	loss->label = label;
	return read_number(reading, count, ~0ull, &loss->count);
}

static int read_rule(struct kl_logline *logline, struct reading *reading,
		     struct kl_text value)
{
	const char *colon = memrchr(value.data, ':', value.length);
	u32 length;

	if (!colon) {
		logline->label = value;
		return 0;
	}
	length = colon - value.data;
	return read_loss(logline, reading, kl_text_head(value, length),
			 kl_text_from(value, length + 1));
}

static int read_result(struct kl_logline *logline, struct reading *reading,
		       struct kl_text value)
{
	int result = kl_result_find(value);

	if (result < 0)
		return refuse(reading, "expected allowed, denied or unmatched");
	logline->result = result;
	reading->has_result = true;
	return 0;
}

static int read_count(struct kl_logline *logline, struct reading *reading,
		      struct kl_text value, enum kl_logline_kind kind)
{
	logline->kind = kind;
	return read_number(reading, value, ~0ull, &logline->count);
}

static int read_priority(struct kl_logline *logline, struct reading *reading,
			 struct kl_text value)
{
	u64 priority;

	if (read_number(reading, value, KL_PRIORITY_MAX, &priority))
		return -EINVAL;
	logline->priority = priority;
	reading->has_priority = true;
	return 0;
}

static int read_header_field(struct kl_logline *logline, struct reading *reading,
			     struct kl_text key, struct kl_text value)
{
	if (kl_text_is(key, "seq"))
		return read_range(reading, value, &logline->sequence, &logline->last);
	if (kl_text_is(key, "global-pid")) {
		reading->has_pid = true;
		return read_number(reading, value, ~0u, &logline->pid);
	}
	if (kl_text_is(key, "result"))
		return read_result(logline, reading, value);
	if (kl_text_is(key, "priority"))
		return read_priority(logline, reading, value);
	if (kl_text_is(key, "rule"))
		return read_rule(logline, reading, value);
	if (kl_text_is(key, "other"))
		return read_loss(logline, reading, key, value);
	if (kl_text_is(key, "lost"))
		return read_count(logline, reading, value, KL_LOGLINE_LOST);
	if (kl_text_is(key, "suppressed"))
		return read_count(logline, reading, value, KL_LOGLINE_SUPPRESSED);
	if (kl_text_is(key, "index"))
		return read_number(reading, value, KL_AUDIT_INDEXES - 1, &logline->index);
	if (kl_text_is(key, "omitted"))
		return read_number(reading, value, ~0ull, &logline->omitted);
	if (kl_text_is(key, "overlong"))
		reading->overlong = value;
	else if (kl_text_is(key, "instance"))
		logline->instance = value;
	else if (kl_text_is(key, "boot_id"))
		logline->boot = value;
	else if (kl_text_is(key, "enforced"))
		logline->unenforced = kl_text_is(value, "no");
	else if (kl_text_is(key, "check"))
		logline->check = kl_text_is(value, "yes");
	else
		logline->unknown_fields++;
	return 0;
}

/* All key=value words up to the separating slash, or to the end. */
static int read_header(struct kl_logline *logline, struct reading *reading, bool *more)
{
	*more = false;
	while (next_word(reading)) {
		const char *equals;
		u32 length;
		int error;

		if (kl_text_is(reading->word, "/")) {
			*more = true;
			return 0;
		}
		equals = memchr(reading->word.data, '=', reading->word.length);
		if (!equals)
			return refuse(reading, "expected key=value or the / before "
					       "the operation");
		length = equals - reading->word.data;
		error = read_header_field(logline, reading,
					  kl_text_head(reading->word, length),
					  kl_text_from(reading->word, length + 1));
		if (error)
			return error;
	}
	return 0;
}

static void mark_overlong(struct kl_request *request, u32 slot)
{
	bool history = slot == KL_SLOT_TASK_ANCESTOR || slot == KL_SLOT_TASK_HISTORY;

	kl_slot_add(request->overlong, slot);
	/* Of these only a part is unknown, and it is missing anyway. */
	if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP ||
	    (history && kl_slot_test(request->present, KL_SLOT_TASK_HISTORY)))
		return;
	if (history) {
		kl_slot_add(request->unknown, KL_SLOT_TASK_ANCESTOR);
		kl_slot_add(request->unknown, KL_SLOT_TASK_HISTORY);
	}
	request->present[slot / 64] &= ~BIT_ULL(slot % 64);
	kl_slot_add(request->unknown, slot);
}

/* "path,target": attributes whose value nobody knows. */
static void read_overlong(struct kl_logline *logline, struct reading *reading)
{
	struct kl_request *request = &logline->facts.request;
	struct kl_text rest = reading->overlong, name;

	while (rest.length) {
		const char *comma = memchr(rest.data, ',', rest.length);
		u32 length = comma ? comma - rest.data : rest.length;
		int slot;

		name = kl_text_head(rest, length);
		slot = kl_text_is(name, "argv") ? KL_SLOT_ARGV :
		       kl_text_is(name, "envp") ? KL_SLOT_ENVP :
						  kl_slot_find(request->op, name);
		if (slot >= 0 && kl_slot_exists(request->op, slot))
			mark_overlong(request, slot);
		else
			logline->unknown_fields++;
		rest = kl_text_from(rest, comma ? length + 1 : length);
	}
}

static int read_words(struct kl_logline *logline, struct reading *reading)
{
	u32 base;
	int error;

	while (next_word(reading)) {
		base = reading->word.data - reading->line.data;
		reading->error->column = 1;
		error = kl_facts_add(&logline->facts, reading->word, reading->error);
		if (error) {
			reading->error->column += base;
			return error;
		}
	}
	return 0;
}

static int read_request(struct kl_logline *logline, struct reading *reading)
{
	int op, error;

	if (!next_word(reading))
		return refuse(reading, "the operation is missing");
	op = kl_op_find(reading->word);
	if (op < 0)
		return refuse(reading, KL_WORD_FMT " is no operation",
			      KL_WORD_ARG(reading->word));
	logline->facts.request.op = op;
	logline->words = kl_text_from(reading->line, reading->at);
	error = read_words(logline, reading);
	if (error)
		return error;
	error = kl_facts_finish(&logline->facts, reading->error);
	if (error) {
		reading->error->column = logline->words.data - reading->line.data + 1;
		return error;
	}
	read_overlong(logline, reading);
	return 0;
}

static int check_header(struct kl_logline *logline, struct reading *reading, bool request)
{
	reading->word = kl_text_from(reading->line, reading->line.length);
	if (logline->kind != KL_LOGLINE_REQUEST)
		return request ? refuse(reading, "a loss record has no operation") : 0;
	if (!request)
		return refuse(reading, "the / before the operation is missing");
	if (!reading->has_result || !reading->has_priority || !reading->has_pid)
		return refuse(reading, "result=, priority= or global-pid= is missing");
	return 0;
}

bool kl_logline_pair(struct kl_text *rest, struct kl_text *key, struct kl_text *value)
{
	const char *equals, *space;
	struct kl_text word;

	for (;;) {
		space = memchr(rest->data, ' ', rest->length);
		word = space ? kl_text_head(*rest, space - rest->data) : *rest;
		*rest = kl_text_from(*rest, word.length + (space ? 1 : 0));
		equals = word.length ? memchr(word.data, '=', word.length) : NULL;
		if (equals && *word.data != '#')
			break;
		if (!rest->length)
			return false;
	}
	*key = kl_text_head(word, equals - word.data);
	*value = kl_text_from(word, key->length + 1);
	if (value->length >= 2 && *value->data == '"' &&
	    value->data[value->length - 1] == '"')
		*value = kl_text_head(kl_text_from(*value, 1), value->length - 2);
	return true;
}

/* Lines of kellas-auditd: returns whether it is one. */
static bool read_other(struct kl_logline *logline, const struct reading *reading)
{
	static const char console[] = "netconsole=";
	struct kl_text rest = kl_text_from(reading->line, reading->at);
	const char *end;

	while (rest.length && *rest.data == ' ')
		rest = kl_text_from(rest, 1);
	logline->words = rest;
	if (kl_text_begins(rest, "daemon=")) {
		logline->kind = KL_LOGLINE_DAEMON;
		return true;
	}
	if (!kl_text_begins(rest, console))
		return false;
	end = memmem(rest.data, rest.length, " / ", 3);
	if (!end)
		return false;
	logline->kind = KL_LOGLINE_CONSOLE;
	logline->words = kl_text_from(rest, end + 3 - rest.data);
	rest = kl_text_head(rest, end - rest.data);
	logline->origin = kl_text_from(rest, sizeof(console) - 1);
	return true;
}

/* Not the facts: they are large, and of no interest unless a request is read. */
static void forget(struct kl_logline *logline)
{
	memset(logline, 0, offsetof(struct kl_logline, facts));
	logline->origin = logline->words = (struct kl_text){ 0 };
}

/* All but the words of a request. @request: there are some */
static int read_head(struct kl_logline *logline, struct reading *reading, bool *request)
{
	int result;

	*request = false;
	memset(reading->error, 0, sizeof(*reading->error));
	forget(logline);
	result = read_time(logline, reading);
	if (result || read_other(logline, reading))
		return result;
	result = read_header(logline, reading, request);
	return result ? result : check_header(logline, reading, *request);
}

int kl_logline_parse(struct kl_logline *logline, struct kl_text line,
		     struct kl_error *error)
{
	struct reading reading = { .line = line, .error = error };
	bool request;
	int result = read_head(logline, &reading, &request);

	kl_facts_restart(&logline->facts, 0);
	return result || !request ? result : read_request(logline, &reading);
}

int kl_logline_parse_head(struct kl_logline *logline, struct kl_text line,
			  struct kl_error *error)
{
	struct reading reading = { .line = line, .error = error };
	bool request;

	return read_head(logline, &reading, &request);
}
