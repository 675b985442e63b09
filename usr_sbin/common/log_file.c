// SPDX-License-Identifier: GPL-2.0
/* The bytes of one log file, decompressed if need be. */
#include <fcntl.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#include "log_file.h"
#include "memory.h"
#include "options.h"

#define STEP (256u << 10) /* read at once */
#define MAGIC_MAX 6

struct kl_log_file;
typedef ssize_t (*reader)(struct kl_log_file *file, char *out, size_t room);

/**
 * struct kl_log_file - one file being read
 * @name: for messages
 * @fd: the file
 * @read: how to make bytes of a log of those in @in
 * @in: bytes as they are on disk, from @at to @end
 * @bytes: read from @fd so far
 * @zstd: or NULL
 * @gzip: state of zlib, if @is_gzip
 * @open: a compressed frame or member has begun and not ended
 */
struct kl_log_file {
	const char *name;
	int fd;
	reader read;
	char *in;
	size_t at, end;
	u64 bytes;
	ZSTD_DStream *zstd;
	z_stream gzip;
	bool is_gzip;
	bool open;
};

static const char *shown(const char *name)
{
	return strcmp(name, "-") ? name : "<stdin>";
}

static int complain(const struct kl_log_file *file, int error, const char *what)
{
	kl_complain("%s: %s", shown(file->name), what);
	return error;
}

/* More bytes behind those in @in; returns how many, 0 at the end. */
static ssize_t fill(struct kl_log_file *file)
{
	ssize_t got;

	if (file->at == file->end)
		file->at = file->end = 0;
	do
		got = read(file->fd, file->in + file->end, STEP - file->end);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return complain(file, -errno, strerror(errno));
	file->end += got;
	file->bytes += got;
	return got;
}

static ssize_t read_plain(struct kl_log_file *file, char *out, size_t room)
{
	ssize_t got = file->end - file->at;

	if (!got) {
		got = fill(file);
		if (got <= 0)
			return got;
	}
	got = min_t(size_t, got, room);
	memcpy(out, file->in + file->at, got);
	file->at += got;
	return got;
}

/* The end of the file: is it that of the log, too? */
static ssize_t end_compressed(const struct kl_log_file *file)
{
	if (!file->open)
		return 0;
	return complain(file, -EIO,
			"the compressed file is cut off; what was read of it counts");
}

static ssize_t read_zstd(struct kl_log_file *file, char *out, size_t room)
{
	ZSTD_outBuffer to = { out, room, 0 };
	ssize_t got = 1;
	size_t left;

	while (!to.pos) {
		ZSTD_inBuffer from = { file->in, file->end, file->at };

		left = ZSTD_decompressStream(file->zstd, &to, &from);
		if (ZSTD_isError(left))
			return complain(file, -EIO, ZSTD_getErrorName(left));
		/* Only a call that did something says how things stand. */
		if (from.pos != file->at || to.pos)
			file->open = left;
		file->at = from.pos;
		if (to.pos || file->at < file->end)
			continue;
		got = fill(file);
		if (got <= 0)
			return got ? got : end_compressed(file);
	}
	return to.pos;
}

/* What zlib made of what there is; more than 0 if that was the end of a member. */
static int inflate_some(struct kl_log_file *file, char *out, size_t *room)
{
	z_stream *gzip = &file->gzip;
	int result;

	gzip->next_in = (Bytef *)file->in + file->at;
	gzip->avail_in = file->end - file->at;
	gzip->next_out = (Bytef *)out;
	gzip->avail_out = *room;
	result = inflate(gzip, Z_NO_FLUSH);
	file->at = file->end - gzip->avail_in;
	*room = gzip->avail_out;
	if (result == Z_MEM_ERROR)
		return complain(file, -ENOMEM, "out of memory");
	if (result != Z_OK && result != Z_BUF_ERROR && result != Z_STREAM_END)
		return complain(file, -EIO,
				gzip->msg ? gzip->msg : "damaged compressed data");
	return result == Z_STREAM_END;
}

