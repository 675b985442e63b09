// SPDX-License-Identifier: GPL-2.0
/* kellasctl monitor */
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "limits.h"
#include "pick.h"
#include "proc.h"
#include "record_output.h"
#include "source.h"

enum { RAW = 256 + 1, SINCE, FILE_NAME, RESULT, PRIORITY, RULE };

static const struct kl_option options[] = {
	{ "raw", RAW, NULL, NULL, "print the records unchanged" },
	{ "lines", 'n', "N", NULL, "end after N records" },
	{ "since", SINCE, "WHEN", "start now",
	  "the oldest record (start) or only new ones (now)" },
	{ "file", FILE_NAME, "LOG", "@file",
	  "read a log file instead of the kernel ('-': stdin)" },
	{ "result", RESULT, "RESULT", "allowed denied unmatched",
	  "only records with this result" },
	{ "priority", PRIORITY, "N", NULL, "only records of blocks with this priority" },
	{ "rule", RULE, "LABEL", NULL, "only records of the rule with this label" },
	{ 0 },
};

/* A record's text is at most 4 times its binary form; no line need be longer. */
#define LINE_MAX_BYTES (8 * KL_RECORD_MAX)
#define READ_SIZE (512u << 10) /* any record fits */

/**
 * struct monitor - options, and what was seen
 * @common: output
 * @fd: where records come from
 * @file: name of a log file, or NULL for the kernel
 * @raw, @since_now: options
 * @limit: records to show, 0: no limit
 * @pick: only these
 * @line: the record at hand
 * @pending: bytes read that are not a whole line yet
 * @skipping: the line at hand is too long and is thrown away
 * @results: records by result
 * @shown, @lost, @suppressed, @unreadable: records
 */
struct monitor {
	struct kl_common common;
	int fd;
	const char *file;
	bool raw, since_now;
	u64 limit;
	struct kl_pick pick;
	struct kl_logline line;
	struct kl_buffer pending;
	bool skipping;
	u64 results[KL_RESULTS];
	u64 shown, lost, suppressed, unreadable;
};

static volatile sig_atomic_t interrupted;

static void note_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Only while it waits is the monitor interrupted, so no signal comes too early. */
static void catch_signals(sigset_t *waiting)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, waiting);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static bool is_wanted(struct monitor *monitor)
{
	struct kl_logline *line = &monitor->line;

	/* What is missing must not be missed. */
	if (line->kind != KL_LOGLINE_REQUEST)
		return true;
	return kl_pick_takes(&monitor->pick, line);
}

static void count(struct monitor *monitor)
{
	const struct kl_logline *line = &monitor->line;

	switch (line->kind) {
	case KL_LOGLINE_LOST:
		monitor->lost += line->count;
		break;
	case KL_LOGLINE_SUPPRESSED:
		monitor->suppressed += line->count;
		break;
	case KL_LOGLINE_REQUEST:
		monitor->results[line->result]++;
	}
}

static void print_raw(struct monitor *monitor, struct kl_text line)
{
	fwrite(line.data, 1, line.length, stdout);
	putchar('\n');
	(void)monitor;
}

static void take_line(struct monitor *monitor, struct kl_text line)
{
	struct kl_error error;

	if (!line.length)
		return;
	if (kl_logline_parse(&monitor->line, line, &error)) {
		monitor->unreadable++;
		if (monitor->raw)
			print_raw(monitor, line);
		else
			kl_put_unreadable(&monitor->common.output, line, &error);
		return;
	}
	count(monitor);
	if (!is_wanted(monitor))
		return;
	if (monitor->line.kind == KL_LOGLINE_REQUEST)
		monitor->shown++;
	if (monitor->raw)
		print_raw(monitor, line);
	else
		kl_put_record(&monitor->common.output, &monitor->line);
}

static bool is_enough(const struct monitor *monitor)
{
	return monitor->limit && monitor->shown >= monitor->limit;
}

