/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What fsconfig(2) has told about file systems that are about to be mounted.
 *
 * The new system calls make a mount in steps: fsopen, fsconfig with each
 * parameter and then CREATE, fsmount, move_mount. Only the last one gives it a
 * place, and is asked about, but it knows nothing of the others any more, not
 * even whether its mount was made by fsmount or is a copy made by open_tree.
 * So the steps are noted as they come by:
 *
 *	parameter	a note of the context: "key=value"
 *	CREATE		the note learns its superblock and root
 *	fsmount		the note leaves the context
 *	move_mount	a note that fits the mount becomes that mount's
 *
 * A note goes with its context or, later, with its superblock, which keeps at
 * most KL_FSCONTEXTS_PER_SB: there are no more notes than the kernel has
 * contexts and superblocks, whose owners pay for the memory; and all parameters
 * together take KL_FSCONTEXT_MEMORY at most. Without memory for a note its
 * fsconfig fails.
 *
 * The functions that tell of all this are attached and detached together. Notes
 * of an earlier attachment are dropped: what became of their contexts since has
 * not been seen.
 */
#ifndef KELLAS_FSCONTEXT_H
#define KELLAS_FSCONTEXT_H

#include <linux/types.h>
#include "../limits.h"

struct super_block;
struct vfsmount;

/**
 * struct kl_fscontext_told - what was told of a mount or a reconfiguration
 * @source: "" if nothing; ends with a NUL
 * @data: parameters with commas between them
 * @length: bytes in @data
 * @unknown: there may have been other or more parameters
 */
struct kl_fscontext_told {
	char source[KL_FSCONTEXT_SOURCE_MAX];
	char data[KL_FSCONTEXT_DATA_MAX];
	u32 length;
	bool unknown;
};

/**
 * kl_fscontext_mount - is a mount without a place a new one, or a copy?
 * @told: filled in if it is new
 *
 * Context: any but interrupts.
 * Return: is it new?
 */
bool kl_fscontext_mount(const struct vfsmount *mnt,
			struct kl_fscontext_told *told);

/**
 * kl_fscontext_reconfigure - what is fsconfig(RECONFIGURE) about to do?
 * @told: its data is filled in
 * @flags: set to what the superblock's SB_* flags will be
 *
 * Context: fsconfig(2), in security_sb_remount(). May sleep.
 * Return: false if that cannot be told: another thread interferes.
 */
bool kl_fscontext_reconfigure(const struct super_block *sb,
			      struct kl_fscontext_told *told,
			      unsigned int *flags);

/** kl_fscontext_left_out - parameters not noted for want of room. Context: any. */
u64 kl_fscontext_left_out(void);

/** kl_fscontext_exit - forget everything. Context: module_exit. */
void kl_fscontext_exit(void);

#endif /* KELLAS_FSCONTEXT_H */
