// SPDX-License-Identifier: GPL-2.0
/* How the files of a file sink are called, and when one ends. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>

#include "limits.h"
#include "rotate.h"

#define HOUR 3600ull
#define DAY (24 * HOUR)
/* The epoch was a Thursday; weeks begin on Monday. */
#define WEEK_OFFSET (3 * DAY)
#define WEEK (7 * DAY)

static char *copy(const char *text, size_t length)
{
	char *result = kl_xalloc(length + 1, 1);

	memcpy(result, text, length);
	return result;
}

/* Each of %Y %m %d once, %H at most once, nothing else. */
static int read_pattern(struct kl_names *names, const char **why)
{
	static const char letters[] = "YmdH";
	u32 seen[sizeof(letters)] = { 0 };
	const char *at, *letter;

	for (at = names->stem; *at; at++) {
		if (*at != '%')
			continue;
		at++;
		letter = *at ? strchr(letters, *at) : NULL;
		if (!letter || seen[letter - letters]++) {
			*why = "only %Y, %m, %d and %H may stand in a path, each once";
			return -EINVAL;
		}
		names->pattern = KL_PERIOD_DAILY;
	}
	if (names->pattern == KL_PERIOD_NEVER)
		return 0;
	if (!seen[0] || !seen[1] || !seen[2]) {
		*why = "a path that follows the clock needs %Y, %m and %d";
		return -EINVAL;
	}
	if (seen[3])
		names->pattern = KL_PERIOD_HOURLY;
	return 0;
}

int kl_names_init(struct kl_names *names, const char *path, const char **why)
{
	const char *slash = strrchr(path, '/'), *name, *dot;
	int error;

	memset(names, 0, sizeof(*names));
	if (!slash || !slash[1]) {
		*why = "a file is wanted, not a directory";
		return -EINVAL;
	}
	name = slash + 1;
	dot = strrchr(name, '.');
	if (!dot || dot == name)
		dot = name + strlen(name);
	if (memchr(path, '%', name - path) || strchr(dot, '%')) {
		*why = "%Y, %m, %d and %H may stand only in the file's name, before its dot";
		return -EINVAL;
	}
	/* Room for "-20261122T013000", ".zst", ".part", and %Y as digits. */
	if (strlen(name) > NAME_MAX - 32) {
		*why = "the file's name is too long to be rotated";
		return -EINVAL;
	}
	names->directory = slash == path ? kl_xstrdup("/") : copy(path, slash - path);
	names->stem = copy(name, dot - name);
	names->extension = kl_xstrdup(dot);
	error = read_pattern(names, why);
	if (error)
		kl_names_free(names);
	return error;
}

void kl_names_free(struct kl_names *names)
{
	free(names->directory);
	free(names->stem);
	free(names->extension);
	memset(names, 0, sizeof(*names));
}

void kl_names_current(const struct kl_names *names, u64 seconds, struct kl_buffer *out)
{
	time_t time = seconds;
	const char *at;
	struct tm tm;

	gmtime_r(&time, &tm);
	kl_buffer_clear(out);
	for (at = names->stem; *at; at++) {
		if (*at != '%') {
			kl_buffer_add(out, at, 1);
			continue;
		}
		switch (*++at) {
		case 'Y':
			kl_buffer_printf(out, "%04d", tm.tm_year + 1900);
			break;
		case 'm':
			kl_buffer_printf(out, "%02d", tm.tm_mon + 1);
			break;
		case 'd':
			kl_buffer_printf(out, "%02d", tm.tm_mday);
			break;
		default:
			kl_buffer_printf(out, "%02d", tm.tm_hour);
		}
	}
	kl_buffer_puts(out, names->extension);
}

/* Exactly @digits digits at *@at. */
static bool take_digits(const char **at, int digits, u64 *value)
{
	*value = 0;
	for (; digits; digits--, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return true;
}

static bool take_word(const char **at, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(*at, word, length))
		return false;
	*at += length;
	return true;
}

static bool take_stem(const struct kl_names *names, const char **at, u64 *day)
{
	u64 year = 0, month = 0, mday = 0, hour = 0;
	const char *stem;
	bool right;

	for (stem = names->stem; *stem; stem++) {
		if (*stem != '%') {
			if (**at != *stem)
				return false;
			(*at)++;
			continue;
		}
		switch (*++stem) {
		case 'Y':
			right = take_digits(at, 4, &year);
			break;
		case 'm':
			right = take_digits(at, 2, &month);
			break;
		case 'd':
			right = take_digits(at, 2, &mday);
			break;
		default:
			right = take_digits(at, 2, &hour);
		}
		if (!right)
			return false;
	}
	*day = ((year * 100 + month) * 100 + mday) * 100 + hour;
	return true;
}

/* -20261122T013000 */
static bool take_stamp(const char **at, struct kl_rotated *rotated)
{
	u64 date, time;

	if (!take_word(at, "-") || !take_digits(at, 8, &date) || !take_word(at, "T") ||
	    !take_digits(at, 6, &time))
		return false;
	rotated->stamp = date * 1000000 + time;
	return true;
}

