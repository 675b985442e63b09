// SPDX-License-Identifier: GPL-2.0
/* How long finished files are kept. */
#include "retain.h"

#define DAY (24 * 3600)

/* A day file that was never renamed was finished when its day, or hour, was over. */
static u64 finished(const struct kl_rotated *file)
{
	if (file->stamp != KL_STAMP_NONE)
		return kl_stamp_time(file->stamp);
	return kl_stamp_time(file->day * 10000) + DAY;
}

/*
 * A name from the future was given when the clock was wrong, or behind such a name,
 * as names only grow: then the file itself knows better.
 */
static bool is_too_old(const struct kl_rotated *file, u64 age, u64 now)
{
	u64 end = finished(file);

	if (end > now + DAY)
		end = file->modified;
	return now > end && (now - end) * 1000 > age;
}

/*
 * How many are too old. A file was finished before those behind it, whatever it says
 * itself: one that a wrong clock has written does not hold up the others.
 */
static u32 count_old(const struct kl_rotated_list *list, u64 age, u64 now)
{
	u32 i = age && now ? list->count : 0;

	while (i && !is_too_old(&list->files[i - 1], age, now))
		i--;
	return i;
}

struct kl_expired kl_retain(const struct kl_rotated_list *list,
			    const struct kl_retention *retention, u64 written, u64 now)
{
	struct kl_expired expired = { 0 };
	u32 i, old = count_old(list, retention->age, now);
	u64 total = written;

	for (i = 0; i < list->count; i++)
		total += list->files[i].size;
	for (i = 0; i < list->count; i++) {
		const struct kl_rotated *file = &list->files[i];

		if (retention->count && list->count - i > retention->count)
			expired.reason = "count";
		else if (i < old)
			expired.reason = "age";
		else if (retention->bytes && total > retention->bytes)
			expired.reason = "bytes";
		else
			break;
		expired.count++;
		expired.bytes += file->size;
		total -= file->size;
	}
	return expired;
}
