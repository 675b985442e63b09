// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer: records that need not be trusted, and requests of every shape.
 *
 * The first byte of the input says what the rest is: 0 a record, as it is, at
 * an address that the second byte makes odd; 1 the same, with a header and a set
 * of slots that are made valid, so that what lies behind them is reached; 2 a
 * script that makes a request, which is encoded and printed.
 */
#include "engine/record.h"
#include "engine/record_layout.h"

#define TEXTS 512

#define check(condition)                                                        \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
			abort();                                                \
		}                                                               \
	} while (0)

/** struct script - input bytes that are used up one by one; then zeros */
struct script {
	const u8 *data;
	size_t left;
};

static u8 next_u8(struct script *script)
{
	if (!script->left)
		return 0;
	script->left--;
	return *script->data++;
}

static u64 next_u64(struct script *script)
{
	u64 value = 0;
	int bytes;

	for (bytes = next_u8(script) % 9; bytes; bytes--)
		value = value << 8 | next_u8(script);
	return value;
}

/* Bytes of the input, or one repeated if they are to be many. */
static struct kl_text next_text(struct script *script)
{
	static char pool[2 * KL_STRING_MAX];
	static const u32 sizes[] = { 0, 1, 30, 1000, 9000, 40000, 65000, KL_STRING_MAX };
	struct kl_text text = { NULL, next_u8(script) };

	if (text.length >= 248) {
		memset(pool, next_u8(script), sizeof(pool));
		text.data = pool;
		text.length = sizes[text.length - 248];
		return text;
	}
	if (text.length > script->left)
		text.length = script->left;
	text.data = (char *)script->data;
	script->data += text.length;
	script->left -= text.length;
	return text;
}

/* A line is printable ASCII, and has one newline, at its end. */
static void check_line(const char *line, size_t length, size_t size)
{
	size_t i;

	check(length && line[length - 1] == '\n');
	for (i = 0; i < length - 1; i++)
		check(line[i] >= 0x20 && line[i] <= 0x7e);
	/* Nothing prints more than a slot's name and number for 8 bytes. */
	check(length < 1024 + 64 * size);
}

static ssize_t print_record(const u8 *data, size_t size)
{
	struct kl_record_origin origin = { 5, "1b4e28ba-2fa1-11d2-883f-0016d3cca427" };
	ssize_t length = kl_record_text(data, size, &origin, NULL, 0);
	char *line;

	check(length > 0 || length == -EINVAL);
	if (length < 0)
		return length;
	line = malloc(length);
	check(kl_record_text(data, size, &origin, line, length) == length);
	check_line(line, length, size);
	/* Too little room: only the result counts, and nothing is overrun. */
	free(line);
	line = malloc(length / 2);
	check(kl_record_text(data, size, &origin, line, length / 2) == length);
	free(line);
	return length;
}

/* Only slots that the operation has. */
static void make_set_valid(u8 op, u8 *set)
{
	u32 slot;

	for (slot = 0; slot < 64 * KL_SLOT_WORDS; slot++)
		if (slot >= KL_SLOT_ARGV || !kl_slot_exists(op, slot))
			set[slot / 8] &= ~(1 << slot % 8);
}

static void make_valid(u8 *record, size_t size)
{
	struct kl_record head;

	if (size < sizeof(head))
		return;
	memcpy(&head, record, sizeof(head));
	head.size = size;
	head.kind = 1 + head.kind % 3;
	head.op %= KL_OP_COUNT;
	head.result %= KL_RESULTS;
	memset(head.overlong, 0, sizeof(head.overlong));
	if (head.kind == KL_RECORD_LOST) {
		head.sequence >>= 8;
		head.count = (head.count & 0xffff) + 1;
		head.last = head.sequence + head.count - 1;
	}
	memcpy(record, &head, sizeof(head));
	if (head.kind == KL_RECORD_REQUEST && size >= sizeof(head) + 8 * KL_SLOT_WORDS)
		make_set_valid(head.op, record + sizeof(head));
}

static void try_bytes(const u8 *data, size_t size, bool valid)
{
	u32 odd = size ? data[0] % 8 : 0;
	u8 *copy;

	if (!size)
		return;
	size--;
	/* Of exactly its size, so that reading one byte too many is seen. */
	copy = malloc(size + odd);
	memcpy(copy + odd, data + 1, size);
	if (valid)
		make_valid(copy + odd, size);
	print_record(copy + odd, size);
	if (size >= sizeof(struct kl_record))
		check(kl_record_label(copy + odd, size).length <= KL_LABEL_MAX);
	free(copy);
}

