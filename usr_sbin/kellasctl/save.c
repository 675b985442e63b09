// SPDX-License-Identifier: GPL-2.0
/* kellasctl save */
#include <getopt.h>

#include "kellasctl.h"
#include "proc.h"
#include "save_file.h"

static const struct kl_option options[] = { { 0 } };

static int save(struct kl_common *common, const char *path)
{
	struct kl_buffer text = { 0 };
	int status = kl_proc_check(), error;

	if (status)
		return status;
	error = kl_proc_read("policy", &text);
	if (error) {
		status = kl_proc_complain("policy", error);
	} else if (!strcmp(path, "-")) {
		/* A policy is text whatever -o says; there is nothing to quote. */
		if (fwrite(text.data, 1, text.length, stdout) != text.length)
			status = KL_EXIT_FAILURE;
	} else {
		error = kl_save_file(path, &text);
		if (error) {
			kl_complain("%s: %s", path, strerror(-error));
			status = KL_EXIT_FAILURE;
		} else if (!common->quiet) {
			kl_open_object(&common->output, NULL);
			kl_put_string(&common->output, "file", "saved to %s", path);
			kl_put_number(&common->output, "bytes", " (%s bytes)\n",
				      text.length);
			kl_close(&common->output);
		}
	}
	kl_buffer_free(&text);
	return status;
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	int status = kl_options_common(command, argc, argv, &common);

	if (status >= 0)
		return status;
	if (argc - optind > 1)
		return kl_usage(command, "one FILE at most");
	return kl_common_done(&common, save(&common, optind < argc ? argv[optind] : "-"));
}

const struct kl_command save_command = {
	.name = "save",
	.arguments = "[FILE]",
	.words = "@file",
	.summary = "Print the running policy, or save it to a file",
	.details = "The file is written whole beside its place and then renamed.\n",
	.options = options,
	.run = run,
};
