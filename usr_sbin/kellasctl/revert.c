// SPDX-License-Identifier: GPL-2.0
/* kellasctl revert */
#include "control.h"

static const struct kl_option options[] = { { 0 } };

static int run(const struct kl_command *command, int argc, char **argv)
{
	return control_run(command, argc, argv, "revert\n", "reverted");
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
