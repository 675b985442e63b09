// SPDX-License-Identifier: GPL-2.0
/* One line, in the format that a sink wants. */
#include <time.h>

#include "ecs.h"
#include "engine/lex.h"
#include "engine/print.h"
#include "engine/word.h"
#include "entry.h"
#include "record_output.h"

static void put_time(struct kl_buffer *out, u64 time)
{
	char text[KL_TIME_TEXT_MAX];

	kl_format_time(time / 1000000, text);
	kl_buffer_printf(out, "#%s.%06u#", text, (unsigned int)(time % 1000000));
}

static void format_text(const struct kl_entry *entry, struct kl_buffer *out)
{
	if (entry->source != KL_ENTRY_NETCONSOLE) {
		kl_buffer_add(out, entry->line.data, entry->line.length);
		return;
	}
	put_time(out, entry->time);
	kl_buffer_puts(out, " netconsole=");
	kl_buffer_add(out, entry->origin.data, entry->origin.length);
	kl_buffer_puts(out, " / ");
	kl_buffer_add(out, entry->line.data, entry->line.length);
}

static void put_console(struct kl_output *output, const struct kl_entry *entry)
{
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "netconsole");
	kl_put_iso_time(output, "time", entry->time);
	kl_put_text(output, "origin", NULL, entry->origin);
	kl_put_text(output, "text", NULL, entry->line);
	kl_close(output);
}

/* Its number is needed to go on behind it. */
static void put_unreadable(struct kl_output *output, const struct kl_entry *entry)
{
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "unreadable");
	kl_put_iso_time(output, "time", entry->time);
	if (entry->sequence)
		kl_put_number(output, "seq", NULL, entry->sequence);
	kl_put_text(output, "line", NULL, entry->line);
	kl_close(output);
}

static void put_json(struct kl_output *output, const struct kl_entry *entry)
{
	if (entry->source == KL_ENTRY_DAEMON)
		kl_put_daemon(output, entry->time, entry->line);
	else if (entry->source == KL_ENTRY_NETCONSOLE)
		put_console(output, entry);
	else if (entry->record)
		kl_put_record(output, entry->record);
	else
		put_unreadable(output, entry);
}

static void format_json(const struct kl_entry *entry, enum kl_entry_format format,
			struct kl_buffer *out)
{
	struct kl_output output = { .format = KL_FORMAT_JSON, .into = out };

	if (format == KL_ENTRY_ECS)
		kl_ecs_put(&output, entry);
	else
		put_json(&output, entry);
}

void kl_entry_format(const struct kl_entry *entry, enum kl_entry_format format,
		     struct kl_buffer *out)
{
	if (format == KL_ENTRY_TEXT)
		format_text(entry, out);
	else
		format_json(entry, format, out);
}

void kl_entry_say(struct kl_entry *entry, struct kl_buffer *line, const char *format, ...)
{
	struct timespec now;
	va_list args;
	char *text;

	clock_gettime(CLOCK_REALTIME, &now);
	memset(entry, 0, sizeof(*entry));
	entry->source = KL_ENTRY_DAEMON;
	entry->time = (u64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0) {
		fputs("out of memory\n", stderr);
		exit(1);
	}
	va_end(args);
	kl_buffer_clear(line);
	put_time(line, entry->time);
	kl_buffer_printf(line, " daemon=%s", text);
	free(text);
	entry->line = kl_buffer_text(line);
}

void kl_entry_quote(struct kl_buffer *out, struct kl_text raw)
{
	size_t length = kl_encode(raw, NULL, 0);

	kl_buffer_puts(out, "\"");
	kl_buffer_room(out, length);
	kl_encode(raw, out->data + out->length, length);
	out->length += length;
	kl_buffer_puts(out, "\"");
}
