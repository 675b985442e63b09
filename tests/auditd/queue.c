// SPDX-License-Identifier: GPL-2.0
/*
 * Queue and spool: nothing is lost, doubled or out of order but what is told,
 * whatever is put, sent, confirmed, broken off or killed, in any order; and
 * what the queue calls safe is still there after a crash.
 *
 * A message's text is its number in decimals, then padding.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crc32c.h"
#include "limits.h"
#include "spool.h"

static char folder[] = "/tmp/kellas-queue.XXXXXX";
static char path[64];

static void empty_spool(void)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", path);
	assert_int_equal(system(command), 0);
}

static int make_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/spool", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	empty_spool();
	return rmdir(folder);
}

/* "lost 3 5-7", "damaged 2 0-0", "repeat 0 1-4" */
static void tell(void *data, enum kl_queue_event event,
		 const struct kl_queue_range *range, struct kl_message *message)
{
	static const char *const words[] = { "lost", "damaged", "repeat" };
	static char text[128];

	(void)data;
	snprintf(text, sizeof(text), "%s %llu %llu-%llu", words[event],
		 (unsigned long long)(event == KL_QUEUE_LOST	? range->count :
				      event == KL_QUEUE_DAMAGED ? range->others :
								  0),
		 (unsigned long long)range->first,
		 (unsigned long long)range->last);
	message->text = kl_text_of(text);
}

static struct kl_spool *open_spool(u64 max)
{
	struct kl_spool *spool;

	assert_int_equal(kl_spool_open(&spool, path, max), 0);
	return spool;
}

static int put_sized(struct kl_queue *queue, u64 number, size_t size)
{
	char *text = kl_xalloc(1, size + 32);
	struct kl_message message = { .sequence = number, .instance = 7, .time = number };
	int length = sprintf(text, "%llu", (unsigned long long)number), result;

	memset(text + length, '.', size);
	message.text = (struct kl_text){ text, length + size };
	result = kl_queue_put(queue, &message);
	free(text);
	return result;
}

static int put(struct kl_queue *queue, u64 number)
{
	return put_sized(queue, number, 0);
}

/* What comes next, sent. */
static const char *take(struct kl_queue *queue)
{
	static char text[160];
	struct kl_message message;
	u32 length;

	if (!kl_queue_next(queue, &message))
		return "nothing";
	length = message.text.length < 100 ? message.text.length : 100;
	snprintf(text, sizeof(text), "%s%.*s", message.repeat ? "again " : "", (int)length,
		 message.text.data);
	text[strcspn(text, ".")] = '\0';
	kl_queue_sent(queue);
	return text;
}

/* Take and confirm everything: @numbers messages, @lost told, none missing. */
static void drain(struct kl_queue *queue, u64 next, u64 *numbers, u64 *lost)
{
	unsigned long long count, first, last;
	const char *text;

	*numbers = *lost = 0;
	for (; strcmp(text = take(queue), "nothing"); kl_queue_confirm(queue, 1)) {
		if (sscanf(text, "lost %llu %llu-%llu", &count, &first, &last) == 3) {
			assert_int_equal(first, next);
			assert_int_equal(count, last - first + 1);
			next += count;
			*lost += count;
		} else {
			assert_int_equal(strtoull(text, NULL, 10), next++);
			++*numbers;
		}
	}
}