/* A line of impossible length: say so once, and go on behind it. */
static void skip_line(struct monitor *monitor)
{
	struct kl_error error = { .column = 1,
				  .text = "the line is too long for a record" };

	if (!monitor->skipping) {
		monitor->unreadable++;
		kl_put_unreadable(&monitor->common.output,
				  kl_text_head(kl_buffer_text(&monitor->pending), 80),
				  &error);
	}
	monitor->skipping = true;
	kl_buffer_clear(&monitor->pending);
}

static void take_lines(struct monitor *monitor, bool end)
{
	struct kl_text rest = kl_buffer_text(&monitor->pending), line;
	const char *newline;

	while (rest.length && !is_enough(monitor)) {
		newline = memchr(rest.data, '\n', rest.length);
		if (!newline && !end)
			break;
		line = newline ? kl_text_head(rest, newline - rest.data) : rest;
		rest = kl_text_from(rest, line.length + (newline ? 1 : 0));
		if (!monitor->skipping)
			take_line(monitor, line);
		monitor->skipping = false;
	}
	memmove(monitor->pending.data, rest.data, rest.length);
	monitor->pending.length = rest.length;
	if (rest.length > LINE_MAX_BYTES || monitor->skipping)
		skip_line(monitor);
}

/*
 * A stream that is always ready would keep ppoll() from letting a signal in:
 * open the door once per round.
 */
static void let_signals_in(const sigset_t *waiting)
{
	sigset_t blocked;

	sigprocmask(SIG_SETMASK, waiting, &blocked);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
}

/* Returns bytes read, 0 at the end or when interrupted, or a negative errno. */
static ssize_t read_more(struct monitor *monitor, const sigset_t *waiting)
{
	struct pollfd poll = { .fd = monitor->fd, .events = POLLIN };
	ssize_t got;

	if (ppoll(&poll, 1, NULL, waiting) < 0)
		return errno == EINTR && interrupted ? 0 : -errno;
	kl_buffer_room(&monitor->pending, READ_SIZE);
	got = read(monitor->fd, monitor->pending.data + monitor->pending.length,
		   READ_SIZE);
	if (got < 0)
		return -errno;
	monitor->pending.length += got;
	return got;
}

static int follow(struct monitor *monitor)
{
	sigset_t waiting;
	ssize_t got;

	catch_signals(&waiting);
	while (!is_enough(monitor)) {
		let_signals_in(&waiting);
		if (interrupted)
			break;
		got = read_more(monitor, &waiting);
		if (got == -EINTR || got == -EAGAIN)
			continue;
		if (got <= 0) {
			take_lines(monitor, true);
			return got;
		}
		take_lines(monitor, false);
		if (kl_finish(&monitor->common.output))
			return 0;
	}
	return 0;
}

static void summarise(const struct monitor *monitor)
{
	const u64 *results = monitor->results;

	if (monitor->common.quiet)
		return;
	fflush(stdout);
	fprintf(stderr,
		"%llu records shown; seen: %llu allowed, %llu denied, %llu unmatched; "
		"%llu lost, %llu suppressed, %llu unreadable\n",
		(unsigned long long)monitor->shown,
		(unsigned long long)results[KL_ALLOWED],
		(unsigned long long)results[KL_DENIED],
		(unsigned long long)results[KL_UNMATCHED],
		(unsigned long long)monitor->lost,
		(unsigned long long)monitor->suppressed,
		(unsigned long long)monitor->unreadable);
}

static int open_kernel(struct monitor *monitor)
{
	int status = kl_proc_check();

	if (status)
		return status;
	monitor->fd = kl_proc_open("audit", O_RDONLY | O_NONBLOCK);
	if (monitor->fd < 0)
		return kl_proc_complain("audit", monitor->fd);
	if (monitor->since_now && lseek(monitor->fd, 0, SEEK_END) < 0)
		return kl_proc_complain("audit", -errno);
	return KL_EXIT_OK;
}

