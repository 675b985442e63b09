// SPDX-License-Identifier: GPL-2.0-only
/* Folders on file systems of several kinds. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include "place.h"

#define OVERLAY "/tmp/overlay/"

static int remove_one(const char *path, const struct stat *file, int type,
		      struct FTW *ftw)
{
	(void)file;
	(void)type;
	(void)ftw;
	return remove(path);
}

void remove_tree(const char *path)
{
	if (nftw(path, remove_one, 32, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) &&
	    errno != ENOENT)
		die("cannot remove %s: %s", path, strerror(errno));
}

void shell(const char *command)
{
	int status = system(command);

	if (status)
		die("status %d of: %s", status, command);
}

static bool is_lower(const struct place *place)
{
	return !strcmp(place->name, "lower");
}

static void open_overlay(const struct place *place)
{
	shell("mkdir -p " OVERLAY "overlay " OVERLAY "lower " OVERLAY "low");
	if (!is_lower(place))
		shell("cd " OVERLAY " && mkdir -p low2 up2 work2 && mount -t overlay -o"
		      " lowerdir=low2,upperdir=up2,workdir=work2 overlay overlay");
}

/* The folder is at the top of its file system. */
static void find_local(struct place *place)
{
	struct stat root;

	if (strcmp(place->name, "ext4")) {
		sprintf(place->local, "%s:/t", strcmp(place->name, "tmpfs") ? "overlay" : "tmpfs");
		return;
	}
	must(stat("/tmp/ext4", &root));
	sprintf(place->local, "dev(%u,%u):/t", major(root.st_dev), minor(root.st_dev));
}

void place_open(struct place *place, const char *name)
{
	place->name = name;
	if (!strcmp(name, "tmpfs")) {
		strcpy(place->folder, "/tmp/tmpfs/t");
		shell("mkdir -p /tmp/tmpfs && mountpoint -q /tmp/tmpfs ||"
		      " mount -t tmpfs tmpfs /tmp/tmpfs");
	} else if (!strcmp(name, "ext4")) {
		strcpy(place->folder, "/tmp/ext4/t");
		shell("mkdir -p /tmp/ext4; mountpoint -q /tmp/ext4 ||"
		      " { truncate -s 16M /tmp/ext4.img &&"
		      " mkfs.ext4 -q -O ^has_journal /tmp/ext4.img && modprobe -a loop ext4 &&"
		      " mount -o loop /tmp/ext4.img /tmp/ext4; }");
	} else if (!strcmp(name, "overlay") || is_lower(place)) {
		sprintf(place->folder, OVERLAY "%s/t", name);
		open_overlay(place);
	} else {
		die("there is no place %s", name);
	}
	find_local(place);
}

static void make_in(const char *folder, void (*make)(void))
{
	int here = must(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));

	must(mkdir(folder, 0));
	must(chown(folder, 41, 42));
	must(chmod(folder, 01771));
	must(chdir(folder));
	if (make)
		make();
	must(fchdir(here));
	close(here);
}

/* The files are made in the layer before the overlay is mounted. */
static void fresh_lower(void (*make)(void))
{
	if (umount2(OVERLAY "lower", MNT_DETACH) && errno != EINVAL)
		die("umount: %s", strerror(errno));
	remove_tree(OVERLAY "up");
	remove_tree(OVERLAY "work");
	remove_tree(OVERLAY "low/t");
	must(mkdir(OVERLAY "up", 0755));
	must(mkdir(OVERLAY "work", 0755));
	make_in(OVERLAY "low/t", make);
	must(mount("overlay", OVERLAY "lower", "overlay", 0, "lowerdir=" OVERLAY "low,upperdir="
		   OVERLAY "up,workdir=" OVERLAY "work"));
}

void place_fresh(const struct place *place, void (*make)(void))
{
	if (is_lower(place)) {
		fresh_lower(make);
		return;
	}
	remove_tree(place->folder);
	make_in(place->folder, make);
}

void copy_file(const char *from, const char *to)
{
	char data[65536];
	ssize_t n;
	int in = must(open(from, O_RDONLY | O_CLOEXEC));
	int out = must(open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755));

	while ((n = must(read(in, data, sizeof(data)))) > 0)
		must(write(out, data, n));
	close(in);
	close(out);
}

const char *quick_program(void)
{
	static char name[4096];
	ssize_t length;

	if (!name[0]) {
		length = must(readlink("/proc/self/exe", name, sizeof(name) - 1));
		name[length] = 0;
		strcpy(strrchr(name, '/'), "/quick");
	}
	return name;
}
