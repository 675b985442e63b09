// SPDX-License-Identifier: GPL-2.0
/* kellasctl query */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "keys.h"
#include "limits.h"
#include "proc.h"
#include "queries.h"
#include "record_output.h"

static const struct kl_option options[] = {
	{ "timeout", 't', "SECONDS", NULL,
	  "deny what has not been answered after SECONDS (at most 60)" },
	{ 0 },
};

/* The kernel gives up after ten seconds without a sign of life. */
#define ALIVE_MS 1000

/**
 * struct asking - options, and what is being asked
 * @common: output
 * @queries: the module
 * @keys: the user
 * @typed: what he typed last
 * @timeout: seconds until a query is denied; 0: as the kernel says
 * @strings: words of @line
 * @line: record of the query
 * @text: the record as it was read; @line points into it
 * @serial: its number
 * @waiting: signals let in while waiting
 */
struct asking {
	struct kl_common common;
	struct kl_queries queries;
	struct kl_keys keys;
	struct kl_buffer typed;
	u64 timeout;
	struct kl_strings strings;
	struct kl_logline line;
	struct kl_buffer text;
	u32 serial;
	sigset_t waiting;
};

static volatile sig_atomic_t interrupted, suspended;

static void note_signal(int signal)
{
	if (signal == SIGTSTP)
		suspended = 1;
	else
		interrupted = 1;
}

/* Only while it waits: so the terminal is never left as it should not be. */
static void catch_signals(struct asking *asking)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGTSTP };
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&blocked, signals[i]);
	sigprocmask(SIG_BLOCK, &blocked, &asking->waiting);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

static void suspend(struct asking *asking)
{
	bool single = asking->keys.single;

	suspended = 0;
	kl_keys_single(&asking->keys, false);
	raise(SIGSTOP);
	kl_keys_single(&asking->keys, single);
}

static u64 now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (u64)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * Waits for a query, if @query, and for the user.
 * Return: a negative errno, or 0.
 */
static int wait_some(struct asking *asking, bool query, int milliseconds)
{
	struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000l };
	struct pollfd polls[2] = {
		{ .fd = asking->keys.ended ? -1 : asking->keys.fd, .events = POLLIN },
		{ .fd = query ? asking->queries.query : -1, .events = POLLIN },
	};
	int got = ppoll(polls, 2, milliseconds < 0 ? NULL : &time, &asking->waiting);

	if (suspended)
		suspend(asking);
	if (got < 0)
		return errno == EINTR ? 0 : -errno;
	return polls[0].revents ? kl_keys_read(&asking->keys) : 0;
}

/*
 * Does the query at hand still wait? One that does not is not read any more.
 * Reading goes on behind it, to the end, and only then begins again.
 */
static bool is_pending(struct asking *asking)
{
	bool found = false;
	int round;

	for (round = 0; round < 2 && !found; round++)
		while (kl_queries_next(&asking->queries) > 0)
			found |= asking->queries.serial == asking->serial;
	return found;
}

static void put_query(struct asking *asking)
{
	struct kl_output *output = &asking->common.output;
	struct kl_text record;
	struct kl_error error;

	kl_buffer_clear(&asking->text);
	kl_buffer_add(&asking->text, asking->queries.record.data,
		      asking->queries.record.length);
	record = kl_buffer_text(&asking->text);
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "query");
	kl_paint(output, KL_BOLD);
	kl_put_number(output, "serial", "Query %s", asking->serial);
	if (asking->queries.retry)
		kl_put_number(output, "retry", ", retry %s", asking->queries.retry);
	kl_paint(output, KL_PLAIN);
	kl_say(output, ":\n");
	if (kl_logline_parse(&asking->line, record, &error))
		kl_put_text(output, "record", "%s\n", record);
	else if (output->format == KL_FORMAT_TEXT)
		kl_put_record(output, &asking->line);
	else
		kl_put_text(output, "record", NULL, record);
	kl_close(output);
	fflush(output->stream);
}

static void put_end(struct asking *asking, const char *how)
{
	struct kl_output *output = &asking->common.output;

	if (asking->common.quiet)
		return;
	kl_open_object(output, NULL);
	kl_put_string(output, "type", NULL, "answer");
	kl_put_number(output, "serial", "Query %s: ", asking->serial);
	kl_put_string(output, "answer", "%s\n", how);
	kl_close(output);
	fflush(output->stream);
}

