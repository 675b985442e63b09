/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Operations and attributes: the tables that the parser, the printer, the
 * decision, the records, completion and the documentation are driven by.
 */
#ifndef KELLAS_ATTRIBUTE_H
#define KELLAS_ATTRIBUTE_H

#include "port.h"

/**
 * enum kl_type - what values an attribute has, and how they compare
 * @KL_NUMBER: unsigned 64-bit
 * @KL_FILEPERM: DAC mode bits, 07777
 * @KL_FILETYPE: the S_IFMT bits
 * @KL_STRING: bytes, matched by patterns
 * @KL_IPADDR: IPv4 or IPv6 address
 * @KL_ASSIGN: not a comparison: transition=
 * @KL_ANCESTOR: struct kl_history: some program of it matches a pattern
 * @KL_HISTORY: struct kl_history: as a whole, program by program
 */
enum kl_type {
	KL_NUMBER,
	KL_FILEPERM,
	KL_FILETYPE,
	KL_STRING,
	KL_IPADDR,
	KL_ASSIGN,
	KL_ANCESTOR,
	KL_HISTORY,
};

/**
 * enum kl_slot - where a request holds each attribute
 *
 * Object 0 and object 1 have KL_OBJECT_SLOTS slots each: the name, then the
 * family, then the parent's family. KL_SLOT_ARGV and KL_SLOT_ENVP stand for
 * all of argv[] and envp[]; KL_SLOT_TRANSITION never has a value.
 */
enum kl_slot {
	KL_SLOT_OBJECT0,
#define KL_FAMILY(id, suffix, type) KL_SLOT_OBJECT0_##id,
#define KL_PARENT(id, suffix, type) KL_SLOT_OBJECT0_PARENT_##id,
#include "attributes.def"
	KL_SLOT_OBJECT1,
#define KL_FAMILY(id, suffix, type) KL_SLOT_OBJECT1_##id,
#define KL_PARENT(id, suffix, type) KL_SLOT_OBJECT1_PARENT_##id,
#include "attributes.def"
#define KL_TASK(id, name, type) KL_SLOT_TASK_##id,
#include "attributes.def"
#define KL_PARAM(id, name, type) KL_SLOT_##id,
#include "attributes.def"
	KL_SLOT_ARGV,
	KL_SLOT_ENVP,
	KL_SLOT_TRANSITION,
	KL_SLOT_COUNT
};

#define KL_OBJECT_SLOTS	(KL_SLOT_OBJECT1 - KL_SLOT_OBJECT0)
#define KL_SLOT_WORDS	((KL_SLOT_COUNT + 63) / 64)

/* Which parameters an operation has: a mask of BIT_ULL(KL_PARAM_x). */
enum kl_param {
#define KL_PARAM(id, name, type) KL_PARAM_##id,
#include "attributes.def"
	KL_PARAM_COUNT
};

enum kl_op {
#define KL_OPERATION(id, keyword, object0, object1, params, flags) KL_OP_##id,
#include "operations.def"
	KL_OP_COUNT
};

/* Words of a set of operations. */
#define KL_OP_WORDS	((KL_OP_COUNT + 63) / 64)

static inline bool kl_op_test(const u64 *set, u32 op)
{
	return set[op / 64] >> (op % 64) & 1;
}

static inline void kl_op_add(u64 *set, u32 op)
{
	set[op / 64] |= BIT_ULL(op % 64);
}

static inline void kl_op_remove(u64 *set, u32 op)
{
	set[op / 64] &= ~BIT_ULL(op % 64);
}

/**
 * enum kl_extent - which attributes an operation's object has
 * @KL_EXTENT_ABSENT: there is no such object
 * @KL_EXTENT_NEW: name and parent: the object does not exist yet
 * @KL_EXTENT_NODEV: all but dev_major and dev_minor
 * @KL_EXTENT_FULL: name, family, parent
 */
enum kl_extent {
	KL_EXTENT_ABSENT,
	KL_EXTENT_NEW,
	KL_EXTENT_NODEV,
	KL_EXTENT_FULL,
};

/**
 * enum kl_op_flag - properties of an operation
 * @KL_OP_AUTO: auto_domain_transition runs before it
 * @KL_OP_TRANSITION: "allow" lines take transition=
 * @KL_OP_ARGS: argv[N] and envp["NAME"] exist
 * @KL_OP_ATOMIC: it may be asked where nobody may sleep: no query, no wait
 * @KL_OP_LOG_ONLY: "deny" is refused: it has happened already, or no kernel
 *	asks every time
 */
