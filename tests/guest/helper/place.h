/* SPDX-License-Identifier: GPL-2.0-only */
/* Folders on file systems of several kinds, to do operations in. */
#ifndef PLACE_H
#define PLACE_H

#include "test.h"

/**
 * struct place - where a case does its operation
 * @name: "tmpfs", "overlay", "lower" (an overlay whose files are still in the
 *	lower layer), "ext4"
 * @folder: a fresh folder for each case; no byte of it needs escaping
 * @local: its name within the file system, where no mount is known
 */
struct place {
	const char *name;
	char folder[64];
	char local[64];
};

/** place_open - make the file system; dies if it cannot be had */
void place_open(struct place *place, const char *name);

/** place_fresh - an empty folder, in which @make has made files */
void place_fresh(const struct place *place, void (*make)(void));

/** copy_file - a copy with the mode 0755 */
void copy_file(const char *from, const char *to);

/** remove_tree - rm -rf, within one file system */
void remove_tree(const char *path);

/** shell - a command of the test itself; dies if it fails */
void shell(const char *command);

/** quick_program - name of the program that exits with 77 */
const char *quick_program(void);
#define QUICK_STATUS 77

#endif
