// SPDX-License-Identifier: GPL-2.0
/* What comes through sockets: descriptors and datagrams. */
#include <linux/fs.h>
#include <linux/net.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>
#include <net/sock.h>
#include "../request.h"
#include "endpoint.h"
#include "hooks.h"

/* Also what pidfd_getfd() and a supervisor of seccomp give to a process. */
int kl_hook_file_receive(struct file *file)
{
	if (IS_PRIVATE(file_inode(file)))
		return 0;
	return kl_check_path(KL_OP_FD_RECEIVE, &file->f_path);
}

/* How soon a wait for a datagram notices that nobody asks any more. */
#define LOOK_AGAIN	HZ

static bool is_over(struct sock *sk, enum kl_op op)
{
	return READ_ONCE(sk->sk_err) ||
	       READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN ||
	       signal_pending(current) || !kl_check_wanted(op);
}

/*
 * Waits as recvmsg would do, until there is something to be received. All but
 * that is left to recvmsg itself: errors, signals, the end.
 *
 * Return: 1: @source is who sent the next datagram; 0: go on without; -EAGAIN.
 */
static int wait_for_source(struct kl_endpoint *source, struct sock *sk,
			   enum kl_op op, int flags)
{
	long left = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	int found = kl_endpoint_source(source, sk);
	DEFINE_WAIT(wait);
	long step;

	while (!found) {
		prepare_to_wait_exclusive(sk_sleep(sk), &wait,
					  TASK_INTERRUPTIBLE);
		found = kl_endpoint_source(source, sk);
		if (found || is_over(sk, op))
			break;
		if (!left) {
			found = -EAGAIN;
			break;
		}
		step = min_t(long, left, LOOK_AGAIN);
		left -= step - schedule_timeout(step);
	}
	finish_wait(sk_sleep(sk), &wait);
	return found;
}

/*
 * Whom a datagram comes from is known when it is there; so who waits for one
 * waits here. This is a record of what will be received, and no more: another
 * receiver of the same socket may be quicker, and recvmmsg() asks about the
 * first datagram only. Hence these operations cannot be denied.
 *
 * Who only looks at a datagram, or for errors, has not received it.
 */
int kl_hook_socket_recvmsg(struct socket *sock, struct msghdr *msg, int size,
			   int flags)
{
	struct kl_endpoint source;
	enum kl_op op;
	int found;

	if (!kl_socket_is_checked(sock))
		return 0;
	if (kl_socket_is_refused(sock))
		return -EPERM;
	op = kl_socket_op(sock->sk, KL_ACT_RECEIVE);
	if (op == KL_OP_COUNT || flags & (MSG_PEEK | MSG_ERRQUEUE | MSG_OOB) ||
	    !kl_check_wanted(op))
		return 0;
	found = wait_for_source(&source, sock->sk, op, flags);
	return found > 0 ? kl_endpoint_check(&source, op, false) : found;
}
