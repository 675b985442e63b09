// SPDX-License-Identifier: GPL-2.0
/* Names of hosts to addresses, in a thread. */
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resolve.h"

/**
 * struct kl_resolve - one search
 * @users: the thread, and whoever waits; the last one frees it
 * @host, @service, @hints: the question
 * @error, @list: the answer
 * @wake: eventfd: the answer is there
 * @loop, @watch: of who waits
 * @done, @data: see kl_resolve_start()
 */
struct kl_resolve {
	int users;
	char *host, *service;
	struct addrinfo hints;
	int error;
	struct addrinfo *list;
	int wake;
	struct kl_loop *loop;
	struct kl_watch watch;
	void (*done)(void *data, int error, struct addrinfo *list);
	void *data;
};

static void release(struct kl_resolve *resolve)
{
	if (__atomic_sub_fetch(&resolve->users, 1, __ATOMIC_ACQ_REL))
		return;
	if (resolve->list)
		freeaddrinfo(resolve->list);
	close(resolve->wake);
	free(resolve->host);
	free(resolve->service);
	free(resolve);
}

static void *search(void *data)
{
	struct kl_resolve *resolve = data;
	u64 one = 1;

	resolve->error = getaddrinfo(resolve->host, resolve->service, &resolve->hints,
				     &resolve->list);
	if (write(resolve->wake, &one, sizeof(one)) < 0)
		resolve->error = EAI_SYSTEM;
	release(resolve);
	return NULL;
}

static void found(struct kl_watch *watch, u32 events)
{
	struct kl_resolve *resolve = watch->data;
	struct addrinfo *list = resolve->list;
	int error = resolve->error;

	(void)events;
	resolve->list = NULL;
	kl_loop_remove(resolve->loop, &resolve->watch);
	resolve->done(resolve->data, error, list);
	release(resolve);
}

/* Signals are the loop's business. */
static int start_thread(struct kl_resolve *resolve)
{
	sigset_t all, before;
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	sigfillset(&all);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attr, search, resolve);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return error;
}

struct kl_resolve *kl_resolve_start(struct kl_loop *loop, const char *host,
				    const char *service, int socktype,
				    void (*done)(void *data, int error,
						 struct addrinfo *list),
				    void *data)
{
	struct kl_resolve *resolve = kl_xalloc(1, sizeof(*resolve));
	int error;

	resolve->users = 1;
	resolve->host = kl_xstrdup(host);
	resolve->service = kl_xstrdup(service);
	resolve->hints.ai_socktype = socktype;
	resolve->loop = loop;
	resolve->done = done;
	resolve->data = data;
	resolve->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	resolve->watch = (struct kl_watch){ resolve->wake, found, resolve };
	error = resolve->wake < 0 ? errno : -kl_loop_add(loop, &resolve->watch, EPOLLIN);
	if (error)
		goto err_release;
	resolve->users++;
	error = start_thread(resolve);
	if (!error)
		return resolve;
	resolve->users--;
	kl_loop_remove(loop, &resolve->watch);
err_release:
	release(resolve);
	errno = error;
	return NULL;
}

void kl_resolve_stop(struct kl_resolve *resolve)
{
	if (!resolve)
		return;
	kl_loop_remove(resolve->loop, &resolve->watch);
	release(resolve);
}

int kl_resolve_split(const char *server, const char *port, char **host, char **service)
{
	const char *bracket = *server == '[' ? strchr(server, ']') : NULL;
	const char *colon = strrchr(bracket ? bracket : server, ':');
	const char *end = colon ? colon : server + strlen(server);

	if (*server == '[' && (!bracket || (bracket[1] && bracket[1] != ':')))
		return -EINVAL;
	/* An IPv6 address without brackets has no port. */
	if (!bracket && colon && strchr(server, ':') != colon) {
		colon = NULL;
		end = server + strlen(server);
	}
	if (bracket) {
		server++;
		end = bracket;
	}
	if (end == server || (colon && !colon[1]))
		return -EINVAL;
	*host = kl_xalloc(1, end - server + 1);
	memcpy(*host, server, end - server);
	*service = kl_xstrdup(colon ? colon + 1 : port);
	return 0;
}
