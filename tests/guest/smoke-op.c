// SPDX-License-Identifier: GPL-2.0-only
/*
 * op COMMAND ARG...: single system calls for the smoke tests, which the usual
 * tools do not make, or not alone. Prints the errno's text and fails as they
 * do; on success prints what a record of it must say.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[1 << 20];

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static long check(long result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static int flags_of(const char *word)
{
	int flags = 0;

	if (strchr(word, 'r') && strchr(word, 'w'))
		flags = O_RDWR;
	else if (strchr(word, 'w'))
		flags = O_WRONLY;
	if (strchr(word, 'a'))
		flags |= O_APPEND;
	if (strchr(word, 'p'))
		flags |= O_PATH;
	if (strchr(word, 'c'))
		flags |= O_CREAT;
	if (strchr(word, 't'))
		flags |= O_TRUNC;
	return flags;
}

/* What path.* must be. */
static void describe(const char *prefix, const char *path)
{
	static const char *const types[16] = {
		[S_IFREG >> 12] = "file", [S_IFDIR >> 12] = "directory",
		[S_IFLNK >> 12] = "symlink", [S_IFIFO >> 12] = "fifo",
		[S_IFSOCK >> 12] = "socket", [S_IFBLK >> 12] = "block",
		[S_IFCHR >> 12] = "char",
	};
	struct stat s;
	struct statfs f;

	check(lstat(path, &s), path);
	check(statfs(path, &f), path);
	printf(" %s.uid=%u %s.gid=%u %s.perm=0%o %s.type=%s", prefix, s.st_uid,
	       prefix, s.st_gid, prefix, s.st_mode & 07777, prefix,
	       types[s.st_mode >> 12]);
	if (S_ISBLK(s.st_mode) || S_ISCHR(s.st_mode))
		printf(" %s.dev_major=%u %s.dev_minor=%u", prefix,
		       major(s.st_rdev), prefix, minor(s.st_rdev));
	printf(" %s.ino=%lu %s.major=%u %s.minor=%u %s.fsmagic=0x%lX\n", prefix,
	       s.st_ino, prefix, major(s.st_dev), prefix, minor(s.st_dev),
	       prefix, (unsigned long)f.f_type);
}

/* Everything that can be read now; "drain" throws it away. */
static void read_log(int print)
{
	struct pollfd p = { .fd = 0, .events = POLLIN };
	ssize_t n;

	while (poll(&p, 1, 0) > 0) {
		n = check(read(0, text, sizeof(text)), "read");
		if (print)
			fwrite(text, 1, n, stdout);
	}
}

/* A path of @length bytes below @top, in parts, and a file at its end. */
static void deep(const char *top, int length, int part)
{
	static char full[70000];
	char name[256];
	int used;

	check(chdir(top), top);
	used = sprintf(full, "%s", top);
	memset(name, 'd', part);
	name[part] = 0;
	while (used + part + 3 < length) {
		if (mkdir(name, 0755) && errno != EEXIST)
			die("mkdir");
		check(chdir(name), "chdir");
		used += sprintf(full + used, "/%s", name);
	}
	used = length - used - 1;
	memset(name, 'f', used);
	name[used] = 0;
	check(open(name, O_CREAT | O_RDONLY, 0644), "open");
	printf("%s/%s\n", full, name);
}

static void detached(const char *point)
{
	int fd;

	check(mount("detached", point, "tmpfs", 0, NULL), "mount");
	fd = check(open(point, O_RDONLY | O_DIRECTORY), point);
	check(umount2(point, MNT_DETACH), "umount");
	close(check(openat(fd, "file", O_CREAT | O_WRONLY, 0600), "openat"));
	check(openat(fd, "file", O_RDONLY), "openat");
}

static void open_again(int fd)
{
	char name[64];

	sprintf(name, "/proc/self/fd/%d", fd);
	check(open(name, O_RDONLY | O_NONBLOCK), name);
}

