// SPDX-License-Identifier: GPL-2.0
/*
 * What is logged, and who counts it, for the benchmarks of the log path.
 *
 *	records open FILE N		open and close FILE N times
 *	records storm SECONDS THREADS FILE [FILE]
 *					THREADS threads open and close as fast as they
 *					can, the last one the other file; prints how
 *					often each file was opened
 *	records sink PORT		take UDP datagrams on the loopback until SIGTERM,
 *					then print how many there were
 *	records busy			nanoseconds in which the processors were not idle
 *	records used PID		nanoseconds that the threads of a process ran
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define THREADS_MAX 64
#define DATAGRAMS 64
#define DATAGRAM_MAX 65536

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void open_once(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(path);
	close(fd);
}

static int open_often(const char *path, unsigned long count)
{
	while (count--)
		open_once(path);
	return 0;
}

/* --------------------------------------------------------------- storm */

/**
 * struct producer - a thread of the storm
 * @path: the file it opens
 * @count: how often it did
 */
struct producer {
	pthread_t thread;
	const char *path;
	unsigned long count;
};

static volatile sig_atomic_t over;

static void end_storm(int signal)
{
	(void)signal;
	over = 1;
}

static void *produce(void *data)
{
	struct producer *producer = data;

	for (; !over; producer->count++)
		open_once(producer->path);
	return NULL;
}

static int storm(unsigned int seconds, int threads, const char *path, const char *other)
{
	static struct producer producers[THREADS_MAX];
	unsigned long count[2] = { 0 };
	int i;

	if (threads < 2 || threads > THREADS_MAX)
		return 2;
	signal(SIGALRM, end_storm);
	alarm(seconds);
	for (i = 0; i < threads; i++) {
		producers[i].path = i == threads - 1 ? other : path;
		if (pthread_create(&producers[i].thread, NULL, produce, &producers[i]))
			die("pthread_create");
	}
	for (i = 0; i < threads; i++) {
		pthread_join(producers[i].thread, NULL);
		count[i == threads - 1] += producers[i].count;
	}
	printf("%lu %lu\n", count[0], count[1]);
	return 0;
}

/* ---------------------------------------------------------------- sink */

static int take_datagrams(int port)
{
	static char data[DATAGRAMS][DATAGRAM_MAX];
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sigaction action = { .sa_handler = end_storm };
	struct mmsghdr messages[DATAGRAMS];
	struct iovec parts[DATAGRAMS];
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), room = 256 << 20, got, i;
	unsigned long count = 0;

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("sink");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		die("SO_RCVBUFFORCE");
	/* No SA_RESTART: it ends the call. */
	sigaction(SIGTERM, &action, NULL);
	while (!over) {
		for (i = 0; i < DATAGRAMS; i++) {
			parts[i] = (struct iovec){ data[i], DATAGRAM_MAX };
			messages[i].msg_hdr =
				(struct msghdr){ .msg_iov = &parts[i], .msg_iovlen = 1 };
		}
		got = recvmmsg(fd, messages, DATAGRAMS, MSG_WAITFORONE, NULL);
		/* The daemon's own lines are no records. */
		for (i = 0; i < got; i++)
			count += memmem(data[i], messages[i].msg_len, " / read ", 8) !=
				 NULL;
	}
	printf("%lu\n", count);
	return 0;
}

/* ---------------------------------------------------------------- time */

/* Idle time is exact to 10 ms. */
static int print_busy(void)
{
	struct timespec now;
	double up, idle;
	FILE *file = fopen("/proc/uptime", "r");

	if (!file || fscanf(file, "%lf %lf", &up, &idle) != 2)
		die("/proc/uptime");
	clock_gettime(CLOCK_BOOTTIME, &now);
	printf("%.0f\n",
	       ((double)now.tv_sec * sysconf(_SC_NPROCESSORS_ONLN) - idle) * 1e9 +
		       now.tv_nsec);
	return 0;
}

static int print_used(const char *pid)
{
	unsigned long long sum = 0, one;
	struct dirent *entry;
	char path[600];
	DIR *tasks;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/task", pid);
	tasks = opendir(path);
	if (!tasks)
		die(path);
	while ((entry = readdir(tasks))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", pid,
			 entry->d_name);
		file = fopen(path, "r");
		if (!file || fscanf(file, "%llu", &one) != 1)
			die(path);
		fclose(file);
		sum += one;
	}
	printf("%llu\n", sum);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (argc == 4 && !strcmp(what, "open"))
		return open_often(argv[2], strtoul(argv[3], NULL, 10));
	if ((argc == 5 || argc == 6) && !strcmp(what, "storm"))
		return storm(atoi(argv[2]), atoi(argv[3]), argv[4], argv[argc - 1]);
	if (argc == 3 && !strcmp(what, "sink"))
		return take_datagrams(atoi(argv[2]));
	if (argc == 2 && !strcmp(what, "busy"))
		return print_busy();
	if (argc == 3 && !strcmp(what, "used"))
		return print_used(argv[2]);
	fprintf(stderr, "usage: records open|storm|sink|busy|used ...\n");
	return 2;
}
