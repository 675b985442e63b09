// SPDX-License-Identifier: GPL-2.0
/* One line to the module, and its answer. */
#include <fcntl.h>
#include <getopt.h>
#include <unistd.h>

#include "control.h"
#include "proc.h"

/* "LINE:COLUMN: message"; anything else is no answer to a failed write. */
static bool parse_answer(const char *text, struct kl_error *error)
{
	char *end;

	memset(error, 0, sizeof(*error));
	if (!isdigit((unsigned char)*text))
		return false;
	error->line = strtoul(text, &end, 10);
	if (*end != ':' || !isdigit((unsigned char)end[1]))
		return false;
	error->column = strtoul(end + 1, &end, 10);
	if (strncmp(end, ": ", 2))
		return false;
	snprintf(error->text, sizeof(error->text), "%.*s", (int)strcspn(end + 2, "\n"),
		 end + 2);
	return true;
}

bool control_answer(int fd, struct kl_error *error)
{
	char answer[sizeof(error->text) + 32];
	ssize_t got = read(fd, answer, sizeof(answer) - 1);

	if (got <= 0)
		return false;
	answer[got] = '\0';
	return parse_answer(answer, error);
}

static void complain(int fd, int result)
{
	struct kl_error error;

	if (control_answer(fd, &error))
		kl_complain("%s", error.text);
	else if (result == -EPERM)
		kl_complain("not permitted: it is locked until reboot, or this process "
			    "may not change the policy");
	else
		kl_complain("%s", strerror(-result));
}

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
	int status = kl_proc_check(), fd, error;

	if (status)
		return status;
	fd = kl_proc_open("policy", O_RDWR);
	if (fd < 0)
		return kl_proc_complain("policy", fd);
	error = kl_write_fd(fd, line, strlen(line));
	if (error)
		complain(fd, error);
	else
		say(common, done);
	close(fd);
	return error ? KL_EXIT_FAILURE : KL_EXIT_OK;
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
