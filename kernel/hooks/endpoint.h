/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets as policies know them: which operation a call on one is, and whom it
 * is about.
 */
#ifndef KELLAS_ENDPOINT_H
#define KELLAS_ENDPOINT_H

#include <linux/fs.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/un.h>
#include "../engine/policy.h"

struct sk_buff;
struct sock;
struct sockaddr;

/** enum kl_act - what is done with a socket; not all sockets know all acts */
enum kl_act {
	KL_ACT_BIND,
	KL_ACT_LISTEN,
	KL_ACT_CONNECT,
	KL_ACT_SEND,	/* with a destination */
	KL_ACT_ACCEPT,
	KL_ACT_RECEIVE,
	KL_ACTS
};

/**
 * struct kl_endpoint - an address
 * @ip: of an inet socket; family 0: this is a UNIX socket's
 * @number: its port, or the protocol of a raw socket
 * @name: of a UNIX socket: raw bytes, borrowed; "anonymous" if it has none
 * @room: storage of a name that cannot be borrowed
 */
struct kl_endpoint {
	struct kl_ip ip;
	u16 number;
	struct kl_text name;
	char room[UNIX_PATH_MAX];
};

/**
 * kl_socket_op - which operation is it to do this with a socket?
 * Context: any. Return: the operation; KL_OP_COUNT if it is none.
 */
enum kl_op kl_socket_op(const struct sock *sk, enum kl_act act);

/**
 * kl_endpoint_given - the address that a system call names
 * @address: the kernel's copy of it; no more than @length bytes are read
 *
 * Context: any.
 * Return: false if the kernel will take it for none of the socket's kind.
 */
bool kl_endpoint_given(struct kl_endpoint *endpoint, const struct sock *sk,
		       enum kl_act act, const struct sockaddr *address,
		       int length);

/**
 * kl_endpoint_local - a socket's own address
 * Context: may sleep, takes the socket's lock.
 */
void kl_endpoint_local(struct kl_endpoint *endpoint, struct sock *sk);

/**
 * kl_endpoint_peer - the address of a connected socket's other end
 * Context: any; the peer must not be able to change: the socket's lock, or
 *	    unix_state_lock(), or nobody knows the socket yet.
 */
void kl_endpoint_peer(struct kl_endpoint *endpoint, struct sock *sk);

/**
 * kl_endpoint_source - who sent the datagram that would be received next
 * @endpoint: its name is copied
 *
 * Context: any but hard interrupts; takes the locks of the socket's queues.
 * Return: false if none waits.
 */
bool kl_endpoint_source(struct kl_endpoint *endpoint, struct sock *sk);

/** kl_endpoint_check - decide and record. Return: as kl_check_run(). */
int kl_endpoint_check(const struct kl_endpoint *endpoint, enum kl_op op,
		      bool atomic);

/*
 * Whose business is it? Kernel threads are not checked, nor are sockets that
 * the kernel made for itself, which are no files. Threads of io_uring are the
 * user's own.
 */
static inline bool kl_socket_is_checked(const struct socket *sock)
{
	return !(current->flags & PF_KTHREAD) && READ_ONCE(sock->file) &&
	       sock->sk;
}

/*
 * Was the connection refused when it was accepted? Then its file can neither
 * be read nor written, as no other socket's; see accept.c.
 *
 * For sockets that kl_socket_is_checked().
 */
static inline bool kl_socket_is_refused(const struct socket *sock)
{
	return !(sock->file->f_mode & (FMODE_READ | FMODE_WRITE));
}

#endif /* KELLAS_ENDPOINT_H */
