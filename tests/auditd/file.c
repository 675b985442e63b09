// SPDX-License-Identifier: GPL-2.0
/*
 * The file sink, driven as the daemon drives it, in a file system of its own.
 * Broken, records are missing, double, torn, or in files that nobody finds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <zstd.h>

#include "engine/lex.h"
#include "limits.h"
#include "logfile.h"
#include "retain.h"
#include "rotate.h"
#include "sink.h"
#include "tail.h"

#define TOP "/tmp"
#define DIRECTORY TOP "/log/kellas"
#define INSTANCE 0x0123456789abcdefull
/* 2026-11-22 01:30:00, a Sunday */
#define SUNDAY 1795311000ull

static struct kl_loop *loop;
static struct kl_sink *sink;
static struct kl_conf conf;
static struct kl_source source;
static u64 acked; /* kl_queue_safe() when the sink was stopped */

/* Faults */

static s64 clock_offset;	/* seconds added to the wall clock */
static int fail_sync;		/* errno of fdatasync() */
static int fail_write;		/* errno of writev(), after a few bytes */
static int fail_cut;		/* errno of ftruncate() */
static int fail_rename;		/* errno of renameat2() */
static int countdown;		/* the process is killed in that many system calls */
static unsigned int chance = 1;	/* of the kills */

int __real_clock_gettime(clockid_t id, struct timespec *now);
ssize_t __real_writev(int fd, const struct iovec *parts, int count);
int __real_fdatasync(int fd);
int __real_ftruncate(int fd, off_t size);
int __real_renameat2(int from, const char *old, int to, const char *new,
		     unsigned int flags);
int __real_unlink(const char *path);

static u32 dice(u32 sides)
{
	chance = chance * 1103515245 + 12345;
	return (chance >> 8) % sides;
}

static bool is_last_call(void)
{
	return countdown && !--countdown;
}

static void maybe_die(void)
{
	if (is_last_call())
		raise(SIGKILL);
}

static s64 boot_offset;

int __wrap_clock_gettime(clockid_t id, struct timespec *now)
{
	int result = __real_clock_gettime(id, now);

	if (id == CLOCK_REALTIME)
		now->tv_sec += clock_offset;
	else
		now->tv_sec += boot_offset;
	return result;
}

/* The first bytes of a writev(). */
static void write_some(int fd, const struct iovec *parts, int count, size_t length)
{
	size_t part;

	for (; count && length; count--, parts++) {
		part = parts->iov_len < length ? parts->iov_len : length;
		assert_int_equal(write(fd, parts->iov_base, part), part);
		length -= part;
	}
}

static size_t length_of(const struct iovec *parts, int count)
{
	size_t length = 0;

	while (count--)
		length += parts++->iov_len;
	return length;
}

ssize_t __wrap_writev(int fd, const struct iovec *parts, int count)
{
	size_t some;

	if (is_last_call()) {
		write_some(fd, parts, count, dice(length_of(parts, count) + 1));
		raise(SIGKILL);
	}
	if (!fail_write)
		return __real_writev(fd, parts, count);
	some = length_of(parts, count);
	if (fail_write > 0 && some > 1000) {
		write_some(fd, parts, count, 777);
		return 777;
	}
	errno = abs(fail_write);
	return -1;
}

int __wrap_fdatasync(int fd)
{
	maybe_die();
	errno = fail_sync;
	return fail_sync ? -1 : __real_fdatasync(fd);
}

int __wrap_ftruncate(int fd, off_t size)
{
	maybe_die();
	errno = fail_cut;
	return fail_cut ? -1 : __real_ftruncate(fd, size);
}

int __wrap_renameat2(int from, const char *old, int to, const char *new,
		     unsigned int flags)
{
	maybe_die();
	errno = fail_rename;
	return fail_rename ? -1 : __real_renameat2(from, old, to, new, flags);
}

int __wrap_unlink(const char *path)
{
	maybe_die();
	return __real_unlink(path);
}

/* Driving a sink */

static void stop_loop(struct kl_timer *timer)
{
	(void)timer;
	kl_loop_stop(loop);
}

static void run_for(u64 milliseconds)
{
	struct kl_timer timer = { .expired = stop_loop };

	kl_timer_set(loop, &timer, milliseconds);
	assert_int_equal(kl_loop_run(loop), 0);
}

static const struct kl_conf_key *tables[3];

/* A sink as @keys say, one a line. */
static int configure(const char *keys)
{
	struct kl_buffer text = { 0 };
	int error;

	memset(&source, 0, sizeof(source));
	kl_buffer_printf(&text, "sink file main\n%s\n", keys);
	assert_int_equal(kl_source_add_text(&source, "test", kl_buffer_text(&text)), 0);
	kl_buffer_free(&text);
	assert_int_equal(kl_conf_split(&conf, &source, "sink"), 0);
	tables[0] = kl_sink_keys;
	tables[1] = kl_sink_file.keys;
	sink = kl_xalloc(1, kl_sink_file.size);
	sink->type = &kl_sink_file;
	sink->name = (char *)"main";
	sink->place = conf.sections[0].place;
	error = kl_conf_fill(&conf.sections[0], tables, sink);
	return error ? error : sink->type->check(sink);
}

static void forget(void)
{
	kl_conf_release(tables, sink);
	free(sink);
	sink = NULL;
	kl_conf_free(&conf);
	kl_source_free(&source);
}

static void start(const char *keys, u64 instance)
{
	assert_int_equal(configure(keys), 0);
	loop = kl_loop_new();
	assert_non_null(loop);
	sink->instance = instance;
	assert_int_equal(kl_sink_start(sink, loop), 0);
}

static void stop(void)
{
	acked = kl_sink_stop(sink, NULL, NULL);
	forget();
	kl_loop_free(loop);
}

