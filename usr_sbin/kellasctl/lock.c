// SPDX-License-Identifier: GPL-2.0
/* kellasctl lock */
#include <getopt.h>
#include <unistd.h>

#include "control.h"

static const struct kl_option options[] = {
	{ "yes", 'y', NULL, NULL, "do not ask" },
	{ 0 },
};

static bool is_sure(void)
{
	char answer[8] = "";

	fputs("Policy and module stay as they are until reboot. Lock? [y/N] ", stderr);
	return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

static int lock(struct kl_common *common, bool yes)
{
	if (!yes && !isatty(STDIN_FILENO)) {
		kl_complain("lock cannot be undone before reboot, and there is no "
			    "terminal to ask on; give --yes");
		return KL_EXIT_USAGE;
	}
	if (!yes && !is_sure()) {
		kl_complain("not locked");
		return KL_EXIT_FAILURE;
	}
	return control(common, "lock\n", "locked");
}

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	bool yes = false;
	int option;

	kl_common_init(&common);
	while ((option = kl_option_next(command, argc, argv, &common)) != -1) {
		if (option != 'y')
			return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
		yes = true;
	}
	if (optind != argc)
		return kl_usage(command, "no arguments are expected");
	return kl_common_done(&common, lock(&common, yes));
}

const struct kl_command lock_command = {
	.name = "lock",
	.arguments = "",
	.words = NULL,
	.summary = "Keep policy and module as they are until reboot",
	.details = "Nothing can be loaded or unloaded then, by nobody. It asks first.\n",
	.options = options,
	.run = run,
};
