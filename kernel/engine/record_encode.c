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
 * struct encoder - a record being made
 * @request: of which
 * @out: where it goes; NULL: only measured
 * @room: bytes at @out
 * @used: bytes so far, whether they had room or not
 * @left: bytes that are left of KL_RECORD_MAX
 * @text: bytes of argv and envp text that are left of KL_EXECINFO_MAX
 * @set: slots that are recorded
 * @head: header, written when all is known
 */
struct encoder {
	const struct kl_request *request;
	u8 *out;
	size_t room;
	size_t used;
	size_t left;
	size_t text;
	u64 set[KL_SLOT_WORDS];
	struct kl_record head;
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
static void find_recorded(struct encoder *encoder)
{
	const struct kl_request *request = encoder->request;
	u64 *set = encoder->set;
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

static void put(struct encoder *encoder, const void *data, size_t length)
{
	if (length && encoder->used + length <= encoder->room)
		memcpy(encoder->out + encoder->used, data, length);
	encoder->used += length;
}

static void put_u8(struct encoder *encoder, u8 value)
{
	put(encoder, &value, sizeof(value));
}

static void put_u32(struct encoder *encoder, u32 value)
{
	put(encoder, &value, sizeof(value));
}

static void put_string(struct encoder *encoder, struct kl_text text)
{
	put_u32(encoder, text.length);
	put(encoder, text.data, text.length);
}

static_assert(sizeof(union kl_value) == sizeof(u64),
	      "numbers of neighbouring slots lie like an array");

/* Numbers, by runs of neighbouring slots. */
static void put_numbers(struct encoder *encoder)
{
	const union kl_value *value = encoder->request->value;
	u32 word, bit, run;
	u64 bits, clear;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = encoder->set[word] & ~kl_record_others(word);
		while (bits) {
			bit = __ffs(bits);
			clear = ~(bits >> bit);
			run = clear ? __ffs(clear) : 64;
			put(encoder, &value[word * 64 + bit],
			    run * sizeof(*value));
			if (bit + run >= 64)
				break;
			bits = bits >> (bit + run) << (bit + run);
		}
	}
}

static bool take_bytes_left(struct encoder *encoder, size_t size)
{
	if (size > encoder->left)
		return false;
	encoder->left -= size;
	return true;
}

static size_t other_bytes(const struct encoder *encoder, u32 slot)
{
	const struct kl_request *request = encoder->request;

	if (slot == KL_SLOT_IP)
		return sizeof(struct kl_ip);
	if (slot == KL_SLOT_TASK_HISTORY)
		return sizeof(u8) + sizeof(u32) +
		       (size_t)history_of(request)->size;
	return sizeof(u32) + (size_t)request->value[slot].text->length;
}

/* Leave strings out for which there is no room. */
static void choose_others(struct encoder *encoder)
{
	u32 word, slot;
	u64 bits;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = encoder->set[word] & kl_record_others(word);
		for (; bits; bits &= bits - 1) {
			slot = word * 64 + __ffs(bits);
			if (take_bytes_left(encoder,
					    other_bytes(encoder, slot)))
				continue;
			encoder->set[word] &= ~BIT_ULL(slot % 64);
			kl_slot_add(encoder->head.overlong, slot);
		}
	}
}

static void put_history(struct encoder *encoder,
			const struct kl_history *history)
{
	put_u8(encoder, history->truncated);
	put_u32(encoder, history->size);
	put(encoder, history->data, history->size);
}

static void put_other(struct encoder *encoder, u32 slot)
{
	const union kl_value *value = &encoder->request->value[slot];

	if (slot == KL_SLOT_IP)
		put(encoder, value->ip, sizeof(*value->ip));
	else if (slot == KL_SLOT_TASK_HISTORY)
		put_history(encoder, history_of(encoder->request));
	else
		put_string(encoder, *value->text);
}

