// SPDX-License-Identifier: GPL-2.0-only
/* What a record must say. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "facts.h"
#include "kellas.h"

/** struct process - what /proc tells of one */
struct process {
	int parent;
	unsigned int flags;
	unsigned long long ticks;
	char exe[4096];
};

static void look_at(int pid, struct process *process)
{
	char name[40], line[1024];
	ssize_t length;
	int fd;

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	fd = must(open(name, O_RDONLY | O_CLOEXEC));
	length = must(read(fd, line, sizeof(line) - 1));
	close(fd);
	line[length] = 0;
	if (sscanf(strrchr(line, ')') + 2, "%*c %d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d"
		   " %*d %*d %*d %*d %*d %llu", &process->parent, &process->flags,
		   &process->ticks) != 3)
		die("%s: %s", name, line);
	snprintf(name, sizeof(name), "/proc/%d/exe", pid);
	length = must(readlink(name, process->exe, sizeof(process->exe) - 1));
	process->exe[length] = 0;
}

#define FORKED_ONLY	0x40	/* PF_FORKNOEXEC */

/* Oldest first; one that runs its parent's program since its fork is no entry. */
static void add_history(struct text *text, int pid)
{
	struct process process, parent;

	for (;; pid = process.parent) {
		look_at(pid, &process);
		if (!process.parent)
			break;
		look_at(process.parent, &parent);
		if (!(process.flags & FORKED_ONLY) || strcmp(process.exe, parent.exe)) {
			add_history(text, process.parent);
			text_add(text, "=>");
			break;
		}
	}
	text_add(text, "~%s(%d;%lluT)", process.exe, pid, process.ticks);
}

static struct text history;

void history_learn(void)
{
	text_clear(&history);
	add_history(&history, getpid());
}

void history_facts(struct text *text)
{
	text_add_quoted(text, "task.history", history.data, history.length);
}

void task_facts(struct text *text)
{
	uid_t uid, euid, suid;
	gid_t gid, egid, sgid;
	char exe[4096];
	ssize_t length;

	must(getresuid(&uid, &euid, &suid));
	must(getresgid(&gid, &egid, &sgid));
	length = must(readlink("/proc/self/exe", exe, sizeof(exe)));
	text_add(text, " task.pid=%d task.ppid=%d task.uid=%u task.gid=%u task.euid=%u"
		 " task.egid=%u task.suid=%u task.sgid=%u task.fsuid=%u task.fsgid=%u",
		 getpid(), getppid(), uid, gid, euid, egid, suid, sgid,
		 setfsuid(-1), setfsgid(-1));
	text_add_quoted(text, "task.exe", exe, length);
	text_add(text, " task.domain=\"<kernel>\"");
	history_facts(text);
}

static const char *type_word(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "file";
	case S_IFDIR:
		return "directory";
	case S_IFLNK:
		return "symlink";
	case S_IFIFO:
		return "fifo";
	case S_IFSOCK:
		return "socket";
	case S_IFBLK:
		return "block";
	default:
		return "char";
	}
}

static bool is_below(const char *path, const char *point)
{
	size_t length = strcmp(point, "/") ? strlen(point) : 0;

	return !strncmp(path, point, length) && (!path[length] || path[length] == '/');
}

/*
 * The device of the file system. Where files of one file system tell devices
 * of their own (overlayfs), it is the mount that tells the truth.
 */
