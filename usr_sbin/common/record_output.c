// SPDX-License-Identifier: GPL-2.0
/* A log record for people, or as one JSON object. */
#include <time.h>

#include "engine/lex.h"
#include "engine/pattern.h"
#include "engine/print.h"
#include "record_output.h"

#define NO_KEY "" /* text only */

/* "YYYY-MM-DDThh:mm:ss.uuuuuuZ" of the engine's "YYYY/MM/DD hh:mm:ss". */
void kl_put_iso_time(struct kl_output *output, const char *key, u64 time)
{
	u32 fraction = time % 1000000, divisor;
	char text[KL_TIME_TEXT_MAX + 16];
	char *end = text + kl_format_time(time / 1000000, text);

	end[-15] = end[-12] = '-';
	end[-9] = 'T';
	*end++ = '.';
	for (divisor = 100000; divisor; divisor /= 10)
		*end++ = '0' + fraction / divisor % 10;
	*end++ = 'Z';
	kl_put_text(output, key, NULL, (struct kl_text){ text, end - text });
}

void kl_put_time(struct kl_output *output, u64 time)
{
	time_t seconds = time / 1000000;
	char text[64];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	kl_paint(output, KL_FAINT);
	kl_say(output, "%s.%06u", text, (unsigned int)(time % 1000000));
	kl_paint(output, KL_PLAIN);
}

static void put_time(struct kl_output *output, u64 time)
{
	if (output->format == KL_FORMAT_JSON)
		kl_put_iso_time(output, "time", time);
	else
		kl_put_time(output, time);
	kl_say(output, " ");
}

void kl_put_argv(struct kl_output *output, const char *key, const struct kl_args *args)
{
	u32 i;

	kl_open_array(output, key);
	for (i = 0; i < args->argc; i++)
		if (args->text[i].data)
			kl_put_encoded(output, NULL, NULL, args->text[i]);
		else
			kl_put_null(output, NULL);
	kl_close(output);
}

/* Those that were left out are told by "omitted". */
static void put_envp(struct kl_output *output, const struct kl_args *args)
{
	const struct kl_text *text = args->text + args->argc;
	u32 i;

	kl_open_array(output, "envp");
	for (i = 0; i < args->envc; i++)
		if (text[i].data)
			kl_put_encoded(output, NULL, NULL, text[i]);
	kl_close(output);
}

static void put_permissions(struct kl_output *output, const char *name, u64 number)
{
	char text[32];

	snprintf(text, sizeof(text), "0%llo", (unsigned long long)number);
	kl_put_string(output, name, NULL, text);
}

static void put_address(struct kl_output *output, const char *name,
			const struct kl_ip *ip)
{
	char text[KL_IP_TEXT_MAX];

	kl_format_ip(ip, text);
	kl_put_string(output, name, NULL, text);
}

/* Where older programs were dropped it begins with null. */
static void put_history(struct kl_output *output, const char *name,
			const struct kl_history *history)
{
	struct kl_history_cursor cursor = kl_history_walk(history);
	struct kl_program program;

	kl_open_array(output, name);
	if (history->truncated)
		kl_put_null(output, NULL);
	while (kl_history_next(&cursor, &program)) {
		kl_open_object(output, NULL);
		kl_put_encoded(output, "program", NULL, program.exe);
		kl_put_number(output, "pid", NULL, program.pid);
		kl_put_number(output, "started", NULL, program.started);
		kl_put_bool(output, "reconstructed", NULL, program.reconstructed);
		kl_close(output);
	}
	kl_close(output);
}

/* What may have a name is a string even where it has none. */
static void put_number(struct kl_output *output, const char *name, u32 slot, u64 number)
{
	const char *known = kl_number_name(slot, number);
	char digits[24];

	if (!kl_number_names(slot)) {
		kl_put_number(output, name, NULL, number);
		return;
	}
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
	kl_put_string(output, name, NULL, known ? known : digits);
}

