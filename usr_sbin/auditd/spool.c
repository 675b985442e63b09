// SPDX-License-Identifier: GPL-2.0
/* Messages on disk, first in, first out. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "crc32c.h"
#include "limits.h"
#include "loop.h"
#include "spool.h"
#include "tell.h"

#define VERSION 1u
#define COPY_SIZE 512 /* a sector: one copy is written whole or not at all */

/*
 * Numbers are in this machine's byte order: a spool does not travel.
 *
 * struct frame - before each text
 * @crc: of all behind it, the text too
 */
struct frame {
	u32 crc;
	u32 length;
	u64 number;
	u64 sequence;
	u64 instance;
	u64 time;
	u8 source;
	u8 zero[7];
};

/**
 * struct position - one copy of the position
 * @crc: of all behind it
 * @version: VERSION
 * @age: the higher one is the newer copy
 * @released: number of the first message still needed
 * @announced: messages below it may have been sent
 * @announced_sequence: highest sequence number among those
 * @end: number that the next message would have got
 * @mark: struct kl_spool_mark
 */
struct position {
	u32 crc;
	u32 version;
	u64 age;
	u64 released;
	u64 announced;
	u64 announced_sequence;
	u64 end;
	struct kl_spool_mark mark;
};

static_assert(sizeof(struct frame) == 48, "no padding may be written");
static_assert(sizeof(struct position) == 48 + sizeof(struct kl_spool_mark) &&
	      sizeof(struct position) <= COPY_SIZE, "a copy fits its sector");

/**
 * struct segment - one file of messages
 * @first: number of its first message; its name
 * @size: bytes of whole frames
 */
struct segment {
	u64 first;
	u64 size;
};

/**
 * struct kl_spool - a spool
 * @path: its directory
 * @max: bytes of all segments
 * @segment_max: a segment is not made larger, if it has a message already
 * @directory, @lock, @position: descriptors; @directory -1: not open (yet)
 * @retry: do not try to open it before: milliseconds of kl_loop_now()
 * @segments, @count: oldest first
 * @bytes: of all segments
 * @writer: descriptor of the last segment, -1: the next message begins a new one
 * @dirty: messages were written to @writer since it was synced
 * @reader: descriptor of the segment that is read, -1: none
 * @reader_first: which one that is
 * @offset: in the segment that holds @read
 * @buffer, @buffer_offset: what was read ahead, from there in that segment
 * @released, @announced, @announced_sequence, @end: as in struct position
 * @read: number that kl_spool_read() gives next
 * @synced: all below it is on disk
 * @distrusted: writing back failed for messages below it
 * @moved: the position changed since it was written
 * @age: of the position's newest copy
 * @mark: kept with the position
 * @last_sequence, @last_instance: see kl_spool_last()
 * @torn, @failures, @error: figures
 * @said: the last error that was said, 0: it works again
 * @failed: when the last operation failed
 */
struct kl_spool {
	char *path;
	u64 max, segment_max;
	int directory, lock, position;
	u64 retry;
	struct segment *segments;
	size_t count;
	u64 bytes;
	int writer;
	bool dirty;
	int reader;
	u64 reader_first;
	u64 offset;
	struct kl_buffer buffer;
	u64 buffer_offset;
	u64 released, announced, announced_sequence, end;
	u64 read;
	u64 synced, distrusted;
	bool moved;
	u64 age;
	struct kl_spool_mark mark;
	u64 last_sequence, last_instance;
	u64 torn, failures;
	int error, said;
	u64 failed;
};

/* Count a failure; said once until something else fails or it works for a while. */
static int note(struct kl_spool *spool, int error)
{
	if (!error)
		return 0;
	spool->failures++;
	spool->failed = kl_loop_now();
	if (-error != spool->said)
		kl_tell(LOG_ERR, "spool %s: %s", spool->path, strerror(-error));
	spool->said = spool->error = -error;
	return error;
}

