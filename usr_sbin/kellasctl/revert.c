// SPDX-License-Identifier: GPL-2.0
/* kellasctl revert */
#include <getopt.h>

#include "control.h"

static const struct kl_option options[] = { { 0 } };

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	int status = kl_options_common(command, argc, argv, &common);

	if (status >= 0)
		return status;
	if (optind != argc)
		return kl_usage(command, "no arguments are expected");
	return kl_common_done(&common, control(&common, "revert\n", "reverted"));
}

const struct kl_command revert_command = {
	.name = "revert",
	.arguments = "",
	.words = NULL,
	.summary = "Take back the policy that was loaded with --confirm",
	.details =
		"At once, not only when its time is over. A policy that denies everybody to\n"
		"change it cannot deny this.\n",
	.options = options,
	.run = run,
};
