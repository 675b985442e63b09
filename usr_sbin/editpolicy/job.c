// SPDX-License-Identifier: GPL-2.0
/* Threads. */
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "job.h"
#include "memory.h"

/**
 * struct job - see job.h
 * @lock: of @done and @abandoned
 * @ended: @done has become true
 * @run, @context, @forget: as they were given
 * @done: @run has returned
 * @abandoned: whoever is last frees everything
 */
struct job {
	pthread_mutex_t lock;
	pthread_cond_t ended;
	void (*run)(void *context);
	void *context;
	void (*forget)(void *context);
	bool done, abandoned;
};

static void *thread(void *context)
{
	struct job *job = context;
	bool abandoned;

	job->run(job->context);
	pthread_mutex_lock(&job->lock);
	job->done = true;
	abandoned = job->abandoned;
	pthread_cond_signal(&job->ended);
	pthread_mutex_unlock(&job->lock);
	if (abandoned) {
		job->forget(job->context);
		job_end(job);
	}
	return NULL;
}

/* What is sent to the program is for who waits for keys; a thread has only what it breaks. */
static bool start_thread(struct job *job)
{
	static const int own[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGTRAP };
	sigset_t blocked, before;
	pthread_attr_t detached;
	pthread_t id;
	size_t i;
	int error;

	sigfillset(&blocked);
	for (i = 0; i < ARRAY_SIZE(own); i++)
		sigdelset(&blocked, own[i]);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_BLOCK, &blocked, &before);
	error = pthread_create(&id, &detached, thread, job);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&detached);
	return !error;
}

struct job *job_start(bool at_once, void (*run)(void *context), void *context,
		      void (*forget)(void *context))
{
	struct job *job = kl_xalloc(1, sizeof(*job));
	pthread_condattr_t monotonic;

	*job = (struct job){ .run = run, .context = context, .forget = forget };
	pthread_mutex_init(&job->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&job->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (at_once || !start_thread(job)) {
		run(context);
		job->done = true;
	}
	return job;
}

bool job_wait(struct job *job, u32 milliseconds)
{
	struct timespec until;
	int error = 0;
	bool done;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += milliseconds * 1000000l;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&job->lock);
	while (!job->done && !error)
		error = pthread_cond_timedwait(&job->ended, &job->lock, &until);
	done = job->done;
	pthread_mutex_unlock(&job->lock);
	return done;
}

void job_end(struct job *job)
{
	pthread_cond_destroy(&job->ended);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

void job_abandon(struct job *job)
{
	bool done;

	if (!job)
		return;
	pthread_mutex_lock(&job->lock);
	job->abandoned = true;
	done = job->done;
	pthread_mutex_unlock(&job->lock);
	if (done) {
		job->forget(job->context);
		job_end(job);
	}
}
