// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests whose number and order are known, for tests/guest/auditd:
 *
 *	opens make FOLDER FILES		create FOLDER/1 to FOLDER/FILES
 *	opens read FOLDER FILES N	open them N times, in turn
 *	opens check FILE LOG N		open FILE for writing N times; after each,
 *					is the record of it in LOG? Prints how often,
 *					and the longest open in milliseconds
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void open_one(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		err(1, "%s", path);
	close(fd);
}

static void open_all(const char *folder, int files, int count, int flags)
{
	char path[4096];
	int i;

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%d", folder, i % files + 1);
		open_one(path, flags);
	}
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

/* Whole lines of @path with ` write path="FILE"` in what was added behind @offset. */
static int count_records(const char *path, const char *file, off_t *offset)
{
	static char text[1 << 20];
	char wanted[4200];
	const char *line;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;
	char *end;
	int found = 0;

	if (fd < 0)
		err(1, "%s", path);
	length = pread(fd, text, sizeof(text) - 1, *offset);
	if (length < 0)
		err(1, "%s", path);
	close(fd);
	snprintf(wanted, sizeof(wanted), " / write path=\"%s\" ", file);
	for (line = text; (end = memchr(line, '\n', text + length - line));
	     line = end + 1) {
		*end = '\0';
		found += !!strstr(line, wanted);
	}
	*offset += line - text;
	return found;
}

static void check(const char *file, const char *log, int count)
{
	double before, longest = 0;
	off_t offset = 0;
	int i, there = 0;

	count_records(log, file, &offset);
	for (i = 0; i < count; i++) {
		before = now();
		open_one(file, O_WRONLY);
		if (now() - before > longest)
			longest = now() - before;
		there += count_records(log, file, &offset) == 1;
	}
	printf("%d %.0f\n", there, longest);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "make")) {
		mkdir(argv[2], 0755);
		open_all(argv[2], atoi(argv[3]), atoi(argv[3]), O_WRONLY | O_CREAT);
	} else if (argc == 5 && !strcmp(argv[1], "read")) {
		open_all(argv[2], atoi(argv[3]), atoi(argv[4]), O_RDONLY);
	} else if (argc == 5 && !strcmp(argv[1], "check")) {
		check(argv[2], argv[3], atoi(argv[4]));
	} else {
		errx(2, "see opens.c");
	}
	return 0;
}
