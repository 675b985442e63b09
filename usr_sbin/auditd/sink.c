// SPDX-License-Identifier: GPL-2.0
/* What all sinks have in common. */
#include "limits.h"
#include "place.h"
#include "sink.h"
#include "spool.h"
#include "tell.h"

#define AT(field) offsetof(struct kl_sink, field)

const struct kl_conf_key kl_sink_keys[] = {
	{ "format", KL_CONF_CHOICE, .offset = AT(format), .choices = KL_ENTRY_FORMATS,
	  .initial = "text", .help = "what a line looks like" },
	{ "queue", KL_CONF_SIZE, .offset = AT(queue_max), .min = KL_QUEUE_MIN,
	  .max = KL_QUEUE_MAX, .initial = "8M", .help = "memory for lines that wait" },
	{ "spool", KL_CONF_PATH, .offset = AT(spool_path),
	  .help = "directory of its own for lines that wait while the sink is down" },
	{ "spool-max", KL_CONF_SIZE, .offset = AT(spool_max), .min = KL_SPOOL_MIN,
	  .initial = "1G", .help = "room on disk for them" },
	{ 0 },
};

/* Make a message of a line, in the sink's format; its text stays until the next one. */
static void make_message(struct kl_sink *sink, const struct kl_entry *entry,
			 struct kl_message *message)
{
	kl_buffer_clear(&sink->text);
	kl_entry_format(entry, sink->format, &sink->text);
	*message = (struct kl_message){
		.sequence = entry->sequence,
		.instance = entry->instance,
		.time = entry->time,
		.source = entry->source,
		.text = kl_buffer_text(&sink->text),
	};
}

static const char *event_name(enum kl_queue_event event)
{
	return event == KL_QUEUE_REPEAT ? "repeat" : "lost";
}

/*
 * Word what the queue has to say: "daemon=lost sink=NAME count=N seq=A-B others=M
 * reason=no-room": N records, and M lines that have no number.
 */
static void tell_event(void *data, enum kl_queue_event event,
		       const struct kl_queue_range *range, struct kl_message *message)
{
	struct kl_sink *sink = data;
	struct kl_buffer words = { 0 };
	struct kl_entry entry;

	kl_buffer_printf(&words, "%s sink=%s", event_name(event), sink->name);
	/* How many a repeat holds beyond those in memory is not known. */
	if (event == KL_QUEUE_LOST)
		kl_buffer_printf(&words, " count=%llu", (unsigned long long)range->count);
	if (range->last)
		kl_buffer_printf(&words, " seq=%llu-%llu",
				 (unsigned long long)range->first,
				 (unsigned long long)range->last);
	if (event != KL_QUEUE_REPEAT && range->others)
		kl_buffer_printf(&words, " others=%llu",
				 (unsigned long long)range->others);
	if (event != KL_QUEUE_REPEAT)
		kl_buffer_printf(&words, " reason=%s",
				 event == KL_QUEUE_LOST ? "no-room" : "spool-damaged");
	kl_entry_say(&entry, &sink->line, "%s", words.data);
	kl_buffer_free(&words);
	make_message(sink, &entry, message);
}

/* Tell all routes; the daemon's own log has been told in words. */
static void say(struct kl_sink *sink, const struct kl_entry *entry)
{
	if (sink->say)
		sink->say(sink, entry);
}

static void advance(struct kl_sink *sink)
{
	if (sink->advanced)
		sink->advanced(sink);
}

/* Put on disk everything if the sink is down, otherwise what memory did not hold. */
static void keep(struct kl_sink *sink)
{
	u64 before = kl_queue_safe(sink->queue, NULL);

	if (sink->down)
		kl_queue_spill(sink->queue);
	kl_queue_sync(sink->queue);
	if (kl_queue_safe(sink->queue, NULL) != before)
		advance(sink);
}

static void expired(struct kl_timer *timer)
{
	struct kl_sink *sink = timer->data;

	if (!sink->down)
		kl_sink_deliver(sink);
	else if (sink->type->retry)
		sink->type->retry(sink);
}

/* Where the queue's spool goes on; it may know better than the position file. */
static void resume(struct kl_sink *sink)
{
	u64 instance, safe = kl_queue_safe(sink->queue, &instance);

	if (instance && instance == sink->instance && sink->position < safe)
		sink->position = safe;
}

static int open_spool(struct kl_sink *sink, struct kl_spool **spool)
{
	int error;

	*spool = NULL;
	if (!sink->spool_path)
		return 0;
	error = kl_spool_open(spool, sink->spool_path, sink->spool_max);
	if (error == -EBUSY)
		kl_tell(LOG_ERR, "sink %s: another process uses the spool %s", sink->name,
			sink->spool_path);
	else if (error)
		kl_tell(LOG_ERR,
			"sink %s: the spool %s must be a directory of the daemon's user "
			"that nobody else may write to",
			sink->name, sink->spool_path);
	return error;
}

const char *kl_sink_shared(const struct kl_sink *a, const struct kl_sink *b)
{
	if (a->spool_path && b->spool_path && kl_place_equal(a->spool_path, b->spool_path))
		return a->spool_path;
	if (a->type != b->type || !a->type->file || !a->type->file(a) ||
	    !b->type->file(b) || !kl_place_equal(a->type->file(a), b->type->file(b)))
		return NULL;
	return a->type->file(a);
}