static struct kl_strings strings;
static struct kl_logline record;

/* One record of a recognisable text; @size: about how long. */
static void put(u64 sequence, u64 instance, u32 size)
{
	struct kl_buffer line = { 0 };
	struct kl_entry entry = {
		.source = KL_ENTRY_KERNEL,
		.sequence = sequence,
		.instance = instance,
		.time = SUNDAY * 1000000 + sequence,
		.record = &record,
	};
	struct kl_error error;

	kl_buffer_printf(&line,
			 "#2026/11/22 01:30:00.%06u# seq=%llu global-pid=7 result=denied "
			 "priority=10 / read task.pid=7 path=\"/",
			 (unsigned int)(sequence % 1000000),
			 (unsigned long long)sequence);
	while (line.length + 1 < size)
		kl_buffer_puts(&line, "x");
	kl_buffer_puts(&line, "\"");
	entry.line = kl_buffer_text(&line);
	assert_int_equal(kl_logline_parse(&record, entry.line, &error), 0);
	kl_sink_put(sink, &entry);
	kl_buffer_free(&line);
}

static void put_lost(u64 first, u64 last)
{
	struct kl_buffer line = { 0 };
	struct kl_entry entry = {
		.source = KL_ENTRY_KERNEL,
		.sequence = last,
		.instance = INSTANCE,
		.record = &record,
	};
	struct kl_error error;

	kl_buffer_printf(&line,
			 "#2026/11/22 01:30:00.000000# seq=%llu-%llu lost=%llu other=%llu",
			 (unsigned long long)first, (unsigned long long)last,
			 (unsigned long long)(last - first + 1),
			 (unsigned long long)(last - first + 1));
	entry.line = kl_buffer_text(&line);
	assert_int_equal(kl_logline_parse(&record, entry.line, &error), 0);
	kl_sink_put(sink, &entry);
	kl_sink_deliver(sink);
	kl_buffer_free(&line);
}

/* A line without number, which says how many a rule has suppressed. */
static void put_suppressed(void)
{
	struct kl_entry entry = {
		.source = KL_ENTRY_KERNEL,
		.instance = INSTANCE,
		.time = SUNDAY * 1000000,
		.record = &record,
		.line = kl_text_of("#2026/11/22 01:30:00.000000# suppressed=8 index=3 "
				   "rule=a:8"),
	};
	struct kl_error error;

	assert_int_equal(kl_logline_parse(&record, entry.line, &error), 0);
	kl_sink_put(sink, &entry);
	kl_sink_deliver(sink);
}

static void put_many(u64 first, u64 last)
{
	for (; first <= last; first++)
		put(first, INSTANCE, 150);
	kl_sink_deliver(sink);
}

/* Looking at what came of it */

static void read_file(const char *path, struct kl_buffer *out)
{
	int fd = open(path, O_RDONLY);
	ssize_t got;

	assert_true(fd >= 0);
	kl_buffer_puts(out, "");
	do {
		kl_buffer_room(out, 65536);
		got = read(fd, out->data + out->length, 65536);
		assert_true(got >= 0);
		out->length += got;
		out->data[out->length] = '\0';
	} while (got);
	close(fd);
}

static void read_compressed(const char *path, struct kl_buffer *out)
{
	struct kl_buffer raw = { 0 };
	unsigned long long size = 64 << 20;
	size_t got;

	read_file(path, &raw);
	kl_buffer_room(out, size);
	got = ZSTD_decompress(out->data + out->length, size, raw.data, raw.length);
	assert_false(ZSTD_isError(got));
	out->length += got;
	out->data[out->length] = '\0';
	kl_buffer_free(&raw);
}

static struct kl_names names;

static u32 count_files(void)
{
	struct kl_rotated_list list;
	u32 count;

	assert_int_equal(kl_names_scan(&names, NULL, &list), 0);
	count = list.count;
	kl_rotated_free(&list);
	return count;
}

static u64 total_size(void)
{
	struct kl_rotated_list list;
	struct stat stat;
	u64 size;
	u32 i;

	assert_int_equal(lstat(DIRECTORY "/kellas.log", &stat), 0);
	size = stat.st_size;
	assert_int_equal(kl_names_scan(&names, NULL, &list), 0);
	for (i = 0; i < list.count; i++)
		size += list.files[i].size;
	kl_rotated_free(&list);
	return size;
}

/* All lines of the sink, finished files first, in order. */
static void read_all(struct kl_buffer *out)
{
	struct kl_rotated_list list;
	char path[PATH_MAX];
	u32 i;

	assert_int_equal(kl_names_scan(&names, NULL, &list), 0);
	for (i = 0; i < list.count; i++) {
		assert_false(list.files[i].partial);
		snprintf(path, sizeof(path), "%s/%s", names.directory,
			 list.files[i].name);
		if (list.files[i].compressed)
			read_compressed(path, out);
		else
			read_file(path, out);
	}
	kl_rotated_free(&list);
	snprintf(path, sizeof(path), "%s/kellas.log", names.directory);
	if (!access(path, F_OK))
		read_file(path, out);
}

static u64 sequence_of(struct kl_text line)
{
	const char *seq;
	u64 number = 0;

	if (*line.data == '{') {
		struct json_object *object, *value, *event;
		char *copy = strndup(line.data, line.length);

		object = json_tokener_parse(copy);
		assert_non_null(object);
		if (json_object_object_get_ex(object, "seq", &value) ||
		    (json_object_object_get_ex(object, "event", &event) &&
		     json_object_object_get_ex(event, "sequence", &value)))
			number = json_object_get_uint64(value);
		json_object_put(object);
		free(copy);
		return number;
	}
	assert_int_equal(*line.data, '#');
	assert_true(line.length > 28 && line.data[27] == '#');
	seq = memmem(line.data, line.length, "# seq=", 6);
	return seq ? strtoull(seq + 6, NULL, 10) : 0;
}

