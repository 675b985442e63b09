// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operations on sockets, each by every way into it: system calls, their 32-bit
 * entries, io_uring. For each way and each verdict: the result, what it did,
 * what stat counts and what the record says.
 *
 * Addresses that a record must tell are those that getsockname(2) tells the
 * sockets' owners. "deny" knows only the operation of the way, so that nothing
 * else attaches what it needs.
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
#include "metronome.h"
#include "parts.h"
#include "place.h"
#include "subject.h"

#include "sockets.h"

/* Of io_uring, not in older headers. */
#define RING_BIND	56
#define RING_LISTEN	57

/* Between the process that acts and the one that looks on. */
static struct {
	bool asked;
	bool effect;
} *shared;

static void ring_for_receive(const struct way *way)
{
	for_receive(way);
	must(ring_open());
}

static void ring_for_connect(const struct way *way)
{
	for_connect(way);
	must(ring_open());
}

static void ring_for_bind(const struct way *way) { for_bind(way); must(ring_open()); }
static void ring_for_listen(const struct way *way) { for_listen(way); must(ring_open()); }
static void ring_for_accept(const struct way *way) { for_accept(way); must(ring_open()); }
static void ring_for_socket(const struct way *way) { for_socket(way); must(ring_open()); }

/* Doing it. */

static long ring_address(int code)
{
	struct io_uring_sqe operation = {
		.opcode = code, .fd = my.fd, .addr = (uintptr_t)&my.address,
		.off = my.length,
	};

	return ring_submit(&operation);
}

static uint32_t low_address(void)
{
	return (uintptr_t)low_copy(&my.address, my.length);
}

static long do_connect(void) { return connect(my.fd, &my.address.any, my.length); }
static long do_connect_call(void)
{
	return socketcall(CALL_CONNECT, my.fd, low_address(), my.length, 0, 0, 0);
}

static long do_connect32(void) { return call32(362, my.fd, low_address(), my.length, 0); }
static long do_connect_ring(void) { return ring_address(IORING_OP_CONNECT); }
static long do_bind(void) { return bind(my.fd, &my.address.any, my.length); }
static long do_bind_call(void)
{
	return socketcall(CALL_BIND, my.fd, low_address(), my.length, 0, 0, 0);
}

static long do_bind_ring(void) { return ring_address(RING_BIND); }
static long do_listen(void) { return listen(my.fd, 5); }
static long do_listen_call(void) { return socketcall(CALL_LISTEN, my.fd, 5, 0, 0, 0, 0); }

static long do_listen_ring(void)
{
	struct io_uring_sqe operation = { .opcode = RING_LISTEN, .fd = my.fd, .len = 5 };

	return ring_submit(&operation);
}

static long do_fastopen(void)
{
	return sendto(my.fd, WORD, strlen(WORD), MSG_FASTOPEN, &my.address.any,
		      my.length);
}

static long do_sendto(void)
{
	return sendto(my.fd, WORD, strlen(WORD), 0, &my.address.any, my.length);
}

static long do_sendto_call(void)
{
	return socketcall(CALL_SENDTO, my.fd, low(WORD), strlen(WORD), 0, low_address(),
			  my.length);
}

static struct iovec word = { WORD, sizeof(WORD) - 1 };

static struct msghdr message(void)
{
	return (struct msghdr) { .msg_name = &my.address, .msg_namelen = my.length,
				 .msg_iov = &word, .msg_iovlen = 1 };
}

static long do_sendmsg(void)
{
	struct msghdr msg = message();

	return sendmsg(my.fd, &msg, 0);
}

/* Two of them to the same address are asked about once. */
static long do_sendmmsg(void)
{
	struct mmsghdr both[2] = { { message() }, { message() } };

	return sendmmsg(my.fd, both, 2, 0);
}

