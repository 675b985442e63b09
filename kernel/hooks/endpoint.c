// SPDX-License-Identifier: GPL-2.0
/* Sockets as policies know them: their operations and their addresses. */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/net.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include "../request.h"
#include "endpoint.h"

enum kind {
	INET_STREAM, INET_DGRAM, INET_RAW,
	UNIX_STREAM, UNIX_DGRAM, UNIX_SEQPACKET,
	KINDS
};

#define NONE	KL_OP_COUNT

static const u8 ops[KINDS][KL_ACTS] = {
	[INET_STREAM] = {
		[KL_ACT_BIND] = KL_OP_INET_STREAM_BIND,
		[KL_ACT_LISTEN] = KL_OP_INET_STREAM_LISTEN,
		[KL_ACT_CONNECT] = KL_OP_INET_STREAM_CONNECT,
		[KL_ACT_SEND] = KL_OP_INET_STREAM_CONNECT,
		[KL_ACT_ACCEPT] = KL_OP_INET_STREAM_ACCEPT,
		[KL_ACT_RECEIVE] = NONE,
	},
	[INET_DGRAM] = {
		[KL_ACT_BIND] = KL_OP_INET_DGRAM_BIND,
		[KL_ACT_LISTEN] = NONE,
		[KL_ACT_CONNECT] = KL_OP_INET_DGRAM_SEND,
		[KL_ACT_SEND] = KL_OP_INET_DGRAM_SEND,
		[KL_ACT_ACCEPT] = NONE,
		[KL_ACT_RECEIVE] = KL_OP_INET_DGRAM_RECV,
	},
	[INET_RAW] = {
		[KL_ACT_BIND] = KL_OP_INET_RAW_BIND,
		[KL_ACT_LISTEN] = NONE,
		[KL_ACT_CONNECT] = KL_OP_INET_RAW_SEND,
		[KL_ACT_SEND] = KL_OP_INET_RAW_SEND,
		[KL_ACT_ACCEPT] = NONE,
		[KL_ACT_RECEIVE] = KL_OP_INET_RAW_RECV,
	},
	[UNIX_STREAM] = {
		[KL_ACT_BIND] = KL_OP_UNIX_STREAM_BIND,
		[KL_ACT_LISTEN] = KL_OP_UNIX_STREAM_LISTEN,
		[KL_ACT_CONNECT] = KL_OP_UNIX_STREAM_CONNECT,
		[KL_ACT_SEND] = NONE,
		[KL_ACT_ACCEPT] = KL_OP_UNIX_STREAM_ACCEPT,
		[KL_ACT_RECEIVE] = NONE,
	},
	[UNIX_DGRAM] = {
		[KL_ACT_BIND] = KL_OP_UNIX_DGRAM_BIND,
		[KL_ACT_LISTEN] = NONE,
		[KL_ACT_CONNECT] = KL_OP_UNIX_DGRAM_SEND,
		[KL_ACT_SEND] = KL_OP_UNIX_DGRAM_SEND,
		[KL_ACT_ACCEPT] = NONE,
		[KL_ACT_RECEIVE] = KL_OP_UNIX_DGRAM_RECV,
	},
	[UNIX_SEQPACKET] = {
		[KL_ACT_BIND] = KL_OP_UNIX_SEQPACKET_BIND,
		[KL_ACT_LISTEN] = KL_OP_UNIX_SEQPACKET_LISTEN,
		[KL_ACT_CONNECT] = KL_OP_UNIX_SEQPACKET_CONNECT,
		[KL_ACT_SEND] = NONE,
		[KL_ACT_ACCEPT] = KL_OP_UNIX_SEQPACKET_ACCEPT,
		[KL_ACT_RECEIVE] = NONE,
	},
};

/* SOCK_SEQPACKET of inet is SCTP, which connects as streams do. */
static enum kind inet_kind(int type)
{
	switch (type) {
	case SOCK_STREAM:
	case SOCK_SEQPACKET:
		return INET_STREAM;
	case SOCK_DGRAM:
		return INET_DGRAM;
	case SOCK_RAW:
		return INET_RAW;
	default:
		return KINDS;
	}
}

