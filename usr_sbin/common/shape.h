/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shape of one component of a name: which parts of it look as if they were
 * counted, dated or drawn by lot. Two components of the same shape differ in
 * nothing but those parts. Whether such a part becomes a wildcard is decided by
 * generalise.c, from what was seen.
 */
#ifndef KELLAS_SHAPE_H
#define KELLAS_SHAPE_H

#include "memory.h"

/** enum kl_generality - how far names are generalised */
enum kl_generality {
	KL_GENERALISE_NONE, /* not at all */
	KL_GENERALISE_NUMBERS, /* decimal numbers, dates, versions */
	KL_GENERALISE_ALL, /* what else there is in enum kl_reason */
};

/**
 * enum kl_reason - what a wildcard stands for
 * @KL_REASON_KERNEL: a number that the kernel gives, such as a pid below proc:/
 * @KL_REASON_VERSION: digits of the version of a library: libfoo.so.1.2.3,
 *	libfoo-1.2.so
 * @KL_REASON_DATE: 2026-11-22, 2026.11.22, 2026_11_22, 20261122
 * @KL_REASON_NUMBER: decimal digits
 * @KL_REASON_HEX: KL_SHAPE_HEX or more hexadecimal digits of one case, such as
 *	a hash; or digits that are all of the component
 * @KL_REASON_UUID: groups of 8, 4, 4, 4, 12 hexadecimal digits
 * @KL_REASON_RANDOM: letters and digits as mkstemp() and the like draw them
 * @KL_REASON_ENTRIES: any name, because a folder has many
 *
 * The first three are known to vary from the look of a single name; the others
 * take evidence.
 */
enum kl_reason {
	KL_REASON_KERNEL,
	KL_REASON_VERSION,
	KL_REASON_DATE,
	KL_REASON_NUMBER,
	KL_REASON_HEX,
	KL_REASON_UUID,
	KL_REASON_RANDOM,
	KL_REASON_ENTRIES,
	KL_REASONS
};

#define KL_SHAPE_HEX	8u /* digits that a hexadecimal number has at least */
#define KL_SHAPE_RANDOM 6u /* characters that were drawn by lot at least */
#define KL_HOLES_MAX	8u /* parts of one component; more stay as they are */

/**
 * struct kl_hole - a part of a component that may vary
 * @start, @length: bytes of the component
 * @reason: enum kl_reason
 */
struct kl_hole {
	u32 start;
	u32 length;
	u8 reason;
};

/**
 * struct kl_shape - a component and its holes
 * @text: the component, raw
 * @holes: in order
 * @count: of @holes
 */
struct kl_shape {
	struct kl_text text;
	struct kl_hole holes[KL_HOLES_MAX];
	u32 count;
};

/** kl_reason_is_known - does a single name say that this part varies? */
static inline bool kl_reason_is_known(enum kl_reason reason)
{
	return reason <= KL_REASON_DATE;
}

/**
 * kl_shape_read - find the holes of a component
 * @component: raw bytes without '/'
 * @folder: what stands before it, as a pattern, with its last '/'; or empty
 * @level: which holes count
 */
void kl_shape_read(struct kl_shape *shape, struct kl_text component,
		   struct kl_text folder, enum kl_generality level);

/**
 * kl_shape_key - append what all components of this shape have in common
 *
 * Holes of hexadecimal and of random characters have their length in it.
 */
void kl_shape_key(const struct kl_shape *shape, struct kl_buffer *key);

/** kl_hole_text - the bytes in a hole */
struct kl_text kl_hole_text(const struct kl_shape *shape, u32 hole);

#endif /* KELLAS_SHAPE_H */