static void prompt(struct asking *asking, const char *text)
{
	if (!asking->keys.terminal || asking->common.output.format != KL_FORMAT_TEXT)
		return;
	fputs(text, stdout);
	fflush(stdout);
}

#define KEYS_TEXT "[y]es [n]o [r]etry [s]how its block [a]dd a rule and retry [q]uit: "

static int write_answer(struct asking *asking, enum kl_reply reply)
{
	static const char *const words[] = {
		[KL_REPLY_GRANT] = "granted",
		[KL_REPLY_DENY] = "denied",
		[KL_REPLY_RETRY] = "retried",
	};
	int error = kl_queries_reply(&asking->queries, asking->serial, reply);

	if (!error)
		put_end(asking, words[reply]);
	return error;
}

static int show(struct asking *asking)
{
	struct kl_output *output = &asking->common.output;
	struct kl_buffer text = { 0 };
	int error = kl_queries_block(&asking->queries, asking->serial, NULL, &text);

	if (!error) {
		kl_open_object(output, NULL);
		kl_put_string(output, "type", NULL, "block");
		kl_put_number(output, "serial", NULL, asking->serial);
		kl_put_text(output, "block", "%s", kl_buffer_text(&text));
		kl_close(output);
		fflush(output->stream);
	}
	kl_buffer_free(&text);
	return error;
}

/* Return: 0; 1: added; a negative errno. An error of the rule is only told. */
static int add(struct asking *asking, const char *rule)
{
	struct kl_buffer text = { 0 };
	int error = kl_queries_block(&asking->queries, asking->serial, rule, &text);
	struct kl_error refusal;
	bool told = error && kl_queries_refusal(&text, &refusal);

	if (told)
		kl_complain("column %u: %s", refusal.column, refusal.text);
	kl_buffer_free(&text);
	return told ? 0 : error ? error : 1;
}

/*
 * What the user types next, as long as the query waits.
 * Return: 1: asking->typed; 0: the query is over; a negative errno.
 */
static int next_typed(struct asking *asking, u64 until)
{
	u64 alive = 0;
	int error;

	for (;;) {
		if (interrupted)
			return -EINTR;
		if (kl_keys_take(&asking->keys, &asking->typed))
			return 1;
		if (asking->keys.ended)
			return -EPIPE;
		if (now_ms() >= until)
			return -ETIME;
		if (now_ms() - alive >= ALIVE_MS) {
			if (!is_pending(asking))
				return 0;
			error = kl_queries_alive(&asking->queries);
			if (error)
				return error;
			alive = now_ms();
		}
		error = wait_some(asking, false, ALIVE_MS / 4);
		if (error)
			return error;
	}
}

/* "a RULE", or the rule is asked for. Return: as add(), or as next_typed(). */
static int ask_rule(struct asking *asking, u64 until)
{
	struct kl_text typed = kl_buffer_text(&asking->typed);
	size_t start;
	char *rule;
	int got = 1;

	if (typed.length > 1) {
		rule = kl_xstrdup(typed.data + 1);
	} else {
		prompt(asking, "\nA rule for its block, such as: 5 allow task.uid=0\n> ");
		kl_keys_single(&asking->keys, false);
		got = next_typed(asking, until);
		kl_keys_single(&asking->keys, true);
		if (got <= 0)
			return got ? got : -ESTALE;
		typed = kl_buffer_text(&asking->typed);
		rule = kl_xstrdup(typed.length ? typed.data : "");
	}
	start = strspn(rule, " \t\r");
	got = rule[start] ? add(asking, rule + start) : 0;
	free(rule);
	return got;
}

/* Return: 0: ask on; 1: answered; a negative errno. */
static int act(struct asking *asking, u64 until)
{
	char key = asking->typed.length ? asking->typed.data[0] : '\n';
	int got;

	if (asking->keys.single)
		prompt(asking, "\n");
	switch (key) {
	case 'y':
		got = write_answer(asking, KL_REPLY_GRANT);
		return got ? got : 1;
	case 'n':
		got = write_answer(asking, KL_REPLY_DENY);
		return got ? got : 1;
	case 'r':
		got = write_answer(asking, KL_REPLY_RETRY);
		return got ? got : 1;
	case 's':
		return show(asking);
	case 'a':
		got = ask_rule(asking, until);
		if (got <= 0)
			return got;
		got = write_answer(asking, KL_REPLY_RETRY);
		return got ? got : 1;
	case 'q':
		return -EPIPE;
	default:
		return 0;
	}
}

