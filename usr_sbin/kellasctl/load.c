// SPDX-License-Identifier: GPL-2.0
/* kellasctl load */
#include <getopt.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "engine/lex.h"
#include "kellasctl.h"
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

/**
 * struct loading - how far it has got, for a terminal
 * @started: when it began
 * @shown: the progress was shown
 */
struct loading {
	time_t started;
	bool shown;
};

/* Only for what takes more than a second. */
static void show_progress(void *context, size_t done, size_t all)
{
	struct loading *loading = context;

	if (!isatty(STDERR_FILENO) || time(NULL) - loading->started < 1)
		return;
	fprintf(stderr, "\rloading: %3zu %%", done * 100 / all);
	loading->shown = true;
}

static int complain(struct kl_output *output, const struct kl_source *source,
		    const struct kl_refusal *refusal)
{
	int result = refusal->result;

	if (!refusal->opened)
		return kl_proc_complain("policy", result);
	if (refusal->told && refusal->error.line)
		kl_source_refuse(output, source, &refusal->error);
	else
		kl_complain("%s", kl_refusal_text(refusal));
	kl_complain("refused by the module; nothing has changed");
	return result == -EINVAL || result == -E2BIG ? KL_EXIT_INVALID : KL_EXIT_FAILURE;
}

static int transfer(struct kl_output *output, const struct kl_source *source,
		    const struct wish *wish)
{
	struct loading loading = { .started = time(NULL) };
	struct kl_apply change = {
		.text = kl_buffer_text(&source->text),
		.add = wish->add,
		.confirm = wish->confirm,
		.progress = show_progress,
		.context = &loading,
	};
	struct kl_refusal refusal;
	int status = kl_proc_check(), error;

	if (status)
		return status;
	error = kl_apply(&change, &refusal);
	if (loading.shown)
		fputs("\r\033[K", stderr);
	return error ? complain(output, source, &refusal) : KL_EXIT_OK;
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
