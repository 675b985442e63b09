// SPDX-License-Identifier: GPL-2.0
/* kellasctl confirm */
#include "control.h"

static const struct kl_option options[] = { { 0 } };

static int run(const struct kl_command *command, int argc, char **argv)
{
	return control_run(command, argc, argv, "confirm\n", "confirmed");
}

const struct kl_command confirm_command = {
	.name = "confirm",
	.arguments = "",
	.words = NULL,
	.summary = "Keep the policy that was loaded with --confirm",
	.details =
		"Until this is said, or its time is over, the module is ready to go back to\n"
		"the policy of before. A policy that denies everybody to change it cannot\n"
		"deny this.\n",
	.options = options,
	.run = run,
};
