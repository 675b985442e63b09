// SPDX-License-Identifier: GPL-2.0
/* What comes through sockets: descriptors and datagrams. */
#include <linux/fs.h>
#include <linux/net.h>
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

int kl_hook_socket_recvmsg(struct socket *sock, struct msghdr *msg, int size,
			   int flags)
{
	if (!kl_socket_is_checked(sock))
		return 0;
	if (kl_socket_is_refused(sock))
		return -EPERM;
	return 0;
}
