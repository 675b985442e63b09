// SPDX-License-Identifier: GPL-2.0-only
/* Sockets to try operations on. */
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

struct mine my = { .taken = -1 };

int family_of(enum where where)
{
	if (where >= PATHNAME)
		return AF_UNIX;
	return where == V4 ? AF_INET : AF_INET6;
}

int open_socket(const struct way *way)
{
	return must(socket(family_of(way->where), way->type, way->protocol));
}

/* Where the way's sockets are; inet ones have no port yet. */
void set_address(enum where where)
{
	static const char *const ip[] = { "127.0.0.1", "::1", "127.0.0.1",
					  "::ffff:127.0.0.1" };

	memset(&my.address, 0, sizeof(my.address));
	switch (where) {
	case V4:
	case MIXED:
		my.address.v4.sin_family = AF_INET;
		inet_pton(AF_INET, ip[where], &my.address.v4.sin_addr);
		my.length = sizeof(my.address.v4);
		break;
	case V6:
	case MAPPED:
		my.address.v6.sin6_family = AF_INET6;
		inet_pton(AF_INET6, ip[where], &my.address.v6.sin6_addr);
		my.length = sizeof(my.address.v6);
		break;
	case PATHNAME:
		my.address.un.sun_family = AF_UNIX;
		sprintf(my.address.un.sun_path, HERE "/socket.%d", getpid());
		my.length = sizeof(my.address.un);
		break;
	case ABSTRACTED:
		my.address.un.sun_family = AF_UNIX;
		memcpy(my.address.un.sun_path, ABSTRACT, sizeof(ABSTRACT) - 1);
		my.length = offsetof(struct sockaddr_un, sun_path) + sizeof(ABSTRACT) - 1;
		break;
	case ANONYMOUS:
		my.address.un.sun_family = AF_UNIX;
		my.length = offsetof(struct sockaddr_un, sun_path);
		break;
	}
}

void set_port(unsigned int port)
{
	if (my.address.any.sa_family == AF_INET)
		my.address.v4.sin_port = htons(port);
	else if (my.address.any.sa_family == AF_INET6)
		my.address.v6.sin6_port = htons(port);
}

unsigned int port_of(void)
{
	return ntohs(my.address.v4.sin_port);
}

static unsigned int free_port(void)
{
	static unsigned int port = 20000;

	return port += 1 + getpid() % 20000 * (port == 20000);
}

/* The address as a record tells it. */
void tell(const struct way *way)
{
	struct text text = {};
	char ip[64];
	size_t n;

	switch (my.address.any.sa_family) {
	case AF_UNIX:
		n = my.length - offsetof(struct sockaddr_un, sun_path);
		if (!n)
			text_add(&text, " addr=\"anonymous\"");
		else if (!my.address.un.sun_path[0])
			text_add_quoted(&text, "addr", my.address.un.sun_path, n);
		else
			text_add_quoted(&text, "addr", my.address.un.sun_path,
					strnlen(my.address.un.sun_path, n));
		break;
	case AF_INET:
		inet_ntop(AF_INET, &my.address.v4.sin_addr, ip, sizeof(ip));
		text_add(&text, " ip=%s", ip);
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &my.address.v6.sin6_addr, ip, sizeof(ip));
		text_add(&text, " ip=%s", ip);
		break;
	}
	if (my.address.any.sa_family != AF_UNIX && way->type == SOCK_RAW)
		text_add(&text, " proto=%d", way->protocol);
	else if (my.address.any.sa_family != AF_UNIX)
		text_add(&text, " port=%d", ntohs(my.address.v4.sin_port));
	if (text.length >= sizeof(my.params))
		die("no room for an address");
	strcpy(my.params, text.data);
	free(text.data);
}

void get_name(int of)
{
	my.length = sizeof(my.address);
	must(getsockname(of, &my.address.any, &my.length));
}

/* Getting ready. */

/* "other" is bound to the address, and listens if it can. */
void bind_other(const struct way *way)
{
	enum where where = way->where == MIXED || way->where == MAPPED ? V4 : way->where;
	struct way server = *way;

	server.where = where;
	set_address(where);
	my.other = open_socket(&server);
	if (where == PATHNAME)
		unlink(my.address.un.sun_path);
	must(bind(my.other, &my.address.any, my.length));
	if (way->type == SOCK_STREAM || way->type == SOCK_SEQPACKET)
		must(listen(my.other, 5));
	get_name(my.other);
	if (where != way->where) {
		unsigned int port = port_of();

		set_address(way->where);
		set_port(port);
	}
}

void for_connect(const struct way *way)
{
	bind_other(way);
	my.fd = open_socket(way);
	tell(way);
}

