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
#include "parts.h"
#include "place.h"
#include "subject.h"

#define HERE		"/tmp/network"
#define ABSTRACT	"\0kellas two\1"
#define WORD		"123456"

/* Of io_uring, not in older headers. */
#define RING_BIND	56
#define RING_LISTEN	57

/* Of socketcall(2). */
enum { CALL_SOCKET = 1, CALL_BIND, CALL_CONNECT, CALL_LISTEN, CALL_ACCEPT,
       CALL_SENDTO = 11, CALL_RECVFROM = 12, CALL_SENDMSG = 16,
       CALL_RECVMSG = 17, CALL_ACCEPT4 = 18 };

/* What a test socket is, and where. */
enum where {
	V4, V6,
	MIXED,		/* an IPv6 socket, an IPv4 address */
	MAPPED,		/* an IPv6 socket, ::ffff:127.0.0.1 */
	PATHNAME, ABSTRACTED, ANONYMOUS,
};

/**
 * struct way - a way into an operation
 * @name: of the case
 * @op: what it is; NULL: nothing that is asked about
 * @where, @type, @protocol: of the socket
 * @prepare: gets ready
 * @act: does it
 * @effect: is it done? may be NULL
 * @since: not before this kernel: 611 is 6.11
 */
struct way {
	const char *name;
	const char *op;
	enum where where;
	int type;
	int protocol;
	void (*prepare)(const struct way *way);
	long (*act)(void);
	bool (*effect)(void);
	int since;
};

static int fd, other, peer;
static union {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
	struct sockaddr_storage room;
} address;
static socklen_t length;
static char params[300];
/* What follows the task in a record. */
static struct text facts;

/* Between the process that acts and the one that looks on. */
static struct {
	bool asked;
	bool effect;
} *shared;

static int family_of(enum where where)
{
	if (where >= PATHNAME)
		return AF_UNIX;
	return where == V4 ? AF_INET : AF_INET6;
}

static int open_socket(const struct way *way)
{
	return must(socket(family_of(way->where), way->type, way->protocol));
}

/* Where the way's sockets are; inet ones have no port yet. */
static void set_address(enum where where)
{
	static const char *const ip[] = { "127.0.0.1", "::1", "127.0.0.1",
					  "::ffff:127.0.0.1" };

	memset(&address, 0, sizeof(address));
	switch (where) {
	case V4:
	case MIXED:
		address.v4.sin_family = AF_INET;
		inet_pton(AF_INET, ip[where], &address.v4.sin_addr);
		length = sizeof(address.v4);
		break;
	case V6:
	case MAPPED:
		address.v6.sin6_family = AF_INET6;
		inet_pton(AF_INET6, ip[where], &address.v6.sin6_addr);
		length = sizeof(address.v6);
		break;
	case PATHNAME:
		address.un.sun_family = AF_UNIX;
		sprintf(address.un.sun_path, HERE "/socket.%d", getpid());
		length = sizeof(address.un);
		break;
	case ABSTRACTED:
		address.un.sun_family = AF_UNIX;
		memcpy(address.un.sun_path, ABSTRACT, sizeof(ABSTRACT) - 1);
		length = offsetof(struct sockaddr_un, sun_path) + sizeof(ABSTRACT) - 1;
		break;
	case ANONYMOUS:
		address.un.sun_family = AF_UNIX;
		length = offsetof(struct sockaddr_un, sun_path);
		break;
	}
}

static void set_port(unsigned int port)
{
	if (address.any.sa_family == AF_INET)
		address.v4.sin_port = htons(port);
	else if (address.any.sa_family == AF_INET6)
		address.v6.sin6_port = htons(port);
}

static unsigned int free_port(void)
{
	static unsigned int port = 20000;

	return port += 1 + getpid() % 20000 * (port == 20000);
}

