// SPDX-License-Identifier: GPL-2.0-only
/* Processes that keep the kernel busy. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "kellas.h"
#include "load.h"
#include "place.h"
#include "test.h"

const char *const kellas_files[] = {
	"policy", "audit", "query", "stat", "version", "self_domain", NULL
};

/*
 * An emulated processor that never rests keeps the other one waiting for as
 * long as a slice whenever code is patched.
 */
static void give_way(void)
{
	usleep(300);
}

static void opens(void)
{
	struct stat status;
	int fd;

	for (;;) {
		fd = open("f", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		fstat(fd, &status);
		ioctl(fd, FIOCLEX);
		fchmod(fd, 0600);
		close(fd);
		mkdir("d", 0755);
		rmdir("d");
		unlink("f");
		give_way();
	}
}

static void programs(void)
{
	char *const none[] = { NULL };
	pid_t child;

	for (;;) {
		child = fork();
		if (!child) {
			execve("quick", none, none);
			_exit(1);
		}
		waitpid(child, NULL, 0);
		give_way();
	}
}

/*
 * One connection to a listening socket, and one byte through it. It is reset
 * in the end: in TIME_WAIT it would hold memory for another minute, and how
 * much memory is held in the end is measured.
 */
static void connect_once(int listener, int domain)
{
	struct sockaddr_storage address;
	struct linger reset = { .l_onoff = 1 };
	socklen_t length = sizeof(address);
	int client = must(socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0));
	int server;
	char byte = 'x';

	must(getsockname(listener, (struct sockaddr *)&address, &length));
	if (!connect(client, (struct sockaddr *)&address, length)) {
		server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (send(client, &byte, 1, MSG_NOSIGNAL) == 1 && server >= 0)
			recv(server, &byte, 1, 0);
		setsockopt(server, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(server);
	}
	close(client);
}

static void datagram(const struct sockaddr_in *to)
{
	int fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct sockaddr_in own = { .sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	bind(fd, (struct sockaddr *)&own, sizeof(own));
	sendto(fd, "x", 1, 0, (const struct sockaddr *)to, sizeof(*to));
	close(fd);
}

static void connections(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "socket" };
	socklen_t length = sizeof(in);
	int tcp, udp, local;
	char byte;

	udp = must(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	must(bind(udp, (struct sockaddr *)&in, sizeof(in)));
	must(getsockname(udp, (struct sockaddr *)&in, &length));
	for (;;) {
		tcp = must(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
		local = must(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
		must(bind(tcp, (struct sockaddr *)&(struct sockaddr_in) {
				.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK) }, sizeof(in)));
		unlink("socket");
		must(bind(local, (struct sockaddr *)&un, sizeof(un)));
		if (!listen(tcp, 4))
			connect_once(tcp, AF_INET);
		if (!listen(local, 4))
			connect_once(local, AF_UNIX);
		datagram(&in);
		recv(udp, &byte, 1, 0);
		close(tcp);
		close(local);
		give_way();
	}
}

/* The child sleeps in open() until the other end is opened. */
static void fifos(void)
{
	pid_t child;
	int fd;

	unlink("fifo");
	must(mkfifo("fifo", 0600));
	for (;;) {
		child = must(fork());
		if (!child)
			_exit(open("fifo", O_RDONLY) < 0);
		pause_for(20);
		fd = open("fifo", O_WRONLY | O_CLOEXEC);
		close(fd);
		waitpid(child, NULL, 0);
	}
}

/* What a file that comes and goes may answer. */
static void allow(const char *what, const char *name)
{
	static const int allowed[] = {
		ENOENT, ENODEV, EAGAIN, EBUSY, EIO, EINTR, EINVAL, ENOSPC,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(allowed); i++)
		if (errno == allowed[i])
			return;
	die("%s of %s: %s", what, name, strerror(errno));
}

static void look(const char *name)
{
	struct pollfd looked = { .events = POLLIN };
	char path[60], data[5000];

	sprintf(path, KELLAS "%s", name);
	looked.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (looked.fd < 0) {
		allow("open", name);
		return;
	}
	poll(&looked, 1, 3);
	if (read(looked.fd, data, sizeof(data)) < 0)
		allow("read", name);
	close(looked.fd);
}

static void looks(void)
{
	int i;

	for (;;) {
		for (i = 0; kellas_files[i]; i++)
			look(kellas_files[i]);
		pause_for(10);
	}
}

static void (*const kinds[])(void) = { opens, programs, connections, fifos, looks };
static pid_t running[ARRAY_SIZE(kinds)];
static const char *where;

pid_t load_one(void (*run)(void))
{
	pid_t child = must(fork());

	if (child)
		return child;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	must(chdir(where));
	run();
	_exit(1);
}

/* With the children that they have: each is a group of its own. */
static void tell(pid_t pid, int signal)
{
	setpgid(pid, pid);
	must(kill(-pid, signal));
}

void load_end(pid_t pid)
{
	tell(pid, SIGKILL);
	must(waitpid(pid, NULL, 0));
}

void load_start(const char *folder)
{
	unsigned int i;

	where = folder;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		running[i] = load_one(kinds[i]);
}

static void tell_all(int signal)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		tell(running[i], signal);
	pause_for(50);
}

void load_pause(void)
{
	tell_all(SIGSTOP);
}

void load_resume(void)
{
	tell_all(SIGCONT);
}

bool load_alive(void)
{
	siginfo_t info = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (waitid(P_PID, running[i], &info, WEXITED | WNOHANG | WNOWAIT) ||
		    info.si_pid)
			return false;
	return true;
}

void load_stop(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		load_end(running[i]);
}
