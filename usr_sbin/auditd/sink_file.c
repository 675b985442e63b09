// SPDX-License-Identifier: GPL-2.0
/*
 * Lines into a file, which is rotated, kept for a while, and compressed.
 *
 * A file begins with a line of the daemon's own, and gets another whenever the
 * daemon starts:
 *
 *	#TIME# daemon=opened because=started instance=0123456789abcdef after=4711
 *
 * It says whose numbers follow and which was the last one before. With that and
 * its last record a file tells where it ends, whatever a position file says;
 * what it has already is passed over when it comes again.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "engine/lex.h"
#include "file_sink.h"
#include "limits.h"
#include "tell.h"

/* The notes, and text and newline of each line. */
#define PARTS (1 + 2 * KL_FILE_BATCH_LINES)
static_assert(PARTS <= UIO_MAXIOV, "one writev() takes a batch");

/* How often at least the clock is looked at, and old files are. */
#define LOOK_SECONDS 3600u

#define AT(field) offsetof(struct kl_file_sink, field)

static const struct kl_conf_key keys[] = {
	{ "path", KL_CONF_PATH, .required = true, .offset = AT(path),
	  .help = "the file; %Y %m %d %H in its name follow the clock (UTC)" },
	{ "mode", KL_CONF_MODE, .offset = AT(mode), .max = 0777, .initial = "0600",
	  .help = "permissions of the files" },
	{ "rotate-size", KL_CONF_SIZE, .offset = AT(rotate_size), .min = 4096,
	  .max = 1ull << 50, .help = "begin a new file before it grows beyond this" },
	{ "rotate-time", KL_CONF_CHOICE, .offset = AT(rotate_time), .choices = KL_PERIODS,
	  .initial = "never", .help = "begin a new file at this boundary (UTC)" },
	{ "keep-count", KL_CONF_COUNT, .offset = AT(keep.count), .max = KL_ROTATED_MAX,
	  .help = "finished files to keep" },
	{ "keep-age", KL_CONF_TIME, .offset = AT(keep.age), .min = 60000, .max = 1ull << 50,
	  .help = "remove a file this long after it was finished" },
	{ "keep-bytes", KL_CONF_SIZE, .offset = AT(keep.bytes), .min = 4096,
	  .max = 1ull << 60, .help = "room for all files of this sink" },
	{ "compress", KL_CONF_CHOICE, .offset = AT(compress), .choices = "no zstd",
	  .initial = "no", .help = "compress finished files" },
	{ "fsync", KL_CONF_CHOICE, .offset = AT(fsync), .choices = "never interval always",
	  .initial = "interval", .help = "when lines are forced to disk" },
	{ "fsync-interval", KL_CONF_TIME, .offset = AT(fsync_interval), .min = 10,
	  .max = 3600000, .initial = "1s", .help = "how often, with fsync interval" },
	{ 0 },
};

static struct kl_file_sink *of(struct kl_sink *sink)
{
	return container_of(sink, struct kl_file_sink, sink);
}

/* "seq=A-B" of the records in the file; "seq=0-0": none with a number. */
static void note_gone(struct kl_file_sink *file, const char *event, u64 size)
{
	char *name = kl_quoted(file->name);

	kl_tell(LOG_WARNING, "sink %s: %s was %s by somebody else: %llu bytes",
		file->sink.name, file->file.path, event, (unsigned long long)size);
	kl_file_sink_note(file, "%s file=%s bytes=%llu seq=%llu-%llu", event, name,
			  (unsigned long long)size, (unsigned long long)file->first,
			  (unsigned long long)(file->first ? file->last : 0));
	free(name);
}

static void note_instance(struct kl_file_sink *file, const char *event, const char *cause)
{
	char instance[40] = "", after[40] = "";

	if (file->instance)
		snprintf(instance, sizeof(instance), " instance=%016llx",
			 (unsigned long long)file->instance);
	if (file->last)
		snprintf(after, sizeof(after), " after=%llu",
			 (unsigned long long)file->last);
	kl_file_sink_note(file, "%s because=%s%s%s", event, cause, instance, after);
}

static void note_torn(struct kl_file_sink *file, const struct kl_tail *tail)
{
	struct kl_buffer text = { 0 };

	kl_entry_quote(&text, kl_buffer_text(&tail->text));
	kl_tell(LOG_WARNING, "sink %s: %s: a torn line of %llu bytes was cut off",
		file->sink.name, file->file.path, (unsigned long long)tail->torn);
	kl_file_sink_note(file, "torn bytes=%llu text=%s", (unsigned long long)tail->torn,
			  text.data);
	kl_buffer_free(&text);
}