static enum kind unix_kind(int type)
{
	switch (type) {
	case SOCK_STREAM:
		return UNIX_STREAM;
	case SOCK_DGRAM:
		return UNIX_DGRAM;
	case SOCK_SEQPACKET:
		return UNIX_SEQPACKET;
	default:
		return KINDS;
	}
}

enum kl_op kl_socket_op(const struct sock *sk, enum kl_act act)
{
	enum kind kind = KINDS;

	switch (READ_ONCE(sk->sk_family)) {
	case AF_INET:
	case AF_INET6:
		kind = inet_kind(sk->sk_type);
		break;
	case AF_UNIX:
		kind = unix_kind(sk->sk_type);
		break;
	}
	return kind == KINDS ? NONE : ops[kind][act];
}

static void set_ipv4(struct kl_endpoint *endpoint, __be32 address)
{
	memset(&endpoint->ip, 0, sizeof(endpoint->ip));
	endpoint->ip.family = KL_IPV4;
	memcpy(endpoint->ip.bytes, &address, sizeof(address));
}

static void set_ipv6(struct kl_endpoint *endpoint,
		     const struct in6_addr *address)
{
	endpoint->ip.family = KL_IPV6;
	memcpy(endpoint->ip.bytes, address, sizeof(*address));
}

static void set_number(struct kl_endpoint *endpoint, const struct sock *sk,
		       __be16 port)
{
	endpoint->number = sk->sk_type == SOCK_RAW ? sk->sk_protocol :
						     ntohs(port);
}

static bool is_udp(const struct sock *sk)
{
	return sk->sk_family != AF_UNIX && sk->sk_type == SOCK_DGRAM &&
	       (sk->sk_protocol == IPPROTO_UDP ||
		sk->sk_protocol == IPPROTO_UDPLITE);
}

/*
 * What the kernel makes of an address that does not say of which family it is:
 * inet_bind() and the sendmsg() of UDP and raw sockets take it for one of the
 * socket's own, except UDP for IPv6; and raw_bind() does not look at all.
 */
static int implied_family(const struct sock *sk, enum kl_act act, int family)
{
	bool raw = sk->sk_type == SOCK_RAW;

	if (sk->sk_family == AF_INET) {
		if (act == KL_ACT_BIND && raw)
			return AF_INET;
		if (family == AF_UNSPEC && act != KL_ACT_CONNECT)
			return AF_INET;
	}
	if (family == AF_UNSPEC && raw && act == KL_ACT_SEND)
		return sk->sk_family;
	return family;
}

static bool inet_given(struct kl_endpoint *endpoint, const struct sock *sk,
		       int family, const struct sockaddr *address, int length)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;

	switch (family) {
	case AF_INET:
		if (length < (int)sizeof(*v4))
			return false;
		set_ipv4(endpoint, v4->sin_addr.s_addr);
		set_number(endpoint, sk, v4->sin_port);
		return true;
	case AF_INET6:
		if (length < SIN6_LEN_RFC2133)
			return false;
		set_ipv6(endpoint, &v6->sin6_addr);
		set_number(endpoint, sk, v6->sin6_port);
		return true;
	default:
		return false;
	}
}

/*
 * A pathname ends at its first NUL, an abstract name, which begins with one,
 * where the address does.
 */
static void set_name(struct kl_endpoint *endpoint, const char *path, int length)
{
	endpoint->ip.family = 0;
	if (length <= 0) {
		endpoint->name.data = "anonymous";
		endpoint->name.length = strlen("anonymous");
		return;
	}
	endpoint->name.data = path;
	endpoint->name.length = *path ? strnlen(path, length) : (size_t)length;
}

bool kl_endpoint_given(struct kl_endpoint *endpoint, const struct sock *sk,
		       enum kl_act act, const struct sockaddr *address,
		       int length)
{
	const struct sockaddr_un *name = (const void *)address;
	int path = offsetof(struct sockaddr_un, sun_path);

	if (length < (int)sizeof(address->sa_family))
		return false;
	if (sk->sk_family != AF_UNIX)
		return inet_given(endpoint, sk,
				  implied_family(sk, act, address->sa_family),
				  address, length);
	if (address->sa_family != AF_UNIX || length > (int)sizeof(*name))
		return false;
	set_name(endpoint, name->sun_path, length - path);
	return true;
}

