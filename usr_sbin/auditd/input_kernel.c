// SPDX-License-Identifier: GPL-2.0
/* Records of the kernel module. */
#include <fcntl.h>
#include <sys/epoll.h>

#include "engine/lex.h"
#include "figure.h"
#include "input_kernel.h"
#include "limits.h"
#include "proc.h"
#include "tell.h"

static void look_again(struct kl_kernel *kernel)
{
	kl_timer_set(kernel->input.loop, &kernel->retry, KL_KERNEL_RETRY);
}

/* A line of the daemon's own, to all routes. */
#define SAY(kernel, ...)                                        \
	do {                                                    \
		struct kl_buffer line_ = { 0 };                 \
		struct kl_entry entry_;                         \
								\
		kl_entry_say(&entry_, &line_, __VA_ARGS__);     \
		(kernel)->input.take(&(kernel)->input, &entry_); \
		kl_buffer_free(&line_);                         \
	} while (0)

/* ------------------------------------------------------------- records */

/* The number of a line that could not be parsed, if it has one. */
static u64 find_sequence(struct kl_text line)
{
	static const char key[] = " seq=";
	const char *at = memmem(line.data, min(line.length, 64u), key, sizeof(key) - 1);
	u64 sequence = 0;

	if (!at)
		return 0;
	for (at += sizeof(key) - 1; at < line.data + line.length && isdigit(*at); at++)
		sequence = sequence * 10 + *at - '0';
	return sequence;
}