enum kl_op_flag {
	KL_OP_AUTO = 1,
	KL_OP_TRANSITION = 2,
	KL_OP_ARGS = 4,
	KL_OP_ATOMIC = 8,
	KL_OP_LOG_ONLY = 16,
};

/**
 * struct kl_object_info - one object of an operation
 * @prefix: its name, to which the families' suffixes are added
 * @extent: which of its attributes exist
 */
struct kl_object_info {
	const char *prefix;
	enum kl_extent extent;
};

/**
 * struct kl_op_info - one operation
 * @keyword: its name in policies and records
 * @object: its up to two objects
 * @params: mask of BIT_ULL(enum kl_param)
 * @flags: enum kl_op_flag
 */
struct kl_op_info {
	const char *keyword;
	struct kl_object_info object[2];
	u64 params;
	u32 flags;
};

extern const struct kl_op_info kl_op_table[KL_OP_COUNT];

/**
 * kl_op_find - look an operation up by its keyword
 * Return: the operation, or -ENOENT.
 */
int kl_op_find(struct kl_text keyword);

/**
 * kl_slot_type - the type of a slot
 * @slot: any but KL_SLOT_COUNT; argv, envp are KL_STRING, transition KL_ASSIGN
 */
enum kl_type kl_slot_type(enum kl_slot slot);

/**
 * kl_slot_exists - does an operation have this attribute?
 *
 * ARGV, ENVP and TRANSITION count as existing where the operation has them.
 */
bool kl_slot_exists(enum kl_op op, enum kl_slot slot);

/**
 * kl_slot_find - look an attribute up by its name, within an operation
 * @name: such as "path.uid"; not argv[N] or envp["X"]; "transition" is found
 *
 * Return: the slot, or -ENOENT.
 */
int kl_slot_find(enum kl_op op, struct kl_text name);

/** kl_slot_known - has any operation an attribute of this name, or argv, envp? */
bool kl_slot_known(struct kl_text name);

/**
 * kl_slot_name - the name of an attribute, within an operation
 * @buffer: at least KL_SLOT_NAME_MAX bytes
 *
 * ARGV and ENVP give "argv" and "envp".
 *
 * Return: @buffer, NUL-terminated.
 */
const char *kl_slot_name(enum kl_op op, enum kl_slot slot, char *buffer);
#define KL_SLOT_NAME_MAX 40

/**
 * kl_slot_translate - the attribute of the same name in another operation
 * @from: the operation that has @slot
 *
 * Return: the slot in @to, or -ENOENT if @to has no such attribute, or one of
 * another type.
 */
int kl_slot_translate(enum kl_op from, enum kl_slot slot, enum kl_op to);

/**
 * kl_keyword_find - value of a right-hand keyword
 * @type: KL_FILETYPE ("directory") or KL_FILEPERM ("owner_read")
 *
 * Return: the S_IFMT value or the permission bit, or -ENOENT.
 */
int kl_keyword_find(enum kl_type type, struct kl_text word);

/**
 * kl_keyword_name - the keyword of a value
 * @value: an S_IFMT value or exactly one permission bit
 *
 * Return: the keyword, or NULL.
 */
const char *kl_keyword_name(enum kl_type type, u32 value);

/**
 * kl_number_find - value of a name that an attribute of type KL_NUMBER takes
 * @slot: such as KL_SLOT_SIG
 * @word: such as "SIGKILL"; there is one name for each number
 *
 * Return: the number, or -ENOENT.
 */
int kl_number_find(enum kl_slot slot, struct kl_text word);

/** kl_number_name - the name of a number, or NULL if the slot has none for it */
const char *kl_number_name(enum kl_slot slot, u64 number);

/**
 * kl_number_names - what the names of a slot's numbers are, for messages
 * Return: such as "a signal"; NULL: its numbers have no names.
 */
const char *kl_number_names(enum kl_slot slot);

/* Greater than every number that has a name. */
#define KL_NAMED_MAX 64

/* Values of mode=, the kernel's PTRACE_MODE_READ and PTRACE_MODE_ATTACH. */
#define KL_PTRACE_READ		1
#define KL_PTRACE_ATTACH	2

#endif /* KELLAS_ATTRIBUTE_H */