/* The address as a record tells it. */
static void tell(const struct way *way)
{
	struct text text = {};
	char ip[64];
	size_t n;

	switch (address.any.sa_family) {
	case AF_UNIX:
		n = length - offsetof(struct sockaddr_un, sun_path);
		if (!n)
			text_add(&text, " addr=\"anonymous\"");
		else if (!address.un.sun_path[0])
			text_add_quoted(&text, "addr", address.un.sun_path, n);
		else
			text_add_quoted(&text, "addr", address.un.sun_path,
					strnlen(address.un.sun_path, n));
		break;
	case AF_INET:
		inet_ntop(AF_INET, &address.v4.sin_addr, ip, sizeof(ip));
		text_add(&text, " ip=%s", ip);
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &address.v6.sin6_addr, ip, sizeof(ip));
		text_add(&text, " ip=%s", ip);
		break;
	}
	if (address.any.sa_family != AF_UNIX && way->type == SOCK_RAW)
		text_add(&text, " proto=%d", way->protocol);
	else if (address.any.sa_family != AF_UNIX)
		text_add(&text, " port=%d", ntohs(address.v4.sin_port));
	if (text.length >= sizeof(params))
		die("no room for an address");
	strcpy(params, text.data);
	free(text.data);
}

static void get_name(int of)
{
	length = sizeof(address);
	must(getsockname(of, &address.any, &length));
}

/* Getting ready. */

/* "other" is bound to the address, and listens if it can. */
static void bind_other(const struct way *way)
{
	enum where where = way->where == MIXED || way->where == MAPPED ? V4 : way->where;
	struct way server = *way;

	server.where = where;
	set_address(where);
	other = open_socket(&server);
	if (where == PATHNAME)
		unlink(address.un.sun_path);
	must(bind(other, &address.any, length));
	if (way->type == SOCK_STREAM || way->type == SOCK_SEQPACKET)
		must(listen(other, 5));
	get_name(other);
	if (where != way->where) {
		unsigned int port = ntohs(address.v4.sin_port);

		set_address(way->where);
		set_port(port);
	}
}

static void for_connect(const struct way *way)
{
	bind_other(way);
	fd = open_socket(way);
	tell(way);
}

/* No listener: the kernel refuses by itself what is permitted. */
static void for_bind(const struct way *way)
{
	set_address(way->where);
	if (way->where == PATHNAME)
		unlink(address.un.sun_path);
	set_port(way->type == SOCK_RAW ? 0 : free_port());
	fd = open_socket(way);
	tell(way);
}

static void for_listen(const struct way *way)
{
	set_address(way->where);
	if (way->where == PATHNAME)
		unlink(address.un.sun_path);
	fd = open_socket(way);
	must(bind(fd, &address.any, length));
	get_name(fd);
	tell(way);
}

static void for_listen_unbound(const struct way *way)
{
	memset(&address, 0, sizeof(address));
	address.any.sa_family = family_of(way->where);
	fd = open_socket(way);
	tell(way);
}

/* A peer has connected, with a word to say. Its own name is what is told. */
static void for_accept(const struct way *way)
{
	struct way client = *way;

	if (way->where == MAPPED)
		client.where = V4;
	if (way->where == MAPPED) {
		set_address(V6);
		address.v6.sin6_addr = in6addr_any;
		other = open_socket(way);
		must(bind(other, &address.any, length));
		must(listen(other, 5));
		get_name(other);
		set_address(V4);
		length = sizeof(address.v4);
		address.v4.sin_port = 0;
		{
			struct sockaddr_in6 own;
			socklen_t size = sizeof(own);

			must(getsockname(other, (struct sockaddr *)&own, &size));
			set_port(ntohs(own.sin6_port));
		}
	} else {
		client.where = way->where == ANONYMOUS ? ABSTRACTED : way->where;
		bind_other(&client);
	}
	peer = must(socket(family_of(client.where), way->type, way->protocol));
	if (way->where == PATHNAME || way->where == ABSTRACTED) {
		struct sockaddr_un name = { AF_UNIX };

		sprintf(name.sun_path, HERE "/peer.%d", getpid());
		unlink(name.sun_path);
		must(bind(peer, (struct sockaddr *)&name, sizeof(name)));
	}
	if (way->protocol == IPPROTO_SCTP) {
		struct sockaddr_in own = { AF_INET, 0, { htonl(INADDR_LOOPBACK) } };

		must(bind(peer, (struct sockaddr *)&own, sizeof(own)));
	}
	must(connect(peer, &address.any, length));
	must(write(peer, WORD, strlen(WORD)));
	get_name(peer);
	if (way->where == MAPPED) {
		unsigned int port = ntohs(address.v4.sin_port);

		set_address(MAPPED);
		set_port(port);
	}
	tell(way);
}