bool kl_names_match(const struct kl_names *names, const char *name,
		    struct kl_rotated *rotated)
{
	memset(rotated, 0, sizeof(*rotated));
	rotated->stamp = KL_STAMP_NONE;
	if (!take_stem(names, &name, &rotated->day))
		return false;
	if (*name == '-') {
		if (!take_stamp(&name, rotated))
			return false;
	} else if (names->pattern == KL_PERIOD_NEVER) {
		return false;
	}
	if (!take_word(&name, names->extension))
		return false;
	rotated->compressed = take_word(&name, KL_SUFFIX_ZSTD);
	rotated->partial = rotated->compressed && take_word(&name, KL_SUFFIX_PART);
	return !*name;
}

static int compare(const void *left, const void *right)
{
	const struct kl_rotated *a = left, *b = right;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->stamp != b->stamp)
		return a->stamp < b->stamp ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void list_file(struct kl_rotated_list *list, int directory, const char *name,
		      const struct kl_rotated *rotated)
{
	struct kl_rotated *file;
	struct stat stat;

	if (fstatat(directory, name, &stat, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(stat.st_mode))
		return;
	if (list->count == KL_ROTATED_MAX) {
		list->missed++;
		return;
	}
	/* Room for twice as many each time it is a power of two. */
	if (!(list->count & (list->count - 1)))
		list->files = kl_xrealloc(list->files, max(list->count * 2, 1u),
					  sizeof(*list->files));
	file = &list->files[list->count++];
	*file = *rotated;
	file->name = kl_xstrdup(name);
	file->size = stat.st_size;
	file->modified = max_t(s64, stat.st_mtime, 0);
}

int kl_names_scan(const struct kl_names *names, const char *current,
		  struct kl_rotated_list *list)
{
	DIR *directory = opendir(names->directory);
	struct kl_rotated rotated;
	struct dirent *entry;

	memset(list, 0, sizeof(*list));
	if (!directory)
		return -errno;
	while ((entry = readdir(directory)))
		if (!(current && !strcmp(entry->d_name, current)) &&
		    kl_names_match(names, entry->d_name, &rotated))
			list_file(list, dirfd(directory), entry->d_name, &rotated);
	closedir(directory);
	if (list->count)
		qsort(list->files, list->count, sizeof(*list->files), compare);
	return 0;
}

void kl_rotated_free(struct kl_rotated_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++)
		free(list->files[i].name);
	free(list->files);
	memset(list, 0, sizeof(*list));
}

static u64 stamp_of(u64 seconds)
{
	time_t time = seconds;
	struct tm tm;

	gmtime_r(&time, &tm);
	return (tm.tm_year + 1900ull) * 10000000000 + (tm.tm_mon + 1) * 100000000ull +
	       tm.tm_mday * 1000000 + tm.tm_hour * 10000 + tm.tm_min * 100 + tm.tm_sec;
}

u64 kl_stamp_time(u64 stamp)
{
	struct tm tm = {
		.tm_year = (int)(stamp / 10000000000) - 1900,
		.tm_mon = (int)(stamp / 100000000 % 100) - 1,
		.tm_mday = stamp / 1000000 % 100,
		.tm_hour = stamp / 10000 % 100,
		.tm_min = stamp / 100 % 100,
		.tm_sec = stamp % 100,
	};
	time_t time = timegm(&tm);

	return time > 0 ? time : 0;
}

void kl_names_rotated(const struct kl_names *names, const char *current, u64 seconds,
		      u64 *stamp, struct kl_buffer *out)
{
	size_t stem = strlen(current) - strlen(names->extension);

	*stamp = stamp_of(*stamp ? max(seconds, kl_stamp_time(*stamp) + 1) : seconds);
	kl_buffer_clear(out);
	kl_buffer_add(out, current, stem);
	kl_buffer_printf(out, "-%08lluT%06llu", (unsigned long long)*stamp / 1000000,
			 (unsigned long long)*stamp % 1000000);
	kl_buffer_puts(out, names->extension);
}

static u64 length_of(enum kl_period period)
{
	static const u64 lengths[] = {
		[KL_PERIOD_NEVER] = ~0ull,
		[KL_PERIOD_HOURLY] = HOUR,
		[KL_PERIOD_DAILY] = DAY,
		[KL_PERIOD_WEEKLY] = WEEK,
	};

	return lengths[period];
}

u64 kl_period_of(enum kl_period period, u64 seconds)
{
	if (period == KL_PERIOD_WEEKLY)
		seconds += WEEK_OFFSET;
	return seconds / length_of(period);
}

u64 kl_period_left(enum kl_period period, u64 seconds)
{
	if (period == KL_PERIOD_NEVER)
		return WEEK;
	if (period == KL_PERIOD_WEEKLY)
		seconds += WEEK_OFFSET;
	return length_of(period) - seconds % length_of(period);
}

bool kl_period_over(enum kl_period period, u64 seconds, u64 *current)
{
	u64 now = kl_period_of(period, seconds);

	if (now > *current) {
		*current = now;
		return true;
	}
	if (now + 1 < *current)
		*current = now;
	return false;
}
