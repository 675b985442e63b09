// SPDX-License-Identifier: GPL-2.0
/* kellasctl report */
#include <getopt.h>
#include <unistd.h>

#include "filter.h"
#include "kellasctl.h"
#include "log.h"
#include "moment.h"
#include "progress.h"
#include "report_page.h"
#include "save_file.h"
#include "source.h"

enum { SINCE = 256 + 1, UNTIL, TITLE, MAX_RECORDS };

static const struct kl_option options[] = {
	{ "write", 'w', "FILE", "@file", "write the page to FILE ('-': stdout)" },
	{ "title", TITLE, "TEXT", NULL, "heading of the page" },
	{ "since", SINCE, "TIME", NULL, "only records from this time on, UTC" },
	{ "until", UNTIL, "TIME", NULL, "only records before this time" },
	{ "max-records", MAX_RECORDS, "N", NULL,
	  "records to show with all attributes (default: 20000)" },
	{ 0 },
};

/**
 * struct job - options, and what was found
 * @common: output
 * @file: where the page goes; NULL: stdout
 * @title: heading, or NULL
 * @since, @until: which records; @until 0: no end
 * @max_records: option
 * @condition: text of @filter
 * @filter: conditions, or NULL
 * @report: what was found
 */
struct job {
	struct kl_common common;
	const char *file;
	const char *title;
	u64 since, until;
	u64 max_records;
	struct kl_buffer condition;
	struct kl_filter *filter;
	struct report report;
};

static bool is_in_time(const struct job *job, const struct kl_logline *line)
{
	return line->time >= job->since && (!job->until || line->time < job->until);
}

static bool take(struct job *job, const struct kl_logline *line)
{
	report_note_instance(&job->report, line);
	if (!is_in_time(job, line))
		return true;
	if (line->kind != KL_LOGLINE_REQUEST) {
		report_add_note(&job->report, line);
		return true;
	}
	if (job->filter && !kl_filter_match(job->filter, &line->facts))
		return true;
	if (report_add(&job->report, line))
		return true;
	kl_progress_end();
	kl_complain("more than %u records: choose fewer of them by --since, --until or "
		    "conditions",
		    REPORT_RECORDS_MAX);
	return false;
}

static bool read_log(struct job *job, struct kl_log *log)
{
	const struct kl_log_counts *counts = kl_log_counts(log);
	const struct kl_logline *line;

	kl_progress_begin("reading", counts->size);
	while (kl_log_next(log, &line)) {
		if (!take(job, line))
			return false;
		kl_progress_step(counts->bytes);
	}
	kl_progress_end();
	return true;
}

static int fail(const char *name, int error)
{
	kl_complain("%s: %s", name, strerror(-error));
	return KL_EXIT_FAILURE;
}

static void tell(struct job *job, const struct kl_log *log, size_t size)
{
	struct kl_output *output = &job->common.output;

	kl_open_object(output, NULL);
	kl_put_string(output, "file", "%s:", job->file);
	kl_put_number(output, "records", " %s records", job->report.count);
	kl_put_number(output, "shown", ", %s of them in full", job->report.shown_count);
	kl_put_number(output, "bytes", ", %s bytes\n", size);
	kl_log_say_missing(output, log);
	kl_close(output);
}

static int write_page(struct job *job, const struct kl_log *log,
		      const struct kl_buffer *page)
{
	int error;

	if (!job->file) {
		errno = 0;
		if (fwrite(page->data, 1, page->length, stdout) != page->length)
			job->common.output.failed = errno ? errno : EIO;
		return KL_EXIT_OK;
	}
	error = kl_save_file(job->file, page);
	if (error)
		return fail(job->file, error);
	if (!job->common.quiet)
		tell(job, log, page->length);
	return KL_EXIT_OK;
}