/* Opening */

/* How far the file goes is how far the sink is. */
static void adopt(struct kl_file_sink *file, const struct kl_tail *tail)
{
	if (!tail->instance || tail->instance != file->instance)
		return;
	file->unnumbered = max(file->unnumbered, tail->unnumbered);
	if (tail->last <= file->last)
		return;
	file->last = tail->last;
	file->have = tail->last;
	file->sink.position = max(file->sink.position, tail->last);
}

/*
 * The last run may have ended between giving a file its final name and
 * beginning the next one.
 */
static void adopt_finished(struct kl_file_sink *file, const struct kl_rotated_list *list)
{
	const struct kl_rotated *newest;
	struct kl_tail tail;
	char *path;
	int fd;

	if (!list->count || file->file.size)
		return;
	newest = &list->files[list->count - 1];
	if (newest->compressed)
		return;
	path = kl_file_sink_path(file, newest->name);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return;
	if (!kl_tail_read(fd, &tail))
		adopt(file, &tail);
	kl_tail_free(&tail);
	close(fd);
}

/* What earlier runs left in the directory. */
static void begin(struct kl_file_sink *file)
{
	struct kl_rotated_list list;

	if (kl_names_scan(&file->names, file->name, &list))
		return;
	kl_file_sink_names(file, &list);
	adopt_finished(file, &list);
	kl_rotated_free(&list);
	file->began = true;
}

static enum kl_period period_kind(const struct kl_file_sink *file)
{
	return file->names.pattern ? file->names.pattern : file->rotate_time;
}

static void set_name(struct kl_file_sink *file, u64 now)
{
	struct kl_buffer name = { 0 };

	kl_names_current(&file->names, now, &name);
	free(file->name);
	file->name = name.data;
}

/* Its name is on disk as well. Nothing depends on it but what a crash leaves. */
static void sync_names(struct kl_file_sink *file)
{
	if (file->fsync != KL_FSYNC_NEVER)
		kl_sync_directory(file->names.directory);
}

static int open_file(struct kl_file_sink *file, const char *cause)
{
	u64 now = kl_wall_clock();
	struct kl_tail tail;
	char *path;
	int error;

	set_name(file, now);
	path = kl_file_sink_path(file, file->name);
	error = kl_logfile_open(&file->file, file->names.directory, path, file->mode,
				&tail);
	free(path);
	/* What was there before is not cut off again if a sync fails. */
	if (!error && file->fsync == KL_FSYNC_ALWAYS)
		error = kl_logfile_sync(&file->file, false);
	if (error)
		goto failed;
	file->filled = file->file.size;
	file->first = file->filled ? tail.first : 0;
	/* Later it is we who know; what others may have added tells nothing. */
	if (!file->began) {
		adopt(file, &tail);
		begin(file);
		/* Nothing of what is in it will be written again. */
		file->sink.repeat_until = 0;
	}
	/* What is there belongs to when it was written; unless its name says when. */
	if (file->filled && !file->names.pattern)
		now = file->file.modified;
	file->period = kl_period_of(period_kind(file), now);
	file->marked = file->file.size;
	note_instance(file, "opened", cause);
	if (tail.torn)
		note_torn(file, &tail);
	if (!file->filled)
		sync_names(file);
	file->look = true;
	kl_tail_free(&tail);
	return 0;
failed:
	kl_logfile_close(&file->file);
	kl_tail_free(&tail);
	return error;
}

static int reopen(struct kl_file_sink *file, const char *cause)
{
	kl_logfile_close(&file->file);
	return open_file(file, cause);
}

/* The file is there, and it is ours. */
static int be_ready(struct kl_file_sink *file)
{
	u64 size = 0;
	int fate;

	if (file->file.fd < 0)
		return open_file(file, file->began ? "reopened" : "started");
	fate = kl_logfile_check(&file->file, &size);
	switch (fate) {
	case KL_LOGFILE_REMOVED:
		note_gone(file, "removed", file->file.size);
		return reopen(file, "removed");
	case KL_LOGFILE_REPLACED:
		note_gone(file, "replaced", file->file.size);
		return reopen(file, "replaced");
	case KL_LOGFILE_CHANGED:
		note_gone(file, "changed", size);
		return reopen(file, "changed");
	default:
		return fate;
	}
}

/* Syncing */

static void note_unsynced(struct kl_file_sink *file, int error)
{
	kl_tell(LOG_ERR, "sink %s: %s: sync: %s", file->sink.name, file->file.path,
		strerror(-error));
	kl_file_sink_note(file, "unsynced error=%d seq=%llu-%llu", -error,
			  (unsigned long long)file->unsynced, (unsigned long long)file->last);
}

