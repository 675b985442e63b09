// SPDX-License-Identifier: GPL-2.0
/* Programs that the daemon starts. */
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"

/**
 * struct kl_child - a program that runs
 * @next: of all that run
 * @loop: that watches it
 * @watch: of its pidfd
 * @pid: its number
 * @ended, @data: see kl_child_start(); @ended NULL: forgotten
 */
struct kl_child {
	struct kl_child *next;
	struct kl_loop *loop;
	struct kl_watch watch;
	pid_t pid;
	void (*ended)(void *data, int status);
	void *data;
};

/* Also those whose sink is gone: each must be waited for. */
static struct kl_child *children;

static void unlink_child(struct kl_child *child)
{
	struct kl_child **at = &children;

	while (*at != child)
		at = &(*at)->next;
	*at = child->next;
}

static void has_ended(struct kl_watch *watch, u32 events)
{
	struct kl_child *child = watch->data;
	int status = 0;

	(void)events;
	kl_loop_remove(child->loop, watch);
	close(watch->fd);
	waitpid(child->pid, &status, 0);
	unlink_child(child);
	if (child->ended)
		child->ended(child->data, status);
	free(child);
}

static int spawn(struct kl_child *child, char *const *argv, int input)
{
	static char *const environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LANG=C.UTF-8",
		NULL,
	};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	error = posix_spawn(&child->pid, argv[0], &actions, &attributes, argv,
			    environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return error;
}

struct kl_child *kl_child_start(struct kl_loop *loop, char *const *argv, int input,
				void (*ended)(void *data, int status), void *data)
{
	struct kl_child *child = kl_xalloc(1, sizeof(*child));
	int error = spawn(child, argv, input);

	if (error)
		goto err_free;
	child->loop = loop;
	child->ended = ended;
	child->data = data;
	child->watch = (struct kl_watch){
		syscall(SYS_pidfd_open, child->pid, 0),
		has_ended,
		child,
	};
	error = child->watch.fd < 0 ? errno : -kl_loop_add(loop, &child->watch, EPOLLIN);
	if (error)
		goto err_kill;
	child->next = children;
	children = child;
	return child;
err_kill:
	if (child->watch.fd >= 0)
		close(child->watch.fd);
	/* One that nobody could wait for must not run. */
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
err_free:
	free(child);
	errno = error;
	return NULL;
}

void kl_child_forget(struct kl_child *child)
{
	if (child)
		child->ended = NULL;
}

void kl_child_kill(struct kl_child *child)
{
	kill(child->pid, SIGKILL);
}

void kl_child_tell(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status))
		snprintf(text, size, "was killed by signal %d", WTERMSIG(status));
	else
		snprintf(text, size, "ended with status %d", WEXITSTATUS(status));
}
