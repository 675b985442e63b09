// SPDX-License-Identifier: GPL-2.0
/* Whether two pathnames lead to the same place. */
#include <sys/stat.h>

#include "memory.h"
#include "place.h"

/**
 * struct place - a pathname in two parts
 * @found: what exists of it: device and inode
 * @rest: what follows and does not exist
 */
struct place {
	struct stat found;
	const char *rest;
};

/* The longest part that exists: at least "/". */
static void find(const char *path, struct place *place)
{
	char *part = kl_xstrdup(path);
	size_t length = strlen(part);

	while (stat(length ? part : "/", &place->found) && length) {
		while (length && part[length - 1] == '/')
			length--;
		while (length && part[length - 1] != '/')
			length--;
		part[length] = '\0';
	}
	place->rest = path + length;
	free(part);
}

/* The next name, without what means nothing. */
static struct kl_text next_name(const char **rest)
{
	struct kl_text name;

	do {
		*rest += strspn(*rest, "/");
		name = (struct kl_text){ *rest, strcspn(*rest, "/") };
		*rest += name.length;
	} while (name.length == 1 && *name.data == '.');
	return name;
}

bool kl_place_equal(const char *a, const char *b)
{
	struct place first, second;
	struct kl_text name;

	find(a, &first);
	find(b, &second);
	if (first.found.st_dev != second.found.st_dev ||
	    first.found.st_ino != second.found.st_ino)
		return false;
	do {
		name = next_name(&first.rest);
		if (!kl_text_equal(name, next_name(&second.rest)))
			return false;
	} while (name.length);
	return true;
}
