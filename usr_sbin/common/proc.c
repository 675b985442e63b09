// SPDX-License-Identifier: GPL-2.0
/* The module's files. */
#include <fcntl.h>
#include <unistd.h>

#include "engine/lex.h"
#include "options.h"
#include "proc.h"

const char *kl_proc_directory(void)
{
	const char *directory = getenv("KELLAS_PROC");

	return directory && *directory ? directory : "/proc/kellas";
}

static void make_path(const char *name, struct kl_buffer *path)
{
	kl_buffer_printf(path, "%s/%s", kl_proc_directory(), name);
}

bool kl_proc_loaded(void)
{
	return access(kl_proc_directory(), F_OK) == 0;
}

int kl_proc_open(const char *name, int flags)
{
	struct kl_buffer path = { 0 };
	int fd, error;

	make_path(name, &path);
	fd = open(path.data, flags | O_CLOEXEC);
	error = -errno;
	kl_buffer_free(&path);
	return fd < 0 ? error : fd;
}

int kl_read_fd(int fd, struct kl_buffer *text, size_t limit)
{
	ssize_t got;

	for (;;) {
		kl_buffer_room(text, 65536);
		got = read(fd, text->data + text->length, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		text->length += got;
		text->data[text->length] = '\0';
		if (!got)
			return 0;
		if (text->length > limit)
			return -EFBIG;
	}
}

int kl_write_fd(int fd, const char *data, size_t length)
{
	ssize_t put;

	while (length) {
		put = write(fd, data, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put ? -errno : -EIO;
		data += put;
		length -= put;
	}
	return 0;
}

int kl_proc_read(const char *name, struct kl_buffer *text)
{
	int fd = kl_proc_open(name, O_RDONLY), error;

	if (fd < 0)
		return fd;
	error = kl_read_fd(fd, text, SIZE_MAX);
	close(fd);
	return error;
}

int kl_proc_complain(const char *name, int error)
{
	if (!kl_proc_loaded()) {
		kl_complain("the module kellas is not loaded (there is no %s)",
			    kl_proc_directory());
		return KL_EXIT_NOT_LOADED;
	}
	if (error == -EPERM || error == -EACCES)
		kl_complain("%s/%s: %s: this needs CAP_MAC_ADMIN, outside of user "
			    "namespaces",
			    kl_proc_directory(), name, strerror(-error));
	else
		kl_complain("%s/%s: %s", kl_proc_directory(), name, strerror(-error));
	return KL_EXIT_FAILURE;
}

bool kl_pair_next(struct kl_text *rest, char separator, struct kl_text *key,
		  struct kl_text *value)
{
	struct kl_text line = *rest;
	const char *newline, *at;

	if (!rest->length)
		return false;
	newline = memchr(rest->data, '\n', rest->length);
	if (newline)
		line.length = newline - rest->data;
	*rest = kl_text_from(*rest, line.length + (newline ? 1 : 0));
	at = memchr(line.data, separator, line.length);
	*key = at ? kl_text_head(line, at - line.data) : line;
	*value = kl_text_from(line, at ? key->length + 1 : line.length);
	return true;
}

/* Words "language=N" anywhere in the file. */
static bool find_language(const struct kl_buffer *version, u64 *language)
{
	const char *at = version->length ? strstr(version->data, "language=") : NULL;

	if (!at)
		return false;
	*language = strtoull(at + strlen("language="), NULL, 10);
	return true;
}

int kl_proc_check(void)
{
	struct kl_buffer version = { 0 };
	int status = KL_EXIT_FAILURE, error;
	u64 language;

	error = kl_proc_read("version", &version);
	if (error) {
		status = kl_proc_complain("version", error);
	} else if (!find_language(&version, &language)) {
		kl_complain("%s/version names no language=: this is not a module these "
			    "tools know",
			    kl_proc_directory());
	} else if (language > KL_TOOLS_LANGUAGE) {
		kl_complain(
			"the loaded module speaks version %llu of the policy language, "
			"these tools know %d: update the tools",
			(unsigned long long)language, KL_TOOLS_LANGUAGE);
	} else {
		status = KL_EXIT_OK;
	}
	kl_buffer_free(&version);
	return status;
}