static ssize_t read_gzip(struct kl_log_file *file, char *out, size_t room)
{
	size_t left = room;
	ssize_t got;
	int ended;

	while (left == room) {
		if (file->at == file->end) {
			got = fill(file);
			if (got <= 0)
				return got ? got : end_compressed(file);
		}
		/* Several files may have been put behind each other. */
		if (!file->open)
			inflateReset(&file->gzip);
		file->open = true;
		ended = inflate_some(file, out, &left);
		if (ended < 0)
			return ended;
		file->open = !ended;
	}
	return room - left;
}

static bool begins(const struct kl_log_file *file, const char *magic, size_t length)
{
	return file->end >= length && !memcmp(file->in, magic, length);
}

static int begin_zstd(struct kl_log_file *file)
{
	file->zstd = ZSTD_createDStream();
	file->read = read_zstd;
	return file->zstd ? 0 : complain(file, -ENOMEM, "out of memory");
}

static int begin_gzip(struct kl_log_file *file)
{
	/* 16: with the header of gzip, and no other */
	if (inflateInit2(&file->gzip, 16 + MAX_WBITS) != Z_OK)
		return complain(file, -ENOMEM, "out of memory");
	file->is_gzip = true;
	file->read = read_gzip;
	return 0;
}

static int recognise(struct kl_log_file *file)
{
	ssize_t got = 1;

	while (got && file->end < MAGIC_MAX) {
		got = fill(file);
		if (got < 0)
			return got;
	}
	file->read = read_plain;
	if (begins(file, "\x28\xb5\x2f\xfd", 4))
		return begin_zstd(file);
	if (begins(file, "\x1f\x8b", 2))
		return begin_gzip(file);
	if (begins(file, "\xfd" "7zXZ", 5) || begins(file, "BZh", 3))
		return complain(file, -ENOTSUP,
				"compressed by neither zstd nor gzip: decompress it into "
				"a pipe, '-' reads that");
	return 0;
}

struct kl_log_file *kl_log_file_open(const char *name)
{
	struct kl_log_file *file = kl_xalloc(1, sizeof(*file));

	file->name = name;
	file->in = kl_xalloc(STEP, 1);
	file->fd = STDIN_FILENO;
	if (strcmp(name, "-"))
		file->fd = open(name, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0)
		complain(file, 0, strerror(errno));
	else if (!recognise(file))
		return file;
	kl_log_file_close(file);
	return NULL;
}

ssize_t kl_log_file_read(struct kl_log_file *file, char *out, size_t room)
{
	return file->read(file, out, room);
}

u64 kl_log_file_tail(struct kl_log_file *file, u64 bytes)
{
	struct stat stat;

	if (file->read != read_plain || fstat(file->fd, &stat) || !S_ISREG(stat.st_mode) ||
	    (u64)stat.st_size <= bytes || lseek(file->fd, stat.st_size - bytes, SEEK_SET) < 0)
		return 0;
	file->at = file->end = 0;
	file->bytes = stat.st_size - bytes;
	return file->bytes;
}

u64 kl_log_file_bytes(const struct kl_log_file *file)
{
	return file->bytes;
}

void kl_log_file_close(struct kl_log_file *file)
{
	if (!file)
		return;
	ZSTD_freeDStream(file->zstd);
	if (file->is_gzip)
		inflateEnd(&file->gzip);
	if (file->fd > STDIN_FILENO)
		close(file->fd);
	free(file->in);
	free(file);
}

/* Not by opening it: whoever writes into a pipe would be told that we left. */
int kl_log_file_size(const char *name, u64 *size)
{
	const char *why = NULL;
	struct stat stat;
	int error = 0;

	if (strcmp(name, "-") ? fstatat(AT_FDCWD, name, &stat, 0) ||
					faccessat(AT_FDCWD, name, R_OK, AT_EACCESS) :
				fstat(STDIN_FILENO, &stat))
		error = errno;
	else if (S_ISDIR(stat.st_mode))
		error = EISDIR;
	if (error) {
		why = strerror(error);
		kl_complain("%s: %s", shown(name), why);
		return -error;
	}
	*size = S_ISREG(stat.st_mode) ? stat.st_size : 0;
	return 0;
}