void kl_put_attribute(struct kl_output *output, const char *name,
		      const struct kl_request *request, u32 slot)
{
	const union kl_value *value = &request->value[slot];

	switch (kl_slot_type(slot)) {
	case KL_STRING:
		kl_put_encoded(output, name, NULL, *value->text);
		break;
	case KL_IPADDR:
		put_address(output, name, value->ip);
		break;
	case KL_FILEPERM:
		put_permissions(output, name, value->number);
		break;
	case KL_FILETYPE:
		kl_put_string(output, name, NULL,
			      kl_keyword_name(KL_FILETYPE, value->number & 0170000));
		break;
	case KL_HISTORY:
		put_history(output, name, value->history);
		break;
	default:
		put_number(output, name, slot, value->number);
	}
}

/* task.ancestor is the same as task.history. */
static bool is_wanted(const struct kl_request *request, const u64 *without, u32 slot)
{
	return kl_slot_test(request->present, slot) && slot != KL_SLOT_TASK_ANCESTOR &&
	       !(without && kl_slot_test(without, slot));
}

void kl_put_attributes(struct kl_output *output, const struct kl_request *request,
		       const u64 *without)
{
	char name[KL_SLOT_NAME_MAX];
	u32 slot;

	kl_open_object(output, "attributes");
	for (slot = 0; slot < KL_SLOT_ARGV; slot++)
		if (is_wanted(request, without, slot))
			kl_put_attribute(output, kl_slot_name(request->op, slot, name),
					 request, slot);
	if (is_wanted(request, without, KL_SLOT_ARGV))
		kl_put_argv(output, "argv", request->value[KL_SLOT_ARGV].args);
	if (is_wanted(request, without, KL_SLOT_ENVP))
		put_envp(output, request->value[KL_SLOT_ENVP].args);
	kl_close(output);
}

void kl_put_overlong(struct kl_output *output, const struct kl_request *request)
{
	const char *format = " overlong: %s";
	char name[KL_SLOT_NAME_MAX];
	u32 slot;

	for (slot = 0; slot < KL_SLOT_WORDS && !request->overlong[slot]; slot++)
		;
	if (slot == KL_SLOT_WORDS)
		return;
	kl_open_array(output, "overlong");
	for (slot = 0; slot < KL_SLOT_COUNT; slot++)
		if (kl_slot_test(request->overlong, slot)) {
			kl_put_string(output, NULL, format,
				      kl_slot_name(request->op, slot, name));
			format = ",%s";
		}
	kl_close(output);
}

struct kl_text kl_record_what(const struct kl_logline *line)
{
	struct kl_text words = line->words;
	u32 i;

	for (i = 0; i < words.length; i++)
		if (words.data[i] == ' ' &&
		    (kl_text_begins(kl_text_from(words, i), " task.") ||
		     kl_text_begins(kl_text_from(words, i), " envp[")))
			return kl_text_head(words, i);
	return words;
}

static void put_subject(struct kl_output *output, const struct kl_request *request)
{
	static const struct {
		u32 slot;
		const char *format;
	} numbers[] = {
		{ KL_SLOT_TASK_PID, " pid=%s" },
		{ KL_SLOT_TASK_UID, " uid=%s" },
	};
	size_t i;

	if (kl_slot_test(request->present, KL_SLOT_TASK_EXE))
		kl_put_encoded(output, NO_KEY, "  by %s",
			       *request->value[KL_SLOT_TASK_EXE].text);
	kl_paint(output, KL_FAINT);
	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		if (kl_slot_test(request->present, numbers[i].slot))
			kl_put_number(output, NO_KEY, numbers[i].format,
				      request->value[numbers[i].slot].number);
	if (kl_slot_test(request->present, KL_SLOT_TASK_DOMAIN))
		kl_put_encoded(output, NO_KEY, " domain=%s",
			       *request->value[KL_SLOT_TASK_DOMAIN].text);
	kl_paint(output, KL_PLAIN);
}

