// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connections whose accept was denied: whatever may be tried with them, and by
 * whom, not a byte comes through.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "calls.h"
#include "facts.h"
#include "kellas.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#include "sockets.h"

/* What may be tried with a connection that was refused. */

static char got[100];
static struct iovec got_all = { got, sizeof(got) };
static int through[2];

static long by_read(void) { return read(my.taken, got, sizeof(got)); }
static long by_readv(void) { return readv(my.taken, &got_all, 1); }
static long by_recv(void) { return recv(my.taken, got, sizeof(got), 0); }
static long by_peek(void)
{
	return recv(my.taken, got, sizeof(got), MSG_PEEK | MSG_DONTWAIT);
}

static long by_recv_call(void)
{
	return socketcall(CALL_RECVFROM, my.taken, (uintptr_t)low_room(20), 20, 0, 0, 0);
}
static long by_splice(void) { return splice(my.taken, NULL, through[1], NULL, 100, 0); }
static long by_write(void) { return write(my.taken, WORD, strlen(WORD)); }
static long by_send(void) { return send(my.taken, WORD, strlen(WORD), MSG_NOSIGNAL); }
static long by_shutdown(void) { return shutdown(my.taken, SHUT_RDWR); }
static long by_listen(void) { return listen(my.taken, 5); }
static long by_connect(void) { return connect(my.taken, &my.address.any, my.length); }
static long by_bind(void) { return bind(my.taken, &my.address.any, my.length); }

static long by_recvmsg(void)
{
	struct msghdr msg = { .msg_iov = &got_all, .msg_iovlen = 1 };

	return recvmsg(my.taken, &msg, 0);
}

static long by_recvmmsg(void)
{
	struct mmsghdr msg = { { .msg_iov = &got_all, .msg_iovlen = 1 } };

	return recvmmsg(my.taken, &msg, 1, 0, NULL);
}

static long by_sendfile(void)
{
	int file = must(open("/proc/self/exe", O_RDONLY));

	return sendfile(my.taken, file, NULL, 100);
}

static long by_sendfile_from(void)
{
	return sendfile(through[1], my.taken, NULL, 100);
}

static long by_getsockname(void)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);

	return getsockname(my.taken, (struct sockaddr *)&name, &size);
}

static long by_getpeername(void)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);

	return getpeername(my.taken, (struct sockaddr *)&name, &size);
}

static long by_getsockopt(void)
{
	socklen_t size = sizeof(got);

	return getsockopt(my.taken, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, got, &size);
}

static long by_setsockopt(void)
{
	return setsockopt(my.taken, IPPROTO_TCP, TCP_ULP, "tls", 3);
}

static long ring_got(int code)
{
	struct io_uring_sqe operation = {
		.opcode = code, .fd = my.taken, .addr = (uintptr_t)got,
		.len = sizeof(got),
	};

	return ring_submit(&operation);
}

static long by_recv_ring(void) { return ring_got(IORING_OP_RECV); }
static long by_read_ring(void) { return ring_got(IORING_OP_READ); }

static long by_splice_ring(void)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_SPLICE, .fd = through[1], .off = -1, .len = 100,
		.splice_fd_in = my.taken, .splice_off_in = -1,
	};

	return ring_submit(&operation);
}

static const struct {
	const char *name;
	long (*try)(void);
	int error;
} tries[] = {
	{ "read", by_read, EBADF },
	{ "readv", by_readv, EBADF },
	{ "recv", by_recv, EPERM },
	{ "recv MSG_PEEK", by_peek, EPERM },
	{ "recv (socketcall)", by_recv_call, EPERM },
	{ "recvmsg", by_recvmsg, EPERM },
	{ "recvmmsg", by_recvmmsg, EPERM },
	{ "splice", by_splice, EBADF },
	{ "sendfile from it", by_sendfile_from, EBADF },
	{ "recv by io_uring", by_recv_ring, EPERM },
	{ "read by io_uring", by_read_ring, EBADF },
	{ "splice by io_uring", by_splice_ring, EBADF },
	{ "write", by_write, EBADF },
	{ "send", by_send, EPERM },
	{ "sendfile to it", by_sendfile, EBADF },
	{ "getsockname", by_getsockname, EPERM },
	{ "getpeername", by_getpeername, EPERM },
	{ "getsockopt", by_getsockopt, EPERM },
	{ "setsockopt", by_setsockopt, EPERM },
	{ "shutdown", by_shutdown, EPERM },
	{ "listen", by_listen, EPERM },
	{ "bind", by_bind, EPERM },
	{ "connect", by_connect, EPERM },
};