int kl_sink_start(struct kl_sink *sink, struct kl_loop *loop)
{
	struct kl_spool *spool;
	int error = open_spool(sink, &spool);

	if (error)
		return error;
	sink->loop = loop;
	sink->timer.expired = expired;
	sink->timer.data = sink;
	sink->queue = kl_queue_new(sink->queue_max, spool, tell_event, sink);
	resume(sink);
	error = sink->type->open(sink);
	if (!error)
		return 0;
	kl_timer_stop(loop, &sink->timer);
	kl_queue_free(sink->queue);
	sink->queue = NULL;
	kl_buffer_free(&sink->line);
	kl_buffer_free(&sink->text);
	return error;
}

u64 kl_sink_stop(struct kl_sink *sink, u64 *instance, u64 *left)
{
	struct kl_queue_stat stat;
	u64 safe, lacking;

	if (left)
		*left = 0;
	if (!sink->queue)
		return 0;
	if (!sink->down)
		sink->type->deliver(sink);
	sink->type->close(sink);
	kl_timer_stop(sink->loop, &sink->timer);
	if (sink->spool_path && !kl_queue_spill(sink->queue))
		kl_queue_sync(sink->queue);
	safe = kl_queue_safe(sink->queue, instance);
	kl_queue_stat(sink->queue, &stat);
	lacking = sink->spool_path ? 0 : stat.messages;
	if (lacking)
		kl_tell(LOG_WARNING, "sink %s: %llu messages are not delivered",
			sink->name, (unsigned long long)lacking);
	if (left)
		*left = lacking;
	kl_queue_free(sink->queue);
	sink->queue = NULL;
	kl_buffer_free(&sink->line);
	kl_buffer_free(&sink->text);
	return safe;
}

static void put(struct kl_sink *sink, const struct kl_entry *entry)
{
	struct kl_message message;
	int error;

	make_message(sink, entry, &message);
	error = kl_queue_put(sink->queue, &message);
	if (error && !sink->losing)
		kl_tell(LOG_ERR, "sink %s: %s: records are being lost", sink->name,
			error == -EMSGSIZE ? "a line is too long" : "no room");
	if (error)
		sink->losing = kl_loop_now();
	/* A short line may find room between two others. */
	if (error || !sink->losing || kl_loop_now() - sink->losing < KL_RETRY_FIRST)
		return;
	kl_tell(LOG_NOTICE, "sink %s: there is room again", sink->name);
	sink->losing = 0;
}

/* Records that the last run may have sent before it ended. */
static void say_repeat(struct kl_sink *sink, const struct kl_entry *record)
{
	struct kl_entry entry;

	kl_entry_say(&entry, &sink->line, "repeat sink=%s seq=%llu-%llu", sink->name,
		     (unsigned long long)record->sequence,
		     (unsigned long long)sink->repeat_until);
	put(sink, &entry);
}

void kl_sink_put(struct kl_sink *sink, const struct kl_entry *entry)
{
	if (sink->repeat_until && entry->sequence) {
		if (entry->sequence <= sink->repeat_until)
			say_repeat(sink, entry);
		sink->repeat_until = 0;
	}
	put(sink, entry);
}

void kl_sink_deliver(struct kl_sink *sink)
{
	if (!sink->down)
		sink->type->deliver(sink);
	keep(sink);
}

void kl_sink_confirm(struct kl_sink *sink, u64 count)
{
	if (!count)
		return;
	kl_queue_confirm(sink->queue, count);
	sink->delivered += count;
	sink->delay = 0;
	advance(sink);
}

static void go_down(struct kl_sink *sink)
{
	struct kl_buffer why = { 0 };
	struct kl_entry entry;

	sink->down = true;
	sink->since = kl_loop_now();
	sink->failures++;
	kl_tell(LOG_WARNING, "sink %s is down: %s", sink->name, sink->why);
	kl_entry_quote(&why, kl_text_of(sink->why));
	kl_entry_say(&entry, &sink->line, "sink-down sink=%s error=%d why=%.*s",
		     sink->name, sink->error, (int)why.length, why.data);
	kl_buffer_free(&why);
	say(sink, &entry);
}

void kl_sink_down(struct kl_sink *sink, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(sink->why, sizeof(sink->why), format, args);
	va_end(args);
	sink->error = error;
	kl_queue_rewind(sink->queue);
	if (!sink->down)
		go_down(sink);
	sink->delay = sink->delay ? sink->delay * 2 : KL_RETRY_FIRST;
	if (sink->delay > KL_RETRY_LAST)
		sink->delay = KL_RETRY_LAST;
	kl_timer_set(sink->loop, &sink->timer, sink->delay);
	keep(sink);
}

void kl_sink_up(struct kl_sink *sink)
{
	struct kl_entry entry;

	if (sink->down) {
		sink->down = false;
		kl_tell(LOG_NOTICE, "sink %s works again", sink->name);
		kl_entry_say(&entry, &sink->line, "sink-up sink=%s down-ms=%llu",
			     sink->name,
			     (unsigned long long)(kl_loop_now() - sink->since));
		say(sink, &entry);
	}
	kl_sink_wake(sink);
}

void kl_sink_wake(struct kl_sink *sink)
{
	if (!sink->down)
		kl_timer_set(sink->loop, &sink->timer, 0);
}