static int open_input(struct monitor *monitor)
{
	if (!monitor->file)
		return open_kernel(monitor);
	if (!strcmp(monitor->file, "-")) {
		monitor->fd = STDIN_FILENO;
		return KL_EXIT_OK;
	}
	monitor->fd = open(monitor->file, O_RDONLY | O_CLOEXEC);
	if (monitor->fd >= 0)
		return KL_EXIT_OK;
	kl_complain("%s: %s", monitor->file, strerror(errno));
	return KL_EXIT_FAILURE;
}

static int watch(struct monitor *monitor)
{
	int status = open_input(monitor), error;
	struct kl_strings strings;

	if (status)
		return status;
	if (kl_strings_init(&strings)) {
		kl_complain("out of memory");
		return KL_EXIT_FAILURE;
	}
	kl_logline_init(&monitor->line, &strings);
	monitor->common.output.pretty = false;
	error = follow(monitor);
	summarise(monitor);
	if (error) {
		kl_complain("%s: %s", monitor->file ? monitor->file : "audit",
			    strerror(-error));
		status = KL_EXIT_FAILURE;
	}
	kl_logline_free(&monitor->line);
	kl_strings_destroy(&strings);
	kl_buffer_free(&monitor->pending);
	if (monitor->fd > STDERR_FILENO)
		close(monitor->fd);
	return status;
}

static int make_filter(struct monitor *monitor, int argc, char **argv)
{
	struct kl_buffer text = { 0 };
	struct kl_error error;

	monitor->pick.filter = kl_filter_from_words(argc, argv, &text, &error);
	if (!monitor->pick.filter) {
		kl_complain("filter: %s", error.text);
		kl_caret(stderr, kl_buffer_text(&text), error.column);
	}
	kl_buffer_free(&text);
	return monitor->pick.filter ? -1 : KL_EXIT_USAGE;
}

static int bad_argument(const char *what)
{
	return kl_usage(&monitor_command, "'%s' is no %s", optarg, what);
}

static int set_option(struct monitor *monitor, int option)
{
	u64 number = 0;

	switch (option) {
	case RAW:
		monitor->raw = true;
		return -1;
	case FILE_NAME:
		monitor->file = optarg;
		return -1;
	case RULE:
		monitor->pick.rule = optarg;
		return -1;
	case SINCE:
		monitor->since_now = !strcmp(optarg, "now");
		return monitor->since_now || !strcmp(optarg, "start") ?
			       -1 :
			       bad_argument("start");
	case RESULT:
		monitor->pick.result = kl_result_find(kl_text_of(optarg));
		return monitor->pick.result >= 0 ? -1 : bad_argument("result");
	case PRIORITY:
		if (kl_parse_number(optarg, KL_PRIORITY_MAX, &number))
			return bad_argument("priority");
		monitor->pick.priority = number;
		return -1;
	case 'n':
		if (kl_parse_number(optarg, ~0ull, &monitor->limit) || !monitor->limit)
			return bad_argument("number of records");
		return -1;
	default:
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct monitor monitor = { .fd = -1, .pick = KL_PICK_ANY };
	int option, status = -1;

	kl_common_init(&monitor.common);
	while (status < 0 &&
	       (option = kl_option_next(command, argc, argv, &monitor.common)) != -1)
		status = set_option(&monitor, option);
	if (status < 0 && optind < argc)
		status = make_filter(&monitor, argc - optind, argv + optind);
	if (status < 0)
		status = watch(&monitor);
	kl_filter_free(monitor.pick.filter);
	return kl_common_done(&monitor.common, status);
}

const struct kl_command monitor_command = {
	.name = "monitor",
	.arguments = "[--] [OPERATION [CONDITION]...]",
	.words = "@op",
	.summary = "Follow the log",
	.details =
		"Shows records as they are made, or those of a file; with an operation and\n"
		"conditions in the policy language only those that match. Records of what\n"
		"was lost or suppressed are always shown. Ends at the end of the file, after\n"
		"-n records, or on Ctrl-C, with counts on standard error.\n",
	.options = options,
	.run = run,
};
