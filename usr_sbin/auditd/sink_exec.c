// SPDX-License-Identifier: GPL-2.0
/*
 * A program that gets records on its standard input: one that runs all the
 * time and reads lines, or (each yes) one process for each record.
 *
 * A line counts as delivered when the program has read it (the pipe tells how
 * much it has not), with "each" when its process has ended.
 */
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "child.h"
#include "limits.h"
#include "sink.h"
#include "tell.h"

struct exec;

/**
 * struct run - with "each": one process
 * @exec: whose it is
 * @child: NULL: it has ended, or never ran
 * @timer: when it takes too long
 */
struct run {
	struct exec *exec;
	struct kl_child *child;
	struct kl_timer timer;
};

/**
 * struct exec - the sink
 * @sink: what all sinks have
 * @program, @arguments, @each, @processes, @timeout: keys
 * @argv: of @program and @arguments
 * @child: the program that runs; NULL: none
 * @pipe: watch of our end of its input
 * @waiting: the pipe is full and watched
 * @out: what is to be written, @done bytes of it were
 * @bytes: written or to be written, since the program started
 * @ends: for each message in there, @bytes up to its end
 * @first, @count: of @ends that count
 * @timer: while something is unread: look
 * @runs: with "each": in the order of their records, from @first on, @count of them
 * @failing: the last process failed, which has been said
 */
struct exec {
	struct kl_sink sink;
	char *program;
	struct kl_conf_list arguments;
	bool each;
	u64 processes, timeout;
	char **argv;
	struct kl_child *child;
	struct kl_watch pipe;
	bool waiting;
	struct kl_buffer out;
	size_t done;
	u64 bytes;
	u64 ends[KL_EXEC_WINDOW];
	u32 first, count;
	struct kl_timer timer;
	struct run runs[KL_EXEC_PROCESSES];
	bool failing;
};

#define AT(field) offsetof(struct exec, field)

static const struct kl_conf_key keys[] = {
	{ "program", KL_CONF_PATH, true, AT(program), .help = "what is run; no shell" },
	{ "arguments", KL_CONF_LIST, false, AT(arguments), .help = "its arguments" },
	{ "each", KL_CONF_BOOL, false, AT(each), .initial = "no",
	  .help = "one process for each record; otherwise one that reads lines" },
	{ "processes", KL_CONF_COUNT, false, AT(processes), .min = 1,
	  .max = KL_EXEC_PROCESSES, .initial = "4",
	  .help = "with 'each': so many at the same time" },
	{ "timeout", KL_CONF_TIME, false, AT(timeout), .min = 100, .initial = "60s",
	  .help = "with 'each': a process that takes longer is killed" },
	{ 0 },
};

static struct exec *of(struct kl_sink *sink)
{
	return (struct exec *)sink;
}

/* One program that reads lines */

static void close_pipe(struct exec *exec)
{
	if (exec->pipe.fd < 0)
		return;
	kl_loop_remove(exec->sink.loop, &exec->pipe);
	close(exec->pipe.fd);
	exec->pipe.fd = -1;
}

/* Lines that the program has read to their end. */
static void confirm_read(struct exec *exec)
{
	int unread = 0;
	u64 taken;
	u32 count = 0;

	if (ioctl(exec->pipe.fd, FIONREAD, &unread))
		return;
	taken = exec->bytes - (exec->out.length - exec->done) - unread;
	while (count < exec->count &&
	       exec->ends[(exec->first + count) % KL_EXEC_WINDOW] <= taken)
		count++;
	exec->first = (exec->first + count) % KL_EXEC_WINDOW;
	exec->count -= count;
	kl_sink_confirm(&exec->sink, count);
}

static void stop_reader(struct exec *exec)
{
	if (exec->pipe.fd >= 0)
		confirm_read(exec);
	close_pipe(exec);
	kl_child_forget(exec->child);
	exec->child = NULL;
	exec->first = exec->count = 0;
	exec->bytes = 0;
	exec->done = 0;
	exec->waiting = false;
	kl_buffer_clear(&exec->out);
	kl_timer_stop(exec->sink.loop, &exec->timer);
}

