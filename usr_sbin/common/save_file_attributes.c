// SPDX-License-Identifier: GPL-2.0
/* What a file is besides its bytes. */
#include <errno.h>
#include <fcntl.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "engine/lex.h"
#include "save_file_inside.h"

#define ACL "system.posix_acl_access"
#define ALL_ATTRIBUTES (KL_SAVE_ACL | KL_SAVE_ATTRIBUTES)

/* Made by the kernel from the bytes of a file: those of others would be wrong. */
static bool is_made(const char *name)
{
	return !strcmp(name, "security.ima") || !strcmp(name, "security.evm") ||
	       !strcmp(name, "security.capability");
}

/* Return: false if it could not be read; an attribute that is not there is empty. */
static bool read_attribute(int fd, const char *name, struct kl_buffer *value)
{
	ssize_t size = fgetxattr(fd, name, NULL, 0);

	kl_buffer_clear(value);
	if (size < 0)
		return errno == ENODATA || errno == EOPNOTSUPP;
	kl_buffer_room(value, size + 1);
	size = fgetxattr(fd, name, value->data, size);
	value->length = max_t(ssize_t, size, 0);
	return size >= 0;
}

static bool copy_attribute(int from, int to, const char *name)
{
	struct kl_buffer old = { 0 }, new = { 0 };
	bool same = read_attribute(from, name, &old);

	if (same && !fsetxattr(to, name, old.data, old.length, 0)) {
		kl_buffer_free(&old);
		return true;
	}
	/* What may not be set may be as it should be already. */
	same = same && read_attribute(to, name, &new) &&
	       kl_text_equal(kl_buffer_text(&old), kl_buffer_text(&new));
	kl_buffer_free(&old);
	kl_buffer_free(&new);
	return same;
}

/* Return: what was not kept. */
static u32 copy_attributes(int from, int to, bool acl)
{
	ssize_t size = flistxattr(from, NULL, 0);
	struct kl_buffer names = { 0 };
	const char *name, *end;
	bool had_acl = false;
	u32 lost = 0;

	if (size < 0)
		return errno == EOPNOTSUPP ? 0 : ALL_ATTRIBUTES;
	kl_buffer_room(&names, size + 1);
	size = flistxattr(from, names.data, size);
	if (size < 0)
		lost |= ALL_ATTRIBUTES;
	for (name = names.data, end = name + max_t(ssize_t, size, 0); name < end;
	     name += strlen(name) + 1) {
		bool is_acl = !strcmp(name, ACL);

		had_acl |= is_acl;
		if (is_made(name) || ((!is_acl || acl) && copy_attribute(from, to, name)))
			continue;
		lost |= is_acl ? KL_SAVE_ACL : KL_SAVE_ATTRIBUTES;
	}
	/* The folder may have given it one. */
	if (!had_acl)
		fremovexattr(to, ACL);
	kl_buffer_free(&names);
	return lost;
}

/* It is given away last: then nothing more can be done with it. */
u32 kl_keep_attributes(const struct kl_save *save, int fd)
{
	int from = openat(save->folder, save->name,
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	mode_t mode = save->old.st_mode & 07777;
	struct stat new = { 0 };
	u32 lost = 0;

	if (fstat(fd, &new) ||
	    (new.st_gid != save->old.st_gid && fchown(fd, -1, save->old.st_gid)))
		lost |= KL_SAVE_GROUP;
	lost |= from < 0 ? ALL_ATTRIBUTES : copy_attributes(from, fd, !lost);
	/* With an ACL the bits of the group are what anybody in it has at most. */
	if (lost & (KL_SAVE_GROUP | KL_SAVE_ACL)) {
		mode &= ~(020 * !(mode & 02) | 040 * !(mode & 04) | 010 * !(mode & 01));
		fremovexattr(fd, ACL);
	}
	if (fchmod(fd, mode))
		lost |= KL_SAVE_GROUP;
	if (new.st_uid != save->old.st_uid && fchown(fd, save->old.st_uid, -1))
		lost |= KL_SAVE_OWNER;
	if (from >= 0)
		close(from);
	return lost;
}