static void for_socket(const struct way *way)
{
	(void)way;
	params[0] = 0;
}

/* A connected datagram socket. */
static void for_write(const struct way *way)
{
	for_connect(way);
	must(connect(fd, &address.any, length));
}

/* A peer has sent the descriptor of a file. */
static void for_receive(const struct way *way)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {};
	struct iovec byte = { "x", 1 };
	struct msghdr msg = { .msg_iov = &byte, .msg_iovlen = 1,
			      .msg_control = &control, .msg_controllen = sizeof(control) };
	int pair[2], file = must(open(HERE "/file", O_RDWR | O_CREAT | O_CLOEXEC, 0640));

	(void)way;
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	control.head = (struct cmsghdr) { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), &file, sizeof(file));
	must(sendmsg(pair[1], &msg, 0));
	fd = pair[0];
	other = file;
	sprintf(params, " path=\"%s\"", HERE "/file");
	text_clear(&facts);
	object_facts(&facts, "path", HERE "/file", false);
	parent_facts(&facts, "path", HERE "/file");
}

static void ring_for_receive(const struct way *way) { for_receive(way); must(ring_open()); }
static void ring_for_connect(const struct way *way) { for_connect(way); must(ring_open()); }
static void ring_for_bind(const struct way *way) { for_bind(way); must(ring_open()); }
static void ring_for_listen(const struct way *way) { for_listen(way); must(ring_open()); }
static void ring_for_accept(const struct way *way) { for_accept(way); must(ring_open()); }
static void ring_for_socket(const struct way *way) { for_socket(way); must(ring_open()); }

/* Doing it. */

static void *low_copy(const void *data, size_t size)
{
	return memcpy(low_room(size), data, size);
}

static long socketcall(int call, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
		       uint32_t e, uint32_t f)
{
	uint32_t args[6] = { a, b, c, d, e, f };

	return call32(102, call, (long)low_copy(args, sizeof(args)), 0, 0);
}

static long ring_address(int code)
{
	struct io_uring_sqe operation = {
		.opcode = code, .fd = fd, .addr = (uintptr_t)&address, .off = length,
	};

	return ring_submit(&operation);
}

static uint32_t low_address(void)
{
	return (uintptr_t)low_copy(&address, length);
}

static long do_connect(void) { return connect(fd, &address.any, length); }
static long do_connect_call(void) { return socketcall(CALL_CONNECT, fd, low_address(), length, 0, 0, 0); }
static long do_connect32(void) { return call32(362, fd, low_address(), length, 0); }
static long do_connect_ring(void) { return ring_address(IORING_OP_CONNECT); }
static long do_bind(void) { return bind(fd, &address.any, length); }
static long do_bind_call(void) { return socketcall(CALL_BIND, fd, low_address(), length, 0, 0, 0); }
static long do_bind_ring(void) { return ring_address(RING_BIND); }
static long do_listen(void) { return listen(fd, 5); }
static long do_listen_call(void) { return socketcall(CALL_LISTEN, fd, 5, 0, 0, 0, 0); }

static long do_listen_ring(void)
{
	struct io_uring_sqe operation = { .opcode = RING_LISTEN, .fd = fd, .len = 5 };

	return ring_submit(&operation);
}

static long do_fastopen(void)
{
	return sendto(fd, WORD, strlen(WORD), MSG_FASTOPEN, &address.any, length);
}

static long do_sendto(void)
{
	return sendto(fd, WORD, strlen(WORD), 0, &address.any, length);
}

static long do_sendto_call(void)
{
	return socketcall(CALL_SENDTO, fd, low(WORD), strlen(WORD), 0, low_address(), length);
}

static struct iovec word = { WORD, sizeof(WORD) - 1 };

static struct msghdr message(void)
{
	return (struct msghdr) { .msg_name = &address, .msg_namelen = length,
				 .msg_iov = &word, .msg_iovlen = 1 };
}

