// SPDX-License-Identifier: GPL-2.0
/* The daemon's own lines, on their way to the routes. */
#include "daemon_inside.h"
#include "limits.h"

void route(struct kl_daemon *daemon, const struct kl_entry *entry)
{
	if (kl_routes_give(daemon->config->routes, daemon->config->route_count, entry,
			   ++daemon->stamp))
		daemon->routed++;
	else
		daemon->unrouted++;
}

void deliver(struct kl_daemon *daemon)
{
	struct kl_outlet *outlet;

	for_each_outlet(daemon, outlet)
		kl_sink_deliver(outlet->sink);
}

/**
 * struct note - a line of the daemon's own in struct kl_daemon.notes
 * @time: of the entry
 * @length: of the text behind it
 */
struct note {
	u64 time;
	u32 length;
};

void keep_note(struct kl_daemon *daemon, const struct kl_entry *entry)
{
	struct note note = { entry->time, entry->line.length };

	if (daemon->notes.length + sizeof(note) + note.length > KL_NOTES_MAX) {
		daemon->notes_lost++;
		return;
	}
	kl_buffer_add(&daemon->notes, (const char *)&note, sizeof(note));
	kl_buffer_add(&daemon->notes, entry->line.data, note.length);
	kl_timer_set(daemon->loop, &daemon->note, 0);
}

/* What a sink says while it is given these comes next time. */
void give_notes(struct kl_daemon *daemon)
{
	struct kl_buffer notes = daemon->notes;
	const char *at = notes.data, *end = notes.data + notes.length;
	struct note note;

	memset(&daemon->notes, 0, sizeof(daemon->notes));
	kl_timer_stop(daemon->loop, &daemon->note);
	for (; at < end; at += note.length) {
		struct kl_entry entry = { .source = KL_ENTRY_DAEMON };

		memcpy(&note, at, sizeof(note));
		at += sizeof(note);
		entry.time = note.time;
		entry.line = (struct kl_text){ at, note.length };
		route(daemon, &entry);
	}
	kl_buffer_free(&notes);
}

void note_due(struct kl_timer *timer)
{
	struct kl_daemon *daemon = timer->data;

	give_notes(daemon);
	deliver(daemon);
}

void say(struct kl_sink *sink, const struct kl_entry *entry)
{
	keep_note(sink->data, entry);
}