static dev_t device_of(const char *path)
{
	static struct text mounts;
	unsigned int major, minor;
	char point[4096], full[4096], *line, *rest;
	size_t best = 0;
	dev_t device = 0;

	if (!realpath(path, full))
		die("realpath %s: %s", path, strerror(errno));
	read_file("/proc/self/mountinfo", &mounts);
	/* Of mounts on one another the last is on top. */
	for (line = strtok_r(mounts.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		if (sscanf(line, "%*d %*d %u:%u %*s %4095s", &major, &minor, point) != 3 ||
		    !is_below(full, point) || strlen(point) < best)
			continue;
		best = strlen(point);
		device = makedev(major, minor);
	}
	return device;
}

/* The folder that a name is in. */
static void split(const char *path, char *folder, size_t size)
{
	char *slash;

	snprintf(folder, size, "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		snprintf(folder, size, ".");
	else
		slash[slash == folder] = 0;
}

void object_facts(struct text *text, const char *x, const char *path, bool device)
{
	char folder[4096];
	struct statfs system;
	struct stat file;
	dev_t dev;

	must(lstat(path, &file));
	split(path, folder, sizeof(folder));
	if (S_ISLNK(file.st_mode))
		path = folder;
	must(statfs(path, &system));
	dev = device_of(path);
	text_add(text, " %s.uid=%u %s.gid=%u %s.perm=0%o %s.type=%s", x, file.st_uid, x,
		 file.st_gid, x, file.st_mode & 07777, x, type_word(file.st_mode));
	if (device && (S_ISBLK(file.st_mode) || S_ISCHR(file.st_mode)))
		text_add(text, " %s.dev_major=%u %s.dev_minor=%u", x, major(file.st_rdev), x,
			 minor(file.st_rdev));
	text_add(text, " %s.ino=%lu %s.major=%u %s.minor=%u %s.fsmagic=0x%lX", x, file.st_ino, x,
		 major(dev), x, minor(dev), x, (unsigned long)system.f_type);
}

void parent_facts(struct text *text, const char *prefix, const char *path)
{
	char folder[4096], x[64];
	struct statfs system;
	struct stat file;
	dev_t dev;

	snprintf(x, sizeof(x), "%s.parent", prefix);
	split(path, folder, sizeof(folder));
	must(stat(folder, &file));
	must(statfs(folder, &system));
	dev = device_of(folder);
	text_add(text,
		 " %s.uid=%u %s.gid=%u %s.perm=0%o %s.ino=%lu %s.major=%u %s.minor=%u"
		 " %s.fsmagic=0x%lX",
		 x, file.st_uid, x, file.st_gid, x, file.st_mode & 07777, x, file.st_ino,
		 x, major(dev), x, minor(dev), x, (unsigned long)system.f_type);
}

bool exists(const char *path)
{
	struct stat file;

	return !lstat(path, &file);
}

static void add_contents(struct text *text, int folder, const char *name)
{
	char data[256];
	ssize_t n;
	int fd = must(openat(folder, name, O_RDONLY | O_CLOEXEC));

	n = must(read(fd, data, sizeof(data)));
	text_add_quoted(text, "", data, n);
	close(fd);
}

/* By a name below the folder's descriptor, or links could not be asked. */
static void add_xattrs(struct text *text, int folder, const char *name)
{
	char path[512], names[1024], value[256];
	ssize_t length, n, i;

	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", folder, name);
	length = must(llistxattr(path, names, sizeof(names)));
	for (i = 0; i < length; i += strlen(names + i) + 1) {
		n = must(lgetxattr(path, names + i, value, sizeof(value)));
		text_add_quoted(text, names + i, value, n);
	}
}

static void add_entry(struct text *text, int folder, const char *name)
{
	char target[256];
	struct stat file;
	ssize_t length;

	must(fstatat(folder, name, &file, AT_SYMLINK_NOFOLLOW));
	text_add(text, "%s %o %u:%u %lu %lu %lx", name, file.st_mode, file.st_uid, file.st_gid,
		 S_ISDIR(file.st_mode) ? 0 : file.st_nlink, file.st_ino, file.st_rdev);
	if (S_ISREG(file.st_mode))
		add_contents(text, folder, name);
	add_xattrs(text, folder, name);
	if (S_ISLNK(file.st_mode)) {
		length = must(readlinkat(folder, name, target, sizeof(target)));
		text_add(text, " %.*s", (int)length, target);
	}
	text_add(text, ";");
}

void tree_facts(struct text *text, const char *path)
{
	struct dirent **names;
	int i, n, fd;

	fd = must(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	n = must(scandir(path, &names, NULL, alphasort));
	for (i = 0; i < n; i++) {
		if (strcmp(names[i]->d_name, ".."))
			add_entry(text, fd, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	close(fd);
}