static long do_sendmsg_call(void)
{
	uint32_t iov[2] = { low(WORD), strlen(WORD) };
	uint32_t msg[7] = { low_address(), my.length,
			    (uintptr_t)low_copy(iov, sizeof(iov)), 1 };

	return socketcall(CALL_SENDMSG, my.fd, (uintptr_t)low_copy(msg, sizeof(msg)), 0,
			  0, 0, 0);
}

static long do_sendmsg_ring(void)
{
	struct msghdr msg = message();
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_SENDMSG, .fd = my.fd,
		.addr = (uintptr_t)&msg, .len = 1,
	};

	return ring_submit(&operation);
}

/* An address that does not say of which family it is. */
static long do_sendto_unspec(void)
{
	my.address.any.sa_family = AF_UNSPEC;
	return do_sendto();
}

static long do_bind_unspec(void)
{
	my.address.any.sa_family = AF_UNSPEC;
	return do_bind();
}

static long do_write(void) { return write(my.fd, WORD, strlen(WORD)); }

static long do_connect_unspec(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(my.fd, &none, sizeof(none));
}

static long do_accept4(void)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);

	return take(accept4(my.other, (struct sockaddr *)&from, &size, SOCK_CLOEXEC));
}
static long do_accept_call(void)
{
	return take(socketcall(CALL_ACCEPT, my.other, 0, 0, 0, 0, 0));
}

static long do_accept_ring(void)
{
	struct io_uring_sqe operation = { .opcode = IORING_OP_ACCEPT, .fd = my.other };

	return take(ring_submit(&operation));
}

static long do_netlink(void) { return socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }
static long do_netlink_call(void)
{
	return socketcall(CALL_SOCKET, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, 0, 0, 0);
}

static long do_packet(void) { return socket(AF_PACKET, SOCK_DGRAM, 0); }
static long do_packet_call(void)
{
	return socketcall(CALL_SOCKET, AF_PACKET, SOCK_RAW, 0, 0, 0, 0);
}

/* The way of long ago. */
static long do_packet_old(void) { return socket(AF_INET, SOCK_PACKET, 0); }

static long ring_socket(int family)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_SOCKET, .fd = family, .off = SOCK_RAW, .len = 0,
	};

	return ring_submit(&operation);
}

static long do_netlink_ring(void) { return ring_socket(AF_NETLINK); }
static long do_packet_ring(void) { return ring_socket(AF_PACKET); }

static struct {
	struct cmsghdr head;
	int fd;
} received;

static struct msghdr room(void)
{
	static char bytes[20];
	static struct iovec iov = { bytes, sizeof(bytes) };

	return (struct msghdr) { .msg_iov = &iov, .msg_iovlen = 1,
				 .msg_control = &received,
				 .msg_controllen = sizeof(received) };
}

static long do_recvmsg(void)
{
	struct msghdr msg = room();

	return recvmsg(my.fd, &msg, 0);
}

static long do_recvmmsg(void)
{
	struct mmsghdr msg = { room() };

	return recvmmsg(my.fd, &msg, 1, 0, NULL);
}

static long do_recvmsg_call(void)
{
	uint32_t iov[2] = { (uintptr_t)low_room(20), 20 };
	uint32_t *control = low_room(16);
	uint32_t msg[7] = { 0, 0, (uintptr_t)low_copy(iov, sizeof(iov)), 1,
			    (uintptr_t)control, 16 };
	long result = socketcall(CALL_RECVMSG, my.fd,
				 (uintptr_t)low_copy(msg, sizeof(msg)), 0, 0, 0, 0);

	received.head.cmsg_len = control[0] ? CMSG_LEN(sizeof(int)) : 0;
	return result;
}

static long do_recvmsg_ring(void)
{
	struct msghdr msg = room();
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_RECVMSG, .fd = my.fd,
		.addr = (uintptr_t)&msg, .len = 1,
	};

	return ring_submit(&operation);
}

