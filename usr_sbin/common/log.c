// SPDX-License-Identifier: GPL-2.0
/* Records from log files. */
#include "log.h"
#include "log_file.h"
#include "log_json.h"
#include "options.h"
#include "source.h"

#define STEP (256u << 10) /* read at once */

/**
 * struct kl_log - logs being read
 * @names, @count: the files
 * @next: number of the next one to be opened
 * @file: the one at hand, or NULL
 * @place: of the current line
 * @data: what was read of @file: @at to @end are not used yet
 * @tail: bytes at the end of a plain file that are read; 0: all
 * @skipping: the line at hand is too long, or began before @tail: it is passed over
 * @ended: @file has no more than what is in @data
 * @line: the current record
 * @json: reader of JSON
 * @words: the current record as text, if it was JSON
 * @text: the current record as text
 * @before: bytes of the files before @file
 * @counts: what was read so far
 */
struct kl_log {
	char **names;
	int count;
	int next;
	struct kl_log_file *file;
	struct kl_log_place place;
	struct kl_buffer data;
	size_t at, end;
	u64 tail;
	bool skipping;
	bool ended;
	struct kl_logline line;
	struct kl_log_json json;
	struct kl_buffer words;
	struct kl_text text;
	u64 before;
	struct kl_log_counts counts;
};

/* Sizes of all; -EISDIR or such if one cannot be opened. */
static int look_at_files(struct kl_log *log)
{
	bool known = true;
	u64 size;
	int i, error = 0;

	for (i = 0; i < log->count && !error; i++) {
		error = kl_log_file_size(log->names[i], &size);
		log->counts.size += error ? 0 : size;
		known &= size || error;
	}
	if (!known)
		log->counts.size = 0;
	return error;
}

struct kl_log *kl_log_open(char **names, int count, struct kl_strings *strings)
{
	static char *by_default[] = { KL_LOG_DEFAULT };
	struct kl_log *log = kl_xalloc(1, sizeof(*log));

	log->names = count ? names : by_default;
	log->count = count ? count : 1;
	log->place.file = "";
	if (!count)
		kl_complain("reading " KL_LOG_DEFAULT);
	kl_logline_init(&log->line, strings);
	kl_facts_remember(&log->line.facts);
	kl_log_json_init(&log->json);
	if (!look_at_files(log))
		return log;
	kl_log_close(log);
	return NULL;
}

void kl_log_tail(struct kl_log *log, u64 bytes)
{
	log->tail = bytes;
}

static void close_file(struct kl_log *log)
{
	if (log->file)
		log->before += kl_log_file_bytes(log->file);
	kl_log_file_close(log->file);
	log->file = NULL;
}

static void begin_late(struct kl_log *log)
{
	u64 left_out = kl_log_file_tail(log->file, log->tail);

	log->counts.left_out += left_out;
	log->skipping = left_out;
}

static bool open_next(struct kl_log *log)
{
	const char *name;

	while (!log->file && log->next < log->count) {
		name = log->names[log->next++];
		log->place.file = strcmp(name, "-") ? name : "<stdin>";
		log->place.line = 0;
		log->at = log->end = 0;
		log->ended = log->skipping = false;
		log->file = kl_log_file_open(name);
		if (!log->file)
			log->counts.damaged++;
		else if (log->tail)
			begin_late(log);
	}
	return log->file;
}

/* What is left goes to the front, and as much as is to be had behind it. */
static void fill(struct kl_log *log)
{
	ssize_t got;

	if (log->at)
		memmove(log->data.data, log->data.data + log->at, log->end - log->at);
	log->end -= log->at;
	log->at = 0;
	log->data.length = log->end;
	kl_buffer_room(&log->data, STEP);
	got = kl_log_file_read(log->file, log->data.data + log->end, STEP);
	if (got > 0)
		log->end += got;
	else
		log->ended = true;
	if (got < 0)
		log->counts.damaged++;
	log->counts.bytes = log->before + kl_log_file_bytes(log->file);
}

static void count_unreadable(struct kl_log *log, struct kl_text line,
			     const struct kl_error *error)
{
	log->counts.lines++;
	if (++log->counts.unreadable > KL_LOG_COMPLAINTS)
		return;
	kl_complain("%s:%llu:%u: %s", log->place.file,
		    (unsigned long long)log->place.line, error->column, error->text);
	kl_caret(stderr, line, error->column);
	if (log->counts.unreadable == KL_LOG_COMPLAINTS)
		kl_complain("more lines that are no records are only counted");
}

