/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a log file ends with: the truth about how far it goes, whatever a state
 * file says. All formats are understood, so that the format may be changed.
 */
#ifndef KELLAS_TAIL_H
#define KELLAS_TAIL_H

#include "memory.h"

/**
 * struct kl_tail - the end of a log file
 * @whole: bytes up to the last newline, included
 * @torn: bytes behind it: a line whose writer was killed
 * @foreign: what stands behind it is too long to be a line of ours
 * @text: beginning of what stands behind it
 * @first: number of the first record, 0: not known
 * @last: number of the last record, or that the file says was the last before
 *	it began; 0: none
 * @instance: of the kernel that gave that number; 0: not known
 * @unnumbered: microseconds since the epoch of the last record without number
 *	(suppressed=); 0: none seen
 */
struct kl_tail {
	u64 whole;
	u64 torn;
	bool foreign;
	struct kl_buffer text;
	u64 first;
	u64 last;
	u64 instance;
	u64 unnumbered;
};

/**
 * kl_tail_read - read a file from its end
 * @fd: open for reading; its offset is left alone
 *
 * Reads until it knows number and instance: as every file begins with a line
 * that names them, and another follows after KL_FILE_MARK bytes, it is
 * never more than that and a line or two.
 *
 * Return: 0 or a negative errno.
 */
int kl_tail_read(int fd, struct kl_tail *tail);
void kl_tail_free(struct kl_tail *tail);

#endif /* KELLAS_TAIL_H */
