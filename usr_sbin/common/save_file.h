/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are there whole, or not at all: written beside their place, forced to
 * disk, renamed. A symbolic link is followed, and what it leads to replaced in the
 * folder where that is. What a rename cannot keep is told: other names of the file
 * (hard links) before, in @old.st_nlink; owner, group and attributes afterwards.
 */
#ifndef KELLAS_SAVE_FILE_H
#define KELLAS_SAVE_FILE_H

#include <sys/stat.h>

#include "memory.h"

/** enum kl_save_loss - what the file has no longer */
enum kl_save_loss {
	KL_SAVE_OWNER = 1,
	KL_SAVE_GROUP = 2, /* with what the group, or an ACL, permitted beyond others */
	KL_SAVE_ACL = 4,
	KL_SAVE_ATTRIBUTES = 8, /* extended ones, a security label among them */
};

/**
 * struct kl_save - a file being saved
 * @given: its name as it was given, owned
 * @path: the same, or where links lead, for people; owned
 * @folder: descriptor of the folder that it is in
 * @name: within @folder, owned
 * @exists: it is there
 * @old: if @exists: what was there when it was looked at
 * @lost: afterwards: set of enum kl_save_loss
 * @unsynced: afterwards: 0, or why the new name may not be on disk yet, a negative errno
 */
struct kl_save {
	char *given;
	char *path;
	int folder;
	char *name;
	bool exists;
	struct stat old;
	u32 lost;
	int unsynced;
};

/**
 * kl_save_begin - look where a file is, and what is there
 * @save: filled in, to be freed by the caller in any case
 *
 * Links are followed as the kernel does where fs.protected_symlinks is on: not those
 * of others in a folder like /tmp.
 *
 * Return: 0 or a negative errno: -ELOOP for links that lead in a circle, -ESTALE for
 * one that leads to what no longer has a name.
 */
int kl_save_begin(struct kl_save *save, const char *path);

/**
 * kl_save_finish - write it
 *
 * Owner, group, mode, ACL and extended attributes are kept as far as this process
 * may; a new file has mode 0600. On error an old file stays as it was. What is no
 * regular file, such as a device, is written to.
 *
 * Return: 0 or a negative errno; -ESTALE if links lead elsewhere, or the file is
 * another one, since kl_save_begin().
 */
int kl_save_finish(struct kl_save *save, const struct kl_buffer *text);
void kl_save_free(struct kl_save *save);

/** kl_save_file - all of it. Return: 0 or a negative errno, also of @unsynced */
int kl_save_file(const char *path, const struct kl_buffer *text);

/**
 * kl_write_beside - write a file of mode 0600 beside its place, rename it
 * @folder: descriptor of the folder
 *
 * What was there of that name, a link too, is replaced, never written to.
 *
 * Return: 0 or a negative errno.
 */
int kl_write_beside(int folder, const char *name, const struct kl_buffer *text);

#endif /* KELLAS_SAVE_FILE_H */
