// SPDX-License-Identifier: GPL-2.0-only
/* A file system in user space with one symbolic link, which can be slow. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "held.h"
#include "place.h"
#include "test.h"

#define LINK_NODE 2

static struct {
	volatile bool hold;
	volatile bool waiting;
} *shared;
static pid_t server;
static const char *target;
/* The link has been followed: the program is open, what comes next is the hook. */
static bool followed;

static void reply(int fd, const struct fuse_in_header *request, int error,
		  const void *data, size_t length)
{
	char buffer[4096];
	struct fuse_out_header head = {
		.len = sizeof(head) + length, .error = -error, .unique = request->unique,
	};

	memcpy(buffer, &head, sizeof(head));
	memcpy(buffer + sizeof(head), data, length);
	/* Who asked may have been killed meanwhile. */
	if (write(fd, buffer, head.len) < 0 && errno != ENOENT)
		die("fuse: %s", strerror(errno));
}

static struct fuse_attr attributes(unsigned long node)
{
	return (struct fuse_attr) {
		.ino = node,
		.mode = node == LINK_NODE ? S_IFLNK | 0777 : S_IFDIR | 0755,
		.nlink = 1,
		.size = node == LINK_NODE ? strlen(target) : 0,
		.blksize = 4096,
	};
}

/* Not valid for any time: it is asked for anew each time. */
static void answer_lookup(int fd, const struct fuse_in_header *request, const char *name)
{
	struct fuse_entry_out entry = { .nodeid = LINK_NODE,
					.attr = attributes(LINK_NODE) };

	if (strcmp(name, "link")) {
		reply(fd, request, ENOENT, NULL, 0);
		return;
	}
	if (followed && shared->hold) {
		shared->waiting = true;
		while (shared->hold)
			pause_for(2);
		shared->waiting = false;
	}
	followed = false;
	reply(fd, request, 0, &entry, sizeof(entry));
}

static void answer(int fd, const struct fuse_in_header *request, const void *body)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION,
		.minor = FUSE_KERNEL_MINOR_VERSION,
		.max_write = 4096,
	};
	struct fuse_attr_out attr = { .attr = attributes(request->nodeid) };
	struct fuse_statfs_out system = {};

	switch (request->opcode) {
	case FUSE_INIT:
		reply(fd, request, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer_lookup(fd, request, body);
		break;
	case FUSE_GETATTR:
		reply(fd, request, 0, &attr, sizeof(attr));
		break;
	case FUSE_READLINK:
		followed = true;
		reply(fd, request, 0, target, strlen(target));
		break;
	case FUSE_STATFS:
		reply(fd, request, 0, &system, sizeof(system));
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		reply(fd, request, ENOSYS, NULL, 0);
	}
}

static void serve(int fd)
{
	static char buffer[FUSE_MIN_READ_BUFFER + 8192];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof(buffer))) > 0 || errno == EINTR ||
	       errno == ENOENT)
		if (n > 0)
			answer(fd, (struct fuse_in_header *)buffer,
			       buffer + sizeof(struct fuse_in_header));
	_exit(0);
}

void held_mount(const char *folder, const char *where)
{
	char options[100];
	int fd;

	target = where;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	shell("modprobe fuse");
	fd = must(open("/dev/fuse", O_RDWR | O_CLOEXEC));
	sprintf(options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fd);
	must(mount("held", folder, "fuse", 0, options));
	server = must(fork());
	if (!server)
		serve(fd);
	close(fd);
}

void held_hold(bool hold)
{
	shared->hold = hold;
}

bool held_wait(void)
{
	int i;

	for (i = 0; i < 1000 && !shared->waiting; i++)
		pause_for(10);
	return shared->waiting;
}

pid_t held_execve(const char *folder)
{
	char *const none[] = { NULL };
	pid_t child = must(fork());
	char name[300];

	if (child)
		return child;
	sprintf(name, "%s/link", folder);
	execve(name, none, none);
	_exit(errno);
}

void held_unmount(const char *folder)
{
	shared->hold = false;
	must(umount2(folder, MNT_DETACH));
	must(kill(server, SIGKILL));
	must(waitpid(server, NULL, 0));
}
