// SPDX-License-Identifier: GPL-2.0
/*
 * kellasctl stat
 *
 * The module's text is words KEY or KEY=VALUE, one subject a line, policy text
 * behind " / ". The tables below name what is known; lines and keys that are
 * not known are shown as they are, so that a newer module loses nothing.
 */
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <time.h>

#include "engine/lex.h"
#include "kellasctl.h"
#include "limits.h"
#include "proc.h"
#include "stat_line.h"

static const struct kl_option options[] = {
	{ "rules", 'r', NULL, NULL, "also the hits of every block and rule" },
	{ "functions", 'f', NULL, NULL, "also the kernel functions attached" },
	{ 0 },
};

static bool is_time(struct kl_text key)
{
	return kl_text_is(key, "last") ||
	       (key.length > 3 && kl_text_is(kl_text_from(key, key.length - 3), "_at"));
}

/* Seconds, perhaps with a fraction, since the epoch; 0 is never. */
static void format_time(struct kl_text value, char *text, size_t size)
{
	time_t seconds = kl_stat_number(kl_text_until(&value, '.'));
	struct tm tm;

	if (!seconds || !gmtime_r(&seconds, &tm))
		snprintf(text, size, "never");
	else
		strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* "key value" for the eye; JSON gets numbers as numbers and times in ISO form. */
static void put_pair(struct kl_output *output, const struct kl_stat_pair *pair)
{
	char key[64], time[64];
	u64 number;

	snprintf(key, sizeof(key), "%.*s", (int)pair->key.length, pair->key.data);
	kl_say(output, "  %s%s", key, pair->value.length ? " " : "");
	if (is_time(pair->key)) {
		format_time(pair->value, time, sizeof(time));
		kl_put_string(output, key, "%s", time);
	} else if (!kl_text_is(pair->key, "instance") &&
		   !kl_text_decimal(pair->value, ~0ull, &number)) {
		kl_put_number(output, key, "%s", number);
	} else {
		kl_put_text(output, key, "%s", pair->value);
	}
}

static void put_pairs(struct kl_output *output, const struct kl_stat_line *line,
		      u32 first)
{
	u32 i;

	for (i = first; i < line->count; i++)
		put_pair(output, &line->pairs[i]);
}

static const char *copy_word(struct kl_text text, char *copy, size_t size)
{
	snprintf(copy, size, "%.*s", (int)min_t(size_t, text.length, size - 1),
		 text.data);
	return copy;
}

/* A subject that stands once: "log written=..." */
static void put_single(struct kl_output *output, const struct kl_stat_line *line)
{
	char subject[64];

	copy_word(line->subject, subject, sizeof(subject));
	kl_open_object(output, subject);
	kl_paint(output, KL_BOLD);
	kl_put_string(output, "", "%-10s", subject);
	kl_paint(output, KL_PLAIN);
	if (kl_text_is(line->subject, "instance") && line->count) {
		kl_put_text(output, "id", "  %s", line->pairs[0].key);
		put_pairs(output, line, 1);
	} else {
		put_pairs(output, line, 0);
	}
	kl_close(output);
	kl_say(output, "\n");
}

/* One of many: "operation read checks=...": the word behind names it. */
static void put_named(struct kl_output *output, const struct kl_stat_line *line,
		      const char *key)
{
	kl_open_object(output, NULL);
	kl_put_text(output, key, "  %-28s", line->pairs[0].key);
	put_pairs(output, line, 1);
	kl_close(output);
	kl_say(output, "\n");
}

static void put_hits(struct kl_output *output, const struct kl_stat_line *line, bool rule)
{
	static const char *const columns[] = { "hits", "denials", "unenforced", "lost" };
	bool lost = kl_stat_number(kl_stat_value(line, "lost")) > 0;
	struct kl_text label = kl_stat_value(line, "label");
	char last[64];
	size_t i;

	kl_open_object(output, NULL);
	kl_put_text(output, "kind", NULL, line->subject);
	if (lost)
		kl_paint(output, KL_BAD);
	for (i = 0; i < ARRAY_SIZE(columns); i++)
		kl_put_number(output, columns[i], i == 2 ? "%11s" : "%10s",
			      kl_stat_number(kl_stat_value(line, columns[i])));
	if (lost)
		kl_paint(output, KL_PLAIN);
	format_time(kl_stat_value(line, "last"), last, sizeof(last));
	kl_put_string(output, "last", "  %-20s ", last);
	kl_put_number(output, "line", NULL, kl_stat_number(kl_stat_value(line, "line")));
	kl_put_text(output, "text", rule ? "    %s" : "%s", line->policy);
	/* Of a block; that of a rule is part of its text. */
	if (label.length)
		kl_put_text(output, "label", "  label %s", label);
	kl_close(output);
	kl_say(output, "\n");
}

static bool is_hits(const struct kl_stat_line *line)
{
	return kl_text_is(line->subject, "block") || kl_text_is(line->subject, "rule") ||
	       kl_text_is(line->subject, "group");
}

static bool is_listed(const struct kl_stat_line *line)
{
	return is_hits(line) || kl_text_is(line->subject, "operation") ||
	       kl_text_is(line->subject, "function") ||
	       kl_text_is(line->subject, "memory");
}

typedef void (*printer)(struct kl_output *output, const struct kl_stat_line *line);

static void put_memory(struct kl_output *output, const struct kl_stat_line *line)
{
	put_named(output, line, "kind");
}

/* Operations that nobody asked anything about are left out of text. */
static void put_operation(struct kl_output *output, const struct kl_stat_line *line)
{
	if (output->format == KL_FORMAT_JSON ||
	    kl_stat_number(kl_stat_value(line, "checks")))
		put_named(output, line, "operation");
}

static void put_function(struct kl_output *output, const struct kl_stat_line *line)
{
	put_named(output, line, "function");
}

static void put_block_or_rule(struct kl_output *output, const struct kl_stat_line *line)
{
	put_hits(output, line, kl_text_is(line->subject, "rule"));
}

/* All lines of a subject ("rule" stands for blocks and groups too) as one list. */
static void put_list(struct kl_output *output, struct kl_text text, const char *subject,
		     const char *key, const char *title, printer print)
{
	struct kl_stat_line line;

	kl_open_array(output, key);
	kl_paint(output, KL_BOLD);
	kl_say(output, "%s\n", title);
	kl_paint(output, KL_PLAIN);
	while (kl_stat_next(&text, &line))
		if (kl_text_is(line.subject, subject) ||
		    (!strcmp(subject, "rule") && is_hits(&line)))
			if (is_hits(&line) || line.count)
				print(output, &line);
	kl_close(output);
}

/* ---------------------------------------------------------- the daemon */

#define DAEMON_STAT "/run/kellas/auditd.stat"

/* Nothing if there is none, or never was. */
static void read_daemon(struct kl_buffer *text)
{
	const char *name = getenv("KELLAS_AUDITD_STAT");
	int fd = open(name && *name ? name : DAEMON_STAT, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (kl_read_fd(fd, text, KL_TRANSACTION_MAX))
		kl_buffer_clear(text);
	close(fd);
}

/* What is down is what somebody looks for. */
static bool is_down(const struct kl_stat_line *line)
{
	return kl_text_is(kl_stat_value(line, "state"), "down") ||
	       kl_text_is(kl_stat_value(line, "connected"), "no");
}

static void put_part(struct kl_output *output, const struct kl_stat_line *line)
{
	bool down = is_down(line);

	kl_open_object(output, NULL);
	if (down)
		kl_paint(output, KL_BAD);
	kl_put_text(output, kl_text_is(line->subject, "input") ? "kind" : "name",
		    "  %-14s", line->pairs[0].key);
	put_pairs(output, line, 1);
	if (down)
		kl_paint(output, KL_PLAIN);
	kl_close(output);
	kl_say(output, "\n");
}

/* The last thing it wrote; is it still there? */
static void put_running(struct kl_output *output, const struct kl_stat_line *line)
{
	u64 pid = kl_stat_number(kl_stat_value(line, "pid"));
	bool running = pid && pid <= INT_MAX && (!kill(pid, 0) || errno == EPERM) &&
		       kl_text_is(kl_stat_value(line, "state"), "running");

	kl_open_object(output, "daemon");
	kl_paint(output, KL_BOLD);
	kl_put_string(output, "", "%-10s", "daemon");
	kl_paint(output, KL_PLAIN);
	put_pairs(output, line, 0);
	kl_put_bool(output, "running", NULL, running);
	if (!running) {
		kl_paint(output, KL_BAD);
		kl_say(output, "  does not run: these are the counters it left");
		kl_paint(output, KL_PLAIN);
	}
	kl_say(output, "\n");
}

static void put_daemon(struct kl_output *output, struct kl_text rest)
{
	struct kl_stat_line line;

	if (!kl_stat_next(&rest, &line))
		return;
	put_running(output, &line);
	put_list(output, rest, "input", "inputs", "inputs", put_part);
	put_list(output, rest, "sink", "sinks", "sinks", put_part);
	put_list(output, rest, "route", "routes", "routes", put_part);
	kl_close(output);
}

static void put_stat(struct kl_output *output, struct kl_text text, struct kl_text daemon,
		     bool rules, bool functions)
{
	struct kl_text rest = text;
	struct kl_stat_line line;

	kl_open_object(output, NULL);
	while (kl_stat_next(&rest, &line))
		if (line.subject.length && !is_listed(&line))
			put_single(output, &line);
	put_list(output, text, "memory", "memory", "memory", put_memory);
	put_list(output, text, "operation", "operations", "operations", put_operation);
	if (functions)
		put_list(output, text, "function", "functions", "functions",
			 put_function);
	if (rules)
		put_list(
			output, text, "rule", "rules",
			"      hits   denials unenforced      lost  last                 rule",
			put_block_or_rule);
	put_daemon(output, daemon);
	kl_close(output);
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_buffer text = { 0 }, daemon = { 0 };
	struct kl_common common;
	bool rules = false, functions = false;
	int option, error, status;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option == 'r')
			rules = true;
		else if (option == 'f')
			functions = true;
		else
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
	if (optind != argc)
		return kl_usage(command, "no arguments are expected");
	status = kl_proc_check();
	error = status ? 0 : kl_proc_read("stat", &text);
	if (error)
		status = kl_proc_complain("stat", error);
	read_daemon(&daemon);
	if (!status) {
		put_stat(&common.output, kl_buffer_text(&text), kl_buffer_text(&daemon),
			 rules, functions);
	} else if (daemon.length) {
		/* Without a module it may have records of other machines. */
		kl_open_object(&common.output, NULL);
		put_daemon(&common.output, kl_buffer_text(&daemon));
		kl_close(&common.output);
	}
	kl_buffer_free(&text);
	kl_buffer_free(&daemon);
	return kl_common_done(&common, status);
}

const struct kl_command stat_command = {
	.name = "stat",
	.arguments = "",
	.words = NULL,
	.summary = "Show counters: requests, log, memory, and hits of every rule",
	.details =
		"And those of kellas-auditd, if it runs: how far each sink has got, and what\n"
		"could not be kept.\n",
	.options = options,
	.run = run,
};