static void reader_ended(void *data, int status)
{
	struct exec *exec = data;
	char how[64];

	kl_child_tell(status, how, sizeof(how));
	exec->child = NULL;
	stop_reader(exec);
	kl_sink_down(&exec->sink, ECHILD, "%s %s", exec->program, how);
}

/* It does not read any more: its end will be told soon; until then nothing is written. */
static void flush(struct exec *exec)
{
	ssize_t written;
	bool waiting;

	while (exec->done < exec->out.length) {
		written = write(exec->pipe.fd, exec->out.data + exec->done,
				exec->out.length - exec->done);
		if (written < 0 && errno != EINTR)
			break;
		if (written > 0)
			exec->done += written;
	}
	waiting = exec->done < exec->out.length && errno == EAGAIN;
	if (exec->done == exec->out.length) {
		kl_buffer_clear(&exec->out);
		exec->done = 0;
	}
	if (waiting != exec->waiting)
		kl_loop_change(exec->sink.loop, &exec->pipe, waiting ? EPOLLOUT : 0);
	exec->waiting = waiting;
}

static void deliver_lines(struct exec *exec)
{
	struct kl_message message;

	if (exec->pipe.fd < 0)
		return;
	while (exec->count < KL_EXEC_WINDOW && exec->out.length < KL_STREAM_OUT &&
	       kl_queue_next(exec->sink.queue, &message)) {
		kl_buffer_add(&exec->out, message.text.data, message.text.length);
		kl_buffer_puts(&exec->out, "\n");
		exec->bytes += message.text.length + 1;
		exec->ends[(exec->first + exec->count++) % KL_EXEC_WINDOW] = exec->bytes;
		kl_queue_sent(exec->sink.queue);
	}
	flush(exec);
	if (exec->count && !exec->timer.due)
		kl_timer_set(exec->sink.loop, &exec->timer, KL_TCP_POLL);
}

static void pipe_ready(struct kl_watch *watch, u32 events)
{
	struct exec *exec = watch->data;

	if (!(events & EPOLLERR)) {
		deliver_lines(exec);
		return;
	}
	/* It has closed its input, most often by ending: reader_ended() goes on. */
	confirm_read(exec);
	close_pipe(exec);
	kl_child_kill(exec->child);
}

static void look(struct kl_timer *timer)
{
	struct exec *exec = timer->data;

	if (exec->pipe.fd < 0)
		return;
	confirm_read(exec);
	deliver_lines(exec);
	if (exec->count)
		kl_timer_set(exec->sink.loop, &exec->timer, KL_TCP_POLL);
}

static int start_reader(struct exec *exec)
{
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	/* Ours does not wait; the program's own is as programs expect it. */
	fcntl(ends[1], F_SETFL, O_WRONLY | O_NONBLOCK);
	exec->child = kl_child_start(exec->sink.loop, exec->argv, ends[0], reader_ended,
				     exec);
	error = exec->child ? 0 : -errno;
	close(ends[0]);
	if (error) {
		close(ends[1]);
		return error;
	}
	exec->pipe.fd = ends[1];
	error = kl_loop_add(exec->sink.loop, &exec->pipe, 0);
	if (!error)
		return 0;
	close(exec->pipe.fd);
	exec->pipe.fd = -1;
	kl_child_forget(exec->child);
	exec->child = NULL;
	return error;
}

/* A process for each record */

static void confirm_runs(struct exec *exec)
{
	u32 count = 0;

	while (exec->count && !exec->runs[exec->first].child) {
		exec->first = (exec->first + 1) % exec->processes;
		exec->count--;
		count++;
	}
	kl_sink_confirm(&exec->sink, count);
	if (count)
		kl_sink_wake(&exec->sink);
}

static void run_ended(void *data, int status)
{
	struct run *run = data;
	struct exec *exec = run->exec;
	char how[64];

	kl_timer_stop(exec->sink.loop, &run->timer);
	run->child = NULL;
	if (status && !exec->failing) {
		kl_child_tell(status, how, sizeof(how));
		kl_tell(LOG_WARNING, "sink %s: %s %s; its record is not given again",
			exec->sink.name, exec->program, how);
	}
	exec->failing = status;
	confirm_runs(exec);
}

