/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of hosts to addresses, without keeping the loop waiting: getaddrinfo(3)
 * knows no other way than a thread.
 */
#ifndef KELLAS_RESOLVE_H
#define KELLAS_RESOLVE_H

#include <netdb.h>

#include "loop.h"

struct kl_resolve;

/**
 * kl_resolve_split - "HOST:PORT", "[ADDRESS]:PORT" or without ":PORT"
 * @port: what it is without one; never freed
 * @host, @service: set to new strings
 *
 * Return: 0 or -EINVAL.
 */
int kl_resolve_split(const char *server, const char *port, char **host, char **service);

/**
 * kl_resolve_start - look a name up
 * @socktype: SOCK_STREAM or SOCK_DGRAM
 * @done: called from the loop, once, unless kl_resolve_stop() comes first. @error:
 *	0 or an EAI_ value; @list: to be freed by freeaddrinfo()
 * @data: for @done
 *
 * Return: the search; NULL with errno set if none could be started.
 */
struct kl_resolve *kl_resolve_start(struct kl_loop *loop, const char *host,
				    const char *service, int socktype,
				    void (*done)(void *data, int error,
						 struct addrinfo *list),
				    void *data);

/** kl_resolve_stop - its answer is not wanted any more; NULL does nothing */
void kl_resolve_stop(struct kl_resolve *resolve);

#endif /* KELLAS_RESOLVE_H */