/* One query, from its display to its end. Return: 0 or a negative errno. */
static int ask(struct asking *asking)
{
	u64 seconds = asking->timeout ? asking->timeout : KL_QUERY_SECONDS_MAX;
	u64 until = now_ms() + seconds * 1000;
	int got = 0;

	put_query(asking);
	kl_keys_single(&asking->keys, true);
	while (!got) {
		prompt(asking, KEYS_TEXT);
		got = next_typed(asking, until);
		if (!got)
			got = -ESTALE;
		if (got > 0)
			got = act(asking, until);
	}
	if (got == -ESTALE || got == -ETIME)
		prompt(asking, "\n");
	if (got == -ESTALE)
		put_end(asking, "gone");
	if (got == -ETIME)
		got = write_answer(asking, KL_REPLY_DENY);
	return got == -ESTALE ? 0 : min(got, 0);
}

/* Does the user want to leave while nothing is asked? A pipe waits its turn. */
static bool wants_to_leave(struct asking *asking)
{
	if (!asking->keys.terminal)
		return asking->keys.ended && !asking->keys.pending.length;
	while (kl_keys_take(&asking->keys, &asking->typed))
		if (asking->typed.length && asking->typed.data[0] == 'q')
			return true;
	return asking->keys.ended;
}

static int ask_all(struct asking *asking)
{
	int got = 0;

	kl_keys_single(&asking->keys, true);
	while (!interrupted && got >= 0) {
		got = kl_queries_next(&asking->queries);
		asking->serial = asking->queries.serial;
		if (got > 0)
			got = ask(asking);
		else if (!got && wants_to_leave(asking))
			return 0;
		else if (!got)
			got = wait_some(asking, true, -1);
	}
	return got == -EPIPE || got == -EINTR ? 0 : got;
}

static int open_files(struct asking *asking)
{
	int status = kl_proc_check(), error;
	const char *which;

	if (status)
		return status;
	error = kl_queries_open(&asking->queries, &which);
	return error ? kl_proc_complain(which, error) : KL_EXIT_OK;
}

static int query(struct asking *asking)
{
	int status = open_files(asking), error;

	if (status)
		return status;
	if (kl_strings_init(&asking->strings)) {
		kl_complain("out of memory");
		return KL_EXIT_FAILURE;
	}
	kl_logline_init(&asking->line, &asking->strings);
	kl_keys_init(&asking->keys, STDIN_FILENO);
	asking->common.output.pretty = false;
	catch_signals(asking);
	if (!asking->common.quiet)
		prompt(asking, "Waiting for denials. [q]uit leaves them denied.\n");
	error = ask_all(asking);
	kl_keys_done(&asking->keys);
	kl_logline_free(&asking->line);
	kl_strings_destroy(&asking->strings);
	kl_buffer_free(&asking->text);
	kl_buffer_free(&asking->typed);
	return error ? kl_proc_complain("query", error) : KL_EXIT_OK;
}

static int set_timeout(struct asking *asking, const struct kl_command *command)
{
	if (!kl_parse_number(optarg, KL_QUERY_SECONDS_MAX, &asking->timeout) &&
	    asking->timeout)
		return -1;
	return kl_usage(command, "--timeout takes 1 to %u seconds", KL_QUERY_SECONDS_MAX);
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct asking asking = { .queries = KL_QUERIES_CLOSED };
	int option, status = -1;

	kl_common_init(&asking.common);
	while (status < 0 && (option = kl_option_next(command, argc, argv,
						      &asking.common)) != -1)
		status = option == 't' ? set_timeout(&asking, command) :
			 option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	if (status < 0 && optind < argc)
		status = kl_usage(command, "no arguments are expected");
	if (status < 0)
		status = query(&asking);
	return kl_common_done(&asking.common, status);
}

const struct kl_command query_command = {
	.name = "query",
	.arguments = "",
	.words = NULL,
	.summary = "Answer what is denied, while it waits",
	.details =
		"While this runs, a denied request waits until it is answered: y permits it, n\n"
		"denies it, r looks at the rules again, s shows the block that denied, a adds a\n"
		"rule to that block and looks again, q leaves. On a terminal these are keys;\n"
		"otherwise lines, of which each answers what was shown last; 'a RULE' is one\n"
		"line, and the end of the input leaves. Whoever leaves denies what waits.\n",
	.options = options,
	.run = run,
};