/* "daemon=lost ... seq=A-B": B, if A is the number that should come; 0: another line. */
static u64 lost_until(struct kl_text line, u64 first)
{
	const char *seq = memmem(line.data, line.length, " seq=", 5);
	char *end;

	if (!memmem(line.data, line.length, "# daemon=lost ", 14))
		return 0;
	assert_non_null(seq);
	assert_int_equal(strtoull(seq + 5, &end, 10), first);
	return strtoull(end + 1, NULL, 10);
}

/*
 * Every line is whole, and @first to @last are there, each once, in order, or
 * told as lost in their place.
 */
static void expect_numbers(u64 first, u64 last)
{
	struct kl_buffer text = { 0 };
	struct kl_text rest, line;
	const char *newline;
	u64 number;

	read_all(&text);
	rest = kl_buffer_text(&text);
	while (rest.length) {
		newline = memchr(rest.data, '\n', rest.length);
		assert_non_null(newline);
		line = kl_text_head(rest, newline - rest.data);
		rest = kl_text_from(rest, line.length + 1);
		number = sequence_of(line);
		if (number)
			assert_int_equal(number, first);
		else
			number = lost_until(line, first);
		if (number)
			first = number + 1;
	}
	assert_int_equal(first, last + 1);
	kl_buffer_free(&text);
}

static u32 count_text(const char *what)
{
	struct kl_buffer text = { 0 };
	const char *at;
	u32 count = 0;

	read_all(&text);
	for (at = text.data; at && (at = strstr(at, what)); at++)
		count++;
	kl_buffer_free(&text);
	return count;
}

/* A file system of a test's own */

static void fresh_disk(const char *options)
{
	while (!umount2(TOP, MNT_DETACH))
		;
	assert_int_equal(mount("tmpfs", TOP, "tmpfs", 0, options), 0);
	clock_offset = 0;
	fail_sync = fail_write = fail_cut = fail_rename = countdown = 0;
}

static int set_up(void **state)
{
	(void)state;
	fresh_disk("size=16m");
	return 0;
}

static void enter_namespaces(void)
{
	char map[32];
	uid_t user = getuid();
	int fd;

	if (user && !unshare(CLONE_NEWUSER)) {
		fd = open("/proc/self/uid_map", O_WRONLY);
		snprintf(map, sizeof(map), "0 %u 1", user);
		if (fd < 0 || write(fd, map, strlen(map)) < 0)
			perror("uid_map");
		close(fd);
	}
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		perror("file: a mount namespace");
		exit(1);
	}
}

#define PATH "path " DIRECTORY "/kellas.log\n"

/* Names and times */

/* Finished files would not be found again, or others' removed. */
static void names_match(void **state)
{
	static const struct {
		const char *name;
		bool day_file, plain;
	} rows[] = {
		{ "kellas.log", false, false },
		{ "kellas-20261122T013000.log", false, true },
		{ "kellas-20261122T013000.12.log", false, false },
		{ "kellas-20261122T013000.log.zst", false, true },
		{ "kellas-20261122T013000.log.zst.part", false, true },
		{ "kellas-20261122T01300.log", false, false },
		{ "kellas-20261122T013000.log.gz", false, false },
		{ "kellas-20261122T013000.log~", false, false },
		{ "other-20261122T013000.log", false, false },
		{ "kellas-2026-11-22.log", true, false },
		{ "kellas-2026-11-22.log.zst", true, false },
		{ "kellas-2026-11-22-20261122T013000.log", true, false },
		{ "kellas-2026-1-22.log", false, false },
	};
	struct kl_names plain, days, bad;
	struct kl_rotated rotated;
	const char *why;
	size_t i;

	(void)state;
	assert_int_equal(kl_names_init(&plain, "/v/kellas.log", &why), 0);
	assert_int_equal(kl_names_init(&days, "/v/kellas-%Y-%m-%d.log", &why), 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(kl_names_match(&plain, rows[i].name, &rotated),
				 rows[i].plain);
		assert_int_equal(kl_names_match(&days, rows[i].name, &rotated),
				 rows[i].day_file);
	}
	assert_true(kl_names_match(&plain, "kellas-20261122T013000.log.zst", &rotated));
	assert_int_equal(rotated.stamp, 20261122013000ull);
	assert_true(rotated.compressed && !rotated.partial);
	assert_true(kl_names_match(&days, "kellas-2026-11-22.log", &rotated));
	assert_int_equal(rotated.day, 2026112200);
	assert_int_equal(rotated.stamp, KL_STAMP_NONE);
	assert_int_equal(kl_names_init(&bad, "/v/", &why), -EINVAL);
	assert_int_equal(kl_names_init(&bad, "/v/%Y/x.log", &why), -EINVAL);
	assert_int_equal(kl_names_init(&bad, "/v/%d-%m.log", &why), -EINVAL);
	assert_int_equal(kl_names_init(&bad, "/v/%Y%m%d%S.log", &why), -EINVAL);
	assert_int_equal(kl_names_init(&bad, "/v/%Y%m%d%d.log", &why), -EINVAL);
	kl_names_free(&plain);
	kl_names_free(&days);
}

/* A name given twice would replace a file. */
static void names_grow(void **state)
{
	struct kl_buffer name = { 0 };
	struct kl_names plain;
	u64 stamp = 0;
	const char *why;

	(void)state;
	assert_int_equal(kl_names_init(&plain, "/v/kellas.log", &why), 0);
	kl_names_rotated(&plain, "kellas.log", SUNDAY, &stamp, &name);
	assert_string_equal(name.data, "kellas-20261122T013000.log");
	kl_names_rotated(&plain, "kellas.log", SUNDAY, &stamp, &name);
	assert_string_equal(name.data, "kellas-20261122T013001.log");
	kl_names_rotated(&plain, "kellas.log", SUNDAY - 86400, &stamp, &name);
	assert_string_equal(name.data, "kellas-20261122T013002.log");
	kl_names_rotated(&plain, "kellas.log", SUNDAY + 9, &stamp, &name);
	assert_string_equal(name.data, "kellas-20261122T013009.log");
	assert_int_equal(kl_stamp_time(20261122013000ull), SUNDAY);
	kl_buffer_free(&name);
	kl_names_free(&plain);
}