static void crc_is_castagnoli(void **state)
{
	u8 zeros[32] = { 0 };

	(void)state;
	assert_int_equal(kl_crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(kl_crc32c(0, zeros, 32), 0x8a9136aa); /* RFC 3720 B.4 */
	assert_int_equal(kl_crc32c(kl_crc32c(0, "1234", 4), "56789", 5), 0xe3069283);
}

static void memory_only(void **state)
{
	struct kl_queue *queue = kl_queue_new(1 << 20, NULL, tell, NULL);

	(void)state;
	assert_string_equal(take(queue), "nothing");
	put(queue, 1);
	put(queue, 2);
	put(queue, 3);
	assert_string_equal(take(queue), "1");
	assert_string_equal(take(queue), "2");
	assert_int_equal(kl_queue_safe(queue, NULL), 0);
	kl_queue_confirm(queue, 1);
	assert_int_equal(kl_queue_safe(queue, NULL), 1);
	kl_queue_rewind(queue);
	assert_string_equal(take(queue), "repeat 0 2-2");
	/* The mark did not arrive: it is made anew. */
	kl_queue_rewind(queue);
	assert_string_equal(take(queue), "repeat 0 2-2");
	assert_string_equal(take(queue), "again 2");
	assert_string_equal(take(queue), "3");
	kl_queue_rewind(queue);
	assert_string_equal(take(queue), "repeat 0 2-3");
	assert_string_equal(take(queue), "again 2");
	assert_string_equal(take(queue), "again 3");
	assert_string_equal(take(queue), "nothing");
	kl_queue_confirm(queue, 3);
	assert_int_equal(kl_queue_safe(queue, NULL), 3);
	assert_int_equal(kl_queue_spill(queue), -ENOENT);
	kl_queue_free(queue);
}

static void loss_is_told_at_its_place(void **state)
{
	struct kl_queue *queue = kl_queue_new(1000, NULL, tell, NULL);
	struct kl_queue_stat stat;
	u64 number = 1, i, seen, lost;

	(void)state;
	while (!put_sized(queue, number, 100))
		number++;
	assert_in_range(number, 3, 9);
	/* There may be room for the note, but not for more. */
	for (i = 1; i < 20; i++)
		assert_int_equal(put_sized(queue, number + i, 100), -ENOBUFS);
	kl_queue_stat(queue, &stat);
	assert_int_equal(stat.dropped, 20);
	assert_in_range(stat.bytes, 500, 1000);
	drain(queue, 1, &seen, &lost);
	assert_int_equal(seen, number - 1);
	assert_int_equal(lost, 20);
	/* A note accounts for what it tells. */
	assert_int_equal(kl_queue_safe(queue, NULL), number + 19);
	kl_queue_free(queue);
}

static void too_long_is_told(void **state)
{
	struct kl_queue *queue = kl_queue_new(64 << 20, NULL, tell, NULL);

	(void)state;
	assert_int_equal(put_sized(queue, 1, KL_MESSAGE_MAX), -EMSGSIZE);
	/* Also if nothing follows. */
	assert_string_equal(take(queue), "lost 1 1-1");
	assert_int_equal(put(queue, 2), 0);
	assert_string_equal(take(queue), "2");
	kl_queue_free(queue);
}

static void what_cannot_be_sent_is_told(void **state)
{
	struct kl_queue *queue = kl_queue_new(1 << 20, NULL, tell, NULL);
	struct kl_queue_stat stat;
	struct kl_message message;

	(void)state;
	put(queue, 1);
	put(queue, 2);
	assert_true(kl_queue_next(queue, &message));
	assert_true(kl_queue_drop(queue));
	/* Nothing stands for what tells it: a sink would go on for ever. */
	assert_false(kl_queue_drop(queue));
	assert_string_equal(take(queue), "lost 1 1-1");
	kl_queue_rewind(queue);
	assert_true(kl_queue_next(queue, &message));
	assert_false(kl_queue_drop(queue));
	assert_string_equal(take(queue), "repeat 0 1-1");
	assert_string_equal(take(queue), "again lost 1 1-1");
	assert_string_equal(take(queue), "2");
	kl_queue_confirm(queue, 3);
	kl_queue_stat(queue, &stat);
	assert_int_equal(stat.dropped, 1);
	assert_int_equal(stat.bytes, 0);
	assert_int_equal(kl_queue_safe(queue, NULL), 2);
	kl_queue_free(queue);
}

static void spool_outlives_the_daemon(void **state)
{
	struct kl_queue *queue = kl_queue_new(1 << 20, open_spool(1 << 20), tell, NULL);
	u64 instance;

	(void)state;
	put(queue, 1);
	put(queue, 2);
	put(queue, 3);
	assert_string_equal(take(queue), "1");
	assert_string_equal(take(queue), "2");
	kl_queue_confirm(queue, 1);
	assert_int_equal(kl_queue_safe(queue, NULL), 1);
	assert_int_equal(kl_queue_spill(queue), 0);
	assert_int_equal(kl_queue_safe(queue, NULL), 1);
	assert_int_equal(kl_queue_sync(queue), 0);
	assert_int_equal(kl_queue_safe(queue, &instance), 3);
	assert_int_equal(instance, 7);
	kl_queue_free(queue);

	queue = kl_queue_new(1 << 20, open_spool(1 << 20), tell, NULL);
	assert_int_equal(kl_queue_safe(queue, &instance), 3);
	assert_int_equal(instance, 7);
	put(queue, 4);
	assert_string_equal(take(queue), "repeat 0 2-2");
	assert_string_equal(take(queue), "again 2");
	assert_string_equal(take(queue), "3");
	assert_string_equal(take(queue), "4");
	kl_queue_confirm(queue, 4);
	kl_queue_sync(queue);
	kl_queue_free(queue);

	/* All arrived: nothing is left but the two files that stay. */
	queue = kl_queue_new(1 << 20, open_spool(1 << 20), tell, NULL);
	assert_string_equal(take(queue), "nothing");
	assert_int_equal(kl_queue_safe(queue, NULL), 4);
	kl_queue_free(queue);
	empty_spool();
}

static void only_one_may_use_it(void **state)
{
	struct kl_spool *spool = open_spool(1 << 20), *other;
	struct stat stat_of;

	(void)state;
	assert_int_equal(kl_spool_open(&other, path, 1 << 20), -EBUSY);
	assert_int_equal(stat(path, &stat_of), 0);
	assert_int_equal(stat_of.st_mode & 07777, 0700);
	kl_spool_close(spool);
	assert_int_equal(chmod(path, 0770), 0);
	assert_int_equal(kl_spool_open(&other, path, 1 << 20), -EINVAL);
	empty_spool();
}

static void full_spool_is_told(void **state)
{
	struct kl_queue *queue =
		kl_queue_new(64 << 10, open_spool(KL_SPOOL_MIN), tell, NULL);
	struct kl_queue_stat stat;
	u64 number, kept = 0, lost, seen;

	(void)state;
	for (number = 1; number <= 1000; number++)
		kept += !put_sized(queue, number, 1000);
	kl_queue_sync(queue);
	kl_queue_stat(queue, &stat);
	assert_in_range(stat.spooled_bytes, KL_SPOOL_MIN - 2000, KL_SPOOL_MIN);
	assert_in_range(kept, 200, 300);
	assert_int_equal(stat.dropped, 1000 - kept);
	/* Noted in the spool, the loss is safe, too. */
	assert_int_equal(kl_queue_safe(queue, NULL), 1000);
	kl_queue_free(queue);

	queue = kl_queue_new(64 << 10, open_spool(KL_SPOOL_MIN), tell, NULL);
	assert_int_equal(kl_queue_safe(queue, NULL), 1000);
	drain(queue, 1, &seen, &lost);
	assert_int_equal(seen, kept);
	assert_int_equal(lost, 1000 - kept);
	kl_queue_free(queue);
	empty_spool();
}

/* The newest segment file. */
static void newest(char file[320])
{
	struct dirent **list;
	int count = scandir(path, &list, NULL, alphasort), i;

	file[0] = '\0';
	for (i = 0; i < count; i++) {
		if (strstr(list[i]->d_name, ".seg"))
			snprintf(file, 320, "%s/%s", path, list[i]->d_name);
		free(list[i]);
	}
	free(list);
	assert_true(file[0]);
}

static void fill(u64 first, u64 last, size_t size)
{
	struct kl_queue *queue = kl_queue_new(1 << 20, open_spool(1 << 20), tell, NULL);

	for (; first <= last; first++)
		assert_int_equal(put_sized(queue, first, size), 0);
	assert_int_equal(kl_queue_spill(queue), 0);
	kl_queue_free(queue);
}

/* Every length that a torn write may leave behind: whole messages, no other. */
static void torn_tail_is_cut_off(void **state)
{
	struct kl_spool_stat stat_of;
	struct kl_spool *spool;
	struct kl_queue *queue;
	struct stat whole, before;
	char file[320];
	off_t size;

	(void)state;
	fill(1, 2, 10);
	newest(file);
	stat(file, &before);
	for (size = before.st_size / 2; size <= before.st_size; size++) {
		empty_spool();
		fill(1, 2, 10);
		newest(file);
		stat(file, &whole);
		assert_int_equal(whole.st_size, before.st_size);
		/* Without the position nothing but the segment tells. */
		assert_int_equal(truncate(file, size), 0);
		char position[320];

		snprintf(position, sizeof(position), "%s/position", path);
		unlink(position);
		spool = open_spool(1 << 20);
		kl_spool_stat(spool, &stat_of);
		assert_int_equal(stat_of.messages, size == whole.st_size ? 2 : 1);
		assert_int_equal(stat_of.torn,
				 size == whole.st_size ? 0 : size - whole.st_size / 2);
		queue = kl_queue_new(1 << 20, spool, tell, NULL);
		put(queue, 9);
		assert_string_equal(take(queue), "1");
		if (size == whole.st_size)
			assert_string_equal(take(queue), "2");
		assert_string_equal(take(queue), "9");
		kl_queue_confirm(queue, 3);
		kl_queue_free(queue);
	}
	empty_spool();
}

/* A byte in the middle: what is behind it in the segment is told as missing. */
static void damage_is_told(void **state)
{
	struct kl_queue *queue;
	u64 seen = 0, damaged = 0, number;
	unsigned long long count;
	char file[320];
	const char *text;
	int fd;

	(void)state;
	fill(1, 400, 1000); /* several segments of 128 KiB */
	snprintf(file, sizeof(file), "%s/%016x.seg", path, 1);
	fd = open(file, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "X", 1, 50000), 1);
	close(fd);
	queue = kl_queue_new(1 << 20, open_spool(1 << 20), tell, NULL);
	for (;;) {
		text = take(queue);
		if (!strcmp(text, "nothing"))
			break;
		if (sscanf(text, "damaged %llu", &count) == 1) {
			damaged += count;
			seen += count;
		} else {
			number = strtoull(text, NULL, 10);
			assert_int_equal(number, ++seen);
		}
		kl_queue_confirm(queue, 1);
	}
	assert_int_equal(seen, 400);
	assert_in_range(damaged, 50, 130);
	kl_queue_free(queue);
	empty_spool();
}

