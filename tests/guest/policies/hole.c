// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hole in a server: a library that makes any program obey who sends it "hole:ACTION ARGUMENT", in what
 * it receives. It is to be loaded by LD_PRELOAD, and does in the server's process, or a child of it, what
 * code of an attacker would do there; the answer goes back over the connection, as "ACTION: done" or the
 * error's text, so that a client sees what was permitted.
 *
 * This is what the policies in policy/protect-*.conf are tested with; the servers are Debian's own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define PACKET 17 /* AF_PACKET */
#define EVERY_PROTOCOL 0x0300

static int run_shell(const char *command, int peer)
{
	dup2(peer, 1);
	dup2(peer, 2);
	execl("/bin/sh", "sh", "-c", command, NULL);
	return -1;
}

static int read_file(const char *name, int peer)
{
	char text[2000];
	int fd = open(name, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : syscall(SYS_read, fd, text, sizeof(text));

	return got < 0 || write(peer, text, got) != got ? -1 : 0;
}

static int write_file(const char *name, int peer)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_APPEND, 0644);

	(void)peer;
	return fd < 0 || write(fd, "defaced\n", 8) != 8 ? -1 : 0;
}

static int rename_file(const char *name, int peer)
{
	char other[300];

	(void)peer;
	snprintf(other, sizeof(other), "%s.moved", name);
	return rename(name, other);
}

static int connect_to(const char *where, int peer)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	char ip[40];
	int port;

	(void)peer;
	if (sscanf(where, "%39s %d", ip, &port) != 2)
		return -1;
	inet_pton(AF_INET, ip, &address.sin_addr);
	address.sin_port = htons(port);
	return connect(socket(AF_INET, SOCK_STREAM, 0), (void *)&address, sizeof(address));
}

static int open_packet_socket(const char *unused, int peer)
{
	(void)unused, (void)peer;
	return socket(PACKET, SOCK_RAW, EVERY_PROTOCOL) < 0 ? -1 : 0;
}

static int trace(const char *pid, int peer)
{
	(void)peer;
	return ptrace(PTRACE_SEIZE, atoi(pid), NULL, NULL) < 0 ? -1 : 0;
}

static int kill_process(const char *pid, int peer)
{
	(void)peer;
	return kill(atoi(pid), SIGKILL);
}

static int load_library(const char *name, int peer)
{
	(void)peer;
	if (dlopen(name, RTLD_NOW))
		return 0;
	errno = EPERM;
	return -1;
}

/* Rubbish: what is permitted to load a module is told that this is none. */
static int load_module(const char *unused, int peer)
{
	static char rubbish[4096];

	(void)unused, (void)peer;
	return syscall(SYS_init_module, rubbish, sizeof(rubbish), "") && errno != ENOEXEC ? -1 : 0;
}

static int connect_unix(const char *name, int peer)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	(void)peer;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	return connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&address, sizeof(address));
}

static int set_xattr(const char *name, int peer)
{
	(void)peer;
	return setxattr(name, "security.hole", "x", 1, 0);
}

/* By a copy of the root's mount that has no place: the file has no pathname there. */
static int read_nowhere(const char *name, int peer)
{
	char file[300];
	int tree = syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE);

	if (tree < 0)
		return -1;
	snprintf(file, sizeof(file), "/proc/self/fd/%d%s", tree, name);
	return read_file(file, peer);
}

static int mount_folder(const char *where, int peer)
{
	(void)peer;
	return mount("none", where, "tmpfs", 0, NULL);
}

static const struct {
	const char *name;
	int (*act)(const char *argument, int peer);
} actions[] = {
	{ "sh", run_shell },	       { "read", read_file },		{ "write", write_file },
	{ "rename", rename_file },     { "connect", connect_to },	{ "packet", open_packet_socket },
	{ "trace", trace },	       { "kill", kill_process },	{ "library", load_library },
	{ "module", load_module },     { "mount", mount_folder },	{ "unix", connect_unix },
	{ "xattr", set_xattr },	       { "nowhere", read_nowhere },
};

static void act(const char *name, const char *argument, int peer)
{
	size_t i;

	for (i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
		if (strcmp(actions[i].name, name))
			continue;
		if (!actions[i].act(argument, peer))
			dprintf(peer, "%s: done\n", name);
		else
			dprintf(peer, "%s: %s\n", name, strerror(errno));
	}
}

static void obey(char *order, int peer)
{
	char *argument = strchr(order, ' ');
	pid_t child;

	if (argument)
		*argument++ = 0;
	child = fork();
	if (!child) {
		signal(SIGCHLD, SIG_DFL);
		act(order, argument ? argument : "", peer);
		_exit(0);
	}
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Servers may read byte by byte. */
static void listen_to(const char *bytes, ssize_t count, int peer)
{
	static char line[400];
	static size_t length;
	static int last;
	ssize_t i;

	if (peer != last)
		length = 0;
	last = peer;
	for (i = 0; i < count; i++) {
		if (length < sizeof(line) - 1)
			line[length++] = bytes[i];
		if (bytes[i] != '\n')
			continue;
		line[length - 1] = 0;
		length = 0;
		if (!strncmp(line, "hole:", 5))
			obey(line + 5, peer);
	}
}

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
	ssize_t got = syscall(SYS_recvfrom, fd, buffer, size, flags, NULL, NULL);

	if (got < 0)
		return got;
	listen_to(buffer, got, fd);
	return got;
}

ssize_t __recv_chk(int fd, void *buffer, size_t size, size_t room, int flags)
{
	(void)room;
	return recv(fd, buffer, size, flags);
}

ssize_t read(int fd, void *buffer, size_t size)
{
	ssize_t got = syscall(SYS_read, fd, buffer, size);
	int error = errno, type;
	socklen_t length = sizeof(type);

	if (got > 0 && !getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length))
		listen_to(buffer, got, fd);
	errno = error;
	return got;
}

ssize_t __read_chk(int fd, void *buffer, size_t size, size_t room)
{
	(void)room;
	return read(fd, buffer, size);
}