static long do_sendmsg(void)
{
	struct msghdr msg = message();

	return sendmsg(fd, &msg, 0);
}

/* Two of them to the same address are asked about once. */
static long do_sendmmsg(void)
{
	struct mmsghdr both[2] = { { message() }, { message() } };

	return sendmmsg(fd, both, 2, 0);
}

static long do_sendmsg_call(void)
{
	uint32_t iov[2] = { low(WORD), strlen(WORD) };
	uint32_t msg[7] = { low_address(), length, (uintptr_t)low_copy(iov, sizeof(iov)), 1 };

	return socketcall(CALL_SENDMSG, fd, (uintptr_t)low_copy(msg, sizeof(msg)), 0, 0, 0, 0);
}

static long do_sendmsg_ring(void)
{
	struct msghdr msg = message();
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_SENDMSG, .fd = fd, .addr = (uintptr_t)&msg, .len = 1,
	};

	return ring_submit(&operation);
}

/* An address that does not say of which family it is. */
static long do_sendto_unspec(void)
{
	address.any.sa_family = AF_UNSPEC;
	return do_sendto();
}

static long do_bind_unspec(void)
{
	address.any.sa_family = AF_UNSPEC;
	return do_bind();
}

static long do_write(void) { return write(fd, WORD, strlen(WORD)); }

static long do_connect_unspec(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	return connect(fd, &none, sizeof(none));
}

static int taken = -1;

static long take(long result)
{
	return taken = result;
}

static long do_accept(void) { return take(accept(other, NULL, NULL)); }
static long do_accept4(void)
{
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);

	return take(accept4(other, (struct sockaddr *)&from, &size, SOCK_CLOEXEC));
}
static long do_accept_call(void) { return take(socketcall(CALL_ACCEPT, other, 0, 0, 0, 0, 0)); }
static long do_accept_ring(void)
{
	struct io_uring_sqe operation = { .opcode = IORING_OP_ACCEPT, .fd = other };

	return take(ring_submit(&operation));
}

static long do_netlink(void) { return socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }
static long do_netlink_call(void) { return socketcall(CALL_SOCKET, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, 0, 0, 0); }
static long do_packet(void) { return socket(AF_PACKET, SOCK_DGRAM, 0); }
static long do_packet_call(void) { return socketcall(CALL_SOCKET, AF_PACKET, SOCK_RAW, 0, 0, 0, 0); }
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
				 .msg_control = &received, .msg_controllen = sizeof(received) };
}

static long do_recvmsg(void)
{
	struct msghdr msg = room();

	return recvmsg(fd, &msg, 0);
}

static long do_recvmmsg(void)
{
	struct mmsghdr msg = { room() };

	return recvmmsg(fd, &msg, 1, 0, NULL);
}

static long do_recvmsg_call(void)
{
	uint32_t iov[2] = { (uintptr_t)low_room(20), 20 };
	uint32_t *control = low_room(16);
	uint32_t msg[7] = { 0, 0, (uintptr_t)low_copy(iov, sizeof(iov)), 1,
			    (uintptr_t)control, 16 };
	long result = socketcall(CALL_RECVMSG, fd, (uintptr_t)low_copy(msg, sizeof(msg)),
				 0, 0, 0, 0);

	received.head.cmsg_len = control[0] ? CMSG_LEN(sizeof(int)) : 0;
	return result;
}

static long do_recvmsg_ring(void)
{
	struct msghdr msg = room();
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_RECVMSG, .fd = fd, .addr = (uintptr_t)&msg, .len = 1,
	};

	return ring_submit(&operation);
}

/* No socket at all, but a descriptor that was another process's. */
static long do_pidfd_getfd(void)
{
	int pidfd = must(syscall(SYS_pidfd_open, getpid(), 0));
	long result = syscall(SYS_pidfd_getfd, pidfd, other, 0);

	received.head.cmsg_len = result < 0 ? 0 : CMSG_LEN(sizeof(int));
	return result;
}

