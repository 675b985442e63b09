/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One who plays the module's file "query": the other end of a terminal that passes
 * all bytes on. What waits is in a file, "Q<serial>-<retry>" and a record each.
 */
#ifndef TESTS_MODULE_H
#define TESTS_MODULE_H

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/**
 * struct module - the file
 * @master, @slave: the ends; -1: nobody plays it
 * @name: file of what waits
 */
static struct module {
	int master, slave;
	char name[300];
} module = { .master = -1, .name = "proc/queries" };

/* Where proc/query is: proc is $KELLAS_PROC. Nothing if there is no proc/queries. */
static inline void module_play(void)
{
	struct termios raw;
	char name[100];

	if (access(module.name, R_OK) ||
	    openpty(&module.master, &module.slave, name, NULL, NULL))
		return;
	tcgetattr(module.slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(module.slave, TCSANOW, &raw);
	fcntl(module.master, F_SETFL, O_NONBLOCK);
	if (symlink(name, "proc/query"))
		perror("proc/query");
}

static inline int module_say(const char *text, size_t length)
{
	if (write(module.master, text, length) != (ssize_t)length)
		perror("proc/query");
	return length;
}

/* All that waits can be read once more: the text of each, and a NUL. It takes its time. */
static inline void module_asks(void)
{
	FILE *file = module.master < 0 ? NULL : fopen(module.name, "r");
	int said = 0, there = 0, patience = 1000;
	char line[2000];

	if (!file)
		return;
	tcflush(module.slave, TCIFLUSH);
	while (fgets(line, sizeof(line), file)) {
		if (line[0] == 'Q' && said)
			said += module_say("", 1);
		said += module_say(line, strlen(line));
	}
	if (said)
		said += module_say("", 1);
	fclose(file);
	while (!ioctl(module.slave, FIONREAD, &there) && there < said && patience--)
		usleep(1000);
}

/* What was written to the file since; that takes its time, too. */
static inline ssize_t module_heard(char *text, size_t size)
{
	struct pollfd ready = { .fd = module.master, .events = POLLIN };
	size_t length = 0;
	ssize_t got;

	while (module.master >= 0 && length < size && poll(&ready, 1, 50) > 0) {
		got = read(module.master, text + length, size - length);
		if (got <= 0)
			break;
		length += got;
	}
	return length;
}

#endif /* TESTS_MODULE_H */