static struct {
	int error[ARRAY_SIZE(tries)];
	int again;
	bool closed;
	long leaked;
	int rounds;
} *results;

/* The other end sees that it is over. */
static bool is_closed(void)
{
	struct pollfd over = { .fd = my.peer, .events = POLLIN };

	return poll(&over, 1, 5000) > 0 && read(my.peer, got, sizeof(got)) <= 0;
}

static long try_refused(const void *arg)
{
	unsigned int i;

	(void)arg;
	must(pipe(through));
	must(ring_open());
	do_accept();
	for (i = 0; i < ARRAY_SIZE(tries); i++)
		results->error[i] = tries[i].try() < 0 ? errno : 0;
	results->closed = is_closed();
	results->again = by_read() < 0 ? errno : 0;
	return my.taken;
}

static void run_refused_kind(const struct way *way)
{
	struct seen seen;
	unsigned int i;

	group("network refused %s %s", way->op, way->where == V6 ? "IPv6" : "");
	set_alone(way->op);
	memset(results, 0, sizeof(*results));
	subject_watch(prepare_way, try_refused, way, &seen);
	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		begin("%s", tries[i].name);
		expect_error("result", tries[i].error, results->error[i]);
		end();
	}
	begin("the peer");
	expect(results->closed, "expected that it is told");
	expect_error("read later", EBADF, results->again);
	expect_number("records", 1, seen.count);
	end();
}

/* Another thread lies in wait for the descriptor. */
static volatile bool stop;

static int lie_in_wait(void *arg)
{
	int number = *(int *)arg;
	char bytes[20];
	long n;

	while (!stop) {
		n = splice(number, NULL, through[1], NULL, 100, SPLICE_F_NONBLOCK);
		results->leaked += n > 0 ? n : 0;
		n = recv(number, bytes, sizeof(bytes), MSG_DONTWAIT);
		results->leaked += n > 0 ? n : 0;
	}
	return 0;
}

static long try_ambush(const void *arg)
{
	static char stack[65536];
	int number, client, i;

	(void)arg;
	must(pipe(through));
	number = must(dup(0));
	close(number);
	must(clone(lie_in_wait, stack + sizeof(stack),
		   CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD, &number));
	for (i = 0; i < 200; i++) {
		do_accept();
		if (my.taken == number)
			results->rounds++;
		sched_yield();
		close(my.taken);
		/* The descriptor that is waited for must be the next one. */
		client = must(socket(my.address.any.sa_family, SOCK_STREAM, 0));
		my.peer = must(fcntl(client, F_DUPFD, 100));
		close(client);
		must(connect(my.peer, &my.address.any, my.length));
		must(send(my.peer, WORD, strlen(WORD), 0));
	}
	stop = true;
	return 0;
}

static void run_ambush(const struct way *way)
{
	struct seen seen;

	set_alone(way->op);
	memset(results, 0, sizeof(*results));
	group("network refused");
	begin("another thread waits for the descriptor of %s", way->op);
	subject_watch(prepare_way, try_ambush, way, &seen);
	expect_error("result", 0, seen.error);
	expect(results->rounds > 150, "the descriptor was the expected one %d times",
	       results->rounds);
	expect_number("bytes that came through", 0, results->leaked);
	end();
}

/* So that address is the listener's when more connect. */
static void for_ambush(const struct way *way)
{
	for_accept(way);
	get_name(my.other);
}

void run_refused(void)
{
	static const struct way kinds[] = {
		{ "", "inet_stream_accept", V4, SOCK_STREAM, 0, for_accept },
		{ "", "inet_stream_accept", V6, SOCK_STREAM, 0, for_accept },
		{ "", "unix_stream_accept", PATHNAME, SOCK_STREAM, 0, for_accept },
		{ "", "unix_seqpacket_accept", PATHNAME, SOCK_SEQPACKET, 0, for_accept },
	};
	static const struct way ambush[] = {
		{ "", "inet_stream_accept", V4, SOCK_STREAM, 0, for_ambush },
		{ "", "unix_stream_accept", ANONYMOUS, SOCK_STREAM, 0, for_ambush },
	};
	unsigned int i;

	results = mmap(NULL, sizeof(*results), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (results == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		run_refused_kind(&kinds[i]);
	for (i = 0; i < ARRAY_SIZE(ambush); i++)
		run_ambush(&ambush[i]);
}
