/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Log records: binary while they wait in the ring, text when somebody reads.
 * Binary records never leave the machine that made them, nor the module.
 */
#ifndef KELLAS_RECORD_H
#define KELLAS_RECORD_H

#include "ruleset.h"

/** enum kl_record_kind - what a record tells */
enum kl_record_kind {
	KL_RECORD_REQUEST = 1,	/* a request and what a block decided */
	KL_RECORD_LOST,		/* records that had no room */
	KL_RECORD_SUPPRESSED,	/* requests that a quota kept out */
};

/** enum kl_record_flag - words in front of " / " */
enum kl_record_flag {
	KL_RECORD_UNENFORCED = 1,	/* enforced=no: a denial, permitted */
	KL_RECORD_CHECK = 2,		/* check=yes: AT_EXECVE_CHECK */
};

/**
 * struct kl_record - header of every binary record
 * @size: bytes of the whole record with this header; at most KL_RECORD_MAX
 * @kind: enum kl_record_kind
 * @op, @result, @priority, @audit: REQUEST: of the request and its block;
 *	SUPPRESSED: @audit is the index
 * @flags: REQUEST: enum kl_record_flag
 * @sequence: REQUEST: its number; LOST: the first lost number
 * @time: nanoseconds since the epoch
 * @pid: REQUEST: thread id in the initial pid namespace
 * @omitted: arguments left out of the text for want of room
 * @count: LOST, SUPPRESSED: how many
 * @last: LOST: the last lost number
 * @overlong: slots whose value was unknown and mattered
 *
 * Behind it, in the machine's byte order and not aligned: REQUEST: the set of
 * slots that have a value (u64[KL_SLOT_WORDS]; not ARGV and ENVP); the numbers
 * among them (u64 each), in the order of slots; the label (a u8 length, bytes);
 * what is no number among them, in the order of slots: strings (u32 length,
 * bytes), addresses (struct kl_ip), the history (u8 truncated, u32 length, its
 * packed data; task.ancestor is no slot of its own); then items of argv and envp, each a u8 slot
 * and for ARGV a u32 index, then u32 length and bytes (of ENVP the whole
 * NAME=VALUE). LOST and SUPPRESSED: up to KL_LOSS_RULES_MAX times u8 length,
 * label, u64 count; what the named rules do not account for is "other".
 */
struct kl_record {
	u32 size;
	u8 kind;
	u8 op;
	u8 result;
	u8 audit;
	u16 priority;
	u16 flags;
	u32 pid;
	u32 omitted;
	u64 sequence;
	u64 time;
	u64 count;
	u64 last;
	u64 overlong[KL_SLOT_WORDS];
};

/**
 * struct kl_record_meta - what a record says beside the request
 * @time, @pid, @audit, @priority, @result, @flags: see struct kl_record
 * @label: of the deciding rule, else of the block, or NULL
 */
struct kl_record_meta {
	u64 time;
	u32 pid;
	u8 audit;
	u8 result;
	u16 priority;
	u16 flags;
	const struct kl_string *label;
};

/**
 * struct kl_record_draft - a record that was measured and is to be written
 * @request: of which; borrowed
 * @label: its label or NULL; borrowed
 * @head: its header but for @sequence
 * @set: slots that are recorded
 * @left: bytes that argv and envp may take, of KL_RECORD_MAX
 */
struct kl_record_draft {
	const struct kl_request *request;
	const struct kl_string *label;
	struct kl_record head;
	u64 set[KL_SLOT_WORDS];
	size_t left;
};

/**
 * kl_record_measure - decide what the record of a request holds
 * @draft: set; of use as long as @request stays as it is, and the label
 *
 * Every present slot is recorded that the operation has (of a file device
 * numbers only if it is a device). Arguments are taken in order while their
 * encoded text fits KL_EXECINFO_MAX; one that does not fit is left out whole
 * and counted in @omitted, later shorter ones may still fit. Strings so long
 * that the record would exceed KL_RECORD_MAX are left out whole and their slot
 * is marked in @overlong.
 *
 * Context: any; no allocation.
 * Return: bytes of the record.
 */
size_t kl_record_measure(struct kl_record_draft *draft,
			 const struct kl_request *request,
			 const struct kl_record_meta *meta);

/**
 * kl_record_write - write a record that was measured
 * @record: receives as many bytes as were measured; not aligned
 * Context: any; no allocation.
 */
void kl_record_write(const struct kl_record_draft *draft, void *record);

/**
 * struct kl_record_origin - printed on the record with sequence number 1
 * @instance: random, per load of the module
 * @boot_id: text of /proc/sys/kernel/random/boot_id
 */
struct kl_record_origin {
	u64 instance;
	char boot_id[37];
};

/**
 * kl_record_text - one record as a line of text with its newline
 * @record: @size bytes that need not be trusted (nor aligned)
 * @origin: or NULL
 * @out: receives the text, not NUL-terminated; what is behind it, up to @room,
 *	is undefined; NULL with @room 0 to measure
 *
 * Return: bytes of the whole line (if more than @room, @out is undefined);
 * -EINVAL if the record is malformed.
 */
ssize_t kl_record_text(const void *record, size_t size,
		       const struct kl_record_origin *origin,
		       char *out, size_t room);

#endif /* KELLAS_RECORD_H */