static long sctp_addresses(int option)
{
	return setsockopt(fd, IPPROTO_SCTP, option, &address, length);
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

static bool arrived(void) { return readable(other); }

static bool is_bound(void)
{
	socklen_t size = sizeof(address);

	must(getsockname(fd, &address.any, &size));
	if (address.any.sa_family == AF_UNIX)
		return size > offsetof(struct sockaddr_un, sun_path);
	if (address.any.sa_family == AF_INET)
		return address.v4.sin_addr.s_addr;
	return !IN6_IS_ADDR_UNSPECIFIED(&address.v6.sin6_addr);
}

static bool is_listening(void)
{
	socklen_t size = sizeof(int);
	int on;

	must(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &size));
	return on;
}

/* The peer's word comes through. */
static bool has_word(void)
{
	char got[20];

	return read(taken, got, sizeof(got)) == strlen(WORD) &&
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
	{ "inet_stream_listen unbound IPv6", "inet_stream_listen", V6, SOCK_STREAM, 0,
	  for_listen_unbound, do_listen, is_listening },
	CONNECTS("inet_stream_connect", V4, SOCK_STREAM, 0, arrived),
	CONNECTS("inet_stream_connect", V6, SOCK_STREAM, 0, arrived),
	CONNECTS("inet_stream_connect", MAPPED, SOCK_STREAM, 0, arrived),
	{ "inet_stream_connect MSG_FASTOPEN", "inet_stream_connect", V4, SOCK_STREAM, 0,
	  for_connect, do_fastopen, arrived },
	{ "inet_stream_connect MSG_FASTOPEN IPv6", "inet_stream_connect", V6, SOCK_STREAM, 0,
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
	{ "inet_raw_send sendto AF_UNSPEC IPv6", "inet_raw_send", V6, SOCK_RAW, 254,
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

enum verdict { UNMATCHED, ALLOWED, DENIED };

static const char *const verdicts[] = { "unmatched", "allowed", "denied" };

static void add_block(struct text *text, const char *op, enum verdict verdict)
{
	static const char *const rules[] = { "deny task.uid=99", "allow task.uid=21",
					     "deny task.uid=21" };

	text_add(text, "100 acl %s " SUBJECT_RULE "\n    label %s\n    audit 1\n    10 %s\n",
		 op, op, rules[verdict]);
}

static void set_verdict(enum verdict verdict)
{
	struct text text = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(operations); i++)
		add_block(&text, operations[i], verdict);
	policy(text.data);
	free(text.data);
}

static void prepare_way(const void *arg)
{
	const struct way *way = arg;

	way->prepare(way);
}

static long run_way(const void *arg)
{
	const struct way *way = arg;
	struct text text = {};
	long result;
	int err;

	task_facts(&text);
	subject_expects("%s%s%s%s", way->op ? way->op : "", params, text.data,
			facts.length ? facts.data : "");
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
			       a->name, expected, a->matches - b->matches, a->hits - b->hits,
			       a->denials - b->denials, a->rule_hits - b->rule_hits);
	}
}

static void expect_record(const struct way *way, enum verdict verdict, const struct seen *seen)
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

static bool is_possible(const struct way *way)
{
	return !way->since || kernel_at_least(way->since / 100, way->since % 100);
}

