// SPDX-License-Identifier: GPL-2.0
/* Records of log files and of the module. */
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "engine/lex.h"
#include "engine/print.h"
#include "options.h"
#include "proc.h"
#include "progress.h"
#include "records.h"
#include "stat_line.h"

#define READ_SIZE (512u << 10) /* any record fits */

/**
 * struct held - what the module holds, being read
 * @fd: its file, or -1
 * @until: number of the first record that was not there when this began
 * @text: what was read; from @at on it was not used yet
 * @at: offset in @text
 * @line: the record at hand
 * @began: the line in front of the records was given out
 * @lost, @suppressed, @unreadable: as in struct kl_log_counts
 */
struct held {
	int fd;
	u64 until;
	struct kl_buffer text;
	size_t at;
	struct kl_logline line;
	bool began;
	u64 lost, suppressed, unreadable;
};

/**
 * struct kl_records - see the header
 * @log: files, or NULL
 * @held: the module
 * @logged: the record at hand is one of @log
 * @line_text: the record at hand, of @held
 * @instance: which loading of the module the records of @log come from
 * @last: highest number of it
 * @loaded: the instance of the module at hand
 */
struct kl_records {
	struct kl_log *log;
	struct held held;
	bool logged;
	struct kl_text line_text;
	char instance[KL_INSTANCE_MAX];
	u64 last;
	char loaded[KL_INSTANCE_MAX];
};

static void copy_instance(char *to, struct kl_text instance)
{
	snprintf(to, KL_INSTANCE_MAX, "%.*s", (int)min_t(u32, instance.length, KL_INSTANCE_MAX),
		 instance.data);
}

void kl_records_loaded(char *instance)
{
	struct kl_buffer version = { 0 };
	struct kl_text rest, key, value;

	*instance = '\0';
	if (!kl_proc_read("version", &version)) {
		rest = kl_buffer_text(&version);
		while (kl_pair_next(&rest, '=', &key, &value))
			if (kl_text_is(key, "instance"))
				copy_instance(instance, value);
	}
	kl_buffer_free(&version);
}

/* On a busy host there would be no end to it. */
static u64 find_next(void)
{
	struct kl_buffer stat = { 0 };
	struct kl_stat_line line;
	struct kl_text rest;
	u64 next = ~0ull;

	if (!kl_proc_read("stat", &stat)) {
		rest = kl_buffer_text(&stat);
		while (kl_stat_next(&rest, &line))
			if (kl_text_is(line.subject, "log"))
				kl_text_decimal(kl_stat_value(&line, "next"), ~0ull,
						&next);
	}
	kl_buffer_free(&stat);
	return next;
}

/* Exit status. */
static int open_held(struct kl_records *records)
{
	int status = kl_proc_check();

	if (status)
		return status;
	records->held.fd = kl_proc_open("audit", O_RDONLY | O_NONBLOCK);
	if (records->held.fd < 0)
		return kl_proc_complain("audit", records->held.fd);
	records->held.until = find_next();
	kl_records_loaded(records->loaded);
	return KL_EXIT_OK;
}

static struct kl_records *new_records(struct kl_strings *strings)
{
	struct kl_records *records = kl_xalloc(1, sizeof(*records));

	records->held.fd = -1;
	kl_logline_init(&records->held.line, strings);
	return records;
}

static int open_files(struct kl_records *records, char **names, int count,
		      struct kl_strings *strings)
{
	records->log = kl_log_open(names, count, strings);
	if (!records->log)
		return KL_EXIT_FAILURE;
	kl_progress_begin("reading", kl_log_counts(records->log)->size);
	return KL_EXIT_OK;
}

static int open_default(struct kl_records *records, bool quiet,
			struct kl_strings *strings)
{
	static char *names[] = { KL_LOG_DEFAULT };
	bool file = access(KL_LOG_DEFAULT, F_OK) == 0, module = kl_proc_loaded();
	int status = KL_EXIT_OK;

	if (!file && !module) {
		kl_complain("which log? There is no " KL_LOG_DEFAULT
			    ", and the module is not loaded");
		return KL_EXIT_NOT_LOADED;
	}
	if (!quiet)
		kl_complain("reading %s%s%s", file ? KL_LOG_DEFAULT : "",
			    file && module ? " and " : "",
			    module ? "what the module holds" : "");
	if (file)
		status = open_files(records, names, 1, strings);
	if (module && status == KL_EXIT_OK)
		status = open_held(records);
	return status;
}

struct kl_records *kl_records_open(char **names, int count, bool quiet,
				   struct kl_strings *strings, int *status)
{
	struct kl_records *records = new_records(strings);

	*status = count ? open_files(records, names, count, strings) :
			  open_default(records, quiet, strings);
	if (*status == KL_EXIT_OK)
		return records;
	kl_records_close(records);
	return NULL;
}

struct kl_records *kl_records_open_module(struct kl_strings *strings, int *status)
{
	struct kl_records *records = new_records(strings);

	*status = open_held(records);
	if (*status == KL_EXIT_OK)
		return records;
	kl_records_close(records);
	return NULL;
}

void kl_records_follow(struct kl_records *records)
{
	records->held.until = ~0ull;
}

