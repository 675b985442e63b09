// SPDX-License-Identifier: GPL-2.0
/* A bar on standard error while something takes long. */
#include <signal.h>
#include <time.h>

#include "progress.h"

#define BAR 40 /* characters */
#define INTERVAL 100 /* milliseconds between two of them */
#define STEPS 64 /* calls that do not even look at the clock */

/**
 * struct progress - the bar
 * @what: NULL: there is none
 * @total: of the work
 * @next: milliseconds: not before that time
 * @steps: calls since the last look at the clock
 * @shown: there is something to be taken away
 */
static struct progress {
	const char *what;
	u64 total;
	u64 next;
	u32 steps;
	bool shown;
} progress;

static const int signals[] = { SIGINT, SIGTERM };

static const char gone[] = "\r\033[K";

/* Whoever interrupts the work gets a clean line, and the death that he wanted. */
static void leave(int signal)
{
	ssize_t ignored = write(STDERR_FILENO, gone, sizeof(gone) - 1);

	(void)ignored;
	raise(signal);
}

static void set_handlers(void (*from)(int), void (*to)(int))
{
	struct sigaction action = { .sa_handler = to, .sa_flags = SA_RESETHAND }, old;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler == from)
			sigaction(signals[i], &action, NULL);
}

static u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
	return (u64)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void kl_progress_begin(const char *what, u64 total)
{
	const char *term = getenv("TERM");

	memset(&progress, 0, sizeof(progress));
	if (!isatty(STDERR_FILENO) || !term || !strcmp(term, "dumb"))
		return;
	progress.what = what;
	progress.total = total;
	/* What is over at once needs no bar. */
	progress.next = now() + 3 * INTERVAL;
}

static void show(u64 done)
{
	char bar[BAR + 1];
	u32 filled, i;

	if (!progress.shown)
		set_handlers(SIG_DFL, leave);
	progress.shown = true;
	if (!progress.total) {
		fprintf(stderr, "\r%s: %llu MiB \033[K", progress.what,
			(unsigned long long)(done >> 20));
		return;
	}
	filled = done >= progress.total ? BAR : (double)done / progress.total * BAR;
	for (i = 0; i < BAR; i++)
		bar[i] = i < filled ? '#' : '.';
	bar[BAR] = '\0';
	fprintf(stderr, "\r%s [%s] %3u%% \033[K", progress.what, bar,
		done >= progress.total ? 100 :
					 (u32)((double)done / progress.total * 100));
}

void kl_progress_step(u64 done)
{
	u64 time;

	if (!progress.what || ++progress.steps < STEPS)
		return;
	progress.steps = 0;
	time = now();
	if (time < progress.next)
		return;
	progress.next = time + INTERVAL;
	show(done);
}

void kl_progress_end(void)
{
	if (progress.shown) {
		fputs(gone, stderr);
		set_handlers(leave, SIG_DFL);
	}
	progress.what = NULL;
	progress.shown = false;
}
