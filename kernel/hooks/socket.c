// SPDX-License-Identifier: GPL-2.0
/*
 * Making sockets, giving them an address, and sending to one.
 *
 * The kernel has copied an address before it asks: it cannot change any more.
 */
#include <linux/sctp.h>
#include <linux/security.h>
#include <linux/socket.h>
#include <net/sock.h>
#include "../request.h"
#include "endpoint.h"
#include "hooks.h"

static int check_bare(enum kl_op op)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, op);
	return kl_check_once(&check);
}

int kl_hook_socket_create(int family, int type, int protocol, int kern)
{
	if (kern || current->flags & PF_KTHREAD)
		return 0;
	switch (family) {
	case AF_NETLINK:
		return check_bare(KL_OP_USE_NETLINK_SOCKET);
	case AF_PACKET:
		return check_bare(KL_OP_USE_PACKET_SOCKET);
	default:
		return 0;
	}
}

static int check_given(const struct sock *sk, enum kl_act act,
		       const struct sockaddr *address, int length)
{
	enum kl_op op = kl_socket_op(sk, act);
	struct kl_endpoint endpoint;

	if (op == KL_OP_COUNT ||
	    !kl_endpoint_given(&endpoint, sk, act, address, length))
		return 0;
	return kl_endpoint_check(&endpoint, op, false);
}

int kl_hook_socket_bind(struct socket *sock, struct sockaddr *address,
			int addrlen)
{
	if (!kl_socket_is_checked(sock))
		return 0;
	if (kl_socket_is_refused(sock))
		return -EPERM;
	return check_given(sock->sk, KL_ACT_BIND, address, addrlen);
}

int kl_hook_socket_connect(struct socket *sock, struct sockaddr *address,
			   int addrlen)
{
	if (!kl_socket_is_checked(sock))
		return 0;
	if (kl_socket_is_refused(sock))
		return -EPERM;
	return check_given(sock->sk, KL_ACT_CONNECT, address, addrlen);
}

int kl_hook_socket_listen(struct socket *sock, int backlog)
{
	struct kl_endpoint endpoint;
	enum kl_op op;

	if (!kl_socket_is_checked(sock))
		return 0;
	if (kl_socket_is_refused(sock))
		return -EPERM;
	op = kl_socket_op(sock->sk, KL_ACT_LISTEN);
	if (op == KL_OP_COUNT || !kl_check_wanted(op))
		return 0;
	kl_endpoint_local(&endpoint, sock->sk);
	return kl_endpoint_check(&endpoint, op, false);
}

/*
 * A stream has a destination only with MSG_FASTOPEN, which connects without a
 * call of connect. On the way to a connected datagram socket's peer there is
 * none; connect was asked about it.
 */
int kl_hook_socket_sendmsg(struct socket *sock, struct msghdr *msg, int size)
{
	if (!kl_socket_is_checked(sock))
		return 0;
	if (kl_socket_is_refused(sock))
		return -EPERM;
	if (!msg->msg_name)
		return 0;
	if (sock->sk->sk_type != SOCK_DGRAM && sock->sk->sk_type != SOCK_RAW &&
	    !(msg->msg_flags & MSG_FASTOPEN))
		return 0;
	return check_given(sock->sk, KL_ACT_SEND, msg->msg_name,
			   msg->msg_namelen);
}

static int packed_size(const struct sockaddr *address)
{
	switch (address->sa_family) {
	case AF_INET:
		return sizeof(struct sockaddr_in);
	case AF_INET6:
		return sizeof(struct sockaddr_in6);
	default:
		return 0;
	}
}

/*
 * SCTP binds to and connects with several addresses in one call, one behind
 * the other, and connects by a mere sendmsg, too.
 */
int kl_hook_sctp_bind_connect(struct sock *sk, int optname,
			      struct sockaddr *address, int addrlen)
{
	enum kl_act act;
	int size, err = 0;

	switch (optname) {
	case SCTP_SOCKOPT_BINDX_ADD:
		act = KL_ACT_BIND;
		break;
	case SCTP_SOCKOPT_CONNECTX:
	case SCTP_SENDMSG_CONNECT:
		act = KL_ACT_CONNECT;
		break;
	default:
		return 0;
	}
	if (!sk->sk_socket || !kl_socket_is_checked(sk->sk_socket))
		return 0;
	while (!err && addrlen >= (int)sizeof(address->sa_family)) {
		size = packed_size(address);
		if (!size || size > addrlen)
			break;
		err = check_given(sk, act, address, size);
		address = (void *)address + size;
		addrlen -= size;
	}
	return err;
}