/* Where do the files end? What the module has before that is known already. */
static void follow(struct kl_records *records, const struct kl_logline *line)
{
	struct kl_text rest = line->words, key, value;
	u64 last = line->kind == KL_LOGLINE_LOST ? line->last : line->sequence;

	if (line->instance.length) {
		copy_instance(records->instance, line->instance);
		records->last = 0;
	}
	if (line->kind == KL_LOGLINE_REQUEST || line->kind == KL_LOGLINE_LOST)
		records->last = max(records->last, last);
	if (line->kind != KL_LOGLINE_DAEMON)
		return;
	while (kl_logline_pair(&rest, &key, &value)) {
		if (!kl_text_is(key, "instance") || kl_text_is(value, records->instance))
			continue;
		copy_instance(records->instance, value);
		records->last = 0;
	}
}

/* ---------------------------------------------------------------- the module */

static int read_more(struct held *held)
{
	ssize_t got;

	kl_buffer_clear(&held->text);
	kl_buffer_room(&held->text, READ_SIZE);
	held->at = 0;
	got = read(held->fd, held->text.data, READ_SIZE);
	if (got < 0 && errno != EAGAIN) {
		kl_complain("%s/audit: %s", kl_proc_directory(), strerror(errno));
		return -errno;
	}
	held->text.length = max(got, (ssize_t)0);
	return got > 0;
}

static void begin_held(struct kl_records *records)
{
	struct kl_buffer *text = &records->held.text;
	char now[KL_TIME_TEXT_MAX];

	records->held.began = true;
	if (!*records->loaded)
		return;
	kl_format_time(time(NULL), now);
	kl_buffer_printf(text, "#%s# daemon=source-up instance=%s behind=%llu\n", now,
			 records->loaded,
			 strcmp(records->loaded, records->instance) ?
				 0 : (unsigned long long)records->last);
}

/* 1: there is one; 0: the end */
static int next_text(struct kl_records *records, struct kl_text *text)
{
	struct held *held = &records->held;
	const char *from, *newline;
	int result;

	if (!held->began)
		begin_held(records);
	if (held->at == held->text.length) {
		result = read_more(held);
		if (result <= 0)
			return result;
	}
	from = held->text.data + held->at;
	text->data = from;
	text->length = held->text.length - held->at;
	newline = memchr(from, '\n', text->length);
	if (newline)
		text->length = newline - from;
	held->at += text->length + (newline ? 1 : 0);
	return 1;
}

static bool is_known(const struct kl_records *records, const struct kl_logline *line)
{
	u64 last = line->kind == KL_LOGLINE_LOST ? line->last : line->sequence;

	return (line->kind == KL_LOGLINE_REQUEST || line->kind == KL_LOGLINE_LOST) &&
	       last <= records->last && *records->loaded &&
	       !strcmp(records->loaded, records->instance);
}

static void count_held(struct held *held)
{
	if (held->line.kind == KL_LOGLINE_LOST)
		held->lost += held->line.count;
	if (held->line.kind == KL_LOGLINE_SUPPRESSED)
		held->suppressed += held->line.count;
}

static int next_held(struct kl_records *records, const struct kl_logline **line)
{
	struct held *held = &records->held;
	struct kl_error error;
	int result;

	records->logged = false;
	while ((result = next_text(records, &records->line_text)) > 0) {
		if (!records->line_text.length)
			continue;
		if (kl_logline_parse(&held->line, records->line_text, &error)) {
			if (!held->unreadable++)
				kl_complain("%s/audit: column %u: %s",
					    kl_proc_directory(), error.column,
					    error.text);
			continue;
		}
		if (held->line.kind == KL_LOGLINE_REQUEST &&
		    held->line.sequence >= held->until)
			return 0;
		if (is_known(records, &held->line))
			continue;
		count_held(held);
		*line = &held->line;
		return 1;
	}
	return result;
}

int kl_records_next(struct kl_records *records, const struct kl_logline **line)
{
	int result;

	if (records->log && (records->logged || !records->held.began)) {
		result = kl_log_next(records->log, line);
		kl_progress_step(kl_log_counts(records->log)->bytes);
		records->logged = result > 0;
		if (result > 0)
			follow(records, *line);
		if (result)
			return result;
	}
	return records->held.fd < 0 ? 0 : next_held(records, line);
}

struct kl_text kl_records_text(const struct kl_records *records)
{
	return records->logged ? kl_log_text(records->log) : records->line_text;
}

const char *kl_records_instance(const struct kl_records *records)
{
	return records->logged ? records->instance : records->loaded;
}

bool kl_records_is_whole(const struct kl_records *records)
{
	const struct held *held = &records->held;

	return (!records->log || kl_log_is_whole(records->log)) && !held->lost &&
	       !held->suppressed && !held->unreadable;
}

static void put_count(struct kl_output *output, const char *key, const char *text,
		      u64 number)
{
	kl_put_number(output, key, number ? text : NULL, number);
}

void kl_records_say_missing(struct kl_output *output, const struct kl_records *records)
{
	const struct held *held = &records->held;

	if (records->log)
		kl_log_say_missing(output, records->log);
	if (held->fd < 0)
		return;
	kl_open_object(output, "module");
	kl_paint(output, KL_NOTICE);
	put_count(output, "lost", "missing: the module lost %s records\n", held->lost);
	put_count(output, "suppressed",
		  "missing: %s records were kept out by a quota, the module says\n",
		  held->suppressed);
	put_count(output, "unreadable",
		  "missing: %s lines of the module are no records\n", held->unreadable);
	kl_paint(output, KL_PLAIN);
	kl_close(output);
}

void kl_records_close(struct kl_records *records)
{
	if (!records)
		return;
	if (records->log)
		kl_progress_end();
	kl_log_close(records->log);
	if (records->held.fd >= 0)
		close(records->held.fd);
	kl_logline_free(&records->held.line);
	kl_buffer_free(&records->held.text);
	free(records);
}
