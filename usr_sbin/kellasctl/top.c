// SPDX-License-Identifier: GPL-2.0
/* kellasctl top */
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "engine/lex.h"
#include "proc.h"
#include "record_output.h"
#include "top.h"

#define DELAY_DEFAULT 2000u
#define DELAY_MIN 100u
#define DELAY_MAX (3600u * 1000)

static const struct kl_option options[] = {
	{ "batch", 'b', NULL, NULL, "print one reading after the other" },
	{ "lines", 'n', "N", NULL, "end after N readings" },
	{ "delay", 'd', "SECONDS", NULL, "between two readings (default: 2)" },
	{ "sort", 's', "COLUMN", "hits denied unenforced lost rate last policy",
	  "order by this column (default: hits)" },
	{ "reverse", 'r', NULL, NULL, "the other way round" },
	{ "filter", 'f', "TEXT", NULL,
	  "only rules with this text in them, their block or its label" },
	{ 0 },
};

const struct top_column top_columns[KL_TALLY_COLUMNS] = {
	[KL_TALLY_HITS] = { "HITS", "hits", 10 },
	[KL_TALLY_DENIED] = { "DENIED", "denied", 9 },
	[KL_TALLY_UNENFORCED] = { "UNENF", "unenforced", 8 },
	[KL_TALLY_LOST] = { "LOST", "lost", 8 },
	[KL_TALLY_RATE] = { "RATE/s", "rate", 9 },
	[KL_TALLY_LAST] = { "LAST", "last", 15 },
	[KL_TALLY_POLICY] = { "RULE", "policy", 0 },
};

void top_read(struct top *top)
{
	const struct kl_tally *before = top->readings ? &top->hits[top->at] : NULL;
	struct kl_tally *next = &top->hits[!top->at];

	top->error = kl_tally_read(next, before);
	if (top->error)
		return;
	top->at = !top->at;
	top->readings++;
	kl_tally_sort(next, top->column, top->reverse, top->filter);
}

static void format_last(u64 last, char *text, size_t size)
{
	time_t seconds = last / 1000000000;
	struct tm tm;

	if (!last || !gmtime_r(&seconds, &tm))
		snprintf(text, size, "never");
	else
		strftime(text, size, "%m-%d %H:%M:%S", &tm);
}

void top_cell(const struct kl_tally_row *row, enum kl_tally_column column, char *text,
	      size_t size)
{
	*text = '\0';
	if (column <= KL_TALLY_LOST)
		snprintf(text, size, "%llu", (unsigned long long)row->counts[column]);
	else if (column == KL_TALLY_RATE && row->rated)
		snprintf(text, size, "%llu.%llu", (unsigned long long)row->rate / 10,
			 (unsigned long long)row->rate % 10);
	else if (column == KL_TALLY_RATE)
		snprintf(text, size, "-");
	else if (column == KL_TALLY_LAST)
		format_last(row->last, text, size);
}

/* ----------------------------------------------------------------- batches */

static void put_row(struct kl_output *output, const struct kl_tally_row *row)
{
	char text[32];
	int i;

	kl_open_object(output, NULL);
	kl_put_text(output, "kind", NULL, row->kind);
	for (i = 0; i < KL_TALLY_POLICY; i++) {
		top_cell(row, i, text, sizeof(text));
		kl_say(output, "%*s", top_columns[i].width, text);
		if (i <= KL_TALLY_LOST)
			kl_put_number(output, top_columns[i].name, NULL, row->counts[i]);
	}
	if (row->rated)
		kl_put_number(output, "per_10_seconds", NULL, row->rate);
	if (row->last)
		kl_put_iso_time(output, "last", row->last / 1000);
	kl_put_number(output, "line", NULL, row->line);
	kl_put_text(output, "text", "  %s", row->text);
	if (row->inside.length)
		kl_put_text(output, "inside", "  in %s", row->inside);
	if (row->label.length)
		kl_put_text(output, "label", "  label %s", row->label);
	kl_close(output);
	kl_say(output, "\n");
}