static u64 now_microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (u64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* Numbers run on without a gap, but for those that a loss record accounts for. */
static void check_gap(struct kl_kernel *kernel, u64 first)
{
	u64 expected = kernel->seen + 1;

	if (!kernel->seen || first <= expected)
		return;
	kernel->missing += first - expected;
	SAY(kernel, "lost seq=%llu-%llu count=%llu reason=gap",
	    (unsigned long long)expected, (unsigned long long)first - 1,
	    (unsigned long long)(first - expected));
}

static void count(struct kl_kernel *kernel)
{
	const struct kl_logline *line = &kernel->line;

	if (line->kind == KL_LOGLINE_LOST)
		kernel->lost += line->count;
	else if (line->kind == KL_LOGLINE_SUPPRESSED)
		kernel->suppressed += line->count;
}

static int parse(struct kl_kernel *kernel, struct kl_text line)
{
	struct kl_error error;

	return kernel->input.whole ? kl_logline_parse(&kernel->line, line, &error) :
				     kl_logline_parse_head(&kernel->line, line, &error);
}

static void take_line(struct kl_kernel *kernel, struct kl_text line)
{
	struct kl_entry entry = { .source = KL_ENTRY_KERNEL, .line = line,
				  .instance = kernel->instance };
	u64 first;

	kernel->records++;
	if (!parse(kernel, line)) {
		entry.record = &kernel->line;
		entry.time = kernel->line.time;
		first = kernel->line.sequence;
		entry.sequence = kernel->line.last;
		count(kernel);
	} else {
		kernel->unreadable++;
		entry.time = now_microseconds();
		first = entry.sequence = find_sequence(line);
	}
	if (entry.sequence && entry.sequence <= kernel->seen) {
		kernel->repeated++;
		return;
	}
	if (entry.sequence) {
		check_gap(kernel, first);
		kernel->seen = entry.sequence;
	}
	kernel->input.take(&kernel->input, &entry);
}

/* No record is that long: what comes is not the module's. */
static void skip_line(struct kl_kernel *kernel)
{
	if (!kernel->skipping) {
		kernel->unreadable++;
		kl_tell(LOG_ERR, "a line of more than %zu bytes is thrown away",
			kernel->pending.length);
		SAY(kernel, "unreadable reason=too-long");
	}
	kernel->skipping = true;
	kl_buffer_clear(&kernel->pending);
}

static void take_lines(struct kl_kernel *kernel)
{
	struct kl_buffer *pending = &kernel->pending;
	struct kl_text rest = kl_buffer_text(pending), line;
	const char *newline;

	while ((newline = memchr(rest.data, '\n', rest.length))) {
		line = kl_text_head(rest, newline - rest.data);
		rest = kl_text_from(rest, line.length + 1);
		if (!kernel->skipping && line.length)
			take_line(kernel, line);
		kernel->skipping = false;
	}
	memmove(pending->data, rest.data, rest.length);
	pending->length = rest.length;
	if (pending->length > KL_KERNEL_READ || kernel->skipping)
		skip_line(kernel);
}

/* ---------------------------------------------------- opening, closing */

/* "language=1", "instance=0123456789abcdef" among the lines of version. */
static int read_version(struct kl_text version, u64 *instance)
{
	struct kl_text key, value;
	u64 language = 0;
	char *end;

	*instance = 0;
	while (kl_pair_next(&version, '=', &key, &value)) {
		if (kl_text_is(key, "language"))
			language = strtoull(value.data, NULL, 10);
		else if (kl_text_is(key, "instance"))
			*instance = strtoull(value.data, &end, 16);
	}
	if (language && language <= KL_TOOLS_LANGUAGE && *instance)
		return 0;
	return -EPROTO;
}

int kl_kernel_instance(u64 *instance)
{
	struct kl_buffer version = { 0 };
	int error = kl_proc_read("version", &version);

	*instance = 0;
	if (!error)
		error = read_version(kl_buffer_text(&version), instance);
	kl_buffer_free(&version);
	return error;
}

static const char *explain(int error)
{
	switch (error) {
	case -ENOENT:
	case -ENODEV:
		return "the module kellas is not loaded; waiting for it";
	case -EPROTO:
		return "the loaded module speaks a newer language than this daemon; "
		       "waiting for another";
	case -EPERM:
	case -EACCES:
		return "may not open /proc/kellas/audit: this needs CAP_MAC_ADMIN, outside "
		       "of user namespaces; trying again";
	case -EBUSY:
		return "another process is the keeper of the log: records may be lost while "
		       "it is; trying again";
	default:
		return NULL;
	}
}

/* Once for each reason, not at each attempt. */
static void complain(struct kl_kernel *kernel, int error)
{
	const char *text = explain(error);

	if (kernel->absent == error)
		return;
	kernel->absent = error;
	if (text)
		kl_tell(LOG_WARNING, "%s", text);
	else
		kl_tell(LOG_ERR, "/proc/kellas/audit: %s", strerror(-error));
}

static void become_keeper(struct kl_kernel *kernel)
{
	int error = kl_write_fd(kernel->watch.fd, "keep\n", strlen("keep\n"));

	kernel->keeper = !error;
	if (!error)
		return;
	complain(kernel, error);
	look_again(kernel);
}

static void disconnect(struct kl_kernel *kernel)
{
	if (kernel->watch.fd < 0)
		return;
	kl_loop_remove(kernel->input.loop, &kernel->watch);
	close(kernel->watch.fd);
	kernel->watch.fd = -1;
	kernel->keeper = false;
	kernel->skipping = false;
	kl_buffer_clear(&kernel->pending);
}

static void lose(struct kl_kernel *kernel, int error)
{
	disconnect(kernel);
	kl_tell(LOG_WARNING, "/proc/kellas/audit: %s; opening it again",
		error ? strerror(-error) : "it has ended");
	SAY(kernel, "source-down errno=%d", -error);
	kernel->input.batch(&kernel->input);
	look_again(kernel);
}

static void read_more(struct kl_watch *watch, u32 events)
{
	struct kl_kernel *kernel = watch->data;
	struct kl_buffer *pending = &kernel->pending;
	ssize_t got;

	(void)events;
	kl_buffer_room(pending, KL_KERNEL_READ);
	got = read(watch->fd, pending->data + pending->length, KL_KERNEL_READ);
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		lose(kernel, got ? -errno : 0);
		return;
	}
	kernel->bytes += got;
	pending->length += got;
	take_lines(kernel);
	kernel->input.batch(&kernel->input);
}

/*
 * What is behind @last is wanted; of what the kernel has no more it says so, also
 * if that is the very first: an earlier daemon may have read it, and been killed.
 */
static int seek(int fd, u64 last)
{
	if (lseek(fd, last + 1, SEEK_SET) >= 0 || errno == ESPIPE)
		return 0;
	kl_tell(LOG_ERR, "/proc/kellas/audit: seeking record %llu: %s",
		(unsigned long long)last + 1, strerror(errno));
	return -errno;
}

