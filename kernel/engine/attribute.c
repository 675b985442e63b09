// SPDX-License-Identifier: GPL-2.0
/* The tables of operations and attributes, and look-ups in them. */
#include "attribute.h"

#define P(id)			BIT_ULL(KL_PARAM_##id)
#define OBJ(prefix, extent)	{ prefix, KL_EXTENT_##extent }

const struct kl_op_info kl_op_table[KL_OP_COUNT] = {
#define KL_OPERATION(id, keyword, object0, object1, params, flags) \
	[KL_OP_##id] = { keyword, { object0, object1 }, params, flags },
#include "operations.def"
};

static_assert(KL_SLOT_COUNT <= 128, "sets of slots are two words");
static_assert(KL_PARAM_COUNT <= 64, "kl_op_info.params is 64 bits");

/* What every slot is, before the operation's prefixes are added. */
#define SLOT(name, type) { name, sizeof(name) - 1, type }
static const struct {
	const char *name;
	u8 length;
	u8 type;
} slots[KL_SLOT_COUNT] = {
	[KL_SLOT_OBJECT0] = SLOT("", KL_STRING),
#define KL_FAMILY(id, suffix, type) \
	[KL_SLOT_OBJECT0_##id] = SLOT(suffix, KL_##type),
#define KL_PARENT(id, suffix, type) \
	[KL_SLOT_OBJECT0_PARENT_##id] = SLOT(suffix, KL_##type),
#include "attributes.def"
	[KL_SLOT_OBJECT1] = SLOT("", KL_STRING),
#define KL_FAMILY(id, suffix, type) \
	[KL_SLOT_OBJECT1_##id] = SLOT(suffix, KL_##type),
#define KL_PARENT(id, suffix, type) \
	[KL_SLOT_OBJECT1_PARENT_##id] = SLOT(suffix, KL_##type),
#include "attributes.def"
#define KL_TASK(id, name, type) [KL_SLOT_TASK_##id] = SLOT(name, KL_##type),
#include "attributes.def"
#define KL_PARAM(id, name, type) [KL_SLOT_##id] = SLOT(name, KL_##type),
#include "attributes.def"
	[KL_SLOT_ARGV] = SLOT("argv", KL_STRING),
	[KL_SLOT_ENVP] = SLOT("envp", KL_STRING),
	[KL_SLOT_TRANSITION] = SLOT("transition", KL_ASSIGN),
};

/* Most words are not the one that is looked for: their first bytes tell. */
static bool text_is(struct kl_text text, const char *word)
{
	if (text.length && *text.data != *word)
		return false;
	return strlen(word) == text.length &&
	       !memcmp(word, text.data, text.length);
}

static bool slot_is(int slot, struct kl_text name)
{
	return slots[slot].length == name.length &&
	       !memcmp(slots[slot].name, name.data, name.length);
}

int kl_op_find(struct kl_text keyword)
{
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		if (text_is(keyword, kl_op_table[op].keyword))
			return op;
	return -ENOENT;
}

enum kl_type kl_slot_type(enum kl_slot slot)
{
	return slots[slot].type;
}

static bool object_slot_exists(enum kl_extent extent, enum kl_slot within)
{
	switch (extent) {
	case KL_EXTENT_ABSENT:
		return false;
	case KL_EXTENT_NEW:
		return within == KL_SLOT_OBJECT0 ||
		       within >= KL_SLOT_OBJECT0_PARENT_UID;
	case KL_EXTENT_NODEV:
		return within != KL_SLOT_OBJECT0_DEV_MAJOR &&
		       within != KL_SLOT_OBJECT0_DEV_MINOR;
	case KL_EXTENT_FULL:
		return true;
	}
	return false;
}

static_assert(KL_SLOT_OBJECT1 - KL_SLOT_OBJECT0 ==
	      KL_SLOT_OBJECT0_PARENT_FSMAGIC - KL_SLOT_OBJECT0 + 1,
	      "the parent's family ends the slots of an object");

bool kl_slot_exists(enum kl_op op, enum kl_slot slot)
{
	const struct kl_op_info *info = &kl_op_table[op];

	if (slot < KL_SLOT_OBJECT1)
		return object_slot_exists(info->object[0].extent, slot);
	if (slot < KL_SLOT_TASK_PID)
		return object_slot_exists(info->object[1].extent,
					  slot - KL_OBJECT_SLOTS);
	if (slot < KL_SLOT_TARGET)
		return true;
	switch (slot) {
	case KL_SLOT_ARGV:
	case KL_SLOT_ENVP:
		return info->flags & KL_OP_ARGS;
	case KL_SLOT_TRANSITION:
		return info->flags & KL_OP_TRANSITION;
	default:
		return info->params >> (slot - KL_SLOT_TARGET) & 1;
	}
}

static int find_plain(enum kl_op op, struct kl_text name)
{
	int slot;

	for (slot = KL_SLOT_TASK_PID; slot < KL_SLOT_COUNT; slot++) {
		if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP)
			continue;
		if (slot_is(slot, name) && kl_slot_exists(op, slot))
			return slot;
	}
	return -ENOENT;
}

static int find_object(enum kl_op op, int object, struct kl_text name)
{
	const char *prefix = kl_op_table[op].object[object].prefix;
	size_t length = strlen(prefix);
	struct kl_text rest;
	int base = object ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0;
	int slot;

	if (!length || name.length < length || memcmp(name.data, prefix, length))
		return -ENOENT;
	if (name.length == length)
		return base;
	if (name.data[length] != '.')
		return -ENOENT;
	rest.data = name.data + length + 1;
	rest.length = name.length - length - 1;
	for (slot = base + 1; slot < base + KL_OBJECT_SLOTS; slot++)
		if (slot_is(slot, rest) && kl_slot_exists(op, slot))
			return slot;
	return -ENOENT;
}

int kl_slot_find(enum kl_op op, struct kl_text name)
{
	int slot = find_plain(op, name);

	if (slot < 0)
		slot = find_object(op, 0, name);
	if (slot < 0)
		slot = find_object(op, 1, name);
	return slot;
}

bool kl_slot_known(struct kl_text name)
{
	int op;

	for (op = 0; op < KL_OP_COUNT; op++)
		if (kl_slot_find(op, name) >= 0)
			return true;
	return text_is(name, "argv") || text_is(name, "envp");
}

const char *kl_slot_name(enum kl_op op, enum kl_slot slot, char *buffer)
{
	size_t length = 0;
	const char *prefix;

	if (slot < KL_SLOT_TASK_PID) {
		prefix = kl_op_table[op].object[slot >= KL_SLOT_OBJECT1].prefix;
		length = strlen(prefix);
		memcpy(buffer, prefix, length);
		if (slots[slot].length)
			buffer[length++] = '.';
	}
	memcpy(buffer + length, slots[slot].name, slots[slot].length + 1);
	return buffer;
}

/* Is this the name of an attribute of an object? */
static bool is_joined(const char *name, const char *prefix, const char *suffix)
{
	size_t length = strlen(prefix);

	if (strncmp(name, prefix, length))
		return false;
	if (!*suffix)
		return !name[length];
	return name[length] == '.' && !strcmp(name + length + 1, suffix);
}

/* What is of an object in one operation may be a parameter of another. */
static int find_param(enum kl_op op, const char *prefix, const char *suffix)
{
	u64 params = kl_op_table[op].params;
	int slot;

	for (; params; params &= params - 1) {
		slot = KL_SLOT_TARGET + __ffs(params);
		if (is_joined(slots[slot].name, prefix, suffix))
			return slot;
	}
	return -ENOENT;
}

static int translate_object(enum kl_op from, enum kl_slot slot, enum kl_op to)
{
	const struct kl_object_info *object = kl_op_table[to].object;
	bool second = slot >= KL_SLOT_OBJECT1;
	const char *prefix = kl_op_table[from].object[second].prefix;
	int within = slot - (second ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0);

	if (!strcmp(prefix, object[0].prefix))
		return KL_SLOT_OBJECT0 + within;
	if (!strcmp(prefix, object[1].prefix))
		return KL_SLOT_OBJECT1 + within;
	return find_param(to, prefix, slots[slot].name);
}

static int translate_param(enum kl_slot slot, enum kl_op to)
{
	const char *text = slots[slot].name;
	struct kl_text name = { text, strlen(text) };
	int found;

	if (slot >= KL_SLOT_ARGV || kl_slot_exists(to, slot))
		return slot;
	found = find_object(to, 0, name);
	return found >= 0 ? found : find_object(to, 1, name);
}

int kl_slot_translate(enum kl_op from, enum kl_slot slot, enum kl_op to)
{
	int found;

	if (from == to || (slot >= KL_SLOT_TASK_PID && slot < KL_SLOT_TARGET))
		return slot;
	found = slot < KL_SLOT_TASK_PID ? translate_object(from, slot, to) :
					  translate_param(slot, to);
	if (found < 0 || !kl_slot_exists(to, found) ||
	    slots[found].type != slots[slot].type)
		return -ENOENT;
	return found;
}

static const struct {
	const char *word;
	enum kl_type type;
	u32 value;
} keywords[] = {
	{ "file", KL_FILETYPE, 0100000 },
	{ "directory", KL_FILETYPE, 0040000 },
	{ "symlink", KL_FILETYPE, 0120000 },
	{ "fifo", KL_FILETYPE, 0010000 },
	{ "socket", KL_FILETYPE, 0140000 },
	{ "block", KL_FILETYPE, 0060000 },
	{ "char", KL_FILETYPE, 0020000 },
	{ "setuid", KL_FILEPERM, 04000 },
	{ "setgid", KL_FILEPERM, 02000 },
	{ "sticky", KL_FILEPERM, 01000 },
	{ "owner_read", KL_FILEPERM, 0400 },
	{ "owner_write", KL_FILEPERM, 0200 },
	{ "owner_execute", KL_FILEPERM, 0100 },
	{ "group_read", KL_FILEPERM, 040 },
	{ "group_write", KL_FILEPERM, 020 },
	{ "group_execute", KL_FILEPERM, 010 },
	{ "others_read", KL_FILEPERM, 04 },
	{ "others_write", KL_FILEPERM, 02 },
	{ "others_execute", KL_FILEPERM, 01 },
};

int kl_keyword_find(enum kl_type type, struct kl_text word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keywords); i++)
		if (keywords[i].type == type && text_is(word, keywords[i].word))
			return keywords[i].value;
	return -ENOENT;
}

const char *kl_keyword_name(enum kl_type type, u32 value)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(keywords); i++)
		if (keywords[i].type == type && keywords[i].value == value)
			return keywords[i].word;
	return NULL;
}
