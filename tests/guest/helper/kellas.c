// SPDX-License-Identifier: GPL-2.0-only
/* The module under test and its files. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "kellas.h"

static int stat_fd = -1, records_fd = -1;

int kellas_insert_with(const char *parameters)
{
	const char *given = getenv("KELLAS_KO");
	char name[300];
	int fd, result;

	snprintf(name, sizeof(name), "build/%s/kellas.ko", release());
	fd = must(open(given ? given : name, O_RDONLY | O_CLOEXEC));
	result = syscall(SYS_finit_module, fd, parameters, 0) ? errno : 0;
	close(fd);
	return result;
}

int kellas_insert(void)
{
	return kellas_insert_with("");
}

int kellas_remove(void)
{
	return syscall(SYS_delete_module, "kellas", O_NONBLOCK) ? errno : 0;
}

void kellas_open(void)
{
	stat_fd = must(open(KELLAS "stat", O_RDONLY | O_CLOEXEC));
	records_fd = must(open(KELLAS "audit", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

void kellas_close(void)
{
	close(stat_fd);
	close(records_fd);
	stat_fd = records_fd = -1;
}

/* A part that broke may have left it behind. */
static void clear_away(void)
{
	int fd = must(open(KELLAS "policy", O_RDWR | O_CLOEXEC));

	write_all(fd, "detach\n", 7);
	close(fd);
	kellas_remove();
}

void kellas_load(void)
{
	int err = kellas_insert();

	if (err == EEXIST) {
		clear_away();
		err = kellas_insert();
	}
	if (err)
		die("the module does not load: %s", strerror(err));
	kellas_open();
}

int kellas_unload(void)
{
	int fd, err;

	kellas_close();
	fd = must(open(KELLAS "policy", O_RDWR | O_CLOEXEC));
	err = write_all(fd, "detach\n", 7);
	close(fd);
	return err ? err : kellas_remove();
}

int write_all(int fd, const char *data, size_t length)
{
	ssize_t done;

	while (length) {
		done = write(fd, data, length);
		if (done < 0)
			return errno;
		data += done;
		length -= done;
	}
	return 0;
}

void read_all(int fd, struct text *text)
{
	static char buffer[1 << 20];
	ssize_t done;

	while ((done = read(fd, buffer, sizeof(buffer))) > 0)
		text_add_bytes(text, buffer, done);
}

void read_file(const char *name, struct text *text)
{
	int fd = must(open(name, O_RDONLY | O_CLOEXEC));

	text_clear(text);
	read_all(fd, text);
	close(fd);
}

int policy_try(const char *text, struct text *message)
{
	int fd = must(open(KELLAS "policy", O_RDWR | O_CLOEXEC));
	struct text all = {};
	int err;

	text_add(&all, "begin replace\n%scommit\n", text);
	err = write_all(fd, all.data, all.length);
	if (message) {
		text_clear(message);
		if (err)
			read_all(fd, message);
	}
	close(fd);
	free(all.data);
	return err;
}

void policy(const char *text)
{
	struct text message = {};
	int err = policy_try(text, &message);

	if (err)
		die("policy refused (%s): %s in:\n%s", strerror(err), message.data, text);
	free(message.data);
}

void policy_blocks(struct text *text)
{
	char *from;

	read_file(KELLAS "policy", text);
	from = strstr(text->data, "\n\n");
	if (!from)
		die("no empty line in the printed policy");
	memmove(text->data, from + 2, strlen(from + 2) + 1);
	text->length = strlen(text->data);
}

/* The number of KEY in the line at @line. */
static long long number_in(const char *line, const char *key)
{
	size_t rest = strcspn(line, "\n"), length = strlen(key);
	const char *word = line;

	while ((word = memmem(word, rest - (word - line), key, length))) {
		if (word > line && word[-1] == ' ' && word[length] == '=')
			return strtoll(word + length + 1, NULL, 10);
		word += length;
	}
	return -1;
}

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + !!*line;
}

static struct operation_count *find_operation(const struct counts *counts,
					      const char *name, size_t length)
{
	unsigned int i;

	for (i = 0; i < counts->operations; i++)
		if (strlen(counts->operation[i].name) == length &&
		    !memcmp(counts->operation[i].name, name, length))
			return (struct operation_count *)&counts->operation[i];
	return NULL;
}

static void parse_operation(struct counts *counts, const char *line)
{
	struct operation_count *operation = &counts->operation[counts->operations++];

	if (counts->operations > ARRAY_SIZE(counts->operation))
		die("too many operations");
	memset(operation, 0, sizeof(*operation));
	line += strlen("operation ");
	snprintf(operation->name, sizeof(operation->name), "%.*s", (int)strcspn(line, " "), line);
	operation->checks = number_in(line, "checks");
	operation->matches = number_in(line, "matches");
}

