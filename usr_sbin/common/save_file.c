// SPDX-License-Identifier: GPL-2.0
/* Files that are there whole, or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "proc.h"
#include "save_file.h"
#include "save_file_inside.h"

/* Links after which it is a circle, as for the kernel. */
#define LINKS_MAX 40
/* Names that are tried for the new file. */
#define NAMES_MAX 100

/* ------------------------------------------------------------- where it is */

/* A folder like /tmp: all can put links there that lead others astray. */
static bool may_follow(const struct kl_save *save, const struct stat *link)
{
	struct stat folder;

	if (link->st_uid == geteuid() || fstat(save->folder, &folder))
		return true;
	return (folder.st_mode & (S_ISVTX | S_IWOTH)) != (S_ISVTX | S_IWOTH) ||
	       link->st_uid == folder.st_uid;
}

/* The folder of @path, which is relative to the one so far, and the name in it. */
static int enter(struct kl_save *save, const char *path)
{
	const char *slash = strrchr(path, '/');
	int from = save->folder, error = 0;
	char *folder;

	free(save->name);
	save->name = kl_xstrdup(slash ? slash + 1 : path);
	folder = kl_xstrdup(slash ? path : ".");
	if (slash)
		folder[max_t(size_t, slash - path, 1)] = '\0';
	save->folder = openat(from < 0 ? AT_FDCWD : from, folder,
			      O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (save->folder < 0)
		error = -errno;
	else if (!*save->name)
		error = -EISDIR;
	if (from >= 0)
		close(from);
	free(folder);
	return error;
}

/* For people: where it is now, from where they began. */
static void lead_to(struct kl_save *save, const char *target)
{
	const char *slash = strrchr(save->path, '/');
	struct kl_buffer path = { 0 };

	if (*target != '/' && slash)
		kl_buffer_add(&path, save->path, slash + 1 - save->path);
	kl_buffer_puts(&path, target);
	free(save->path);
	save->path = path.data;
}

static int follow(struct kl_save *save)
{
	char target[PATH_MAX];
	ssize_t length;

	if (!may_follow(save, &save->old))
		return -EACCES;
	length = readlinkat(save->folder, save->name, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	lead_to(save, target);
	return enter(save, target);
}

static int look(struct kl_save *save)
{
	int error = enter(save, save->given), links;

	for (links = 0; !error && links <= LINKS_MAX; links++) {
		save->exists = !fstatat(save->folder, save->name, &save->old,
					AT_SYMLINK_NOFOLLOW);
		if (!save->exists)
			return errno == ENOENT ? 0 : -errno;
		if (!S_ISLNK(save->old.st_mode))
			return 0;
		error = follow(save);
	}
	return error ?: -ELOOP;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int begin(struct kl_save *save, const char *path)
{
	struct stat there;
	bool exists = !stat(path, &there);
	int error;

	save->given = kl_xstrdup(path);
	save->path = kl_xstrdup(path);
	/* What is in /dev and /proc may lead to what has no name. */
	if (exists && !S_ISREG(there.st_mode)) {
		save->exists = true;
		save->old = there;
		return 0;
	}
	error = look(save);
	if (!error &&
	    (exists != save->exists || (exists && !same_file(&there, &save->old))))
		error = -ESTALE;
	return error;
}

int kl_save_begin(struct kl_save *save, const char *path)
{
	memset(save, 0, sizeof(*save));
	save->folder = -1;
	return begin(save, path);
}

void kl_save_free(struct kl_save *save)
{
	if (save->folder >= 0)
		close(save->folder);
	free(save->given);
	free(save->path);
	free(save->name);
	memset(save, 0, sizeof(*save));
	save->folder = -1;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* Untouched, as far as one can see from outside. */
static bool same_state(const struct kl_save *a, const struct kl_save *b)
{
	if (a->exists != b->exists || strcmp(a->name, b->name))
		return false;
	return !a->exists ||
	       (same_file(&a->old, &b->old) && a->old.st_size == b->old.st_size &&
		same_time(&a->old.st_mtim, &b->old.st_mtim) &&
		same_time(&a->old.st_ctim, &b->old.st_ctim));
}

static int check_same(const struct kl_save *save)
{
	struct stat folder, folder_now;
	struct kl_save now;
	int error = kl_save_begin(&now, save->given);

	if (!error &&
	    (now.folder < 0 || !same_state(save, &now) || fstat(save->folder, &folder) ||
	     fstat(now.folder, &folder_now) || !same_file(&folder, &folder_now)))
		error = -ESTALE;
	kl_save_free(&now);
	return error;
}

/* ------------------------------------------------------------------ writing */

static int make_new(int folder, char name[KL_NEW_NAME])
{
	u32 number;
	int i, fd;

	for (i = 0; i < NAMES_MAX; i++) {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			return -EIO;
		snprintf(name, KL_NEW_NAME, ".kellas-new-%08x", number);
		fd = openat(folder, name,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (fd >= 0)
			return fd;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/* The name must be on disk, too, before we may say that it is saved. */
static int sync_folder(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 ? -errno : 0;

	/* Some file systems have no such thing. */
	if (fd >= 0 && fsync(fd) && errno != EINVAL && errno != EOPNOTSUPP)
		error = -errno;
	if (fd >= 0)
		close(fd);
	return error;
}

/* Return: 0, and there is a file @new; or a negative errno, and there is none. */
static int write_new(int folder, char new[KL_NEW_NAME], const struct kl_buffer *text,
		     struct kl_save *save)
{
	int fd = make_new(folder, new), error;

	if (fd < 0)
		return fd;
	error = kl_write_fd(fd, text->data, text->length);
	if (!error && save && save->exists)
		save->lost = kl_keep_attributes(save, fd);
	if (!error && fsync(fd))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	if (error)
		unlinkat(folder, new, 0);
	return error;
}

static int take_place(int folder, const char *new, const char *name)
{
	int error;

	if (!renameat(folder, new, folder, name))
		return 0;
	error = -errno;
	unlinkat(folder, new, 0);
	return error;
}

int kl_write_beside(int folder, const char *name, const struct kl_buffer *text)
{
	char new[KL_NEW_NAME];
	int error = write_new(folder, new, text, NULL);

	return error ?: take_place(folder, new, name);
}

static int replace(struct kl_save *save, const struct kl_buffer *text)
{
	char new[KL_NEW_NAME];
	int error = write_new(save->folder, new, text, save);

	if (error)
		return error;
	/* Just before: is the place still the one that was looked at? */
	error = check_same(save);
	if (!error)
		return take_place(save->folder, new, save->name);
	unlinkat(save->folder, new, 0);
	return error;
}

/* Of /dev/null, or a pipe, nobody wants a file in its place. */
static int write_there(const char *path, const struct kl_buffer *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY), error;

	if (fd < 0)
		return -errno;
	error = kl_write_fd(fd, text->data, text->length);
	if (close(fd) && !error)
		error = -errno;
	return error;
}

int kl_save_finish(struct kl_save *save, const struct kl_buffer *text)
{
	int error;

	if (save->folder < 0)
		return write_there(save->given, text);
	error = replace(save, text);
	if (!error)
		save->unsynced = sync_folder(save->folder);
	return error;
}

int kl_save_file(const char *path, const struct kl_buffer *text)
{
	struct kl_save save;
	int error = kl_save_begin(&save, path);

	if (!error)
		error = kl_save_finish(&save, text);
	if (!error)
		error = save.unsynced;
	kl_save_free(&save);
	return error;
}
