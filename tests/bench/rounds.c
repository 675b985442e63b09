// SPDX-License-Identifier: GPL-2.0
/*
 * Cost of the system calls behind each operation of the policy language, for a
 * guest whose clock counts instructions.
 *
 *	rounds [OPERATION]...	by default all
 *
 * Prints a line for each: the operation, a blank, the median cost of a round.
 * A round is the call that asks about the operation and what it takes to do it
 * again; rounds are timed in batches and the median batch counts, so that
 * timer interrupts do not. A round that fails ends the program.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define BATCHES	31
#define ROUNDS	8
#define PORT	7091

#define FILE_NAME	"object"
#define OTHER_NAME	"other"
#define MOUNT_POINT	"mounted"

static int file_fd, memory_fd, pair[2], listener, receiver, sender, child, bound;
static struct sockaddr_in address = { .sin_family = AF_INET };
static char *page;

static void must(bool done, const char *what)
{
	if (done)
		return;
	perror(what);
	exit(1);
}

#define MUST(call) must((call) >= 0, #call)

static void round_read(void)
{
	int fd = open(FILE_NAME, O_RDONLY | O_CLOEXEC);

	MUST(fd);
	close(fd);
}

static void round_write(void)
{
	int fd = open(FILE_NAME, O_WRONLY | O_CLOEXEC);

	MUST(fd);
	close(fd);
}

static void round_getattr(void)
{
	struct stat st;

	MUST(stat(FILE_NAME, &st));
}

static void round_create(void)
{
	int fd = open(OTHER_NAME, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	MUST(fd);
	close(fd);
	MUST(unlink(OTHER_NAME));
}

static void round_mkdir(void)
{
	MUST(mkdir(OTHER_NAME, 0700));
	MUST(rmdir(OTHER_NAME));
}

static void round_rename(void)
{
	MUST(rename(FILE_NAME, OTHER_NAME));
	MUST(rename(OTHER_NAME, FILE_NAME));
}

static void round_link(void)
{
	MUST(link(FILE_NAME, OTHER_NAME));
	MUST(unlink(OTHER_NAME));
}

static void round_chmod(void)
{
	MUST(chmod(FILE_NAME, 0644));
}

static void round_truncate(void)
{
	MUST(ftruncate(file_fd, 0));
}

static void round_ioctl(void)
{
	int bytes;

	MUST(ioctl(file_fd, FIONREAD, &bytes));
}

static void round_setxattr(void)
{
	MUST(setxattr(FILE_NAME, "trusted.bench", "x", 1, 0));
}

static void round_mmap_exec(void)
{
	void *map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, memory_fd, 0);

	must(map != MAP_FAILED, "mmap");
	munmap(map, 4096);
}

static void round_mprotect(void)
{
	MUST(mprotect(page, 4096, PROT_READ | PROT_EXEC));
	MUST(mprotect(page, 4096, PROT_READ));
}

static void round_mount(void)
{
	MUST(mount("none", MOUNT_POINT, "tmpfs", 0, NULL));
	MUST(umount(MOUNT_POINT));
}

static void spawn(void (*in_child)(void))
{
	int status;
	pid_t pid = fork();

	MUST(pid);
	if (!pid) {
		in_child();
		_exit(0);
	}
	MUST(waitpid(pid, &status, 0));
	errno = ECHILD;
	must(!status, "child");
}

static void nothing(void)
{
}

static void round_task_exit(void)
{
	spawn(nothing);
}

static void run_small(void)
{
	char *const argv[] = { "small", NULL }, *const envp[] = { "A=b", NULL };

	execve("./small", argv, envp);
	_exit(127);
}

static void round_execute(void)
{
	spawn(run_small);
}

static void round_connect(void)
{
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;
	struct linger linger = { .l_onoff = 1 };

	MUST(client);
	MUST(setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	MUST(connect(client, (struct sockaddr *)&address, sizeof(address)));
	MUST(server = accept4(listener, NULL, NULL, SOCK_CLOEXEC));
	close(client);
	close(server);
}

static void round_datagram(void)
{
	char byte = 0;

	MUST(sendto(sender, &byte, 1, 0, (struct sockaddr *)&address, sizeof(address)));
	MUST(recv(receiver, &byte, 1, 0));
}

static void round_unix_connect(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0bench" };
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), server;

	MUST(client);
	MUST(connect(client, (struct sockaddr *)&name, sizeof(sa_family_t) + 6));
	MUST(server = accept4(bound, NULL, NULL, SOCK_CLOEXEC));
	close(client);
	close(server);
}

static void round_netlink(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	MUST(fd);
	close(fd);
}

static void round_write_read(void)
{
	char byte = 0;

	MUST(write(pair[0], &byte, 1));
	MUST(read(pair[1], &byte, 1));
}

static void round_fd_receive(void)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd;

	*header = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(header), &file_fd, sizeof(int));
	MUST(sendmsg(pair[0], &message, 0));
	message.msg_controllen = sizeof(control);
	MUST(recvmsg(pair[1], &message, MSG_CMSG_CLOEXEC));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	MUST(close(fd));
}

static void round_signal(void)
{
	MUST(kill(child, SIGCONT));
}

static void round_ptrace(void)
{
	char byte;
	struct iovec local = { &byte, 1 }, remote = { page, 1 };

	MUST(process_vm_readv(child, &local, 1, &remote, 1, 0));
}

static void round_capability(void)
{
	MUST(setpriority(PRIO_PROCESS, 0, -1));
	MUST(setpriority(PRIO_PROCESS, 0, -2));
}

static void round_setuid(void)
{
	MUST(setgroups(0, NULL));
}

static void round_bpf(void)
{
	union bpf_attr attr = { 0 };

	syscall(SYS_bpf, BPF_MAP_GET_NEXT_ID, &attr, sizeof(attr));
}

static void round_set_time(void)
{
	struct timezone zone = { 0 };

	MUST(syscall(SYS_settimeofday, NULL, &zone));
}

static const struct {
	const char *operation;
	void (*round)(void);
} rounds[] = {
	{ "read", round_read },
	{ "write", round_write },
	{ "getattr", round_getattr },
	{ "create", round_create },
	{ "mkdir", round_mkdir },
	{ "rename", round_rename },
	{ "link", round_link },
	{ "chmod", round_chmod },
	{ "truncate", round_truncate },
	{ "ioctl", round_ioctl },
	{ "setxattr", round_setxattr },
	{ "mmap_exec", round_mmap_exec },
	{ "mmap_exec:mprotect", round_mprotect },
	{ "mount", round_mount },
	{ "execute", round_execute },
	{ "inet_stream_connect", round_connect },
	{ "inet_stream_accept", round_connect },
	{ "inet_dgram_send", round_datagram },
	{ "inet_dgram_recv", round_datagram },
	{ "unix_stream_connect", round_unix_connect },
	{ "unix_stream_accept", round_unix_connect },
	{ "unix_dgram_send:write", round_write_read },
	{ "use_netlink_socket", round_netlink },
	{ "fd_receive", round_fd_receive },
	{ "signal", round_signal },
	{ "ptrace", round_ptrace },
	{ "capability", round_capability },
	{ "setuid", round_setuid },
	{ "bpf", round_bpf },
	{ "set_time", round_set_time },
	{ "task_exit", round_task_exit },
};

static void loopback_up(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };

	MUST(ioctl(fd, SIOCSIFFLAGS, &request));
	close(fd);
}

static void make_sockets(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "\0bench" };
	int yes = 1;

	loopback_up();
	address.sin_port = htons(PORT);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	MUST(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
	MUST(bind(listener, (struct sockaddr *)&address, sizeof(address)));
	MUST(listen(listener, 8));
	MUST(receiver = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	MUST(bind(receiver, (struct sockaddr *)&address, sizeof(address)));
	MUST(sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	MUST(bound = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	MUST(bind(bound, (struct sockaddr *)&name, sizeof(sa_family_t) + 6));
	MUST(listen(bound, 8));
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
}

static void make_place(void)
{
	char folder[] = "/tmp/rounds.XXXXXX";

	must(mkdtemp(folder) && !chdir(folder), folder);
	MUST(file_fd = open(FILE_NAME, O_RDWR | O_CREAT | O_CLOEXEC, 0644));
	MUST(mkdir(MOUNT_POINT, 0700));
	MUST(symlink("/tmp/bench/small", "small"));
	MUST(memory_fd = memfd_create("bench", MFD_CLOEXEC));
	MUST(ftruncate(memory_fd, 4096));
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(page != MAP_FAILED, "mmap");
}

static void make_child(void)
{
	MUST(child = fork());
	if (child)
		return;
	for (;;)
		pause();
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static uint64_t median_cost(void (*round)(void))
{
	uint64_t costs[BATCHES];

	round();
	for (int batch = 0; batch < BATCHES; batch++) {
		uint64_t start = now();

		for (int i = 0; i < ROUNDS; i++)
			round();
		costs[batch] = (now() - start) / ROUNDS;
	}
	qsort(costs, BATCHES, sizeof(costs[0]), compare);
	return costs[BATCHES / 2];
}

static bool is_wanted(const char *operation, char **names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (!strcmp(*names, operation))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	(void)argc;
	make_place();
	make_sockets();
	make_child();
	for (size_t i = 0; i < sizeof(rounds) / sizeof(rounds[0]); i++)
		if (is_wanted(rounds[i].operation, argv + 1)) {
			printf("%s %lu\n", rounds[i].operation,
			       median_cost(rounds[i].round));
			fflush(stdout);
		}
	kill(child, SIGKILL);
	return 0;
}
