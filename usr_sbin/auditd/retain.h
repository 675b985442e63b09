/* SPDX-License-Identifier: GPL-2.0 */
/* How long finished files are kept. */
#ifndef KELLAS_RETAIN_H
#define KELLAS_RETAIN_H

#include "rotate.h"

/**
 * struct kl_retention - keys of the configuration; 0: no limit
 * @count: finished files
 * @age: milliseconds since a file was finished
 * @bytes: of all files of the sink, the one written now included, which is never removed
 */
struct kl_retention {
	u64 count;
	u64 age;
	u64 bytes;
};

/**
 * struct kl_expired - what retention removes: always the oldest files
 * @count: how many of the list
 * @bytes: of these
 * @reason: "count", "age" or "bytes": of the last of them
 */
struct kl_expired {
	u32 count;
	u64 bytes;
	const char *reason;
};

/**
 * kl_retain - which files have to go
 * @list: oldest first, without partial ones
 * @written: bytes of the file that is being written
 * @now: seconds since the epoch; 0: the clock cannot be believed, leave age aside
 */
struct kl_expired kl_retain(const struct kl_rotated_list *list,
			    const struct kl_retention *retention, u64 written, u64 now);

#endif /* KELLAS_RETAIN_H */