void kl_put_result(struct kl_output *output, enum kl_result result)
{
	static const enum kl_colour colours[] = {
		[KL_UNMATCHED] = KL_BOLD,
		[KL_ALLOWED] = KL_GOOD,
		[KL_DENIED] = KL_BAD,
	};

	kl_paint(output, colours[result]);
	kl_put_string(output, "result", "%-9s ", kl_result_name(result));
	kl_paint(output, KL_PLAIN);
}

static void put_optional(struct kl_output *output, const char *key, struct kl_text text)
{
	if (text.length)
		kl_put_text(output, key, NULL, text);
}

static void put_request(struct kl_output *output, const struct kl_logline *line)
{
	const struct kl_request *request = &line->facts.request;

	kl_put_string(output, "type", NULL, "request");
	put_time(output, line->time);
	if (line->sequence)
		kl_put_number(output, "seq", NULL, line->sequence);
	put_optional(output, "instance", line->instance);
	put_optional(output, "boot_id", line->boot);
	kl_put_number(output, "global_pid", NULL, line->pid);
	kl_put_result(output, line->result);
	kl_paint(output, KL_BOLD);
	kl_put_string(output, "operation", "%s", kl_op_table[request->op].keyword);
	kl_paint(output, KL_PLAIN);
	kl_put_text(output, NO_KEY, "%s", kl_record_what(line));
	put_subject(output, request);
	kl_put_number(output, "priority", "  [%s", line->priority);
	if (line->label.length)
		kl_put_text(output, "rule", " %s", line->label);
	kl_say(output, "]");
	if (line->unenforced)
		kl_put_bool(output, "enforced", NULL, false);
	kl_say(output, "%s", line->unenforced ? " not enforced" : "");
	if (line->check)
		kl_put_bool(output, "check", " check only", true);
	if (line->omitted)
		kl_put_number(output, "omitted", " %s arguments omitted", line->omitted);
	kl_put_overlong(output, request);
	if (output->format == KL_FORMAT_JSON)
		kl_put_attributes(output, request, NULL);
	kl_say(output, "\n");
}

void kl_put_losses(struct kl_output *output, const struct kl_logline *line)
{
	u32 i;

	kl_open_array(output, "rules");
	for (i = 0; i < line->loss_count; i++) {
		kl_open_object(output, NULL);
		kl_put_text(output, "rule", i ? ", %s" : ": %s", line->losses[i].label);
		kl_put_number(output, "count", " %s", line->losses[i].count);
		kl_close(output);
	}
	kl_close(output);
}

static void put_lost(struct kl_output *output, const struct kl_logline *line)
{
	kl_put_string(output, "type", NULL, "lost");
	put_time(output, line->time);
	kl_paint(output, KL_ALARM);
	kl_put_number(output, "count", "*** %s RECORDS LOST", line->count);
	kl_put_number(output, "first", " (seq %s", line->sequence);
	kl_put_number(output, "last", "-%s)", line->last);
	kl_put_losses(output, line);
	kl_say(output, " ***");
	kl_paint(output, KL_PLAIN);
	kl_say(output, "\n");
}

static void put_suppressed(struct kl_output *output, const struct kl_logline *line)
{
	kl_put_string(output, "type", NULL, "suppressed");
	put_time(output, line->time);
	kl_paint(output, KL_NOTICE);
	kl_put_number(output, "count", "--- %s records suppressed", line->count);
	kl_put_number(output, "index", " by the quota of audit %s", line->index);
	kl_put_losses(output, line);
	kl_say(output, " ---");
	kl_paint(output, KL_PLAIN);
	kl_say(output, "\n");
}

/* Nothing in a log shall move the cursor of a terminal, or be no UTF-8. */
static void add_harmless(struct kl_buffer *out, struct kl_text text)
{
	u32 i;

	for (i = 0; i < text.length; i++) {
		unsigned char c = text.data[i];

		if (c < 0x20 || c >= 0x7f)
			kl_buffer_printf(out, "\\%03o", c);
		else
			kl_buffer_add(out, text.data + i, 1);
	}
}

