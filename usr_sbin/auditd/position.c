// SPDX-License-Identifier: GPL-2.0
/* How far each sink has got, across restarts. */
#include <fcntl.h>

#include "engine/lex.h"
#include "position.h"
#include "proc.h"
#include "tell.h"

int kl_replace_file(const char *path, struct kl_text text, bool sync)
{
	struct kl_buffer name = { 0 };
	int fd, error = 0;

	kl_buffer_printf(&name, "%s.new", path);
	fd = open(name.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0) {
		error = -errno;
		goto free_name;
	}
	error = kl_write_fd(fd, text.data, text.length);
	if (!error && sync && fdatasync(fd))
		error = -errno;
	close(fd);
	if (!error && rename(name.data, path))
		error = -errno;
	if (error)
		unlink(name.data);
free_name:
	kl_buffer_free(&name);
	return error;
}

void kl_position_add(struct kl_position *position, const char *name, u64 safe)
{
	struct kl_position_sink *sink;

	position->sinks = kl_xrealloc(position->sinks, position->count + 1,
				      sizeof(*position->sinks));
	sink = &position->sinks[position->count++];
	memset(sink, 0, sizeof(*sink));
	snprintf(sink->name, sizeof(sink->name), "%s", name);
	sink->safe = safe;
}

u64 kl_position_find(const struct kl_position *position, const char *name)
{
	u32 i;

	for (i = 0; i < position->count; i++)
		if (!strcmp(position->sinks[i].name, name))
			return position->sinks[i].safe;
	return position->seen;
}

bool kl_position_equal(const struct kl_position *a, const struct kl_position *b)
{
	u32 i;

	if (a->instance != b->instance || a->seen != b->seen || a->clean != b->clean ||
	    a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->sinks[i].safe != b->sinks[i].safe ||
		    strcmp(a->sinks[i].name, b->sinks[i].name))
			return false;
	return true;
}

void kl_position_free(struct kl_position *position)
{
	free(position->sinks);
	memset(position, 0, sizeof(*position));
}

static int read_hexadecimal(struct kl_text text, u64 *value)
{
	char copy[20], *end;

	snprintf(copy, sizeof(copy), "%.*s", (int)min(text.length, 17u), text.data);
	*value = strtoull(copy, &end, 16);
	return text.length && text.length <= 16 && !*end ? 0 : -EINVAL;
}

/* "NAME NUMBER" */
static int read_sink(struct kl_position *position, struct kl_text value)
{
	const char *space = memchr(value.data, ' ', value.length);
	char name[KL_NAME_MAX + 1];
	u32 length;
	u64 safe;

	if (!space || space - value.data > KL_NAME_MAX ||
	    position->count == KL_POSITION_SINKS)
		return -EINVAL;
	length = space - value.data;
	if (kl_text_decimal(kl_text_from(value, length + 1), ~0ull, &safe))
		return -EINVAL;
	snprintf(name, sizeof(name), "%.*s", (int)length, value.data);
	kl_position_add(position, name, safe);
	return 0;
}

static int parse(struct kl_position *position, struct kl_text text)
{
	struct kl_text key, value;
	int error = 0;

	while (!error && kl_pair_next(&text, ' ', &key, &value)) {
		if (kl_text_is(key, "instance"))
			error = read_hexadecimal(value, &position->instance);
		else if (kl_text_is(key, "seen"))
			error = kl_text_decimal(value, ~0ull, &position->seen);
		else if (kl_text_is(key, "clean"))
			position->clean = kl_text_is(value, "yes");
		else if (kl_text_is(key, "sink"))
			error = read_sink(position, value);
		else
			error = -EINVAL;
	}
	return error;
}

void kl_position_read(const char *path, struct kl_position *position)
{
	struct kl_buffer text = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC), error;

	memset(position, 0, sizeof(*position));
	if (fd < 0 && errno == ENOENT)
		return;
	error = fd < 0 ? -errno : kl_read_fd(fd, &text, KL_POSITION_MAX);
	if (fd >= 0)
		close(fd);
	if (!error)
		error = parse(position, kl_buffer_text(&text));
	kl_buffer_free(&text);
	if (!error)
		return;
	kl_tell(LOG_ERR, "%s: %s: what was delivered before is not known, and may be repeated",
		path, error == -EINVAL ? "cannot be understood" : strerror(-error));
	kl_position_free(position);
}

int kl_position_write(const char *path, const struct kl_position *position)
{
	struct kl_buffer text = { 0 };
	int error;
	u32 i;

	kl_buffer_printf(&text, "instance %016llx\nseen %llu\nclean %s\n",
			 (unsigned long long)position->instance,
			 (unsigned long long)position->seen,
			 position->clean ? "yes" : "no");
	for (i = 0; i < position->count; i++)
		kl_buffer_printf(&text, "sink %s %llu\n", position->sinks[i].name,
				 (unsigned long long)position->sinks[i].safe);
	error = kl_replace_file(path, kl_buffer_text(&text), true);
	kl_buffer_free(&text);
	return error;
}
