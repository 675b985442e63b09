// SPDX-License-Identifier: GPL-2.0
/* Files that are there whole, or not at all. */
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc.h"
#include "save_file.h"

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

/* Of /dev/null, or a pipe, nobody wants a file in its place. */
static int write_there(const char *path, const struct kl_buffer *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error;

	if (fd < 0)
		return -errno;
	error = kl_write_fd(fd, text->data, text->length);
	if (close(fd) && !error)
		error = -errno;
	return error;
}

int kl_save_file(const char *path, const struct kl_buffer *text)
{
	struct kl_buffer name = { 0 };
	struct stat old;
	int fd, error;

	if (!stat(path, &old) && !S_ISREG(old.st_mode))
		return write_there(path, text);
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
