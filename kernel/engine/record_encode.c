// SPDX-License-Identifier: GPL-2.0
/*
 * Binary records of requests.
 *
 * A record is made for every logged request, in its path, but printed only if
 * somebody reads it, and in his time. So encoding copies values as they lie in
 * the request, numbers by the run, and it is the text that cares for order.
 */
#include "pattern.h"
#include "record_layout.h"

/* An item of argv or envp must leave more than this of KL_EXECINFO_MAX. */
#define EXECINFO_LEFT	32

/**
 * struct chooser - which arguments are recorded; each walk through them makes
 * the same choice
 * @left: bytes that are left of KL_RECORD_MAX
 * @text: bytes of argv and envp text that are left of KL_EXECINFO_MAX
 * @used: bytes of those that were taken
 * @omitted: how many were not
 */
struct chooser {
	size_t left;
	size_t text;
	size_t used;
	u32 omitted;
};

/* Of an object: no type without a name, device numbers of devices only. */
static u64 idle_bits(const struct kl_request *request, u32 object)
{
	u64 devices = 1ull << OWN(DEV_MAJOR) | 1ull << OWN(DEV_MINOR);
	u32 slot = object + OWN(TYPE);
	u64 type;

	if (!kl_slot_test(request->present, slot))
		return devices << object;
	type = request->value[slot].number & FILE_TYPE_MASK;
	if (type == 0060000 || type == 0020000)
		return 0;
	if (kl_keyword_name(KL_FILETYPE, type))
		return devices << object;
	return (devices | 1ull << OWN(TYPE)) << object;
}

/* task.ancestor and task.history are the same object. */
static const struct kl_history *history_of(const struct kl_request *request)
{
	if (kl_slot_test(request->present, KL_SLOT_TASK_HISTORY))
		return request->value[KL_SLOT_TASK_HISTORY].history;
	return request->value[KL_SLOT_TASK_ANCESTOR].history;
}

/* What of a request is recorded, strings that are too long included. */
static void find_recorded(struct kl_record_draft *draft)
{
	const struct kl_request *request = draft->request;
	u64 *set = draft->set;
	u32 word;

	kl_record_slots(request->op, set);
	for (word = 0; word < KL_SLOT_WORDS; word++)
		set[word] &= request->present[word];
	if (kl_slot_test(request->present, KL_SLOT_TASK_ANCESTOR))
		kl_slot_add(set, KL_SLOT_TASK_HISTORY);
	if (set[0] & kl_record_bits(OBJECT0, OBJECT1))
		set[0] &= ~idle_bits(request, OBJECT0);
	if (set[0] & kl_record_bits(OBJECT1, OBJECT1 + KL_OBJECT_SLOTS))
		set[0] &= ~idle_bits(request, OBJECT1);
}

/*
 * There is room: what is put was measured. Inline always: most is of a length
 * that is known when compiling.
 */
static __always_inline u8 *put(u8 *out, const void *data, size_t length)
{
	memcpy(out, data, length);
	return out + length;
}

static u8 *put_u32(u8 *out, u32 value)
{
	return put(out, &value, sizeof(value));
}

static u8 *put_string(u8 *out, struct kl_text text)
{
	out = put_u32(out, text.length);
	return text.length ? put(out, text.data, text.length) : out;
}

static_assert(sizeof(union kl_value) == sizeof(u64),
	      "numbers of neighbouring slots lie like an array");

/* Numbers, by runs of neighbouring slots. */
static u8 *put_numbers(u8 *out, const struct kl_record_draft *draft)
{
	const union kl_value *value = draft->request->value;
	u32 word, bit, run;
	u64 bits, clear;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = draft->set[word] & ~kl_record_others(word);
		while (bits) {
			bit = __ffs(bits);
			clear = ~(bits >> bit);
			run = clear ? __ffs(clear) : 64;
			out = put(out, &value[word * 64 + bit],
				  run * sizeof(*value));
			if (bit + run >= 64)
				break;
			bits = bits >> (bit + run) << (bit + run);
		}
	}
	return out;
}