/* What is in the file reaches the disk; whoever waits for it was not told so. */
static void sync_file(struct kl_file_sink *file)
{
	int error;

	kl_timer_stop(file->sink.loop, &file->sync_timer);
	file->sync_set = false;
	if (file->file.fd < 0 || file->fsync == KL_FSYNC_NEVER)
		return;
	error = kl_logfile_sync(&file->file, false);
	if (error)
		note_unsynced(file, error);
	file->unsynced = 0;
}

static void sync_expired(struct kl_timer *timer)
{
	sync_file(timer->data);
}

/* With fsync always nothing counts as written before it is on disk. */
static int sync_batch(struct kl_file_sink *file)
{
	if (file->fsync == KL_FSYNC_ALWAYS)
		return kl_logfile_sync(&file->file, true);
	if (file->fsync == KL_FSYNC_INTERVAL && !file->sync_set) {
		file->sync_set = true;
		kl_timer_set(file->sink.loop, &file->sync_timer, file->fsync_interval);
	}
	return 0;
}

/* Rotation */

/* The file written now gets its final name; -EEXIST: somebody else used it. */
static int rename_file(struct kl_file_sink *file, struct kl_buffer *name)
{
	char *to;
	int error, tries = 100;

	do {
		kl_names_rotated(&file->names, file->name, kl_wall_clock(), &file->stamp,
				 name);
		to = kl_file_sink_path(file, name->data);
		error = kl_rename_new(file->file.path, to);
		free(to);
	} while (error == -EEXIST && tries--);
	return error;
}

/* Better one long file than none. */
static void stay(struct kl_file_sink *file, int error)
{
	file->rename_due = kl_loop_now() + KL_RENAME_PAUSE;
	if (!file->stuck)
		kl_tell(LOG_ERR, "sink %s: %s cannot be rotated: %s", file->sink.name,
			file->file.path, strerror(-error));
	if (!file->stuck)
		kl_file_sink_note(file, "not-rotated error=%d", -error);
	file->stuck = true;
}

static int rotate_file(struct kl_file_sink *file, const char *cause)
{
	struct kl_buffer name = { 0 };
	char *previous;
	int error;

	if (kl_loop_now() < file->rename_due)
		return 0;
	error = kl_logfile_settle(&file->file);
	if (error)
		return error;
	sync_file(file);
	error = rename_file(file, &name);
	if (error) {
		kl_buffer_free(&name);
		stay(file, error);
		return 0;
	}
	file->stuck = false;
	previous = kl_quoted(name.data);
	kl_buffer_free(&name);
	/* The descriptor is given back first, so that there is one for the next file. */
	error = reopen(file, cause);
	kl_file_sink_note(file, "rotated to=%s", previous);
	free(previous);
	return error;
}

static int follow_clock(struct kl_file_sink *file)
{
	u64 before = file->period;
	bool over = kl_period_over(period_kind(file), kl_wall_clock(), &file->period);
	int error;

	if (file->names.pattern) {
		if (file->period == before)
			return 0;
		sync_file(file);
		return reopen(file, "clock");
	}
	if (!over || !file->filled)
		return 0;
	error = rotate_file(file, "clock");
	/* It is still due. */
	if (error || file->stuck)
		file->period = before;
	return error;
}

/* Batches */

/**
 * struct batch - lines on their way into the file
 * @parts: the notes, then text and newline of each line
 * @sequence: number of each line, 0: none
 * @count: lines
 * @bytes: of all lines, without the notes
 */
struct batch {
	struct iovec parts[PARTS];
	u64 sequence[KL_FILE_BATCH_LINES];
	u32 count;
	size_t bytes;
};

/* Is it in the file already, from before the file was opened? */
static bool is_there(struct kl_file_sink *file, const struct kl_message *message)
{
	if (!file->have || message->source != KL_ENTRY_KERNEL)
		return false;
	if (!message->sequence)
		return message->time <= file->unnumbered;
	return message->instance == file->instance && message->sequence <= file->have;
}

/* Another load of the module: its numbers begin again. */
static void change_instance(struct kl_file_sink *file, u64 instance)
{
	file->instance = instance;
	file->last = 0;
	file->have = 0;
	file->first = 0;
	note_instance(file, "mark", "instance");
}