static int connect_to(struct kl_kernel *kernel)
{
	struct kl_input *input = &kernel->input;
	u64 instance, last;
	int fd, error;

	error = kl_kernel_instance(&instance);
	if (error)
		return error;
	fd = input->open_proc(input);
	if (fd < 0)
		return fd;
	last = input->begin(input, instance);
	if (instance != kernel->instance)
		kernel->seen = kernel->acknowledged = 0;
	kernel->instance = instance;
	kernel->seen = max(kernel->seen, last);
	error = seek(fd, kernel->seen);
	kernel->watch.fd = fd;
	if (!error)
		error = kl_loop_add(input->loop, &kernel->watch, EPOLLIN);
	if (error) {
		close(fd);
		kernel->watch.fd = -1;
		return error;
	}
	kernel->connects++;
	if (kernel->absent)
		kl_tell(LOG_NOTICE, "reading /proc/kellas/audit");
	kernel->absent = 0;
	become_keeper(kernel);
	input->batch(input);
	return 0;
}

static void try_again(struct kl_timer *timer)
{
	struct kl_kernel *kernel = timer->data;
	int error;

	if (kernel->watch.fd >= 0) {
		become_keeper(kernel);
		return;
	}
	error = connect_to(kernel);
	if (!error)
		return;
	complain(kernel, error);
	look_again(kernel);
}

void kl_kernel_acknowledge(struct kl_kernel *kernel, u64 sequence)
{
	char word[32];
	int error;

	if (!kernel->keeper || sequence <= kernel->acknowledged)
		return;
	snprintf(word, sizeof(word), "ack %llu\n", (unsigned long long)sequence);
	error = kl_write_fd(kernel->watch.fd, word, strlen(word));
	if (error)
		kl_tell(LOG_WARNING, "/proc/kellas/audit: acknowledging %llu: %s",
			(unsigned long long)sequence, strerror(-error));
	kernel->acknowledged = sequence;
}

/* ------------------------------------------------------------ the type */

struct kl_kernel *kl_kernel_of(struct kl_input *input)
{
	return input->type == &kl_input_kernel ? (struct kl_kernel *)input : NULL;
}

static int open_kernel(struct kl_input *input)
{
	struct kl_kernel *kernel = (struct kl_kernel *)input;

	if (kl_strings_init(&kernel->strings))
		return -ENOMEM;
	kl_logline_init(&kernel->line, &kernel->strings);
	kernel->watch = (struct kl_watch){ -1, read_more, kernel };
	kernel->retry = (struct kl_timer){ .expired = try_again, .data = kernel };
	try_again(&kernel->retry);
	return 0;
}

static void close_kernel(struct kl_input *input)
{
	struct kl_kernel *kernel = (struct kl_kernel *)input;

	kl_timer_stop(input->loop, &kernel->retry);
	disconnect(kernel);
	kl_logline_free(&kernel->line);
	kl_strings_destroy(&kernel->strings);
	kl_buffer_free(&kernel->pending);
}

static void stat_kernel(struct kl_input *input, struct kl_buffer *out)
{
	const struct kl_kernel *kernel = (const struct kl_kernel *)input;

	kl_buffer_printf(out, " connected=%s keeper=%s",
			 kernel->watch.fd >= 0 ? "yes" : "no",
			 kernel->keeper ? "yes" : "no");
	if (kernel->instance)
		kl_buffer_printf(out, " instance=%016llx",
				 (unsigned long long)kernel->instance);
	kl_figure(out, "seen", kernel->seen);
	kl_figure(out, "acknowledged", kernel->acknowledged);
	kl_figure(out, "records", kernel->records);
	kl_figure(out, "bytes", kernel->bytes);
	kl_figure(out, "connects", kernel->connects);
	kl_figure(out, "lost", kernel->lost);
	kl_figure(out, "suppressed", kernel->suppressed);
	kl_figure(out, "missing", kernel->missing);
	kl_figure(out, "repeated", kernel->repeated);
	kl_figure(out, "unreadable", kernel->unreadable);
}

static const struct kl_conf_key keys[] = { { 0 } };

const struct kl_input_type kl_input_kernel = {
	.name = "kernel",
	.help = "records of the kernel module",
	.keys = keys,
	.size = sizeof(struct kl_kernel),
	.open = open_kernel,
	.stat = stat_kernel,
	.close = close_kernel,
};