/* Returns the operation, if it is its first block. */
static struct operation_count *parse_block(struct counts *counts, const char *line)
{
	const char *name = strstr(strstr(line, " / "), " acl ") + strlen(" acl ");
	struct operation_count *operation = find_operation(counts, name, strcspn(name, " \n"));

	if (!operation)
		die("a block of no operation: %.100s", line);
	if (operation->has_block)
		return NULL;
	operation->has_block = true;
	operation->hits = number_in(line, "hits");
	operation->denials = number_in(line, "denials");
	operation->lost = number_in(line, "lost");
	return operation;
}

static void parse_rule(struct operation_count *operation, const char *line)
{
	operation->rule_hits = number_in(line, "hits");
	operation->rule_denials = number_in(line, "denials");
	operation->rule_lost = number_in(line, "lost");
}

void counts_take(struct counts *counts)
{
	struct operation_count *block = NULL;
	const char *line;

	text_clear(&counts->text);
	must(lseek(stat_fd, 0, SEEK_SET));
	read_all(stat_fd, &counts->text);
	counts->operations = 0;
	for (line = counts->text.data; *line; line = next_line(line)) {
		if (starts(line, "operation ")) {
			parse_operation(counts, line);
		} else if (starts(line, "block ")) {
			block = parse_block(counts, line);
		} else if (starts(line, "rule ") && block) {
			parse_rule(block, line);
			block = NULL;
		}
	}
}

long long count_of(const struct counts *counts, const char *line, const char *key)
{
	const char *at;

	for (at = counts->text.data; *at; at = next_line(at))
		if (starts(at, line))
			return number_in(at, key);
	return -1;
}

long long count_block(const struct counts *counts, const char *text, const char *key)
{
	size_t length = strlen(text);
	const char *at, *body;

	for (at = counts->text.data; *at; at = next_line(at)) {
		body = starts(at, "block ") ? strstr(at, " / ") + 3 : NULL;
		if (body && !strncmp(body, text, length) && body[length] == '\n')
			return number_in(at, key);
	}
	return -1;
}

long long count_now(const char *line, const char *key)
{
	static struct counts counts;

	counts_take(&counts);
	return count_of(&counts, line, key);
}

const struct operation_count *counts_operation(const struct counts *counts,
					       const char *name)
{
	const struct operation_count *found = find_operation(counts, name, strlen(name));

	if (!found)
		die("stat has no operation %s", name);
	return found;
}

unsigned int split_lines(struct text *text, char ***lines)
{
	unsigned int n = 0;
	char *line, *stop, *end = text->data + text->length;

	for (line = text->data; (line = memchr(line, '\n', end - line)); line++)
		n++;
	*lines = realloc(*lines, (n + 1) * sizeof(**lines));
	if (!*lines)
		die("out of memory");
	line = text->data;
	for (n = 0; (stop = memchr(line, '\n', end - line)); line = stop + 1) {
		*stop = 0;
		(*lines)[n++] = line;
	}
	if (*line)
		die("the last line has no end: %s", line);
	return n;
}

unsigned int records_take(char ***lines)
{
	static struct text text;
	static char **list;
	unsigned int n;

	text_clear(&text);
	if (records_fd >= 0)
		read_all(records_fd, &text);
	n = split_lines(&text, &list);
	*lines = list;
	return n;
}

void records_stop(bool stop)
{
	if (records_fd >= 0)
		close(records_fd);
	records_fd = -1;
	if (!stop)
		records_fd = must(open(KELLAS "audit", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

void records_drop(void)
{
	char **lines;

	records_take(&lines);
}

double record_time(const char *record)
{
	struct tm tm = {};
	unsigned int micro;
	char head[30];

	snprintf(head, sizeof(head), "%.28s", record);
	if (sscanf(head, "#%4d/%2d/%2d %2d:%2d:%2d.%6u#", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
		   &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &micro) != 7)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return timegm(&tm) + micro / 1e6;
}

const char *record_body(const char *record)
{
	const char *body = strstr(record, " / ");

	return body ? body + 3 : "";
}

/* The value of KEY between @from and @to. */
static const char *field(const char *from, const char *to, const char *key)
{
	static struct text values[4];
	static unsigned int next;
	struct text *value = &values[next++ % ARRAY_SIZE(values)];
	size_t length = strlen(key), n;

	text_clear(value);
	while (from < to) {
		n = strcspn(from, " ");
		if (n > length && from[length] == '=' && !memcmp(from, key, length)) {
			text_add_bytes(value, from + length + 1, n - length - 1);
			break;
		}
		from += n + !!from[n];
	}
	return value->data;
}

const char *head_field(const char *record, const char *key)
{
	const char *stop = strstr(record, " / ");

	return field(record, stop ? stop : record + strlen(record), key);
}

const char *body_field(const char *record, const char *key)
{
	const char *body = record_body(record);

	return field(body, body + strlen(body), key);
}