static size_t other_bytes(const struct kl_request *request, u32 slot)
{
	if (slot == KL_SLOT_IP)
		return sizeof(struct kl_ip);
	if (slot == KL_SLOT_TASK_HISTORY)
		return sizeof(u8) + sizeof(u32) +
		       (size_t)history_of(request)->size;
	return sizeof(u32) + (size_t)request->value[slot].text->length;
}

/* Leave strings out for which there is no room. Returns the bytes left. */
static size_t choose_others(struct kl_record_draft *draft, size_t left)
{
	u32 word, slot;
	size_t bytes;
	u64 bits;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = draft->set[word] & kl_record_others(word);
		for (; bits; bits &= bits - 1) {
			slot = word * 64 + __ffs(bits);
			bytes = other_bytes(draft->request, slot);
			if (bytes <= left) {
				left -= bytes;
				continue;
			}
			draft->set[word] &= ~BIT_ULL(slot % 64);
			kl_slot_add(draft->head.overlong, slot);
		}
	}
	return left;
}

static u8 *put_history(u8 *out, const struct kl_history *history)
{
	*out++ = history->truncated;
	out = put_u32(out, history->size);
	return put(out, history->data, history->size);
}

static u8 *put_other(u8 *out, const struct kl_request *request, u32 slot)
{
	if (slot == KL_SLOT_IP)
		return put(out, request->value[slot].ip, sizeof(struct kl_ip));
	if (slot == KL_SLOT_TASK_HISTORY)
		return put_history(out, history_of(request));
	return put_string(out, *request->value[slot].text);
}

static u8 *put_others(u8 *out, const struct kl_record_draft *draft)
{
	u32 word;
	u64 bits;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = draft->set[word] & kl_record_others(word);
		for (; bits; bits &= bits - 1)
			out = put_other(out, draft->request,
					word * 64 + __ffs(bits));
	}
	return out;
}

static u32 digits(u64 number)
{
	u32 count = 1;

	while (number >= 10) {
		number /= 10;
		count++;
	}
	return count;
}

/*
 * Take an item's share of both budgets, if it fits. @fixed: bytes of its text
 * beside the encoded bytes; @binary: bytes of its record beside the raw ones.
 */
static bool take_item(struct chooser *chooser, u32 fixed, size_t binary,
		      struct kl_text text)
{
	size_t length = fixed + (size_t)text.length;

	binary += text.length;
	/* Most that do not fit are told by their raw length already. */
	if (!text.data || chooser->text <= EXECINFO_LEFT + length ||
	    chooser->left < binary)
		goto omit;
	length = fixed + kl_encode(text, NULL, 0);
	if (chooser->text <= EXECINFO_LEFT + length)
		goto omit;
	chooser->text -= length;
	chooser->left -= binary;
	chooser->used += binary;
	return true;
omit:
	chooser->omitted++;
	return false;
}

static bool take_argv(struct chooser *chooser, u32 i, struct kl_text text)
{
	return take_item(chooser, sizeof(" argv[]=\"\"") - 1 + digits(i),
			 1 + 2 * sizeof(u32), text);
}

/* The '=' of NAME=VALUE does not print as such. */
static u32 envp_fixed(struct kl_text text)
{
	u32 fixed = sizeof(" envp[\"\"]=\"\"") - 1;

	if (text.data && memchr(text.data, '=', text.length))
		fixed--;
	return fixed;
}

static bool take_envp(struct chooser *chooser, struct kl_text text)
{
	return take_item(chooser, envp_fixed(text), 1 + sizeof(u32), text);
}

/* " argc=N envc=N" counts, too. */
static size_t counts_text(const struct kl_record_draft *draft)
{
	const union kl_value *value = draft->request->value;
	size_t length = 0;

	if (kl_slot_test(draft->set, KL_SLOT_ARGC))
		length += sizeof(" argc=") - 1 +
			  digits(value[KL_SLOT_ARGC].number);
	if (kl_slot_test(draft->set, KL_SLOT_ENVC))
		length += sizeof(" envc=") - 1 +
			  digits(value[KL_SLOT_ENVC].number);
	return length;
}

static const struct kl_args *args_of(const struct kl_request *request, u32 slot)
{
	return kl_slot_test(request->present, slot) ?
	       request->value[slot].args : NULL;
}