/* stdin to FILE in one write(2): the result, and what a read says then. */
static void write_at_once(const char *file)
{
	ssize_t n = 0, m;
	int fd;

	while ((m = read(0, text + n, sizeof(text) - n)) > 0)
		n += m;
	fd = check(open(file, O_RDWR), file);
	m = write(fd, text, n);
	if (m < 0)
		printf("%s; ", strerrorname_np(errno));
	else
		printf("%zd of %zd; ", m, n);
	fflush(stdout);
	m = check(read(fd, text, sizeof(text)), "read");
	if (!memcmp(text, "POLICY_VERSION", 14))
		puts("policy");
	else
		fwrite(text, 1, m, stdout);
}

static int files(const char *command, char **argv)
{
	const char *a = argv[2], *b = argv[3];
	int fd, n;

	if (!strcmp(command, "open")) {
		check(open(b, flags_of(a), 0600), b);
	} else if (!strcmp(command, "opens")) {
		for (n = atoi(b); n--; close(fd))
			fd = check(open(a, O_RDONLY), a);
	} else if (!strcmp(command, "setfl")) {
		fd = check(open(b, strchr(a, 'a') ? O_WRONLY :
				O_WRONLY | O_APPEND), b);
		check(fcntl(fd, F_SETFL, strchr(a, 'a') ? O_APPEND : 0),
		      "fcntl");
	} else if (!strcmp(command, "exchange")) {
		check(syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 2),
		      "renameat2");
	} else if (!strcmp(command, "rename")) {
		check(rename(a, b), "rename");
	} else if (!strcmp(command, "link")) {
		check(link(a, b), "link");
	} else if (!strcmp(command, "unlink")) {
		check(unlink(a), "unlink");
	} else if (!strcmp(command, "symlink")) {
		check(symlink(a, b), "symlink");
	} else if (!strcmp(command, "mkdir")) {
		check(mkdir(a, 0750), "mkdir");
	} else if (!strcmp(command, "rmdir")) {
		check(rmdir(a), "rmdir");
	} else if (!strcmp(command, "mknod")) {
		/* mknod KIND PATH MAJOR MINOR */
		check(mknod(b, 0640 | (*a == 'p' ? S_IFIFO : *a == 'b' ?
				       S_IFBLK : S_IFCHR),
			    makedev(atoi(argv[4]), atoi(argv[5]))), "mknod");
	} else if (!strcmp(command, "chmod")) {
		check(chmod(b, strtol(a, NULL, 8)), "chmod");
	} else if (!strcmp(command, "chown")) {
		check(lchown(argv[4], atoi(a), atoi(b)), "lchown");
	} else if (!strcmp(command, "truncate")) {
		check(truncate(a, 3), "truncate");
	} else if (!strcmp(command, "ftruncate")) {
		fd = check(open(a, O_WRONLY), a);
		check(ftruncate(fd, 3), "ftruncate");
	} else if (!strcmp(command, "ioctl")) {
		fd = check(open(a, 3), a);
		if (ioctl(fd, strtoul(b, NULL, 0), 0) && errno == EPERM)
			die("ioctl");
	} else if (!strcmp(command, "bind")) {
		struct sockaddr_un address = { .sun_family = AF_UNIX };

		fd = check(socket(AF_UNIX, SOCK_STREAM, 0), "socket");
		strcpy(address.sun_path, a);
		check(bind(fd, (void *)&address, sizeof(address)), "bind");
	} else if (!strcmp(command, "chroot")) {
		check(chroot(a), "chroot");
		check(chdir("/"), "chdir");
		if (strcmp(b, "."))
			check(open(b, O_RDONLY), b);
	} else if (!strcmp(command, "deep")) {
		deep(a, atoi(b), atoi(argv[4]));
	} else if (!strcmp(command, "gone")) {
		fd = check(open(a, O_CREAT | O_RDWR, 0600), a);
		unlink(a);
		open_again(fd);
	} else if (!strcmp(command, "memfd")) {
		open_again(check(memfd_create("x", 0), "memfd_create"));
	} else if (!strcmp(command, "pipe")) {
		int ends[2];

		check(pipe(ends), "pipe");
		open_again(ends[0]);
	} else if (!strcmp(command, "detached")) {
		detached(a);
	} else {
		return 0;
	}
	return 1;
}