/* No socket at all, but a descriptor that was another process's. */
static long do_pidfd_getfd(void)
{
	int pidfd = must(syscall(SYS_pidfd_open, getpid(), 0));
	long result = syscall(SYS_pidfd_getfd, pidfd, my.other, 0);

	received.head.cmsg_len = result < 0 ? 0 : CMSG_LEN(sizeof(int));
	return result;
}

static long sctp_addresses(int option)
{
	return setsockopt(my.fd, IPPROTO_SCTP, option, &my.address, my.length);
}

static long do_bindx(void) { return sctp_addresses(100); }
static long do_connectx(void) { return sctp_addresses(110); }

/* Is it done? */

static bool has_descriptor(void)
{
	return received.head.cmsg_len == CMSG_LEN(sizeof(int));
}

static bool readable(int from)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };

	return poll(&ready, 1, 100) > 0 && ready.revents & POLLIN;
}

static bool arrived(void) { return readable(my.other); }

static bool is_bound(void)
{
	socklen_t size = sizeof(my.address);

	must(getsockname(my.fd, &my.address.any, &size));
	if (my.address.any.sa_family == AF_UNIX)
		return size > offsetof(struct sockaddr_un, sun_path);
	if (my.address.any.sa_family == AF_INET)
		return my.address.v4.sin_addr.s_addr;
	return !IN6_IS_ADDR_UNSPECIFIED(&my.address.v6.sin6_addr);
}

static bool is_listening(void)
{
	socklen_t size = sizeof(int);
	int on;

	must(getsockopt(my.fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &size));
	return on;
}

/* The peer's word comes through. */
static bool has_word(void)
{
	char got[20];

	return read(my.taken, got, sizeof(got)) == strlen(WORD) &&
	       !memcmp(got, WORD, strlen(WORD));
}

#define CONNECTS(op, where, type, protocol, effect) \
	{ op " connect", op, where, type, protocol, for_connect, do_connect, effect }, \
	{ op " connect (socketcall)", op, where, type, protocol, for_connect, do_connect_call, effect }, \
	{ op " connect (32-bit)", op, where, type, protocol, for_connect, do_connect32, effect }, \
	{ op " connect by io_uring", op, where, type, protocol, ring_for_connect, do_connect_ring, effect }
#define BINDS(op, where, type, protocol) \
	{ op " bind", op, where, type, protocol, for_bind, do_bind, is_bound }, \
	{ op " bind (socketcall)", op, where, type, protocol, for_bind, do_bind_call, is_bound }, \
	{ op " bind by io_uring", op, where, type, protocol, ring_for_bind, do_bind_ring, is_bound, 611 }
#define LISTENS(op, where, type, protocol) \
	{ op " listen", op, where, type, protocol, for_listen, do_listen, is_listening }, \
	{ op " listen (socketcall)", op, where, type, protocol, for_listen, do_listen_call, is_listening }, \
	{ op " listen by io_uring", op, where, type, protocol, ring_for_listen, do_listen_ring, is_listening, 611 }
#define SENDS(op, where, type, protocol) \
	{ op " sendto", op, where, type, protocol, for_connect, do_sendto, arrived }, \
	{ op " sendto (socketcall)", op, where, type, protocol, for_connect, do_sendto_call, arrived }, \
	{ op " sendmsg", op, where, type, protocol, for_connect, do_sendmsg, arrived }, \
	{ op " sendmsg (socketcall)", op, where, type, protocol, for_connect, do_sendmsg_call, arrived }, \
	{ op " sendmmsg", op, where, type, protocol, for_connect, do_sendmmsg, arrived }, \
	{ op " sendmsg by io_uring", op, where, type, protocol, ring_for_connect, do_sendmsg_ring, arrived }
#define ACCEPTS(op, where, type, protocol) \
	{ op " accept", op, where, type, protocol, for_accept, do_accept, has_word }, \
	{ op " accept4", op, where, type, protocol, for_accept, do_accept4, has_word }, \
	{ op " accept (socketcall)", op, where, type, protocol, for_accept, do_accept_call, has_word }, \
	{ op " accept by io_uring", op, where, type, protocol, ring_for_accept, do_accept_ring, has_word }