static struct kl_text texts[KL_SLOT_COUNT], arg_texts[TEXTS];
static struct kl_ip ips[KL_SLOT_COUNT];
static struct kl_args args;

/* As typed: more programs than a history has in the kernel, and any bytes. */
static bool set_history(struct kl_request *request, u32 slot, struct kl_text text)
{
	static u64 room[(1 + KL_PROGRAMS_MAX) * 32 / sizeof(u64) + 8192];
	ssize_t size = kl_history_parse(text, NULL, 0);

	if (size < 0 || (size_t)size > sizeof(room))
		return false;
	kl_history_parse(text, (void *)room, sizeof(room));
	request->value[slot].history = (void *)room;
	return true;
}

static void set_value(struct kl_request *request, u32 slot, struct script *script)
{
	u32 i;

	switch (kl_slot_type(slot)) {
	case KL_STRING:
		texts[slot] = next_text(script);
		request->value[slot].text = &texts[slot];
		break;
	case KL_IPADDR:
		ips[slot].family = next_u8(script) % 2 ? KL_IPV4 : KL_IPV6;
		for (i = 0; i < (ips[slot].family == KL_IPV4 ? 4 : 16); i++)
			ips[slot].bytes[i] = next_u8(script);
		request->value[slot].ip = &ips[slot];
		break;
	case KL_ANCESTOR:
	case KL_HISTORY:
		if (!set_history(request, slot, next_text(script)))
			return;
		break;
	default:
		request->value[slot].number = next_u64(script);
	}
	kl_slot_add(request->present, slot);
}

static void set_args(struct kl_request *request, struct script *script)
{
	u32 i;

	args.argc = next_u8(script);
	args.envc = next_u8(script);
	args.text = arg_texts;
	for (i = 0; i < args.argc + args.envc; i++) {
		arg_texts[i] = next_text(script);
		if (arg_texts[i].length == 7)
			arg_texts[i].data = NULL;
	}
	request->value[KL_SLOT_ARGV].args = &args;
	request->value[KL_SLOT_ENVP].args = &args;
	kl_slot_add(request->present, KL_SLOT_ARGV);
	kl_slot_add(request->present, KL_SLOT_ENVP);
}

static struct kl_string *make_label(u32 length)
{
	struct kl_string *label = calloc(1, sizeof(*label) + KL_LABEL_MAX + 1);

	label->length = length;
	memset(label->text, 'l', length);
	return label;
}

static void try_request(struct script *script)
{
	struct kl_record_meta meta = {};
	struct kl_string *name = make_label(next_u8(script) % (KL_LABEL_MAX + 1));
	struct kl_record_draft draft;
	struct kl_request request;
	struct kl_text label;
	size_t size;
	u32 slot;
	u8 *record;

	kl_request_init(&request, next_u8(script) % KL_OP_COUNT);
	meta.result = next_u8(script) % KL_RESULTS;
	meta.flags = next_u8(script) % 4;
	meta.time = next_u64(script);
	meta.label = name;
	memset(ips, 0, sizeof(ips));
	while (script->left) {
		slot = next_u8(script) % KL_SLOT_COUNT;
		if (slot == KL_SLOT_ARGV || slot == KL_SLOT_ENVP)
			set_args(&request, script);
		else if (slot == KL_SLOT_TRANSITION)
			kl_slot_add(request.overlong, next_u8(script) % KL_SLOT_COUNT);
		else
			set_value(&request, slot, script);
	}
	size = kl_record_measure(&draft, &request, &meta);
	check(size >= sizeof(struct kl_record) && size <= KL_RECORD_MAX);
	record = malloc(size);
	kl_record_write(&draft, record);
	check(print_record(record, size) > 0);
	label = kl_record_label(record, size);
	check(label.length == name->length && !memcmp(label.data, name->text, label.length));
	free(record);
	free(name);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct script script = { data + 2, size - 2 };

	if (size < 2)
		return 0;
	switch (data[0] % 3) {
	case 0:
		try_bytes(data + 1, size - 1, false);
		break;
	case 1:
		try_bytes(data + 1, size - 1, true);
		break;
	case 2:
		try_request(&script);
		break;
	}
	return 0;
}