/* Of a key that is given again the last value counts; no line of ours has so many. */
#define PAIRS_COMPARED 32u

static bool comes_again(struct kl_text key, struct kl_text rest)
{
	struct kl_text later, value;
	u32 left = PAIRS_COMPARED;

	while (left-- && kl_logline_pair(&rest, &later, &value))
		if (kl_text_equal(key, later))
			return true;
	return false;
}

static bool is_reserved(struct kl_text key)
{
	return kl_text_is(key, "type") || kl_text_is(key, "time") ||
	       kl_text_is(key, "event");
}

/* Keys and values, as JSON members of their own and as text. */
static void put_pairs(struct kl_output *output, struct kl_text rest)
{
	struct kl_buffer name = { 0 }, text = { 0 };
	struct kl_text key, value;
	bool member;

	while (kl_logline_pair(&rest, &key, &value)) {
		member = key.length && !comes_again(key, rest);
		kl_buffer_clear(&name);
		kl_buffer_clear(&text);
		add_harmless(&name, key);
		add_harmless(&text, value);
		if (kl_text_is(key, "daemon")) {
			kl_put_text(output, member ? "event" : NO_KEY, "%s",
				    kl_buffer_text(&text));
			continue;
		}
		kl_say(output, " %s", name.length ? name.data : "");
		kl_put_text(output, member && !is_reserved(key) ? name.data : NO_KEY, "=%s",
			    kl_buffer_text(&text));
	}
	kl_buffer_free(&name);
	kl_buffer_free(&text);
}

static void put_daemon(struct kl_output *output, u64 time, struct kl_text words)
{
	kl_put_string(output, "type", NULL, "daemon");
	put_time(output, time);
	kl_paint(output, KL_NOTICE);
	kl_say(output, "--- kellas-auditd: ");
	put_pairs(output, words);
	kl_say(output, " ---");
	kl_paint(output, KL_PLAIN);
	kl_say(output, "\n");
}

void kl_put_daemon(struct kl_output *output, u64 time, struct kl_text line)
{
	kl_open_object(output, NULL);
	put_daemon(output, time, line);
	kl_close(output);
}

static void put_console(struct kl_output *output, const struct kl_logline *line)
{
	struct kl_buffer origin = { 0 }, text = { 0 };

	add_harmless(&origin, line->origin);
	add_harmless(&text, line->words);
	kl_put_string(output, "type", NULL, "netconsole");
	put_time(output, line->time);
	kl_put_text(output, "origin", "%s: ", kl_buffer_text(&origin));
	kl_put_text(output, "text", "%s", kl_buffer_text(&text));
	kl_say(output, "\n");
	kl_buffer_free(&origin);
	kl_buffer_free(&text);
}

void kl_put_record(struct kl_output *output, const struct kl_logline *line)
{
	kl_open_object(output, NULL);
	switch (line->kind) {
	case KL_LOGLINE_LOST:
		put_lost(output, line);
		break;
	case KL_LOGLINE_SUPPRESSED:
		put_suppressed(output, line);
		break;
	case KL_LOGLINE_DAEMON:
		put_daemon(output, line->time, line->words);
		break;
	case KL_LOGLINE_CONSOLE:
		put_console(output, line);
		break;
	default:
		put_request(output, line);
	}
	kl_close(output);
}

void kl_put_unreadable(struct kl_output *output, struct kl_text line,
		       const struct kl_error *error)
{
	struct kl_buffer text = { 0 };

	add_harmless(&text, line);
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "unreadable");
	kl_paint(output, KL_NOTICE);
	kl_put_string(output, "message", "unreadable (%s", error->text);
	kl_put_number(output, "column", ", column %s):", error->column);
	kl_paint(output, KL_PLAIN);
	kl_put_text(output, "line", " %s\n", kl_buffer_text(&text));
	kl_close(output);
	kl_buffer_free(&text);
}
