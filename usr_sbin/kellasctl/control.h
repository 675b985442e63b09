/* SPDX-License-Identifier: GPL-2.0 */
/* Commands of one line to the module's policy file. */
#ifndef KELLAS_CONTROL_H
#define KELLAS_CONTROL_H

#include "kellasctl.h"

/**
 * control - have the module do something, and say so
 * @line: what is written, "confirm\n"
 * @done: JSON key and, with a newline, text of success
 *
 * Return: an exit status; complains if it is another one than KL_EXIT_OK.
 */
int control(struct kl_common *common, const char *line, const char *done);

/**
 * control_run - all of a subcommand that is one such line, without arguments
 * @line, @done: as for control()
 */
int control_run(const struct kl_command *command, int argc, char **argv,
		const char *line, const char *done);

#endif /* KELLAS_CONTROL_H */