static const struct way ways[] = {
	BINDS("inet_stream_bind", V4, SOCK_STREAM, 0),
	BINDS("inet_stream_bind", V6, SOCK_STREAM, 0),
	LISTENS("inet_stream_listen", V4, SOCK_STREAM, 0),
	LISTENS("inet_stream_listen", V6, SOCK_STREAM, 0),
	{ "inet_stream_listen unbound", "inet_stream_listen", V4, SOCK_STREAM, 0,
	  for_listen_unbound, do_listen, is_listening },
	{ "inet_stream_listen unbound", "inet_stream_listen", V6, SOCK_STREAM, 0,
	  for_listen_unbound, do_listen, is_listening },
	CONNECTS("inet_stream_connect", V4, SOCK_STREAM, 0, arrived),
	CONNECTS("inet_stream_connect", V6, SOCK_STREAM, 0, arrived),
	CONNECTS("inet_stream_connect", MAPPED, SOCK_STREAM, 0, arrived),
	{ "inet_stream_connect MSG_FASTOPEN", "inet_stream_connect", V4, SOCK_STREAM, 0,
	  for_connect, do_fastopen, arrived },
	{ "inet_stream_connect MSG_FASTOPEN", "inet_stream_connect", V6, SOCK_STREAM, 0,
	  for_connect, do_fastopen, arrived },
	{ "inet connect AF_UNSPEC", NULL, V4, SOCK_STREAM, 0, for_connect, do_connect_unspec },
	ACCEPTS("inet_stream_accept", V4, SOCK_STREAM, 0),
	ACCEPTS("inet_stream_accept", V6, SOCK_STREAM, 0),
	ACCEPTS("inet_stream_accept", MAPPED, SOCK_STREAM, 0),

	BINDS("inet_dgram_bind", V4, SOCK_DGRAM, 0),
	BINDS("inet_dgram_bind", V6, SOCK_DGRAM, 0),
	CONNECTS("inet_dgram_send", V4, SOCK_DGRAM, 0, NULL),
	CONNECTS("inet_dgram_send", V6, SOCK_DGRAM, 0, NULL),
	CONNECTS("inet_dgram_send", MIXED, SOCK_DGRAM, 0, NULL),
	SENDS("inet_dgram_send", V4, SOCK_DGRAM, 0),
	SENDS("inet_dgram_send", V6, SOCK_DGRAM, 0),
	SENDS("inet_dgram_send", MIXED, SOCK_DGRAM, 0),
	SENDS("inet_dgram_send", MAPPED, SOCK_DGRAM, 0),
	{ "inet_dgram_send sendto AF_UNSPEC", "inet_dgram_send", V4, SOCK_DGRAM, 0,
	  for_connect, do_sendto_unspec, arrived },
	{ "inet_dgram write when connected", NULL, V4, SOCK_DGRAM, 0, for_write, do_write,
	  arrived },

	{ "inet_raw_bind", "inet_raw_bind", V4, SOCK_RAW, 251, for_bind, do_bind, is_bound },
	{ "inet_raw_bind (socketcall)", "inet_raw_bind", V6, SOCK_RAW, 252, for_bind,
	  do_bind_call, is_bound },
	{ "inet_raw_bind AF_UNSPEC", "inet_raw_bind", V4, SOCK_RAW, 253, for_bind,
	  do_bind_unspec, is_bound },
	CONNECTS("inet_raw_send", V4, SOCK_RAW, 251, NULL),
	CONNECTS("inet_raw_send", V6, SOCK_RAW, 252, NULL),
	SENDS("inet_raw_send", V4, SOCK_RAW, 251),
	SENDS("inet_raw_send", V6, SOCK_RAW, 252),
	{ "inet_raw_send sendto AF_UNSPEC", "inet_raw_send", V4, SOCK_RAW, 253,
	  for_connect, do_sendto_unspec, arrived },
	{ "inet_raw_send sendto AF_UNSPEC", "inet_raw_send", V6, SOCK_RAW, 254,
	  for_connect, do_sendto_unspec, arrived },

	BINDS("unix_stream_bind", PATHNAME, SOCK_STREAM, 0),
	BINDS("unix_stream_bind", ABSTRACTED, SOCK_STREAM, 0),
	BINDS("unix_stream_bind", ANONYMOUS, SOCK_STREAM, 0),
	LISTENS("unix_stream_listen", PATHNAME, SOCK_STREAM, 0),
	LISTENS("unix_stream_listen", ABSTRACTED, SOCK_STREAM, 0),
	CONNECTS("unix_stream_connect", PATHNAME, SOCK_STREAM, 0, arrived),
	CONNECTS("unix_stream_connect", ABSTRACTED, SOCK_STREAM, 0, arrived),
	ACCEPTS("unix_stream_accept", PATHNAME, SOCK_STREAM, 0),
	ACCEPTS("unix_stream_accept", ANONYMOUS, SOCK_STREAM, 0),
	BINDS("unix_dgram_bind", PATHNAME, SOCK_DGRAM, 0),
	BINDS("unix_dgram_bind", ABSTRACTED, SOCK_DGRAM, 0),
	CONNECTS("unix_dgram_send", PATHNAME, SOCK_DGRAM, 0, NULL),
	SENDS("unix_dgram_send", PATHNAME, SOCK_DGRAM, 0),
	SENDS("unix_dgram_send", ABSTRACTED, SOCK_DGRAM, 0),
	{ "unix_dgram write when connected", NULL, PATHNAME, SOCK_DGRAM, 0, for_write,
	  do_write, arrived },
	BINDS("unix_seqpacket_bind", PATHNAME, SOCK_SEQPACKET, 0),
	LISTENS("unix_seqpacket_listen", ABSTRACTED, SOCK_SEQPACKET, 0),
	CONNECTS("unix_seqpacket_connect", PATHNAME, SOCK_SEQPACKET, 0, arrived),
	ACCEPTS("unix_seqpacket_accept", PATHNAME, SOCK_SEQPACKET, 0),
	ACCEPTS("unix_seqpacket_accept", ANONYMOUS, SOCK_SEQPACKET, 0),

	{ "socket AF_NETLINK", "use_netlink_socket", .prepare = for_socket, .act = do_netlink },
	{ "socket AF_NETLINK (socketcall)", "use_netlink_socket", .prepare = for_socket,
	  .act = do_netlink_call },
	{ "socket AF_NETLINK by io_uring", "use_netlink_socket", .prepare = ring_for_socket,
	  .act = do_netlink_ring },
	{ "socket AF_PACKET", "use_packet_socket", .prepare = for_socket, .act = do_packet },
	{ "socket AF_PACKET (socketcall)", "use_packet_socket", .prepare = for_socket,
	  .act = do_packet_call },
	{ "socket SOCK_PACKET", "use_packet_socket", .prepare = for_socket, .act = do_packet_old },
	{ "socket AF_PACKET by io_uring", "use_packet_socket", .prepare = ring_for_socket,
	  .act = do_packet_ring },
};

