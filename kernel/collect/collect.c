// SPDX-License-Identifier: GPL-2.0
/* Which collector fills which slot. */
#include <linux/dcache.h>
#include <linux/fs.h>
#include "collect.h"

static bool known(const struct kl_request *request, u32 slot)
{
	return kl_slot_test(request->present, slot) ||
	       kl_slot_test(request->absent, slot) ||
	       kl_slot_test(request->unknown, slot);
}

static bool ends_in(const struct kl_text *name, const struct kl_text *leaf)
{
	u32 rest = name->length - leaf->length;

	return name->length >= leaf->length &&
	       !memcmp(name->data + rest, leaf->data, leaf->length) &&
	       (!rest || name->data[rest - 1] == '/');
}

/*
 * The engine may have ruled lines out by the last component already. Should
 * the file have been renamed since, it has to begin again without; nothing can
 * have been recorded, as a record has the name.
 */
static void forget_stale_leaf(struct kl_check *check, int index)
{
	struct kl_request *request = &check->request;
	const struct kl_text *leaf = &request->last[index];

	if (!leaf->data || ends_in(&check->object[index].name, leaf))
		return;
	memset(request->last, 0, sizeof(request->last));
	if (check->reported)
		return;
	memset(request->overlong, 0, sizeof(request->overlong));
	request->started = false;
	request->next_block = 0;
	request->match_count = 0;
	request->transition = NULL;
	request->has_transition = false;
}

static int find_object(struct kl_check *check, int index, bool may_sleep)
{
	struct kl_object *object = &check->object[index];
	int err;

	if (object->path.dentry)
		return 0;
	if (WARN_ON_ONCE(!check->exec || !index))
		return -ENOENT;
	if (!may_sleep)
		return -EAGAIN;
	err = kl_exec_lookup(check->exec);
	if (!err)
		object->path = check->exec->path;
	return err;
}

static int collect_name(struct kl_check *check, int index, bool may_sleep)
{
	struct kl_object *object = &check->object[index];
	u32 slot = index ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0;
	int err;

	err = kl_path_name(check, &object->path, may_sleep, &object->name);
	if (err == -E2BIG) {
		kl_slot_add(check->request.unknown, slot);
		return 0;
	}
	if (err)
		return err;
	kl_request_text(&check->request, slot, &object->name);
	forget_stale_leaf(check, index);
	return 0;
}

static int collect_object(struct kl_check *check, u32 slot, bool may_sleep)
{
	int index = slot >= KL_SLOT_OBJECT1;
	u32 within = index ? slot - KL_SLOT_OBJECT1 : slot - KL_SLOT_OBJECT0;
	int err = find_object(check, index, may_sleep);

	if (err)
		return err;
	if (!within)
		return collect_name(check, index, may_sleep);
	if (within < KL_SLOT_OBJECT0_PARENT_UID - KL_SLOT_OBJECT0)
		kl_collect_inode(check, index);
	else
		kl_collect_parent(check, index);
	return 0;
}

static int collect_args(struct kl_check *check, bool may_sleep)
{
	struct kl_request *request = &check->request;
	int err;

	if (WARN_ON_ONCE(!check->exec))
		return -ENOENT;
	if (!check->exec->args.text) {
		if (!may_sleep)
			return -EAGAIN;
		err = kl_exec_read(check->exec);
		if (err)
			return err;
	}
	request->value[KL_SLOT_ARGV].args = &check->exec->args;
	request->value[KL_SLOT_ENVP].args = &check->exec->args;
	kl_slot_add(request->present, KL_SLOT_ARGV);
	kl_slot_add(request->present, KL_SLOT_ENVP);
	return 0;
}

int kl_collect(struct kl_check *check, u32 slot, bool may_sleep)
{
	if (slot < KL_SLOT_TASK_PID)
		return collect_object(check, slot, may_sleep);
	if (slot <= KL_SLOT_TASK_HISTORY)
		return kl_collect_subject(check, slot, may_sleep);
	if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP)
		return collect_args(check, may_sleep);
	if (slot >= KL_SLOT_TARGET_PID && slot <= KL_SLOT_TARGET_COMM &&
	    check->target)
		return kl_collect_target(check, slot, may_sleep);
	/* A parameter that its handler did not give has no value. */
	kl_slot_add(check->request.absent, slot);
	return 0;
}