/* Files would end too early, too late, or twice when the clock is set back. */
static void periods(void **state)
{
	/* Monday, 2026-11-23 00:00:00 */
	u64 monday = SUNDAY - 5400 + 86400, current;

	(void)state;
	current = kl_period_of(KL_PERIOD_WEEKLY, monday - 1);
	assert_false(kl_period_over(KL_PERIOD_WEEKLY, monday - 7 * 86400, &current));
	assert_true(kl_period_over(KL_PERIOD_WEEKLY, monday, &current));
	assert_int_equal(kl_period_left(KL_PERIOD_WEEKLY, monday - 10), 10);
	current = kl_period_of(KL_PERIOD_DAILY, monday - 1);
	assert_true(kl_period_over(KL_PERIOD_DAILY, monday, &current));
	assert_false(kl_period_over(KL_PERIOD_DAILY, monday - 1, &current));
	assert_false(kl_period_over(KL_PERIOD_DAILY, monday + 1, &current));
	assert_int_equal(kl_period_left(KL_PERIOD_HOURLY, monday + 3599), 1);
	/* From a year that never was. */
	current = kl_period_of(KL_PERIOD_DAILY, monday + 4000ull * 86400);
	assert_false(kl_period_over(KL_PERIOD_DAILY, monday, &current));
	assert_true(kl_period_over(KL_PERIOD_DAILY, monday + 86400, &current));
}

/* Too much would be removed, or nothing. */
static void retention(void **state)
{
	struct kl_rotated files[] = {
		{ .stamp = 20261120000000ull, .size = 100 },
		{ .stamp = 20261121000000ull, .size = 200 },
		{ .stamp = 20261122000000ull, .size = 300 },
	};
	struct kl_rotated_list list = { files, ARRAY_SIZE(files), 0 };
	struct kl_retention none = { 0 }, count = { .count = 2 },
			    age = { .age = 86400000 }, bytes = { .bytes = 700 };
	struct kl_expired expired;

	(void)state;
	assert_int_equal(kl_retain(&list, &none, 50, SUNDAY).count, 0);
	expired = kl_retain(&list, &count, 50, SUNDAY);
	assert_int_equal(expired.count, 1);
	assert_int_equal(expired.bytes, 100);
	assert_int_equal(kl_retain(&list, &age, 50, SUNDAY).count, 2);
	assert_int_equal(kl_retain(&list, &age, 50, 0).count, 0);
	assert_int_equal(kl_retain(&list, &bytes, 100, SUNDAY).count, 0);
	assert_int_equal(kl_retain(&list, &bytes, 101, SUNDAY).count, 1);
	assert_int_equal(kl_retain(&list, &bytes, 99999, SUNDAY).count, 3);
	/* The clock was wrong when the second was named, for the first also when it was written. */
	files[0].stamp = 20990101000000ull;
	files[0].modified = SUNDAY + 73ull * 365 * 86400;
	files[1].stamp = 20990101000001ull;
	files[1].modified = SUNDAY - 2 * 86400;
	files[2].stamp = 20990101000002ull;
	files[2].modified = SUNDAY - 3600;
	assert_int_equal(kl_retain(&list, &age, 50, SUNDAY).count, 2);
}

/* A wrong key would only be found when the daemon cannot start. */
static void refused_keys(void **state)
{
	static const char *const wrong[] = {
		"path /var/log/",
		"path /var/log/%Y/x.log",
		PATH "mode 0622",
		PATH "mode 0400",
		"path /x/%Y%m%d.log\nrotate-time hourly",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		assert_int_equal(configure(wrong[i]), -EINVAL);
		forget();
	}
	assert_int_equal(configure("path /x/%Y%m%d.log\nrotate-time daily"), 0);
	forget();
}

/* The file */