static void try_alone(const struct way *way)
{
	static const char *last;
	struct text text = {};

	if (way->op != last) {
		add_block(&text, way->op ? way->op : "inet_dgram_send", DENIED);
		policy(text.data);
		free(text.data);
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

/* What may be tried with a connection that was refused. */

static char got[100];
static struct iovec got_all = { got, sizeof(got) };
static int through[2];

static long by_read(void) { return read(taken, got, sizeof(got)); }
static long by_readv(void) { return readv(taken, &got_all, 1); }
static long by_recv(void) { return recv(taken, got, sizeof(got), 0); }
static long by_peek(void) { return recv(taken, got, sizeof(got), MSG_PEEK | MSG_DONTWAIT); }
static long by_recv_call(void)
{
	return socketcall(CALL_RECVFROM, taken, (uintptr_t)low_room(20), 20, 0, 0, 0);
}
static long by_splice(void) { return splice(taken, NULL, through[1], NULL, 100, 0); }
static long by_write(void) { return write(taken, WORD, strlen(WORD)); }
static long by_send(void) { return send(taken, WORD, strlen(WORD), MSG_NOSIGNAL); }
static long by_shutdown(void) { return shutdown(taken, SHUT_RDWR); }
static long by_listen(void) { return listen(taken, 5); }
static long by_connect(void) { return connect(taken, &address.any, length); }
static long by_bind(void) { return bind(taken, &address.any, length); }

static long by_recvmsg(void)
{
	struct msghdr msg = { .msg_iov = &got_all, .msg_iovlen = 1 };

	return recvmsg(taken, &msg, 0);
}

static long by_recvmmsg(void)
{
	struct mmsghdr msg = { { .msg_iov = &got_all, .msg_iovlen = 1 } };

	return recvmmsg(taken, &msg, 1, 0, NULL);
}

static long by_sendfile(void)
{
	int file = must(open("/proc/self/exe", O_RDONLY));

	return sendfile(taken, file, NULL, 100);
}

static long by_sendfile_from(void)
{
	return sendfile(through[1], taken, NULL, 100);
}

static long by_getsockname(void)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);

	return getsockname(taken, (struct sockaddr *)&name, &size);
}

static long by_getpeername(void)
{
	struct sockaddr_storage name;
	socklen_t size = sizeof(name);

	return getpeername(taken, (struct sockaddr *)&name, &size);
}

static long by_getsockopt(void)
{
	socklen_t size = sizeof(got);

	return getsockopt(taken, IPPROTO_TCP, TCP_ZEROCOPY_RECEIVE, got, &size);
}

static long by_setsockopt(void)
{
	return setsockopt(taken, IPPROTO_TCP, TCP_ULP, "tls", 3);
}

static long ring_got(int code)
{
	struct io_uring_sqe operation = {
		.opcode = code, .fd = taken, .addr = (uintptr_t)got, .len = sizeof(got),
	};

	return ring_submit(&operation);
}

static long by_recv_ring(void) { return ring_got(IORING_OP_RECV); }
static long by_read_ring(void) { return ring_got(IORING_OP_READ); }

static long by_splice_ring(void)
{
	struct io_uring_sqe operation = {
		.opcode = IORING_OP_SPLICE, .fd = through[1], .off = -1, .len = 100,
		.splice_fd_in = taken, .splice_off_in = -1,
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
	struct pollfd over = { .fd = peer, .events = POLLIN };

	return poll(&over, 1, 5000) > 0 && read(peer, got, sizeof(got)) <= 0;
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
	return taken;
}

static void run_refused_kind(const struct way *way)
{
	struct text text = {};
	struct seen seen;
	unsigned int i;

	group("network refused %s %s", way->op, way->where == V6 ? "IPv6" : "");
	add_block(&text, way->op, DENIED);
	policy(text.data);
	free(text.data);
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
		if (taken == number)
			results->rounds++;
		sched_yield();
		close(taken);
		/* The descriptor that is waited for must be the next one. */
		client = must(socket(address.any.sa_family, SOCK_STREAM, 0));
		peer = must(fcntl(client, F_DUPFD, 100));
		close(client);
		must(connect(peer, &address.any, length));
		must(send(peer, WORD, strlen(WORD), 0));
	}
	stop = true;
	return 0;
}

static void run_ambush(const struct way *way)
{
	struct text text = {};
	struct seen seen;

	add_block(&text, way->op, DENIED);
	policy(text.data);
	free(text.data);
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
	get_name(other);
}

static void run_refused(void)
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

static void loopback_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int s = must(socket(AF_INET, SOCK_DGRAM, 0));

	must(ioctl(s, SIOCSIFFLAGS, &request));
	close(s);
}

/* network: operations on sockets */
void part_network(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	loopback_up();
	must(mkdir(HERE, 0777));
	shell("modprobe sctp");
	kellas_load();
	run_ways(ways, ARRAY_SIZE(ways));
	run_ways(more_ways, ARRAY_SIZE(more_ways));
	run_refused();
	group("network");
	begin("unload");
	expect_error("detach and remove", 0, kellas_unload());
	end();
}
