// SPDX-License-Identifier: GPL-2.0
/* Finished files of a file sink: removed in time, and compressed. */
#include "file_sink.h"
#include "tell.h"

/* The wall clock was set forward by more than this: ages mean nothing. */
#define CLOCK_STEP 3600

void kl_file_sink_names(struct kl_file_sink *file, const struct kl_rotated_list *list)
{
	u32 i;

	for (i = 0; i < list->count; i++) {
		const struct kl_rotated *rotated = &list->files[i];

		if (rotated->stamp != KL_STAMP_NONE && rotated->stamp > file->stamp)
			file->stamp = rotated->stamp;
	}
}

static void remove_file(struct kl_file_sink *file, const char *name)
{
	char *path = kl_file_sink_path(file, name);

	if (unlink(path) && errno != ENOENT)
		kl_tell(LOG_WARNING, "sink %s: cannot remove %s: %s", file->sink.name,
			path, strerror(errno));
	free(path);
}

static bool is_in_work(const struct kl_file_sink *file, const struct kl_rotated *rotated)
{
	const char *name = file->compressor ? kl_compress_name(file->compressor) : NULL;

	return name && !strncmp(rotated->name, name, strlen(name));
}

static void drop(struct kl_rotated_list *list, u32 i)
{
	free(list->files[i].name);
	list->count--;
	memmove(list->files + i, list->files + i + 1,
		(list->count - i) * sizeof(*list->files));
}

/*
 * What an interrupted compression left: an unfinished result, or a source that
 * has its result already.
 */
static void clean(struct kl_file_sink *file, struct kl_rotated_list *list)
{
	u32 i = 0;

	while (i < list->count) {
		struct kl_rotated *this = &list->files[i];
		struct kl_rotated *next = i + 1 < list->count ? this + 1 : NULL;
		bool twice = next && !this->compressed && next->compressed &&
			     !next->partial &&
			     !strncmp(this->name, next->name, strlen(this->name));

		if (!this->partial && !twice) {
			i++;
			continue;
		}
		if (!is_in_work(file, this))
			remove_file(file, this->name);
		drop(list, i);
	}
}

/* The wall clock, unless somebody has set it forward since we started. */
static u64 believable_clock(struct kl_file_sink *file)
{
	if (kl_clock_lead() - file->clock <= CLOCK_STEP)
		return kl_wall_clock();
	if (!file->clock_said && file->keep.age) {
		kl_tell(LOG_WARNING,
			"sink %s: the clock was set forward: no file is removed for its age",
			file->sink.name);
		kl_file_sink_note(file, "clock-set seconds=%lld",
				  (long long)(kl_clock_lead() - file->clock));
	}
	file->clock_said = true;
	return 0;
}

static void expire(struct kl_file_sink *file, struct kl_rotated_list *list)
{
	struct kl_expired expired =
		kl_retain(list, &file->keep, file->file.size, believable_clock(file));
	char *oldest, *newest;
	u32 i;

	if (!expired.count)
		return;
	oldest = kl_quoted(list->files[0].name);
	newest = kl_quoted(list->files[expired.count - 1].name);
	kl_file_sink_note(file, "expired files=%u bytes=%llu reason=%s first=%s last=%s",
			  expired.count, (unsigned long long)expired.bytes,
			  expired.reason, oldest, newest);
	free(oldest);
	free(newest);
	for (i = 0; i < expired.count; i++) {
		if (is_in_work(file, &list->files[i])) {
			kl_compress_stop(file->compressor);
			file->compressor = NULL;
		}
		remove_file(file, list->files[i].name);
	}
	while (expired.count--)
		drop(list, 0);
}

/* For want of room, memory or descriptors: later it may be another matter. */
static bool is_passing(int error)
{
	return error == -ENOSPC || error == -EDQUOT || error == -ENOMEM ||
	       error == -EMFILE || error == -ENFILE;
}

static void refuse(struct kl_file_sink *file, const char *name, int error)
{
	kl_tell(LOG_WARNING, "sink %s: %s/%s cannot be compressed: %s", file->sink.name,
		file->names.directory, name, strerror(-error));
	if (is_passing(error))
		return;
	free(file->refused);
	file->refused = kl_xstrdup(name);
}

/* The next one soon, but not from here: there may be more of them. */
static void compress_later(struct kl_file_sink *file, int error)
{
	file->look = true;
	kl_timer_set(file->sink.loop, &file->clock_timer, error ? KL_RENAME_PAUSE : 0);
}

static void compressed(void *data, int error)
{
	struct kl_file_sink *file = data;

	if (error)
		refuse(file, kl_compress_name(file->compressor), error);
	file->compressor = NULL;
	compress_later(file, error);
}

/* The first that was not tried: behind the last that was refused. */
static u32 first_untried(const struct kl_file_sink *file,
			 const struct kl_rotated_list *list)
{
	u32 i;

	for (i = 0; file->refused && i < list->count; i++)
		if (!strcmp(file->refused, list->files[i].name))
			return i + 1;
	return 0;
}

static void compress_next(struct kl_file_sink *file, const struct kl_rotated_list *list)
{
	int error;
	u32 i;

	if (file->compress == KL_COMPRESS_NO || file->compressor)
		return;
	for (i = first_untried(file, list); i < list->count; i++) {
		const struct kl_rotated *rotated = &list->files[i];

		if (rotated->compressed)
			continue;
		file->compressor = kl_compress_start(file->sink.loop,
						     file->names.directory, rotated->name,
						     file->mode, compressed, file);
		error = file->compressor ? 0 : -errno;
		if (!error)
			return;
		refuse(file, rotated->name, error);
		compress_later(file, error);
		return;
	}
}

void kl_file_sink_look_after(struct kl_file_sink *file)
{
	struct kl_rotated_list list;

	if (!file->look || !file->file.size || file->notes.length)
		return;
	if (kl_names_scan(&file->names, file->name, &list))
		return;
	file->look = false;
	if (list.missed)
		kl_tell(LOG_WARNING, "sink %s: %u files more than can be looked after",
			file->sink.name, list.missed);
	kl_file_sink_names(file, &list);
	clean(file, &list);
	expire(file, &list);
	compress_next(file, &list);
	kl_rotated_free(&list);
}
