/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets to try operations on: where they are, how they get ready, and what a
 * record must say of them.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>
#include "test.h"

#define HERE		"/tmp/network"
#define ABSTRACT	"\0kellas two\1"
#define WORD		"123456"

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

/**
 * struct mine - the sockets of the process that acts
 * @fd: what is done, is done with this
 * @other: the other end, or who listens
 * @peer: who has connected to @other
 * @taken: what was accepted
 * @address, @length: what the operation is about, or who listens
 * @params: how a record tells that
 * @facts: what follows the task in a record
 */
struct mine {
	int fd, other, peer, taken;
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
		struct sockaddr_un un;
		struct sockaddr_storage room;
	} address;
	socklen_t length;
	char params[300];
	struct text facts;
};

extern struct mine my;

int family_of(enum where where);
int open_socket(const struct way *way);
void set_address(enum where where);
void set_port(unsigned int port);
unsigned int port_of(void);

/** get_name - the address that a socket has */
void get_name(int of);

/** tell - params of the address */
void tell(const struct way *way);

/** bind_other - "other" has the address, and listens if it can */
void bind_other(const struct way *way);

/* Getting ready; a peer has sent a word to what is to be accepted. */
void for_connect(const struct way *way);
void for_bind(const struct way *way);
void for_listen(const struct way *way);
void for_listen_unbound(const struct way *way);
void for_accept(const struct way *way);
void for_socket(const struct way *way);
void for_write(const struct way *way);
void for_receive(const struct way *way);

/** prepare_way - as subject_watch() wants it */
void prepare_way(const void *arg);

/** take - remember what was accepted */
long take(long result);
long do_accept(void);

/** low_copy - below 4 GiB */
void *low_copy(const void *data, size_t size);

/** socketcall - by the 32-bit entry */
long socketcall(int call, uint32_t a, uint32_t b, uint32_t c, uint32_t d, uint32_t e,
		uint32_t f);

enum verdict { UNMATCHED, ALLOWED, DENIED };

/** add_block - of a policy: one block of an operation */
void add_block(struct text *text, const char *op, enum verdict verdict);

/** set_alone - a policy that denies one operation */
void set_alone(const char *op);

/* refused.c, datagrams.c */
void run_refused(void);
void run_datagrams(void);

#endif