static int log_files(const char *command, const char *a, const char *b)
{
	ssize_t n = 0;
	char c;
	int fd;

	if (!strcmp(command, "read")) {
		read_log(1);
	} else if (!strcmp(command, "drain")) {
		read_log(0);
	} else if (!strcmp(command, "raw")) {
		/* raw FILE SIZE: one read(2) of that size; its result */
		fd = check(open(a, O_RDONLY | O_NONBLOCK), a);
		n = check(read(fd, text, atoi(b)), "read");
	} else if (!strcmp(command, "wait")) {
		/* wait FILE: "ready", then the next record when it comes */
		fd = check(open(a, O_RDONLY), a);
		check(lseek(fd, 0, SEEK_END), "lseek");
		puts("ready");
		fflush(stdout);
		n = check(read(fd, text, sizeof(text)), "read");
	} else if (!strcmp(command, "seek")) {
		fd = check(open(a, O_RDONLY | O_NONBLOCK), a);
		check(strcmp(b, "end") ? lseek(fd, atoi(b), SEEK_SET) :
		      lseek(fd, 0, SEEK_END), "lseek");
		n = check(read(fd, text, sizeof(text)), "read");
	} else if (!strcmp(command, "keep")) {
		/* keep FILE OTHER: become keeper, open OTHER, wait for stdin */
		fd = check(open(a, O_RDWR), a);
		check(write(fd, "keep\n", 5), "keep");
		check(open(b, O_RDONLY), b);
		puts("kept");
		fflush(stdout);
		check(read(0, &c, 1), "stdin");
	} else {
		return 0;
	}
	fwrite(text, 1, n, stdout);
	return 1;
}

static int programs(const char *command, char **argv)
{
	char *a = argv[2], *b = argv[3];
	char *args[] = { a, "one", "two words", NULL };
	int fd;

	if (!strcmp(command, "userns")) {
		/* userns COMMAND...: as root of a new user namespace */
		check(unshare(CLONE_NEWUSER), "unshare");
		fd = check(open("/proc/self/uid_map", O_WRONLY), "uid_map");
		check(write(fd, "0 0 1\n", 6), "uid_map");
		execvp(a, argv + 2);
		die(a);
	} else if (!strcmp(command, "failexec")) {
		/* failexec BAD GOOD: an execve that fails late, then another */
		execl(a, a, (char *)NULL);
		execl(b, b, (char *)NULL);
		die(b);
	} else if (!strcmp(command, "fexec")) {
		fd = check(open(a, O_PATH), a);
		execveat(fd, "", argv + 2, environ, AT_EMPTY_PATH);
		die(a);
	} else if (!strcmp(command, "env")) {
		/* env PROGRAM STRING...: with exactly this environment */
		execve(a, args, argv + 3);
		die(a);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *command = argv[1], *a = argv[2], *b = argv[3];
	int fd;

	(void)argc;
	if (!strcmp(command, "describe")) {
		describe(a, b);
	} else if (!strcmp(command, "bytes")) {
		write_at_once(a);
	} else if (!strcmp(command, "lines")) {
		/* lines FILE: each line of stdin in a write(2) of its own */
		fd = check(open(a, O_WRONLY), a);
		while (fgets(text, sizeof(text), stdin))
			check(write(fd, text, strlen(text)), text);
	} else if (!files(command, argv) && !log_files(command, a, b) &&
		   !programs(command, argv)) {
		errno = EINVAL;
		die(command);
	}
	return 0;
}
