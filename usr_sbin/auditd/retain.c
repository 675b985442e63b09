// SPDX-License-Identifier: GPL-2.0
/* How long finished files are kept. */
#include "retain.h"

/* A day file that was never renamed was finished when its day, or hour, was over. */
static u64 finished(const struct kl_rotated *file)
{
	if (file->stamp != KL_STAMP_NONE)
		return kl_stamp_time(file->stamp);
	return kl_stamp_time(file->day * 10000) + 24 * 3600;
}

static bool is_too_old(const struct kl_rotated *file, u64 age, u64 now)
{
	u64 end = finished(file);

	return age && now > end && (now - end) * 1000 > age;
}

struct kl_expired kl_retain(const struct kl_rotated_list *list,
			    const struct kl_retention *retention, u64 written, u64 now)
{
	struct kl_expired expired = { 0 };
	u64 total = written;
	u32 i;

	for (i = 0; i < list->count; i++)
		total += list->files[i].size;
	for (i = 0; i < list->count; i++) {
		const struct kl_rotated *file = &list->files[i];

		if (retention->count && list->count - i > retention->count)
			expired.reason = "count";
		else if (is_too_old(file, retention->age, now))
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
