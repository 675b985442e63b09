// SPDX-License-Identifier: GPL-2.0
/* One line to the module. */
#include <getopt.h>

#include "apply.h"
#include "control.h"
#include "proc.h"

static void say(struct kl_common *common, const char *done)
{
	char text[32];

	if (common->quiet)
		return;
	snprintf(text, sizeof(text), "%s\n", done);
	kl_open_object(&common->output, NULL);
	kl_put_bool(&common->output, done, text, true);
	kl_close(&common->output);
}

int control(struct kl_common *common, const char *line, const char *done)
{
	struct kl_refusal refusal;
	int status = kl_proc_check();

	if (status)
		return status;
	if (!kl_apply_command(line, &refusal)) {
		say(common, done);
		return KL_EXIT_OK;
	}
	if (!refusal.opened)
		return kl_proc_complain("policy", refusal.result);
	kl_complain("%s", kl_refusal_text(&refusal));
	return KL_EXIT_FAILURE;
}

int control_run(const struct kl_command *command, int argc, char **argv,
		const char *line, const char *done)
{
	struct kl_common common;
	int status = kl_options_common(command, argc, argv, &common);

	if (status >= 0)
		return status;
	if (optind != argc)
		return kl_usage(command, "no arguments are expected");
	return kl_common_done(&common, control(&common, line, done));
}