static bool has_args(const struct kl_request *request)
{
	return kl_op_table[request->op].flags & KL_OP_ARGS;
}

static struct chooser begin_args(const struct kl_record_draft *draft)
{
	return (struct chooser) {
		.left = draft->left,
		.text = KL_EXECINFO_MAX - counts_text(draft),
	};
}

/* Returns the bytes of those that are recorded; the others are counted. */
static size_t choose_args(struct kl_record_draft *draft)
{
	const struct kl_args *argv = args_of(draft->request, KL_SLOT_ARGV);
	const struct kl_args *envp = args_of(draft->request, KL_SLOT_ENVP);
	struct chooser chooser = begin_args(draft);
	u32 i;

	for (i = 0; argv && i < argv->argc; i++)
		take_argv(&chooser, i, argv->text[i]);
	for (i = 0; envp && i < envp->envc; i++)
		take_envp(&chooser, envp->text[envp->argc + i]);
	draft->head.omitted = chooser.omitted;
	return chooser.used;
}

/* The choice need not be made again if all were taken. */
static u8 *put_args(u8 *out, const struct kl_record_draft *draft)
{
	const struct kl_args *argv = args_of(draft->request, KL_SLOT_ARGV);
	const struct kl_args *envp = args_of(draft->request, KL_SLOT_ENVP);
	struct chooser chooser = begin_args(draft);
	bool all = !draft->head.omitted;
	u32 i;

	for (i = 0; argv && i < argv->argc; i++) {
		if (!all && !take_argv(&chooser, i, argv->text[i]))
			continue;
		*out++ = KL_SLOT_ARGV;
		out = put_u32(out, i);
		out = put_string(out, argv->text[i]);
	}
	for (i = 0; envp && i < envp->envc; i++) {
		if (!all && !take_envp(&chooser, envp->text[envp->argc + i]))
			continue;
		*out++ = KL_SLOT_ENVP;
		out = put_string(out, envp->text[envp->argc + i]);
	}
	return out;
}

static void begin_head(struct kl_record *head, const struct kl_request *request,
		       const struct kl_record_meta *meta)
{
	int slot = -1;

	head->kind = KL_RECORD_REQUEST;
	head->op = request->op;
	head->result = meta->result;
	head->audit = meta->audit;
	head->priority = meta->priority;
	head->flags = meta->flags;
	head->pid = meta->pid;
	head->time = meta->time;
	while ((slot = kl_record_next_slot(request->overlong, slot)) >= 0)
		if (slot < KL_SLOT_TRANSITION &&
		    kl_slot_exists(request->op, slot))
			kl_slot_add(head->overlong, slot);
}

static u32 label_length(const struct kl_string *label)
{
	return label ? min(label->length, KL_LABEL_MAX) : 0;
}

size_t kl_record_measure(struct kl_record_draft *draft,
			 const struct kl_request *request,
			 const struct kl_record_meta *meta)
{
	size_t fixed = sizeof(draft->head) + sizeof(draft->set) + 1 +
		       label_length(meta->label);

	memset(&draft->head, 0, sizeof(draft->head));
	draft->request = request;
	draft->label = meta->label;
	begin_head(&draft->head, request, meta);
	find_recorded(draft);
	fixed += kl_record_count_numbers(draft->set) * sizeof(u64);
	draft->left = choose_others(draft, KL_RECORD_MAX - fixed);
	draft->head.size = KL_RECORD_MAX - draft->left;
	if (has_args(request))
		draft->head.size += choose_args(draft);
	return draft->head.size;
}

void kl_record_write(const struct kl_record_draft *draft, void *record)
{
	u32 length = label_length(draft->label);
	u8 *out = record;

	out = put(out, &draft->head, sizeof(draft->head));
	out = put(out, draft->set, sizeof(draft->set));
	out = put_numbers(out, draft);
	*out++ = length;
	if (length)
		out = put(out, draft->label->text, length);
	out = put_others(out, draft);
	if (has_args(draft->request))
		out = put_args(out, draft);
	WARN_ON_ONCE(out != (u8 *)record + draft->head.size);
}