#define RECEIVES(name, prepare, act) \
	{ "fd_receive " name, "fd_receive", PATHNAME, 0, 0, prepare, act, has_descriptor }
#define SCTP(name, op, type, prepare, act, effect) \
	{ "SCTP " name, op, V4, type, IPPROTO_SCTP, prepare, act, effect }

static const struct way more_ways[] = {
	RECEIVES("recvmsg", for_receive, do_recvmsg),
	RECEIVES("recvmmsg", for_receive, do_recvmmsg),
	RECEIVES("recvmsg (socketcall)", for_receive, do_recvmsg_call),
	RECEIVES("recvmsg by io_uring", ring_for_receive, do_recvmsg_ring),
	RECEIVES("pidfd_getfd", for_receive, do_pidfd_getfd),

	SCTP("bind", "inet_stream_bind", SOCK_STREAM, for_bind, do_bind, is_bound),
	SCTP("bindx", "inet_stream_bind", SOCK_STREAM, for_bind, do_bindx, is_bound),
	SCTP("bindx SEQPACKET", "inet_stream_bind", SOCK_SEQPACKET, for_bind, do_bindx,
	     is_bound),
	SCTP("listen", "inet_stream_listen", SOCK_STREAM, for_listen, do_listen,
	     is_listening),
	SCTP("connect", "inet_stream_connect", SOCK_STREAM, for_connect, do_connect, arrived),
	SCTP("connectx", "inet_stream_connect", SOCK_STREAM, for_connect, do_connectx,
	     arrived),
	SCTP("connect SEQPACKET", "inet_stream_connect", SOCK_SEQPACKET, for_connect,
	     do_connect, NULL),
	SCTP("sendto SEQPACKET", "inet_stream_connect", SOCK_SEQPACKET, for_connect,
	     do_sendto, arrived),
	SCTP("sendto STREAM", "inet_stream_connect", SOCK_STREAM, for_connect, do_sendto,
	     arrived),
	SCTP("accept", "inet_stream_accept", SOCK_STREAM, for_accept, do_accept, has_word),
};