static int want(struct kl_check *check, u32 slot, bool may_sleep)
{
	return known(&check->request, slot) ?
	       0 : kl_collect(check, slot, may_sleep);
}

/* A name, one slot of the inode's, and one of the directory's, bring the rest. */
static int want_object(struct kl_check *check, int index, bool may_sleep)
{
	u32 base = index ? KL_SLOT_OBJECT1 : KL_SLOT_OBJECT0;
	enum kl_extent extent =
		kl_op_table[check->request.op].object[index].extent;
	int err;

	if (extent == KL_EXTENT_ABSENT)
		return 0;
	err = want(check, base, may_sleep);
	if (!err && extent != KL_EXTENT_NEW)
		err = want(check, base + KL_SLOT_OBJECT0_UID - KL_SLOT_OBJECT0,
			   may_sleep);
	if (!err)
		err = want(check, base + KL_SLOT_OBJECT0_PARENT_UID -
			   KL_SLOT_OBJECT0, may_sleep);
	return err;
}

/* Bits @first to @last of a word of a set. */
static u64 bits_between(u32 word, u32 first, u32 last)
{
	u64 bits = ~0ull;

	if (first / 64 > word || last / 64 < word)
		return 0;
	if (first / 64 == word)
		bits &= ~0ull << first % 64;
	if (last / 64 == word)
		bits &= ~0ull >> (63 - last % 64);
	return bits;
}

static u64 missing(const struct kl_request *request, u32 word)
{
	return ~(request->present[word] | request->absent[word] |
		 request->unknown[word]);
}

/* One collector may fill many slots. */
static int want_bits(struct kl_check *check, u32 word, u64 bits, bool may_sleep)
{
	int err;

	while ((bits &= missing(&check->request, word))) {
		err = kl_collect(check, word * 64 + __ffs(bits), may_sleep);
		if (err)
			return err;
		bits &= bits - 1;
	}
	return 0;
}

/*
 * Of the subject always what CaitSith records, and the history; the rest where
 * a rule of the operation asks about it. Every operation has all of these.
 */
static int want_subject(struct kl_check *check, bool may_sleep)
{
	const u64 *used = kl_ruleset_used(check->published->ruleset,
					  check->request.op);
	u32 word;
	u64 bits;
	int err = 0;

	for (word = KL_SLOT_TASK_PID / 64;
	     word <= KL_SLOT_TASK_HISTORY / 64 && !err; word++) {
		bits = used[word] & bits_between(word, KL_SLOT_TASK_COMM,
						 KL_SLOT_TASK_CONTAINER);
		bits |= bits_between(word, KL_SLOT_TASK_PID,
				     KL_SLOT_TASK_DOMAIN);
		bits |= bits_between(word, KL_SLOT_TASK_HISTORY,
				     KL_SLOT_TASK_HISTORY);
		err = want_bits(check, word, bits, may_sleep);
	}
	return err;
}

static int want_target(struct kl_check *check, bool may_sleep)
{
	u32 slot;
	int err = 0;

	for (slot = KL_SLOT_TARGET_PID; slot <= KL_SLOT_TARGET_COMM && !err;
	     slot++)
		if (kl_slot_exists(check->request.op, slot))
			err = want(check, slot, may_sleep);
	return err;
}

/* Other parameters are given by the handler, or the operation has none such. */
int kl_collect_record(struct kl_check *check, bool may_sleep)
{
	int err = want_object(check, 0, may_sleep);

	if (!err)
		err = want_object(check, 1, may_sleep);
	if (!err)
		err = want_subject(check, may_sleep);
	if (!err && check->target)
		err = want_target(check, may_sleep);
	if (!err && kl_op_table[check->request.op].flags & KL_OP_ARGS)
		err = want(check, KL_SLOT_ARGV, may_sleep);
	return err;
}
