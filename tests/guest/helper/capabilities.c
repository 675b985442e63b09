// SPDX-License-Identifier: GPL-2.0-only
/* capability: what the kernel asks for, in which user namespace. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include "acts.h"
#include "calls.h"
#include "kellas.h"
#include "parts.h"

#define CALL32_SETHOSTNAME	74
#define CALL32_CHROOT		61
#define NODE			"/tmp/capabilities-node"

static int fd;
static pid_t other;

static unsigned long userns(const char *name)
{
	struct stat file;

	must(stat(name, &file));
	return file.st_ino;
}

/* "cap=… userns=… init_userns=…" of a capability in this process's namespace. */
static void words(const char *cap, int initial)
{
	act_words("cap=%s userns=%lu init_userns=%d", cap, userns("/proc/self/ns/user"),
		  initial);
}

static void get_admin(void) { words("CAP_SYS_ADMIN", 1); }
static void get_chroot(void) { words("CAP_SYS_CHROOT", 1); }
static void get_mknod(void) { words("CAP_MKNOD", 1); }
static void get_nice(void) { words("CAP_SYS_NICE", 1); }
static void get_boot(void) { words("CAP_SYS_BOOT", 1); }
static void get_socket(void)
{
	words("CAP_NET_BIND_SERVICE", 1);
	fd = must(socket(AF_INET, SOCK_STREAM, 0));
}

static void get_other(void)
{
	other = victim();
}

static long run_hostname(void)
{
	char name[64];

	must(gethostname(name, sizeof(name)));
	name[0] = name[0] == 'x' ? 'y' : 'x';
	return sethostname(name, strlen(name));
}

static long run_hostname32(void)
{
	char name[64];

	must(gethostname(name, sizeof(name)));
	name[0] = name[0] == 'x' ? 'y' : 'x';
	return call32(CALL32_SETHOSTNAME, low(name), strlen(name), 0, 0);
}

static void hostname(struct text *text)
{
	char name[64];

	must(gethostname(name, sizeof(name)));
	text_add(text, "%s", name);
}

static long run_chroot(void) { return chroot("/tmp"); }
static long run_chroot32(void) { return call32(CALL32_CHROOT, low("/tmp"), 0, 0, 0); }

static void root(struct text *text)
{
	struct stat file;

	must(stat("/", &file));
	text_add(text, "%lu:%lu", file.st_dev, file.st_ino);
}

static long run_mknod(void) { return mknod(NODE, S_IFCHR, makedev(1, 3)); }
static void node(struct text *text) { text_add(text, "%d", !access(NODE, F_OK)); }
static void no_node(void) { unlink(NODE); }

static long run_nice(void) { return setpriority(PRIO_PROCESS, 0, -5); }
static void niceness(struct text *text)
{
	text_add(text, "%d", getpriority(PRIO_PROCESS, 0));
}

static long run_bind(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(80),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return bind(fd, (struct sockaddr *)&address, sizeof(address));
}

/* Asked for the capability, then told that such a command is unknown. */
static long run_reboot(void) { return syscall(SYS_reboot, 0, 0, 0, NULL); }

/* A process that is root only in a namespace of its own. */
static long run_in_userns(void)
{
	must(unshare(CLONE_NEWUSER));
	words("CAP_SYS_CHROOT", 0);
	return chroot("/");
}

/* A new namespace of host names belongs to the new one of users. */
static long run_unshare(void)
{
	must(unshare(CLONE_NEWUSER));
	words("CAP_SYS_ADMIN", 0);
	return unshare(CLONE_NEWUTS) ? -1 : sethostname("inside", 6);
}

/* Whether addresses may be shown is only asked. */
static long run_stat(void)
{
	char name[40], line[400];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/%d/stat", other);
	fd = must(open(name, O_RDONLY));
	n = read(fd, line, sizeof(line));
	close(fd);
	return n;
}

/* What our own files ask for is only asked, too. */
static long run_kellas(void) { return open(KELLAS "stat", O_RDONLY); }

#define ACT(name, cap, prepare, run, ...) \
	{ name, "capability", "cap=" cap, NULL, prepare, run, __VA_ARGS__ }

static const struct act acts[] = {
	ACT("sethostname", "CAP_SYS_ADMIN", get_admin, run_hostname, hostname),
	ACT("sethostname, 32 bit", "21", get_admin, run_hostname32, hostname),
	ACT("chroot", "CAP_SYS_CHROOT", get_chroot, run_chroot, root),
	ACT("chroot, 32 bit", "CAP_SYS_CHROOT init_userns=1", get_chroot, run_chroot32, root),
	ACT("mknod", "CAP_MKNOD", get_mknod, run_mknod, node, no_node),
	ACT("setpriority", "CAP_SYS_NICE", get_nice, run_nice, niceness, .denied = EACCES),
	ACT("bind", "CAP_NET_BIND_SERVICE", get_socket, run_bind, .denied = EACCES),
	ACT("reboot", "CAP_SYS_BOOT", get_boot, run_reboot, .error = EINVAL),
	ACT("in a user namespace", "CAP_SYS_CHROOT", NULL, run_in_userns),
	ACT("not in the initial one", "CAP_SYS_CHROOT init_userns=1", NULL, run_in_userns,
	    .none = true),
	ACT("not in another one", "CAP_SYS_CHROOT init_userns=0", NULL, run_chroot, root,
	    .none = true),
	ACT("with a user namespace", "CAP_SYS_ADMIN", NULL, run_unshare, .requests = 2),
	ACT("another capability", "CAP_SYS_TIME", NULL, run_chroot, root, .none = true),
	ACT("stat of a process", "CAP_SYS_PTRACE", get_other, run_stat, .denied = -1,
	    .probe = true),
	ACT("our own files", "CAP_MAC_ADMIN", NULL, run_kellas, .probe = true),
};

void part_capabilities(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	acts_run("capabilities", acts, ARRAY_SIZE(acts));
	acts_end("capabilities");
}
