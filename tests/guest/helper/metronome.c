// SPDX-License-Identifier: GPL-2.0-only
/* A process that sleeps again and again, and writes down when that took too long. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "metronome.h"
#include "test.h"

#define BEAT	0.02	/* seconds */
#define EVENTS	4096	/* the newest are kept */

/**
 * struct delay - once that it was late
 * @time: of now() when it woke
 * @late: seconds
 */
struct delay {
	double time;
	double late;
};

static struct {
	volatile unsigned int count;
	struct delay delays[EVENTS];
} *heard;

static void beat(pid_t listener)
{
	double before = now(), late;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == listener) {
		pause_for(BEAT * 1000);
		late = now() - before - BEAT;
		if (late > BEAT) {
			heard->delays[heard->count % EVENTS] = (struct delay){ now(), late };
			heard->count++;
		}
		before = now();
	}
	_exit(0);
}

void metronome_start(void)
{
	pid_t listener = getpid();

	if (heard)
		return;
	heard = mmap(NULL, sizeof(*heard), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (heard == MAP_FAILED)
		die("mmap: no memory for the metronome");
	if (!must(fork()))
		beat(listener);
}

double metronome_late(double since)
{
	unsigned int count, i;
	double late = 0;

	/* It may be about to wake, as we were. */
	pause_for(3 * BEAT * 1000);
	count = heard->count < EVENTS ? heard->count : EVENTS;
	for (i = 0; i < count; i++)
		if (heard->delays[i].time > since)
			late += heard->delays[i].late;
	return late;
}

bool expect_took(double since, double took, double least, double most)
{
	double late = took > most ? metronome_late(since) : 0;

	if (took > most && took <= most + late)
		printf("# took %.2f s, the machine stood still for %.2f s of it\n", took, late);
	return expect(took >= least && took <= most + late,
		      "took %.2f s, expected %.2f to %.2f, and %.2f that the machine stood still",
		      took, least, most, late);
}