/* What somebody removes is not safe, and is told. */
static void removed_segment(void **state)
{
	struct kl_queue *queue =
		kl_queue_new(KL_QUEUE_MIN, open_spool(1 << 20), tell, NULL);
	char file[320];
	u64 number;

	(void)state;
	for (number = 1; number <= 100; number++)
		assert_int_equal(put_sized(queue, number, 1000), 0);
	newest(file);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(kl_queue_sync(queue), -ESTALE);
	assert_int_equal(kl_queue_safe(queue, NULL), 0);
	assert_int_equal(put(queue, 101), 0);
	assert_int_equal(kl_queue_sync(queue), 0);
	assert_int_equal(kl_queue_safe(queue, NULL), 0);
	for (number = 1; isdigit(*take(queue)); number++)
		kl_queue_confirm(queue, 1);
	/* Behind those that were in memory as well. */
	assert_in_range(number, 50, 70);
	assert_string_equal(take(queue), "101");
	kl_queue_confirm(queue, 2);
	kl_queue_sync(queue);
	assert_int_equal(kl_queue_safe(queue, NULL), 101);
	kl_queue_free(queue);
	empty_spool();
}

/* A lost position must not send anything twice in silence. */
static void bad_position(void **state)
{
	struct kl_queue *queue = kl_queue_new(1 << 20, open_spool(1 << 20), tell, NULL);
	char file[320];
	int fd, copy;

	(void)state;
	put(queue, 1);
	put(queue, 2);
	kl_queue_spill(queue);
	kl_queue_sync(queue);
	take(queue);
	kl_queue_confirm(queue, 1);
	kl_queue_sync(queue);
	kl_queue_free(queue);
	/* One copy bad: the other, older one counts; here both know of the second. */
	snprintf(file, sizeof(file), "%s/position", path);
	for (copy = 0; copy < 2; copy++) {
		fd = open(file, O_WRONLY);
		assert_int_equal(pwrite(fd, "X", 1, copy * 512 + 20), 1);
		close(fd);
		queue = kl_queue_new(1 << 20, open_spool(1 << 20), tell, NULL);
		assert_true(kl_queue_safe(queue, NULL) == 2);
		kl_queue_free(queue);
	}
	empty_spool();
}

