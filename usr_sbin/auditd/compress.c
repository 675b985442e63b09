// SPDX-License-Identifier: GPL-2.0
/* Compression of finished files. */
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <zstd.h>

#include "compress.h"
#include "limits.h"
#include "logfile.h"
#include "rotate.h"

/**
 * struct kl_compress - one file on its way
 * @loop, @timer: the next step
 * @directory, @name: the source
 * @from, @part, @to: source, what is being written, what that becomes
 * @input, @output: descriptors of @from and @part
 * @stream: libzstd's state
 * @in, @out: a step's worth of either side
 * @written: bytes of @part
 * @times: of the source: who looks at them wants to know when its records were made
 * @done, @data: the owner's
 */
struct kl_compress {
	struct kl_loop *loop;
	struct kl_timer timer;
	char *directory, *name;
	char *from, *part, *to;
	int input, output;
	ZSTD_CStream *stream;
	char *in, *out;
	u64 written;
	struct timespec times[2];
	void (*done)(void *data, int error);
	void *data;
};

static char *join(const char *directory, const char *name, const char *suffix)
{
	char *path;

	if (asprintf(&path, "%s/%s%s", directory, name, suffix) < 0)
		return kl_xstrdup("");
	return path;
}

static void release(struct kl_compress *compress)
{
	kl_timer_stop(compress->loop, &compress->timer);
	ZSTD_freeCStream(compress->stream);
	if (compress->input >= 0)
		close(compress->input);
	if (compress->output >= 0)
		close(compress->output);
	free(compress->directory);
	free(compress->name);
	free(compress->from);
	free(compress->part);
	free(compress->to);
	free(compress->in);
	free(compress->out);
	free(compress);
}

static int write_out(struct kl_compress *compress, const char *data, size_t length)
{
	ssize_t put;

	while (length) {
		put = write(compress->output, data, length);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return put < 0 ? -errno : -EIO;
		/* To disk as it comes, so that the sync at the end is short. */
		sync_file_range(compress->output, compress->written, put,
				SYNC_FILE_RANGE_WRITE);
		compress->written += put;
		data += put;
		length -= put;
	}
	return 0;
}

/* What libzstd makes of the next bytes; @end: there are no more. */
static int squeeze(struct kl_compress *compress, size_t length, bool end)
{
	ZSTD_inBuffer in = { .src = compress->in, .size = length };
	size_t left;
	int error;

	do {
		ZSTD_outBuffer out = { .dst = compress->out, .size = KL_COMPRESS_STEP };

		left = ZSTD_compressStream2(compress->stream, &out, &in,
					    end ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return -ENOMEM;
		error = write_out(compress, compress->out, out.pos);
		if (error)
			return error;
	} while (end ? left : in.pos < in.size);
	return 0;
}

/* The source goes only when its successor is on disk, under its name. */
static int finish(struct kl_compress *compress)
{
	int error;

	if (futimens(compress->output, compress->times) || fsync(compress->output))
		return -errno;
	error = kl_rename_new(compress->part, compress->to);
	if (!error)
		error = kl_sync_directory(compress->directory);
	if (!error && unlink(compress->from))
		error = -errno;
	return error;
}

static void end(struct kl_compress *compress, int error)
{
	if (error)
		unlink(compress->part);
	compress->done(compress->data, error);
	release(compress);
}

static void step(struct kl_timer *timer)
{
	struct kl_compress *compress = timer->data;
	ssize_t got = read(compress->input, compress->in, KL_COMPRESS_STEP);
	int error = got < 0 ? -errno : squeeze(compress, got, !got);

	if (error == -EINTR)
		error = 0;
	else if (!error && !got)
		error = finish(compress) ?: 1;
	if (error)
		end(compress, error > 0 ? 0 : error);
	else
		kl_timer_set(compress->loop, timer, KL_COMPRESS_PAUSE);
}

static int open_files(struct kl_compress *compress, mode_t mode)
{
	struct stat stat;

	compress->input = open(compress->from, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
						       O_CLOEXEC);
	if (compress->input < 0 || fstat(compress->input, &stat))
		return -errno;
	if (!S_ISREG(stat.st_mode))
		return -ENOTSUP;
	compress->output = open(compress->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
				mode);
	if (compress->output < 0)
		return -errno;
	compress->times[0] = stat.st_atim;
	compress->times[1] = stat.st_mtim;
	return fchmod(compress->output, mode) ? -errno : 0;
}

struct kl_compress *kl_compress_start(struct kl_loop *loop, const char *directory,
				      const char *name, mode_t mode,
				      void (*done)(void *data, int error), void *data)
{
	struct kl_compress *compress = kl_xalloc(1, sizeof(*compress));
	int error;

	compress->loop = loop;
	compress->timer.expired = step;
	compress->timer.data = compress;
	compress->directory = kl_xstrdup(directory);
	compress->name = kl_xstrdup(name);
	compress->from = join(directory, name, "");
	compress->part = join(directory, name, KL_SUFFIX_ZSTD KL_SUFFIX_PART);
	compress->to = join(directory, name, KL_SUFFIX_ZSTD);
	compress->input = -1;
	compress->output = -1;
	compress->done = done;
	compress->data = data;
	compress->in = kl_xalloc(KL_COMPRESS_STEP, 1);
	compress->out = kl_xalloc(KL_COMPRESS_STEP, 1);
	compress->stream = ZSTD_createCStream();
	error = compress->stream ? open_files(compress, mode) : -ENOMEM;
	if (!error) {
		/* With a checksum, so that zstd -t can tell. */
		ZSTD_CCtx_setParameter(compress->stream, ZSTD_c_checksumFlag, 1);
		kl_timer_set(loop, &compress->timer, KL_COMPRESS_PAUSE);
		return compress;
	}
	if (compress->output >= 0)
		unlink(compress->part);
	release(compress);
	errno = -error;
	return NULL;
}

const char *kl_compress_name(const struct kl_compress *compress)
{
	return compress->name;
}

void kl_compress_stop(struct kl_compress *compress)
{
	if (!compress)
		return;
	unlink(compress->part);
	release(compress);
}
