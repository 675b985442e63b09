// SPDX-License-Identifier: GPL-2.0
/*
 * Cost of a system call, for a guest whose clock counts instructions.
 *
 *	calls open FILE		open for reading and close
 *	calls exec PROGRAM	fork, execve, exit, wait
 *
 * Prints the median cost of one round. Rounds are timed in batches and the
 * median batch counts, so that timer interrupts do not.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 101

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void open_close(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror(path);
		exit(1);
	}
	close(fd);
}

static void run_program(const char *path)
{
	char *const argv[] = { (char *)path, NULL };
	char *const envp[] = { NULL };
	int status;
	pid_t pid = vfork();

	if (!pid) {
		execve(path, argv, envp);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status) {
		fprintf(stderr, "%s: cannot be run\n", path);
		exit(1);
	}
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t median_cost(void (*call)(const char *path), const char *path, int rounds)
{
	uint64_t costs[BATCHES];

	for (int batch = 0; batch < BATCHES; batch++) {
		uint64_t start = now();

		for (int i = 0; i < rounds; i++)
			call(path);
		costs[batch] = (now() - start) / rounds;
	}
	qsort(costs, BATCHES, sizeof(costs[0]), compare);
	return costs[BATCHES / 2];
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "open")) {
		median_cost(open_close, argv[2], 10);
		printf("%lu\n", median_cost(open_close, argv[2], 20));
	} else if (argc == 3 && !strcmp(argv[1], "exec")) {
		median_cost(run_program, argv[2], 1);
		printf("%lu\n", median_cost(run_program, argv[2], 2));
	} else {
		fprintf(stderr, "usage: calls open FILE | calls exec PROGRAM\n");
		return 2;
	}
	return 0;
}
