// SPDX-License-Identifier: GPL-2.0
/*
 * Accepting connections.
 *
 * The kernel asks before it waits for a connection, when nobody knows whose it
 * will be. The peer is known when the new socket is put together, in a function
 * that returns nothing: accept can be told about no more, and succeeds.
 *
 * But nobody has the new descriptor yet. Its file is made one that can neither
 * be read nor written: read, write, splice and sendfile refuse that by
 * themselves (EBADF), whoever gets the descriptor and whatever becomes of this
 * module. The system calls on sockets do not look at that, but ask; they are
 * attached together with this function, and answered with EPERM. So not a byte
 * passes, and there is no moment at which one could. A worker then shuts the
 * connection down, so that the peer knows.
 */
#include <linux/file.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include "../request.h"
#include "accept.h"
#include "endpoint.h"
#include "hooks.h"

/**
 * struct refusal - a connection to be shut down
 * @work: does it
 * @file: the socket's; a reference
 */
struct refusal {
	struct work_struct work;
	struct file *file;
};

static struct workqueue_struct *queue;

int kl_accept_init(void)
{
	queue = alloc_workqueue("kellas_refuse", WQ_UNBOUND, 0);
	return queue ? 0 : -ENOMEM;
}

void kl_accept_exit(void)
{
	destroy_workqueue(queue);
}

static void shut_down(struct work_struct *work)
{
	struct refusal *refusal = container_of(work, struct refusal, work);
	struct socket *sock = sock_from_file(refusal->file);

	if (sock)
		kernel_sock_shutdown(sock, SHUT_RDWR);
	fput(refusal->file);
	kfree(refusal);
}

/*
 * Without memory for it the connection is not shut down before its descriptor
 * is closed; it is refused all the same.
 */
static void refuse(struct file *file)
{
	struct refusal *refusal;

	file->f_mode &= ~(FMODE_READ | FMODE_WRITE);
	refusal = kmalloc(sizeof(*refusal), GFP_ATOMIC | __GFP_NOWARN);
	if (!refusal)
		return;
	INIT_WORK(&refusal->work, shut_down);
	refusal->file = get_file(file);
	queue_work(queue, &refusal->work);
}

/*
 * Runs with the new socket's lock (inet) or unix_state_lock() (UNIX), and
 * sk_callback_lock: the peer cannot change, and nobody may sleep.
 */
void kl_hook_sock_graft(struct sock *sk, struct socket *parent)
{
	enum kl_op op = kl_socket_op(sk, KL_ACT_ACCEPT);
	struct kl_endpoint endpoint;

	if (op == KL_OP_COUNT || !kl_socket_is_checked(parent) ||
	    !kl_check_wanted(op))
		return;
	kl_endpoint_peer(&endpoint, sk);
	if (kl_endpoint_check(&endpoint, op, true))
		refuse(parent->file);
}

static int check_refused(const struct socket *sock)
{
	if (kl_socket_is_checked(sock) && kl_socket_is_refused(sock))
		return -EPERM;
	return 0;
}

int kl_hook_socket_getsockname(struct socket *sock)
{
	return check_refused(sock);
}

int kl_hook_socket_getpeername(struct socket *sock)
{
	return check_refused(sock);
}

int kl_hook_socket_getsockopt(struct socket *sock, int level, int optname)
{
	return check_refused(sock);
}

int kl_hook_socket_setsockopt(struct socket *sock, int level, int optname)
{
	return check_refused(sock);
}

int kl_hook_socket_shutdown(struct socket *sock, int how)
{
	return check_refused(sock);
}