static int make_report(struct job *job, char **names, int count)
{
	static char *usual[] = { KL_LOG_DEFAULT };
	struct report_about about = {
		.title = job->title ? job->title : "Kellas report",
		.condition = kl_buffer_text(&job->condition),
		.since = job->since,
		.until = job->until,
		.names = count ? names : usual,
		.name_count = count ? count : 1,
	};
	struct kl_buffer page = { 0 };
	struct kl_strings strings;
	struct kl_log *log;
	int status = KL_EXIT_FAILURE;

	if (kl_strings_init(&strings)) {
		kl_complain("out of memory");
		return status;
	}
	log = kl_log_open(names, count, &strings);
	if (log && read_log(job, log)) {
		about.counts = kl_log_counts(log);
		report_page(&page, &job->report, &about);
		status = write_page(job, log, &page);
	}
	if (log)
		kl_log_close(log);
	kl_strings_destroy(&strings);
	kl_buffer_free(&page);
	return status;
}

static int make_filter(struct job *job, int argc, char **argv)
{
	struct kl_buffer *text = &job->condition, word = { 0 };
	struct kl_error error;
	int op = kl_op_find(kl_text_of(argv[0])), i;

	kl_buffer_puts(text, argv[0]);
	for (i = 1; i < argc; i++) {
		if (op >= 0)
			kl_word_from_shell(op, argv[i], &word);
		kl_buffer_printf(text, " %s", word.data ? word.data : argv[i]);
	}
	job->filter = kl_filter_new(kl_buffer_text(text), &error);
	if (!job->filter) {
		kl_complain("filter: %s", error.text);
		kl_caret(stderr, kl_buffer_text(text), error.column);
	}
	kl_buffer_free(&word);
	return job->filter ? -1 : KL_EXIT_USAGE;
}

static int set_time(u64 *moment)
{
	if (!kl_moment_parse(optarg, moment))
		return -1;
	return kl_usage(&report_command, "'%s' is no time; 2026-11-21 19:03:40 is",
			optarg);
}

static int set_option(struct job *job, int option)
{
	switch (option) {
	case 'w':
		job->file = strcmp(optarg, "-") ? optarg : NULL;
		return -1;
	case TITLE:
		job->title = optarg;
		return -1;
	case SINCE:
		return set_time(&job->since);
	case UNTIL:
		return set_time(&job->until);
	case MAX_RECORDS:
		if (!kl_parse_number(optarg, REPORT_SHOWN_MAX, &job->max_records))
			return -1;
		return kl_usage(&report_command, "--max-records takes 0 to %u, not '%s'",
				REPORT_SHOWN_MAX, optarg);
	default:
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
}

/* Conditions stand behind "--", which getopt would take away. */
static int find_conditions(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++)
		;
	return i;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct job job = { .max_records = REPORT_SHOWN };
	int end = find_conditions(argc, argv), option, status = -1;

	kl_common_init(&job.common);
	while (status < 0 &&
	       (option = kl_option_next(command, end, argv, &job.common)) != -1)
		status = set_option(&job, option);
	if (status < 0 && end + 1 < argc)
		status = make_filter(&job, argc - end - 1, argv + end + 1);
	if (status < 0 && !job.file && isatty(STDOUT_FILENO))
		status = kl_usage(command,
				  "a page is nothing for a terminal: --write=FILE");
	if (status < 0) {
		report_init(&job.report, job.max_records);
		status = make_report(&job, argv + optind, end - optind);
		report_free(&job.report);
	}
	kl_filter_free(job.filter);
	kl_buffer_free(&job.condition);
	return kl_common_done(&job.common, status);
}

const struct kl_command report_command = {
	.name = "report",
	.arguments = "[LOG]... [-- OPERATION [CONDITION]...]",
	.words = "@file @op",
	.summary = "Make one HTML page of what happened",
	.details =
		"The page has a timeline, the tree of processes with what each of them did, the\n"
		"denials, and the records, and filters for all of these. It needs no network and\n"
		"nothing beside itself. Conditions behind -- choose records as in monitor.\n",
	.options = options,
	.run = run,
};