static const char *const operations[] = {
	"inet_stream_bind", "inet_stream_listen", "inet_stream_connect", "inet_stream_accept",
	"inet_dgram_bind", "inet_dgram_send", "inet_raw_bind", "inet_raw_send",
	"unix_stream_bind", "unix_stream_listen", "unix_stream_connect", "unix_stream_accept",
	"unix_dgram_bind", "unix_dgram_send", "unix_seqpacket_bind", "unix_seqpacket_listen",
	"unix_seqpacket_connect", "unix_seqpacket_accept", "use_netlink_socket",
	"use_packet_socket", "fd_receive",
};

static const char *const verdicts[] = { "unmatched", "allowed", "denied" };

static void set_verdict(enum verdict verdict)
{
	struct text text = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(operations); i++)
		add_block(&text, operations[i], verdict);
	policy(text.data);
	free(text.data);
}

static long run_way(const void *arg)
{
	const struct way *way = arg;
	struct text text = {};
	long result;
	int err;

	task_facts(&text);
	subject_expects("%s%s%s%s", way->op ? way->op : "", my.params, text.data,
			my.facts.length ? my.facts.data : "");
	result = way->act();
	err = errno;
	if (way->effect) {
		shared->effect = way->effect();
		shared->asked = true;
	}
	errno = err;
	return result;
}

/* The call succeeds, and gives what is of no use, or no descriptor. */
static bool is_silent(const struct way *way)
{
	return way->op && (strstr(way->op, "_accept") ||
			   (!strcmp(way->op, "fd_receive") && way->act != do_pidfd_getfd));
}

/*
 * How often it is asked about: io_uring connects a stream without waiting, and
 * when it is connected calls connect once more to hear of it.
 */
static unsigned int times(const struct way *way, enum verdict verdict)
{
	if (!way->op)
		return 0;
	return verdict != DENIED && way->act == do_connect_ring &&
	       way->type == SOCK_STREAM && way->where < PATHNAME ? 2 : 1;
}