/*
 * The disk is full: a tmpfs of its own. Memory still takes what it can, the
 * rest is told, and the spool goes on when there is room.
 */
static void full_disk(void **state)
{
	struct kl_queue *queue;
	struct kl_queue_stat stat_of;
	u64 number, seen, told, put_ok = 0;
	char hog[128];
	int fd;

	(void)state;
	if (geteuid() || unshare(CLONE_NEWNS) ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		fail_msg("needs root, to mount a tmpfs");
		return;
	}
	mkdir(path, 0700);
	assert_int_equal(mount("tmpfs", path, "tmpfs", 0, "size=256k,mode=700"), 0);
	queue = kl_queue_new(64 << 10, open_spool(8 << 20), tell, NULL);
	for (number = 1; number <= 500; number++)
		put_ok += !put_sized(queue, number, 1000);
	kl_queue_sync(queue);
	kl_queue_stat(queue, &stat_of);
	assert_int_equal(stat_of.spool_error, ENOSPC);
	assert_int_equal(stat_of.dropped, 500 - put_ok);
	assert_in_range(put_ok, 150, 256);
	/* The loss was noted though the disk is full: the position has its place. */
	assert_int_equal(kl_queue_safe(queue, NULL), 500);
	kl_queue_free(queue);
	snprintf(hog, sizeof(hog), "%s/hog", path);
	queue = kl_queue_new(64 << 10, open_spool(8 << 20), tell, NULL);
	drain(queue, 1, &seen, &told);
	assert_int_equal(seen, put_ok);
	assert_int_equal(told, 500 - put_ok);
	/* Full again, but nothing waits: memory serves. */
	fd = open(hog, O_WRONLY | O_CREAT, 0600);
	assert_true(fd >= 0);
	while (write(fd, hog, sizeof(hog)) > 0)
		;
	close(fd);
	assert_int_equal(put(queue, 501), 0);
	assert_int_equal(kl_queue_spill(queue), -ENOSPC);
	assert_int_equal(kl_queue_safe(queue, NULL), 500);
	unlink(hog);
	assert_int_equal(kl_queue_spill(queue), 0);
	kl_queue_sync(queue);
	assert_int_equal(kl_queue_safe(queue, NULL), 501);
	/* Read-only: said and counted, never fatal. */
	kl_queue_free(queue);
	assert_int_equal(mount("none", path, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	queue = kl_queue_new(64 << 10, open_spool(8 << 20), tell, NULL);
	put(queue, 502);
	assert_string_equal(take(queue), "501");
	kl_queue_confirm(queue, 1);
	assert_int_not_equal(kl_queue_sync(queue), 0);
	kl_queue_stat(queue, &stat_of);
	assert_int_equal(stat_of.spool_error, EROFS);
	kl_queue_free(queue);
	assert_int_equal(umount(path), 0);
}

/*
 * The model: what was put, in order, each one waiting, told lost or confirmed.
 *
 * A child runs random operations and is killed; its diary is a shared memory
 * that outlives it.
 */
#define PUTS_MAX 4000

struct diary {
	u64 put;	/* messages put so far, in all runs */
	u64 safe;	/* highest number called safe */
	u64 sent;	/* highest number ever sent */
	u64 arrived;	/* next number the receiver expects */
	u64 lost;	/* told lost, numbers */
	u64 repeats;	/* received again, all of them announced */
	u64 crashes;
	u64 spilled;	/* times that the spool was in use */
	char error[160];
};

static struct diary *diary;

static u64 state_of_dice;

static u32 dice(u32 sides)
{
	state_of_dice = state_of_dice * 6364136223846793005ull + 1442695040888963407ull;
	return (state_of_dice >> 33) % sides;
}

#define CLAIM(truth, ...)                                                         \
	do {                                                                      \
		if (!(truth)) {                                                   \
			snprintf(diary->error, sizeof(diary->error), __VA_ARGS__); \
			_exit(1);                                                 \
		}                                                                 \
	} while (0)

/* One receiver for all runs: it must be able to tell what it has from what it sees. */
static void receive(const char *text, u64 *mark_first, u64 *mark_last)
{
	unsigned long long count, first, last, number;

	if (!strncmp(text, "again ", 6))
		text += 6;
	if (sscanf(text, "repeat %llu %llu-%llu", &count, &first, &last) == 3) {
		*mark_first = first;
		*mark_last = last;
		return;
	}
	if (sscanf(text, "lost %llu %llu-%llu", &count, &first, &last) == 3) {
		if (last < diary->arrived) {
			CLAIM(*mark_last || diary->crashes, "loss %llu-%llu told twice",
			      first, last);
			return;
		}
		CLAIM(first == diary->arrived && count == last - first + 1,
		      "lost %llu %llu-%llu, expected %llu", count, first, last,
		      (unsigned long long)diary->arrived);
		diary->lost += count;
		diary->arrived = last + 1;
		return;
	}
	CLAIM(!strncmp(text, "damaged", 7) == 0, "%s", text);
	number = strtoull(text, NULL, 10);
	if (number < diary->arrived) {
		CLAIM(*mark_first <= number && number <= *mark_last,
		      "%s is a repeat outside of %llu-%llu", text,
		      (unsigned long long)*mark_first, (unsigned long long)*mark_last);
		diary->repeats++;
		return;
	}
	CLAIM(number == diary->arrived, "%s arrived, expected %llu", text,
	      (unsigned long long)diary->arrived);
	diary->arrived++;
}

/*
 * What is in flight arrives in order, or does not when the connection breaks:
 * a network that confirms late.
 */
#define FLIGHT_MAX 64

static void run_child(u64 seed)
{
	static char flight[FLIGHT_MAX][160];
	struct kl_spool *spool = open_spool(2 << 20);
	struct kl_queue *queue = kl_queue_new(16 << 10, spool, tell, NULL);
	u64 mark_first = 0, mark_last = 0, again = 0, put_now, resume, steps = 300;
	struct kl_queue_stat stat_of;
	u32 flying = 0, arrived = 0, i, n;
	bool down = false, first_run = !diary->put;
	const char *text;

	state_of_dice = seed;
	resume = kl_queue_safe(queue, NULL);
	CLAIM(resume >= diary->safe || first_run, "safe was %llu, is %llu",
	      (unsigned long long)diary->safe, (unsigned long long)resume);
	/* The kernel gives again what was not safe; what was sent of it is marked. */
	put_now = resume;
	if (diary->sent > resume) {
		struct kl_message mark = { .sequence = 0 };
		char words[64];

		snprintf(words, sizeof(words), "repeat 0 %llu-%llu",
			 (unsigned long long)resume + 1, (unsigned long long)diary->sent);
		mark.text = kl_text_of(words);
		again = 1;
		while (kl_queue_put(queue, &mark))
			;
	}
	(void)again;
	while (steps--) {
		switch (dice(10)) {
		case 0: case 1: case 2: case 3:
			for (n = dice(40); n && put_now < PUTS_MAX; n--) {
				put_sized(queue, ++put_now,
					  dice(8) ? dice(300) : dice(6000));
				if (put_now > diary->put)
					diary->put = put_now;
			}
			break;
		case 4: case 5: case 6:
			for (n = dice(20); n && !down && flying < FLIGHT_MAX; n--) {
				struct kl_message message;

				if (!kl_queue_next(queue, &message))
					break;
				if (message.sequence > diary->sent)
					diary->sent = message.sequence;
				text = take(queue);
				if (!strcmp(text, "nothing"))
					break;
				strcpy(flight[flying++], text);
			}
			break;
		case 7:
			n = flying > arrived ? dice(flying - arrived + 1) : 0;
			while (n--)
				receive(flight[arrived++], &mark_first, &mark_last);
			n = dice(arrived + 1);
			CLAIM(kl_queue_unconfirmed(queue) == flying, "in flight");
			kl_queue_confirm(queue, n);
			flying -= n;
			arrived -= n;
			for (i = 0; i < flying; i++)
				memmove(flight[i], flight[i + n], sizeof(flight[i]));
			break;
		case 8:
			kl_queue_rewind(queue);
			flying = arrived = 0;
			down = !down;
			break;
		case 9:
			if (down)
				kl_queue_spill(queue);
			kl_queue_sync(queue);
			break;
		}
		kl_queue_stat(queue, &stat_of);
		diary->spilled += stat_of.spooled > 0;
		diary->safe = kl_queue_safe(queue, NULL);
		CLAIM(stat_of.bytes <= (16 << 10) + 7000, "memory: %llu",
		      (unsigned long long)stat_of.bytes);
		/* Killed at any moment. */
		if (dice(150) == 0)
			_exit(2);
	}
	/* In order: everything is delivered. */
	kl_queue_rewind(queue);
	while (strcmp(text = take(queue), "nothing")) {
		receive(text, &mark_first, &mark_last);
		kl_queue_confirm(queue, 1);
	}
	kl_queue_sync(queue);
	CLAIM(kl_queue_safe(queue, NULL) == put_now, "at the end %llu of %llu are safe",
	      (unsigned long long)kl_queue_safe(queue, NULL),
	      (unsigned long long)put_now);
	diary->safe = put_now;
	kl_queue_free(queue);
	_exit(put_now < PUTS_MAX ? 2 : 0);
}

static void random_operations(void **state)
{
	u64 seed = getenv("SEED") ? strtoull(getenv("SEED"), NULL, 10) : 1, run, rounds;
	int status;
	pid_t child;

	(void)state;
	diary = mmap(NULL, sizeof(*diary), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(diary != MAP_FAILED);
	for (rounds = 0; rounds < 12; rounds++, seed += 1000) {
		memset(diary, 0, sizeof(*diary));
		diary->arrived = 1;
		for (run = 0; run < 400; run++) {
			child = fork();
			assert_true(child >= 0);
			if (!child)
				run_child(seed + run);
			assert_int_equal(waitpid(child, &status, 0), child);
			if (diary->error[0])
				fail_msg("SEED=%llu, run %llu: %s", (unsigned long long)seed,
					 (unsigned long long)run, diary->error);
			assert_true(WIFEXITED(status));
			if (!WEXITSTATUS(status))
				break;
			assert_int_equal(WEXITSTATUS(status), 2);
			diary->crashes++;
		}
		assert_int_equal(diary->put, PUTS_MAX);
		assert_int_equal(diary->arrived, PUTS_MAX + 1);
		/* Or it would prove nothing. */
		assert_in_range(diary->crashes, 1, 399);
		assert_true(diary->spilled);
		assert_true(diary->repeats);
		print_message("%llu put, %llu told lost, %llu repeats announced, "
			      "%llu crashes\n",
			      (unsigned long long)diary->put,
			      (unsigned long long)diary->lost,
			      (unsigned long long)diary->repeats,
			      (unsigned long long)diary->crashes);
		empty_spool();
	}
	munmap(diary, sizeof(*diary));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc_is_castagnoli),
		cmocka_unit_test(memory_only),
		cmocka_unit_test(loss_is_told_at_its_place),
		cmocka_unit_test(too_long_is_told),
		cmocka_unit_test(what_cannot_be_sent_is_told),
		cmocka_unit_test(spool_outlives_the_daemon),
		cmocka_unit_test(only_one_may_use_it),
		cmocka_unit_test(full_spool_is_told),
		cmocka_unit_test(torn_tail_is_cut_off),
		cmocka_unit_test(damage_is_told),
		cmocka_unit_test(removed_segment),
		cmocka_unit_test(bad_position),
		cmocka_unit_test(random_operations),
		cmocka_unit_test(full_disk),
	};

	if (getenv("TEST"))
		cmocka_set_test_filter(getenv("TEST"));
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