/* A name is given once, and stays as long as its socket. */
static void set_unix(struct kl_endpoint *endpoint, struct sock *sk)
{
	const struct unix_address *address = NULL;

	if (sk)
		address = smp_load_acquire(&unix_sk(sk)->addr);
	if (address)
		set_name(endpoint, address->name->sun_path, address->len -
			 (int)offsetof(struct sockaddr_un, sun_path));
	else
		set_name(endpoint, NULL, 0);
}

static void set_local(struct kl_endpoint *endpoint, struct sock *sk)
{
	set_number(endpoint, sk, inet_sk(sk)->inet_sport);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		set_ipv6(endpoint, &sk->sk_v6_rcv_saddr);
		return;
	}
#endif
	set_ipv4(endpoint, inet_sk(sk)->inet_rcv_saddr);
}

void kl_endpoint_local(struct kl_endpoint *endpoint, struct sock *sk)
{
	if (sk->sk_family == AF_UNIX) {
		set_unix(endpoint, sk);
		return;
	}
	lock_sock(sk);
	set_local(endpoint, sk);
	release_sock(sk);
}

void kl_endpoint_peer(struct kl_endpoint *endpoint, struct sock *sk)
{
	if (sk->sk_family == AF_UNIX) {
		set_unix(endpoint, unix_peer(sk));
		return;
	}
	set_number(endpoint, sk, inet_sk(sk)->inet_dport);
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		set_ipv6(endpoint, &sk->sk_v6_daddr);
		return;
	}
#endif
	set_ipv4(endpoint, inet_sk(sk)->inet_daddr);
}

static void set_source(struct kl_endpoint *endpoint, const struct sock *sk,
		       const struct sk_buff *skb)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);
	struct in6_addr mapped;

	if (sk->sk_family == AF_UNIX) {
		set_unix(endpoint, skb->sk);
		memcpy(endpoint->room, endpoint->name.data,
		       endpoint->name.length);
		endpoint->name.data = endpoint->room;
		return;
	}
	set_number(endpoint, sk, is_udp(sk) ? udp_hdr(skb)->source : 0);
	if (sk->sk_family == AF_INET) {
		set_ipv4(endpoint, ip_hdr(skb)->saddr);
	} else if (v4) {
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, &mapped);
		set_ipv6(endpoint, &mapped);
	} else {
		set_ipv6(endpoint, &ipv6_hdr(skb)->saddr);
	}
}

static bool head_source(struct kl_endpoint *endpoint, const struct sock *sk,
			struct sk_buff_head *queue)
{
	const struct sk_buff *skb;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	skb = skb_peek(queue);
	if (skb)
		set_source(endpoint, sk, skb);
	spin_unlock_irqrestore(&queue->lock, flags);
	return skb;
}

/* UDP moves datagrams to a queue for readers, from which they are taken. */
bool kl_endpoint_source(struct kl_endpoint *endpoint, struct sock *sk)
{
	if (is_udp(sk) &&
	    head_source(endpoint, sk, &udp_sk(sk)->reader_queue))
		return true;
	return head_source(endpoint, sk, &sk->sk_receive_queue);
}

int kl_endpoint_check(const struct kl_endpoint *endpoint, enum kl_op op,
		      bool atomic)
{
	struct kl_check check kl_uninitialized;

	kl_check_init(&check, op);
	if (atomic)
		kl_check_atomic(&check);
	if (!endpoint->ip.family) {
		kl_check_text(&check, KL_SLOT_ADDR, 0, endpoint->name.data,
			      endpoint->name.length);
	} else {
		kl_check_ip(&check, &endpoint->ip);
		kl_check_number(&check,
				op == KL_OP_INET_RAW_BIND ||
				op == KL_OP_INET_RAW_SEND ||
				op == KL_OP_INET_RAW_RECV ?
				KL_SLOT_PROTO : KL_SLOT_PORT, endpoint->number);
	}
	return kl_check_once(&check);
}