/* Of each operation: how often its blocks matched. */
static void expect_hits(const struct way *way, enum verdict verdict,
			const struct counts *before, const struct counts *after)
{
	const char *op = way->op;
	unsigned int i;

	expect(after->operations == before->operations && after->operations > 20,
	       "operations: %u", after->operations);
	for (i = 0; i < after->operations; i++) {
		const struct operation_count *b = &before->operation[i],
					     *a = &after->operation[i];
		int expected = op && !strcmp(a->name, op) ? times(way, verdict) : 0;

		if (a->matches - b->matches != expected ||
		    a->hits - b->hits != expected ||
		    a->denials - b->denials != (verdict == DENIED ? expected : 0) ||
		    a->rule_hits - b->rule_hits != (verdict == UNMATCHED ? 0 : expected))
			expect(false, "%s: expected %d got %lld matches, %lld hits, %lld denials, %lld of the rule",
			       a->name, expected, a->matches - b->matches,
			       a->hits - b->hits,
			       a->denials - b->denials, a->rule_hits - b->rule_hits);
	}
}

static void expect_record(const struct way *way, enum verdict verdict,
			  const struct seen *seen)
{
	unsigned int i;

	expect_number("records", times(way, verdict), seen->count);
	for (i = 0; way->op && i < seen->count; i++) {
		const char *record = seen->records[i];

		expect_words("record", seen->expected, record_body(record));
		expect_text("result", verdicts[verdict], head_field(record, "result"));
		expect_text("rule", way->op, head_field(record, "rule"));
	}
}

static void try_way(const struct way *way, enum verdict verdict)
{
	static struct counts before, after;
	bool refused = way->op && verdict == DENIED;
	struct seen seen;

	shared->asked = shared->effect = false;
	begin("%s%s", way->name, way->where == V6 ? " IPv6" : way->where == MIXED ? " mixed" :
	      way->where == MAPPED ? " mapped" : way->where == ABSTRACTED ? " abstract" :
	      way->where == ANONYMOUS ? " anonymous" : "");
	counts_take(&before);
	subject_watch(prepare_way, run_way, way, &seen);
	counts_take(&after);
	expect_error("result", refused && !is_silent(way) ? EPERM : 0, seen.error);
	if (way->effect)
		expect(shared->asked && shared->effect == !refused, "expected that it is%s done",
		       refused ? " not" : "");
	expect_hits(way, verdict, &before, &after);
	expect_record(way, verdict, &seen);
	end();
}

/* The debug kernel has none. */
static bool has_sctp = true;
/* Only what has this in its name. */
static const char *only = "";

static bool is_possible(const struct way *way)
{
	if (way->protocol == IPPROTO_SCTP && !has_sctp)
		return false;
	if (way->op && !strstr(way->op, only))
		return false;
	return !way->since || kernel_at_least(way->since / 100, way->since % 100);
}

static void try_alone(const struct way *way)
{
	static const char *last;

	if (way->op != last) {
		set_alone(way->op ? way->op : "inet_dgram_send");
		last = way->op;
	}
	try_way(way, DENIED);
}

static void run_ways(const struct way *list, unsigned int n)
{
	enum verdict verdict;
	unsigned int i;

	for (verdict = UNMATCHED; verdict <= ALLOWED; verdict++) {
		group("network %s", verdicts[verdict]);
		set_verdict(verdict);
		for (i = 0; i < n; i++)
			if (is_possible(&list[i]))
				try_way(&list[i], verdict);
	}
	group("network denied");
	for (i = 0; i < n; i++)
		if (is_possible(&list[i]))
			try_alone(&list[i]);
}

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int s = must(socket(AF_INET, SOCK_DGRAM, 0));

	must(ioctl(s, SIOCSIFFLAGS, &request));
	close(s);
}

/* network [without-sctp [WORD]]: operations on sockets, or only those with WORD */
void part_network(int argc, char **argv)
{
	has_sctp = !argc || strcmp(argv[0], "without-sctp");
	if (argc > 1)
		only = argv[1];
	metronome_start();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	loopback_up();
	must(mkdir(HERE, 0777));
	if (has_sctp)
		shell("modprobe sctp");
	kellas_load();
	run_ways(ways, ARRAY_SIZE(ways));
	run_ways(more_ways, ARRAY_SIZE(more_ways));
	run_refused();
	if (strstr("recv", only))
		run_datagrams();
	group("network");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