/* No listener: the kernel refuses by itself what is permitted. */
void for_bind(const struct way *way)
{
	set_address(way->where);
	if (way->where == PATHNAME)
		unlink(my.address.un.sun_path);
	set_port(way->type == SOCK_RAW ? 0 : free_port());
	my.fd = open_socket(way);
	tell(way);
}

void for_listen(const struct way *way)
{
	set_address(way->where);
	if (way->where == PATHNAME)
		unlink(my.address.un.sun_path);
	my.fd = open_socket(way);
	must(bind(my.fd, &my.address.any, my.length));
	get_name(my.fd);
	tell(way);
}

void for_listen_unbound(const struct way *way)
{
	memset(&my.address, 0, sizeof(my.address));
	my.address.any.sa_family = family_of(way->where);
	my.fd = open_socket(way);
	tell(way);
}

/* A peer has connected, with a word to say. Its own name is what is told. */
void for_accept(const struct way *way)
{
	struct way client = *way;

	if (way->where == MAPPED)
		client.where = V4;
	if (way->where == MAPPED) {
		set_address(V6);
		my.address.v6.sin6_addr = in6addr_any;
		my.other = open_socket(way);
		must(bind(my.other, &my.address.any, my.length));
		must(listen(my.other, 5));
		get_name(my.other);
		set_address(V4);
		my.length = sizeof(my.address.v4);
		my.address.v4.sin_port = 0;
		{
			struct sockaddr_in6 own;
			socklen_t size = sizeof(own);

			must(getsockname(my.other, (struct sockaddr *)&own, &size));
			set_port(ntohs(own.sin6_port));
		}
	} else {
		client.where = way->where == ANONYMOUS ? ABSTRACTED : way->where;
		bind_other(&client);
	}
	my.peer = must(socket(family_of(client.where), way->type, way->protocol));
	if (way->where == PATHNAME || way->where == ABSTRACTED) {
		struct sockaddr_un name = { AF_UNIX };

		sprintf(name.sun_path, HERE "/peer.%d", getpid());
		unlink(name.sun_path);
		must(bind(my.peer, (struct sockaddr *)&name, sizeof(name)));
	}
	if (way->protocol == IPPROTO_SCTP) {
		struct sockaddr_in own = { AF_INET, 0, { htonl(INADDR_LOOPBACK) } };

		must(bind(my.peer, (struct sockaddr *)&own, sizeof(own)));
	}
	must(connect(my.peer, &my.address.any, my.length));
	must(write(my.peer, WORD, strlen(WORD)));
	get_name(my.peer);
	if (way->where == MAPPED) {
		unsigned int port = port_of();

		set_address(MAPPED);
		set_port(port);
	}
	tell(way);
}

void for_socket(const struct way *way)
{
	(void)way;
	my.params[0] = 0;
}

/* A connected datagram socket. */
void for_write(const struct way *way)
{
	for_connect(way);
	must(connect(my.fd, &my.address.any, my.length));
}

/* A peer has sent the descriptor of a file. */
void for_receive(const struct way *way)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr head;
	} control = {};
	struct iovec byte = { "x", 1 };
	struct msghdr msg = { .msg_iov = &byte, .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int pair[2], file = must(open(HERE "/file", O_RDWR | O_CREAT | O_CLOEXEC, 0640));

	(void)way;
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	control.head = (struct cmsghdr) { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&control.head), &file, sizeof(file));
	must(sendmsg(pair[1], &msg, 0));
	my.fd = pair[0];
	my.other = file;
	sprintf(my.params, " path=\"%s\"", HERE "/file");
	text_clear(&my.facts);
	object_facts(&my.facts, "path", HERE "/file", false);
	parent_facts(&my.facts, "path", HERE "/file");
}

void prepare_way(const void *arg)
{
	const struct way *way = arg;

	way->prepare(way);
}

void *low_copy(const void *data, size_t size)
{
	return memcpy(low_room(size), data, size);
}

long socketcall(int call, uint32_t a, uint32_t b, uint32_t c, uint32_t d,
		       uint32_t e, uint32_t f)
{
	uint32_t args[6] = { a, b, c, d, e, f };

	return call32(102, call, (long)low_copy(args, sizeof(args)), 0, 0);
}

long take(long result)
{
	return my.taken = result;
}

long do_accept(void) { return take(accept(my.other, NULL, NULL)); }
void add_block(struct text *text, const char *op, enum verdict verdict)
{
	static const char *const rules[] = { "deny task.uid=99", "allow task.uid=21",
					     "deny task.uid=21" };

	text_add(text, "100 acl %s " SUBJECT_RULE "\n    label %s\n    audit 1\n    10 %s\n",
		 op, op, rules[verdict]);
}

void set_alone(const char *op)
{
	struct text text = {};

	add_block(&text, op, DENIED);
	policy(text.data);
	free(text.data);
}