/* It is thrown away in pieces; the first of them is the one to be counted. */
static void skip_piece(struct kl_log *log)
{
	struct kl_text line = { log->data.data + log->at, 80 };
	struct kl_error error = { .column = 1,
				  .text = "the line is too long for a record" };

	if (!log->skipping) {
		log->place.line++;
		count_unreadable(log, line, &error);
	}
	log->skipping = true;
	log->at = log->end;
}

/*
 * The next line of the file at hand, without its newline; false at its end.
 * Only what was not searched yet is searched for the newline.
 */
static bool next_line(struct kl_log *log, struct kl_text *line)
{
	size_t searched = 0;
	const char *newline;

	for (;;) {
		char *from = log->data.data + log->at;

		newline = NULL;
		if (log->end - log->at > searched)
			newline = memchr(from + searched, '\n',
					 log->end - log->at - searched);
		if (newline || (log->ended && log->at < log->end))
			break;
		if (log->ended)
			return false;
		searched = log->end - log->at;
		if (searched > KL_LOG_LINE_MAX) {
			skip_piece(log);
			searched = 0;
		}
		fill(log);
	}
	line->data = log->data.data + log->at;
	line->length = (newline ? newline : log->data.data + log->end) - line->data;
	log->at += line->length + (newline ? 1 : 0);
	return true;
}

static void count(struct kl_log *log)
{
	const struct kl_logline *line = &log->line;

	log->counts.lines++;
	if (line->kind == KL_LOGLINE_REQUEST)
		log->counts.requests++;
	else
		log->counts.others++;
	if (line->kind == KL_LOGLINE_LOST)
		log->counts.lost += line->count;
	if (line->kind == KL_LOGLINE_SUPPRESSED)
		log->counts.suppressed += line->count;
}

/* What the parser says of words made of JSON is about no column of the file. */
static int parse(struct kl_log *log, struct kl_text line, struct kl_error *error)
{
	int result;

	log->text = line;
	if (*line.data != '{')
		return kl_logline_parse(&log->line, line, error);
	result = kl_log_json_words(&log->json, line, &log->words, error);
	if (result)
		return result;
	log->text = kl_buffer_text(&log->words);
	result = kl_logline_parse(&log->line, log->text, error);
	error->column = 1;
	return result;
}

int kl_log_next(struct kl_log *log, const struct kl_logline **record)
{
	struct kl_error error;
	struct kl_text line;

	while (open_next(log)) {
		if (!next_line(log, &line)) {
			close_file(log);
			continue;
		}
		/* Of an overlong line this is the end. */
		if (log->skipping) {
			log->skipping = false;
			continue;
		}
		log->place.line++;
		if (!line.length)
			continue;
		if (parse(log, line, &error)) {
			count_unreadable(log, line, &error);
			continue;
		}
		count(log);
		*record = &log->line;
		return 1;
	}
	return 0;
}

struct kl_log_place kl_log_place(const struct kl_log *log)
{
	return log->place;
}

struct kl_text kl_log_text(const struct kl_log *log)
{
	return log->text;
}

const struct kl_log_counts *kl_log_counts(const struct kl_log *log)
{
	return &log->counts;
}

bool kl_log_is_whole(const struct kl_log *log)
{
	const struct kl_log_counts *counts = &log->counts;

	return !counts->lost && !counts->suppressed && !counts->unreadable &&
	       !counts->damaged;
}

/* In text only what is missing. */
static void put_count(struct kl_output *output, const char *key, const char *text,
		      u64 number)
{
	kl_put_number(output, key, number ? text : NULL, number);
}

void kl_log_say_missing(struct kl_output *output, const struct kl_log *log)
{
	const struct kl_log_counts *counts = &log->counts;

	kl_open_object(output, "log");
	kl_put_number(output, "lines", NULL, counts->lines);
	kl_put_number(output, "requests", NULL, counts->requests);
	kl_put_number(output, "others", NULL, counts->others);
	kl_paint(output, KL_NOTICE);
	put_count(output, "lost", "missing: %s records were lost, the log says\n",
		  counts->lost);
	put_count(output, "suppressed",
		  "missing: %s records were kept out by a quota, the log says\n",
		  counts->suppressed);
	put_count(output, "unreadable", "missing: %s lines of the log are no records\n",
		  counts->unreadable);
	put_count(output, "damaged", "missing: %s files could not be read to their end\n",
		  counts->damaged);
	kl_paint(output, KL_PLAIN);
	kl_close(output);
}

void kl_log_close(struct kl_log *log)
{
	if (!log)
		return;
	close_file(log);
	kl_logline_free(&log->line);
	kl_log_json_free(&log->json);
	kl_buffer_free(&log->words);
	kl_buffer_free(&log->data);
	free(log);
}