/* Nothing would be written, or readable by everybody. */
static void writes(void **state)
{
	struct stat stat;

	(void)state;
	umask(0);
	start(PATH "fsync never", INSTANCE);
	put_many(1, 2000);
	expect_numbers(1, 2000);
	assert_int_equal(lstat(DIRECTORY "/kellas.log", &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0600);
	assert_int_equal(lstat(DIRECTORY, &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0700);
	assert_int_equal(count_text("daemon=opened because=started "
				    "instance=0123456789abcdef\n"), 1);
	stop();
	assert_int_equal(acked, 2000);
}

static const char *const formats[] = { "format text\n", "format json\n", "format ecs\n" };

/* After a restart records would be missing or double. */
static void resumes(void **state)
{
	struct kl_buffer keys = { 0 };
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		fresh_disk("size=16m");
		kl_buffer_clear(&keys);
		kl_buffer_printf(&keys, "%sfsync always\n" PATH, formats[i]);
		start(keys.data, INSTANCE);
		put_many(1, 5);
		stop();
		fd = open(DIRECTORY "/kellas.log", O_WRONLY | O_APPEND);
		assert_int_equal(write(fd, "#2026/11/22 01:3", 16), 16);
		close(fd);
		start(keys.data, INSTANCE);
		assert_int_equal(sink->position, 5);
		put_many(3, 8);
		stop();
		expect_numbers(1, 8);
		assert_int_equal(count_text("torn"), 1);
		assert_int_equal(count_text("#2026/11/22\\04001:3"), i ? 0 : 1);
		/* Again, without anything new, and then from the very beginning. */
		start(keys.data, INSTANCE);
		stop();
		start(keys.data, INSTANCE);
		put_many(1, 9);
		expect_numbers(1, 9);
		/* What the kernel lost is accounted for, too. */
		put_lost(10, 20);
		stop();
		start(keys.data, INSTANCE);
		assert_int_equal(sink->position, 20);
		stop();
	}
	kl_buffer_free(&keys);
}

/* Records of a newly loaded module would be taken for old ones. */
static void numbers_begin_again(void **state)
{
	u64 number;

	(void)state;
	start(PATH, INSTANCE);
	put_many(1, 5);
	stop();
	start(PATH, INSTANCE + 1);
	assert_int_equal(sink->position, 0);
	stop();
	start(PATH, INSTANCE + 1);
	for (number = 1; number <= 3; number++)
		put(number, INSTANCE + 1, 150);
	kl_sink_deliver(sink);
	/* And while the daemon runs. */
	for (number = 1; number <= 2; number++)
		put(number, INSTANCE + 2, 150);
	kl_sink_deliver(sink);
	stop();
	start(PATH, INSTANCE + 2);
	assert_int_equal(sink->position, 2);
	stop();
	assert_int_equal(count_text("# seq=1 "), 3);
	assert_int_equal(count_text("# seq=3 "), 2);
}

/* What others do to the file would go unnoticed, or end up elsewhere. */
static void meddling(void **state)
{
	int fd;

	(void)state;
	start(PATH, INSTANCE);
	put_many(1, 3);
	assert_int_equal(unlink(DIRECTORY "/kellas.log"), 0);
	put_many(4, 5);
	expect_numbers(4, 5);
	assert_int_equal(count_text("daemon=removed file=\"kellas.log\" bytes="), 1);
	assert_int_equal(count_text("seq=1-3\n"), 1);
	assert_int_equal(count_text("because=removed instance=0123456789abcdef after=3"),
			 1);
	assert_int_equal(rename(DIRECTORY "/kellas.log", DIRECTORY "/mine"), 0);
	fd = open(DIRECTORY "/kellas.log", O_WRONLY | O_CREAT, 0600);
	close(fd);
	put_many(6, 7);
	expect_numbers(6, 7);
	assert_int_equal(count_text("daemon=replaced"), 1);
	assert_int_equal(count_text("seq=4-5\n"), 1);
	/* Cut in the middle of a line, as an editor or copytruncate may. */
	assert_int_equal(truncate(DIRECTORY "/kellas.log", 40), 0);
	put_many(8, 9);
	expect_numbers(8, 9);
	assert_int_equal(count_text("daemon=changed"), 1);
	/* The directory with it. */
	assert_int_equal(rename(DIRECTORY, TOP "/away"), 0);
	put_many(10, 11);
	expect_numbers(10, 11);
	stop();
}

/* The daemon would write where an attacker wants. */
static void no_links(void **state)
{
	struct stat stat;

	(void)state;
	assert_int_equal(mkdir(TOP "/log", 0700) | mkdir(DIRECTORY, 0700), 0);
	assert_int_equal(symlink(TOP "/elsewhere", DIRECTORY "/kellas.log"), 0);
	start(PATH, INSTANCE);
	assert_true(sink->down);
	assert_non_null(strstr(sink->why, "symbolic link"));
	put_many(1, 2);
	assert_int_equal(lstat(TOP "/elsewhere", &stat), -1);
	assert_int_equal(unlink(DIRECTORY "/kellas.log"), 0);
	assert_int_equal(mkfifo(DIRECTORY "/kellas.log", 0600), 0);
	sink->type->retry(sink);
	assert_true(sink->down);
	assert_non_null(strstr(sink->why, "no regular file"));
	assert_int_equal(unlink(DIRECTORY "/kellas.log"), 0);
	sink->type->retry(sink);
	assert_false(sink->down);
	expect_numbers(1, 2);
	/* A link put in its place while we write. */
	assert_int_equal(rename(DIRECTORY "/kellas.log", TOP "/elsewhere"), 0);
	assert_int_equal(symlink(TOP "/elsewhere", DIRECTORY "/kellas.log"), 0);
	put_many(3, 4);
	assert_true(sink->down);
	stop();
}

/* Resources */

/* Records would be lost, torn or double when the disk is full for a while. */
static void full_disk(void **state)
{
	struct stat before, after;
	char fill[4096] = { 0 };
	int fd;

	(void)state;
	fresh_disk("size=256k");
	start(PATH "fsync never", INSTANCE);
	put_many(1, 10);
	fd = open(TOP "/fill", O_WRONLY | O_CREAT, 0600);
	while (write(fd, fill, sizeof(fill)) > 0)
		;
	put_many(11, 500);
	assert_true(sink->down);
	assert_int_equal(sink->error, ENOSPC);
	assert_int_equal(stat(DIRECTORY "/kellas.log", &before), 0);
	sink->type->retry(sink);
	assert_true(sink->down);
	assert_int_equal(stat(DIRECTORY "/kellas.log", &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	/* No torn line meanwhile, and what is there is in order. */
	expect_numbers(1, sink->delivered);
	assert_true(sink->delivered > 10 && sink->delivered < 500);
	close(fd);
	assert_int_equal(unlink(TOP "/fill"), 0);
	sink->type->retry(sink);
	assert_false(sink->down);
	put_many(501, 502);
	stop();
	assert_int_equal(acked, 502);
	expect_numbers(1, 502);
	assert_int_equal(count_text("repeat"), 0);
}

/* What did not fit into the queue meanwhile would be missing silently. */
static void full_disk_and_queue(void **state)
{
	char fill[4096] = { 0 };
	int fd;

	(void)state;
	fresh_disk("size=256k");
	start("queue 64K\n" PATH, INSTANCE);
	put_many(1, 10);
	fd = open(TOP "/fill", O_WRONLY | O_CREAT, 0600);
	while (write(fd, fill, sizeof(fill)) > 0)
		;
	close(fd);
	put_many(11, 5000);
	assert_true(sink->down);
	assert_int_equal(unlink(TOP "/fill"), 0);
	sink->type->retry(sink);
	put_many(5001, 5001);
	assert_false(sink->down);
	stop();
	assert_true(count_text("daemon=lost") > 0);
	assert_in_range(count_text("# seq="), 100, 1000);
	expect_numbers(1, 5001);
}

/* A file system that is read-only at first would never be written. */
static void read_only(void **state)
{
	(void)state;
	assert_int_equal(mount(NULL, TOP, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	start(PATH, INSTANCE);
	assert_true(sink->down);
	assert_int_equal(sink->error, EROFS);
	put_many(1, 5);
	sink->type->retry(sink);
	assert_true(sink->down);
	assert_int_equal(mount(NULL, TOP, NULL, MS_REMOUNT, NULL), 0);
	sink->type->retry(sink);
	assert_false(sink->down);
	stop();
	expect_numbers(1, 5);
}

/* A file that cannot be opened again for want of descriptors would end the log. */
static void no_descriptors(void **state)
{
	struct rlimit limit, few;
	int fd;

	(void)state;
	start("rotate-size 4K\n" PATH, INSTANCE);
	put_many(1, 3);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	fd = dup(0);
	close(fd);
	few = limit;
	few.rlim_cur = fd;
	assert_int_equal(unlink(DIRECTORY "/kellas.log"), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	/* It has given back the old one, and may have that again. */
	put_many(4, 5);
	assert_false(sink->down);
	few.rlim_cur = 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	/* Rotation needs a new one. */
	put_many(6, 100);
	assert_true(sink->down);
	assert_int_equal(sink->error, EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	sink->type->retry(sink);
	assert_false(sink->down);
	stop();
	expect_numbers(4, 100);
}

/* A disk that fails would leave torn lines, or have records twice. */
static void bad_disk(void **state)
{
	(void)state;
	start("fsync always\n" PATH, INSTANCE);
	put_many(1, 5);
	/* A write that stops in a line, which cannot even be cut off. */
	fail_write = EIO;
	fail_cut = EROFS;
	put_many(6, 50);
	assert_true(sink->down);
	fail_write = 0;
	sink->type->retry(sink);
	assert_true(sink->down);
	assert_int_equal(sink->error, EROFS);
	fail_cut = 0;
	sink->type->retry(sink);
	assert_false(sink->down);
	expect_numbers(1, 50);
	/* A sync that fails: nothing of it counts. */
	fail_sync = EIO;
	put_many(51, 60);
	assert_true(sink->down);
	assert_int_equal(kl_queue_safe(sink->queue, NULL), 50);
	expect_numbers(1, 50);
	fail_sync = 0;
	sink->type->retry(sink);
	assert_false(sink->down);
	assert_int_equal(kl_queue_safe(sink->queue, NULL), 60);
	expect_numbers(1, 60);
	stop();
	assert_int_equal(count_text("daemon=repeat"), 0);
}

/* Records that may never have reached the disk would pass for safe. */
static void unsynced(void **state)
{
	(void)state;
	start("fsync interval\nfsync-interval 20ms\n" PATH, INSTANCE);
	put_many(1, 5);
	fail_sync = EIO;
	run_for(60);
	fail_sync = 0;
	put_many(6, 7);
	run_for(60);
	stop();
	expect_numbers(1, 7);
	assert_int_equal(count_text("daemon=unsynced error=5 seq=1-5\n"), 1);
}

/* Rotation */

/* Files would grow without end, or records fall between two. */
static void rotates_by_size(void **state)
{
	struct stat stat;
	u64 number;

	(void)state;
	start("rotate-size 16K\n" PATH, INSTANCE);
	for (number = 1; number <= 1000; number += 20)
		put_many(number, number + 19);
	stop();
	assert_int_equal(lstat(DIRECTORY "/kellas.log", &stat), 0);
	assert_true(stat.st_size <= 16384);
	assert_in_range(count_files(), 9, 12);
	expect_numbers(1, 1000);
	assert_int_equal(count_text("because=size"), count_files());
	/* Numbers are known although the file may hold no record. */
	start("rotate-size 16K\n" PATH, INSTANCE);
	assert_int_equal(sink->position, 1000);
	put_many(990, 1001);
	stop();
	expect_numbers(1, 1001);
}

/* A day would be in two files, in none, or in the place of another. */
static void rotates_by_time(void **state)
{
	u64 now = time(NULL), midnight = now - now % 86400 + 86400;
	s64 before = midnight - now - 5, after = midnight - now + 5;

	(void)state;
	clock_offset = before;
	start("rotate-time daily\n" PATH, INSTANCE);
	put_many(1, 2);
	assert_int_equal(count_files(), 0);
	clock_offset = after;
	put_many(3, 4);
	assert_int_equal(count_files(), 1);
	/* There and back. */
	clock_offset = before;
	put_many(5, 6);
	clock_offset = after;
	put_many(7, 8);
	assert_int_equal(count_files(), 1);
	/* A clock that was set back does not let signals replace a file, either. */
	clock_offset = before - 3600;
	sink->type->rotate(sink);
	put_many(9, 10);
	sink->type->rotate(sink);
	put_many(11, 12);
	assert_int_equal(count_files(), 3);
	/* Nothing new: nothing to finish. */
	sink->type->rotate(sink);
	sink->type->rotate(sink);
	assert_int_equal(count_files(), 4);
	stop();
	expect_numbers(1, 12);
	/* Started again on the next day. The file's own time tells whose it is. */
	clock_offset = after + 2 * 86400;
	start("rotate-time daily\n" PATH, INSTANCE);
	put_many(13, 13);
	stop();
	assert_int_equal(count_files(), 5);
	expect_numbers(1, 13);
}

/* Console lines would not be in the file of their day. */
static void day_files(void **state)
{
	u64 now = time(NULL), midnight = now - now % 86400 + 86400;
	struct kl_names saved = names;
	const char *why;

	(void)state;
	assert_int_equal(kl_names_init(&names, DIRECTORY "/net-%Y-%m-%d.log", &why), 0);
	clock_offset = midnight - now - 5;
	start("path " DIRECTORY "/net-%Y-%m-%d.log\nkeep-count 2", INSTANCE);
	put_many(1, 2);
	clock_offset += 10;
	put_many(3, 4);
	clock_offset -= 10;
	put_many(5, 6);
	assert_int_equal(count_files(), 2);
	expect_numbers(1, 6);
	clock_offset += 10 + 86400;
	put_many(7, 8);
	clock_offset += 86400;
	put_many(9, 10);
	/* The one that is written, and two. */
	assert_int_equal(count_files(), 3);
	expect_numbers(3, 10);
	assert_int_equal(count_text("daemon=expired files=1"), 1);
	stop();
	kl_names_free(&names);
	names = saved;
}

/* A full disk, or all the past gone because somebody set the clock. */
static void keeps(void **state)
{
	u64 number;

	(void)state;
	start("rotate-size 4K\nkeep-bytes 20K\n" PATH, INSTANCE);
	for (number = 1; number <= 500; number += 10)
		put_many(number, number + 9);
	assert_in_range(total_size(), 16384, 20480);
	stop();
	assert_true(count_text("daemon=expired") > 0);
	start("keep-age 1h\n" PATH, INSTANCE);
	put_many(501, 501);
	number = count_files();
	clock_offset = 365 * 86400;
	sink->type->rotate(sink);
	assert_int_equal(count_files(), number + 1);
	assert_int_equal(count_text("daemon=clock-set"), 1);
	stop();
	/* If it is so at the start it is the time. */
	start("keep-age 1h\n" PATH, INSTANCE);
	put_many(502, 502);
	assert_in_range(count_files(), 1, 1);
	stop();
}

/* A file that cannot be renamed would stop the log. */
static void cannot_rename(void **state)
{
	(void)state;
	start("rotate-size 4K\n" PATH, INSTANCE);
	fail_rename = EACCES;
	put_many(1, 100);
	put_many(101, 200);
	assert_false(sink->down);
	assert_int_equal(count_files(), 0);
	fail_rename = 0;
	sink->type->rotate(sink);
	assert_int_equal(count_files(), 1);
	stop();
	expect_numbers(1, 200);
	assert_int_equal(count_text("daemon=not-rotated error=13"), 1);
}

/* What failed at midnight would not be tried again before the next. */
static void clock_cannot_rename(void **state)
{
	u64 now = time(NULL), midnight = now - now % 86400 + 86400;

	(void)state;
	clock_offset = midnight - now - 5;
	start("rotate-time daily\n" PATH, INSTANCE);
	put_many(1, 2);
	clock_offset = midnight - now + 5;
	fail_rename = EACCES;
	put_many(3, 4);
	assert_int_equal(count_files(), 0);
	fail_rename = 0;
	clock_offset += 120;
	boot_offset = 120;
	put_many(5, 6);
	boot_offset = 0;
	assert_int_equal(count_files(), 1);
	stop();
	expect_numbers(1, 6);
}

/* Compression */

static void wait_for_compression(void)
{
	struct kl_rotated_list list;
	u32 i, done, tries, count;

	for (tries = 0; tries < 200; tries++) {
		assert_int_equal(kl_names_scan(&names, NULL, &list), 0);
		for (i = done = 0; i < list.count; i++)
			done += list.files[i].compressed && !list.files[i].partial;
		count = list.count;
		kl_rotated_free(&list);
		if (done && done == count)
			return;
		run_for(20);
	}
	fail();
}

/* The source of the oldest compressed file. */
static void put_back_source(void)
{
	struct kl_buffer text = { 0 };
	struct kl_rotated_list list;
	char path[PATH_MAX];
	int fd;

	assert_int_equal(kl_names_scan(&names, NULL, &list), 0);
	snprintf(path, sizeof(path), DIRECTORY "/%s", list.files[0].name);
	assert_true(list.files[0].compressed);
	kl_rotated_free(&list);
	read_compressed(path, &text);
	*strstr(path, ".zst") = '\0';
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, text.data, text.length), text.length);
	close(fd);
	kl_buffer_free(&text);
}

/* One file that cannot be compressed would keep all later ones from it, in silence. */
static void one_cannot_be_compressed(void **state)
{
	struct kl_rotated_list list;
	char path[PATH_MAX];
	u32 i, done = 0;

	(void)state;
	start("rotate-size 16K\n" PATH, INSTANCE);
	put_many(1, 500);
	put_many(501, 1000);
	put_many(1001, 1500);
	stop();
	assert_int_equal(kl_names_scan(&names, NULL, &list), 0);
	assert_true(list.count > 1);
	snprintf(path, sizeof(path), DIRECTORY "/%s.zst.part", list.files[0].name);
	kl_rotated_free(&list);
	assert_int_equal(mkdir(path, 0700), 0);
	start("compress zstd\n" PATH, INSTANCE);
	put_many(1501, 1501);
	run_for(20);
	/* Not before the pause is over. */
	boot_offset = 120;
	run_for(500);
	boot_offset = 0;
	stop();
	assert_int_equal(kl_names_scan(&names, NULL, &list), 0);
	for (i = 0; i < list.count; i++)
		done += list.files[i].compressed;
	assert_int_equal(done, list.count - 1);
	assert_false(list.files[0].compressed);
	kl_rotated_free(&list);
}

/* Lines without number that are taken for those already there would be left out in silence. */
static void passed_over(void **state)
{
	(void)state;
	start(PATH, INSTANCE);
	put_many(1, 2);
	put_suppressed();
	stop();
	start(PATH, INSTANCE);
	put_suppressed();
	put_suppressed();
	assert_int_equal(count_text("suppressed=8"), 1);
	put_many(3, 3);
	assert_int_equal(count_text("daemon=passed-over others=2"), 1);
	put_suppressed();
	assert_int_equal(count_text("suppressed=8"), 2);
	stop();
	assert_int_equal(count_text("daemon=passed-over"), 1);
}

/* Compressed files would be damaged, or the only copy removed too early. */
static void compresses(void **state)
{
	int fd;

	(void)state;
	/* Left by a run that was killed. */
	assert_int_equal(mkdir(TOP "/log", 0700) | mkdir(DIRECTORY, 0700), 0);
	fd = open(DIRECTORY "/kellas-20200101T000000.log.zst.part", O_CREAT | O_WRONLY,
		  0600);
	close(fd);
	start("rotate-size 64K\ncompress zstd\n" PATH, INSTANCE);
	put_many(1, 2000);
	put_many(2001, 2500);
	wait_for_compression();
	expect_numbers(1, 2500);
	assert_int_equal(access(DIRECTORY "/kellas-20200101T000000.log.zst.part", F_OK),
			 -1);
	/* Stopped in the middle. */
	put_many(2501, 3000);
	run_for(2);
	stop();
	/* Killed between the result's name and the source's end. */
	put_back_source();
	start("compress zstd\n" PATH, INSTANCE);
	wait_for_compression();
	stop();
	expect_numbers(1, 3000);
}

/* SIGKILL */

/* What the kernel's ring is to the daemon: what was not acknowledged comes again. */
static u64 *kept_position;

static void note_position(struct kl_sink *of)
{
	u64 safe = kl_queue_safe(of->queue, NULL);

	if (safe > *kept_position)
		*kept_position = safe;
}

#define KILL_LAST 6000

/* Records from where the last run left off, until the process is killed. */
static void run_until_killed(const char *keys, unsigned int seed)
{
	u64 number, i;

	chance = seed * 2654435761u;
	countdown = 1 + dice(40);
	assert_int_equal(configure(keys), 0);
	loop = kl_loop_new();
	sink->instance = INSTANCE;
	sink->position = *kept_position;
	sink->advanced = note_position;
	kl_sink_start(sink, loop);
	/* Records may come again even if they are known to be safe. */
	number = sink->position > 3 ? sink->position - 3 : 1;
	while (number <= KILL_LAST) {
		for (i = 1 + dice(12); i && number <= KILL_LAST; i--)
			put(number++, INSTANCE, 120 + dice(300));
		kl_sink_deliver(sink);
		if (!dice(8))
			run_for(1);
	}
	kl_sink_stop(sink, NULL, NULL);
	_exit(0);
}

static int run_child(const char *keys, unsigned int seed)
{
	pid_t child = fork();
	int status;

	if (!child) {
		close(STDERR_FILENO);
		open("/dev/null", O_WRONLY);
		run_until_killed(keys, seed);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

/* A crash would leave torn lines, or numbers missing or double. */
static void kills(void **state)
{
	static const char *const setups[] = {
		"rotate-size 8K\n",
		"fsync always\nrotate-size 16K\ncompress zstd\n",
		"format json\nrotate-size 32K\n",
		"format ecs\nfsync always\nrotate-size 64K\n",
	};
	struct kl_buffer keys = { 0 };
	unsigned int seed = 1, killed = 0;
	size_t i;
	int runs, status;

	(void)state;
	kept_position = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (i = 0; i < ARRAY_SIZE(setups); i++) {
		fresh_disk("size=64m");
		*kept_position = 0;
		kl_buffer_clear(&keys);
		kl_buffer_printf(&keys, "%s" PATH, setups[i]);
		for (runs = 0; runs < 28; runs++) {
			status = run_child(keys.data, seed++);
			if (!WIFSIGNALED(status))
				break;
			assert_int_equal(WTERMSIG(status), SIGKILL);
			killed++;
		}
		/* The last run mends what is torn, and compresses nothing any more. */
		start(keys.data, INSTANCE);
		status = sink->position;
		run_for(50);
		stop();
		expect_numbers(1, status);
		assert_true((u64)status >= *kept_position);
	}
	kl_buffer_free(&keys);
	munmap(kept_position, 4096);
	print_message("%u kills\n", killed);
	assert_true(killed >= 100);
}

#define test(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(names_match),     test(names_grow),
		test(periods),	       test(retention),
		test(refused_keys),    test(writes),
		test(resumes),	       test(numbers_begin_again),
		test(meddling),	       test(no_links),
		test(full_disk),       test(full_disk_and_queue),
		test(read_only),       test(no_descriptors),
		test(bad_disk),	       test(unsynced),
		test(rotates_by_size), test(rotates_by_time),
		test(day_files),       test(keeps),
		test(cannot_rename),
		test(clock_cannot_rename),
		test(one_cannot_be_compressed),
		test(passed_over),
		test(compresses),
		test(kills),
	};
	const char *why;
	int failed;

	enter_namespaces();
	if (kl_strings_init(&strings))
		return 1;
	kl_logline_init(&record, &strings);
	if (kl_names_init(&names, DIRECTORY "/kellas.log", &why))
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	kl_names_free(&names);
	kl_logline_free(&record);
	kl_strings_destroy(&strings);
	return failed;
}
