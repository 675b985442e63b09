// SPDX-License-Identifier: GPL-2.0
/* kellasctl help */
#include <getopt.h>

#include "kellasctl.h"

static const struct kl_option options[] = { { 0 } };

static int run(const struct kl_command *command, int argc, char **argv)
{
	struct kl_common common;
	const struct kl_command *about;
	int option;

	kl_common_init(&common);
	option = kl_option_next(command, argc, argv, &common);
	if (option != -1)
		return option == 'h' ? KL_EXIT_OK : KL_EXIT_USAGE;
	if (argc - optind > 1)
		return kl_usage(command, "one subcommand at a time");
	if (optind == argc) {
		show_overview(stdout);
		return kl_common_done(&common, KL_EXIT_OK);
	}
	about = find_command(argv[optind]);
	if (!about)
		return complain_unknown(argv[optind]);
	kl_command_help(stdout, about);
	return kl_common_done(&common, KL_EXIT_OK);
}

const struct kl_command help_command = {
	.name = "help",
	.arguments = "[SUBCOMMAND]",
	.words = "@command",
	.summary = "Explain a subcommand, or list them",
	.options = options,
	.run = run,
};
