// SPDX-License-Identifier: GPL-2.0
/* One open log file. */
#include <fcntl.h>
#include <sys/stat.h>

#include "logfile.h"

/* A directory and those above it, as far as they are missing. */
static int make_directory(const char *path)
{
	char *name = kl_xstrdup(path), *slash = name;
	int error = 0;

	do {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(name, 0700) && errno != EEXIST)
			error = -errno;
		if (slash)
			*slash = '/';
	} while (slash && !error);
	free(name);
	return error;
}

/* O_NONBLOCK, lest a FIFO of that name keeps us. */
#define FLAGS (O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static int open_or_make(const char *path, mode_t mode, bool *made)
{
	int fd = open(path, FLAGS | O_CREAT | O_EXCL, mode);

	*made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(path, FLAGS);
	return fd < 0 ? -errno : fd;
}

int kl_sync_directory(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return -errno;
	/* EINVAL: this file system has nothing to sync there. */
	if (fsync(fd) && errno != EINVAL)
		error = -errno;
	close(fd);
	return error;
}

static int look_at(struct kl_logfile *file)
{
	struct stat stat;

	if (fstat(file->fd, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -ENOTSUP;
	file->device = stat.st_dev;
	file->inode = stat.st_ino;
	file->modified = stat.st_mtim.tv_sec;
	return 0;
}

static int repair(struct kl_logfile *file, struct kl_tail *tail)
{
	int error = kl_tail_read(file->fd, tail);

	if (!error && tail->torn && ftruncate(file->fd, tail->whole))
		error = -errno;
	/* A line that is not ours is left alone, and ended. */
	if (!error && tail->foreign && write(file->fd, "\n", 1) != 1)
		error = errno ? -errno : -EIO;
	if (!error)
		file->size = tail->whole + tail->foreign;
	return error;
}

int kl_logfile_open(struct kl_logfile *file, const char *directory, const char *path,
		    mode_t mode, struct kl_tail *tail)
{
	bool made;
	int error;

	memset(tail, 0, sizeof(*tail));
	memset(file, 0, sizeof(*file));
	file->fd = open_or_make(path, mode, &made);
	if (file->fd == -ENOENT) {
		error = make_directory(directory);
		if (error)
			goto failed;
		file->fd = open_or_make(path, mode, &made);
	}
	error = file->fd < 0 ? file->fd : look_at(file);
	/* The umask has no say. */
	if (!error && made && fchmod(file->fd, mode))
		error = -errno;
	if (!error)
		error = repair(file, tail);
	if (error)
		goto failed;
	file->path = kl_xstrdup(path);
	return 0;
failed:
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
	return error;
}

int kl_logfile_check(struct kl_logfile *file, u64 *now)
{
	struct stat stat;

	if (lstat(file->path, &stat))
		return errno == ENOENT || errno == ENOTDIR ? KL_LOGFILE_REMOVED : -errno;
	if (stat.st_dev != file->device || stat.st_ino != file->inode)
		return KL_LOGFILE_REPLACED;
	*now = stat.st_size;
	if (*now == file->size || (file->cut && *now > file->size))
		return KL_LOGFILE_UNCHANGED;
	return KL_LOGFILE_CHANGED;
}

int kl_logfile_settle(struct kl_logfile *file)
{
	if (!file->cut)
		return 0;
	if (ftruncate(file->fd, file->size))
		return -errno;
	file->cut = false;
	return 0;
}

/* As many bytes of @parts, up to @length, as end with a line. */
static size_t whole_lines(const struct iovec *parts, int count, size_t length)
{
	size_t passed = 0, whole = 0, part;
	const char *newline;
	int i;

	for (i = 0; i < count && passed < length; i++) {
		part = min(parts[i].iov_len, length - passed);
		newline = part ? memrchr(parts[i].iov_base, '\n', part) : NULL;
		if (newline)
			whole = passed + (newline + 1 - (const char *)parts[i].iov_base);
		passed += part;
	}
	return whole;
}

/* For each page that it copies the kernel looks at all that is left of a vector. */
#define PARTS_AT_ONCE 64

/* writev() that goes on until everything is written or it knows why not. */
static int write_all(int fd, const struct iovec *parts, int count, size_t *written)
{
	struct iovec *rest = kl_xalloc(count, sizeof(*rest)), *first = rest;
	int error = 0;
	ssize_t got;

	memcpy(rest, parts, count * sizeof(*rest));
	*written = 0;
	while (count) {
		if (!first->iov_len) {
			first++;
			count--;
			continue;
		}
		got = writev(fd, first, min(count, PARTS_AT_ONCE));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			error = got < 0 ? -errno : -EIO;
			break;
		}
		*written += got;
		while (count && (size_t)got >= first->iov_len) {
			got -= first->iov_len;
			first++;
			count--;
		}
		if (count) {
			first->iov_base = (char *)first->iov_base + got;
			first->iov_len -= got;
		}
	}
	free(rest);
	return error;
}

int kl_logfile_write(struct kl_logfile *file, const struct iovec *parts, int count,
		     size_t *kept)
{
	int error = kl_logfile_settle(file);
	size_t written;

	*kept = 0;
	if (error)
		return error;
	error = write_all(file->fd, parts, count, &written);
	*kept = error ? whole_lines(parts, count, written) : written;
	file->size += *kept;
	if (*kept != written) {
		file->cut = true;
		kl_logfile_settle(file);
	}
	return error;
}

int kl_logfile_sync(struct kl_logfile *file, bool redo)
{
	int error;

	if (file->synced == file->size)
		return 0;
	if (!fdatasync(file->fd)) {
		file->synced = file->size;
		return 0;
	}
	error = -errno;
	if (redo) {
		file->size = file->synced;
		file->cut = true;
		kl_logfile_settle(file);
	} else {
		file->synced = file->size;
	}
	return error;
}

void kl_logfile_close(struct kl_logfile *file)
{
	if (file->fd >= 0) {
		kl_logfile_settle(file);
		close(file->fd);
	}
	free(file->path);
	memset(file, 0, sizeof(*file));
	file->fd = -1;
}

int kl_rename_new(const char *from, const char *to)
{
	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	/* The file system cannot do that; a link never replaces anything. */
	if (link(from, to))
		return -errno;
	return unlink(from) ? -errno : 0;
}