/* On a full disk a small message may find room between two others. */
static void note_success(struct kl_spool *spool)
{
	spool->error = 0;
	if (!spool->said || kl_loop_now() - spool->failed < KL_SPOOL_RETRY)
		return;
	kl_tell(LOG_NOTICE, "spool %s: works again", spool->path);
	spool->said = 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void segment_name(u64 first, char name[32])
{
	snprintf(name, 32, "%016llx.seg", (unsigned long long)first);
}

/* All of it or nothing: 0 or a negative errno. */
static int write_all(int fd, const struct iovec *parts, int count, u64 offset)
{
	ssize_t wanted = 0, done;
	int i;

	for (i = 0; i < count; i++)
		wanted += parts[i].iov_len;
	do
		done = pwritev(fd, parts, count, offset);
	while (done < 0 && errno == EINTR);
	if (done < 0)
		return -errno;
	/* A regular file takes less only if the disk is full. */
	return done == wanted ? 0 : -ENOSPC;
}

/* Position */

static int write_position(struct kl_spool *spool)
{
	union {
		struct position position;
		u8 sector[COPY_SIZE];
	} copy = { 0 };
	struct iovec part = { &copy, sizeof(copy) };
	int error;

	if (spool->position < 0)
		return -EROFS;
	copy.position = (struct position){
		.version = VERSION,
		.age = spool->age + 1,
		.released = spool->released,
		.announced = spool->announced,
		.announced_sequence = spool->announced_sequence,
		.end = spool->end,
		.mark = spool->mark,
	};
	copy.position.crc = kl_crc32c(0, &copy.position.version,
				      sizeof(copy.position) - sizeof(u32));
	error = write_all(spool->position, &part, 1, copy.position.age % 2 * COPY_SIZE);
	if (error)
		return error;
	spool->age++;
	spool->moved = false;
	return 0;
}

static void read_position(struct kl_spool *spool)
{
	struct position copy, best = { 0 };
	int i;

	for (i = 0; i < 2 && spool->position >= 0; i++) {
		if (pread(spool->position, &copy, sizeof(copy), i * COPY_SIZE) !=
		    (ssize_t)sizeof(copy))
			continue;
		if (copy.version == VERSION && copy.age > best.age &&
		    copy.crc ==
			    kl_crc32c(0, &copy.version, sizeof(copy) - sizeof(copy.crc)))
			best = copy;
	}
	spool->age = best.age;
	spool->released = best.age ? best.released : 1;
	spool->announced = best.announced;
	spool->announced_sequence = best.announced_sequence;
	spool->end = best.age ? best.end : 1;
	spool->mark = best.mark;
}

/* Segments */

static int compare_segments(const void *a, const void *b)
{
	const struct segment *one = a, *other = b;

	return one->first < other->first ? -1 : one->first > other->first;
}

static struct segment *add_segment(struct kl_spool *spool, u64 first, u64 size)
{
	struct segment *segment;

	spool->segments = kl_xrealloc(spool->segments, spool->count + 1,
				      sizeof(*spool->segments));
	segment = &spool->segments[spool->count++];
	segment->first = first;
	segment->size = size;
	spool->bytes += size;
	return segment;
}

static int list_segments(struct kl_spool *spool)
{
	int fd = openat(spool->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	unsigned long long first;
	struct dirent *entry;
	struct stat stat;
	char name[32];

	if (!list) {
		int error = -errno;

		close_fd(&fd);
		return error;
	}
	while ((entry = readdir(list))) {
		if (sscanf(entry->d_name, "%16llx.seg", &first) != 1)
			continue;
		segment_name(first, name);
		if (!strcmp(name, entry->d_name) &&
		    !fstatat(spool->directory, name, &stat, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(stat.st_mode))
			add_segment(spool, first, stat.st_size);
	}
	closedir(list);
	if (spool->count)
		qsort(spool->segments, spool->count, sizeof(*spool->segments),
		      compare_segments);
	return 0;
}

static void remove_first(struct kl_spool *spool)
{
	char name[32];

	/* An open file would keep its room. */
	if (spool->reader_first == spool->segments[0].first)
		close_fd(&spool->reader);
	segment_name(spool->segments[0].first, name);
	if (unlinkat(spool->directory, name, 0) && errno != ENOENT) {
		note(spool, -errno);
		return;
	}
	spool->bytes -= spool->segments[0].size;
	spool->count--;
	memmove(spool->segments, spool->segments + 1,
		spool->count * sizeof(*spool->segments));
}

/* Number behind the last message of a segment. */
static u64 segment_end(const struct kl_spool *spool, size_t index)
{
	return index + 1 < spool->count ? spool->segments[index + 1].first : spool->end;
}

/* Segments of which nothing is needed any more, but for the one that is written. */
static void remove_released(struct kl_spool *spool)
{
	size_t before;

	while (spool->count && segment_end(spool, 0) <= spool->released) {
		if (spool->count == 1 && spool->writer >= 0) {
			if (spool->released < spool->end || !spool->segments[0].size)
				return;
			close_fd(&spool->writer);
			spool->dirty = false;
		}
		/* The position first: what it needs must be there at any time. */
		if (spool->moved)
			note(spool, write_position(spool));
		before = spool->count;
		remove_first(spool);
		if (spool->count == before)
			return;
	}
}

/* Somebody has removed the file: what is written there is gone with it. */
static bool is_removed(const struct kl_spool *spool)
{
	struct stat stat;

	return !fstat(spool->writer, &stat) && !stat.st_nlink;
}

static int sync_writer(struct kl_spool *spool)
{
	int error = 0;

	if (spool->dirty && is_removed(spool))
		error = -ESTALE;
	else if (spool->dirty && fdatasync(spool->writer))
		error = -errno;
	spool->dirty = false;
	if (error) {
		/* The kernel forgets what it could not write, and says so once. */
		spool->distrusted = spool->end;
		close_fd(&spool->writer);
		return error;
	}
	if (spool->released >= spool->distrusted)
		spool->synced = spool->end;
	return 0;
}

/* Reading */

/* Bytes at spool->offset: at least @length of them, or false. */
static bool look(struct kl_spool *spool, size_t length, const char **data, int *error)
{
	struct kl_buffer *buffer = &spool->buffer;
	size_t skip = spool->offset - spool->buffer_offset;
	ssize_t got;

	if (spool->offset >= spool->buffer_offset && buffer->length >= skip + length) {
		*data = buffer->data + skip;
		return true;
	}
	kl_buffer_clear(buffer);
	kl_buffer_room(buffer, length > KL_SPOOL_READ ? length : KL_SPOOL_READ);
	spool->buffer_offset = spool->offset;
	got = pread(spool->reader, buffer->data, buffer->room - 1, spool->offset);
	if (got < 0) {
		*error = -errno;
		return false;
	}
	buffer->length = got;
	*data = buffer->data;
	return buffer->length >= length;
}

/* The frame at spool->offset, if it is a valid one with that number. */
static bool read_frame(struct kl_spool *spool, u64 number, struct frame *frame,
		       const char **text, int *error)
{
	const char *data;

	*error = 0;
	if (!look(spool, sizeof(*frame), &data, error))
		return false;
	memcpy(frame, data, sizeof(*frame));
	if (frame->length > KL_MESSAGE_MAX || frame->number != number)
		return false;
	if (!look(spool, sizeof(*frame) + frame->length, &data, error))
		return false;
	*text = data + sizeof(*frame);
	return frame->crc == kl_crc32c(0, data + sizeof(frame->crc),
				       sizeof(*frame) - sizeof(frame->crc) +
					       frame->length);
}

static int open_reader(struct kl_spool *spool, u64 first)
{
	char name[32];

	if (spool->reader >= 0 && spool->reader_first == first)
		return 0;
	close_fd(&spool->reader);
	segment_name(first, name);
	spool->reader = openat(spool->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (spool->reader < 0)
		return -errno;
	spool->reader_first = first;
	kl_buffer_clear(&spool->buffer);
	spool->buffer_offset = 0;
	return 0;
}

/* Index of the segment that spool->read belongs to; the spool is not empty. */
static size_t reading_segment(const struct kl_spool *spool)
{
	size_t i = spool->count;

	while (--i && spool->segments[i].first > spool->read)
		;
	return i;
}

/* What is missing from spool->read up to, not including, @end. */
static int read_gap(struct kl_spool *spool, u64 end, struct kl_spool_item *item)
{
	/* What comes next must not stand behind something unreadable. */
	if (end == spool->end && spool->writer >= 0) {
		note(spool, sync_writer(spool));
		close_fd(&spool->writer);
	}
	item->number = end - 1;
	item->count = end - spool->read;
	spool->read = end;
	spool->offset = 0;
	return KL_SPOOL_GAP;
}

static void fill_item(struct kl_spool_item *item, const struct frame *frame,
		      const char *text)
{
	item->number = frame->number;
	item->count = 1;
	item->message = (struct kl_message){
		.sequence = frame->sequence,
		.instance = frame->instance,
		.time = frame->time,
		.source = frame->source,
		.text = { text, frame->length },
	};
}

int kl_spool_read(struct kl_spool *spool, struct kl_spool_item *item)
{
	const struct segment *segment;
	struct frame frame;
	const char *text;
	size_t index;
	int error;

	memset(item, 0, sizeof(*item));
	if (spool->read >= spool->end)
		return KL_SPOOL_NONE;
	if (!spool->count)
		return read_gap(spool, spool->end, item);
	index = reading_segment(spool);
	segment = &spool->segments[index];
	if (segment->first > spool->read)
		return read_gap(spool, segment->first, item);
	if (segment->first == spool->read)
		spool->offset = 0;
	error = open_reader(spool, segment->first);
	if (error == -ENOENT)
		return read_gap(spool, segment_end(spool, index), item);
	if (error)
		return note(spool, error);
	if (!read_frame(spool, spool->read, &frame, &text, &error)) {
		/* The disk said no: that is damage like any other. */
		if (error && error != -EIO)
			return note(spool, error);
		return read_gap(spool, segment_end(spool, index), item);
	}
	fill_item(item, &frame, text);
	spool->read++;
	spool->offset += sizeof(frame) + frame.length;
	return KL_SPOOL_MESSAGE;
}

u64 kl_spool_unread(const struct kl_spool *spool)
{
	return spool->end - spool->read;
}

/* Opening */

/*
 * Go through a segment. Returns the number behind its last whole message;
 * spool->offset is behind it, or at the message that spool->released tells.
 */
static u64 scan(struct kl_spool *spool, const struct segment *segment, u64 stop)
{
	u64 number = segment->first;
	struct frame frame;
	const char *text;
	int error;

	spool->offset = 0;
	if (open_reader(spool, segment->first))
		return number;
	while (number < stop && read_frame(spool, number, &frame, &text, &error)) {
		if (frame.sequence) {
			spool->last_sequence = frame.sequence;
			spool->last_instance = frame.instance;
		}
		spool->offset += sizeof(frame) + frame.length;
		number++;
	}
	return number;
}

/* The newest segment may end in a message that was being written: cut it off. */
static void mend_tail(struct kl_spool *spool)
{
	struct segment *segment = &spool->segments[spool->count - 1];
	u64 end = scan(spool, segment, ~0ull), torn = segment->size - spool->offset;
	char name[32];
	int fd;

	if (torn) {
		segment_name(segment->first, name);
		fd = openat(spool->directory, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
		if (fd < 0 || ftruncate(fd, spool->offset))
			note(spool, -errno);
		close_fd(&fd);
		kl_tell(LOG_WARNING, "spool %s: %llu bytes of an unfinished message cut off",
			spool->path, (unsigned long long)torn);
		spool->torn += torn;
		spool->bytes -= torn;
		segment->size = spool->offset;
	}
	/* If more was known to be there it is a gap, and stays one. */
	if (end > spool->end)
		spool->end = end;
}

/* Where the first message still needed begins. */
static void find_start(struct kl_spool *spool)
{
	u64 sequence = spool->last_sequence, instance = spool->last_instance;
	size_t index;

	if (!spool->count)
		return;
	spool->read = spool->released;
	index = reading_segment(spool);
	if (spool->segments[index].first < spool->released)
		scan(spool, &spool->segments[index], spool->released);
	spool->last_sequence = sequence;
	spool->last_instance = instance;
}

/* Only its owner may have written there, or forged messages could be sent. */
static int check_owner(int fd)
{
	struct stat stat;

	if (fstat(fd, &stat))
		return -errno;
	if (!S_ISDIR(stat.st_mode))
		return -ENOTDIR;
	return stat.st_uid != geteuid() || stat.st_mode & 022 ? -EINVAL : 0;
}

/* For writing if possible: what there is can be sent from a read-only disk, too. */
static int open_file(struct kl_spool *spool, const char *name)
{
	int fd = openat(spool->directory, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW,
			0600);

	if (fd < 0 && (errno == EROFS || errno == ENOSPC))
		fd = openat(spool->directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd;
}

static int open_files(struct kl_spool *spool)
{
	int error = check_owner(spool->directory);

	if (error)
		return error;
	spool->lock = open_file(spool, "lock");
	/* Without one on a read-only disk nobody else can write either. */
	if (spool->lock < 0 && errno != ENOENT && errno != EROFS)
		return -errno;
	if (spool->lock >= 0 && flock(spool->lock, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	spool->position = open_file(spool, "position");
	if (spool->position < 0 && errno != ENOENT && errno != EROFS)
		return -errno;
	return list_segments(spool);
}

static void close_files(struct kl_spool *spool)
{
	close_fd(&spool->writer);
	close_fd(&spool->reader);
	close_fd(&spool->position);
	close_fd(&spool->lock);
	close_fd(&spool->directory);
	spool->count = 0;
	spool->bytes = 0;
}

/* All the room that the position will ever need is taken now. */
static void claim_position(struct kl_spool *spool)
{
	int copies;

	for (copies = 0; copies < 2; copies++)
		note(spool, write_position(spool));
}

static int try_open(struct kl_spool *spool)
{
	int error;

	if (mkdir(spool->path, 0700) && errno != EEXIST && errno != EROFS)
		return -errno;
	spool->directory = open(spool->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spool->directory < 0)
		return -errno;
	error = open_files(spool);
	if (error) {
		close_files(spool);
		return error;
	}
	read_position(spool);
	if (spool->position >= 0 &&
	    (fcntl(spool->position, F_GETFL) & O_ACCMODE) != O_RDWR)
		close_fd(&spool->position);
	if (spool->count)
		mend_tail(spool);
	if (spool->end < spool->released)
		spool->end = spool->released;
	if (spool->count && spool->segments[0].first > spool->released)
		spool->released = spool->segments[0].first;
	if (!spool->count)
		spool->released = spool->end;
	spool->read = spool->released;
	spool->synced = spool->end;
	find_start(spool);
	claim_position(spool);
	remove_released(spool);
	return 0;
}

/*
 * Another try, now and then. What an earlier run left there comes too late to
 * be sent before what is at hand: then it is left alone until the next start.
 */
static int ensure_open(struct kl_spool *spool)
{
	u64 now = kl_loop_now();
	int error;

	if (spool->directory >= 0)
		return 0;
	if (now < spool->retry)
		return spool->error ? -spool->error : -EAGAIN;
	spool->retry = now + KL_SPOOL_RETRY;
	error = try_open(spool);
	if (!error && spool->end > spool->released) {
		close_files(spool);
		spool->read = spool->released = spool->end = spool->synced = 1;
		error = -EEXIST;
	}
	return note(spool, error);
}

int kl_spool_open(struct kl_spool **result, const char *path, u64 max)
{
	struct kl_spool *spool = kl_xalloc(1, sizeof(*spool));
	int error;

	spool->path = kl_xstrdup(path);
	spool->max = max;
	spool->segment_max = max / 8;
	if (spool->segment_max > KL_SEGMENT_MAX)
		spool->segment_max = KL_SEGMENT_MAX;
	if (spool->segment_max < KL_SEGMENT_MIN)
		spool->segment_max = KL_SEGMENT_MIN;
	spool->directory = spool->lock = spool->position = -1;
	spool->writer = spool->reader = -1;
	spool->released = spool->read = spool->end = spool->synced = 1;
	spool->retry = kl_loop_now() + KL_SPOOL_RETRY;
	error = try_open(spool);
	if (error == -EBUSY || error == -EINVAL || error == -ENOTDIR) {
		free(spool->path);
		free(spool);
		return error;
	}
	if (error)
		note(spool, error);
	*result = spool;
	return 0;
}

void kl_spool_close(struct kl_spool *spool)
{
	if (!spool)
		return;
	kl_spool_sync(spool, &spool->mark);
	close_files(spool);
	kl_buffer_free(&spool->buffer);
	free(spool->segments);
	free(spool->path);
	free(spool);
}

/* Writing */

static int begin_segment(struct kl_spool *spool)
{
	char name[32];
	int error;

	if (spool->writer >= 0) {
		note(spool, sync_writer(spool));
		close_fd(&spool->writer);
	}
	segment_name(spool->end, name);
	spool->writer = openat(spool->directory, name,
			       O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
			       0600);
	if (spool->writer < 0)
		return -errno;
	/* The name is to outlive a power failure as well as the contents. */
	if (fsync(spool->directory)) {
		error = -errno;
		close_fd(&spool->writer);
		unlinkat(spool->directory, name, 0);
		return error;
	}
	/* A segment in which nothing could be written has the same name. */
	if (!spool->count || spool->segments[spool->count - 1].first != spool->end)
		add_segment(spool, spool->end, 0);
	return 0;
}

static int write_frame(struct kl_spool *spool, const struct kl_message *message)
{
	struct frame frame = {
		.length = message->text.length,
		.number = spool->end,
		.sequence = message->sequence,
		.instance = message->instance,
		.time = message->time,
		.source = message->source,
	};
	struct iovec parts[] = {
		{ &frame, sizeof(frame) },
		{ (void *)message->text.data, message->text.length },
	};
	struct segment *last = &spool->segments[spool->count - 1];
	u64 size = sizeof(frame) + frame.length;
	int error;

	frame.crc = kl_crc32c(0, (char *)&frame + sizeof(frame.crc),
			      sizeof(frame) - sizeof(frame.crc));
	frame.crc = kl_crc32c(frame.crc, message->text.data, message->text.length);
	error = write_all(spool->writer, parts, 2, last->size);
	if (error) {
		/* Half a message must not stay behind whole ones. */
		if (ftruncate(spool->writer, last->size))
			close_fd(&spool->writer);
		return error;
	}
	spool->dirty = true;
	last->size += size;
	spool->bytes += size;
	return 0;
}

int kl_spool_append(struct kl_spool *spool, const struct kl_message *message, bool read,
		    u64 *number)
{
	u64 size = sizeof(struct frame) + message->text.length;
	struct segment *last;
	int error = ensure_open(spool);

	if (error)
		return error;
	if (spool->bytes + size > spool->max)
		return -ENOBUFS;
	last = spool->count ? &spool->segments[spool->count - 1] : NULL;
	if (spool->writer < 0 || (last->size && last->size + size > spool->segment_max))
		error = begin_segment(spool);
	if (!error)
		error = write_frame(spool, message);
	if (note(spool, error))
		return error;
	note_success(spool);
	*number = spool->end++;
	spool->moved = true;
	if (read) {
		spool->read = spool->end;
		spool->offset = spool->segments[spool->count - 1].size;
	}
	return 0;
}

void kl_spool_release(struct kl_spool *spool, u64 number)
{
	if (number <= spool->released)
		return;
	spool->released = number;
	spool->moved = true;
	remove_released(spool);
}

void kl_spool_announce(struct kl_spool *spool, u64 number, u64 sequence)
{
	if (number <= spool->announced)
		return;
	spool->announced = number;
	if (sequence)
		spool->announced_sequence = sequence;
	if (note(spool, write_position(spool)))
		return;
	if (fdatasync(spool->position))
		note(spool, -errno);
}

u64 kl_spool_announced(const struct kl_spool *spool, u64 *sequence)
{
	*sequence = spool->announced_sequence;
	return spool->announced;
}

int kl_spool_sync(struct kl_spool *spool, const struct kl_spool_mark *mark)
{
	bool lost = memcmp(&mark->lost, &spool->mark.lost, sizeof(mark->lost));
	int error;

	if (spool->directory < 0)
		return -spool->error;
	if (!spool->dirty && !spool->moved && !memcmp(mark, &spool->mark, sizeof(*mark)))
		return 0;
	error = sync_writer(spool);
	spool->mark = *mark;
	if (!error)
		error = write_position(spool);
	/* Else the messages themselves tell; a loss is told only here. */
	if (!error && lost && fdatasync(spool->position))
		error = -errno;
	return note(spool, error);
}

u64 kl_spool_synced(const struct kl_spool *spool)
{
	return spool->synced;
}

const struct kl_spool_mark *kl_spool_mark(const struct kl_spool *spool)
{
	return &spool->mark;
}

bool kl_spool_last(const struct kl_spool *spool, u64 *sequence, u64 *instance)
{
	*sequence = spool->last_sequence;
	*instance = spool->last_instance;
	return spool->last_sequence;
}

void kl_spool_stat(const struct kl_spool *spool, struct kl_spool_stat *stat)
{
	*stat = (struct kl_spool_stat){
		.messages = spool->end - spool->released,
		.bytes = spool->bytes,
		.torn = spool->torn,
		.failures = spool->failures,
		.error = spool->error,
	};
}
