// SPDX-License-Identifier: GPL-2.0
/* What a user types: single keys on a terminal, lines from anywhere else. */
#include <unistd.h>

#include "keys.h"

#define READ_SIZE 4096

void kl_keys_init(struct kl_keys *keys, int fd)
{
	*keys = (struct kl_keys){ .fd = fd };
	keys->terminal = isatty(fd) && !tcgetattr(fd, &keys->saved);
}

void kl_keys_done(struct kl_keys *keys)
{
	kl_keys_single(keys, false);
	kl_buffer_free(&keys->pending);
}

void kl_keys_single(struct kl_keys *keys, bool single)
{
	struct termios changed = keys->saved;

	if (!keys->terminal || keys->single == single)
		return;
	if (single)
		changed.c_lflag &= ~(ICANON | ECHO);
	tcsetattr(keys->fd, TCSADRAIN, &changed);
	keys->single = single;
}

bool kl_keys_take(struct kl_keys *keys, struct kl_buffer *line)
{
	struct kl_buffer *pending = &keys->pending;
	const char *end = NULL;
	size_t length, used;

	if (!pending->length)
		return false;
	if (!keys->single)
		end = memchr(pending->data, '\n', pending->length);
	if (!keys->single && !end && !keys->ended)
		return false;
	length = keys->single ? 1 : end ? (size_t)(end - pending->data) : pending->length;
	used = length + (end ? 1 : 0);
	kl_buffer_clear(line);
	kl_buffer_add(line, pending->data, length);
	memmove(pending->data, pending->data + used, pending->length - used);
	pending->length -= used;
	return true;
}

int kl_keys_read(struct kl_keys *keys)
{
	struct kl_buffer *pending = &keys->pending;
	ssize_t got;

	kl_buffer_room(pending, READ_SIZE);
	got = read(keys->fd, pending->data + pending->length, READ_SIZE);
	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (!got)
		keys->ended = true;
	pending->length += got;
	return 0;
}
