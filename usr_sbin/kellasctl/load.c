// SPDX-License-Identifier: GPL-2.0
/* kellasctl load */
#include <fcntl.h>
#include <getopt.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "engine/lex.h"
#include "limits.h"
#include "policy_file.h"
#include "proc.h"

enum { ADD = 256 + 1, CONFIRM };

static const struct kl_option options[] = {
	{ "add", ADD, NULL, NULL, "add to the running policy instead of replacing it" },
	{ "confirm", CONFIRM, "SECONDS", NULL,
	  "take it back after that time, unless it is confirmed" },
	{ "check", 'n', NULL, NULL, "only check the files, load nothing" },
	{ 0 },
};

/**
 * struct wish - what the options say
 * @add: add to the running policy
 * @only_check: load nothing
 * @confirm: seconds until it is taken back; 0: it stays
 */
struct wish {
	bool add;
	bool only_check;
	u32 confirm;
};

/* Bytes given to the module at a time; always whole lines. */
#define CHUNK (1u << 20)

/**
 * struct load - a policy on its way to the module
 * @fd: the open policy file
 * @source: what is loaded
 * @begin: the line that begins the transaction
 * @confirm: seconds until it is taken back; 0: it stays
 * @started: when, for the progress
 * @shown: the progress was shown
 */
struct load {
	int fd;
	const struct kl_source *source;
	const char *begin;
	u32 confirm;
	time_t started;
	bool shown;
};

/* On a terminal, and only for what takes more than a second. */
static void show_progress(struct load *load, size_t done)
{
	size_t all = load->source->text.length;

	if (!isatty(STDERR_FILENO) || time(NULL) - load->started < 1)
		return;
	fprintf(stderr, "\rloading: %3zu %%", done * 100 / all);
	load->shown = true;
}

static void end_progress(struct load *load)
{
	if (load->shown)
		fputs("\r\033[K", stderr);
}

/* Up to the last newline within CHUNK bytes; a longer line goes whole. */
static size_t next_chunk(struct kl_text rest)
{
	const char *newline;

	if (rest.length <= CHUNK)
		return rest.length;
	newline = memrchr(rest.data, '\n', CHUNK);
	if (!newline)
		newline = memchr(rest.data, '\n', rest.length);
	return newline ? newline - rest.data + 1 : rest.length;
}

static int write_lines(struct load *load)
{
	struct kl_text rest = kl_buffer_text(&load->source->text);
	char commit[40] = "commit\n";
	size_t chunk;
	int error;

	if (load->confirm)
		snprintf(commit, sizeof(commit), "commit confirm=%u\n", load->confirm);
	error = kl_write_fd(load->fd, load->begin, strlen(load->begin));
	while (!error && rest.length) {
		chunk = next_chunk(rest);
		error = kl_write_fd(load->fd, rest.data, chunk);
		rest.data += chunk;
		rest.length -= chunk;
		show_progress(load, load->source->text.length - rest.length);
	}
	if (!error)
		error = kl_write_fd(load->fd, commit, strlen(commit));
	return error;
}

static int complain(struct kl_output *output, struct load *load, int result)
{
	struct kl_error error;

	if (result == -EPERM) {
		kl_complain(
			"not permitted, by modify_policy of the running policy or for "
			"want of CAP_MAC_ADMIN; nothing has changed");
		return KL_EXIT_FAILURE;
	}
	/* On the same open file; it counts lines behind our "begin". */
	if (control_answer(load->fd, &error))
		kl_source_refuse(output, load->source, &error);
	else
		kl_complain("%s", strerror(-result));
	kl_complain("refused by the module; nothing has changed");
	return result == -EINVAL || result == -E2BIG ? KL_EXIT_INVALID : KL_EXIT_FAILURE;
}

static int transfer(struct kl_output *output, const struct kl_source *source,
		    const struct wish *wish)
{
	struct load load = {
		.source = source,
		.begin = wish->add ? "begin\n" : "begin replace\n",
		.confirm = wish->confirm,
		.started = time(NULL),
	};
	int status = kl_proc_check(), error;

	if (status)
		return status;
	load.fd = kl_proc_open("policy", O_RDWR);
	if (load.fd < 0)
		return kl_proc_complain("policy", load.fd);
	error = write_lines(&load);
	end_progress(&load);
	if (error)
		status = complain(output, &load, error);
	close(load.fd);
	return status;
}

static void report(struct kl_common *common, const struct kl_policy *policy,
		   const struct wish *wish)
{
	struct kl_output *output = &common->output;
	u32 blocks = 0;
	int op;

	if (common->quiet)
		return;
	for (op = 0; op < KL_OP_COUNT; op++)
		blocks += policy->block_count[op];
	kl_open_object(output, NULL);
	kl_put_string(output, "action", "%s: ",
		      wish->only_check ? "checked" :
		      wish->add	       ? "added" :
					 "replaced");
	kl_put_number(output, "blocks", blocks == 1 ? "%s block, " : "%s blocks, ",
		      blocks);
	kl_put_number(output, "rules",
		      policy->rule_count - blocks == 1 ? "%s rule, " : "%s rules, ",
		      policy->rule_count - blocks);
	kl_put_number(output, "groups",
		      policy->group_count == 1 ? "%s group\n" : "%s groups\n",
		      policy->group_count);
	if (wish->confirm && !wish->only_check)
		kl_put_number(output, "confirm",
			      "taken back in %s s, unless kellasctl confirm is said\n",
			      wish->confirm);
	kl_close(output);
}

/* The same engine judges here first: no kernel is troubled with a typing error. */
static int load(struct kl_common *common, struct kl_policy_file *file,
		const struct wish *wish)
{
	struct kl_error error;
	int status = KL_EXIT_OK;

	if (kl_policy_file_compile(file, &error)) {
		kl_source_refuse(&common->output, &file->source, &error);
		return KL_EXIT_INVALID;
	}
	if (!wish->only_check)
		status = transfer(&common->output, &file->source, wish);
	if (status == KL_EXIT_OK)
		report(common, &file->policy, wish);
	return status;
}

static bool read_seconds(const char *text, u32 *seconds)
{
	u64 number;

	if (kl_text_decimal((struct kl_text){ text, strlen(text) }, KL_CONFIRM_MAX,
			    &number))
		return false;
	*seconds = number;
	return number;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_policy_file file = { 0 };
	struct kl_common common;
	struct wish wish = { 0 };
	const char *bad;
	int option, error, status;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option == ADD)
			wish.add = true;
		else if (option == 'n')
			wish.only_check = true;
		else if (option != CONFIRM)
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
		else if (!read_seconds(optarg, &wish.confirm))
			return kl_usage(command, "--confirm wants 1 to %u seconds",
					KL_CONFIRM_MAX);
	}
	if (optind == argc)
		return kl_usage(command, "which FILE? (- is standard input)");
	error = kl_policy_file_read(&file, argv + optind, argc - optind, &bad);
	if (error) {
		kl_complain("%s: %s", bad, strerror(-error));
		status = KL_EXIT_FAILURE;
	} else {
		status = load(&common, &file, &wish);
	}
	kl_policy_file_free(&file);
	return kl_common_done(&common, status);
}

const struct kl_command load_command = {
	.name = "load",
	.arguments = "FILE...",
	.words = "@file",
	.summary = "Load policy files into the kernel, all or nothing",
	.details =
		"The files are joined in this order and replace the running policy in one\n"
		"transaction; '-' is standard input. If anything is wrong, the running\n"
		"policy stays as it is.\n",
	.options = options,
	.run = run,
};
