// SPDX-License-Identifier: GPL-2.0
/*
 * A stand-in for /proc/kellas, without a kernel module.
 *
 * Usage: source DIR INSTANCE
 *
 * Makes in DIR the files version, stat, and audit, which is a link to a
 * pseudo-terminal: what opens it can read records, write "keep" and "ack N",
 * and poll. As no lseek() is possible every open begins at the oldest record.
 * What is read in one read() is not always whole lines: that is harder than the
 * module. What was written to audit is appended to DIR/words.
 *
 * Commands, one a line, are read from DIR/control:
 *
 *	records N	N more records: path="/record/SEQ", allowed, or denied if
 *			SEQ is a multiple of 10
 *	line TEXT	one more line; @SEQ@ in it becomes the next number
 *	skip N		N numbers that no record will have
 *	end		go, as a module that is unloaded by force
 *
 * Each command is answered in DIR/done with a line of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

struct source {
	int master, control;
	const char *instance;
	char name[64];
	char **lines;
	size_t count, room;
	size_t next, offset; /* of what is sent now */
	unsigned long long sequence;
	bool sending;
	char words[256];
	size_t words_length;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void write_file(const char *name, const char *mode, const char *text)
{
	FILE *file = fopen(name, mode);

	if (!file || fputs(text, file) < 0 || fclose(file))
		die(name);
}

static void write_stat(struct source *source)
{
	char text[128];

	snprintf(text, sizeof(text), "instance %s\nlog written=%zu next=%llu\n",
		 source->instance, source->count, source->sequence);
	write_file("stat", "w", text);
}

static void add(struct source *source, const char *text)
{
	if (source->count == source->room) {
		source->room = source->room ? 2 * source->room : 1024;
		source->lines = reallocarray(source->lines, source->room,
					     sizeof(*source->lines));
	}
	if (!source->lines || asprintf(&source->lines[source->count++], "%s\n", text) < 0)
		die("memory");
}

static void stamp(char *text, size_t size)
{
	struct timespec now;
	struct tm tm;
	size_t used;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	used = strftime(text, size, "#%Y/%m/%d %H:%M:%S", &tm);
	snprintf(text + used, size - used, ".%06ld#", now.tv_nsec / 1000);
}

static void add_record(struct source *source)
{
	unsigned long long n = source->sequence++;
	char text[256], time[48];

	stamp(time, sizeof(time));
	snprintf(text, sizeof(text),
		 "%s seq=%llu global-pid=%d result=%s priority=100 / write "
		 "path=\"/record/%llu\" task.pid=%d",
		 time, n, getpid(), n % 10 ? "allowed" : "denied", n, getpid());
	add(source, text);
}

static void add_line(struct source *source, char *text)
{
	static char line[1 << 20];
	char *at = strstr(text, "@SEQ@");

	if (at) {
		*at = '\0';
		snprintf(line, sizeof(line), "%s%llu%s", text, source->sequence++, at + 5);
		text = line;
	}
	add(source, text);
}

static void take_command(struct source *source, char *line)
{
	unsigned long long n;

	if (sscanf(line, "records %llu", &n) == 1) {
		while (n--)
			add_record(source);
	} else if (sscanf(line, "skip %llu", &n) == 1) {
		source->sequence += n;
	} else if (!strncmp(line, "line ", 5)) {
		add_line(source, line + 5);
	} else {
		unlink("audit");
		unlink("version");
		unlink("stat");
		write_file("done", "a", "end\n");
		exit(strcmp(line, "end") != 0);
	}
	write_stat(source);
	write_file("done", "a", "done\n");
}

static void take_word(struct source *source, const char *word)
{
	char line[300];

	snprintf(line, sizeof(line), "%s\n", word);
	write_file("words", "a", line);
	if (!strcmp(word, "keep")) {
		source->sending = true;
		source->next = source->offset = 0;
	}
}

static void read_words(struct source *source)
{
	char *newline;
	ssize_t got = read(source->master, source->words + source->words_length,
			   sizeof(source->words) - 1 - source->words_length);

	if (got <= 0)
		return;
	source->words_length += got;
	source->words[source->words_length] = '\0';
	while ((newline = strchr(source->words, '\n'))) {
		*newline = '\0';
		take_word(source, source->words);
		source->words_length -= newline + 1 - source->words;
		memmove(source->words, newline + 1, source->words_length + 1);
	}
}

static void send_some(struct source *source)
{
	const char *line = source->lines[source->next] + source->offset;
	ssize_t put = write(source->master, line, strlen(line));

	if (put < 0)
		return;
	source->offset += put;
	if (line[put])
		return;
	source->next++;
	source->offset = 0;
}

/* Nobody has it open: whoever opens it next shall not see what was meant for others. */
static void forget_reader(struct source *source)
{
	char rest[4096];
	int slave;

	/* Only once: what the next one writes must not be thrown away with it. */
	if (source->sending) {
		tcflush(source->master, TCOFLUSH);
		/* What is on its way already can only be read. */
		slave = open(source->name, O_RDONLY | O_NOCTTY | O_NONBLOCK);
		while (slave >= 0 && read(slave, rest, sizeof(rest)) > 0)
			;
		close(slave);
	}
	source->sending = false;
	source->words_length = 0;
	usleep(2000);
}

static void set_up(struct source *source)
{
	struct termios raw = { 0 };
	char text[128];
	int slave;

	cfmakeraw(&raw);
	if (openpty(&source->master, &slave, source->name, &raw, NULL))
		die("openpty");
	fcntl(source->master, F_SETFL, O_NONBLOCK);
	snprintf(text, sizeof(text), "version=0\nlanguage=1\ninstance=%s\n",
		 source->instance);
	mkfifo("control", 0600);
	source->control = open("control", O_RDWR | O_CLOEXEC);
	if (source->control < 0)
		die("control");
	write_file("version", "w", text);
	write_stat(source);
	if (symlink(source->name, "audit"))
		die("audit");
	close(slave);
}

int main(int argc, char **argv)
{
	struct source source = { .sequence = 1 };
	FILE *control;
	char *line = NULL;
	size_t size = 0;

	if (argc != 3 || chdir(argv[1])) {
		fprintf(stderr, "usage: source DIR INSTANCE\n");
		return 2;
	}
	source.instance = argv[2];
	set_up(&source);
	control = fdopen(source.control, "r");
	for (;;) {
		bool more = source.sending && source.next < source.count;
		struct pollfd polls[] = {
			{ source.master, POLLIN | (more ? POLLOUT : 0), 0 },
			{ source.control, POLLIN, 0 },
		};

		if (poll(polls, 2, -1) < 0)
			die("poll");
		if (polls[0].revents & POLLIN)
			read_words(&source);
		else if (polls[0].revents & POLLHUP)
			forget_reader(&source);
		if (source.sending && polls[0].revents & POLLOUT)
			send_some(&source);
		/* Commands are short and written whole. */
		if (polls[1].revents & POLLIN && getline(&line, &size, control) > 0) {
			line[strcspn(line, "\n")] = '\0';
			take_command(&source, line);
		}
	}
}