static void run_too_long(struct kl_timer *timer)
{
	struct run *run = timer->data;

	kl_tell(LOG_WARNING, "sink %s: %s takes too long and is killed",
		run->exec->sink.name, run->exec->program);
	kl_child_kill(run->child);
}

/* The record as a file without a name: no pipe that may be full. */
static int make_input(const struct kl_message *message)
{
	struct iovec parts[] = {
		{ (void *)message->text.data, message->text.length },
		{ "\n", 1 },
	};
	int fd = memfd_create("record", MFD_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	if (writev(fd, parts, 2) == (ssize_t)message->text.length + 1 &&
	    !lseek(fd, 0, SEEK_SET))
		return fd;
	error = errno ? -errno : -ENOSPC;
	close(fd);
	return error;
}

static int start_run(struct exec *exec, const struct kl_message *message)
{
	struct run *run = &exec->runs[(exec->first + exec->count) % exec->processes];
	int input = make_input(message), error = 0;

	if (input < 0)
		return input;
	run->child = kl_child_start(exec->sink.loop, exec->argv, input, run_ended, run);
	if (!run->child)
		error = -errno;
	close(input);
	if (error)
		return error;
	kl_timer_set(exec->sink.loop, &run->timer, exec->timeout);
	exec->count++;
	return 0;
}

/* Nobody would end them in time any more; their records are given again. */
static void stop_runs(struct exec *exec)
{
	u32 i;

	for (i = 0; i < exec->processes; i++) {
		if (exec->runs[i].child) {
			kl_child_kill(exec->runs[i].child);
			kl_child_forget(exec->runs[i].child);
			exec->runs[i].child = NULL;
		}
		kl_timer_stop(exec->sink.loop, &exec->runs[i].timer);
	}
	exec->first = exec->count = 0;
}

static void deliver_each(struct exec *exec)
{
	struct kl_message message;
	int error;

	while (exec->count < exec->processes &&
	       kl_queue_next(exec->sink.queue, &message)) {
		error = start_run(exec, &message);
		/* Those that run go on, and the end of one tries again. */
		if (error && exec->count)
			return;
		if (error) {
			kl_sink_down(&exec->sink, -error, "%s: %s", exec->program,
				     strerror(-error));
			return;
		}
		kl_queue_sent(exec->sink.queue);
	}
}

/* Both */

static void deliver(struct kl_sink *sink)
{
	if (of(sink)->each)
		deliver_each(of(sink));
	else
		deliver_lines(of(sink));
}

static void retry(struct kl_sink *sink)
{
	struct exec *exec = of(sink);
	int error = exec->each ? access(exec->program, X_OK) ? -errno : 0 :
				 start_reader(exec);

	if (error)
		kl_sink_down(sink, -error, "%s: %s", exec->program, strerror(-error));
	else
		kl_sink_up(sink);
}

static int open_sink(struct kl_sink *sink)
{
	struct exec *exec = of(sink);
	u32 i;

	exec->argv = kl_xalloc(exec->arguments.count + 2, sizeof(*exec->argv));
	exec->argv[0] = exec->program;
	for (i = 0; i < exec->arguments.count; i++)
		exec->argv[i + 1] = exec->arguments.items[i].text;
	exec->pipe = (struct kl_watch){ -1, pipe_ready, exec };
	exec->timer.expired = look;
	exec->timer.data = exec;
	for (i = 0; i < KL_EXEC_PROCESSES; i++) {
		exec->runs[i].exec = exec;
		exec->runs[i].timer.expired = run_too_long;
		exec->runs[i].timer.data = &exec->runs[i];
	}
	retry(sink);
	return 0;
}

static void close_sink(struct kl_sink *sink)
{
	struct exec *exec = of(sink);

	stop_reader(exec);
	stop_runs(exec);
	kl_buffer_free(&exec->out);
	free(exec->argv);
}

const struct kl_sink_type kl_sink_exec = {
	.name = "exec",
	.help = "a program that reads records from its standard input",
	.keys = keys,
	.size = sizeof(struct exec),
	.open = open_sink,
	.deliver = deliver,
	.retry = retry,
	.close = close_sink,
};
