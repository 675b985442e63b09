// SPDX-License-Identifier: GPL-2.0
/* What the daemon may do. */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "privileges.h"
#include "proc.h"
#include "tell.h"

/* ---------------------------------------------------------- the opener */

/* One byte asks for a descriptor; the answer is an errno, with it if that is 0. */
static int send_answer(int socket, int fd)
{
	int error = fd < 0 ? -fd : 0;
	struct iovec part = { &error, sizeof(error) };
	char control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (fd >= 0) {
		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int receive_answer(int socket)
{
	int error = EIO, fd = -1;
	struct iovec part = { &error, sizeof(error) };
	char control[CMSG_SPACE(sizeof(fd))] = { 0 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header;
	ssize_t got;

	do {
		got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (got != sizeof(error))
		return -EPIPE;
	header = CMSG_FIRSTHDR(&message);
	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	/* Received, but more than we may have open: the kernel leaves it out. */
	return error ? -error : fd >= 0 ? fd : -EMFILE;
}

static int open_audit(void)
{
	return kl_proc_open("audit", O_RDWR | O_NONBLOCK | O_NOCTTY);
}

static void serve(int socket)
{
	ssize_t got;
	char byte;
	int fd;

	while ((got = read(socket, &byte, 1))) {
		if (got < 0 && errno != EINTR)
			break;
		if (got < 0)
			continue;
		fd = open_audit();
		if (send_answer(socket, fd))
			break;
		if (fd >= 0)
			close(fd);
	}
}

/* The capabilities of a process that is to keep CAP_MAC_ADMIN and nothing else. */
static int limit_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 }, had[2];
	u32 bit = CAP_TO_MASK(CAP_MAC_ADMIN);

	if (syscall(SYS_capget, &header, had))
		return -errno;
	data[1].permitted = had[1].permitted & bit;
	data[1].effective = data[1].permitted;
	return syscall(SYS_capset, &header, data) ? -errno : 0;
}

static_assert(CAP_TO_INDEX(CAP_MAC_ADMIN) == 1, "limit_capabilities()");

static int harden(void)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
		return -errno;
	return 0;
}

static void run_opener(int socket)
{
	signal(SIGTERM, SIG_IGN); /* ends when the daemon does */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_NAME, "kellas-opener", 0, 0, 0);
	if (dup2(socket, 3) == 3 && !close_range(4, ~0u, 0) && !limit_capabilities() &&
	    !harden())
		serve(3);
	_exit(0);
}

int kl_opener_start(struct kl_opener *opener)
{
	int ends[2];

	opener->socket = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		kl_tell(LOG_ERR, "socketpair: %s", strerror(errno));
		return -errno;
	}
	opener->pid = fork();
	if (!opener->pid)
		run_opener(ends[1]);
	close(ends[1]);
	if (opener->pid < 0) {
		kl_tell(LOG_ERR, "fork: %s", strerror(errno));
		close(ends[0]);
		return -errno;
	}
	opener->socket = ends[0];
	return 0;
}

void kl_opener_stop(struct kl_opener *opener)
{
	if (opener->socket < 0)
		return;
	close(opener->socket);
	opener->socket = -1;
	while (waitpid(opener->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int kl_opener_open(struct kl_opener *opener)
{
	if (opener->socket < 0)
		return open_audit();
	if (send(opener->socket, "", 1, MSG_NOSIGNAL) < 0)
		return -errno;
	return receive_answer(opener->socket);
}

/* ------------------------------------------------------------ the user */

static int find_user(const char *name, struct passwd *found)
{
	struct passwd *user;

	errno = 0;
	user = getpwnam(name);
	if (!user) {
		int error = errno ? -errno : -ENOENT;

		kl_tell(LOG_ERR, "user %s: %s", name,
			error == -ENOENT ? "there is none" : strerror(-error));
		return error;
	}
	*found = *user;
	return 0;
}

int kl_privileges_check(const char *user)
{
	struct passwd found;

	return user ? find_user(user, &found) : 0;
}

/* No execve() of ours may bring back what we gave up. Needs CAP_SETPCAP. */
static int limit_bounding(void)
{
	int capability;

	for (capability = 0; capability <= 63; capability++) {
		if (capability == CAP_MAC_ADMIN)
			continue;
		if (prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1 &&
		    prctl(PR_CAPBSET_DROP, capability, 0, 0, 0))
			return errno == EPERM ? 0 : -errno;
	}
	return 0;
}

static int become(const struct passwd *user)
{
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) ||
	    initgroups(user->pw_name, user->pw_gid) ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid))
		return -errno;
	return 0;
}

int kl_privileges_drop(const char *user)
{
	struct passwd found;
	int error = 0;

	if (user)
		error = find_user(user, &found);
	if (error)
		return error;
	error = limit_bounding();
	if (!error && user && (geteuid() != found.pw_uid || getegid() != found.pw_gid))
		error = become(&found);
	if (!error)
		error = limit_capabilities();
	if (!error)
		error = harden();
	if (error)
		kl_tell(LOG_ERR, "giving up privileges%s%s: %s", user ? " to become " : "",
			user ? user : "", strerror(-error));
	return error;
}
