/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is not saved: a file beside the policy, or in the user's home if that cannot
 * be, that the next start offers if the program could not remove it. It is written
 * every few seconds, for some ends come without a warning.
 *
 * Others may be able to put files there: only one that nobody else could have made,
 * or changed, is read, and none is ever written to.
 */
#ifndef KELLAS_RESCUE_H
#define KELLAS_RESCUE_H

#include <sys/types.h>

#include "editor.h"

/**
 * struct rescue - the one that was offered, or is kept up
 * @path: its name, owned; NULL: none was
 * @device, @inode: which file it is
 * @taken: its changes are part of the text: it is not needed once that is saved
 * @made: this program began it
 * @version: of the document that was written to it
 * @lock: descriptor of it, locked, so that others know that its editor is open; -1: none
 */
struct rescue {
	char *path;
	dev_t device;
	ino_t inode;
	bool taken;
	bool made;
	u64 version;
	int lock;
};

/**
 * rescue_keep - keep what is not saved; at a crash or signal
 * @where: gets the name of the file, or of the last one tried
 *
 * Return: 0 or a negative errno.
 */
int rescue_keep(struct editor *editor, struct kl_buffer *where);

/**
 * rescue_keep_up - keep what is not saved, for an end without a warning
 *
 * Nothing is written if the text is the same since the last time; what was kept is
 * removed if nothing is changed any more.
 *
 * Return: 0 or a negative errno.
 */
int rescue_keep_up(struct editor *editor);

/** rescue_forget - the text is saved, or thrown away: so is what was taken over */
void rescue_forget(struct editor *editor);

/** rescue_offer - if something was rescued for this file, ask whether to go on with it */
void rescue_offer(struct editor *editor);
void rescue_free(struct rescue *rescue);

#endif /* KELLAS_RESCUE_H */
