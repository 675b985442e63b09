// SPDX-License-Identifier: GPL-2.0
/* kellasctl save */
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kellasctl.h"
#include "proc.h"

static const struct kl_option options[] = { { 0 } };

/* The name must be on disk, too, before we may say that it is saved. */
static int sync_directory(const char *path)
{
	char *copy = kl_xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 ? -errno : 0;

	if (fd >= 0) {
		if (fsync(fd))
			error = -errno;
		close(fd);
	}
	free(copy);
	return error;
}

/* A new file keeps the mode of the one that it replaces; otherwise 0600. */
static mode_t choose_mode(const char *path)
{
	struct stat stat_buffer;

	return stat(path, &stat_buffer) ? 0600 : stat_buffer.st_mode & 07777;
}

static int write_new(int fd, const char *path, const struct kl_buffer *text)
{
	int error = kl_write_fd(fd, text->data, text->length);

	if (!error && (fchmod(fd, choose_mode(path)) || fsync(fd)))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	return error;
}

/* Either the old file stays, or the new one is there whole. */
static int save_to(const char *path, const struct kl_buffer *text)
{
	struct kl_buffer name = { 0 };
	int fd, error;

	kl_buffer_printf(&name, "%s.XXXXXX", path);
	fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0) {
		error = -errno;
		goto out;
	}
	error = write_new(fd, path, text);
	if (!error && rename(name.data, path))
		error = -errno;
	if (error)
		unlink(name.data);
	else
		error = sync_directory(path);
out:
	kl_buffer_free(&name);
	return error;
}

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
		error = save_to(path, &text);
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