static void add_line(struct batch *batch, const struct kl_message *message, bool there)
{
	struct iovec *part = &batch->parts[1 + 2 * batch->count];

	part[0].iov_base = (char *)message->text.data;
	part[0].iov_len = there ? 0 : message->text.length;
	part[1].iov_base = (char *)"\n";
	part[1].iov_len = there ? 0 : 1;
	batch->bytes += part[0].iov_len + part[1].iov_len;
	batch->sequence[batch->count++] =
		message->source == KL_ENTRY_KERNEL ? message->sequence : 0;
}

static void gather(struct kl_file_sink *file, struct batch *batch)
{
	struct kl_message message;

	batch->count = 0;
	batch->bytes = 0;
	while (batch->count < KL_FILE_BATCH_LINES && batch->bytes < KL_FILE_BATCH_BYTES &&
	       kl_queue_next(file->sink.queue, &message)) {
		if (message.source == KL_ENTRY_KERNEL && message.instance &&
		    message.instance != file->instance) {
			if (batch->count)
				break;
			change_instance(file, message.instance);
		}
		add_line(batch, &message, is_there(file, &message));
		kl_queue_sent(file->sink.queue);
	}
}

/* By their time alone they were there already: whoever doubts it must be able to see it. */
static void note_passed(struct kl_file_sink *file)
{
	if (file->passed)
		kl_file_sink_note(file, "passed-over others=%llu",
				  (unsigned long long)file->passed);
	file->passed = 0;
}

/* @kept bytes of notes and lines are written; returns how many lines that is. */
static u32 account(struct kl_file_sink *file, const struct batch *batch, size_t kept)
{
	size_t notes = min(kept, file->notes.length), bytes = 0;
	u32 i;

	memmove(file->notes.data, file->notes.data + notes, file->notes.length - notes);
	file->notes.length -= notes;
	kept -= notes;
	for (i = 0; i < batch->count && !file->notes.length; i++) {
		const struct iovec *part = &batch->parts[1 + 2 * i];

		bytes += part[0].iov_len + part[1].iov_len;
		if (bytes > kept)
			break;
		if (part[1].iov_len)
			file->filled = true;
		if (!batch->sequence[i] && !part[1].iov_len)
			file->passed++;
		if (!batch->sequence[i] || !part[1].iov_len)
			continue;
		file->last = batch->sequence[i];
		file->unnumbered = 0;
		if (!file->first)
			file->first = file->last;
		if (!file->unsynced)
			file->unsynced = file->last;
	}
	if (!file->unnumbered)
		note_passed(file);
	return i;
}

/* What was taken and not written is the queue's again, and was never sent. */
static void settle(struct kl_file_sink *file, u32 written)
{
	kl_sink_confirm(&file->sink, written);
	kl_queue_take_back(file->sink.queue);
}

static int write_batch(struct kl_file_sink *file, struct batch *batch)
{
	size_t kept = 0, all;
	u64 before = file->file.size;
	int error, synced;

	batch->parts[0].iov_base = file->notes.data;
	batch->parts[0].iov_len = file->notes.length;
	all = file->notes.length + batch->bytes;
	error = all ? kl_logfile_write(&file->file, batch->parts, 1 + 2 * batch->count,
				       &kept) :
		      0;
	if (kept) {
		synced = sync_batch(file);
		/* It may have been cut off again. */
		kept = max(file->file.size, before) - before;
		error = error ? error : synced;
	}
	settle(file, account(file, batch, kept));
	return error;
}

/* One batch. Returns 1 if there may be more, 0 if not, or a negative errno. */
static int flush(struct kl_file_sink *file)
{
	struct batch batch;
	int error = 0;

	gather(file, &batch);
	if (file->notes_lost && !file->notes.length) {
		kl_file_sink_note(file, "notes-lost count=%llu",
				  (unsigned long long)file->notes_lost);
		file->notes_lost = 0;
	}
	if (file->file.size - file->marked > KL_FILE_MARK) {
		file->marked = file->file.size;
		note_instance(file, "mark", "size");
	}
	if (!batch.count && !file->notes.length)
		return 0;
	if (file->rotate_size && file->filled &&
	    file->file.size + file->notes.length + batch.bytes > file->rotate_size)
		error = rotate_file(file, "size");
	if (!error)
		error = write_batch(file, &batch);
	else
		kl_queue_take_back(file->sink.queue);
	return error ? error : batch.count > 0;
}

/* What there is to do, or, if that is a lot, a part of it; 0 or a negative errno. */
static int work(struct kl_file_sink *file)
{
	u32 batches = KL_FILE_BATCHES;
	int error = be_ready(file), more = 1;

	if (!error)
		error = follow_clock(file);
	while (!error && more && batches--) {
		more = flush(file);
		error = min(more, 0);
	}
	if (error)
		return error;
	if (more)
		kl_sink_wake(&file->sink);
	kl_file_sink_look_after(file);
	more = file->notes.length ? flush(file) : 0;
	return min(more, 0);
}