static void put_others(struct encoder *encoder)
{
	u32 word;
	u64 bits;

	for (word = 0; word < KL_SLOT_WORDS; word++) {
		bits = encoder->set[word] & kl_record_others(word);
		for (; bits; bits &= bits - 1)
			put_other(encoder, word * 64 + __ffs(bits));
	}
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
static bool take_item(struct encoder *encoder, u32 fixed, size_t binary,
		      struct kl_text text)
{
	size_t left = encoder->text;
	size_t length = fixed + (size_t)text.length;

	/* Most that do not fit are told by their raw length already. */
	if (text.data && left > EXECINFO_LEFT + length) {
		length = fixed + kl_encode(text, NULL, 0);
		if (left > EXECINFO_LEFT + length &&
		    take_bytes_left(encoder, binary + text.length)) {
			encoder->text -= length;
			return true;
		}
	}
	encoder->head.omitted++;
	return false;
}

static void put_argv(struct encoder *encoder, const struct kl_args *args)
{
	u32 fixed;
	u32 i;

	for (i = 0; i < args->argc; i++) {
		fixed = sizeof(" argv[]=\"\"") - 1 + digits(i);
		if (!take_item(encoder, fixed, 1 + 2 * sizeof(u32),
			       args->text[i]))
			continue;
		put_u8(encoder, KL_SLOT_ARGV);
		put_u32(encoder, i);
		put_string(encoder, args->text[i]);
	}
}

/* The '=' of NAME=VALUE does not print as such. */
static u32 envp_fixed(struct kl_text text)
{
	u32 fixed = sizeof(" envp[\"\"]=\"\"") - 1;

	if (text.data && memchr(text.data, '=', text.length))
		fixed--;
	return fixed;
}

static void put_envp(struct encoder *encoder, const struct kl_args *args)
{
	const struct kl_text *text = args->text + args->argc;
	u32 i;

	for (i = 0; i < args->envc; i++) {
		if (!take_item(encoder, envp_fixed(text[i]), 1 + sizeof(u32),
			       text[i]))
			continue;
		put_u8(encoder, KL_SLOT_ENVP);
		put_string(encoder, text[i]);
	}
}

/* " argc=N envc=N" counts, too. */
static size_t counts_text(const struct encoder *encoder)
{
	const union kl_value *value = encoder->request->value;
	size_t length = 0;

	if (kl_slot_test(encoder->set, KL_SLOT_ARGC))
		length += sizeof(" argc=") - 1 +
			  digits(value[KL_SLOT_ARGC].number);
	if (kl_slot_test(encoder->set, KL_SLOT_ENVC))
		length += sizeof(" envc=") - 1 +
			  digits(value[KL_SLOT_ENVC].number);
	return length;
}

static void put_args(struct encoder *encoder)
{
	const struct kl_request *request = encoder->request;

	if (!(kl_op_table[request->op].flags & KL_OP_ARGS))
		return;
	encoder->text = KL_EXECINFO_MAX - counts_text(encoder);
	if (kl_slot_test(request->present, KL_SLOT_ARGV))
		put_argv(encoder, request->value[KL_SLOT_ARGV].args);
	if (kl_slot_test(request->present, KL_SLOT_ENVP))
		put_envp(encoder, request->value[KL_SLOT_ENVP].args);
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

/* Everything but argv and envp, whose size is known before. */
static void put_values(struct encoder *encoder, const struct kl_string *label,
		       size_t size)
{
	u32 length = label_length(label);

	if (!encoder->out) {
		encoder->used = size;
		return;
	}
	encoder->used = sizeof(struct kl_record);
	put(encoder, encoder->set, sizeof(encoder->set));
	put_numbers(encoder);
	put_u8(encoder, length);
	if (length)
		put(encoder, label->text, length);
	put_others(encoder);
}

size_t kl_record_encode(const struct kl_request *request,
			const struct kl_record_meta *meta,
			void *out, size_t size)
{
	struct encoder encoder;
	size_t fixed;

	memset(&encoder, 0, sizeof(encoder));
	encoder.request = request;
	encoder.out = out;
	encoder.room = out ? size : 0;
	begin_head(&encoder.head, request, meta);
	find_recorded(&encoder);
	fixed = sizeof(encoder.head) + sizeof(encoder.set) + 1 +
		label_length(meta->label) +
		kl_record_count_numbers(encoder.set) * sizeof(u64);
	encoder.left = KL_RECORD_MAX - fixed;
	choose_others(&encoder);
	put_values(&encoder, meta->label, KL_RECORD_MAX - encoder.left);
	put_args(&encoder);
	encoder.head.size = encoder.used;
	if (out && size >= sizeof(encoder.head))
		memcpy(out, &encoder.head, sizeof(encoder.head));
	return encoder.used;
}