static void put_reading(struct top *top)
{
	const struct kl_tally *hits = &top->hits[top->at];
	struct kl_output *output = &top->common.output;
	u32 i;

	kl_open_object(output, NULL);
	kl_put_number(output, "denied", "denied %s", hits->denied);
	kl_put_number(output, "written", "  written %s", hits->written);
	kl_put_number(output, "lost", "  lost %s", hits->lost);
	kl_put_number(output, "suppressed", "  suppressed %s\n", hits->suppressed);
	kl_put_number(output, "keeper", NULL, hits->keeper);
	kl_paint(output, KL_BOLD);
	for (i = 0; i < KL_TALLY_POLICY; i++)
		kl_say(output, "%*s", top_columns[i].width, top_columns[i].title);
	kl_say(output, "  %s\n", top_columns[i].title);
	kl_paint(output, KL_PLAIN);
	kl_open_array(output, "rules");
	for (i = 0; i < hits->order_count; i++)
		put_row(output, &hits->rows[hits->order[i]]);
	kl_close(output);
	kl_close(output);
}

static volatile sig_atomic_t interrupted;

static void note_signal(int signal)
{
	(void)signal;
	interrupted = 1;
}

/* Only while it waits do signals come in; false: it is enough. */
static bool wait_for_next(const struct top *top, const sigset_t *waiting)
{
	struct timespec delay = { top->delay / 1000, top->delay % 1000 * 1000000 };

	return !ppoll(NULL, 0, &delay, waiting) && !interrupted;
}

static int print_readings(struct top *top)
{
	struct sigaction action = { .sa_handler = note_signal };
	sigset_t blocked, waiting;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGINT);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, &waiting);
	sigdelset(&waiting, SIGINT);
	sigdelset(&waiting, SIGTERM);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	top->common.output.pretty = false;
	for (;;) {
		top_read(top);
		if (top->error)
			return kl_proc_complain("stat", top->error);
		put_reading(top);
		if (kl_finish(&top->common.output) ||
		    (top->limit && top->readings >= top->limit) ||
		    !wait_for_next(top, &waiting))
			return KL_EXIT_OK;
		kl_say(&top->common.output, "\n");
	}
}

/* ----------------------------------------------------------------- options */

static int set_delay(struct top *top)
{
	char *end;
	double seconds = strtod(optarg, &end);

	if (*end || !*optarg || !(seconds * 1000 >= DELAY_MIN) ||
	    !(seconds * 1000 <= DELAY_MAX))
		return kl_usage(&top_command, "'%s' is no delay: 0.1 to 3600 seconds",
				optarg);
	top->delay = seconds * 1000;
	return -1;
}

static int set_sort(struct top *top)
{
	int i;

	for (i = 0; i < KL_TALLY_COLUMNS; i++)
		if (!strcmp(optarg, top_columns[i].name)) {
			top->column = i;
			return -1;
		}
	return kl_usage(&top_command, "'%s' is no column", optarg);
}

static int set_option(struct top *top, int option)
{
	switch (option) {
	case 'b':
		top->batch = true;
		return -1;
	case 'r':
		top->reverse = true;
		return -1;
	case 'n':
		if (!kl_parse_number(optarg, ~0ull, &top->limit) && top->limit)
			return -1;
		return kl_usage(&top_command, "'%s' is no number of readings", optarg);
	case 'd':
		return set_delay(top);
	case 's':
		return set_sort(top);
	case 'f':
		if (strlen(optarg) >= TOP_FILTER_MAX)
			return kl_usage(&top_command, "the filter is too long");
		strcpy(top->filter, optarg);
		return -1;
	default:
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	}
}

static int show(struct top *top)
{
	int status = kl_proc_check();

	if (status)
		return status;
	return top->batch ? print_readings(top) : top_screen(top);
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct top top = { .delay = DELAY_DEFAULT };
	int option, status = -1;

	kl_common_init(&top.common);
	while (status < 0 &&
	       (option = kl_option_next(command, argc, argv, &top.common)) != -1)
		status = set_option(&top, option);
	top.batch |= top.common.output.format == KL_FORMAT_JSON;
	if (status < 0 && optind != argc)
		status = kl_usage(command, "no arguments are expected");
	if (status < 0 && !top.batch && !(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
		status = kl_usage(command, "this is no terminal: give --batch");
	if (status < 0)
		status = show(&top);
	kl_tally_free(&top.hits[0]);
	kl_tally_free(&top.hits[1]);
	return kl_common_done(&top.common, status);
}

const struct kl_command top_command = {
	.name = "top",
	.arguments = "",
	.words = NULL,
	.summary = "Watch hits, denials, losses and rates of all rules",
	.details =
		"On a terminal: < and > choose the column to sort by, r reverses it, p pauses, /\n"
		"filters, ? explains the columns and keys, q quits. With --batch or -o json: for\n"
		"files and programs, until SIGINT or N readings were printed.\n",
	.options = options,
	.run = run,
};