static void go_down(struct kl_file_sink *file, int error)
{
	static const struct {
		int error;
		const char *why;
	} reasons[] = {
		{ ELOOP, "it is a symbolic link" },
		{ ENOTSUP, "it is no regular file" },
		{ ENXIO, "it is no regular file" },
	};
	const char *why = strerror(-error);
	char *path = kl_file_sink_path(file, file->name ? file->name : "?");
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].error == -error)
			why = reasons[i].why;
	kl_sink_down(&file->sink, -error, "%s: %s", path, why);
	free(path);
}

static void set_clock_timer(struct kl_file_sink *file)
{
	u64 left = kl_period_left(period_kind(file), kl_wall_clock());

	kl_timer_set(file->sink.loop, &file->clock_timer,
		     min_t(u64, left, LOOK_SECONDS) * 1000);
}

static void deliver(struct kl_sink *sink)
{
	struct kl_file_sink *file = of(sink);
	int error = work(file);

	if (error)
		go_down(file, error);
}

static void retry(struct kl_sink *sink)
{
	struct kl_file_sink *file = of(sink);
	int error = work(file);

	if (error)
		go_down(file, error);
	else
		kl_sink_up(sink);
}

static void clock_expired(struct kl_timer *timer)
{
	struct kl_file_sink *file = timer->data;

	set_clock_timer(file);
	file->look = true;
	if (!file->sink.down)
		deliver(&file->sink);
}

/* SIGUSR1: whoever renamed the file wants a new one; otherwise we rename it. */
static void rotate(struct kl_sink *sink)
{
	struct kl_file_sink *file = of(sink);
	int error;

	if (sink->down)
		return;
	error = be_ready(file);
	file->rename_due = 0;
	if (!error && file->filled)
		error = rotate_file(file, "signal");
	if (!error)
		error = work(file);
	if (error)
		go_down(file, error);
}

static int check(struct kl_sink *sink)
{
	struct kl_file_sink *file = of(sink);
	struct kl_names names;
	const char *why;

	if (kl_names_init(&names, file->path, &why))
		return kl_conf_refuse(&sink->place, "path: %s", why);
	if (names.pattern && file->rotate_time && file->rotate_time != names.pattern) {
		kl_names_free(&names);
		return kl_conf_refuse(&sink->place,
				      "rotate-time is not that of the path, which follows "
				      "the clock by itself");
	}
	kl_names_free(&names);
	if ((file->mode & 0600) != 0600 || file->mode & 0133)
		return kl_conf_refuse(&sink->place,
				      "mode: the owner must read and write, nobody execute, "
				      "nobody else write");
	return 0;
}

static const char *file_of(const struct kl_sink *sink)
{
	return container_of(sink, const struct kl_file_sink, sink)->path;
}

static int open_sink(struct kl_sink *sink)
{
	struct kl_file_sink *file = of(sink);
	const char *why;
	int error;

	error = kl_names_init(&file->names, file->path, &why);
	if (error)
		return error;
	file->file = (struct kl_logfile)KL_LOGFILE;
	file->instance = sink->instance;
	file->clock = kl_clock_lead();
	file->sync_timer.expired = sync_expired;
	file->sync_timer.data = file;
	file->clock_timer.expired = clock_expired;
	file->clock_timer.data = file;
	set_clock_timer(file);
	deliver(sink);
	return 0;
}

static void close_sink(struct kl_sink *sink)
{
	struct kl_file_sink *file = of(sink);

	note_passed(file);
	/* What one kl_sink_deliver() has left. */
	while (!sink->down && flush(file) > 0)
		;
	sync_file(file);
	kl_timer_stop(sink->loop, &file->sync_timer);
	kl_timer_stop(sink->loop, &file->clock_timer);
	kl_compress_stop(file->compressor);
	file->compressor = NULL;
	kl_logfile_close(&file->file);
	kl_names_free(&file->names);
	kl_buffer_free(&file->notes);
	free(file->name);
	free(file->refused);
	file->name = NULL;
	file->refused = NULL;
}

const struct kl_sink_type kl_sink_file = {
	.name = "file",
	.help = "lines into a file that is rotated, kept for a while, and compressed",
	.keys = keys,
	.size = sizeof(struct kl_file_sink),
	.check = check,
	.file = file_of,
	.open = open_sink,
	.deliver = deliver,
	.retry = retry,
	.rotate = rotate,
	.close = close_sink,
};
