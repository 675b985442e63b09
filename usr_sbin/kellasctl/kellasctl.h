/* SPDX-License-Identifier: GPL-2.0 */
/* The subcommands of kellasctl, one file each. */
#ifndef KELLAS_KELLASCTL_H
#define KELLAS_KELLASCTL_H

#include "options.h"

extern const struct kl_command check_command;
extern const struct kl_command completion_command;
extern const struct kl_command confirm_command;
extern const struct kl_command diff_command;
extern const struct kl_command doctor_command;
extern const struct kl_command explain_command;
extern const struct kl_command help_command;
extern const struct kl_command learn_command;
extern const struct kl_command load_command;
extern const struct kl_command lock_command;
extern const struct kl_command monitor_command;
extern const struct kl_command ops_command;
extern const struct kl_command pstree_command;
extern const struct kl_command query_command;
extern const struct kl_command revert_command;
extern const struct kl_command report_command;
extern const struct kl_command replay_command;
extern const struct kl_command save_command;
extern const struct kl_command stat_command;
extern const struct kl_command top_command;
extern const struct kl_command unload_command;
extern const struct kl_command version_command;
extern const struct kl_command who_command;

/* More than any subject has. */
#define SUBJECT_MAX 16

/**
 * struct subject - subcommands that belong together
 * @title: heading of the overview
 * @page: manual page that describes them; NULL: the one of kellasctl
 * @commands: in the order in which they are listed; ended by NULL
 */
struct subject {
	const char *title;
	const char *page;
	const struct kl_command *commands[SUBJECT_MAX];
};

/** All subcommands by subject; ended by a row without title. */
extern const struct subject subjects[];

/** command_at - the subcommands by number, as they are listed; NULL behind the last */
const struct kl_command *command_at(int number);

/** find_command - the subcommand of that name, or NULL */
const struct kl_command *find_command(const char *name);

/** complain_unknown - say that there is no such subcommand, and the nearest */
int complain_unknown(const char *name);

/** show_overview - print what kellasctl can do */
void show_overview(FILE *stream);

#endif /* KELLAS_KELLASCTL_H */
